"""Dots moved one by one until their simulated burn looks like the picture to an eye (direct binary search).

M. Analoui, J. P. Allebach, Model-based halftoning using direct binary search, SPIE 1666, 1992; here with the
burn of the beam (`burn.cell_table`) as the printer's model, and a price on switching the beam.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import cv2
import numpy as np

from bottega.imaging.picture import F32
from bottega.laser.burn import LUT_BEAM, cell_table, neighbourhoods
from bottega.laser.dither import Bits, has_numba
from bottega.laser.tone import EYE_SIGMA_DOTS

_RADIUS = 8
_BAND = 64
_THREADS = 2
LARGE = 600_000
SWITCH = 2e-4
"""Price of a switch of the beam, as squared error of one cell: fewer switches are fewer words of G-code."""


def joined_share(beam: float) -> float:
    """How far neighbours of a row are taken as joined: wholly for a narrow beam, where separate dots could never
    burn black; half way for a wide one, where both models are near each other and the truth lies between."""
    return float(np.interp(beam, (1.1, 1.3), (1.0, 0.5)))


def refined(bits: Bits, wanted: F32, beam: float, sweeps: int | None = None, switch: float = SWITCH) -> Bits:
    """The dots after `sweeps` searches (None: three, two for large pictures); `wanted` is the grey to show, 0 = burnt, H x W float32, `beam` in dots.

    Without numba, or for a beam of more than three dots, the dots come back as they were.
    """
    if not has_numba() or beam > LUT_BEAM:
        return bits
    from bottega.laser import numba_dots

    move_dots = cast("Any", numba_dots.move_dots)  # compiled: it has no types to check

    if sweeps is None:
        sweeps = 3 if bits.size <= LARGE else 2
    pad = _RADIUS + 4
    table = cell_table(round(beam, 4), joined_share(beam))
    error = table[neighbourhoods(bits)] - (1 - wanted)
    wide = EYE_SIGMA_DOTS * 2**0.5
    offsets = np.arange(-_RADIUS, _RADIUS + 1)
    blur = np.exp(-0.5 * (offsets / wide) ** 2)
    blur /= blur.sum()
    kernel = blur.astype(np.float32)
    seen = cv2.sepFilter2D(
        np.pad(error, pad, mode="symmetric"), cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_REPLICATE
    )
    dots = np.pad(bits.astype(np.uint8), pad)
    half = kernel[_RADIUS:].copy()

    def sweep(first: int) -> int:
        last = min(first + _BAND, bits.shape[0])
        return int(move_dots(dots, table, seen, half, switch, first, last, pad))

    # Bands of one parity touch no common dot nor error: two threads give what one would.
    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in range(sweeps):
            changed = 0
            for parity in (0, _BAND):
                changed += sum(threads.map(sweep, range(parity, bits.shape[0], 2 * _BAND)))
            if changed == 0:
                break
    return dots[pad:-pad, pad:-pad].astype(np.bool_)
