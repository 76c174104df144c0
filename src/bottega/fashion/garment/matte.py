"""A coarse mask as a soft one at full size, along the picture's own edges."""

from typing import Any

import cv2
import numpy as np

from bottega.fashion.garment.arrays import array
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
    # One stack, enlarged by bands of rows: three slopes, the offset, the surely inside, the surely outside.
    stack = np.dstack([slope, offset, core, reach]).astype(np.float32)
    alpha = np.empty((height, width), np.float32)
    rows = max(16, (1 << 21) // width)
    for start in range(0, height, rows):
        stop = min(height, start + rows)
        part = _enlarged(stack, (height, width), start, stop)
        guide = rgb[start:stop].astype(np.float32) / np.float32(255)
        soft = (part[..., :3] * guide).sum(axis=2) + part[..., 3]
        # The filter's ends are soft: a tenth and nine tenths become the ends.
        soft = np.clip((soft - 0.1) / 0.8, 0, 1)
        alpha[start:stop] = np.where(part[..., 4] > 0.5, 1, np.where(part[..., 5] < 0.5, 0, soft))
    return alpha


def _enlarged(stack: F32, shape: tuple[int, int], start: int, stop: int) -> F32:
    """Rows `start` to `stop` of `stack` at the size `shape`, pixel centres aligned, bilinear."""
    height, width = shape
    y = ((np.arange(start, stop, dtype=np.float32) + 0.5) * stack.shape[0] / height - 0.5)[:, None]
    x = ((np.arange(width, dtype=np.float32) + 0.5) * stack.shape[1] / width - 0.5)[None]
    if (height, width) == stack.shape[:2]:
        return stack[start:stop]
    maps = np.broadcast_to(x, (stop - start, width)), np.broadcast_to(y, (stop - start, width))
    across, down = (np.ascontiguousarray(values, np.float32) for values in maps)
    layers = [
        array(cv2.remap(part, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
        for part in (np.ascontiguousarray(stack[..., :3]), np.ascontiguousarray(stack[..., 3:]))
    ]
    return np.concatenate(layers, axis=2)


def _coefficients(guide: F32, target: F32) -> tuple[F32, F32]:
    """Slopes (h x w x 3) and offset (h x w) of the local linear model target = slope . guide + offset."""
    size = (2 * RADIUS + 1, 2 * RADIUS + 1)

    def mean(values: Any) -> Any:
        return array(cv2.blur(values, size))

    guide_mean, target_mean = mean(guide), mean(target)
    covariance = mean(guide * target[..., None]) - guide_mean * target_mean[..., None]
    products: Any = {}
    for first in range(3):
        for second in range(first, 3):
            value = (
                mean(guide[..., first] * guide[..., second])
                - guide_mean[..., first] * guide_mean[..., second]
            )
            products[first, second] = products[second, first] = value + (EPSILON if first == second else 0)
    matrix = np.stack([np.stack([products[i, j] for j in range(3)], axis=-1) for i in range(3)], axis=-2)
    slope = np.zeros_like(guide)
    # Away from the rim the target is constant and the slope zero: only near it is there something to solve.
    near = np.abs(covariance).max(axis=2) > 0
    slope[near] = np.linalg.solve(
        matrix[near].astype(np.float64), covariance[near][..., None].astype(np.float64)
    )[..., 0]
    offset = target_mean - (slope * guide_mean).sum(axis=2)
    return mean(slope), mean(offset)
