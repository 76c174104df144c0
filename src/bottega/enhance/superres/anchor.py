"""Keeps an enlargement true to its source: what the result shrinks to is compared with it, and the difference added back.

How fine the comparison is, is the caller's choice: colours and shading, or every pixel.
"""

import numpy as np
from numpy.typing import NDArray

from bottega.enhance.superres.gate import turned_black
from bottega.enhance.superres.resample import apply_taps, cubic_taps
from bottega.enhance.superres.rows import Rows, Stage
from bottega.errors import InvalidOption
from bottega.imaging.picture import F32

NEGLIGIBLE = np.float32(0.25 / 255)
"""Differences of a cell up to a quarter of an 8-bit step stay: they cannot be seen, and often are rounding."""
BAND = 64
"""Rows of the result that are computed together, at least."""
TALLEST_BAND = 256
BAND_PIXELS = 2**17
"""Where rows are short more of them are, up to so many pixels: each band has its price."""
KEPT_LINES = 128
"""Rows of cells whose differences are remembered."""
ITERATIONS = 4
"""Of `BackProjected`; on photographs the difference is below 0.1/255 after them."""
REACH = 6
"""Source rows that one iteration of `BackProjected` spreads an error over, generously."""


def cell_of(faithful: float) -> int:
    """Side in source pixels of the squares whose mean colour is kept: 64 near 0, 8 at one half, 1 near 1."""
    if not 0 <= faithful <= 1:
        raise InvalidOption(f"Faithfulness is {faithful:g}, but must be between 0 and 1.")
    return max(1, round(64 ** (1 - faithful)))


