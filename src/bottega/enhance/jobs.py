"""One file in, one file out: stills and clips through an enhancement, with a report of what was done and what it took.

What is done is a value of `works`, what happens when it fails is `ladder`'s, clips are `clip_jobs`' and many files at a time
`folder`'s.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bottega.enhance.ladder import Outcome, Policy, Samples
from bottega.enhance.large import LARGE, LargeResult, enlarge_large
from bottega.enhance.preview_cache import Box, EnhancementCache, before_after, enhanced, preview
from bottega.enhance.works import Upscale, Work
from bottega.errors import InputError, InvalidOption, NotFound, UnsupportedMedia
from bottega.imaging.limits import Limits

if TYPE_CHECKING:
    from bottega.enhance.video.transform import Part
    from bottega.imaging.picture import Picture

PICTURE_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
CLIP_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm")
LONGEST_PREVIEW = 3600
"""Seconds."""
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class How:
    """`preview`: a crop "left,top,width,height" of a still, or of a clip its first seconds ("2s") or a span of them
    ("10-12s"); `compare`: a file, picture or clip as the source, for before and after side by side; `resume`: go on with a clip that was interrupted;
    `quality`: 1 to 100 of JPEG, WebP and clips; `cache`: for results of stills and previews of clips; `in_memory`: pixels of
    an enlargement up to which it is held in memory, where the formats leave the choice."""

    preview: str | None = None
    compare: Path | None = None
    resume: bool = False
    quality: int | None = None
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)
    cache: EnhancementCache | None = None
    in_memory: int = LARGE

    def part(self) -> "Part | None":
        """What a clip's preview shows, in seconds after its first picture; None for all of it. Raises InvalidOption."""
        return None if self.preview is None else part_of(self.preview)


def part_of(preview: str) -> "Part":
    """ "2s" or "10-12s" as seconds from and to. Raises InvalidOption."""
    begin, dash, end = preview.replace(" ", "").partition("-")
    try:
        stop = Fraction((end if dash else begin).removesuffix("s"))
        start = Fraction(begin.removesuffix("s")) if dash else Fraction(0)
    except (ValueError, ZeroDivisionError):
        start = stop = Fraction(0)
    if not 0 <= start < stop or stop - start > LONGEST_PREVIEW:
        raise InvalidOption(
            f"{preview!r} is no part of a clip that can be previewed.",
            hint="Of a clip, give its first seconds, such as 2s, or a span of them, such as 10-12s.",
        )
    return start, stop


