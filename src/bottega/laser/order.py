"""In which order paths burn: engrave, score, cut; what lies inside before what surrounds it; then little travel.

A closed path may be entered anywhere and an open one from either end. A part that is cut out moves, so nothing
inside it may come after.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import cast

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.geometry import F64, Curve, Drawing, Operation, Path
from bottega.laser.layers import ORDER
from bottega.laser.nesting import I64, nesting

SEARCH_POINTS = 24
"""Points of a closed path that the search considers; the best of up to `FINAL_POINTS` is taken at the end."""
FINAL_POINTS = 256
NEIGHBOURS = 8
KICKS = 30_000
"""Disturbances tried at most: about 0.5 s on one core."""
KICKS_PER_PATH = 30
"""More than these gain next to nothing."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One path of the job: its index among the paths given, and how it is burnt.

    A closed path begins at `fraction` (0 to 1) of the way from point `start` to the next; an open one at its
    first point, or with `reverse` at its last.
    """

    index: int
    start: int = 0
    fraction: float = 0.0
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Ordering:
    """The visits in burning order and the way (mm) with the beam off between them, from `start` to the last path."""

    visits: tuple[Visit, ...]
    travel_mm: float


def order_paths(
    paths: Sequence[Path], *, start: tuple[float, float] = (0.0, 0.0), effort: float = 1.0, seed: int = 1
) -> Ordering:
    """The order in which to burn `paths`, beginning at `start` (mm). Deterministic for one `seed`.

    `effort` scales the time spent on shortening the travel: 1 is up to about half a second with numba, 0 is a
    greedy order improved by local search only. Raises InvalidOption for an effort below 0 or above 100.
    """
    if not 0 <= effort <= 100:
        raise InvalidOption(f"The effort is {effort:g}; it can be 0 to 100.")
    visits: list[Visit] = []
    at = start
    travel = 0.0
    groups = [
        [i for i, path in enumerate(paths) if path.operation is operation and len(path.points)]
        for operation in ORDER
    ]
    total = max(1, sum(len(group) for group in groups))
    kicks = min(KICKS, KICKS_PER_PATH * total) * effort
    for group in groups:
        if group:
            found, travelled, at = _one_group(
                [paths[i] for i in group], at, round(kicks * len(group) / total), seed
            )
            visits += [replace(visit, index=group[visit.index]) for visit in found]
            travel += travelled
    return Ordering(tuple(visits), travel)


def arrange(paths: Sequence[Path], ordering: Ordering) -> tuple[Path, ...]:
    """The paths in burning order, each beginning where it is entered."""
    return tuple(_turned(paths[visit.index], visit) for visit in ordering.visits)


def ordered(drawing: Drawing, *, effort: float = 1.0) -> Drawing:
    """The drawing with its paths in burning order, the head coming from the sheet's lower left corner."""
    found = order_paths(drawing.paths, start=(0.0, drawing.height_mm), effort=effort)
    return replace(drawing, paths=arrange(drawing.paths, found))


def travel_mm(paths: Sequence[Path], start: tuple[float, float] = (0.0, 0.0)) -> float:
    """The way (mm) with the beam off when the paths burn as they are listed, from `start` to the last path."""
    at = np.asarray(start, np.float64)
    total = 0.0
    for path in paths:
        total += float(np.hypot(*(path.points[0] - at)))
        at = path.points[0] if path.closed else path.points[-1]
    return total


def nesting_errors(paths: Sequence[Path]) -> int:
    """How many pairs burn in the wrong order: something inside a closed cut after the cut that frees it."""
    pairs = nesting(paths).pairs
    cut = np.array([path.operation is Operation.CUT for path in paths], bool)
    return int(np.count_nonzero((pairs[:, 0] > pairs[:, 1]) & cut[pairs[:, 1]])) if len(pairs) else 0


# --- One operation -------------------------------------------------------------------------------------------


def _one_group(
    paths: list[Path], start: tuple[float, float], kicks: int, seed: int
) -> tuple[list[Visit], float, tuple[float, float]]:
    # Imported here: compiling takes a while.
    from bottega.laser.order_search import search
    from bottega.laser.order_start import COMPILED, greedy, neighbours

    n = len(paths)
    closed = np.array([path.closed for path in paths], np.int64)
    found = nesting(paths)
    outer_off, outer = _rows(found.direct[:, 0], found.direct[:, 1], n)
    inner_off, inner = _rows(found.direct[:, 1], found.direct[:, 0], n)
    at = np.array(start, np.float64)
    every = [_entries(path, FINAL_POINTS) for path in paths]
    few = [
        _thinned(entries, SEARCH_POINTS) if path.closed else entries
        for entries, path in zip(every, paths, strict=True)
    ]
    off, cx, cy = _packed(few)
    box = np.array([(*e[:, :2].min(axis=0), *e[:, :2].max(axis=0)) for e in few])
    tour, sel = greedy(off, cx, cy, closed, box, np.diff(inner_off), outer_off, outer, at)
    if n > 1 and (COMPILED or n <= _PLAIN_PYTHON):
        near = neighbours(*_packed(_spread(few)), min(NEIGHBOURS, n - 1))
        tries = kicks if COMPILED else min(kicks, 200)
        search(
            near,
            off,
            cx,
            cy,
            closed,
            outer_off,
            outer,
            inner_off,
            inner,
            at,
            tour,
            sel,
            tries if n > 7 else 50 * n,
            seed,
        )
        # Once more with all entries, from the ones that were found.
        sel = _same_entries(few, every, sel, closed)
        off, cx, cy = _packed(every)
        search(near, off, cx, cy, closed, outer_off, outer, inner_off, inner, at, tour, sel, 0, seed)
    else:
        every = few
    visits: list[Visit] = []
    travel = 0.0
    here = at
    for i in cast("list[int]", tour.tolist()):
        path, entry = paths[i], every[i][int(sel[i])]
        travel += float(np.hypot(*(entry[:2] - here)))
        if path.closed:
            visits.append(Visit(i, int(entry[2]), float(entry[3])))
            here = entry[:2]
        else:
            reverse = bool(sel[i])
            visits.append(Visit(i, reverse=reverse))
            here = path.points[0 if reverse else -1]
    return visits, travel, (float(here[0]), float(here[1]))


