"""Cubic Beziers by least squares through pieces of polylines, all pieces at once; which pieces there are is left to
`fit_curves`.

The fit alternates with better parameters of the samples (Schneider, Graphics Gems, 1990). Coordinates are kept as one
array each for x and y, because numpy runs through those several times faster than through pairs.
"""

from dataclasses import dataclass

import numpy as np

from bottega.laser.fit_samples import F64, I64, Bool

_ROUNDS = 3
"""Fits with improved parameters; a fourth changes the error by under 1 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """K pieces of N samples in all, one piece after another, first and last sample of each included.

    `x`, `y`, `weight` N; `piece` N: which piece a sample is of; `local` N: its number in there; `offset` K: where a piece
    begins; `span` K: its samples less one; `tangent_in`, `tangent_out` K x 2: unit directions into the piece at
    both ends; `free_in`, `free_out` K: the direction there is not kept.
    """

    x: F64
    y: F64
    weight: F64
    piece: I64
    local: I64
    offset: I64
    span: I64
    tangent_in: F64
    tangent_out: F64
    free_in: Bool
    free_out: Bool

    def starts(self) -> F64:
        """K x 2."""
        return np.column_stack((self.x[self.offset], self.y[self.offset]))

    def ends(self) -> F64:
        """K x 2."""
        last = self.offset + self.span
        return np.column_stack((self.x[last], self.y[last]))

    def sums(self, values: F64) -> F64:
        """Weighted sum over each piece, K."""
        return np.add.reduceat(values * self.weight, self.offset)


def fitted_controls(pieces: Pieces) -> tuple[F64, F64]:
    """Control points (K x 4 x 2) of the pieces, and each sample's distance (N) from its curve."""
    u = pieces.local / pieces.span[pieces.piece]
    controls = np.empty((0, 4, 2))
    for _ in range(_ROUNDS):
        controls = _solved(pieces, u)
        u = _nearer(pieces, controls, u)
    x, y = _at(controls, pieces.piece, u)
    return controls, np.hypot(x - pieces.x, y - pieces.y)


def _basis(u: F64) -> tuple[F64, F64, F64, F64]:
    v = 1 - u
    return v * v * v, 3 * u * v * v, 3 * u * u * v, u * u * u


def _at(controls: F64, piece: I64, u: F64) -> tuple[F64, F64]:
    """x and y of each sample's curve at its parameter."""
    basis = _basis(u)
    return _blended(basis, controls[:, :, 0], piece), _blended(basis, controls[:, :, 1], piece)


def _blended(basis: tuple[F64, ...], values: F64, piece: I64) -> F64:
    """Sum over j of `basis[j]` (N) times column j of `values` (K x J) at each sample's piece."""
    total = basis[0] * values[:, 0][piece]
    for part, column in zip(basis[1:], values.T[1:], strict=True):
        total += part * column[piece]
    return total


def _solved(pieces: Pieces, u: F64) -> F64:
    """Inner control points by least squares: along the tangent where a piece goes on smoothly, free at corners."""
    p0, p3 = pieces.starts(), pieces.ends()
    reach = np.hypot(*(p3 - p0).T)
    matrix, right, frames = _equations(pieces, u, p0, p3)
    for side, loose in ((1, pieces.free_in), (3, pieces.free_out)):
        fixed = ~loose
        matrix[fixed, side, :] = 0
        matrix[fixed, :, side] = 0
        matrix[fixed, side, side] = 1
        right[fixed, side] = 0
    solved = np.linalg.solve(matrix, right[:, :, None])[:, :, 0]
    low, high = 0.02 * reach, 1.5 * reach + 1e-9
    for side, loose in ((0, pieces.free_in), (2, pieces.free_out)):
        solved[:, side] = np.where(loose, solved[:, side], np.clip(solved[:, side], low, high))
    d1 = np.einsum("kij,kj->ki", frames[0], solved[:, :2])
    d2 = np.einsum("kij,kj->ki", frames[1], solved[:, 2:])
    for d in (d1, d2):
        size = np.hypot(*d.T)
        d *= np.minimum(1, 1.5 * reach / np.maximum(size, 1e-12))[:, None]
    return np.stack((p0, p0 + d1, p3 + d2, p3), axis=1)


def _equations(pieces: Pieces, u: F64, p0: F64, p3: F64) -> tuple[F64, F64, list[F64]]:
    """Normal equations (K x 4 x 4, K x 4) of the inner controls' offsets from the ends, each in its frame (K x 2 x 2) of
    tangent and normal."""
    piece = pieces.piece
    b0, b1, b2, b3 = _basis(u)
    begin, finish = b0 + b1, b2 + b3
    rest_x = pieces.x - begin * p0[:, 0][piece] - finish * p3[:, 0][piece]
    rest_y = pieces.y - begin * p0[:, 1][piece] - finish * p3[:, 1][piece]
    s11, s12, s22 = (pieces.sums(b) for b in (b1 * b1, b1 * b2, b2 * b2))
    first = np.column_stack((pieces.sums(b1 * rest_x), pieces.sums(b1 * rest_y)))
    second = np.column_stack((pieces.sums(b2 * rest_x), pieces.sums(b2 * rest_y)))
    e1, e2 = (
        np.stack((t, np.column_stack((-t[:, 1], t[:, 0]))), axis=2)
        for t in (pieces.tangent_in, pieces.tangent_out)
    )
    matrix = np.zeros((len(p0), 4, 4))
    right = np.zeros((len(p0), 4))
    eye = np.eye(2)
    matrix[:, :2, :2] = s11[:, None, None] * eye
    matrix[:, 2:, 2:] = s22[:, None, None] * eye
    cross = s12[:, None, None] * np.einsum("kij,kil->kjl", e1, e2)
    matrix[:, :2, 2:], matrix[:, 2:, :2] = cross, cross.transpose(0, 2, 1)
    right[:, :2] = np.einsum("kij,ki->kj", e1, first)
    right[:, 2:] = np.einsum("kij,ki->kj", e2, second)
    # A little pull to a third of the chord keeps pieces of few samples determined.
    third = (p3 - p0) / 3
    pull = 1e-3 + 1e-4 * (s11 + s22)
    matrix[:, range(4), range(4)] += pull[:, None]
    right[:, :2] += pull[:, None] * np.einsum("kij,ki->kj", e1, third)
    right[:, 2:] -= pull[:, None] * np.einsum("kij,ki->kj", e2, third)
    return matrix, right, [e1, e2]


def _nearer(pieces: Pieces, controls: F64, u: F64) -> F64:
    """One Newton step of each parameter towards the curve's nearest point."""
    piece = pieces.piece
    v = 1 - u
    first = 3 * np.diff(controls, axis=1)
    second = 2 * np.diff(first, axis=1)
    quadratic, linear = (v * v, 2 * u * v, u * u), (v, u)
    x, y = _at(controls, piece, u)
    away_x, away_y = x - pieces.x, y - pieces.y
    slope_x, slope_y = (_blended(quadratic, first[:, :, axis], piece) for axis in (0, 1))
    turn_x, turn_y = (_blended(linear, second[:, :, axis], piece) for axis in (0, 1))
    up = away_x * slope_x + away_y * slope_y
    down = (slope_x * slope_x + slope_y * slope_y) + (away_x * turn_x + away_y * turn_y)
    step = np.where(down > 1e-9, up / np.where(down > 1e-9, down, 1), 0)
    return np.clip(u - np.clip(step, -0.2, 0.2), 0, 1)
