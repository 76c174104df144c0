"""The do-no-harm gate: what an enlargement shrinks to is compared with its source, as the rows of the result pass by."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.superres.resample import Products, Taps, cubic_taps
from bottega.enhance.superres.rows import Rows
from bottega.imaging.picture import F32

FAITHFUL_DB = 45.0
"""Least agreement in PSNR where every pixel is to be kept; an error of 1.4/255."""
RECOGNISABLE_DB = 23.0
"""Least agreement otherwise: a network may remove noise and blur, but not replace the picture."""
LARGEST_DRIFT = 1.0 / 255
"""Of a channel's mean."""
DARK = 4 / 255
LARGEST_LOST = 0.005
"""Share of the pixels that may turn black: what is black in the result and clearly is not in the source."""
PERFECT_DB = 99.0
"""Stands for no difference at all."""
KNOWN = 16
"""Resamplings that are kept: of bands alike, and of the frames of a clip."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`consistency_db`: PSNR of the shrunk result against the source, 99 at most; `needed_db`: the least allowed.
    `drift`: the largest change of a channel's mean, of 255. `blackened`: share of pixels that turned black.
    `complaints`: what was found wanting, in words; empty when passed."""

    consistency_db: float
    needed_db: float
    drift: float
    blackened: float
    complaints: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.complaints


def turned_black(made: F32, source: F32) -> NDArray[np.bool_]:
    """Where, of planes C x ..., the colours of `made` are black and those of `source` are clearly not."""
    colours = slice(0, 3 if len(source) == 4 else None)
    return (made[colours].max(axis=0) < DARK) & (source[colours].max(axis=0) > 4 * DARK)


class Meter:
    """Takes the rows of a result from top to bottom, and tells the figures at the end."""

    def __init__(self, source: Rows, width: int, height: int, *, needed_db: float) -> None:
        self.source, self.needed_db = source, needed_db
        self.height = height
        self._across = _products(cubic_taps(width, source.width))
        self._lines = cubic_taps(height, source.height)
        # How many rows of the result each row of the source needs.
        self._needed: list[int] = np.maximum.accumulate(self._lines.indices.max(axis=1) + 1).tolist()
        # From which row on it and all after it need them.
        self._first = np.minimum.accumulate(self._lines.indices.min(axis=1)[::-1])[::-1]
        self._tail: F32 | None = None
        """The rows of the result, up to the last that came, that are needed again."""
        self._next = 0
        self._error = 0.0
        self._black = 0
        self._drift = np.zeros(source.channels)

    def take(self, top: int, planes: F32) -> None:
        """The rows from `top` on, C x rows x width as they are written: within [0, 1]."""
        seen = top + planes.shape[1]
        small = self.source.height
        ready = small if seen == self.height else bisect_right(self._needed, seen)
        # The few that reach into the rows before, for which those are joined; then the rest.
        both = min(ready, int(np.searchsorted(self._first, top)))
        if self._tail is not None and both > self._next:
            joined = np.concatenate([self._tail, planes[:, : self._needed[both - 1] - top]], axis=1)
            self._compare(self._next, both, top - self._tail.shape[1], joined)
        self._compare(self._next, ready, top, planes)
        self._keep(top, planes)

    def verdict(self, *, blackened: float = 0.0) -> Gate:
        """`blackened`: share of the picture that an engine made black and that was brightened again afterwards."""
        count = self.source.width * self.source.height
        error = self._error / (count * self.source.channels)
        agreement = min(PERFECT_DB, -10 * float(np.log10(max(error, 1e-12))))
        drift = float(np.abs(self._drift).max()) / count
        black = max(blackened, self._black / count)
        complaints: list[str] = []
        if agreement < self.needed_db:
            complaints.append(
                f"shrunk, it agrees with the source to {agreement:.1f} dB, not {self.needed_db:g}"
            )
        if drift > LARGEST_DRIFT:
            complaints.append(f"a colour drifted by {drift * 255:.1f} of 255")
        if black > LARGEST_LOST:
            complaints.append(f"{black:.1%} of the picture turned black")
        return Gate(
            round(agreement, 2), self.needed_db, round(drift * 255, 3), round(black, 5), tuple(complaints)
        )

    def _compare(self, first: int, last: int, start: int, planes: F32) -> None:
        """The rows [first, last) of the source with `planes`, the rows of the result from `start` on."""
        if first >= last:
            return
        taps = Taps(self._lines.weights[first:last], self._lines.indices[first:last])
        low = _products(taps.within(taps.first, taps.last)).rows(
            planes[:, taps.first - start : taps.last - start]
        )
        shrunk = self._across.columns(low)
        source = self.source.rows(first, last)
        self._black += int(np.count_nonzero(turned_black(shrunk, source)))
        difference = np.subtract(shrunk, source, out=shrunk)
        for channel, plane in enumerate(difference):
            self._error += float(cv2.norm(plane, cv2.NORM_L2SQR))
            self._drift[channel] += cv2.sumElems(plane)[0]
        self._next = last

    def _keep(self, top: int, planes: F32) -> None:
        """What rows of the source that are not ready yet need of the rows so far."""
        if self._next >= self.source.height:
            self._tail = None
            return
        start = min(int(self._first[self._next]), top + planes.shape[1])
        parts = [planes[:, max(0, start - top) :]]
        if self._tail is not None and start < top:
            parts.insert(0, self._tail[:, start - top :])
        self._tail = np.concatenate(parts, axis=1)


def _products(taps: Taps) -> Products:
    return _known_products(taps.weights.tobytes(), taps.indices.tobytes(), taps.weights.shape[1])


@lru_cache(maxsize=KNOWN)
def _known_products(weights: bytes, indices: bytes, count: int) -> Products:
    """Of taps, `count` to an output, by their bytes."""
    return Products(
        Taps(
            np.frombuffer(weights, np.float32).reshape(-1, count),
            np.frombuffer(indices, np.int64).reshape(-1, count),
        )
    )
