"""Whether a garment opens down the middle of its front: a zip, a placket's edge, two fronts that meet."""

import cv2
import numpy as np

from bottega.fashion.garment.arrays import array
from bottega.fashion.garment.cutout import Bools
from bottega.fashion.garment.shape import Shape
from bottega.imaging.picture import F32


def front_opening(lab: F32, mask: Bools, shape: Shape) -> float:
    """How much one upright line on the axis, from neck to hem, stands out from the cloth beside it, 0 to 1.

    A ridge filter across, averaged down the rows along lines within 3 degrees of upright; the best on the axis is
    compared with the best beside it, so that stripes and prints do not count.
    """
    top = int(shape.collar[2][1]) + 3 if shape.collar is not None else shape.box[1] + 3
    rows = slice(top, int(shape.hem_row - 0.03 * shape.height))
    reach = int(0.4 * shape.chest)
    first, last = int(shape.axis) - reach, int(shape.axis) + reach + 1
    if rows.stop - rows.start < 24 or reach < 12 or first < 2 or last > mask.shape[1] - 2:
        return 0.0
    part = array(cv2.GaussianBlur(lab, (0, 0), 0.7))[rows, first - 2 : last + 2, 0]
    ridge = 2 * part[:, 3:-3] - part[:, :-6] - part[:, 6:]
    lines = _upright_lines(np.clip(ridge, -12, 12).astype(np.float32))
    middle = lines.shape[1] // 2
    near = max(3, round(0.06 * shape.chest))
    on_axis = float(lines[:, middle - near : middle + near + 1].max())
    beside = np.concatenate([lines[:, : middle - 2 * near], lines[:, middle + 2 * near + 1 :]], axis=1)
    if not beside.size:
        return 0.0
    ordinary = max(0.35, float(np.percentile(beside.max(axis=0), 95)))
    return float(np.clip((on_axis / ordinary - 1.3) / 1.7, 0, 1))


def _upright_lines(ridge: F32) -> F32:
    """Per slant (n) and column (w): how strong and unbroken the line is, n x w, in CIE L*."""
    height, width = ridge.shape
    found: list[F32] = []
    for slant in np.linspace(-0.052, 0.052, 9):
        turn = np.array([[1, slant, -slant * height / 2], [0, 1, 0]], np.float32)
        turned = array(cv2.warpAffine(ridge, turn, (width, height), flags=cv2.INTER_LINEAR))
        # In eight pieces: the third weakest counts, so the line must run all the way and no print makes it up.
        pieces = [np.abs(piece.mean(axis=0)) for piece in np.array_split(turned, 8)]
        found.append(np.sort(np.stack(pieces), axis=0)[2].astype(np.float32))
    return np.stack(found)
