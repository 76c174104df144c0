"""A whole engraving job: figures of the report, files that agree with each other, inputs that make no sense."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from PIL import Image

from bottega.errors import InvalidOption
from bottega.laser.gcode_check import Machining, burnt_dots, check_gcode
from bottega.laser.job import EngraveJob, EngraveSettings, engrave
from bottega.laser.tone import fit_to_grid, luminance

SMALL = EngraveSettings(width_mm=30)


@pytest.fixture(scope="module")
def camera() -> EngraveJob:
    return engrave(skimage.data.camera(), SMALL)


def test_report_of_a_photograph(camera: EngraveJob) -> None:
    report = camera.report
    assert (report["width_mm"], report["height_mm"], report["pixels"]) == (30, 30, [300, 300])
    assert report["gcode_errors"] == 0
    assert report["constant_speed"]
    assert report["tone_error"] < 6
    assert report["detail"] > 0.3
    assert report["gcode_bytes"] == len(camera.gcode)
    assert report["seconds_estimated"] > 0


def test_gcode_and_png_hold_the_same_dots(camera: EngraveJob) -> None:
    with Image.open(io.BytesIO(camera.dots_png)) as png:
        assert png.mode == "1"
        assert png.info["dpi"] == pytest.approx((254, 254), rel=1e-4)
        assert np.array_equal(~np.asarray(png), camera.dots)
    burnt = burnt_dots(check_gcode(camera.gcode, Machining()), camera.grid, *camera.report["origin_mm"])
    assert np.array_equal(burnt, camera.dots)


def test_preview_is_the_material_burnt_where_the_dots_are(camera: EngraveJob) -> None:
    scale = camera.preview.shape[1] // camera.grid.columns
    assert camera.preview_dpi == pytest.approx(254 * scale)
    middle = camera.preview[scale // 2 :: scale, scale // 2 :: scale].astype(float).mean(axis=2)
    assert middle[camera.dots].mean() < 60
    assert middle[~camera.dots].mean() > 100


def test_the_same_picture_gives_the_same_job(camera: EngraveJob) -> None:
    again = engrave(skimage.data.camera(), SMALL)
    assert again.gcode == camera.gcode
    assert np.array_equal(again.preview, camera.preview)


def test_materials_that_burn_lighter_burn_the_light_parts(camera: EngraveJob) -> None:
    slate = engrave(skimage.data.camera(), replace(SMALL, material="slate"))
    assert slate.report["inverted"]
    grey = fit_to_grid(luminance(skimage.data.camera()), camera.grid)
    assert grey[slate.dots].mean() > grey.mean() > grey[camera.dots].mean()
    assert slate.report["tone_error"] < 6


def test_transparent_parts_stay_blank() -> None:
    alpha = np.zeros((100, 100), np.float32)
    alpha[30:70, 30:70] = 1
    job = engrave(np.zeros((100, 100, 3), np.uint8), replace(SMALL, interval_mm=0.3), alpha=alpha)
    assert job.dots[40:60, 40:60].all()
    assert not job.dots[:20].any()
    assert job.report["outline"] == "silhouette"


def test_an_interval_far_below_the_beam_is_warned_of() -> None:
    job = engrave(skimage.data.camera(), replace(SMALL, width_mm=10, interval_mm=0.06))
    assert any("coarser interval" in warning for warning in job.report["warnings"])


def test_speeds_that_the_planner_cannot_hold_are_warned_of() -> None:
    job = engrave(skimage.data.camera(), replace(SMALL, speed_mm_min=10_000))
    assert any("15 moves" in warning for warning in job.report["warnings"])


@pytest.mark.parametrize("value", [0, 128, 255])
def test_one_even_tone_is_refused(value: int) -> None:
    with pytest.raises(InvalidOption, match="one even tone"):
        engrave(np.full((50, 50), value, np.uint8), SMALL)


def test_a_single_pixel_is_refused() -> None:
    with pytest.raises(InvalidOption, match="one even tone"):
        engrave(np.zeros((1, 1, 3), np.uint8), SMALL)


@pytest.mark.parametrize(
    "change",
    [
        {"power_percent": math.nan},
        {"speed_mm_min": 0},
        {"speed_mm_min": 50_000},
        {"width_mm": 0},
        {"width_mm": 10_000},
        {"bed_width_mm": 20},
        {"beam_mm": math.nan},
        {"beam_mm": 2.0, "interval_mm": 0.05},
        {"contrast": 2.0},
        {"dither": "none"},
        {"material": "vinyl"},
        {"material": "acrylic-cast", "machine": "diode-20w"},
    ],
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidOption):
        engrave(skimage.data.camera(), replace(SMALL, **change))
