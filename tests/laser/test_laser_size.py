"""Physical sizes are exact, keep the picture's proportions, and refuse what makes no sense."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.laser.size import check_on_bed, grid_for, run_up_mm


@given(
    width=st.integers(20, 4000),
    shape=st.floats(0.25, 4),
    width_mm=st.floats(5, 200),
    interval=st.floats(0.1, 1),
)
def test_size_is_exact_and_proportions_are_kept(
    width: int, shape: float, width_mm: float, interval: float
) -> None:
    height = max(1, round(width * shape))
    grid = grid_for(width, height, width_mm=width_mm, interval_mm=interval)
    assert grid.width_mm == width_mm
    assert math.isclose(grid.height_mm, width_mm * height / width, rel_tol=1e-12)
    assert abs(grid.columns * interval - grid.width_mm) <= interval / 2 + 1e-9
    assert abs(grid.rows * interval - grid.height_mm) <= interval / 2 + 1e-9


def test_two_sides_are_a_box_that_the_picture_fits_into() -> None:
    grid = grid_for(400, 300, width_mm=80, height_mm=50)
    assert (round(grid.width_mm, 6), grid.height_mm) == (round(50 * 4 / 3, 6), 50)


def test_height_alone_decides_the_width() -> None:
    assert grid_for(200, 100, height_mm=30).width_mm == 60


def test_default_is_100_mm_wide() -> None:
    grid = grid_for(512, 512)
    assert (grid.columns, grid.rows, grid.width_mm) == (1000, 1000, 100)
    assert math.isclose(grid.dpi, 254)


@pytest.mark.parametrize("size", [0, -5, 0.5, 10_000, math.nan, math.inf])
def test_sizes_out_of_range_are_refused(size: float) -> None:
    with pytest.raises(InvalidOption, match="1 to 2000 mm"):
        grid_for(100, 100, width_mm=size)


@pytest.mark.parametrize("interval", [0, 0.01, 2, math.nan])
def test_intervals_out_of_range_are_refused(interval: float) -> None:
    with pytest.raises(InvalidOption, match="interval"):
        grid_for(100, 100, width_mm=50, interval_mm=interval)


def test_a_sliver_is_refused_by_its_other_side() -> None:
    with pytest.raises(InvalidOption, match=r"proportions the height is 0\.01 mm"):
        grid_for(10_000, 1, width_mm=100)


def test_too_many_dots_are_refused_with_the_interval_that_would_do() -> None:
    with pytest.raises(InvalidOption) as caught:
        grid_for(100, 100, width_mm=1000, interval_mm=0.1)
    assert "0.25 mm" in caught.value.hint


@pytest.mark.parametrize(
    ("speed", "acceleration", "way"), [(6000, 1000, 5.0), (3000, 1000, 1.25), (1000, 3000, 0.05)]
)
def test_run_up_is_v_squared_over_2a(speed: float, acceleration: float, way: float) -> None:
    assert run_up_mm(speed, acceleration) == way


def test_job_with_run_up_that_leaves_the_bed_is_refused() -> None:
    assert check_on_bed(390, 100, bed_width_mm=400, bed_height_mm=400, run_up=5) == (5, 0)
    with pytest.raises(InvalidOption, match="needs 401 mm"):
        check_on_bed(391, 100, bed_width_mm=400, bed_height_mm=400, run_up=5)


def test_job_higher_than_the_bed_is_refused() -> None:
    with pytest.raises(InvalidOption, match="up the bed"):
        check_on_bed(100, 401, bed_width_mm=400, bed_height_mm=400, run_up=5)


def test_a_place_too_far_left_is_refused_with_the_places_that_do() -> None:
    with pytest.raises(InvalidOption) as caught:
        check_on_bed(100, 100, bed_width_mm=400, bed_height_mm=400, run_up=5, x_mm=2)
    assert "between 5 and 295 mm" in caught.value.hint
