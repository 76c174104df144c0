"""OpenCV's results as plain numpy arrays: its stubs know neither their shape nor their type."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def array(values: Any, dtype: Any = None) -> Any:
    """`values` as an array, of `dtype` when one is named; nothing is copied without need."""
    return np.asarray(values, dtype)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Connected pieces of a mask, number 0 being what is outside it.

    `labels`: h x w int32, the piece of each pixel. `boxes`: n x 4 left, top, width, height. `areas`: n, pixels.
    `centres`: n x 2 (x, y).
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    areas: NDArray[np.int32]
    centres: NDArray[np.float64]

    @property
    def count(self) -> int:
        """How many there are, the outside among them."""
        return len(self.areas)


def pieces_of(mask: Any, connectivity: int = 4) -> Pieces:
    """The connected pieces of `mask` (h x w, anything but 0 is in it)."""
    solid = (array(mask) > 0).astype(np.uint8)
    measured = _untyped(cv2.connectedComponentsWithStats(solid, connectivity=connectivity))
    stats = array(measured[2])
    return Pieces(array(measured[1]), stats[:, :4], stats[:, cv2.CC_STAT_AREA], array(measured[3]))


def outlines_of(
    mask: Any, mode: int = cv2.RETR_EXTERNAL
) -> tuple[list[NDArray[np.int32]], NDArray[np.int32]]:
    """Outlines (n x 1 x 2 points x, y, every pixel) of `mask` (h x w), and per outline OpenCV's four links (next,
    previous, first child, parent; -1 for none). As seen on a screen, outer outlines run anticlockwise and those of
    holes clockwise: the garment is always on the left hand of who walks along."""
    found = _untyped(cv2.findContours((array(mask) > 0).astype(np.uint8), mode, cv2.CHAIN_APPROX_NONE))
    outlines = [array(outline, np.int32) for outline in found[0]]
    return outlines, array(found[1], np.int32)[0] if outlines else np.zeros((0, 4), np.int32)


def resized(values: Any, width: int, height: int, how: int = cv2.INTER_AREA) -> Any:
    """`values` at another size; float32 or uint8 as it came."""
    return array(cv2.resize(values, (width, height), interpolation=how))


def _untyped(values: Any) -> Any:
    return values
