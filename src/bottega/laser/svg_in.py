"""SVG into a drawing: true size, transforms applied, colours read as what the laser is to do.

Curves stay curves beside their flattened points. Foreign and hostile files are met by `svg_guard`.
"""

import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bottega.errors import InvalidOption, UnsupportedMedia
from bottega.imaging.colour import luma
from bottega.laser.geometry import (
    COLOURS,
    FLATTEN_TOLERANCE_MM,
    Curve,
    Drawing,
    Operation,
    Path,
    Point,
    RasterImage,
    bounds,
    checked,
    laser_extra,
    path_from_curves,
)
from bottega.laser.layers import PALETTE, rgb
from bottega.laser.svg_guard import CSS_DPI, LAYER, PICTURE, GuardedSvg, guard

if TYPE_CHECKING:
    import svgelements as se

WIDE_LINE_MM = 1.5
"""Above the one unit that lines are wide where a drawing in mm says nothing."""
_SAME_POINT_MM = 1e-3
"""Ends this near belong together: a tenth of the beam of the finest hobby laser and less."""


@dataclass(frozen=True, slots=True)
class Convention:
    """What colours mean. Lines: by the nearest colour of LightBurn's palette in `lines`, else `other`.

    A black line is a score line beside red ones and `other` where nothing is red, since plain drawings are black.
    Areas are filled: green ones of the palette as FILL, others as ENGRAVE; white ones are paper.
    """

    lines: Mapping[str, Operation] = field(
        default_factory=lambda: {
            COLOURS[Operation.CUT]: Operation.CUT,
            COLOURS[Operation.SCORE]: Operation.SCORE,
        }
    )
    other: Operation = Operation.CUT


@dataclass(frozen=True, slots=True)
class SvgFile:
    """A drawing and what could not be taken over from its file, in words."""

    drawing: Drawing
    notes: tuple[str, ...]


def read_svg(
    data: bytes,
    *,
    dpi: float = CSS_DPI,
    operation: Operation | None = None,
    convention: Convention | None = None,
    tolerance_mm: float = FLATTEN_TOLERANCE_MM,
) -> Drawing:
    """The drawing of `open_svg`."""
    return open_svg(
        data, dpi=dpi, operation=operation, convention=convention, tolerance_mm=tolerance_mm
    ).drawing


def open_svg(
    data: bytes,
    *,
    dpi: float = CSS_DPI,
    operation: Operation | None = None,
    convention: Convention | None = None,
    tolerance_mm: float = FLATTEN_TOLERANCE_MM,
) -> SvgFile:
    """Read SVG bytes: paths and basic shapes, groups, `use`, styles, units, viewBox, embedded pictures.

    `dpi` is what px and bare numbers mean where the file says no better. `operation` overrides the colours: then
    every outline is taken once, for that. A shape that is both filled and stroked becomes two paths. Hidden
    and wholly transparent shapes are left out. A sheet without a size ends where the drawing ends.

    Raises what `svg_guard.guard` raises, InvalidOption for an empty drawing or a placed picture that stands
    at an angle, TooLarge for too many points.
    """
    guarded = guard(data, dpi=dpi)
    with laser_extra():
        import_module("svgelements")  # here, so that its absence is told apart from a bad file
    try:
        drawing, notes = _drawing(guarded, dpi, operation, convention or Convention(), tolerance_mm)
    except _READER_ERRORS as error:
        raise UnsupportedMedia("The SVG cannot be read.", hint="Save it again.", cause=str(error)) from error
    return SvgFile(checked(drawing), (*guarded.notes, *notes))


# What svgelements answers with when an attribute is not what it expects.
_READER_ERRORS = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)


def _drawing(
    guarded: GuardedSvg, dpi: float, operation: Operation | None, convention: Convention, tolerance_mm: float
) -> tuple[Drawing, tuple[str, ...]]:
    """The drawing, and what of it is not as it looks."""
    import svgelements as se

    document = cast(Any, se.SVG).parse(io.BytesIO(guarded.xml), reify=True, ppi=dpi)
    elements = cast("Iterable[object]", document.elements())
    shapes = [e for e in elements if isinstance(e, se.Shape) and _visible(e)]
    pictures = [shape for shape in shapes if PICTURE in _values(shape)]
    drawn = [shape for shape in shapes if PICTURE not in _values(shape)]
    reading = _Reading(operation, convention, tolerance_mm, _has_red(drawn))
    paths = tuple(path for shape in drawn for path in reading.paths(shape))
    rasters = tuple(_raster(shape, guarded.pictures) for shape in pictures)
    drawing = Drawing(paths, guarded.width_mm or 1, guarded.height_mm or 1, rasters)
    if guarded.width_mm is None:
        _, _, right, bottom = bounds(drawing)
        drawing = Drawing(paths, right, bottom, rasters)
    return drawing, _wide_lines(drawn)


