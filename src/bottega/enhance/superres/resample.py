"""Bicubic resampling as MATLAB's `imresize` does it, the protocol of the super-resolution literature.

Each output pixel is computed from its own taps in a fixed order, so a part of the result equals that
part of the whole to the last bit. The Lanczos resampling of finished pictures is `enhance.upscale`'s.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32, U8

PHASE_REACH = 2
"""Source pixels on each side that bicubic enlargement by a whole factor needs."""

PRODUCT_SIDE = 64
"""Source samples that go into one of the products of `Products`, about."""
LARGEST_PRODUCT = 2**18
"""Multiplications; OpenBLAS shares larger ones among threads that wait by spinning, which on a busy machine costs many times
what it saves."""

SHARPENING_REACH = 3
"""Source pixels on each side that each step of `sharpened` needs."""


@dataclass(frozen=True, slots=True)
class Taps:
    """One direction of a resampling: output i is the sum over k of `weights[i, k]` * source `indices[i, k]`.

    `weights`: float32, `indices`: int64, both outputs x taps; each row of weights adds up to 1.
    """

    weights: F32
    indices: NDArray[np.int64]

    @property
    def first(self) -> int:
        """The first source sample used."""
        return int(self.indices.min())

    @property
    def last(self) -> int:
        """One past the last source sample used."""
        return int(self.indices.max()) + 1

    def within(self, first: int, last: int) -> "Taps":
        """The same taps for a window [first, last) of the source; what is outside it is taken from its edge."""
        return Taps(self.weights, np.clip(self.indices, first, last - 1) - first)


def cubic_taps(source: int, target: int, *, start: int = 0, stop: int | None = None) -> Taps:
    """Taps for the outputs [`start`, `stop`) of `target` from `source` samples.

    Keys' cubic convolution kernel with a = -1/2 (IEEE ASSP 29(6), 1981), widened by the factor when making smaller,
    borders mirrored with the edge sample repeated: what MATLAB's `imresize(..., 'bicubic')` documents.
    """
    scale = target / source
    stretch = max(1.0, 1 / scale)
    centre = (np.arange(start, target if stop is None else stop) + 0.5) / scale - 0.5
    width = 4 * stretch
    count = ceil(width) + 2
    raw = np.floor(centre - width / 2).astype(np.int64)[:, None] + np.arange(count)[None, :]
    weights = _cubic((raw - centre[:, None]) / stretch)
    weights /= weights.sum(axis=1, keepdims=True)
    used = np.any(weights != 0, axis=0)
    return Taps(weights[:, used].astype(np.float32), mirrored(raw[:, used], source))


def mirrored(indices: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Indices beyond [0, `length`) reflected into it as often as needed, the edge sample repeated."""
    folded = np.mod(indices, 2 * length)
    return np.where(folded < length, folded, 2 * length - 1 - folded)


def imresize(pixels: F32, size: tuple[int, int]) -> F32:
    """`pixels` (H x W or H x W x C, float32) at exactly `size` = (width, height); not clipped, not rounded."""
    rows, columns = cubic_taps(pixels.shape[0], size[1]), cubic_taps(pixels.shape[1], size[0])
    if size[1] / pixels.shape[0] <= size[0] / pixels.shape[1]:
        return apply_taps(apply_taps(pixels, rows, axis=0), columns, axis=1)
    return apply_taps(apply_taps(pixels, columns, axis=1), rows, axis=0)


def imresize_u8(pixels: U8, size: tuple[int, int]) -> U8:
    """`imresize` of 8-bit samples, clipped and rounded half up to 8 bits, as MATLAB rounds."""
    fine = imresize(pixels.astype(np.float32), size)
    return np.floor(np.clip(fine, 0, 255) + np.float32(0.5)).astype(np.uint8)


def apply_taps(pixels: F32, taps: Taps, *, axis: int) -> F32:
    """Resample along one axis."""
    lines = np.ascontiguousarray(np.moveaxis(pixels, axis, 0))
    shape = (-1, *(1,) * (pixels.ndim - 1))
    total = np.zeros((len(taps.weights), *lines.shape[1:]), dtype=np.float32)
    for weights, indices in zip(taps.weights.T, taps.indices.T, strict=True):
        total += lines[indices] * weights.reshape(shape)
    return np.moveaxis(total, 0, axis)


