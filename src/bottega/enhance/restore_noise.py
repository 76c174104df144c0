"""How noisy a picture is, for luma and colour apart and by level, and its noise taken out. The shrinkage is `restore_dct`'s."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.restore_dct import NoiseModel, from_opponent, opponent, shrink
from bottega.enhance.samples import Scalar, to_float
from bottega.imaging.picture import F32

BLOCK = 16
LEVELS = 4
"""Parts of equal size into which the blocks are sorted by level."""
WINDOW, ACROSS = 512, 3
FLATTEST, PLAIN = 0.03, 2.0
"""Where the flattest three in a hundred blocks vary, blurred, by more than twice what noise leaves, texture is taken for noise
(measured: 0.7 to 1.3 for noise of 5 levels and more on photographs, 2.0 to 5 for foam, foliage and grass)."""
OF_COLOUR = 1.3
"""Noise of the luma, at most, in that of Cb and Cr, when in doubt: texture hardly has colours of its own. 1.25 for channels
that are equally noisy."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Of the luma by level, and sigma of Cb and of Cr; all in 8-bit levels."""

    luma: NoiseModel
    blue: float
    red: float

    def typical(self) -> float:
        """Sigma of the luma at middle grey."""
        return math.sqrt(max(0.0, self.luma.constant + 128 * self.luma.slope))


def estimate_noise(rgb: NDArray[Scalar]) -> Noise:
    """Of H x W x 3, from nine windows at most.

    Per block of 16 x 16 pixels Immerkaer's operator (see `imaging.metrics.noise`); within each of four ranges of level the
    quarter of the blocks with the least structure; then a straight line of variance over level, as
    photon noise has it (Foi et al. 2008, "Practical Poissonian-Gaussian noise modeling").
    """
    planes = [opponent(to_float(window) * np.float32(255)) for window in _windows(rgb)]
    light = [_block_figures(np.ascontiguousarray(plane[..., 0])) for plane in planes]
    found = [np.concatenate(parts) for parts in zip(*light, strict=True)]
    blue, red = (
        _least(np.concatenate([_block_figures(np.ascontiguousarray(plane[..., c]))[1] for plane in planes]))
        for c in (1, 2)
    )
    light_noise = _by_level(*found)
    if _doubtful(*found[1:]):
        light_noise = _bounded(light_noise, OF_COLOUR * max(blue, red))
    return Noise(light_noise, blue, red)


def _doubtful(sigma: F32, structure: F32) -> bool:
    """Whether even the flattest blocks, blurred, vary by more than noise would: then fine texture passes for noise."""
    if sigma.size < 16:
        return False
    # Of white noise of this sigma a mean over 3 x 3 leaves a third.
    return float(np.quantile(structure / (sigma / 3 + np.float32(0.3)), FLATTEST)) > PLAIN


def _bounded(found: NoiseModel, sigma: float) -> NoiseModel:
    share = min(1.0, sigma**2 / max(found.constant + 128 * found.slope, 1e-6))
    return NoiseModel(found.constant * share, found.slope * share)


def _least(sigma: NDArray[np.float32]) -> float:
    return float(np.quantile(sigma, 0.2)) if sigma.size else 0.0


def _by_level(level: F32, sigma: F32, structure: F32) -> NoiseModel:
    usable = (level > 8) & (level < 245)
    level, sigma, structure = level[usable], sigma[usable], structure[usable]
    if level.size < 4:
        return NoiseModel(0.0)
    points: list[tuple[float, float]] = []
    for part in np.array_split(np.argsort(level, kind="stable"), LEVELS if level.size >= 64 else 1):
        flattest = part[structure[part] <= np.quantile(structure[part], 0.25)]
        points.append((float(level[flattest].mean()), float(np.median(sigma[flattest])) ** 2))
    levels: NDArray[np.float64] = np.array([point[0] for point in points])
    variances: NDArray[np.float64] = np.array([point[1] for point in points])
    # Texture only adds: a part far above the least one tells of structure, not of noise.
    variances = np.minimum(variances, 4 * variances.min() + 1)
    middle = float(np.median(variances))
    if np.ptp(levels) < 40:
        return NoiseModel(middle)
    slope = float(np.clip(np.polyfit(levels, variances, 1)[0], 0, middle / 64))
    return NoiseModel(max(0.0, middle - slope * float(np.median(levels))), slope)


def _block_figures(plane: F32) -> tuple[F32, F32, F32]:
    """(level, sigma, structure) of each block."""
    rows, columns = plane.shape[0] // BLOCK, plane.shape[1] // BLOCK
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    answer = np.abs(cv2.filter2D(plane, cv2.CV_32F, kernel)) * np.float32(math.sqrt(math.pi / 2) / 6)
    smooth = cv2.blur(plane, (3, 3)).astype(np.float32, copy=False)

    def blocks(values: NDArray[np.float32]) -> F32:
        cut = values[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
        return cut.swapaxes(1, 2).reshape(rows * columns, BLOCK * BLOCK)

    return blocks(plane).mean(axis=1), blocks(answer).mean(axis=1), blocks(smooth).std(axis=1)


def _windows(rgb: NDArray[Scalar]) -> list[NDArray[Scalar]]:
    height, width = rgb.shape[:2]
    tops, lefts = (
        sorted({int(at) for at in np.linspace(0, max(0, side - WINDOW), ACROSS)}) for side in (height, width)
    )
    return [rgb[top : top + WINDOW, left : left + WINDOW] for top in tops for left in lefts]


def without_noise(rgb: F32, noise: Noise, strength: float) -> F32:
    """`rgb` (float32 in [0, 1]) without `noise`, luma and colours apart; `strength` 1 is the best fit, 0 leaves everything."""
    planes = opponent(rgb * np.float32(255))
    models = (noise.luma, NoiseModel(noise.blue**2), NoiseModel(noise.red**2))
    for channel, model in enumerate(models):
        if model.constant + 255 * model.slope <= 0.1 or strength <= 0:
            continue
        scaled = NoiseModel(model.constant * strength**2, model.slope * strength**2)
        planes[..., channel] = shrink(np.ascontiguousarray(planes[..., channel]), scaled)
    return np.clip(from_opponent(planes) / np.float32(255), 0, 1).astype(np.float32)
