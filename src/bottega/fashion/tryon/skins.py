"""Made-up skin where it meets skin that is seen: the made-up one takes the colour of the other, which stays as it is."""

import cv2
import numpy as np

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, around, grown
from bottega.imaging.picture import F32

_WIDE = 0.06
"""Shoulder breadths (standard deviation) around a place from which skin that is seen tells the colour of what is made up."""
_SHADOW = 0.035
"""Shoulder breadths beside a wide part within which skin lies in the shadow of the cuff that was there."""
_FULL = 0.12
"""Of what is around a place is seen skin, where what is made up has the colour of that."""
_THIN = 2 * RIM + 1
"""Pixels: what is narrower is a rim. Odd, so that both of its sides count alike."""


def seen_skin(person: PersonParse, shape: tuple[int, ...]) -> Bool:
    """H x W: neck, arms and hands as far as they are sure."""
    found = np.zeros(shape, np.bool_)
    for name in ("neck", "left_arm", "right_arm", "hands"):
        if name in person.regions:
            found |= person.regions[name] > 0.95
    return found


def as_beside(
    skin: F32, photo: F32, made_up: Bool, seen: Bool, cuffs: Bool, breadth: float
) -> tuple[F32, Bool]:
    """`skin` (H x W x 3 in [0, 1]) shifted, where it is to be `made_up` (H x W), to what the `photo` shows of `seen` skin
    (H x W) beside it, less and less away from that: a limb's light differs from place to place, and a step of it where a
    hand begins would look like a ring. A rim is as the skin that it borders, except around `cuffs` (H x W), where that is in
    the shadow. And what of `made_up` is no such rim: H x W. `breadth`: of the shoulders, in pixels."""
    wide = opened(made_up, _THIN) | (made_up & cuffs)
    lit = seen & ~grown(wide, max(RIM, round(_SHADOW * breadth)))
    result = _shifted(skin, photo, wide, lit, _WIDE * breadth)
    rim = made_up & ~wide
    at = around(rim, 3 * _THIN)
    if at is not None:
        known = (seen[at] | (wide[at] & ~grown(seen, _THIN)[at])).astype(np.float32)
        own = np.where(seen[at][..., None], photo[at], result[at]) * known[..., None]
        near, own = (cv2.blur(values, (2 * _THIN - 1,) * 2) for values in (known, own))
        share = np.where(rim[at], np.clip(near / 0.05, 0, 1), 0)[..., None]
        result = result.copy()
        result[at] += share * (own / np.maximum(near, 1e-4)[..., None] - result[at])
    return result, wide


def opened(mask: Bool, pixels: int) -> Bool:
    """`mask` (H x W) without what is narrower than `pixels`, an odd number."""
    kernel = np.ones((pixels, pixels), np.uint8)
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)) > 0


def chinks(wall: Bool, backdrop: Bool, skin: Bool, cover: F32) -> Bool:
    """H x W: of `wall`, backdrop that is to be made up, what is a mere line between seen `skin` and the new garment's `cover`, while
    no other `backdrop` is next to it: how far an arm reaches there is not known to the pixel."""
    thin = wall & ~opened(wall | backdrop, _THIN)
    return thin & grown(skin, _THIN) & grown(cover > 0.5, _THIN)


def _shifted(skin: F32, photo: F32, where: Bool, seen: Bool, sigma: float) -> F32:
    """`skin` shifted `where` it is asked for to what is `seen` of it within about two `sigma` pixels. Shapes as of
    `as_beside`."""
    at = around(where, round(3 * sigma) + 1)
    if at is None or not seen[at].any():
        return skin
    known = seen[at].astype(np.float32)
    off = (photo[at] - skin[at]) * known[..., None]
    near, off = (_blurred(values, sigma) for values in (known, off))
    share = np.minimum(near / np.float32(_FULL), 1) / np.maximum(near, np.float32(1e-4))
    result = skin.copy()
    result[at] = np.clip(skin[at] + off * share[..., None], 0, 1)
    return result


def _blurred(values: F32, sigma: float) -> F32:
    """A Gaussian of `sigma` pixels; what is blurred so far needs no more pixels."""
    height, width = values.shape[:2]
    factor = max(1.0, sigma / 3)
    size = max(2, round(width / factor)), max(2, round(height / factor))
    small = cv2.GaussianBlur(cv2.resize(values, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / factor)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
