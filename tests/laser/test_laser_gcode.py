"""G-code: what the emitter writes, an independent reader accepts, and re-reads to the same dots."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.laser.dither import Bits, dither
from bottega.laser.gcode import RasterSettings, placement, raster_gcode
from bottega.laser.gcode_check import GcodeReport, Machining, burnt_dots, check_gcode
from bottega.laser.size import Grid, grid_for
from bottega.laser.tone import fit_to_grid, luminance

GOLDEN = Path(__file__).parents[1] / "golden" / "laser"
FAST = RasterSettings(speed_mm_min=6000, power_percent=50)


def arrow() -> Bits:
    return np.array([[0, 0, 0, 1, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [0, 0, 0, 1, 0]], bool)


def checked(bits: Bits, grid: Grid, how: RasterSettings) -> GcodeReport:
    machining = Machining(
        how.bed_width_mm, how.bed_height_mm, how.max_power_s, how.acceleration_mm_s2, rapid_mm_min=10_000
    )
    return check_gcode(raster_gcode(bits, grid, how), machining)


def test_a_small_job_is_written_as_expected() -> None:
    text = raster_gcode(arrow(), Grid(5, 4, 5, 4), replace(FAST, speed_mm_min=1200))
    assert text == (GOLDEN / "arrow.gcode").read_text(encoding="ascii")


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 12),
    columns=st.integers(1, 25),
    seed=st.integers(0, 2**32 - 1),
    density=st.floats(0, 1),
    interval=st.floats(0.05, 1),
    speed=st.floats(1, 20_000),
    power=st.floats(0.5, 100),
    acceleration=st.floats(300, 5000),
    passes=st.integers(1, 3),
)
def test_every_job_passes_the_check_and_burns_exactly_its_dots(
    rows: int,
    columns: int,
    seed: int,
    density: float,
    interval: float,
    speed: float,
    power: float,
    acceleration: float,
    passes: int,
) -> None:
    bits = np.random.default_rng(seed).random((rows, columns)) < density
    bits[rows // 2, columns // 2] = True
    grid = Grid(columns, rows, columns * interval, rows * interval)
    how = RasterSettings(
        speed, power, passes, acceleration_mm_s2=acceleration, bed_width_mm=1000, bed_height_mm=50
    )
    report = checked(bits, grid, how)
    assert report.errors == ()
    assert report.error_count == 0
    assert report.power_mode_words == 1
    assert report.longest_line <= 79
    assert report.constant_speed
    assert np.array_equal(burnt_dots(report, grid, *placement(grid, how)), bits)
    assert set(report.burns[:, 4]) == {how.power_s}


@pytest.fixture(scope="module")
def camera_job() -> tuple[Bits, Grid, GcodeReport]:
    grid = grid_for(512, 512, width_mm=50)
    bits = dither(fit_to_grid(luminance(skimage.data.camera()), grid), "floyd-steinberg")
    return bits, grid, checked(bits, grid, FAST)


def test_photograph_stays_within_the_reference_size(camera_job: tuple[Bits, Grid, GcodeReport]) -> None:
    assert camera_job[2].size_bytes <= 1_100_000


def test_photograph_burns_at_constant_speed(camera_job: tuple[Bits, Grid, GcodeReport]) -> None:
    assert camera_job[2].burn_feeds_mm_min == (6000.0,)
    assert camera_job[2].timing.slowest_burn_mm_min >= 5999


def test_photograph_comes_back_dot_for_dot(camera_job: tuple[Bits, Grid, GcodeReport]) -> None:
    bits, grid, report = camera_job
    assert np.array_equal(burnt_dots(report, grid, *placement(grid, FAST)), bits)


def test_time_accounts_for_acceleration() -> None:
    """One row of 100 mm at 100 mm/s: to the start by a rapid, run-up 5 mm, 100 mm, run-out 5 mm, home."""
    grid = Grid(1000, 1, 100, 0.1)
    report = checked(np.ones((1, 1000), bool), grid, FAST)
    # 110 mm from rest to rest at 100 mm/s and 1000 mm/s^2: 110 / 100 + 100 / 1000 s.
    home = 110 / (10_000 / 60) + (10_000 / 60) / 1000
    to_start = 2 * math.sqrt(0.05 / 1000)
    assert report.timing.seconds == pytest.approx(1.2 + home + to_start, abs=0.01)


def test_blank_lines_and_margins_cost_nothing() -> None:
    bits = np.zeros((200, 200), bool)
    bits[100, 90:95] = True
    report = checked(bits, Grid(200, 200, 20, 20), FAST)
    assert report.lines < 20
    assert report.timing.travel_mm < 70


@pytest.mark.parametrize(
    "change",
    [
        {"speed_mm_min": 0},
        {"speed_mm_min": math.nan},
        {"speed_mm_min": -100},
        {"power_percent": 0},
        {"power_percent": 101},
        {"power_percent": math.nan},
        {"power_percent": 0.1, "max_power_s": 255},
        {"passes": 0},
        {"acceleration_mm_s2": 0},
        {"acceleration_mm_s2": math.inf},
        {"bed_width_mm": math.nan},
        {"bed_width_mm": 10},
        {"bed_height_mm": 3},
        {"x_mm": 1.0},
        {"y_mm": 398.0},
    ],
)
def test_jobs_that_make_no_sense_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidOption):
        raster_gcode(arrow(), Grid(5, 4, 5, 4), replace(FAST, **change))


def test_a_blank_picture_is_refused() -> None:
    with pytest.raises(InvalidOption, match="nothing to burn"):
        raster_gcode(np.zeros((4, 5), bool), Grid(5, 4, 5, 4), FAST)


GOOD = "G21\nG90\nM4S0\nG1F600\nG0X1Y1\nG1X2S0\nX3S500\nX4S0\nM5\nG0X0Y0S0\nM2\n"


def test_the_reader_accepts_a_good_program() -> None:
    assert check_gcode(GOOD, Machining()).errors == ()


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("X3S500", "X3S1500", "S1500"),
        ("X3S500", "X900S500", "off the bed"),
        ("G0X1Y1", "G0X-1Y1", "off the bed"),
        ("X3S500", "X3S500 " + "(" + "x" * 90 + ")", "error:11"),
        ("X3S500", "X3X3S500", "error:25"),
        ("X3S500", "G0G1X3S500", "error:21"),
        ("X3S500", "G2X3Y1I1J0S500", "G2 is not a word"),
        ("X3S500", "Xnan", "cannot be read"),
        ("X3S500", "M3S500\nX3", "power mode changes"),
        ("M4S0", "M4S500", "armed with power"),
        ("M4S0\n", "", "never armed"),
        ("G1F600\n", "", "error:22"),
        ("G21\n", "", "before G21"),
        ("M5\n", "", "beam on"),
        ("M2\n", "", "no end"),
        ("M2\n", "M2\nX1\n", "follows the end"),
        ("X4S0\nM5\nG0X0Y0S0", "X4\nM5\nG0X0Y0", "power is still set"),
        ("\n", "\r\n", "LF"),
        ("G21", "G21 ; é", "ASCII"),
    ],
)
def test_the_reader_finds_every_kind_of_fault(was: str, becomes: str, complaint: str) -> None:
    assert was in GOOD
    errors = check_gcode(GOOD.replace(was, becomes), Machining()).errors
    assert any(complaint in error for error in errors), errors


def test_without_run_up_the_reader_sees_the_speed_drop() -> None:
    assert check_gcode(GOOD, Machining()).constant_speed
    assert not check_gcode(GOOD.replace("F600", "F6000"), Machining()).constant_speed
