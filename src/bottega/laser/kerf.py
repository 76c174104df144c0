"""Kerf: closed cuts moved by half the beam's width to the waste side, so that parts and holes come out as drawn."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.geometry import F64, Drawing, Operation, Path, from_shapely, laser_extra, polygonal, region
from bottega.laser.nesting import nesting
from bottega.laser.size import in_range

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

MAX_KERF_MM = 5.0
MITRE_LIMIT = 3.0
"""A corner sharper than about 39 degrees is cut off instead of growing a long spike."""
ROUND_STEPS = 16
"""Pieces of a quarter circle: 0.0002 mm off at half a kerf of 0.1 mm."""
_LEAST_MM = 1e-4
_OVERLAP_MM = 1e-3

Join = Literal["mitre", "round"]


@dataclass(frozen=True, slots=True)
class Lost:
    """What the beam is too wide for: where (mm), what it means, and which path of the drawing it belongs to."""

    path: int
    x: float
    y: float
    what: str


@dataclass(frozen=True, slots=True)
class Compensated:
    """The drawing with its cuts moved, and what could not come out as drawn. `moved` counts the closed cuts."""

    drawing: Drawing
    moved: int
    lost: tuple[Lost, ...]


def compensate(
    drawing: Drawing,
    kerf_x_mm: float,
    kerf_y_mm: float | None = None,
    *,
    join: Join = "mitre",
) -> Compensated:
    """Move every closed cut by half a kerf: outward around a part, inward around a hole, by nesting parity.

    The kerf is the width of the cut; in Y it is `kerf_x_mm` unless given, as for a beam that is not round. `join`
    "mitre" keeps corners sharp with few points, "round" goes around them at the beam's own radius. Open
    cuts, scores, engravings and pictures stay as they are. A hole narrower than the kerf stays on its drawn line,
    so that it is cut, but larger; that, closed slots and cuts that now overlap are listed in `lost`.

    Raises InvalidOption for a kerf that is negative, no number or above 5 mm, and for an unknown join.
    """
    kerf_y = kerf_x_mm if kerf_y_mm is None else kerf_y_mm
    in_range("The kerf in X", kerf_x_mm, 0, MAX_KERF_MM, "mm")
    in_range("The kerf in Y", kerf_y, 0, MAX_KERF_MM, "mm")
    if join not in ("mitre", "round"):
        raise InvalidOption(f"There is no join called {join!r}.", hint="Known: mitre, round.")
    if max(kerf_x_mm, kerf_y) < _LEAST_MM:
        return Compensated(drawing, 0, ())
    kerf = np.maximum((kerf_x_mm, kerf_y), _LEAST_MM)
    cuts = [
        i
        for i, path in enumerate(drawing.paths)
        if path.closed and path.operation is Operation.CUT and len(path.points) >= 3
    ]
    depth = nesting([drawing.paths[i] for i in cuts]).depth
    moved: dict[int, tuple[Path, ...]] = {}
    lost: list[Lost] = []
    for index, level in zip(cuts, depth.tolist(), strict=True):
        moved[index], problems = _moved(drawing.paths[index], index, kerf, level % 2 == 0, join)
        lost += problems
    lost += _overlaps(moved, kerf)
    paths = tuple(piece for i, path in enumerate(drawing.paths) for piece in moved.get(i, (path,)))
    return Compensated(replace(drawing, paths=paths), len(cuts), tuple(lost))


def _moved(
    path: Path, index: int, kerf: F64, outward: bool, join: Join
) -> tuple[tuple[Path, ...], list[Lost]]:
    """One ring offset, in a space where the kerf is a circle of diameter 1; pieces of it, and what was lost."""
    with laser_extra():
        import shapely
    unit = replace(path, points=path.points / kerf, curves=())
    drawn = region([unit])
    if drawn.is_empty:
        return (path,), [
            Lost(index, *_place(path.points), "A closed cut without an inside is cut on its line.")
        ]
    grown = _offset(drawn, 0.5 if outward else -0.5, join)
    if grown.is_empty:
        return (path,), [
            Lost(
                index,
                *_place(path.points),
                "A hole is narrower than the kerf: it is cut on its line and larger.",
            )
        ]
    back = _offset(grown, -0.5 if outward else 0.5, join)
    missing = back.difference(drawn) if outward else drawn.difference(back)
    what = (
        "A slot is narrower than the kerf and closes: the beam burns all of it."
        if outward
        else "Part of a hole is narrower than the kerf and is not cut."
    )
    lost = [
        Lost(index, float(spot.x * kerf[0]), float(spot.y * kerf[1]), what)
        for spot in (shapely.point_on_surface(piece) for piece in _significant(missing))
    ]
    pieces = from_shapely(grown, operation=path.operation, layer=path.layer, colour=path.colour)
    return tuple(replace(piece, points=piece.points * kerf) for piece in pieces), lost


def _offset(shape: "Polygon | MultiPolygon", distance: float, join: Join) -> "Polygon | MultiPolygon":
    return polygonal(shape.buffer(distance, quad_segs=ROUND_STEPS, join_style=join, mitre_limit=MITRE_LIMIT))


def _significant(missing: "BaseGeometry") -> "list[Polygon]":
    """The pieces that are more than the rounding of a corner: 1.5 squares of the kerf."""
    import shapely

    return [piece for piece in shapely.get_parts(polygonal(missing)).tolist() if piece.area > 1.5]


def _overlaps(moved: dict[int, tuple[Path, ...]], kerf: F64) -> list[Lost]:
    """Rings of different paths that overlap after the move: what lay between them is narrower than the kerf."""
    with laser_extra():
        import shapely
    rings = [
        (i, shapely.Polygon(p.points)) for i, pieces in moved.items() for p in pieces if len(p.points) >= 3
    ]
    shapes: Any = shapely.make_valid(np.array([shape for _, shape in rings], object))
    lines: Any = shapely.boundary(shapes)
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    found: dict[tuple[int, int], Lost] = {}
    touching = cast("list[tuple[int, int]]", np.column_stack((one, other)).tolist())
    for a, b in touching:
        pair = (rings[a][0], rings[b][0])
        if pair[0] >= pair[1] or pair in found:
            continue
        shared = shapes[a].intersection(shapes[b])
        # Neither beside nor within each other, by more than rounding.
        least = _OVERLAP_MM * min(shapes[a].length, shapes[b].length)
        if min(shared.area, shapes[a].area - shared.area, shapes[b].area - shared.area) > least:
            spot = shared.representative_point()
            found[pair] = Lost(
                pair[0],
                float(spot.x),
                float(spot.y),
                f"Two cuts are nearer than the kerf ({kerf[0]:.3g} x {kerf[1]:.3g} mm) and overlap after the move.",
            )
    return list(found.values())


def _place(points: F64) -> tuple[float, float]:
    middle = points.mean(axis=0)
    return float(middle[0]), float(middle[1])
