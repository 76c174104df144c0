"""Landmarks of a garment from the shape of its mask, each with a confidence; what was not found is not there."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.kinds import ARMHOLE_CM, Kinds, shoulder_row, unit_cm
from bottega.fashion.garment.shape import LOW, Shape
from bottega.fashion.garment.sleeves import Point, Sleeve

Landmarks = dict[str, tuple[float, float, float]]
Bools = NDArray[np.bool_]


def find_landmarks(mask: Bools, shape: Shape, kinds: Kinds) -> Landmarks:
    """Points (x, y, confidence) in pixels of `mask`; names as `Garment` lists them, left and right the viewer's."""
    found: Landmarks = {}
    if kinds.kind in ("top", "dress", "outerwear"):
        _collar(found, shape)
        _arms(found, shape)
    if kinds.kind == "bottom":
        _waistband(found, mask, shape)
        if shape.split is not None:
            found["crotch"] = (*shape.split, 0.8)
    if kinds.kind in ("top", "dress", "outerwear", "bottom"):
        _hem(found, mask, shape, legs=kinds.kind == "bottom" and shape.split is not None)
    if kinds.kind == "dress":
        _narrow_waist(found, shape)
    return found


def _collar(found: Landmarks, shape: Shape) -> None:
    if shape.collar is None or shape.notch < 0.02 * shape.chest:
        return
    left, right, front = shape.collar
    # The two ends should lie about the axis alike.
    even = 1 - min(1.0, abs((left[0] + right[0]) / 2 - shape.axis) / max(1.0, 0.2 * shape.chest))
    for name, point in (("collar_left", left), ("collar_right", right), ("collar_front", front)):
        found[name] = (*point, 0.5 + 0.4 * even)


def _arms(found: Landmarks, shape: Shape) -> None:
    for number, (name, sleeve, side) in enumerate((("left", shape.left, -1), ("right", shape.right, 1))):
        if sleeve is not None:
            found[f"armpit_{name}"] = _armpit(shape, sleeve, side)
            found[f"cuff_{name}_outer"] = (*sleeve.outer, 0.8)
            found[f"cuff_{name}_inner"] = (*sleeve.inner, 0.8)
        elif shape.armholes is not None:
            found[f"armpit_{name}"] = (*shape.armholes[number], 0.8)
        elif not shape.sleeves and (point := _edge(shape, shape.chest_row, side)) is not None:
            found[f"armpit_{name}"] = (*point, 0.3)
        shoulder = _shoulder(shape, sleeve, side)
        if shoulder is not None:
            found[f"shoulder_{name}"] = (*shoulder, 0.7)


def _armpit(shape: Shape, sleeve: Sleeve, side: int) -> tuple[float, float, float]:
    """Where the sleeve leaves the body; where it only does so near the hem, the place where armpits are."""
    if sleeve.armpit[1] <= shape.box[1] + LOW * shape.height:
        return (*sleeve.armpit, 0.9)
    row = min(shoulder_row(shape) + ARMHOLE_CM / unit_cm(shape), shape.hem_row)
    return shape.axis + side * shape.chest / 2, row, 0.3


def _edge(shape: Shape, row: int, side: int) -> Point | None:
    x = shape.torso[min(row, len(shape.torso) - 1), 0 if side < 0 else 1]
    return (float(x), float(row)) if np.isfinite(x) else None


