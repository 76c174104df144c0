"""Where the pieces of torso and sleeve meet: tips and dents at the shoulder, and gaps below the armpit."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.pieces import Placement
from bottega.fashion.tryon.ribbon import beyond_seam
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import drawn_ring, grown
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
TOUCHING = 0.08
"""Of the seam's length: cloth of sleeve and torso with a gap narrower than this at the armpit touches there."""

ROUND = 2.0
"""Times its own width below its upper end such a gap has that width again: cloth parts in a round, not in a step."""

HOLE = 0.3
"""Of the seam's length: an opening of less than this squared with cloth all around it is none."""

SOFT = 0.2
"""Of the seam's length: over so much a sleeve's cloth takes the place of the torso's."""


def soften_seam(cover: F32, torso: F32, ring: F64) -> None:
    """Lets a sleeve's `cover` begin softly, in place, where the `torso`'s cloth lies below it (both H x W): the two are cut
    from places in different light. `ring`: the sleeve's outline, first the seam's upper end, last its lower. Only its
    begin: a forearm that comes back over the torso lies before it."""
    way = ring[-1] - ring[0]
    length = max(float(np.hypot(*way)), 1e-6)
    out = np.array((way[1], -way[0])) / length
    if float((ring.mean(axis=0) - ring[0]) @ out) < 0:
        out = -out
    y, x = np.ogrid[: cover.shape[0], : cover.shape[1]]
    beyond = (x - ring[0][0]) * out[0] + (y - ring[0][1]) * out[1]
    begun = np.clip(0.5 + beyond / (SOFT * length), 0, 1)
    begun = np.maximum(begun, drawn_ring(beyond_seam(ring, 0.5 * SOFT), cover.shape))
    np.maximum(cover * begun, cover * (1 - torso), out=cover, casting="unsafe")


def close_notch(rgb: F32, covers: dict[str, F32], ring: F64, torso_middle: F64, bare: F32 | None) -> None:
    """Fills, in place, what stays open between torso and sleeve at the upper end of the seam: two pieces that are right
    each for itself meet there in a dent. `rgb` and `covers`: of `Fitted`. `ring`: the sleeve's outline, first the seam's
    upper end, last its lower. `bare`: arms seen without cloth."""
    reach = round(0.3 * _seam(ring))
    at = _window(ring[0], 2 * reach, rgb.shape)
    if at is None or reach < 2:
        return
    cover = _joined(covers, at)
    size = 2 * reach + 1
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    # In bytes: with so large a disc that is four times as fast, and the fill is soft anyway.
    whole = np.pad(np.rint(cover * 255).astype(np.uint8), reach, mode="edge")
    closed = np.asarray(cv2.morphologyEx(whole, cv2.MORPH_CLOSE, disc), np.float32) / np.float32(255)
    closed = closed[reach:-reach, reach:-reach]
    x, y = _offsets(ring[0], at)
    away = np.hypot(x, y) / reach
    filled = np.maximum(cover, np.clip(2 - 1.6 * away, 0, 1) * closed)
    if bare is not None:
        beside = grown(cover > 0.5, max(2, round(0.8 * reach)))
        # Further in there is neck and hair.
        outside = x * np.sign(ring[0][0] - torso_middle[0]) > -0.35 * reach
        filled = np.maximum(filled, np.where(beside & outside, np.clip(4 - 2 * away, 0, 1) * bare[at], 0))
    _fill(rgb, covers, at, filled.astype(np.float32))


def close_armpit(rgb: F32, covers: dict[str, F32], ring: F64) -> None:
    """Fills, in place, a narrow gap between torso and sleeve that begins at the armpit; further down they hang apart.
    Arguments as of `close_notch`."""
    seam = _seam(ring)
    reach = round(1.2 * seam)
    at = _window(ring[-1], reach, rgb.shape)
    if at is None or TOUCHING * seam < 1:
        return
    cover = _joined(covers, at)
    one, other = _distance(covers["torso"][at]), _distance(covers["sleeves"][at])
    gap, beside = one + other, np.abs(one - other) / 2
    away = np.hypot(*_offsets(ring[-1], at)) / reach
    # How far below its upper end: over so many pixels what still touches grows narrower by one.
    below = np.maximum(gap - TOUCHING * seam * (1 - away), 0) * reach / (TOUCHING * seam)
    half = gap / 2 * np.sqrt(below / (ROUND * np.maximum(gap, 1)))
    close = np.where(below > 0, np.clip(beside - half + 0.5, 0, 1), 1)
    filled = np.maximum(cover, close).astype(np.float32)
    filled[grown(_holes(filled < 0.5, (HOLE * seam) ** 2), 2)] = 1
    _fill(rgb, covers, at, filled)


