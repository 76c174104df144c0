"""Masks: white is what may change, however the mask says it, and each vendor gets its own polarity."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from bottega.errors import InvalidOption, UnsupportedMedia
from bottega.imaging.decode import decode
from bottega.imaging.mask import as_alpha, as_white, change_area, from_alpha

W, H = 40, 30


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def opened(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture)


def area(data: bytes) -> np.ndarray:
    return change_area(decode(data))


def left_half(inside: int, outside: int) -> np.ndarray:
    pixels = np.full((H, W), outside, np.uint8)
    pixels[:, : W // 2] = inside
    return pixels


def test_white_is_transparent_for_openai_and_white_for_stability():
    mask = png(left_half(255, 0))
    alpha, white = opened(as_alpha(mask, (W, H))), opened(as_white(mask, (W, H)))
    assert alpha.shape == (H, W, 4)
    assert (alpha[:, : W // 2, 3] == 0).all()
    assert (alpha[:, W // 2 :, 3] == 255).all()
    assert white.shape == (H, W)
    assert (white[:, : W // 2] == 255).all()
    assert (white[:, W // 2 :] == 0).all()


@given(arrays(np.uint8, (6, 8)).filter(lambda pixels: bool(pixels.any())))
@settings(max_examples=40, deadline=None)
def test_both_polarities_say_the_same(pixels: np.ndarray):
    mask = png(pixels)
    assert np.array_equal(opened(as_white(mask, (8, 6))), pixels)
    assert np.array_equal(255 - opened(as_alpha(mask, (8, 6)))[..., 3], pixels)


@given(arrays(np.uint8, (6, 8)).filter(lambda alpha: alpha.min() < 255), st.integers(0, 255))
@settings(max_examples=40, deadline=None)
def test_what_an_openai_client_sends_survives_both_ways_whatever_its_colour(alpha: np.ndarray, grey: int):
    sheet = np.full((6, 8, 4), grey, np.uint8)
    sheet[..., 3] = alpha
    ours = from_alpha(png(sheet))
    assert np.array_equal(opened(ours), 255 - alpha)
    assert np.array_equal(opened(as_alpha(ours, (8, 6)))[..., 3], alpha)


def test_a_hole_in_a_photograph_is_what_may_change():
    rng = np.random.default_rng(3)
    photo = rng.integers(0, 256, (H, W, 4), dtype=np.uint8)
    photo[..., 3] = 255 - left_half(255, 0)
    photo[0, -1, :3] = 255  # a highlight makes it no drawing
    assert np.array_equal(area(png(photo)), left_half(255, 0))


def test_black_with_a_hole_means_the_hole():
    sheet = np.zeros((H, W, 4), np.uint8)
    sheet[..., 3] = 255 - left_half(255, 0)
    assert np.array_equal(area(png(sheet)), left_half(255, 0))


def test_white_strokes_on_an_empty_sheet_mean_the_strokes():
    sheet = np.full((H, W, 4), 255, np.uint8)
    sheet[..., 3] = left_half(255, 0)
    assert np.array_equal(area(png(sheet)), left_half(255, 0))
    soft = sheet.copy()
    soft[:, 0, 3] = 100
    assert area(png(soft))[:, 0].tolist() == [100] * H


def test_an_alpha_channel_that_hides_nothing_says_nothing():
    sheet = np.dstack([left_half(255, 0)] * 3 + [np.full((H, W), 255, np.uint8)])
    assert np.array_equal(area(png(sheet)), left_half(255, 0))


def test_an_empty_sheet_lets_everything_change():
    assert (area(png(np.zeros((H, W, 4), np.uint8))) == 255).all()


def test_sixteen_bits_are_read_as_well():
    deep = (left_half(255, 0).astype(np.uint16) * 257).astype(np.uint16)
    assert np.array_equal(area(png(deep)), left_half(255, 0))


def test_a_smaller_mask_of_the_same_shape_is_enlarged():
    small = opened(as_white(png(left_half(255, 0)), (W * 3, H * 3)))
    assert small.shape == (H * 3, W * 3)
    assert (small[:, :50] == 255).all()
    assert (small[:, 70:] == 0).all()


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(InvalidOption, match="40 x 30"):
        as_alpha(png(left_half(255, 0)), (H, W))


def test_a_mask_that_lets_nothing_change_is_refused():
    for write in (as_alpha, as_white):
        with pytest.raises(InvalidOption, match="nothing"):
            write(png(np.zeros((H, W), np.uint8)), (W, H))


def test_a_path_is_read_and_bytes_that_are_no_picture_are_refused(tmp_path: Path):
    path = tmp_path / "mask.webp"
    Image.fromarray(left_half(255, 0)).save(path, lossless=True)
    assert np.array_equal(opened(as_white(path, (W, H))), left_half(255, 0))
    with pytest.raises(UnsupportedMedia):
        as_white(b"not a picture", (W, H))
