"""The stand-up collar of a turtleneck or a mock neck: the tube that rises above the corners at the shoulders, and goes
around the neck of the person who wears it."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.hood import BASE, Point, Raised, corner_of, raised_above
from bottega.fashion.garment.hood import TALL as HOOD
from bottega.fashion.garment.shape import Shape

Bools = NDArray[np.bool_]
LOWEST = 0.05
"""Least height above the shoulders in breadths of the chest; a band of 2 cm. What is taller than a hood begins is one."""
SHUT = 0.08
"""Breadths of the chest by which the upper rim may sag: the rim of a tube is straight, a neckline dips."""
EDGE = 0.2
"""Of the breadth at its base that a tube may narrow on either side."""
SAG = 0.06
"""Breadths of the chest by which the seam at the base of a stand-up collar hangs in the middle."""


def find_stand(mask: Bools, shape: Shape) -> Raised | None:
    """The stand-up collar of `mask` (h x w) by its outline, None where none rises from the shoulders."""
    left, right = (corner_of(shape, side, LOWEST) for side in (-1, 1))
    if left is None or right is None:
        return None
    low, trim = (left[1] + right[1]) / 2, EDGE * (right[0] - left[0])
    top = shape.upper[round(left[0] + trim) : round(right[0] - trim) + 1]
    high = np.percentile(top, (10, 90))
    if (
        abs(left[1] - right[1]) > 0.1 * shape.chest
        or abs((left[0] + right[0]) / 2 - shape.axis) > 0.1 * shape.chest
        or high[1] - high[0] > SHUT * shape.chest
        or not LOWEST * shape.chest < low - high[1] < HOOD * shape.chest
    ):
        return None
    return _with_base(mask, shape, left, right)


def band_as_stand(mask: Bools, shape: Shape, band: Bools) -> Raised | None:
    """The same by its shade: a `band` (h x w) straight along the upper rim, that meets the outline on both sides; None where
    it is empty."""
    if not band.any():
        return None
    columns = np.nonzero(band.any(axis=0))[0]
    row = round(float(np.median(len(band) - 1 - band[::-1, columns].argmax(axis=0))))
    inside = np.nonzero(mask[row])[0]
    inside = inside[(inside >= columns[0] - 2) & (inside <= columns[-1] + 2)]
    if not inside.size:
        return None
    return _with_base(mask, shape, (float(inside[0]), float(row)), (float(inside[-1]), float(row)))


def _with_base(mask: Bools, shape: Shape, left: Point, right: Point) -> Raised:
    return raised_above(mask, shape, left, right, np.linspace(left[1], right[1], BASE), SAG)
