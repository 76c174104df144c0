"""Noise and JPEG artefacts taken out by shrinkage in overlapping cosine-transform blocks. Measuring them is left to others.

Planes are H x W float32 in 8-bit levels; every result depends on the pixels within `REACH` alone.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32

SIDE = 8
REACH = SIDE - 1
THRESHOLD = 2.5
"""In noise sigmas: hard shrinkage of overlapping blocks is best near 3 (Yu & Sapiro 2011, "DCT image denoising")."""
STRIDE = 2
"""Pixels between the blocks in both directions: 16 of the 64 shifts, for less than 0.1 dB."""
ROWS = 64
"""Of blocks that are transformed at a time."""

BASE_LUMA = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    dtype=np.float32,
)
"""ITU-T T.81, table K.1."""


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """Variance of the noise at level `l` (0 to 255): `constant` + `slope` * l, in squared levels."""

    constant: float
    slope: float = 0.0

    def sigma(self, level: NDArray[Any]) -> F32:
        return np.sqrt(np.maximum(self.constant + self.slope * level, 0)).astype(np.float32)


@cache
def _basis() -> F32:
    """64 x 64: rows are the basis blocks of the orthonormal two-dimensional DCT-II."""
    n = np.arange(SIDE)
    one: NDArray[np.float64] = np.sqrt(2 / SIDE) * np.cos(np.pi * (2 * n[None] + 1) * n[:, None] / (2 * SIDE))
    one[0] /= np.sqrt(2)
    return np.kron(one, one).astype(np.float32)


def quantisation(quality: float) -> F32:
    """8 x 8 luma steps of the Independent JPEG Group's scale, 1 to 100."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return np.clip(np.floor((BASE_LUMA * scale + 50) / 100), 1, 255).astype(np.float32)


def shrink(plane: F32, noise: NoiseModel, threshold: float = THRESHOLD) -> F32:
    """Noise of the level-dependent `noise` taken out: coefficients below `threshold` sigmas become 0 in every block, and the
    blocks over a pixel are averaged, those with fewer coefficients left weighing more."""
    height, width = plane.shape
    padded = np.pad(plane, _padding(height, width), mode="symmetric")
    total, weights = np.zeros_like(padded), np.zeros_like(padded)
    for top in range(0, SIDE, STRIDE):
        for left in range(0, SIDE, STRIDE):
            _shrink_shift(padded, total, weights, (top, left), noise, threshold)
    inside = (slice(SIDE, SIDE + height), slice(SIDE, SIDE + width))
    return total[inside] / weights[inside]


