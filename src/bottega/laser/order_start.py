"""Where the search of `order_search` begins: a greedy order, and which paths are each other's neighbours.

Compiled by numba where it is installed; the same loops run as plain Python where not. Arrays as in `order_search`.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

# float64 and int64 arrays; numpy's own types say that an element is an array again.
F64 = Any
I64 = Any


def _compiler() -> Callable[[Any], Any] | None:
    try:
        import numba
    except ImportError:  # the extra `fast` is not installed
        return None
    return cast("Callable[[Any], Any]", cast(Any, numba).njit(cache=True))


_COMPILE = _compiler()
COMPILED = _COMPILE is not None


def jit(function: Function) -> Function:
    return function if _COMPILE is None else cast(Function, _COMPILE(function))


@jit
def greedy(
    off: I64,
    cx: F64,
    cy: F64,
    closed: I64,
    box: F64,
    inner_count: I64,
    outer_off: I64,
    outer: I64,
    start: F64,
) -> tuple[I64, I64]:
    """The nearest path whose inner paths are done, again and again. `box`: n x 4 left, top, right, bottom."""
    n = len(off) - 1
    left = inner_count.copy()
    free = np.empty(n, np.int64)
    count = 0
    for i in range(n):
        if left[i] == 0:
            free[count] = i
            count += 1
    tour = np.empty(n, np.int64)
    sel = np.zeros(n, np.int64)
    x = start[0]
    y = start[1]
    for step in range(n):
        best = 1e30
        slot = 0
        point = 0
        for s in range(count):
            i = free[s]
            # No point of the path is nearer than its box.
            dx = max(box[i, 0] - x, x - box[i, 2], 0.0)
            dy = max(box[i, 1] - y, y - box[i, 3], 0.0)
            if dx * dx + dy * dy >= best:
                continue
            for k in range(off[i], off[i + 1]):
                d = (cx[k] - x) * (cx[k] - x) + (cy[k] - y) * (cy[k] - y)
                if d < best:
                    best = d
                    slot = s
                    point = k
        i = free[slot]
        count -= 1
        free[slot] = free[count]
        tour[step] = i
        sel[i] = point - off[i]
        for k in range(outer_off[i], outer_off[i + 1]):
            j = outer[k]
            left[j] -= 1
            if left[j] == 0:
                free[count] = j
                count += 1
        leave = point if closed[i] else off[i] + 1 - sel[i]
        x = cx[leave]
        y = cy[leave]
    return tour, sel


@jit
def neighbours(off: I64, cx: F64, cy: F64, wanted: int) -> I64:
    """The `wanted` paths nearest to each by their candidate points: n x wanted, -1 where there are fewer."""
    n = len(off) - 1
    total = len(cx)
    x0 = cx.min()
    y0 = cy.min()
    side = max(cx.max() - x0, cy.max() - y0, 1e-6) * 1.0001
    cells = max(1, int((total / 3.0) ** 0.5))
    scale = cells / side
    start = np.zeros(cells * cells + 1, np.int64)
    owner: Any = np.empty(total, np.int64)
    cell = np.empty(total, np.int64)
    for i in range(n):
        for k in range(off[i], off[i + 1]):
            owner[k] = i
            cell[k] = int((cy[k] - y0) * scale) * cells + int((cx[k] - x0) * scale)
            start[cell[k] + 1] += 1
    for c in range(cells * cells):
        start[c + 1] += start[c]
    fill = start[:-1].copy()
    member = np.empty(total, np.int64)
    for k in range(total):
        member[fill[cell[k]]] = k
        fill[cell[k]] += 1
    near: Any = np.full((n, wanted), -1, np.int64)
    away: Any = np.full((n, wanted), 1e30)
    for i in range(n):
        for k in range(off[i], off[i + 1]):
            row = cell[k] // cells
            column = cell[k] % cells
            for ring in range(4):
                # What lies in further rings of cells is further than this.
                reach = (ring - 1) / scale
                if ring > 1 and away[i, wanted - 1] < reach * reach:
                    break
                for r in range(max(0, row - ring), min(cells, row + ring + 1)):
                    inside = row - ring < r < row + ring
                    for c in range(max(0, column - ring), min(cells, column + ring + 1)):
                        if inside and column - ring < c < column + ring:
                            continue
                        for m in range(start[r * cells + c], start[r * cells + c + 1]):
                            j = owner[member[m]]
                            if j != i:
                                other = member[m]
                                dx = cx[other] - cx[k]
                                dy = cy[other] - cy[k]
                                _keep_nearest(near[i], away[i], j, dx * dx + dy * dy)
    return near


@jit
def _keep_nearest(near: I64, away: F64, j: int, d: float) -> None:
    """Insert `j` at distance `d` into one row, which is sorted and names each path once."""
    last = len(near) - 1
    if d >= away[last]:
        return
    at = last
    for s in range(last + 1):
        if near[s] == j:
            if d >= away[s]:
                return
            at = s
            break
    while at > 0 and away[at - 1] > d:
        away[at] = away[at - 1]
        near[at] = near[at - 1]
        at -= 1
    away[at] = d
    near[at] = j
