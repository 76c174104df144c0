"""The front's neckline within the cloth: the line from collar to collar, below which the front is seen and above which the
inside of the back. Found by its shape, so that it is found on dark cloth too, where hardly a shade parts the two."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array
from bottega.imaging.picture import F32

Bools = NDArray[np.bool_]
Values = NDArray[np.float64]
POINTS, SEGMENTS, WEAKER = 49, 7, 4
EACH_THIRD = 0.5
"""Of the mean contrast that the left, the lower and the right third of the line show each."""
STYLES: tuple[tuple[float, float], ...] = ((1.0, 1.0), (1.5, 0.8), (2.0, 0.5), (3.5, 0.4))
"""Exponents of |t| and of what is left of 1: a V, a soft V, a half ellipse, a square with round corners."""
LEAST_CONTRAST = 1.2
"""CIE76 between both sides of the line, mean vector: dark cloth shows no more."""
ABOVE_OTHERS = 1.45
"""Times by which the line stands out more than the best line of the same kind lower down on the front."""
LEAST_DEPTH = 0.05
"""Of the chest's breadth: a flatter line is a waistband or the rim itself."""
LOWER = (0.5, 0.8)
"""Breadths of the chest below the neck at which the front is looked at for comparison."""
ALIKE = (0.06, 0.08)
"""Half breadth and depth, in breadths of the chest, within which curves are of the same kind."""
MOST = 8.0
"""CIE76 per component beyond which a difference counts no more: a white label is not a hundred shades of black."""
MOST_INSIDE = 0.16
"""Share of the garment that the inside of a collar can take."""
CONSISTENT = 0.78
"""Share of the line that is darker on the same side."""
LESS_WITH_LABEL = (0.8, 0.7, 1.15)
"""Least contrast, share and times above others where a label says that there is a line."""
LABEL_CUT = 0.4
"""Of a label's height that the front's edge may cover of it."""
LEAST_SURE, DRAWN_ON = 0.4, 1.3
"""Share of a line's points to which a smooth curve can be fitted, and times its half breadth to which that is drawn on."""
BLURRED = 1.0
"""Pixels by which the inside is cut below its edge, so that none of its colour stays along the front's."""
DEEP = 0.47
CANDIDATES = 60
DIP, WHOLE, WHOLE_UNDER_DIP = 0.05, 0.85, 0.45
"""Breadths of the chest by which the upper outline hangs at the neck where the back's edge is seen; share of a line that
has cloth on both sides, and the same below such a dip."""
SHADED = 3.0
"""CIE76 by which the inside is darker."""
ODD, LEAST_ODD, ODD_OF_FRONT, LABEL_SHARE = 9.0, 0.05, 0.33, 0.3
"""CIE76 from the usual colour; share of such pixels that is calm; of the front's own share; and of the inside, a label."""


@dataclass(frozen=True, slots=True)
class Necklines:
    """Curves, n x POINTS x 2 (x, y), their normals (unit, towards the front), and their lengths, pixels."""

    points: Values
    normals: Values
    lengths: Values
    kinds: Values
    """Half breadth and depth in breadths of the chest, and the style's number: n x 3."""


