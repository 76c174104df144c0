"""The simulated burn, and the tones that come out of it."""

import math

import numpy as np
import pytest
import skimage.data

from bottega.errors import InvalidOption
from bottega.laser.burn import coverage, coverage_magnified
from bottega.laser.dither import dither
from bottega.laser.job import dithered
from bottega.laser.size import grid_for
from bottega.laser.tone import (
    dot_gain,
    fit_to_grid,
    luminance,
    raise_local_contrast,
    tone_error,
    visible_detail,
)


def one_dot(size: int = 9) -> np.ndarray:
    bits = np.zeros((size, size), bool)
    bits[size // 2, size // 2] = True
    return bits


@pytest.mark.parametrize("beam", [1.0, 1.33, 1.67, 2.0, 3.0])
def test_a_lone_dot_burns_a_disc_as_wide_as_the_beam(beam: float) -> None:
    assert math.isclose(float(coverage(one_dot(), beam).sum()), math.pi / 4 * beam**2, rel_tol=0.02)


def test_a_run_burns_a_line_with_round_ends() -> None:
    bits = np.zeros((9, 20), bool)
    bits[4, 5:15] = True
    assert math.isclose(float(coverage(bits, 1.5).sum()), 9 * 1.5 + math.pi / 4 * 1.5**2, rel_tol=0.02)


def test_a_beam_as_wide_as_the_pitch_burns_full_black() -> None:
    assert float(coverage(np.ones((6, 30), bool), 1.0)[1:-1, 1:-1].min()) == 1


def test_magnified_burn_has_the_same_area() -> None:
    bits = np.random.default_rng(3).random((20, 30)) < 0.3
    large = coverage_magnified(bits, 1.4, 4)
    assert large.shape == (80, 120)
    assert math.isclose(float(large.mean()), float(coverage(bits, 1.4).mean()), rel_tol=0.02)


@pytest.mark.parametrize("beam", [0.0, -1.0, 9.0, math.nan])
def test_beams_that_cannot_be_simulated_are_refused(beam: float) -> None:
    with pytest.raises(InvalidOption, match="beam"):
        coverage(one_dot(), beam)


def test_response_under_a_wide_beam_is_measured_darker_than_told() -> None:
    told, seen = dot_gain("floyd-steinberg", 1.67)
    assert np.all(np.diff(seen) >= 0)
    assert seen[-1] == 1
    assert np.interp(0.5, told, seen) < 0.25


@pytest.mark.parametrize("name", ["camera", "astronaut", "coffee"])
@pytest.mark.parametrize("method", ["jarvis", "floyd-steinberg", "stucki", "atkinson"])
def test_photographs_keep_their_tones_under_a_wide_beam(name: str, method: str) -> None:
    picture = luminance(getattr(skimage.data, name)())
    wanted = fit_to_grid(picture, grid_for(picture.shape[1], picture.shape[0], width_mm=50))
    plain = tone_error(coverage(dither(wanted, method), 1.67), wanted)
    corrected = tone_error(dithered(wanted, method, 1.67)[1], wanted)
    assert plain > 40
    assert corrected < 6


def test_local_contrast_leaves_even_areas_alone() -> None:
    even = np.full((60, 80), 0.37, np.float32)
    assert np.allclose(raise_local_contrast(even, 1.0), even, atol=1e-6)


def test_local_contrast_raises_detail() -> None:
    grey = luminance(skimage.data.camera())
    raised = raise_local_contrast(grey, 0.5)
    assert float(np.abs(np.diff(raised)).mean()) > 1.2 * float(np.abs(np.diff(grey)).mean())


def test_one_speck_is_no_visible_detail() -> None:
    assert visible_detail(coverage(one_dot(201), 1.5)) == 0


def test_white_and_primary_colours_have_their_luma() -> None:
    colours = np.array([[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert np.allclose(luminance(colours), [[1, 0.2558, 0.6511, 0.0931]], atol=1e-6)
