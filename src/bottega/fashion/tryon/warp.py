"""Pieces of cloth brought to their places: one layer of colour and cover, and the measures of what the warp did."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.pieces import MOST_STRETCH, Patch, Placement, Untouched
from bottega.fashion.tryon.product import solid_colours
from bottega.fashion.tryon.ribbon import ribbon_field, softened, within_ribbon
from bottega.fashion.tryon.seams import close_armpit, close_notch, shoulders_kept, soften_seam
from bottega.fashion.tryon.sides import even_sides
from bottega.fashion.tryon.spline import (
    STEP,
    Box,
    Distortion,
    coarse_field,
    distortion,
    fit_spline,
    full_field,
)
from bottega.fashion.tryon.zones import around, drawn_ring, grown
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]
STIFFNESS = (0.003, 0.01, 0.03, 0.1, 0.3)
"""Tried in this order until the cloth neither folds nor stretches."""
_DENT, _DENTS = 0.2, 0.15
"""Of a sleeve's breadth a dent may be deep, and of its area all of them large, to be filled."""

MIRRORED = 0.06
"""Of a torso's breadth: deeper within it lies what its sides do not show, such as a print."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A garment on the photograph. `rgb`: H x W x 3 float32 in [0, 1], defined wherever `alpha` is above 0. `torso` and
    `sleeves`: H x W covers of the pieces; sleeves lie over the torso."""

    rgb: F32
    torso: F32
    sleeves: F32
    distortion: Distortion

    @property
    def alpha(self) -> F32:
        return (self.sleeves + self.torso * (1 - self.sleeves)).astype(np.float32)

    @property
    def folds(self) -> bool:
        return self.distortion.least_jacobian <= 0


def fit_garment(
    rgb: U8,
    alpha: F32,
    placement: Placement,
    shape: tuple[int, int],
    bare: F32 | None = None,
    colours: F32 | None = None,
) -> Fitted:
    """The garment of a product picture on a photograph of `shape` (height, width). `bare` (H x W in [0, 1]): arms seen
    without cloth; where a garment has sleeves, the roundness of their shoulders is covered. `colours`: what
    `solid_colours` says of the picture, where that is known already."""
    colours = solid_colours(rgb, alpha) if colours is None else colours
    blur = _minification_blur(placement.scale)
    if blur > 0:
        colours = np.asarray(cv2.GaussianBlur(colours, (0, 0), blur), np.float32)
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), blur), np.float32)
    out_rgb = np.zeros((*shape, 3), np.float32)
    covers = {"torso": np.zeros(shape, np.float32), "sleeves": np.zeros(shape, np.float32)}
    joined = np.zeros(shape, np.float32)
    worst = Distortion(1.0, 1.0)
    kept = shoulders_kept(placement, shape)
    for patch in placement.patches:
        box = _box(patch, shape)
        if box is None:
            continue
        piece, cover, measured = _warped(colours, alpha, patch, box)
        at = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
        if patch.ribbon is None:
            cover *= kept[at]
        else:
            soften_seam(cover, covers["torso"][at], patch.outline - (box.left, box.top))
        joined[at] = cover + joined[at] * (1 - cover)
        share = (cover / np.maximum(joined[at], 1e-6))[..., None]
        out_rgb[at] = piece * share + out_rgb[at] * (1 - share)
        layer = covers["sleeves" if patch.name.endswith("sleeve") else "torso"]
        layer[at] = np.maximum(layer[at], cover)
        worst = Distortion(
            min(worst.least_jacobian, measured.least_jacobian), max(worst.anisotropy, measured.anisotropy)
        )
    for patch in placement.patches:
        if patch.ribbon is not None:
            close_notch(out_rgb, covers, patch.outline, placement.outline.mean(axis=0), bare)
            close_armpit(out_rgb, covers, patch.outline)
    return Fitted(out_rgb, covers["torso"], covers["sleeves"], worst)


def _minification_blur(scale: float) -> float:
    """Standard deviation in source pixels that keeps a smaller picture free of aliases."""
    return 0.0 if scale >= 0.95 else 0.45 * float(np.sqrt(1 / scale**2 - 1))


def _box(patch: Patch, shape: tuple[int, int]) -> Box | None:
    points = patch.target
    margin = 0.06 * float(np.ptp(points, axis=0).max()) + 4
    left, top = np.floor(points.min(axis=0) - margin)
    right, bottom = np.ceil(points.max(axis=0) + margin)
    left, top = max(int(left), 0), max(int(top), 0)
    right, bottom = min(int(right), shape[1]), min(int(bottom), shape[0])
    if right - left < 2 or bottom - top < 2:
        return None
    return Box(left, top, right - left, bottom - top)


def _warped(colours: F32, alpha: F32, patch: Patch, box: Box) -> tuple[F32, F32, Distortion]:
    piece = alpha * patch.area
    if patch.ribbon is not None:
        field, measured = ribbon_field(patch.ribbon, box)
        # Where the ribbon is not, there is no colour for a mended edge.
        cover = _mended(
            _remap(alpha * softened(patch.area), field), patch.outline - (box.left, box.top)
        ) * within_ribbon(field)
        return _remap(colours, field, cv2.BORDER_REPLICATE), cover, measured
    coarse, measured = _best_field(patch, box, piece)
    field = full_field(coarse, box)
    cover = _remap(piece, field) * _reach(patch, box)
    if patch.hanging is not None:
        top, bottom, middle = patch.hanging
        even_sides(cover, (top - box.top, bottom - box.top), middle - box.left)
    piece = _remap(colours, field, cv2.BORDER_REPLICATE)
    if patch.untouched is not None:
        _mirror(piece, colours, field, *patch.untouched)
    return piece, cover, measured


