"""Sleeves and armholes by the corners of a mask's outline: where an arm leaves the body, where its cuff is."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array, outlines_of
from bottega.imaging.arrays import distance
from bottega.imaging.parts import parts_of

Bools = NDArray[np.bool_]
Point = tuple[float, float]
Corner = tuple[float, float, float]


SLIM, WHOLE = 0.0025, 0.012
"""Least area of a sleeve, as shares of the bounding box: of one that lies on the body, and shows as little more than a
step in the outline, and of one that stands apart from it."""


@dataclass(frozen=True, slots=True)
class Sleeve:
    """One sleeve: its corners (x, y) and its area, in pixels of the mask. Of a sleeve that lies on the body, `armpit` is
    the top of what can be seen of the gap, or the step at the cuff."""

    armpit: Point
    outer: Point
    inner: Point
    area: float


def sleeves_of(
    mask: Bools, axis: float, box: tuple[int, int, int, int]
) -> tuple[Sleeve | None, Sleeve | None]:
    """Sleeves on both sides of `axis`, each found by the corner between it and the body, which opens downwards.

    Where only one side has a clear corner, a blunter one across from it will do on the other; where none has, a pair of
    corners just above the hem: sleeves that lie along the whole body, whose cuffs stand apart.
    """
    width = mask.shape[1]
    sides = ((mask, axis, box), (mask[:, ::-1], width - 1 - axis, (width - box[0] - box[2], *box[1:])))
    found = [_sleeve_on_left(part, middle, frame, _CLEAR) for part, middle, frame in sides]
    for one, other in ((0, 1), (1, 0)):
        clear = found[one]
        if clear is not None and found[other] is None:
            part, middle, frame = sides[other]
            found[other] = _sleeve_on_left(part, middle, frame, _BLUNT, flipped(clear, width))
    if found == [None, None]:
        low = [_sleeve_on_left(part, middle, frame, _LOW) for part, middle, frame in sides]
        if (
            low[0] is not None
            and low[1] is not None
            and abs(low[0].armpit[1] - low[1].armpit[1]) < 0.08 * box[3]
        ):
            found = low
    return found[0], flipped(found[1], width)


def _sleeve_on_left(
    mask: Bools,
    axis: float,
    box: tuple[int, int, int, int],
    corners: tuple[float, float, float, float],
    like: Sleeve | None = None,
) -> Sleeve | None:
    """The sleeve on the left with the sharpest of such `corners`; with `like`, across from that one's."""
    wide, high = box[2], box[3]
    best: Sleeve | None = None
    sharpest = 1e9
    for x, y, angle in _corners_below(mask, axis, box, corners):
        if like is not None and np.hypot(x - like.armpit[0], y - like.armpit[1]) > 0.09 * max(wide, high):
            continue
        if angle >= sharpest:
            continue
        part = _sleeve_pixels(mask, x, y, box[1])
        if part is None or not SLIM * wide * high < part.shape[0] < 0.3 * mask.sum():
            continue
        outer, inner = _cuff(part, (x, y))
        best, sharpest = Sleeve((x, y), outer, inner, float(part.shape[0])), angle
    return best


def _corners_below(
    mask: Bools,
    axis: float,
    box: tuple[int, int, int, int],
    corners: tuple[float, float, float, float],
) -> list[Corner]:
    """Concave corners left of the axis that open downwards, with garment above them: candidates for an armpit."""
    _, top, wide, high = box
    most, least_down, first, last = corners
    return [
        (x, y, angle)
        for x, y, angle, down in _corners(mask, max(4, round(0.045 * max(wide, high))), _CONCAVE, most)
        if angle < most
        and down > least_down
        and x < axis - 0.07 * wide
        and top + first * high < y < top + last * high
    ]


def _armhole(mask: Bools, axis: float, box: tuple[int, int, int, int]) -> Point | None:
    """Of a garment without sleeves, left of the axis: the lower end of the armhole, a convex corner."""
    _, top, wide, high = box
    found = [
        (angle, x, y)
        for x, y, angle, down in _corners(mask, max(4, round(0.05 * min(wide, high))), -_CONCAVE)
        if angle < 150
        and x < axis - 0.12 * wide
        and top + 0.08 * high < y < top + 0.5 * high
        and abs(down) < 0.97
    ]
    return min(found)[1:] if found else None


