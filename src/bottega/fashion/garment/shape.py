"""The shape of a garment's mask in numbers: runs, symmetry, armpits, sleeves, neckline, legs. No names of kinds here."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array, outlines_of
from bottega.fashion.garment.outline import is_bare, sides_of
from bottega.fashion.garment.sleeves import (
    Bools,
    Point,
    Sleeve,
    armholes_of,
    completed,
    lying_sleeves,
    paired,
    sleeves_of,
)
from bottega.imaging.arrays import lengths
from bottega.imaging.picture import F32

STEP, STRAIGHT = 0.02, 1.03
"""Of the bounding box is the area of a sleeve that shows as a step in the outline only; times as broad as the shoulders."""
UNDER_STRAPS = 0.78
"""Of the breadth over the shoulders that the body below them has on a garment without sleeves, at least."""
EVEN = 0.85
"""Overlap with its mirror image from which one side says what the other is."""
LOW = 0.78
"""Of the height: no armpit is lower."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Descriptors of one mask; lengths in pixels of the mask, points (x, y), left and right the viewer's.

    `torso`: (h, 2) left and right end of the run on the axis per row, NaN where the axis is not on the garment.
    `upper`, `lower`: (w,) rows of the upper and lower outline per column, NaN beside the garment. `armholes`: their lower
    ends. `bare`: whether the sides run as those of a garment without sleeves do.
    `split`: where two legs part, or None. `notch`: depth of the neckline below the lower of its two ends.
    `top_width`, `chest`, `widest`, `hem_width`: of the torso near its top, under the arms, at most, and at the hem.
    `solidity`: area over that of the convex hull; `roundness`: 4 pi area / perimeter^2; `oval`: intersection over union with
    the ellipse of the same moments.
    """

    box: tuple[int, int, int, int]
    axis: float
    symmetry: float
    torso: NDArray[np.float64]
    upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    armholes: tuple[Point, Point] | None
    bare: bool
    left: Sleeve | None
    right: Sleeve | None
    split: Point | None
    split_width: float
    collar: tuple[Point, Point, Point] | None
    notch: float
    top_width: float
    chest: float
    chest_row: int
    widest: float
    hem_width: float
    hem_row: float
    solidity: float
    roundness: float
    oval: float
    fill: float
    holes: int
    hole_row: float

    @property
    def sleeves(self) -> tuple[Sleeve, ...]:
        return tuple(side for side in (self.left, self.right) if side is not None)

    @property
    def height(self) -> float:
        return float(self.box[3])

    @property
    def width(self) -> float:
        return float(self.box[2])


def describe(mask: Bools) -> Shape:
    """Measure `mask` (h x w), which must not be empty."""
    left, top, width, height = (int(v) for v in cv2.boundingRect(mask.astype(np.uint8)))
    axis, symmetry = mirror_axis(mask, (left, top, width, height))
    torso = _torso(mask, axis)
    split, split_width = _split(mask, axis, (left, top, width, height))
    box = left, top, width, height
    left_sleeve, right_sleeve = paired(*sleeves_of(mask, axis, box), box)
    if symmetry > EVEN:
        left_sleeve, right_sleeve = completed(left_sleeve, right_sleeve, mask, axis)
    collar, notch = _neckline(mask, axis, torso, box)
    bare = is_bare(sides_of(mask, axis, box))
    if left_sleeve is None and right_sleeve is None and not bare:
        left_sleeve, right_sleeve = lying_sleeves(mask, box, top_seen=notch > 0.03 * width)
    steps = [
        sleeve.area < STEP * width * height for sleeve in (left_sleeve, right_sleeve) if sleeve is not None
    ]
    if all(steps) and _hangs_from_straps(mask, box):
        left_sleeve = right_sleeve = None
    sleeveless = left_sleeve is None and right_sleeve is None
    armholes = armholes_of(mask, axis, box) if sleeveless and bare else None
    chest_row = _chest_row(torso, (left_sleeve, right_sleeve), armholes, top, height)
    widths = torso[:, 1] - torso[:, 0] + 1
    if left_sleeve is not None and right_sleeve is not None and chest_row > top + LOW * height:
        # Sleeves that lie along the whole body: its breadth is seen only at the hem, between them.
        widths = np.minimum(widths, right_sleeve.armpit[0] - left_sleeve.armpit[0])
        chest_row = top + round(0.4 * height)
    chest_row = _below_the_arms(widths, chest_row, height)
    rows = np.nonzero(np.isfinite(widths))[0]
    hem_row = float(rows.max()) if rows.size else float(top + height - 1)
    near_hem = widths[max(0, int(hem_row - 0.08 * height)) : max(1, int(hem_row - 0.02 * height) + 1)]
    solidity, roundness, fill, holes, hole_row = _roundness(mask, width * height)
    return Shape(
        box=(left, top, width, height),
        axis=axis,
        symmetry=symmetry,
        torso=torso,
        upper=np.where(mask.any(axis=0), mask.argmax(axis=0), np.nan).astype(np.float64),
        lower=np.where(mask.any(axis=0), mask.shape[0] - 1 - mask[::-1].argmax(axis=0), np.nan).astype(
            np.float64
        ),
        armholes=armholes,
        bare=bare and sleeveless,
        left=left_sleeve,
        right=right_sleeve,
        split=split,
        split_width=split_width,
        collar=collar,
        notch=notch,
        top_width=_span(mask[top + round(0.03 * height) : top + round(0.06 * height) + 1]),
        chest=_median(widths[chest_row : chest_row + max(2, round(0.04 * height))], float(width)),
        chest_row=chest_row,
        widest=_span(mask),
        hem_width=_median(near_hem, float(width)),
        hem_row=hem_row,
        solidity=solidity,
        roundness=roundness,
        oval=_oval(mask, (left, top, width, height)),
        fill=fill,
        holes=holes,
        hole_row=(hole_row - top) / height,
    )


def _hangs_from_straps(mask: Bools, box: tuple[int, int, int, int]) -> bool:
    """Whether the outline is nowhere broader than at the shoulders, as over a sleeve, down to where sleeves begin to part."""
    _, top, width, height = box
    spans = [_span(mask[top + round(share * height)][None]) for share in np.arange(0.04, 0.36, 0.04)]
    straps = max(spans[:3])
    # Below sleeves the body is narrower than over them.
    below = min(spans[3:]) > UNDER_STRAPS * straps
    return below and straps > 0.6 * width and max(spans[3:]) < STRAIGHT * straps


def mirror_axis(mask: Bools, box: tuple[int, int, int, int]) -> tuple[float, float]:
    """The upright line about which `mask` is most symmetric, and the intersection over union with its mirror."""
    left, top, width, height = box
    part = mask[top : top + height, left : left + width].astype(np.uint8)
    scale = min(1.0, 128 / max(width, height))
    small = cv2.resize(
        part, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    values = array(small) > 0
    wide = values.shape[1]
    middle = float(np.nonzero(values)[1].mean()) if values.any() else wide / 2
    best, score = middle, -1.0
    total = int(values.sum())
    for doubled in range(round(2 * (middle - 0.12 * wide)), round(2 * (middle + 0.12 * wide)) + 1):
        # A pixel x falls on doubled - x.
        low, high = max(0, doubled - wide + 1), min(wide - 1, doubled)
        if high < low:
            continue
        common = int((values[:, low : high + 1] & values[:, low : high + 1][:, ::-1]).sum())
        agreement = common / max(1, 2 * total - common)
        if agreement > score:
            best, score = doubled / 2, agreement
    return left + (best + 0.5) * width / wide - 0.5, score


def _oval(mask: Bools, box: tuple[int, int, int, int]) -> float:
    left, top, width, height = box
    step = max(1, max(width, height) // 128)
    part = mask[top : top + height : step, left : left + width : step]
    y, x = (values.astype(np.float64) for values in np.nonzero(part))
    spread = np.cov(np.stack([x, y])) + 1e-3 * np.eye(2) if len(x) > 2 else np.eye(2)
    turned = np.linalg.inv(spread)
    rows, columns = np.ogrid[: part.shape[0], : part.shape[1]]
    across, down = columns - x.mean(), rows - y.mean()
    away = turned[0, 0] * across**2 + 2 * turned[0, 1] * across * down + turned[1, 1] * down**2
    # Half an axis of a filled ellipse is twice its standard deviation.
    ellipse = away <= 4
    return float((ellipse & part).sum() / max(1, (ellipse | part).sum()))


def runs(row: Bools) -> list[tuple[int, int]]:
    """First and last pixel of each run of True."""
    framed = np.zeros(len(row) + 2, bool)
    framed[1:-1] = row
    change = np.flatnonzero(framed[1:] != framed[:-1]).tolist()
    return [(first, end - 1) for first, end in zip(change[::2], change[1::2], strict=True)]


def _torso(mask: Bools, axis: float) -> NDArray[np.float64]:
    ends = np.full((mask.shape[0], 2), np.nan)
    slack = 0.02 * mask.shape[1]
    for y in np.nonzero(mask.any(axis=1))[0]:
        for first, last in runs(mask[y]):
            if first - slack <= axis <= last + slack and (last - first) > (
                ends[y, 1] - ends[y, 0] if np.isfinite(ends[y, 0]) else 0
            ):
                ends[y] = first, last
    return ends


def _span(mask: Bools) -> float:
    columns = np.nonzero(mask.any(axis=0))[0]
    return float(columns.max() - columns.min() + 1) if columns.size else 0.0


def _median(values: NDArray[np.float64], otherwise: float) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else otherwise


# --- legs ----------------------------------------------------------------------------------------------------


def _split(mask: Bools, axis: float, box: tuple[int, int, int, int]) -> tuple[Point | None, float]:
    """The top of the gap between two legs that stays open to the bottom, and the gap's widest, in pixels."""
    _, top, width, height = box
    reach = 0.18 * width
    bottom = top + height - 1
    start = None
    gap_width, at, missed = 0.0, axis, 0
    for y in range(bottom - max(1, round(0.03 * height)), top, -1):
        line = runs(mask[y])
        found = [
            (a[1], b[0])
            for a, b in pairwise(line)
            if abs((a[1] + b[0]) / 2 - at) < reach
            and a[1] - a[0] > 0.08 * width
            and b[1] - b[0] > 0.08 * width
        ]
        if found:
            gap = min(found, key=lambda ends: abs((ends[0] + ends[1]) / 2 - at))
            start, at, missed = y, (gap[0] + gap[1]) / 2, 0
            gap_width = max(gap_width, gap[1] - gap[0])
        else:
            missed += 1
            if missed > 0.04 * height:
                break
    return (None, 0.0) if start is None else ((at, float(start)), gap_width)


