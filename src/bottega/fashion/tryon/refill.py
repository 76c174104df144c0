"""What shows where the old garment was and the new one is not: backdrop, skin, trousers, from the photograph's own pixels.

Deciding whether that much may be made up is `conditions`'.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.surfaces import backdrop_surface, mirrored_up, skin_surface
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import (
    RIM,
    closed,
    drawn_ring,
    drop_map,
    grown,
    large_parts,
    limb_shapes,
    neckline_zone,
    torso_zone,
    worn_top,
)
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
LEAST_WORN = 1.35
"""Squares of the shoulders' breadth: a top with sleeves that ends at the hips. The arms of a cropped one are no longer."""


@dataclass(frozen=True, slots=True)
class Refilled:
    """`rgb`: H x W x 3 float32 in [0, 1], the photograph without the old garment where `changed` (H x W) holds. Shares are of the old garment's area, that of a cropped one counted as of one that ends at the hips; `texture` is the
    robust standard deviation of the backdrop around its surface, 0 to 1."""

    rgb: F32
    changed: Bool
    backdrop_share: float
    skin_share: float
    bottom_share: float
    unknown_share: float
    texture: float


def arms_before(person: PersonParse, body: Body, sleeves: list[F64]) -> F32:
    """H x W in [0, 1]: arms and hands before the torso, seen or hidden by the worn sleeves.

    The upper arm joins the torso under the cloth; from the armpit down it lies before it. `sleeves` are the outlines of
    the new sleeves (N x 2, from the shoulder around the cuff to the armpit): under and beside them there is no bare arm.
    """
    shape = person.silhouette.shape
    limbs = limb_shapes(person, body, worn_top(person, shape))
    below = np.clip((drop_map(body, shape) - 0.3 * body.breadth) / (0.12 * body.breadth), 0, 1)
    bare = limbs * below
    for outline in sleeves:
        bare = np.where(_beside_sleeve(outline, shape, 0.09 * body.breadth), 0, bare)
    # What is left of an arm between seam and armpit is no limb, and would be a hole in the cloth.
    large = large_parts(bare > 0.02, 0.04 * body.breadth**2)
    return np.where(large, bare, 0).astype(np.float32)


def _beside_sleeve(outline: F64, shape: tuple[int, ...], reach: float) -> Bool:
    """The sleeve's outline grown by `reach`, but not past its cuff."""
    grown_out = grown(drawn_ring(outline, shape) > 0.5, max(1, round(reach)))
    half = len(outline) // 2
    cuff = (outline[half - 1] + outline[half]) / 2
    before = (outline[half - 2] + outline[half + 1]) / 2
    along = (cuff - before) / max(float(np.hypot(*(cuff - before))), 1e-6)
    y, x = np.ogrid[0 : shape[0], 0 : shape[1]]
    return grown_out & ((x - cuff[0]) * along[0] + (y - cuff[1]) * along[1] < 0)


def refill_upper(
    photo: F32, person: PersonParse, body: Body, cover: F32, front: F32, stain: Bool, hem: float
) -> Refilled:
    """Takes the worn top or dress out of `photo` (H x W x 3 in [0, 1]) wherever `cover`, the new garment, leaves it open.

    `front`: H x W, what lies before everything. `stain`: H x W, where the worn garment shows outside of its region. `hem`: the new garment's lower end below the shoulders in pixels.
    Raises ValueError where skin is needed, none is seen and none was measured.
    """
    shape = photo.shape[:2]
    old = worn_top(person, shape)
    area = max(float((old > 0.5).sum()), LEAST_WORN * body.breadth**2)
    old_rim = grown(old > 0.04, RIM) | stain
    limbs = limb_shapes(person, body, np.maximum(old, stain))
    drops = drop_map(body, shape)
    open_ = old_rim & (cover < 0.995) & (front < 0.98)
    skin_at = open_ & ((limbs > 0.5) | neckline_zone(body, shape))
    skin_at &= ~_face(person, shape)
    bottom = person.regions.get("bottom")
    low = torso_zone(body, shape) & (drops > min(hem, body.hip_drop) - 6)
    if bottom is not None:
        low |= closed(bottom > 0.5, max(1, round(0.04 * body.breadth)))
    below = open_ & ~skin_at & low
    # At its sides the torso is not known to the pixel: a strip there is slack of the old garment, not body.
    inner = ~grown(~torso_zone(body, shape), max(1, round(0.05 * body.breadth)))
    between = open_ & ~skin_at & ~below & inner
    bottom_at = below if bottom is not None else np.zeros(shape, bool)
    unknown = (below | between) & ~bottom_at
    backdrop_at = open_ & ~skin_at & ~bottom_at & ~unknown
    hair_at = backdrop_at & _under_hair(person, body, shape)
    backdrop_at &= ~hair_at
    surface, texture = backdrop_surface(photo, person)
    rgb = photo.copy()
    layers: list[tuple[Bool, F32]] = [(backdrop_at, surface)]
    if hair_at.any():
        layers.append((hair_at, near_colour(photo, person.regions["hair"] > 0.95)))
    if bottom is not None and bottom_at.any():
        layers.append((bottom_at, mirrored_up(photo, bottom)))
    if skin_at.any():
        layers.append((skin_at, skin_surface(photo, person, body, old_rim)))
    for where, values in layers:
        rgb = _laid(rgb, values, where, open_)
    changed = open_ & ~unknown
    return Refilled(
        rgb,
        changed,
        _visible(backdrop_at, cover) / area,
        _visible(skin_at, cover) / area,
        _visible(bottom_at, cover) / area,
        _visible(unknown, cover) / area,
        texture,
    )


def _under_hair(person: PersonParse, body: Body, shape: tuple[int, ...]) -> Bool:
    """H x W: close below hair. Hair that falls behind the shoulders goes on there; a backdrop would shine through it."""
    hair = person.regions.get("hair")
    if hair is None or not (hair > 0.95).any():
        return np.zeros(shape, bool)
    reach = max(2, round(0.12 * body.breadth))
    below = np.zeros((2 * reach + 1, 1), np.uint8)
    # Dilation takes the greatest under the kernel: what lies above.
    below[: reach + 1] = 1
    return np.asarray(cv2.dilate((hair > 0.5).astype(np.uint8), below)) > 0


def _visible(where: Bool, cover: F32) -> float:
    return float((1 - cover)[where].sum())


def _laid(rgb: F32, values: F32, where: Bool, open_: Bool) -> F32:
    """`values` over `rgb` in `where`, with a soft edge toward the rest of `open_` and none toward what stays."""
    sigma = 0.9
    soft = np.asarray(cv2.GaussianBlur(where.astype(np.float32), (0, 0), sigma), np.float32)
    soft /= np.maximum(np.asarray(cv2.GaussianBlur(open_.astype(np.float32), (0, 0), sigma)), 1e-3)
    soft = np.where(open_, np.clip(soft, 0, 1), 0)[..., None]
    return (rgb * (1 - soft) + values * soft).astype(np.float32)


def _face(person: PersonParse, shape: tuple[int, ...]) -> Bool:
    region = person.regions.get("face")
    return np.zeros(shape, bool) if region is None else region > 0.3
