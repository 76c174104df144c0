"""The label inside the back of a neck: a small patch under the upper rim, on the axis. Where it is seen, so is the inside
of the back, and the front's neckline runs below it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import Pieces, array, pieces_of
from bottega.fashion.garment.shape import Shape
from bottega.imaging.picture import F32

Bools = NDArray[np.bool_]
STANDS_OUT = 12.0
"""CIE L* by which it is lighter or darker than all the cloth around it."""
WIDE, HIGH = (0.045, 0.22), (0.02, 0.16)
"""Of the chest's breadth: labels are 2 to 9 cm wide and 1 to 7 cm high."""
BELOW_RIM, ASIDE = 0.13, 0.09
"""Of the chest's breadth: how far below the rim a label begins, and how far from the axis its middle is."""
FULL = 0.7
"""Of its bounding box that a label fills."""
REACH, LOW = 0.25, 0.36
"""Of the chest's breadth: the part that is looked at, to either side of the axis and below the rim."""


def find_label(lab: F32, mask: Bools, shape: Shape) -> Bools | None:
    """The label in `lab` (h x w x 3), h x w with its blurred rim; None where there is none."""
    chest = shape.chest
    top, first = int(shape.box[1]), max(0, int(shape.axis - REACH * chest))
    rows, columns = slice(top, int(top + LOW * chest)), slice(first, int(shape.axis + REACH * chest) + 1)
    part = mask[rows, columns]
    if min(part.shape) < 12 or part.sum() < 60:
        return None
    colours = lab[rows, columns]
    # The rim's own pixels have the paper in them.
    inner = array(cv2.erode(part.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)) > 0
    light = np.where(inner, colours[..., 0], np.median(colours[..., 0][part])).astype(np.float32)
    size = tuple(2 * round(0.5 * share * chest) + 3 for share in (WIDE[1], HIGH[1]))
    kernel = np.ones((size[1], size[0]), np.uint8)
    fitting = [
        found
        for how in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT)
        if (found := _of_label(array(cv2.morphologyEx(light, how, kernel)) > STANDS_OUT, part, shape, first))
        is not None
    ]
    if not fitting:
        return None
    whole = np.zeros_like(mask)
    whole[rows, columns] = fitting[0]
    rim = _rim(chest)
    grown = array(cv2.dilate(whole.astype(np.uint8), np.ones((2 * rim + 1, 2 * rim + 1), np.uint8))) > 0
    return grown & mask


def _of_label(odd: Bools, part: Bools, shape: Shape, first: int) -> Bools | None:
    """The one piece of `odd` that may be a label, None where there is none or a pattern has more of its kind."""
    # Without what the lens mixed of cloth and paper along the rim.
    odd = array(cv2.morphologyEx(odd.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    found = pieces_of(odd, 8)
    upper = array(np.where(part.any(axis=0), part.argmax(axis=0), part.shape[0]), np.int64)
    fitting = [
        n for n in range(1, found.count) if _is_label(found, n, upper, shape.axis - first, shape.chest)
    ]
    # A pattern has such patches everywhere; what runs out of the part looked at is the front beside the neckline.
    boxes = found.boxes
    within = (boxes[:, 0] > 1) & (boxes[:, 0] + boxes[:, 2] < part.shape[1] - 1)
    within &= boxes[:, 1] + boxes[:, 3] < part.shape[0] - 1
    alike = sum(
        0.3 * found.areas[n] < found.areas[m] < 3 * found.areas[n]
        for n in fitting[:1]
        for m in range(1, found.count)
        if within[m]
    )
    return found.labels == fitting[0] if len(fitting) == 1 and alike <= 2 else None


def without_label(lab: F32, label: Bools) -> F32:
    """`lab` with the colours around the `label` in its place."""
    near = array(cv2.dilate(label.astype(np.uint8), np.ones((7, 7), np.uint8))) > 0
    ring = near & ~label
    if not ring.any():
        return lab
    filled = lab.copy()
    filled[label] = np.median(lab[ring], axis=0)
    return filled


def with_cloth_for_label(lab: F32, label: Bools, chest: float) -> F32:
    """`lab` with the inside's colour, that above and beside the upper half of the `label`, in its place, and in its lower
    blurred rim what is right below it: the front's edge stays where it runs along the label or lower."""
    filled = lab.copy()
    near = array(cv2.dilate(label.astype(np.uint8), np.ones((7, 7), np.uint8))) > 0
    ring = near & ~label
    rows = np.flatnonzero(label.any(axis=1))
    ring[round((rows[0] + rows[-1]) / 2) :] = False
    if ring.any():
        filled[label] = np.median(lab[ring], axis=0)
    columns = np.flatnonzero(label.any(axis=0))
    last = len(label) - 1 - label[::-1, columns].argmax(axis=0)
    for row in range(_rim(chest)):
        filled[last - row, columns] = lab[np.minimum(last + 1, len(label) - 1), columns]
    return filled


def _rim(chest: float) -> int:
    """Pixels by which a label is grown: its blurred rim."""
    return max(2, round(0.012 * chest))


def _is_label(found: Pieces, number: int, upper: NDArray[np.int64], axis: float, chest: float) -> bool:
    left, top, wide, high = (float(v) for v in found.boxes[number])
    middle = left + wide / 2 - 0.5
    rim = float(upper[round(min(max(middle, 0), len(upper) - 1))])
    return (
        WIDE[0] * chest < wide + 2 < WIDE[1] * chest
        and HIGH[0] * chest < high + 2 < HIGH[1] * chest
        and found.areas[number] > FULL * wide * high
        and abs(middle - axis) < ASIDE * chest
        and top - rim < BELOW_RIM * chest
        and high > 0.25 * wide
    )
