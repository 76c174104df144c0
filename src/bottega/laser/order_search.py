"""The search loops of `order`: 2-opt and or-opt with entries, and disturbances that are kept if they pay.

Nodes are paths. Each has candidate points (`off`, `cx`, `cy`): where a closed path may be entered and left, or the
two ends of an open one. `sel` is the candidate at which a path is entered, `tour` the order of the nodes, `pos` its
inverse. A node comes before all its `outer` nodes and after all its `inner` ones (each a CSR pair of arrays).
"""

from typing import Any

import numpy as np

from bottega.laser.order_start import F64, I64, jit

_GAIN = 1e-7
"""Shorter gains than this (mm) are rounding, and would let the search go round in circles."""
_BLOCK = 30
"""Largest block of paths that a kick exchanges with its neighbour."""
_SEGMENT = 3
"""Longest run of paths that is moved elsewhere as one."""


@jit
def _gap(ax: float, ay: float, bx: float, by: float) -> float:
    return ((ax - bx) * (ax - bx) + (ay - by) * (ay - by)) ** 0.5


@jit
def _set_entry(i: int, k: int, off: I64, cx: F64, cy: F64, closed: I64, sel: I64, ends: F64) -> None:
    """Enter path i at its candidate k. `ends`: n x 4, entry x, y and exit x, y."""
    sel[i] = k
    leave = off[i] + k if closed[i] else off[i] + 1 - k
    ends[i, 0] = cx[off[i] + k]
    ends[i, 1] = cy[off[i] + k]
    ends[i, 2] = cx[leave]
    ends[i, 3] = cy[leave]


@jit
def _link(p: int, tour: I64, ends: F64, start: F64) -> float:
    """The way from position p to p + 1; position -1 is the start, and nothing follows the last."""
    if p + 1 >= len(tour):
        return 0.0
    b = tour[p + 1]
    if p < 0:
        return _gap(start[0], start[1], ends[b, 0], ends[b, 1])
    a = tour[p]
    return _gap(ends[a, 2], ends[a, 3], ends[b, 0], ends[b, 1])


@jit
def tour_length(tour: I64, ends: F64, start: F64) -> float:
    total = 0.0
    for p in range(-1, len(tour) - 1):
        total += _link(p, tour, ends, start)
    return total


@jit
def _reverse(p: int, q: int, tour: I64, pos: I64, sel: I64, closed: I64, ends: F64) -> None:
    """Turn the positions p to q round, open paths with them."""
    while p <= q:
        a = tour[p]
        b = tour[q]
        tour[p] = b
        tour[q] = a
        pos[b] = p
        pos[a] = q
        for i in (a, b):
            if not closed[i]:
                sel[i] = 1 - sel[i]
                x = ends[i, 0]
                y = ends[i, 1]
                ends[i, 0] = ends[i, 2]
                ends[i, 1] = ends[i, 3]
                ends[i, 2] = x
                ends[i, 3] = y
            if a == b:
                break
        p += 1
        q -= 1


@jit
def _may_reverse(p: int, q: int, tour: I64, pos: I64, outer_off: I64, outer: I64) -> bool:
    for k in range(p, q + 1):
        i = tour[k]
        for m in range(outer_off[i], outer_off[i + 1]):
            if pos[outer[m]] <= q:
                return False
    return True


@jit
def _may_move(
    p: int, p2: int, q: int, tour: I64, pos: I64, outer_off: I64, outer: I64, inner_off: I64, inner: I64
) -> bool:
    """Whether the positions p to p2 may go between q and q + 1."""
    for k in range(p, p2 + 1):
        i = tour[k]
        if q > p2:
            for m in range(outer_off[i], outer_off[i + 1]):
                if p2 < pos[outer[m]] <= q:
                    return False
        else:
            for m in range(inner_off[i], inner_off[i + 1]):
                if q < pos[inner[m]] < p:
                    return False
    return True


