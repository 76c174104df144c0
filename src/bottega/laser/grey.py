"""Grey by power: one S word for each dot instead of dots of one power (the PWM mode of the controllers).

What a power leaves on a material differs more than what a dot does: give the material's response (`tone.for_material`).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32
from bottega.laser.size import in_range

GREY_LEVELS = 17
"""Powers from none to full. Controllers resolve 256; every level more costs words, and a photograph's noise with them."""
DUTY_STEPS = 255
"""GRBL drives the laser with eight bits: a finer S word changes nothing."""


def power_levels(grey: F32, beam: float, levels: int = GREY_LEVELS) -> NDArray[np.int32]:
    """The level of each dot, 0 (no beam) to `levels` - 1 (full power), for a picture (0 = burnt), H x W float32.

    A 2 x 2 ordered dither decides between neighbouring levels. The picture is sharpened by what a beam of `beam`
    dots blurs. Raises InvalidOption for less than 2 or more than 256 levels.
    """
    in_range("The number of grey levels", levels, 2, DUTY_STEPS + 1, "")
    top = levels - 1
    dark = (1 - grey) * np.float32(top)
    sharpened = np.clip(2 * dark - beam_blur(dark, beam), 0, top)
    offsets = np.array([[-0.375, 0.125], [0.375, -0.125]], np.float32)
    rows, columns = grey.shape
    tiled = np.tile(offsets, (-(-rows // 2), -(-columns // 2)))[:rows, :columns]
    return np.clip(np.rint(sharpened + tiled), 0, top).astype(np.int32)


def s_words(level: NDArray[np.int32], levels: int, power_s: int, max_power_s: int) -> NDArray[np.int32]:
    """The S word of each level: even steps up to `power_s`, rounded to what eight bits of `max_power_s` can tell apart."""
    step = max_power_s / DUTY_STEPS
    wanted = np.arange(levels) * power_s / (levels - 1)
    words = np.minimum(np.rint(np.rint(wanted / step) * step), power_s).astype(np.int32)
    words[-1] = power_s
    return words[level]


def grey_coverage(level: NDArray[np.int32], levels: int, beam: float) -> F32:
    """The darkness of each cell, 0 to 1, when darkness follows the power and the beam spreads it: H x W float32."""
    return beam_blur(level.astype(np.float32) / np.float32(levels - 1), beam)


def beam_blur(values: F32, beam: float) -> F32:
    """Mean over a round beam of `beam` dots; a disc's standard deviation on each axis is a quarter of its width."""
    if beam < 0.5:
        return values
    return np.asarray(cv2.GaussianBlur(values, (0, 0), beam / 4, borderType=cv2.BORDER_REPLICATE), np.float32)
