"""Colour for an enlarged luma: bicubic colour differences, sharpened where the small picture ties them to the luma.

A guided filter across sizes (He, Sun & Tang, "Guided Image Filtering", TPAMI 35(6), 2013): around each small pixel the
difference is a * luma + b, and a and b are what is enlarged.
"""

import numpy as np

from bottega.enhance.superres.resample import (
    PHASE_REACH,
    SHARPENING_REACH,
    Kernel,
    back_projected,
    filtered,
    padded,
    phases,
)
from bottega.imaging.picture import F32

LUMA_601: F32 = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""ITU-R BT.601-7, the luma of the super-resolution literature and of the shipped networks."""
WINDOW = 1
"""Radius in small pixels of the squares in which colour is fitted to luma."""
TRUSTED_VARIANCE = np.float32(2e-2)
"""Of the luma: at this much half of the fitted slope is used. Of the values tried on training pictures the best."""
BOX = Kernel.even(np.full(2 * WINDOW + 1, 1 / (2 * WINDOW + 1), dtype=np.float32))
REACH = PHASE_REACH + WINDOW + SHARPENING_REACH
"""Small pixels of context needed on each side."""


def luma_601(rgb: F32) -> F32:
    """3 x h x w gamma-encoded RGB planes to h x w."""
    return rgb[0] * LUMA_601[0] + rgb[1] * LUMA_601[1] + rgb[2] * LUMA_601[2]


def coloured(rgb: F32, large_luma: F32, scale: int, large: F32, *, luma: F32 | None = None) -> None:
    """Planes 3 x (h + 2 REACH) x (w + 2 REACH) and the luma sh x sw of the middle into `large`, 3 x sh x sw; not clipped.

    `luma` of `rgb`, where it is known already."""
    height, width = (side - 2 * REACH for side in rgb.shape[1:])
    guide = padded(luma_601(rgb) if luma is None else luma)
    fits = [_fitted(back_projected(padded(plane) - guide, scale), guide) for plane in rgb[0::2]]
    inner = slice(REACH, REACH + height), slice(REACH, REACH + width)
    # Place by place within the small pixels: what is computed with stays in the processor's cache.
    for row, column, kernels in phases(scale):
        place = slice(row, None, scale), slice(column, None, scale)
        light = large_luma[place].copy()
        green = light.copy()
        for index, (slope, offset) in zip((0, 2), fits, strict=True):
            difference = filtered(slope, *kernels)[inner] * light
            difference += filtered(offset, *kernels)[inner]
            np.add(light, difference, out=large[index][place])
            difference *= LUMA_601[index] / LUMA_601[1]
            green -= difference
        large[1][place] = green


def _fitted(difference: F32, guide: F32) -> tuple[F32, F32]:
    """The regression of the difference on the guide in a square around each pixel: slopes and offsets, of which the
    guide's own pixel makes the difference again. All planes are `padded`, and what is near the border is not to be used."""
    mean = _box_mean(guide)
    variance = _box_mean(guide * guide)
    variance -= mean * mean
    np.maximum(variance, 0, out=variance)
    variance += TRUSTED_VARIANCE
    slope = _box_mean(difference * guide)
    slope -= _box_mean(difference) * mean
    slope /= variance
    return slope, np.subtract(difference, slope * guide, dtype=np.float32)


def _box_mean(plane: F32) -> F32:
    """Mean over squares of 2 WINDOW + 1 pixels. Not by running sums, which depend on where they began."""
    return filtered(plane, BOX, BOX)
