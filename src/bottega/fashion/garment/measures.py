"""What is measured of a garment picture before it is judged: light, sharpness, crop, lettering, transparency of the cloth."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from bottega.fashion.garment.arrays import array, outlines_of, pieces_of
from bottega.fashion.garment.cutout import Bools, CutOut
from bottega.fashion.garment.shape import edge_strength
from bottega.imaging.arrays import distance, median, medians, picked, quantile
from bottega.imaging.colour import srgb_to_linear
from bottega.imaging.picture import F32, U8

PLAIN = 6.0
"""CIE76 from its median that half of a plain cloth stays within."""


@dataclass(frozen=True, slots=True)
class Measures:
    """`luma`: 95th percentile of the picture, 0 to 1. `burnt`: share of the garment at the top of the range. `rim_width`:
    pixels at analysis size that the rim takes from one side to the other. `cut_off`: share of the outline on the
    frame. `letters`: letter-like marks in rows beside the garment. `through`: how much the backdrop shows through."""

    luma: float
    burnt: float
    rim_width: float
    cut_off: float
    letters: int
    through: float


def measure(cut: CutOut, alpha: F32 | None) -> Measures:
    luma = array(cv2.cvtColor(cut.rgb, cv2.COLOR_RGB2GRAY)).astype(np.float32) / np.float32(255)
    return Measures(
        luma=float(quantile(luma, 0.95)),
        burnt=_burnt(cut),
        rim_width=_rim_width(cut),
        cut_off=_cut_off(cut),
        letters=_letters(cut),
        through=_through(cut, alpha),
    )


def _burnt(cut: CutOut) -> float:
    inside = int(cut.mask.sum())
    top = array(cv2.inRange(cut.rgb, (252, 252, 252), (255, 255, 255))) > 0
    return int((top & cut.mask).sum()) / inside if inside else 0.0


def _rim_width(cut: CutOut) -> float:
    """Contrast across the rim over its steepest slope: 1 to 3 pixels when sharp."""
    if cut.apart < 4 or cut.from_alpha:
        return 0.0
    steep = edge_strength(cut.lab)
    kernel = np.ones((9, 9), np.uint8)
    solid = cut.mask.astype(np.uint8)
    band = (array(cv2.dilate(solid, kernel)) > 0) & (array(cv2.erode(solid, kernel)) == 0)
    tops = array(cv2.dilate(steep, kernel))[band]
    return cut.apart / max(0.05, median(tops)) if tops.size else 0.0


def _cut_off(cut: CutOut) -> float:
    mask = cut.mask
    on_frame = int(mask[0].sum() + mask[-1].sum() + mask[:, 0].sum() + mask[:, -1].sum())
    contours, _ = outlines_of(mask)
    return on_frame / max(1, sum(len(contour) for contour in contours))


def _letters(cut: CutOut) -> int:
    """Marks of like height in a row outside the garment: captions, prices, watermarks."""
    if cut.from_alpha:
        return 0
    apart = cut.backdrop.distance(cut.lab)
    away = array(cv2.dilate(cut.mask.astype(np.uint8), np.ones((9, 9), np.uint8))) == 0
    marks = ((apart > 14) & away).astype(np.uint8)
    pieces = pieces_of(marks, 8)
    side = max(cut.mask.shape)
    boxes: list[tuple[float, float, float]] = []
    for number in range(1, pieces.count):
        _, _, wide, high = (int(v) for v in pieces.boxes[number])
        area = int(pieces.areas[number])
        if (
            0.008 * side <= high <= 0.12 * side
            and wide < 3 * high
            and area > 0.12 * wide * high
            and area >= 5
        ):
            x, y = (float(v) for v in pieces.centres[number])
            boxes.append((x, y, float(high)))
    best = 0
    for _, y, high in boxes:
        row = [box for box in boxes if abs(box[1] - y) < 0.5 * high and 0.55 < box[2] / high < 1.8]
        best = max(best, len(row))
    return best


def _through(cut: CutOut, alpha: F32 | None) -> float:
    """How much of the backdrop shows through the cloth, 0 to 1.

    With transparency, the median of what is missing inside. Without: single cloth is nearer the backdrop than the
    doubled cloth of hems and seams along the rim, in the same direction of colour.
    """
    kernel = np.ones((5, 5), np.uint8)
    core = array(cv2.erode(cut.mask.astype(np.uint8), np.ones((25, 25), np.uint8))) > 0
    if core.sum() < 100:
        return 0.0
    if cut.from_alpha and alpha is not None:
        height, width = cut.mask.shape
        cover: Any = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
        return float(1 - np.median(array(cover)[core]))
    rim = (array(cv2.erode(cut.mask.astype(np.uint8), kernel)) > 0) & (
        array(cv2.erode(cut.mask.astype(np.uint8), np.ones((15, 15), np.uint8))) == 0
    )
    if rim.sum() < 50:
        return 0.0
    apart = cut.lab - cut.backdrop.surface
    inner = picked(apart, core)
    doubled, single = medians(picked(apart, rim)), medians(inner)
    lengths = float(np.linalg.norm(doubled)), float(np.linalg.norm(single))
    # A print has its own colours at the rim and in the middle, and that says nothing.
    if median(distance(inner, single)) > PLAIN:
        return 0.0
    # Shading of the rim is as large as that on pale cloth: only a clear colour says that less of it is there.
    if min(lengths) < 12:
        return 0.0
    alike = float(doubled @ single) / (lengths[0] * lengths[1])
    if alike <= 0.97 or _is_shading(cut.rgb, rim, core, cut.mask):
        return 0.0
    return float(np.clip(1 - lengths[1] / lengths[0], 0, 1))


def _is_shading(rgb: U8, rim: Bools, core: Bools, mask: Bools) -> bool:
    """Whether the rim is rather the middle in less light than the middle is the rim with the backdrop mixed in: linear light,
    the rim as a multiple of the middle, against the middle as a mixture of rim and backdrop."""
    outside = array(cv2.dilate(mask.astype(np.uint8), np.ones((15, 15), np.uint8))) == 0
    if outside.sum() < 50:
        return True
    dark, light, paper = (
        srgb_to_linear(medians(picked(rgb, part).astype(np.float32)) / np.float32(255))
        for part in (rim, core, outside)
    )
    shade = float(dark @ light) / max(1e-6, float(light @ light))
    span = paper - dark
    share = float(np.clip((light - dark) @ span / max(1e-6, float(span @ span)), 0, 1))
    by_shade = float(np.linalg.norm(dark - shade * light)) / max(1e-6, float(np.linalg.norm(dark)))
    by_mixing = float(np.linalg.norm(light - dark - share * span)) / max(1e-6, float(np.linalg.norm(light)))
    return by_shade <= 1.5 * by_mixing
