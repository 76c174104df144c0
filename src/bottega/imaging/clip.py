"""Clips at the door: what is in the file, a picture to show for it, frames to measure. Needs the extra `video`.

Light to import; the reader is loaded when the first clip is looked at.
"""

import importlib
import stat
from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bottega.domain.asset import MediaInfo
from bottega.errors import BottegaError, ResourceError, TooLarge, UnreadablePicture, UnsupportedMedia
from bottega.imaging.limits import Limits
from bottega.imaging.media_type import CLIPS, HEAD_BYTES, describe, sniff

if TYPE_CHECKING:
    from bottega.imaging.picture import U8

_FORMATS = {"video/mp4": "mov", "video/quicktime": "mov", "video/webm": "matroska"}
_HINT = "Send an MP4, MOV or WebM clip."
_POSTER_SECONDS = 3.0
_FLAT = 8.0
"""Standard deviation of the brightness (0 to 255) below which a frame shows nothing."""


def is_clip(source: Path) -> bool:
    """Whether the file is a clip by its first bytes; False for what cannot be opened, whose reader says why."""
    try:
        if not source.is_file():  # a pipe would never answer
            return False
        with source.open("rb") as file:
            return sniff(file.read(HEAD_BYTES)) in CLIPS
    except (OSError, ValueError):
        return False


def inspect_clip(source: Path, limits: Limits = Limits()) -> MediaInfo:  # noqa: B008 - immutable
    """What is in the file, after following it to its end and decoding its first and its last pictures.

    Width and height are those of the upright picture in square pixels. Raises UnreadablePicture, TooLarge,
    UnsupportedMedia, ResourceError (the reader is not installed, no memory); nothing else.
    """
    with _opened(source, limits) as (container, media_type):
        stream = _picture_stream(container)
        first = next(container.decode(stream), None)
        if first is None:
            raise UnreadablePicture("The clip has no pictures.", hint=_HINT)
        width, height = _upright(first, stream)
        limits.check_size(width, height)
        seconds, frames, keys = _follow(container, stream)
        if seconds > limits.max_seconds:
            raise TooLarge(
                f"The clip is {seconds:.0f} s long; the limit is {limits.max_seconds:g} s.",
                hint="Send a shorter clip, or raise BOTTEGA_MAX_CLIP_SECONDS.",
            )
        if keys:
            _decode_from(container, stream, keys[-1])
        rate = stream.average_rate or (Fraction(frames) / Fraction(seconds) if seconds else Fraction(0))
        return MediaInfo(
            media_type=media_type,
            width=width,
            height=height,
            frames=frames,
            seconds=round(seconds, 6),
            frame_rate=round(float(rate), 4),
            has_audio=bool(container.streams.audio),
        )


def poster(source: Path, limits: Limits = Limits()) -> "U8":  # noqa: B008 - immutable
    """H x W x 3, uint8 sRGB, upright: the first frame of the first seconds that shows something, else the first
    of all. Raises as `inspect_clip`."""
    with _opened(source, limits) as (container, _):
        stream = _picture_stream(container)
        chosen: U8 | None = None
        for frame in container.decode(stream):
            pixels = _pixels(frame, stream)
            chosen = pixels if chosen is None else chosen
            if float(pixels.std()) > _FLAT:
                return pixels
            if (frame.time or 0.0) > _POSTER_SECONDS:
                break
        if chosen is None:
            raise UnreadablePicture("The clip has no pictures.", hint=_HINT)
        return chosen


def sample_frames(source: Path, count: int, limits: Limits = Limits()) -> "list[U8]":  # noqa: B008 - immutable
    """Up to `count` frames at even distances, each H x W x 3, uint8 sRGB, upright. Raises as `inspect_clip`."""
    with _opened(source, limits) as (container, _):
        stream = _picture_stream(container)
        _, frames, _ = _follow(container, stream)
        wanted = {round(n * (frames - 1) / max(1, count - 1)) for n in range(count)}
        container.seek(0)
        return [_pixels(frame, stream) for n, frame in enumerate(container.decode(stream)) if n in wanted]


