"""The six walls that most designs begin with, and shapes cut into them."""

from typing import TYPE_CHECKING

import numpy as np

from bottega.laser.boxes.plates import Assembly, Plate

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

Range = tuple[float, float]
Case = dict[str, Plate]
RANKS = {"front": 3, "back": 3, "bottom": 2, "top": 2, "left": 1, "right": 1}


def case(
    a: Assembly,
    x: Range,
    y: Range,
    z: Range,
    *,
    without: tuple[str, ...] = (),
    prefix: str = "",
    heights: dict[str, float] | None = None,
    join: bool = True,
) -> Case:
    """Walls around the cavity `x`, `y`, `z`, finger-jointed; the neighbours of a missing wall end at the cavity.

    `heights`: the z at which single upright walls end instead. With `join` False the caller reshapes walls first
    and calls `fingers`.
    """
    t = a.thickness
    full = {
        axis: (low - t * (first not in without), high + t * (second not in without))
        for axis, (low, high), first, second in (
            ("x", x, "left", "right"),
            ("y", y, "front", "back"),
            ("z", z, "bottom", "top"),
        )
    }
    places = {
        "front": ("y", y[0] - t, "x", "z"),
        "back": ("y", y[1], "x", "z"),
        "bottom": ("z", z[0] - t, "x", "y"),
        "top": ("z", z[1], "x", "y"),
        "left": ("x", x[0] - t, "y", "z"),
        "right": ("x", x[1], "y", "z"),
    }
    plates: Case = {}
    for name, (axis, at, one, two) in places.items():
        if name not in without:
            ranges = {**full}
            if heights and name in heights:
                ranges["z"] = (full["z"][0], heights[name])
            plates[name] = a.wall(prefix + name, axis, at, ranges[one], ranges[two], rank=RANKS[name])
    if join:
        a.fingers(*plates.values())
    return plates


def reshape(plate: Plate, shape: "BaseGeometry") -> None:
    """Give a plate another outline before it is joined."""
    plate.blank = plate.shape = shape


def disc(x: float, y: float, radius: float) -> "Polygon":
    """A circle as a polygon that is nowhere more than 0.01 mm inside of it (for radii up to 80 mm)."""
    import shapely

    return shapely.Point(x, y).buffer(radius, quad_segs=48)


def capsule(x: float, y: float, width: float, height: float) -> "Polygon":
    """A rectangle with round ends about its middle."""
    import shapely

    r = min(width, height) / 2
    dx, dy = width / 2 - r, height / 2 - r
    if dx <= 1e-6 and dy <= 1e-6:
        return disc(x, y, r)
    return shapely.LineString([(x - dx, y - dy), (x + dx, y + dy)]).buffer(r, quad_segs=24)


def spread(low: float, high: float, count: int, t: float) -> list[float]:
    """Where plates of thickness `t` begin that divide a length into `count` equal compartments."""
    room = (high - low - (count - 1) * t) / count
    return [low + k * room + (k - 1) * t for k in range(1, count)]


def slits(x: Range, y: Range, pitch: float, length: float, web: float) -> list[np.ndarray]:
    """Cuts along x, staggered row by row, that let a strip bend about x: the living hinge."""
    lines: list[np.ndarray] = []
    rows = max(2, int((y[1] - y[0]) / pitch))
    for row in range(rows):
        at = y[0] + (row + 0.5) * (y[1] - y[0]) / rows
        start = x[0] - (0.0 if row % 2 else (length + web) / 2)
        while start < x[1]:
            a, b = max(start, x[0] + web), min(start + length, x[1] - web)
            if b - a > web:
                lines.append(np.array([(a, at), (b, at)]))
            start += length + web
    return lines
