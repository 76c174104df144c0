"""Which path lies inside which: the forest that decides what is cut first and on which side of a line the part is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bottega.laser.geometry import Path, laser_extra, polygonal

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nesting:
    """`depth`: how many closed paths enclose each path (0 outermost). `pairs`: M x 2, every (inner, outer).

    `direct`: the pairs that imply all others (an inner path with the smallest ring around it).
    """

    depth: I64
    pairs: I64
    direct: I64


def nesting(paths: Sequence[Path]) -> Nesting:
    """The nesting of paths. Closed ones of three points or more enclose; every path may be enclosed.

    A ring counts as inside a larger one when more than half of its surface is; an open path when any stretch
    of it is. So every containment is found, and rings that cross still get an order without a circle.
    """
    with laser_extra():
        import shapely
    geometry = cast(Any, shapely)  # its functions of arrays are loosely typed
    count = len(paths)
    depth = np.zeros(count, np.int64)
    empty = np.empty((0, 2), np.int64)
    ring_at = np.array([i for i, p in enumerate(paths) if p.closed and len(p.points) >= 3], np.int64)
    if not len(ring_at):
        return Nesting(depth, empty, empty)
    rings = np.array([shapely.Polygon(paths[int(i)].points) for i in ring_at], object)
    # By even-odd, so that a ring that crosses itself has an inside.
    for k in np.flatnonzero(~geometry.is_valid(rings)).tolist():
        rings[k] = polygonal(geometry.make_valid(rings[k]))
    tree = shapely.STRtree(rings)
    area = np.asarray(geometry.area(rings))
    inner, outer = _smaller(area, *tree.query(geometry.point_on_surface(rings), predicate="intersects"))
    borders = geometry.boundary(rings)
    one, other = _smaller(area, *shapely.STRtree(borders).query(borders, predicate="intersects"))
    # Where the borders do not meet, one point decides; where they do, the shared surface does.
    apart = ~np.isin(inner * len(rings) + outer, one * len(rings) + other)
    shared = geometry.area(geometry.intersection(rings[one], rings[other])) > area[one] / 2
    found = [
        np.column_stack((ring_at[inner[apart]], ring_at[outer[apart]])),
        np.column_stack((ring_at[one[shared]], ring_at[other[shared]])),
    ]
    line_at = np.array([i for i, p in enumerate(paths) if not p.closed and len(p.points) >= 2], np.int64)
    if len(line_at):
        lines = np.array([shapely.LineString(paths[int(i)].points) for i in line_at], object)
        for predicate in ("within", "crosses"):
            inner, outer = tree.query(lines, predicate=predicate)
            found.append(np.column_stack((line_at[inner], ring_at[outer])))
    pairs = np.unique(np.concatenate(found), axis=0).astype(np.int64)
    np.add.at(depth, pairs[:, 0], 1)
    size = np.zeros(count)
    size[ring_at] = area
    return Nesting(depth, pairs, _direct(pairs, size))


def _smaller(area: NDArray[np.float64], one: I64, other: I64) -> tuple[I64, I64]:
    """The pairs whose first ring is the smaller one."""
    keep = area[one] < area[other]
    return one[keep].astype(np.int64), other[keep].astype(np.int64)


def _direct(pairs: I64, size: NDArray[np.float64]) -> I64:
    around: dict[int, set[int]] = {}
    for inner, outer in pairs.tolist():
        around.setdefault(inner, set()).add(outer)
    nothing: set[int] = set()
    direct: list[tuple[int, int]] = []
    for inner, outers in around.items():
        implied: set[int] = set()
        for outer in sorted(outers, key=lambda i: size[i]):
            if outer not in implied:
                direct.append((inner, outer))
            implied |= around.get(outer, nothing)
    return np.array(direct, np.int64).reshape(-1, 2)
