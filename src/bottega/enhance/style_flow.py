"""The direction of a picture's forms, and averages along it: what hatching, brush strokes and clean lines follow."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Flow:
    """Unit vectors along the edges, `dx` and `dy`, H x W; `coherence` in [0, 1]: how sure the direction is."""

    dx: F32
    dy: F32
    coherence: F32


def edge_flow(grey: F32, sigma: float, resting_angle: float | None = None) -> Flow:
    """Tangents of the smoothed structure tensor (Brox et al. 2006; Kyprianidis and Doellner 2008).

    `grey`: H x W in [0, 1]; `sigma`: pixels over which directions are averaged. Where no direction prevails the
    tangent turns to `resting_angle` (degrees, clockwise from the x axis), as a hand keeps its habitual stroke.
    """
    gx, gy = _scharr(grey, 1, 0), _scharr(grey, 0, 1)
    j11, j22, j12 = (smooth(product, sigma) for product in (gx * gx, gy * gy, gx * gy))
    # Angle doubling: tensors of opposite directions add up instead of cancelling.
    double_cos, double_sin = j22 - j11, -2 * j12
    strength = np.sqrt(double_cos**2 + double_sin**2)
    coherence = strength / (j11 + j22 + np.float32(1e-6))
    if resting_angle is not None:
        weight = np.float32(np.percentile(strength, 40) + 1e-7)
        double_cos = double_cos + weight * np.float32(np.cos(np.deg2rad(2 * resting_angle)))
        double_sin = double_sin + weight * np.float32(np.sin(np.deg2rad(2 * resting_angle)))
    angle = (0.5 * np.arctan2(double_sin, double_cos)).astype(np.float32)
    return Flow(np.cos(angle), np.sin(angle), coherence.astype(np.float32))


def along_flow(values: F32, flow: Flow, length: float, step: float = 1.0) -> F32:
    """Line integral convolution (Cabral and Leedom 1993): means over `length` pixels along the flow, both ways,
    with a Hann window. `values`: H x W or H x W x C."""
    return _averaged(values, flow, _grid(*flow.dx.shape), length, step)


def along_flow_at(places: I64, values: F32, flow: Flow, length: float, step: float = 1.0) -> F32:
    """The same at N pixels alone, by their flat indices: N means of `values`, H x W."""
    width = flow.dx.shape[1]
    # In rows, as OpenCV's maps are limited to 32,767 pixels a side; the last row is filled up.
    rows = -(-len(places) // ROW)
    padded = np.resize(places, rows * ROW).reshape(rows, ROW)
    start = np.stack([padded % width, padded // width], axis=-1).astype(np.float32)
    return _averaged(values, flow, start, length, step).ravel()[: len(places)]


ROW = 4096
BOTH = np.ones((2, 2), dtype=np.float32)


def _grid(height: int, width: int) -> F32:
    """H x W x 2: x and y of each pixel."""
    grid = np.empty((height, width, 2), np.float32)
    grid[..., 0], grid[..., 1] = np.arange(width)[None], np.arange(height)[:, None]
    return grid


def _averaged(values: F32, flow: Flow, start: F32, length: float, step: float) -> F32:
    """Of the pixels at `start`, R x K x 2 whole numbers: R x K, or x C. Some rows at a time, so that what is read and
    written over and over stays in the processor's cache."""
    tangents = plain(cv2.merge([flow.dx, flow.dy]))
    means = np.empty((*start.shape[:2], *values.shape[2:]), np.float32)
    rows = max(1, STRIP // start.shape[1])
    for row in range(0, len(start), rows):
        strip = slice(row, row + rows)
        means[strip] = _averaged_strip(values, tangents, start[strip], length, step)
    return means


STRIP = 1 << 15
"""Pixels of a strip."""


def _averaged_strip(values: F32, tangents: F32, start: F32, length: float, step: float) -> F32:
    steps = max(1, round(length / 2 / step))
    first = _at(tangents, start, cv2.INTER_NEAREST)
    total, weights = _at(values, start, cv2.INTER_NEAREST), np.float32(1)
    position, sampled = np.empty_like(start), np.empty_like(total)
    direction, found, products = np.empty_like(start), np.empty_like(start), np.empty_like(start)
    for sign in (1.0, -1.0):
        position[:] = start
        np.multiply(first, np.float32(sign * step), out=direction)
        for index in range(1, steps + 1):
            position += direction
            weight = np.float32(0.5 + 0.5 * np.cos(np.pi * index / (steps + 1)))
            cv2.scaleAdd(_at(values, position, cv2.INTER_LINEAR, sampled), float(weight), total, total)
            weights += weight
            if index < steps:
                # Nearest neighbour: tangents have no sign, and interpolating between opposite ones gives nothing.
                _at(tangents, position, cv2.INTER_NEAREST, found)
                _turned_alike(found, direction, step, products)
                direction, found = found, direction
    total /= weights
    return total


def _turned_alike(tangents: F32, direction: F32, step: float, products: F32) -> None:
    """Tangents of length 1 turned to where `direction` goes and made `step` long, in place; `products` is overwritten."""
    np.multiply(tangents, direction, out=products)
    # In both channels their sum: several times as quick as numpy's sums and spreading over the last axis.
    cv2.transform(products, BOTH, products)
    tangents *= np.copysign(np.float32(step), products, out=products)


def _at(values: F32, position: F32, method: int, out: F32 | None = None) -> F32:
    remap: Any = cv2.remap  # the stubs do not know that a two-channel map stands alone
    return plain(remap(values, position, None, method, out, borderMode=cv2.BORDER_REFLECT_101))


def sample(values: F32, x: F32, y: F32, method: int = cv2.INTER_LINEAR) -> F32:
    return plain(cv2.remap(values, x, y, method, borderMode=cv2.BORDER_REFLECT_101))


def smooth(values: F32, sigma: float) -> F32:
    """Gaussian blur, `sigma` in pixels."""
    return plain(cv2.GaussianBlur(values, (0, 0), max(sigma, 0.1)))


def correlated(values: F32, kernel: F32, border: int = cv2.BORDER_REFLECT_101) -> F32:
    """`cv2.filter2D` with a square kernel of odd side that is 0 in much of it: only what is not 0 is handed over, since a
    small kernel is added up directly, and a large one goes through a Fourier transform."""
    used = np.nonzero(kernel)
    (top, bottom), (left, right) = ((int(axis.min()), int(axis.max()) + 1) for axis in used)
    middle = len(kernel) // 2
    # The sample that is computed must lie in the kernel.
    top, bottom = min(top, middle), max(bottom, middle + 1)
    left, right = min(left, middle), max(right, middle + 1)
    anchor = middle - left, middle - top
    cut = np.ascontiguousarray(kernel[top:bottom, left:right])
    return plain(cv2.filter2D(values, -1, cut, anchor=anchor, borderType=border))


def shrink(values: Any, width: int, height: int) -> Any:
    return plain(cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA))


