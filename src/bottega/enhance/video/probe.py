"""What is in a clip: streams, picture format, times, colour, chapters, and what is wrong with the file, in words."""

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from bottega.enhance.video.model import (
    UNSPECIFIED,
    ChapterInfo,
    ClipInfo,
    ColourTags,
    ContentLight,
    Mastering,
    StreamInfo,
    VideoInfo,
)
from bottega.enhance.video.reading import FrameIndex, decoded, index_frames, opened, picture_stream
from bottega.errors import UnreadablePicture

_MUXER_KEYS = {"major_brand", "minor_version", "compatible_brands", "encoder", "duration"}
"""Metadata that a container writes about itself; it says nothing of the work and is made anew by the next one."""


def probe(path: Path) -> ClipInfo:
    """Reads all packets and the first decodable picture. Raises NotFound, UnreadablePicture, TooLarge, ResourceError."""
    return examine(path)[0]


def examine(path: Path) -> tuple[ClipInfo, FrameIndex]:
    """`probe`, and the time of every picture."""
    index = index_frames(path)
    first = _first_picture(path)
    problems = list(index.problems)
    with opened(path) as container:
        video = _video(picture_stream(container), first, index)
        if video.interlaced:
            problems.append("its pictures are interlaced: both fields stay woven into each")
        if video.has_alpha:
            problems.append("its pictures have transparency, which is not kept")
        info = ClipInfo(
            path=path,
            container=container.format.name,
            size_bytes=path.stat().st_size,
            video=video,
            streams=tuple(_stream(stream) for stream in container.streams),
            chapters=tuple(_chapter(chapter) for chapter in container.chapters()),
            metadata=worth_keeping(container.metadata),
            problems=tuple(problems),
        )
    return info, index


def worth_keeping(metadata: dict[str, str]) -> dict[str, str]:
    """Without what containers write about themselves and statistics that belong to the old packets."""
    return {
        key: value
        for key, value in metadata.items()
        if key.lower() not in _MUXER_KEYS
        and not key.startswith("_STATISTICS")
        and "BPS" not in key
        and not key.startswith(("NUMBER_OF_", "DURATION-"))
    }


def disposition_names(stream: Any) -> tuple[str, ...]:
    from av.stream import Disposition

    return tuple(str(flag.name) for flag in Disposition if stream.disposition & flag)


def _first_picture(path: Path) -> Any:
    """Decoding stops at the first sound picture; of a damaged beginning the rest is looked through."""

    with opened(path) as container:
        for frame in decoded(container, picture_stream(container)):
            if frame is not None and not frame.is_corrupt:
                return frame
    raise UnreadablePicture("No picture of this clip can be decoded.", hint="Export or download it again.")


def _video(stream: Any, first: Any, index: FrameIndex) -> VideoInfo:
    matrix = _side_data(first, "DISPLAYMATRIX")
    length = index.end - index.start
    rate = Fraction(stream.average_rate or 0)
    if index.variable or not rate:
        steps = index.end - index.start
        rate = (Fraction(len(index)) / steps) if steps else Fraction(25)
    format_ = first.format
    return VideoInfo(
        index=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        pixel_format=format_.name,
        bit_depth=max(component.bits for component in format_.components),
        width=first.width,
        height=first.height,
        sample_aspect=_aspect(stream.sample_aspect_ratio),
        rotation=round(first.rotation or 0) % 360,
        display_matrix=cast("tuple[int, ...]", struct.unpack("=9i", matrix)) if matrix else None,
        frame_rate=rate,
        variable_rate=index.variable,
        frames=len(index),
        start=index.start,
        duration=length,
        time_base=index.time_base,
        colour=_colour(first),
        interlaced=bool(first.interlaced_frame),
        has_alpha=len(format_.components) in (2, 4),
        mastering=_mastering(_side_data(first, "MASTERING_DISPLAY_METADATA")),
        content_light=_content_light(_side_data(first, "CONTENT_LIGHT_LEVEL")),
    )


def _aspect(ratio: Fraction | None) -> Fraction:
    return Fraction(ratio) if ratio and ratio > 0 else Fraction(1)


def _colour(frame: Any) -> ColourTags:
    full = {1: False, 2: True}.get(int(frame.color_range))
    if frame.format.name.startswith("yuvj"):
        full = True
    return ColourTags(
        int(frame.color_primaries) or UNSPECIFIED,
        int(frame.color_trc) or UNSPECIFIED,
        int(frame.colorspace),
        full,
    )


def _side_data(frame: Any, name: str) -> bytes | None:
    for data in frame.side_data.keys():  # noqa: SIM118 - its iterator yields something else
        if data.type.name == name:
            return bytes(memoryview(data))
    return None


def _mastering(data: bytes | None) -> Mastering | None:
    """libavutil's AVMasteringDisplayMetadata: ten rationals (R, G, B, white as x, y; darkest, brightest), two flags."""
    if data is None or len(data) < 88:
        return None
    numbers = struct.unpack("=22i", data[:88])
    if not (numbers[20] and numbers[21]):
        return None
    r = [n / d if d else 0.0 for n, d in zip(numbers[0:20:2], numbers[1:20:2], strict=True)]
    return Mastering((r[0], r[1]), (r[2], r[3]), (r[4], r[5]), (r[6], r[7]), r[8], r[9])


def _content_light(data: bytes | None) -> ContentLight | None:
    return ContentLight(*struct.unpack("=2I", data[:8])) if data and len(data) >= 8 else None


def _stream(stream: Any) -> StreamInfo:
    codec = stream.codec_context.codec.canonical_name if stream.codec_context else (stream.name or "")
    language = str(stream.metadata.get("language", "und"))
    return StreamInfo(
        stream.index, stream.type, codec, language, disposition_names(stream), worth_keeping(stream.metadata)
    )


def _chapter(chapter: Any) -> ChapterInfo:
    base = chapter["time_base"] or Fraction(1)
    title = chapter["metadata"].get("title", "")
    return ChapterInfo(chapter["start"] * base, chapter["end"] * base, title)
