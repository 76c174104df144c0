"""The colours of a garment: clusters in Lab inside its mask, near ones merged, named and with their shares."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.colours import ciede2000, hex_of, name_of
from bottega.fashion.garment.arrays import array
from bottega.fashion.garment.values import NamedColour
from bottega.imaging.arrays import picked
from bottega.imaging.picture import F32

CLUSTERS = 7
SAME = 11.0
"""CIEDE2000 below which two clusters are one colour in light and shade."""
LEAST_SHARE = 0.04
MOST_SAMPLES = 6000


def colours_of(lab: F32, mask: NDArray[np.bool_], seed: int = 0) -> tuple[NamedColour, ...]:
    """Colours of `lab` (h x w x 3) inside `mask`, largest share first; shares add up to 1. Empty for an empty mask."""
    values = _samples(lab, mask)
    if not len(values):
        return ()
    centres, shares = _clusters(values, seed)
    centres, shares = _merged(centres, shares)
    kept = shares >= min(LEAST_SHARE, float(shares.max()))
    centres, shares = centres[kept], shares[kept] / shares[kept].sum()
    found: list[NamedColour] = []
    for index in np.argsort(-shares):
        lightness, a, b = (float(value) for value in centres[index])
        colour = (lightness, a, b)
        found.append(NamedColour(hex_of(colour), name_of(colour), float(shares[index]), colour))
    return tuple(found)


def _samples(lab: F32, mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Colours away from the rim, where the background mixes in; of a thin garment, all of it."""
    reach = max(1, round(max(mask.shape) * 0.008))
    core = array(cv2.erode(mask.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))) > 0
    inside = core if core.sum() > 0.3 * mask.sum() else mask
    calm = array(cv2.medianBlur(lab, 3)) if min(lab.shape[:2]) >= 3 else lab
    values = picked(calm, inside)
    return np.ascontiguousarray(values[:: max(1, len(values) // MOST_SAMPLES)], np.float32)


def _clusters(values: NDArray[np.float32], seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cv2.setRNGSeed(seed + 1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.3)
    start: Any = None
    number = min(CLUSTERS, len(np.unique(values[:50], axis=0)) if len(values) < 50 else CLUSTERS, len(values))
    _, labels, centres = cv2.kmeans(values, number, start, stop, 2, cv2.KMEANS_PP_CENTERS)
    counts = np.bincount(array(labels).ravel(), minlength=number).astype(np.float64)
    kept = counts > 0
    return array(centres, np.float64)[kept], counts[kept] / counts.sum()


def _merged(centres: NDArray[np.float64], shares: NDArray[np.float64]) -> tuple[Any, Any]:
    """The two nearest clusters become their mean, until none are nearer than `SAME`."""
    while len(centres) > 1:
        apart: Any = ciede2000(centres[:, None], centres[None])
        np.fill_diagonal(apart, np.inf)
        one, two = np.unravel_index(int(np.argmin(apart)), apart.shape)
        if apart[one, two] >= SAME:
            break
        total = shares[one] + shares[two]
        centres[one] = (centres[one] * shares[one] + centres[two] * shares[two]) / total
        shares[one] = total
        centres, shares = np.delete(centres, two, axis=0), np.delete(shares, two)
    return centres, shares
