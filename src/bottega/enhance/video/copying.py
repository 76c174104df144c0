"""Everything of a clip that is not its pictures: sound, subtitles, attachments, chapters, names, copied packet for packet.

What a container cannot hold is converted (text subtitles), or left out and said so; sound is never left out unasked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bottega.enhance.video.model import AudioMode, ClipInfo
from bottega.enhance.video.probe import worth_keeping
from bottega.errors import InvalidOption

_TEXT = {"mov_text", "subrip", "srt", "text", "webvtt", "ass", "ssa"}
_SUBTITLES = {"mp4": "mov_text", "mov": "mov_text", "matroska": "srt", "webm": "webvtt"}
ASS_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, \
MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""

LATEST = Fraction(10)
"""Seconds after the end of a part in which its last sound is still looked for."""

Convert = Callable[[Any], list[Any]]


@dataclass(frozen=True)
class Retiming:
    """Source seconds to output seconds: start + (t - begin) / speed. `start`: of the clip; `part`: the source seconds that
    are kept, None for all of it; `begin`: where they begin."""

    start: Fraction
    speed: Fraction
    part: tuple[Fraction, Fraction] | None = None

    @property
    def begin(self) -> Fraction:
        return self.start if self.part is None else self.part[0]

    @property
    def shift(self) -> Fraction:
        """Seconds of the whole output that lie before the part."""
        return (self.begin - self.start) / self.speed

    def __call__(self, seconds: Fraction) -> Fraction:
        return self.start + (seconds - self.begin) / self.speed

    def keeps(self, seconds: Fraction) -> bool:
        return self.part is None or self.part[0] <= seconds < self.part[1]


@dataclass
class Copy:
    """A source stream, its counterpart in the output, and what is done to its packets."""

    source: Any
    target: Any
    convert: Convert


def add_copies(
    source: Any,
    output: Any,
    info: ClipInfo,
    container: str,
    audio: AudioMode,
    retiming: Retiming,
    notes: list[str],
) -> list[Copy]:
    """Adds the streams beside the pictures to `output`; of a part of a clip its sound alone. Raises InvalidOption for sound
    that it cannot hold."""
    copies: list[Copy] = []
    for stream in source.streams:
        if stream.index == info.video.index or (retiming.part is not None and stream.type != "audio"):
            continue
        added: Copy | None = None
        if stream.type == "audio":
            added = _audio(stream, output, container, audio, retiming, notes)
        elif stream.type == "subtitle":
            added = _subtitles(stream, output, container, retiming, notes)
        elif stream.type == "attachment":
            _attachment(stream, output, container, notes)
        elif stream.type == "video":
            added = _further_pictures(source, stream, output, container, retiming, notes)
        elif not _chapter_list(stream, info):
            added = _data(stream, output, info, container, retiming, notes)
        if added is not None:
            describe(added.target, stream)
            copies.append(added)
    return copies


def describe(target: Any, source: Any) -> None:
    """Names, language and disposition of a stream."""
    names = worth_keeping(source.metadata)
    if target.container.format.name in ("mp4", "mov") and "title" in names:
        # These files have one place for the name of a track.
        names["handler_name"] = names["title"]
    target.metadata.update(names)
    target.disposition = int(source.disposition)


def describe_clip(output: Any, info: ClipInfo, retiming: Retiming) -> None:
    """Title and the like, and the chapters, at the output's times."""
    output.metadata.update(info.metadata)
    base = Fraction(1, 1_000_000_000 if output.format.name in ("matroska", "webm") else 90_000)
    chapters: list[dict[str, Any]] = []
    for number, chapter in enumerate(info.chapters if retiming.part is None else (), start=1):
        start, end = retiming(chapter.start), retiming(chapter.end)
        title = {"title": chapter.title} if chapter.title else {}
        chapters.append(
            {
                "id": number,
                "start": round(start / base),
                "end": round(end / base),
                "time_base": base,
                "metadata": title,
            }
        )
    if chapters:
        output.set_chapters(chapters)


def packets(source: Any, copies: list[Copy], retiming: Retiming) -> Iterator[tuple[Fraction, Any]]:
    """(seconds, packet for the output) of all copied streams, in the order of the file."""
    from av.error import FFmpegError

    by_index = {copy.source.index: copy for copy in copies}
    if not by_index:
        return
    if retiming.begin > retiming.start:
        # A second early: sound may be stored behind the pictures that it belongs to.
        source.seek(max(0, round((retiming.begin - 1) * 1_000_000)))
    packet_source = source.demux(*[copy.source for copy in copies])
    last = Fraction(0)
    while True:
        try:
            packet = next(packet_source, None)
        except FFmpegError:
            packet = None  # the file breaks off here, as its report says
        if packet is None:
            break
        copy = by_index[packet.stream.index]
        if packet.size == 0:
            continue
        if retiming.part is not None and packet.pts is not None:
            at = packet.pts * packet.time_base
            if at > retiming.part[1] + LATEST:
                break
            if not retiming.keeps(at):
                continue
        for made in copy.convert(packet):
            made.stream = copy.target
            at = made.dts if made.dts is not None else made.pts
            last = at * made.time_base if at is not None else last
            yield last, made
    for copy in copies:
        flush: Any = getattr(copy.convert, "flush", None)
        for made in flush() if flush else ():
            made.stream = copy.target
            yield last, made


def _unchanged(packet: Any) -> list[Any]:
    return [packet]


def _template(output: Any, stream: Any) -> Any | None:
    try:
        return output.add_stream_from_template(stream, opaque=True)
    except ValueError:  # PyAV's word for a codec that this container does not hold
        return None


