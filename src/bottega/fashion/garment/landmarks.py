"""Landmarks of a garment from the shape of its mask, each with a confidence; what was not found is not there."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.kinds import ARMHOLE_CM, Kinds, shoulder_row, unit_cm
from bottega.fashion.garment.mannequin import on_mannequin
from bottega.fashion.garment.shape import LOW, Shape
from bottega.fashion.garment.sleeves import Point, Sleeve

MANNEQUIN_ARMHOLE_CM = 20.0
"""From the shoulder's end at the neck down to the armpit."""
MANNEQUIN_PIT = 0.56
"""From the axis to the armpit, in breadths of the body, which is seen below the arms only, toward the waist."""
SEAM = 0.94
"""Where the seam of a sleeve lies, on the way from the axis to the bend of the outline around the shoulder."""
Landmarks = dict[str, tuple[float, float, float]]
Bools = NDArray[np.bool_]


def find_landmarks(mask: Bools, shape: Shape, kinds: Kinds) -> Landmarks:
    """Points (x, y, confidence) in pixels of `mask`; names as `Garment` lists them, left and right the viewer's."""
    found: Landmarks = {}
    if kinds.kind in ("top", "dress", "outerwear"):
        _collar(found, shape)
        _arms(found, mask, shape)
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


def _arms(found: Landmarks, mask: Bools, shape: Shape) -> None:
    if shape.left is not None and shape.right is not None and on_mannequin(shape) > 0.5:
        _hanging(found, mask, shape, (shape.left, shape.right))
        return
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


def _hanging(found: Landmarks, mask: Bools, shape: Shape, sleeves: tuple[Sleeve, Sleeve]) -> None:
    """On a mannequin sleeves lie along the body: what parts from it is the forearm, or the cuff. Shoulders and armpits are
    where they are on people of that breadth."""
    row = shoulder_row(shape)
    pit_row = row + MANNEQUIN_ARMHOLE_CM / unit_cm(shape)
    for name, sleeve, side in (("left", sleeves[0], -1), ("right", sleeves[1], 1)):
        seen = sleeve.armpit[1] < pit_row
        pit = sleeve.armpit if seen else (shape.axis + side * MANNEQUIN_PIT * shape.chest, pit_row)
        found[f"armpit_{name}"] = (*pit, 0.9 if seen else 0.4)
        bend = _corner(mask, row, pit_row, side)
        column = round(shape.axis + SEAM * (bend[0] - shape.axis))
        if 0 <= column < len(shape.upper) and np.isfinite(shape.upper[column]):
            found[f"shoulder_{name}"] = (float(column), float(shape.upper[column]), 0.6)
        outer, inner = sleeve.outer, sleeve.inner
        if np.hypot(inner[0] - sleeve.armpit[0], inner[1] - sleeve.armpit[1]) < 0.3 * shape.chest:
            # The sleeve lies on the body down to the cuff.
            inner = max(sleeve.armpit, inner, key=lambda point: point[1])
            outer = _corner(mask, pit_row, inner[1], side, inner)
        found[f"cuff_{name}_outer"] = (*outer, 0.7)
        found[f"cuff_{name}_inner"] = (*inner, 0.7)


def _corner(mask: Bools, first: float, last: float, side: int, end: Point | None = None) -> Point:
    """The corner of the outline on a side between two rows: farthest from the straight line to its `end`."""
    rows = np.arange(max(0, int(first)), min(int(last) + 1, len(mask)))
    rows = rows[mask[rows].any(axis=1)]
    ends = mask[rows].argmax(axis=1) if side < 0 else mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    points = np.column_stack((ends, rows)).astype(np.float64)
    if len(points) < 3:
        return end or (float(mask.shape[1] / 2), float(first))
    way = np.array(end or points[-1]) - points[0]
    away = np.abs(way[0] * (points[:, 1] - points[0, 1]) - way[1] * (points[:, 0] - points[0, 0]))
    corner = points[int(away.argmax())]
    return float(corner[0]), float(corner[1])


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
