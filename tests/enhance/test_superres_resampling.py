"""Bicubic resampling: the kernel's closed-form weights, Pillow's bicubic as a second opinion, parts equal to the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from superres_pictures import photograph

from bottega.enhance.superres.resample import (
    Products,
    apply_taps,
    cubic_taps,
    enlarge_phases,
    imresize,
    mirrored,
)


def test_doubling_uses_keys_kernel_at_quarter_steps() -> None:
    taps = cubic_taps(20, 40)
    # a = -1/2 at distances 1.25, 0.25, 0.75, 1.75.
    assert taps.weights[20][taps.weights[20] != 0] == pytest.approx(
        [-0.0234375, 0.2265625, 0.8671875, -0.0703125]
    )


def test_halving_spreads_the_kernel_over_eight_samples() -> None:
    taps = cubic_taps(40, 20)
    half = [-0.01171875, -0.03515625, 0.11328125, 0.43359375]
    assert taps.weights[10][taps.weights[10] != 0] == pytest.approx([*half, *half[::-1]])


@pytest.mark.parametrize("size", [(120, 120), (80, 60), (97, 131), (500, 301)])
def test_it_agrees_with_pillow_away_from_the_borders(size: tuple[int, int]) -> None:
    grey = photograph()[..., 1].astype(np.float32)
    pillow = np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC))
    inside = (slice(6, -6), slice(6, -6))
    assert np.abs(imresize(grey, size)[inside] - pillow[inside]).max() < 1e-3


def test_borders_are_mirrored_with_the_edge_repeated() -> None:
    assert mirrored(np.arange(-4, 7), 3).tolist() == [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 90), st.floats(0, 1, width=32))
def test_an_even_picture_stays_even(source: int, target: int, value: float) -> None:
    made = imresize(np.full((source, 3), value, dtype=np.float32), (5, target))
    assert made == pytest.approx(np.full((target, 5), value), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(8, 60), st.integers(8, 120), st.data())
def test_a_part_equals_that_part_of_the_whole(source: int, target: int, drawn: st.DataObject) -> None:
    start = drawn.draw(st.integers(0, target - 1))
    stop = drawn.draw(st.integers(start + 1, target))
    pixels = np.random.default_rng(source).random((source, 4), dtype=np.float32)
    taps = cubic_taps(source, target, start=start, stop=stop)
    part = apply_taps(pixels[taps.first : taps.last], taps.within(taps.first, taps.last), axis=0)
    assert np.array_equal(part, apply_taps(pixels, cubic_taps(source, target), axis=0)[start:stop])


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_phases_are_imresize_by_a_whole_factor(factor: int) -> None:
    pixels = np.random.default_rng(1).random((24, 31), dtype=np.float32)
    wanted = imresize(pixels, (31 * factor, 24 * factor))[2 * factor : -2 * factor, 2 * factor : -2 * factor]
    assert np.abs(enlarge_phases(pixels[None], factor)[0] - wanted).max() < 1e-6


@pytest.mark.parametrize(
    ("source", "target"), [(64, 32), (1200, 600), (97, 31), (300, 37), (31, 97), (5, 1), (1, 7)]
)
def test_products_of_matrices_are_the_same_resampling(source: int, target: int) -> None:
    planes = np.random.default_rng(source).random((3, 150, source), dtype=np.float32)
    taps = cubic_taps(source, target)
    wanted = apply_taps(planes, taps, axis=2)
    assert np.abs(Products(taps).columns(planes) - wanted).max() < 1e-5
    across = np.ascontiguousarray(planes.transpose(0, 2, 1))
    assert np.abs(Products(taps).rows(across) - wanted.transpose(0, 2, 1)).max() < 1e-5
