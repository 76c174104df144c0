"""Noise and exposure: what is taken away, what is kept, and that nothing is clipped; golden pictures by RMSE."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from bottega.enhance.restore import auto_exposure, denoise, noise_sigma
from bottega.errors import InvalidOption
from bottega.imaging import metrics

GOLDEN = Path(__file__).parent.parent / "golden" / "enhance"


def noisy(picture: np.ndarray, sigma: float, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[:320, 60:380])


@pytest.mark.parametrize(("sigma", "gain"), [(4, 2.0), (8, 4.5), (16, 6.0), (30, 7.0)])
def test_white_noise_is_taken_away(astronaut: np.ndarray, sigma: float, gain: float) -> None:
    spoilt = noisy(astronaut, sigma)
    assert metrics.psnr(astronaut, denoise(spoilt, 0.5)) > metrics.psnr(astronaut, spoilt) + gain


@pytest.mark.parametrize("sigma", [5, 10, 20])
def test_the_noise_is_measured(sigma: float) -> None:
    assert noise_sigma(noisy(data.chelsea(), sigma)) * 255 == pytest.approx(sigma, rel=0.15)


def test_a_clean_picture_is_hardly_touched() -> None:
    clean = data.rocket()
    assert metrics.psnr(clean, denoise(clean, 1.0)) > 50


def test_more_strength_leaves_less_noise(astronaut: np.ndarray) -> None:
    spoilt = noisy(astronaut, 12)
    left = [metrics.noise(denoise(spoilt, strength)) for strength in (0.0, 0.25, 0.5, 1.0)]
    assert left == sorted(left, reverse=True)
    assert left[3] < 0.3 * left[0]


def test_strength_zero_is_the_picture_itself(astronaut: np.ndarray) -> None:
    assert (denoise(astronaut, 0.0) == astronaut).all()


def test_an_edge_survives_the_noise_around_it() -> None:
    edge = np.full((64, 64, 3), 60, np.uint8)
    edge[:, 32:] = 200
    done = denoise(noisy(edge, 10), 0.5).astype(float)
    assert done[:, 33:36].mean() - done[:, 28:31].mean() > 0.97 * 140


def test_large_pictures_are_filtered_in_strips_without_seams() -> None:
    spoilt = noisy(np.tile(data.camera()[:200, :, None], (1, 16, 3)), 10)
    turned = np.ascontiguousarray(spoilt.swapaxes(0, 1))
    # The strips of the one run along the columns of the other.
    assert np.abs(denoise(spoilt, 0.5).astype(int) - denoise(turned, 0.5).swapaxes(0, 1)).mean() < 0.1


def test_sixteen_bits_are_kept() -> None:
    deep = noisy(data.chelsea(), 8).astype(np.uint16) * 257
    done = denoise(deep, 0.5)
    assert done.dtype == np.uint16
    assert len(np.unique(done)) > 5_000


@pytest.mark.parametrize("strength", [-0.1, 1.1])
def test_strengths_outside_the_range_are_refused(astronaut: np.ndarray, strength: float) -> None:
    with pytest.raises(InvalidOption):
        denoise(astronaut, strength)


# --- exposure --------------------------------------------------------------------------------------------------------


def test_a_dark_picture_becomes_as_light_as_an_ordinary_one() -> None:
    dark = (data.coffee() * 0.35).astype(np.uint8)
    median = np.median(metrics.to_luma(auto_exposure(dark)))
    assert 0.25 < median < 0.6
    assert np.median(metrics.to_luma(dark)) < 0.15


def test_a_bright_and_flat_picture_gets_its_contrast_back() -> None:
    faded = (data.chelsea() * 0.4 + 140).astype(np.uint8)
    done = auto_exposure(faded)
    assert metrics.contrast(done) > 2 * metrics.contrast(faded)
    assert np.median(metrics.to_luma(done)) < np.median(metrics.to_luma(faded))


def test_a_well_exposed_picture_stays_as_it_is() -> None:
    assert np.abs(auto_exposure(data.coffee()).astype(int) - data.coffee()).mean() < 3


@settings(deadline=None, max_examples=60)
@given(
    low=st.integers(0, 250),
    span=st.integers(0, 255),
    bend=st.floats(0.2, 5),
    dtype=st.sampled_from([np.uint8, np.uint16, np.float32]),
)
def test_no_exposure_clips_what_was_not_clipped_or_swaps_two_tones(low, span, bend, dtype) -> None:
    tones = (low + np.linspace(0, 1, 400) ** bend * min(span, 255 - low)) / 255
    top = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
    picture = np.repeat((tones * top).astype(dtype)[None, :, None], 3, axis=2)
    before = picture[0, :, 0].astype(float) / top
    after = auto_exposure(picture)[0, :, 0].astype(float) / top
    assert auto_exposure(picture).dtype == dtype
    # Two levels of 8 bits are what counts as clipped.
    assert not ((after < 2 / 255) & (before >= 3 / 255)).any()
    assert not ((after > 253 / 255) & (before <= 252 / 255)).any()
    assert (np.diff(after[np.argsort(before, kind="stable")]) >= -1e-6).all()


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_no_photograph_has_more_clipped_pixels_afterwards(name: str) -> None:
    picture = getattr(data, name)()
    for version in (picture, (picture * 0.3).astype(np.uint8), (picture * 0.4 + 140).astype(np.uint8)):
        assert metrics.clipping(auto_exposure(version)) <= metrics.clipping(version)


GOLDENS = {
    "denoised": lambda crop: denoise(noisy(crop, 12), 0.5),
    "exposed": lambda crop: auto_exposure((crop * 0.35).astype(np.uint8)),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_the_result_is_the_golden_picture(astronaut: np.ndarray, name: str) -> None:
    result = GOLDENS[name](np.ascontiguousarray(astronaut[60:124, 120:184]))
    golden = cv2.imread(str(GOLDEN / f"astronaut_{name}.png"))[..., ::-1]
    assert result.shape == golden.shape
    assert float(np.sqrt(np.mean(((result.astype(float) - golden) / 255) ** 2))) < 0.01
