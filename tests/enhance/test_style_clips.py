"""Styles of clips: steady along motion, begun anew at cuts, the frames themselves otherwise as stills are."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.enhance.interpolate import flow, warp
from bottega.enhance.style import apply_style
from bottega.enhance.style_clip import stylise_clip
from bottega.errors import InvalidOption, MissingInput

SIZE = 144, 216


def pan(count: int, step: float = 2.3, grain: float = 3.0) -> list[np.ndarray]:
    """A camera that moves over a photograph, with the grain of a sensor."""
    photo = cv2.resize(data.coffee(), (300, 200), interpolation=cv2.INTER_AREA).astype(np.float32)
    random = np.random.default_rng(4)
    frames = []
    for index in range(count):
        place = np.array([[1, 0, step * index], [0, 1, 0.7 * step * index]])
        frame = cv2.warpAffine(
            photo,
            place,
            SIZE[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        )
        frames.append(np.clip(np.rint(frame + random.normal(0, grain, frame.shape)), 0, 255).astype(np.uint8))
    return frames


def flicker(frames: list[np.ndarray], styled: list[np.ndarray]) -> float:
    """Mean difference, of 255, of each frame and the one before, moved along the motion of the clip itself."""
    errors = []
    for index in range(1, len(frames)):
        moved = warp(styled[index - 1], flow(frames[index], frames[index - 1], "full"))
        errors.append(np.abs(moved.astype(np.float32) - styled[index])[12:-12, 12:-12].mean())
    return float(np.mean(errors))


@pytest.mark.parametrize(
    "style", ["pencil_sketch", "cartoon", "oil_paint", "watercolour", "mosaic", "texture"]
)
def test_a_clip_flickers_much_less_than_its_frames_drawn_one_by_one(style: str) -> None:
    frames, reference = pan(6), data.brick()[..., None].repeat(3, axis=2)
    steady = list(stylise_clip(frames, style, reference=reference))
    single = [apply_style(frame, style, 1.0, reference) for frame in frames]
    assert flicker(frames, steady) < 0.7 * flicker(frames, single)


def test_the_first_frame_is_drawn_as_a_still() -> None:
    frames = pan(1)
    assert np.array_equal(next(stylise_clip(frames, "cartoon")), apply_style(frames[0], "cartoon", 1.0, None))


def test_after_a_cut_nothing_of_the_scene_before_is_left() -> None:
    other = cv2.resize(data.chelsea(), SIZE[::-1], interpolation=cv2.INTER_AREA)
    styled = list(stylise_clip([*pan(2), other], "watercolour"))
    assert np.array_equal(styled[2], apply_style(other, "watercolour", 1.0, None))


def test_what_appears_is_drawn_and_not_smeared() -> None:
    frames = [frame.copy() for frame in pan(3, step=0, grain=0)]
    frames[2][40:90, 60:120] = (30, 60, 220)
    styled = list(stylise_clip(frames, "cartoon"))
    alone = apply_style(frames[2], "cartoon", 1.0, None)
    inside = np.s_[50:80, 70:110]
    assert np.abs(styled[2][inside].astype(int) - alone[inside]).mean() < 8


def test_strength_zero_gives_the_frames() -> None:
    frames = pan(2)
    assert all(np.array_equal(a, b) for a, b in zip(stylise_clip(frames, "mosaic", 0.0), frames, strict=True))


def test_the_colours_of_another_picture_stay_when_something_comes_into_the_picture() -> None:
    frames = pan(5, step=0, grain=0)
    for number in (3, 4):
        frames[number] = frames[number].copy()
        frames[number][30:110, 10:90] = (20, 40, 250)
    steady = list(stylise_clip(frames, "colour_transfer", 1.0, data.chelsea()))
    single = [apply_style(frame, "colour_transfer", 1.0, data.chelsea()) for frame in frames]
    assert np.array_equal(steady[0], single[0])

    def change(clip: list[np.ndarray]) -> float:
        return float(np.abs(clip[3].astype(int) - clip[2])[:, 120:].mean())

    assert change(steady) < 0.5 * change(single)


def test_masks_and_alpha_hold_in_every_frame() -> None:
    frames = [np.dstack([frame, frame[..., 0]]).astype(np.uint16) * 257 for frame in pan(3)]

    def left_half(frame: np.ndarray) -> np.ndarray:
        mask = np.zeros(frame.shape[:2], np.float32)
        mask[:, :100] = 1
        return mask

    for styled, frame in zip(stylise_clip(frames, "watercolour", mask=left_half), frames, strict=True):
        assert styled.dtype == np.uint16
        assert np.array_equal(styled[:, 100:], frame[:, 100:])
        assert np.array_equal(styled[..., 3], frame[..., 3])
        assert not np.array_equal(styled[:, :100], frame[:, :100])


def test_frames_are_asked_for_one_at_a_time() -> None:
    taken = 0

    def source() -> Iterator[np.ndarray]:
        nonlocal taken
        for frame in pan(4):
            taken += 1
            yield frame

    clip = stylise_clip(source(), "cartoon")
    next(clip)
    assert taken == 1


def test_what_cannot_be_done_is_refused() -> None:
    frames = pan(2)
    with pytest.raises(InvalidOption, match="one size"):
        list(stylise_clip([frames[0], frames[1][:-8]], "cartoon"))
    with pytest.raises(InvalidOption, match="Steadiness"):
        list(stylise_clip(frames, "cartoon", steady=1.0))
    with pytest.raises(MissingInput):
        list(stylise_clip(frames, "texture"))
