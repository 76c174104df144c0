"""The shapes that svgelements reads, as joined curves in mm. What is done with them is left to `svg_in`."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.areas import enclosed
from bottega.laser.geometry import F64, Curve, Path, Point

if TYPE_CHECKING:
    import svgelements as se

SAME_POINT_MM = 1e-3
"""Ends this near belong together: a tenth of the beam of the finest hobby laser and less."""


def subpaths(shape: "se.Shape") -> Iterable[tuple[list[Curve], bool]]:
    """Joined curves in mm, straight ones among them, and whether they close; pieces of no length left out."""
    import svgelements as se

    curves: list[Curve] = []
    closed = False
    for segment in cast(Any, abs(se.Path(shape))):  # the transform applied
        if isinstance(segment, se.Move):
            yield from _ended(curves, closed)
            curves, closed = [], False
            continue
        if closed:  # drawing on after Z starts at the same point
            yield from _ended(curves, closed)
            curves, closed = [], False
        closed = isinstance(segment, se.Close)
        for curve in _curves(segment):
            start = curves[-1].end if curves else curve.start
            joined = Curve(start, start if curve.is_line else curve.control_1, curve.control_2, curve.end)
            if not (joined.is_line and joined.start == joined.end):
                curves.append(joined)
    yield from _ended(curves, closed)


def corners(shape: "se.Shape") -> F64:
    """The points of a path's segments in mm, N x 2, the repeated ones too."""
    import svgelements as se

    return np.array([_point(segment.end) for segment in cast(Any, abs(se.Path(shape)))])


def _ended(curves: list[Curve], closed: bool) -> Iterable[tuple[list[Curve], bool]]:
    if not curves:
        return
    first = curves[0].start
    if _near(first, curves[-1].end) and (len(curves) > 2 or not all(curve.is_line for curve in curves)):
        closed = True
        if len(curves) > 1 and curves[-1].is_line and _near(first, curves[-1].start):
            curves = curves[:-1]  # what Z added to arcs that came back on their own
        last = curves[-1]
        control = first if last.is_line else last.control_2
        curves = [*curves[:-1], Curve(last.start, last.control_1, control, first)]
    yield curves, closed


def _near(one: Point, other: Point) -> bool:
    return float(np.hypot(one[0] - other[0], one[1] - other[1])) <= SAME_POINT_MM


def _curves(segment: Any) -> Iterable[Curve]:
    import svgelements as se

    if isinstance(segment, se.Arc):
        yield from _arc(segment)
        return
    start, end = _point(segment.start), _point(segment.end)
    if isinstance(segment, se.CubicBezier):
        yield Curve(start, _point(segment.control1), _point(segment.control2), end)
    elif isinstance(segment, se.QuadraticBezier):
        control = _point(segment.control)
        yield Curve(start, _towards(start, control), _towards(end, control), end)
    else:
        yield Curve.line(start, end)


def _arc(arc: Any) -> Iterable[Curve]:
    """Cubics of at most an eighth of the circle, off by 4e-6 of its radius (Riskus, Inf. Tech. and Control 35, 2006)."""
    centre = np.array(_point(arc.center))
    u, v = np.array(_point(arc.prx)) - centre, np.array(_point(arc.pry)) - centre
    sweep = float(arc.sweep)
    if min(np.hypot(*u), np.hypot(*v)) <= 1e-9 or sweep == 0:
        yield Curve.line(_point(arc.start), _point(arc.end))
        return
    pieces = max(1, int(np.ceil(abs(sweep) / (np.pi / 4) - 1e-9)))
    angles = float(arc.get_start_t()) + np.linspace(0, sweep, pieces + 1)[:, None]
    ends = centre + np.cos(angles) * u + np.sin(angles) * v
    ends[0], ends[-1] = _point(arc.start), _point(arc.end)
    handles = 4 / 3 * np.tan(sweep / pieces / 4) * (np.cos(angles) * v - np.sin(angles) * u)
    knots = np.stack((ends[:-1], ends[:-1] + handles[:-1], ends[1:] - handles[1:], ends[1:]), axis=1)
    for a, b, c, d in knots.tolist():
        yield Curve((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1]))


def _towards(end: Point, control: Point) -> Point:
    """A cubic's handle for a quadratic's: two thirds of the way to it."""
    return end[0] + (control[0] - end[0]) * 2 / 3, end[1] + (control[1] - end[1]) * 2 / 3


def _point(point: Any) -> Point:
    if point is None:
        raise InvalidOption("The SVG has a path that does not begin with a move.")
    x, y = float(point.x), float(point.y)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise InvalidOption("The SVG has a point that is not a number.")
    return x, y


def is_flat(curves: list[Curve]) -> bool:
    """Whether straight pieces enclose nothing, so that there is no inside to fill."""
    if not all(curve.is_line for curve in curves):
        return False
    points = np.array([curves[0].start, *(curve.end for curve in curves)])
    if len(points) < 3:
        return True
    x, y = points.T
    if abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) >= SAME_POINT_MM**2:
        return False
    # The two halves of an hourglass cancel out in the sum: only the surface itself tells it from a line.
    return enclosed([Path(points, True)], even_odd=True).area < SAME_POINT_MM**2
