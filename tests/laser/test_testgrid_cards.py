"""Test cards: cells with their settings, and G-code that the strict checker accepts."""

import pytest

from bottega.errors import InvalidOption
from bottega.laser.gcode_check import Machining, check_gcode
from bottega.laser.materials import find_machine, find_material, find_preset
from bottega.laser.testgrid import (
    TestGrid,
    focus_strip,
    grid_gcode,
    interval_grid,
    kerf_comb,
    passes_grid,
    power_speed_grid,
)


@pytest.mark.parametrize(
    "grid",
    [
        power_speed_grid([10, 50, 100], [1000, 3000], cell_mm=4),
        interval_grid([0.08, 0.1, 0.2], 40, 3000),
        passes_grid([1, 2], [30, 60], 2000),
    ],
)
def test_a_card_is_burnt_without_a_fault_and_with_each_power(grid: TestGrid) -> None:
    report = check_gcode(grid_gcode(grid), Machining())
    assert report.error_count == 0, report.errors
    assert {float(c.burn.power_percent * 10) for row in grid.rows for c in row} <= set(
        report.burns[:, 4].tolist()
    )
    assert {raster.layer for raster in grid.drawing.rasters} <= set(grid.settings)


def test_a_card_that_does_not_fit_the_bed_is_refused() -> None:
    with pytest.raises(InvalidOption, match="bed"):
        grid_gcode(power_speed_grid([10, 20], [1000]), bed_width_mm=30)


def test_powers_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InvalidOption):
        power_speed_grid([float("nan")], [1000])
    with pytest.raises(InvalidOption):
        power_speed_grid([10], [0])


def test_comb_and_strip_have_their_lines() -> None:
    assert sum(p.layer == "" for p in kerf_comb(100, 20, 10).paths) == 10
    assert sum(p.layer.startswith("Focus") for p in focus_strip([-2, 0, 2]).paths) == 3


def test_figures_for_cutting_carry_a_kerf_and_glass_cannot_be_cut() -> None:
    machine = find_machine("co2-60w")
    assert find_preset(find_material("plywood-3mm"), machine, "cut").kerf_mm
    with pytest.raises(InvalidOption, match="cannot cut"):
        find_preset(find_material("glass"), machine, "cut")
    with pytest.raises(InvalidOption, match="pass through"):
        find_preset(find_material("acrylic"), find_machine("diode-10w"), "cut")
