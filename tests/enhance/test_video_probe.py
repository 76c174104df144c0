"""What is found in a clip, and what is said of files that are none."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bottega.enhance.video import probe, samples
from bottega.enhance.video.reading import index_frames, pictures
from bottega.errors import NotFound, UnreadablePicture


def test_streams_chapters_and_names(tmp_path: Path) -> None:
    info = probe(samples.write(tmp_path, "full"))
    assert [(s.kind, s.language) for s in info.streams if s.kind != "data"] == [
        ("video", "und"),
        ("audio", "ita"),
        ("audio", "fra"),
        ("subtitle", "eng"),
        ("subtitle", "deu"),
    ]
    assert [(c.start, c.end, c.title) for c in info.chapters] == [
        (0, Fraction(2, 5), "One"),
        (Fraction(2, 5), 1, "Two"),
    ]
    assert info.metadata == {"title": "Bottega", "comment": "made for a proof"}
    assert info.problems == ()


def test_shape_rotation_and_pixels_that_are_not_square(tmp_path: Path) -> None:
    video = probe(samples.write(tmp_path, "full")).video
    assert (video.width, video.height, video.sample_aspect, video.rotation) == (96, 64, Fraction(4, 3), 90)
    assert video.display_size == (64, 128)
    assert video.display_aspect == 2


def test_a_constant_rate_of_1001ths_is_exact(tmp_path: Path) -> None:
    video = probe(samples.write(tmp_path, "full")).video
    assert (video.frame_rate, video.variable_rate, video.frames) == (Fraction(30000, 1001), False, 36)
    assert video.duration == Fraction(36 * 1001, 30000)


def test_a_variable_rate_is_seen_by_the_times(tmp_path: Path) -> None:
    path = samples.write(tmp_path, "variable")
    assert probe(path).video.variable_rate
    assert index_frames(path).pts == samples.RECIPES["variable"].ticks


def test_a_clip_that_does_not_begin_at_zero(tmp_path: Path) -> None:
    assert probe(samples.write(tmp_path, "offset")).video.start == Fraction(3, 2)


def test_hdr_with_its_mastering_values(tmp_path: Path) -> None:
    video = probe(samples.write(tmp_path, "hdr")).video
    assert (video.bit_depth, video.colour.hdr, video.colour.primaries, video.colour.matrix) == (
        10,
        "PQ",
        9,
        9,
    )
    assert video.mastering is not None
    assert video.mastering.brightest == pytest.approx(1000)
    assert video.mastering.red == pytest.approx((0.68, 0.32), abs=1e-4)
    assert video.content_light is not None
    assert (video.content_light.max_cll, video.content_light.max_fall) == (900, 300)


def test_colour_tags_and_full_range(tmp_path: Path) -> None:
    colour = probe(samples.write(tmp_path, "full range")).video.colour
    assert (colour.primaries, colour.transfer, colour.matrix, colour.full_range) == (1, 13, 1, True)


def test_one_pixel(tmp_path: Path) -> None:
    recipe = replace(samples.RECIPES["variable"], size=(1, 1), sample_aspect=Fraction(1))
    samples.write_recipe(tmp_path / "dot.mkv", recipe)
    assert (probe(tmp_path / "dot.mkv").video.width, probe(tmp_path / "dot.mkv").video.frames) == (1, 20)


@pytest.mark.parametrize("name", ["full", "variable"])
def test_a_clip_that_was_cut_off_says_so(tmp_path: Path, name: str) -> None:
    path = samples.write(tmp_path, name)
    info = probe(samples.cut_off(path, tmp_path / f"cut{path.suffix}"))
    assert 0 < info.video.frames < len(samples.RECIPES[name].ticks)
    assert any("ends early" in problem for problem in info.problems)


def test_a_clip_without_a_list_of_contents_is_refused(tmp_path: Path) -> None:
    path = samples.write(tmp_path, "variable")
    with pytest.raises(UnreadablePicture, match="cut off"):
        probe(samples.cut_off(path, tmp_path / "cut.mkv", at=0.02))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    with pytest.raises(UnreadablePicture, match="empty"):
        probe(tmp_path / "empty.mp4")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        probe(tmp_path / "nowhere.mp4")


def test_sound_alone_is_no_clip(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "song.mp4"), "w") as output:
        stream = output.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        frame.rate, frame.pts = 48000, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with pytest.raises(UnreadablePicture, match="no moving pictures"):
        probe(tmp_path / "song.mp4")


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    clip = samples.write(tmp_path, "many keys")
    (tmp_path / "list.mp4").write_text(f"ffconcat version 1.0\nfile {clip.name}\n")
    with pytest.raises(UnreadablePicture):
        probe(tmp_path / "list.mp4")


@pytest.mark.parametrize("first", [1, 11, 12, 13, 30, 35])
def test_pictures_from_the_middle_are_those_of_a_whole_pass(tmp_path: Path, first: int) -> None:
    path = samples.write(tmp_path, "full")
    index = index_frames(path)
    whole = {n: frame.to_ndarray().tobytes() for n, frame, _ in pictures(path, index)}
    part = {n: frame.to_ndarray().tobytes() for n, frame, _ in pictures(path, index, first)}
    assert part == {n: data for n, data in whole.items() if n >= first}


def test_what_cannot_be_decoded_is_held_from_the_picture_before(tmp_path: Path) -> None:
    path = samples.damaged(samples.write(tmp_path, "many keys"), tmp_path / "broken.mp4", length=3000)
    index = index_frames(path)
    found = [(frame.to_ndarray(), held) for _, frame, held in pictures(path, index)]
    assert len(found) == 40
    places = [n for n, (_, held) in enumerate(found) if held]
    assert places
    for place in places:
        np.testing.assert_array_equal(found[place][0], found[place - 1][0])