@jit
def _log(a: int, b: int, journal: I64, used: I64) -> None:
    """Note a reversal (a, b >= 0) or a changed entry (-1 - path, the candidate before)."""
    if used[0] < len(journal):
        journal[used[0], 0] = a
        journal[used[0], 1] = b
    used[0] += 1


@jit
def _turn(
    p: int, q: int, tour: I64, pos: I64, sel: I64, closed: I64, ends: F64, journal: I64, used: I64
) -> None:
    if p <= q:
        _reverse(p, q, tour, pos, sel, closed, ends)
        _log(p, q, journal, used)


@jit
def _move(
    p: int,
    p2: int,
    q: int,
    turned: bool,
    tour: I64,
    pos: I64,
    sel: I64,
    closed: I64,
    ends: F64,
    journal: I64,
    used: I64,
) -> None:
    """Put the positions p to p2 between q and q + 1, turned round or not: reversals, which are their own inverse."""
    size = p2 - p + 1
    if q > p2:
        _turn(p, q, tour, pos, sel, closed, ends, journal, used)
        _turn(p, q - size, tour, pos, sel, closed, ends, journal, used)
        if not turned:
            _turn(q - size + 1, q, tour, pos, sel, closed, ends, journal, used)
    else:
        _turn(q + 1, p2, tour, pos, sel, closed, ends, journal, used)
        _turn(q + 1 + size, p2, tour, pos, sel, closed, ends, journal, used)
        if not turned:
            _turn(q + 1, q + size, tour, pos, sel, closed, ends, journal, used)


@jit
def _push(i: int, queue: I64, queued: I64, span: I64) -> None:
    """`span`: first and count of the ring buffer `queue`."""
    if queued[i] == 0:
        queued[i] = 1
        queue[(span[0] + span[1]) % len(queue)] = i
        span[1] += 1


@jit
def _push_at(p: int, tour: I64, queue: I64, queued: I64, span: I64) -> None:
    if 0 <= p < len(tour):
        _push(tour[p], queue, queued, span)


@jit
def _best_entry(
    i: int, ax: float, ay: float, b: int, off: I64, cx: F64, cy: F64, ends: F64
) -> tuple[float, int]:
    """Where a closed path between the point (ax, ay) and path b (-1: none) is best entered, and the way there and on."""
    best = 1e30
    found = 0
    for k in range(off[i], off[i + 1]):
        d = _gap(ax, ay, cx[k], cy[k])
        if b >= 0 and d < best:
            d += _gap(cx[k], cy[k], ends[b, 0], ends[b, 1])
        if d < best:
            best = d
            found = k - off[i]
    return best, found


