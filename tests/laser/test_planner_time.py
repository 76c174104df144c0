"""Time of a job: the planner's arithmetic against a slow, literal one, block by block."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.laser.gcode_check import Machining, check_gcode
from bottega.laser.planner import Moves, plan

ACCELERATION, RAPID = 500.0, 6000.0


def moves(points: list[tuple[float, float]], feed: float, rapid_first: bool = True) -> Moves:
    x, y = np.array([(0.0, 0.0), *points]).T
    n = len(points)
    cutting = np.ones(n, bool)
    cutting[0] = not rapid_first
    return Moves(
        np.arange(n), x[:-1], y[:-1], x[1:], y[1:], np.full(n, feed), np.where(cutting, 100.0, 0), cutting
    )


def literal_seconds(job: Moves, blocks_known: int = 15) -> float:
    """Every time a block starts, the plan of all known ones is made anew: backwards from rest, then forwards."""
    blocks = []
    previous = None
    for x0, y0, x1, y1, feed, cutting in zip(
        job.x0, job.y0, job.x1, job.y1, job.feed, job.cutting, strict=True
    ):
        mm = math.hypot(x1 - x0, y1 - y0)
        if mm == 0:
            continue
        unit = ((x1 - x0) / mm, (y1 - y0) / mm)
        limit = min(1 / abs(u) for u in unit if u)
        nominal = min(feed, RAPID * limit) / 60 if cutting else RAPID * limit / 60
        if previous is None:
            entry = 0.0
        else:
            cosine = -(unit[0] * previous[0][0] + unit[1] * previous[0][1])
            if cosine > 0.999999:
                corner = 0.0
            elif cosine < -0.999999:
                corner = math.inf
            else:
                change = (unit[0] - previous[0][0], unit[1] - previous[0][1])
                size = math.hypot(*change)
                sideways = min(ACCELERATION * size / abs(c) for c in change if c)
                half = math.sqrt(0.5 * (1 - cosine))
                corner = sideways * 0.01 * half / (1 - half)
            entry = min(corner, nominal**2, previous[1] ** 2)
        blocks.append((mm, ACCELERATION * limit, nominal, entry))
        previous = (unit, nominal)
    seconds, speed2 = 0.0, 0.0
    for index, (mm, acceleration, nominal, _) in enumerate(blocks):
        exit2 = 0.0
        for later in reversed(blocks[index + 1 : index + blocks_known]):
            exit2 = min(later[3], exit2 + 2 * later[1] * later[0])
        exit2 = min(exit2, speed2 + 2 * acceleration * mm)
        peak2 = min(nominal**2, (2 * acceleration * mm + speed2 + exit2) / 2)
        peak = math.sqrt(peak2)
        ramps = (2 * peak2 - speed2 - exit2) / (2 * acceleration)
        seconds += (2 * peak - math.sqrt(speed2) - math.sqrt(exit2)) / acceleration + max(
            mm - ramps, 0
        ) / peak
        speed2 = exit2
    return seconds


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 80),
    size=st.floats(0.05, 40),
    feed=st.floats(100, 9000),
)
def test_time_is_that_of_the_literal_planner(seed: int, count: int, size: float, feed: float) -> None:
    rng = np.random.default_rng(seed)
    points = [tuple(p) for p in np.cumsum(rng.normal(0, size, (count, 2)), axis=0).tolist()]
    job = moves(points, feed)
    assert plan(job, ACCELERATION, RAPID).seconds == pytest.approx(literal_seconds(job), rel=1e-6)


def test_a_circle_of_short_moves_is_held_back_by_the_look_ahead() -> None:
    """0.05 mm moves at 100 mm/s: within 14 of them, 0.7 mm, the head must be able to stop."""
    angle = np.arange(0, 2 * np.pi, 0.05 / 20)
    ring = [tuple(p) for p in np.column_stack((30 + 20 * np.cos(angle), 30 + 20 * np.sin(angle))).tolist()]
    seconds = plan(moves(ring, 6000), ACCELERATION, RAPID).seconds
    way = 2 * math.pi * 20
    assert seconds > way / math.sqrt(2 * math.sqrt(2) * ACCELERATION * 0.7)
    assert seconds > 1.5 * way / 100


def test_a_diagonal_accelerates_on_both_axes() -> None:
    straight = plan(moves([(10, 0)], 60_000), ACCELERATION, 60_000).seconds
    diagonal = plan(moves([(10, 10)], 60_000), ACCELERATION, 60_000).seconds
    assert diagonal == pytest.approx(straight)


def test_a_change_of_power_mode_stops_the_head() -> None:
    lines = [
        "G21",
        "G90",
        "M4S0",
        "G0X0Y1S0",
        "G1X50S100F3000",
        "M3S0",
        "G1X100S100",
        "M5",
        "G0X0Y0S0",
        "M2",
        "",
    ]
    machining = Machining(power_modes=2)
    stopped = check_gcode("\n".join(lines).replace("M3S0", "S0\nM3"), machining)
    going = check_gcode("\n".join(line for line in lines if line != "M3S0"), machining)
    assert stopped.errors == ()
    assert stopped.timing.seconds - going.timing.seconds == pytest.approx(50 / 1000, rel=0.05)


def test_whole_motor_steps_change_hardly_anything_on_long_moves() -> None:
    points = [(10.0, 3.0), (40.0, 20.0), (12.0, 60.0)]
    exact = plan(moves(points, 3000), ACCELERATION, RAPID).seconds
    assert plan(moves(points, 3000), ACCELERATION, RAPID, steps_per_mm=80).seconds == pytest.approx(
        exact, rel=1e-3
    )


def test_a_million_moves_are_timed_in_seconds() -> None:
    import time

    rng = np.random.default_rng(2)
    x, y = np.cumsum(rng.normal(0, 0.1, (2, 1_000_001)), axis=1)
    n = 1_000_000
    job = Moves(
        np.arange(n), x[:-1], y[:-1], x[1:], y[1:], np.full(n, 3000.0), np.full(n, 1.0), np.ones(n, bool)
    )
    start = time.process_time()
    assert plan(job, ACCELERATION, RAPID).seconds > 0
    assert time.process_time() - start < 6
