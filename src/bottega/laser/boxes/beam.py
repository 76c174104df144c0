"""What a beam of some width leaves of a sheet's parts, against the parts as drawn.

Simulated from the cut lines alone, without regard to how they were found: the check of the kerf compensation.
"""

from typing import Any, cast

import numpy as np

from bottega.laser.geometry import F64, Drawing, Operation, laser_extra, polygonal
from bottega.laser.nesting import nesting

QUARTER_STEPS = 32
"""Pieces of a quarter circle of the beam: 0.00006 mm off at a kerf of 0.4 mm."""
_LEAST_MM = 1e-4


def cut_error_mm(nominal: Drawing, sheet: Drawing, kerf_x_mm: float, kerf_y_mm: float) -> float:
    """The worst distance (mm) between the edges that the beam leaves and those that it should.

    `sheet` holds the closed cuts of `nominal`, moved, in the same order; the beam is an ellipse of the kerfs' widths.
    A round beam cannot cut the inner corners of the waste sharp: what it should leave is the drawn part with
    those rounded at its radius. Infinite when the two drawings have different cuts.
    """
    with laser_extra():
        import shapely
    kerf = np.maximum((kerf_x_mm, kerf_y_mm), _LEAST_MM)
    drawn, cut = _closed_cuts(nominal), _closed_cuts(sheet)
    if len(drawn) != len(cut):
        return float("inf")
    depth = nesting([path for path in nominal.paths if _is_closed_cut(path)]).depth.tolist()
    worst = 0.0
    for wanted, line, level in zip(drawn, cut, depth, strict=True):
        ring: Any = shapely.LinearRing(line / kerf)
        swept = _grown(ring, 0.5)
        inside, shape = shapely.Polygon(ring), shapely.Polygon(wanted / kerf)
        if level % 2 == 0:
            left = cast("Any", shapely.difference(inside, swept))
            ideal = _closed(shape)
        else:
            left = cast("Any", shapely.union(inside, swept))
            ideal = _opened(shape)
        one, other = _in_mm(left, kerf), _in_mm(ideal, kerf)
        worst = max(worst, _farthest(one, other), _farthest(other, one))
    return worst


def _farthest(corners_of: Any, line: Any) -> float:
    """The distance from a line of that corner of another which is farthest from it."""
    import shapely

    edges: list[Any] = []
    for ring in shapely.get_parts(line):
        corners = shapely.get_coordinates(ring)
        edges.append(shapely.linestrings(np.stack((corners[:-1], corners[1:]), axis=1)))
    pieces = np.concatenate(edges)
    corners = shapely.points(shapely.get_coordinates(corners_of))
    nearest = shapely.STRtree(pieces).nearest(corners)
    return float(shapely.distance(corners, pieces[nearest]).max())


def _is_closed_cut(path: Any) -> bool:
    return path.closed and path.operation is Operation.CUT


def _closed_cuts(drawing: Drawing) -> list[F64]:
    return [path.points for path in drawing.paths if _is_closed_cut(path)]


def _opened(hole: Any) -> Any:
    """What of a hole a round beam of diameter 1 reaches without touching what lies around it."""
    return _grown(_grown(hole, -0.5), 0.5)


def _closed(part: Any) -> Any:
    """A part with the nooks filled that the beam does not reach from outside."""
    return _grown(_grown(part, 0.5), -0.5)


def _grown(shape: Any, by: float) -> Any:
    import shapely

    return cast("Any", shapely.buffer(shape, by, quad_segs=QUARTER_STEPS))


def _in_mm(shape: Any, kerf: F64) -> Any:
    import shapely

    return shapely.boundary(polygonal(shapely.transform(shape, lambda points: points * kerf)))