def _holes(open_: Bool, most: float) -> Bool:
    """The parts of `open_` of at most `most` pixels that do not come to the window's border."""
    parts = parts_of(open_)
    small = parts.areas() <= most
    for border in (parts.labels[0], parts.labels[-1], parts.labels[:, 0], parts.labels[:, -1]):
        small[border] = False
    return parts.of(small)


def _seam(ring: F64) -> float:
    return float(np.hypot(*(ring[-1] - ring[0])))


def _window(middle: F64, reach: int, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    """The rows and columns up to `reach` around a point; None where hardly any are in the picture."""
    left, top = np.maximum(np.rint(middle - reach).astype(int), 0)
    right, bottom = np.minimum(np.rint(middle + reach).astype(int), (shape[1], shape[0]))
    if right - left < 4 or bottom - top < 4:
        return None
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def _offsets(middle: F64, at: tuple[slice, slice]) -> tuple[F64, F64]:
    """How far each pixel of a window lies to the right of `middle`, and below."""
    y, x = np.ogrid[at]
    return x - middle[0], y - middle[1]


def _distance(cover: F32) -> F32:
    return np.asarray(cv2.distanceTransform((cover < 0.5).astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _joined(covers: dict[str, F32], at: tuple[slice, slice]) -> F32:
    torso, sleeves = covers["torso"][at], covers["sleeves"][at]
    return np.asarray(sleeves + torso * (1 - sleeves), np.float32)


def _fill(rgb: F32, covers: dict[str, F32], at: tuple[slice, slice], filled: F32) -> None:
    """Raises the cover in a window to `filled`, in the colours nearby."""
    torso, sleeves, cover = covers["torso"][at], covers["sleeves"][at], _joined(covers, at)
    new: Bool = filled > cover + 0.004
    if not new.any() or not (cover > 0.95).any():
        return
    part = rgb[at]
    mixed = part * cover[..., None] + near_colour(part, cover > 0.95) * (1 - cover[..., None])
    rgb[at] = np.where(new[..., None], mixed, part)
    covers["sleeves"][at] = np.where(
        new, np.maximum(sleeves, (filled - torso) / np.maximum(1 - torso, 1e-3)), sleeves
    )


def shoulders_kept(placement: Placement, shape: tuple[int, int]) -> F32:
    """H x W in [0, 1]: 0 where the torso's cloth would stand off beyond shoulder and sleeve as a tip, because beyond its
    seam a spline only guesses."""
    rings = [patch.outline for patch in placement.patches if patch.ribbon is not None]
    kept = np.ones(shape, np.float32)
    if not rings:
        return kept
    drawn = drawn_ring(placement.outline, shape)
    for ring in rings:
        drawn = np.maximum(drawn, drawn_ring(ring, shape))
    for ring in rings:
        seam = float(np.hypot(*(ring[-1] - ring[0])))
        reach, margin = 0.5 * seam, max(1.0, 0.03 * seam)
        left, top = np.maximum(np.floor(ring[0] - 1.5 * reach).astype(int), 0)
        right, bottom = np.ceil(ring[0] + 1.5 * reach).astype(int)
        part = drawn[top:bottom, left:right]
        if not part.size:
            continue
        y, x = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
        near = np.clip(3 - 2 * np.hypot(x - ring[0][0], y - ring[0][1]) / reach, 0, 1)
        away = np.asarray(cv2.distanceTransform((part < 0.5).astype(np.uint8), cv2.DIST_L2, 5))
        inside = np.clip(margin + 0.5 - away, 0, 1)
        at = slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
        kept[at] = np.minimum(kept[at], (1 - near * (1 - inside)).astype(np.float32))
    return kept
