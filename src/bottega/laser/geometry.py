"""The one model of laser geometry: polylines and placed pictures on a sheet, in millimetres.

x runs to the right and y down from the sheet's upper left corner; formats that count upwards (DXF, PDF, G-code)
are flipped where they are written. Reading and writing of files is left to `svg_in`, `svg`, `dxf`, `pdf`,
`lightburn` and `raster_png`.
"""

import math
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bottega.errors import InvalidOption, ResourceError, TooLarge
from bottega.laser.size import MAX_SIDE_MM

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

F64 = NDArray[np.float64]
Point = tuple[float, float]

FLATTEN_TOLERANCE_MM = 0.008
"""How far a flattened curve may lie from the true one: with the rounding of files within 0.01 mm, which is below what
any hobby laser positions to."""
MAX_POINTS = 1_000_000
"""Points of one drawing, after curves were flattened."""
MAX_PATHS = 200_000
MIN_SHEET_MM = 0.01
_JOIN_MM = 1e-6


class Operation(StrEnum):
    """What the laser does with a path. `ENGRAVE` and `FILL` scan its inside, `SCORE` and `CUT` follow its line."""

    ENGRAVE = "engrave"
    FILL = "fill"
    SCORE = "score"
    CUT = "cut"

    @property
    def filled(self) -> bool:
        return self in (Operation.ENGRAVE, Operation.FILL)


COLOURS: dict[Operation, str] = {
    Operation.ENGRAVE: "#000000",
    Operation.FILL: "#00e000",
    Operation.SCORE: "#0000ff",
    Operation.CUT: "#ff0000",
}
"""Shop convention (red cuts, black engraves, blue scores), in exact colours of LightBurn's palette."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A cubic Bezier in mm."""

    start: Point
    control_1: Point
    control_2: Point
    end: Point

    @staticmethod
    def line(start: Point, end: Point) -> "Curve":
        """The straight piece, with its controls on the ends (which is how `is_line` knows it)."""
        return Curve(start, start, end, end)

    @property
    def is_line(self) -> bool:
        return self.control_1 == self.start and self.control_2 == self.end


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One polyline in mm: `points` N x 2 float64; a closed path does not repeat its first point.

    `curves`, where given, are what the points were flattened from, in order and joined; a closed path's last
    curve ends at the first point. Writers that know curves use them. `colour` is "#rrggbb", or empty for the
    operation's. Raises InvalidOption for points that are no finite N x 2 numbers.
    """

    points: F64
    closed: bool
    operation: Operation = Operation.CUT
    layer: str = ""
    colour: str = ""
    curves: tuple[Curve, ...] = ()

    def __post_init__(self) -> None:
        points = np.ascontiguousarray(self.points, np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise InvalidOption(f"A path needs N x 2 points, not an array of shape {points.shape}.")
        if not np.isfinite(points).all():
            raise InvalidOption("A path has a point that is not a number.")
        object.__setattr__(self, "points", points)

    @property
    def shown_colour(self) -> str:
        return self.colour.lower() or COLOURS[self.operation]


@dataclass(frozen=True, slots=True, eq=False)
class RasterImage:
    """A picture placed on the sheet to be engraved: upper left corner `x`, `y` and its size, all in mm.

    `pixels` H x W: bool, True burns; or uint8 grey, 0 burns fully and 255 not at all.
    """

    pixels: NDArray[Any]
    x: float
    y: float
    width_mm: float
    height_mm: float
    layer: str = ""

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or not self.pixels.size or str(self.pixels.dtype) not in ("bool", "uint8"):
            raise InvalidOption(
                f"A placed picture is H x W of bool or uint8, not {self.pixels.dtype} of shape {self.pixels.shape}."
            )
        if not all(math.isfinite(v) for v in (self.x, self.y, self.width_mm, self.height_mm)):
            raise InvalidOption("A placed picture has a position or size that is not a number.")
        if self.width_mm <= 0 or self.height_mm <= 0:
            raise InvalidOption(
                f"A placed picture is {self.width_mm:g} x {self.height_mm:g} mm; both sides must be above 0."
            )

    @property
    def grey(self) -> NDArray[np.uint8]:
        """H x W uint8, 0 burns fully."""
        if self.pixels.dtype == np.bool_:
            return np.where(self.pixels, 0, 255).astype(np.uint8)
        return self.pixels.astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A sheet of `width_mm` x `height_mm` and what is on it; paths in file order, `rasters` below them."""

    paths: tuple[Path, ...]
    width_mm: float
    height_mm: float
    rasters: tuple[RasterImage, ...] = field(default=())

    @property
    def node_count(self) -> int:
        """Nodes as a vector program counts them: curve ends where there are curves, points elsewhere."""
        return sum((len(p.curves) + (not p.closed)) if p.curves else len(p.points) for p in self.paths)


