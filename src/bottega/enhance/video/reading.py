"""Source clips: opening without trusting them, the time of every picture, and the pictures in order.

What cannot be decoded is held from the picture before; what a file lacks altogether is said in words.
"""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from bottega.errors import BottegaError, NotFound, ResourceError, TooLarge, UnreadablePicture
from bottega.imaging.clip import require_reader

_FORMATS = "mov,matroska,webm,avi,mpegts,mpeg,flv,ogg,nut,m4v,h264,hevc,ivf,gif,apng"
"""No playlists, no image sequences, nothing that opens further files or addresses."""
_HINT = "Export or download it again."
MAX_PIXELS = 16384 * 16384


@dataclass(frozen=True)
class FrameIndex:
    """Presentation times of all pictures, rising, in ticks of `time_base`; `durations` to the next one, or as stated.

    `keys` are the pictures that can be decoded alone. `by_order`: the file gives no usable times, they were made from
    its frame rate, and pictures are told apart by counting.
    """

    pts: tuple[int, ...]
    durations: tuple[int, ...]
    keys: tuple[int, ...]
    time_base: Fraction
    by_order: bool = False
    problems: tuple[str, ...] = ()
    place: dict[int, int] = field(default_factory=dict[int, int], repr=False)

    def __len__(self) -> int:
        return len(self.pts)

    @property
    def start(self) -> Fraction:
        return self.pts[0] * self.time_base

    @property
    def end(self) -> Fraction:
        return (self.pts[-1] + self.durations[-1]) * self.time_base

    @property
    def variable(self) -> bool:
        """Whether two distances between pictures differ by more than the rounding to ticks explains."""
        steps = [b - a for a, b in pairwise(self.pts)]
        return bool(steps) and max(steps) - min(steps) > 1


@contextmanager
def opened(source: Path) -> Generator[Any]:
    """The open container. Raises NotFound, UnreadablePicture, ResourceError (no reader, no memory)."""
    require_reader()
    import av
    from av.error import FFmpegError

    if not source.is_file():
        raise NotFound(f"There is no file {source.name}.", hint="It was moved or deleted; name it again.")
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file", "fflags": "+genpts"}
    try:
        container = av.open(str(source), options=options, metadata_errors="replace")
    except FFmpegError as error:
        raise _unreadable(source, error) from error
    try:
        yield container
    except (BottegaError, GeneratorExit):
        raise
    except MemoryError as error:
        raise ResourceError(
            "There is not enough memory for this clip.", hint="Use a smaller clip."
        ) from error
    finally:
        container.close()


def _unreadable(source: Path, error: Exception) -> UnreadablePicture:
    if source.stat().st_size == 0:
        return UnreadablePicture("The file is empty.", hint=_HINT)
    return UnreadablePicture(
        "The file is no clip, or it is damaged or cut off so that its list of contents is missing.",
        hint=_HINT,
        cause=str(error),
    )


def picture_stream(container: Any) -> Any:
    """The first stream of moving pictures; a cover picture is none."""
    from av.stream import Disposition

    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            if stream.codec_context is None:
                raise UnreadablePicture("The clip's pictures are in a code that is not read here.")
            return stream
    raise UnreadablePicture("The file has no moving pictures.", hint="Name a clip.")