def enhance_file(
    source: Path,
    target: Path,
    work: Work,
    how: How | None = None,
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> dict[str, Any]:
    """`source` through `work` to `target`, whose name says the format; the report, JSON-ready.

    Raises what reading, the work's arguments and writing raise, and Cancelled. An engine that fails is no error: the
    report's `state` and `steps` tell of it.
    """
    how = how or How()
    if not source.is_file():
        raise NotFound(f"There is no file {source}.", hint="Check its name.")
    if source.resolve() == target.resolve():
        raise InputError(f"{target} would be written over itself.", hint="Name another file for the result.")
    check_comparison(how.compare, source, target)
    started = time.perf_counter(), time.process_time()
    make = _still
    if is_clip(source):
        from bottega.enhance.clip_jobs import enhance_clip

        make = enhance_clip
    report = make(source, target, work, how, progress or (lambda fraction: None), cancelled)
    return {
        "source": str(source),
        "target": str(target),
        "work": work.identity(),
        **report,
        "bytes": target.stat().st_size,
        "seconds": round(time.perf_counter() - started[0], 3),
        "cpu_seconds": round(time.process_time() - started[1], 3),
    }


def check_comparison(compare: Path | None, *others: Path) -> None:
    """Raises InputError for a comparison that would be written over another file of the work."""
    if compare is not None and compare.resolve() in [each.resolve() for each in others]:
        raise InputError(
            f"Before and after would be written over {compare}.", hint="Name another file for them."
        )


def is_clip(source: Path) -> bool:
    """By content; Matroska by name, as its first bytes are WebM's."""
    from bottega.imaging.clip import is_clip as by_content

    return by_content(source) or source.suffix.lower() in CLIP_SUFFIXES


# --- stills ------------------------------------------------------------------------------------------------------------


def read_still(source: Path, limits: Limits) -> "tuple[Picture, Samples]":
    """The decoded picture, and its samples as H x W x 3 or 4. Raises what decoding raises."""
    from bottega.imaging.decode import decode

    if not source.is_file():
        raise NotFound(f"There is no file {source}.", hint="Check its name.")
    picture = decode(source, limits)
    return picture, _samples(picture)


def _samples(picture: "Picture") -> Samples:
    if picture.alpha is None:
        return picture.rgb
    return np.concatenate([picture.rgb, picture.alpha[..., None]], axis=2)


def write_still(pixels: Samples, like: "Picture", target: Path, quality: int | None = None) -> list[str]:
    """H x W x 3 or 4 of uint8 or uint16 to `target`, with profile and EXIF of `like`; what could not be kept, in words.

    Raises UnsupportedMedia for another ending, TooLarge, OutputError.
    """
    from bottega.enhance.metadata import CARRIED, NOT_CARRIED, with_exif
    from bottega.imaging.encode import encode, write_atomically
    from bottega.imaging.picture import Picture

    media_type = picture_type(target)
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else None
    made = Picture(np.ascontiguousarray(pixels[..., :3]), alpha, like.icc_profile)
    encode(made, target, media_type, quality=92 if quality is None else quality)
    notes: list[str] = []
    if like.exif is not None:
        size = (made.width, made.height)
        data = (
            with_exif(target.read_bytes(), media_type, like.exif, size, alpha=alpha is not None)
            if media_type in CARRIED
            else None
        )
        if data is None:
            notes.append(NOT_CARRIED)
        else:
            write_atomically(target, data)
    if alpha is not None and media_type == "image/jpeg":
        notes.append("JPEG has no transparency: it was put on white")
    if pixels.dtype == np.uint16 and media_type in ("image/jpeg", "image/webp"):
        notes.append("this format has 8 bits a channel; the source has 16")
    return notes


def picture_type(target: Path) -> str:
    """The media type that the ending names. Raises UnsupportedMedia."""
    media_type = PICTURE_TYPES.get(target.suffix.lower())
    if media_type is None:
        raise UnsupportedMedia(
            f"A picture cannot be written as {target.name}.",
            hint=f"Let the name end with {', '.join(PICTURE_TYPES)}.",
        )
    return media_type


def _still(
    source: Path, target: Path, work: Work, how: How, progress: Progress, cancelled: threading.Event | None
) -> dict[str, Any]:
    from bottega.imaging.decode import examine

    media_type = picture_type(target)
    if how.compare is not None:
        picture_type(how.compare)
    elif how.preview is None and how.cache is None and isinstance(work, Upscale):
        large = enlarge_large(
            source,
            target,
            media_type,
            work,
            least=how.in_memory + 1,
            limits=how.limits,
            policy=how.policy,
            progress=progress,
            cancelled=cancelled,
        )
        if large is not None:
            return _large_words(large)
    media, picture = examine(source, how.limits)
    assert picture is not None  # no clip
    pixels = _samples(picture)
    told: dict[str, Any] = {"kind": "picture", "before": _size(pixels)}
    if how.preview is not None:
        seen = preview(
            pixels, work, Box.parse(how.preview), policy=how.policy, cancelled=cancelled, cache=how.cache
        )
        before, outcome, cached = seen.before, seen.outcome, seen.cached
        told["preview"] = {
            "box": [seen.box.left, seen.box.top, seen.box.width, seen.box.height],
            "whole_picture_made": seen.whole,
            "seconds": seen.seconds,
        }
    else:
        before = pixels
        outcome, cached = enhanced(pixels, work, policy=how.policy, cancelled=cancelled, cache=how.cache)
    notes = write_still(outcome.pixels, picture, target, how.quality)
    if how.compare is not None:
        write_still(before_after(before, outcome.pixels), replace(picture, exif=None), how.compare)
    progress(1.0)
    if media.frames > 1:
        notes.append(
            f"only the first of its {media.frames} pictures was taken: saved as a clip, all of them are"
        )
    told |= {"after": _size(outcome.pixels), "cached": cached, **outcome.as_dict()}
    told["notes"] = [*told.get("notes", []), *notes, *_words(outcome)]
    return told


def _large_words(large: LargeResult) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": "picture",
        "before": _shape_words(large.before, 1),
        "after": _shape_words(large.after, 1),
        "cached": False,
        **large.outcome.as_dict(),
    }
    return told | {"notes": [*large.notes, *_words(large.outcome)]}


def _words(outcome: Outcome) -> list[str]:
    """For people: what did not come out as asked."""
    if outcome.state == "original":
        return ["nothing could be done: this is the picture as it was"]
    late = ["it was finished after the time limit"] if outcome.late else []
    left: list[str] = outcome.told.get("left", [])
    if outcome.state == "degraded" and not left:
        left = [f"made by {outcome.engine}, as the engine before it failed"]
    return [*left, *late]


def _size(pixels: Samples) -> dict[str, Any]:
    return _shape_words(pixels.shape, pixels.dtype.itemsize)


def _shape_words(shape: tuple[int, ...], bytes_each: int) -> dict[str, Any]:
    return {"width": shape[1], "height": shape[0], "bits": bytes_each * 8, "alpha": shape[2] == 4}
