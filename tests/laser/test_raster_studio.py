"""The raster side beyond single dots: refined tones, grey by power, scanning ways, energy, the drawn toolpath."""

from dataclasses import replace

import numpy as np
import pytest
import skimage.data

from bottega.laser.burn import coverage, coverage_of_round_dots
from bottega.laser.dither import KERNELS, Screen, diffuse_compiled, diffuse_error, dither, has_numba
from bottega.laser.gcode import RasterSettings, raster_gcode
from bottega.laser.gcode_check import Machining, burnt_dots, check_gcode
from bottega.laser.job import EngraveSettings, dithered, engrave
from bottega.laser.size import Grid, grid_for
from bottega.laser.studio_preview import (
    MOST_MOVES,
    PREVIEW_SIDE,
    energy_picture,
    moves_picture,
    moves_values,
)
from bottega.laser.tone import fit_to_grid, for_material, luminance, tone_error

needs_numba = pytest.mark.skipif(not has_numba(), reason="the compiled search is part of the extra `laser`")
SMALL = EngraveSettings(width_mm=25)


@needs_numba
@pytest.mark.parametrize("beam", [1.0, 1.33, 1.67, 2.0])
@pytest.mark.parametrize("name", ["camera", "coffee"])
def test_tones_are_right_at_every_beam(name: str, beam: float) -> None:
    picture = luminance(getattr(skimage.data, name)())
    wanted = fit_to_grid(picture, grid_for(picture.shape[1], picture.shape[0], width_mm=50))
    dots, burnt = dithered(wanted, "jarvis", beam)
    assert tone_error(burnt, wanted) <= 4
    if beam > 1.1:  # separate round dots of a narrow beam leave a fifth of full black bare
        assert tone_error(coverage_of_round_dots(dots, beam), wanted) <= 4


@needs_numba
@pytest.mark.parametrize("name", KERNELS)
def test_compiled_error_diffusion_is_that_of_the_fronts(name: str) -> None:
    grey = np.random.default_rng(5).random((40, 57), dtype=np.float32)
    compiled = diffuse_compiled(grey, KERNELS[name], serpentine=False)
    assert (compiled == diffuse_error(grey, KERNELS[name])).mean() > 0.999


@pytest.mark.parametrize("method", ["halftone", "lines", "blue-noise"])
@pytest.mark.parametrize("level", [0.1, 0.35, 0.5, 0.9])
def test_screens_burn_the_share_they_are_told(method: str, level: float) -> None:
    grey = np.full((512, 512), level, np.float32)
    assert abs(float(dither(grey, method, Screen(8, 30)).mean()) - (1 - level)) < 0.015


def test_grey_mode_writes_powers_that_eight_bits_can_tell_apart() -> None:
    job = engrave(skimage.data.camera(), replace(SMALL, dither="grey", power_percent=80))
    assert job.powers is not None
    assert job.checked is not None
    assert job.report["gcode_errors"] == 0
    assert job.powers.max() == job.checked.burns[:, 4].max()
    assert len(np.unique(job.powers)) == 17
    assert job.report["tone_error"] < 4


def test_a_line_too_slow_for_the_job_slows_it_down_at_the_same_energy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bottega.laser.job.SERIAL_SHARE", 0.1)  # a line of 11,520 baud
    job = engrave(skimage.data.camera(), replace(SMALL, dither="grey", speed_mm_min=6000, power_percent=60))
    assert job.report["bytes_per_second"] <= 1152
    assert any("serial line" in warning for warning in job.report["warnings"])
    assert job.report["power"] / job.report["speed"] == pytest.approx(60 / 6000)


def test_one_way_scanning_and_offset() -> None:
    bits = np.random.default_rng(2).random((6, 40)) < 0.5
    grid = Grid(40, 6, 4, 0.6)
    one_way = check_gcode(
        raster_gcode(bits, grid, RasterSettings(3000, 50, bidirectional=False)), Machining()
    )
    assert one_way.error_count == 0
    assert (one_way.burns[:, 2] > one_way.burns[:, 0]).all()
    moved = check_gcode(raster_gcode(bits, grid, RasterSettings(3000, 50, scan_offset_mm=0.1)), Machining())
    straight = check_gcode(raster_gcode(bits, grid, RasterSettings(3000, 50)), Machining())
    leftwards = straight.burns[:, 2] < straight.burns[:, 0]
    shift = moved.burns[:, 0] - straight.burns[:, 0]
    assert np.allclose(shift, np.where(leftwards, 0.1, 0), atol=1e-9)


