"""What is done with laser geometry: curves flattened, measured, checked, moved and scaled.

The one door to it: the model itself is in `drawing`, paths as surfaces of shapely in `shapes`, and both can be imported
from here. Reading and writing of files is left to `svg_in`, `svg`, `dxf`, `pdf`, `lightburn` and `raster_png`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import cast, overload

import numpy as np
from numpy.typing import ArrayLike

from bottega.errors import InvalidOption, TooLarge
from bottega.laser.drawing import (
    COLOURS,
    F64,
    Curve,
    Drawing,
    Operation,
    Path,
    Point,
    RasterImage,
    laser_extra,
)
from bottega.laser.shapes import from_shapely, is_simple, polygonal, region, to_shapely
from bottega.laser.size import MAX_SIDE_MM

__all__ = [
    "COLOURS",
    "F64",
    "Curve",
    "Drawing",
    "Operation",
    "Path",
    "Point",
    "RasterImage",
    "affine",
    "bounds",
    "checked",
    "curves_of",
    "flatten",
    "from_shapely",
    "is_simple",
    "laser_extra",
    "length",
    "path_from_curves",
    "polygonal",
    "region",
    "scale",
    "to_shapely",
    "translate",
]

FLATTEN_TOLERANCE_MM = 0.008
"""How far a flattened curve may lie from the true one: with the rounding of files within 0.01 mm, which is below what
any hobby laser positions to."""
MAX_POINTS = 1_000_000
"""Points of one drawing, after curves were flattened."""
MAX_PATHS = 200_000
MIN_SHEET_MM = 0.01
_JOIN_MM = 1e-6


# --- Curves --------------------------------------------------------------------------------------------------


def flatten(curves: Sequence[Curve], tolerance_mm: float = FLATTEN_TOLERANCE_MM) -> F64:
    """Points (N x 2 mm) along joined curves, both ends included, nowhere further than `tolerance_mm` from them.

    The count comes from the chord error of a cubic, at most h^2/8 times its largest second derivative
    (de Boor, A Practical Guide to Splines), in equal steps of the parameter. Raises InvalidOption for curves that
    do not join or are no numbers, TooLarge above `MAX_POINTS`.
    """
    if not curves:
        return np.empty((0, 2))
    if not (math.isfinite(tolerance_mm) and tolerance_mm > 0):
        raise InvalidOption(f"The tolerance is {tolerance_mm:g} mm; it must be above 0.")
    knots = np.array([(c.start, c.control_1, c.control_2, c.end) for c in curves], np.float64)
    if not np.isfinite(knots).all():
        raise InvalidOption("A curve has a point that is not a number.")
    if np.abs(knots[1:, 0] - knots[:-1, 3]).max(initial=0.0) > _JOIN_MM:
        raise InvalidOption("The curves of a path do not join.")
    bend = np.abs(np.linalg.norm(knots[:, :-2] - 2 * knots[:, 1:-1] + knots[:, 2:], axis=2)).max(axis=1)
    straight = np.array([c.is_line for c in curves])
    wanted = np.where(straight, 1.0, np.ceil(np.sqrt(0.75 * bend / tolerance_mm)))
    if wanted.sum() > MAX_POINTS:
        raise TooLarge(
            f"A path needs {wanted.sum():.0f} points at {tolerance_mm:g} mm; at most {MAX_POINTS} are taken.",
            hint="Use a coarser tolerance.",
        )
    steps = np.maximum(wanted, 1).astype(np.int64)
    which = np.repeat(np.arange(len(curves)), steps)
    index = np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps) + 1
    t = (index / steps[which])[:, None]
    s = 1 - t
    p0, p1, p2, p3 = (knots[which, i] for i in range(4))
    points = s**3 * p0 + 3 * s * s * t * p1 + 3 * s * t * t * p2 + t**3 * p3
    ends = index == steps[which]
    points[ends] = p3[ends]
    return np.vstack((knots[0, 0], points))


def path_from_curves(
    curves: Iterable[Curve],
    *,
    closed: bool,
    operation: Operation = Operation.CUT,
    layer: str = "",
    colour: str = "",
    tolerance_mm: float = FLATTEN_TOLERANCE_MM,
) -> Path:
    """The path along joined curves. A closed one gets a straight closing piece where its ends do not meet."""
    kept = tuple(curves)
    if closed and kept and math.dist(kept[-1].end, kept[0].start) > _JOIN_MM:
        kept = (*kept, Curve.line(kept[-1].end, kept[0].start))
    points = flatten(kept, tolerance_mm)
    if closed and len(points) > 1:
        points = points[:-1]
    return Path(points, closed, operation, layer, colour, kept)


def curves_of(path: Path) -> tuple[Curve, ...]:
    """The path as curves: its own, or straight pieces between its points (with the closing one)."""
    if path.curves:
        return path.curves
    corners = cast("list[Point]", [tuple(p) for p in path.points.tolist()])
    if path.closed and len(corners) > 1:
        corners.append(corners[0])
    return tuple(Curve.line(a, b) for a, b in pairwise(corners))


# --- Measures ------------------------------------------------------------------------------------------------


def length(path: Path) -> float:
    """Length of the polyline in mm, with the closing piece of a closed one."""
    points = np.vstack((path.points, path.points[:1])) if path.closed else path.points
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def bounds(thing: Drawing | Path) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in mm of all paths and pictures. Raises InvalidOption for an empty drawing."""
    paths, rasters = ((thing,), ()) if isinstance(thing, Path) else (thing.paths, thing.rasters)
    boxes = [(*p.points.min(axis=0), *p.points.max(axis=0)) for p in paths]
    boxes += [(r.x, r.y, r.x + r.width_mm, r.y + r.height_mm) for r in rasters]
    if not boxes:
        raise InvalidOption("The drawing is empty.", hint="It has neither a path nor a picture.")
    corners = np.array(boxes, np.float64)
    left, top = corners[:, :2].min(axis=0).tolist()
    right, bottom = corners[:, 2:].max(axis=0).tolist()
    return left, top, right, bottom


