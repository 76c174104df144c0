"""How like two frames are: whether the scene changed between them, or nothing did."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from bottega.enhance.interpolate.motion import Search, dense_search, eight_bit, luma8, warp
from bottega.enhance.interpolate.samples import Frame
from bottega.imaging.picture import F32, U8

SEARCH = Search(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM, 1, 3, 25, 5, False)
"""With few descents large motion of a small picture is not found, and would count as a cut."""
SMALL = 160
"""Pixels of the longer side that cuts are judged at."""
BINS = 32
CELL = 8
"""Pixels; differences are averaged over cells of this side, so that grain does not count as motion."""
DUPLICATE = 1.75
"""Of 255: no cell of a duplicate differs by more. Grain of sigma 2 moves the worst cell by 1.2, a shift of a tenth of a
pixel the sharpest by 4."""
DRIFT = 0.6
"""Of 255: a frame whose mean differs by more is part of a fade, not a duplicate."""
CUT = 0.6
"""Score above which two frames without neighbours are of different scenes. Measured: 0.3 and less within scenes with
large motion, 0.75 and more between scenes."""
LEAST_CUT = 0.5
CLEAR = 1.8
"""A cut stands out of its calmer neighbour by this factor; a strobe or a shaken camera differs as much on both sides."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`histogram`: earth mover's distance of the luma histograms, in [0, 1]; `difference`: mean absolute difference,
    in [0, 1]; `unexplained`: share of the difference to be expected of unrelated pictures that is left after moving one
    onto the other, about 0 for one scene, about 1 for two; `largest_cell`: largest difference of a cell's mean, and
    `drift`: difference of the whole frame's mean, in 8 bit values."""

    histogram: float
    difference: float
    unexplained: float
    largest_cell: float
    drift: float

    @property
    def score(self) -> float:
        """Evidence for a cut."""
        return self.unexplained + 2 * self.histogram

    @property
    def is_duplicate(self) -> bool:
        return self.largest_cell <= DUPLICATE and self.drift <= DRIFT


def likeness(a: Frame, b: Frame) -> Likeness:
    """Of two frames of the same shape and type; see `samples.Frame`."""
    largest, drift = _cells(eight_bit(a), eight_bit(b))
    small_a, small_b = _small(luma8(a)), _small(luma8(b))
    difference = float(cv2.norm(small_a, small_b, cv2.NORM_L1)) / small_a.size / 255
    if largest <= DUPLICATE:
        return Likeness(0.0, difference, 0.0, largest, drift)
    return Likeness(
        _earth_mover(small_a, small_b), difference, _unexplained(small_a, small_b), largest, drift
    )


def is_cut(here: Likeness, before: Likeness | None = None, after: Likeness | None = None) -> bool:
    """Whether a scene ends between two frames. `before`: the likeness of the pair in front of them, `after`: of the
    pair behind; with them lesser differences count too, if they stand out, and strobing does not."""
    around = [each.score for each in (before, after) if each is not None]
    return here.score > (max(LEAST_CUT, CLEAR * min(around)) if around else CUT)


def _small(luma: U8) -> U8:
    scale = SMALL / max(luma.shape)
    if scale >= 1:
        return luma
    size = (max(1, round(luma.shape[1] * scale)), max(1, round(luma.shape[0] * scale)))
    return cast("U8", cv2.resize(luma, size, interpolation=cv2.INTER_AREA))


def _cells(a: U8, b: U8) -> tuple[float, float]:
    """Largest difference of a cell's mean in any channel, and the largest of a channel's mean."""
    height, width = a.shape[:2]
    size = (max(1, width // CELL), max(1, height // CELL))
    apart = cv2.subtract(a, b, dtype=cv2.CV_16S).reshape(a.shape)
    # Averaged before rounding: the mean of rounded means would hide half a level.
    means = cv2.resize(apart.astype(np.float32), size, interpolation=cv2.INTER_AREA).reshape(-1, a.shape[2])
    return float(np.abs(means).max()), float(np.abs(means.mean(axis=0)).max())


def _earth_mover(a: U8, b: U8) -> float:
    shares = [np.cumsum(np.bincount(each.ravel() >> 3, minlength=BINS)) / each.size for each in (a, b)]
    return float(np.abs(shares[0] - shares[1]).mean())


def _unexplained(a: U8, b: U8) -> float:
    moved = warp(b, dense_search(a, b, SEARCH))
    left = float(np.mean(cv2.absdiff(moved, a)))
    return left / (_unrelated(a, b) + 2)


def _unrelated(a: U8, b: U8) -> float:
    """Mean absolute difference of pixels of `a` and `b` taken at random places, from their histograms."""
    values: F32 = np.arange(256, dtype=np.float32)
    first, second = (np.bincount(each.ravel(), minlength=256) / each.size for each in (a, b))
    return float(first @ np.abs(values[:, None] - values) @ second)
