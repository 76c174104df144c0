"""Every line burnt once: degenerate paths dropped, lines that lie on others removed, small gaps joined.

What is removed lies within the tolerance of something that stays, so the work piece comes out the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.laser.geometry import F64, Drawing, Operation, Path, laser_extra, length
from bottega.laser.size import in_range

TOLERANCE_MM = 0.02
"""A fifth of a fine beam: lines nearer than this burn as one."""
JOIN_MM = 0.05
LEAST_OVERLAP_MM = 0.5
"""A shorter stretch on another line is a crossing at a flat angle, not a line drawn twice."""
_PARALLEL = 0.25
"""Sine of the largest angle between two lines that can be one."""
_SAME_POINT_MM = 1e-4


@dataclass(frozen=True, slots=True)
class Merged:
    """The drawing with every line once, and what was done to it. Lengths in mm."""

    drawing: Drawing
    removed_paths: int
    removed_mm: float
    joined: int
    degenerate: int


def merge(drawing: Drawing, *, tolerance_mm: float = TOLERANCE_MM, join_mm: float = JOIN_MM) -> Merged:
    """Burn once what is drawn twice, in whole or in part, within each layer; fills and pictures stay as they are.

    A closed path of which a part is removed becomes open. Ends of open paths within `join_mm` are joined, which may
    close them. Raises InvalidOption for a tolerance outside 0.001 to 1 mm or a `join_mm` outside 0 to 5 mm.
    """
    in_range("The tolerance", tolerance_mm, 0.001, 1, "mm")
    in_range("The gap that is joined", join_mm, 0, 5, "mm")
    kept: list[Path] = []
    groups: dict[tuple[Operation, str, str], list[Path]] = {}
    degenerate = 0
    for path in drawing.paths:
        tidy = _tidy(path)
        if tidy is None:
            degenerate += 1
        elif path.operation.filled:
            kept.append(tidy)
        else:
            groups.setdefault((path.operation, path.layer, path.colour), []).append(tidy)
    removed_paths, removed_mm, joined = 0, 0.0, 0
    for group in groups.values():
        once, gone_paths, gone_mm = _once(group, tolerance_mm)
        linked, links = _joined(once, join_mm)
        kept += linked
        removed_paths += gone_paths
        removed_mm += gone_mm
        joined += links
    return Merged(replace(drawing, paths=tuple(kept)), removed_paths, removed_mm, joined, degenerate)


def _tidy(path: Path) -> Path | None:
    """The path without points that repeat the one before; None when it has no length."""
    points = path.points
    follows = np.vstack((points[1:], points[:1])) if path.closed else points[1:]
    step = np.hypot(*(follows - points[: len(follows)]).T)
    if float(step.sum()) <= _SAME_POINT_MM:
        return None
    keep = np.ones(len(points), bool)
    if path.closed:
        keep = step > _SAME_POINT_MM
    else:
        keep[1:] = step > _SAME_POINT_MM
    return path if keep.all() else replace(path, points=points[keep])


# --- Lines that lie on others --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Segments:
    """All straight pieces of a group: start, end, path, way along the path at the start; path lengths."""

    a: F64
    b: F64
    path: NDArray[np.int64]
    along: F64
    lengths: F64

    @staticmethod
    def of(paths: Sequence[Path]) -> "_Segments":
        rings = [np.vstack((p.points, p.points[:1])) if p.closed else p.points for p in paths]
        a = np.concatenate([ring[:-1] for ring in rings])
        b = np.concatenate([ring[1:] for ring in rings])
        size = np.hypot(*(b - a).T)
        counts = np.array([len(ring) - 1 for ring in rings])
        path = np.repeat(np.arange(len(paths)), counts)
        along = np.cumsum(size) - size
        first = np.cumsum(counts) - counts
        return _Segments(a, b, path, along - along[first][path], np.add.reduceat(size, first))


def _once(paths: list[Path], tolerance: float) -> tuple[list[Path], int, float]:
    """The paths without what lies on an earlier one; how many went wholly, and how many mm in all."""
    segments = _Segments.of(paths)
    covered = _covered(segments, tolerance)
    kept: list[Path] = []
    gone, gone_mm = 0, 0.0
    for index, path in enumerate(paths):
        spans = covered.get(index)
        if not spans:
            kept.append(path)
            continue
        whole = float(segments.lengths[index])
        removed = _joined_spans(spans, tolerance)
        if sum(end - start for start, end in removed) >= whole - 4 * tolerance:
            gone += 1
            gone_mm += whole
            continue
        removed = [span for span in removed if span[1] - span[0] >= LEAST_OVERLAP_MM]
        if not removed:
            kept.append(path)
            continue
        gone_mm += sum(end - start for start, end in removed)
        kept += remaining(path, removed)
    return kept, gone, gone_mm


def _covered(s: _Segments, tolerance: float) -> dict[int, list[tuple[float, float]]]:
    """For each path the stretches (from, to, in mm along it) that lie on an earlier segment that stays."""
    later, earlier = _pairs(s, tolerance)
    if not len(later):
        return {}
    size = np.hypot(*(s.b - s.a).T)
    unit = (s.b - s.a) / size[:, None]
    # Along the later segment: where the earlier one begins and ends, and where its distance is within tolerance.
    u, v = unit[later], unit[earlier]
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    offset = s.a[later] - s.a[earlier]
    across = v[:, 0] * offset[:, 1] - v[:, 1] * offset[:, 0]
    slope = -cross  # how the distance from the earlier line changes along the later segment
    dot = (u * v).sum(axis=1)
    position = (offset * v).sum(axis=1)  # of the later start, along the earlier segment
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.sort(np.stack(((-tolerance - across) / slope, (tolerance - across) / slope)), axis=0)
    flat = np.abs(slope) < 1e-12
    near[0] = np.where(flat, np.where(np.abs(across) <= tolerance, -np.inf, np.inf), near[0])
    near[1] = np.where(flat, np.where(np.abs(across) <= tolerance, np.inf, -np.inf), near[1])
    beside = np.sort(np.stack((-position / dot, (size[earlier] - position) / dot)), axis=0)
    start = np.maximum(np.maximum(near[0], beside[0]), 0)
    end = np.minimum(np.minimum(near[1], beside[1]), size[later])
    real = (end - start > 1e-6) & (np.abs(cross) < _PARALLEL)
    found: dict[int, list[tuple[float, float]]] = {}
    gone: dict[int, list[tuple[float, float]]] = {}
    rows = zip(
        later[real].tolist(),
        earlier[real].tolist(),
        start[real].tolist(),
        end[real].tolist(),
        position[real].tolist(),
        dot[real].tolist(),
        strict=True,
    )
    for j, i, first, last, at, along in sorted(rows):
        # Only what itself stays covers anything: lines cannot carry each other away.
        shadow = sorted((at + along * first, at + along * last))
        stretches = [(shadow[0], shadow[1])]
        for cut in gone.get(i, ()):
            stretches = [piece for stretch in stretches for piece in _without(stretch, cut)]
        for low, high in stretches:
            ends = sorted(((low - at) / along, (high - at) / along))
            gone.setdefault(j, []).append((ends[0], ends[1]))
            base = float(s.along[j])
            found.setdefault(int(s.path[j]), []).append((base + ends[0], base + ends[1]))
    return found


def _pairs(s: _Segments, tolerance: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Segments that may lie on each other, the later one first; nearly parallel ones only."""
    with laser_extra():
        import shapely
    lines: Any = shapely.linestrings(np.stack((s.a, s.b), axis=1))
    one, other = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=tolerance)
    later = one > other
    one, other = one[later].astype(np.int64), other[later].astype(np.int64)
    u, v = (s.b - s.a)[one], (s.b - s.a)[other]
    cross = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    flat = cross < _PARALLEL * np.hypot(*u.T) * np.hypot(*v.T)
    return one[flat], other[flat]


