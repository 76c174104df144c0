"""The sides of a garment's torso in its product picture, also where sleeves that hang beside it hide them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
HEIGHTS = np.array([0.02, 0.12, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0])
"""From the armpits to the hem, where a torso's breadth is taken."""
HEM_WAVES = (0.0, 0.025, 0.05)
"""Of the way from armpits to hem above the hem, where its breadth is taken."""
SIDE_ROWS = 100
"""Rows from the hem to the armpits in which a torso's sides are followed."""
JUMP, MOST_LEAN = 0.7, 0.3
"""Steeper outward than this (pixels a row) a sleeve joins the side; and how steep a side runs on behind it at most."""


def sides_of(
    alpha: F32, origin: F64, armpits: tuple[F64, F64], hem: tuple[F64, F64], hanging: bool
) -> tuple[F64, F64, F64, tuple[float, float]]:
    """The torso's sides at some heights from the armpits to the hem, without what hangs beside it, and how far down sleeves
    hide them. `hanging`: sleeves lie on the body, whose sides are seen below them only."""
    top = float((armpits[0][1] + armpits[1][1]) / 2)
    bottom = float((hem[0][1] + hem[1][1]) / 2)
    if bottom - top < 4:
        return np.zeros(0), np.zeros(0), np.zeros(0), (0.0, 0.0)
    heights = top + (bottom - top) * HEIGHTS
    seen: list[_Seen] = []
    if hanging:
        seen = _seen_sides(alpha, (float(heights[0]), bottom), armpits, hem)
        ends = [side.begins for side in seen if np.abs(heights - side.begins).min() > 0.02 * (bottom - top)]
        heights = np.unique([*heights, *ends])
    slack = 0.05 * (armpits[1][0] - armpits[0][0])
    sides = np.zeros((2, len(heights)))
    for index, height in enumerate(heights):
        share = (height - top) / (bottom - top)
        straight = [armpits[i][0] + share * (hem[i][0] - armpits[i][0]) for i in (0, 1)]
        # A hem is seldom level: what ends a little above it is as broad as it.
        near = HEM_WAVES if height == heights[-1] else (0.0,)
        runs = [_run_around(alpha, height - up * (bottom - top), sum(straight) / 2) for up in near]
        left, right = min(run[0] for run in runs), max(run[1] for run in runs)
        sides[0, index] = np.clip(left, straight[0] - slack, straight[0] + 2 * slack)
        sides[1, index] = np.clip(right, straight[1] - 2 * slack, straight[1] + slack)
    for side, found, armpit in zip(sides, seen, armpits, strict=False):
        above = heights < found.begins + 0.5
        side[above] = found.behind(heights[above], armpit[0])
        side[0] = armpit[0]
    hidden = [side.begins - float(origin[1]) for side in seen] or [0.0, 0.0]
    return heights - origin[1], sides[0] - origin[0], sides[1] - origin[0], (hidden[0], hidden[1])


@dataclass(frozen=True, slots=True)
class _Seen:
    """A torso's side below a hanging sleeve: the row where it `begins` and the column there; `lean`: columns outward a row
    upward. `sign`: -1 for the left side, 1 for the right."""

    sign: float
    begins: float
    column: float
    lean: float

    def behind(self, heights: F64, armpit: float) -> F64:
        """The columns to which it runs on at `heights` above, no further out than the `armpit`."""
        out = self.sign * self.column + self.lean * (self.begins - heights)
        return self.sign * np.minimum(out, self.sign * armpit)


def _seen_sides(
    alpha: F32, between: tuple[float, float], armpits: tuple[F64, F64], hem: tuple[F64, F64]
) -> list[_Seen]:
    """The left and the right side, followed upward from the hem: a side jumps outward where a sleeve joins it. `between`:
    the rows of armpits and hem."""
    top, bottom = between
    rows = np.linspace(bottom, top, SIDE_ROWS)
    step = float(rows[0] - rows[1])
    shares = (bottom - rows) / (bottom - top)
    below, above = ((float(pair[0][0]) + float(pair[1][0])) / 2 for pair in (hem, armpits))
    middles = below + shares * (above - below)
    runs = np.array([_run_around(alpha, row, middle) for row, middle in zip(rows, middles, strict=True)])
    found: list[_Seen] = []
    for index, sign in ((0, -1.0), (1, 1.0)):
        out = sign * runs[:, index]
        before = np.maximum.reduce([np.roll(out, lag) for lag in range(1, 6)])
        jumps = np.flatnonzero((out - before > JUMP * step + 1) & (shares > 0.1))
        end = int(jumps[0]) - 2 if len(jumps) else len(rows) - 1
        last = slice(max(end - SIDE_ROWS // 8, 0), end + 1)
        lean = float(np.clip(np.polyfit(-rows[last], out[last], 1)[0], 0, MOST_LEAN))
        found.append(_Seen(sign, float(rows[end]), sign * float(np.median(out[last][-3:])), lean))
    return found


def _run_around(alpha: F32, height: float, middle: float) -> tuple[float, float]:
    """The ends of the run of cloth around `middle` in a row; a neckline that is open there belongs to it."""
    row = alpha[int(np.clip(height, 0, alpha.shape[0] - 1))] > 0.5
    at = int(np.clip(middle, 0, len(row) - 1))
    cloth = np.flatnonzero(row)
    if not row[at] and len(cloth) and cloth[0] < at < cloth[-1]:
        row[cloth[cloth < at][-1] : at + 1] = row[at : cloth[cloth > at][0]] = True
    holes = np.flatnonzero(~row)
    before, after = holes[holes < at], holes[holes > at]
    left = float(before[-1] + 1) if len(before) else 0.0
    right = float(after[0]) if len(after) else float(len(row))
    return left, right
