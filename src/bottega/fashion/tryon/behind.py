"""What can be made up behind a worn top before the new garment is known: wall, skin, arms, and what the worn one leaves beside it."""

from dataclasses import dataclass

import numpy as np

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.beside import of_nobody, shaded_skin
from bottega.fashion.tryon.body import Body, hands_of
from bottega.fashion.tryon.cuffs import cuffs_of, linings, near_limbs, rim_of_arms
from bottega.fashion.tryon.limbs import Limb
from bottega.fashion.tryon.rims import at_its_edges
from bottega.fashion.tryon.stains import stained
from bottega.fashion.tryon.strands import before_wall
from bottega.fashion.tryon.surfaces import backdrop_surface, skin_surface
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, closed, grown, limbs_of, touching, worn_top
from bottega.imaging.picture import F32

SMOOTH = 0.02
"""Robust deviation of a wall from a smooth surface, [0, 1], up to which it can be told from thin things before it, and goes over
into a made-up one."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What may be seen behind a worn top wherever the new garment leaves it open. `stain`: H x W, where the worn garment
    shows outside of its region; `backdrop` and `skin`: H x W x 3 in [0, 1], skin None where none is known; `texture`: of
    the backdrop, as in `Refilled`."""

    stain: Bool
    wrists: Bool
    """H x W: hands next to the cuffs that they come out of, on which made-up skin fades where nothing covers them."""
    beside_arms: Bool
    """H x W: where of `stain` no arm is, whatever it was taken for."""
    backdrop: F32
    texture: float
    skin: F32 | None
    limbs: list[Limb]
    strands: Bool
    """H x W: strands of hair before the wall, outside of the person's outline."""

    def before(self, front: F32, cover: F32) -> F32:
        """`front`, what lies before everything, without what of it is made up beside `cover`, the new garment; all H x W. A
        hand that comes out of a new sleeve stays as it is, and so do strands of hair that the garment leaves free."""
        wrists = self.wrists & ~touching(self.wrists, self.wrists & (cover > 0.02))
        kept = np.where((self.stain & ~self.wrists) | wrists, 0, front)
        return np.where(self.strands & (cover < 0.02), 1, kept).astype(np.float32)


def behind_upper(photo: F32, person: PersonParse, body: Body) -> Behind:
    """What can be made up before the new garment is known; `photo` is H x W x 3 in [0, 1]."""
    old = worn_top(person, photo.shape)
    limbs = [at_its_edges(photo, limb) for limb in limbs_of(person, body)]
    nobodys = of_nobody(person, body, old)
    stain = stained(photo, person, body, old) | nobodys
    stain &= ~shaded_skin(photo, person, body, old, stain & near_limbs(person, limbs))
    stain &= ~rim_of_arms(photo, person, body, old, limbs, stain)
    hands = hands_of(person, body)
    cuffs = cuffs_of(limbs, old.shape)
    stain |= linings(nobodys, cuffs)
    # What a cuff hangs together with there is its inside, its shadow or its rim.
    stain |= closed(stain | (old > 0.5), RIM) & cuffs.beside & (old < 0.5)
    # At its edge a hand is mixed with what it lies on; within only the cuff that it comes out of leaves something.
    rims = grown(hands < 0.5, RIM)
    wrists = cuffs.after & (hands > 0.02) & ~(stain & rims)
    stain &= rims | cuffs.zone
    surface, texture = backdrop_surface(photo, person)
    try:
        skin = skin_surface(photo, person, body, grown(old > 0.04, RIM) | stain, limbs)
    except ValueError:
        skin = None
    strands = np.zeros(old.shape, bool)
    hair = person.regions.get("hair")
    if hair is not None and texture < SMOOTH:
        strands = before_wall(photo, surface, hair, person.silhouette, old, body.breadth)
    return Behind(stain, wrists, stain & cuffs.beside, surface, texture, skin, limbs, strands)