def require_reader() -> None:
    """Raises ResourceError where clips cannot be read because their reader is not installed."""
    try:
        importlib.import_module("av")
    except ImportError as error:
        raise ResourceError(
            "Clips cannot be read here: the reader is not installed.",
            hint="Install it with `pip install 'bottega[video]'`.",
        ) from error


@contextmanager
def _opened(source: Path, limits: Limits) -> Generator[tuple[Any, str]]:
    """The open file and its media type; what the reader says of damaged files is put into our words."""
    media_type = _accepted_type(source, limits)
    require_reader()
    import av
    from av.error import FFmpegError

    try:
        # The format is given, so that no other reader (playlists that fetch addresses, for one) is tried.
        with av.open(str(source), format=_FORMATS[media_type]) as container:
            yield container, media_type
    except BottegaError:
        raise
    except MemoryError as error:
        raise ResourceError(
            "There is not enough memory for this clip.", hint="Use a smaller clip."
        ) from error
    except (FFmpegError, ValueError, OSError) as error:
        raise UnreadablePicture(
            "The clip is damaged or cut off.", hint="Export or download it again.", cause=str(error)
        ) from error


def _accepted_type(source: Path, limits: Limits) -> str:
    try:
        status = source.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadablePicture("This is not a file.", hint="Name a clip.")
        limits.check_bytes(status.st_size)
        with source.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise UnreadablePicture(f"The file cannot be opened: {error.strerror}.") from error
    media_type = sniff(head)
    if media_type not in CLIPS:
        raise UnsupportedMedia(f"This is {describe(media_type)}, not a clip that is read here.", hint=_HINT)
    return media_type


def _picture_stream(container: Any) -> Any:
    if not container.streams.video:
        raise UnreadablePicture("The file has sound and no pictures.", hint=_HINT)
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return stream


def _follow(container: Any, stream: Any) -> tuple[float, int, list[int]]:
    """Seconds, number of pictures, and the time stamps of those that can be decoded alone."""
    container.seek(0)
    last, frames, keys = Fraction(0), 0, list[int]()
    begin: Fraction | None = None
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        if packet.is_corrupt:
            raise UnreadablePicture("The clip is damaged.", hint="Export or download it again.")
        at = packet.pts * stream.time_base
        begin = at if begin is None else min(begin, at)
        last = max(last, at + (packet.duration or 0) * stream.time_base)
        frames += 1
        if packet.is_keyframe:
            keys.append(packet.pts)
    return float(last - (begin or 0)), frames, keys


def _decode_from(container: Any, stream: Any, key: int) -> None:
    """The pictures from a key frame to the end: where a file was cut off they cannot be decoded."""
    container.seek(key, stream=stream)
    if next(container.decode(stream), None) is None:
        raise UnreadablePicture("The end of the clip is missing.", hint="Export or download it again.")


def _turn(frame: Any) -> int:
    """Quarter turns to the left that make the picture upright."""
    return round((frame.rotation or 0) / 90) % 4


def _upright(frame: Any, stream: Any) -> tuple[int, int]:
    ratio = stream.sample_aspect_ratio or Fraction(1)
    width, height = round(frame.width * ratio) if ratio > 0 else frame.width, frame.height
    return (height, width) if _turn(frame) % 2 else (width, height)


def _pixels(frame: Any, stream: Any) -> "U8":
    import numpy as np

    ratio = stream.sample_aspect_ratio or Fraction(1)
    width = round(frame.width * ratio) if ratio > 0 else frame.width
    shown = frame if width == frame.width else frame.reformat(width=width, height=frame.height)
    return np.ascontiguousarray(np.rot90(shown.to_ndarray(format="rgb24"), _turn(frame)))
