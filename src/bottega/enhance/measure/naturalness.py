"""How far the fine structure of a picture is from that of good photographs: an own model of natural scene statistics.

After Mittal, Soundararajan and Bovik, "Making a 'completely blind' image quality analyzer" (2013): figures of locally
normalised luma in patches, against a Gaussian of 36 dimensions. Model, code and so the values are Bottega's own, and are not
to be compared with those of other programs. Where the model comes from: `training/naturalness`.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

MODEL = Path(__file__).with_name("naturalness.npz")
PATCH = 96
"""Side of the patches in pixels; at the second scale half of it."""
FIGURES = 36
LEAST_PATCHES = 4
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))
_SHAPES: F64 = np.arange(0.2, 10.001, 0.005)


@dataclass(frozen=True, slots=True)
class Model:
    """`mean` (36) and `covariance` (36 x 36) of the figures of patches of good photographs."""

    mean: F64
    covariance: F64


@cache
def stored_model() -> Model:
    with np.load(MODEL, allow_pickle=False) as found:
        return Model(found["mean"].astype(np.float64), found["covariance"].astype(np.float64))


def unnaturalness(light: F32, model: Model | None = None) -> float:
    """Distance of Y' (H x W float32 in 8-bit levels) from the model: about 2 to 4 for good photographs, more for noise, blur
    and blocks. 0 where the picture is too small or too flat to tell."""
    model = model or stored_model()
    figures = patch_figures(light)
    if len(figures) < LEAST_PATCHES:
        return 0.0
    apart = figures.mean(axis=0) - model.mean
    own = np.cov(figures.T) if len(figures) > FIGURES else np.zeros((FIGURES, FIGURES))
    return float(math.sqrt(max(0.0, apart @ np.linalg.pinv((model.covariance + own) / 2) @ apart)))


def patch_figures(light: F32, *, sharpest: float = 0.0) -> F64:
    """N x 36 of the patches that are not flat; `sharpest`: only those with at least this share of the greatest local
    contrast."""
    found: list[F64] = []
    contrasts: F64 = np.zeros(0)
    for scale in (1, 2):
        if scale == 2:
            size = max(1, light.shape[1] // 2), max(1, light.shape[0] // 2)
            light = np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32)
        normal, spread = _normalised(light)
        patches = _patches(normal, PATCH // scale)
        if not len(patches):
            return np.zeros((0, FIGURES))
        if scale == 1:
            contrasts = _patches(spread, PATCH).mean(axis=(1, 2)).astype(np.float64)
        found.append(np.array([_figures(patch) for patch in patches]))
    count = min(len(each) for each in found)
    contrasts = contrasts[:count]
    # Flat patches hold rounding alone.
    kept = (contrasts > 1.5) & (contrasts >= sharpest * contrasts.max(initial=0.0))
    return np.concatenate([each[:count] for each in found], axis=1)[kept]


def _normalised(light: F32) -> tuple[F32, F32]:
    """Mean-subtracted, contrast-normalised luma and the local contrast (Ruderman 1994), Gaussian window of 7 pixels."""
    mean = cv2.GaussianBlur(light, (7, 7), 7 / 6)
    variance = cv2.GaussianBlur(light * light, (7, 7), 7 / 6) - mean * mean
    spread = np.sqrt(np.maximum(variance, 0)).astype(np.float32)
    return ((light - mean) / (spread + 1)).astype(np.float32), spread


def _patches(plane: F32, side: int) -> F32:
    rows, columns = plane.shape[0] // side, plane.shape[1] // side
    cut = plane[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return cut.swapaxes(1, 2).reshape(rows * columns, side, side)


def _figures(patch: F32) -> F64:
    """18: shape and spread of the values, and of their products with neighbours in four directions shape, mean and the
    spreads to both sides."""
    values = patch.astype(np.float64)
    shape, left, right = _asymmetric(values.ravel())
    figures = [shape, (left + right) / 2]
    for down, across in _NEIGHBOURS:
        product: Any = values * np.roll(values, (down, across), axis=(0, 1))
        shape, left, right = _asymmetric(product.ravel())
        mean = (right - left) * math.gamma(2 / shape) / math.gamma(1 / shape)
        figures += [shape, mean, left, right]
    return np.array(figures)


@cache
def _ratios() -> F64:
    gamma = np.vectorize(math.gamma)
    return gamma(2 / _SHAPES) ** 2 / (gamma(1 / _SHAPES) * gamma(3 / _SHAPES))


def _asymmetric(values: F64) -> tuple[float, float, float]:
    """Shape, left and right scale of an asymmetric generalised Gaussian by its moments (Lasmar et al. 2009)."""
    squares = values * values
    below, above = values < 0, values > 0
    left = math.sqrt(float(squares[below].mean())) if below.any() else 1e-3
    right = math.sqrt(float(squares[above].mean())) if above.any() else 1e-3
    left, right = max(left, 1e-3), max(right, 1e-3)
    side = left / right
    ratio = float(np.abs(values).mean()) ** 2 / max(float(squares.mean()), 1e-9)
    ratio *= (side**3 + 1) * (side + 1) / (side**2 + 1) ** 2
    shape = float(_SHAPES[int(np.argmin(np.abs(_ratios() - ratio)))])
    scale = math.sqrt(math.gamma(1 / shape) / math.gamma(3 / shape))
    return shape, left * scale, right * scale
