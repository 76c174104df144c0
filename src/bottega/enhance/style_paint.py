"""Oil paint: colour patches that keep the edges, strokes that follow the form, bristle marks that catch the light.

After Kyprianidis, Kang and Doellner, "Image and Video Abstraction by Anisotropic Kuwahara Filtering" (2009), in
its isotropic form with eight smooth sectors (Papari et al. 2007); the direction of the strokes comes from line
integral convolution along the edges.
"""

import cv2
import numpy as np

from bottega.enhance.style_flow import (
    along_flow,
    canvas_noise,
    correlated,
    edge_flow,
    enlarge,
    plain,
    shrink,
    standardised,
)
from bottega.imaging.adjust import change_saturation
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

UNIT_SIDE = 1000.0
"""All lengths below are pixels of a picture whose longer side is this long."""
KUWAHARA_SIDE = 720
"""Longer side at which the colour patches are made."""

SECTORS = 8
PATCH_RADIUS = 6.0
SQUARINGS = 2
"""Of 1 + variance; sectors weigh 1 / (1 + variance)^(q/2), with q = 8."""
ALL_CHANNELS: F32 = np.full((1, 3), 255.0**2, dtype=np.float32)
"""Their sum, in squares of 8-bit steps."""
RELIEF = 0.12
"""Depth of the paint's relief, relative to the lateral size of a bristle mark."""
LIGHT = (-0.45, -0.55, 0.70)
"""Direction of the light (x, y, towards the viewer), of length 1: from the upper left, as hung pictures are lit."""


def oil_paint(rgb: F32) -> F32:
    """H x W x 3 in [0, 1] to a painting of the same size."""
    height, width = rgb.shape[:2]
    scale = min(1.0, KUWAHARA_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = shrink(rgb, *size) if scale < 1 else rgb
    unit = max(size) / UNIT_SIDE
    patches = kuwahara(small, max(2.0, PATCH_RADIUS * unit))
    flow = edge_flow(luma(patches), 5.0 * unit, resting_angle=-38.0)
    painted = np.clip(along_flow(patches, flow, 16 * unit), 0, 1)
    coloured = change_saturation(painted, 0.18)
    if scale < 1:
        painted, coloured = (np.clip(enlarge(each, width, height), 0, 1) for each in (painted, coloured))
    return _lit(luma(painted), coloured)


def kuwahara(rgb: F32, radius: float) -> F32:
    """H x W x 3 in [0, 1]: each pixel the mean of the sectors around it, the evener a sector the more it counts."""
    squared = rgb * rgb
    total = np.zeros_like(rgb)
    weights = np.zeros(rgb.shape[:2], np.float32)
    for kernel in _sectors(radius):
        mean = correlated(rgb, kernel, cv2.BORDER_REFLECT)
        variance = correlated(squared, kernel, cv2.BORDER_REFLECT)
        variance -= mean * mean
        spread = plain(cv2.transform(variance, ALL_CHANNELS))
        np.maximum(spread, 0, out=spread)
        spread += 1
        for _ in range(SQUARINGS):  # a tenth of the time of a power
            spread *= spread
        weight = np.maximum(1 / spread, np.float32(1e-30))
        mean *= plain(cv2.merge([weight] * 3))
        total += mean
        weights += weight
    total /= plain(cv2.merge([weights] * 3))
    return total


def _sectors(radius: float) -> list[F32]:
    """Overlapping wedges of a Gaussian disc, each of sum 1."""
    half = int(np.ceil(radius))
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    distance, angle = np.hypot(x, y), np.arctan2(y, x)
    disc = np.exp(-0.5 * (distance / (0.55 * radius)) ** 2) * (distance <= radius + 0.5)
    kernels: list[F32] = []
    for index in range(SECTORS):
        turned = np.angle(np.exp(1j * (angle - 2 * np.pi * index / SECTORS)))
        wedge = np.clip(1.25 - np.abs(turned) / (np.pi / SECTORS), 0, 1)
        wedge[half, half] = 0.5
        kernel = disc * wedge
        kernels.append((kernel / kernel.sum()).astype(np.float32))
    return kernels


def _lit(grey: F32, coloured: F32) -> F32:
    """The painting under a light from the upper left: bristle marks and the ridges between strokes as relief. `grey`: how
    bright it was painted, H x W; `coloured`: its colours, H x W x 3."""
    height, width = grey.shape
    unit = max(height, width) / UNIT_SIDE
    flow = edge_flow(grey, 6.0 * unit, resting_angle=-38.0)
    bristles = along_flow(canvas_noise(height, width, 0.8, 21), flow, 34 * unit, max(1.0, 2.0 * unit))
    broad = along_flow(canvas_noise(height, width, 2.6, 22), flow, 60 * unit, max(1.0, 4.0 * unit))
    relief = standardised(bristles) * 0.8 * unit + standardised(broad) * 1.6 * unit + grey * 14.0 * unit
    dx = plain(cv2.Scharr(relief, cv2.CV_32F, 1, 0, scale=1 / 32)) * RELIEF
    dy = plain(cv2.Scharr(relief, cv2.CV_32F, 0, 1, scale=1 / 32)) * RELIEF
    shading = (LIGHT[2] - dx * LIGHT[0] - dy * LIGHT[1]) / np.sqrt(dx * dx + dy * dy + 1)
    shade = np.clip(shading / LIGHT[2], 0.6, 1.45)[..., None]
    # Darkened by multiplying, brightened by screening: bright paint keeps its colour under the highlights.
    loaded = coloured * (1 + 0.035 * standardised(broad)[..., None])  # some strokes carry more paint
    dark = np.clip(loaded, 0, 1) * np.minimum(shade, 1)
    lit = 1 - (1 - dark) * (1 - np.clip(shade - 1, 0, 1) * 0.42)
    return np.clip(lit, 0, 1).astype(np.float32)
