"""The finished file: encoded segments with the source's sound, subtitles, chapters and tags, in the target's container."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bottega.enhance.video.checkpoint import Checkpoint, disk_errors
from bottega.enhance.video.copying import Copy, Retiming, add_copies, describe, describe_clip, packets
from bottega.enhance.video.encoders import Encoder, Shape, configure
from bottega.enhance.video.matroska import set_display_size
from bottega.enhance.video.model import AudioMode, ClipInfo
from bottega.enhance.video.quicktime import set_enabled
from bottega.enhance.video.reading import opened
from bottega.errors import InvalidOption, OutputError

_ITUNES = frozenset(
    [
        "title",
        "artist",
        "album_artist",
        "composer",
        "album",
        "date",
        "comment",
        "genre",
        "copyright",
        "grouping",
        "lyrics",
        "description",
        "synopsis",
        "show",
        "episode_id",
        "network",
        "track",
        "disc",
        "creation_time",
    ]
)
"""Keys that an MP4 file has places for; for any other one all of them go into QuickTime's free list."""


_FINEST_CLOCK = 100_000_000


@dataclass(frozen=True)
class Plan:
    """What the muxer needs besides the segments. `end`: seconds at which the last picture's time is over."""

    source: Path
    info: ClipInfo
    container: str
    audio: AudioMode
    retiming: Retiming
    time_base: Fraction
    end: Fraction


def rehearse(plan: Plan) -> list[str]:
    """What would be left out or converted; raises InvalidOption for sound that the container cannot hold."""
    import io

    import av
    from av.error import FFmpegError

    notes: list[str] = []
    with opened(plan.source) as source:
        output: Any = av.open(io.BytesIO(), "w", format=plan.container)
        add_copies(source, output, plan.info, plan.container, plan.audio, plan.retiming, notes)
        pictures = output.add_stream("libvpx-vp9" if plan.container == "webm" else "mpeg4", rate=25)
        pictures.width = pictures.height = 16
        try:
            output.start_encoding()
        except FFmpegError as error:
            raise InvalidOption(
                f"A {plan.container} file does not hold what this clip has beside its pictures.",
                hint="Name the target .mkv, which holds everything.",
                cause=str(error),
            ) from error
    return notes


def assemble(plan: Plan, target: Path, encoder: Encoder, shape: Shape, done: Checkpoint) -> None:
    """Writes `target` whole or not at all. Raises OutputError, ResourceError for a full disk."""
    from av.error import FFmpegError

    part = target.with_name(f".{target.name}.part")
    try:
        with disk_errors():
            try:
                enabled = _write(plan, part, encoder, shape, done)
            except FFmpegError as error:
                if isinstance(error, OSError) and error.errno in (28, 122, 27):
                    raise OSError(error.errno, str(error)) from error
                raise OutputError(
                    "The finished clip could not be put together.",
                    hint="Try the .mkv container, which holds everything.",
                    cause=str(error),
                ) from error
            if plan.container in ("matroska", "webm") and shape.sample_aspect != 1:
                set_display_size(part, max(1, round(shape.width * shape.sample_aspect)), shape.height)
            if plan.container in ("mp4", "mov"):
                set_enabled(part, enabled)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _write(plan: Plan, part: Path, encoder: Encoder, shape: Shape, done: Checkpoint) -> list[bool]:
    """Writes the file; which of its tracks are on by default."""
    import av
    from av.stream import Disposition

    notes: list[str] = []
    with opened(plan.source) as source:
        output: Any = av.open(str(part), "w", format=plan.container, container_options=_options(plan, source))
        from av.container.core import Flags

        output.flags |= Flags.bitexact.value
        stream = output.add_stream(encoder.name, rate=shape.rate)
        configure(stream.codec_context, encoder, shape)
        stream.time_base = plan.time_base
        describe(stream, source.streams[plan.info.video.index])
        if plan.info.video.display_matrix is not None:
            stream.set_display_matrix(plan.info.video.display_matrix)
        copies = add_copies(source, output, plan.info, plan.container, plan.audio, plan.retiming, notes)
        describe_clip(output, plan.info, plan.retiming)
        try:
            output.start_encoding()
            _interleave(output, plan, stream, source, copies, done)
        finally:
            output.close()
        on = [bool(copy.source.disposition & Disposition.default) for copy in copies]
        sounds = [place for place, copy in enumerate(copies) if copy.source.type == "audio"]
        if sounds and not any(on[place] for place in sounds):
            on[sounds[0]] = True  # a player must find one that is on
        return [True, *on]


def _interleave(
    output: Any, plan: Plan, stream: Any, source: Any, copies: list[Copy], done: Checkpoint
) -> None:
    others = packets(source, copies, plan.retiming)
    waiting = next(others, None)
    for at, packet in _video_packets(stream, done, plan):
        while waiting is not None and waiting[0] <= at:
            output.mux_one(waiting[1])
            waiting = next(others, None)
        output.mux_one(packet)
    while waiting is not None:
        output.mux_one(waiting[1])
        waiting = next(others, None)


def _video_packets(stream: Any, done: Checkpoint, plan: Plan) -> Iterator[tuple[Fraction, Any]]:
    """In decoding order. Encoders count pictures only; their true times and decoding times are given here.

    The k-th packet to decode carries the time of the (k - delay)-th picture to show, which is never after its own.
    """
    import av

    segments = done.manifest.segments
    pts = [p for segment in segments for p in segment.pts]
    delay = max(segment.delay for segment in segments)
    end = max(round(plan.end / plan.time_base), pts[-1] + 1)
    step = max(1, pts[1] - pts[0] if len(pts) > 1 else 1)
    begin = place = 0
    for segment in segments:
        for encoded in done.packets(segment):
            packet: Any = av.Packet(encoded.data)
            shown = begin + encoded.shown
            packet.stream = stream
            packet.time_base = plan.time_base
            packet.pts = pts[shown]
            packet.dts = pts[place - delay] if place >= delay else pts[0] - (delay - place) * step
            packet.duration = (pts[shown + 1] if shown + 1 < len(pts) else end) - pts[shown]
            packet.is_keyframe = encoded.key
            yield packet.dts * plan.time_base, packet
            place += 1
        begin += len(segment.pts)


def _options(plan: Plan, source: Any) -> dict[str, str]:
    """Faststart, so that a player can begin at once; a fine movie clock, so that start offsets are not rounded to ms."""
    if plan.container not in ("mp4", "mov"):
        return {"write_crc32": "0"}
    flags = "+faststart"
    if not {key.lower() for key in plan.info.metadata} <= _ITUNES:
        flags += "+use_metadata_tags"
    sounds = [stream.time_base.denominator for stream in source.streams.audio if stream.time_base]
    video = plan.time_base.denominator
    clock = math.lcm(video, *sounds)
    return {"movflags": flags, "movie_timescale": str(max(1000, clock if clock <= _FINEST_CLOCK else video))}
