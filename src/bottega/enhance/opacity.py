"""What is hidden in transparent pictures: colours of pixels that nobody sees, which must not decide how the others look."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import white
from bottega.enhance.upscale import SMALLEST_ALPHA

STRIP = 64
"""Rows that are worked on at a time: the places of their pixels take several times the memory of the pixels."""


def without_hidden(pixels: NDArray[Any]) -> NDArray[Any]:
    """`pixels` (H x W x 3, or x 4 with straight alpha; uint8, uint16 or float32 in [0, 1]) with what is visible mirrored into what
    is wholly transparent; opacity stays. The very array where there is nothing of either.

    Mirrored at the nearest visible pixel, and where that leads to nothing visible the colour of that pixel itself: tones,
    noise and colours are then about those of what is seen, and no edge is where the opacity ends.
    """
    if pixels.shape[2] == 3:
        return pixels
    hidden = pixels[..., 3] <= SMALLEST_ALPHA * white(pixels.dtype)
    if not hidden.any() or hidden.all():
        return pixels
    _, told = cv2.distanceTransformWithLabels(
        hidden.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = told.astype(np.int32, copy=False)
    # Each visible pixel has a label of its own.
    places = np.empty((int(labels.max()) + 1, 2), np.int32)
    for top in range(0, len(hidden), STRIP):
        visible = ~hidden[top : top + STRIP]
        places[labels[top : top + STRIP][visible]] = np.argwhere(visible) + np.array([top, 0])
    result = pixels.copy()
    for top in range(0, len(hidden), STRIP):
        strip = hidden[top : top + STRIP]
        nearest = places[labels[top : top + STRIP][strip]]
        opposite = 2 * nearest - (np.argwhere(strip) + np.array([top, 0]))
        mirrored = np.clip(opposite, 0, np.array(hidden.shape) - 1)
        lost = hidden[mirrored[:, 0], mirrored[:, 1]]
        mirrored[lost] = nearest[lost]
        result[top : top + STRIP][strip, :3] = pixels[mirrored[:, 0], mirrored[:, 1], :3]
    return result