_PLAIN_PYTHON = 400
"""Paths up to which the search runs without numba: more would take many seconds."""


def _rows(rows: I64, values: I64, n: int) -> tuple[I64, I64]:
    """Pairs as compressed rows: offsets (n + 1) and values."""
    by_row = np.argsort(rows, kind="stable")
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=offsets[1:])
    return offsets, np.ascontiguousarray(values[by_row])


def _entries(path: Path, most: int) -> F64:
    """Where a path may be entered: rows of x, y, point index, fraction of the way to the next point.

    An open path has its two ends. A closed one has its points (with curves: their joints, which keeps the curves
    whole), and more along its long straight edges.
    """
    points = path.points
    if not path.closed:
        return np.array([(*points[0], 0, 0), (*points[-1], len(points) - 1, 0)], np.float64)
    index = np.arange(len(points))
    if path.curves:
        joints = {curve.start for curve in path.curves}
        index = np.array([i for i, p in enumerate(points.tolist()) if tuple(p) in joints] or [0])
        return _thinned(np.column_stack((points[index], index, np.zeros(len(index)))), most)
    along = np.roll(points, -1, axis=0) - points
    edge = np.hypot(along[:, 0], along[:, 1])
    step = max(float(edge.sum()) / most, 1.0)
    parts = np.clip(np.floor(edge / step), 1, most).astype(np.int64)
    which = np.repeat(index, parts)
    fraction = (np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[which]
    entries = np.column_stack((points[which] + fraction[:, None] * along[which], which, fraction))
    return _thinned(entries.astype(np.float64), most)


def _thinned(entries: F64, most: int) -> F64:
    if len(entries) <= most:
        return entries
    # Corners first would favour straight edges' ends; evenly by count follows the vertices, which follow the shape.
    return entries[np.unique(np.linspace(0, len(entries) - 1, most).round().astype(np.int64))]


def _spread(entries: list[F64]) -> list[F64]:
    """Fewer of them for small paths: neighbours are found as well from points half a mean spacing apart."""
    corners = np.concatenate([e[:, :2] for e in entries])
    width, height = np.ptp(corners, axis=0).tolist()
    spacing = math.sqrt(max(width * height, 1e-9) / len(entries)) / 2
    around = [float(np.ptp(e[:, :2], axis=0).sum()) * 2 for e in entries]
    return [_thinned(e, max(2, math.ceil(way / spacing))) for e, way in zip(entries, around, strict=True)]


def _packed(entries: list[F64]) -> tuple[I64, F64, F64]:
    off = np.cumsum([0, *(len(e) for e in entries)], dtype=np.int64)
    flat = np.concatenate(entries)
    return off, np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1])


def _same_entries(few: list[F64], every: list[F64], sel: I64, closed: I64) -> I64:
    """The indices in `every` of the chosen entries of `few`, which is a part of it."""
    found = sel.copy()
    for i in np.flatnonzero(closed).tolist():
        chosen = few[i][sel[i]]
        found[i] = int(np.argmin(((every[i] - chosen) ** 2).sum(axis=1)))
    return found


# --- Turning paths -------------------------------------------------------------------------------------------


def _turned(path: Path, visit: Visit) -> Path:
    if not path.closed:
        if not visit.reverse:
            return path
        curves = tuple(Curve(c.end, c.control_2, c.control_1, c.start) for c in reversed(path.curves))
        return replace(path, points=path.points[::-1], curves=curves)
    if visit.start == 0 and visit.fraction == 0:
        return path
    points = np.roll(path.points, -visit.start, axis=0)
    curves: tuple[Curve, ...] = ()
    if visit.fraction > 0:
        at = points[0] + visit.fraction * (points[1 % len(points)] - points[0])
        points = np.vstack((at, points[1:], points[:1]))
    elif path.curves:
        first = tuple(points[0].tolist())
        joint = next((k for k, curve in enumerate(path.curves) if curve.start == first), None)
        if joint is not None and all(a.end == b.start for a, b in pairwise(path.curves)):
            curves = path.curves[joint:] + path.curves[:joint]
    return replace(path, points=points, curves=curves)
