"""What is to be seen where a new top or dress leaves the worn one open: skin, trousers, hair, legs or the wall."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.behind import Behind
from bottega.fashion.tryon.beside import arm_beside, beside_sleeve, bottom_beside, torso_of
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.hips import beyond_hips
from bottega.fashion.tryon.ribbon import strip_outside
from bottega.fashion.tryon.rims import with_even_rims
from bottega.fashion.tryon.skins import chinks, seen_skin
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.surfaces import mirrored_up, within_outline
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import (
    RIM,
    above_legs,
    closed,
    drawn_ring,
    drop_map,
    grown,
    joint_zone,
    limb_shapes,
    neckline_zone,
    spanned,
    torso_zone,
    touching,
    under_hair,
    under_neck,
    worn_top,
)
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_BESIDE_SLEEVE = 0.12
"""Shoulder breadths beside a new sleeve in which no arm is seen."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A worn top or dress in `photo` (H x W x 3 in [0, 1]) and `cover`, the new one, over it. `front`: what lies before
    everything. `hem`: the new garment's lower end below the shoulders in pixels. `sleeves`: outlines of the new sleeves
    (N x 2), beside which no arm is seen as far as they reach. `tucked`: into what is worn below, whose waistband stands
    as it is. Maps are H x W."""

    photo: F32
    person: PersonParse
    body: Body
    cover: F32
    front: F32
    behind: Behind
    hem: float
    sleeves: list[F64]
    tucked: bool

    @property
    def shape(self) -> tuple[int, int]:
        return self.cover.shape[0], self.cover.shape[1]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """H x W: `all` that is open, and what of it shows `skin`, the `bottom` worn below, `hair`, bare `legs` or the `wall`; of
    `unknown` nobody knows. `limbs`, in [0, 1]: arms as far as they are made up. `seen`: skin that stays as it is.
    `trousers`: the bottom's colours continued upward, H x W x 3, None without one."""

    all: Bool
    skin: Bool
    bottom: Bool
    hair: Bool
    legs: Bool
    wall: Bool
    unknown: Bool
    limbs: F32
    seen: Bool
    trousers: F32 | None


@dataclass(frozen=True, slots=True)
class _Below:
    """What is worn below, H x W: `region` in [0, 1]; `where` it goes on upward, in `colours` (H x W x 3); what of it stands out
    `beside` the new garment, and the edge at which it is `cut` off there."""

    region: F32
    colours: F32
    where: Bool
    beside: Bool
    cut: Bool


def uncovered(opening: Opening) -> Uncovered:
    person, body, behind, shape = opening.person, opening.body, opening.behind, opening.shape
    old = worn_top(person, shape)
    below = _worn_below(opening, old)
    # A sleeve goes around the whole arm: a strip of the arm that shows beside it is none.
    strip = arm_beside(person, body, old, opening.sleeves)
    changes = grown(old > 0.04, RIM) | behind.stain | strip
    if below is not None:
        changes |= below.beside | below.cut
    limbs = limb_shapes(person, body, np.maximum(old, behind.stain), behind.limbs)
    limbs = with_even_rims(limbs, behind.limbs, behind.stain & ~behind.wrists)
    limbs = np.where(behind.beside_arms, 0, limbs).astype(np.float32)
    open_ = changes & (opening.cover < 0.995) & (opening.front < 0.98)
    skin = _skin(opening, open_, limbs) & ~strip
    adrift = skin & (limbs > 0.5) & (opening.cover < 0.5) & ~_joined(skin, person, body)
    skin &= ~adrift
    drops = drop_map(body, shape)
    bottom, unknown = _under_hem(opening, open_ & ~skin, below, drops)
    unknown |= adrift
    rest = open_ & ~skin & ~bottom
    if "dress" in person.regions and (below is None or "legs" in person.regions):
        # What a dress hides of hips and bare legs is not known, nor is it backdrop.
        unknown |= rest & (old > 0.5) & (drops > opening.hem)
    legs = rest & above_legs(person, body, shape)
    unknown &= ~legs
    wall = rest & ~unknown & ~legs
    # Not beside the person: what the photograph shows there is wall.
    hair = wall & under_hair(person, body, shape) & (person.silhouette > 0.5)
    wall &= ~hair
    seen = seen_skin(person, shape) & ~open_
    chink = chinks(wall, person.silhouette < 0.5, seen, opening.cover)
    trousers = None if below is None else below.colours
    return Uncovered(open_, skin | chink, bottom, hair, legs, wall & ~chink, unknown, limbs, seen, trousers)


def _worn_below(opening: Opening, old: F32) -> _Below | None:
    """`old`: the worn top, H x W in [0, 1]."""
    region, body = opening.person.regions.get("bottom"), opening.body
    if region is None:
        return None
    colours, where = _continued(opening.photo, region, body)
    beside = bottom_beside(np.maximum(region, where * old), body, opening.cover, opening.hem, opening.sleeves)
    if not opening.tucked:
        outside = beyond_hips(region, torso_of(opening.cover, body, opening.sleeves), body)
        beside |= outside & (grown(region > 0.04, RIM) | where)
    # Where it is cut off beside the garment, its new edge is soft.
    cut = grown(beside, 2 * RIM) & (region > 0.5) & ~beside
    return _Below(region, colours, where, beside, cut)


