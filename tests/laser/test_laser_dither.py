"""Dithers: the front-by-front error diffusion is the pixel-by-pixel definition, bit for bit."""

import numpy as np
import pytest

from bottega.errors import InvalidOption
from bottega.laser.dither import KERNELS, METHODS, Bits, Kernel, bayer_matrix, diffuse_error, dither


def pixel_by_pixel(grey: np.ndarray, kernel: Kernel) -> Bits:
    """Error diffusion as its definition reads."""
    rows, columns = grey.shape
    errors = np.zeros((rows, columns))
    bits = np.zeros((rows, columns), bool)
    for y in range(rows):
        for x in range(columns):
            value = float(grey[y, x])
            for dy, dx, weight in kernel.taps:
                if y >= dy and 0 <= x - dx < columns:
                    value += errors[y - dy, x - dx] * (weight / kernel.divisor)
            bits[y, x] = value < 0.5
            errors[y, x] = value - (0.0 if bits[y, x] else 1.0)
    return bits


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (13, 3), (3, 40), (23, 37)])
@pytest.mark.parametrize("name", KERNELS)
def test_error_diffusion_is_that_of_the_definition(name: str, shape: tuple[int, int]) -> None:
    grey = np.random.default_rng(sum(shape)).random(shape, dtype=np.float32)
    assert np.array_equal(diffuse_error(grey, KERNELS[name]), pixel_by_pixel(grey, KERNELS[name]))


@pytest.mark.parametrize("name", ["floyd-steinberg", "jarvis", "stucki"])
def test_weights_add_up_to_the_whole_error(name: str) -> None:
    assert sum(weight for _, _, weight in KERNELS[name].taps) == KERNELS[name].divisor


def test_atkinson_passes_on_three_quarters() -> None:
    assert sum(weight for _, _, weight in KERNELS["atkinson"].taps) == 6


@pytest.mark.parametrize("name", ["floyd-steinberg", "jarvis", "stucki", "bayer"])
@pytest.mark.parametrize("level", [0.1, 0.25, 0.5, 0.8])
def test_share_of_dots_is_the_darkness(name: str, level: float) -> None:
    grey = np.full((128, 128), level, np.float32)
    assert abs(float(dither(grey, name).mean()) - (1 - level)) < 0.02


@pytest.mark.parametrize("name", METHODS)
def test_white_stays_bare_and_black_burns_through(name: str) -> None:
    assert not dither(np.ones((9, 11), np.float32), name).any()
    assert dither(np.zeros((9, 11), np.float32), name).all()


def test_bayer_matrix_holds_every_threshold_once() -> None:
    assert np.array_equal(np.sort(bayer_matrix(3).ravel()), ((np.arange(64) + 0.5) / 64).astype(np.float32))


def test_unknown_dither_is_refused() -> None:
    with pytest.raises(InvalidOption, match="no dither"):
        dither(np.ones((2, 2), np.float32), "sierra-nevada")
