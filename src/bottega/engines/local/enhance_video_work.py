"""What the enhance engine does with a clip: its pictures at other times first, then each of them cleaned, drawn, enlarged.

Frames, pictures and files are the studio's (`bottega.enhance`).
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from bottega.compute import report_progress
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.engines.local.step_figures import measured
from bottega.enhance.clip_compare import before_after_clip
from bottega.enhance.clip_jobs import clip_words
from bottega.enhance.clip_works import ClipWorks
from bottega.enhance.jobs import How, part_of, read_still
from bottega.enhance.motion import smooth_clip
from bottega.enhance.video import EncodeSettings, probe, transform
from bottega.enhance.video.model import ClipReport, VideoInfo
from bottega.enhance.video.transform import Part
from bottega.enhance.works import Style, Upscale, Work, eight_bits
from bottega.enhance.works_repair import Restore
from bottega.errors import Conflict, MissingInput
from bottega.imaging.limits import Limits
from bottega.imaging.picture import U8

if TYPE_CHECKING:
    from bottega.enhance.interpolate import Rate

QUALITY, QUALITY_BETWEEN = 80, 97
"""Of the encoding, 0 to 100: of the result, and of a clip that is worked on again."""
STRONGEST_SHARPENING = 1.5
"""Unsharp-mask amount at `sharpen` 1, as for stills."""

LEAD = Fraction(1)
"""Seconds in front of a part that are made at the new rate for the drawings in it to be steady from its first picture."""

# Inputs were checked against the settings' limits when they were stored.
_CHECKED = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)

Made = TypeVar("Made")
Tier = Literal["fast", "balanced"]
_TIERS: dict[str, Tier] = {"enhance/video-fast": "fast", "enhance/video": "balanced"}
_CONTAINERS = {"video/webm": (".webm", "video/webm")}
_MP4 = (".mp4", "video/mp4")


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """Writes the clip in the role clip, enhanced, into `scratch`: as WebM where it is WebM, else as MP4. A preview comes with
    a second clip of before and after side by side.

    Parameters: `width`, `height` (upright, in square pixels), `fps` or `factor`, `slow`, `restore`, `sharpen`, `style`,
    `strength`, `preview` (see `jobs.part_of`), `keep_audio`; the role reference holds the picture that a style takes after.
    Report: `tier`, `input` and `output` (width, height, frames), `motion` where pictures are at new
    times (cuts, repeats, how many were made in which way), `pictures` (how often which engine made them, what failed),
    `audio`, `encoder`, `notes`, `steps`. Raises MissingInput without a clip, and what reading, computing and writing raise.
    """
    given = task.first(Role.CLIP)
    if given is None:
        raise MissingInput("There is no clip to enhance.", hint="Add a clip.")
    report_progress(0.0, "Reading the clip")
    info = probe(given.path)
    tier = _TIERS.get(model_id, "balanced")
    suffix, media_type = _CONTAINERS.get(given.media.media_type, _MP4)
    target = scratch / f"enhanced{suffix}"
    each = ClipWorks(_works(task, tier, info.video), strict=True)
    rate = _rate(task)
    drops = task.parameters.get("keep_audio") is False and bool(info.of_kind("audio"))
    steps: list[dict[str, Any]] = []
    width, height = info.video.display_size
    report: dict[str, Any] = {
        "tier": tier,
        "input": {"width": width, "height": height, "frames": info.video.frames},
        "notes": list[str](),
    }
    source, begun = given.path, 0.02
    seen = part = part_of(str(task.parameters["preview"])) if task.parameters.get("preview") else None
    if seen is not None:
        report["preview"] = {"from": float(seen[0]), "to": float(seen[1])}
    if rate is not None:
        alone = not each.works and not drops
        made = target if alone else scratch / "smooth.mkv"
        ends = 1.0 if alone else 0.5
        # What the pictures in front of the part are to those in it: see `style_clip`.
        lead = Fraction(0) if alone or part is None else min(part[0], LEAD)
        with measured(steps, "motion"):
            _smoothed(
                source,
                made,
                rate,
                tier,
                report,
                part=part and (part[0] - lead, part[1]),
                alone=alone,
                told=_between(begun, ends, "Making frames"),
            )
        source, begun = made, ends
        part = part and (lead * rate.slow, (lead + part[1] - part[0]) * rate.slow)
    if rate is None or each.works or drops:
        with measured(steps, "pictures"):
            _pictures(
                source,
                target,
                each,
                report,
                part=part,
                drops=drops,
                told=_between(begun, 1.0, "Working on frames"),
            )
    outputs = [OutputFile(path=target, media_type=media_type, label="Enhanced clip", name=target.name)]
    if seen is not None:
        both = scratch / f"before-after{suffix}"
        with measured(steps, "comparison"):
            before_after_clip(
                given.path, target, both, part=seen, slow=rate.slow if rate else Fraction(1), quality=QUALITY
            )
        outputs.append(
            OutputFile(
                path=both, media_type=media_type, label="Before and after, side by side", name=both.name
            )
        )
    return EngineResult(outputs=tuple(outputs), report=report | {"steps": steps})


def _works(task: Task, tier: Tier, video: VideoInfo) -> list[Work]:
    """Noise first, while it is small; sharpening last, at the size at which it is seen."""
    wanted = task.parameters
    works: list[Work] = []
    if noise := float(wanted.get("restore") or 0):
        works.append(Restore(denoise=noise))
    strength = float(wanted.get("strength", 1.0))
    if wanted.get("style") and strength:
        works.append(Style(str(wanted["style"]), strength, _reference(task)))
    size = _coded_size(wanted, video)
    if size != (video.width, video.height):
        enlarged_by = "classical" if tier == "fast" else tier
        works.append(Upscale(width=size[0], height=size[1], tier=enlarged_by))
    if amount := float(wanted.get("sharpen") or 0):
        works.append(Restore(denoise=0.0, sharpen=amount * STRONGEST_SHARPENING))
    return works


def _reference(task: Task) -> U8 | None:
    """H x W x 3."""
    given = task.first(Role.REFERENCE)
    return None if given is None else eight_bits(read_still(given.path, _CHECKED)[1][..., :3])


def _coded_size(wanted: dict[str, Any], video: VideoInfo) -> tuple[int, int]:
    """The size as the pictures are coded: the clip keeps its quarter turns and its pixels' shape."""
    width, height = video.display_size
    across = float(wanted.get("width") or width) / width
    down = float(wanted.get("height") or height) / height
    if round(video.rotation / 90) % 2:
        across, down = down, across
    if across == down == 1:
        return video.width, video.height
    return 2 * round(video.width * across / 2), 2 * round(video.height * down / 2)