def _audio(
    stream: Any, output: Any, container: str, mode: AudioMode, retiming: Retiming, notes: list[str]
) -> Copy | None:
    if mode == "drop":
        return None
    if mode == "stretch" and retiming.speed != 1:
        from bottega.enhance.video.stretch import Stretch

        stretch = Stretch(stream, output, container, retiming)
        notes.append(f"sound of track {stream.index} was stretched and encoded again as {stretch.codec}")
        return Copy(stream, stretch.target, stretch)
    target = _template(output, stream)
    if target is None:
        name = stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"
        raise InvalidOption(
            f"A {container} file does not hold the clip's sound ({name}).",
            hint="Name the target .mkv, which holds everything, or drop the sound.",
        )
    return Copy(stream, target, _unchanged if retiming.shift == 0 else _Shifted(retiming))


def _subtitles(stream: Any, output: Any, container: str, retiming: Retiming, notes: list[str]) -> Copy | None:
    target = _template(output, stream)
    if target is not None:
        return Copy(stream, target, _unchanged if retiming.speed == 1 else _Retimed(retiming))
    name = stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"
    if name not in _TEXT:
        notes.append(
            f"subtitles of track {stream.index} ({name}) are pictures that {container} does not hold: left out"
        )
        return None
    target = output.add_stream(_SUBTITLES[container])
    target.codec_context.subtitle_header = ASS_HEADER
    target.codec_context.time_base = target.time_base = Fraction(1, 1000)
    notes.append(f"subtitles of track {stream.index} became {_SUBTITLES[container]} (were {name})")
    return Copy(stream, target, _TextConversion(target, retiming))


class _Shifted:
    """Packets earlier by what lies before the part of the clip."""

    def __init__(self, retiming: Retiming) -> None:
        self._seconds = retiming.shift

    def __call__(self, packet: Any) -> list[Any]:
        ticks = round(self._seconds / packet.time_base)
        if packet.pts is not None:
            packet.pts -= ticks
        if packet.dts is not None:
            packet.dts -= ticks
        return [packet]


class _Retimed:
    """Packets at the output's times, for what is neither sound nor converted."""

    def __init__(self, retiming: Retiming) -> None:
        self._retiming = retiming

    def __call__(self, packet: Any) -> list[Any]:
        base = packet.time_base
        begin = packet.pts if packet.pts is not None else packet.dts
        at = round(self._retiming(begin * base) / base)
        packet.duration = round((packet.duration or 0) / self._retiming.speed)
        packet.pts = packet.dts = at
        return [packet]


class _TextConversion:
    """Text subtitles to the container's own kind, by way of ASS events, as FFmpeg's coders understand each other."""

    def __init__(self, target: Any, retiming: Retiming) -> None:
        self._target = target
        self._retiming = retiming

    def __call__(self, packet: Any) -> list[Any]:
        import av
        from av.subtitles.subtitle import SubtitleSet

        base = packet.time_base
        begin = self._retiming(packet.pts * base)
        seconds = (packet.duration or 0) * base / self._retiming.speed
        made: list[Any] = []
        for line in packet.stream.codec_context.decode(packet):
            text = SubtitleSet.create(text=line.ass, start=0, end=max(1, round(seconds * 1000)))
            encoded = av.Packet(bytes(self._target.codec_context.encode_subtitle(text)))
            encoded.time_base = Fraction(1, 1000)
            encoded.pts = encoded.dts = round(begin * 1000)
            encoded.duration = round(seconds * 1000)
            made.append(encoded)
        return made


def _attachment(stream: Any, output: Any, container: str, notes: list[str]) -> None:
    if container != "matroska":
        notes.append(f"the attachment {stream.name or stream.index} was left out: {container} holds none")
        return
    added = output.add_attachment(
        stream.name or "attachment", stream.mimetype or "application/octet-stream", stream.data
    )
    describe(added, stream)


def _further_pictures(
    source: Any, stream: Any, output: Any, container: str, retiming: Retiming, notes: list[str]
) -> Copy | None:
    from av.stream import Disposition

    cover = bool(stream.disposition & Disposition.attached_pic)
    if cover and container == "matroska":
        data = _first_packet(source.name, stream.index)
        kind = "png" if stream.codec_context.name == "png" else "jpeg"
        added = output.add_attachment(stream.metadata.get("filename", f"cover.{kind}"), f"image/{kind}", data)
        added.metadata.update(worth_keeping(stream.metadata))
        return None
    target = None if container == "webm" else _template(output, stream)
    if target is None:
        notes.append(f"picture track {stream.index} was left out: {container} does not hold it")
        return None
    if not cover:
        notes.append(f"picture track {stream.index} was copied as it is: only the first is worked on")
    return Copy(stream, target, _unchanged if retiming.speed == 1 or cover else _Retimed(retiming))


def _first_packet(path: str, index: int) -> bytes:
    import av

    with av.open(path) as again:
        return next((bytes(packet) for packet in again.demux(again.streams[index]) if packet.size), b"")


def _chapter_list(stream: Any, info: ClipInfo) -> bool:
    """The text track in which QuickTime files keep the names of their chapters; the muxer makes it anew."""
    return bool(info.chapters) and stream.type == "data" and stream.frames == len(info.chapters)


def _data(
    stream: Any, output: Any, info: ClipInfo, container: str, retiming: Retiming, notes: list[str]
) -> Copy | None:
    if stream.type == "data" and container in ("mp4", "mov") and "mp4" in info.container and stream.name:
        target = output.add_stream_from_template(stream)
        return Copy(stream, target, _unchanged if retiming.speed == 1 else _Retimed(retiming))
    notes.append(f"data track {stream.index} ({stream.type}) was left out: {container} does not hold it")
    return None
