"""Catalogue pictures without a head: the same analysis from the silhouette, its axis, and skin on both sides of it."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.scene import Head, Scene
from bottega.fashion.person.silhouette import (
    Backdrop,
    drop_small,
    least_overlap,
    majority,
    studio_silhouettes,
)
from bottega.fashion.person.skin_model import SkinModel, can_be_skin, fit_skin, skin_likeness
from bottega.imaging.picture import F32, U8

Bool = NDArray[np.bool_]

WIDTH_IN_HEADS = 2.05
"""Width across the upper arms in head heights, adults."""


def headless_scene(rgb: U8, lab: F32, scale: float, backdrop: Backdrop, seed: int) -> Scene | None:
    """The scene when a body without a head stands before a studio backdrop, otherwise None.

    Asked for: a plain backdrop, a figure that leaves the picture above or whose top is a bare neck, and skin that lies
    on both sides of its axis. A garment alone has no skin.
    """
    if not backdrop.studio or min(lab.shape[:2]) < 64:
        return None
    masks = studio_silhouettes(rgb, backdrop, seed)
    silhouette = drop_small(majority(masks), 0.3)
    share = float(silhouette.mean())
    if not 0.08 < share < 0.85:
        return None
    rows = np.nonzero(silhouette.any(axis=1))[0]
    middle = _axis(silhouette, rows)
    model = _symmetric_skin(lab, silhouette, middle, int(rows[0]))
    if model is None:
        return None
    skin = skin_likeness(lab, model)
    head = _head(silhouette, skin, rows, middle)
    if head is None:
        return None
    return Scene(
        rgb, lab, scale, None, head, backdrop, silhouette, tuple(masks), least_overlap(masks), skin, model
    )


def _axis(silhouette: Bool, rows: NDArray[np.intp]) -> float:
    upper = silhouette[rows[0] : rows[0] + max(4, len(rows) // 2)]
    return float(np.median([np.nonzero(line)[0].mean() for line in upper if line.any()]))


def _symmetric_skin(lab: F32, silhouette: Bool, middle: float, top: int) -> SkinModel | None:
    """Skin fitted to what can be skin and has its like mirrored at the axis, or lies at the throat."""
    gate = silhouette & can_be_skin(lab)
    height, width = gate.shape
    mirror: NDArray[np.float64] = np.round(2 * middle - np.arange(width, dtype=np.float64))
    columns = np.clip(mirror, 0, width - 1).astype(np.intp)
    mirrored = gate[:, columns] & (np.linalg.norm(lab - lab[:, columns], axis=2) < 14)
    both = gate & mirrored
    throat = np.zeros_like(gate)
    reach = max(3, width // 12)
    throat[top : top + max(4, height // 14), max(0, int(middle) - reach) : int(middle) + reach] = True
    samples = lab[gate & throat]
    if len(samples) < 60:
        return None
    model = fit_skin(samples)
    if model is None:
        return None
    like = (skin_likeness(lab, model) > 0.5) & silhouette
    share = float(like.sum()) / max(1, int(silhouette.sum()))
    # A plain garment of a skin-like colour matches its own throat everywhere.
    return model if share < 0.6 and float((like & both).sum()) > 0.002 * like.size else None


def _head(silhouette: Bool, skin: F32, rows: NDArray[np.intp], middle: float) -> Head | None:
    """Chin and head height that put the shoulders where the figure first reaches its width."""
    widths = np.array([np.count_nonzero(silhouette[row]) for row in rows], np.float64)
    upper = widths[: max(6, int(0.45 * len(widths)))]
    wide = float(np.percentile(upper, 90))
    reached = np.nonzero(widths > 0.8 * wide)[0]
    if not len(reached) or wide < 12:
        return None
    # Lower down, arms held away from the body would count as shoulders.
    start = int(reached[0])
    unit = float(np.median(widths[start : start + max(2, round(0.12 * wide))])) / WIDTH_IN_HEADS
    shoulder_row = float(rows[start])
    return Head((middle, shoulder_row - 0.5 * unit), unit)
