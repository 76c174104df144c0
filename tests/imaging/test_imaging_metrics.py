"""Measures against references, and that each rises and falls with what it is meant to measure."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from bottega.errors import InvalidOption
from bottega.imaging import metrics
from bottega.imaging.decode import decode

PHOTOGRAPHS = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "camera.png"]


@pytest.fixture(params=PHOTOGRAPHS)
def photograph(request: pytest.FixtureRequest, photographs: Path) -> NDArray[np.uint8]:
    return decode(photographs / request.param).as_u8()


def with_noise(picture: NDArray[np.uint8], sigma: float, seed: int = 5) -> NDArray[np.uint8]:
    """The same deviate in all channels, so that the luma carries all of it."""
    grain = np.random.default_rng(seed).normal(0, sigma, picture.shape[:2])
    return np.clip(np.rint(picture + grain[:, :, None]), 0, 255).astype(np.uint8)


def test_blur_lowers_sharpness_step_by_step(photograph: NDArray[np.uint8]) -> None:
    values = [metrics.sharpness(photograph)]
    values += [metrics.sharpness(cv2.GaussianBlur(photograph, (0, 0), sigma)) for sigma in (0.7, 1.5, 3, 6)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 2 * values[2]


def test_sharpness_does_not_depend_on_contrast(photograph: NDArray[np.uint8]) -> None:
    faded = (photograph.astype(np.float32) / 255 * 0.3 + 0.35).astype(np.float32)
    full = photograph.astype(np.float32) / np.float32(255)
    assert metrics.sharpness(faded) == pytest.approx(metrics.sharpness(full), rel=1e-3)


def test_little_noise_hardly_counts_as_sharpness(photograph: NDArray[np.uint8]) -> None:
    blurred = cv2.GaussianBlur(photograph, (0, 0), 2)
    assert metrics.sharpness(with_noise(blurred, 2)) < metrics.sharpness(photograph)


@pytest.mark.parametrize("sigma", [3, 5, 10, 20])
def test_added_noise_is_measured_in_its_own_size(photograph: NDArray[np.uint8], sigma: float) -> None:
    own = metrics.noise(photograph)
    expected = np.hypot(own, sigma)
    assert metrics.noise(with_noise(photograph, sigma)) == pytest.approx(expected, rel=0.2)


def test_noise_on_a_flat_field_is_measured_closely() -> None:
    flat = np.full((256, 256, 3), 128, np.uint8)
    assert metrics.noise(flat) == 0
    for sigma in (2, 8, 20):
        assert metrics.noise(with_noise(flat, sigma)) == pytest.approx(sigma, rel=0.06)


def test_texture_is_not_taken_for_noise() -> None:
    """Half of this picture is checked cloth in high contrast, the other half a smooth ramp."""
    y, x = np.mgrid[0:256, 0:256]
    cloth = np.where((x // 2 + y // 2) % 2, 200, 60)
    picture = np.where(x < 128, cloth, 80 + (x - 128) // 2).astype(np.uint8)
    assert metrics.noise(picture) < 1
    assert metrics.noise(with_noise(np.dstack([picture] * 3), 6)) == pytest.approx(6, rel=0.2)


def test_noise_of_a_picture_smaller_than_the_blocks() -> None:
    tiny = np.full((20, 20, 3), 128, np.uint8)
    assert metrics.noise(with_noise(tiny, 8)) == pytest.approx(8, rel=0.2)
    assert metrics.noise(tiny[:2]) == 0


def test_blown_and_crushed_areas_are_not_taken_for_clean_ones() -> None:
    picture = with_noise(np.full((128, 128, 3), 128, np.uint8), 7)
    picture[:, :80] = 255
    assert metrics.noise(picture) == pytest.approx(7, rel=0.1)
    assert metrics.noise(np.full((128, 128, 3), 255, np.uint8)) == 0


def test_clipping_is_the_share_of_pixels_at_the_ends() -> None:
    picture = np.full((10, 10, 3), 128, np.uint8)
    assert metrics.clipping(picture) == 0
    picture[:2] = 255
    picture[2] = 0
    picture[3] = (255, 0, 0)
    assert metrics.clipping(picture) == pytest.approx(0.4)
    assert metrics.clipping(picture.astype(np.float32) / np.float32(255)) == pytest.approx(0.4)


def test_brightening_adds_clipping(photograph: NDArray[np.uint8]) -> None:
    values = [metrics.clipping(cv2.convertScaleAbs(photograph, alpha=gain)) for gain in (1, 1.5, 2, 3)]
    assert values == sorted(values)
    assert values[-1] > values[0] + 0.1


def test_contrast_is_the_deviation_of_the_luma() -> None:
    picture = np.zeros((4, 8, 3), np.uint8)
    picture[:, 4:] = 255
    assert metrics.contrast(picture) == pytest.approx(0.5)
    assert metrics.contrast(picture[:, :4]) == 0


def test_detail_is_the_share_of_blocks_that_are_not_flat() -> None:
    picture = np.full((64, 64, 3), 90, np.uint8)
    assert metrics.detail(picture) == 0
    picture[:32, :32] = np.random.default_rng(0).integers(0, 256, (32, 32, 3))
    assert metrics.detail(picture) == pytest.approx(0.25)
    assert metrics.detail(picture[:5, :5]) == 1


def test_ssim_agrees_with_scikit_image(photograph: NDArray[np.uint8]) -> None:
    """Over several bands of rows, in bytes and in floating point."""
    tall = np.tile(photograph, (3, 1, 1))
    for changed in (with_noise(tall, 12), cv2.GaussianBlur(tall, (0, 0), 2), 255 - tall):
        first, second = metrics.to_luma(tall), metrics.to_luma(changed)
        reference = structural_similarity(
            first.astype(np.float64),
            second.astype(np.float64),
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=1.0,
        )
        assert metrics.ssim(tall, changed) == pytest.approx(reference, abs=1e-6)
        assert metrics.ssim(first, second) == pytest.approx(reference, abs=1e-6)


def test_ssim_of_equal_pictures_is_one_and_falls_with_noise(photograph: NDArray[np.uint8]) -> None:
    values = [metrics.ssim(photograph, with_noise(photograph, sigma)) for sigma in (0, 4, 12, 30)]
    assert values[0] == pytest.approx(1)
    assert values == sorted(values, reverse=True)


def test_psnr_agrees_with_scikit_image(photograph: NDArray[np.uint8]) -> None:
    changed = with_noise(photograph, 12)
    assert metrics.psnr(photograph, changed) == pytest.approx(
        peak_signal_noise_ratio(photograph, changed), abs=1e-3
    )
    assert metrics.psnr(photograph, photograph) == float("inf")


def test_pictures_that_cannot_be_compared_are_refused() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    with pytest.raises(InvalidOption, match="same size"):
        metrics.ssim(picture, picture[:19])
    with pytest.raises(InvalidOption, match="same size"):
        metrics.psnr(picture, picture.astype(np.float32))
    with pytest.raises(InvalidOption, match="11 x 11"):
        metrics.ssim(picture[:10], picture[:10])