def neckline_within(
    lab: F32, mask: Bools, axis: float, top: int, chest: float, label: Bools | None = None
) -> Bools | None:
    """The part of `mask` (h x w) above the front's neckline, or None where no line stands out.

    `axis`: column of the mirror axis; `top`: first row of the garment; `chest`: its breadth under the arms, pixels;
    `label`: h x w, one that was seen inside: then there is a line, it runs below that, and less will do for it.
    A matched filter: for every neckline that garments have (6 to 62 % of the chest deep, 26 to 72 % wide), the
    difference of the colours across it; the best must stand out from the best that the front shows lower down, and
    what is above it must be calm: a print on the front has lines as well.
    """
    calm = array(cv2.GaussianBlur(lab, (0, 0), max(0.8, 0.006 * chest)))
    outline = np.where(mask.any(axis=0), mask.argmax(axis=0), -1).astype(np.float64)
    step = max(1.5, 0.022 * chest)
    curves = necklines(outline, axis, chest, 0.0)
    if curves is None:
        return None
    ends = outline[np.clip(np.round(axis + np.array([-0.25, 0.25]) * chest).astype(int), 0, len(outline) - 1)]
    dips = float(outline[round(axis)] - ends.max()) > DIP * chest
    # What the lens mixed of cloth and paper along the back's edge is darker or lighter than either side.
    within = array(cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8))) > 0 if dips else mask
    score, contrast, consistent, direction = _contrasts(calm, within, curves, step, dips)
    others, loudest = _lower_down(calm, mask, outline, axis, chest, step)
    least, agreed, louder = (LEAST_CONTRAST, CONSISTENT, ABOVE_OTHERS) if label is None else LESS_WITH_LABEL
    fit = (contrast >= least) & (consistent >= agreed) & (score >= louder * others)
    fit &= score >= loudest if label is None else _below(curves.points, label)
    if dips:
        # The neck may be open after all, and the line a seam: the inside is darker, without a label clearly.
        fit &= (direction[:, 0] > 0.3) & (contrast >= (0 if label is not None else SHADED))
    order = np.argsort(np.where(fit, -score, 0), kind="stable")[:CANDIDATES]
    plain = None if label is None else ~label
    for best in order[fit[order]]:
        area = above(curves.points[best], mask, top)
        if area.sum() >= MOST_INSIDE * mask.sum() or not _calm_inside(calm, mask, area, chest, plain):
            continue
        points, normals = curves.points[best], curves.normals[best]
        line = (
            _snapped(calm, points, normals, direction[best], step, chest)
            if label is None
            else _smooth(*_parted(calm, within, points, normals, direction[best], step, chest), within)
        )
        if float(line[:, 1].max() - line[[0, -1], 1].mean()) < LEAST_DEPTH * chest:
            continue
        inside = above(line, mask, top)
        if inside.sum() < MOST_INSIDE * mask.sum():
            return inside
    return None


def above(line: Values, mask: Bools, top: int) -> Bools:
    """What of `mask` (h x w) lies above a `line` (n x 2) from left to right."""
    area = np.zeros(mask.shape, np.uint8)
    lid = np.array([[line[-1, 0], top - 2.0], [line[0, 0], top - 2.0]])
    cv2.fillPoly(area, [np.round(np.vstack([line, lid])).astype(np.int32)], 1)
    return (area > 0) & mask


def _below(points: Values, label: Bools) -> NDArray[np.bool_]:
    """Per curve (n x POINTS x 2) whether it runs around the `label` (h x w)."""
    rows, columns = np.nonzero(label)
    left, right, bottom = columns.min(), columns.max(), rows.max() - LABEL_CUT * np.ptp(rows)
    beside = (points[:, 0, 0] < left) & (points[:, -1, 0] > right)
    over = (points[..., 0] >= left) & (points[..., 0] <= right)
    least = np.where(over, points[..., 1], np.inf).min(axis=1)
    return beside & (least > bottom)


def _calm_inside(calm: F32, mask: Bools, area: Bools, chest: float, plain: Bools | None) -> bool:
    """Whether `area` has hardly any odd pixels, or clearly fewer than the front below it."""
    rim = np.ones((3, 3), np.uint8)
    inner = array(cv2.erode(area.astype(np.uint8), rim, iterations=max(1, round(0.02 * chest)))) > 0
    if plain is not None:
        inner &= plain
    rows, columns = np.nonzero(area)
    low, high = int(rows.max()) + 1, int(rows.max() + 0.5 * chest)
    front = calm[low:high, columns.min() : columns.max() + 1]
    front = front[mask[low:high, columns.min() : columns.max() + 1]]
    if inner.sum() < 20 or len(front) < 50:
        return True
    odd = [
        float((np.linalg.norm(values - np.median(values, axis=0), axis=1) > ODD).mean())
        for values in (calm[inner], front)
    ]
    # On a plain front, what is odd inside is a label that was not found.
    return odd[0] < (LABEL_SHARE if odd[1] < LEAST_ODD else max(LEAST_ODD, ODD_OF_FRONT * odd[1]))


