"""The connected parts of a mask, numbered; number 0 is what is outside it."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Parts:
    """`labels`: H x W int32, the part of each pixel. `count`: how many there are, the outside among them."""

    labels: NDArray[np.int32]
    count: int

    def areas(self) -> NDArray[np.int64]:
        """Pixels of each part."""
        return np.bincount(self.labels.ravel(), minlength=self.count)

    def of(self, chosen: Bool) -> Bool:
        """Where the parts lie that `chosen` (one truth for each number) says; never the outside."""
        chosen[0] = False
        return chosen.take(self.labels)

    def holding(self, seeds: Bool) -> Bool:
        """Where the parts lie that hold some of `seeds` (H x W)."""
        chosen = np.zeros(self.count, bool)
        chosen[self.labels[seeds]] = True
        return self.of(chosen)


def parts_of(mask: NDArray[Any], connectivity: int = 4) -> Parts:
    """The parts of `mask` (H x W of one byte each), in the order of their first pixels. OpenCV's own measuring of them takes five times
    as long as naming them."""
    count, labels = cv2.connectedComponents(
        np.ascontiguousarray(mask).view(np.uint8), connectivity=connectivity
    )
    return Parts(np.asarray(labels, np.int32), int(count))
