"""What a round beam leaves of a raster of dots: the model behind the tone correction and the preview.

The beam is a solid disc that burns whatever it passes, moved from the centre of a run's first dot to the
centre of its last one; a lone dot is one disc. (G-code runs reach half a dot further at both ends, where the
moving beam leaves only part of its dose: the model lies between the two.) Heat, smoke and soft beam edges
are not modelled: a test on the material itself has the last word.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8
from bottega.laser.dither import Bits

SUBPIXELS = 8
"""Sample points per dot and axis for coverages: the area of a disc as wide as a dot comes out within 1 %."""
MAX_BEAM = 8.0
LUT_BEAM = 3.0
"""Up to this width only the eight neighbours of a cell reach into it, so that 512 cases say everything."""
_LUT_SAMPLES = 32


def coverage(bits: Bits, beam: float, samples: int = SUBPIXELS) -> F32:
    """The burnt share of each dot's cell: H x W float32 in [0, 1].

    `beam` is the width of a burnt line in dots (beam width / pitch). Raises InvalidOption beyond (0, 8].
    """
    if 0 < beam <= LUT_BEAM and samples == SUBPIXELS:
        return cell_table(round(beam, 4), 1.0)[neighbourhoods(bits)]
    return _sampled(bits, beam, samples, 1)


def coverage_of_round_dots(bits: Bits, beam: float) -> F32:
    """The burnt share of each cell when every dot is one round spot, and nothing joins two dots of a run.

    For a beam that flashes on each dot (dot mode). H x W float32; raises InvalidOption for `beam` beyond (0, 3].
    """
    if not 0 < beam <= LUT_BEAM:
        raise InvalidOption(f"Round dots {beam:g} lines wide cannot be simulated; up to {LUT_BEAM:g} can.")
    return cell_table(round(beam, 4), 0.0)[neighbourhoods(bits)]


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
            discs, lines = _reach(i, j, samples, beam)
            burnt = _dilate(dots, discs)
            count[j // step] += np.maximum(burnt, _dilate(pairs, lines))
        for j, burnt in enumerate(count):
            out[:, i // step, :, j] += burnt
    out /= step * step
    return out.reshape(rows * scale, columns * scale)


def neighbourhoods(bits: Bits) -> NDArray[np.int16]:
    """The 3 x 3 dots around each cell as a number, bit 3 * row + column; outside the picture nothing burns."""
    around = np.zeros((bits.shape[0] + 2, bits.shape[1] + 2), np.int16)
    around[1:-1, 1:-1] = bits
    rows = around[:, :-2] + 2 * around[:, 1:-1] + 4 * around[:, 2:]
    return np.asarray(rows[:-2] + 8 * rows[1:-1] + 64 * rows[2:], np.int16)


@lru_cache(maxsize=128)
def cell_table(beam: float, joined: float) -> F32:
    """The burnt share of a cell for each of the 512 ways in which it and its eight neighbours are burnt.

    `joined`: 1 for a beam that stays on between neighbours of a row, 0 for separate round dots, in between
    for the mean of both. 512 float32.
    """
    step = (np.arange(_LUT_SAMPLES) + 0.5) / _LUT_SAMPLES - 0.5
    v, u = step[:, None], step[None, :]
    offsets = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    discs = np.array([np.hypot(v - dy, u - dx).ravel() <= beam / 2 for dy, dx in offsets])
    lines = np.array(
        [
            ((abs(v - dy) <= beam / 2) & (u >= dx) & (u <= dx + 1)).ravel()
            if dx < 1
            else np.zeros(step.size**2, np.bool_)
            for dy, dx in offsets
        ]
    )
    cases = (np.arange(512)[:, None] >> np.arange(9)) & 1
    pairs = cases.copy()
    pairs[:, :-1] &= cases[:, 1:]
    dots = cases.astype(np.float32) @ discs.astype(np.float32) > 0
    runs = dots | (pairs.astype(np.float32) @ lines.astype(np.float32) > 0)
    return (joined * runs.mean(axis=1) + (1 - joined) * dots.mean(axis=1)).astype(np.float32)


def _dilate(dots: U8, kernel: U8) -> U8:
    if not kernel.any():
        return np.zeros_like(dots)  # OpenCV would take an empty kernel for a single dot
    return np.asarray(
        cv2.dilate(dots, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0)), np.uint8
    )


def _points(i: int, j: int, samples: int) -> tuple[float, float]:
    """Sample (i, j) of a cell, (v, u) in [0, 1): the canonical multi-jittered set, in which no two samples share
    a row or a column (K. Chiu, P. Shirley, C. Wang, Graphics Gems IV, 1994)."""
    return (i + (j + 0.5) / samples) / samples, (j + (i + 0.5) / samples) / samples


@lru_cache(maxsize=2048)
def _reach(i: int, j: int, samples: int, beam: float) -> tuple[U8, U8]:
    """Which dots, and which pairs with their right neighbour, reach sample (i, j): two odd square kernels."""
    v, u = _points(i, j, samples)
    radius, half = _radii(samples, beam)
    offset = np.arange(-_cells(beam), _cells(beam) + 1, dtype=np.float64) + 0.5
    down, right = offset[:, None] - v, offset[None, :] - u
    discs = (np.hypot(down, right) <= radius).astype(np.uint8)
    lines = ((np.abs(down) <= half) & (right <= 0) & (right + 1 > 0)).astype(np.uint8)
    return discs, lines


@lru_cache(maxsize=64)
def _radii(samples: int, beam: float) -> tuple[float, float]:
    """The radius and the half width at which the samples inside a disc, and beside a line, are as many as
    their areas say: beam / 2 itself is off by up to 6 % of the area with eight samples."""
    cells = np.arange(-_cells(beam), _cells(beam) + 1, dtype=np.float64) + 0.5
    points = [_points(i, j, samples) for i in range(samples) for j in range(samples)]
    v, u = np.array(points).T
    down, right = cells[:, None, None] - v, cells[None, :, None] - u
    radius = _rank(np.hypot(down, right).ravel(), np.pi / 4 * beam * beam * samples**2)
    return radius, _rank(np.abs(cells[:, None] - v).ravel(), beam * samples**2)


def _rank(distances: NDArray[np.float64], count: float) -> float:
    """The distance below which `count` of the distances lie."""
    ordered = np.sort(distances)
    inside = max(1, round(count))
    return float((ordered[inside - 1] + ordered[inside]) / 2)


def _cells(beam: float) -> int:
    """Neighbours on each side that can reach into a cell."""
    return int(np.ceil(beam / 2 + 0.5))
