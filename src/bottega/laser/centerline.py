"""The middle of drawn strokes as single lines: what a pen would have drawn, for scoring and line engraving.

The skeleton gives the strokes and where they meet; where exactly the middle lies is read between the two
sub-pixel edges; through crossings strokes go on straight. Outlines are `trace`'s.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32
from bottega.laser.fit_curves import F64, FitSettings, fit_curves
from bottega.laser.geometry import Drawing, Operation, length
from bottega.laser.size import in_range
from bottega.laser.skeleton_graph import FREE, Branch, SkeletonGraph, skeleton_graph
from bottega.laser.trace import find_ink, path_from_fit, pixel_size, without_specks

_THIN_PX = 5.0
"""Strokes below this are looked at in a picture of twice the size: a skeleton needs pixels on both sides."""
_STRAIGHT_ON = math.radians(110)
"""How much a stroke may turn in a crossing, both ends of the gap together, and still be one stroke."""
_BEND = math.radians(40)


@dataclass(frozen=True, slots=True)
class CenterlineReport:
    """`strokes` in the drawing, their `nodes`, total `length_mm` and usual ink width `width_mm`; `crossings` that strokes
    were led through; `uneven`: part of the way (0 to 1) where the ink was no even stroke (blots, filled areas) and
    the line is the skeleton's."""

    strokes: int
    nodes: int
    length_mm: float
    width_mm: float
    crossings: int
    uneven: float
    specks_dropped: int


@dataclass(frozen=True, slots=True, eq=False)
class Centerline:
    drawing: Drawing
    report: CenterlineReport


def centerline(
    picture: NDArray[Any],
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    level: float | None = None,
    invert: bool = False,
    speck_px: float = 4.0,
    tolerance_px: float = 0.4,
    operation: Operation = Operation.SCORE,
    layer: str = "",
    colour: str = "",
) -> Centerline:
    """One path in mm along the middle of each stroke; picture, size and level as in `trace`.

    Raises InvalidOption, TooLarge, ResourceError as `trace` does.
    """
    in_range("The tolerance", tolerance_px, 0.05, 5, "px")
    in_range("The smallest area", speck_px, 0, 1e6, "square px")
    ink = find_ink(picture, level=level, invert=invert)
    pitch, sheet = pixel_size(ink.field.shape, width_mm, height_mm)
    field, specks = without_specks(ink, speck_px)
    if not (field > ink.level).any():
        raise InvalidOption(
            "Nothing in the picture is large enough to trace.", hint="Lower the smallest area."
        )
    factor = _enlargement(field > ink.level)
    if factor > 1:
        field = _enlarged(field, factor)
    graph, distance = skeleton_graph(field > ink.level)
    refined = [_Arm(branch, graph, field, ink.level, distance) for branch in graph.branches]
    strokes, crossings = _joined(graph, refined)
    lines = [((points + 0.5) / factor, closed) for points, closed in strokes]
    fits = fit_curves(
        [points for points, _ in lines],
        [closed for _, closed in lines],
        FitSettings(tolerance=tolerance_px, mean_tolerance=0.35 * tolerance_px, sharpen=False),
    )
    paths = tuple(
        path_from_fit(fit, pitch, closed=closed, operation=operation, layer=layer, colour=colour)
        for fit, (_, closed) in zip(fits, lines, strict=True)
    )
    drawing = Drawing(paths, *sheet)
    samples = sum(len(arm.branch.points) for arm in refined)
    width = float(np.median(np.concatenate([arm.widths for arm in refined]))) if samples else 0.0
    report = CenterlineReport(
        strokes=len(paths),
        nodes=drawing.node_count,
        length_mm=sum(length(path) for path in paths),
        width_mm=width / factor * pitch,
        crossings=crossings,
        uneven=sum(arm.uneven for arm in refined) / max(samples, 1),
        specks_dropped=specks,
    )
    return Centerline(drawing, report)


def _enlargement(mask: NDArray[np.bool_]) -> int:
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    ridge = distance[(distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))]
    return 2 if 2 * float(np.median(ridge)) < _THIN_PX and mask.size < 12_000_000 else 1


