"""Filled shapes as they are seen: fill rules, clips, and what lies over what, so that nothing is burnt that is hidden and
nothing is left out because two shapes overlap.

Downstream everything filled is read by even-odd; shapes for which that is the same already stay as they are drawn.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from bottega.errors import TooLarge
from bottega.laser.clipping import GRID_MM, Clip, clipped_area
from bottega.laser.drawing import F64, Operation, Path, laser_extra
from bottega.laser.shapes import from_shapely, polygonal, region

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    Area = Polygon | MultiPolygon

MAX_OVERLAPS = 200_000
MAX_CORNERS = 15_000_000
"""Pairs of filled shapes whose boxes meet, and the corners of both shapes summed over all pairs: about a minute's work.
Beyond it a file is hostile, or a photograph in ten thousand pieces."""
LEAST_MM2 = 1e-6
"""A square of a micrometre: smaller surfaces are rounding."""

_CHUNK = 2_000_000


_Key = tuple[Operation, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """One filled shape: its closed outlines, its fill rule, what clips it. `paper`: white, which hides but does not burn.

    `rings` share operation, layer and colour.
    """

    rings: tuple[Path, ...]
    even_odd: bool = False
    clips: tuple[Clip, ...] = ()
    paper: bool = False

    @property
    def key(self) -> "_Key":
        first = self.rings[0]
        return first.operation, first.layer, first.shown_colour


@dataclass(slots=True, eq=False)
class _Seen:
    """A shape, and what is left of it; `area` is worked out when it is first asked for."""

    filled: Filled
    changed: bool = False
    known: "Area | None" = field(default=None)

    @property
    def area(self) -> "Area":
        if self.known is None:
            self.known = enclosed(self.filled.rings, even_odd=self.filled.even_odd)
        return self.known

    def becomes(self, area: "Area") -> None:
        self.known, self.changed = area, True

    def paths(self) -> tuple[Path, ...]:
        if self.filled.paper:
            return ()
        if not self.changed:
            return self.filled.rings
        operation, layer, colour = self.filled.key
        return from_shapely(self.area, operation=operation, layer=layer, colour=colour)


def as_seen(shapes: Sequence[Filled]) -> tuple[list[tuple[Path, ...]], bool]:
    """For each shape, lowest first, the closed paths that burn what is seen of it under the even-odd rule (none where
    that is nothing, or has become part of a lower shape of its kind); and whether white hides a whole shape.

    White hides what is below it; others only what is scanned with them (`Path.fill_group`), since what is burnt apart may
    well be meant to burn twice. Untouched shapes keep their curves. Raises TooLarge above `MAX_OVERLAPS` or
    `MAX_CORNERS`.
    """
    seen = [_Seen(shape) for shape in shapes]
    for each in seen:
        if not _same_by_even_odd(each.filled):
            each.becomes(each.area)
        if (clipped := clipped_area(each.filled.clips, lambda each=each: each.area)) is not None:
            each.becomes(clipped)
    hidden = _hide(seen)
    return [each.paths() for each in seen], hidden


def enclosed(paths: Iterable[Path], *, even_odd: bool) -> "Area":
    """What closed paths enclose by even-odd or by nonzero (SVG 2, 13.4.2), as a valid surface; it may be empty."""
    rings = [path for path in paths if len(path.points) >= 3]
    if even_odd or not rings:
        return region(rings)
    import shapely

    if len(rings) == 1 and (alone := shapely.Polygon(rings[0].points)).is_valid:
        return alone
    # The faces between all lines; a face counts when the lines wind around it.
    lines = shapely.union_all([shapely.Polygon(ring.points).exterior for ring in rings])
    faces: Any = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.get_coordinates(cast(Any, shapely).point_on_surface(faces))
    wound = sum((_winding(ring.points, inside) for ring in rings), np.zeros(len(faces), np.int64))
    return polygonal(shapely.union_all(faces[wound != 0]))


def _winding(ring: F64, points: F64) -> NDArray[np.int64]:
    """How often a ring winds around each point (Sunday, Inclusion of a Point in a Polygon, 2001)."""
    wound = np.zeros(len(points), np.int64)
    low, high = ring.min(axis=0), ring.max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    x0, y0 = ring.T
    x1, y1 = np.roll(ring, -1, axis=0).T
    step = max(1, _CHUNK // len(ring))
    for begin in range(0, len(near), step):
        part = near[begin : begin + step]
        x, y = points[part, 0][:, None], points[part, 1][:, None]
        left = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        up, down = (y0 <= y) & (y1 > y) & (left > 0), (y0 > y) & (y1 <= y) & (left < 0)
        wound[part] = up.sum(axis=1) - down.sum(axis=1)
    return wound


def _same_by_even_odd(shape: Filled) -> bool:
    """Whether even-odd fills what the shape's own rule fills."""
    if shape.even_odd:
        return True
    with laser_extra():
        import shapely
    vector = cast(Any, shapely)  # its functions of arrays are loosely typed
    rings = np.array([shapely.Polygon(p.points) for p in shape.rings if len(p.points) >= 3], object)
    if not vector.is_valid(rings).all():
        return False
    if len(rings) < 2:
        return True
    borders = vector.get_exterior_ring(rings)
    one, other = shapely.STRtree(borders).query(borders, predicate="intersects")
    if (one != other).any():
        return False
    turn = np.where(vector.is_ccw(borders), 1, -1)
    # No border meets another, so one point of it tells what it lies in.
    inner, outer = shapely.STRtree(rings).query(vector.get_point(borders, 0), predicate="within")
    around = np.bincount(inner, turn[outer], len(rings))
    depth = np.bincount(inner, minlength=len(rings))
    return bool((((around + turn) != 0) == ((depth + 1) % 2 == 1)).all())