def _corners(
    mask: Bools, reach: int, sign: float, most: float = 150.0
) -> list[tuple[float, float, float, float]]:
    """Corners (x, y, angle in degrees, how much the angle opens downwards, -1 to 1) of the outlines of `mask`.

    `reach`: length of the two arms along the outline, pixels. Of a rounded corner, the sharpest point; angles up to `most`.
    """
    contours, _ = outlines_of(mask, cv2.RETR_CCOMP)
    found: list[tuple[float, float, float, float]] = []
    for contour in contours:
        points: Any = array(contour)[:, 0].astype(np.float64)
        if len(points) < 3 * reach:
            continue
        before, after = np.roll(points, reach, axis=0) - points, np.roll(points, -reach, axis=0) - points
        before /= np.linalg.norm(before, axis=1, keepdims=True) + 1e-9
        after /= np.linalg.norm(after, axis=1, keepdims=True) + 1e-9
        angle = np.degrees(np.arccos(np.clip((before * after).sum(axis=1), -1, 1)))
        turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        opening = before + after
        down = opening[:, 1] / (np.linalg.norm(opening, axis=1) + 1e-9)
        for index in np.nonzero((angle < most) & (turn * sign > 0))[0]:
            near = np.arange(index - reach, index + reach + 1) % len(points)
            if angle[index] <= angle[near].min():
                x, y = points[index]
                found.append((float(x), float(y), float(angle[index]), float(down[index])))
    return found


_CLEAR, _BLUNT, _LOW = (146.0, 0.35, 0.06, 0.78), (164.0, 0.1, 0.06, 0.78), (130.0, 0.35, 0.78, 0.97)
"""Corners that may be an armpit: widest angle in degrees, least opening downwards, and between which shares of the height."""
_CONCAVE = -1.0
"""Sign of (before x after) at a concave corner, with y downwards and outlines in the order of `outlines_of`: outer ones
anticlockwise as seen, those of holes clockwise, so that the same sign holds for both."""


def _sleeve_pixels(mask: Bools, x: float, y: float, top: int) -> NDArray[np.float64] | None:
    """Pixels (x, y) that hang together left of the armpit's column, or beside the torso below it."""
    part = np.zeros_like(mask)
    part[:, : max(0, int(x))] = mask[:, : max(0, int(x))]
    labels = parts_of(part).labels
    row = max(top, int(y) - 2)
    near = labels[row, max(0, int(x) - 3) : int(x)]
    near = near[near > 0]
    if not near.size:
        return None
    rows, columns = np.nonzero(labels == int(near[-1]))
    return np.stack([columns, rows], axis=1).astype(np.float64)


def _cuff(part: NDArray[np.float64], armpit: Point) -> tuple[Point, Point]:
    """Outer and inner corner of the end of a sleeve on the left.

    A sleeve is a quadrilateral of armpit, shoulder, outer and inner cuff: the outer corner is across from the armpit,
    the inner one across from the shoulder, each the farthest pixel.
    """
    beside = part[part[:, 0] >= part[:, 0].max() - 1]
    shoulder = beside[np.argmin(beside[:, 1])]
    from_shoulder = distance(part, shoulder)
    inner = part[np.argmax(from_shoulder)]
    # The shoulder itself may be the farther one where the gap under the arm is too narrow to be seen to its top.
    end = part[from_shoulder >= 0.7 * from_shoulder.max()]
    outer = end[np.argmax(distance(end, armpit))]
    return (float(outer[0]), float(outer[1])), (float(inner[0]), float(inner[1]))


def flipped(sleeve: Sleeve | None, width: int) -> Sleeve | None:
    if sleeve is None:
        return None

    def turn(point: Point) -> Point:
        return width - 1 - point[0], point[1]

    return Sleeve(turn(sleeve.armpit), turn(sleeve.outer), turn(sleeve.inner), sleeve.area)


def armholes_of(mask: Bools, axis: float, box: tuple[int, int, int, int]) -> tuple[Point, Point] | None:
    """Lower ends of both armholes when they lie at about the same height."""
    width = mask.shape[1]
    flipped = (width - box[0] - box[2], *box[1:])
    left, right = _armhole(mask, axis, box), _armhole(mask[:, ::-1], width - 1 - axis, flipped)
    if left is None or right is None or abs(left[1] - right[1]) > 0.07 * box[3]:
        return None
    return left, (width - 1 - right[0], right[1])


