"""Frames made between two: close to the true ones, exact at the ends, honest where motion explains nothing."""

import cv2
import numpy as np
import pytest
from interpolate_scenes import ball, error, moved, pan, texture, u8

from bottega.enhance.interpolate import Pair, between, is_cut, likeness
from bottega.errors import InvalidOption

SIZE = (256, 192)
PRESETS = ["fast", "medium", "full"]


def blend(a: np.ndarray, b: np.ndarray, t: float = 0.5) -> np.ndarray:
    return (1 - t) * a.astype(np.float64) + t * b


def other_scene() -> np.ndarray:
    return u8(moved(texture(9, 256, 320)[..., ::-1] * (0.5, 0.9, 0.3), -9, -9, SIZE))


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("t", [0.2, 0.5, 0.75])
def test_a_pan_is_followed_at_any_moment(preset: str, t: float) -> None:
    a, b, true = pan(0), pan(1), pan(t)
    made = between(a, b, t, preset=preset)
    assert made.done == "motion"
    assert made.trust > 0.95
    assert error(made.frame, true) < 0.15 * error(blend(a, b, t), true)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_body_that_covers_and_uncovers_is_followed(preset: str) -> None:
    made, true = between(ball(0), ball(1), 0.5, preset=preset).frame, ball(0.5)
    assert error(made, true) < 0.25 * error(blend(ball(0), ball(1)), true)
    # The ground that it covers and uncovers, left and right of the ball at t = 0.5.
    for strip in (np.s_[84:108, 52:64], np.s_[84:108, 146:158]):
        assert error(made[strip], true[strip]) < 0.75 * error(blend(ball(0), ball(1))[strip], true[strip])


def test_large_motion_is_followed() -> None:
    a, b, true = (pan(time, dx=48.0, dy=-10.0) for time in (0, 1, 0.5))
    assert error(between(a, b, 0.5).frame, true) < 0.2 * error(blend(a, b), true)


def test_what_comes_in_at_the_border_is_shown() -> None:
    made = between(pan(0, dx=16), pan(1, dx=16), 0.5).frame
    assert error(made[:, :8], pan(0.5, dx=16)[:, :8]) < 3
    assert error(made[:, -8:], pan(0.5, dx=16)[:, -8:]) < 3


def test_a_change_of_light_is_met_half_way() -> None:
    light = [np.rint(pan(time) * (1 - 0.2 * time)).astype(np.uint8) for time in (0, 0.5, 1)]
    made = between(light[0], light[2], 0.5)
    assert error(made.frame, light[1]) < 0.25 * error(blend(light[0], light[2]), light[1])
    assert abs(float(made.frame.mean()) - float(light[1].mean())) < 1


def test_a_still_logo_stays_still_over_a_moving_ground() -> None:
    frames = [pan(time, dx=14.0) for time in (0, 1, 0.5)]
    for frame in frames:
        cv2.putText(frame, "LOGO", (20, 50), cv2.FONT_HERSHEY_DUPLEX, 1.5, (255, 240, 30), 4)
    logo = np.zeros((192, 256), np.uint8)
    cv2.putText(logo, "LOGO", (20, 50), cv2.FONT_HERSHEY_DUPLEX, 1.5, 255, 4)
    core = cv2.erode(logo, np.ones((3, 3), np.uint8)) > 0
    made = between(*frames[:2], 0.5).frame
    assert error(made[core], frames[2][core]) < 6


def test_pixels_that_do_not_change_are_copied() -> None:
    a, b = pan(0), pan(0)
    b[100:140, 100:140] = ball(0)[60:100, 60:100]
    made = between(a, b, 0.5).frame
    far = np.ones((192, 256), bool)
    far[76:164, 76:164] = False
    assert np.array_equal(made[far], a[far])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [None, 1, 2, 3, 4])
def test_the_ends_are_exact_and_every_kind_of_frame_comes_back_as_it_came(
    dtype: type, channels: int | None
) -> None:
    def kind(frame: np.ndarray) -> np.ndarray:
        planes = np.dstack([frame, frame[..., 1]]).astype(np.float32) / 255
        planes = {None: planes[..., 0], 1: planes[..., :1], 2: planes[..., 2:]}.get(
            channels, planes[..., :channels]
        )
        whole = 1 if dtype is np.float32 else np.iinfo(dtype).max
        return (planes * whole).astype(dtype)

    a, b, true = kind(pan(0)), kind(pan(1)), kind(pan(0.5))
    pair = Pair(a, b, preset="fast")
    assert np.array_equal(pair.at(0).frame, a)
    assert np.array_equal(pair.at(1).frame, b)
    made = pair.at(0.5).frame
    assert (made.shape, made.dtype) == (a.shape, a.dtype)
    assert error(made, true) < 0.3 * error(blend(a, b), true)


def test_transparent_pixels_lend_no_colour() -> None:
    frames = []
    for time in (0, 1):
        cover = np.zeros((192, 256), np.uint8)
        cv2.circle(cover, (100 + 10 * time, 96), 40, 255, -1)
        # Under the transparent pixels lies green, which must not show at the edge of the red disc.
        colour = np.where(cover[..., None] > 0, np.uint8([200, 30, 30]), np.uint8([0, 255, 0]))
        frames.append(np.dstack([colour, cover]))
    made = between(*frames, 0.5, preset="fast").frame
    seen = made[..., 3] > 8
    assert made[seen][:, 1].max() <= 40


