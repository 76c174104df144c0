"""White clothes before a white wall: where the wall ends is where colours change at a line, however little (watershed,
S. Beucher and C. Lantuejoul 1979); colour alone leaves holes where a fold has the wall's own."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.silhouette import BLENDS, least_overlap
from bottega.imaging.arrays import largest, lengths, median, quantile, total
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32, U8

Bool = NDArray[np.bool_]

BLURS: tuple[float, ...] = (1.0, 1.6, 2.2)
LEAST_EDGE = 2.0
"""Times by which the outline is steeper than the wall's grain."""
LEAST_ALIKE = 0.9
LEAST_GAP = 0.0004
"""Of the picture is the least wall that shows between an arm and the body, or between the legs."""
GAP_EDGED, FOLD_EDGED = 0.6, 0.5
"""Of its rim is steep at least, and of that of a fold of the wall's colour at most: folds lie in slow changes of light."""
MOST_AWAY = 1.8
"""CIE76 of a gap from the wall as it is around the person."""
LIGHTER = 2.0
"""CIE L* above the wall, and difference in a* and b*, from which on something is no wall."""
AXIS = 0.3
"""Head heights to either side of the middle in which there are no gaps above the legs, which begin `LEGS` below the chin."""
LEGS = 2.4
CHEST = 0.45, 2.0
"""Head heights below the chin between which the middle is the chest and the belly, whatever their colour."""
LEAST_CHEST = 0.95
"""Of these has to be told from the wall by colour, or the clothes are looked for anew."""


class _Unclear(Exception):
    """A piece may be wall as well as cloth."""


def blends(masks: list[Bool], chin: tuple[float, float], unit: float) -> bool:
    """Whether some of the clothes have nearly the wall's colour: the outlines at two thresholds (the first two of `masks`)
    differ, or there is wall where the chest has to be."""
    if least_overlap(masks[:2]) < BLENDS:
        return True
    top, low = (round(chin[1] + reach * unit) for reach in CHEST)
    left, right = round(chin[0] - AXIS * unit), round(chin[0] + AXIS * unit)
    chest = masks[1][max(0, top) : max(0, low), max(0, left) : max(0, right)]
    return chest.size > 0 and float(chest.mean()) < LEAST_CHEST


def with_pale_cloth(
    lab: F32, surface: F32, border: Bool, masks: list[Bool], chin: tuple[float, float], unit: float
) -> list[Bool]:
    """`masks` (H x W each) with the parts of the clothes that colour could not tell from the wall; as they were where no
    steady line parts these from it. `lab` and the wall's `surface`: H x W x 3 CIE L*a*b*; `border`: the upper rim of the
    picture, which shows wall and little else; `chin` and `unit`, the head's height, in pixels."""
    y, x = np.mgrid[: lab.shape[0], : lab.shape[1]]
    across, down = np.abs(x - chin[0]) / unit, (y - chin[1]) / unit
    core = (across < AXIS) & (down > 0) & (down < LEGS)
    sure = _eroded(masks[0], 5) | ((across < AXIS) & (down > CHEST[0]) & (down < CHEST[1]))
    try:
        found = [_flooded(lab - surface, border, sure, masks[1] | core, blur) for blur in BLURS]
    except _Unclear:
        return masks
    grown = [mask for mask, edge in found if edge >= LEAST_EDGE]
    if len(grown) < len(BLURS) or _least_alike(grown) < LEAST_ALIKE:
        return masks
    # Where colour tells, it tells more sharply.
    return [mask | _opened(more & ~mask, 5) for mask, more in zip(masks, grown, strict=True)]