def _lower_down(
    calm: F32, mask: Bools, outline: Values, axis: float, chest: float, step: float
) -> tuple[Values, float]:
    """Per curve, the best score that curves like it have lower down on the front: of the calmer of two places, since one
    may bear a print. Where the garment is too short for a curve, the best of the others speaks for it.
    And the best of all in the calmer place: a pattern has lines of every kind."""
    inner = (
        array(
            cv2.erode(
                mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=max(1, round(0.03 * chest))
            )
        )
        > 0
    )
    found: list[Values] = []
    loudest: list[float] = []
    for lower in LOWER:
        beside = necklines(outline, axis, chest, lower * chest)
        if beside is not None:
            score = np.asarray(_contrasts(calm, inner, beside, step)[0], np.float64)
            found.append(np.where(score > 0, _best_alike(score, beside.kinds), np.inf))
            loudest += [float(score.max())] if (score > 0).any() else []
    least = np.min(found, axis=0)
    known = np.isfinite(least)
    rest = float(least[known].max(initial=0.0))
    return np.where(known, least, rest), min(loudest, default=0.0)


def _best_alike(score: Values, kinds: Values) -> Values:
    """Per curve the best score among those of its style and nearly its breadth and depth."""
    best = score.copy()
    for style in np.unique(kinds[:, 2]):
        these = np.flatnonzero(kinds[:, 2] == style)
        half, deep = kinds[these, 0], kinds[these, 1]
        near = np.abs(half[:, None] - half) < ALIKE[0]
        near &= np.abs(deep[:, None] - deep) < ALIKE[1]
        best[these] = np.where(near, score[these][None], 0).max(axis=1)
    return best


def necklines(outline: Values, axis: float, chest: float, lower: float) -> Necklines | None:
    """All necklines that hang from the upper `outline` (w,), each `lower` pixels below where it would be."""
    # Denser towards the ends, where the line is steep.
    along = np.sin(np.linspace(-np.pi / 2, np.pi / 2, POINTS))
    depths = np.linspace(0.06, 0.62, 14)
    # Per style how far the curve hangs at each point, and all depths of all styles: at most 14 * 4 curves a pair of ends.
    hangs = np.stack([(1 - np.abs(along) ** power) ** root for power, root in STYLES])
    deep = np.repeat(depths, len(STYLES))
    styles = np.tile(np.arange(len(STYLES), dtype=np.float64), len(depths))
    # Only a V is deeper than that; below it a rounder line is the upper edge of a print.
    made = (deep < DEEP) | (styles < 2)
    below = ((deep * chest)[:, None] * np.tile(hangs, (len(depths), 1)))[made]
    deep, styles = deep[made], styles[made]
    points: list[Values] = []
    kinds: list[Values] = []
    for shift in (-0.03, 0.0, 0.03):
        for half in np.linspace(0.13, 0.36, 10):
            ends = np.round(axis + shift * chest + np.array([-half, half]) * chest).astype(int)
            if ends[0] < 0 or ends[1] >= len(outline) or (outline[ends] < 0).any():
                continue
            x, base = (
                (float(first) + float(last) + along * (float(last) - float(first))) / 2
                for first, last in (ends, outline[ends])
            )
            base = base + lower
            points.append(np.stack([np.broadcast_to(x, below.shape), base + below], axis=2))
            kinds.append(np.stack([np.full(len(deep), half), deep, styles], axis=1))
    if not points:
        return None
    curves = np.concatenate(points)
    tangent = np.gradient(curves, axis=1)
    pace = np.sqrt(tangent[..., 0] ** 2 + tangent[..., 1] ** 2)[..., None]
    # Walked from left to right, the front is on the right hand: down in the picture.
    normals = np.stack([-tangent[..., 1], tangent[..., 0]], axis=2) / np.maximum(pace, 1e-6)
    return Necklines(curves, normals, pace[..., 0], np.concatenate(kinds))