def paired(
    left: Sleeve | None, right: Sleeve | None, box: tuple[int, int, int, int]
) -> tuple[Sleeve | None, Sleeve | None]:
    """Both sleeves, without one that is a mere step in the outline and has no like on the other side."""
    least = WHOLE * box[2] * box[3]
    slim = [side is not None and side.area < least for side in (left, right)]
    if left is not None and right is not None:
        near = abs(left.inner[1] - right.inner[1]) < 0.07 * box[3]
        return (left if near or not slim[0] else None, right if near or not slim[1] else None)
    return (None if slim[0] else left, None if slim[1] else right)


def completed(
    left: Sleeve | None, right: Sleeve | None, mask: Bools, axis: float
) -> tuple[Sleeve | None, Sleeve | None]:
    """Both sleeves where one was found: the other is its mirror image about `axis`, the cuff's outer end on the outline of
    `mask` (h x w), because a gap under the arm is often seen on one side only."""
    one = left if left is not None else right
    if one is None or (left is not None and right is not None):
        return left, right
    wide = mask.shape[1]

    def mirrored(point: Point) -> Point:
        return float(np.clip(2 * axis - point[0], 0, wide - 1)), point[1]

    outer, inner = mirrored(one.outer), mirrored(one.inner)
    columns = np.flatnonzero(mask[round(outer[1])])
    if columns.size:
        outer = float(columns[-1] if one is left else columns[0]), outer[1]
    other = Sleeve(mirrored(one.armpit), outer, inner, one.area)
    return (one, other) if one is left else (other, one)


LEAST_STEP, LEAST_STEPS = 0.004, 0.014
"""Shares of the width that the outline moves inwards at a cuff: on either side, and on both together."""
CLEAR_STEP = 0.018
"""The same on either side where there is no neckline to say that it is a top."""


def lying_sleeves(
    mask: Bools, box: tuple[int, int, int, int], *, top_seen: bool
) -> tuple[Sleeve | None, Sleeve | None]:
    """Sleeves that lie on the body, by the step that their cuffs make in the outline on both sides alike.

    A step is what the outline moves inwards beyond its course just above and just below.
    """
    _, top, wide, high = box
    reach = max(2, round(0.025 * high))
    ends = np.stack([mask.argmax(axis=1), mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)], axis=1)
    rows = np.arange(top + round(0.15 * high), top + round(0.94 * high) - 2 * reach)
    if not rows.size:
        return None, None
    steps = np.stack([_steps(sign * ends[:, side], rows, reach) for side, sign in ((0, 1), (1, -1))])
    # Of the other side, the best step within a few rows: sleeves are never quite alike.
    near = np.ones(2 * max(1, round(0.03 * high)) + 1, np.uint8)[None]
    beside = array(cv2.dilate(steps[::-1].astype(np.float32), near))
    both = np.where(
        np.minimum(steps, beside) >= (LEAST_STEP if top_seen else CLEAR_STEP) * wide, steps + beside, 0.0
    )
    if both.max() < LEAST_STEPS * wide:
        return None, None
    side, at = (int(v) for v in np.unravel_index(int(np.argmax(both)), both.shape))
    half = len(near[0]) // 2
    first = max(0, at - half)
    other = first + int(np.argmax(steps[1 - side, first : at + half + 1]))
    found: dict[int, Sleeve] = {}
    for number, index in ((side, at), (1 - side, other)):
        row = int(rows[index])
        outer = float(ends[row, number]), float(row)
        inner = float(ends[row + reach, number]), float(row + reach)
        found[number] = Sleeve(inner, outer, inner, float(steps[number, index]) * (row - top) / 2)
    return found[0], found[1]


def _steps(inwards: NDArray[np.int64], rows: NDArray[np.int64], reach: int) -> NDArray[np.float64]:
    """How far the end of each of the `rows` moves inwards within `reach`, beyond what it does above and below."""
    move = inwards[rows + reach] - inwards[rows]
    around = (
        inwards[rows] - inwards[rows - 2 * reach] + inwards[rows + 2 * reach] - inwards[rows + reach]
    ) / 3
    return np.maximum(0.0, move - np.maximum(around, 0)).astype(np.float64)
