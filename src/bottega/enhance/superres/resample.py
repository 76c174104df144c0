"""Bicubic resampling as MATLAB's `imresize` does it, the protocol of the super-resolution literature.

Each output pixel is computed from its own taps in a fixed order, so a part of the result equals that
part of the whole to the last bit. The Lanczos resampling of finished pictures is `enhance.upscale`'s.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32, U8

PHASE_REACH = 2
"""Source pixels on each side that bicubic enlargement by a whole factor needs."""

PRODUCT_SIDE = 32
"""Source samples that go into one of the products of `Products`, about."""
LARGEST_PRODUCT = 2**18
"""Multiplications; OpenBLAS shares larger ones among threads that wait by spinning, which on a busy machine costs many times
what it saves."""

LANES = 16
"""Samples; a multiple of those that any processor's registers hold."""

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


def padded(plane: F32) -> F32:
    """h x w to h x (w or a few more, which are 0), contiguous, as `filtered` wants it."""
    height, width = plane.shape
    wide = np.empty((height, -(-width // LANES) * LANES), dtype=np.float32)
    wide[:, :width], wide[:, width:] = plane, 0
    return wide


@dataclass(frozen=True, slots=True)
class Kernel:
    """Weights along one direction (column vector, float32), and the place among them of the sample that they are for."""

    weights: F32
    anchor: int

    @classmethod
    def even(cls, weights: F32) -> "Kernel":
        """For the sample in the middle of an odd number of them."""
        return cls(weights.reshape(-1, 1), len(weights) // 2)


def filtered(wide: F32, across: Kernel, down: Kernel) -> F32:
    """A `padded` plane, correlated in both directions; what the kernels' reach from the border is not to be used.

    No pixel depends on how large the plane is, to the last bit: in rows of whole registers OpenCV adds up the same way
    everywhere, which it does not in what is left over at their end.
    """
    anchor = across.anchor, down.anchor
    return cast("F32", cv2.sepFilter2D(wide, -1, across.weights, down.weights, anchor=anchor))


def enlarge_phases(planes: F32, scale: int, large: F32 | None = None) -> F32:
    """Bicubic enlargement by a whole factor: C x (h + 4) x (w + 4) to C x sh x sw, into `large` where it is given; two
    pixels per side are context.

    The same figures as `imresize` inside a picture, several times faster: each phase is a filter.
    """
    height, width = (side - 2 * PHASE_REACH for side in planes.shape[1:])
    inner = slice(PHASE_REACH, PHASE_REACH + height), slice(PHASE_REACH, PHASE_REACH + width)
    if large is None:
        large = np.empty((len(planes), height * scale, width * scale), dtype=np.float32)
    for plane, made in zip(planes, large, strict=True):
        wide = padded(plane)
        for row, column, kernels in phases(scale):
            made[row::scale, column::scale] = filtered(wide, *kernels)[inner]
    return large


def phases(scale: int) -> Iterator[tuple[int, int, tuple[Kernel, Kernel]]]:
    """Row and column of each place within a source pixel, and the kernels that make its sample: across, down."""
    kernels = phase_kernels(scale)
    for row, down in enumerate(kernels):
        for column, across in enumerate(kernels):
            yield row, column, (across, down)


def sharpened(planes: F32, scale: int, *, steps: int = 1) -> F32:
    """Small planes from which bicubic enlargement shrinks back to `planes` more nearly; `3 * steps` pixels are used up.

    Iterative back-projection (Irani & Peleg 1991), `x <- x + y - D U x`, at the small size, where enlarging and
    shrinking again, D U, is a filter of a few weights.
    """
    reach = steps * SHARPENING_REACH
    height, width = (side - 2 * reach for side in planes.shape[1:])
    made = np.empty((len(planes), height, width), dtype=np.float32)
    for plane, sharp in zip(planes, made, strict=True):
        wide = padded(plane)
        sharp[...] = back_projected(wide, scale, steps=steps)[reach : reach + height, reach : reach + width]
    return made


def back_projected(wide: F32, scale: int, *, steps: int = 1) -> F32:
    """`sharpened`, of a `padded` plane; what is nearer to the border than is used up is not to be used."""
    kernel, current = there_and_back(scale), wide
    for _ in range(steps):
        blurred = filtered(current, kernel, kernel)
        current = current + wide
        current -= blurred
    return current


@cache
def there_and_back(scale: int) -> Kernel:
    """2 SHARPENING_REACH + 1 weights: enlarging `scale` times and shrinking again, along one direction, inside."""
    count = 4 * SHARPENING_REACH + 1
    line = np.zeros((count, 1), dtype=np.float32)
    line[2 * SHARPENING_REACH] = 1
    large = apply_taps(line, cubic_taps(count, count * scale), axis=0)
    again = apply_taps(large, cubic_taps(count * scale, count), axis=0)[:, 0]
    return Kernel.even(again[SHARPENING_REACH:-SHARPENING_REACH])


@cache
def phase_kernels(scale: int) -> tuple[Kernel, ...]:
    """Of bicubic enlargement by a whole factor: for each place within a source pixel the weights of those around it."""
    taps = cubic_taps(9, 9 * scale, start=4 * scale, stop=5 * scale)
    kernels: list[Kernel] = []
    for weights, indices in zip(taps.weights, taps.indices, strict=True):
        used = np.flatnonzero(weights)
        first, last = used[0], used[-1] + 1
        kernels.append(Kernel(weights[first:last].reshape(-1, 1), int(4 - indices[first])))
    return tuple(kernels)


def _cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0.0))