def _skin(opening: Opening, open_: Bool, limbs: F32) -> Bool:
    """What of `open_` is skin, if all of the arms is known that lies there."""
    person, body, shape = opening.person, opening.body, opening.shape
    # The soft edge of an arm before the new garment has skin in it, too.
    on_arm = (limbs > 0.5) | ((limbs > 0.02) & (opening.cover > 0.1))
    skin = (
        on_arm | neckline_zone(body, shape) | joint_zone(limbs, body, shape) | under_neck(person, body, shape)
    )
    skin &= open_
    # The outermost pixels of what was worn are half backdrop, and no skin fills it to the edge; an arm has its own.
    skin &= ~grown(person.silhouette < 0.5, 2) | (limbs > 0.5)
    skin &= ~_face(person, shape)
    reach = _BESIDE_SLEEVE * body.breadth
    for outline in opening.sleeves:
        on_torso = neckline_zone(body, shape) | torso_zone(body, shape)
        # Wherever the torso was taken to be: on a sleeve's outer side there is none.
        on_torso &= drawn_ring(strip_outside(outline, reach), shape) < 0.5
        skin &= ~beside_sleeve(outline, shape, reach) | on_torso
    return skin


def _under_hem(opening: Opening, open_: Bool, below: _Below | None, drops: F64) -> tuple[Bool, Bool]:
    """What of `open_` shows what is worn below, and what of it is torso of which nobody knows what it shows. `drops`: of each
    pixel below the shoulders."""
    body, shape = opening.body, opening.shape
    torso, deep = torso_zone(body, shape), drops > min(opening.hem, body.hip_drop) - 6
    low, beside = torso & deep, np.zeros(shape, bool)
    if below is not None:
        low &= ~below.beside
        # Beside the trousers, and between the legs, the wall goes on.
        beside = below.beside | (low & ~below.where)
        near = closed(below.region > 0.5, max(1, round(0.04 * body.breadth)))
        low = ((below.where & deep) | near | below.cut) & ~below.beside
    hidden = open_ & low
    # At its sides the torso is not known to the pixel: a strip there is slack of the old garment, not body.
    inner = ~grown(~torso, max(1, round(0.05 * body.breadth)))
    # The new garment goes around the torso: outside of it there is none.
    dressed = torso_of(opening.cover, body, opening.sleeves)
    inner &= spanned(dressed) | ~np.asarray(dressed.any(axis=1))[:, None]
    between = open_ & ~hidden & ~beside & inner
    if below is None:
        return np.zeros(shape, bool), hidden | between
    # What is made up goes on from what is seen; a bit of it alone is wall.
    whole = cv2.morphologyEx(hidden.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    bottom = hidden & touching(grown(np.asarray(whole) > 0, 2), grown(below.region > 0.5, RIM))
    return bottom, between


def _continued(photo: F32, bottom: F32, body: Body) -> tuple[F32, Bool]:
    """Trousers or a skirt continued upward (H x W x 3), and where they then are (H x W): closed above the crotch."""
    values, where = mirrored_up(photo, bottom), mirrored_up(bottom, bottom) > 0.5
    crotch = body.joints.get("crotch")
    row = (
        body.out(0.0, body.hip_drop + 0.3 * body.breadth)[1] if crotch is None else crotch[1]
    ) - 0.03 * body.breadth
    where &= within_outline(bottom, body)
    end = int(np.clip(row, 0, len(where)))
    upper = where[:end]
    between = spanned(upper)
    gap = between & ~upper
    if gap.any():
        # The legs' own edges are half wall.
        gap = grown(gap, RIM) & between
        values[:end][gap] = near_colour(photo, bottom > 0.95)[:end][gap]
        where[:end] |= gap
    return values, where


def _joined(made_up: Bool, person: PersonParse, body: Body) -> Bool:
    """H x W: what of made-up skin hangs together with skin that is seen, or lies no lower than the armpits. An arm that
    ends in nothing was not told from the backdrop, and nobody knows where it goes on."""
    seen = np.zeros(made_up.shape, bool)
    for name in ("left_arm", "right_arm", "hands"):
        if name in person.regions:
            seen |= person.regions[name] > 0.5
    reach = max(RIM, round(0.06 * body.breadth))
    parts = made_up & (drop_map(body, made_up.shape) > 0.3 * body.breadth)
    return ~parts | touching(parts, grown(seen, reach) & parts)


def _face(person: PersonParse, shape: tuple[int, ...]) -> Bool:
    region = person.regions.get("face")
    return np.zeros(shape, bool) if region is None else region > 0.3
