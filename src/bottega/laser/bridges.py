"""Stencil bridges: every island that would fall out is held by webs across the opening, as short as they can be."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.geometry import (
    Drawing,
    Operation,
    Path,
    from_shapely,
    laser_extra,
    polygonal,
    region,
)
from bottega.laser.nesting import nesting
from bottega.laser.size import in_range

if TYPE_CHECKING:
    from shapely import LineString, MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

Frame = Literal["sheet", "outermost"]

BIG_ISLAND_WIDTHS = 8.0
"""An island longer than this many bridge widths turns on a single bridge: it gets two."""
MAX_ISLANDS = 2000
_STEPS = 48
"""Places along an island's outline that are tried for a bridge."""
_TOUCH_MM = 1e-4


@dataclass(frozen=True, slots=True)
class Island:
    """A piece that would fall out: a point on it, its size (mm, mm2)."""

    x: float
    y: float
    width_mm: float
    height_mm: float
    area_mm2: float


@dataclass(frozen=True, slots=True)
class Bridge:
    """The middle line of a web from one piece to the next, in mm."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def length_mm(self) -> float:
        return math.hypot(self.x1 - self.x0, self.y1 - self.y0)


@dataclass(frozen=True, slots=True)
class Bridged:
    """The drawing with bridges, where they are, and how many islands they hold."""

    drawing: Drawing
    bridges: tuple[Bridge, ...]
    islands: int


def loose_islands(drawing: Drawing, *, frame: Frame = "sheet") -> tuple[Island, ...]:
    """The pieces that fall out of a stencil, the largest first. Arguments as for `add_bridges`."""
    with laser_extra():
        import shapely
    plates, openings, _ = _stencil(drawing, frame)
    found = [
        Island(
            x=float(spot.x),
            y=float(spot.y),
            width_mm=float(piece.bounds[2] - piece.bounds[0]),
            height_mm=float(piece.bounds[3] - piece.bounds[1]),
            area_mm2=float(piece.area),
        )
        for piece in _pieces(plates, openings)[1]
        for spot in [shapely.point_on_surface(piece)]
    ]
    return tuple(sorted(found, key=lambda island: -island.area_mm2))


def add_bridges(drawing: Drawing, width_mm: float = 1.0, *, frame: Frame = "sheet") -> Bridged:
    """Interrupt the closed cuts so that no island falls out of the stencil.

    What is cut out are the openings: with `frame` "sheet" what an odd number of closed cuts surround (the
    plate is the sheet itself), with "outermost" the same within the outermost closed cuts, which are the plates'
    edges and stay whole. Every island is tied to its surround by the shortest bridge of `width_mm`; one longer
    than eight widths by two, far apart. Cuts that no bridge crosses stay as they are, curves included.

    Raises InvalidOption for a width outside 0.1 to 50 mm, more than `MAX_ISLANDS` islands, or islands that
    no bridge can hold because the plate itself is empty.
    """
    in_range("The bridges' width", width_mm, 0.1, 50, "mm")
    with laser_extra():
        import shapely
    plates, openings, cut_at = _stencil(drawing, frame)
    whole, islands = _pieces(plates, openings)
    if not islands:
        return Bridged(drawing, (), 0)
    if len(islands) > MAX_ISLANDS:
        raise InvalidOption(
            f"The stencil has {len(islands)} loose islands; at most {MAX_ISLANDS} are bridged.",
            hint="Remove specks first, or trace with fewer details.",
        )
    bridges: list[Bridge] = []
    left = openings
    # A bridge may cross a third piece or leave a sliver loose, so it is looked at again until nothing is loose.
    for attempt in range(4):
        found = _tie(whole, islands, width_mm, second=attempt == 0)
        if not found:
            break
        webs = shapely.union_all([_web(bridge, width_mm) for bridge in found])
        left = polygonal(left.difference(webs))
        bridges += found
        whole, loose = _pieces(plates, left)
        # Crumbs between a bridge and a corner of the opening: they are cut away.
        crumbs = [
            piece for piece in loose if piece.area < width_mm * width_mm / 4 and not _is_old(piece, islands)
        ]
        if crumbs:
            left = polygonal(shapely.union_all([left, *crumbs]))
        remaining = [piece for piece in loose if piece not in crumbs]
        if not remaining:
            break
        islands = remaining
    else:
        raise InvalidOption(
            f"{len(islands)} islands of the stencil cannot be held by bridges of {width_mm:g} mm.",
            hint="Use narrower bridges or a larger drawing.",
        )
    count = len(_pieces(plates, openings)[1])
    return Bridged(_with_openings(drawing, left, cut_at), tuple(bridges), count)


def _is_old(piece: "Polygon", islands: "list[Polygon]") -> bool:
    return any(piece.intersection(island).area > 0.5 * piece.area for island in islands)


def _stencil(
    drawing: Drawing, frame: Frame
) -> "tuple[Polygon | MultiPolygon, Polygon | MultiPolygon, list[int]]":
    """The plates, the openings in them, and which paths of the drawing bound openings."""
    with laser_extra():
        import shapely
    if frame not in ("sheet", "outermost"):
        raise InvalidOption(f"There is no frame called {frame!r}.", hint="Known: sheet, outermost.")
    at = [
        i
        for i, path in enumerate(drawing.paths)
        if path.closed and path.operation is Operation.CUT and len(path.points) >= 3
    ]
    cuts = [drawing.paths[i] for i in at]
    if frame == "outermost":
        depth = nesting(cuts).depth
        plates = region([path for path, level in zip(cuts, depth, strict=True) if level == 0])
        at = [i for i, level in zip(at, depth, strict=True) if level > 0]
        return plates, polygonal(region([drawing.paths[i] for i in at]).intersection(plates)), at
    openings = region(cuts)
    left, top, right, bottom = (0.0, 0.0, drawing.width_mm, drawing.height_mm)
    if not openings.is_empty:
        bounds = openings.bounds
        left, top = min(left, bounds[0]), min(top, bounds[1])
        right, bottom = max(right, bounds[2]), max(bottom, bounds[3])
    # A rim, so that openings up to the edge leave one plate.
    rim = 0.05 * max(right - left, bottom - top)
    return shapely.box(left - rim, top - rim, right + rim, bottom + rim), openings, at


def _pieces(
    plates: "Polygon | MultiPolygon", openings: "Polygon | MultiPolygon"
) -> "tuple[list[Polygon], list[Polygon]]":
    """What holds (the pieces that reach a plate's edge) and what falls out."""
    import shapely

    rest = shapely.get_parts(polygonal(plates.difference(openings))).tolist()
    edge = shapely.union_all([part.exterior for part in shapely.get_parts(plates).tolist()]).buffer(_TOUCH_MM)
    holding = [cast("Polygon", piece) for piece in rest if piece.intersects(edge)]
    return holding, [cast("Polygon", piece) for piece in rest if not piece.intersects(edge)]


def _tie(whole: "list[Polygon]", islands: "list[Polygon]", width: float, *, second: bool) -> list[Bridge]:
    """Bridges that join all islands to what holds: a shortest spanning tree, and second ones for big islands."""
    import shapely

    if not whole:
        raise InvalidOption(
            "Nothing holds the stencil together: its openings take the whole plate.",
            hint="Use a larger sheet, or the other frame.",
        )
    pieces = [*islands, *whole]
    n = len(islands)
    # All that holds is one node; candidate links are those to the nearest pieces around each island.
    group = list(range(n + 1))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    tree = shapely.STRtree(pieces)
    links: list[tuple[float, int, int]] = []
    for i, island in enumerate(islands):
        reach = max(4 * width, 1.0)
        while True:
            near = [int(k) for k in tree.query(island, predicate="dwithin", distance=reach) if k != i]
            # Enough once something holds, or every other piece is known.
            if any(k >= n for k in near) or len(near) >= min(8, len(pieces) - 1):
                break
            reach *= 2
        links += [(float(island.distance(pieces[k])), i, k) for k in near]
        if all(k < n for k in near):
            holder = min(range(n, len(pieces)), key=lambda k: island.distance(pieces[k]))
            links.append((float(island.distance(pieces[holder])), i, holder))
    bridges: list[Bridge] = []
    tied: dict[int, list[Bridge]] = {}
    for _, i, k in sorted(links):
        a, b = root(i), root(min(k, n))
        if a != b:
            group[a] = b
            bridge = _shortest(islands[i], pieces[k], width)
            bridges.append(bridge)
            for one, other in ((i, k), (k, i)):
                # What hangs on an island from within does not hold it.
                if one < n and not _filled(islands[one]).contains(pieces[other].representative_point()):
                    tied.setdefault(one, []).append(bridge)
    if second:
        for i, island in enumerate(islands):
            if len(tied.get(i, [])) == 1 and _extent(island) > BIG_ISLAND_WIDTHS * width:
                extra = _second(i, pieces, tree, tied[i][0], width)
                if extra:
                    bridges.append(extra)
    return bridges


def _filled(piece: "Polygon") -> "Polygon":
    import shapely

    return shapely.Polygon(piece.exterior)


def _extent(piece: "Polygon") -> float:
    left, top, right, bottom = piece.bounds
    return max(right - left, bottom - top)


def _shortest(one: "Polygon", other: "Polygon", width: float) -> Bridge:
    """The shortest bridge between two pieces; in the middle where many are as short (parallel edges)."""
    import shapely

    best = shapely.shortest_line(one, other)
    coordinates = np.asarray(best.coords)
    # Along parallel edges the shortest line lands at a corner: the middle of the longest such edge is as near.
    gap = float(best.length)
    near = one.boundary.intersection(other.buffer(gap * 1.02 + 1e-3))
    stretches = _straight(near, width)
    if stretches:
        middle = max(stretches, key=lambda edge: edge.length).interpolate(0.5, normalized=True)
        end = cast(Any, shapely).shortest_line(middle, other)
        if float(end.length) <= gap * 1.05 + 1e-3:
            coordinates = np.asarray(end.coords)
    (x0, y0), (x1, y1) = coordinates.tolist()
    return Bridge(x0, y0, x1, y1)


def _straight(lines: "BaseGeometry", width: float) -> "list[LineString]":
    """The straight stretches longer than a bridge is wide; where there are none, the curved ones."""
    import shapely

    merged = [
        cast("LineString", line)
        for line in shapely.get_parts(shapely.line_merge(lines)).tolist()
        if line.length > width
    ]
    edges = [shapely.LineString(pair) for line in merged for pair in pairwise(line.simplify(1e-3).coords)]
    return [edge for edge in edges if edge.length > 2 * width] or merged


def _second(index: int, pieces: "list[Polygon]", tree: Any, first: Bridge, width: float) -> Bridge | None:
    """Another bridge of an island: short, and on the other side of it."""
    import shapely

    island = pieces[index]
    ring = island.exterior
    spots = shapely.line_interpolate_point(ring, np.linspace(0, ring.length, _STEPS, endpoint=False))
    others = [
        k
        for k in tree.query(island, predicate="dwithin", distance=max(_extent(island), 20 * width))
        if k != index
    ]
    if not others:
        return None
    around = shapely.union_all([pieces[int(k)] for k in others])
    lines = shapely.shortest_line(spots, around)
    apart = np.asarray(shapely.distance(spots, shapely.Point(first.x0, first.y0)))
    apart = np.minimum(apart, np.asarray(shapely.distance(spots, shapely.Point(first.x1, first.y1))))
    # The way back across the island itself is no bridge.
    clear = np.asarray(shapely.length(shapely.intersection(lines, island))) < 1e-6
    usable = clear & (apart > 0.4 * _extent(island))
    if not usable.any():
        return None
    cost = np.where(usable, np.asarray(shapely.length(lines)) - 0.1 * apart, np.inf)
    (x0, y0), (x1, y1) = np.asarray(lines[int(np.argmin(cost))].coords).tolist()
    return Bridge(x0, y0, x1, y1)


def _web(bridge: Bridge, width: float) -> "Polygon":
    """The bridge's rectangle, half a width into the material at both ends so that round edges are met in full."""
    import shapely

    dx, dy = bridge.x1 - bridge.x0, bridge.y1 - bridge.y0
    size = math.hypot(dx, dy)
    ux, uy = (dx / size, dy / size) if size > 1e-9 else (1.0, 0.0)
    over = width / 2
    middle = shapely.LineString(
        [(bridge.x0 - ux * over, bridge.y0 - uy * over), (bridge.x1 + ux * over, bridge.y1 + uy * over)]
    )
    return middle.buffer(width / 2, cap_style="flat")


def _with_openings(drawing: Drawing, openings: "Polygon | MultiPolygon", cut_at: list[int]) -> Drawing:
    """The drawing with its openings' outlines replaced; those that are unchanged keep their path."""
    import shapely

    rings = from_shapely(openings)
    known = {_ring_key(drawing.paths[i]): i for i in cut_at}
    kept: set[int] = set()
    new: list[Path] = []
    old_lines = [shapely.LinearRing(drawing.paths[i].points) for i in cut_at]
    tree = shapely.STRtree(old_lines)
    for ring in rings:
        same = known.get(_ring_key(ring))
        if same is not None:
            kept.add(same)
            continue
        nearest = cut_at[int(tree.nearest(shapely.Point(ring.points[0])))]
        like = drawing.paths[nearest]
        new.append(replace(ring, operation=like.operation, layer=like.layer, colour=like.colour))
    cuts = set(cut_at)
    paths = [path for i, path in enumerate(drawing.paths) if i not in cuts or i in kept]
    return replace(drawing, paths=(*paths, *new))


def _ring_key(path: Path) -> frozenset[tuple[float, float]]:
    """A ring whatever point it begins with and however it turns, to a ten-thousandth of a mm."""
    return frozenset((round(x, 4) + 0.0, round(y, 4) + 0.0) for x, y in path.points.tolist())
