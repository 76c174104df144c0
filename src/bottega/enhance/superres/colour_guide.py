"""Colour for an enlarged luma: bicubic colour differences, sharpened where the small picture ties them to the luma.

A guided filter across sizes (He, Sun & Tang, "Guided Image Filtering", TPAMI 35(6), 2013): around each small pixel the
difference is a * luma + b, and a and b are what is enlarged.
"""

import numpy as np

from bottega.enhance.superres.resample import PHASE_REACH, SHARPENING_REACH, enlarge_phases, sharpened
from bottega.imaging.picture import F32

LUMA_601: F32 = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""ITU-R BT.601-7, the luma of the super-resolution literature and of the shipped networks."""
WINDOW = 1
"""Radius in small pixels of the squares in which colour is fitted to luma."""
TRUSTED_VARIANCE = np.float32(2e-2)
"""Of the luma: at this much half of the fitted slope is used. Of the values tried on training pictures the best."""
REACH = PHASE_REACH + WINDOW + SHARPENING_REACH
"""Small pixels of context needed on each side."""


def luma_601(rgb: F32) -> F32:
    """3 x h x w gamma-encoded RGB planes to h x w."""
    return rgb[0] * LUMA_601[0] + rgb[1] * LUMA_601[1] + rgb[2] * LUMA_601[2]


def coloured(rgb: F32, large_luma: F32, scale: int, *, luma: F32 | None = None) -> F32:
    """Planes 3 x (h + 2 REACH) x (w + 2 REACH) and the luma sh x sw of the middle to 3 x sh x sw; not clipped.

    `luma` of `rgb`, where it is known already."""
    luma = luma_601(rgb) if luma is None else luma
    differences = sharpened(rgb[0::2] - luma, scale)
    luma = luma[SHARPENING_REACH:-SHARPENING_REACH, SHARPENING_REACH:-SHARPENING_REACH]
    slopes, offsets = _fitted(differences, luma)
    large = np.empty((3, *large_luma.shape), dtype=np.float32)
    green = large[1]
    green[...] = large_luma
    for index, (slope, offset) in enumerate(zip(slopes, offsets, strict=True)):
        difference, shift = enlarge_phases(np.stack([slope, offset]), scale)
        difference *= large_luma
        difference += shift
        np.add(large_luma, difference, out=large[2 * index])
        difference *= LUMA_601[2 * index] / LUMA_601[1]
        green -= difference
    return large


def _fitted(differences: F32, guide: F32) -> tuple[F32, F32]:
    """The regression of each plane on `guide` in a square around each pixel: slopes and offsets, of which the guide's own
    pixel makes the plane's again; both C x (h - 2 WINDOW) x (w - 2 WINDOW)."""
    count = len(differences)
    means = _box_mean(np.concatenate([guide[None], (guide * guide)[None], differences, differences * guide]))
    mean = means[0]
    variance = means[1] - mean * mean
    covariance = means[2 + count :] - means[2 : 2 + count] * mean
    slopes = covariance / (np.maximum(variance, 0) + TRUSTED_VARIANCE)
    inner = slice(WINDOW, -WINDOW)
    offsets = differences[:, inner, inner] - slopes * guide[inner, inner]
    return slopes.astype(np.float32, copy=False), offsets.astype(np.float32, copy=False)


def _box_mean(planes: F32) -> F32:
    """Mean over squares of 2 WINDOW + 1 pixels. Sums of views, not running sums: those depend on where they began."""
    side = 2 * WINDOW + 1
    height, width = planes.shape[1] - side + 1, planes.shape[2] - side + 1
    rows = planes[:, :height].copy()
    for shift in range(1, side):
        rows += planes[:, shift : shift + height]
    total = rows[:, :, :width].copy()
    for shift in range(1, side):
        total += rows[:, :, shift : shift + width]
    total *= np.float32(1 / side**2)
    return total