@contextmanager
def laser_extra() -> Generator[None, None, None]:
    """Around an import of a package of the extra `laser`: where it is missing, ResourceError says how to get it."""
    try:
        yield
    except ImportError as error:
        raise ResourceError(
            f"This needs the package {error.name}, which is not installed.",
            hint="pip install 'bottega[laser]'",
        ) from error


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


# --- Shapely -------------------------------------------------------------------------------------------------


def to_shapely(path: Path) -> "BaseGeometry":
    """A Polygon without holes for a closed path of three points or more, else a LineString (a Point for one)."""
    with laser_extra():
        import shapely
    if path.closed and len(path.points) >= 3:
        return shapely.Polygon(path.points)
    if len(path.points) == 1:
        return shapely.Point(path.points[0])
    return shapely.LineString(np.vstack((path.points, path.points[:1])) if path.closed else path.points)


def region(paths: Iterable[Path]) -> "Polygon | MultiPolygon":
    """What the closed paths enclose under the even-odd rule, as a valid (Multi)Polygon; it may be empty."""
    with laser_extra():
        import shapely
    rings = [shapely.Polygon(p.points) for p in paths if p.closed and len(p.points) >= 3]
    if not rings:
        return shapely.Polygon()
    # The faces between all lines; a face counts when an odd number of rings encloses it.
    faces = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all([r.exterior for r in rings])))
    )
    # `make_valid` reads a ring that crosses itself by even-odd as well.
    tree = shapely.STRtree([shapely.make_valid(ring) for ring in rings])
    inside, _ = tree.query(shapely.point_on_surface(faces), predicate="within")
    odd = np.bincount(inside, minlength=len(faces)) % 2 == 1
    return polygonal(shapely.union_all(faces[odd]))


def polygonal(geometry: "BaseGeometry") -> "Polygon | MultiPolygon":
    """The surfaces of a geometry; points and lines that an operation left over are dropped."""
    import shapely

    parts = [g for g in shapely.get_parts(geometry, return_index=False) if g.geom_type in _SURFACES]
    flat = [p for g in parts for p in shapely.get_parts(g)]
    return flat[0] if len(flat) == 1 else shapely.MultiPolygon(flat)


_SURFACES = frozenset({"Polygon", "MultiPolygon"})


def from_shapely(
    geometry: "BaseGeometry",
    *,
    operation: Operation = Operation.CUT,
    layer: str = "",
    colour: str = "",
) -> tuple[Path, ...]:
    """Every ring and line of a geometry as a path: an outer ring first, then its holes. Points are left out."""
    with laser_extra():
        import shapely
    paths: list[Path] = []

    def add(coordinates: Any, closed: bool) -> None:
        points = shapely.get_coordinates(coordinates)
        paths.append(Path(points[:-1] if closed else points, closed, operation, layer, colour))

    def visit(part: "BaseGeometry") -> None:
        if part.is_empty:
            return
        if isinstance(part, shapely.Polygon):
            add(part.exterior, True)
            for hole in part.interiors:
                add(hole, True)
        elif isinstance(part, shapely.LinearRing):
            add(part, True)
        elif isinstance(part, shapely.LineString):
            add(part, False)
        elif hasattr(part, "geoms"):
            for inner in cast(Any, part).geoms:
                visit(inner)

    visit(geometry)
    return tuple(paths)


def is_simple(path: Path) -> bool:
    """Whether the line neither crosses nor touches itself; a closed path needs three points and an area too."""
    with laser_extra():
        import shapely
    if not path.closed:
        return len(path.points) >= 2 and bool(shapely.LineString(path.points).is_simple)
    if len(path.points) < 3:
        return False
    polygon = shapely.Polygon(path.points)
    return bool(polygon.is_valid) and polygon.area > 0
