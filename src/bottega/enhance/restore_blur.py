"""Small blur measured at the edges and taken back by damped Richardson-Lucy; larger blur and noisy pictures are declined."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar, to_float
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

ITERATIONS = 10
LEAST, GREATEST = 0.9, 3.0
"""Pixels: an ordinary lens and raster blur by less; more than this cannot be taken back without ringing."""
CLEAN = 2.0
"""Levels of noise above which it would be sharpened instead of the picture."""
DAMPING = 2.0 / 255
"""Differences to the blurred estimate below this, in [0, 1], are noise and drive no correction (White 1994)."""
REACH = 2 * ITERATIONS * int(np.ceil(3 * GREATEST))


def estimate_blur(rgb: NDArray[Scalar]) -> float:
    """Sigma in pixels of the Gaussian that blurs the sharpest edges; 0 where there are no clear edges.

    The gradient at an edge falls by R = sqrt(s^2 + s0^2) / s when it is blurred again by s0 (Zhuo & Sim 2011, "Defocus map
    estimation from a single image"); the lowest fifth of s over the edges, since soft edges are also in sharp pictures.
    """
    height, width = rgb.shape[:2]
    top, left = max(0, height - 1536) // 2, max(0, width - 1536) // 2
    light = luma(to_float(rgb[top : top + 1536, left : left + 1536]))
    again = 1.0
    own, blurred = (
        _gradient(light),
        _gradient(np.asarray(cv2.GaussianBlur(light, (0, 0), again), dtype=np.float32)),
    )
    strong = max(0.04, float(np.quantile(own, 0.97)))
    peak = (own >= strong) & (own >= np.asarray(cv2.dilate(own, np.ones((3, 3), np.uint8))))
    if peak.sum() < 50:
        return 0.0
    ratio = np.maximum(own[peak] / np.maximum(blurred[peak], 1e-6), 1.005)
    return float(np.quantile(again / np.sqrt(ratio**2 - 1), 0.2))


def _gradient(light: F32) -> F32:
    return np.hypot(
        cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.125)
    )


def deblur(rgb: F32, sigma: float, strength: float) -> F32:
    """`rgb` (float32 in [0, 1]) with a Gaussian blur of `sigma` pixels taken back on its luma (Richardson 1972, Lucy 1974);
    `strength` 0 to 1 mixes with the picture as it was. New extremes are kept within those of the neighbourhood."""
    light = np.maximum(luma(rgb), np.float32(1e-3))
    made = light.copy()
    size = 2 * int(np.ceil(3 * sigma)) + 1
    for _ in range(ITERATIONS):
        seen = np.asarray(cv2.GaussianBlur(made, (size, size), sigma))
        difference = light - seen
        damped = difference * np.minimum(1, (difference / np.float32(DAMPING)) ** 2)
        correction = cv2.GaussianBlur(1 + damped / np.maximum(seen, 1e-3), (size, size), sigma)
        made *= np.asarray(correction)
    window = np.ones((size, size), np.uint8)
    room = np.float32(0.04)
    made = np.clip(made, cv2.erode(light, window) - room, cv2.dilate(light, window) + room)
    change = ((made - light) * np.float32(strength))[..., None]
    return np.clip(rgb + change, 0, 1).astype(np.float32)
