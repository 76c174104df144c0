"""What shows where worn trousers or a skirt were and the new ones are not: legs, shoes, backdrop."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.beside import of_nobody, shaded_skin
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.bottom_cover import worn_bottom
from bottega.fashion.tryon.legs import leg_layer, leg_skin, legs_of, like_seen, shoe_tops
from bottega.fashion.tryon.refill import Refilled
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.surfaces import backdrop_surface
from bottega.fashion.tryon.zones import RIM, drop_map, grown
from bottega.imaging.picture import F32


def bare_parts(person: PersonParse) -> F32:
    """H x W in [0, 1]: skin, whose fine grain made-up legs have; the whole person where little is bare."""
    names = ("face", "neck", "left_arm", "right_arm", "legs")
    seen = [person.regions[name] for name in names if name in person.regions]
    bare = np.maximum.reduce([np.zeros_like(person.silhouette), *seen])
    return bare if int((bare > 0.9).sum()) > 2000 else person.silhouette


def refill_lower(photo: F32, person: PersonParse, body: Body, cover: F32, front: F32, hem: float) -> Refilled:
    """Takes the worn trousers or skirt out where `cover` leaves them open: legs where legs are, else backdrop.

    `front`: H x W, what lies before them. `hem`: the new garment's lower end below the shoulders in pixels; bare legs
    beside it and above that are taken away too.
    """
    shape = (photo.shape[0], photo.shape[1])
    old = worn_bottom(person, shape)
    area = float((old > 0.5).sum()) or 1.0
    drops = drop_map(body, shape)
    beside = _bare_legs(person, shape) & (drops > body.hip_drop) & (drops < hem - 0.03 * body.breadth)
    slivers = of_nobody(person, body, old)
    slivers &= ~shaded_skin(photo, person, body, old, slivers)
    worn = grown(old > 0.04, RIM) | grown(beside, RIM) | slivers
    open_ = worn & (cover < 0.995) & (front < 0.5)
    rows = np.zeros(shape, bool)
    limbs, around = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for leg in legs_of(person, body):
        limb, across = leg_layer(leg, shape)
        around = np.where(limb > limbs, across, around)
        limbs = np.maximum(limbs, limb)
        rows[leg.first :] |= (~leg.known)[:, None] & (limb[leg.first :] > 0)
    # Beside the new garment, above its hem, nothing of a leg is to be seen.
    limbs = np.where(drops < hem - 0.03 * body.breadth, 0, limbs).astype(np.float32)
    on_shoes = _on_shoes(body, hem)
    if on_shoes:
        limbs[:] = 0
    leg_at = open_ & (limbs > 0.5)
    surface, texture = backdrop_surface(photo, person)
    skin = leg_skin(photo, person, body, around, grown(old > 0.04, RIM)) if leg_at.any() else None
    if skin is not None:
        skin = like_seen(skin, photo, limbs * _bare_legs(person, shape) * ~open_, leg_at, body)
    made_up = surface
    if skin is not None:
        made_up = surface * (1 - limbs[..., None]) + skin * limbs[..., None]
    rgb = np.where(open_[..., None], made_up, photo)
    shoes = shoe_tops(person, body, shape, 0.08 * body.breadth if on_shoes else 0.0) * open_
    if shoes.any():
        core = cv2.erode((person.regions["shoes"] > 0.95).astype(np.uint8), np.ones((5, 5), np.uint8))
        own = near_colour(photo, np.asarray(core) > 0)
        rgb = rgb * (1 - shoes[..., None]) + own * shoes[..., None]
    unknown = leg_at & (rows if skin is not None else True)

    def share(where: NDArray[np.bool_]) -> float:
        return float((1 - cover)[where].sum()) / area

    return Refilled(
        rgb.astype(np.float32),
        open_ & ~unknown,
        share(open_ & ~leg_at),
        share(leg_at & ~unknown),
        0.0,
        share(unknown),
        texture,
        wall=open_ & ~leg_at,
    )


def _on_shoes(body: Body, hem: float) -> bool:
    """Whether a hem so far below the shoulders rests on the shoes: between them no skin is to be seen."""
    ankles = [body.joints[name] for name in ("ankle_left", "ankle_right") if name in body.joints]
    return any(hem > float(body.into(ankle)[1]) - 0.03 * body.breadth for ankle in ankles)


def _bare_legs(person: PersonParse, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    legs = person.regions.get("legs")
    return np.zeros(shape[:2], bool) if legs is None else legs > 0.3