def checked(drawing: Drawing, *, on_sheet: bool = False) -> Drawing:
    """The drawing without paths of one point, when a file can be written of it; what every writer asks first.

    Raises InvalidOption when it is empty, its size is no number, 0 or above 2 m, or (with `on_sheet`) when
    something lies off the sheet by more than 0.01 mm; TooLarge above `MAX_PATHS` paths or `MAX_POINTS` points.
    """
    for name, side in (("width", drawing.width_mm), ("height", drawing.height_mm)):
        if not (math.isfinite(side) and MIN_SHEET_MM <= side <= MAX_SIDE_MM):
            raise InvalidOption(
                f"The sheet's {name} is {side:g} mm; it can be {MIN_SHEET_MM:g} to {MAX_SIDE_MM:g} mm."
            )
    if any(len(path.points) < 2 for path in drawing.paths):
        drawing = replace(drawing, paths=tuple(path for path in drawing.paths if len(path.points) >= 2))
    count = sum(len(p.points) for p in drawing.paths)
    if len(drawing.paths) > MAX_PATHS or count > MAX_POINTS:
        raise TooLarge(
            f"The drawing has {len(drawing.paths)} paths with {count} points; "
            f"at most {MAX_PATHS} with {MAX_POINTS} are taken.",
            hint="Simplify the drawing, or cut it into several jobs.",
        )
    left, top, right, bottom = bounds(drawing)
    if max(abs(v) for v in (left, top, right, bottom)) > 2 * MAX_SIDE_MM:
        raise InvalidOption(
            f"The drawing reaches from {left:.4g}, {top:.4g} to {right:.4g}, {bottom:.4g} mm, far off any bed.",
            hint="Check its unit and its scale.",
        )
    slack = 0.01
    if on_sheet and (
        left < -slack
        or top < -slack
        or right > drawing.width_mm + slack
        or bottom > drawing.height_mm + slack
    ):
        raise InvalidOption(
            f"The drawing reaches from {left:.4g}, {top:.4g} to {right:.4g}, {bottom:.4g} mm, off the sheet of "
            f"{drawing.width_mm:.4g} x {drawing.height_mm:.4g} mm.",
            hint="Move it onto the sheet, or take a larger sheet.",
        )
    return drawing


# --- Moving and scaling --------------------------------------------------------------------------------------


def affine(path: Path, matrix: ArrayLike) -> Path:
    """The path under a 2 x 3 matrix: (x, y) becomes `matrix @ (x, y, 1)`; its curves too."""
    m = np.asarray(matrix, np.float64)
    linear, shift = m[:, :2], m[:, 2]
    curves = path.curves
    if curves:
        knots = np.array([(c.start, c.control_1, c.control_2, c.end) for c in curves]) @ linear.T + shift
        curves = tuple(
            Curve(cast(Point, tuple(a)), cast(Point, tuple(b)), cast(Point, tuple(c)), cast(Point, tuple(d)))
            for a, b, c, d in knots.tolist()
        )
    return replace(path, points=path.points @ linear.T + shift, curves=curves)


@overload
def translate(thing: Path, dx: float, dy: float) -> Path: ...
@overload
def translate(thing: Drawing, dx: float, dy: float) -> Drawing: ...
def translate(thing: Path | Drawing, dx: float, dy: float) -> Path | Drawing:
    """Moved by mm. A drawing's sheet stays as large as it is."""
    if isinstance(thing, Path):
        return affine(thing, ((1, 0, dx), (0, 1, dy)))
    return replace(
        thing,
        paths=tuple(translate(path, dx, dy) for path in thing.paths),
        rasters=tuple(replace(r, x=r.x + dx, y=r.y + dy) for r in thing.rasters),
    )


@overload
def scale(thing: Path, sx: float, sy: float | None = None) -> Path: ...
@overload
def scale(thing: Drawing, sx: float, sy: float | None = None) -> Drawing: ...
def scale(thing: Path | Drawing, sx: float, sy: float | None = None) -> Path | Drawing:
    """Scaled about the upper left corner by positive factors; `sy` is `sx` unless given. A drawing's sheet too."""
    sy = sx if sy is None else sy
    if not (math.isfinite(sx) and math.isfinite(sy) and sx > 0 and sy > 0):
        raise InvalidOption(f"The scale is {sx:g} x {sy:g}; both factors must be above 0.")
    if isinstance(thing, Path):
        return affine(thing, ((sx, 0, 0), (0, sy, 0)))
    return Drawing(
        paths=tuple(scale(path, sx, sy) for path in thing.paths),
        width_mm=thing.width_mm * sx,
        height_mm=thing.height_mm * sy,
        rasters=tuple(
            replace(r, x=r.x * sx, y=r.y * sy, width_mm=r.width_mm * sx, height_mm=r.height_mm * sy)
            for r in thing.rasters
        ),
    )
