"""Which colour goes where when a picture takes over the colours of another: optimal transport, made smooth.

Colours are CIE Lab. Making a picture by such a map is `style_colour`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.style_flow import plain
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

GAIN_LIMITS = (0.35, 2.2)
"""Eigenvalues of the linear map are kept inside: above, the grain and blocks of a file show; below, a picture is flat."""
COVARIANCE_FLOOR = 4.0
"""Added to the variances, in Lab units squared: a picture of one colour has no directions to stretch."""

ROUNDS = 24
"""Of slices, three directions each; the distance to the other distribution falls no further after about twenty."""
POINTS = 8192
"""Colours of each picture that are transported."""
CELLS = (26, 34, 34)
LOWEST, HIGHEST = (-2.0, -112.0, -112.0), (102.0, 112.0, 112.0)
"""Of the lattice on which the map is kept; cells of about 4 units of L* and 7 of a* and b*."""
SMOOTHING = 1.6
"""Cells over which neighbouring colours go the same way (standard deviation of a Gaussian)."""
DOUBT = 4e-5
"""Share of all colours that a neighbourhood must hold for its own way to count as much as the linear map."""
STEEPEST = 1.6
"""Lattice steps: what is added to the linear map changes by no more from one point to the next, for each of the three axes."""


@dataclass(frozen=True, slots=True)
class ColourMap:
    """Lab to Lab: (lab - `source`) @ `matrix`.T + `target`, plus what `lattice` (`CELLS` x 3) adds, trilinear between its
    points. `reached`: the least and the greatest L* that the picture's own colours come to."""

    matrix: F32
    source: F32
    target: F32
    lattice: F32
    reached: tuple[float, float]

    def __call__(self, lab: F32) -> F32:
        """... x 3, of any shape."""
        flat = lab.reshape(-1, 3)
        moved = (flat - self.source) @ self.matrix.T + self.target
        if self.lattice.any():  # it is not in a linear map
            moved += _between(self.lattice, flat)
        return moved.reshape(lab.shape).astype(np.float32)


def linear_map(source: F32, target: F32) -> ColourMap:
    """N x 3 and M x 3 colours: the linear optimal transport between their means and covariances.

    Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based colour transfer" (2007):
    of all linear maps that carry one mean and covariance to the other, the one that moves colours least.
    """
    matrix = transport_matrix(_covariance(source), _covariance(target)).astype(np.float32)
    return _with_reach(
        ColourMap(
            matrix, source.mean(axis=0), target.mean(axis=0), np.zeros((*CELLS, 3), np.float32), (0.0, 100.0)
        ),
        source,
    )


def optimal_map(source: F32, target: F32) -> ColourMap:
    """N x 3 and M x 3 colours: the linear map, and what brings the whole distribution over, smoothed over near colours.

    Sliced optimal transport: along three directions at a time, at right angles and turned each time, colours take the place
    of those of the same rank (Pitie, Kokaram and Dahyot, "Automated colour grading using colour distribution transfer",
    2007; Rabin et al., "Wasserstein barycenter and its application to texture mixing", 2011). The same for the same colours.
    """
    start = linear_map(source, target)
    random = np.random.default_rng(20)
    picked = source[random.permutation(len(source))[:POINTS]] if len(source) > POINTS else source
    wanted = target[random.permutation(len(target))[:POINTS]] if len(target) > POINTS else target
    begun = start(picked)
    moved = begun.astype(np.float64)
    for _ in range(ROUNDS):
        turn = np.linalg.qr(random.standard_normal((3, 3)))[0]
        along, there = moved @ turn, np.sort(wanted.astype(np.float64) @ turn, axis=0)
        moved += _rank_for_rank(along, there) @ turn.T
    lattice = _smoothed(picked, (moved - begun).astype(np.float32))
    return _with_reach(ColourMap(start.matrix, start.source, start.target, lattice, (0.0, 100.0)), source)


def mean_map(maps: Sequence[ColourMap]) -> ColourMap:
    """Of neighbouring pictures: what a colour comes to is the mean of what it comes to in each."""
    matrix = np.mean([each.matrix for each in maps], axis=0)
    source = np.mean([each.source for each in maps], axis=0)
    ends = [(source - each.source) @ each.matrix.T + each.target for each in maps]
    return ColourMap(
        matrix.astype(np.float32),
        source.astype(np.float32),
        np.mean(ends, axis=0).astype(np.float32),
        np.mean([each.lattice for each in maps], axis=0).astype(np.float32),
        (min(each.reached[0] for each in maps), max(each.reached[1] for each in maps)),
    )


def transport_matrix(source: F64, target: F64) -> F64:
    """The Monge-Kantorovich map A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2 between covariances A and B (3 x 3, positive),
    its eigenvalues kept within `GAIN_LIMITS`."""
    root = _power(source, 0.5)
    inverse = _power(source, -0.5)
    matrix = inverse @ _power(root @ target @ root, 0.5) @ inverse
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    limited: Any = (vectors * np.clip(values, *GAIN_LIMITS)) @ vectors.T
    return limited


