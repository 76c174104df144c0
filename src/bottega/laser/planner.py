"""How long a job takes on a machine with limited acceleration: GRBL's motion planner, computed from the moves.

Time is counted move by move as GRBL 1.1 plans: each axis limited by itself (a diagonal accelerates 1.4 times as
fast), corner speeds by junction deviation (`$11`), and a look-ahead of 15 moves, the running one among them, at the
end of which the head must be able to stand. How steadily the beam burns is told for a look-ahead without end, and
the speed that the real one can hold beside it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

JUNCTION_DEVIATION_MM = 0.01
"""GRBL 1.1 default of `$11`."""
PLANNED_MOVES = 15
"""Moves that GRBL's planner holds: a ring of 16 of which one stays empty."""


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
    stop: NDArray[np.bool_] | None = None
    """Where the head stands before the move: at a change of the power mode."""


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


def plan(
    moves: Moves, acceleration_mm_s2: float, rapid_mm_min: float, steps_per_mm: float | None = None
) -> Timing:
    """Time and burning speeds of the moves, from rest to rest.

    `steps_per_mm` (GRBL `$100`): the moves are rounded to whole motor steps first, as the controller does; it
    matters only for moves of a few steps.
    """
    if steps_per_mm:
        x0, y0, x1, y1 = (
            np.round(v * steps_per_mm) / steps_per_mm for v in (moves.x0, moves.y0, moves.x1, moves.y1)
        )
    else:
        x0, y0, x1, y1 = moves.x0, moves.y0, moves.x1, moves.y1
    dx, dy = x1 - x0, y1 - y0
    length = np.hypot(dx, dy)
    # Moves without way, and moves without a feed (a fault that the reader reports), take no time.
    real = (length > 0) & ((moves.feed > 0) | ~moves.cutting)
    if not real.any():
        return Timing(0.0, 0.0, 0.0, 0.0, 0.0)
    length, power = length[real], moves.power[real]
    ux, uy = dx[real] / length, dy[real] / length
    # Each axis has the rapid speed as its limit, whatever the feed.
    fastest = rapid_mm_min / np.maximum(np.abs(ux), np.abs(uy))
    speed = np.where(moves.cutting[real], moves.feed[real], fastest) / 60
    stands = np.zeros(len(length), np.bool_)
    if moves.stop is not None:
        # A stop before a move without way holds for the next one that has some.
        stands[
            np.searchsorted(np.flatnonzero(real), np.flatnonzero(moves.stop)).clip(max=len(length) - 1)
        ] = True
    stretches = _stretches(ux, uy, length, speed)
    entry, leave = _corner_speeds(stretches, acceleration_mm_s2)
    burning = power > 0
    return Timing(
        seconds=planned_seconds(ux, uy, length, np.minimum(speed, fastest / 60), stands, acceleration_mm_s2),
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


def planned_seconds(
    ux: F64, uy: F64, length: F64, speed: F64, stands: NDArray[np.bool_], acceleration_mm_s2: float
) -> float:
    """Time of moves with unit directions, lengths (mm) and wanted speeds (mm/s) under GRBL's look-ahead.

    `stands`: before which moves the head stops. What a move may begin with follows from the 14 moves that are known
    when the one before it runs; what it does begin with, from that and the speed reached.
    """
    acceleration = acceleration_mm_s2 / np.maximum(np.abs(ux), np.abs(uy))
    entry = np.zeros(len(length))
    if len(length) > 1:
        entry[1:] = _junctions(ux, uy, acceleration_mm_s2)
        entry[1:] = np.minimum(entry[1:], np.minimum(speed[1:], speed[:-1]) ** 2)
    entry[stands] = 0
    gain = 2 * acceleration * length
    known = PLANNED_MOVES - 1
    padded_entry = np.concatenate((entry, np.zeros(known)))
    padded_gain = np.concatenate((gain, np.zeros(known)))
    limit = np.zeros(len(length))
    for ahead in range(known - 1, -1, -1):
        end = ahead + len(length)
        limit = np.minimum(padded_entry[ahead:end], limit + padded_gain[ahead:end])
    limits = [*limit.tolist(), 0.0]
    for index, more in enumerate(gain.tolist()):
        reached = limits[index] + more
        if reached < limits[index + 1]:
            limits[index + 1] = reached
    squares = np.array(limits)
    begin, leave = squares[:-1], squares[1:]
    peak = np.minimum(speed**2, (gain + begin + leave) / 2)
    ramps = (2 * peak - begin - leave) / (2 * acceleration)
    top = np.sqrt(peak)
    cruise = np.maximum(length - ramps, 0) / top
    return float(np.sum((2 * top - np.sqrt(begin) - np.sqrt(leave)) / acceleration + cruise))


def _junctions(ux: F64, uy: F64, acceleration: float) -> F64:
    """The squares of the speeds at which the corners between moves are passed (Jeon's junction deviation)."""
    cosine = -(ux[1:] * ux[:-1] + uy[1:] * uy[:-1])
    jx, jy = ux[1:] - ux[:-1], uy[1:] - uy[:-1]
    norm = np.maximum(np.hypot(jx, jy), 1e-12)
    sideways = acceleration / np.maximum(np.maximum(np.abs(jx), np.abs(jy)) / norm, 1e-12)
    half = np.sqrt(np.clip(0.5 * (1 - cosine), 0, 1))
    square = sideways * JUNCTION_DEVIATION_MM * half / np.maximum(1 - half, 1e-12)
    return np.where(cosine > 0.999999, 0.0, np.where(cosine < -0.999999, np.inf, square))


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
