"""Paths as surfaces and lines of shapely, and back."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bottega.laser.drawing import Operation, Path, laser_extra

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry


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
