"""Haze taken out by the dark channel, with the sky left alone. Contrast without haze is left to `restore.auto_exposure`."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar, to_float
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

PATCH, RADIUS = 15, 30
"""Pixels: of the dark channel (He, Sun & Tang 2009) and of the guided filter (2013)."""
REACH = PATCH // 2 + 2 * RADIUS + 1
SMOOTHNESS = 1e-3
KEPT = 0.9
"""Share of the haze that is taken away at strength 1: all of it looks unnatural (ibid., omega)."""
LEAST_TRANSMISSION = 0.25
LEAST_VEIL = 0.22
"""Darkest 2 % of the luma, from which a picture may be hazy: without haze some pixels are nearly black."""


@dataclass(frozen=True, slots=True)
class Veil:
    """`air`: gamma-encoded RGB of the airlight, in [0, 1]. `depth`: the darkest 2 % of the luma, 0 to 1."""

    air: tuple[float, float, float]
    depth: float

    @property
    def found(self) -> bool:
        """Haze is light, nearly grey, and over everything."""
        return self.depth >= LEAST_VEIL and min(self.air) > 0.5 and max(self.air) - min(self.air) < 0.3


def estimate_veil(rgb: NDArray[Scalar]) -> Veil:
    """The airlight is the mean of the pixels whose dark channel is among the highest 0.1 % of a shrunk copy."""
    step = max(1, max(rgb.shape[:2]) // 600)
    small = cv2.blur(to_float(rgb[::step, ::step]), (3, 3)).astype(np.float32, copy=False)
    dark = cv2.erode(small.min(axis=2), np.ones((PATCH, PATCH), np.uint8))
    air = small[dark >= np.quantile(dark, 0.999)].mean(axis=0)
    depth = float(np.quantile(luma(small), 0.02))
    return Veil((float(air[0]), float(air[1]), float(air[2])), depth)


def dehaze(rgb: F32, veil: Veil, strength: float) -> F32:
    """`rgb` (float32 in [0, 1]) seen through less haze; `strength` 0 to 1.

    What is as light as the airlight and as grey is sky or the haze itself and keeps its transmission near 1, so that it
    neither darkens nor takes on colours.
    """
    air = np.maximum(np.array(veil.air, np.float32), 0.05)
    dark = cv2.erode((rgb / air).min(axis=2), np.ones((PATCH, PATCH), np.uint8))
    # The veil cannot be thicker than what makes the darkest of the picture black.
    thickest = min(1 - LEAST_TRANSMISSION, KEPT)
    veiled = np.minimum(np.asarray(dark) * np.float32(KEPT * strength), thickest)
    transmission = 1 - guided(luma(rgb), veiled.astype(np.float32))
    distance = np.abs(rgb - air).max(axis=2)
    sky = np.clip(1 - distance / 0.2, 0, 1)
    transmission = np.clip(transmission + (1 - transmission) * sky, LEAST_TRANSMISSION, 1)[..., None]
    return np.clip((rgb - air) / transmission + air, 0, 1).astype(np.float32)


def guided(guide: F32, plane: F32) -> F32:
    """Guided filter (He, Sun & Tang 2013) of `plane` by the luma `guide`, both H x W."""
    size = (2 * RADIUS + 1, 2 * RADIUS + 1)

    def mean(values: Any) -> Any:
        return np.asarray(cv2.blur(values, size), dtype=np.float32)

    mean_g, mean_p = mean(guide), mean(plane)
    slope = (mean(guide * plane) - mean_g * mean_p) / (
        mean(guide * guide) - mean_g * mean_g + np.float32(SMOOTHNESS)
    )
    return mean(slope) * guide + mean(mean_p - slope * mean_g)
