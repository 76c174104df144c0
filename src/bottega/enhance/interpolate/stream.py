"""Whole clips, frame by frame: marks what repeats and where scenes end, and makes the frames of a plan in order.

A few frames are held at a time. Reading and writing clips is left to others.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Literal

from bottega.enhance.interpolate.between import Between, Pair
from bottega.enhance.interpolate.likeness import Likeness, is_cut, likeness
from bottega.enhance.interpolate.motion import Preset
from bottega.enhance.interpolate.network import Network
from bottega.enhance.interpolate.samples import Frame
from bottega.enhance.interpolate.timeline import Mark, Rate, Step, timeline
from bottega.errors import InvalidOption

THREADS = 2
BATCH = 8
"""Most frames that one task makes of a pair, so that slow motion keeps all threads busy and little waiting."""


@dataclass(frozen=True, slots=True)
class Made:
    """An output frame, at `time` in seconds, of a plan's step."""

    time: Fraction
    step: Step
    result: Between

    @property
    def frame(self) -> Frame:
        return self.result.frame


@dataclass(frozen=True, slots=True)
class How:
    """How frames are made; see `Pair`."""

    preset: Preset = "medium"
    network: Network | None = None
    doubt: Literal["blend", "hold"] = "blend"
    threads: int = THREADS


def marks(frames: Iterable[tuple[Fraction, Frame]]) -> Iterator[Mark]:
    """Which frames repeat the one before and which begin a scene, two-sidedly: each is told when the next is known."""
    previous: Frame | None = None
    before: Likeness | None = None
    waiting: tuple[Fraction, Likeness] | None = None
    for time, frame in frames:
        if previous is None:
            previous = frame
            yield Mark(time)
            continue
        here = likeness(previous, frame)
        if waiting is not None:
            yield _mark(*waiting, before, here)
            # Repeats say nothing of how restless a scene is.
            before = before if waiting[1].is_duplicate else waiting[1]
        waiting, previous = (time, here), frame
    if waiting is not None:
        yield _mark(*waiting, before, None)


def _mark(time: Fraction, here: Likeness, before: Likeness | None, after: Likeness | None) -> Mark:
    if after is not None and after.is_duplicate:
        after = None
    return Mark(time, here.is_duplicate, not here.is_duplicate and is_cut(here, before, after))


def interpolate(frames: Iterable[Frame], plan: Iterable[Step], how: How | None = None) -> Iterator[Made]:
    """The frames of a plan, in its order; the same whatever the number of threads.

    `frames`: those that the plan's numbers count, from 0, consumed as far as the plan needs them. The plan has found the
    cuts, so pairs are not judged again. Raises InvalidOption for a plan that goes back or beyond the last frame.
    """
    how = how or How()
    window = _Window(iter(frames))
    with ThreadPoolExecutor(max_workers=how.threads) as pool:
        running: deque[Future[list[Made]]] = deque()
        try:
            for steps in _batches(plan):
                left, right = window.pair(steps[0].left, max(step.right for step in steps))
                running.append(pool.submit(_make, left, right, steps, how))
                while len(running) > how.threads:
                    yield from running.popleft().result()
            while running:
                yield from running.popleft().result()
        finally:
            for future in running:
                future.cancel()


def retime(
    frames: Iterable[tuple[Fraction, Frame]],
    rate: Rate,
    how: How | None = None,
    *,
    end: Fraction | None = None,
) -> Iterator[Made]:
    """A clip at another rate, in one pass: `marks`, `timeline` and `interpolate` over a few frames that are kept.

    `frames`: (time in seconds, frame) in the order of display."""
    kept: deque[Frame] = deque()

    def keeping() -> Iterator[tuple[Fraction, Frame]]:
        for time, frame in frames:
            kept.append(frame)
            yield time, frame

    def taken() -> Iterator[Frame]:
        while kept:
            yield kept.popleft()

    yield from interpolate(taken(), timeline(marks(keeping()), rate, end=end), how)


class _Window:
    """The two frames that the plan is at; frames come by number, never backwards."""

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames
        self._next = 0
        self._held: dict[int, Frame] = {}

    def pair(self, left: int, right: int) -> tuple[Frame, Frame]:
        while self._next <= right:
            frame = next(self._frames, None)
            if frame is None:
                raise InvalidOption(f"The plan asks for frame {right}; the clip has {self._next}.")
            if self._next >= left:
                self._held[self._next] = frame
            self._next += 1
        for number in [each for each in self._held if each < left]:
            del self._held[number]
        if left not in self._held or right not in self._held:
            raise InvalidOption("The plan goes back to a frame that has passed.")
        return self._held[left], self._held[right]


def _batches(plan: Iterable[Step]) -> Iterator[list[Step]]:
    """Steps of one pair of frames, at most `BATCH` at a time."""
    for _, group in groupby(plan, key=lambda step: step.left):
        batch: list[Step] = []
        for step in group:
            batch.append(step)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def _make(left: Frame, right: Frame, steps: list[Step], how: How) -> list[Made]:
    pair = Pair(left, right, preset=how.preset, network=how.network, doubt=how.doubt, known=SAME_SCENE)
    return [Made(step.time, step, pair.at(float(step.t))) for step in steps]


SAME_SCENE = Likeness(histogram=0.0, difference=1.0, unexplained=0.0, largest_cell=255.0, drift=255.0)
"""Of frames that a plan leads through: neither a repeat nor a cut."""
