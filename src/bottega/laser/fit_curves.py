"""Few cubic Beziers through dense polylines, all polylines at once: corners found, curves smooth in between.

Everything is in the unit of the points (pixels when tracing). The least-squares fit with reparametrisation is
Schneider's (Graphics Gems, 1990), run on all pieces of all polylines together; pieces that miss the tolerance are
split, and neighbours that fit as one are joined again. No services, no files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bottega.laser.fit_pieces import Pieces, fitted_controls
from bottega.laser.fit_samples import F64, I64, STEP, Bool, Samples, corners, sampled, sharpened

_REACH = 3
"""Samples on each side that a tangent is taken from."""
STRAIGHT = 0.35
"""Of the mean tolerance: what the samples of a straight edge may lie off its line."""


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
    samples = sampled(chains, np.asarray(closed, np.bool_))
    corner = corners(samples, settings.corner_degrees)
    weight = sharpened(samples, corner) if settings.sharpen else np.ones(len(samples.points))
    fitter = _Fitter(samples, corner, weight, settings)
    return fitter.run()


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

    def __init__(self, samples: Samples, corner: Bool, weight: F64, settings: FitSettings) -> None:
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
        pieces = self._pieces(start, span)
        controls, away = fitted_controls(pieces)
        weight, piece, offset = pieces.weight, pieces.piece, pieces.offset
        counted = weight > 0
        away = away * counted
        largest = np.maximum.reduceat(away, offset)
        total = np.maximum(np.add.reduceat(weight, offset), 1)
        mean = np.sqrt(pieces.sums(away * away) / total)
        # Straight pieces become lines even where a curve would lie a little closer; a shallow arc is none of them.
        p0, p3 = controls[:, 0], controls[:, 3]
        across, reach = self._off_chord(pieces, p0, p3)
        across = across * counted
        bend = np.maximum.reduceat(across, offset)
        straight = (bend <= 0.7 * self.settings.tolerance) & (reach > 0.8 * STEP * span)
        flat = np.sqrt(pieces.sums(across * across) / total)
        straight &= flat <= np.maximum(STRAIGHT * self.settings.mean_tolerance, 1.5 * mean)
        simple = pieces.sums(np.where(straight[piece], across, away)) / total
        hit = np.where(away >= largest[piece], pieces.local, 0)
        worst = np.maximum.reduceat(hit, offset)
        controls[straight, 1], controls[straight, 2] = p0[straight], p3[straight]
        largest, mean = np.where(straight, bend, largest), np.where(straight, flat, mean)
        return _Batch(controls, largest, mean, simple, worst, straight)

    def _pieces(self, start: I64, span: I64) -> Pieces:
        samples = self.samples
        size = span + 1
        offset = np.cumsum(size) - size
        piece = np.repeat(np.arange(len(start)), size)
        local = np.arange(len(piece)) - offset[piece]
        chain = samples.chain[start]
        index = start[piece] + local
        # A piece goes round its ring at most once; on an open chain it ends at the last sample.
        beyond = (samples.first + samples.count)[chain]
        index -= np.where(index >= beyond[piece], samples.count[chain][piece], 0)
        end = samples.shifted(start, span)
        x, y = samples.points.T
        return Pieces(
            x=x[index],
            y=y[index],
            weight=np.where((local == 0) | (local == span[piece]), 0.0, self.weight[index]),
            piece=piece,
            local=local,
            offset=offset,
            span=span,
            tangent_in=self.tangent[start],
            tangent_out=-self.tangent[end],
            free_in=self.corner[start],
            free_out=self.corner[end],
        )

    @staticmethod
    def _off_chord(pieces: Pieces, p0: F64, p3: F64) -> tuple[F64, F64]:
        """Distance of each sample (N) from the line through its piece's ends, and the distance of those (K)."""
        chord = p3 - p0
        reach = np.hypot(*chord.T)
        piece = pieces.piece
        cross = (pieces.x - p0[:, 0][piece]) * chord[:, 1][piece]
        cross -= (pieces.y - p0[:, 1][piece]) * chord[:, 0][piece]
        return np.abs(cross) / np.maximum(reach, 1e-9)[piece], reach
