"""The likeness of two pictures of the same size: PSNR, SSIM, MS-SSIM, GMSD and CIEDE2000. Without a reference: `alone`."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar, to_float
from bottega.errors import InvalidOption
from bottega.imaging import metrics
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.colour_difference import ciede2000
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Wang, Simoncelli & Bovik (2003), "Multi-scale structural similarity", section 3.2."""
GMSD_C = 170.0
"""Xue et al. (2014), "Gradient magnitude similarity deviation", for 8-bit levels."""
BAND = 512
"""Rows that are converted to Lab at a time."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """psnr: dB over the channels, inf for equal pictures. ssim, ms_ssim: of the luma, 1 for equal ones; None where the
    pictures are too small (11 and 176 pixels a side). gmsd: 0 for equal ones. delta_e, delta_e_95: mean and 95th
    percentile of CIEDE2000."""

    psnr: float
    ssim: float | None
    ms_ssim: float | None
    gmsd: float
    delta_e: float
    delta_e_95: float

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: an infinite PSNR is None."""
        return asdict(self) | {"psnr": self.psnr if math.isfinite(self.psnr) else None}


def compare(first: NDArray[Scalar], second: NDArray[Scalar]) -> Likeness:
    """H x W x 3, gamma-encoded sRGB. Raises InvalidOption for pictures of different shapes or types."""
    if first.shape != second.shape or first.dtype != second.dtype:
        raise InvalidOption("Only pictures of the same size and kind can be compared.")
    a, b = _comparable(first), _comparable(second)
    smallest = min(first.shape[:2])
    differences = _delta_e(first, second)
    return Likeness(
        psnr=metrics.psnr(a, b),
        ssim=metrics.ssim(a, b) if smallest >= metrics.SSIM_WINDOW else None,
        ms_ssim=ms_ssim(a, b) if smallest >= metrics.SSIM_WINDOW * 2**4 else None,
        gmsd=gmsd(a, b),
        delta_e=float(differences.mean(dtype=np.float64)),
        delta_e_95=float(np.percentile(differences, 95)),
    )


def _comparable(rgb: NDArray[Any]) -> Any:
    """uint8 as it is, all else as float32 in [0, 1]: the two types that `imaging.metrics` knows."""
    return rgb if rgb.dtype == np.uint8 else to_float(rgb)


def ms_ssim(first: Any, second: Any) -> float:
    """Multi-scale SSIM of the luma over five scales, each half the size of the one before by means of 2 x 2 pixels.

    Negative structure terms, which have no real power, count as 0. Raises InvalidOption below 176 pixels a side.
    """
    a, b = metrics.to_luma(first), metrics.to_luma(second)
    if a.shape != b.shape or min(a.shape) < metrics.SSIM_WINDOW * 2**4:
        raise InvalidOption("MS-SSIM needs two pictures of the same size, of at least 176 x 176 pixels.")
    product = 1.0
    for scale, weight in enumerate(SCALE_WEIGHTS):
        brightness, structure = _ssim_terms(a, b)
        term = structure * brightness if scale == len(SCALE_WEIGHTS) - 1 else structure
        product *= max(0.0, float(term[5:-5, 5:-5].mean(dtype=np.float64))) ** weight
        a, b = _halved(a), _halved(b)
    return product


def _ssim_terms(a: Any, b: Any) -> tuple[F32, F32]:
    """(l, cs) of Wang et al. (2004)."""

    def mean(values: Any) -> Any:
        window = (metrics.SSIM_WINDOW, metrics.SSIM_WINDOW)
        return np.asarray(cv2.GaussianBlur(values, window, metrics.SSIM_SIGMA), dtype=np.float32)

    # Centred values lose no digits of the variance in float32.
    centre = np.float32((a.mean(dtype=np.float64) + b.mean(dtype=np.float64)) / 2)
    p, q = a - centre, b - centre
    mean_p, mean_q = mean(p), mean(q)
    var_p, var_q = mean(p * p) - mean_p * mean_p, mean(q * q) - mean_q * mean_q
    both = mean(p * q) - mean_p * mean_q
    mean_a, mean_b = mean_p + centre, mean_q + centre
    c1, c2 = np.float32(metrics.SSIM_K1**2), np.float32(metrics.SSIM_K2**2)
    brightness = (2 * mean_a * mean_b + c1) / (mean_a * mean_a + mean_b * mean_b + c1)
    return brightness, (2 * both + c2) / (var_p + var_q + c2)


def _halved(plane: F32) -> F32:
    height, width = (side // 2 * 2 for side in plane.shape)
    return cv2.resize(plane[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA).astype(
        np.float32, copy=False
    )


def gmsd(first: Any, second: Any) -> float:
    """Gradient magnitude similarity deviation of the luma: Prewitt gradients at half size, 0 for equal pictures."""
    a, b = (_halved(metrics.to_luma(each) * np.float32(255)) for each in (first, second))
    if min(a.shape) < 3:
        return 0.0
    kernel = np.repeat(np.array([[1, 0, -1]], np.float32) / 3, 3, axis=0)

    def magnitude(plane: F32) -> F32:
        return np.hypot(cv2.filter2D(plane, cv2.CV_32F, kernel), cv2.filter2D(plane, cv2.CV_32F, kernel.T))

    m, n = magnitude(a), magnitude(b)
    return float(((2 * m * n + GMSD_C) / (m * m + n * n + GMSD_C)).std(dtype=np.float64))


def _delta_e(first: NDArray[Scalar], second: NDArray[Scalar]) -> F32:
    found = np.empty(first.shape[:2], np.float32)
    for top in range(0, first.shape[0], BAND):
        rows = slice(top, top + BAND)
        found[rows] = ciede2000(rgb_to_lab(to_float(first[rows])), rgb_to_lab(to_float(second[rows])))
    return found