class Products:
    """Resampling of planes by matrix products: quicker than `apply_taps`, for what need not be the same to the last bit
    however the picture is cut."""

    def __init__(self, taps: Taps) -> None:
        count = len(taps.weights)
        self.outputs = count
        # As many outputs together as read about so many samples: what lies off the band of taps is computed for nothing.
        step = max(1, min(2 * PRODUCT_SIDE, PRODUCT_SIDE * count // max(1, taps.last - taps.first)))
        self._parts: list[tuple[slice, slice, F32]] = []
        for start in range(0, count, step):
            some = Taps(taps.weights[start : start + step], taps.indices[start : start + step])
            weights = np.zeros((len(some.weights), some.last - some.first), dtype=np.float32)
            # Tap by tap: beyond a border an output takes the same sample more than once.
            for tap, index in zip(some.weights.T, (some.indices - some.first).T, strict=True):
                weights[np.arange(len(weights)), index] += tap
            self._parts.append((slice(start, start + step), slice(some.first, some.last), weights))

    def rows(self, planes: F32) -> F32:
        """C x source x width to C x outputs x width."""
        made = np.empty((len(planes), self.outputs, planes.shape[2]), dtype=np.float32)
        for outputs, sources, weights in self._parts:
            for columns in _pieces(planes.shape[2], weights.size):
                np.matmul(weights, planes[:, sources, columns], out=made[:, outputs, columns])
        return made

    def columns(self, planes: F32) -> F32:
        """C x height x source to C x height x outputs."""
        made = np.empty((*planes.shape[:2], self.outputs), dtype=np.float32)
        for outputs, sources, weights in self._parts:
            for rows in _pieces(planes.shape[1], weights.size):
                np.matmul(planes[:, rows, sources], weights.T, out=made[:, rows, outputs])
        return made


def _pieces(length: int, weights: int) -> list[slice]:
    step = max(1, LARGEST_PRODUCT // weights)
    return [slice(start, start + step) for start in range(0, length, step)]


def enlarge_phases(planes: F32, scale: int) -> F32:
    """Bicubic enlargement by a whole factor: C x (h + 4) x (w + 4) to C x sh x sw; two pixels per side are context.

    The same figures as `imresize` inside a picture, several times faster: each phase is a sum of shifted views. Plane by
    plane, so that what is added up stays in the processor's cache.
    """
    height, width = (side - 2 * PHASE_REACH for side in planes.shape[1:])
    large = np.empty((len(planes), height * scale, width * scale), dtype=np.float32)
    for plane, made in zip(planes, large, strict=True):
        _enlarge_down(_enlarge_across(plane, scale), scale, made)
    return large


def sharpened(planes: F32, scale: int, *, steps: int = 1) -> F32:
    """Small planes from which bicubic enlargement shrinks back to `planes` more nearly; `3 * steps` pixels are used up.

    Iterative back-projection (Irani & Peleg 1991), `x <- x + y - D U x`, at the small size, where enlarging and
    shrinking again, D U, is a filter of a few weights.
    """
    kernel, current = there_and_back(scale), planes
    for step in range(1, steps + 1):
        blurred = _filtered(_filtered(current, kernel, axis=1), kernel, axis=2)
        inner, used = (
            slice(SHARPENING_REACH, -SHARPENING_REACH),
            slice(step * SHARPENING_REACH, -step * SHARPENING_REACH),
        )
        current = current[:, inner, inner] + planes[:, used, used] - blurred
    return current.astype(np.float32, copy=False)


@cache
def there_and_back(scale: int) -> F32:
    """2 SHARPENING_REACH + 1 weights: enlarging `scale` times and shrinking again, along one direction, inside."""
    count = 4 * SHARPENING_REACH + 1
    line = np.zeros((count, 1), dtype=np.float32)
    line[2 * SHARPENING_REACH] = 1
    large = apply_taps(line, cubic_taps(count, count * scale), axis=0)
    again = apply_taps(large, cubic_taps(count * scale, count), axis=0)[:, 0]
    return again[SHARPENING_REACH:-SHARPENING_REACH]


def _filtered(planes: F32, kernel: F32, axis: int) -> F32:
    length = planes.shape[axis] - len(kernel) + 1
    before = (slice(None),) * axis
    total = planes[(*before, slice(length))] * kernel[0]
    for shift in range(1, len(kernel)):
        total += planes[(*before, slice(shift, shift + length))] * kernel[shift]
    return total


def _enlarge_across(plane: F32, scale: int) -> F32:
    """h x (w + 4) to h x sw."""
    height, width = plane.shape[0], plane.shape[1] - 2 * PHASE_REACH
    phases = _phase_taps(scale)
    products = _products(plane, phases)
    parts: list[F32] = []
    for taps in phases:
        views = [products[weight][:, shift : shift + width] for shift, weight in taps]
        parts.append(_summed(views, np.empty((height, width), dtype=np.float32)))
    # OpenCV's interleaving is several times as quick as numpy's writing with a stride.
    return np.asarray(cv2.merge(parts), dtype=np.float32).reshape(height, width * scale)


def _enlarge_down(plane: F32, scale: int, large: F32) -> None:
    """(h + 4) x w into sh x w."""
    height = plane.shape[0] - 2 * PHASE_REACH
    phases = _phase_taps(scale)
    products = _products(plane, phases)
    for phase, taps in enumerate(phases):
        _summed([products[weight][shift : shift + height] for shift, weight in taps], large[phase::scale])


Phase = tuple[tuple[int, np.float32], ...]


def _products(plane: F32, phases: tuple[Phase, ...]) -> dict[np.float32, F32]:
    """`plane` times each weight; those of mirrored phases are the same."""
    return {weight: plane * weight for weight in {weight for taps in phases for _, weight in taps}}


def _summed(views: list[F32], total: F32) -> F32:
    """In the order given, so that the last bit does not depend on the size."""
    if len(views) == 1:
        total[...] = views[0]
        return total
    np.add(views[0], views[1], out=total)
    for view in views[2:]:
        total += view
    return total


@cache
def _phase_taps(scale: int) -> tuple[Phase, ...]:
    """Of each phase: how far each tap is from the first of the context, and its weight."""
    taps = cubic_taps(9, 9 * scale, start=4 * scale, stop=5 * scale)
    return tuple(
        tuple(
            (int(index) - 4 + PHASE_REACH, weight)
            for weight, index in zip(weights, indices, strict=True)
            if weight != 0
        )
        for weights, indices in zip(taps.weights, taps.indices, strict=True)
    )


def _cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0.0))
