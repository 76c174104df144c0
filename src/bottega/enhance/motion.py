"""Frames between pictures and clips at other rates, from files to files.

How frames are made is `interpolate`'s, reading and writing clips `video`'s.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bottega.enhance.clip_jobs import (
    check_clip_comparison,
    clip_words,
    compare_clip,
    forget,
    kept_or_made,
    preview_words,
    work_folder,
)
from bottega.enhance.jobs import (
    CLIP_SUFFIXES,
    How,
    Progress,
    check_comparison,
    is_clip,
    picture_type,
    read_still,
    write_still,
)
from bottega.enhance.works import digest
from bottega.errors import InputError, InvalidOption, NotFound, UnsupportedMedia

if TYPE_CHECKING:
    from bottega.enhance.interpolate import Mark, Network, Rate, Step
    from bottega.enhance.video.model import Window
    from bottega.enhance.video.reading import FrameIndex
    from bottega.enhance.video.transform import Part

Tier = Literal["fast", "balanced", "best"]
PRESETS = {"fast": "fast", "balanced": "medium", "best": "full"}


def between_files(
    first: Path,
    second: Path,
    target: Path,
    *,
    at: float = 0.5,
    tier: str = "balanced",
    weights: Path | None = None,
    how: How | None = None,
) -> dict[str, Any]:
    """The picture at the moment `at` in [0, 1] between two pictures of one size to `target`; the report, JSON-ready.

    Raises what reading and writing raise, and InvalidOption for pictures that do not belong together.
    """
    from bottega.enhance.interpolate import between

    how = how or How()
    picture_type(target)
    if target.resolve() in (first.resolve(), second.resolve()):
        raise InputError(f"{target} would be written over itself.", hint="Name another file for the result.")
    started = time.perf_counter(), time.process_time()
    (picture, a), (_, b) = read_still(first, how.limits), read_still(second, how.limits)
    if a.shape[:2] != b.shape[:2]:
        raise InvalidOption(
            f"{first.name} is {a.shape[1]} x {a.shape[0]} pixels, {second.name} {b.shape[1]} x {b.shape[0]}.",
            hint="Give two pictures of one size.",
        )
    made = between(a, b, at, preset=_preset(tier), network=weights)
    notes = write_still(made.frame, picture, target, how.quality)
    if made.done == "cut":
        notes.append("the two show different scenes: the first is shown")
    return {
        "kind": "picture",
        "sources": [str(first), str(second)],
        "target": str(target),
        "at": at,
        "done": made.done,
        "trust": round(made.trust, 3),
        "notes": notes,
        "bytes": target.stat().st_size,
        "seconds": round(time.perf_counter() - started[0], 3),
        "cpu_seconds": round(time.process_time() - started[1], 3),
    }


def smooth_clip(
    source: Path,
    target: Path,
    rate: "Rate",
    *,
    tier: str = "balanced",
    weights: Path | None = None,
    doubt: Literal["blend", "hold"] = "blend",
    how: How | None = None,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> dict[str, Any]:
    """A clip at another rate, or slower; the report, JSON-ready. Sound is kept, and stretched with its pitch when slower.

    The clip is read twice: once to find repeats and scenes, once to make the frames. Raises as `video.transform`.
    """
    from bottega.enhance.interpolate.network import opened as opened_network
    from bottega.enhance.video import EncodeSettings, Timeline, probe, transform

    how = how or How()
    tell: Progress = progress or (lambda fraction: None)
    _check(source, target)
    check_comparison(how.compare, source, target)
    check_clip_comparison(how)
    started = time.perf_counter(), time.process_time()
    network = opened_network(weights)
    identity = f"smooth {rate} {_preset(tier)} {doubt} {None if weights is None else digest(weights)}"
    info = probe(source)
    settings = EncodeSettings(
        pixels="uint8" if info.video.bit_depth == 8 else "uint16",
        quality=75 if how.quality is None else how.quality,
        audio="copy" if rate.slow == 1 else "stretch",
    )

    def make() -> dict[str, Any]:
        plan = _Plan(source, rate, _preset(tier), network, doubt, how.part())
        report = transform(
            source,
            target,
            Timeline(plan.frames, before=0, after=rate.longest_hold + 1, speed=1 / rate.slow),
            settings,
            work_dir=work_folder(target),
            identity=identity,
            resume=how.resume,
            part=how.part(),
            progress=lambda done, total: tell(done / max(1, total)),
            cancelled=None if cancelled is None else cancelled.is_set,
        )
        forget(target)
        return {
            **clip_words(report, info.video),
            "frame_rate": plan.rate,
            "cuts": plan.cuts,
            "repeats": plan.repeats,
            "made": dict(sorted(plan.made.items())),
        }

    told, cached = kept_or_made(source, target, [identity, str(settings)], how, make)
    compare_clip(source, target, how, slow=rate.slow, cancelled=cancelled)
    return {
        "kind": "clip",
        "source": str(source),
        "target": str(target),
        **told,
        **preview_words(how),
        "cached": cached,
        "bytes": target.stat().st_size,
        "seconds": round(time.perf_counter() - started[0], 3),
        "cpu_seconds": round(time.process_time() - started[1], 3),
    }


class _Plan:
    """Which frame is shown when, settled before the first is made, so that a resumed clip goes on with the same."""

    def __init__(
        self,
        source: Path,
        rate: "Rate",
        preset: Any,
        network: "Network | None",
        doubt: Literal["blend", "hold"],
        part: "Part | None",
    ) -> None:
        from bottega.enhance.interpolate import marks, timeline
        from bottega.enhance.interpolate.timeline import Origin
        from bottega.enhance.video.reading import index_frames
        from bottega.enhance.video.transform import pictures_in

        self._preset, self._network = preset, network
        self._doubt: Literal["blend", "hold"] = doubt
        self.cuts = self.repeats = 0
        self.made: defaultdict[str, int] = defaultdict(int)
        index = index_frames(source)
        first, last = 0, len(index)
        if part is not None:
            # With as many around as repeats and scenes are told by.
            around = rate.longest_hold + 2
            begin, end = pictures_in(index, part)
            first, last = max(0, begin - around), min(len(index), end + around)
        found = self._counted(marks(_lumas(source, index, first, last)))
        self._steps: defaultdict[int, list[Step]] = defaultdict(list)
        stop = (index.pts[last - 1] + index.durations[last - 1]) * index.time_base
        for step in timeline(found, rate, end=stop, origin=Origin(first, index.start)):
            self._steps[step.left].append(step)

    @property
    def rate(self) -> float | None:
        """Frames a second, from the first to the last; None of a single one."""
        times = [step.time for steps in self._steps.values() for step in steps]
        return round(float((len(times) - 1) / (max(times) - min(times))), 3) if len(times) > 1 else None

    def frames(self, window: "Window") -> Iterator[tuple[Fraction, Any]]:
        """Those that lie between the window's current picture and the next distinct one."""
        from bottega.enhance.interpolate import Pair
        from bottega.enhance.interpolate.stream import SAME_SCENE

        here = window.current
        pair: Pair | None = None
        for step in self._steps.get(here.index, ()):
            if step.t == 0:
                self.made["given"] += 1
                yield step.time, here.pixels
                continue
            if pair is None:
                other = window.frames[window.at + step.right - step.left]
                pair = Pair(
                    here.pixels,
                    other.pixels,
                    preset=self._preset,
                    network=self._network,
                    doubt=self._doubt,
                    known=SAME_SCENE,
                )
            result = pair.at(float(step.t))
            self.made[result.done] += 1
            yield step.time, result.frame

    def _counted(self, found: "Iterable[Mark]") -> "Iterator[Mark]":
        for mark in found:
            self.cuts += mark.cut
            self.repeats += mark.duplicate
            yield mark