class ColourAnchor(Stage):
    """`before`, an enlargement of `source` by a whole factor, with the mean colour that `source` has in each cell.

    The remedy against networks that shift the white balance. The differences of the cells are interpolated linearly;
    cells lie on one grid of the whole picture, so bands do not show.
    """

    def __init__(self, before: Rows, source: Rows, factor: int, cell: int) -> None:
        side = cell * factor
        wanted = min(TALLEST_BAND, max(BAND, BAND_PIXELS // before.width))
        super().__init__(before, before.width, before.height, max(1, wanted // side) * side)
        self.source, self.factor, self.cell = source, factor, cell
        cells, part = self._places(0, self.width)
        last = -(-source.width // cell) - 1
        self._columns = np.clip(cells, 0, last), np.clip(cells + 1, 0, last), part
        self._differences: dict[int, F32] = {}
        self._cells = self._black_cells = 0

    @property
    def blackened(self) -> float:
        """Share of the cells so far that `before` made black and `source` has not: what would be hidden from here on."""
        return self._black_cells / max(1, self._cells)

    def compute(self, top: int, bottom: int) -> F32:
        planes = corrected = self.before.rows(top, bottom)
        lines, part = self._places(top, bottom)
        for line in range(int(lines[0]), int(lines[-1]) + 1):
            cells = np.stack([self._difference(line), self._difference(line + 1)], axis=1)
            if not cells.any():
                continue
            if corrected is planes:
                corrected = planes.copy()
            columns, wide = self._widened(cells)
            rows = slice(*np.searchsorted(lines, (line, line + 1)))
            share = part[rows][:, None]
            some = wide[:, :1] * (1 - share)
            some += planes[:, rows, columns]
            some += wide[:, 1:] * share
            corrected[:, rows, columns] = some
        return corrected

    def _widened(self, cells: F32) -> tuple[NDArray[np.int64], F32]:
        """Of C x lines x cells: the columns of pixels that any of them reaches, few as a rule; and C x lines x those."""
        left, right, part = self._columns
        differs: NDArray[np.bool_] = np.abs(cells).max(axis=(0, 1)) > 0
        columns = np.flatnonzero(differs[left] | differs[right])
        left, right, part = left[columns], right[columns], part[columns]
        wide = cells[..., left] * (1 - part) + cells[..., right] * part
        return columns, wide.astype(np.float32, copy=False)

    def _places(self, start: int, stop: int) -> tuple[NDArray[np.int64], F32]:
        """Of pixels of the result: the cell whose middle is before each, and the share of the next one."""
        side = self.cell * self.factor
        place = (np.arange(start, stop) + 0.5) / side - 0.5
        cell = np.floor(place).astype(np.int64)
        return cell, (place - cell).astype(np.float32)

    def _difference(self, line: int) -> F32:
        """Source minus result, C x cells, for a row of cells; beyond the border the last row is repeated."""
        lines = -(-self.source.height // self.cell)
        line = min(max(line, 0), lines - 1)
        if line not in self._differences:
            count = max(1, self.band // (self.cell * self.factor))
            first = line // count * count
            self._compare(first, min(lines, first + count))
            for old in [known for known in self._differences if known < line - KEPT_LINES]:
                del self._differences[old]
        return self._differences[line]

    def _compare(self, first: int, last: int) -> None:
        """Finds the differences of the rows of cells [first, last)."""
        cell, side = self.cell, self.cell * self.factor
        top, bottom = first * cell, min(self.source.height, last * cell)
        wanted = _cell_means(self.source.rows(top, bottom), cell)
        made = _cell_means(self.before.rows(top * self.factor, bottom * self.factor), side)
        self._cells += wanted[0].size
        self._black_cells += int(np.count_nonzero(turned_black(made, wanted)))
        difference = wanted - made
        excess = np.maximum(np.abs(difference) - NEGLIGIBLE, 0)
        difference = np.copysign(excess, difference, out=excess)
        for line in range(first, last):
            self._differences[line] = difference[:, line - first]


def _cell_means(planes: F32, side: int) -> F32:
    """C x rows x width to C x lines x cells: means over squares `side` wide, less at the right and the lower border."""
    height, width = planes.shape[1:]
    whole = height // side * side
    lines = planes[:, :whole].reshape(len(planes), -1, side, width).sum(axis=2)
    heights = [side] * lines.shape[1]
    if whole < height:
        lines = np.concatenate([lines, planes[:, whole:].sum(axis=1)[:, None]], axis=1)
        heights.append(height - whole)
    starts = range(0, width, side)
    widths = np.diff([*starts, width])
    totals = np.add.reduceat(lines.astype(np.float64), starts, axis=2)
    return (totals / (np.array(heights)[:, None] * widths)).astype(np.float32)


class BackProjected(Stage):
    """`before`, larger than `source` in both directions, until it shrinks to `source` in every pixel.

    `x <- x + U(y - D x)` (Irani & Peleg 1991), D antialiased bicubic as `imresize`, U bicubic. Alpha and premultiplied
    colour are treated alike.
    """

    def __init__(self, before: Rows, source: Rows) -> None:
        super().__init__(before, before.width, before.height, BAND)
        self.source = source
        self._shrink_columns = cubic_taps(self.width, source.width)
        self._enlarge_columns = cubic_taps(source.width, self.width)

    def compute(self, top: int, bottom: int) -> F32:
        small, large = self.source.height, self.height
        reach = REACH * ITERATIONS
        # Rows of both, corresponding, so far beyond the band that what is wrong at their ends does not reach it.
        first = max(0, top * small // large - reach)
        last = min(small, -(-bottom * small // large) + reach)
        start, stop = first * large // small, -(-last * large // small)
        start, stop = max(0, start), min(large, stop)
        wanted = self.source.rows(first, last)
        planes = self.before.rows(start, stop).copy()
        shrink = cubic_taps(large, small, start=first, stop=last).within(start, stop)
        enlarge = cubic_taps(small, large, start=start, stop=stop).within(first, last)
        for _ in range(ITERATIONS):
            shrunk = apply_taps(apply_taps(planes, shrink, axis=1), self._shrink_columns, axis=2)
            missing = wanted - shrunk
            planes += apply_taps(apply_taps(missing, enlarge, axis=1), self._enlarge_columns, axis=2)
            np.clip(planes, 0, 1, out=planes)
        return planes[:, top - start : bottom - start]
