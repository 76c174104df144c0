"""Noise and exposure of stills: an edge-preserving denoiser that measures the noise, and a tone curve that never clips.

Size and sharpness are left to `upscale`. The functions take
H x W x 3 gamma-encoded RGB and keep its shape and data type.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar, stored_like, to_float, white
from bottega.errors import InvalidOption
from bottega.imaging.colour import LUMA_WEIGHTS, luma
from bottega.imaging.metrics import noise

Progress = Callable[[float], None]

DIAMETER = 7
"""Of the bilateral filter's neighbourhood, in pixels."""
SPATIAL_SIGMA = 2.0
RANGE_PER_NOISE = 8.0
"""Range sigma of the filter at strength 1, in noise sigmas. At half of that, white noise on photographs loses most
energy for the least loss of detail (highest PSNR, noise of 3 to 30 levels); above it, smoothness is bought with detail."""
NOISE_MARGIN = 0.25 / 255
"""Rounding to 8 bits alone is noise of 0.29 levels; less than this is none."""


def denoise(rgb: NDArray[Scalar], strength: float, *, progress: Progress | None = None) -> NDArray[Scalar]:
    """Remove noise with a bilateral filter (Tomasi & Manduchi 1998) over the three channels together.

    A pixel is averaged with those neighbours whose colour differs by no more than the noise does. The noise is measured
    first (`noise_sigma`), so a clean picture is hardly touched whatever the strength. `strength` is 0 (no change) to
    1; 0.5 is the best fit for white noise. Raises InvalidOption outside that range.
    """
    if not 0 <= strength <= 1:
        raise InvalidOption(f"The strength of noise removal is {strength:g}, but must be 0 to 1.")
    sigma = noise_sigma(rgb)
    if strength == 0 or sigma <= NOISE_MARGIN:
        return rgb.copy()
    result = np.empty_like(rgb)
    height, width = rgb.shape[:2]
    reach = DIAMETER // 2
    strip = max(64, 2**20 // max(1, width))
    for top in range(0, height, strip):
        bottom = min(height, top + strip)
        above, below = max(0, top - reach), min(height, bottom + reach)
        window = to_float(rgb[above:below])
        smooth = cv2.bilateralFilter(window, DIAMETER, RANGE_PER_NOISE * strength * sigma, SPATIAL_SIGMA)
        result[top:bottom] = stored_like(smooth[top - above : bottom - above], rgb)
        if progress is not None:
            progress(bottom / height)
    return result


def noise_sigma(rgb: NDArray[Scalar]) -> float:
    """Standard deviation of the noise per channel, with white at 1, from the noise of the luma.

    The channels are taken to be equally and independently noisy. At most about four megapixels are looked at: bands of
    rows spread over the height.
    """
    height, width = rgb.shape[:2]
    rows = max(32, 2**20 // width)
    tops = sorted({round(index * max(0, height - rows) / 3) for index in range(4)})
    levels = [noise(to_float(rgb[top : top + rows])) for top in tops]
    return float(np.median(levels)) / 255 / float(np.linalg.norm(LUMA_WEIGHTS))


# --- exposure --------------------------------------------------------------------------------------------------------

DARK_END, LIGHT_END = 0.5, 99.5
"""Percentiles of luma that are taken for black and white."""
BLACK, WHITE = 0.02, 0.97
"""Where they are put, in gamma-encoded sRGB."""
GREATEST_GAIN = 3.0
"""A picture with less contrast than a third is meant that way, or beyond a curve."""
MIDDLE = (0.36, 0.58)
"""A median luma in here is an ordinary exposure (middle grey is 0.46); outside, it is moved to the nearer end."""
GAMMA = (0.45, 1.8)
"""Limits of that correction."""
KNEE = 3 / 255
"""Nothing that was farther than this from black or white comes nearer than this."""


def auto_exposure(rgb: NDArray[Scalar]) -> NDArray[Scalar]:
    """Bring black, white and the middle of a picture to where an ordinary exposure has them.

    One increasing curve for the three channels: the percentiles `DARK_END` and `LIGHT_END` of luma are stretched to
    `BLACK` and `WHITE` (at most `GREATEST_GAIN` times, and only apart), the tails beyond are compressed rather than
    cut, and a gamma moves the median into `MIDDLE`. No value reaches black or white that was not there before. A
    picture that has black, white and an ordinary middle stays as it is.
    """
    top = white(rgb.dtype)
    low, middle, high = tones(rgb, top)
    grid = np.linspace(0, 1, 65536 if top != 255 else 256)
    curve = exposure_curve(grid, low, middle, high)
    if rgb.dtype == np.float32:
        return np.interp(rgb, grid, curve).astype(rgb.dtype)
    table = np.rint(curve * top).astype(rgb.dtype)
    indices: NDArray[Any] = rgb
    return table[indices]


def tones(rgb: NDArray[Scalar], top: float) -> tuple[float, float, float]:
    """Dark end, median and light end of luma, from at most about a million pixels."""
    step = max(1, int((rgb.shape[0] * rgb.shape[1] / 2**20) ** 0.5))
    light = luma(rgb[::step, ::step].astype(np.float32)) / top
    low, middle, high = np.percentile(light, (DARK_END, 50, LIGHT_END))
    return float(low), float(middle), float(high)


def exposure_curve(x: NDArray[np.float64], low: float, middle: float, high: float) -> NDArray[np.float64]:
    """The curve's values at `x` (increasing, 0 to 1)."""
    lowest, highest = min(low, BLACK), max(high, WHITE)
    span = high - low
    if span < 1e-3:
        return x
    gain = min(GREATEST_GAIN, (highest - lowest) / span)
    # What the limit on the gain leaves of the range goes to the side where the picture's own room is.
    black = lowest + (highest - lowest - gain * span) * low / max(1 - span, 1e-6)
    stretched = np.interp(x, [0, max(low, 1e-6), min(high, 1 - 1e-6), 1], [0, black, black + gain * span, 1])
    centre = float(np.interp(middle, x, stretched))
    goal = min(max(centre, MIDDLE[0]), MIDDLE[1])
    gamma = float(np.clip(np.log(goal) / np.log(min(max(centre, 0.01), 0.99)), *GAMMA))
    curve = stretched**gamma
    # Values that were not clipped stay away from the ends, and those that were stay there.
    return np.clip(curve, np.minimum(x, KNEE), np.maximum(x, 1 - KNEE))
