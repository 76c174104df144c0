"""Enlargement of pictures by networks, with a way down to classical methods when something fails or does harm.

`enlarge` takes and returns arrays; `Strips` does the same in a few tiles' memory, for pictures of any size. Reading and
writing files is left to the caller.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar
from bottega.enhance.superres.anchor import BackProjected, ColourAnchor, cell_of
from bottega.enhance.superres.engines import Networks
from bottega.enhance.superres.gate import FAITHFUL_DB, LARGEST_LOST, RECOGNISABLE_DB, Gate, Meter
from bottega.enhance.superres.ladder import Chain, Rung, Tier, checked_ratio, rungs
from bottega.enhance.superres.report import Attempt, Enlarged, Report
from bottega.enhance.superres.rows import Rows, RowSource, Source, Stored
from bottega.enhance.superres.stages import Resampled, Tiled
from bottega.enhance.upscale import target_size
from bottega.errors import ComputeError, InvalidOption, OutputError, ResourceError
from bottega.imaging.picture import F32

Progress = Callable[[float], None]
LEAST_TILE = 32
"""Source pixels; an engine without the memory for these is left."""
STRIP = 256
"""Rows of the result that are handed out together, at most; of wide pictures fewer, as many as `STRIP_PIXELS` take."""
LEAST_STRIP = 64
STRIP_PIXELS = 2**17


class Choices(TypedDict, total=False):
    """`tier`: "fast" is the small shipped networks, "balanced" (default) the larger ones, "best" those in eight orientations,
    "classical" no network.
    `ensemble`: eight orientations in any tier. `weights`: a network of the user's own (.onnx, .pth, .safetensors).
    `faithful`: how finely the result must agree with the source, from 0 (not at all) over 0.5 (colours and shading,
    the default) to 1 (every pixel). `gate`: whether a harmful result makes way for the next engine's. `tile`: side
    of the tiles in source pixels, None for what suits the engine. `threads`: that compute at a time, None for all cores."""

    tier: Tier
    ensemble: bool
    weights: str | Path | None
    faithful: float
    gate: bool
    tile: int | None
    threads: int | None


@dataclass(frozen=True, slots=True)
class Task:
    """`Choices` with their defaults, and what else all attempts have in common."""

    source: Source
    size: tuple[int, int]
    progress: Progress
    cancelled: threading.Event | None
    tier: Tier = "balanced"
    ensemble: bool = False
    weights: str | Path | None = None
    faithful: float = 0.5
    gate: bool = True
    tile: int | None = None
    threads: int | None = None

    @property
    def scale(self) -> tuple[float, float]:
        return self.size[0] / self.source.width, self.size[1] / self.source.height

    def rungs(self) -> list[Rung]:
        cell_of(self.faithful)  # raises for what is no dial
        if self.tile is not None and self.tile < 1:
            raise InvalidOption(f"A tile cannot be {self.tile} pixels wide.")
        weights = None if self.weights is None else Path(self.weights)
        return rungs(
            max(self.scale),
            self.tier,
            ensemble=self.ensemble,
            weights=weights,
            threads=self.threads,
            tiled=max(self.source.width, self.source.height) > (self.tile or Networks.tile),
        )


def enlarge(
    pixels: NDArray[Scalar],
    scale: float | tuple[int, int],
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
    **choices: Unpack[Choices],
) -> Enlarged[Scalar]:
    """`pixels` at `scale` times the size, or at exactly (width, height) pixels; `Choices` documents the rest.

    `pixels`: H x W or H x W x 1 (grey), x 3 (RGB) or x 4 (RGB and straight alpha); uint8, uint16, or float32 in [0, 1];
    gamma-encoded. Computed in float throughout, so 16 bits are kept. When an engine fails, or its result does not pass
    the gate, the next of the ladder is tried; `report.tried` says so. If none passes, the most faithful of the results is
    delivered, with `report.gate.passed` False: that happens to dot patterns and noise, not to photographs.

    Raises InvalidOption and NotFound for arguments that are none, ResourceError when the library that a network of the
    user's own needs is missing, Cancelled, and OutputError when no engine made anything usable.
    """
    task = task_of(pixels, scale, progress, cancelled, **choices)
    tried: list[Attempt] = []
    spare: Enlarged[Scalar] | None = None
    for rung in task.rungs():
        for run in attempts(task, rung, tried):
            made = np.empty((task.size[1], task.size[0], *pixels.shape[2:]), dtype=pixels.dtype)
            try:
                for top, strip in run.strips():
                    made[top : top + len(strip)] = strip
            except (ComputeError, ResourceError, MemoryError) as failure:
                run.failed(failure)
                continue
            result = Enlarged(made, run.report(tried))
            gate = run.gate
            if gate is None or gate.passed:
                return result
            run.failed(OutputError("; ".join(gate.complaints)))
            if gate.blackened <= LARGEST_LOST and (spare is None or _agreement(spare) < gate.consistency_db):
                spare = result
    if spare is None:
        raise _nothing_usable(tried)
    return replace(spare, report=replace(spare.report, tried=tuple(tried)))


class Strips:
    """An enlargement handed out from top to bottom, for pictures that are larger than memory.

    `source` is sliced by rows as it is needed (a memory-mapped array, a decoder). Iterating gives arrays of up to
    `STRIP` rows in the source's data type; when they are exhausted `report` is there. The engine is settled with the
    first strip; arguments and errors are `enlarge`'s, but a gate that is failed at the very end raises OutputError,
    as the rows are gone: write to a file that is thrown away then.
    """

    def __init__(
        self,
        source: RowSource,
        scale: float | tuple[int, int],
        *,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
        **choices: Unpack[Choices],
    ) -> None:
        self._task = task_of(source, scale, progress, cancelled, **choices)
        self._rungs = self._task.rungs()
        self.width, self.height = self._task.size
        self._report: Report | None = None

    @property
    def report(self) -> Report:
        """Raises ValueError before the last strip was taken."""
        if self._report is None:
            raise ValueError("the report is made with the last strip")
        return self._report

    def __iter__(self) -> Iterator[NDArray[Any]]:
        tried: list[Attempt] = []
        run, strips, first = self._begun(tried)
        yield first
        try:
            for _, strip in strips:
                yield strip
        except MemoryError as lacking:
            raise ResourceError(
                "Memory ran out in the middle of the picture.", hint="Give a smaller tile."
            ) from lacking
        if run.gate is not None and not run.gate.passed:
            raise OutputError(
                f"The enlargement by {run.chain.name} did harm: {'; '.join(run.gate.complaints)}.",
                hint="Use the tier 'classical', or lower the dial of faithfulness.",
            )
        self._report = run.report(tried)

    def _begun(self, tried: list[Attempt]) -> "tuple[Run, Iterator[tuple[int, NDArray[Any]]], NDArray[Any]]":
        for rung in self._rungs:
            for run in attempts(self._task, rung, tried):
                strips = run.strips()
                try:
                    return run, strips, next(strips)[1]
                except (ComputeError, ResourceError, MemoryError) as failure:
                    run.failed(failure)
        raise _nothing_usable(tried)


def task_of(
    source: RowSource,
    scale: float | tuple[int, int],
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
    **choices: Unpack[Choices],
) -> Task:
    """Raises InvalidOption for sources and sizes that are none."""
    first = Source(source)
    size = scale if isinstance(scale, tuple) else None
    if size is None:
        assert not isinstance(scale, tuple)
        size = target_size(first.width, first.height, checked_ratio(scale))
    if min(size) < 1:
        raise InvalidOption(f"A picture cannot be {size[0]} x {size[1]} pixels.")
    return Task(first, size, progress or (lambda fraction: None), cancelled, **choices)


def attempts(task: Task, rung: Rung, tried: list[Attempt]) -> "Iterator[Run]":
    """Runs of this rung: one; and after each that ran out of memory another with tiles of half the side."""
    try:
        chain = rung.build()
    except (ComputeError, ResourceError) as failure:
        tried.append(Attempt(rung.name, failure.message))
        return
    tile = task.tile
    while True:
        run = Run(task, chain, tile)
        yield run
        if run.failure is None:
            return
        largest = max((stage.tile for stage in run.tiled), default=0)
        if not isinstance(run.failure, MemoryError):
            tried.append(Attempt(chain.name, getattr(run.failure, "message", str(run.failure))))
            return
        tried.append(Attempt(f"{chain.name}, tiles of {largest}", "memory did not suffice"))
        tile = min(largest, max(task.source.width, task.source.height)) // 2
        if tile < LEAST_TILE or not all(engine.divisible for engine in chain.engines):
            return


class Run:
    """One attempt: the pipeline of one chain of engines, and what became of it."""

    def __init__(self, task: Task, chain: Chain, tile: int | None) -> None:
        self.task, self.chain = task, chain
        self.tiled: list[Tiled] = []
        self._anchors: list[ColourAnchor] = []
        self.failure: Exception | None = None
        self.gate: Gate | None = None
        self._done = 0
        self._seconds = 0.0
        self._last = self._pipeline(tile)

    def _pipeline(self, tile: int | None) -> Rows:
        task = self.task
        rows: Rows = task.source
        for engine in self.chain.engines:
            workers = usable_cores(task.threads) if engine.concurrent else 1
            tiled = Tiled(
                rows, engine, tile=tile, workers=workers, done=self._count, cancelled=task.cancelled
            )
            self.tiled.append(tiled)
            # A network that only restores is held to its source as well.
            rows = self._anchored(tiled, rows) if task.faithful else tiled
        if (rows.width, rows.height) != task.size:
            rows = Resampled(rows, *task.size)
        if task.faithful == 1 and min(task.scale) >= 1 and self.tiled:
            rows = BackProjected(rows, task.source)
        return rows

    def _anchored(self, tiled: Tiled, before: Rows) -> ColourAnchor:
        anchor = ColourAnchor(tiled, before, tiled.engine.factor, cell_of(self.task.faithful))
        self._anchors.append(anchor)
        return anchor

    def strips(self) -> Iterator[tuple[int, NDArray[Any]]]:
        """(first row, rows as stored). Sets `gate` at the end."""
        task, source = self.task, self.task.source
        started = time.perf_counter()
        stored = Stored(np.empty(0, dtype=source.pixels.dtype), flat=source.flat)
        # A picture made smaller is not expected to be reproduced by enlarging it.
        meter = self._meter() if task.gate and min(task.scale) >= 1 else None
        step = min(STRIP, max(LEAST_STRIP, STRIP_PIXELS // self._last.width // LEAST_STRIP * LEAST_STRIP))
        buffer = np.empty((self._last.channels, step, self._last.width), dtype=np.float32)
        for top in range(0, self._last.height, step):
            rows = self._last.rows(top, min(self._last.height, top + step))
            planes = _possible(rows, buffer[:, : rows.shape[1]])
            if meter is not None:
                meter.take(top, planes)
            yield top, stored(planes)
            if not self.tiled:
                task.progress(min(1.0, (top + step) / self._last.height))
        if meter is not None:
            self.gate = meter.verdict(
                blackened=max((anchor.blackened for anchor in self._anchors), default=0.0)
            )
        self._seconds = time.perf_counter() - started

    def failed(self, failure: Exception) -> None:
        self.failure = failure

    def report(self, tried: list[Attempt]) -> Report:
        task = self.task
        return Report(
            engine=self.chain.name or "resampling",
            tier=task.tier,
            scale=task.scale,
            size=task.size,
            passes=self.chain.passes,
            tiles=self._done,
            seconds=round(self._seconds, 3),
            gate=self.gate,
            networks=tuple(self.chain.networks),
            tried=tuple(tried),
        )

    def _meter(self) -> Meter:
        needed = FAITHFUL_DB if self.task.faithful == 1 else RECOGNISABLE_DB
        return Meter(self.task.source, *self.task.size, needed_db=needed)

    def _count(self, tiles: int) -> None:
        self._done += tiles
        self.task.progress(min(1.0, self._done / sum(stage.tiles for stage in self.tiled)))


def usable_cores(threads: int | None) -> int:
    """`threads`, or as many as this process may use."""
    if threads is not None:
        return max(1, threads)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _possible(rows: F32, planes: F32) -> F32:
    """`rows` in `planes`, within [0, 1], and no colour brighter than its opacity."""
    np.clip(rows, 0, 1, out=planes)
    if len(planes) == 4:
        np.minimum(planes[:3], planes[3:], out=planes[:3])
    return planes


def _agreement(result: Enlarged[Any]) -> float:
    return 0.0 if result.report.gate is None else result.report.gate.consistency_db


def _nothing_usable(tried: list[Attempt]) -> OutputError:
    return OutputError(
        "No engine made a usable enlargement: "
        + "; ".join(f"{attempt.engine}: {attempt.left_because}" for attempt in tried),
        hint="Try the tier 'classical', a smaller scale, or without `weights`.",
    )