def digest(source: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {source.name}.", hint="It was moved or deleted.") from error


def index_frames(source: Path) -> FrameIndex:
    """The time of every picture, from one pass over the packets. Raises as `opened`; UnreadablePicture for no pictures."""
    with opened(source) as container:
        stream = picture_stream(container)
        if stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
            raise TooLarge("The pictures of this clip are larger than is read here.")
        base = stream.time_base or Fraction(1, 90000)
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        declared = stream.frames
        track = (stream.duration or 0) if "mp4" in container.format.name else 0
        times: list[tuple[int, int, bool]] = []
        unknown = present = 0
        problems: list[str] = []
        for packet in _packets(container, stream, problems):
            present += packet.size > 0
            if packet.size == 0 or packet.is_discard or _hidden(packet, stream.codec_context.name):
                continue
            if packet.pts is None:
                unknown += 1
            else:
                times.append((packet.pts, packet.duration or 0, packet.is_keyframe))
    if unknown or len({pts for pts, _, _ in times}) < len(times):
        return _by_order(source, base, rate)
    if not times:
        raise UnreadablePicture("The clip has no pictures.", hint=_HINT)
    if declared > present + 1 and present < declared * 0.99:
        problems.append(f"the file ends early: {present} of {declared} pictures are there")
    if _shorter_than_it_says(source):
        problems.append("the file ends early: it is shorter than it says itself")
    times.sort()
    pts = tuple(p for p, _, _ in times)
    tick = max(1, round(1 / (rate * base)))
    steps = [b - a for a, b in pairwise(pts)]
    last = times[-1][1] or (steps[-1] if steps else tick)
    # QuickTime files give distances in decoding order; what is left of the track's length is the last picture's.
    left = pts[0] + track - pts[-1]
    if 0 < left <= 2 * max(steps, default=left):
        last = left
    keys = tuple(i for i, (_, _, key) in enumerate(times) if key)
    return FrameIndex(
        pts,
        (*steps, last),
        keys,
        base,
        False,
        tuple(dict.fromkeys(problems)),
        {p: i for i, p in enumerate(pts)},
    )


def _shorter_than_it_says(source: Path) -> bool:
    """For Matroska, whose reader takes a cut for the end."""
    from bottega.enhance.video.matroska import declared_size

    with source.open("rb") as file:
        size = declared_size(file.read(4096))
    return size is not None and size > source.stat().st_size


def _by_order(source: Path, base: Fraction, rate: Fraction) -> FrameIndex:
    """For files without times of their own: as many as can be decoded, at the stated rate."""
    with opened(source) as container:
        count = sum(frame is not None for frame in decoded(container, picture_stream(container)))
    if not count:
        raise UnreadablePicture("No picture of this clip can be decoded.", hint=_HINT)
    step = 1 / rate
    base = Fraction(1, (1 / step).numerator) if step.numerator < 10**6 else base
    pts = tuple(round(i * step / base) for i in range(count + 1))
    durations = tuple(b - a for a, b in pairwise(pts))
    return FrameIndex(
        pts[:-1], durations, (0,), base, True, ("the file gives no times: its frame rate was used",)
    )


def _hidden(packet: Any, codec: str) -> bool:
    """VP8 reference pictures that are never shown travel as packets of their own (RFC 6386, 9.1: show_frame)."""
    return codec == "vp8" and packet.size > 0 and not (bytes(memoryview(packet)[:1])[0] >> 4) & 1


def _packets(container: Any, stream: Any, problems: list[str]) -> Iterator[Any]:
    """Packets up to the end or to where the file breaks off."""
    from av.error import FFmpegError

    try:
        for packet in container.demux(stream):
            if packet.is_corrupt:
                problems.append("some of its data is damaged")
            yield packet
    except FFmpegError as error:
        problems.append(f"the file breaks off ({error.strerror})")


def decoded(container: Any, stream: Any) -> Iterator[Any]:
    """Pictures in presentation order; None wherever something could not be decoded."""
    from av.error import FFmpegError

    broken: list[str] = []
    context = stream.codec_context
    # One thread: with several, which pictures suffer from damage depends on chance.
    context.thread_count = 1
    flushed = False
    for packet in _packets(container, stream, broken):
        flushed = packet.size == 0
        try:
            yield from context.decode(None if flushed else packet)
        except FFmpegError:
            yield None
    if not flushed:
        yield None
        try:
            yield from context.decode(None)
        except (FFmpegError, EOFError):
            yield None


def pictures(
    source: Path, index: FrameIndex, first: int = 0, *, linear: bool = False
) -> Iterator[tuple[int, Any, bool]]:
    """(number, decoded frame, held) for each picture from `first` to the last, without gaps.

    Decodes from a key frame before `first`, or from the beginning when `linear` (a damaged clip, so that what was made
    of the damage is made again). Raises as `opened`; UnreadablePicture when nothing at all can be decoded.
    """
    before = [key for key in index.keys if key < first]
    if not before or linear or index.by_order:
        yield from _follow(source, index, first, None)
        return
    following = _follow(source, index, first, before[-1])
    begun = next(following, None)
    if begun is None:  # the key frame was not found there, or is damaged itself
        yield from _follow(source, index, first, None)
        return
    yield begun
    yield from following


def _follow(source: Path, index: FrameIndex, first: int, key: int | None) -> Iterator[tuple[int, Any, bool]]:
    """As `pictures`; yields nothing when `key` is given and no picture before `first` could be decoded from there."""
    want, last, counted = first, None, 0
    early: list[int] = []
    with opened(source) as container:
        stream = picture_stream(container)
        if key:
            container.seek(index.pts[key], stream=stream)
        for frame in decoded(container, stream):
            if frame is None or frame.is_corrupt:
                continue
            place = counted if index.by_order else index.place.get(frame.pts)
            counted += 1
            if place is None:
                continue
            if last is None and key is not None and place >= first:
                return
            while want < place:
                if last is None:
                    early.append(want)
                else:
                    yield want, last, True
                want += 1
            for number in early:
                yield number, frame, True
            early.clear()
            last = frame
            if place == want:
                yield want, frame, False
                want += 1
    if last is None:
        if key is not None:
            return
        raise UnreadablePicture("No picture of this clip can be decoded.", hint=_HINT)
    for number in range(want, len(index)):
        yield number, last, True