def _without(stretch: tuple[float, float], cut: tuple[float, float]) -> list[tuple[float, float]]:
    pieces = [(stretch[0], min(stretch[1], cut[0])), (max(stretch[0], cut[1]), stretch[1])]
    return [(low, high) for low, high in pieces if high - low > 1e-6]


def _joined_spans(spans: list[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Overlapping and nearly touching stretches as one, in order."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def remaining(path: Path, removed: Sequence[tuple[float, float]]) -> list[Path]:
    """The open pieces that stay of a path without the stretches (from, to, in mm along it, in order)."""
    total = length(path)
    edges = [0.0, *(x for span in removed for x in span), total]
    kept = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2) if edges[i + 1] - edges[i] > 1e-6]
    if path.closed and len(kept) > 1 and kept[0][0] == 0 and kept[-1][1] == total:
        # The piece around the first point is one.
        kept = [*kept[1:-1], (kept[-1][0], kept[0][1] + total)]
    return [replace(path, points=stretch(path, *span), closed=False, curves=()) for span in kept]


def stretch(path: Path, start_mm: float, end_mm: float) -> F64:
    """The points along a path from `start_mm` to `end_mm`, which on a closed path may lie beyond its length."""
    points = np.vstack((path.points, path.points[:1])) if path.closed else path.points
    if path.closed:
        points = np.vstack((points, path.points[1:], path.points[:1]))
    way = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    inside = (way > start_mm + 1e-9) & (way < end_mm - 1e-9)
    ends = np.column_stack([np.interp((start_mm, end_mm), way, points[:, k]) for k in (0, 1)])
    return np.vstack((ends[:1], points[inside], ends[1:]))


