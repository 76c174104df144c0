"""The way of the head drawn: burning and travel moves as a picture, and as plain data for a web page."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import U8
from bottega.laser.planner import Moves

SIDE_PIXELS = 1200
MAX_MOVES = 20_000
"""In the data; of longer jobs every n-th move is left in, so that a page stays light."""
BURN, TRAVEL, GROUND = (40, 40, 40), (225, 120, 60), (255, 255, 255)
"""RGB."""


def toolpath_data(moves: Moves, max_moves: int = MAX_MOVES) -> dict[str, Any]:
    """`burns`: [x0, y0, x1, y1, S] and `travels`: [x0, y0, x1, y1], mm on the bed, y up, in the order of the job.

    `burns_in_all`, `travels_in_all` and `kept_every` say what was thinned out; `bounds` is left, bottom, right, top.
    """
    way = np.column_stack((moves.x0, moves.y0, moves.x1, moves.y1))
    burning = moves.power > 0
    real = (way[:, :2] != way[:, 2:]).any(axis=1)
    burns = np.column_stack((way, moves.power))[burning & real]
    travels = way[~burning & real]
    step = max(1, -(-(len(burns) + len(travels)) // max_moves))
    return {
        "unit": "mm",
        "bounds": _bounds(way),
        "burns_in_all": len(burns),
        "travels_in_all": len(travels),
        "kept_every": step,
        "burns": np.round(burns[::step], 3).tolist(),
        "travels": np.round(travels[::step], 3).tolist(),
    }


def toolpath_picture(moves: Moves, side_pixels: int = SIDE_PIXELS) -> U8:
    """Travel moves in orange under burning moves in black (paler for less power), RGB uint8, y up, the longer side
    `side_pixels` long."""
    way = np.column_stack((moves.x0, moves.y0, moves.x1, moves.y1))
    left, bottom, right, top = _bounds(way)
    scale = (side_pixels - 8) / max(right - left, top - bottom, 1e-6)
    width, height = (round((side) * scale) + 8 for side in (right - left, top - bottom))
    picture = np.full((max(height, 8), max(width, 8), 3), GROUND, np.uint8)
    fixed = np.rint((way - [left, bottom, left, bottom]) * scale * 16).astype(np.int32)
    fixed[:, 1::2] = height * 16 - fixed[:, 1::2]
    fixed += np.array([64, -64, 64, -64], np.int32)
    burning = moves.power > 0
    _draw(picture, fixed[~burning], TRAVEL)
    full = float(moves.power.max()) if burning.any() else 1.0
    shade = np.ceil(moves.power / full * 4).astype(int)
    for level in range(1, 5):
        strength = 0.35 + 0.65 * level / 4
        colour = tuple(round(255 + (part - 255) * strength) for part in BURN)
        _draw(picture, fixed[shade == level], colour)
    return picture


def _draw(picture: U8, lines: NDArray[np.int32], colour: tuple[int, ...]) -> None:
    if len(lines):
        cv2.polylines(picture, list(lines.reshape(-1, 2, 2)), False, colour, 1, cv2.LINE_AA, 4)


def _bounds(way: NDArray[np.float64]) -> list[float]:
    if not len(way):
        return [0.0, 0.0, 0.0, 0.0]
    x, y = way[:, 0::2], way[:, 1::2]
    return [float(x.min()), float(y.min()), float(x.max()), float(y.max())]
