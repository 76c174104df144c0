"""Sums over channels, pixels picked by a mask, medians and quantiles: what numpy does slowly on whole pictures; and values between
pixels.

Each but `sample` gives the same values, to the last bit, as the plain expression that its docstring names.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32, U8

Bool = NDArray[np.bool_]
F64 = NDArray[np.float64]
_ONES: F32 = np.ones((1, 3), np.float32)
_AT_ONCE = 30_000
"""Points: OpenCV takes less than 32,768, and not none."""


def lengths(values: Any) -> Any:
    """`np.sqrt((values**2).sum(axis=-1))` of an array of floats whose last axis is short."""
    if values.dtype == np.float32 and values.ndim == 3 and values.shape[2] == 3 and values.size:
        picture: F32 = values
        return np.asarray(cv2.sqrt(cv2.transform(cv2.multiply(picture, picture), _ONES)))
    return np.sqrt(total(values * values))


def distance(one: Any, other: Any) -> Any:
    """`lengths(one - other)`: how far colours are apart."""
    return lengths(one - other)


def total(values: Any) -> Any:
    """`values.sum(axis=-1)` of an array of floats whose last axis is short."""
    found = values[..., 0].copy()
    for channel in range(1, values.shape[-1]):
        found += values[..., channel]
    return found


def largest(values: Any) -> Any:
    """`values.max(axis=-1)` of an array whose last axis is short."""
    found = values[..., 0]
    for channel in range(1, values.shape[-1]):
        found = np.maximum(found, values[..., channel])
    return found


def most_apart(one: U8, other: U8) -> U8:
    """`np.abs(one.astype(int) - other).max(axis=2)` of two H x W x 3 pictures: H x W."""
    first, second, third = cv2.split(cv2.absdiff(one, other))
    return np.asarray(cv2.max(cv2.max(first, second), third), np.uint8)


def picked(values: Any, where: Bool) -> Any:
    """`values[where]` of H x W values, or n x C of a picture (H x W x C), where H x W says so."""
    shape = values.shape[where.ndim :]
    return values.reshape(-1, *shape).compress(where.ravel(), axis=0)


def kept(values: F32, where: Bool) -> F32:
    """`np.where(where[..., None], values, 0)` of H x W x 3 float32."""
    return np.asarray(cv2.copyTo(values, where.view(np.uint8)), np.float32)


def put(target: Any, values: Any, where: Bool) -> None:
    """`target[where] = values[where]` of H x W x C arrays of one type, `target` being contiguous."""
    cv2.copyTo(values, where.view(np.uint8), target)


def median(values: Any) -> float:
    """`float(np.median(values))` of any array of floats that is not empty."""
    flat = values.flatten()
    half = len(flat) // 2
    flat.partition(half)
    high = flat[half]
    return float(high if len(flat) % 2 else (flat[:half].max() + high) / flat.dtype.type(2))


def medians(values: Any) -> Any:
    """`np.median(values, axis=0)` of n x C floats, n above 0."""
    return np.array([median(values[:, channel]) for channel in range(values.shape[1])], values.dtype)


def quantile(values: Any, share: Any) -> Any:
    """`np.quantile(values, share)` of an array of floats that is not empty; `share` is one number or several."""
    ordered = np.sort(values, axis=None)
    at = np.asarray(share, np.float64) * (len(ordered) - 1)
    below = np.floor(at).astype(np.intp)
    part = at - below
    low, high = ordered[below], ordered[np.minimum(below + 1, len(ordered) - 1)]
    return np.where(part >= 0.5, high - (high - low) * (1 - part), low + (high - low) * part)


def sample(values: F32, points: F64) -> F64:
    """Values of H x W at N x 2 points (x, y), bilinear, 0 outside."""
    parts = (points[start : start + _AT_ONCE].astype(np.float32) for start in range(0, len(points), _AT_ONCE))
    return np.concatenate([np.zeros(0), *(_sampled(values, part) for part in parts)])


def _sampled(values: F32, points: F32) -> F64:
    x, y = (np.ascontiguousarray(points[:, axis])[None] for axis in (0, 1))
    found = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0.0,))
    return np.asarray(found, np.float64)[0]
