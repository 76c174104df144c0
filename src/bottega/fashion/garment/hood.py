"""The hood of a garment that lies flat or stands on a ghost mannequin: what rises above the corners where it meets the
shoulders. Below it the garment is cut along the line of a collar, as if the hood were not there."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.shape import Shape

Bools = NDArray[np.bool_]
F64 = NDArray[np.float64]
Point = tuple[float, float]
TALL = 0.25
"""Least height above the shoulders in breadths of the chest: a turtleneck is lower (9 cm of 48), a hood 14 to 35 cm."""
CORNERS = (0.12, 0.42)
"""Distance of the corners from the axis in breadths of the chest: hoods are as wide as heads and no wider than shoulders."""
STEEP, FLAT = 1.6, 0.9
"""Fall of the outline per column: at a hood's side, and on a shoulder."""
SHOULDER = 0.2
"""Breadths of the chest for which the outline runs on beyond the corner: below an armhole there is less."""
FRONT = 0.1
"""Breadths of the chest by which the line of the collar hangs in the middle."""
BASE = 25
"""Points of that line."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A hood or a stand-up collar. `area`: h x w, what of the mask it is; `left`, `right`: where it meets the shoulders
    (x, y)."""

    area: Bools
    left: Point
    right: Point


def find_hood(mask: Bools, shape: Shape) -> Raised | None:
    """The hood of `mask` (h x w), None where none rises above the shoulders on both sides alike."""
    left, right = (corner_of(shape, side, TALL) for side in (-1, 1))
    if left is None or right is None:
        return None
    middle = (left[0] + right[0]) / 2
    low = (left[1] + right[1]) / 2
    if abs(left[1] - right[1]) > 0.12 * shape.chest or abs(middle - shape.axis) > 0.1 * shape.chest:
        return None
    # A neckline between two high straps is no hood.
    between = shape.upper[round(left[0] + 2) : round(right[0] - 1)]
    if not between.size or low - float(np.median(between)) < TALL * shape.chest:
        return None
    return raised_above(mask, shape, left, right, np.full(BASE, low), FRONT)


def raised_above(mask: Bools, shape: Shape, left: Point, right: Point, low: F64, sag: float) -> Raised:
    """What of `mask` rises above the line from `left` to `right`, which runs at the rows `low` (`BASE` of them) and hangs
    `sag` breadths of the chest in the middle."""
    middle, half = (left[0] + right[0]) / 2, (right[0] - left[0]) / 2
    turn = np.linspace(0, np.pi, BASE)
    line = np.stack([middle - half * np.cos(turn), low + sag * shape.chest * np.sin(turn)], axis=1)
    line[0], line[-1] = left, right
    lid = np.array([[right[0], shape.box[1] - 2.0], [left[0], shape.box[1] - 2.0]])
    area = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(area, [np.round(np.vstack([line, lid])).astype(np.int32)], 1)
    # What bulges beyond the corners belongs to it too.
    area[: round(min(left[1], right[1])) - 1] = 1
    return Raised((area > 0) & mask, left, right)


def corner_of(shape: Shape, side: int, least: float) -> Point | None:
    """Going outwards from the axis, where the outline has fallen steeply, by `least` breadths of the chest or more, and runs
    on as a shoulder."""
    chest = max(8.0, shape.chest)
    step = max(2, round(0.03 * chest))
    last = round(0.75 * chest)
    columns = round(shape.axis) + side * np.arange(last + step)
    columns = columns[(columns >= 0) & (columns < len(shape.upper))]
    heights = shape.upper[columns]
    known = np.isfinite(heights)
    heights = heights[: int(np.argmin(known))] if not known.all() else heights
    if len(heights) < last // 3 + 2 * step:
        return None
    fall = (heights[step:] - heights[:-step]) / step
    top = float(heights[: round(CORNERS[0] * chest)].min())
    for at in np.flatnonzero(fall > STEEP):
        # The corner: the first column from there on where the outline is flat.
        flat = np.flatnonzero(fall[at:] < FLAT)
        if not flat.size:
            return None
        index = int(at + flat[0])
        beyond = fall[index : index + round(SHOULDER * chest)]
        if (
            heights[index] - top > least * chest
            and CORNERS[0] * chest < index < CORNERS[1] * chest
            and len(beyond) >= round(SHOULDER * chest)
            and float(np.median(beyond)) < FLAT
        ):
            return float(columns[index]), float(heights[index])
    return None
