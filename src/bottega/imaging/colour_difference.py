"""The difference of two colours as people see it: CIEDE2000."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


def ciede2000(first: ArrayLike, second: ArrayLike) -> F64:
    """Colour difference CIEDE2000 of Lab colours, `... x 3` each, broadcast against each other -> `...`.

    CIE 142-2001 in the form of G. Sharma, W. Wu, E. Dalal, Color Research and Application 30(1), 2005, with
    kL = kC = kH = 1.
    """
    one, two = np.broadcast_arrays(np.asarray(first, np.float64), np.asarray(second, np.float64))
    mean_chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(two[..., 1], two[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
    a1, a2 = one[..., 1] * stretch, two[..., 1] * stretch
    c1, c2 = np.hypot(a1, one[..., 2]), np.hypot(a2, two[..., 2])
    h1 = np.degrees(np.arctan2(one[..., 2], a1)) % 360
    h2 = np.degrees(np.arctan2(two[..., 2], a2)) % 360
    grey = c1 * c2 == 0
    turn = np.where(grey, 0.0, (h2 - h1 + 180) % 360 - 180)
    # A half turn counts as +180, as in the paper's equation 10.
    turn = np.where((turn == -180) & (h2 - h1 > 0), 180.0, turn)
    around = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    apart = np.abs(h1 - h2) > 180
    mean_hue = np.where(apart, (h1 + h2 + np.where(h1 + h2 < 360, 360, -360)) / 2, (h1 + h2) / 2)
    mean_hue = np.where(grey, h1 + h2, mean_hue)
    lightness, chroma = (one[..., 0] + two[..., 0]) / 2, (c1 + c2) / 2
    return _weighted(two[..., 0] - one[..., 0], c2 - c1, around, lightness, chroma, mean_hue)


def _weighted(by_l: F64, by_c: F64, by_h: F64, lightness: F64, chroma: F64, hue: F64) -> F64:
    wave = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    off_middle = (lightness - 50) ** 2
    scale_l = 1 + 0.015 * off_middle / np.sqrt(20 + off_middle)
    scale_c, scale_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * wave
    bend = 30 * np.exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(2 * bend))
    by_l, by_c, by_h = by_l / scale_l, by_c / scale_c, by_h / scale_h
    return np.sqrt(np.maximum(by_l**2 + by_c**2 + by_h**2 + rotation * by_c * by_h, 0))
