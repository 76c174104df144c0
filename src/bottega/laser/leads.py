"""Lead-in and lead-out: the beam starts and stops in the waste, where the scar of piercing does not show."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.geometry import F64, Operation, Path, laser_extra
from bottega.laser.nesting import nesting
from bottega.laser.size import in_range
from bottega.laser.toolpath import Toolpath

if TYPE_CHECKING:
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

_ARC_STEPS = 8
_PLACES = 12
_EDGES = 4
_CLEAR_MM = 0.05
"""A lead stays this far from other cuts."""
_SHORTEST = 0.25
"""A lead that does not fit is tried shorter, down to this part of the wanted length."""


@dataclass(frozen=True, slots=True)
class LeadSettings:
    """`length_mm` of the way in and out, straight at 45 degrees ("line") or a quarter circle that meets the cut
    along its direction ("arc")."""

    length_mm: float = 2.0
    kind: Literal["line", "arc"] = "arc"

    def __post_init__(self) -> None:
        in_range("The lead's length", self.length_mm, 0.1, 50, "mm")
        if self.kind not in ("line", "arc"):
            raise InvalidOption(f"There is no lead called {self.kind!r}.", hint="Known: line, arc.")


def add_leads(
    paths: Sequence[Path], settings: LeadSettings, width_mm: float, height_mm: float
) -> tuple[list[Toolpath], int]:
    """The toolpath of each path, with leads on closed cuts; and how many cuts found no room for one.

    A lead lies in the waste (outside a part, inside a hole), on the sheet, and touches no other path. Where it does
    not fit, it is tried shorter, then at the path's other points, the nearest first.
    """
    with laser_extra():
        import shapely
    closed = [
        i
        for i, path in enumerate(paths)
        if path.closed and path.operation is Operation.CUT and len(path.points) >= 3
    ]
    depth = dict(zip(closed, nesting([paths[i] for i in closed]).depth.tolist(), strict=True))
    result = [Toolpath.of(path) for path in paths]
    tree = shapely.STRtree([shapely.LineString(toolpath.points) for toolpath in result])
    sheet = shapely.box(0, 0, width_mm, height_mm)
    missing = 0
    for i in closed:
        room = _Room(i, shapely.make_valid(shapely.Polygon(paths[i].points)), depth[i] % 2 == 0, tree, sheet)
        # Counter-clockwise by coordinates: the inside lies to the left.
        side = 1.0 if shapely.LinearRing(paths[i].points).is_ccw != room.outside else -1.0
        found = _placed(paths[i], side, settings, room)
        if found:
            result[i] = found
        else:
            missing += 1
    return result, missing


@dataclass(frozen=True, slots=True)
class _Room:
    """Where the leads of path `index` may lie: outside its shape or inside, on the sheet, off the other lines."""

    index: int
    shape: "BaseGeometry"
    outside: bool
    tree: "STRtree"
    sheet: "BaseGeometry"

    def takes(self, lead: F64) -> bool:
        import shapely

        line = shapely.LineString(lead)
        if not self.sheet.covers(line):
            return False
        wrong = line.intersection(self.shape) if self.outside else line.difference(self.shape)
        # It touches its own path where it meets it.
        if wrong.length > 1e-3:
            return False
        near = self.tree.query(line, predicate="dwithin", distance=_CLEAR_MM)
        return bool((near == self.index).all())


def _placed(path: Path, side: float, settings: LeadSettings, room: _Room) -> Toolpath | None:
    for points in _starts(path.points):
        turned = replace(path, points=points, curves=())
        toolpath = Toolpath.of(turned)
        for part in np.geomspace(1, _SHORTEST, 4).tolist():
            into, out = _leads(toolpath.points, side, settings.length_mm * part, settings.kind)
            if room.takes(into) and room.takes(out):
                return replace(toolpath, lead_in=into, lead_out=out)
    return None


def _starts(points: F64) -> Iterator[F64]:
    """The ring from its own start, from its other points, the nearest first, and from the middle of long edges.

    At the corner of a hole there is no room for a way in along the edge; in the middle of one there is.
    """
    yield points
    nearest = np.argsort(np.hypot(*(points - points[0]).T), kind="stable")
    for k in np.unique(np.linspace(1, len(nearest) - 1, _PLACES).astype(int)).tolist():
        yield np.roll(points, -int(nearest[k]), axis=0)
    after = np.roll(points, -1, axis=0)
    edge = np.hypot(*(after - points).T)
    for k in np.argsort(-edge, kind="stable")[:_EDGES].tolist():
        turned = np.roll(points, -(k + 1), axis=0)
        yield np.vstack(((points[k] + after[k]) / 2, turned))


def _leads(points: F64, side: float, size: float, kind: str) -> tuple[F64, F64]:
    """The ways in and out at the first point of a closed path; `side` 1 is left of its direction, -1 right."""
    start = points[0]
    ahead = _unit(points[1] - points[0])
    behind = _unit(points[-1] - points[-2])
    into = _one(start, ahead, side, size, kind)[::-1]
    out = _one(start, -behind, -side, size, kind)
    return into, out


def _one(start: F64, ahead: F64, side: float, size: float, kind: str) -> F64:
    """From the path's point backwards and to the side; reversed, a way in that goes over into `ahead`."""
    across = np.array((-ahead[1], ahead[0])) * side
    if kind == "line":
        return np.vstack((start, start + size * math.sqrt(0.5) * (across - ahead)))
    radius = size * 2 / math.pi
    angle = np.linspace(0, math.pi / 2, _ARC_STEPS + 1)[:, None]
    return start + radius * (1 - np.cos(angle)) * across - radius * np.sin(angle) * ahead


def _unit(vector: F64) -> F64:
    return vector / max(float(np.hypot(*vector)), 1e-12)