def _shoulder(shape: Shape, sleeve: Sleeve | None, side: int) -> Point | None:
    """Where the upper outline bends from the shoulder into the sleeve or the armhole."""
    if sleeve is None:
        return _strap_end(shape, side)
    hooded = shape.collar is None or shape.notch < 0.02 * shape.chest
    start = shape.axis + side * 0.27 * shape.chest
    if not hooded and shape.collar is not None:
        start = shape.collar[0 if side < 0 else 1][0]
    pit = sleeve.armpit[0]
    columns = _columns(shape, start, pit + side * 0.08 * shape.chest, side)
    if columns.size < 3:
        return None
    heights = shape.upper[columns]
    # Farthest above the straight line from the collar to the outline over the armpit; the seam of an armhole lies
    # over 72 to 98 % of the way to it, and where a dropped or raglan shoulder has no bend, at 84 %.
    rise, run = heights[-1] - heights[0], columns[-1] - columns[0]
    above = heights[0] + rise * (columns - columns[0]) / run - heights
    way = (columns - shape.axis) / (pit - shape.axis)
    above = np.where((way > 0.72) & (way < 0.98), above, -np.inf)
    best = int(np.argmax(above))
    if above[best] < 0.012 * shape.chest:
        best = int(np.argmin(np.abs(way - 0.84)))
    return float(columns[best]), float(heights[best])


def _columns(shape: Shape, start: float, end: float, side: int) -> NDArray[np.int64]:
    """Columns from `start` outwards to `end` that lie on the garment."""
    columns = np.arange(round(start), round(end) + side, side)
    columns = columns[(columns >= 0) & (columns < len(shape.upper))]
    return columns[np.isfinite(shape.upper[columns])]


def _strap_end(shape: Shape, side: int) -> Point | None:
    """The outer end of a strap: going outwards from the collar, the last column before the outline falls steeply."""
    if shape.collar is None:
        return None
    start = shape.collar[0 if side < 0 else 1]
    columns = _columns(shape, start[0], shape.axis + side * 0.6 * shape.chest, side)
    low = start[1] + 0.1 * shape.chest
    near = shape.upper[columns] <= low
    if columns.size < 2 or not near[0]:
        return None
    last = int(np.argmin(near)) - 1 if not near.all() else len(columns) - 1
    return float(columns[last]), float(shape.upper[columns[last]])


def _hem(found: Landmarks, mask: Bools, shape: Shape, *, legs: bool) -> None:
    """The lowest corners on either side: of the body for tops and dresses, of the legs' outer seams for trousers."""
    rows = np.arange(max(0, int(shape.hem_row - 0.12 * shape.height)), int(shape.hem_row) + 1)
    for name, side in (("left", -1), ("right", 1)):
        points: list[Point] = []
        for y in rows:
            if legs:
                columns = np.nonzero(mask[y])[0]
                if columns.size:
                    points.append((float(columns.min() if side < 0 else columns.max()), float(y)))
            elif np.isfinite(shape.torso[y, 0]):
                points.append((float(shape.torso[y, 0 if side < 0 else 1]), float(y)))
        if points:
            best = max(points, key=lambda point: side * point[0] + 1.2 * point[1])
            found[f"hem_{name}"] = (*best, 0.85)


def _waistband(found: Landmarks, mask: Bools, shape: Shape) -> None:
    top = shape.box[1]
    rows = range(top, top + max(2, round(0.06 * shape.height)))
    for name, side in (("left", -1), ("right", 1)):
        points = [
            (float(columns.min() if side < 0 else columns.max()), float(y))
            for y in rows
            if (columns := np.nonzero(mask[y])[0]).size
        ]
        if points:
            best = max(points, key=lambda point: side * point[0] - 1.2 * point[1])
            found[f"waist_{name}"] = (*best, 0.85)


def _narrow_waist(found: Landmarks, shape: Shape) -> None:
    """The narrowest row between chest and the middle of the skirt, when it is narrower than the chest at all."""
    widths = shape.torso[:, 1] - shape.torso[:, 0]
    last = min(len(widths), int(shape.chest_row + 0.8 * shape.chest))
    part = widths[shape.chest_row : last]
    if part.size < 5 or not np.isfinite(part).all():
        return
    row = shape.chest_row + int(np.argmin(part))
    if widths[row] < 0.97 * shape.chest:
        found["waist_left"] = (float(shape.torso[row, 0]), float(row), 0.7)
        found["waist_right"] = (float(shape.torso[row, 1]), float(row), 0.7)