def _chest_row(
    torso: NDArray[np.float64],
    sleeves: tuple[Sleeve | None, ...],
    armholes: tuple[Point, Point] | None,
    top: int,
    height: int,
) -> int:
    """The row just below the arms; without sleeves or armholes, where the upper half stops widening."""
    rows = [side.armpit[1] for side in sleeves if side is not None]
    if rows:
        return int(max(rows)) + max(2, round(0.02 * height))
    if armholes is not None:
        return int((armholes[0][1] + armholes[1][1]) / 2) + 1
    widths = torso[:, 1] - torso[:, 0]
    part = widths[top : top + max(2, round(0.45 * height))]
    finite = np.nan_to_num(part, nan=0.0)
    reached = np.nonzero(finite >= 0.97 * finite.max())[0]
    return top + (int(reached[0]) if reached.size else 0)


def _below_the_arms(widths: NDArray[np.float64], row: int, height: int) -> int:
    """`row`, or where the body first is nearly as wide as around the waist: no waist is much wider than the chest, so
    `row` would be that of an armhole or of a gap at the shoulder."""
    chest = _median(widths[row : row + max(2, round(0.04 * height))], 0.0)
    first, last = row + round(0.2 * chest), row + round(0.9 * chest)
    body = _median(widths[first:last], 0.0)
    if not 0 < chest < body / 1.35:
        return row
    wide = np.nonzero(np.nan_to_num(widths[row:last]) >= 0.92 * body)[0]
    return row + int(wide[0]) if wide.size else row