def _wide_lines(shapes: Iterable["se.Shape"]) -> tuple[str, ...]:
    """A note where lines are drawn so wide that they look like areas."""
    widths = [float(cast(Any, shape).stroke_width or 0) for shape in shapes if _paint(shape.stroke)]
    widest = max((width for width in widths if math.isfinite(width)), default=0.0)
    if widest <= WIDE_LINE_MM:
        return ()
    return (
        f"The SVG has lines drawn {widest:.3g} mm wide; the laser follows their middle. "
        "For their outline, turn the strokes into paths.",
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the shapes of one file are taken."""

    operation: Operation | None
    convention: Convention
    tolerance_mm: float
    has_red: bool

    def paths(self, shape: "se.Shape") -> Iterable[Path]:
        fill, line = _paint(shape.fill), _paint(shape.stroke)
        if fill == "#ffffff":
            fill = ""
        layer = str(_values(shape).get(LAYER) or "")
        uses: list[tuple[Operation, str]] = []
        if self.operation is not None:
            uses = [(self.operation, line or fill)] if line or fill else []
        else:
            uses += [(_filled(fill), fill)] if fill else []
            uses += [(self._line(line), line)] if line else []
        if not uses:
            return
        for curves, closed in _subpaths(shape):
            flat = _is_flat(curves)
            for operation, colour in uses:
                if operation.filled and flat:  # a line has no inside, whatever its fill
                    continue
                yield self._path(curves, closed or operation.filled, operation, layer, colour)

    def _path(self, curves: list[Curve], closed: bool, operation: Operation, layer: str, colour: str) -> Path:
        if all(curve.is_line for curve in curves):
            points = [curves[0].start, *(curve.end for curve in curves)]
            if closed and np.hypot(*np.subtract(points[0], points[-1])) <= _SAME_POINT_MM:
                points = points[:-1]
            return Path(np.array(points), closed, operation, layer, colour)
        return path_from_curves(
            curves,
            closed=closed,
            operation=operation,
            layer=layer,
            colour=colour,
            tolerance_mm=self.tolerance_mm,
        )

    def _line(self, colour: str) -> Operation:
        nearest = _nearest(colour)
        if nearest == COLOURS[Operation.ENGRAVE] and nearest not in self.convention.lines and self.has_red:
            return Operation.SCORE
        return self.convention.lines.get(nearest, self.convention.other)


def _is_flat(curves: list[Curve]) -> bool:
    """Whether straight pieces enclose nothing, so that there is no inside to fill."""
    if not all(curve.is_line for curve in curves):
        return False
    x, y = np.array([curves[0].start, *(curve.end for curve in curves)]).T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) < _SAME_POINT_MM**2


def _has_red(shapes: Iterable["se.Shape"]) -> bool:
    red = COLOURS[Operation.CUT]
    return any(_nearest(colour) == red for shape in shapes if (colour := _paint(shape.stroke)))


def _filled(colour: str) -> Operation:
    return Operation.FILL if colour == COLOURS[Operation.FILL] else Operation.ENGRAVE


def _nearest(colour: str) -> str:
    red, green, blue = rgb(colour)
    return min(
        PALETTE, key=lambda c: sum((a - b) ** 2 for a, b in zip(rgb(c), (red, green, blue), strict=True))
    )


def _paint(paint: Any) -> str:
    """ "#rrggbb", or nothing for no paint at all."""
    if paint is None or paint.value is None or paint.alpha == 0:
        return ""
    return f"#{paint.red:02x}{paint.green:02x}{paint.blue:02x}"


def _values(shape: "se.Shape") -> dict[str, Any]:
    return cast("dict[str, Any]", shape.values)


def _visible(shape: "se.Shape") -> bool:
    values = _values(shape)
    if values.get("visibility") in ("hidden", "collapse") or values.get("display") == "none":
        return False
    return str(values.get("opacity", "1")).strip() not in ("0", "0.0", "0%")


def _subpaths(shape: "se.Shape") -> Iterable[tuple[list[Curve], bool]]:
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
    return float(np.hypot(one[0] - other[0], one[1] - other[1])) <= _SAME_POINT_MM


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


def _raster(shape: "se.Shape", pictures: tuple[bytes, ...]) -> RasterImage:
    """The picture on the rectangle's place; mirrored and quarter-turned ones are turned in their pixels."""
    from bottega.imaging.decode import decode

    points = np.array([curve.start for curves, _ in _subpaths(shape) for curve in curves])
    if points.shape != (4, 2):
        raise InvalidOption("The SVG has a placed picture without a size.")
    origin, across, down = points[0], points[1] - points[0], points[3] - points[0]
    size = float(np.abs(points.max(axis=0) - points.min(axis=0)).max())
    upright = max(abs(across[1]), abs(down[0])) < 1e-6 * size
    lying = max(abs(across[0]), abs(down[1])) < 1e-6 * size
    if not (upright or lying):
        raise InvalidOption(
            "The SVG has a placed picture that stands at an angle.",
            hint="Turn the picture itself before placing it.",
        )
    values = _values(shape)
    picture = decode(pictures[int(values[PICTURE])])
    grey = luma(picture.as_float())
    if picture.alpha is not None:
        opaque = picture.alpha.astype(np.float32) / np.iinfo(picture.alpha.dtype).max
        grey = grey * opaque + (1 - opaque)
    pixels: Any = np.clip(np.rint(grey * 255), 0, 255).astype(np.uint8)
    if lying:
        pixels, across, down = pixels.T, down, across
    pixels = pixels[:: 1 if down[1] > 0 else -1, :: 1 if across[0] > 0 else -1]
    if np.isin(pixels, (0, 255)).all():
        pixels = pixels == 0
    corner = np.minimum(np.minimum(origin, points[2]), np.minimum(points[1], points[3]))
    extent = points.max(axis=0) - corner
    return RasterImage(
        np.ascontiguousarray(pixels),
        float(corner[0]),
        float(corner[1]),
        float(extent[0]),
        float(extent[1]),
        str(values.get(LAYER) or ""),
    )
