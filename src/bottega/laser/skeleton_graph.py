"""The skeleton of a mask as a graph: branches of pixels between junctions, with the spurs of ragged edges removed."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32, U8
from bottega.laser.geometry import laser_extra

Bool = NDArray[np.bool_]
F64 = NDArray[np.float64]

FREE = -1
"""In place of a junction: the branch ends here."""


@dataclass(slots=True, eq=False)
class Branch:
    """Pixels in order (N x 2 of x, y; pixel centres at whole numbers), and the junctions at its two ends."""

    points: F64
    ends: list[int]
    closed: bool = False

    @property
    def length(self) -> float:
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum()) + 1.0


@dataclass(slots=True, eq=False)
class SkeletonGraph:
    """`branches`, and for each junction its middle (x, y) and the half width of the ink there; in pixels."""

    branches: list[Branch]
    centres: dict[int, tuple[float, float]] = field(default_factory=dict[int, tuple[float, float]])
    half_widths: dict[int, float] = field(default_factory=dict[int, float])

    def arms(self, junction: int) -> list[tuple[int, int]]:
        """The branch ends at a junction, as (branch, end)."""
        return [
            (number, side)
            for number, branch in enumerate(self.branches)
            for side in (0, 1)
            if branch.ends[side] == junction
        ]

    def arms_of_all(self) -> dict[int, list[tuple[int, int]]]:
        found: dict[int, list[tuple[int, int]]] = {}
        for number, branch in enumerate(self.branches):
            for side in (0, 1):
                if branch.ends[side] != FREE:
                    found.setdefault(branch.ends[side], []).append((number, side))
        return found


def skeleton_graph(mask: Bool) -> tuple[SkeletonGraph, F32]:
    """The cleaned graph of a mask (True is ink) and the distance of every pixel to the ground."""
    with laser_extra():
        import skimage.morphology
    morphology: Any = skimage.morphology
    padded: U8 = np.pad(mask, 1).astype(np.uint8)
    distance = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5), np.float32)
    skeleton: Bool = np.asarray(morphology.skeletonize(padded > 0), np.bool_)
    graph = _graph(skeleton, distance)
    _drop_spurs(graph, distance)
    _merge_junctions(graph, distance)
    for branch in graph.branches:
        branch.points = branch.points - 1
    graph.centres = {j: (x - 1, y - 1) for j, (x, y) in graph.centres.items()}
    return graph, distance[1:-1, 1:-1]


def _graph(skeleton: Bool, distance: F32) -> SkeletonGraph:
    width = skeleton.shape[1]
    kernel = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
    degree = cv2.filter2D(skeleton.astype(np.uint8), -1, kernel, borderType=cv2.BORDER_CONSTANT)
    junction = skeleton & (degree >= 3)
    count, labels = cv2.connectedComponents(junction.astype(np.uint8), connectivity=8)
    centres: dict[int, tuple[float, float]] = {}
    half: dict[int, float] = {}
    ys, xs = np.nonzero(junction)
    owner = np.asarray(labels, np.int64)[ys, xs]
    number = np.maximum(np.bincount(owner, minlength=count), 1)
    mean_x = np.bincount(owner, xs, minlength=count) / number
    mean_y = np.bincount(owner, ys, minlength=count) / number
    widest = np.zeros(count)
    np.maximum.at(widest, owner, distance[ys, xs])
    for j in range(1, count):
        centres[j], half[j] = (float(mean_x[j]), float(mean_y[j])), float(widest[j])
    steps = (1, -1, width, -width, width + 1, width - 1, -width + 1, -width - 1)
    rest = set(np.flatnonzero(skeleton & ~junction).tolist())
    flat = dict(zip((ys * width + xs).tolist(), owner.tolist(), strict=True))
    ends = [p for p in rest if sum(p + s in rest for s in steps) <= 1]
    branches: list[Branch] = []

    def walk(start: int) -> list[int]:
        line = [start]
        rest.discard(start)
        while True:
            following = next((line[-1] + s for s in steps if line[-1] + s in rest), None)
            if following is None:
                return line
            rest.discard(following)
            line.append(following)

    def touching(pixel: int) -> list[int]:
        return list(dict.fromkeys(flat[pixel + s] for s in steps if pixel + s in flat))

    for start in sorted(ends):
        if start not in rest:
            continue
        line = walk(start)
        first, last = touching(line[0]), touching(line[-1])
        if len(line) == 1:
            ends_of = [first[0] if first else FREE, first[1] if len(first) > 1 else FREE]
        else:
            ends_of = [first[0] if first else FREE, last[0] if last else FREE]
        branches.append(Branch(_points(line, width), ends_of))
    while rest:
        line = walk(min(rest))
        branches.append(Branch(_points(line, width), [FREE, FREE], closed=len(line) > 3))
    return SkeletonGraph(branches, centres, half)


def _points(line: list[int], width: int) -> F64:
    y, x = np.divmod(np.array(line), width)
    return np.column_stack((x, y)).astype(np.float64)


def _drop_spurs(graph: SkeletonGraph, distance: F32) -> None:
    """Removes free branches that only lead from the middle of a stroke into its edge or a corner of its end.

    From the middle of a square end to its corner it is sqrt(2) times the half width.
    """
    for _ in range(3):
        gone: set[int] = set()
        for junction, arms in graph.arms_of_all().items():
            limit = 1.5 * graph.half_widths[junction] + 1.5
            spurs = [
                (graph.branches[b].length, b)
                for b, side in arms
                if graph.branches[b].ends[1 - side] == FREE and graph.branches[b].length < limit
            ]
            spurs.sort()
            # What has nothing but spurs is a dot: its longest two stay and become one short stroke.
            keep = 2 if len(spurs) == len(arms) else 0
            gone.update(b for _, b in spurs[: len(spurs) - keep])
        if not gone:
            break
        graph.branches = [branch for number, branch in enumerate(graph.branches) if number not in gone]
        _dissolve(graph)


def _dissolve(graph: SkeletonGraph) -> None:
    """Junctions that lost all but one branch become that branch's free end."""
    for junction, arms in graph.arms_of_all().items():
        if len(arms) == 1:
            number, side = arms[0]
            branch = graph.branches[number]
            centre = np.array([graph.centres[junction]])
            branch.points = np.vstack((centre, branch.points) if side == 0 else (branch.points, centre))
            branch.ends[side] = FREE


