"""Light, shadow, grain and sharpness of the photograph on the fitted garment.

Everything is multiplied onto the garment's own shading; its colours stay those of the product picture on average.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import around
from bottega.imaging.arrays import largest, median, picked, quantile
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_TUBE_EDGE = np.float32(0.86)
"""Light on the edge of a round sleeve."""
SHOULDERS = 0.62
"""Shoulder breadths from the middle to the outer side of an upper arm."""
WORN_RANGE = (0.72, 1.22)
"""Shading that is taken from a worn garment is held within this: what is beyond is pattern, not light."""
_NARROW = 0.045
"""Shoulder breadths within which worn light is evened."""
_WIDER = 3.0, 9.0
"""Times as far it is followed beyond the worn garment, ever more evened: light on a body changes slowly."""
_HAIR_SHADOW = 0.08
"""Shoulder breadths beside hair in which cloth lies in its shadow, or between strands."""
_END = 0.1
"""Shoulder breadths above the lower end of cloth that bends in there, or lies in the shadow of its own seam."""


def shading(
    photo: F32, person: PersonParse, body: Body, old: F32, cover: F32, sleeves: F32
) -> tuple[F32, str]:
    """Factors on the garment, H x W, mean 1 under `cover`; and whence they come: "worn" or "cylinder". `sleeves`: that
    part of `cover` which goes around an arm."""
    round_ = cylinder(body, photo.shape[:2], face_slant(photo, person), cover * (1 - sleeves))
    around_arms = sleeves * _below_shoulders(body, photo.shape[:2])
    round_ = round_ * (1 - around_arms) + _tubes(sleeves) * around_arms
    source = "cylinder"
    factors = round_
    old = _without_hairs_shadow(old, person, body)
    seen = (old > 0.9) & (cover > 0.02)
    if person.worn_pattern == "plain" and seen.sum() > 400 and _is_even(photo, old):
        factors = _followed(photo, old, round_.astype(np.float32), cover, body.breadth)
        source = "worn"
    under = cover > 0.5
    if under.any():
        factors = factors / max(float(factors[under].mean()), 1e-3)
    return factors.astype(np.float32), source


def face_slant(photo: F32, person: PersonParse) -> float:
    """Light from the viewer's left (negative) or right (positive), -1 to 1: the difference of the face's halves over
    their sum, five times. 0 without a face."""
    if person.face is None:
        return 0.0
    x, y, width, height = (round(v) for v in person.face.box)
    patch = luma(photo[max(y, 0) : y + height, max(x, 0) : x + width])
    if patch.shape[0] < 4 or patch.shape[1] < 4:
        return 0.0
    # The outer fifths are hair and ears.
    inner = patch[
        patch.shape[0] // 3 : -patch.shape[0] // 8 or None, patch.shape[1] // 5 : -patch.shape[1] // 5
    ]
    half = inner.shape[1] // 2
    if half < 1:
        return 0.0
    left, right = float(np.median(inner[:, :half])), float(np.median(inner[:, -half:]))
    return float(np.clip(5 * (right - left) / max(right + left, 1e-3), -1, 1))


def cylinder(body: Body, shape: tuple[int, ...], slant: float, cloth: F32 | None = None) -> F32:
    """Lambert's cosine on an upright cylinder as broad as the torso, and above the armpits as the shoulders, which run out into
    the arms without an edge; two thirds of it ambient: H x W about 1. `cloth`: H x W in [0, 1], what hangs below the hips as
    broad as it is cut."""
    y, x = np.arange(shape[0]) - body.origin[1], np.arange(shape[1]) - body.origin[0]
    drops = y * body.down[1] - body.origin[0] * body.down[0]
    left, right = body.sides(drops)
    above = 1 - np.clip(drops / body.drops[1], 0, 1)
    left, right = (
        side + above * (sign * SHOULDERS * body.breadth - side) for side, sign in ((left, -1), (right, 1))
    )
    if cloth is not None:
        left, right = _around(cloth > 0.5, body, drops, left, right)
    half = np.maximum((right - left) / 2, 1.0) * 1.15
    begin = ((y * body.across[1] - (right + left) / 2) / half).astype(np.float32)
    step = (1 / half).astype(np.float32)
    across = np.multiply.outer(step, (x * body.across[0]).astype(np.float32))
    across += begin[:, None]
    np.clip(across, -1, 1, out=across)
    turn = 0.6 * slant
    lit = np.float32(np.cos(turn)) * np.sqrt(1 - across**2) + np.float32(np.sin(turn)) * across
    return np.float32(0.72) + np.float32(0.33) * np.clip(lit, 0, 1)


def _around(cloth: Bool, body: Body, drops: F64, left: F64, right: F64) -> tuple[F64, F64]:
    """`left` and `right`, the sides of each row along the body's axis, further out where `cloth` (H x W) is below the hips."""
    rows = np.flatnonzero(cloth.any(axis=1) & (drops > body.hip_drop))
    if not len(rows):
        return left, right
    part = cloth[rows]
    first, last = part.argmax(axis=1), part.shape[1] - 1 - part[:, ::-1].argmax(axis=1)
    left, right = left.copy(), right.copy()
    # The axis leans: what is across it is seen along a row.
    along = (rows - body.origin[1]) * body.across[1]
    left[rows] = np.minimum(left[rows], (first - body.origin[0]) * body.across[0] + along)
    right[rows] = np.maximum(right[rows], (last - body.origin[0]) * body.across[0] + along)
    return left, right


