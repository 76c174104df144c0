"""White balance and faded colours: the light is estimated in several ways, and where they disagree nothing is changed.

Parameters are estimated once on the whole picture; applying them looks at single pixels. Exposure is in `restore`.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar, to_float
from bottega.imaging.adjust import into_gamut
from bottega.imaging.colour import LUMA_WEIGHTS, linear_to_srgb, rgb_to_lab, srgb_to_linear
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

AGREEMENT = 0.9
"""Least cosine between an estimate and the middle one, in the plane of the logarithms of red / green and blue / green."""
LEAST_CAST = 0.35
"""Length in that plane from which a light counts as coloured: photographs with an ordinary white balance stay
below 0.6, most of them below 0.35 (44 public-domain photographs)."""
TOLERATED = 0.2
"""Of that length is left in the picture: a warm evening stays warm."""
LARGEST_GAIN = 3.0
LIGHTEST = 0.997
"""Quantile of each channel on its own."""


@dataclass(frozen=True, slots=True)
class Cast:
    """`light`: linear RGB of the estimated light, of length 1. `degrees` from neutral. `length`: of (log red / green,
    log blue / green). `agreed`: whether the estimators agree, so that the light is to be believed."""

    light: tuple[float, float, float]
    degrees: float
    length: float
    agreed: bool

    def gains(self) -> tuple[float, float, float]:
        """By which linear red, green and blue are multiplied, with the luminance of the light's white kept."""
        light = np.maximum(np.array(self.light), 1e-3)
        gains = float(light @ LUMA_WEIGHTS) / light
        red, green, blue = np.clip(gains, 1 / LARGEST_GAIN, LARGEST_GAIN)
        return float(red), float(green), float(blue)

    def strength(self) -> float:
        """How much of the cast is to be taken away, 0 to 1: none of what is ordinary or in doubt."""
        if not self.agreed or self.length < LEAST_CAST:
            return 0.0
        return 1 - TOLERATED / self.length


def estimate_cast(rgb: NDArray[Scalar]) -> Cast:
    """The colour of the light over `rgb` (H x W x 3), by four estimators in linear light: shades of grey with p = 6
    (Finlayson & Trezzi 2004), grey edge with p = 6 (van de Weijer 2007), the lightest of each channel (Land 1977) and
    the lightest pixels.

    The estimate nearest to neutral is taken, since coloured things pull each estimator away from it by another amount; it
    is believed where all lie in the same direction.
    """
    small = _shrunk(rgb)
    usable = (small.max(axis=2) < 0.98) & (small.max(axis=2) > 0.03)
    if usable.sum() < 64:
        return Cast((3**-0.5, 3**-0.5, 3**-0.5), 0.0, 0.0, agreed=False)
    estimates = np.maximum(_estimates(srgb_to_linear(small).astype(np.float64), usable), 1e-6)
    chroma = np.log(estimates[:, [0, 2]] / estimates[:, [1]])
    lengths = np.linalg.norm(chroma, axis=1)
    nearest = int(np.argmin(lengths))
    middle = np.median(chroma, axis=0)
    cosines = chroma @ middle / np.maximum(lengths * np.linalg.norm(middle), 1e-12)
    light = estimates[nearest] / np.linalg.norm(estimates[nearest])
    red, green, blue = (float(value) for value in light)
    return Cast(
        (red, green, blue),
        _angle(light, np.full(3, 3**-0.5)),
        float(lengths[nearest]),
        agreed=bool(cosines.min() >= AGREEMENT),
    )


def _estimates(linear: F64, usable: NDArray[np.bool_]) -> F64:
    """4 x 3."""
    pixels = linear[usable]
    smooth = np.asarray(cv2.GaussianBlur(linear, (0, 0), 1.0))
    edges = np.hypot(np.gradient(smooth, axis=0), np.gradient(smooth, axis=1))[usable]
    light = linear.sum(axis=2)
    return np.array(
        [
            (pixels**6).mean(axis=0) ** (1 / 6),
            (edges**6).mean(axis=0) ** (1 / 6),
            np.quantile(linear.reshape(-1, 3), LIGHTEST, axis=0),
            linear[light >= np.quantile(light, 0.98)].mean(axis=0),
        ]
    )


