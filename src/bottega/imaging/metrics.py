"""What can be measured in a picture: sharpness, clipping, noise, contrast, detail, likeness. Judging is left to others.

Pictures are H x W x 3 (or H x W grey), RGB, uint8 or float32 in [0, 1], gamma-encoded. All measures but
`clipping` look at the luma Y' (BT.709).
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]

BLOCK = 16
"""Side of the blocks, in pixels, into which `noise` and `detail` cut a picture."""

FLAT_LEVELS = 3.0
"""Standard deviation within a block, in 8-bit levels, up to which `detail` calls it flat."""

SSIM_WINDOW = 11
"""Wang et al. (2004): 11 x 11 Gaussian window of sigma 1.5, K1 = 0.01, K2 = 0.03."""
SSIM_SIGMA, SSIM_K1, SSIM_K2 = 1.5, 0.01, 0.03
_SSIM_BAND = 512


def to_luma(picture: U8 | F32) -> F32:
    """Y' in [0, 1], H x W."""
    values = picture.astype(np.float32) / np.float32(255 if picture.dtype == np.uint8 else 1)
    return values if values.ndim == 2 else luma(values)


def sharpness(picture: U8 | F32) -> float:
    """Variance of the Laplacian of Gaussian (sigma 1 pixel) over the variance of the luma; 0 for a flat picture.

    The variance of the Laplacian is the usual focus measure (Pech-Pacheco et al., 2000). The Gaussian keeps
    pixel noise from counting as sharpness; the division makes pictures of different contrast comparable. It
    still depends on the scale: compare pictures brought to the same size. Sharp photographs of half a megapixel
    measure 0.009 to 0.025, the same blurred with sigma 1.5 0.002 to 0.004.
    """
    grey = to_luma(picture)
    spread = float(grey.var(dtype=np.float64))
    if spread < 1e-8:
        return 0.0
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0, borderType=cv2.BORDER_REFLECT_101)
    edges = np.asarray(cv2.Laplacian(smooth, cv2.CV_32F, borderType=cv2.BORDER_REFLECT_101))
    return float(edges.var(dtype=np.float64)) / spread


def clipping(picture: U8 | F32) -> float:
    """Share of pixels, 0 to 1, without tone left: the largest channel is within one 8-bit level of black (crushed)
    or of white (blown)."""
    largest = picture if picture.ndim == 2 else picture.max(axis=2)
    level = 1 if picture.dtype == np.uint8 else 1 / 255
    top = 255 if picture.dtype == np.uint8 else 1.0
    return float(((largest <= level) | (largest >= top - level)).mean())


def noise(picture: U8 | F32) -> float:
    """Standard deviation of the luma's noise in 8-bit levels, after Immerkaer (1996), "Fast noise variance
    estimation".

    The operator also answers to texture, so it is averaged per block of 16 x 16 pixels, and the median is
    taken over the quarter of the blocks that deviate least once neighbours are averaged, which hides little
    structure and much noise. Blocks at the ends of the range are left out, because clipping hides noise; 0 when nothing else is
    there. A picture smaller than two blocks on a side is taken as one.
    """
    grey = to_luma(picture) * np.float32(255)
    if min(grey.shape) < 3:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    answer = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel)[1:-1, 1:-1])
    scale = math.sqrt(math.pi / 2) / 6
    if min(answer.shape) < 2 * BLOCK:
        return float(answer.mean()) * scale
    inner = grey[1:-1, 1:-1]
    level = _block_means(inner)
    usable = (level > 4) & (level < 251)
    if not usable.any():
        return 0.0
    smooth: F32 = cv2.blur(grey, (2, 2))[1:-1, 1:-1].astype(np.float32, copy=False)
    structure = _block_deviations(smooth)[usable]
    flattest = structure <= np.quantile(structure, 0.25)
    return float(np.median(_block_means(answer)[usable][flattest])) * scale