def _below_shoulders(body: Body, shape: tuple[int, ...]) -> F32:
    """How much of an arm stands apart from the torso: 0 at the shoulder line, 1 from the armpits down; H x 1."""
    drops = (np.arange(shape[0]) - body.origin[1]) * body.down[1]
    return np.clip(drops / body.drops[1], 0, 1).astype(np.float32)[:, None]


def _tubes(sleeves: F32) -> F32:
    """Light on round sleeves from the front: H x W about 1, by the depth in the sleeve."""
    found = np.full(sleeves.shape, _TUBE_EDGE, np.float32)
    box = cv2.boundingRect((sleeves > 0).view(np.uint8))
    # The blur below reaches 0.6 radii, and no radius is more than half a side.
    at = around(sleeves > 0, round(0.3 * min(box[2:])) + 6)
    if at is None:
        return found
    solid = (sleeves[at] > 0.5).astype(np.uint8)
    depth = np.asarray(cv2.distanceTransform(solid, cv2.DIST_L2, 5), np.float32)
    deep = picked(depth, depth > 0)
    radius = max(float(quantile(deep, 0.95)), 2.0) if deep.size else 2.0
    inner = np.clip(depth / np.float32(radius), 0, 1)
    round_ = _TUBE_EDGE + np.float32(0.16) * np.sqrt(1 - (1 - inner) ** 2)
    found[at] = cv2.GaussianBlur(round_, (0, 0), max(1.0, 0.15 * radius))
    return found


def _without_hairs_shadow(old: F32, person: PersonParse, body: Body) -> F32:
    """`old` (H x W) without what lies beside hair: light there is that of the hair, and would be a stain where the new garment
    is seen."""
    hair = person.regions.get("hair")
    at = None if hair is None else around(hair > 0.5, round(_HAIR_SHADOW * body.breadth))
    if hair is None or at is None:
        return old
    away = np.asarray(cv2.distanceTransform((hair[at] <= 0.5).astype(np.uint8), cv2.DIST_L2, 3))
    found = old.copy()
    found[at][away < _HAIR_SHADOW * body.breadth] = 0
    return found


def _is_even(photo: F32, old: F32) -> bool:
    """No pattern in the worn garment: its colour differs little from its own blur."""
    inside = np.asarray(cv2.erode((old > 0.9).astype(np.uint8), np.ones((9, 9), np.uint8)), bool)
    if inside.sum() < 400:
        return False
    # The blur reaches four standard deviations.
    at = around(inside, 25) or (slice(None), slice(None))
    away = largest(cv2.absdiff(photo[at], cv2.GaussianBlur(photo[at], (0, 0), 6)))
    return float(quantile(picked(away, inside[at]), 0.95)) < 0.11


