"""Branches put together to strokes: through crossings they go straight on, at junctions they meet."""

import math
from itertools import pairwise

import numpy as np

from bottega.laser.fit_samples import F64
from bottega.laser.skeleton_graph import SkeletonGraph
from bottega.laser.stroke_arms import Arm

_STRAIGHT_ON = math.radians(110)
"""How much a stroke may turn in a crossing, both ends of the gap together, and still be one stroke."""
_BEND = math.radians(40)
_End = tuple[int, int]


def joined(graph: SkeletonGraph, arms: list[Arm]) -> tuple[list[tuple[F64, bool]], int]:
    """Branches put together to strokes (points, closed), and the number of crossings that strokes go through."""
    partner: dict[_End, _End] = {}
    loose: list[tuple[_End, int]] = []
    crossings = 0
    for junction, ends in graph.arms_of_all().items():
        pairs, single = _paired(ends, arms)
        crossings += len(ends) >= 3
        for a, b in pairs:
            partner[a], partner[b] = b, a
        loose.extend((end, junction) for end in single)
    bridges = {end: _bridge(arms, end, other) for end, other in partner.items() if end < other}
    _attach(arms, loose, bridges, partner, graph)
    strokes: list[tuple[F64, bool]] = []
    seen: set[int] = set()
    starts = [
        (b, s)
        for b in range(len(arms))
        for s in (0, 1)
        if (b, s) not in partner and not arms[b].branch.closed
    ]
    starts += [(b, 0) for b in range(len(arms))]
    for number, side in starts:
        if number in seen:
            continue
        parts: list[F64] = []
        at: _End = (number, side)
        closed = arms[number].branch.closed
        while True:
            branch, entry = at
            seen.add(branch)
            parts.append(arms[branch].points if entry == 0 else arms[branch].points[::-1])
            leaving = (branch, 1 - entry)
            following = partner.get(leaving)
            if following is None:
                break
            bridge = bridges[min(leaving, following)]
            parts.append(bridge if leaving < following else bridge[::-1])
            if following[0] in seen:
                closed = following == (number, side)
                break
            at = following
        points = _distinct(np.vstack(parts))
        if len(points) >= 2:
            strokes.append((points, closed and len(points) >= 4))
    return strokes, crossings


def _distinct(points: F64) -> F64:
    keep = np.hypot(*np.diff(points, axis=0, prepend=points[:1] - 1).T) > 1e-6
    return points[keep]


def _paired(ends: list[_End], arms: list[Arm]) -> tuple[list[tuple[_End, _End]], list[_End]]:
    """Which ends at a junction go on in which: the straightest first; two alone always do."""
    costs: list[tuple[float, _End, _End]] = []
    for i, a in enumerate(ends):
        for b in ends[i + 1 :]:
            # A branch that leaves a junction and comes back is a loop only where nothing else is there.
            turn = _turning(arms, a, b) + (math.pi / 4 if a[0] == b[0] and len(ends) > 2 else 0)
            costs.append((turn, a, b))
    costs.sort()
    left = list(ends)
    pairs: list[tuple[_End, _End]] = []
    for turn, a, b in costs:
        if a in left and b in left and (turn < _STRAIGHT_ON or len(ends) == 2):
            pairs.append((a, b))
            left.remove(a)
            left.remove(b)
    return pairs, left


def _turning(arms: list[Arm], a: _End, b: _End) -> float:
    """Turn in radians on the way from one end over the gap into the other."""
    out, back = arms[a[0]].direction(a[1]), -arms[b[0]].direction(b[1])
    gap = _tip(arms, b) - _tip(arms, a)
    size = float(np.hypot(*gap))
    if size < 1.0:
        return _angle(out, back)
    return _angle(out, gap / size) + _angle(gap / size, back)


def _angle(u: F64, v: F64) -> float:
    return math.acos(max(-1.0, min(1.0, float(u @ v))))


def _tip(arms: list[Arm], end: _End) -> F64:
    return arms[end[0]].points[-end[1]]


def _bridge(arms: list[Arm], a: _End, b: _End) -> F64:
    """Points over a junction from end `a` to end `b`: a smooth curve, or a corner where the sides meet in one."""
    p, q = _tip(arms, a), _tip(arms, b)
    u, v = arms[a[0]].direction(a[1]), arms[b[0]].direction(b[1])
    size = float(np.hypot(*(q - p)))
    meeting = _meeting(p, u, q, v)
    if meeting is not None and _angle(u, -v) > _BEND:
        return np.vstack((np.linspace(p, meeting, 6)[1:], np.linspace(meeting, q, 6)[1:-1]))
    t = np.linspace(0, 1, max(4, round(size)) + 1)[1:-1, None]
    h = (2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, -2 * t**3 + 3 * t**2, t**3 - t**2)
    return h[0] * p + h[1] * size * u + h[2] * q - h[3] * size * v


def _meeting(p: F64, u: F64, q: F64, v: F64) -> F64 | None:
    """Where two rays meet, not further from their starts than twice the gap."""
    cross = float(u[0] * v[1] - u[1] * v[0])
    if abs(cross) < 0.2:
        return None
    gap = q - p
    t = float(gap[0] * v[1] - gap[1] * v[0]) / cross
    s = float(gap[0] * u[1] - gap[1] * u[0]) / cross
    limit = 2 * float(np.hypot(*gap)) + 1
    return p + t * u if 0 <= t <= limit and 0 <= s <= limit else None


def _attach(
    arms: list[Arm],
    loose: list[tuple[_End, int]],
    bridges: dict[_End, F64],
    partner: dict[_End, _End],
    graph: SkeletonGraph,
) -> None:
    """Lets strokes that end at a junction run on to the stroke that passes there."""
    passing: dict[int, list[F64]] = {}
    for end, points in bridges.items():
        junction = arms[end[0]].branch.ends[end[1]]
        whole = np.vstack((_tip(arms, end), points, _tip(arms, partner[end])))
        passing.setdefault(junction, []).append(whole)
    for end, junction in loose:
        tip, way = _tip(arms, end), arms[end[0]].direction(end[1])
        target = np.array(graph.centres[junction])
        reach = 3 * graph.half_widths[junction] + 2
        best = math.inf
        for line in passing.get(junction, []):
            for a, b in pairwise(line):
                hit = _hit(tip, way, a, b)
                if hit is not None and hit < min(best, reach):
                    best = hit
                    target = tip + hit * way
        arm = arms[end[0]]
        if float(np.hypot(*(target - tip))) > 0.25:
            arm.points = np.vstack((arm.points, target) if end[1] else (target, arm.points))


def _hit(tip: F64, way: F64, a: F64, b: F64) -> float | None:
    """Distance along a ray to a segment, if it meets it."""
    side = b - a
    cross = float(way[0] * side[1] - way[1] * side[0])
    if abs(cross) < 1e-9:
        return None
    gap = a - tip
    t = float(gap[0] * side[1] - gap[1] * side[0]) / cross
    s = float(gap[0] * way[1] - gap[1] * way[0]) / cross
    return t if t >= 0 and -1e-9 <= s <= 1 + 1e-9 else None