@jit
def _improve(
    i: int,
    near: I64,
    off: I64,
    cx: F64,
    cy: F64,
    closed: I64,
    outer_off: I64,
    outer: I64,
    inner_off: I64,
    inner: I64,
    start: F64,
    tour: I64,
    pos: I64,
    sel: I64,
    ends: F64,
    queue: I64,
    queued: I64,
    span: I64,
    journal: I64,
    used: I64,
) -> float:
    """Make the best change around path i, if any is one; the change in length."""
    n = len(tour)
    p = pos[i]
    ax = start[0]
    ay = start[1]
    if p > 0:
        ax = ends[tour[p - 1], 2]
        ay = ends[tour[p - 1], 3]
    # 1: enter the closed path elsewhere.
    if closed[i] and off[i + 1] - off[i] > 1:
        after = tour[p + 1] if p + 1 < n else -1
        now = _link(p - 1, tour, ends, start) + _link(p, tour, ends, start)
        length, k = _best_entry(i, ax, ay, after, off, cx, cy, ends)
        if length < now - _GAIN:
            _log(-1 - i, sel[i], journal, used)
            _set_entry(i, k, off, cx, cy, closed, sel, ends)
            _push(i, queue, queued, span)
            _push_at(p - 1, tour, queue, queued, span)
            _push_at(p + 1, tour, queue, queued, span)
            return length - now
    best = -_GAIN
    kind = 0
    from_p = 0
    from_p2 = 0
    to_q = 0
    turned = False
    entry = -1
    for slot in range(near.shape[1]):
        j = near[i, slot]
        if j < 0:
            break
        q = pos[j]
        # 2: two links exchanged, what lies between turned round: i and j become neighbours.
        low = min(p, q)
        high = max(p, q)
        for side in range(2):
            first = low + 1 - side
            last = high - side
            if first > last or (side == 0 and last >= n):
                continue
            a = tour[first]
            b = tour[last]
            bx = start[0]
            by = start[1]
            if first > 0:
                bx = ends[tour[first - 1], 2]
                by = ends[tour[first - 1], 3]
            change = _gap(bx, by, ends[b, 2], ends[b, 3]) - _link(first - 1, tour, ends, start)
            if last + 1 < n:
                c = tour[last + 1]
                change += _gap(ends[a, 0], ends[a, 1], ends[c, 0], ends[c, 1]) - _link(
                    last, tour, ends, start
                )
            if change < best and _may_reverse(first, last, tour, pos, outer_off, outer):
                best = change
                kind = 1
                from_p = first
                from_p2 = last
        # 3: a short run that begins or ends with i put beside j, turned round or not.
        for size in range(1, _SEGMENT + 1):
            for side in range(2):
                first = p if side == 0 else p - size + 1
                last = first + size - 1
                if (size == 1 and side == 1) or first < 0 or last >= n or first <= q <= last:
                    continue
                a = tour[first]
                b = tour[last]
                saved = _link(first - 1, tour, ends, start) + _link(last, tour, ends, start)
                if last + 1 < n:
                    bx = start[0]
                    by = start[1]
                    if first > 0:
                        bx = ends[tour[first - 1], 2]
                        by = ends[tour[first - 1], 3]
                    c = tour[last + 1]
                    saved -= _gap(bx, by, ends[c, 0], ends[c, 1])
                if saved <= -best:
                    continue
                for place in range(2):
                    target = q - place  # between target and target + 1
                    if first - 1 <= target <= last:
                        continue
                    bx = start[0]
                    by = start[1]
                    if target >= 0:
                        bx = ends[tour[target], 2]
                        by = ends[tour[target], 3]
                    c = tour[target + 1] if target + 1 < n else -1
                    base = -saved - _link(target, tour, ends, start)
                    if size == 1 and closed[a]:
                        length, k = _best_entry(a, bx, by, c, off, cx, cy, ends)
                        change = base + length
                        if change < best and _may_move(
                            first, last, target, tour, pos, outer_off, outer, inner_off, inner
                        ):
                            best = change
                            kind = 2
                            from_p = first
                            from_p2 = last
                            to_q = target
                            turned = False
                            entry = k
                        continue
                    for flip in range(2):
                        if flip:
                            change = base + _gap(bx, by, ends[b, 2], ends[b, 3])
                            if c >= 0:
                                change += _gap(ends[a, 0], ends[a, 1], ends[c, 0], ends[c, 1])
                        else:
                            change = base + _gap(bx, by, ends[a, 0], ends[a, 1])
                            if c >= 0:
                                change += _gap(ends[b, 2], ends[b, 3], ends[c, 0], ends[c, 1])
                        if (
                            change < best
                            and _may_move(first, last, target, tour, pos, outer_off, outer, inner_off, inner)
                            and (flip == 0 or _may_reverse(first, last, tour, pos, outer_off, outer))
                        ):
                            best = change
                            kind = 2
                            from_p = first
                            from_p2 = last
                            to_q = target
                            turned = flip == 1
                            entry = -1
    if kind == 0:
        return 0.0
    for k in (from_p - 1, from_p, from_p2, from_p2 + 1):
        _push_at(k, tour, queue, queued, span)
    if kind == 1:
        _turn(from_p, from_p2, tour, pos, sel, closed, ends, journal, used)
    else:
        _push_at(to_q, tour, queue, queued, span)
        _push_at(to_q + 1, tour, queue, queued, span)
        if entry >= 0:
            moved = tour[from_p]
            _log(-1 - moved, sel[moved], journal, used)
            _set_entry(moved, entry, off, cx, cy, closed, sel, ends)
        _move(from_p, from_p2, to_q, turned, tour, pos, sel, closed, ends, journal, used)
    return best