def _lumas(source: Path, index: "FrameIndex", first: int, end: int) -> Iterator[tuple[Fraction, Any]]:
    """(time in seconds, H x W uint8 luma) of the pictures from `first` up to `end`."""
    from bottega.enhance.video.reading import pictures

    for number, picture, _ in islice(pictures(source, index, first), end - first):
        yield index.pts[number] * index.time_base, picture.to_ndarray(format="gray")


def _preset(tier: str) -> Any:
    if tier not in PRESETS:
        raise InvalidOption(f"There is no tier {tier!r}.", hint=f"Choose one of {', '.join(PRESETS)}.")
    return PRESETS[tier]


def _check(source: Path, target: Path) -> None:
    if not source.is_file():
        raise NotFound(f"There is no file {source}.", hint="Check its name.")
    if not is_clip(source):
        raise UnsupportedMedia(f"{source.name} is no clip.", hint="Give an MP4, MOV, MKV or WebM file.")
    if target.suffix.lower() not in CLIP_SUFFIXES:
        raise UnsupportedMedia(
            f"A clip cannot be written as {target.name}.",
            hint=f"Let the name end with {', '.join(CLIP_SUFFIXES)}.",
        )
    if source.resolve() == target.resolve():
        raise InputError(f"{target} would be written over itself.", hint="Name another file for the result.")