def _mirror(piece: F32, colours: F32, field: F32, left: Untouched, right: Untouched) -> None:
    """Lets what `piece` (H x W x 3), which is `colours` by the `field` (H x W x 2, x and y), takes from beyond its untouched sides
    come from as far within them; in place."""
    rows = left.rows
    at = around((field[..., 1] >= rows[0]) & (field[..., 1] <= rows[-1]), 0)
    if at is None:
        return
    x, y = field[at][..., 0], field[at][..., 1]
    # What is known at some rows, at every one.
    first, last = int(rows[0]), int(rows[-1]) + 1
    row = np.clip(np.rint(y).astype(np.intp) - first, 0, last - first)
    lefts, rights, on_left, on_right = (
        np.interp(np.arange(first, last + 1), rows, values).astype(np.float32)[row]
        for values in (left.columns, right.columns, left.shares, right.shares)
    )
    beyond = np.maximum(lefts - x, x - rights)
    deep = MIRRORED * (rights - lefts)
    # There and back again: no deeper, where a print may be.
    within = deep - np.abs(np.mod(np.maximum(beyond, 0), 2 * deep) - deep)
    moved = np.where(x < lefts, lefts + within, rights - within)
    shares = np.where(x < lefts, on_left, on_right) * (beyond > 0)
    mirrored = _remap(colours, np.dstack((moved, y)).astype(np.float32), cv2.BORDER_REPLICATE)
    piece[at] += shares[..., None] * (mirrored - piece[at])


def _mended(cover: F32, outline: F64) -> F32:
    """A sleeve's cover with dents and holes along its edges filled, where they are few: a sleeve's outline is known at
    some places only, and between them paper may lie within it. `outline`: outer edge from the shoulder, inner back."""
    half = len(outline) // 2
    outer, inner = outline[:half], outline[half:][::-1]
    kept = slice(half // 8, max(2, round(0.94 * half)))
    one, other = (0.95 * a + 0.05 * b for a, b in ((outer, inner), (inner, outer)))
    core = drawn_ring(np.vstack((one[kept], other[kept][::-1])), cover.shape)
    open_ = (core > 0.5) & (cover < 0.5)
    breadth = float(np.median(np.hypot(*(outer - inner).T)))
    near = grown(cover > 0.9, max(2, round(_DENT * breadth)))
    if not open_.any() or bool((open_ & ~near).any()) or open_.sum() > _DENTS * (core > 0.5).sum():
        return cover
    return np.maximum(cover, core)


def _best_field(patch: Patch, box: Box, piece: F32) -> tuple[F64, Distortion]:
    """The most exact map that does not fold and keeps the print's proportions; the stiffest if none does."""
    found: tuple[F64, Distortion] | None = None
    for stiffness in STIFFNESS:
        coarse = coarse_field(
            fit_spline(patch.target, patch.source, stiffness=stiffness, slack=patch.slack), box
        )
        x, y = coarse[..., 0], coarse[..., 1]
        shown = _remap(piece, coarse.astype(np.float32)) > 0.5
        folds = distortion(coarse, shown, STEP)
        zone = shown
        if patch.zone is not None:
            left, top, right, bottom = patch.zone
            zone = shown & (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
        stretch = distortion(coarse, zone, STEP) if patch.zone is not None else Distortion(1.0, 1.0)
        found = coarse, Distortion(folds.least_jacobian, stretch.anisotropy)
        if folds.least_jacobian > 0.02 and stretch.anisotropy <= MOST_STRETCH:
            break
    assert found is not None
    return found


def _reach(patch: Patch, box: Box) -> F32:
    """Where the spline may be believed: the hull of its points and a margin; extrapolated far away it could show the
    cloth twice."""
    hull = cv2.convexHull(patch.target.astype(np.float32))
    drawn = np.zeros((box.height, box.width), np.uint8)
    points = np.rint((hull.reshape(-1, 2) - (box.left, box.top)) * 16).astype(np.int32)
    cv2.fillPoly(drawn, [points], (1.0,), shift=4)
    margin = max(3, int(0.05 * np.ptp(patch.target, axis=0).max()))
    away = cv2.distanceTransform(1 - drawn, cv2.DIST_L2, 3)
    return (np.asarray(away) <= margin).astype(np.float32)


def _remap(values: F32, field: F32, border: int = cv2.BORDER_CONSTANT) -> F32:
    return np.asarray(
        cv2.remap(
            values,
            np.ascontiguousarray(field[..., 0], np.float32),
            np.ascontiguousarray(field[..., 1], np.float32),
            cv2.INTER_LINEAR,
            borderMode=border,
            borderValue=(0.0, 0.0, 0.0, 0.0),
        ),
        np.float32,
    )
