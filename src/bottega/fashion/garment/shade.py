"""The front's neckline on patterned cloth, where stripes and dots have stronger edges than it: above it lie the front's own
colours in less light, whatever the pattern is, and below it those of the front."""

from collections.abc import Iterator
from itertools import pairwise
from operator import itemgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array
from bottega.fashion.garment.neckline import Necklines, above, best_moves, necklines, sampled
from bottega.fashion.garment.shape import Shape
from bottega.imaging.arrays import kept, lengths, total
from bottega.imaging.picture import F32

Bools = NDArray[np.bool_]
Values = NDArray[np.float64]
LIGHT = (0.5, 1.2)
"""Times a front's colour in (L* + 16, a*, b*) that cloth has: the cube roots of 13 and of 170 % of the light."""
SHADES = (0.94, 0.9, 0.86, 0.82, 0.77)
"""Factors tried as the one that parts the inside from the front."""
ANY_LIGHT = (0.8, 1.25)
"""The same of one colour in the folds of a front: half and twice the light."""
MOST = 8.0
"""CIE76 beyond which a colour is no more certainly of one side."""
LEAST = 1.2
"""CIE76 by which each third of the inside, and of the front right below the line, is nearer to its own side."""
BELOW = 0.07
"""Of the chest's breadth: the strip of the front that is looked at below the line."""
MOVES = 0.05
"""Of the chest's breadth by which a line is moved to where the light changes."""
BEND = 3.0
"""Evidence, CIE76, that a pixel's bend of the line must bring."""
SPIKE = 0.012
"""Of the chest's breadth: half of what is a thread and no neckline's tip."""
APART, LEAST_SECOND = 12.0, 0.06
"""CIE76 from a front's main colour in any light, and share of its pixels so far away, from which on it has a pattern."""
WIDE, DEEP = 0.42, 0.75
"""Of the chest's breadth on either side of the axis and below the top: the part that is looked at."""


def has_pattern(front: F32, colours: F32) -> bool:
    """Whether the pixels of a `front` (n x 3 CIE Lab) with the main `colours` (m x 3) have more than one in any light."""
    lit = _lit(front)
    nearest = np.argmin([lengths(front - colour) for colour in colours], axis=0)
    main = _lit(colours)[np.bincount(nearest).argmax()]
    return float((_to_ray(lit, main, ANY_LIGHT) > APART).mean()) > LEAST_SECOND


