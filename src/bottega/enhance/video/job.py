"""One run over a source: pictures through the work, encoded segment by segment, each noted when it is finished."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bottega.enhance.video import colour
from bottega.enhance.video.checkpoint import Checkpoint, EncodedPacket
from bottega.enhance.video.encoders import Encoder, Shape, choose, open_encoder, opens
from bottega.enhance.video.model import ColourTags, EncodeSettings, Frame, PerFrame, Pixels, Timeline, Window
from bottega.enhance.video.mux import Plan
from bottega.enhance.video.reading import FrameIndex, pictures
from bottega.errors import Cancelled, ComputeError, Conflict, NoCandidate, NotFound, OutputError

_SEGMENT_PIXELS = 48 * 1280 * 720
_HDR_PEAK = 1000.0
"""cd/m2, for HDR that does not say how bright it gets."""

Progress = Callable[[int, int], None]


@dataclass
class Job:
    """One run over the source from the first segment that is not finished. `span`: the first of its pictures that are
    worked on, and the one behind the last; those around are neighbours for the work to see."""

    plan: Plan
    index: FrameIndex
    work: PerFrame | Timeline
    settings: EncodeSettings
    done: Checkpoint
    notes: list[str]
    stamp: tuple[int, int]
    progress: Progress | None
    cancelled: Callable[[], bool]
    span: tuple[int, int]
    frames_reused: int = 0
    slow: bool = False
    _ready: tuple[Encoder, Shape] | None = None

    def run(self) -> None:
        (begin, end), length = self.span, self.segment_length()
        first = begin + len(self.done.manifest.segments) * length
        if first >= end:
            return
        segment: _Segment | None = None
        for window in self._windows(first):
            if self.cancelled():
                raise Cancelled("The clip was not finished.", hint="Resume it: what is finished is kept.")
            at = window.current.index
            if segment is None:
                segment = _Segment(self)
            segment.take(window)
            if (at + 1 - begin) % length == 0 or at + 1 == end:
                self._same_source()
                segment.finish()
                segment = None
            if self.progress is not None:
                self.progress(at + 1 - begin, end - begin)

    def segment_length(self) -> int:
        """Source pictures in one segment: fixed by the settings and the size, never by the clock."""
        video = self.plan.info.video
        fitting = _SEGMENT_PIXELS // (video.width * video.height)
        return self.settings.segment_frames or min(48, max(12, fitting))

    def _windows(self, first: int) -> Iterator[Window]:
        before, after = (self.work.before, self.work.after) if isinstance(self.work, Timeline) else (0, 0)
        held_before = any(segment.held for segment in self.done.manifest.segments)
        kept: deque[Frame] = deque()
        at, total, end = first, len(self.index), self.span[1]
        for frame in self._frames(max(0, first - before), linear=held_before):
            kept.append(frame)
            while at < end and (frame.index >= at + after or frame.index == total - 1):
                while kept[0].index < at - before:
                    kept.popleft()
                frames = tuple(f for f in kept if f.index <= at + after)
                yield Window(frames, at - frames[0].index)
                at += 1
            if at >= end:
                return

    def _frames(self, first: int, *, linear: bool) -> Iterator[Frame]:
        """The pixels of a held picture are made anew: work may write into what it is given."""
        base, tags = self.index.time_base, self.plan.info.video.colour
        for number, picture, held in pictures(self.plan.source, self.index, first, linear=linear):
            pixels = colour.to_pixels(picture, tags, self.settings.pixels)
            yield Frame(
                number, self.index.pts[number] * base, self.index.durations[number] * base, pixels, held
            )

    def chosen(self) -> tuple[Encoder, Shape]:
        """As the manifest has it."""
        stored = self.done.manifest.encoder
        encoder = Encoder(stored["name"], stored["codec"], stored["pixel_format"], stored["options"])
        return encoder, self.shape(stored["width"], stored["height"], tone_mapped=stored["tone_mapped"])

    def shape(self, width: int, height: int, *, tone_mapped: bool) -> Shape:
        video = self.plan.info.video
        source_tags = colour.SDR if tone_mapped else video.colour
        tags = colour.tags_to_write(source_tags, video.height, height)
        rate = video.frame_rate.limit_denominator(1001)
        if not 1 <= rate <= 240:
            rate = Fraction(25)
        return Shape(width, height, rate, video.sample_aspect, tags)

    def encoder_for(self, size: tuple[int, int] | None) -> tuple[Encoder, Shape]:
        """Chosen when the first picture shows its (width, height); the same from then on, resumed or not.

        Raises NoCandidate; ComputeError for a picture of another size.
        """
        if self._ready is None:
            if not self.done.manifest.encoder:
                assert size is not None
                self._choose(*size)
            self._ready = self.chosen()
            if not opens(*self._ready):
                raise NoCandidate(
                    f"The encoder {self._ready[0].name} that this was begun with does not work here.",
                    hint="Begin again without resuming.",
                )
        shape = self._ready[1]
        if size not in (None, (shape.width, shape.height)):
            raise ComputeError(
                f"The work made a picture of {size} pixels after ones of {shape.width} x {shape.height}."
            )
        return self._ready

    def _choose(self, width: int, height: int) -> None:
        video = self.plan.info.video
        shape = self.shape(width, height, tone_mapped=False)
        encoder, notes = choose(self.settings, self.plan.container, video, shape)
        mapped = bool(video.colour.hdr) and encoder.depth < 10
        if mapped:
            notes.append(
                f"HDR ({video.colour.hdr}) was brought down to SDR: {encoder.name} keeps 8 bits here"
            )
        chosen = {**asdict(encoder), "width": width, "height": height, "tone_mapped": mapped, "notes": notes}
        self.done.set_encoder(chosen)

    def _same_source(self) -> None:
        if stamp_of(self.plan.source) != self.stamp:
            raise Conflict(
                "The source was changed while it was worked on.", hint="Begin again without resuming."
            )


class _Segment:
    """Source pictures that are encoded on their own, from a key picture to the last packet."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._context: Any = None
        self._packets: list[EncodedPacket] = []
        self._pts: list[int] = []
        self._held = 0
        self._kept = job.done.kept_pictures()
        self._unkept_seconds = 0.0
        self._pictures = 0

    def take(self, window: Window) -> None:
        index = window.current.index
        self._held += window.current.held
        self._pictures += 1
        place = self._kept.get(index)
        if place is not None:
            self._job.frames_reused += 1
            for pts, data in self._job.done.kept(place):
                self._encode(pts, self._restored(data))
            return
        begun = time.monotonic()
        made = [(pts, self._frame(pixels)) for pts, pixels in self._made(window)]
        self._watch(time.monotonic() - begun)
        if self._job.slow:
            self._job.done.keep_pictures(index, [(pts, _planes(frame)) for pts, frame in made])
        for pts, frame in made:
            self._encode(pts, frame)

    def _watch(self, seconds: float) -> None:
        """Whether pictures are kept one by one: the clock decides on that alone, which leaves the bytes as they are."""
        limit = self._job.settings.checkpoint_seconds
        self._unkept_seconds += seconds
        length = self._job.segment_length()
        self._job.slow = self._unkept_seconds / self._pictures * length > limit

    def _made(self, window: Window) -> Iterator[tuple[int, Pixels]]:
        work, base, shift = self._job.work, self._job.plan.time_base, self._job.plan.retiming.shift
        if not isinstance(work, Timeline):
            yield round((window.current.time - shift) / base), work(window.current.pixels)
            return
        for seconds, pixels in work.function(window):
            yield round((seconds - shift) / base), pixels

    def _frame(self, pixels: Pixels) -> Any:
        pixels = colour.check_pixels(pixels)
        encoder, _ = self._job.encoder_for((pixels.shape[1], pixels.shape[0]))
        tags: ColourTags = self._job.plan.info.video.colour
        matrix = colour.matrix_of(tags, self._job.plan.info.video.height)
        if self._job.done.manifest.encoder["tone_mapped"]:
            light = self._job.plan.info.video.content_light
            pixels = colour.tone_map(
                pixels, tags, float(light.max_cll) if light and light.max_cll else _HDR_PEAK
            )
            tags, matrix = colour.SDR, colour.SDR.matrix
        return colour.to_frame(pixels, tags, encoder.pixel_format, matrix)

    def _encode(self, pts: int, frame: Any) -> None:
        last = self._pts[-1] if self._pts else self._last_of_all()
        if last is not None and pts <= last:
            raise ComputeError("The work made a picture that is not later than the one before it.", pts=pts)
        if self._context is None:
            self._context = open_encoder(*self._job.encoder_for(None))
        frame.pts, frame.time_base = len(self._pts), self._context.time_base
        frame.pict_type = 0
        self._pts.append(pts)
        self._collect(self._context.encode(frame))

    def _last_of_all(self) -> int | None:
        for segment in reversed(self._job.done.manifest.segments):
            if segment.pts:
                return segment.pts[-1]
        return None

    def _restored(self, data: bytes) -> Any:
        """The frame whose planes were kept; frames of one size and format are laid out alike."""
        import av

        encoder, shape = self._job.encoder_for(None)
        frame: Any = av.VideoFrame(shape.width, shape.height, encoder.pixel_format)
        at = 0
        for plane in frame.planes:
            plane.update(data[at : at + plane.buffer_size])
            at += plane.buffer_size
        return frame

    def _collect(self, packets: list[Any]) -> None:
        for packet in packets:
            shown = (
                packet.pts
                if packet.time_base in (None, self._context.time_base)
                else round(packet.pts * packet.time_base / self._context.time_base)
            )
            self._packets.append(EncodedPacket(shown, packet.is_keyframe, bytes(packet)))

    def finish(self) -> None:
        if self._context is not None:
            self._collect(self._context.encode(None))
        if sorted(packet.shown for packet in self._packets) != list(range(len(self._pts))):
            raise OutputError(
                "The encoder did not give one packet for each picture.", hint="Choose another codec."
            )
        self._job.done.add(self._packets, tuple(self._pts), self._held)


def _planes(frame: Any) -> bytes:
    return b"".join(bytes(memoryview(plane)) for plane in frame.planes)


def stamp_of(source: Path) -> tuple[int, int]:
    try:
        status = source.stat()
    except FileNotFoundError as error:
        raise NotFound(
            "The source was deleted while it was worked on.", hint="Put it back and resume."
        ) from error
    return status.st_size, status.st_mtime_ns
