"""White cloth on white paper: the outline where the colours change most between what is surely paper and what is surely not
(watershed, S. Beucher and C. Lantuejoul 1979), for cloth whose colour says too little of itself."""

from itertools import combinations
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array
from bottega.fashion.garment.backdrop import Backdrop, ring_of
from bottega.imaging.arrays import lengths
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32

Bools = NDArray[np.bool_]
IDEAS: tuple[tuple[float, float], ...] = ((1.0, 1.0), (1.6, 1.0), (1.0, 1.6))
"""Blur in pixels, and how far from the backdrop is still paper, in times of what the border itself strays."""
CLOTH = 1.3
"""The same from which on it is cloth, past shadow."""
LEAST_PLAIN = 0.97
LEAST_AGREEMENT = 0.85
LEAST_EDGE = 2.0
"""Times by which the outline is steeper than the grain of the border."""
MOST_ON_FRAME = 0.1


def outlined(lab: F32, backdrop: Backdrop, seen: Bools) -> list[Bools] | None:
    """Three ideas of the garment, each h x w, or None: on no plain backdrop, where they differ, where nothing steep parts
    them from the paper, or where they leave out much of what was `seen` (h x w) by colour past shadow."""
    if backdrop.plain < LEAST_PLAIN:
        return None
    found = [_flooded(lab, backdrop, blur, near) for blur, near in IDEAS]
    masks = [_whole(mask) for mask, _ in found]
    if any(not 0.02 < mask.mean() < 0.9 for mask in masks):
        return None
    agreement = [float((a & b).sum() / (a | b).sum()) for a, b in combinations(masks, 2)]
    common = np.sum(masks, axis=0) > len(masks) / 2
    frame = np.concatenate([common[0], common[-1], common[:, 0], common[:, -1]])
    if np.mean(agreement) < LEAST_AGREEMENT or frame.mean() > MOST_ON_FRAME:
        return None
    if np.median([edge for _, edge in found]) < LEAST_EDGE or (common & seen).sum() < 0.85 * seen.sum():
        return None
    return masks


def _flooded(lab: F32, backdrop: Backdrop, blur: float, near: float) -> tuple[Bools, float]:
    """The garment by one idea, and how many times steeper its outline is than the border's grain."""
    apart = array(cv2.GaussianBlur(lab - backdrop.surface, (0, 0), blur))
    distance = lengths(apart)
    lighter: F32 = apart[..., 0]
    excess = np.maximum(np.maximum(lighter, -lighter - np.float32(16)), 0)
    past = np.sqrt(excess**2 + apart[..., 1] ** 2 + apart[..., 2] ** 2)
    steep = _steepness(apart)
    shape = lab.shape[0], lab.shape[1]
    ring = ring_of(*shape)
    grain, strays = float(np.percentile(steep[ring], 95)), float(np.percentile(distance[ring], 95))
    calm = (steep < max(0.2, 1.5 * grain)) & (distance < max(1.5, near * strays))
    paper = _reached(calm)
    paper = array(cv2.erode(paper.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1)) > 0
    paper: Bools = paper | ring_of(*shape, 0.01)
    cloth: Bools = (past > max(2.0, CLOTH * strays)) & ~paper
    cloth = array(cv2.morphologyEx(cloth.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))) > 0
    marks = np.where(paper, 1, np.where(cloth, 2, 0)).astype(np.int32)
    if not cloth.any():
        return np.zeros(shape, bool), 0.0
    # OpenCV floods along differences between neighbouring pixels of a picture of bytes: here an eighth of CIE76 each.
    bytes_of = np.clip(apart * 8 + 128, 0, 255).astype(np.uint8)
    flooded = array(cv2.watershed(np.ascontiguousarray(bytes_of), marks))
    mask = flooded == 2
    rim = mask & (array(cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8))) == 0)
    high = array(cv2.dilate(steep, np.ones((5, 5), np.uint8)))[rim]
    return mask, float(np.median(high)) / max(0.05, grain) if high.size else 0.0


def _steepness(values: F32) -> F32:
    across: Any = array(cv2.Scharr(values, cv2.CV_32F, 1, 0)) / 32
    down: Any = array(cv2.Scharr(values, cv2.CV_32F, 0, 1)) / 32
    return np.hypot(lengths(across), lengths(down))


def _reached(calm: Bools) -> Bools:
    """Of what is calm, the part that hangs together with the border."""
    return parts_of(calm).holding(ring_of(calm.shape[0], calm.shape[1], 0.01))


def _whole(mask: Bools) -> Bools:
    """The largest piece and those of a twelfth of it and more, with small holes closed."""
    solid = array(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    parts = parts_of(solid, 8)
    if parts.count <= 1:
        return np.zeros_like(mask)
    areas = parts.areas()
    whole = parts.of(areas >= 0.08 * areas[1:].max())
    gaps = parts_of(~whole)
    return whole | gaps.of(gaps.areas() < 0.005 * whole.sum())