def test_sixteen_bits_are_not_rounded_to_eight() -> None:
    ramp = np.tile(np.linspace(20_000, 21_000, 256, dtype=np.float32), (192, 1))
    a, b = ramp.astype(np.uint16), (ramp + 600).astype(np.uint16)
    made = between(a, b, 0.5).frame
    assert len(np.unique(made)) > 200


def test_a_cut_holds_the_first_frame() -> None:
    a, b = pan(0), other_scene()
    made = between(a, b, 0.6)
    assert made.done == "cut"
    assert np.array_equal(made.frame, a)


@pytest.mark.parametrize("grain", [0.0, 1.5])
def test_a_repeat_is_held(grain: float) -> None:
    a = pan(0)
    b = np.clip(a + np.random.default_rng(1).normal(0, grain, a.shape), 0, 255).astype(np.uint8)
    made = between(a, np.rint(b).astype(np.uint8), 0.5)
    assert made.done == "duplicate"
    assert np.array_equal(made.frame, a)


def test_a_crawling_pan_is_no_repeat() -> None:
    assert between(pan(0), pan(0.03), 0.5).done == "motion"


def test_a_slow_fade_is_no_repeat() -> None:
    a = pan(0) // 2 + 60
    assert not likeness(a, a + 1).is_duplicate


def test_a_change_of_colour_alone_is_no_repeat() -> None:
    a = np.full((64, 64, 3), 100, np.uint8)
    b = a.copy()
    b[..., 0] += 30
    b[..., 1] -= 15
    assert not likeness(a, b).is_duplicate


def test_strobing_is_no_cut_when_its_neighbours_differ_as_much() -> None:
    dark, bright = pan(0) // 3, np.clip(pan(0.2).astype(int) + 90, 0, 255).astype(np.uint8)
    here = likeness(dark, bright)
    assert not is_cut(here, likeness(bright, dark), likeness(bright, dark))


def test_a_cut_between_calm_scenes_is_one() -> None:
    here = likeness(pan(1), other_scene())
    assert is_cut(here)
    assert is_cut(here, likeness(pan(0), pan(1)), None)


def test_where_motion_explains_nothing_frames_are_blended_and_it_is_said() -> None:
    a, b = pan(0), pan(0.3)
    rng = np.random.default_rng(8)
    for frame in (a, b):
        frame[48:144, 64:192] = cv2.resize(
            rng.integers(0, 255, (24, 32, 3), dtype=np.uint8), (128, 96), interpolation=cv2.INTER_NEAREST
        )
    made = between(a, b, 0.5)
    assert made.done == "mixed"
    assert made.confidence.shape == (12, 16)
    assert made.confidence[4:8, 6:10].mean() < 0.6
    assert made.confidence[:2].mean() > 0.9


def test_doubt_can_hold_instead() -> None:
    rng = np.random.default_rng(8)
    a, b = (pan(0), pan(0))
    for frame in (a, b):
        frame[48:144, 64:192] = rng.integers(0, 255, (96, 128, 3), dtype=np.uint8)
    held = between(a, b, 0.4, doubt="hold").frame[80:110, 100:150]
    mixed = between(a, b, 0.4).frame[80:110, 100:150]
    assert error(held, a[80:110, 100:150]) < error(mixed, a[80:110, 100:150])


def test_several_moments_share_one_search() -> None:
    pair = Pair(ball(0), ball(1))
    for t in (0.25, 0.5, 0.75):
        assert np.array_equal(pair.at(t).frame, between(ball(0), ball(1), t).frame)


def test_neither_frame_is_changed() -> None:
    a, b = ball(0), ball(1)
    pair = Pair(a, b)
    for t in (0, 0.5, 1):
        pair.at(t).frame[:] = 0
    assert np.array_equal(a, ball(0))
    assert np.array_equal(b, ball(1))


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (40, 7), (33, 65)])
def test_tiny_frames_are_handled(size: tuple[int, int]) -> None:
    a, b = np.random.default_rng(0).integers(0, 255, (2, *size, 3), dtype=np.uint8)
    assert between(a, b, 0.5).frame.shape == a.shape


@pytest.mark.parametrize("t", [-0.1, 1.01, float("nan")])
def test_moments_outside_are_refused(t: float) -> None:
    with pytest.raises(InvalidOption, match="between"):
        between(pan(0), pan(1), t)


@pytest.mark.parametrize(
    "b",
    [pan(1)[:-1], pan(1).astype(np.uint16), pan(1)[..., 0]],
)
def test_frames_that_do_not_belong_together_are_refused(b: np.ndarray) -> None:
    with pytest.raises(InvalidOption, match="alike"):
        between(pan(0), b, 0.5)


def test_other_sample_types_are_refused() -> None:
    with pytest.raises(InvalidOption, match="not handled"):
        between(pan(0).astype(np.int32), pan(1).astype(np.int32), 0.5)
