"""Which frame is shown when: an output grid over source timestamps, in exact fractions of a second.

Variable frame rates are taken as they come. Making the frames is left to `between`, reading and writing them to others.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from bottega.errors import InvalidOption

LONGEST_HOLD = 4
"""Frames: a drawing shown for up to four frames is animation on fours or faster; what stands longer is meant to."""
FASTEST = 1000
"""Frames a second, and times the source's rate, that may be asked for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A source frame: its `time` in seconds; whether it repeats the frame before it, and whether a scene begins with it."""

    time: Fraction
    duplicate: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """An output frame at `time`: the source frame `left` where t is 0, else the frame at `t` on the way from `left` to
    `right`, 0 < t < 1."""

    time: Fraction
    left: int
    right: int
    t: Fraction


@dataclass(frozen=True, slots=True)
class Rate:
    """What is wished for: frames a second (`fps`, as 60000/1001), or `factor` times as many as there are, in step with
    the source. `slow` 4 plays four times as slowly.

    `longest_hold`: repeats of up to so many frames in all are closed, so that motion goes on through them; 1 keeps
    every repeat as a hold."""

    fps: Fraction | None = None
    factor: Fraction | None = None
    slow: Fraction = Fraction(1)
    longest_hold: int = LONGEST_HOLD

    def __post_init__(self) -> None:
        given = self.fps if self.fps is not None else self.factor
        if given is None or (self.fps is not None and self.factor is not None):
            raise InvalidOption("Give either frames a second or a factor.")
        if not 0 < given <= FASTEST or not 0 < self.slow <= FASTEST or self.longest_hold < 1:
            raise InvalidOption(
                "Frame rates, factors and slowness are above 0 and at most 1000; a hold is a frame at least."
            )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the first of the marks lies in its clip: its number there, and the time of the clip's first frame."""

    number: int
    begin: Fraction


def timeline(
    marks: Iterable[Mark], rate: Rate, *, end: Fraction | None = None, origin: Origin | None = None
) -> Iterator[Step]:
    """The plan, in order, with as few marks read ahead as duplicates need. `origin`: of marks from the middle of a clip,
    for the steps that the whole clip's plan has there.

    Output times begin at the first source time and lie before `end`, where the last source frame ends (by default it
    lasts as long as the one before it); so n frames times factor k are n * k frames of the same duration, the last of
    them showing the last source frame. A cut is at the time of its mark, and the frame before is held until then.
    Raises InvalidOption for times that do not rise or an end that is not behind them.
    """
    first = 0 if origin is None else origin.number
    spans = _spans(_checked(marks, first), rate.longest_hold, end)
    if rate.fps is not None:
        return _on_grid(spans, rate, None if origin is None else origin.begin)
    return _in_step(spans, rate, first, None if origin is None else origin.begin)


@dataclass(frozen=True, slots=True)
class _Span:
    """From the source frame `left` to `right` over [times[0], times[-1]]; `times`: those of the source frames in it and
    its end. Nothing moves in it where the two are the same."""

    left: int
    right: int
    times: tuple[Fraction, ...]

    def step(self, shown: Fraction, source: Fraction) -> Step:
        start, stop = self.times[0], self.times[-1]
        if self.left == self.right or source == start:
            return Step(shown, self.left, self.left, Fraction(0))
        return Step(shown, self.left, self.right, (source - start) / (stop - start))


def _checked(marks: Iterable[Mark], first: int) -> Iterator[tuple[int, Mark]]:
    last: Fraction | None = None
    for index, mark in enumerate(marks, start=first):
        if last is not None and mark.time <= last:
            raise InvalidOption(
                f"The timestamps do not rise: {mark.time} s follows {last} s.",
                hint="Give the presentation times in the order of display.",
            )
        last = mark.time
        yield index, mark


def _spans(marks: Iterator[tuple[int, Mark]], longest_hold: int, end: Fraction | None) -> Iterator[_Span]:
    """From each distinct frame to the next, without gaps."""
    left, times, interval, standing = 0, list[Fraction](), Fraction(0), False
    for index, mark in marks:
        if not times:
            left, times = index, [mark.time]
            continue
        interval = mark.time - times[-1]
        times.append(mark.time)
        if mark.duplicate and not mark.cut:
            # More than a repeat that motion could go through: it stands, up to its last frame.
            if standing or len(times) > longest_hold:
                yield _Span(left, left, tuple(times))
                left, times, standing = index, [mark.time], True
            continue
        yield _Span(left, left if mark.cut else index, tuple(times))
        left, times, standing = index, [mark.time], False
    if times:
        stop = times[-1] + interval if end is None else end
        if stop < times[-1] or (stop == times[-1] and end is not None):
            raise InvalidOption(f"The end, {stop} s, is not behind the last frame, at {times[-1]} s.")
        yield _Span(left, left, (*times, stop))


def _on_grid(spans: Iterator[_Span], rate: Rate, begin: Fraction | None) -> Iterator[Step]:
    assert rate.fps is not None
    period, ahead = 1 / rate.fps, 1 / (rate.fps * rate.slow)
    number, source, began = 0, Fraction(0), False
    for span in spans:
        if not began:
            begin = span.times[0] if begin is None else begin
            number = math.ceil((span.times[0] - begin) / ahead)
            source, began = begin + number * ahead, True
        assert begin is not None
        # Each time is reckoned from the first, never from the one before.
        while source < span.times[-1] or number == 0:
            yield span.step(source if rate.slow == 1 else begin + number * period, source)
            number += 1
            source = begin + number * ahead


def _in_step(spans: Iterator[_Span], rate: Rate, position: int, begin: Fraction | None) -> Iterator[Step]:
    assert rate.factor is not None
    number = math.ceil(position * rate.factor)
    for span in spans:
        begin = span.times[0] if begin is None else begin
        for start, stop in pairwise(span.times):
            if start == stop:
                # A clip of one frame has no duration of which there could be more.
                yield span.step(start, start)
                break
            # Output frames lie evenly in each source interval, however long it is.
            while number < (position + 1) * rate.factor:
                source = start + (number / rate.factor - position) * (stop - start)
                yield span.step(begin + (source - begin) * rate.slow, source)
                number += 1
            position += 1
