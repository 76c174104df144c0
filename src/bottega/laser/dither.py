"""Grey to dots: error diffusion, ordered dither and threshold. Tone correction is left to `tone`."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32

Bits = NDArray[np.bool_]
"""H x W; True is a burnt dot."""


class Kernel(NamedTuple):
    """Where the error of a pixel goes: (rows down, columns right, weight); weights are parts of `divisor`."""

    divisor: int
    taps: tuple[tuple[int, int, int], ...]


# Floyd & Steinberg 1976; Jarvis, Judice & Ninke 1976; Stucki 1981; Atkinson (Apple, about 1984; it keeps
# 6/8 of the error, which raises contrast). As collected in R. Ulichney, Digital Halftoning, MIT Press 1987.
KERNELS: Final[dict[str, Kernel]] = {
    "floyd-steinberg": Kernel(16, ((0, 1, 7), (1, -1, 3), (1, 0, 5), (1, 1, 1))),
    "jarvis": Kernel(
        48,
        (
            *((0, 1, 7), (0, 2, 5)),
            *((1, -2, 3), (1, -1, 5), (1, 0, 7), (1, 1, 5), (1, 2, 3)),
            *((2, -2, 1), (2, -1, 3), (2, 0, 5), (2, 1, 3), (2, 2, 1)),
        ),
    ),
    "stucki": Kernel(
        42,
        (
            *((0, 1, 8), (0, 2, 4)),
            *((1, -2, 2), (1, -1, 4), (1, 0, 8), (1, 1, 4), (1, 2, 2)),
            *((2, -2, 1), (2, -1, 2), (2, 0, 4), (2, 1, 2), (2, 2, 1)),
        ),
    ),
    "atkinson": Kernel(8, ((0, 1, 1), (0, 2, 1), (1, -1, 1), (1, 0, 1), (1, 1, 1), (2, 0, 1))),
}
METHODS: Final = (*KERNELS, "bayer", "threshold")


def dither(grey: F32, method: str) -> Bits:
    """Dots for a grey picture: H x W float32, 0 = burnt, 1 = untouched. True in the result is a burnt dot.

    Raises InvalidOption for an unknown method.
    """
    if method in KERNELS:
        return diffuse_error(grey, KERNELS[method])
    if method == "bayer":
        rows, columns = grey.shape
        matrix = np.tile(bayer_matrix(3), (-(-rows // 8), -(-columns // 8)))
        return np.asarray(grey < matrix[:rows, :columns])
    if method == "threshold":
        return np.asarray(grey < 0.5)
    raise InvalidOption(f"There is no dither called {method!r}.", hint=f"Known: {', '.join(METHODS)}.")


def diffuse_error(grey: F32, kernel: Kernel) -> Bits:
    """Error diffusion in raster order, each pixel burnt when it and what it received is below 0.5.

    The pixels of a skewed front (same x + skew * y) do not depend on each other, so that a front is computed
    at once; sums run in the order of the kernel's table, in float64, which makes the result bit for bit
    that of the pixel-by-pixel definition. Errors that leave the picture are dropped.
    """
    rows, columns = grey.shape
    # A front must come after every pixel that feeds it: dx < skew * dy for taps that come from the right.
    skew = 1 + max(-min(dx for _, dx, _ in kernel.taps), 1)
    lags = [(dx + skew * dy, dy, weight / kernel.divisor) for dy, dx, weight in kernel.taps]
    reach = max(dy for _, dy, _ in lags)
    width = max(columns, skew + 1)  # the diagonal's stride below must be positive
    source = np.zeros((rows, width), np.float64)
    source[:, :columns] = grey
    bits = np.zeros((rows, width), np.bool_)
    flat, flat_bits, stride = source.reshape(-1), bits.reshape(-1), width - skew
    # Errors of the last fronts by row, with `reach` rows of zeros above the picture.
    ring = np.zeros((max(lag for lag, _, _ in lags) + 1, rows + reach), np.float64)
    part = np.empty(rows, np.float64)
    for front in range(columns + skew * (rows - 1)):
        top = max(0, -(-(front - columns + 1) // skew))
        bottom = min(rows - 1, front // skew) + 1
        start = front + top * stride
        diagonal = slice(start, start + (bottom - top - 1) * stride + 1, stride)
        value = flat[diagonal].copy()
        product = part[: bottom - top]
        for lag, dy, weight in lags:
            errors = ring[(front - lag) % len(ring)]
            np.multiply(errors[top - dy + reach : bottom - dy + reach], weight, out=product)
            value += product
        burnt = value < 0.5
        flat_bits[diagonal] = burnt
        now = ring[front % len(ring)]
        now.fill(0)
        np.subtract(value, 1.0, out=value, where=~burnt)
        now[top + reach : bottom + reach] = value
    return bits[:, :columns]


def bayer_matrix(order: int) -> NDArray[Any]:
    """Thresholds in (0, 1) of the 2^order ordered dither (B. E. Bayer, ICC 1973), float32."""
    index = np.zeros((1, 1), np.int64)
    for _ in range(order):
        index = np.block([[4 * index, 4 * index + 2], [4 * index + 3, 4 * index + 1]])
    return ((index + 0.5) / index.size).astype(np.float32)
