"""Thin-plate splines on few points, shrunk toward a similarity, evaluated on a coarse grid, and what they do to cloth.

Which points are to be brought where is left to others.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.box import Box
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
STEP = 8
"""Pixels between the points of the coarse grid: a spline on garment-sized distances is smooth at this scale."""


@dataclass(frozen=True, slots=True)
class Spline:
    """Maps points (x, y) in pixels to points in pixels: `similarity` (2 x 3), then a bending of its result."""

    similarity: F64
    centres: F64
    weights: F64
    affine: F64
    unit: float

    def at(self, points: F64) -> F64:
        """N x 2 points to N x 2 points."""
        moved = points @ self.similarity[:, :2].T + self.similarity[:, 2]
        bent = _kernel(points / self.unit, self.centres) @ self.weights
        bent += self.affine[0] + (points / self.unit) @ self.affine[1:]
        return moved + bent


@dataclass(frozen=True, slots=True)
class Distortion:
    """What a map does to cloth: `least_jacobian` below 0 is a fold; `anisotropy` is the 95th percentile over its area of
    the ratio of the singular values, 1 for a similarity."""

    least_jacobian: float
    anisotropy: float


def fit_spline(
    source: F64, target: F64, *, stiffness: float = 0.02, shear: float = 0.05, slack: F64 | None = None
) -> Spline:
    """The spline that brings `source` (N x 2, at least 3 points) near `target` (N x 2).

    `stiffness` is the smoothing of Wahba (1990), Spline Models for Observational Data, ch. 2, relative to distances
    measured in the spread of the points: 0 interpolates. `slack` (N) are factors on it for each point (her unequal
    variances): 0 pins a point. `shear` shrinks the affine part toward the similarity of
    Umeyama (1991), IEEE TPAMI 13(4).
    """
    similarity = fit_similarity(source, target)
    unit = float(np.ptp(source, axis=0).max()) or 1.0
    centres = source / unit
    count = len(centres)
    plane = np.column_stack((np.ones(count), centres))
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _kernel(centres, centres) + stiffness * np.diag(
        np.ones(count) if slack is None else slack
    )
    system[:count, count:] = plane
    system[count:, :count] = plane.T
    # Penalised slopes: P'w = shear * a instead of P'w = 0.
    system[[count + 1, count + 2], [count + 1, count + 2]] = -shear
    rest = np.zeros((count + 3, 2))
    rest[:count] = target - (source @ similarity[:, :2].T + similarity[:, 2])
    found: F64 = np.asarray(np.linalg.lstsq(system, rest, rcond=None)[0], np.float64)
    return Spline(similarity, centres, found[:count], found[count:], unit)


def fit_similarity(source: F64, target: F64) -> F64:
    """The rotation, scale and shift (2 x 3) that bring `source` nearest to `target` in least squares."""
    from_middle, to_middle = source.mean(axis=0), target.mean(axis=0)
    a, b = source - from_middle, target - to_middle
    spread = float((a**2).sum()) or 1.0
    along = float((a * b).sum()) / spread
    across = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack((turn, to_middle - turn @ from_middle))


def _kernel(points: F64, centres: F64) -> F64:
    """r^2 log r^2, the fundamental solution of the thin plate (Bookstein 1989, IEEE TPAMI 11(6)), half of it."""
    across, down = (points[:, None, axis] - centres[None, :, axis] for axis in (0, 1))
    square = across**2 + down**2
    return 0.5 * square * np.log(np.maximum(square, 1e-12))


def coarse_field(spline: Spline, box: Box, step: int = STEP) -> F64:
    """Where the middles of cells of `step` pixels come from, one cell wider than `box` on each side: rows x columns x 2."""
    columns = -(-box.width // step) + 2
    rows = -(-box.height // step) + 2
    x = box.left + (np.arange(columns) - 1) * step + (step - 1) / 2
    y = box.top + (np.arange(rows) - 1) * step + (step - 1) / 2
    grid: F64 = np.stack(np.meshgrid(x, y), axis=-1).astype(np.float64)
    return spline.at(grid.reshape(-1, 2)).reshape(rows, columns, 2)


def full_field(coarse: F64, box: Box, step: int = STEP) -> F32:
    """A coarse field at every pixel of its box: height x width x 2."""
    rows, columns = coarse.shape[:2]
    # A cell's middle is where `resize` puts the sample of a pixel that it enlarges.
    fine = cv2.resize(
        coarse.astype(np.float32), (columns * step, rows * step), interpolation=cv2.INTER_LINEAR
    )
    return np.ascontiguousarray(fine[step : step + box.height, step : step + box.width], dtype=np.float32)


def distortion(coarse: F64, inside: NDArray[np.bool_], step: int = STEP) -> Distortion:
    """What a coarse field does where `inside` (its rows x columns) holds; (1, 1) where that is nowhere."""
    if not inside.any() or min(coarse.shape[:2]) < 2:
        return Distortion(1.0, 1.0)
    down_x, right_x = _slopes(coarse[..., 0], step)
    down_y, right_y = _slopes(coarse[..., 1], step)
    determinant = (right_x * down_y - down_x * right_y)[inside]
    size = float(np.median(np.abs(determinant))) or 1.0
    # Singular values of a 2 x 2 matrix from its norm and determinant.
    square = (right_x**2 + right_y**2 + down_x**2 + down_y**2)[inside] / 2
    rest = np.sqrt(np.maximum(square**2 - determinant**2, 0))
    ratio = np.sqrt((square + rest) / np.maximum(square - rest, 1e-9))
    return Distortion(float(determinant.min()) / size, float(np.percentile(ratio, 95)))


def _slopes(values: F64, step: int) -> tuple[F64, F64]:
    down, right = np.gradient(values, step)
    return np.asarray(down, np.float64), np.asarray(right, np.float64)