def _printed(photo: F32, light: F32, old: F32) -> Bool:
    """H x W: what departs from the garment's own colour by more than light can do, a print on plain cloth."""
    inside = old > 0.9
    if not inside.any():
        return inside
    light = np.maximum(light, 0.02)
    tint = photo / light[..., None]
    usual, level = np.median(picked(tint, inside), axis=0), median(picked(light, inside))
    # On dark cloth noise and compression move the tint.
    far = largest(np.abs(tint - usual)) * np.minimum(light / 0.25, 1) > 0.25
    far |= (light < 0.5 * level) | (light > 1.6 * level + 0.05)
    return np.asarray(cv2.dilate((far & inside).astype(np.uint8), np.ones((3, 3), np.uint8))) > 0


def _followed(photo: F32, old: F32, round_: F32, cover: F32, breadth: float) -> F32:
    """Light on the worn garment `old`, and beyond it what light of shape alone, `round_`, becomes with what there is more
    or less of it where the new one, `cover`, lies over the worn: all H x W."""
    sigma = max(2.0, _NARROW * breadth)
    # What is blurred this far needs no more pixels.
    factor = max(1, int(sigma / 3))
    height, width = old.shape
    size = (max(1, width // factor), max(1, height // factor))
    small, shape, held, over = (
        np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)
        for values in (photo, round_, old, cover)
    )
    sigma /= factor
    worn, known, trust = _worn_light(small, held, sigma, round(_END * breadth / factor))
    # Both at one level where both are known.
    known = known * over
    share = np.maximum(known, 1e-6)
    worn *= np.float32(np.average(shape, weights=share) / max(float(np.average(worn, weights=share)), 1e-3))
    more = (worn / np.maximum(shape, np.float32(0.1))).astype(np.float32)
    beyond = np.ones_like(shape)
    for times in reversed(_WIDER):
        even, sure = _evened(more, known, times * sigma)
        beyond = even * sure + beyond * (1 - sure)
    large = [
        np.asarray(cv2.resize(values.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR))
        for values in (worn * trust, beyond * (1 - trust))
    ]
    return (large[0] + round_ * large[1]).astype(np.float32)


def _worn_light(photo: F32, old: F32, sigma: float, end: int) -> tuple[F32, F32, F32]:
    """Luma of the worn garment over its median, evened over `sigma`; where it was taken from; and how far to trust it: all
    H x W. `end`: rows at a lower end of cloth that tell nothing."""
    light = luma(photo)
    plain = (old > 0.9) & ~_printed(photo, light, old)
    goes_on = np.zeros_like(plain)
    goes_on[: len(plain) - end] = old[end:] > 0.9
    inner = cv2.erode((plain & goes_on).astype(np.uint8), np.ones((3, 3), np.uint8))
    # What is narrow is a collar or an edge with its seams.
    broad = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(sigma) + 1, 2 * round(sigma) + 1))
    weight = np.asarray(cv2.morphologyEx(inner, cv2.MORPH_OPEN, broad), np.float32)
    middle = float(np.median(light[weight > 0])) if (weight > 0).any() else 1.0
    mean, trust = _evened(light, weight, sigma)
    # On dark cloth sensor noise and gloss weigh more than light: less is taken over.
    strength = float(np.clip(middle / 0.35, 0.35, 0.85))
    return np.clip(mean / max(middle, 1e-3), *WORN_RANGE) ** strength, weight, trust


def _evened(values: F32, weight: F32, sigma: float) -> tuple[F32, F32]:
    """The mean of `values` by their `weight` around each pixel, and how much of it there is, 1 from half on: H x W."""
    near = np.asarray(cv2.GaussianBlur(weight, (0, 0), sigma), np.float32)
    mean = np.asarray(cv2.GaussianBlur(values * weight, (0, 0), sigma)) / np.maximum(near, 1e-4)
    return mean.astype(np.float32), np.clip((near - np.float32(0.1)) / np.float32(0.4), 0, 1)


def contact_shadow(cover: F32, breadth: float) -> F32:
    """Factors on what lies beside and below the garment, H x W: darkest at its edge, mostly downward."""
    sigma = max(1.5, 0.018 * breadth)
    near = np.asarray(cv2.GaussianBlur(cover, (0, 0), sigma), np.float32)
    shift = np.array(((1.0, 0.0, 0.0), (0.0, 1.0, sigma)), np.float32)
    fallen = np.asarray(cv2.warpAffine(near, shift, cover.shape[::-1]), np.float32)
    return (1 - 0.3 * np.clip(fallen, 0, 1)).astype(np.float32)
