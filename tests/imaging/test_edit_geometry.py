"""Geometry: exact quarter turns, crops of exact proportions around what matters, sizes as asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from bottega.errors import InvalidOption
from bottega.imaging.background import saliency
from bottega.imaging.geometry import (
    Box,
    aspect_box,
    crop,
    fit_size,
    flip,
    inscribed_size,
    parse_aspect,
    resize,
    rotate,
)

PATTERN = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)


def test_four_quarter_turns_are_none() -> None:
    turned = PATTERN
    for _ in range(4):
        turned = rotate(turned, 90)
    assert np.array_equal(turned, PATTERN)


def test_a_positive_quarter_turn_is_clockwise() -> None:
    turned = rotate(PATTERN, 90)
    assert turned.shape == (7, 5, 3)
    assert np.array_equal(turned[0, -1], PATTERN[0, 0])
    assert np.array_equal(rotate(PATTERN, -270), turned)


def test_a_free_turn_is_clockwise_too() -> None:
    picture = np.zeros((101, 101), np.uint8)
    picture[10:40, 48:53] = 255  # a hand of a clock at twelve
    turned = rotate(picture, 30)
    y, x = np.nonzero(turned > 128)
    assert x.mean() > turned.shape[1] / 2 + 5
    assert y.mean() < turned.shape[0] / 2


@given(st.integers(20, 400), st.integers(20, 400), st.floats(-359, 359))
def test_a_free_turn_leaves_no_empty_corner(width: int, height: int, degrees: float) -> None:
    inner_width, inner_height = inscribed_size(width, height, degrees)
    angle = np.deg2rad(-degrees)
    x, y = inner_width / 2, inner_height / 2
    for corner in ((x, y), (x, -y)):
        back_x = corner[0] * np.cos(angle) - corner[1] * np.sin(angle)
        back_y = corner[0] * np.sin(angle) + corner[1] * np.cos(angle)
        assert abs(back_x) <= max(width / 2, 0.71) + 1e-6
        assert abs(back_y) <= max(height / 2, 0.71) + 1e-6


def test_a_free_turn_loses_as_little_as_possible() -> None:
    # At 45 degrees a square keeps exactly half of its area.
    assert inscribed_size(1000, 1000, 45) == (707, 707)


def test_flips_mirror_and_undo_themselves() -> None:
    assert np.array_equal(flip(PATTERN, "horizontal")[0, 0], PATTERN[0, -1])
    assert np.array_equal(flip(PATTERN, "vertical")[0, 0], PATTERN[-1, 0])
    assert np.array_equal(flip(flip(PATTERN, "vertical"), "vertical"), PATTERN)


@given(st.integers(16, 3000), st.integers(16, 3000), st.integers(1, 21), st.integers(1, 21))
def test_a_crop_has_the_aspect_within_a_pixel_and_one_full_side(
    width: int, height: int, wide: int, high: int
) -> None:
    box = aspect_box(width, height, (wide, high), np.ones((9, 9), np.float32))
    assert box.left >= 0
    assert box.top >= 0
    assert box.left + box.width <= width
    assert box.top + box.height <= height
    assert box.width == width or box.height == height
    exact = box.height * wide / high if box.height == height else box.width * high / wide
    other = box.width if box.height == height else box.height
    assert abs(other - max(1.0, exact)) <= 1


def test_a_crop_follows_what_matters() -> None:
    importance = np.zeros((20, 60), np.float32)
    importance[8:12, 48:54] = 1
    box = aspect_box(600, 200, (1, 1), importance)
    assert box.left <= 480
    assert box.left + box.width >= 540
    assert abs(box.left + box.width / 2 - 510) < 25


def test_a_crop_of_an_even_picture_is_central() -> None:
    box = aspect_box(600, 200, (1, 1), np.ones((20, 60), np.float32))
    assert abs(box.left - 200) <= 10


def test_a_tall_crop_keeps_the_face() -> None:
    picture = data.astronaut()
    box = aspect_box(512, 512, (9, 16), saliency(picture))
    # The face of the photograph spans columns 177 to 271.
    assert box.left < 177
    assert box.left + box.width > 271


def test_a_crop_outside_the_picture_is_refused() -> None:
    with pytest.raises(InvalidOption, match="not inside the picture"):
        crop(PATTERN, Box(3, 0, 5, 5))


@pytest.mark.parametrize("text", ["", "4", "4:0", "a:b", "4:5:6", "-1:2"])
def test_what_is_no_aspect_ratio_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption):
        parse_aspect(text)


def test_a_box_is_read_from_text() -> None:
    assert Box.parse("1,2, 30,40") == Box(1, 2, 30, 40)
    with pytest.raises(InvalidOption):
        Box.parse("1,2,30")


def test_one_side_given_keeps_the_proportions() -> None:
    assert fit_size(600, 400, 300, None) == (300, 200)
    assert fit_size(600, 400, None, 100) == (150, 100)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_resizing_keeps_type_and_mean(dtype: type) -> None:
    picture = (np.random.default_rng(0).random((40, 60, 3)) * np.iinfo(dtype).max).astype(dtype)
    small = resize(picture, 30, 20)
    assert small.shape == (20, 30, 3)
    assert small.dtype == dtype
    assert small.mean() == pytest.approx(picture.mean(), rel=0.01)


def test_a_size_beyond_the_limit_is_refused() -> None:
    with pytest.raises(InvalidOption):
        resize(PATTERN, 40_000, 10)
