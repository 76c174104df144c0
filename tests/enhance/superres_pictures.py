"""Pictures and figures that the tests of the enlargement share."""

import numpy as np
from skimage import data

from bottega.enhance.superres.resample import imresize_u8


def photograph(name: str = "astronaut") -> np.ndarray:
    """A crop with fine detail, RGB, sides a multiple of 12; public domain or CC0 pictures that come with scikit-image."""
    crops = {
        "astronaut": (slice(0, 240), slice(120, 360)),
        "chelsea": (slice(24, 264), slice(96, 336)),
        "coffee": (slice(60, 300), slice(180, 420)),
        "rocket": (slice(120, 360), slice(240, 480)),
    }
    return np.ascontiguousarray(getattr(data, name)()[crops[name]])


def shrunk(picture: np.ndarray, factor: int) -> np.ndarray:
    """As the literature's test sets are made: antialiased bicubic, 8 bits."""
    return imresize_u8(picture, (picture.shape[1] // factor, picture.shape[0] // factor))


def psnr_y(made: np.ndarray, wanted: np.ndarray, border: int) -> float:
    """PSNR in dB of the BT.601 luma in [16, 235], `border` pixels left out on each side."""
    weights = np.array([65.481, 128.553, 24.966]) / 255
    inside = (slice(border, -border), slice(border, -border))
    difference = (made[inside].astype(np.float64) - wanted[inside]) @ weights
    return float(10 * np.log10(255**2 / np.mean(difference**2)))


def psnr(made: np.ndarray, wanted: np.ndarray) -> float:
    """PSNR in dB over all samples of two 8-bit pictures."""
    return float(10 * np.log10(255**2 / np.mean((made.astype(np.float64) - wanted) ** 2)))
