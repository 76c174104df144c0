"""The shapes of a guarded SVG in drawing order, each with the clips that it is drawn through.

Clips arrive as shapes between marks (`svg_clips`); here they become surfaces in mm.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bottega.laser.areas import enclosed
from bottega.laser.clipping import Clip, clipped_area
from bottega.laser.geometry import F64, Curve, Point, flatten, path_from_curves, polygonal
from bottega.laser.svg_clips import BEGIN, BOX, CLIP, END
from bottega.laser.svg_shapes import corners, subpaths

if TYPE_CHECKING:
    import svgelements as se
    from shapely import MultiPolygon, Polygon

    Area = Polygon | MultiPolygon

Outline = tuple[list[Curve], bool]
_FLAT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A shape, its outlines (joined curves, and whether they close) in mm, and what clips it, innermost first."""

    shape: "se.Shape"
    outlines: tuple[Outline, ...]
    clips: list[Clip] = field(default_factory=list[Clip])

    @property
    def values(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self.shape.values)

    def even_odd(self, name: str) -> bool:
        return str(self.values.get(name) or "").strip() == "evenodd"


@dataclass(slots=True, eq=False)
class _Open:
    """A clip whose end has not come. `corners`: where (0, 0), (1, 0) and (1, 1) of its user units lie, in mm."""

    corners: F64
    outline: list[Item] = field(default_factory=list[Item])
    clipped: list[Item] = field(default_factory=list[Item])
    in_boxes: bool = False
    told: bool = False


def read_items(shapes: Iterable["se.Shape"]) -> list[Item]:
    """The visible shapes in the order in which they are drawn, marks resolved."""
    out: list[Item] = []
    open_: list[_Open] = []
    known: dict[bytes, Clip] = {}
    for shape in shapes:
        mark = str(cast("dict[str, Any]", shape.values).get(CLIP) or "")
        if mark == BEGIN:
            open_.append(_Open(corners(shape)))
        elif mark == END:
            done = open_.pop()
            clip = _clip(done, known)
            for item in done.clipped:
                item.clips.append(clip)
            _target(open_, out).extend(done.clipped)
        elif mark:
            open_[-1].told, open_[-1].in_boxes = True, mark == BOX
        else:
            _target(open_, out).append(Item(shape, tuple(subpaths(shape))))
    return out


def _target(open_: list[_Open], out: list[Item]) -> list[Item]:
    if not open_:
        return out
    return open_[-1].clipped if open_[-1].told else open_[-1].outline


def _clip(done: _Open, known: dict[bytes, Clip]) -> Clip:
    """The clip as a surface; the same one is worked out once."""
    moved = _from_box(done) if done.in_boxes else np.eye(3)
    if moved is None:
        return Clip.of(polygonal(_nothing()))
    key = b"|".join(
        [np.array([*moved.ravel()]).tobytes(), *(part for item in done.outline for part in _key(item))]
    )
    if key not in known:
        import shapely

        parts = [_area(item, moved) for item in done.outline]
        known[key] = Clip.of(polygonal(shapely.union_all(parts)) if parts else polygonal(_nothing()))
    return known[key]


def _key(item: Item) -> Iterable[bytes]:
    yield b"e" if item.even_odd("clip-rule") else b"n"
    yield from (_knots(curves).tobytes() for curves, _ in item.outlines)
    yield from (clip.area.wkb for clip in item.clips)


def _area(item: Item, moved: F64) -> "Area":
    """What a shape of an outline lets through: its inside by `clip-rule`, within what clips it."""
    from shapely import affinity

    rings = [path_from_curves(_moved(curves, moved), closed=True) for curves, _ in item.outlines]
    area = enclosed(rings, even_odd=item.even_odd("clip-rule"))
    (a, b, x), (c, d, y), _ = moved.tolist()
    clips = [
        Clip.of(polygonal(affinity.affine_transform(clip.area, [a, b, c, d, x, y]))) for clip in item.clips
    ]
    clipped = clipped_area(clips, lambda: area)
    return area if clipped is None else clipped


def _from_box(done: _Open) -> F64 | None:
    """The 3 x 3 matrix that takes the unit square of the user units to the box around what is clipped, in mm; None where
    that box, or the user units, have no surface."""
    origin, across, far = done.corners
    units = np.array([[*(across - origin), 0.0], [*(far - across), 0.0], [*origin, 1.0]]).T
    points = [flatten(curves) for item in done.clipped for curves, _ in item.outlines]
    if not points or abs(np.linalg.det(units)) < _FLAT:
        return None
    back = np.linalg.inv(units)
    places = np.vstack(points) @ back[:2, :2].T + back[:2, 2]
    (left, top), (wide, high) = places.min(axis=0), np.ptp(places, axis=0)
    if min(wide, high) < _FLAT:
        return None
    return units @ np.array([[wide, 0, left], [0, high, top], [0, 0, 1]]) @ back


def _knots(curves: list[Curve]) -> F64:
    return np.array([(c.start, c.control_1, c.control_2, c.end) for c in curves], np.float64)


def _moved(curves: list[Curve], matrix: F64) -> list[Curve]:
    knots = _knots(curves) @ matrix[:2, :2].T + matrix[:2, 2]
    return [Curve(*(cast(Point, tuple(knot)) for knot in curve)) for curve in knots.tolist()]


def _nothing() -> "Area":
    import shapely

    return shapely.Polygon()