def test_energy_is_power_times_time_and_flags_what_is_burnt_again_and_again() -> None:
    job = engrave(skimage.data.camera(), replace(SMALL, power_percent=40, speed_mm_min=2000))
    assert job.energy is not None
    assert job.checked is not None
    seconds = job.checked.timing.burn_mm / (2000 / 60)
    assert job.report["energy"]["joules"] == pytest.approx(10 * 0.4 * seconds, rel=0.01)
    assert job.report["energy"]["hot_cells"] == 0


def test_material_response_is_undone() -> None:
    response = ((0.0, 0.2), (0.5, 0.6), (1.0, 1.0))
    grey = np.linspace(0.2, 1, 9, dtype=np.float32).reshape(3, 3)
    asked = for_material(grey, response)
    assert np.allclose(np.interp(asked, (0, 0.5, 1), (0.2, 0.6, 1)), grey, atol=1e-6)


def test_toolpath_holds_every_burn_and_travel() -> None:
    job = engrave(skimage.data.camera(), replace(SMALL, width_mm=8))
    assert job.checked is not None
    moves = job.checked.moves
    sheet = (job.grid.width_mm, job.grid.height_mm)
    data = moves_values(moves, *sheet, tuple(job.report["origin_mm"]))
    assert data["kept_every"] == 1
    assert len(data["paths"]) == data["burns_in_all"] == len(job.checked.burns)
    ends = np.array([path["points"] for path in data["paths"]])
    burnt = np.abs(ends[:, 1] - ends[:, 0]).sum()
    assert burnt == pytest.approx(job.checked.timing.burn_mm, rel=0.01)
    assert ((ends > -1e-3) & (ends < np.array(sheet) + 1e-3)).all()
    outside = np.array(data["travels"])[:, 0]
    assert outside.min() < 0  # the run-up lies beside the sheet


def test_a_long_way_is_thinned_by_rows() -> None:
    job = engrave(skimage.data.camera(), replace(SMALL, width_mm=40))
    assert job.checked is not None
    data = moves_values(job.checked.moves, 40, 40, tuple(job.report["origin_mm"]))
    assert data["kept_every"] > 1
    assert 0.5 * MOST_MOVES < len(data["paths"]) + len(data["travels"]) < 1.5 * MOST_MOVES
    assert data["burns_in_all"] == len(job.checked.burns)


def test_the_drawn_way_shows_the_burn_and_the_run_up() -> None:
    job = engrave(skimage.data.camera(), replace(SMALL, width_mm=10))
    assert job.checked is not None
    picture, dpi = moves_picture(job.checked.moves, 10, 10, tuple(job.report["origin_mm"]))
    assert max(picture.shape) <= PREVIEW_SIDE + 1
    assert picture.shape[1] / dpi * 25.4 > 10
    assert (picture.max(axis=2) < 120).mean() > 0.02
    dots = burnt_dots(job.checked, job.grid, *job.report["origin_mm"])
    assert float(coverage(dots, 1.5).mean()) > 0


def test_the_energy_is_drawn_darker_where_more_of_it_goes() -> None:
    black_left = np.full((100, 100), 255, np.uint8)
    black_left[:, :40] = 0
    black_left[:, 60:] = 200
    job = engrave(black_left, SMALL)
    assert job.energy is not None
    picture, dpi = energy_picture(job.energy)
    third = picture.shape[1] // 3
    assert picture[:, third // 4 : third].mean() < 0.6 * picture[:, -third : -third // 4].mean()
    assert picture.shape[1] / dpi * 25.4 == pytest.approx(25 + 2 * job.report["beam_mm"], abs=0.5)
