"""Dots and stripes in the paper's colour that end at a garment's rim: nothing parts them from the paper but the outline, which
runs on straight over them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array, outlines_of, pieces_of
from bottega.fashion.garment.backdrop import Backdrop
from bottega.imaging.picture import F32

Bools = NDArray[np.bool_]
LIKE_PAPER = 14.0
"""CIE76 from the paper, past shadow, of what may be a pattern in its colour."""
PALE = (0.02, 0.85)
"""Shares of a garment's inside between which its pattern has the paper's colour."""
CORE = 0.012
"""Of the longer side: what lies deeper is inside."""
REACH = 0.025
"""Of the longer side: half the breadth of the widest dot that is closed."""
MOST = 0.005
"""Of the garment, a single dot."""
STRAIGHT = 0.82
"""Cosine of the angle by which the outline may turn where a dot begins and where it ends."""
BESIDE = (6, 14)
"""Pixels of the outline on either side of a dot that say where it runs: as many as the dot has, within these."""


def with_pale_spots(mask: Bools, lab: F32, backdrop: Backdrop) -> Bools:
    """`mask` (h x w) with the dents that a pattern in the colour of the paper leaves in its outline. Openings that lie between
    parts of a garment stay: there the outline turns into them. What has a thread of cloth around it is filled as well. `lab`: h x w x 3 CIE Lab."""
    side = max(mask.shape)
    depth = 2 * round(CORE * side) + 1
    core = array(cv2.erode(mask.astype(np.uint8), np.ones((depth, depth), np.uint8))) > 0
    pale = backdrop.distance_past_shadow(lab) < LIKE_PAPER
    if not core.any() or not PALE[0] < pale[core].mean() < PALE[1]:
        return mask
    radius = round(REACH * side)
    kernel = array(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))
    padded = np.pad(mask.astype(np.uint8), radius)
    closed = array(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel))[radius:-radius, radius:-radius] > 0
    dents = pieces_of(closed & ~mask & pale)
    lines = [line[:, 0] for line in outlines_of(closed)[0]]
    filled = mask.copy()
    for number in range(1, dents.count):
        if 4 <= dents.areas[number] < MOST * mask.sum():
            left, top, wide, high = (int(v) for v in dents.boxes[number])
            at = slice(max(0, top - 1), top + high + 1), slice(max(0, left - 1), left + wide + 1)
            dent = dents.labels[at] == number
            mouths = [_mouth(line, dent, at) for line in lines]
            if all(_runs_on(line, mouth) for line, mouth in zip(lines, mouths, strict=True) if mouth.any()):
                # The disc that closes it leaves a shallow bay: the outline runs straight across.
                filled[at] |= _hull(dent, mask[at])
    return filled


def _hull(dent: Bools, mask: Bools) -> Bools:
    """The convex hull of a piece and of what the `mask` (h x w each) has right beside it."""
    near = array(cv2.dilate(dent.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    points = np.argwhere(dent | (near & mask))[:, ::-1].astype(np.int32)
    drawn = np.zeros(dent.shape, np.uint8)
    cv2.fillConvexPoly(drawn, array(cv2.convexHull(points), np.int32), (1,))
    return drawn > 0


def _mouth(line: NDArray[np.int32], dent: Bools, at: tuple[slice, slice]) -> Bools:
    """Which points of an outline (n x 2, x and y) belong to a `dent`, known in the part `at` of the picture."""
    x, y = line[:, 0] - at[1].start, line[:, 1] - at[0].start
    within = (x >= 0) & (y >= 0) & (x < dent.shape[1]) & (y < dent.shape[0])
    found = np.zeros(len(line), bool)
    found[within] = dent[y[within], x[within]]
    return found


def _runs_on(line: NDArray[np.int32], mouth: Bools) -> bool:
    """Whether an outline (n x 2) has the points of a `mouth` (n) in one piece, and comes to it and leaves it in the direction
    in which it crosses it."""
    count = int(mouth.sum())
    starts = np.flatnonzero(mouth & ~np.roll(mouth, 1))
    if len(starts) != 1 or not 2 <= count < len(line) // 4:
        return False
    beside = int(np.clip(count, *BESIDE))
    before, first, last, after = (
        line[(int(starts[0]) + step) % len(line)].astype(np.float64)
        for step in (-1 - beside, -1, count, count + beside)
    )
    across = (last - first) / max(1e-6, float(np.hypot(*(last - first))))
    turns = [float(way @ across) / max(1e-6, float(np.hypot(*way))) for way in (first - before, after - last)]
    return min(turns) > STRAIGHT
