"""Where worn trousers or a skirt come into sight below a top, and how broad they are there: what new ones have to fit."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.values import Bool
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_CELL = 0.005
"""Shoulder breadths between the places that are looked at."""
_SPAN, _FIRST, _LAST = 1.0, 0.4, 2.6
"""Shoulder breadths: how far to either side of the axis, and from where to where below the shoulders."""
_GAP = 0.03
"""Shoulder breadths between two things of which one hides where the other ends."""
_LOWEST = 1.25
"""Shoulder breadths below the shoulders: no waist is lower."""
_NEAR, _RUNS_OUT = 0.15, 1.05
"""Shoulder breadths below a waist within which a body is broader by this factor."""
_OVERHANG = 0.06
"""Shoulder breadths by which a top that is tucked in stands out over the waist at most, both sides together."""
_MOST_OVERHANG = 0.25
"""Shoulder breadths beyond trousers or a skirt at which a top above is a sleeve."""
_LEAST_HIPS, _MOST_HIPS = 1.15, 1.35
"""Breadth of hips over that of the waist seen from the front; what is broader flares, and is no body."""
_HIPS, _CROTCH, _KNEE, _ANKLE = 0.5, 0.74, 1.64, 2.8
"""Hip breadths from the waist down to the hips, the crotch, the knees and the ankles: heights of hip, knee and ankle by Drillis
and Contini (1966) below a waist as high as the elbow, over hips that are in cloth a tenth broader than theirs; the crotch is
a little below the hip joints."""
_KNEES_APART, _ANKLES_APART = 0.24, 0.2
"""Hip breadths from the axis of someone who stands."""
_FORK = (0.6, 1.1)
"""Hip breadths below the waist between which legs that part show the crotch."""
_LIKE_USUAL = (0.85, 1.25)
"""Of the usual breadth of hips: trousers or a skirt that are narrower or broader below a hem say nothing of the hips."""
_SLOPE, _INSET = 0.3, 0.01
"""How fast what hangs out from under a hem becomes broader at most, pixels per pixel down, and how far within that hem it begins,
shoulder breadths."""


@dataclass(frozen=True, slots=True)
class Waistline:
    """Pixels along a body's axes. `line`: coefficients of the drop at which trousers or a skirt come into sight, by the place
    across (as `numpy.polyval` takes them). `drops` (n), `lefts`, `rights` (n): their sides below it. `edges`: how far out
    to the left and right the top above comes. `tucked`: whether they begin there, at the waist, where a top is tucked in; else it hangs over them.
    `bare`: whether skin is seen above. `fork`: the drop at which legs are seen to part, or None. `cut`: whether the picture
    ends before the feet do."""

    line: F64
    drops: F64
    lefts: F64
    rights: F64
    edges: tuple[float, float]
    tucked: bool
    bare: bool
    fork: float | None
    cut: bool

    def drop(self, across: float) -> float:
        """Where they come into sight at a place across, which is held within their sides."""
        return float(np.polyval(self.line, min(max(across, float(self.lefts[0])), float(self.rights[0]))))

    @property
    def start(self) -> float:
        """The same in their middle."""
        return self.drop(float(self.lefts[0] + self.rights[0]) / 2)

    def limits(self, drops: F64, breadth: float) -> tuple[F64, F64]:
        """How far out to the left and right something new comes at these drops that hangs out from under the top.
        `breadth`: of the shoulders, pixels."""
        run = _SLOPE * np.maximum(drops - self.start, 0) - _INSET * breadth
        return self.edges[0] - run, self.edges[1] + run


def waistline_of(person: PersonParse, body: Body) -> Waistline | None:
    """None where no trousers or skirt are seen, or too little of them to tell their sides."""
    bottom = _seen(person.regions.get("bottom"), body)
    rows = np.flatnonzero(np.count_nonzero(bottom, axis=1) > round(0.1 / _CELL))
    if not len(rows):
        return None
    middle = int(np.median(np.nonzero(bottom[rows[0] : rows[0] + round(_NEAR / _CELL)])[1]))
    firsts = np.where(bottom.any(axis=0), bottom.argmax(axis=0), -1)
    near = firsts[max(middle - round(0.1 / _CELL), 0) : middle + round(0.1 / _CELL)]
    if not (near >= 0).any():
        return None
    begin = int(np.median(near[near >= 0])) + round(_GAP / _CELL)
    ends = _run(bottom[min(begin, len(bottom) - 1)], middle)
    if ends is None or ends[1] - ends[0] < round(0.2 / _CELL):
        return None
    line = _line(firsts, *ends)
    top = _seen(person.regions.get("top"), body)
    before = np.logical_or.reduce(
        [top, *(_seen(person.regions.get(name), body) for name in ("left_arm", "right_arm", "hands"))]
    )
    before |= ~_seen(np.ones_like(person.silhouette), body)
    lowest = float(np.max(np.polyval(line, np.array((ends[0], middle, ends[1]), np.float64))))
    start = max(int(np.ceil(lowest + 0.015 / _CELL)), 0)
    sides, last = _sides(bottom, before, start, middle)
    if len(sides) < 3:
        return None
    edges = _edges(top, before, line, (int(sides[0, 0]), int(sides[0, 1])))
    sides = _beside_top(sides, edges)
    unit = body.breadth
    columns = np.arange(ends[0], ends[1] + 1)
    found = Waistline(
        np.polyfit(
            _across(columns) * unit, _down(np.asarray(np.polyval(line, columns), np.float64)) * unit, 2
        ),
        _down(np.arange(start, start + len(sides))) * unit,
        _across(sides[:, 0]) * unit,
        _across(sides[:, 1]) * unit,
        (float(_across(edges[0])) * unit, float(_across(edges[1])) * unit),
        False,
        _share_above(top, line, columns) < 0.5,
        float(_down(last)) * unit if _parted(bottom, last, middle) else None,
        bool((person.silhouette[-3:] > 0.5).any()),
    )
    return replace(found, tucked=not found.bare and _at_waist(found, unit))


def _seen(region: F32 | None, body: Body) -> Bool:
    """Where a region (H x W in [0, 1]) is: rows down the body and columns across it, `_CELL` shoulder breadths apart."""
    size = round(2 * _SPAN / _CELL) + 1, round((_LAST - _FIRST) / _CELL)
    if region is None:
        return np.zeros((size[1], size[0]), bool)
    unit = _CELL * body.breadth
    start = body.out(-_SPAN * body.breadth, _FIRST * body.breadth)
    to_picture = np.column_stack((unit * body.across, unit * body.down, start))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(region, to_picture, size, flags=flags)) > 0.5


def _across(columns: F64 | I64 | int) -> F64:
    """Shoulder breadths from the axis."""
    return np.asarray(columns, np.float64) * _CELL - _SPAN


def _down(rows: F64 | I64 | int) -> F64:
    """Shoulder breadths below the shoulders."""
    return np.asarray(rows, np.float64) * _CELL + _FIRST


def _run(row: Bool, at: int) -> tuple[int, int] | None:
    """The first and last place of what hangs together in a row (n) around `at`."""
    if not row[at]:
        return None
    left, right = np.flatnonzero(~row[:at]), np.flatnonzero(~row[at:])
    return (int(left[-1]) + 1 if len(left) else 0), (at + int(right[0]) - 1 if len(right) else len(row) - 1)


def _line(firsts: I64, left: int, right: int) -> F64:
    """A parabola through the rows where columns begin, but for those that something hides."""
    inset = (right - left) // 10
    columns = np.arange(left + inset, right - inset + 1)
    columns = columns[firsts[columns] >= 0]
    middle = float(np.median(firsts[columns]))
    columns = columns[np.abs(firsts[columns] - middle) < 0.12 / _CELL]
    if len(columns) < 0.05 / _CELL:
        return np.array((middle,))
    line = np.polyfit(columns, firsts[columns], 2)
    away = np.abs(firsts[columns] - np.polyval(line, columns))
    columns = columns[away <= max(1.0, 1.5 * float(np.median(away)))]
    return np.polyfit(columns, firsts[columns], 2) if len(columns) > 0.05 / _CELL else line


def _sides(bottom: Bool, before: Bool, start: int, middle: int) -> tuple[F64, int]:
    """Left and right side of each row (n x 2) from `start` on as long as the middle is covered, and the row after those. Where
    something lies before a side it goes on as above and below."""
    found: list[tuple[float, float]] = []
    known: list[tuple[bool, bool]] = []
    reach = round(_GAP / _CELL)
    row = start
    while row < len(bottom):
        ends = _run(bottom[row], middle)
        if ends is None:
            break
        left, right = ends
        found.append((float(left), float(right)))
        beside = before[row, max(left - reach, 0) : left], before[row, right + 1 : right + 1 + reach]
        known.append((not beside[0].any(), not beside[1].any()))
        row += 1
    sides, free = np.array(found).reshape(-1, 2), np.array(known, bool).reshape(-1, 2)
    rows = np.arange(len(sides))
    for side, furthest in ((0, np.minimum), (1, np.maximum)):
        there = np.flatnonzero(free[:, side])
        if len(there) >= 3:
            between: F64 = np.asarray(np.interp(rows, there, sides[there, side]), np.float64)
            hidden = ~free[:, side] & (rows > there[0]) & (rows < there[-1])
            sides[:, side] = np.where(hidden, furthest(sides[:, side], between), sides[:, side])
    return sides, row


def _edges(top: Bool, before: Bool, line: F64, ends: tuple[int, int]) -> tuple[int, int]:
    """How far out to either side the top above comes, as far as it hangs free below, from near the `ends` of what is below."""
    found = list(ends)
    span = round(_MOST_OVERHANG / _CELL)
    for side, step in ((0, -1), (1, 1)):
        row = round(float(np.polyval(line, ends[side])))
        rows = slice(max(row - 2 * round(_GAP / _CELL), 0), max(row - round(0.01 / _CELL), 1))
        above: Bool = np.logical_or.reduce(top[rows], axis=0)
        hidden: Bool = np.logical_or.reduce(before[rows], axis=0)
        below: Bool = before[min(max(row, 0) + round(_GAP / _CELL), len(top) - 1)]
        if above[ends[side]]:
            out = np.clip(ends[side] + step * np.arange(1, span), 0, len(above) - 1)
            stops = ~above[out] | below[out]
            found[side] = ends[side] + step * int(np.argmax(np.append(stops, True)))
            continue
        inward = np.clip(ends[side] - step * np.arange(span), 0, len(above) - 1)
        end = int(inward[int(above[inward].argmax())])
        beyond = np.clip(end + step * np.arange(1, 4), 0, len(above) - 1)
        # Where something lies before the top's end, that is not known.
        if above[end] and not hidden[beyond].any():
            found[side] = end
    return found[0], found[1]


def _beside_top(sides: F64, edges: tuple[int, int]) -> F64:
    """`sides` (n x 2) as far as they may come out from between `edges`, those of the top above: what is seen beyond is
    something else of the same colour."""
    run = 0.01 / _CELL + _SLOPE * np.arange(len(sides))
    return np.column_stack((np.maximum(sides[:, 0], edges[0] - run), np.minimum(sides[:, 1], edges[1] + run)))


def _share_above(top: Bool, line: F64, columns: I64) -> float:
    """Of a line (by `columns`), the share above which a top is seen."""
    rows = np.clip(np.rint(np.polyval(line, columns)).astype(int), 0, len(top) - 1)
    near = [top[np.maximum(rows - back, 0), columns] for back in range(round(_GAP / _CELL) + 1)]
    return float(np.logical_or.reduce(near).mean())


def _parted(bottom: Bool, row: int, middle: int) -> bool:
    """Whether there is a leg on either side of the middle."""
    if row >= len(bottom):
        return False
    reach = round(0.3 / _CELL)
    return bool(
        bottom[row, max(middle - reach, 0) : middle].any() and bottom[row, middle : middle + reach].any()
    )


def _at_waist(found: Waistline, breadth: float) -> bool:
    """Whether what is seen begins at the waist: there a body is narrow, and a top that hangs over it stands off."""
    below = found.drops < found.drops[0] + _NEAR * breadth
    if found.start > _LOWEST * breadth or found.drops[-1] < found.drops[0] + _NEAR * breadth:
        return False
    breadths = found.rights[below] - found.lefts[below]
    overhang = float(found.lefts[0] - found.edges[0] + found.edges[1] - found.rights[0])
    return float(breadths[-1]) > _RUNS_OUT * float(breadths[0]) and overhang < _OVERHANG * breadth


def with_waistline(body: Body, seen: Waistline | None) -> Body:
    """`body` with waist, hips and legs where worn trousers or a skirt show that they are."""
    if seen is None:
        return body
    if not seen.tucked:
        return _hips_below(body, seen)
    breadth = _hip_breadth(seen)
    hips = seen.start + _HIPS * breadth
    left, right = (float(np.interp(hips, seen.drops, side)) for side in (seen.lefts, seen.rights))
    middle = (left + right) / 2
    drops = np.array((*body.drops[:2], max(seen.start, float(body.drops[1]) + 1), hips))
    lefts = np.array((*body.lefts[:2], seen.lefts[0], middle - breadth / 2))
    rights = np.array((*body.rights[:2], seen.rights[0], middle + breadth / 2))
    joints = body.joints | _legs_below(body, seen, breadth, middle)
    return replace(
        body,
        drops=drops,
        lefts=lefts,
        rights=rights,
        waist_drop=float(drops[2]),
        hip_drop=hips,
        joints=joints,
    )


def _hip_breadth(seen: Waistline) -> float:
    """The greatest breadth from the waist down to where the hips are, which is told from that breadth itself."""
    breadths = seen.rights - seen.lefts
    waist, most = float(breadths[0]), 0.0
    for drop, breadth in zip(seen.drops, breadths, strict=True):
        if drop - seen.start > _HIPS * max(most, waist):
            break
        most = max(most, float(breadth))
    return float(np.clip(most, _LEAST_HIPS * waist, _MOST_HIPS * waist))


def _legs_below(body: Body, seen: Waistline, breadth: float, middle: float) -> dict[str, F64]:
    """Joints of the legs. Where the feet are seen, the knees and ankles are known from those."""
    found: dict[str, F64] = {}
    low, high = (seen.start + share * breadth for share in _FORK)
    if seen.fork is not None and low < seen.fork < high:
        found["crotch"] = body.out(middle, seen.fork)
    elif seen.cut or "crotch" not in body.joints:
        found["crotch"] = body.out(middle, seen.start + _CROTCH * breadth)
    if seen.cut:
        for side, sign in (("left", -1), ("right", 1)):
            apart = (("knee", _KNEES_APART, _KNEE), ("ankle", _ANKLES_APART, _ANKLE))
            for name, out, down in apart:
                found[f"{name}_{side}"] = body.out(middle + sign * out * breadth, seen.start + down * breadth)
    return found


def _hips_below(body: Body, seen: Waistline) -> Body:
    """Hips as broad as what is seen of trousers or a skirt at them, or below a hem that hides them."""
    usual = float(body.rights[-1] - body.lefts[-1])
    left, right = (float(np.interp(body.hip_drop, seen.drops, side)) for side in (seen.lefts, seen.rights))
    half = float(np.clip(right - left, _LIKE_USUAL[0] * usual, _LIKE_USUAL[1] * usual)) / 2
    middle = (left + right) / 2
    lefts, rights = body.lefts.copy(), body.rights.copy()
    lefts[-1], rights[-1] = middle - half, middle + half
    return replace(body, lefts=lefts, rights=rights)
