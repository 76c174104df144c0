"""Lines, surfaces and placed pictures cut to what a clip lets through; what lies within it whole is not touched."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bottega.laser.drawing import Path, RasterImage, laser_extra
from bottega.laser.shapes import from_shapely, polygonal, to_shapely

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    Area = Polygon | MultiPolygon

SLACK_MM = 1e-3
"""Lines this near to a clip's edge lie on it, and half of their width is seen: they stay."""
GRID_MM = 1e-6
"""Corners are put on a grid this fine where shapes meet, far below what any laser can, so that rounding breaks none."""
FINEST_PIXEL_MM = 0.1
"""Pixels larger than this are divided before a clip's edge is drawn into them."""
MAX_PIXELS = 25_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """What is let through, in mm: a valid (Multi)Polygon, also empty; `wide` is the same with `SLACK_MM` around it."""

    area: "Area"
    wide: "Area"

    @staticmethod
    def of(area: "Area") -> "Clip":
        with laser_extra():
            import shapely
        wide = polygonal(shapely.buffer(area, SLACK_MM, join_style="mitre"))
        shapely.prepare(wide)
        return Clip(area, wide)

    def holds(self, thing: "BaseGeometry") -> bool:
        return bool(self.wide.covers(thing))


def clipped_line(path: Path, clips: Iterable[Clip]) -> tuple[Path, ...]:
    """The stretches of a line that all clips let through: the path itself where that is all of it, else open pieces
    without curves. A closed one that is cut loses the joint at its start, unless the start is cut away."""
    with laser_extra():
        import shapely
    whole = cast(Any, to_shapely(path))
    line: Any = whole.exterior if whole.geom_type == "Polygon" else whole
    cutting = [clip for clip in clips if not clip.holds(line)]
    if not cutting:
        return (path,)
    for clip in cutting:
        line = cast(Any, shapely.intersection(line, clip.wide, grid_size=GRID_MM))
    pieces = [part for part in _lines(line) if part.length > SLACK_MM]
    if not pieces:
        return ()
    joined = shapely.line_merge(shapely.MultiLineString(pieces))
    return from_shapely(joined, operation=path.operation, layer=path.layer, colour=path.colour)


def _lines(geometry: "BaseGeometry") -> list[Any]:
    import shapely

    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts.tolist() if part.geom_type in ("LineString", "LinearRing")]


def clipped_area(clips: Iterable[Clip], area: "Callable[[], Area]") -> "Area | None":
    """What all clips let through of a surface, which is only worked out where there are clips; None for all of it."""
    import shapely

    left: Area | None = None
    for clip in clips:
        whole = area() if left is None else left
        if not clip.holds(whole):
            left = polygonal(shapely.intersection(whole, clip.area, grid_size=GRID_MM))
    return left


def clipped_picture(raster: RasterImage, clips: Iterable[Clip]) -> RasterImage | None:
    """The picture with nothing to burn outside of the clips, cropped to them; None where nothing is left.

    Grey pixels on an edge lighten by the share that is cut off; of black-and-white ones those stay of which at least half does.
    """
    import shapely

    frame = shapely.box(raster.x, raster.y, raster.x + raster.width_mm, raster.y + raster.height_mm)
    area = clipped_area(clips, lambda: frame)
    if area is None:
        return raster
    if area.is_empty or area.area == 0:
        return None
    small = _cropped(_divided(raster), area.bounds)
    shown = _coverage(small, from_shapely(area))
    if small.pixels.dtype == np.bool_:
        return _with_pixels(small, small.pixels & (shown >= 0.5))
    grey = 255 - (255 - small.pixels.astype(np.float32)) * shown
    return _with_pixels(small, np.rint(grey).astype(np.uint8))


def _cropped(raster: RasterImage, bounds: Sequence[float]) -> RasterImage:
    """The whole pixels around `bounds` (left, top, right, bottom in mm)."""
    rows, columns = raster.pixels.shape
    wide, high = raster.width_mm / columns, raster.height_mm / rows
    x0 = max(0, math.floor((bounds[0] - raster.x) / wide + 1e-6))
    y0 = max(0, math.floor((bounds[1] - raster.y) / high + 1e-6))
    x1 = min(columns, max(x0 + 1, math.ceil((bounds[2] - raster.x) / wide - 1e-6)))
    y1 = min(rows, max(y0 + 1, math.ceil((bounds[3] - raster.y) / high - 1e-6)))
    return RasterImage(
        np.ascontiguousarray(raster.pixels[y0:y1, x0:x1]),
        raster.x + x0 * wide,
        raster.y + y0 * high,
        (x1 - x0) * wide,
        (y1 - y0) * high,
        raster.layer,
    )


def _divided(raster: RasterImage) -> RasterImage:
    """The same picture in pixels fine enough for a clip's edge, as far as `MAX_PIXELS` allows."""
    rows, columns = raster.pixels.shape
    pitch = max(raster.width_mm / columns, raster.height_mm / rows)
    parts = min(math.ceil(pitch / FINEST_PIXEL_MM - 1e-6), math.isqrt(MAX_PIXELS // (rows * columns) or 1))
    if parts < 2:
        return raster
    return _with_pixels(raster, raster.pixels.repeat(parts, axis=0).repeat(parts, axis=1))


def _coverage(raster: RasterImage, rings: Iterable[Path]) -> Any:
    """The share of each pixel that the rings enclose."""
    from bottega.laser.raster_png import coverage_of

    rows, columns = raster.pixels.shape
    scale = (columns / raster.width_mm, rows / raster.height_mm)
    moved = [Path((ring.points - (raster.x, raster.y)) * scale, True) for ring in rings]
    return coverage_of(moved, columns, rows, 1.0)


def _with_pixels(raster: RasterImage, pixels: Any) -> RasterImage:
    return RasterImage(pixels, raster.x, raster.y, raster.width_mm, raster.height_mm, raster.layer)
