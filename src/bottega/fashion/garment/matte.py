"""A coarse mask as a soft one at full size, along the picture's own edges."""

from typing import Any

import cv2
import numpy as np

from bottega.fashion.garment.arrays import array
from bottega.imaging.arrays import picked, total
from bottega.imaging.picture import F32, U8

RADIUS = 3
EPSILON = 1e-4
BAND = 4
"""Pixels at analysis size on either side of the rim that may be neither 0 nor 1."""


def full_matte(rgb: U8, small: U8, mask: Any) -> F32:
    """`mask` (h x w bool, of `small`) as alpha for `rgb` (H x W x 3), H x W float32 in [0, 1].

    A guided filter with the colours as guide (K. He, J. Sun, X. Tang, TPAMI 2013, section 3.4), solved at the small
    size and applied at the full one (K. He, J. Sun, arXiv:1505.00996), by rows so that memory stays bounded.
    """
    height, width = rgb.shape[:2]
    solid = mask.astype(np.float32)
    if not mask.any():
        return np.zeros((height, width), np.float32)
    slope, offset = _coefficients(small.astype(np.float32) / np.float32(255), solid)
    kernel = array(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * BAND + 1, 2 * BAND + 1)))
    core = array(cv2.erode(solid, kernel, borderType=cv2.BORDER_REPLICATE))
    reach = array(cv2.dilate(solid, kernel))
    model = np.ascontiguousarray(np.dstack([slope, offset]), np.float32)
    sides = np.ascontiguousarray(np.dstack([core, reach]), np.float32)
    alpha = np.zeros((height, width), np.float32)
    # By bands of rows; the model is only enlarged where the alpha is neither 0 nor 1 for certain.
    rows = max(16, (1 << 21) // width)
    for start in range(0, height, rows):
        stop = min(height, start + rows)
        across, down = _places(mask.shape, (height, width), start, stop)
        part = _looked_up(sides, across, down)
        alpha[start:stop][part[..., 0] > 0.5] = 1
        band = (part[..., 0] <= 0.5) & (part[..., 1] >= 0.5)
        if not band.any():
            continue
        guide = picked(rgb[start:stop], band).astype(np.float32) / np.float32(255)
        found = _looked_up_at(model, across[band], down[band])
        soft = total(found[:, :3] * guide) + found[:, 3]
        # The filter's ends are soft: a tenth and nine tenths become the ends.
        alpha[start:stop][band] = np.clip((soft - 0.1) / 0.8, 0, 1)
    return alpha


def _places(small: tuple[int, ...], shape: tuple[int, int], start: int, stop: int) -> tuple[F32, F32]:
    """Where the pixels of rows `start` to `stop` of a picture of `shape` lie in one of the size `small`, pixel centres
    aligned: columns and rows, each (stop - start) x width."""
    height, width = shape
    y = ((np.arange(start, stop, dtype=np.float32) + 0.5) * small[0] / height - 0.5)[:, None]
    x = ((np.arange(width, dtype=np.float32) + 0.5) * small[1] / width - 0.5)[None]
    size = stop - start, width
    return (
        np.ascontiguousarray(np.broadcast_to(x, size), np.float32),
        np.ascontiguousarray(np.broadcast_to(y, size), np.float32),
    )


def _looked_up(values: F32, across: F32, down: F32) -> F32:
    """`values` at those places, bilinear; the rim's beyond it."""
    return array(cv2.remap(values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _looked_up_at(values: F32, across: F32, down: F32) -> F32:
    """`values` (h x w x n) at a list of places, one row each."""
    count, wide = len(across), 1024
    padded = np.zeros((2, -(-count // wide) * wide), np.float32)
    padded[0, :count], padded[1, :count] = across, down
    found = _looked_up(values, padded[0].reshape(-1, wide), padded[1].reshape(-1, wide))
    return found.reshape(-1, values.shape[2])[:count]


def _coefficients(guide: F32, target: F32) -> tuple[F32, F32]:
    """Slopes (h x w x 3) and offset (h x w) of the local linear model target = slope . guide + offset."""
    size = (2 * RADIUS + 1, 2 * RADIUS + 1)

    def mean(values: Any) -> Any:
        return array(cv2.blur(values, size))

    guide_mean, target_mean = mean(guide), mean(target)
    covariance = mean(guide * target[..., None]) - guide_mean * target_mean[..., None]
    slope = np.zeros_like(guide)
    # Away from the rim the target is constant and the slope zero: only near it is there something to solve.
    near = np.asarray(_uneven(target, size))
    if near.any():
        products: Any = {}
        for first in range(3):
            for second in range(first, 3):
                value = (
                    mean(guide[..., first] * guide[..., second])
                    - guide_mean[..., first] * guide_mean[..., second]
                )
                products[first, second] = value[near] + (EPSILON if first == second else 0)
        slope[near] = _solved(products, covariance[near])
    offset = target_mean - total(slope * guide_mean)
    return mean(slope), mean(offset)


def _uneven(target: F32, size: tuple[int, int]) -> Any:
    """Where `target` is not the same all over a window of that `size`."""
    kernel = np.ones(size, np.uint8)
    high = array(cv2.dilate(target, kernel, borderType=cv2.BORDER_REFLECT_101))
    return high > array(cv2.erode(target, kernel, borderType=cv2.BORDER_REFLECT_101))


def _solved(products: dict[tuple[int, int], Any], right: Any) -> Any:
    """Solutions (n x 3) of n symmetric 3 x 3 systems with the upper triangle `products`, by Cramer's rule."""
    a, b, c, d, e, f = (
        array(products[at], np.float64) for at in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    )
    x, y, z = (array(right[:, n], np.float64) for n in range(3))
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    determinant = a * first + b * second + c * third
    across, both, last = a * f - c * c, b * c - a * e, a * d - b * b
    found = (
        first * x + second * y + third * z,
        second * x + across * y + both * z,
        third * x + both * y + last * z,
    )
    return np.stack(found, axis=1) / determinant[:, None]
