"""SVG into a drawing: true size, transforms and clips applied, colours read as what the laser is to do.

Curves stay curves beside their flattened points, except where something is cut off. Foreign and hostile files are
met by `svg_guard`; what lies over what is left to `areas`.
"""

import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bottega.errors import UnsupportedMedia
from bottega.laser.areas import Filled, as_seen
from bottega.laser.clipping import clipped_line, clipped_picture
from bottega.laser.geometry import (
    COLOURS,
    FLATTEN_TOLERANCE_MM,
    Curve,
    Drawing,
    Operation,
    Path,
    RasterImage,
    bounds,
    checked,
    laser_extra,
    path_from_curves,
)
from bottega.laser.layers import PALETTE, rgb
from bottega.laser.svg_guard import LAYER, GuardedSvg, guard
from bottega.laser.svg_items import Item, read_items
from bottega.laser.svg_picture import PICTURE, placed_picture
from bottega.laser.svg_shapes import SAME_POINT_MM, is_flat

if TYPE_CHECKING:
    import svgelements as se

HIDDEN_BY_WHITE = "The SVG has filled areas wholly under white ones: they are not engraved."
WIDE_LINE_MM = 1.5
"""Above the one unit that lines are wide where a drawing in mm says nothing."""
_OPAQUE = 128
"""Of 255: white that lets less than half of what is below it through hides it."""


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
    dpi: float | None = None,
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
    dpi: float | None = None,
    operation: Operation | None = None,
    convention: Convention | None = None,
    tolerance_mm: float = FLATTEN_TOLERANCE_MM,
) -> SvgFile:
    """Read SVG bytes: paths and basic shapes, groups, `use`, styles, units, viewBox, embedded pictures.

    `dpi` is what px and bare numbers mean where the file says no better (None: what its program means by them). `operation` overrides the colours: then
    every outline is taken once, for that. A shape that is both filled and stroked becomes two paths. Hidden
    and wholly transparent shapes are left out. A sheet without a size ends where the drawing ends.

    Raises what `svg_guard.guard` raises, InvalidOption for an empty drawing or a placed picture that stands
    at an angle, TooLarge for too many points or too many areas on top of each other.
    """
    guarded = guard(data, dpi=dpi)
    with laser_extra():  # here, so that their absence is told apart from a bad file
        import_module("svgelements")
        import shapely
    try:
        drawing, notes = _drawing(guarded, operation, convention or Convention(), tolerance_mm)
    except (*_READER_ERRORS, shapely.errors.ShapelyError) as error:
        raise UnsupportedMedia("The SVG cannot be read.", hint="Save it again.", cause=str(error)) from error
    return SvgFile(checked(drawing), (*guarded.notes, *notes))


# What svgelements answers with when an attribute is not what it expects.
_READER_ERRORS = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)


def _drawing(
    guarded: GuardedSvg, operation: Operation | None, convention: Convention, tolerance_mm: float
) -> tuple[Drawing, tuple[str, ...]]:
    """The drawing, and what of it is not as it looks."""
    import svgelements as se

    document = cast(Any, se.SVG).parse(io.BytesIO(guarded.xml), reify=True, ppi=guarded.dpi)
    elements = cast("Iterable[object]", document.elements())
    items = read_items(e for e in elements if isinstance(e, se.Shape) and _visible(e))
    pictures = [item for item in items if PICTURE in item.values]
    drawn = [item for item in items if PICTURE not in item.values]
    reading = _Reading(operation, convention, tolerance_mm, _has_red(drawn))
    paths, notes = _burnt([part for item in drawn for part in reading.parts(item)])
    rasters = tuple(raster for item in pictures if (raster := _picture(item, guarded.pictures)))
    drawing = Drawing(paths, guarded.width_mm or 1, guarded.height_mm or 1, rasters)
    if guarded.width_mm is None:
        _, _, right, bottom = bounds(drawing)
        drawing = Drawing(paths, right, bottom, rasters)
    return drawing, (*_wide_lines(drawn), *notes)


def _burnt(parts: list["Path | Filled"]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The paths of a drawing from its lines and areas in their order, and what is to be said of them."""
    shown, hidden = as_seen([part for part in parts if isinstance(part, Filled)])
    areas = iter(shown)
    paths = tuple(path for part in parts for path in (next(areas) if isinstance(part, Filled) else (part,)))
    return paths, (HIDDEN_BY_WHITE,) if hidden else ()


def _picture(item: Item, pictures: tuple[bytes, ...]) -> RasterImage | None:
    content = pictures[int(item.values[PICTURE])]
    raster = placed_picture(item.outlines, content, str(item.values.get(LAYER) or ""))
    return clipped_picture(raster, item.clips)


def _wide_lines(items: Iterable[Item]) -> tuple[str, ...]:
    """A note where lines are drawn so wide that they look like areas."""
    widths = [float(cast(Any, item.shape).stroke_width or 0) for item in items if _paint(item.shape.stroke)]
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

    def parts(self, item: Item) -> Iterable[Path | Filled]:
        """A filled shape as one area, a line as one path a piece; what is clipped away whole is left out."""
        fill, line = _paint(item.shape.fill), _paint(item.shape.stroke)
        paper = fill == "#ffffff"
        if self.operation is not None:
            colour = line or ("" if paper else fill)
            if colour and (self.operation.filled or not (fill and item.clips)):
                yield from self._all(item, self.operation, colour)
            elif colour:
                area = self._area(item, self.operation, colour)
                yield from as_seen([area])[0][0] if area.rings else ()
            return
        if fill and (not paper or _opaque(item)) and (area := self._area(item, _filled(fill), fill)).rings:
            yield replace(area, paper=paper)
        if line:
            yield from self._lines(item, self._line(line), line)

    def _all(self, item: Item, operation: Operation, colour: str) -> Iterable[Path | Filled]:
        if not operation.filled:
            yield from self._lines(item, operation, colour)
        elif (area := self._area(item, operation, colour)).rings:
            yield area

    def _area(self, item: Item, operation: Operation, colour: str) -> Filled:
        # A line has no inside, whatever its fill.
        outlines = [curves for curves, _ in item.outlines if not is_flat(curves)]
        rings = tuple(self._path(item, curves, True, operation, colour) for curves in outlines)
        return Filled(rings, item.even_odd("fill-rule"), tuple(item.clips))

    def _lines(self, item: Item, operation: Operation, colour: str) -> Iterable[Path]:
        for curves, closed in item.outlines:
            yield from clipped_line(self._path(item, curves, closed, operation, colour), item.clips)

    def _path(self, item: Item, curves: list[Curve], closed: bool, operation: Operation, colour: str) -> Path:
        layer = str(item.values.get(LAYER) or "")
        if all(curve.is_line for curve in curves):
            points = [curves[0].start, *(curve.end for curve in curves)]
            if closed and np.hypot(*np.subtract(points[0], points[-1])) <= SAME_POINT_MM:
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


def _has_red(items: Iterable[Item]) -> bool:
    red = COLOURS[Operation.CUT]
    return any(_nearest(colour) == red for item in items if (colour := _paint(item.shape.stroke)))


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


def _opaque(item: Item) -> bool:
    return int(cast(Any, item.shape.fill).alpha) >= _OPAQUE


def _visible(shape: "se.Shape") -> bool:
    values = cast("dict[str, Any]", shape.values)
    return values.get("visibility") not in ("hidden", "collapse") and values.get("display") != "none"
