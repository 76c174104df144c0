"""Few cubic Beziers through dense polylines, all polylines at once: corners found, curves smooth in between.

Everything is in the unit of the points (pixels when tracing). The least-squares fit with reparametrisation is
Schneider's (Graphics Gems, 1990), run on all pieces of all polylines together; pieces that miss the tolerance are
split, and neighbours that fit as one are joined again. No services, no files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

STEP = 0.75
"""Distance between the samples that a curve is fitted to."""
_REACH = 3
"""Samples on each side that a tangent is taken from."""
_ROUNDS = 3
"""Fits with improved parameters; a fourth changes the error by under 1 %."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """`tolerance`: largest, and `mean_tolerance`: root mean square distance of a sample from its curve.

    `corner_degrees`: a turn that is at least this sharp, within about two units, is a corner. `sharpen`: extend
    both sides of a corner to where they meet, which undoes the rounding by antialiasing.
    """

    tolerance: float = 0.4
    mean_tolerance: float = 0.11
    corner_degrees: float = 32.0
    sharpen: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Curves of one polyline: `controls` K x 4 x 2, joined end to end; `straight` K marks lines.

    `error`: mean distance of the samples from their curves, those beside a sharpened corner left out.
    """

    controls: F64
    straight: Bool
    error: float = 0.0


def fit_curves(
    chains: Sequence[F64], closed: Sequence[bool], settings: FitSettings | None = None
) -> list[Fit]:
    """One `Fit` for each polyline (N x 2, N >= 2; closed ones do not repeat the first point).

    Open ones keep their end points exactly, so that curves that met before still meet.
    """
    settings = settings or FitSettings()
    if not chains:
        return []
    samples = _sampled(chains, np.asarray(closed, np.bool_))
    corner = _corners(samples, settings)
    weight = _sharpened(samples, corner) if settings.sharpen else np.ones(len(samples.points))
    fitter = _Fitter(samples, corner, weight, settings)
    return fitter.run()


# --- Samples -------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Samples:
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


def _sampled(chains: Sequence[F64], closed: Bool) -> _Samples:
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
    return _Samples(
        points=np.vstack(parts),
        chain=np.repeat(np.arange(len(parts)), count),
        first=np.cumsum(count) - count,
        count=count,
        closed=closed,
    )


def _turn(samples: _Samples, near: int, far: int) -> F64:
    """Angle in radians between the ways into and out of each sample, seen `near` to `far` samples away."""
    index = np.arange(len(samples.points))
    p = samples.points
    into = p[samples.shifted(index, -near)] - p[samples.shifted(index, -far)]
    out = p[samples.shifted(index, far)] - p[samples.shifted(index, near)]
    cross = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]
    return np.arctan2(np.abs(cross), (into * out).sum(axis=1))


def _corners(samples: _Samples, settings: FitSettings) -> Bool:
    """Samples that are the sharpest of their surroundings; the ends of open chains count as corners."""
    index = np.arange(len(samples.points))
    small, large = _turn(samples, 1, 3), _turn(samples, 2, 6)
    # On an arc the turn grows with the distance it is seen over (here 2 : 4), at a corner it does not.
    limit = np.radians(settings.corner_degrees)
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


def _sharpened(samples: _Samples, corner: Bool) -> F64:
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


def _inner(samples: _Samples) -> Bool:
    local = np.arange(len(samples.points)) - samples.first[samples.chain]
    return samples.closed[samples.chain] | ((local > 0) & (local < samples.count[samples.chain] - 1))


def _distance_to_corner(samples: _Samples, corner: Bool, index: I64) -> I64:
    """Samples to the next other corner on either side, at most 6."""
    free = np.full(len(index), 6, np.int64)
    for by in (5, 4, 3, 2, 1):
        for sign in (-1, 1):
            other = samples.shifted(index, sign * by)
            free = np.where(corner[other] & (other != index), by, free)
    return free


# --- Fitting -------------------------------------------------------------------------------------------------


class _Batch(NamedTuple):
    """Fits of many pieces: `controls` K x 4 x 2; largest, root mean square and mean (`away`) distance; the sample
    `worst`; `straight`."""

    controls: F64
    largest: F64
    mean: F64
    away: F64
    worst: I64
    straight: Bool

    def picked(self, index: NDArray[Any]) -> "_Batch":
        """The pieces of an index or a mask."""
        c, largest, mean, away, worst, straight = self
        return _Batch(c[index], largest[index], mean[index], away[index], worst[index], straight[index])

    @staticmethod
    def of(parts: "Sequence[_Batch]") -> "_Batch":
        return _Batch(
            np.concatenate([p.controls for p in parts]),
            np.concatenate([p.largest for p in parts]),
            np.concatenate([p.mean for p in parts]),
            np.concatenate([p.away for p in parts]),
            np.concatenate([p.worst for p in parts]),
            np.concatenate([p.straight for p in parts]),
        )


