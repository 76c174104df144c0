"""Clips that are drawn, from file to file: steady over time, in bounded memory, the same bytes after a kill."""

import subprocess
import sys
import weakref
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import style_worker
from skimage import data

from bottega.enhance.clip_works import ClipWorks
from bottega.enhance.interpolate import flow, warp
from bottega.enhance.jobs import enhance_file
from bottega.enhance.style import apply_style
from bottega.enhance.style_clip import REACH, SteadyDrawing
from bottega.enhance.video.model import Frame, Timeline, Window
from bottega.enhance.works import Style, Upscale
from bottega.enhance.works_repair import Restore
from bottega.errors import InvalidOption

SIZE = 112, 160


def pan(count: int, grain: float = 3.0) -> list[np.ndarray]:
    """A camera that moves over a photograph, with the grain of a sensor."""
    photo = cv2.resize(data.coffee(), (300, 200), interpolation=cv2.INTER_AREA).astype(np.float32)
    random = np.random.default_rng(4)
    frames = []
    for index in range(count):
        place = np.array([[1, 0, 2.3 * index], [0, 1, 1.3 * index]])
        frame = cv2.warpAffine(photo, place, SIZE[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        frames.append(np.clip(np.rint(frame + random.normal(0, grain, frame.shape)), 0, 255).astype(np.uint8))
    return frames


def write(path: Path, frames: list[np.ndarray]) -> Path:
    """Without loss."""
    with av.open(str(path), "w") as made:
        stream = made.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = SIZE[1], SIZE[0], "bgr0"
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return path


def read(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as made:
        return [frame.to_ndarray(format="rgb24") for frame in made.decode(video=0)]


def flicker(frames: list[np.ndarray], styled: list[np.ndarray]) -> float:
    """Mean difference, of 255, of each picture and the one before, moved along the motion of the clip itself."""
    errors = []
    for index in range(1, len(frames)):
        moved = warp(styled[index - 1], flow(frames[index], frames[index - 1], "full"))
        errors.append(np.abs(moved.astype(np.float32) - styled[index])[12:-12, 12:-12].mean())
    return float(np.mean(errors))


def test_a_drawn_clip_flickers_half_as_much_as_its_pictures_drawn_one_by_one(tmp_path: Path) -> None:
    frames = pan(14)
    source, target = write(tmp_path / "pan.mkv", frames), tmp_path / "drawn.mkv"
    report = enhance_file(source, target, Style("watercolour", faces=False))
    single = enhance_file(source, tmp_path / "single.mkv", Style("watercolour", faces=False, steady=0.0))
    drawn, one_by_one = read(target), read(tmp_path / "single.mkv")
    assert report["frames_in"] == len(drawn) == len(one_by_one) == 14
    assert report["state"] == single["state"] == "done"
    assert flicker(frames, drawn) < 0.5 * flicker(frames, one_by_one)


def test_it_shows_what_the_drawing_of_a_still_shows() -> None:
    frames = pan(REACH + 2)
    drawing = SteadyDrawing(lambda frame: apply_style(frame, "cartoon", 1.0, None, faces=False))
    steady = drawing.last(list(enumerate(frames))) * 255
    alone = apply_style(frames[-1], "cartoon", 1.0, None, faces=False).astype(np.float32)
    assert np.abs(steady - alone)[8:-8, 8:-8].mean() < 8


def test_no_more_pictures_are_held_than_are_in_reach() -> None:
    made_so_far: list[weakref.ref[np.ndarray]] = []

    def draw(frame: np.ndarray) -> np.ndarray:
        made = frame.copy()
        made_so_far.append(weakref.ref(made))
        return made

    drawing = SteadyDrawing(draw)
    frames = list(enumerate(pan(1) * 30))
    most = 0
    for number in range(len(frames)):
        drawing.last(frames[max(0, number - REACH) : number + 1])
        most = max(most, sum(held() is not None for held in made_so_far))
    assert most == REACH + 1


def test_a_picture_depends_on_those_in_reach_alone() -> None:
    frames = list(enumerate(pan(REACH + 4)))

    def drawing() -> SteadyDrawing:
        return SteadyDrawing(lambda frame: apply_style(frame, "cartoon", 1.0, None, faces=False))

    running = drawing()
    for number in range(len(frames)):
        told = running.last(frames[max(0, number - REACH) : number + 1])
    assert np.array_equal(told, drawing().last(frames[-REACH - 1 :]))


def test_a_drawing_stands_between_cleaning_and_enlarging() -> None:
    works = ClipWorks([Restore(0.5), Style("cartoon", faces=False), Upscale(scale=2, tier="classical")])
    work = works.for_transform()
    assert isinstance(work, Timeline)
    frames = tuple(
        Frame(number, Fraction(number, 25), Fraction(1, 25), pixels, False)
        for number, pixels in enumerate(pan(2))
    )
    made = list(work.function(Window(frames, 1)))
    assert made[0][0] == Fraction(1, 25)
    assert made[0][1].shape == (2 * SIZE[0], 2 * SIZE[1], 3)
    assert works.told()["engines"] == {"classical restoration": 2, "cartoon": 2, "classical": 1}


def test_strength_zero_leaves_the_pictures_as_they_are(tmp_path: Path) -> None:
    source = write(tmp_path / "pan.mkv", pan(3))
    works = ClipWorks([Style("cartoon", 0.0)])
    work = works.for_transform()
    assert not isinstance(work, Timeline)
    picture = read(source)[0]
    assert np.array_equal(work(picture), picture)


def test_a_steadiness_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidOption, match="Steadiness"):
        ClipWorks([Style("cartoon", steady=1.0)])


def test_a_drawn_clip_that_was_killed_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    source = write(tmp_path / "pan.mkv", pan(60))
    whole = tmp_path / "whole.mp4"
    worker = [sys.executable, style_worker.__file__, str(source)]
    done = subprocess.run([*worker, str(whole)], stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "finished 0"
    killed = tmp_path / "killed.mp4"
    command = [*worker, str(killed)]
    for lines in (20, 51):  # a segment of pictures of this size has 48 of them
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()
        process.communicate()
        assert not killed.exists()
    last = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    assert last.stdout.splitlines()[-1] == "finished 1"
    assert killed.read_bytes() == whole.read_bytes()
