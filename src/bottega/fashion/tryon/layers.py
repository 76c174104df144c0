"""Made-up layers laid over a photograph, with soft edges toward each other and toward what stays."""

import cv2
import numpy as np

from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import around
from bottega.imaging.picture import F32


def lay(rgb: F32, layers: list[tuple[F32, F32]], open_: Bool) -> None:
    """The layers over `rgb`, in place, each as far as its share (H x W in [0, 1]) with a soft edge toward the rest of `open_`
    and none toward what stays."""
    # As far around as the blur reaches.
    at = around(open_, 8)
    if at is None:
        return
    sigma = 0.9
    total, share = np.zeros(open_.shape, np.float32), np.zeros(open_.shape, np.float32)
    laid = np.zeros_like(rgb)
    total[at] = np.maximum(np.asarray(cv2.GaussianBlur(open_[at].astype(np.float32), (0, 0), sigma)), 1e-3)
    for where, values in layers:
        near = around((where > 0) & open_, 8)
        if near is None:
            continue
        soft = np.asarray(cv2.GaussianBlur(where[near], (0, 0), sigma), np.float32)
        soft = np.where(open_[near], np.clip(soft / total[near], 0, 1), 0).astype(np.float32)
        laid[near] += values[near] * soft[..., None]
        share[near] += soft
    # All at once: where one layer ends in another, nothing of what was worn is left between them.
    shown, part = share[at][..., None], rgb[at]
    part[...] = part * np.maximum(1 - shown, 0) + laid[at] / np.maximum(shown, 1)


def faded(rgb: F32, backdrop: F32, inner: Bool, wall: Bool, reach: int) -> Bool:
    """`backdrop` laid over `rgb`, in place, around `inner` as far as `wall` holds, less and less over `reach` pixels: a
    lens and compression leave a line around what was worn. H x W: where anything changed."""
    changed = np.zeros(inner.shape, bool)
    at = around(inner, reach + 2)
    if at is None:
        return changed
    away = np.asarray(cv2.distanceTransform((~inner[at]).astype(np.uint8), cv2.DIST_L2, 3))
    share = np.where(wall[at], np.clip(1.5 - 1.5 * away / reach, 0, 1), 0).astype(np.float32)[..., None]
    rgb[at] = rgb[at] * (1 - share) + backdrop[at] * share
    changed[at] = share[..., 0] > 0
    return changed