def _enlarged(field: F32, factor: int) -> F32:
    height, width = field.shape
    return np.asarray(
        cv2.resize(field, (width * factor, height * factor), interpolation=cv2.INTER_CUBIC), np.float32
    )


# --- One branch between its edges ----------------------------------------------------------------------------


class _Arm:
    """A branch moved to the middle of its ink: `points` (N x 2, pixel centres at whole numbers) and `widths` there."""

    def __init__(self, branch: Branch, graph: SkeletonGraph, field: F32, level: float, distance: F32) -> None:
        self.branch = branch
        self.field, self.level = field, level
        pixels = branch.points
        x, y = np.clip(np.rint(pixels).astype(np.int64), 0, np.array(distance.shape[::-1]) - 1).T
        radius = distance[y, x].astype(np.float64)
        self.half = max(float(np.median(radius)), 0.75)
        points = _smooth(pixels, 1.5, branch.closed)
        widths = 2 * radius
        valid = np.ones(len(points), np.bool_)
        for _ in range(2):
            moved, widths, valid = self._centred(points, radius)
            points = _smooth(moved, 1.2, branch.closed)
        self.uneven = int((~valid).sum())
        keep = np.ones(len(points), np.bool_)
        if not branch.closed:
            keep = self._away_from_ends(pixels, graph)
        self.points, self.widths = points[keep], widths[keep]
        for side in (0, 1):
            if branch.ends[side] == FREE and not branch.closed:
                self._extend(side)

    def direction(self, side: int) -> F64:
        """Unit vector out of the branch at its end 0 or 1, over about two widths of it."""
        line = self.points if side else self.points[::-1]
        line = line[-max(3, round(4 * self.half)) :]
        if len(line) < 2:
            own = self.branch.points if side else self.branch.points[::-1]
            way = own[-1] - own[0]
        else:
            # Least squares: the end points alone carry the noise of the edge.
            t = np.arange(len(line)) - (len(line) - 1) / 2
            way = t @ line
        size = float(np.hypot(*way))
        return way / size if size > 1e-9 else np.array([1.0, 0.0])

    def _centred(self, points: F64, radius: F64) -> tuple[F64, F64, NDArray[np.bool_]]:
        """Points moved to the middle between both edges; where there is no even stroke they stay and are not valid."""
        if len(points) < 3:
            return points, 2 * radius, np.zeros(len(points), np.bool_)
        way = _directions(points, self.branch.closed)
        normal = np.column_stack((-way[:, 1], way[:, 0]))
        reach = 1.7 * self.half + 2
        right, left = (_edge(self.field, self.level, points, sign * normal, reach) for sign in (1, -1))
        shift, width = (right - left) / 2, right + left
        with np.errstate(invalid="ignore"):
            valid = np.isfinite(width) & (np.abs(shift) < 0.5 * self.half + 1)
            usual = float(np.median(width[valid])) if valid.any() else 2 * self.half
            valid &= (width < 1.35 * usual + 0.5) & (width > 0.6 * usual - 0.5)
        if valid.any():
            # Between valid neighbours the shift goes over evenly.
            index = np.arange(len(points))
            shift = np.interp(index, index[valid], shift[valid])
            width = np.interp(index, index[valid], width[valid])
        else:
            shift, width = np.zeros(len(points)), 2 * radius
        return points + shift[:, None] * normal, width, valid

    def _away_from_ends(self, pixels: F64, graph: SkeletonGraph) -> NDArray[np.bool_]:
        """What is near a junction or a stroke's end follows the shape there, not the stroke."""
        keep = np.ones(len(pixels), np.bool_)
        for side in (0, 1):
            junction = self.branch.ends[side]
            if junction == FREE:
                tip, near = pixels[-side], 0.8 * self.half
            else:
                tip, near = np.array(graph.centres[junction]), 1.3 * graph.half_widths[junction] + 0.5
            keep &= np.hypot(*(pixels - tip).T) > near
        if keep.sum() < 2:
            keep[:] = False
            middle = len(pixels) // 2
            keep[max(0, middle - 1) : middle + 1] = True
        return keep

    def _extend(self, side: int) -> None:
        """To the tip of a square end, or to the centre of a round one."""
        way = self.direction(side)
        tip = self.points[-side] if len(self.points) else self.branch.points[-side]
        half = float(np.median(self.widths)) / 2 if len(self.widths) else self.half
        there = _edge(self.field, self.level, tip[None], way[None], 4 * half + 4)[0]
        if not math.isfinite(there):
            return
        normal = np.array([[-way[1], way[0]]])
        near_tip = tip + way * (there - 0.3 * half)
        across = sum(
            float(_edge(self.field, self.level, near_tip[None], s * normal, 2 * half + 2)[0]) for s in (1, -1)
        )
        square = half > 1.2 and math.isfinite(across) and across > 0.86 * 2 * half
        more = there if square else there - half
        end = tip + way * max(more, 0.0)
        if more > 0.25:
            self.points = np.vstack((self.points, end) if side else (end, self.points))


