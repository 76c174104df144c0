"""What is too thin to survive: webs of material and gaps between cuts narrower than a wanted width, with their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from bottega.laser.geometry import Drawing, Operation, Path, laser_extra, polygonal, region
from bottega.laser.size import in_range

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

_LONG = 1.5
"""How many wanted widths a thin end must be long: shorter ones are corners, which an opening rounds too."""


@dataclass(frozen=True, slots=True)
class ThinFeature:
    """A place (mm) where the drawing is narrower than wanted, and how narrow.

    `kind`: "web" is between two cuts inside a part, "gap" is an opening or a slot between parts.
    """

    kind: Literal["web", "gap"]
    x: float
    y: float
    width_mm: float


def thin_features(drawing: Drawing, minimum_mm: float) -> tuple[ThinFeature, ...]:
    """Where closed cuts leave or take less than `minimum_mm`, the thinnest first.

    By opening: what a disk of that width cannot reach inside a shape is too thin. A part is what an odd
    number of closed cuts surround. Raises InvalidOption for a width outside 0.01 to 50 mm.
    """
    in_range("The least width", minimum_mm, 0.01, 50, "mm")
    parts = region(_cuts(drawing.paths))
    if parts.is_empty:
        return ()
    left, top, right, bottom = parts.bounds
    around = 4 * minimum_mm
    with laser_extra():
        import shapely
    outside = polygonal(
        shapely.box(left - around, top - around, right + around, bottom + around).difference(parts)
    )
    found = [*_thin(parts, minimum_mm, "web"), *_thin(outside, minimum_mm, "gap")]
    return tuple(sorted(found, key=lambda feature: feature.width_mm))


def smallest_feature_mm(drawing: Drawing, limit_mm: float = 10.0) -> float | None:
    """The width of the thinnest web or gap up to `limit_mm`, to 0.01 mm; None when nothing is that thin.

    By bisection over the width at which `thin_features` first finds something.
    """
    if not thin_features(drawing, limit_mm):
        return None
    low, high = 0.0, limit_mm
    while high - low > 0.01:
        middle = (low + high) / 2
        if middle >= 0.01 and thin_features(drawing, middle):
            high = middle
        else:
            low = middle
    return round(high, 2)


def _thin(shape: "Polygon | MultiPolygon", minimum: float, kind: Literal["web", "gap"]) -> list[ThinFeature]:
    import shapely

    # Slightly less than half, so that a feature of exactly the wanted width passes.
    radius = minimum / 2 * (1 - 1e-3)
    opened = shape.buffer(-radius, quad_segs=16).buffer(radius * (1 + 1e-4), quad_segs=16)
    missing = polygonal(shape.difference(opened))
    border = shape.boundary
    reached = opened.buffer(0.02 * radius)
    pieces = [p for p in shapely.get_parts(missing).tolist() if p.area >= 1e-4 * minimum * minimum]
    found: list[ThinFeature] = []
    for piece, ends in zip(pieces, _parts_within(missing.intersection(reached), pieces), strict=True):
        centre = cast(Any, shapely).maximum_inscribed_circle(piece)
        middle = shapely.Point(centre.coords[0])
        width = 2 * float(border.distance(middle))
        # A neck joins two wide places and a thin shape joins none; what hangs on one may be a corner.
        if ends != 1 or piece.area > _LONG * width * minimum:
            found.append(ThinFeature(kind, float(middle.x), float(middle.y), min(width, minimum)))
    return found


def _parts_within(surfaces: "BaseGeometry", pieces: Sequence["Polygon"]) -> list[int]:
    """How many of the surfaces lie in each of the pieces, which do not overlap."""
    import shapely

    parts = [part for part in shapely.get_parts(surfaces).tolist() if part.area > 0]
    _, which = shapely.STRtree(pieces).query(shapely.point_on_surface(parts), predicate="intersects")
    return np.bincount(which, minlength=len(pieces)).tolist()


def _cuts(paths: Sequence[Path]) -> list[Path]:
    return [path for path in paths if path.closed and path.operation is Operation.CUT]