class _Fitter:
    """Pieces are `start` (a sample) and `span` (samples until their end, going round on rings)."""

    def __init__(self, samples: _Samples, corner: Bool, weight: F64, settings: FitSettings) -> None:
        self.samples, self.corner, self.weight, self.settings = samples, corner, weight, settings
        self.tangent = self._tangents()

    def run(self) -> list[Fit]:
        start, span = self._between_corners()
        start, span, batch = self._split(start, span)
        start, span, batch = self._joined(start, span, batch)
        order = np.lexsort((start, self.samples.chain[start]))
        chain = self.samples.chain[start[order]]
        bounds = np.searchsorted(chain, np.arange(len(self.samples.count) + 1))
        fits: list[Fit] = []
        for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            picked = order[low:high]
            error = float(np.average(batch.away[picked], weights=span[picked]))
            fits.append(Fit(batch.controls[picked], batch.straight[picked], error))
        return fits

    def _tangents(self) -> F64:
        """Unit direction at each sample from its neighbours on both sides, never from across a corner."""
        index = np.arange(len(self.samples.points))
        points = self.samples.points
        slope = np.zeros_like(points)
        open_ = np.ones(len(index), np.bool_)
        for by in range(1, _REACH + 1):
            ahead, behind = self.samples.shifted(index, by), self.samples.shifted(index, -by)
            slope[open_] += by * (points[ahead] - points[behind])[open_]
            open_ &= ~(self.corner[ahead] | self.corner[behind])
        return slope / np.maximum(np.hypot(*slope.T), 1e-12)[:, None]

    def _between_corners(self) -> tuple[I64, I64]:
        samples = self.samples
        starts: list[I64] = []
        spans: list[I64] = []
        corners = np.nonzero(self.corner)[0]
        bounds = np.searchsorted(samples.chain[corners], np.arange(len(samples.count) + 1))
        for chain, (low, high) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
            knots, count = corners[low:high], int(samples.count[chain])
            if samples.closed[chain]:
                if len(knots) == 0:
                    knots = samples.first[chain] + np.array([0, count // 2])
                elif len(knots) == 1:
                    other = samples.first[chain] + (knots - samples.first[chain] + count // 2) % count
                    knots = np.sort(np.concatenate((knots, other)))
                starts.append(knots)
                spans.append(np.diff(np.append(knots, knots[0] + count)))
            else:
                starts.append(knots[:-1])
                spans.append(np.diff(knots))
        return np.concatenate(starts), np.concatenate(spans)

    def _good(self, batch: _Batch) -> Bool:
        return (batch.largest <= self.settings.tolerance) & (batch.mean <= self.settings.mean_tolerance)

    def _split(self, start: I64, span: I64) -> tuple[I64, I64, _Batch]:
        done: list[tuple[I64, I64, _Batch]] = []
        while len(start):
            batch = self._fitted(start, span)
            ready = self._good(batch) | (span <= 3)
            done.append((start[ready], span[ready], batch.picked(ready)))
            start, span, worst = start[~ready], span[~ready], batch.worst[~ready]
            margin = np.maximum(span // 4, 2)
            at = np.clip(worst, margin, span - margin)
            at = np.clip(at, 1, span - 1)
            start, span = (
                np.concatenate((start, self.samples.shifted(start, at))),
                np.concatenate((at, span - at)),
            )
        joined = _Batch.of([d[2] for d in done])
        return np.concatenate([d[0] for d in done]), np.concatenate([d[1] for d in done]), joined

    def _joined(self, start: I64, span: I64, batch: _Batch) -> tuple[I64, I64, _Batch]:
        """Joins neighbours whose common fit is good, best first, until none is left."""
        tried: set[tuple[int, int]] = set()
        while True:
            order = np.lexsort((start, self.samples.chain[start]))
            start, span = start[order], span[order]
            batch = batch.picked(order)
            after = self._successor(start, span)
            pieces = np.bincount(self.samples.chain[start], minlength=len(self.samples.count))
            chain = self.samples.chain[start]
            can = (after >= 0) & (pieces[chain] > np.where(self.samples.closed[chain], 2, 1))
            left = np.nonzero(can)[0]
            keys = list(zip(start[left].tolist(), (span[left] + span[after[left]]).tolist(), strict=True))
            new = np.array([key not in tried for key in keys], np.bool_)
            left = left[new]
            if not len(left):
                return start, span, batch
            tried.update(keys)
            long = span[left] + span[after[left]]
            trial = self._fitted(start[left], long)
            good = np.nonzero(self._good(trial))[0]
            taken = np.zeros(len(start), np.bool_)
            gone = np.zeros(len(start), np.bool_)
            chosen: list[int] = []
            for candidate in good[np.argsort(trial.largest[good], kind="stable")].tolist():
                one = int(left[candidate])
                two = int(after[one])
                ring = int(chain[one])
                if taken[one] or taken[two] or (self.samples.closed[ring] and pieces[ring] <= 2):
                    tried.discard((int(start[one]), int(long[candidate])))
                    continue
                taken[one] = taken[two] = True
                gone[two] = True
                pieces[ring] -= 1
                chosen.append(candidate)
            if not chosen:
                return start, span, batch
            for whole, part in zip(batch, trial, strict=True):
                whole[left[chosen]] = part[chosen]
            span[left[chosen]] = long[chosen]
            start, span = start[~gone], span[~gone]
            batch = batch.picked(~gone)

    def _successor(self, start: I64, span: I64) -> I64:
        """The piece that begins where each (sorted) piece ends, when that joint is smooth; else -1."""
        end = self.samples.shifted(start, span)
        at = np.clip(np.searchsorted(start, end), 0, len(start) - 1)
        found = (start[at] == end) & ~self.corner[end]
        return np.where(found, at, -1)

    def _fitted(self, start: I64, span: I64) -> _Batch:
        samples = self.samples
        size = span + 1
        offset = np.cumsum(size) - size
        piece = np.repeat(np.arange(len(start)), size)
        local = np.arange(len(piece)) - offset[piece]
        index = samples.shifted(start[piece], local)
        points = samples.points[index]
        end = samples.shifted(start, span)
        p0, p3 = samples.points[start], samples.points[end]
        weight = np.where((local == 0) | (local == span[piece]), 0.0, self.weight[index])
        chord = p3 - p0
        reach = np.hypot(*chord.T)
        tangents = (self.tangent[start], -self.tangent[end])
        free = (self.corner[start], self.corner[end])
        u = local / span[piece]
        controls = np.empty((len(start), 4, 2))
        for _ in range(_ROUNDS):
            controls = _solve(points, weight, u, piece, offset, p0, p3, tangents, free, reach)
            u = _projected(points, controls, u, piece)
        away = np.hypot(*(_at(controls, piece, u) - points).T) * (weight > 0)
        largest = np.maximum.reduceat(away, offset)
        total = np.maximum(np.add.reduceat(weight, offset), 1)
        mean = np.sqrt(np.add.reduceat(away * away * weight, offset) / total)
        # Straight pieces become lines even where a curve would lie a little closer.
        across = (
            np.abs(
                (points[:, 0] - p0[piece, 0]) * chord[piece, 1]
                - (points[:, 1] - p0[piece, 1]) * chord[piece, 0]
            )
            / np.maximum(reach, 1e-9)[piece]
        )
        across *= weight > 0
        bend = np.maximum.reduceat(across, offset)
        straight = (bend <= 0.7 * self.settings.tolerance) & (reach > 0.8 * STEP * span)
        flat = np.sqrt(np.add.reduceat(across * across * weight, offset) / total)
        straight &= flat <= np.maximum(self.settings.mean_tolerance, 1.2 * mean)
        controls[straight, 1], controls[straight, 2] = p0[straight], p3[straight]
        largest, mean = np.where(straight, bend, largest), np.where(straight, flat, mean)
        simple = cast(Any, np.add).reduceat(np.where(straight[piece], across, away) * weight, offset) / total
        top = np.asarray(cast(Any, np.maximum).reduceat(away, offset), np.float64)
        hit = np.where(away >= top[piece], local, 0)
        worst = np.asarray(cast(Any, np.maximum).reduceat(hit, offset), np.int64)
        return _Batch(controls, largest, mean, simple, worst, straight)


def _basis(u: F64) -> tuple[F64, F64, F64, F64]:
    v = 1 - u
    return v * v * v, 3 * u * v * v, 3 * u * u * v, u * u * u


def _at(controls: F64, piece: I64, u: F64) -> F64:
    b0, b1, b2, b3 = (b[:, None] for b in _basis(u))
    c = controls[piece]
    return b0 * c[:, 0] + b1 * c[:, 1] + b2 * c[:, 2] + b3 * c[:, 3]


def _solve(
    points: F64,
    weight: F64,
    u: F64,
    piece: I64,
    offset: I64,
    p0: F64,
    p3: F64,
    tangents: tuple[F64, F64],
    free: tuple[Bool, Bool],
    reach: F64,
) -> F64:
    """Inner control points by least squares: along the tangent where a piece goes on smoothly, free at corners."""
    b0, b1, b2, b3 = _basis(u)
    rest = points - (b0 + b1)[:, None] * p0[piece] - (b2 + b3)[:, None] * p3[piece]
    columns = np.column_stack(
        (b1 * b1, b1 * b2, b2 * b2, b1 * rest[:, 0], b1 * rest[:, 1], b2 * rest[:, 0], b2 * rest[:, 1])
    )
    s = np.add.reduceat(columns * weight[:, None], offset, axis=0)
    number = len(p0)
    frames = [np.stack((t, np.column_stack((-t[:, 1], t[:, 0]))), axis=2) for t in tangents]
    e1, e2 = frames
    matrix = np.zeros((number, 4, 4))
    right = np.zeros((number, 4))
    eye = np.eye(2)
    matrix[:, :2, :2] = s[:, 0, None, None] * eye
    matrix[:, 2:, 2:] = s[:, 2, None, None] * eye
    cross = s[:, 1, None, None] * np.einsum("kij,kil->kjl", e1, e2)
    matrix[:, :2, 2:], matrix[:, 2:, :2] = cross, cross.transpose(0, 2, 1)
    right[:, :2] = np.einsum("kij,ki->kj", e1, s[:, 3:5])
    right[:, 2:] = np.einsum("kij,ki->kj", e2, s[:, 5:7])
    # A little pull to a third of the chord keeps pieces of few samples determined.
    third = (p3 - p0) / 3
    pull = 1e-3 + 1e-4 * (s[:, 0] + s[:, 2])
    matrix[:, range(4), range(4)] += pull[:, None]
    right[:, :2] += pull[:, None] * np.einsum("kij,ki->kj", e1, third)
    right[:, 2:] -= pull[:, None] * np.einsum("kij,ki->kj", e2, third)
    for side, loose in ((1, free[0]), (3, free[1])):
        fixed = ~loose
        matrix[fixed, side, :] = 0
        matrix[fixed, :, side] = 0
        matrix[fixed, side, side] = 1
        right[fixed, side] = 0
    solved = np.linalg.solve(matrix, right[:, :, None])[:, :, 0]
    low, high = 0.02 * reach, 1.5 * reach + 1e-9
    for side, loose in ((0, free[0]), (2, free[1])):
        solved[:, side] = np.where(loose, solved[:, side], np.clip(solved[:, side], low, high))
    d1 = np.einsum("kij,kj->ki", e1, solved[:, :2])
    d2 = np.einsum("kij,kj->ki", e2, solved[:, 2:])
    for d in (d1, d2):
        size = np.hypot(*d.T)
        d *= np.minimum(1, 1.5 * reach / np.maximum(size, 1e-12))[:, None]
    return np.stack((p0, p0 + d1, p3 + d2, p3), axis=1)


def _projected(points: F64, controls: F64, u: F64, piece: I64) -> F64:
    """One Newton step of each parameter towards the curve's nearest point."""
    c = controls[piece]
    v = 1 - u
    first = 3 * np.diff(c, axis=1)
    second = 2 * np.diff(first, axis=1)
    d1 = (v * v)[:, None] * first[:, 0] + (2 * u * v)[:, None] * first[:, 1] + (u * u)[:, None] * first[:, 2]
    d2 = v[:, None] * second[:, 0] + u[:, None] * second[:, 1]
    away = _at(controls, piece, u) - points
    up = (away * d1).sum(axis=1)
    down = (d1 * d1).sum(axis=1) + (away * d2).sum(axis=1)
    step = np.where(down > 1e-9, up / np.where(down > 1e-9, down, 1), 0)
    return np.clip(u - np.clip(step, -0.2, 0.2), 0, 1)