def enlarge(values: Any, width: int, height: int) -> Any:
    return plain(cv2.resize(values, (width, height), interpolation=cv2.INTER_CUBIC))


def noise(height: int, width: int, seed: int) -> F32:
    """White noise, mean 0 and standard deviation 1, the same for the same seed."""
    return np.random.default_rng(seed).standard_normal((height, width), dtype=np.float32)


COARSE = 16.0
"""Lattice points to a pixel beyond which `canvas_noise` is averaged before it is blurred."""
CANVAS_SIDE = 1000.0
"""Length of the longer side of every picture in canvas units."""


def canvas_noise(height: int, width: int, sigma: float, seed: int) -> F32:
    """Gaussian noise of blur `sigma` canvas units, mean 0 and standard deviation about 1, H x W.

    Belongs to the canvas and not to the pixels: a picture of any size shows the same field, so that paper and
    strokes are where they were when a picture is enlarged. What is finer than a pixel is averaged away.
    """
    cell = max(sigma, 0.5)
    count = int(np.ceil(CANVAS_SIDE / cell)) + 5
    raw = np.random.default_rng(seed).standard_normal((count, count), dtype=np.float32)
    lattice = standardised(smooth(raw, sigma / cell))
    pixel = CANVAS_SIDE / max(height, width) / cell
    # Pixel centres to lattice points, two points away from its rim.
    first = 0.5 * pixel + 2
    if pixel > COARSE:
        # Of a tiny picture: a blur that wide over the whole lattice would take minutes.
        fewer = max(1, round(count * COARSE / pixel))
        lattice = shrink(lattice, fewer, fewer)
        pixel, first = pixel * fewer / count, (first + 0.5) * fewer / count - 0.5
    if pixel > 1:
        lattice = smooth(lattice, 0.5 * pixel)
    place = np.array([[pixel, 0, first], [0, pixel, first]], np.float64)
    method = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return plain(
        cv2.warpAffine(lattice, place, (width, height), flags=method, borderMode=cv2.BORDER_REFLECT_101)
    )


def standardised(values: F32) -> F32:
    """Mean 0, standard deviation 1."""
    mean, deviation = (float(each[0, 0]) for each in cv2.meanStdDev(values))
    scale = 1 / (deviation + 1e-6)
    return values * np.float32(scale) - np.float32(mean * scale)


def plain(values: Any) -> Any:
    """OpenCV's results as plain numpy arrays for the type checker; nothing is copied."""
    return np.asarray(values)


def _scharr(grey: F32, dx: int, dy: int) -> F32:
    return plain(cv2.Scharr(grey, cv2.CV_32F, dx, dy, scale=1 / 32))