@jit
def search(
    near: I64,
    off: I64,
    cx: F64,
    cy: F64,
    closed: I64,
    outer_off: I64,
    outer: I64,
    inner_off: I64,
    inner: I64,
    start: F64,
    tour: I64,
    sel: I64,
    kicks: int,
    seed: int,
) -> tuple[float, float]:
    """Shorten the tour in place: local search to its end, then `kicks` times a disturbance that is kept if it pays.

    Moves: another entry into a closed path, 2-opt, or-opt of up to three paths; the disturbance exchanges two
    neighbouring blocks (a double bridge, Martin, Otto and Felten 1991). The same `seed` gives the same tour.
    Returns the length after the local search and at the end.
    """
    n = len(tour)
    pos = np.empty(n, np.int64)
    ends = np.empty((n, 4))
    queue: Any = np.empty(n, np.int64)
    queued = np.zeros(n, np.int64)
    span = np.zeros(2, np.int64)
    journal = np.empty((4096, 2), np.int64)
    used = np.zeros(1, np.int64)
    for p in range(n):
        pos[tour[p]] = p
        _set_entry(tour[p], sel[tour[p]], off, cx, cy, closed, sel, ends)
    for p in range(n):
        _push(tour[p], queue, queued, span)
    total = tour_length(tour, ends, start)
    settled = total
    state = seed
    for kick in range(-1, kicks):
        used[0] = 0
        change = 0.0
        if kick >= 0:
            # Linear congruential, constants of Numerical Recipes; the high bits are the random ones.
            state = (state * 1664525 + 1013904223) % 4294967296
            first = (state >> 8) % n
            state = (state * 1664525 + 1013904223) % 4294967296
            middle = first + (state >> 8) % _BLOCK
            state = (state * 1664525 + 1013904223) % 4294967296
            last = middle + 1 + (state >> 8) % _BLOCK
            if last >= n:
                continue
            # Exchanging the blocks is moving the first of them behind the second.
            if not _may_move(first, middle, last, tour, pos, outer_off, outer, inner_off, inner):
                continue
            before = (
                _link(first - 1, tour, ends, start)
                + _link(middle, tour, ends, start)
                + _link(last, tour, ends, start)
            )
            for k in (first - 1, first, middle, middle + 1, last, last + 1):
                _push_at(k, tour, queue, queued, span)
            _move(first, middle, last, False, tour, pos, sel, closed, ends, journal, used)
            joint = first + last - middle - 1
            change = (
                _link(first - 1, tour, ends, start)
                + _link(joint, tour, ends, start)
                + _link(last, tour, ends, start)
                - before
            )
        while span[1] > 0:
            i = queue[span[0]]
            span[0] = (span[0] + 1) % n
            span[1] -= 1
            queued[i] = 0
            if kick >= 0 and used[0] + 8 > len(journal):
                continue  # no room to take it back: leave it
            change += _improve(
                i,
                near,
                off,
                cx,
                cy,
                closed,
                outer_off,
                outer,
                inner_off,
                inner,
                start,
                tour,
                pos,
                sel,
                ends,
                queue,
                queued,
                span,
                journal,
                used,
            )
        if kick < 0:
            total += change
            settled = total
        elif change < 0:
            total += change
        else:
            for k in range(used[0] - 1, -1, -1):
                if journal[k, 0] >= 0:
                    _reverse(journal[k, 0], journal[k, 1], tour, pos, sel, closed, ends)
                else:
                    _set_entry(-1 - journal[k, 0], journal[k, 1], off, cx, cy, closed, sel, ends)
    return settled, tour_length(tour, ends, start)