def _flooded(apart: F32, border: Bool, sure: Bool, seen: Bool, blur: float) -> tuple[Bool, float]:
    """The person when the wall is flooded from the border, and how many times steeper the outline is than the wall's
    grain. `apart`: H x W x 3, what differs from the wall."""
    smooth = np.asarray(cv2.GaussianBlur(apart, (0, 0), blur), np.float32)
    away = lengths(smooth)
    steep = _steepness(smooth)
    rim = border & (away < 3 * median(away[border]) + 0.5)
    grain, strays = float(quantile(steep[rim], 0.95)), float(quantile(away[rim], 0.95))
    calm = (steep < max(0.2, 1.5 * grain)) & (away < max(1.5, strays)) & ~sure
    wall = _eroded(_reached(calm, rim), 5) | (rim & ~sure)
    # An eighth of CIE76 for each level of the bytes that OpenCV floods along.
    levels: Any = np.ascontiguousarray(np.clip(smooth * 8 + 128, 0, 255).astype(np.uint8))
    person = _watershed(levels, wall, sure)
    left = _without_slope(smooth, ~person)
    # Shadows are darker than the wall; what is lighter, or of another colour, is no wall wherever it lies.
    other = _opened((left[..., 0] > LIGHTER) | (np.hypot(left[..., 1], left[..., 2]) > LIGHTER), 3)
    sure = sure | other
    person = _watershed(levels, wall & ~other, sure)
    gaps = _gaps(person & ~seen & ~other, lengths(left), steep, grain)
    if gaps.any():
        person = _watershed(levels, ~person | gaps, sure & ~gaps)
    # A faint line is lost here and there, and the flood runs in by a slit.
    person = (
        np.asarray(cv2.morphologyEx(person.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))) > 0
    )
    outline = person & ~_eroded(person, 5)
    high = np.asarray(cv2.dilate(steep, np.ones((5, 5), np.uint8)))[outline]
    return person, median(high) / max(0.05, grain) if high.size else 0.0


def _watershed(levels: U8, wall: Bool, person: Bool) -> Bool:
    marks = np.zeros(wall.shape, np.int32)
    marks[person] = 2
    marks[wall] = 1
    flooded: Any = cv2.watershed(levels, marks)
    return np.asarray(flooded) == 2


def _without_slope(values: F32, wall: Bool) -> F32:
    """`values` (H x W x 3) without the quadratic surface through those of the wall, most of which is wall: the rim of a
    picture tells little of its lower half."""
    height, width = wall.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    seen = np.zeros_like(wall)
    seen[::4, ::4] = _eroded(wall, 5)[::4, ::4]
    if int(seen.sum()) < 100:
        return values
    design, wanted = terms[seen], values[seen]
    found = np.linalg.lstsq(design, wanted, rcond=None)[0]
    for _ in range(2):
        far = largest(np.abs(wanted - design @ found))
        near = far <= max(1.0, 2 * float(np.median(far)))
        found = np.linalg.lstsq(design[near], wanted[near], rcond=None)[0]
    return values - (terms @ found).astype(np.float32)


def _gaps(unseen: Bool, away: F32, steep: F32, grain: float) -> Bool:
    """Of what colour takes for wall, and the flood did not reach, the pieces with a line around them: wall between arm and
    body. Raises _Unclear for a piece that may be either."""
    line = steep > max(0.3, 3 * grain)
    within = _opened(unseen & ~line, 3)
    parts = parts_of(within)
    high = np.asarray(cv2.dilate(line.astype(np.uint8), np.ones((7, 7), np.uint8))) > 0
    found = np.zeros(unseen.shape, bool)
    for name in np.flatnonzero(parts.areas() >= LEAST_GAP * unseen.size):
        piece = within & (parts.labels == name)
        if name == 0 or median(away[piece]) >= MOST_AWAY:
            continue
        edged = float(high[piece & ~_eroded(piece, 3)].mean())
        if FOLD_EDGED < edged < GAP_EDGED:
            raise _Unclear
        if edged >= GAP_EDGED:
            found |= piece
    return found


def _steepness(values: Any) -> F32:
    slopes: list[Any] = [cv2.Scharr(values, cv2.CV_32F, 1, 0), cv2.Scharr(values, cv2.CV_32F, 0, 1)]
    return np.sqrt(sum(total(slope * slope) for slope in slopes)) / np.float32(32)


def _reached(calm: Bool, start: Bool) -> Bool:
    """Of what is calm, the parts that hang together with `start`."""
    return parts_of(calm).holding(start & calm)


def _opened(mask: Bool, size: int) -> Bool:
    opened: Any = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return np.asarray(opened) > 0


def _eroded(mask: Bool, size: int) -> Bool:
    """Beyond the picture it goes on."""
    return np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((size, size), np.uint8), borderValue=1)) > 0


def _least_alike(masks: list[Bool]) -> float:
    whole, common = np.logical_or.reduce(masks), np.logical_and.reduce(masks)
    return float(common.sum()) / max(1, int(whole.sum()))
