"""How long a job takes on a machine with limited acceleration: GRBL's motion planner, computed from the moves.

Trapezoids over each straight stretch, corner speeds by junction deviation (GRBL 1.1 `$11`), one
acceleration for both axes, look-ahead without end; how far the real 15-move look-ahead falls short of that
is reported beside it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

JUNCTION_DEVIATION_MM = 0.01
"""GRBL 1.1 default of `$11`."""
PLANNED_MOVES = 15
"""Moves that GRBL's planner holds beside the running one."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Straight moves as told: coordinates in mm, feed in mm/min, beam power as S (0 is off), line of the text."""

    line: NDArray[np.int64]
    x0: F64
    y0: F64
    x1: F64
    y1: F64
    feed: F64
    power: F64
    cutting: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Timing:
    """`slowest_burn_mm_min`: the lowest speed of the head while the beam is on (0 without burns).

    `held_speed_mm_min`: the speed that the look-ahead of 15 moves can hold in 99 % of the burning moves.
    """

    seconds: float
    burn_mm: float
    travel_mm: float
    slowest_burn_mm_min: float
    held_speed_mm_min: float


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Runs of moves in one direction at one speed: lengths, speeds, unit directions, the move each starts with."""

    first: NDArray[np.int64]
    length: F64
    speed: F64
    ux: F64
    uy: F64


def plan(moves: Moves, acceleration_mm_s2: float, rapid_mm_min: float) -> Timing:
    """Time and burning speeds of the moves, from rest to rest."""
    dx, dy = moves.x1 - moves.x0, moves.y1 - moves.y0
    length = np.hypot(dx, dy)
    # Moves without way, and moves without a feed (a fault that the reader reports), take no time.
    real = (length > 0) & ((moves.feed > 0) | ~moves.cutting)
    if not real.any():
        return Timing(0.0, 0.0, 0.0, 0.0, 0.0)
    length, power = length[real], moves.power[real]
    speed = np.where(moves.cutting[real], moves.feed[real], rapid_mm_min) / 60
    stretches = _stretches(dx[real] / length, dy[real] / length, length, speed)
    entry, leave = _corner_speeds(stretches, acceleration_mm_s2)
    burning = power > 0
    return Timing(
        seconds=float(_seconds(stretches, entry, leave, acceleration_mm_s2)),
        burn_mm=float(length[burning].sum()),
        travel_mm=float(length[~burning].sum()),
        slowest_burn_mm_min=_slowest_burn(stretches, entry, leave, length, burning, acceleration_mm_s2),
        held_speed_mm_min=_held_speed(length, burning, acceleration_mm_s2),
    )


def _stretches(ux: F64, uy: F64, length: F64, speed: F64) -> _Stretches:
    same = (ux[1:] * ux[:-1] + uy[1:] * uy[:-1] > 1 - 1e-9) & (speed[1:] == speed[:-1])
    first = np.flatnonzero(np.concatenate(([True], ~same)))
    return _Stretches(first, np.add.reduceat(length, first), speed[first], ux[first], uy[first])


def _corner_speeds(s: _Stretches, acceleration: float) -> tuple[F64, F64]:
    """Speeds at the start and the end of each stretch: corner limits, then a pass back and a pass forth."""
    cosine = -(s.ux[1:] * s.ux[:-1] + s.uy[1:] * s.uy[:-1])
    half = np.sqrt(np.clip(0.5 * (1 - cosine), 0, 1))
    straight = cosine < -0.999999
    corner = np.where(
        straight,
        np.inf,
        np.sqrt(acceleration * JUNCTION_DEVIATION_MM * half / np.where(straight, 1, 1 - half)),
    )
    corner[cosine > 0.999999] = 0
    joint = np.concatenate(([0.0], np.minimum(corner, np.minimum(s.speed[1:], s.speed[:-1])), [0.0])).tolist()
    gain = (2 * acceleration * s.length).tolist()
    for index in range(len(gain) - 1, -1, -1):
        joint[index] = min(joint[index], (joint[index + 1] ** 2 + gain[index]) ** 0.5)
    for index, more in enumerate(gain):
        joint[index + 1] = min(joint[index + 1], (joint[index] ** 2 + more) ** 0.5)
    speeds = np.array(joint)
    return speeds[:-1], speeds[1:]


def _seconds(s: _Stretches, entry: F64, leave: F64, acceleration: float) -> float:
    peak = np.minimum(s.speed, np.sqrt((2 * acceleration * s.length + entry**2 + leave**2) / 2))
    ramps = (2 * peak**2 - entry**2 - leave**2) / (2 * acceleration)
    cruise = np.maximum(s.length - ramps, 0) / peak
    return float(np.sum((2 * peak - entry - leave) / acceleration + cruise))


def _slowest_burn(
    s: _Stretches, entry: F64, leave: F64, length: F64, burning: NDArray[np.bool_], acceleration: float
) -> float:
    if not burning.any():
        return 0.0
    which = np.repeat(np.arange(len(s.first)), np.diff(np.append(s.first, len(length))))
    end = np.cumsum(length)
    offset = end - length - (np.cumsum(s.length) - s.length)[which]
    remaining = s.length[which] - offset - length
    # Within a stretch the speed rises, holds and falls: a move is slowest at one of its ends.
    begins = np.sqrt(entry[which] ** 2 + 2 * acceleration * np.maximum(offset, 0))
    ends = np.sqrt(leave[which] ** 2 + 2 * acceleration * np.maximum(remaining, 0))
    slowest = np.minimum(np.minimum(begins, ends), s.speed[which])
    return float(slowest[burning].min() * 60)


def _held_speed(length: F64, burning: NDArray[np.bool_], acceleration: float) -> float:
    """A head must be able to stop within the moves that are planned: v^2 = 2 a (length of the next 15 moves)."""
    if not burning.any():
        return 0.0
    way = np.concatenate(([0.0], np.cumsum(length)))
    ahead = way[np.minimum(np.arange(len(length)) + 1 + PLANNED_MOVES, len(length))] - way[1:]
    # The last moves of a job have the whole way to stop.
    ahead = ahead[: max(1, len(length) - PLANNED_MOVES)]
    burning = burning[: len(ahead)]
    if not burning.any():
        return float(np.sqrt(2 * acceleration * ahead.max()) * 60)
    return float(np.sqrt(2 * acceleration * np.percentile(ahead[burning], 1)) * 60)