def _smooth(points: F64, sigma: float, closed: bool) -> F64:
    """Gaussian along the line; open ends go on point-symmetrically, so that they stay where they are."""
    reach = min(math.ceil(3 * sigma), len(points) - 1)
    if reach < 1:
        return points
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    if closed:
        padded = np.vstack((points[-reach:], points, points[:reach]))
    else:
        head, tail = 2 * points[0] - points[reach:0:-1], 2 * points[-1] - points[-2 : -reach - 2 : -1]
        padded = np.vstack((head, points, tail))
    smooth = [np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)]
    return np.column_stack(smooth).astype(np.float64)


def _directions(points: F64, closed: bool) -> F64:
    reach = min(3, len(points) - 1)
    if closed:
        way = np.roll(points, -reach, axis=0) - np.roll(points, reach, axis=0)
    else:
        index = np.arange(len(points))
        way = points[np.minimum(index + reach, len(points) - 1)] - points[np.maximum(index - reach, 0)]
    return way / np.maximum(np.hypot(*way.T), 1e-9)[:, None]


def _edge(field: F32, level: float, points: F64, way: F64, reach: float) -> F64:
    """How far from each point along `way` the field falls below the level, to a fraction of a pixel; NaN beyond `reach`."""
    step = 0.5
    far = np.arange(0, reach + step, step)
    at = (points[:, None, :] + far[None, :, None] * way[:, None, :]).astype(np.float32)
    # OpenCV takes at most 32 767 rows.
    values = np.concatenate(
        [
            cv2.remap(
                field,
                at[low : low + 30_000],
                cast(Any, None),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT,
            )
            for low in range(0, len(at), 30_000)
        ]
    ).reshape(len(points), -1)
    below = values < level
    first = below.argmax(axis=1)
    rows = np.arange(len(points))
    found = below[rows, first] & (first > 0)
    before = values[rows, np.maximum(first - 1, 0)]
    after = values[rows, first]
    part = (before - level) / np.maximum(before - after, 1e-6)
    return np.where(found, (first - 1 + part) * step, np.nan)


# --- Strokes through junctions -------------------------------------------------------------------------------

_End = tuple[int, int]


def _joined(graph: SkeletonGraph, arms: list[_Arm]) -> tuple[list[tuple[F64, bool]], int]:
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


def _paired(ends: list[_End], arms: list[_Arm]) -> tuple[list[tuple[_End, _End]], list[_End]]:
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


def _turning(arms: list[_Arm], a: _End, b: _End) -> float:
    """Turn in radians on the way from one end over the gap into the other."""
    out, back = arms[a[0]].direction(a[1]), -arms[b[0]].direction(b[1])
    gap = _tip(arms, b) - _tip(arms, a)
    size = float(np.hypot(*gap))
    if size < 1.0:
        return _angle(out, back)
    return _angle(out, gap / size) + _angle(gap / size, back)


def _angle(u: F64, v: F64) -> float:
    return math.acos(max(-1.0, min(1.0, float(u @ v))))


def _tip(arms: list[_Arm], end: _End) -> F64:
    return arms[end[0]].points[-end[1]]


def _bridge(arms: list[_Arm], a: _End, b: _End) -> F64:
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
    arms: list[_Arm],
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