def _padding(height: int, width: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (SIDE, 2 * SIDE - height % SIDE), (SIDE, 2 * SIDE - width % SIDE)


def _shrink_shift(
    padded: F32, total: F32, weights: F32, shift: tuple[int, int], noise: NoiseModel, threshold: float
) -> None:
    basis = _basis()
    top, left = shift
    rows, columns = (padded.shape[0] - top) // SIDE, (padded.shape[1] - left) // SIDE
    for first in range(0, rows, ROWS):
        last = min(rows, first + ROWS)
        band = (slice(top + first * SIDE, top + last * SIDE), slice(left, left + columns * SIDE))
        coefficients = _blocks(padded[band]) @ basis.T
        sigma = noise.sigma(coefficients[:, :1] / SIDE)
        kept = np.abs(coefficients) >= threshold * sigma
        kept[:, 0] = True
        weight = 1 / kept.sum(axis=1, dtype=np.float32)
        coefficients *= kept
        coefficients *= weight[:, None]
        total[band] += _joined(coefficients @ basis, last - first, columns)
        weights[band] += np.repeat(np.repeat(weight.reshape(-1, columns), SIDE, 0), SIDE, 1)


def _blocks(plane: F32) -> F32:
    """H x W, multiples of 8 -> blocks x 64."""
    rows, columns = plane.shape[0] // SIDE, plane.shape[1] // SIDE
    return np.ascontiguousarray(plane.reshape(rows, SIDE, columns, SIDE).swapaxes(1, 2)).reshape(
        -1, SIDE * SIDE
    )


def _joined(blocks: F32, rows: int, columns: int) -> F32:
    return blocks.reshape(rows, columns, SIDE, SIDE).swapaxes(1, 2).reshape(rows * SIDE, columns * SIDE)


# --- JPEG ------------------------------------------------------------------------------------------------------------


def estimate_quality(plane: F32, grid: tuple[int, int]) -> float | None:
    """The quality, 5 to 95 on the IJG scale, at which `plane` (BT.601 luma, 0 to 255) was stored with blocks that begin at
    `grid` (x, y); None where the coefficients lie on no grid of steps, or on one too fine to matter."""
    if min(plane.shape) < 3 * SIDE:
        return None
    coefficients = _aligned(plane, grid)[0].reshape(-1, SIDE, SIDE)
    lowest = [(u, v) for u in range(4) for v in range(4) if 0 < u + v <= 4]
    scores: list[tuple[float, float]] = []
    for quality in range(5, 96):
        steps = quantisation(quality)
        found: list[float] = []
        for u, v in lowest:
            step, values = float(steps[u, v]), coefficients[:, u, v]
            outer = values[np.abs(values) > 0.5 * step]
            if step >= 3 and outer.size >= 30:
                found.append(float(np.cos(2 * np.pi * outer / step).mean()))
        if len(found) >= 3:
            scores.append((float(np.mean(found)), float(quality)))
    if not scores or max(scores)[0] < 0.25:
        return None
    # Every divisor of the true step fits as well; the coarsest fit is the true one.
    best = max(scores)[0]
    return next(quality for score, quality in scores if score >= 0.9 * best)


def _aligned(plane: F32, grid: tuple[int, int]) -> tuple[F32, tuple[slice, slice]]:
    """Coefficients (blocks x 64, level-shifted) of the whole blocks of the grid, and the area that they cover."""
    x, y = grid
    rows, columns = (plane.shape[0] - y) // SIDE, (plane.shape[1] - x) // SIDE
    area = (slice(y, y + rows * SIDE), slice(x, x + columns * SIDE))
    return ((_blocks(plane[area]) - np.float32(128)) @ _basis().T).astype(np.float32, copy=False), area


def unblock(plane: F32, quality: float, grid: tuple[int, int], strength: float = 1.0) -> F32:
    """JPEG artefacts taken out of a luma plane (0 to 255) stored at `quality` with blocks from `grid` (x, y).

    Overlapping blocks are shrunk (`shrink`) with the sigma that Foi, Katkovnik & Egiazarian (2007) give for a table of
    steps, then each stored coefficient is kept within the interval that its quantisation allows (Zakhor 1992),
    narrowed to 0.4 steps, so that nothing is invented that the file contradicts.
    """
    steps = quantisation(quality)
    sigma = float(np.sqrt(0.69 * float(steps[:3, :3].mean()) ** 1.3)) * strength
    smooth = shrink(plane, NoiseModel(sigma * sigma))
    before, area = _aligned(plane, grid)
    if before.size == 0:
        return smooth
    after, _ = _aligned(smooth, grid)
    room = np.float32(0.4) * steps.reshape(1, -1)
    allowed = np.clip(after, before - room, before + room)
    result = smooth
    rows, columns = ((edge.stop - edge.start) // SIDE for edge in area)
    result[area] = _joined(allowed @ _basis(), rows, columns) + np.float32(128)
    return result


def opponent(rgb: F32) -> NDArray[np.float32]:
    """H x W x 3 RGB to luma (BT.601, as JPEG's) and the two colour differences Cb and Cr, in the unit of the input."""
    return (rgb @ _TO_YCC.T).astype(np.float32, copy=False)


def from_opponent(planes: F32) -> NDArray[np.float32]:
    return (planes @ np.linalg.inv(_TO_YCC).astype(np.float32).T).astype(np.float32, copy=False)


_TO_YCC = np.array(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], dtype=np.float32
)
"""ITU-T T.871 (JFIF), section 7, without the offsets."""
