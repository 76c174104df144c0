"""Measures: each rises with its own fault, the same pixels give the same figures, likeness agrees with other implementations."""

import math
import time

import cv2
import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab
from spoilt_pictures import NAMES, blurred, hazy, jpeg, noisy, photograph, rounded, tinted

from bottega.enhance.measure import Grade, compare, measure, measure_clip
from bottega.enhance.measure.against import gmsd, ms_ssim
from bottega.enhance.measure.artefacts import banding, block_grid, blocking
from bottega.errors import InvalidOption
from bottega.imaging.colour_difference import ciede2000
from bottega.imaging.metrics import to_luma


@pytest.mark.parametrize("name", NAMES)
def test_noise_rises_with_noise(name: str) -> None:
    picture = photograph(name)
    found = [measure(noisy(picture, sigma)).noise for sigma in (2, 5, 10, 20)]
    assert found == sorted(found)
    assert found[-1] > 3 * found[0]


@pytest.mark.parametrize("name", NAMES)
def test_blur_rises_and_sharpness_falls_with_blur(name: str) -> None:
    picture = photograph(name)
    found = [measure(blurred(picture, sigma)) for sigma in (0.6, 1, 2, 4)]
    assert [each.blur for each in found] == sorted(each.blur for each in found)
    assert [each.sharpness for each in found] == sorted((each.sharpness for each in found), reverse=True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cut", [0, 3])
def test_blocking_rises_with_compression_also_of_crops(name: str, cut: int) -> None:
    picture = photograph(name)
    found = [measure(jpeg(picture, quality)[cut:, 2 * cut :]).blocking for quality in (95, 50, 25, 10)]
    assert found == sorted(found)
    assert found[0] < 0.6
    assert found[-1] > 1.5


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_that_was_no_jpeg_has_no_blocks(name: str) -> None:
    picture = photograph(name)
    assert measure(cv2.resize(picture, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)).blocking == 0


def test_the_grid_is_found_wherever_the_crop_begins() -> None:
    stored = jpeg(photograph("chelsea"), 40)
    for x, y in ((0, 0), (1, 6), (5, 3)):
        grid = block_grid(to_luma(stored[y:, x:]) * np.float32(255))
        assert (grid.x, grid.y) == ((-x) % 8, (-y) % 8)


def test_banding_rises_as_tones_are_taken_from_a_gradient() -> None:
    ramp = np.tile(np.linspace(20, 120, 600, dtype=np.float32), (200, 1))
    found = [banding(np.rint(ramp / step).astype(np.float32) * step) for step in (1, 2, 6, 10)]
    assert found[0] == 0
    assert found[1] > 0.9
    assert found == sorted(found)


def test_haze_rises_with_haze() -> None:
    for name in NAMES:
        found = [measure(hazy(photograph(name), share)).haze for share in (0.9, 0.6, 0.3)]
        assert found == sorted(found)


def test_a_coloured_light_is_seen_and_a_white_one_is_not() -> None:
    picture = photograph("astronaut")
    assert measure(picture).cast == 0
    assert measure(tinted(picture, (1, 0.85, 0.6))).cast > 12
    assert measure(tinted(picture, (0.7, 0.85, 1))).cast > 6


def test_grey_has_no_colour_and_pure_colours_have_much() -> None:
    grey = np.repeat(photograph("coffee")[..., 1:2], 3, axis=2)
    assert measure(grey).colourfulness == pytest.approx(0, abs=1e-9)
    assert measure(photograph("coffee")).colourfulness > 59


def test_clipping_is_told_apart_for_shadows_and_lights() -> None:
    picture = photograph("coffee").astype(float)
    dark, light = measure(rounded(picture - 60)), measure(rounded(picture + 60))
    assert dark.clipped_dark > 10 * dark.clipped_light
    assert light.clipped_light > 10 * light.clipped_dark


def test_grades_speak_plainly() -> None:
    clean, bad = measure(photograph("rocket")), measure(noisy(photograph("rocket"), 20))
    assert clean.grades()["noise"] == Grade.NONE
    assert bad.grades()["noise"] == Grade.STRONG


def test_the_same_pixels_give_the_same_figures() -> None:
    picture = photograph("coffee")
    assert measure(picture) == measure(picture.copy())


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_other_sample_types_measure_alike(dtype: type) -> None:
    picture = photograph("chelsea")
    deep = picture.astype(np.uint16) * 257 if dtype == np.uint16 else picture.astype(np.float32) / 255
    first, second = measure(picture), measure(deep)
    assert second.noise == pytest.approx(first.noise, abs=0.02)
    assert second.blur == pytest.approx(first.blur, abs=0.01)
    assert second.colourfulness == pytest.approx(first.colourfulness, rel=0.01)


def test_24_megapixels_are_measured_in_bounded_time() -> None:
    large = np.tile(photograph("astronaut"), (8, 12, 1))
    start = time.process_time()
    measure(large)
    assert time.process_time() - start < 5


def test_shapes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(InvalidOption):
        measure(np.zeros((8, 8), np.uint8))


# --- likeness --------------------------------------------------------------------------------------------------------


def test_equal_pictures_are_alike_in_every_measure() -> None:
    picture = photograph("astronaut")
    found = measure(picture, picture).likeness
    assert found is not None
    assert math.isinf(found.psnr)
    assert (found.ssim, found.ms_ssim) == (pytest.approx(1), pytest.approx(1))
    assert (found.gmsd, found.delta_e) == (pytest.approx(0, abs=1e-6), 0)
    assert found.as_dict()["psnr"] is None


@pytest.mark.parametrize("spoil", [noisy, lambda picture, amount: jpeg(picture, int(80 - amount * 3))])
def test_every_likeness_falls_as_the_fault_grows(spoil) -> None:
    picture = photograph("coffee")
    found = [compare(picture, spoil(picture, amount)) for amount in (2, 8, 20)]
    for name, down in (
        ("psnr", True),
        ("ssim", True),
        ("ms_ssim", True),
        ("gmsd", False),
        ("delta_e", False),
    ):
        values = [getattr(each, name) for each in found]
        assert values == sorted(values, reverse=down), name


def test_ciede2000_is_the_published_one() -> None:
    # Sharma, Wu & Dalal (2005), table 1: pairs 1, 4, 7, 13, 17, 25.
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, -0.001, 2.49), (50, 0.0009, -2.49), 4.8045),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for first, second, wanted in pairs:
        assert float(ciede2000(np.array(first), np.array(second))) == pytest.approx(wanted, abs=1e-4)