def _angle(first: F64, second: F64) -> float:
    cosine = float(first @ second) / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-12)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _shrunk(rgb: NDArray[Scalar]) -> F32:
    """At most about 400 pixels a side, averaged: noise and texture are no light."""
    step = max(1, max(rgb.shape[:2]) // 1600)
    part = to_float(rgb[::step, ::step])
    scale = min(1.0, 400 / max(part.shape[:2]))
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    return cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)


def balance(rgb: F32, gains: tuple[float, float, float], strength: float) -> F32:
    """`rgb` (H x W x 3, float32 in [0, 1]) under a light that the `gains` make neutral: von Kries scaling in linear light,
    `strength` 0 (none) to 1. Colours that would leave the gamut keep hue and luminance; black stays black, white white."""
    powers = np.array(gains, np.float32) ** np.float32(strength)
    linear = srgb_to_linear(rgb)
    lit = (linear * powers).astype(np.float32)
    changed = linear_to_srgb(into_gamut(lit, linear))
    # Clipped white has lost its colour: it must not take the opposite one.
    keep = np.clip((rgb.min(axis=2, keepdims=True) - 0.94) / 0.06, 0, 1)
    return (changed * (1 - keep) + rgb * keep).astype(np.float32)


def fading(rgb: NDArray[Scalar]) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """(black, white) of each gamma-encoded channel in [0, 1]: its percentiles 0.5 and 99.5, as aged dyes have moved them."""
    small = _shrunk(rgb).reshape(-1, 3)
    low, high = np.percentile(small, (0.5, 99.5), axis=0)
    return (float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2]))


def unfade(
    rgb: F32, black: tuple[float, float, float], white: tuple[float, float, float], strength: float
) -> F32:
    """Stretch each channel from its own `black` and `white` to the common ones (0.02 and 0.97), at most three times and with
    the tails beyond compressed instead of cut; float32 in [0, 1]."""
    made = np.empty_like(rgb)
    for channel in range(3):
        low, high = black[channel], max(white[channel], black[channel] + 0.97 / 3)
        xs = [0.0, max(low, 1e-4), min(high, 1 - 1e-4), 1.0]
        ys = [0.0, min(0.02, max(low, 1e-4)), max(0.97, min(high, 1 - 1e-4)), 1.0]
        made[..., channel] = np.interp(rgb[..., channel], xs, ys)
    return (rgb + np.float32(strength) * (made - rgb)).astype(np.float32)


GREYISH = 9.0
"""Chroma of Lab below which a colour counts as grey."""
LEAST_GREY, LEAST_HUE = 0.45, 0.03
"""Shares of the pixels that must be grey, and of each of two quarters of the hue circle, when the cast is taken away.
Measured: greys 0.55 to 0.83 for four of six photographs under tinted light, 0 to 0.32 for evenings, candles, forests, flowers."""


def has_greys_and_hues(rgb: NDArray[Scalar], cast: Cast) -> bool:
    """Whether the picture, with the cast taken away, is grey for the most part and has two other hues at least.

    Coloured light tints a scene of greys and colours; an evening, a forest, a flower from near or a toned print has one
    colour of its own, which no estimate of the light can tell from a cast."""
    small = balance(_shrunk(rgb), cast.gains(), 1.0)
    lab = rgb_to_lab(small).reshape(-1, 3)
    lab = lab[(lab[:, 0] > 5) & (lab[:, 0] < 98)]
    if len(lab) < 64:
        return False
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    grey = float((chroma < GREYISH).mean())
    # Quarters around red, yellow, green and blue.
    quarter = np.floor((np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) + 45) / 90).astype(int) % 4
    hues = [float(((chroma >= GREYISH) & (quarter == number)).mean()) for number in range(4)]
    return grey >= LEAST_GREY and sum(share >= LEAST_HUE for share in hues) >= 2
