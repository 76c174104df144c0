"""Clips at the door, made here with PyAV: what is read of them, and how damaged ones end."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bottega.errors import TooLarge, UnreadablePicture, UnsupportedMedia
from bottega.imaging.clip import inspect_clip, poster, sample_frames
from bottega.imaging.decode import inspect
from bottega.imaging.limits import Limits
from bottega.imaging.thumbnail import make_thumbnail


def make_clip(
    path: Path,
    *,
    frames: int = 24,
    size: tuple[int, int] = (96, 64),
    rate: int = 24,
    codec: str = "mpeg4",
    black: int = 0,
    audio: bool = False,
    aspect: Fraction | None = None,
) -> Path:
    """A bright square that moves to the right, after `black` black frames."""
    width, height = size
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        sound = (
            container.add_stream("aac" if path.suffix != ".webm" else "libopus", rate=48000)
            if audio
            else None
        )
        for n in range(frames):
            picture = np.zeros((height, width, 3), np.uint8)
            if n >= black:
                picture[:] = 60
                picture[16:48, 2 * n % (width - 32) : 2 * n % (width - 32) + 32] = (250, 120, 30)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound is not None:
            samples = np.zeros((1, 48000 * frames // rate), np.float32)
            heard = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            heard.sample_rate = 48000
            container.mux(sound.encode(heard))
            container.mux(sound.encode())
    return path


@pytest.mark.parametrize(
    ("name", "codec", "media_type"),
    [
        ("a.mp4", "mpeg4", "video/mp4"),
        ("a.mov", "mpeg4", "video/quicktime"),
        ("a.webm", "libvpx-vp9", "video/webm"),
        ("a.mkv", "mpeg4", "video/webm"),
    ],
)
def test_what_a_clip_is_is_read_from_its_content(
    tmp_path: Path, name: str, codec: str, media_type: str
) -> None:
    path = make_clip(tmp_path / name, codec=codec)
    found = inspect(path.rename(tmp_path / "no-name"))
    assert (found.media_type, found.width, found.height, found.frames) == (media_type, 96, 64, 24)
    assert found.seconds == pytest.approx(1.0, abs=0.06)
    assert found.frame_rate == pytest.approx(24, abs=1)
    assert found.is_clip
    assert not found.has_audio


def test_a_sound_track_is_noticed(tmp_path: Path) -> None:
    assert inspect_clip(make_clip(tmp_path / "a.mp4", audio=True)).has_audio


def test_pixels_that_are_not_square_are_counted_as_they_are_shown(tmp_path: Path) -> None:
    found = inspect_clip(make_clip(tmp_path / "a.mp4", aspect=Fraction(4, 3)))
    assert (found.width, found.height) == (128, 64)
    assert poster(tmp_path / "a.mp4").shape == (64, 128, 3)


def test_the_poster_shows_something_where_the_clip_begins_black(tmp_path: Path) -> None:
    shown = poster(make_clip(tmp_path / "a.mp4", frames=30, black=12))
    assert shown[32].max() > 200


def test_a_clip_that_is_black_throughout_has_a_poster_too(tmp_path: Path) -> None:
    assert poster(make_clip(tmp_path / "a.mp4", black=24)).max() < 20


def test_frames_are_sampled_from_the_first_to_the_last(tmp_path: Path) -> None:
    taken = sample_frames(make_clip(tmp_path / "a.mp4"), 5)
    places = [int(np.argmax(frame[32, :, 0] > 180)) for frame in taken]
    assert places == sorted(places)
    assert places[0] <= 2
    assert places[-1] >= 44


def test_a_thumbnail_of_a_clip_is_a_still(tmp_path: Path) -> None:
    make_thumbnail(make_clip(tmp_path / "a.mp4"), tmp_path / "t.webp", 48, Limits())
    found = inspect(tmp_path / "t.webp")
    assert (found.media_type, found.width, found.height) == ("image/webp", 48, 32)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "mpeg4"), ("a.webm", "libvpx-vp9")])
def test_a_clip_that_is_cut_off_ends_in_a_plain_error_or_with_fewer_pictures(
    tmp_path: Path, name: str, codec: str, share: float
) -> None:
    data = make_clip(tmp_path / name, codec=codec, frames=48).read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(data[: int(len(data) * share)])
    found = None
    with suppress(UnreadablePicture):
        found = inspect_clip(cut)
    assert found is None or 0 < found.frames < 48


def test_a_file_with_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=48000)
        heard = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), format="fltp", layout="mono")
        heard.sample_rate = 48000
        container.mux(sound.encode(heard))
        container.mux(sound.encode())
    with pytest.raises(UnreadablePicture, match="no pictures"):
        inspect_clip(path)


def test_limits_are_kept(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=48)
    with pytest.raises(TooLarge, match="2 s long"):
        inspect_clip(path, Limits(max_seconds=1))
    with pytest.raises(TooLarge, match="pixels"):
        inspect_clip(path, Limits(max_side=80))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no clip",
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"\0\0\0\x18ftypisom" + b"\xff" * 500,
        b"\x1aE\xdf\xa3" + bytes(60),
    ],
)
def test_what_is_no_clip_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises((UnreadablePicture, UnsupportedMedia)):
        inspect_clip(path)