# --- Small gaps ----------------------------------------------------------------------------------------------


def _joined(paths: list[Path], gap: float) -> tuple[list[Path], int]:
    """Open paths joined where two ends lie within `gap`, the nearest and straightest first."""
    open_at = [i for i, path in enumerate(paths) if not path.closed]
    if not open_at or gap <= 0:
        return paths, 0
    partner = _end_pairs([paths[i] for i in open_at], gap)
    if not partner:
        return paths, 0
    chains: dict[int, Path] = {}
    used: set[int] = set()
    for first in sorted(range(len(open_at)), key=lambda k: (2 * k in partner and 2 * k + 1 in partner, k)):
        if first in used or (2 * first not in partner and 2 * first + 1 not in partner):
            continue
        # Begin at a free end where there is one; a ring of joined paths has none.
        end = 2 * first if 2 * first not in partner else 2 * first + 1
        pieces: list[F64] = []
        closed = False
        begin = end
        while True:
            at = end // 2
            used.add(at)
            points = paths[open_at[at]].points
            pieces.append(points if end % 2 == 0 else points[::-1])
            leave = end ^ 1
            if leave not in partner:
                break
            end = partner[leave]
            if end == begin:
                closed = True
                break
        chains[open_at[first]] = _chain(paths[open_at[first]], pieces, closed)
    gone = {open_at[k] for k in used}
    result = [chains.get(i, path) for i, path in enumerate(paths) if i in chains or i not in gone]
    return result, len(partner) // 2


def _chain(like: Path, pieces: list[F64], closed: bool) -> Path:
    points = pieces[0]
    for piece in pieces[1:]:
        near = bool(np.hypot(*(piece[0] - points[-1])) <= _SAME_POINT_MM)
        points = np.vstack((points, piece[1:] if near else piece))
    if closed and len(points) > 3 and np.hypot(*(points[0] - points[-1])) <= _SAME_POINT_MM:
        points = points[:-1]
    return replace(like, points=points, closed=closed and len(points) >= 3, curves=())


def _end_pairs(paths: list[Path], gap: float) -> dict[int, int]:
    """Which ends are joined: end 2k is the first point of path k, 2k + 1 its last."""
    with laser_extra():
        import shapely
    ends = np.concatenate([path.points[[0, -1]] for path in paths])
    # Into the path at each end: two ends make a straight line when these point apart.
    inward = np.concatenate(
        [np.stack((path.points[1] - path.points[0], path.points[-2] - path.points[-1])) for path in paths]
    )
    inward = inward / np.hypot(*inward.T)[:, None]
    spots: Any = shapely.points(ends)
    one, other = shapely.STRtree(spots).query(spots, predicate="dwithin", distance=gap)
    # The two ends of one path may meet only when there is a way between them.
    short = np.array([length(path) <= 4 * gap for path in paths])
    wanted = (one < other) & ~((one // 2 == other // 2) & short[one // 2])
    one, other = one[wanted], other[wanted]
    away = np.hypot(*(ends[one] - ends[other]).T)
    bend = (inward[one] * inward[other]).sum(axis=1)
    partner: dict[int, int] = {}
    for k in sorted(range(len(one)), key=lambda k: (round(float(away[k]) / gap, 1), float(bend[k]))):
        a, b = int(one[k]), int(other[k])
        if a not in partner and b not in partner:
            partner[a], partner[b] = b, a
    return partner
