"""What the head does for one path: points in order, and for each stretch whether the beam is on.

Tabs and leads are put on here, after kerf and order are decided; `cut_gcode` only writes it down.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bottega.laser.geometry import F64, Operation, Path

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Toolpath:
    """`points` N x 2 mm on the sheet (y down), `on` N - 1: whether the beam burns on the way to the next point.

    `closed`: the path ends where it begins, so that passes can follow each other without a break. `lead_in` M x 2 ends
    and `lead_out` K x 2 begins near that point; the beam burns on the way in and is off on the way out.
    """

    points: F64
    on: Bools
    operation: Operation
    layer: str
    closed: bool
    lead_in: F64 = field(default_factory=lambda: np.empty((0, 2)))
    lead_out: F64 = field(default_factory=lambda: np.empty((0, 2)))

    @staticmethod
    def of(path: Path) -> "Toolpath":
        """A path as it is, burnt throughout."""
        points = np.vstack((path.points, path.points[:1])) if path.closed else path.points
        return Toolpath(points, np.ones(len(points) - 1, np.bool_), path.operation, path.layer, path.closed)

    @property
    def way(self) -> F64:
        """The way (mm) from the first point to each."""
        return np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(self.points, axis=0).T))))

    @property
    def length_mm(self) -> float:
        return float(self.way[-1])


def with_gaps(path: Toolpath, gaps: list[tuple[float, float]]) -> Toolpath:
    """With the beam off on the stretches (from, to, in mm along the path), which lie within it."""
    if not gaps:
        return path
    way = path.way
    edges = np.unique(np.concatenate((way, np.clip(np.ravel(gaps), 0, way[-1]))))
    keep = np.concatenate(([True], np.diff(edges) > 1e-7))
    edges = edges[keep]
    points = np.column_stack([np.interp(edges, way, path.points[:, k]) for k in (0, 1)])
    middle = (edges[1:] + edges[:-1]) / 2
    segment = np.clip(np.searchsorted(way, middle, side="right") - 1, 0, len(path.on) - 1)
    on = path.on[segment].copy()
    for start, end in gaps:
        on &= ~((middle > start) & (middle < end))
    return replace(path, points=points, on=on)
