"""How a garment's side runs from the shoulder down: bare armholes open outwards again, sleeves that lie on the body do
not, and end in a step."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array

Bools = NDArray[np.bool_]
Values = NDArray[np.float64]
BARE = 33.0
"""Degrees from upright, outwards, at which the outline under the shoulder's end is that of an armhole."""
PLUMB = 14.0
"""Degrees from upright within which the outline hangs: the shoulder is passed."""


SHOULDER = 0.16
"""Share of the rows looked at that the slope of the shoulder may take."""
STEP = -42.0
"""Degrees from upright, inwards, at which the outline is that of a cuff lying on the body."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side, from the top down. `reopens`: the steepest angle outwards, degrees from upright, after the outline first
    hung plumb (0: never), and `row` where that is. `turns_in`: the steepest angle inwards, negative, from there to a
    little below."""

    reopens: float
    row: float
    turns_in: float

    @property
    def bare(self) -> bool:
        """Whether it is an armhole."""
        return self.reopens >= BARE and self.turns_in > STEP


def sides_of(mask: Bools, axis: float, box: tuple[int, int, int, int]) -> tuple[Side, Side]:
    """Left and right side of `mask` (h x w), down to three quarters of its usual breadth below the top of its `box`."""
    spans = mask.sum(axis=1)[box[1] : box[1] + box[3]]
    reach = 0.75 * float(np.median(spans[spans > 0]))
    flipped = mask[:, ::-1]
    return _side(mask, axis, box, reach), _side(flipped, mask.shape[1] - 1 - axis, box, reach)


def _side(mask: Bools, axis: float, box: tuple[int, int, int, int], reach: float) -> Side:
    """The left side: how far it lies from the axis, row by row, and the angle of that."""
    top, none = box[1], Side(0.0, float(box[1]), 0.0)
    below = max(3, round(0.09 * box[3]))
    rows = np.arange(top, min(top + box[3], top + max(8, round(reach)) + below))
    away = np.where(mask[rows].any(axis=1), axis - mask[rows].argmax(axis=1), np.nan)
    # Above that, the collar's own end: of two shoulders one may begin lower.
    begun = np.nonzero(np.nan_to_num(away) > 0.15 * box[2])[0]
    if not begun.size or len(rows) - begun[0] < 8:
        return none
    rows, away = rows[begun[0] :], away[begun[0] :]
    known = np.isfinite(away)
    away = np.interp(rows, rows[known], away[known])
    smooth = max(1.2, 0.012 * float(max(box[2], box[3])))
    calm = array(cv2.GaussianBlur(away.astype(np.float32).reshape(-1, 1), (0, 0), smooth)).ravel()
    angles = np.degrees(np.arctan(np.gradient(calm.astype(np.float64))))
    # Within the slope of a shoulder, a collar's end may stand upright too.
    past = round(SHOULDER * reach)
    hangs = past + np.nonzero(angles[past:] <= PLUMB)[0]
    if not hangs.size or hangs[0] >= len(rows) - below - 2:
        return none
    start = int(hangs[0])
    best = start + int(np.argmax(angles[start : len(rows) - below]))
    turned = float(angles[start : best + below].min())
    return Side(max(0.0, float(angles[best])), float(rows[best]), turned)


def is_bare(sides: tuple[Side, Side]) -> bool:
    """Whether both sides are armholes; one that is clearly may speak for one that only has no step."""
    clear = max(sides, key=lambda side: side.reopens)
    return all(side.bare for side in sides) or (
        clear.bare and clear.reopens > BARE + 8 and all(side.turns_in > STEP for side in sides)
    )
