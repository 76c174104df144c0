"""Measures of clips, on files that are encoded here: what is right, what is black, frozen, silent or damaged."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageOps

from bottega.compute import ComputePool
from bottega.domain.verdict import Criterion, Rubric, VerdictState
from bottega.errors import MissingInput, UnreadablePicture
from bottega.imaging.limits import Limits
from bottega.quality import judge
from bottega.quality.measures import CLIP_ALONE, CLIP_COMPARED, measure

LIMITS = Limits()
RATE = 24
Frame = np.ndarray[Any, np.dtype[np.uint8]]


def encoded(
    path: Path,
    frame: Callable[[int], Frame],
    *,
    frames: int = 36,
    sound: Callable[[Any], Any] | None = None,
    crf: int = 23,
    key_frames: int = 250,
) -> Path:
    """`frame(n)` is the n-th picture, `sound(t)` the wave at the times t in seconds."""
    with av.open(str(path), "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=RATE)
        stream.height, stream.width = frame(0).shape[:2]
        stream.pix_fmt, stream.options = (
            "yuv420p",
            {"crf": str(crf), "preset": "ultrafast", "g": str(key_frames)},
        )
        voice: Any = container.add_stream("aac", rate=44100, layout="mono") if sound is not None else None
        for n in range(frames):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame(n)), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
        if sound is not None:
            wave = sound(np.arange(44100 * frames // RATE) / 44100).astype(np.float32)[None, :]
            heard: Any = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            heard.sample_rate = 44100
            container.mux(voice.encode(heard))
            container.mux(voice.encode())
    return path


@pytest.fixture(scope="module")
def photograph(photographs: Path) -> Frame:
    with Image.open(photographs / "coffee.png") as opened:
        return np.asarray(ImageOps.fit(opened.convert("RGB"), (320, 180)))


def values_of(path: Path, *names: str, source: Path | None = None) -> dict[str, float]:
    return measure(path, source, names, LIMITS)


def test_every_measure_of_a_moving_clip_with_sound(tmp_path: Path, photograph: Frame, photographs: Path):
    clip = encoded(
        tmp_path / "a.mp4",
        lambda n: np.roll(photograph, 4 * n, axis=1),
        sound=lambda t: 0.1 * np.sin(2 * np.pi * 440 * t),
    )
    found = values_of(clip, *CLIP_ALONE, *CLIP_COMPARED, source=photographs / "coffee.png")
    assert found.keys() == CLIP_ALONE | CLIP_COMPARED
    assert found["clip_decoded"] == 1
    assert found["clip_seconds"] == pytest.approx(1.5, abs=0.05)
    assert found["clip_frame_rate"] == pytest.approx(24)
    assert found["clip_lines"] == 180
    assert found["clip_aspect"] == pytest.approx(16 / 9, rel=0.01)
    assert found["clip_flat_share"] == 0
    assert found["clip_motion"] > 0.5
    assert found["clip_frozen_share"] < 0.1
    assert found["clip_sound_tracks"] == 1
    assert found["clip_sound_level"] == pytest.approx(0.1 / np.sqrt(2), rel=0.05)
    assert found["clip_first_frame"] > 0.9


@pytest.mark.parametrize("crf", [18, 34])
def test_a_still_encoded_as_a_clip_does_not_move(tmp_path: Path, photographs: Path, crf: int):
    with Image.open(photographs / "coffee.png") as opened:
        still = np.asarray(ImageOps.fit(opened.convert("RGB"), (1280, 720)))
    clip = encoded(tmp_path / "a.mp4", lambda n: still, frames=30, crf=crf, key_frames=12)
    found = values_of(clip, "clip_motion", "clip_frozen_share")
    assert found["clip_motion"] < 0.02
    assert found["clip_frozen_share"] == 1


def test_a_small_flame_in_a_still_picture_is_motion(tmp_path: Path, photograph: Frame):
    def flickering(n: int) -> Frame:
        picture = photograph.astype(np.int16)
        picture[60:80, 100:116] += round(40 * np.sin(n))  # half a percent of the picture
        return np.clip(picture, 0, 255).astype(np.uint8)

    found = values_of(encoded(tmp_path / "a.mp4", flickering), "clip_motion", "clip_frozen_share")
    assert found["clip_motion"] > 0.1
    assert found["clip_frozen_share"] < 0.2


def test_a_slow_sunset_does_not_stand_still(tmp_path: Path, photograph: Frame):
    clip = encoded(tmp_path / "a.mp4", lambda n: (photograph * (1 - 0.004 * n)).astype(np.uint8), frames=48)
    found = values_of(clip, "clip_motion", "clip_frozen_share")
    assert found["clip_motion"] > 0.05
    assert found["clip_frozen_share"] < 0.4


def test_the_longest_stretch_that_stands_still_counts(tmp_path: Path, photograph: Frame):
    clip = encoded(tmp_path / "a.mp4", lambda n: np.roll(photograph, 8 * max(0, n - 36), axis=1), frames=48)
    assert values_of(clip, "clip_frozen_share")["clip_frozen_share"] == pytest.approx(0.75, abs=0.06)


def test_black_frames_show_nothing(tmp_path: Path, photograph: Frame):
    black = np.zeros_like(photograph)
    third = encoded(tmp_path / "a.mp4", lambda n: black if n < 12 else np.roll(photograph, n, axis=1))
    assert values_of(third, "clip_flat_share")["clip_flat_share"] == pytest.approx(1 / 3, abs=0.06)
    whole = encoded(tmp_path / "b.mp4", lambda n: black)
    assert values_of(whole, "clip_flat_share")["clip_flat_share"] == 1


@pytest.mark.parametrize(
    ("sound", "tracks", "level"),
    [
        (None, 0, 0.0),
        (lambda t: 0.0 * t, 1, 0.0),
        (lambda t: 0.0 * t + 0.1, 1, 0.0),  # a constant offset cannot be heard
        (lambda t: 0.2 * np.sin(2000 * t) * (t < 0.15), 1, 0.2 / np.sqrt(2) * np.sqrt(0.1)),
    ],
)
def test_a_silent_track_is_told_from_one_that_can_be_heard(
    tmp_path: Path, photograph: Frame, sound: Any, tracks: int, level: float
):
    clip = encoded(tmp_path / "a.mp4", lambda n: photograph, sound=sound)
    found = values_of(clip, "clip_sound_tracks", "clip_sound_level")
    assert found["clip_sound_tracks"] == tracks
    # An encoder lets a constant offset swing in and out: the tolerance is 2 % of full scale.
    assert found["clip_sound_level"] == pytest.approx(level, abs=0.02)


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (240, 240)])
def test_the_first_frame_is_the_still_however_it_was_cut(
    tmp_path: Path, photographs: Path, size: tuple[int, int]
):
    still, other = photographs / "chelsea.png", photographs / "astronaut.png"
    with Image.open(still) as opened:
        picture = opened.convert("RGB")
    for fitting in (ImageOps.fit(picture, size), ImageOps.pad(picture, size), picture.resize(size)):
        shown = np.asarray(fitting)
        clip = encoded(tmp_path / "a.mp4", lambda n, shown=shown: np.roll(shown, n, axis=0), frames=8)
        (likeness,) = values_of(clip, "clip_first_frame", source=still).values()
        assert likeness > 0.9
        assert values_of(clip, "clip_first_frame", source=other)["clip_first_frame"] < 0.35


def test_the_transparent_part_of_a_still_is_white(tmp_path: Path, photograph: Frame):
    cut_out = np.dstack([photograph, np.full(photograph.shape[:2], 255, np.uint8)])
    cut_out[:, :160, 3] = 0
    Image.fromarray(cut_out).save(tmp_path / "still.png")
    shown = photograph.copy()
    shown[:, :160] = 255
    clip = encoded(tmp_path / "a.mp4", lambda n: shown, frames=4)
    assert values_of(clip, "clip_first_frame", source=tmp_path / "still.png")["clip_first_frame"] > 0.9


@pytest.mark.parametrize(
    ("size", "lines"), [((1280, 720), 720), ((720, 1280), 720), ((960, 960), 960), ((1488, 624), 722.7)]
)
def test_resolution_is_that_of_the_shorter_side_or_of_as_many_pixels(
    tmp_path: Path, size: tuple[int, int], lines: float
):
    flat = np.full((size[1], size[0], 3), 90, np.uint8)
    clip = encoded(tmp_path / "a.mp4", lambda n: flat, frames=2)
    assert values_of(clip, "clip_lines")["clip_lines"] == pytest.approx(lines, abs=0.1)


def test_damage_in_the_middle_shows_in_the_share_that_is_decoded(tmp_path: Path, photograph: Frame):
    clip = encoded(tmp_path / "a.mp4", lambda n: np.roll(photograph, 8 * n, axis=1))
    data = bytearray(clip.read_bytes())
    for at in range(len(data) // 4, len(data) // 2):
        data[at] ^= 0x5A
    clip.write_bytes(data)
    try:
        found = values_of(clip, "clip_decoded")["clip_decoded"]
    except UnreadablePicture:
        return
    assert found < 0.97


def test_a_comparison_needs_a_still(tmp_path: Path, photograph: Frame):
    with pytest.raises(MissingInput, match="clip_first_frame"):
        values_of(encoded(tmp_path / "a.mp4", lambda n: photograph, frames=2), "clip_first_frame")


# --- verdicts ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def compute() -> AsyncIterator[ComputePool]:
    pool = ComputePool(1)
    yield pool
    await pool.close()


RUBRIC = Rubric(
    name="test",
    criteria=(Criterion(measure="clip_motion", rule="at_least", threshold=0.02, why="Nothing moves."),),
)


async def test_a_verdict_on_a_clip_is_made_in_a_compute_process(
    tmp_path: Path, photograph: Frame, compute: ComputePool
):
    clip = encoded(tmp_path / "a.mp4", lambda n: photograph, frames=6)
    verdict = await judge(compute, RUBRIC, clip, None, {}, LIMITS)
    assert (verdict.state, verdict.reason) == (VerdictState.REJECTED, "Nothing moves.")


async def test_without_the_reader_a_clip_is_not_judged_and_the_reason_says_what_to_install(
    tmp_path: Path, photograph: Frame, monkeypatch: pytest.MonkeyPatch
):
    clip = encoded(tmp_path / "a.mp4", lambda n: photograph, frames=6)
    without = tmp_path / "without"
    without.mkdir()
    (without / "av.py").write_text("raise ImportError('not installed')")
    monkeypatch.setenv("PYTHONPATH", str(without))  # of the compute process
    pool = ComputePool(1)
    try:
        verdict = await judge(pool, RUBRIC, clip, None, {}, LIMITS)
    finally:
        await pool.close()
    assert verdict.state is VerdictState.NOT_JUDGED
    assert verdict.score is None
    assert verdict.measures == ()
    assert "reader is not installed" in verdict.reason