def _merge_junctions(graph: SkeletonGraph, distance: F32) -> None:
    """One crossing often gives two junctions with a short branch between them: they become one."""
    parent = {j: j for j in graph.centres}

    def root(j: int) -> int:
        while parent[j] != j:
            j = parent[j]
        return j

    kept: list[Branch] = []
    for branch in sorted(graph.branches, key=lambda b: b.length):
        a, b = branch.ends
        if a != FREE and b != FREE and a != b:
            ra, rb = root(a), root(b)
            if ra != rb and branch.length < graph.half_widths[a] + graph.half_widths[b]:
                parent[rb] = ra
                continue
        kept.append(branch)
    groups: dict[int, list[int]] = {}
    for j in graph.centres:
        groups.setdefault(root(j), []).append(j)
    for branch in kept:
        branch.ends = [end if end == FREE else root(end) for end in branch.ends]
    # A short loop at one junction is the rim of a pinhole or the second side of a merged pair.
    graph.branches = [
        b
        for b in kept
        if not (b.ends[0] == b.ends[1] != FREE and b.length < 2 * graph.half_widths[b.ends[0]])
    ]
    graph.half_widths = {r: max(graph.half_widths[j] for j in members) for r, members in groups.items()}
    graph.centres = {
        r: (
            float(np.mean([graph.centres[j][0] for j in members])),
            float(np.mean([graph.centres[j][1] for j in members])),
        )
        for r, members in groups.items()
    }
