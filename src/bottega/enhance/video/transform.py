"""A clip through a function, picture by picture or along the time axis, in bounded memory and safe against a kill."""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from bottega.enhance.video.checkpoint import Checkpoint
from bottega.enhance.video.copying import Retiming
from bottega.enhance.video.encoders import check, container_of
from bottega.enhance.video.job import Job, Progress, stamp_of
from bottega.enhance.video.model import ClipInfo, ClipReport, EncodeSettings, PerFrame, Timeline
from bottega.enhance.video.mux import Plan, assemble, rehearse
from bottega.enhance.video.probe import examine
from bottega.enhance.video.reading import FrameIndex, digest
from bottega.errors import InvalidOption

Part = tuple[Fraction, Fraction]
"""From and to, in seconds after the clip's first picture."""
CODE_VERSION = 2
"""Raised when the same work would give other bytes; what was begun by an older version is then begun again."""


def transform(
    source: Path,
    target: Path,
    work: PerFrame | Timeline,
    settings: EncodeSettings = EncodeSettings(),  # noqa: B008 - immutable
    *,
    work_dir: Path,
    identity: str = "",
    resume: bool = False,
    part: Part | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ClipReport:
    """Writes `target` (.mp4, .mov, .mkv, .webm) with the pictures that `work` makes and everything else of `source`.

    `work` is given H x W x 3 R'G'B' arrays as `settings.pixels` says, in the source's own primaries and transfer and not
    rotated, and returns one of any size (the same for all) as uint8, uint16 or float in [0, 1]. `identity` names the
    work and its options: what is resumed must have the same. `part`: only these seconds of the clip, with the sound in them;
    the pictures are those of the whole run. `progress` is told (source pictures done, all).

    The finished bytes are the same whether or not the job was interrupted. Raises NotFound, UnreadablePicture,
    InvalidOption, NoCandidate (no encoder), ComputeError (the work gave no picture), ResourceError (disk full),
    Conflict (source or settings changed), Cancelled; finished segments stay in `work_dir` for `resume`.
    """
    container = container_of(target.name)
    check(settings, container)
    timeline = work if isinstance(work, Timeline) else None
    speed = timeline.speed if timeline else Fraction(1)
    info, index = examine(source)
    if speed != 1 and settings.audio == "copy" and info.of_kind("audio"):
        raise InvalidOption(
            "At another speed the sound cannot be copied.", hint="Choose audio `stretch` or `drop`."
        )
    base = _time_base(info, container, timeline)
    span = (0, len(index)) if part is None else pictures_in(index, part)
    begin, stop = index.pts[span[0]] * index.time_base, _end(index, span[1] - 1)
    retiming = Retiming(index.start, speed, None if part is None else (begin, stop))
    plan = Plan(source, info, container, settings.audio, retiming, base, retiming(stop))
    notes = [*info.problems, *rehearse(plan)]
    stamp = stamp_of(source)
    key = _key(source, settings, timeline, identity, container) | ({"part": list(span)} if part else {})
    done = Checkpoint.open(work_dir, key, resume=resume)
    job = Job(plan, index, work, settings, done, notes, stamp, progress, cancelled or (lambda: False), span)
    reused = len(done.manifest.segments)
    job.run()
    encoder, shape = job.chosen()
    assemble(plan, target, encoder, shape, done)
    report = ClipReport(
        target=target,
        encoder=encoder.name,
        pixel_format=encoder.pixel_format,
        width=shape.width,
        height=shape.height,
        frames_in=span[1] - span[0],
        frames_out=sum(len(segment.pts) for segment in done.manifest.segments),
        held_frames=sum(segment.held for segment in done.manifest.segments),
        duration=plan.end - index.start,
        audio=_audio_word(info, settings, speed),
        segments=len(done.manifest.segments),
        segments_reused=reused,
        frames_reused=job.frames_reused,
        target_bytes=target.stat().st_size,
        peak_temporary_bytes=done.peak_bytes,
        notes=tuple(dict.fromkeys([*notes, *done.manifest.encoder["notes"]])),
    )
    done.clear()
    return report


def pictures_in(index: FrameIndex, part: Part) -> tuple[int, int]:
    """The first picture of a part and the one behind its last: those shown first in it, one at least. Raises InvalidOption
    for a part behind the end."""
    times = [pts * index.time_base - index.start for pts in index.pts]
    if part[0] < 0 or part[1] <= part[0] or part[0] >= index.end - index.start:
        raise InvalidOption(
            f"The part from {float(part[0]):g} s to {float(part[1]):g} s is not in the clip, which lasts "
            f"{float(index.end - index.start):.1f} s.",
            hint="Name seconds that the clip has.",
        )
    first = bisect_left(times, part[0])
    end = bisect_left(times, part[1])
    # Between two pictures it is the earlier one that is seen.
    return (first, end) if first < end else (max(0, first - 1), max(1, first))


def _end(index: FrameIndex, number: int) -> Fraction:
    return (index.pts[number] + index.durations[number]) * index.time_base


def _time_base(info: ClipInfo, container: str, timeline: Timeline | None) -> Fraction:
    """The source's own; for pictures at new times one that common rates divide, 1001 ones too."""
    if container in ("matroska", "webm"):
        return Fraction(1, 1000)
    base = info.video.time_base
    if timeline is None and base.numerator == 1:
        return base
    fine = math.lcm(base.denominator, 240_000)
    return Fraction(1, fine if fine <= 100_000_000 else 240_000)


def _key(
    source: Path, settings: EncodeSettings, timeline: Timeline | None, identity: str, container: str
) -> dict[str, Any]:
    import av

    axis = [timeline.before, timeline.after, str(timeline.speed)] if timeline else []
    codecs = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return {
        "source": digest(source),
        "settings": {k: v for k, v in asdict(settings).items() if k != "checkpoint_seconds"},
        "work": [identity, *axis],
        "container": container,
        "version": [CODE_VERSION, av.__version__, codecs],
    }


def _audio_word(info: ClipInfo, settings: EncodeSettings, speed: Fraction) -> str:
    if not info.of_kind("audio"):
        return "none"
    if settings.audio == "drop":
        return "dropped"
    return "stretched" if settings.audio == "stretch" and speed != 1 else "copied"