# --- What lies over what -------------------------------------------------------------------------------------


def _hide(seen: list[_Seen]) -> bool:
    """Take from each shape what lies over it, and join those of one kind that overlap."""
    hidden = False
    for group in _groups(_overlaps(seen)):
        hidden = _resolve([seen[i] for i in sorted(group)]) or hidden
    return hidden


def _overlaps(seen: list[_Seen]) -> list[tuple[int, int]]:
    """The pairs of shapes that share a surface, the lower one first, of which the upper hides the lower."""
    if len(seen) < 2:
        return []
    import shapely

    vector = cast(Any, shapely)  # its functions of arrays are loosely typed
    boxes = np.array([shapely.box(*_box(each)) for each in seen], object)
    low, high = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    groups = [each.filled.rings[0].fill_group for each in seen]
    number = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    layers = np.array([number[group] for group in groups])
    paper = np.array([each.filled.paper for each in seen])
    keep = (low < high) & (paper[high] | (layers[low] == layers[high]))
    low, high = low[keep], high[keep]
    count = np.array([sum(len(ring.points) for ring in each.filled.rings) for each in seen])
    if len(low) > MAX_OVERLAPS or count[low].sum() + count[high].sum() > MAX_CORNERS:
        raise _too_dense()
    areas = np.array([None] * len(seen), object)
    for i in np.union1d(low, high).tolist():
        areas[i] = seen[i].area
    shared = vector.area(vector.intersection(areas[low], areas[high])) > LEAST_MM2
    return list(zip(low[shared].tolist(), high[shared].tolist(), strict=True))


def _resolve(shapes: list[_Seen]) -> bool:
    """What is seen of shapes that overlap, lowest first: their borders part the sheet into faces, and each face goes to
    the uppermost shape of each fill group. Whether white hides a whole shape."""
    import shapely

    vector = cast(Any, shapely)
    areas = np.array([each.area for each in shapes], object)
    lines = shapely.union_all(vector.boundary(areas), grid_size=GRID_MM)
    faces: Any = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    face, shape = shapely.STRtree(areas).query(vector.point_on_surface(faces), predicate="within")
    paper = np.array([each.filled.paper for each in shapes])
    groups = [each.filled.rings[0].fill_group for each in shapes]
    mine: defaultdict[_Key, list[NDArray[np.int64]]] = defaultdict(list)
    kin: defaultdict[_Key, list[int]] = defaultdict(list)
    whole: set[int] = set()
    hidden = False
    for group in dict.fromkeys(groups):
        stands = paper | np.array([each == group for each in groups])
        top = np.full(len(faces), -1, np.int64)
        np.maximum.at(top, face[stands[shape]], shape[stands[shape]])
        for i in np.flatnonzero(stands & ~paper).tolist():
            held, won = face[shape == i], np.flatnonzero(top == i)
            hidden = hidden or bool(len(held) and paper[top[held]].all())
            key = shapes[i].filled.key
            mine[key].append(won)
            kin[key].append(i)
            if len(held) == len(won):
                whole.add(i)
    for key, members in kin.items():
        if len(members) == 1 and members[0] in whole:
            continue
        parts = faces[np.concatenate(mine[key])]
        shapes[members[0]].becomes(polygonal(shapely.coverage_union_all(parts)))
        for i in members[1:]:
            shapes[i].becomes(shapely.Polygon())
    return hidden


def _box(each: _Seen) -> tuple[float, float, float, float]:
    if each.changed:
        return each.area.bounds if not each.area.is_empty else (-1e9, -1e9, -1e9, -1e9)
    points = np.vstack([path.points for path in each.filled.rings])
    left, top = points.min(axis=0).tolist()
    right, bottom = points.max(axis=0).tolist()
    return left, top, right, bottom


def _too_dense() -> TooLarge:
    return TooLarge(
        "The SVG has too many filled shapes on top of each other.",
        hint="Unite the shapes (Inkscape: Path > Union), or export it as a picture and engrave that.",
    )


def _groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Those that pairs tie together, directly or over others."""
    parent: dict[int, int] = {}

    def root(i: int) -> int:
        while parent.setdefault(i, i) != i:
            parent[i] = i = parent[parent[i]]
        return i

    for i, j in pairs:
        parent[root(i)] = root(j)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for i in list(parent):
        groups[root(i)].append(i)
    return list(groups.values())
