"""Grey to dots: error diffusion, masks (Bayer, blue noise), halftone screens, threshold.

Tone correction is left to `tone`, the search for better dots to `refine`, grey by power to `grey`.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

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
# 6/8 of the error, which raises contrast); F. Sierra 1989; D. Burkes 1988. As collected in R. Ulichney, Digital Halftoning, MIT Press 1987.
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
    "sierra": Kernel(
        32,
        (
            *((0, 1, 5), (0, 2, 3)),
            *((1, -2, 2), (1, -1, 4), (1, 0, 5), (1, 1, 4), (1, 2, 2)),
            *((2, -1, 2), (2, 0, 3), (2, 1, 2)),
        ),
    ),
    "burkes": Kernel(32, ((0, 1, 8), (0, 2, 4), (1, -2, 2), (1, -1, 4), (1, 0, 8), (1, 1, 4), (1, 2, 2))),
    "atkinson": Kernel(8, ((0, 1, 1), (0, 2, 1), (1, -1, 1), (1, 0, 1), (1, 1, 1), (2, 0, 1))),
}
METHODS: Final = (
    *KERNELS,
    "blue-noise",
    "bayer",
    "bayer4",
    "halftone",
    "lines",
    "threshold",
)
GREY: Final = "grey"
"""Not a dither: the power follows the picture (`grey`)."""
SCREEN_PERIOD_DOTS = 8.0
SCREEN_ANGLE = 45.0


@dataclass(frozen=True, slots=True)
class Screen:
    """Of the halftones: distance of their dots or lines, in dots of the raster, and the angle in degrees."""

    period: float = SCREEN_PERIOD_DOTS
    angle: float = SCREEN_ANGLE


DEFAULT_SCREEN = Screen()


def has_numba() -> bool:
    """Whether the compiled loops of `numba_dots` can be used (extra `laser`)."""
    return find_spec("numba") is not None


def dither(grey: F32, method: str, screen: Screen = DEFAULT_SCREEN) -> Bits:
    """Dots for a grey picture: H x W float32, 0 = burnt, 1 = untouched. True in the result is a burnt dot.

    Error diffusion runs to and fro (serpentine) when numba is there, and in raster order without it. `screen` is
    that of "halftone" (round dots) and "lines". Raises InvalidOption for an unknown method or screen.
    """
    if method in KERNELS:
        kernel = KERNELS[method]
        return diffuse_compiled(grey, kernel) if has_numba() else diffuse_error(grey, kernel)
    if method in ("bayer", "bayer4"):
        return _below(grey, bayer_matrix(3 if method == "bayer" else 2))
    if method == "blue-noise":
        return _below(grey, blue_noise_mask())
    if method in ("halftone", "lines"):
        return np.asarray(
            grey < screen_thresholds(grey.shape[0], grey.shape[1], screen, lines=method == "lines")
        )
    if method == "threshold":
        return np.asarray(grey < 0.5)
    raise InvalidOption(f"There is no dither called {method!r}.", hint=f"Known: {', '.join(METHODS)}.")


def _below(grey: F32, mask: NDArray[np.float32]) -> Bits:
    rows, columns = grey.shape
    side = mask.shape[0]
    tiled = np.tile(mask, (-(-rows // side), -(-columns // side)))
    return np.asarray(grey < tiled[:rows, :columns])


@lru_cache(maxsize=1)
def blue_noise_mask() -> NDArray[np.float32]:
    """64 x 64 thresholds in (0, 1) without clusters or order: void and cluster (R. Ulichney, SPIE 1913, 1993).

    Made by `scripts/blue_noise_mask.py`.
    """
    ranks = np.load(Path(__file__).with_name("blue_noise.npy"), allow_pickle=False)
    return ((ranks + 0.5) / ranks.size).astype(np.float32)


def screen_thresholds(rows: int, columns: int, screen: Screen, *, lines: bool) -> NDArray[np.float32]:
    """Thresholds in (0, 1), evenly spread, of a halftone: dots that grow at the corners of a turned grid, or lines.

    Dots are Euclidean: round in the lights, square at half tone, round holes in the darks.
    Raises InvalidOption for periods outside 2 to 200 dots and for angles that are not numbers.
    """
    if not (2 <= screen.period <= 200 and abs(screen.angle) <= 360):
        raise InvalidOption(
            f"A halftone of {screen.period:g} dots at {screen.angle:g} degrees cannot be drawn.",
            hint="Its period can be 2 to 200 dots of the raster, its angle -360 to 360 degrees.",
        )
    turn = np.deg2rad(screen.angle)
    y = np.arange(rows, dtype=np.float32)[:, None] + np.float32(0.5)
    x = np.arange(columns, dtype=np.float32)[None, :] + np.float32(0.5)
    cosine, sine = np.float32(np.cos(turn) / screen.period), np.float32(np.sin(turn) / screen.period)
    along, across = x * cosine + y * sine, y * cosine - x * sine
    u, v = (np.abs(part - np.rint(part)) for part in (along, across))
    if lines:
        # Lines run along the angle: only the distance across counts, and it is evenly spread already.
        return (1 - 2 * v).clip(1e-6, 1 - 1e-6).astype(np.float32)
    swapped = u + v > 0.5
    near = np.where(swapped, np.hypot(0.5 - u, 0.5 - v), np.hypot(u, v))
    inner = np.minimum(_disc_share(near), 0.5)
    burnt_from = np.where(swapped, 1 - inner, inner)
    return (1 - burnt_from).clip(1e-6, 1 - 1e-6).astype(np.float32)


@lru_cache(maxsize=1)
def _disc_shares() -> NDArray[np.float32]:
    """Areas of discs of 4,097 radii 0 to 1/2 within the diamond |u| + |v| <= 1/2 around them (its area is 1/2)."""
    radius = np.linspace(0, 0.5, 4097)
    apothem = 0.5 / 2**0.5
    half = np.arccos(np.clip(apothem / np.maximum(radius, 1e-12), 0, 1))
    return (np.pi * radius**2 - 4 * (radius**2 * half - apothem * radius * np.sin(half))).astype(np.float32)


def _disc_share(radius: NDArray[np.float32]) -> NDArray[np.float32]:
    return _disc_shares()[np.minimum(radius * 8192 + 0.5, 4096).astype(np.int16)]


def diffuse_compiled(grey: F32, kernel: Kernel, *, serpentine: bool = True) -> Bits:
    """Error diffusion by the compiled loop, to and fro or in raster order. Needs numba."""
    from bottega.laser import numba_dots

    diffuse = cast("Any", numba_dots.diffuse)  # compiled: it has no types to check

    taps = np.array([(dy, dx, weight / kernel.divisor) for dy, dx, weight in kernel.taps], np.float32)
    return diffuse(np.ascontiguousarray(grey, np.float32), taps, serpentine)


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
