"""The background of a product picture as a smooth colour surface, and what a shadow on it may look like."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.arrays import lengths, median
from bottega.imaging.picture import F32

RING_SHARE = 0.035
"""Width of the border that is taken for background, as a share of the shorter side."""
PLAIN_DELTA_E = 6.0
"""A border pixel within this CIE76 distance of the fitted surface is explained by it."""
MOST_TRIMMED = 0.35
"""At most this share of the border may be garment; the fit ignores as much."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """`surface`: h x w x 3 float32 CIE Lab. `plain`: share of the border that it explains, 0 to 1. `noise`: robust
    standard deviation of the border around it, in units of CIE76. `spread`: how far the surface's colour wanders."""

    surface: F32
    plain: float
    noise: float
    spread: float

    def distance(self, lab: F32) -> F32:
        """CIE76 distance from the backdrop, h x w."""
        return lengths(lab - self.surface).astype(np.float32)

    def distance_past_shadow(self, lab: F32, depth: float = 16.0) -> F32:
        """The same, h x w, where being darker by up to `depth` of L* costs nothing: a soft shadow on a backdrop."""
        apart = lab - self.surface
        lightness = apart[..., 0]
        excess = np.maximum(lightness, np.maximum(-lightness - np.float32(depth), 0))
        return np.sqrt(excess**2 + apart[..., 1] ** 2 + apart[..., 2] ** 2).astype(np.float32)


def ring_of(height: int, width: int, share: float = RING_SHARE) -> NDArray[np.bool_]:
    """True along the border, h x w."""
    thick = max(1, round(min(height, width) * share))
    ring = np.ones((height, width), bool)
    if min(height, width) > 2 * thick:
        ring[thick:-thick, thick:-thick] = False
    return ring


def fit_backdrop(lab: F32) -> Backdrop:
    """Fit one quadratic surface per Lab channel to the border by trimmed least squares.

    Trimming: each round keeps the samples nearest to the last fit (least trimmed squares, Rousseeuw 1984, from the
    start that the side medians give), so a garment that runs out of the frame does not bend the surface.
    """
    height, width = lab.shape[:2]
    terms = _terms(height, width)
    ring = ring_of(height, width)
    samples: NDArray[np.float64] = lab[ring].astype(np.float64)
    design = terms[ring]
    if samples.shape[0] > 4000:
        step = samples.shape[0] // 4000 + 1
        samples, design = samples[::step], design[::step]
    coefficients = _trimmed_fit(design, samples)
    surface: F32 = (terms.reshape(-1, 6) @ coefficients).reshape(height, width, 3).astype(np.float32)
    residual = lengths(lab[ring] - surface[ring])
    inner = residual[residual <= PLAIN_DELTA_E]
    noise = median(inner) / 1.54 if inner.size else median(residual)
    # 1.54: median of the chi distribution with three degrees of freedom.
    spread = float(np.hypot.reduce([float(np.ptp(surface[..., channel])) for channel in range(3)]))
    return Backdrop(surface, float((residual <= PLAIN_DELTA_E).mean()), noise, spread)


def _terms(height: int, width: int) -> NDArray[np.float64]:
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)


def _trimmed_fit(design: NDArray[np.float64], samples: NDArray[np.float64]) -> NDArray[np.float64]:
    keep = max(12, round(samples.shape[0] * (1 - MOST_TRIMMED)))
    distance: Any = lengths(samples - np.median(samples, axis=0))
    coefficients: Any = np.zeros((6, samples.shape[1]))
    for number in range(8):
        nearest = np.argsort(distance)[:keep]
        # A plane first: curvature is for the light's fall-off, not for what the first guess let in.
        used = 3 if number < 3 else 6
        # A little ridge keeps the surface defined where the border is thin or the picture a single row.
        part = design[nearest][:, :used]
        gram = part.T @ part + 1e-6 * len(nearest) * np.eye(used)
        coefficients = np.zeros((6, samples.shape[1]))
        coefficients[:used] = np.linalg.solve(gram, part.T @ samples[nearest])
        distance = lengths(samples - design @ coefficients)
    return coefficients