def neckline_by_shade(
    lab: F32, mask: Bools, shape: Shape, front: F32, seen: F32 | None = None
) -> Bools | None:
    """The part of `mask` (h x w) above the front's neckline, or None where the light changes along no line.

    `lab`: h x w x 3 CIE Lab. `front`: n x 3, colours of the front; `seen`: m x 3, colours that are known to be inside.
    Every neckline that garments have is weighed by the evidence of all pixels above it, so a pattern does not matter.
    """
    rows, columns = _window(mask, shape)
    cloth = mask[rows, columns]
    outline = np.where(cloth.any(axis=0), cloth.argmax(axis=0), -1).astype(np.float64)
    curves = (
        necklines(outline, shape.axis - columns.start, shape.chest, 0.0) if min(cloth.shape) >= 12 else None
    )
    if curves is None:
        return None
    # The rim's own pixels have the paper in them.
    inner = array(cv2.erode(cloth.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    best: tuple[float, Bools] = LEAST, np.zeros_like(cloth)
    for evidence in _evidence(lab[rows, columns], front, seen):
        evidence = kept(evidence, inner)
        points, normals = _most_above(evidence, curves)
        line = _moved(evidence, points, normals, shape.chest)
        area = _without_spikes(above(line, cloth, 0), cloth, shape.chest)
        strip = above(line + BELOW * shape.chest * normals, inner, 0) & ~area
        best = max(best, (_clear(evidence, area & inner, strip), area), key=itemgetter(0))
    if not best[1].any():
        return None
    found = np.zeros_like(mask)
    found[rows, columns] = best[1]
    return found


def _most_above(evidence: F32, curves: Necklines) -> tuple[Values, Values]:
    """Points and normals (n x 2 each) of the curve with the most evidence (h x w) above it."""
    ends = sampled(np.cumsum(evidence, axis=0)[..., None], curves.points)[..., 0]
    best = int(np.argmax(total(ends * np.gradient(curves.points[..., 0], axis=1))))
    return curves.points[best], curves.normals[best]


def _window(mask: Bools, shape: Shape) -> tuple[slice, slice]:
    left, top, width, height = shape.box
    first = max(0, left, round(shape.axis - WIDE * shape.chest))
    last = min(mask.shape[1], left + width, round(shape.axis + WIDE * shape.chest) + 1)
    return slice(max(0, top - 2), min(top + height, round(top + DEEP * shape.chest))), slice(first, last)


def _lit(lab: F32) -> F32:
    """Coordinates in which less light is a smaller multiple: L* + 16, a* and b* go with the cube root of the light
    (CIE 15:2004, 8.2.1.1)."""
    return lab + np.array([16, 0, 0], np.float32)


def _to_ray(lit: F32, colour: F32, between: tuple[float, float]) -> F32:
    """Distance of `lit` (... x 3) from the nearest multiple of `colour` (3) `between` two factors."""
    factor = np.clip(lit @ colour / max(1e-6, float(colour @ colour)), *between)
    return lengths(lit - factor[..., None] * colour)


def _foreign(seen: F32 | None, front: F32) -> list[F32]:
    """Of the colours `seen` inside (m x 3 CIE Lab) those that the `front` (n x 3) has in no light, as `_lit`: the wrong side
    of printed cloth."""
    if seen is None:
        return []
    away = np.min([_to_ray(_lit(seen), colour, ANY_LIGHT) for colour in _lit(front)], axis=0)
    return list(_lit(seen)[away > APART])


def _evidence(lab: F32, front: F32, seen: F32 | None) -> Iterator[F32]:
    """For each of `SHADES`, how much nearer each colour of `lab` (h x w x 3) is to those of the front in less light than
    in more, CIE76, h x w."""
    lit = _lit(array(cv2.GaussianBlur(lab, (0, 0), 0.6)))
    own = [lengths(lit - colour) for colour in _foreign(seen, front)]
    for shade in SHADES:
        inside, outside = (
            [_to_ray(lit, colour, between) for colour in _lit(front)]
            for between in ((LIGHT[0], shade), (shade, LIGHT[1]))
        )
        apart = np.min(outside, axis=0) - np.min(inside + own, axis=0)
        # What the lens mixed along the edge of a stripe looks like the lighter colour in the shade.
        yield array(cv2.medianBlur(np.clip(apart, -MOST, MOST).astype(np.float32), 5))


def _moved(evidence: F32, points: Values, normals: Values, chest: float) -> Values:
    """The line moved along its normals so that the evidence between it and where it was is on the right side."""
    most = max(2, round(MOVES * chest))
    moves = np.arange(-most, most + 1)
    along = points[:, None] + moves[None, :, None] * normals[:, None]
    gain = np.cumsum(sampled(evidence[..., None], along)[..., 0], axis=1)
    return points + best_moves(gain.astype(np.float64), moves, BEND)[:, None] * normals


def _without_spikes(area: Bools, cloth: Bools, chest: float) -> Bools:
    """The `area` above a line without what of it reaches as a thread into the front; what lies above the `cloth` counts to
    it, so that its own pointed ends stay."""
    side = 2 * round(SPIKE * chest) + 1
    sky = np.cumsum(cloth, axis=0) == 0
    padded = np.pad((area | sky).astype(np.uint8), side, mode="edge")
    kernel = array(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    opened = array(cv2.morphologyEx(padded, cv2.MORPH_OPEN, kernel))[side:-side, side:-side]
    return area & (opened > 0)


def _clear(evidence: F32, area: Bools, strip: Bools) -> float:
    """The least mean evidence that the left, the middle or the right has for the inside above a line (`area`, h x w) or for
    the front below it (`strip`)."""
    if not area.any():
        return 0.0
    ends: Values = np.quantile(np.flatnonzero(area.any(axis=0)), (0, 1 / 3, 2 / 3, 1))
    found: list[float] = []
    for first, last in pairwise(ends.tolist()):
        part = slice(int(first), int(last) + 1)
        inside, front = evidence[:, part][area[:, part]], evidence[:, part][strip[:, part]]
        found += [float(inside.mean()), float(-front.mean())] if min(inside.size, front.size) >= 8 else [0.0]
    return min(found)
