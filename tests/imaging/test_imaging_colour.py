"""Colour conversions against scikit-image and against themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import color

from bottega.imaging import colour

GRID = np.linspace(0, 1, 18, dtype=np.float32)
CUBE = np.stack(np.meshgrid(GRID, GRID, GRID, indexing="ij"), axis=-1).reshape(18, -1, 3)


def test_lab_agrees_with_scikit_image() -> None:
    lab = colour.rgb_to_lab(CUBE)
    assert lab.dtype == np.float32
    np.testing.assert_allclose(lab, color.rgb2lab(CUBE.astype(np.float64)), atol=2e-3)


def test_lab_and_back() -> None:
    back = colour.lab_to_rgb(colour.rgb_to_lab(CUBE))
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, CUBE, atol=2e-4)


def test_lab_to_rgb_agrees_with_scikit_image() -> None:
    lab = np.array([[[50, 20, -30], [5, 0, 0], [80, -20, 60], [30, 10, 10]]], dtype=np.float32)
    np.testing.assert_allclose(colour.lab_to_rgb(lab), color.lab2rgb(lab), atol=2e-4)


def test_greys_have_no_chroma() -> None:
    lab = colour.rgb_to_lab(np.repeat(GRID[:, None, None], 3, axis=2))
    assert float(np.abs(lab[..., 1:]).max()) < 0.01
    assert (np.diff(lab[:, 0, 0]) > 0).all()


def test_known_points_of_the_transfer_curve() -> None:
    """IEC 61966-2-1: code value 188 is nearly half the light, 118 nearly 18 %."""
    codes = np.array([0, 118, 188, 255], dtype=np.float32) / 255
    np.testing.assert_allclose(colour.srgb_to_linear(codes), [0, 0.1812, 0.5029, 1], atol=1e-4)


@given(st.floats(-0.5, 2, width=32))
def test_the_transfer_curve_is_its_own_inverse_also_beyond_the_range(value: float) -> None:
    encoded = np.array([value], dtype=np.float32)
    back = colour.linear_to_srgb(colour.srgb_to_linear(encoded))
    assert back.dtype == np.float32
    assert float(back[0]) == pytest.approx(value, abs=2e-6 + 2e-6 * abs(value))


def test_luma_weights_are_those_of_bt_709() -> None:
    np.testing.assert_allclose(colour.luma(np.eye(3, dtype=np.float32)), [0.2126, 0.7152, 0.0722], atol=1e-6)
    white = np.ones((2, 3, 3), dtype=np.float32)
    np.testing.assert_allclose(colour.luma(white), np.ones((2, 3)), atol=1e-6)
