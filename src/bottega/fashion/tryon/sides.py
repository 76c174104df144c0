"""The sides of a torso's cloth on a photograph: as even as cloth hangs."""

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
WINDOW = 0.35
"""Of the torso's breadth: over so much of its length its sides are evened."""
MOST = 0.03
"""Of the torso's breadth a side is moved at most: what stands off further is meant to."""
STEEPEST = 0.25
"""Columns a row in which moving a side begins and ends."""


def even_sides(cover: F32, between: tuple[float, float], middle: float) -> None:
    """Draws both sides of a torso's `cover` (H x W) as smooth lines, in place: a cut-out's edge is wavy where cloth and paper
    look alike, and a warp knows a side at some heights only. `between`: the rows of armpits and hem; `middle`: a column
    within."""
    top, bottom = (int(np.clip(row, 0, cover.shape[0])) for row in between)
    column = int(np.clip(middle, 0, cover.shape[1] - 1))
    part = cover[top:bottom]
    open_ = part < 0.5
    if bottom - top < 16 or open_[:, column].any():
        return
    # One column more on either side, so that each row has an end.
    ends = [
        np.argmax(np.pad(half, ((0, 0), (0, 1)), constant_values=True), axis=1).astype(np.float64)
        for half in (open_[:, column::-1], open_[:, column:])
    ]
    breadth = float(np.median(ends[0] + ends[1]))
    window = min(round(WINDOW * breadth), bottom - top) // 2 * 2 - 1
    if window < 7:
        return
    columns = np.arange(cover.shape[1], dtype=np.float64)[None]
    rows = np.arange(bottom - top)
    # At its ends a side stays where it is.
    most = np.minimum(MOST * breadth, np.minimum(rows, rows[::-1]) * STEEPEST)
    for sign, end in zip((-1, 1), ends, strict=True):
        to = (end + np.clip(_evened(end, window) - end, -most, most))[:, None]
        # A row ends half a pixel before the column that is open.
        out = sign * (columns - column) - to + 0.5
        near = np.abs(out) < 1.5 * MOST * breadth
        part[near] = np.clip(0.5 - out, 0, 1)[near]


def _evened(values: F64, window: int) -> F64:
    """Each of `values` (N) by the parabola through the `window` (odd) around it, at the ends through the last ones (Savitzky
    and Golay 1964, Analytical Chemistry 36)."""
    half = window // 2
    powers = np.vander(np.arange(-half, half + 1, dtype=np.float64), 3, increasing=True)
    # How the values of a window make the parabola through it at each of its places.
    made = powers @ np.linalg.pinv(powers)
    inner = np.asarray(np.convolve(values, made[half][::-1], "valid"), np.float64)
    ends = made[:half] @ values[:window], made[half + 1 :] @ values[-window:]
    return np.asarray(np.concatenate((ends[0], inner, ends[1])), np.float64)