def _rate(task: Task) -> "Rate | None":
    from bottega.enhance.interpolate import Rate

    wanted = task.parameters
    slow = Fraction(str(wanted.get("slow") or 1))
    if wanted.get("fps") is not None:
        return Rate(fps=exact_rate(float(wanted["fps"])), slow=slow)
    if wanted.get("factor") is not None:
        return Rate(factor=Fraction(int(wanted["factor"])), slow=slow)
    # Slower without a rate: as many pictures a second as before.
    return None if slow == 1 else Rate(factor=slow, slow=slow)


def exact_rate(fps: float) -> Fraction:
    """23.976, 29.97 and 59.94 are short for 24000, 30000 and 60000 over 1001 (SMPTE ST 12-1)."""
    whole = round(fps * 1.001)
    film = Fraction(whole * 1000, 1001)
    return film if abs(float(film) - fps) < 0.004 and fps != whole else Fraction(str(fps))


def _smoothed(
    source: Path,
    target: Path,
    rate: "Rate",
    tier: Tier,
    report: dict[str, Any],
    *,
    part: Part | None,
    alone: bool,
    told: Callable[[float], None],
) -> None:
    preview = None if part is None else f"{part[0]}-{part[1]}s"

    def make(resume: bool) -> dict[str, Any]:
        how = How(quality=QUALITY if alone else QUALITY_BETWEEN, resume=resume, preview=preview)
        return smooth_clip(source, target, rate, tier=tier, how=how, progress=told)

    made = _taken_up(make)
    report["motion"] = {name: made[name] for name in ("made", "cuts", "repeats", "frame_rate")}
    report["output"] = made["after"]
    report |= {"audio": made["audio"], "encoder": made["encoder"], "segments_reused": made["segments_reused"]}
    report["notes"] += made["notes"]


def _pictures(
    source: Path,
    target: Path,
    each: ClipWorks,
    report: dict[str, Any],
    *,
    part: Part | None,
    drops: bool,
    told: Callable[[float], None],
) -> None:
    video = probe(source).video
    settings = EncodeSettings(
        pixels="uint8" if video.bit_depth == 8 else "uint16",
        quality=QUALITY,
        audio="drop" if drops else "copy",
    )

    def make(resume: bool) -> ClipReport:
        return transform(
            source,
            target,
            each.for_transform(),
            settings,
            work_dir=target.with_suffix(".work"),
            identity=each.identity(),
            resume=resume,
            part=part,
            progress=lambda done, total: told(done / max(1, total)),
        )

    done = _taken_up(make)
    words = clip_words(done, video)
    audio = report.get("audio") if words["audio"] == "copied" else None
    report["output"] = words["after"]
    report |= {"audio": audio or words["audio"], "encoder": words["encoder"], "pictures": _told(each)}
    report["segments_reused"] = report.get("segments_reused", 0) + done.segments_reused
    report["notes"] += [note for note in words["notes"] if note not in report["notes"]]


def _taken_up(make: Callable[[bool], Made]) -> Made:
    """What an attempt that was killed has left in the folder is gone on with, as far as it still fits."""
    try:
        return make(True)
    except Conflict:
        return make(False)


def _told(each: ClipWorks) -> dict[str, Any]:
    told = each.told()
    faults = {f"{step['engine']}: {step['message']}": step["pictures"] for step in told["steps"]}
    return {"engines": told["engines"], "faults": faults}


def _between(begun: float, ends: float, message: str) -> Callable[[float], None]:
    return lambda fraction: report_progress(begun + (ends - begun) * fraction, message)
