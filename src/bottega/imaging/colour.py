"""Conversions between gamma-encoded sRGB, linear light, luma and CIE Lab. What to do with them is left to others.

All functions take and return float32 with the channels last, RGB order, nominally in [0, 1]; values outside
pass through unclipped so that rounding and overshoot are the caller's decision.
"""

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

# IEC 61966-2-1:1999 with the digits that scikit-image and CSS Color 4 use: linear sRGB to CIE XYZ, D65, 2 degrees.
RGB_TO_XYZ: F64 = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
XYZ_TO_RGB: F64 = np.linalg.inv(RGB_TO_XYZ).astype(np.float64)
D65_WHITE: F64 = np.array([0.95047, 1.0, 1.08883])
"""ASTM E308, 2-degree observer."""

LUMA_WEIGHTS: F32 = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""ITU-R BT.709-6, item 3.2."""

# CIE 15:2004: below (6/29)^3 the cube root is replaced by a straight line.
LAB_EPSILON = (6 / 29) ** 3
LAB_SLOPE = 841 / 108


def srgb_to_linear(rgb: F32) -> F32:
    """Gamma-encoded sRGB to linear light (IEC 61966-2-1); any shape."""
    curve = np.power((np.maximum(rgb, 0) + np.float32(0.055)) / np.float32(1.055), np.float32(2.4))
    return np.where(rgb <= np.float32(0.04045), rgb / np.float32(12.92), curve).astype(np.float32, copy=False)


def linear_to_srgb(linear: F32) -> F32:
    """Linear light to gamma-encoded sRGB (IEC 61966-2-1); any shape."""
    curve = np.float32(1.055) * np.power(np.maximum(linear, 0), np.float32(1 / 2.4)) - np.float32(0.055)
    return np.where(linear <= np.float32(0.0031308), linear * np.float32(12.92), curve).astype(
        np.float32, copy=False
    )


def luma(rgb: F32) -> F32:
    """The BT.709-weighted sum of the channels: `... x 3` -> `...`.

    Of linear-light RGB this is the relative luminance Y; of gamma-encoded RGB it is the luma Y'. The result
    is in the encoding of the input.
    """
    return (rgb.astype(np.float32, copy=False) @ LUMA_WEIGHTS).astype(np.float32, copy=False)


def rgb_to_lab(rgb: F32) -> F32:
    """Gamma-encoded sRGB in [0, 1], `... x 3`, to CIE Lab (D65, 2 degrees): L in [0, 100], a and b about +-110."""
    xyz = srgb_to_linear(rgb) @ (RGB_TO_XYZ / D65_WHITE[:, None]).T.astype(np.float32)
    bent = np.where(xyz > LAB_EPSILON, np.cbrt(xyz), np.float32(LAB_SLOPE) * xyz + np.float32(4 / 29))
    x, y, z = bent[..., 0], bent[..., 1], bent[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32, copy=False)


def lab_to_rgb(lab: F32) -> F32:
    """CIE Lab (D65, 2 degrees), `... x 3`, to gamma-encoded sRGB; colours outside sRGB leave [0, 1]."""
    y = (lab[..., 0] + 16) / np.float32(116)
    bent = np.stack([y + lab[..., 1] / np.float32(500), y, y - lab[..., 2] / np.float32(200)], axis=-1)
    xyz = np.where(bent > 6 / 29, bent**3, (bent - np.float32(4 / 29)) / np.float32(LAB_SLOPE))
    linear = xyz.astype(np.float32, copy=False) @ (XYZ_TO_RGB * D65_WHITE).T.astype(np.float32)
    return linear_to_srgb(linear)