def contrast(picture: U8 | F32) -> float:
    """RMS contrast (Peli, 1990): the standard deviation of the luma, 0 to 0.5."""
    return float(to_luma(picture).std(dtype=np.float64))


def detail(picture: U8 | F32) -> float:
    """Share of the area, 0 to 1, that is not flat: blocks of 16 x 16 pixels whose luma deviates by more than three
    8-bit levels. A picture smaller than one block on a side counts as one."""
    grey = to_luma(picture) * np.float32(255)
    if min(grey.shape) < BLOCK:
        return float(grey.std(dtype=np.float64) > FLAT_LEVELS)
    return float((_block_deviations(grey) > FLAT_LEVELS).mean())


def ssim(first: U8 | F32, second: U8 | F32) -> float:
    """Structural similarity, Wang et al. (2004), "Image quality assessment: from error visibility to structural
    similarity": mean over the luma, -1 to 1, 1 for equal pictures.

    The mean leaves out a border of five pixels, where the window would leave the picture. Raises InvalidOption
    for pictures of different sizes or smaller than the window.
    """
    _check_same_size(first, second)
    a, b = to_luma(first), to_luma(second)
    height, width = a.shape
    margin = SSIM_WINDOW // 2
    if min(height, width) < SSIM_WINDOW:
        raise InvalidOption(f"SSIM needs pictures of at least {SSIM_WINDOW} x {SSIM_WINDOW} pixels.")
    total, count = 0.0, 0
    # Bands of rows, each with the margin that its windows need, so that large pictures fit into memory.
    for top in range(margin, height - margin, _SSIM_BAND):
        bottom = min(top + _SSIM_BAND, height - margin)
        rows = slice(top - margin, bottom + margin)
        inner = _ssim_map(a[rows].astype(np.float64), b[rows].astype(np.float64))
        inner = inner[margin:-margin, margin:-margin]
        total += float(inner.sum())
        count += inner.size
    return total / count


def psnr(first: U8 | F32, second: U8 | F32) -> float:
    """Peak signal-to-noise ratio over all channels in dB; infinite for equal pictures. Raises InvalidOption for
    pictures of different sizes."""
    _check_same_size(first, second)
    top = 255.0 if first.dtype == np.uint8 else 1.0
    error = first.astype(np.float32) - second.astype(np.float32)
    mean = float(np.square(error, dtype=np.float32).mean(dtype=np.float64))
    return math.inf if mean == 0 else 10 * math.log10(top * top / mean)


def _ssim_map(a: F64, b: F64) -> F64:
    def mean(values: F64) -> F64:
        window = (SSIM_WINDOW, SSIM_WINDOW)
        return np.asarray(cv2.GaussianBlur(values, window, SSIM_SIGMA), dtype=np.float64)

    mean_a, mean_b = mean(a), mean(b)
    var_a = mean(a * a) - mean_a * mean_a
    var_b = mean(b * b) - mean_b * mean_b
    both = mean(a * b) - mean_a * mean_b
    c1, c2 = SSIM_K1**2, SSIM_K2**2
    return ((2 * mean_a * mean_b + c1) * (2 * both + c2)) / (
        (mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2)
    )


def _blocks(grey: F32) -> F32:
    """H x W -> rows x columns x 256; what is left at the right and bottom edges is dropped."""
    rows, columns = grey.shape[0] // BLOCK, grey.shape[1] // BLOCK
    cut = grey[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return cut.swapaxes(1, 2).reshape(rows, columns, BLOCK * BLOCK)


def _block_means(grey: F32) -> F32:
    return _blocks(grey).mean(axis=2)


def _block_deviations(grey: F32) -> F32:
    return _blocks(grey).std(axis=2)


def _check_same_size(first: U8 | F32, second: U8 | F32) -> None:
    if first.shape != second.shape or first.dtype != second.dtype:
        raise InvalidOption("Only pictures of the same size and kind can be compared.")
