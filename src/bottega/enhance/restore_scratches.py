"""Scratches and dust found by shape and painted over from around. Larger losses need a model, and are left to editing."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar, to_float
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

WIDEST = 7
"""Pixels, of a scratch."""
LEAST_CONTRAST = 18
"""Levels by which it stands out of what is around."""
STRAIGHT = 0.22
"""Least length of a scratch as a share of the shorter side: shorter lines are mostly things of the scene."""
OUTSTANDING = 4.0
"""How far a scratch stands out of its surroundings of 41 x 41 pixels, in means of what stands out there."""
SEGMENT, DIRECTIONS = 31, 32
SPECK = 60
"""Largest area of dust in pixels, and the levels by which it stands out."""
REACH = 64

Mask = NDArray[np.bool_]


def find_scratches(rgb: NDArray[Scalar], *, dust: bool = True) -> Mask:
    """H x W, true on long, thin, straight lines lighter or darker than both sides (top-hat and bottom-hat, Serra 1982) and,
    with `dust`, on small isolated specks of great contrast."""
    light = np.empty(rgb.shape[:2], np.uint8)
    for top in range(0, rgb.shape[0], 512):
        light[top : top + 512] = np.rint(luma(to_float(rgb[top : top + 512])) * 255)
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (WIDEST + 2, WIDEST + 2))
    found = np.zeros(light.shape, np.bool_)
    for kind in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
        answer = np.asarray(cv2.morphologyEx(light, kind, element), dtype=np.uint8)
        spread = float(np.median(answer[::4, ::4]))
        found |= _lines(answer, max(LEAST_CONTRAST, 5 * spread), STRAIGHT * min(light.shape))
        if dust:
            found |= _specks(answer, max(SPECK, 10 * spread))
    grown = cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(grown, dtype=np.bool_)


def _lines(answer: NDArray[np.uint8], limit: float, least_length: float) -> Mask:
    """Openings by line segments keep what is straight, give or take a pixel; of that, what is long and thin."""
    around = np.asarray(cv2.blur(answer, (41, 41)))
    strong = ((answer >= limit) & (answer > OUTSTANDING * around.astype(np.float32))).astype(np.uint8)
    candidates = cv2.dilate(strong, np.ones((3, 3), np.uint8))
    straight = np.zeros_like(strong)
    for index in range(DIRECTIONS):
        segment = _segment(np.pi * index / DIRECTIONS, SEGMENT)
        straight |= np.asarray(cv2.morphologyEx(candidates, cv2.MORPH_OPEN, segment), dtype=np.uint8)
    count, labels, figures = _parts(straight)
    keep = np.zeros(count, np.bool_)
    for index in range(1, count):
        left, top, width, height, area = (int(value) for value in figures[index])
        if np.hypot(width, height) < max(SEGMENT, least_length) or area > (WIDEST + 2) * np.hypot(
            width, height
        ):
            continue
        own = labels[top : top + height, left : left + width] == index
        points = np.asarray(cv2.findNonZero(own.astype(np.uint8)), dtype=np.int32)
        _, sides, _ = cv2.minAreaRect(points)
        # A curve is as thin, but its box is not.
        keep[index] = min(sides) <= WIDEST + 5
    return keep[labels]


def _parts(mask: NDArray[np.uint8]) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """(number with the ground, H x W labels, figures of each as OpenCV has them) of what hangs together."""
    count, labels, figures, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return count, np.asarray(labels, dtype=np.int32), np.asarray(figures, dtype=np.int32)


def _segment(angle: float, length: int) -> NDArray[np.uint8]:
    element = np.zeros((length, length), np.uint8)
    middle = length // 2
    across, down = round(middle * np.cos(angle)), round(middle * np.sin(angle))
    cv2.line(element, (middle - across, middle - down), (middle + across, middle + down), 1)
    return element


def _specks(answer: NDArray[np.uint8], limit: float) -> Mask:
    candidates = (answer >= limit).astype(np.uint8)
    count, labels, figures = _parts(candidates)
    area = figures[:, cv2.CC_STAT_AREA]
    box = figures[:, cv2.CC_STAT_WIDTH] * figures[:, cv2.CC_STAT_HEIGHT]
    compact = (area >= 4) & (area <= SPECK) & (area >= 0.5 * box)
    compact[0] = False
    # Where there are many, they are texture.
    crowd = cv2.blur((answer >= limit / 2).astype(np.float32), (41, 41))
    found = compact[labels]
    return found & (np.asarray(crowd) < 0.05) if count > 1 else found


def paint_over(rgb: F32, mask: Mask) -> F32:
    """The pixels under `mask` from those around: weighted means of the known ones over growing distances (normalised
    convolution, Knutsson & Westin 1993), then relaxed to a harmonic surface; `rgb` H x W x 3 float32."""
    if not mask.any():
        return rgb
    known = (~mask).astype(np.float32)
    made = rgb * known[..., None]
    filled = np.zeros_like(rgb)
    open_ = mask.copy()
    for sigma in (1.5, 4.0, 10.0):
        weight = np.asarray(cv2.GaussianBlur(known, (0, 0), sigma))
        usable = open_ & (weight > 0.02)
        means = np.asarray(cv2.GaussianBlur(made, (0, 0), sigma))
        filled[usable] = means[usable] / weight[usable][:, None]
        open_ &= ~usable
    result = np.where((mask & ~open_)[..., None], filled, rgb).astype(np.float32)
    for _ in range(12):
        smooth = np.asarray(cv2.blur(result, (3, 3)))
        result[mask] = smooth[mask]
    return result
