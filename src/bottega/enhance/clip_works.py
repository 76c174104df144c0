"""Enhancements of the pictures of a clip in turn, each by its ladder of engines; what is drawn is kept steady over time.

Reading and writing clips is `video`'s, steadiness `style_clip`'s.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bottega.enhance.ladder import Outcome, Policy, Samples, climb_down
from bottega.enhance.style_clip import SteadyColours, SteadyDrawing, mixed
from bottega.enhance.works import Style, Work, as_integers
from bottega.errors import ComputeError

if TYPE_CHECKING:
    from bottega.enhance.video.model import PerFrame, Timeline, Window

Size = tuple[int, int]


class ClipWorks:
    """`works` on every picture of a clip, and a count of what happened.

    `sizes`: (width, height) that each of them makes, as the pictures are stored; None for what the work itself says.
    Where no engine could do a work the picture stays as it was before it, unless `strict` or the size were wrong then:
    that raises ComputeError. `late`: how many results were finished after the policy's time was up."""

    def __init__(
        self,
        works: Sequence[Work],
        policy: Policy | None = None,
        *,
        sizes: Sequence[Size | None] | None = None,
        strict: bool = False,
        cancelled: threading.Event | None = None,
    ) -> None:
        self.works = [work.for_clip() for work in works]
        self._sizes = list(sizes or [None] * len(self.works))
        self._policy, self._strict, self._cancelled = policy or Policy(), strict, cancelled
        self._engines: Counter[str] = Counter()
        self._faults: Counter[tuple[str, str, str]] = Counter()
        self._originals = self.late = 0
        drawn = [
            number
            for number, work in enumerate(self.works)
            if isinstance(work, Style) and work.steady > 0 and work.strength > 0
        ]
        self._drawn = drawn[0] if drawn else None
        self._ready: dict[int, Samples] = {}
        self._steady: SteadyDrawing | SteadyColours | None = None

    def for_transform(self) -> "PerFrame | Timeline":
        """What `video.transform` is given: picture by picture, or with those before it where something is drawn."""
        from bottega.enhance.video.model import Timeline

        if self._drawn is None:
            return self.picture
        style = self.works[self._drawn]
        assert isinstance(style, Style)
        whole = replace(style, strength=1.0)
        self._steady = SteadyDrawing(lambda pixels: self._done(whole, None, pixels), steady=style.steady)
        if style.style == "colour_transfer" and style.reference is not None:
            self._steady = SteadyColours(style.reference)
        return Timeline(self._along, before=self._steady.reach, after=0)

    def picture(self, pixels: Samples) -> Samples:
        """All works on one picture, without those before it: H x W x 3 in, the same or of another size out."""
        return self._range(pixels, 0, len(self.works))

    def identity(self) -> str:
        return str([work.identity() for work in self.works])

    def told(self) -> dict[str, Any]:
        """JSON-ready."""
        keys = ("engine", "fault", "message")
        return {
            "state": "original" if self._originals else "done" if not self._faults else "degraded",
            "engines": dict(self._engines),
            "steps": [
                {**dict(zip(keys, step, strict=True)), "pictures": count}
                for step, count in self._faults.items()
            ],
        }

    def _along(self, window: "Window") -> Iterator[tuple[Fraction, Samples]]:
        assert self._drawn is not None
        assert self._steady is not None
        style = self.works[self._drawn]
        assert isinstance(style, Style)
        for number in [each for each in self._ready if each < window.frames[0].index]:
            del self._ready[number]
        ready = [
            (frame.index, self._prepared(frame.index, frame.pixels))
            for frame in window.frames[: window.at + 1]
        ]
        made = mixed(ready[-1][1], self._steady.last(ready), style.strength)
        yield window.current.time, self._range(made, self._drawn + 1, len(self.works))

    def _prepared(self, number: int, pixels: Samples) -> Samples:
        """After the works that come before the drawing, as integers."""
        if number not in self._ready:
            self._ready[number] = as_integers(self._range(pixels, 0, self._drawn or 0))
        return self._ready[number]

    def _range(self, pixels: Samples, first: int, end: int) -> Samples:
        for work, size in zip(self.works[first:end], self._sizes[first:end], strict=True):
            pixels = self._done(work, size, pixels)
        return pixels

    def _done(self, work: Work, size: Size | None, pixels: Samples) -> Samples:
        size = size or work.size(pixels.shape[1], pixels.shape[0])
        outcome: Outcome = climb_down(
            pixels, work.engines(pixels, size), self._policy, cancelled=self._cancelled
        )
        self._engines[outcome.engine] += 1
        for step in outcome.steps:
            self._faults[step.engine, step.fault.value, step.message] += 1
        self.late += outcome.late
        if outcome.state == "original":
            self._originals += 1
            if self._strict or size != (pixels.shape[1], pixels.shape[0]):
                raise ComputeError(
                    f"No engine could do the work on a picture of the clip: {work.name}.",
                    hint="What is finished is kept; try the tier fast, or leave this work out.",
                )
        return outcome.pixels
