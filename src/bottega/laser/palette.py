"""Which few colours a picture consists of, and which of them each pixel is."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32
from bottega.laser.ink import components

I32 = NDArray[np.int32]

SAME_COLOUR = 8.0
"""CIE76 difference in Lab below which two colours of a drawing are one; 2.3 is just noticeable."""
_FLAT = 6.0
"""Largest difference in Lab inside 3 x 3 pixels of an area, above it runs an edge."""


def to_lab(rgb: F32) -> F32:
    """H x W x 3 in [0, 1], sRGB, as CIE Lab (D65)."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB), np.float32)


def find_palette(rgb: F32, most: int) -> F32:
    """At most `most` colours (K x 3, sRGB in [0, 1]), the most frequent first: k-means in Lab over the areas.

    Starting points are chosen by frequency times squared distance, so the result does not depend on chance.
    """
    lab = to_lab(rgb)
    flat = flat_areas(lab)
    if float(flat.mean()) < 0.05:
        flat[:] = True
    pixels = lab[flat]
    cells, inverse, count = np.unique(
        np.floor(pixels / (2.0, 3.0, 3.0)).astype(np.int32), axis=0, return_inverse=True, return_counts=True
    )
    inverse = inverse.reshape(-1)
    weight = count.astype(np.float64)
    colours = np.column_stack([np.bincount(inverse, pixels[:, c], minlength=len(cells)) for c in range(3)])
    colours /= weight[:, None]
    centres = colours[[int(weight.argmax())]]
    while len(centres) < min(most, len(colours)):
        near = _distances(colours, centres).min(axis=1)
        if float(near.max()) < SAME_COLOUR**2 / 4:
            break
        centres = np.vstack((centres, colours[int((np.sqrt(weight) * near).argmax())]))
    owner = np.zeros(len(colours), np.int64)
    for _ in range(20):
        owner = _distances(colours, centres).argmin(axis=1)
        total = np.bincount(owner, weight, minlength=len(centres))
        moved = np.column_stack(
            [np.bincount(owner, weight * colours[:, c], minlength=len(centres)) for c in range(3)]
        )
        moved = np.where(total[:, None] > 0, moved / np.maximum(total, 1)[:, None], centres)
        if np.allclose(moved, centres, atol=0.05):
            break
        centres = moved
    total = np.bincount(owner, weight, minlength=len(centres))
    kept: list[int] = []
    for index in np.argsort(-total, kind="stable").tolist():
        alone = all(float(np.linalg.norm(centres[index] - centres[k])) >= SAME_COLOUR for k in kept)
        if not kept or (alone and total[index] >= 3e-4 * weight.sum()):
            kept.append(index)
    found = centres[kept].astype(np.float32)[None]
    return np.clip(np.asarray(cv2.cvtColor(found, cv2.COLOR_LAB2RGB), np.float32)[0], 0, 1)


def flat_areas(lab: F32) -> NDArray[np.bool_]:
    """H x W: pixels whose 3 x 3 surroundings have one colour."""
    kernel = np.ones((3, 3), np.uint8)
    return (cv2.dilate(lab, kernel) - cv2.erode(lab, kernel)).max(axis=2) < _FLAT


def label_pixels(rgb: F32, palette: F32, min_area_px: float) -> I32:
    """H x W int32: the index in `palette` (K x 3, sRGB) of each pixel.

    A pixel on an edge is a mixture and may look like a third colour: it is given to one of the colours that have an
    area within two pixels. Parts below `min_area_px` go to what is next to them.
    """
    lab = to_lab(rgb)
    colours = to_lab(palette[None])[0]
    flat = flat_areas(lab)
    best = np.full(rgb.shape[:2], np.inf, np.float32)
    nearest = np.zeros(rgb.shape[:2], np.int32)
    costs: list[F32] = []
    for index, colour in enumerate(colours):
        cost = ((lab - colour) ** 2).sum(axis=2)
        costs.append(cost)
        closer = cost < best
        best[closer], nearest[closer] = cost[closer], index
    labels = nearest.copy()
    best = np.full(rgb.shape[:2], np.inf, np.float32)
    around = np.ones((5, 5), np.uint8)
    for index, cost in enumerate(costs):
        here = cv2.dilate((flat & (nearest == index)).astype(np.uint8), around) > 0
        closer = here & ~flat & (cost < best)
        best[closer], labels[closer] = cost[closer], index
    return _without_small(labels, len(palette), min_area_px)


def _without_small(labels: I32, number: int, min_area: float) -> I32:
    for _ in range(3):
        small = np.zeros(labels.shape, np.bool_)
        for index in range(number):
            mask = (labels == index).astype(np.uint8)
            parts, stats = components(mask, 4)
            tiny = stats[:, cv2.CC_STAT_AREA] < min_area
            tiny[0] = False
            small |= tiny[parts]
        if not small.any() or small.all():
            break
        _, found = cv2.distanceTransformWithLabels(
            small.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        nearest = np.asarray(found, np.int32)
        owner = np.zeros(int(nearest.max()) + 1, np.int32)
        owner[nearest[~small]] = labels[~small]
        labels = np.where(small, owner[nearest], labels)
    return labels


def _distances(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    return ((one[:, None, :] - two[None, :, :]) ** 2).sum(axis=2)
