"""Filled shapes and placed pictures as the lines a beam scans: rows of stretches, each with a share of the power."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from bottega.errors import TooLarge
from bottega.laser.geometry import F64, Path, RasterImage

MAX_STRETCHES = 2_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One scanned line at `y` (mm, down the sheet): stretches from x to x with the share of the power, left to right."""

    y: float
    stretches: tuple[tuple[float, float, float], ...]


def scan_paths(paths: Sequence[Path], interval_mm: float) -> list[Row]:
    """The lines that fill what closed paths enclose (even-odd), `interval_mm` apart, top to bottom."""
    rings = [path.points for path in paths if path.closed and len(path.points) >= 3]
    if not rings:
        return []
    a = np.concatenate(rings)
    b = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    top, bottom = float(a[:, 1].min()), float(a[:, 1].max())
    count = max(1, round((bottom - top) / interval_mm))
    pitch = (bottom - top) / count
    if pitch <= 0:
        return []
    # Edge k crosses the lines first to last; half a line down, so that none runs along a level edge.
    low, high = np.minimum(a[:, 1], b[:, 1]), np.maximum(a[:, 1], b[:, 1])
    first = np.ceil((low - top) / pitch - 0.5).astype(np.int64)
    last = np.ceil((high - top) / pitch - 0.5).astype(np.int64)
    hits = np.maximum(last - first, 0)
    if hits.sum() > 2 * MAX_STRETCHES:
        raise TooLarge(
            f"Filling this takes {hits.sum() // 2} stretches; at most {MAX_STRETCHES} are burnt in one job.",
            hint="Use a coarser interval.",
        )
    edge = np.repeat(np.arange(len(a)), hits)
    line = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(hits) - hits, hits)
    y: F64 = np.asarray(top + (line + 0.5) * pitch, np.float64)
    x = a[edge, 0] + (y - a[edge, 1]) / (b[edge, 1] - a[edge, 1]) * (b[edge, 0] - a[edge, 0])
    order = np.lexsort((x, line))
    return _rows(y[order], x[order], line[order])


def _rows(y: F64, x: F64, line: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> list[Row]:
    rows: list[Row] = []
    starts = np.flatnonzero(np.concatenate(([True], np.diff(line) > 0)))
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(line)], strict=True):
        xs = x[start:end].tolist()
        stretches = tuple(
            (left, right, 1.0) for left, right in zip(xs[::2], xs[1::2], strict=False) if right > left
        )
        if stretches:
            rows.append(Row(float(y[start]), stretches))
    return rows


def scan_picture(raster: RasterImage, interval_mm: float) -> list[Row]:
    """The lines of a placed picture, top to bottom: its own rows where they are `interval_mm` apart or coarser.

    A finer or coarser picture is brought to the interval; 1-bit ones burn or do not, grey ones by their darkness in
    16 steps.
    """
    rows = max(1, round(raster.height_mm / interval_mm))
    columns = max(1, round(raster.width_mm / interval_mm))
    if rows * columns > 8 * MAX_STRETCHES:
        raise TooLarge(
            f"The picture would be {rows * columns / 1e6:.0f} million dots.", hint="Use a coarser interval."
        )
    dark = 1 - raster.grey.astype(np.float32) / 255
    if dark.shape != (rows, columns):
        dark = cv2.resize(dark, (columns, rows), interpolation=cv2.INTER_AREA)
    dark = (dark >= 0.5).astype(np.float32) if raster.pixels.dtype == np.bool_ else np.round(dark * 15) / 15
    edges = raster.x + np.arange(columns + 1) * raster.width_mm / columns
    found: list[Row] = []
    for index, line in enumerate(dark):
        cuts = np.concatenate(([0], np.flatnonzero(np.diff(line)) + 1, [columns]))
        stretches = tuple(
            (float(edges[i]), float(edges[j]), float(line[i]))
            for i, j in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
            if line[i] > 0
        )
        if stretches:
            found.append(Row(raster.y + (index + 0.5) * raster.height_mm / rows, stretches))
    return found


def scanned_mm(rows: Sequence[Row]) -> float:
    """The length of all stretches."""
    return math.fsum(right - left for row in rows for left, right, _ in row.stretches)
