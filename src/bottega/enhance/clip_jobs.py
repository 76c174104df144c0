"""One clip in, one clip out: the works of `jobs` on its pictures, with previews kept and interrupted work gone on with.

Working on the pictures is `clip_works`', reading and writing `video`'s.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bottega.enhance.jobs import CLIP_SUFFIXES, How, Progress
from bottega.enhance.works import Work
from bottega.errors import InvalidOption, UnsupportedMedia

if TYPE_CHECKING:
    from bottega.enhance.video import ClipReport
    from bottega.enhance.video.model import VideoInfo


def enhance_clip(
    source: Path, target: Path, work: Work, how: How, progress: Progress, cancelled: threading.Event | None
) -> dict[str, Any]:
    """As `jobs.enhance_file`, of a clip: what is told of it alone."""
    from bottega.enhance.clip_works import ClipWorks
    from bottega.enhance.video import EncodeSettings, probe, transform

    if target.suffix.lower() not in CLIP_SUFFIXES:
        raise UnsupportedMedia(
            f"A clip cannot be written as {target.name}.",
            hint=f"Let the name end with {', '.join(CLIP_SUFFIXES)}.",
        )
    check_clip_comparison(how)
    work = work.for_clip()
    info = probe(source).video
    size = coded_size(info, work.size(*info.display_size))
    each = ClipWorks([work], how.policy, sizes=[size], cancelled=cancelled)
    work.engines(np.zeros((info.height, info.width, 3), np.uint8), size)
    settings = EncodeSettings(
        pixels="uint8" if info.bit_depth == 8 else "uint16",
        quality=75 if how.quality is None else how.quality,
    )

    def make() -> dict[str, Any]:
        report = transform(
            source,
            target,
            each.for_transform(),
            settings,
            work_dir=work_folder(target),
            identity=each.identity(),
            resume=how.resume,
            part=how.part(),
            progress=lambda done, total: progress(done / max(1, total)),
            cancelled=None if cancelled is None else cancelled.is_set,
        )
        forget(target)
        return {**each.told(), **clip_words(report, info)}

    told, cached = kept_or_made(source, target, [each.identity(), str(settings)], how, make)
    compare_clip(source, target, how, cancelled=cancelled)
    # Not kept with a preview: what comes from the cache is not late.
    late = [] if cached or not each.late else [f"{each.late} pictures were finished after the time limit"]
    told["notes"] = [*told["notes"], *late]
    return {"kind": "clip", **told, "time_over": bool(late), **preview_words(how), "cached": cached}


def kept_or_made(
    source: Path, target: Path, identity: list[str], how: How, make: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """The report of `make`, which writes `target`; and whether the preview was in the cache, and is `target` now."""
    if how.preview is None or how.cache is None:
        return make(), False
    part = [str(each) for each in how.part() or ()]
    key = how.cache.file_key(source, [*identity, *part, target.suffix.lower()])
    told = how.cache.get_file(key, target)
    if told is not None:
        return told, True
    told = make()
    if told.get("state", "done") == "done":
        how.cache.put_file(key, target, told)
    return told, False


def check_clip_comparison(how: How) -> None:
    """Raises InvalidOption for before and after of a clip in a file that is none."""
    if how.compare is not None and how.compare.suffix.lower() not in CLIP_SUFFIXES:
        raise InvalidOption(
            f"Before and after of a clip are a clip, too: {how.compare.name} is none.",
            hint=f"Let the name end with {', '.join(CLIP_SUFFIXES)}.",
        )


def compare_clip(
    source: Path,
    made: Path,
    how: How,
    *,
    slow: Fraction = Fraction(1),
    cancelled: threading.Event | None,
) -> None:
    """Before and after into `how.compare`, where that is asked for."""
    if how.compare is not None:
        from bottega.enhance.clip_compare import before_after_clip

        before_after_clip(source, made, how.compare, part=how.part(), slow=slow, cancelled=cancelled)


def preview_words(how: How) -> dict[str, Any]:
    """JSON-ready."""
    part = how.part()
    return {} if part is None else {"preview": {"from": float(part[0]), "to": float(part[1])}}


def work_folder(target: Path) -> Path:
    """Where a clip's finished segments are until the clip is."""
    return target.with_name(f".{target.name}.work")


def forget(target: Path) -> None:
    """The folder of a clip that is finished, which is empty by then."""
    with suppress(OSError):
        work_folder(target).rmdir()


def coded_size(video: "VideoInfo", seen: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of coded pictures that are `seen` at this size, upright and in square pixels: a clip keeps its quarter
    turns and its pixels' shape."""
    across, down = (Fraction(after, before) for after, before in zip(seen, video.display_size, strict=True))
    if video.sideways:
        across, down = down, across
    return max(1, round(video.width * across)), max(1, round(video.height * down))


def clip_words(report: "ClipReport", video: "VideoInfo") -> dict[str, Any]:
    """JSON-ready; `video` of the source. Sizes are those that are seen: upright, in square pixels."""
    before = video.display_size
    after = replace(video, width=report.width, height=report.height).display_size
    held = (
        [f"{report.held_frames} pictures are damaged: the one before is shown"] if report.held_frames else []
    )
    return {
        "before": {"width": before[0], "height": before[1]},
        "after": {"width": after[0], "height": after[1], "frames": report.frames_out},
        "frames_in": report.frames_in,
        "encoder": report.encoder,
        "duration": round(float(report.duration), 3),
        "audio": report.audio,
        "segments": report.segments,
        "segments_reused": report.segments_reused,
        "notes": [*report.notes, *held],
    }
