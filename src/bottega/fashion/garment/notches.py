"""Paper in the narrow gaps of a garment: under the arms and between the legs, where the garment's own shadow lies on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array
from bottega.fashion.garment.backdrop import Backdrop
from bottega.imaging.arrays import kept, lengths, medians, picked, put
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32

Bools = NDArray[np.bool_]
_SHADE = 26.0
"""CIE L* by which paper in a gap may be darker."""
_UNLIKE_CLOTH = 16.0
"""CIE76 from the cloth beside it."""
_GAP = 0.05
"""Of the longer side: no gap is wider."""
_CORE = 0.02
"""Of the longer side: what lies deeper is cloth for certain."""
_MOST = 0.03
"""Of the mask: more than this is a pattern in the paper's colour, not a gap."""


def without_notches(mask: Bools, lab: F32, backdrop: Backdrop) -> Bools:
    """`mask` (h x w) without what is paper, hangs together with the outside, and has cloth on both sides."""
    side = max(mask.shape)
    cloth = _cloth_beside(mask, lab, max(2, round(_CORE * side)))
    if cloth is None:
        return mask
    to_paper = backdrop.distance_past_shadow(lab, _SHADE)
    to_cloth = lengths(lab - cloth)
    paper = (
        mask
        & (to_paper < max(4.0, 4 * backdrop.noise))
        & (to_cloth > _UNLIKE_CLOTH)
        & (to_cloth > 2 * to_paper)
    )
    reached = _joined(paper, ~mask)
    radius = max(3, round(_GAP * side / 2))
    kernel = array(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))
    rest = np.pad((mask & ~reached).astype(np.uint8), radius)
    closed = array(cv2.morphologyEx(rest, cv2.MORPH_CLOSE, kernel))[radius:-radius, radius:-radius] > 0
    gaps = (
        array(
            cv2.morphologyEx((reached & closed).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        )
        > 0
    )
    return mask & ~gaps if gaps.sum() < _MOST * mask.sum() else mask


def _cloth_beside(mask: Bools, lab: F32, depth: int) -> F32 | None:
    """The mean colour of the cloth around each pixel, h x w x 3; None where there is none for certain."""
    core = array(cv2.erode(mask.astype(np.uint8), np.ones((2 * depth + 1, 2 * depth + 1), np.uint8))) > 0
    if not core.any():
        return None
    size = (12 * depth + 1, 12 * depth + 1)
    weight = array(cv2.blur(core.astype(np.float32), size))
    mean = array(cv2.blur(kept(lab, core), size)) / np.maximum(weight, 1e-3)[..., None]
    cloth = np.empty_like(mean)
    cloth[:] = medians(picked(lab, core))
    put(cloth, mean, weight > 1e-3)
    return cloth


def _joined(parts: Bools, seeds: Bools) -> Bools:
    """Of `parts` what hangs together with `seeds`."""
    return parts & parts_of(parts | seeds).holding(seeds)