def sliced_distance(first: F32, second: F32, directions: int = 64) -> float:
    """Sliced Wasserstein distance of two sets of colours (N x 3, M x 3), in their units: root of the mean squared
    distance, rank by rank, along random directions."""
    random = np.random.default_rng(7)
    turns = random.standard_normal((3, directions))
    turns /= np.linalg.norm(turns, axis=0)
    ranks = (np.arange(2048) + 0.5) / 2048
    apart = np.quantile(first @ turns, ranks, axis=0) - np.quantile(second @ turns, ranks, axis=0)
    return float(np.sqrt((apart**2).mean()))


def _rank_for_rank(along: F64, there: F64) -> F64:
    """How far each value of `along` (N x 3) is from the one of its rank in `there` (M x 3, sorted)."""
    count, others = len(along), len(there)
    places = (np.arange(count) + 0.5) * others / count - 0.5
    way = np.empty_like(along)
    for axis in range(3):
        order = np.argsort(along[:, axis], kind="stable")
        wanted = np.interp(places, np.arange(others), there[:, axis])
        way[order, axis] = wanted - along[order, axis]
    return way


def _smoothed(colours: F32, ways: F32) -> F32:
    """Ways (N x 3) of colours (N x 3) on the lattice: means over neighbouring colours, 0 where there are hardly any, and
    nowhere steeper than `STEEPEST`."""
    places = _places(colours)
    low = np.clip(np.floor(places).astype(np.int64), 0, np.array(CELLS) - 2)
    share: F64 = (places - low).astype(np.float64)
    sums: F64 = np.zeros((np.prod(CELLS), 4), np.float64)
    values = np.concatenate([ways, np.ones((len(ways), 1), np.float32)], axis=1) / len(ways)
    for corner in range(8):
        step = np.array([corner >> 2 & 1, corner >> 1 & 1, corner & 1])
        weight = np.where(step, share, 1 - share).prod(axis=1)
        index = np.ravel_multi_index(tuple((low + step).T), CELLS)
        for channel in range(4):
            sums[:, channel] += np.bincount(index, weight * values[:, channel], minlength=len(sums))
    blurred = _blurred(sums.reshape(*CELLS, 4), SMOOTHING)
    lattice = blurred[..., :3] / (blurred[..., 3:] + DOUBT)
    cell = (np.array(HIGHEST) - np.array(LOWEST)) / (np.array(CELLS) - 1)
    for _ in range(12):
        slope = max(
            float(np.linalg.norm(np.diff(lattice, axis=axis), axis=-1).max()) / cell[axis]
            for axis in range(3)
        )
        if slope <= STEEPEST:
            break
        lattice = _blurred(lattice, 0.8)
    return lattice.astype(np.float32)


def _blurred(lattice: F64, sigma: float) -> F64:
    """Gaussian over the three axes; beyond the ends the last points go on."""
    for axis in range(3):
        moved = np.moveaxis(lattice, axis, 0)
        flat = np.ascontiguousarray(moved).reshape(moved.shape[0], -1)
        kernel = cv2.getGaussianKernel(2 * round(3 * sigma) + 1, sigma)
        blurred = plain(
            cv2.sepFilter2D(flat, cv2.CV_64F, np.ones(1), kernel, borderType=cv2.BORDER_REPLICATE)
        )
        lattice = np.moveaxis(blurred.reshape(moved.shape), 0, axis)
    return lattice


def _places(colours: F32) -> F32:
    """On the lattice, in steps."""
    lowest, highest = np.array(LOWEST, np.float32), np.array(HIGHEST, np.float32)
    steps = np.array(CELLS, np.float32) - 1
    return np.clip((colours - lowest) / (highest - lowest) * steps, 0, steps).astype(np.float32)


def _between(lattice: F32, colours: F32) -> F32:
    """N x 3: trilinear."""
    places = _places(colours)
    low = np.minimum(places.astype(np.int32), np.array(CELLS, np.int32) - 2)
    share = places - low
    flat = lattice.reshape(-1, 3)
    strides = CELLS[1] * CELLS[2], CELLS[2], 1
    base = low[:, 0] * strides[0] + low[:, 1] * strides[1] + low[:, 2]
    total = np.zeros((len(colours), 3), np.float32)
    for corner in range(8):
        step = corner >> 2 & 1, corner >> 1 & 1, corner & 1
        weight = np.ones(len(colours), np.float32)
        offset = 0
        for axis in range(3):
            weight *= share[:, axis] if step[axis] else 1 - share[:, axis]
            offset += strides[axis] * step[axis]
        total += flat[base + offset] * weight[:, None]
    return total


def _with_reach(found: ColourMap, colours: F32) -> ColourMap:
    lightness = found(colours)[:, 0]
    reached = float(lightness.min()), float(lightness.max())
    return ColourMap(found.matrix, found.source, found.target, found.lattice, reached)


def _power(matrix: F64, exponent: float) -> F64:
    """A power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    power: Any = (vectors * np.maximum(values, 1e-9) ** exponent) @ vectors.T
    return power


def _covariance(lab: F32) -> F64:
    spread: Any = np.cov(lab.astype(np.float64).T) if len(lab) > 1 else np.zeros((3, 3))
    return spread + COVARIANCE_FLOOR * np.eye(3)
