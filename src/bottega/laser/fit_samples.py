"""What curves are fitted to: evenly spaced samples of many polylines at once, and the corners among them.

Everything is in the unit of the points (pixels when tracing). The curves are `fit_curves`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

STEP = 0.75
"""Distance between the samples that a curve is fitted to."""


@dataclass(slots=True, eq=False)
class Samples:
    """Evenly spaced points of all chains, one after another."""

    points: F64
    chain: I64
    """Chain of each sample."""
    first: I64
    count: I64
    closed: Bool

    def shifted(self, index: I64, by: int | I64) -> I64:
        """The samples `by` further along; rings go round, open chains stop at their ends."""
        chain = self.chain[index]
        first, count = self.first[chain], self.count[chain]
        local = index - first + by
        local = np.where(self.closed[chain], local % count, np.clip(local, 0, count - 1))
        return first + local


def sampled(chains: Sequence[F64], closed: Bool) -> Samples:
    parts: list[F64] = []
    for points, ring in zip(chains, closed.tolist(), strict=True):
        line = np.vstack((points, points[:1])) if ring else np.asarray(points, np.float64)
        along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
        total = float(along[-1])
        number = max(8 if ring else 4, round(total / STEP))
        at = np.linspace(0, total, number + 1)
        at = at[:-1] if ring else at
        parts.append(np.column_stack((np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1]))))
    count = np.array([len(p) for p in parts], np.int64)
    return Samples(
        points=np.vstack(parts),
        chain=np.repeat(np.arange(len(parts)), count),
        first=np.cumsum(count) - count,
        count=count,
        closed=closed,
    )


def _turn(samples: Samples, near: int, far: int) -> F64:
    """Angle in radians between the ways into and out of each sample, seen `near` to `far` samples away."""
    index = np.arange(len(samples.points))
    p = samples.points
    into = p[samples.shifted(index, -near)] - p[samples.shifted(index, -far)]
    out = p[samples.shifted(index, far)] - p[samples.shifted(index, near)]
    cross = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]
    return np.arctan2(np.abs(cross), (into * out).sum(axis=1))


def corners(samples: Samples, degrees: float) -> Bool:
    """Samples that are the sharpest of their surroundings; the ends of open chains count as corners."""
    index = np.arange(len(samples.points))
    small, large = _turn(samples, 1, 3), _turn(samples, 2, 6)
    # On an arc the turn grows with the distance it is seen over (here 2 : 4), at a corner it does not.
    limit = np.radians(degrees)
    sharp = (large > limit) & (small > 0.72 * large) | (small > np.radians(65))
    score = small + large
    best = sharp.copy()
    for by in (-3, -2, -1, 1, 2, 3):
        other = samples.shifted(index, by)
        beaten = sharp[other] & ((score[other] > score) | ((score[other] == score) & (by < 0)))
        best &= ~beaten | (other == index)
    ring = samples.closed[samples.chain]
    local = index - samples.first[samples.chain]
    last = samples.count[samples.chain] - 1
    best &= ring | ((local > 2) & (local < last - 2))
    best &= samples.count[samples.chain] >= 12
    return best | (~ring & ((local == 0) | (local == last)))


def sharpened(samples: Samples, corner: Bool) -> F64:
    """Moves corners to where their sides meet; returns weights that leave the rounded samples beside them out."""
    weight = np.ones(len(samples.points))
    index = np.nonzero(corner & _inner(samples))[0]
    if not len(index):
        return weight
    free = _distance_to_corner(samples, corner, index)
    index = index[free >= 5]
    points = samples.points
    sides: list[tuple[F64, F64]] = []
    for sign in (-1, 1):
        block = points[np.stack([samples.shifted(index, sign * k) for k in (2, 3, 4)])]
        sides.append((block.mean(axis=0), block[2] - block[0]))
    (a, u), (b, v) = sides
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    scale = np.hypot(*u.T) * np.hypot(*v.T) + 1e-12
    meets = np.abs(cross) > 0.3 * scale
    gap = b - a
    t = (gap[:, 0] * v[:, 1] - gap[:, 1] * v[:, 0]) / np.where(meets, cross, 1)
    vertex = a + t[:, None] * u
    moved = np.hypot(*(vertex - points[index]).T)
    good = meets & (moved < 1.6)
    for by in (-1, 1):
        weight[samples.shifted(index[good], by)] = 0
    far = good & (moved > 0.7)
    for by in (-2, 2):
        weight[samples.shifted(index[far], by)] = 0.2
    points[index[good]] = vertex[good]
    return weight


def _inner(samples: Samples) -> Bool:
    local = np.arange(len(samples.points)) - samples.first[samples.chain]
    return samples.closed[samples.chain] | ((local > 0) & (local < samples.count[samples.chain] - 1))


def _distance_to_corner(samples: Samples, corner: Bool, index: I64) -> I64:
    """Samples to the next other corner on either side, at most 6."""
    free = np.full(len(index), 6, np.int64)
    for by in (5, 4, 3, 2, 1):
        for sign in (-1, 1):
            other = samples.shifted(index, sign * by)
            free = np.where(corner[other] & (other != index), by, free)
    return free
