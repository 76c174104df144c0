"""Light and colour: what each adjustment does to tones, and what it leaves alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from bottega.imaging.adjust import (
    MID_GREY,
    Adjustments,
    adjust,
    change_contrast,
    change_exposure,
    change_saturation,
    change_white_balance,
    daylight,
)
from bottega.imaging.colour import luma, rgb_to_lab, srgb_to_linear


def greys(count: int = 64) -> np.ndarray:
    ramp = np.linspace(0, 1, count, dtype=np.float32)
    return np.repeat(ramp[None, :, None], 3, axis=2)


def colours(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).random((40, 40, 3), dtype=np.float32)


def test_one_stop_doubles_the_linear_light_of_mid_tones() -> None:
    mid = np.full((4, 4, 3), MID_GREY, np.float32)
    assert np.allclose(srgb_to_linear(change_exposure(mid, 1.0)), 0.36, atol=1e-3)


def test_one_stop_down_halves_all_linear_light() -> None:
    picture = colours()
    assert np.allclose(srgb_to_linear(change_exposure(picture, -1.0)), srgb_to_linear(picture) / 2, atol=1e-4)


@pytest.mark.parametrize("stops", [0.5, 1.0, 2.0, 3.0])
def test_raised_exposure_keeps_highlights_apart(stops: float) -> None:
    bright = change_exposure(greys(), stops)[0, :, 0]
    assert (np.diff(bright) > 0).all()
    assert bright[-1] == pytest.approx(1.0, abs=1e-5)


def test_contrast_leaves_mid_grey_black_and_white() -> None:
    fixed = np.array([[[0.0] * 3, [MID_GREY] * 3, [1.0] * 3]], np.float32)
    assert np.allclose(change_contrast(fixed, 0.6), fixed, atol=1e-6)


@pytest.mark.parametrize(("amount", "wider"), [(0.5, True), (-0.5, False)])
def test_contrast_spreads_or_narrows_the_tones(amount: float, wider: bool) -> None:
    picture = data.camera()[::4, ::4, None].repeat(3, axis=2).astype(np.float32) / 255
    assert bool(change_contrast(picture, amount).std() > picture.std()) is wider


@given(st.floats(0.05, 1.0))
def test_warmer_raises_b_and_cooler_lowers_it(amount: float) -> None:
    mid = np.full((2, 2, 3), 0.5, np.float32)
    base = rgb_to_lab(mid)[..., 2].mean()
    assert rgb_to_lab(change_white_balance(mid, amount))[..., 2].mean() > base
    assert rgb_to_lab(change_white_balance(mid, -amount))[..., 2].mean() < base


@pytest.mark.parametrize("temperature", [-1.0, -0.4, 0.4, 1.0])
def test_white_balance_keeps_the_luminance_of_neutrals(temperature: float) -> None:
    before, after = (luma(srgb_to_linear(p)) for p in (greys(), change_white_balance(greys(), temperature)))
    assert np.allclose(after, before, atol=2e-3)


def test_tint_turns_neutrals_magenta_or_green() -> None:
    mid = np.full((2, 2, 3), 0.5, np.float32)
    assert rgb_to_lab(change_white_balance(mid, 0.0, 1.0))[..., 1].mean() > 3
    assert rgb_to_lab(change_white_balance(mid, 0.0, -1.0))[..., 1].mean() < -3


def test_the_daylight_locus_meets_its_published_point() -> None:
    # CIE 15:2004, table T.3: D55 has a correlated colour temperature of 5503 K and x = 0.3325, y = 0.3476.
    assert daylight(1e6 / 5503) == pytest.approx((0.3324, 0.3474), abs=3e-4)


def test_saturation_minus_one_gives_equal_channels() -> None:
    grey = adjust(data.coffee()[::4, ::4], Adjustments(saturation=-1.0))
    assert (grey[..., 0] == grey[..., 1]).all()
    assert (grey[..., 1] == grey[..., 2]).all()


def test_saturation_raises_chroma_and_keeps_greys_grey() -> None:
    chroma = [np.hypot(*np.moveaxis(rgb_to_lab(p)[..., 1:], -1, 0)).mean() for p in (colours() * 0.4 + 0.3,)]
    raised = change_saturation(colours() * np.float32(0.4) + np.float32(0.3), 0.5)
    assert np.hypot(*np.moveaxis(rgb_to_lab(raised)[..., 1:], -1, 0)).mean() > 1.3 * chroma[0]
    assert np.allclose(change_saturation(greys(), 0.5), greys(), atol=2e-3)


@given(
    st.floats(-3, 3),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.integers(0, 5),
)
def test_every_adjustment_stays_in_range(
    exposure: float, contrast: float, temperature: float, tint: float, saturation: float, seed: int
) -> None:
    picture = colours(seed)[:8, :8]
    picture[0, 0], picture[0, 1], picture[0, 2] = 0, 1, (1, 0, 0)
    for changed in (
        change_exposure(picture, exposure),
        change_contrast(picture, contrast),
        change_white_balance(picture, temperature, tint),
        change_saturation(picture, saturation),
    ):
        assert changed.min() >= -1e-6
        assert changed.max() <= 1 + 1e-5


def test_a_hardly_visible_adjustment_hardly_changes_anything() -> None:
    picture = data.astronaut()[::4, ::4]
    slight = Adjustments(exposure=0.01, contrast=0.01, temperature=0.01, tint=0.01, saturation=0.01)
    assert np.abs(adjust(picture, slight).astype(int) - picture).max() <= 6


@pytest.mark.parametrize("contrast", [0.0, 0.3])
def test_together_they_are_one_after_the_other(contrast: float) -> None:
    picture = data.coffee()[::4, ::4]
    together = adjust(picture, Adjustments(0.7, contrast, 0.4, 0.1, 0.3))
    single = change_exposure(picture.astype(np.float32) / 255, 0.7)
    single = change_white_balance(change_contrast(single, contrast), 0.4, 0.1)
    single = change_saturation(single, 0.3)
    assert np.abs(together - single * 255).max() < 0.51


def test_sixteen_bits_stay_sixteen_and_keep_their_fine_steps() -> None:
    ramp = np.arange(20000, 20512, dtype=np.uint16).reshape(16, 32, 1).repeat(3, axis=2)
    raised = adjust(ramp, Adjustments(exposure=0.5))
    assert raised.dtype == np.uint16
    assert len(np.unique(raised)) == 512


def test_nothing_asked_changes_nothing() -> None:
    picture = data.coffee()
    assert adjust(picture, Adjustments()) is picture
