"""Stages of the pipeline that enlarge or resample: tiles through an engine, and exact resampling to the final size."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from bottega.enhance.superres.engines import ColourEngine, WindowEngine, checked_finite
from bottega.enhance.superres.resample import apply_taps, cubic_taps, mirrored
from bottega.enhance.superres.rows import Rows, Stage
from bottega.errors import Cancelled
from bottega.imaging.picture import F32

RESAMPLED_BAND = 64


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of tiles: what they are laid into, what gives each of them, and those that are under way."""

    strip: F32
    tiles: Iterator[Callable[[], F32]]
    futures: list[Future[F32]]


class Tiled(Stage):
    """The picture before it, through an engine tile by tile.

    Tiles overlap by the engine's halo, so that an engine without blending gives what it would give for the whole
    picture. Where it blends, neighbouring results fade into each other linearly over `blend` pixels on each side of
    a border; the weights add up to 1. `done` is called with the number of tiles finished. With `workers` above 1,
    tiles are computed so many at a time, and one row of them ahead where nothing is blended.
    """

    def __init__(
        self,
        before: Rows,
        engine: WindowEngine,
        *,
        tile: int | None = None,
        workers: int = 1,
        done: Callable[[int], None] = lambda count: None,
        cancelled: threading.Event | None = None,
    ) -> None:
        self.engine = engine
        self.tile = max(tile or engine.tile, 2 * engine.blend, 1)
        self.done, self.cancelled = done, cancelled
        super().__init__(
            before, before.width * engine.factor, before.height * engine.factor, self.tile * engine.factor
        )
        self._strips: dict[int, F32] = {}
        self._pool = ThreadPoolExecutor(workers) if workers > 1 and self.tiles > 1 else None
        self._begun: dict[int, _Row] = {}

    @property
    def tiles(self) -> int:
        return -(-self.before.width // self.tile) * -(-self.before.height // self.tile)

    def compute(self, top: int, bottom: int) -> F32:
        index = top // self.band
        strip = self._strip(index)
        blend, factor = self.engine.blend, self.engine.factor
        start = self._reach(index * self.tile, self.before.height)[0] * factor
        middle = strip[:, top - start : bottom - start]
        if blend == 0:
            return middle
        mixed = middle.copy()
        span = blend * factor
        fade = _fade(span)[None, :, None]
        if index > 0:
            # The second half of the fade over the border above, from the tiles above.
            first = self._reach((index - 1) * self.tile, self.before.height)[0] * factor
            above = self._strip(index - 1)[:, top - first :][:, : mixed.shape[1]]
            count = above.shape[1]
            part = fade[:, span : span + count]
            mixed[:, :count] = mixed[:, :count] * part + above * (1 - part)
        if bottom < self.height:
            below = self._strip(index + 1)[:, :span]
            mixed[:, -span:] = mixed[:, -span:] * (1 - fade[:, :span]) + below * fade[:, :span]
        return mixed

    def _strip(self, index: int) -> F32:
        """One row of tiles, mixed across, with `blend` rows more above and below."""
        if index not in self._strips:
            self._strips[index] = self._computed(index * self.tile)
            # Blending asks for the one above and the one below.
            for far in [known for known in self._strips if abs(known - index) > 2]:
                del self._strips[far]
        return self._strips[index] if self.engine.blend else self._strips.pop(index)

    def _computed(self, top: int) -> F32:
        row = self._begun.pop(top, None) or self._begin(top)
        below = top + self.tile
        if self._pool is not None and self.engine.blend == 0 and below < self.before.height:
            self._begun[below] = self._begin(below)
        finished = False
        try:
            for left, tile in zip(range(0, self.before.width, self.tile), row.tiles, strict=True):
                self._check_cancelled()
                made = tile()
                if self.engine.blend:
                    self._add(row.strip, made, left)
                self.done(1)
            finished = True
        finally:
            if not finished:  # a tile failed, or nobody wants the rest
                for future in [*row.futures, *(each for row in self._begun.values() for each in row.futures)]:
                    future.cancel()
                self._begun.clear()
        return row.strip

    def _begin(self, top: int) -> "_Row":
        """A row of tiles: where there are workers they compute them from now on, else each is when it is asked for."""
        first, last = self._reach(top, self.before.height)
        shape = (self.channels, (last - first) * self.engine.factor, self.width)
        strip = np.zeros(shape, dtype=np.float32) if self.engine.blend else np.empty(shape, dtype=np.float32)
        if self._pool is None:
            return _Row(strip, (partial(self._through, *each) for each in self._windows(top, strip)), [])
        futures = [self._pool.submit(self._through, *each) for each in self._windows(top, strip)]
        return _Row(strip, (future.result for future in futures), futures)

    def _windows(self, top: int, strip: F32) -> Iterator[tuple[F32, F32]]:
        """What the engine is given for each tile of a row, its pixels and its halo; and the place of its result."""
        halo, width, height = self.engine.halo, self.before.width, self.before.height
        first, last = self._reach(top, height)
        rows = mirrored(np.arange(first - halo, last + halo), height)
        lowest = int(rows.min())
        planes = self.before.rows(lowest, int(rows.max()) + 1)
        if len(rows) != planes.shape[1]:
            planes = planes[:, rows - lowest]
        columns = mirrored(np.arange(-halo, width + halo), width)
        ends = (planes[..., columns[:halo]], planes[..., columns[halo + width :]])
        planes = np.concatenate([ends[0], planes, ends[1]], axis=2)
        for left in range(0, width, self.tile):
            start, stop = self._reach(left, width)
            place = strip[..., start * self.engine.factor : stop * self.engine.factor]
            yield planes[..., start : stop + 2 * halo], place

    def _through(self, window: F32, place: F32) -> F32:
        self._check_cancelled()
        engine = self.engine
        if isinstance(engine, ColourEngine) and engine.blend == 0:
            engine.into(window, place)
            return checked_finite(place, engine.name)
        made = checked_finite(engine(window), engine.name)
        if engine.blend == 0:
            place[...] = made
        return made

    def _check_cancelled(self) -> None:
        if self.cancelled is not None and self.cancelled.is_set():
            raise Cancelled("The enlargement was cancelled.")

    def _reach(self, start: int, length: int) -> tuple[int, int]:
        """The tile that starts here, with what is blended into its neighbours."""
        blend = self.engine.blend
        return max(0, start - blend), min(length, start + self.tile + blend)

    def _add(self, strip: F32, made: F32, left: int) -> None:
        factor, blend = self.engine.factor, self.engine.blend
        start, stop = self._reach(left, self.before.width)
        made, fade = made.copy(), _fade(blend * factor)
        if left > 0:
            made[..., : len(fade)] *= fade[: made.shape[-1]]
        if left + self.tile < self.before.width:
            right = made[..., (left + self.tile - blend - start) * factor :]
            right *= 1 - fade[: right.shape[-1]]
        strip[..., start * factor : stop * factor] += made


class Resampled(Stage):
    """Antialiased bicubic resampling to exactly width x height."""

    def __init__(self, before: Rows, width: int, height: int) -> None:
        super().__init__(before, width, height, RESAMPLED_BAND)
        self._columns = cubic_taps(before.width, width)

    def compute(self, top: int, bottom: int) -> F32:
        taps = cubic_taps(self.before.height, self.height, start=top, stop=bottom)
        planes = self.before.rows(taps.first, taps.last)
        return apply_taps(
            apply_taps(planes, taps.within(taps.first, taps.last), axis=1), self._columns, axis=2
        )


def _fade(half: int) -> F32:
    """2 * half weights from about 0 to about 1, of the tile that begins in their middle."""
    return ((np.arange(2 * half) + 0.5) / (2 * half)).astype(np.float32)
