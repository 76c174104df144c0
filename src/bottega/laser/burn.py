"""What a round beam leaves of a raster of dots: the model behind the tone correction and the preview.

The beam is a solid disc that burns whatever it passes, moved from the centre of a run's first dot to the
centre of its last one; a lone dot is one disc. (G-code runs reach half a dot further at both ends, where the
moving beam leaves only part of its dose: the model lies between the two.) Heat, smoke and soft beam edges
are not modelled: a test on the material itself has the last word.
"""

from functools import lru_cache

import cv2
import numpy as np

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8
from bottega.laser.dither import Bits

SUBPIXELS = 8
"""Sample points per dot and axis for coverages: the area of a disc as wide as a dot comes out within 1 %."""
MAX_BEAM = 8.0


def coverage(bits: Bits, beam: float, samples: int = SUBPIXELS) -> F32:
    """The burnt share of each dot's cell: H x W float32 in [0, 1].

    `beam` is the width of a burnt line in dots (beam width / pitch). Raises InvalidOption beyond (0, 8].
    """
    return _sampled(bits, beam, samples, 1)


def coverage_magnified(bits: Bits, beam: float, scale: int) -> F32:
    """The same at `scale` pixels per dot and axis: (H * scale) x (W * scale) float32 in [0, 1]."""
    return _sampled(bits, beam, max(2, SUBPIXELS // (2 * scale)) * scale, scale)


def _sampled(bits: Bits, beam: float, samples: int, scale: int) -> F32:
    if not 0 < beam <= MAX_BEAM:
        raise InvalidOption(
            f"The beam is {beam:g} times as wide as the line interval; up to {MAX_BEAM:g} can be simulated.",
            hint="Use a coarser interval.",
        )
    dots = bits.view(np.uint8)
    # Pairs of neighbouring burnt dots: between their centres the beam stays on.
    pairs = np.zeros_like(dots)
    pairs[:, :-1] = dots[:, :-1] & dots[:, 1:]
    step = samples // scale
    rows, columns = dots.shape
    out = np.zeros((rows, scale, columns, scale), np.float32)
    for i in range(samples):
        count = [np.zeros(dots.shape, np.uint8) for _ in range(scale)]
        for j in range(samples):
            count[j // step] += _burnt_at(dots, pairs, (i + 0.5) / samples, (j + 0.5) / samples, beam)
        for j, burnt in enumerate(count):
            out[:, i // step, :, j] += burnt
    out /= step * step
    return out.reshape(rows * scale, columns * scale)


def _burnt_at(dots: U8, pairs: U8, v: float, u: float, beam: float) -> U8:
    """1 where the beam passed the point (v, u) of a cell, (0, 0) being its upper left corner."""
    discs, lines = _reach(v, u, beam)
    burnt = _dilate(dots, discs)
    if lines is not None:
        np.maximum(burnt, _dilate(pairs, lines), out=burnt)
    return burnt


def _dilate(dots: U8, kernel: U8) -> U8:
    return np.asarray(
        cv2.dilate(dots, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0)), np.uint8
    )


@lru_cache(maxsize=2048)
def _reach(v: float, u: float, beam: float) -> tuple[U8, U8 | None]:
    """Which dots, and which pairs with their right neighbour, reach the point (v, u): two odd square kernels."""
    radius = beam / 2
    size = int(np.ceil(radius + 0.5))
    offset = np.arange(-size, size + 1, dtype=np.float64) + 0.5
    down, right = offset[:, None] - v, offset[None, :] - u
    discs = (down**2 + right**2 <= radius**2).astype(np.uint8)
    lines = ((np.abs(down) <= radius) & (right <= 0) & (right + 1 >= 0)).astype(np.uint8)
    return discs, lines if lines.any() else None
