"""Where legs that were made up meet the ones in the photograph: a step there is seen from afar."""

import cv2
import numpy as np

from bottega.fashion.tryon.evidence import Evidence
from bottega.fashion.tryon.values import Bool
from bottega.imaging.arrays import distance
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import F32, U8

CHANGED = 6.0
"""CIE76: beyond grain."""
STEP = 12.0
"""CIE76 across the join: skin beside backdrop is far beyond it, skin in another light below."""
_ACROSS = 4
"""Pixels to either side of the join that are compared: its own soft edge lies within."""
_RUN = 7
"""Pixels: shorter runs along a row are parts of slanting outlines."""


def leg_steps(seen: Evidence) -> float | None:
    """Length of the upper ends of the legs in the photograph across which the picture jumps, below new trousers or a new
    skirt, in shoulder breadths. None for other garments, and where no bare legs are seen. Shoes begin at a step anyway."""
    legs = seen.person.regions.get("legs")
    if not seen.expected.lower or legs is None:
        return None
    after, before = _lab(seen.result), _lab(seen.person_rgb)
    changed = distance(after, before) > CHANGED
    whole = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    made = np.asarray(whole, bool)
    free = (seen.expected.cover < 0.05) & (seen.expected.front < 0.05)
    middle = slice(_ACROSS, -_ACROSS)
    above, below = (
        made[: -2 * _ACROSS] & free[: -2 * _ACROSS],
        ~made[2 * _ACROSS :] & (legs[2 * _ACROSS :] > 0.5),
    )
    # The last changed row of each column.
    ends = made[middle] & ~made[_ACROSS + 1 : made.shape[0] - _ACROSS + 1]
    jump = distance(after[2 * _ACROSS :], after[: -2 * _ACROSS])
    rim = ends & free[middle] & above & below & (jump > STEP)
    return float((rim & _level(ends)).sum()) / seen.expected.body.breadth


def _lab(rgb: U8) -> F32:
    return rgb_to_lab(np.asarray(cv2.blur(rgb, (3, 3)), np.float32) / np.float32(255))


def _level(line: Bool) -> Bool:
    """The parts of a line that run along rows, up to a pixel up or down."""
    thick = cv2.dilate(line.astype(np.uint8), np.ones((3, 1), np.uint8))
    return np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, _RUN), np.uint8)), bool)