# --- neckline and the rest ------------------------------------------------------------------------------------


def _neckline(
    mask: Bools, axis: float, torso: NDArray[np.float64], box: tuple[int, int, int, int]
) -> tuple[tuple[Point, Point, Point] | None, float]:
    """Left end, right end and lowest point of the dip in the upper outline about the axis, and its depth in pixels."""
    left, top, width, height = box
    outline = array(np.where(mask.any(axis=0), mask.argmax(axis=0), mask.shape[0]), np.float64)
    lower = torso[top + height // 2 : top + height]
    lower = lower[np.isfinite(lower[:, 0])]
    body = np.median(lower, axis=0) if len(lower) else np.array([left, left + width - 1], np.float64)
    low, high = max(left, int(body[0])), min(left + width - 1, int(body[1]))
    middle = int(np.clip(round(axis), low, high))
    if high - low < 6:
        return None, 0.0
    ends: list[Point] = []
    for columns in (np.arange(middle, low - 1, -1), np.arange(middle, high + 1)):
        heights = outline[columns]
        peak = heights.min()
        # The first column, going outwards, that is as high as the shoulder line gets: the collar's end.
        near = int(np.nonzero(heights <= peak + max(1.5, 0.006 * height))[0][0])
        ends.append((float(columns[near]), float(heights[near])))
    inner = np.arange(int(ends[0][0]), int(ends[1][0]) + 1)
    if inner.size < 3:
        return None, 0.0
    lowest = float(outline[inner].max())
    flat = inner[outline[inner] >= lowest - 1]
    front = (float(flat.mean()), lowest)
    return (ends[0], ends[1], front), lowest - max(ends[0][1], ends[1][1])


def _roundness(mask: Bools, box_area: float) -> tuple[float, float, float, int, float]:
    """Solidity, roundness, share of the bounding box, number of large holes, row of the largest of them."""
    contours, order = outlines_of(mask, cv2.RETR_CCOMP)
    outer = [c for c, links in zip(contours, order, strict=True) if links[3] < 0]
    inner = [c for c, links in zip(contours, order, strict=True) if links[3] >= 0]
    largest = max(outer, key=cv2.contourArea)
    area, hull = cv2.contourArea(largest), cv2.contourArea(cv2.convexHull(largest))
    length = max(1.0, cv2.arcLength(largest, True))
    holes = [c for c in inner if cv2.contourArea(c) > 0.01 * max(1.0, area)]
    row = float(np.mean(max(holes, key=cv2.contourArea)[:, 0, 1])) if holes else 0.0
    full = float(mask.sum())
    return area / max(1.0, hull), 4 * np.pi * area / length**2, full / max(1.0, box_area), len(holes), row


def edge_strength(lab: F32) -> F32:
    """Steepness of the colours in CIE76 per pixel, h x w."""
    across: Any = array(cv2.Scharr(lab, cv2.CV_32F, 1, 0)) / 32
    down: Any = array(cv2.Scharr(lab, cv2.CV_32F, 0, 1)) / 32
    return np.hypot(lengths(across), lengths(down)).astype(np.float32)
