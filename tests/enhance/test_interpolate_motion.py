"""Optical flow for other video work: found, applied, checked both ways, summed up for the whole frame."""

import cv2
import numpy as np
import pytest
from interpolate_scenes import ball, error, moved, pan, photograph, u8

from bottega.enhance.interpolate import consistency, flow, global_motion, warp
from bottega.enhance.interpolate.project import splat
from bottega.errors import InvalidOption

SIZE = (256, 192)
INNER = np.s_[24:-24, 24:-24]


@pytest.mark.parametrize("preset", ["fast", "medium", "full"])
@pytest.mark.parametrize("shift", [(0.4, -0.3), (5.5, 2.25), (21.0, -9.0)])
def test_flow_finds_shifts_to_a_fraction_of_a_pixel(preset: str, shift: tuple[float, float]) -> None:
    a, b = pan(0), pan(1, dx=shift[0], dy=shift[1])
    found = flow(a, b, preset)
    assert found.shape == (192, 256, 2)
    assert found.dtype == np.float32
    assert np.abs(np.median(found[INNER], axis=(0, 1)) - shift).max() < 0.1
    assert np.percentile(np.abs(found[INNER] - shift).max(axis=2), 90) < 0.5


def test_flow_is_not_misled_by_brightness() -> None:
    b = np.clip(pan(1) * 0.8 + 20, 0, 255).astype(np.uint8)
    found = flow(pan(0), b)
    assert np.abs(np.median(found[INNER], axis=(0, 1)) - (6.4, 2.2)).max() < 0.2


def test_flow_takes_every_kind_of_frame_alike() -> None:
    a, b = pan(0), pan(1)
    wanted = flow(a, b)
    sixteen = [each.astype(np.uint16) * 257 for each in (a, b)]
    floats = [each.astype(np.float32) / 255 for each in (a, b)]
    opaque = [np.dstack([each, np.full(each.shape[:2], 255, np.uint8)]) for each in (a, b)]
    grey = [cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (a, b)]
    for kind in (sixteen, floats, opaque, grey):
        assert np.array_equal(flow(*kind), wanted)


def test_large_frames_are_searched_at_half_size_with_vectors_in_full_pixels() -> None:
    big = cv2.resize(photograph(), (1500, 1500), interpolation=cv2.INTER_CUBIC)
    a, b = (u8(moved(big, dx - 100, dx / 2 - 100, (1280, 720))) for dx in (0, 12))
    assert np.abs(np.median(flow(a, b, "fast"), axis=(0, 1)) - (12, 6)).max() < 0.1


def test_a_known_flow_speeds_nothing_wrong() -> None:
    a, b = pan(0), pan(1)
    begun = flow(a, b, start=flow(a, b, "fast"))
    assert error(begun[INNER], flow(a, b)[INNER]) < 0.1


def test_the_number_of_threads_changes_nothing() -> None:
    before = cv2.getNumThreads()
    try:
        found = []
        for threads in (1, 2, 5):
            cv2.setNumThreads(threads)
            found.append(flow(ball(0), ball(1)))
    finally:
        cv2.setNumThreads(before)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def test_pictures_of_different_sizes_are_refused() -> None:
    with pytest.raises(InvalidOption, match="same size"):
        flow(pan(0), pan(0)[:-1])


def test_unknown_presets_are_refused() -> None:
    with pytest.raises(InvalidOption, match="no preset"):
        flow(pan(0), pan(1), "best")  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (40, 2), (17, 31)])
def test_tiny_pictures_have_a_flow(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(3).integers(0, 255, (*size, 3), dtype=np.uint8)
    found = flow(picture, picture)
    assert found.shape == (*size, 2)
    assert np.abs(found).max() < 0.5


def test_warping_the_second_makes_the_first() -> None:
    a, b = pan(0), pan(1)
    made = warp(b, flow(a, b))
    assert made.dtype == np.uint8
    assert error(made[INNER], a[INNER]) < 0.25 * error(b[INNER], a[INNER])


def test_warping_by_nothing_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    still = np.zeros((20, 30, 2), np.float32)
    for picture in (
        rng.integers(0, 255, (20, 30, 3), dtype=np.uint8),
        rng.integers(0, 65535, (20, 30, 4), dtype=np.uint16),
        rng.random((20, 30), dtype=np.float32),
    ):
        assert np.array_equal(warp(picture, still), picture)


def test_flows_agree_except_where_something_gets_covered() -> None:
    a, b = ball(0), ball(1)
    agree = consistency(flow(a, b), flow(b, a))
    assert agree.shape == (192, 256)
    assert 0 <= agree.min() <= agree.max() <= 1
    # The ball's centre is at (100, 96) and its leading edge covers the ground from x = 142 to 153.
    assert np.median(agree[80:112, 80:120]) > 0.9
    assert np.median(agree[30:160, 190:240]) > 0.9
    assert agree[90:102, 145:150].mean() < 0.3


def test_what_leaves_the_frame_is_not_consistent() -> None:
    out = np.full((20, 30, 2), (9, 0), np.float32)
    agree = consistency(out, -out)
    assert (agree[:, 21:] == 0).all()
    assert (agree[:, :21] > 0.99).all()


@pytest.mark.parametrize(
    ("turn", "zoom", "shift"), [(0, 1, (7, -3)), (2, 1, (1, 2)), (0, 1.04, (0, 0)), (-1, 0.97, (4, 4))]
)
def test_the_motion_of_the_whole_frame_is_found_past_a_body_that_moves_otherwise(
    turn: float, zoom: float, shift: tuple[float, float]
) -> None:
    wanted = cv2.getRotationMatrix2D((128, 96), turn, zoom)
    wanted[:, 2] += shift
    y, x = np.mgrid[:192, :256].astype(np.float64)
    motion = np.dstack([x, y, np.ones_like(x)]) @ wanted.T - np.dstack([x, y])
    motion[60:130, 40:140] = (-11, 5)
    noisy = motion + np.random.default_rng(2).normal(0, 0.2, motion.shape)
    found = global_motion(noisy.astype(np.float32))
    corners = np.array([[0, 0, 1], [255, 0, 1], [0, 191, 1], [255, 191, 1]])
    assert np.abs(corners @ found.T - corners @ wanted.T).max() < 0.3


def test_compiled_and_plain_projection_are_the_same() -> None:
    pytest.importorskip("numba")
    rng = np.random.default_rng(4)
    motion = rng.normal(0, 9, (37, 53, 2)).astype(np.float32)
    weights = rng.random((37, 53), dtype=np.float32)
    for share in (0.0, 0.3, 1.0):
        one, two = (splat(motion, weights, share, compiled=way) for way in (True, False))
        assert np.abs(one - two).max() < 1e-4


@pytest.mark.parametrize("compiled", [False, True])
def test_projection_loses_nothing_inside_the_frame(compiled: bool) -> None:
    if compiled:
        pytest.importorskip("numba")
    motion = np.zeros((40, 50, 2), np.float32)
    motion[10:30, 10:40] = (3.25, -2.5)
    weights = np.full((40, 50), 0.5, np.float32)
    sums = splat(motion, weights, 0.5, compiled=compiled)
    assert sums.sum(axis=(0, 1)) == pytest.approx(
        (600 * 3.25 * 0.5, 600 * -2.5 * 0.5, 1000.0, 2000.0), rel=1e-4
    )