def sampled(values: F32, points: Values) -> F32:
    """`values` (h x w x 3) at `points` (... x 2), the nearest pixel."""
    height, width = values.shape[:2]
    x = np.clip(np.round(points[..., 0]), 0, width - 1).astype(int)
    y = np.clip(np.round(points[..., 1]), 0, height - 1).astype(int)
    return values[y, x]


def _contrasts(
    calm: F32, mask: Bools, curves: Necklines, step: float, dips: bool = False
) -> tuple[Any, Any, Any, Any]:
    """Per curve: score, length of the difference across it, share of it that agrees, its direction (n x 3).

    The mean is one over the `WEAKER` of the curve's `SEGMENTS`: where it runs along the edge of a print for a while, the
    rest of it shows nothing.
    """
    out, into = curves.points + step * curves.normals, curves.points - step * curves.normals
    cloth = sampled(mask[..., None].astype(np.float32), out)[..., 0]
    cloth *= sampled(mask[..., None].astype(np.float32), into)[..., 0]
    weight = curves.lengths * cloth
    total = weight.sum(axis=1)
    apart = np.clip(sampled(calm, out) - sampled(calm, into), -MOST, MOST)
    count = len(apart)
    pieces = (apart * weight[..., None]).reshape(count, SEGMENTS, -1, 3).sum(axis=2)
    parts = weight.reshape(count, SEGMENTS, -1).sum(axis=2)
    pieces /= np.maximum(parts, 1e-6)[..., None]
    seen: Bools = parts > 0.3 * curves.lengths.reshape(count, SEGMENTS, -1).sum(axis=2)
    loud = array(np.linalg.norm(pieces, axis=2), np.float64)
    usual: Any = np.median(array(np.where(seen, loud, loud.mean(axis=1)[:, None])), axis=1)[:, None]
    pieces *= np.minimum(1, usual / np.maximum(loud, 1e-6))[..., None]
    mean = (pieces * parts[..., None]).sum(axis=1) / np.maximum(total, 1e-6)[:, None]
    direction = mean / np.maximum(np.linalg.norm(mean, axis=1), 1e-6)[:, None]
    along = array(np.einsum("nsc,nc->ns", pieces, direction), np.float64)
    # Beside the dip of the back there is no cloth to see on the inner side.
    rest = (along * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    along = array(np.where(seen, along, rest[:, None]), np.float64)
    contrast = np.maximum(np.sort(along, axis=1)[:, :WEAKER].mean(axis=1), 0)
    # Both sides and the bottom show it.
    thirds = array(
        np.stack([along[:, part].mean(axis=1) for part in (slice(0, 2), slice(2, 5), slice(5, 7))])
    )
    contrast *= np.clip(thirds.min(axis=0) / np.maximum(EACH_THIRD * thirds.mean(axis=0), 1e-6), 0, 1)
    agrees = np.einsum("npc,nc->np", apart, direction) > 0
    consistent = (agrees * weight).sum(axis=1) / np.maximum(total, 1e-6)
    whole = total / np.maximum(curves.lengths.sum(axis=1), 1e-6)
    score = (
        contrast
        * np.sqrt(total)
        * np.clip(2 * consistent - 1, 0, 1)
        * (whole > (WHOLE_UNDER_DIP if dips else WHOLE))
    )
    return score, contrast, consistent, direction


def _snapped(
    calm: F32, points: Values, normals: Values, direction: Values, step: float, chest: float
) -> Values:
    """The curve moved along its normals to where the colours change most; neighbours move alike (dynamic programming)."""
    most = max(2, round(0.05 * chest))
    moves = np.arange(-most, most + 1)
    moved = points[:, None] + moves[None, :, None] * normals[:, None]
    away = 0.6 * step * normals[:, None]
    gain = np.clip(sampled(calm, moved + away) - sampled(calm, moved - away), -MOST, MOST) @ direction
    gain = gain - 0.02 * float(np.abs(gain).max() + 1e-6) * np.abs(moves)[None] / most
    return points + best_moves(gain.astype(np.float64), moves)[:, None] * normals


def _parted(
    calm: F32, mask: Bools, points: Values, normals: Values, direction: Values, step: float, chest: float
) -> tuple[Values, Bools]:
    """The curve moved along its normals to where the colours are midway between those on its two sides, and which of its
    points have cloth (`mask`, h x w) on both."""
    most = max(2, round(0.05 * chest))
    moves = np.arange(-most, most + 1)
    along = points[:, None] + moves[None, :, None] * normals[:, None]
    sides = np.stack([points - step * normals, points + step * normals])
    whole = _both_in(mask, sides)
    if not whole.any():
        return points, whole
    shades = sampled(calm, sides) @ direction
    middle = float(np.median(shades[:, whole], axis=1).mean())
    inside = np.clip(middle - sampled(calm, along) @ direction, -MOST, MOST)
    gain = np.cumsum(np.where(_in(mask, along), inside, 0), axis=1)
    line = points + best_moves(gain.astype(np.float64), moves)[:, None] * normals
    near = np.stack([line - 0.5 * step * normals, line + 0.5 * step * normals])
    return line, _both_in(mask, near)


def _in(mask: Bools, points: Values) -> Bools:
    """Whether `points` (... x 2) are in the `mask` (h x w)."""
    return sampled(mask[..., None].astype(np.float32), points)[..., 0] > 0


def _both_in(mask: Bools, sides: Values) -> Bools:
    """The same of both of two points (2 x n x 2): n."""
    inside = _in(mask, sides)
    return inside[0] & inside[1]


def _smooth(line: Values, sure: Bools, mask: Bools) -> Values:
    """The smooth curve of least squares through the `sure` (n) points of a `line` (n x 2): a parabola that may lean a little
    and whose ends may be steeper, drawn on straight to where it leaves the `mask` (h x w). The `line` itself where few are
    sure."""
    if sure.sum() < LEAST_SURE * len(line):
        return line
    middle, half = float(line[[0, -1], 0].mean()), float(np.ptp(line[[0, -1], 0])) / 2
    powers = np.array([0, 1, 2, 4])
    across = (line[:, 0] - middle) / half
    fitted = array(np.linalg.lstsq(across[sure, None] ** powers, line[sure, 1], rcond=None)[0], np.float64)
    farther = np.linspace(-DRAWN_ON, DRAWN_ON, 2 * POINTS + 1)
    within = np.clip(farther, -1, 1)
    slopes = (np.array([-1.0, 1.0])[:, None] ** (powers[1:] - 1) * powers[1:]) @ fitted[1:]
    slope = np.where(farther < 0, max(0.0, float(slopes[0])), min(0.0, float(slopes[1])))
    rows: Values = within[:, None] ** powers @ fitted + (farther - within) * slope + BLURRED
    curve = np.stack([middle + half * farther, rows], axis=1)
    off = np.flatnonzero(~_in(mask, curve))
    first, last = off[off < POINTS].max(initial=0), off[off > POINTS].min(initial=2 * POINTS)
    return curve[first : last + 1]


def best_moves(gain: Values, moves: NDArray[np.int64], bend: float = 0.0) -> NDArray[np.int64]:
    """Of `moves` (m) the one of each point that gains most in all, where neighbours differ by one at most, and that costs
    `bend`; `gain`: n x m."""
    total = gain.copy()
    came = np.zeros(total.shape, int)
    for row in range(1, len(total)):
        before = np.pad(total[row - 1], 1, constant_values=-np.inf)
        choices = np.stack([before[:-2] - bend, before[1:-1], before[2:] - bend])
        came[row] = choices.argmax(axis=0) - 1
        total[row] += choices.max(axis=0)
    at = int(np.argmax(total[-1]))
    chosen = [at]
    for row in range(len(total) - 1, 0, -1):
        at += int(came[row, at])
        chosen.append(at)
    return moves[np.array(chosen[::-1])]