def test_ciede2000_agrees_with_scikit_image_on_photographs() -> None:
    first, second = rgb2lab(photograph("coffee")), rgb2lab(noisy(photograph("coffee"), 15))
    assert np.abs(ciede2000(first, second) - deltaE_ciede2000(first, second)).max() < 1e-6


def test_ms_ssim_forgives_noise_more_than_ssim_and_refuses_small_pictures() -> None:
    picture, spoilt = photograph("astronaut"), noisy(photograph("astronaut"), 20)
    assert ms_ssim(picture, spoilt) > compare(picture, spoilt).ssim
    with pytest.raises(InvalidOption):
        ms_ssim(picture[:100], spoilt[:100])


def test_gmsd_does_not_see_an_even_shift_of_light() -> None:
    picture = rounded(photograph("chelsea") * 0.8)
    assert gmsd(picture, picture + np.uint8(20)) == pytest.approx(0, abs=1e-4)


def test_pictures_of_different_sizes_are_not_compared() -> None:
    with pytest.raises(InvalidOption):
        compare(photograph("chelsea"), photograph("coffee"))


# --- clips -----------------------------------------------------------------------------------------------------------


def pan(frames: int, *, step: int = 4) -> list[np.ndarray]:
    picture = photograph("coffee")
    return [np.ascontiguousarray(picture[:, step * index : step * index + 360]) for index in range(frames)]


def test_an_even_pan_neither_flickers_nor_judders() -> None:
    found = measure_clip(pan(24))
    assert found.flicker < 0.2
    assert found.duplicates == 0
    assert found.judder < 0.15


def test_flicker_is_measured_in_levels() -> None:
    frames = [rounded(frame * (1.04 if index % 2 else 1.0)) for index, frame in enumerate(pan(24))]
    assert measure_clip(frames).flicker > 2


def test_repeated_frames_are_counted_and_judder() -> None:
    twos = [frame for frame in pan(12, step=8) for _ in range(2)]
    found = measure_clip(twos)
    assert found.duplicates == pytest.approx(12 / 23)
    assert found.judder > 0.8


def test_a_change_of_scene_is_no_flicker() -> None:
    dark = [rounded(frame * 0.2) for frame in pan(10)]
    assert measure_clip([*pan(10), *dark]).flicker < 0.3


def test_two_frames_are_no_clip() -> None:
    with pytest.raises(InvalidOption):
        measure_clip(pan(2))


def test_blocking_of_a_flat_picture_is_none() -> None:
    assert blocking(np.full((64, 64), 100, np.float32)) == 0
