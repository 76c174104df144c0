"""What shows where the old garment was and the new one is not: backdrop, skin, trousers, from the photograph's own pixels.

Deciding whether that much may be made up is `conditions`'.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.beside import (
    arm_beside,
    beside_sleeve,
    bottom_beside,
    of_nobody,
    shaded_skin,
    torso_of,
)
from bottega.fashion.tryon.body import Body, hands_of
from bottega.fashion.tryon.cuffs import cuffs_of, linings, near_limbs, rim_of_arms
from bottega.fashion.tryon.hips import beyond_hips
from bottega.fashion.tryon.layers import faded, lay
from bottega.fashion.tryon.limbs import Limb, length_hidden
from bottega.fashion.tryon.paths import distances_along, points_at
from bottega.fashion.tryon.ribbon import strip_outside
from bottega.fashion.tryon.rims import at_its_edges, with_even_rims
from bottega.fashion.tryon.skins import as_beside, chinks, seen_skin
from bottega.fashion.tryon.stains import near_colour, stained
from bottega.fashion.tryon.strands import before_wall
from bottega.fashion.tryon.surfaces import backdrop_surface, mirrored_up, skin_surface, within_outline
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import (
    RIM,
    above_legs,
    beyond_armholes,
    closed,
    drawn_ring,
    drop_map,
    grown,
    joint_zone,
    large_parts,
    limb_shapes,
    limbs_of,
    neckline_zone,
    spanned,
    torso_zone,
    touching,
    under_hair,
    under_neck,
    worn_top,
)
from bottega.imaging.arrays import sample
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
LEAST_WORN = 1.35
"""Squares of the shoulders' breadth: a top with sleeves that ends at the hips. The arms of a cropped one are no longer."""

FLOATING = 0.008
"""Squares of the shoulders' breadth: what is larger and hangs together with nothing else of the person floats."""
_FADE, _SMOOTH = 0.035, 0.02
"""Of the shoulders' breadth the made-up wall fades into the real one, where that is this smooth."""


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
    cut_share: float = 0.0
    """Of an arm's axis lies in made-up backdrop: a hand beyond it would float; that of the worse one."""
    strayed_share: float = 0.0
    """Of an arm that was made up, as far as it was hidden by cloth, lies where no cloth was; that of the worse one."""
    wall: Bool | None = None
    """H x W, where the backdrop was made up, on which no shadow of cloth falls; None: nowhere."""

    def on_body(self, silhouette: F32) -> F32:
        """`silhouette`, the person's in the photograph (H x W), without what is backdrop now."""
        return silhouette if self.wall is None else np.where(self.wall, 0, silhouette).astype(np.float32)


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
    if hair is not None and texture < _SMOOTH:
        strands = before_wall(photo, surface, hair, person.silhouette, old, body.breadth)
    return Behind(stain, wrists, stain & cuffs.beside, surface, texture, skin, limbs, strands)


def arms_before(person: PersonParse, body: Body, sleeves: list[F64]) -> F32:
    """H x W in [0, 1]: arms and hands before the torso, seen or hidden by the worn sleeves.

    The upper arm joins the torso under the cloth; from the armpit down it lies before it. `sleeves` are the outlines of
    the new sleeves (N x 2, from the shoulder around the cuff to the armpit): under and beside them there is no bare arm.
    """
    shape = person.silhouette.shape
    limbs = limb_shapes(person, body, worn_top(person, shape), limbs_of(person, body))
    if sleeves:
        below = np.clip((drop_map(body, shape) - 0.3 * body.breadth) / (0.12 * body.breadth), 0, 1)
    else:
        # Without sleeves the arm comes out at the armhole, and what sticks out there lies behind it.
        below = beyond_armholes(body, shape)
    bare = limbs * below
    for outline in sleeves:
        bare = np.where(beside_sleeve(outline, shape, 0.09 * body.breadth), 0, bare)
    # What is left of an arm between seam and armpit is no limb, and would be a hole in the cloth.
    seen = bare > 0.02
    large = large_parts(seen, 0.04 * body.breadth**2)
    axes = np.zeros(shape, np.uint8)
    for arm in (body.left_arm, body.right_arm):
        cv2.polylines(axes, [np.rint(arm.path).astype(np.int32).reshape(-1, 1, 2)], False, 1, 3)
    # And skin that no arm runs through is a waist.
    limbs_only = touching(seen, (axes > 0) & seen) | (hands_of(person, body) > 0.5)
    return np.where(large & limbs_only, bare, 0).astype(np.float32)


def refill_upper(
    photo: F32,
    person: PersonParse,
    body: Body,
    cover: F32,
    front: F32,
    behind: Behind,
    hem: float,
    sleeves: list[F64] | None = None,
    tucked: bool = False,
) -> Refilled:
    """Takes the worn top or dress out of `photo` (H x W x 3 in [0, 1]) wherever `cover`, the new garment, leaves it open.

    `front`: H x W, what lies before everything. `hem`: the new garment's lower end below the shoulders in pixels.
    `sleeves`: outlines of the new sleeves (N x 2), beside which no arm is seen as far as they reach. `tucked`: into what is
    worn below, whose waistband stands as it is.
    Raises ValueError where skin is needed, none is seen and none was measured.
    """
    shape = photo.shape[:2]
    old, stain = worn_top(person, shape), behind.stain
    area = max(float((old > 0.5).sum()), LEAST_WORN * body.breadth**2)
    old_rim = grown(old > 0.04, RIM) | stain
    bottom = person.regions.get("bottom")
    trousers = None if bottom is None else _bottom_above(photo, bottom, body)
    beside_dress = np.zeros(shape, bool)
    if bottom is not None and trousers is not None:
        beside_dress = bottom_beside(np.maximum(bottom, trousers[1] * old), body, cover, hem, sleeves or [])
        if not tucked:
            outside = beyond_hips(bottom, torso_of(cover, body, sleeves or []), body)
            beside_dress |= outside & (grown(bottom > 0.04, RIM) | trousers[1])
    # A sleeve goes around the whole arm: a strip of the arm that shows beside it is none.
    strip = arm_beside(person, body, old, sleeves or [])
    old_rim |= beside_dress | strip
    cut = np.zeros(shape, bool)
    if bottom is not None:
        # Where trousers are cut off beside the garment, their new edge is soft.
        cut = grown(beside_dress, 2 * RIM) & (bottom > 0.5) & ~beside_dress
        old_rim |= cut
    limbs = limb_shapes(person, body, np.maximum(old, stain), behind.limbs)
    limbs = with_even_rims(limbs, behind.limbs, stain & ~behind.wrists)
    limbs = np.where(behind.beside_arms, 0, limbs).astype(np.float32)
    drops = drop_map(body, shape)
    open_ = old_rim & (cover < 0.995) & (front < 0.98)
    # The soft edge of an arm before the new garment has skin in it, too.
    on_arm = (limbs > 0.5) | ((limbs > 0.02) & (cover > 0.1))
    skin_at = open_ & (on_arm | neckline_zone(body, shape))
    skin_at |= open_ & (joint_zone(limbs, body, shape) | under_neck(person, body, shape))
    # The outermost pixels of what was worn are half backdrop, and no skin fills it to the edge; an arm has its own.
    skin_at &= ~grown(person.silhouette < 0.5, 2) | (limbs > 0.5)
    skin_at &= ~_face(person, shape)
    for outline in sleeves or []:
        on_torso = neckline_zone(body, shape) | torso_zone(body, shape)
        # Wherever the torso was taken to be: on a sleeve's outer side there is none.
        on_torso &= drawn_ring(strip_outside(outline, 0.12 * body.breadth), shape) < 0.5
        skin_at &= ~beside_sleeve(outline, shape, 0.12 * body.breadth) | on_torso
    skin_at &= ~strip
    adrift = skin_at & (limbs > 0.5) & (cover < 0.5) & ~_joined(skin_at, person, body)
    skin_at &= ~adrift
    low = torso_zone(body, shape) & (drops > min(hem, body.hip_drop) - 6)
    low &= ~beside_dress
    beside = beside_dress.copy()
    if bottom is not None and trousers is not None:
        # Beside the trousers, and between the legs, the wall goes on.
        beside |= low & ~trousers[1]
        low = (trousers[1] & (drops > min(hem, body.hip_drop) - 6)) | closed(
            bottom > 0.5, max(1, round(0.04 * body.breadth))
        )
        low = (low | cut) & ~beside_dress
    below = open_ & ~skin_at & low
    # At its sides the torso is not known to the pixel: a strip there is slack of the old garment, not body.
    inner = ~grown(~torso_zone(body, shape), max(1, round(0.05 * body.breadth)))
    # The new garment goes around the torso: outside of it there is none.
    dressed = torso_of(cover, body, sleeves or [])
    inner &= spanned(dressed) | ~np.asarray(dressed.any(axis=1))[:, None]
    between = open_ & ~skin_at & ~below & ~beside & inner
    bottom_at = np.zeros(shape, bool)
    if bottom is not None:
        # What is made up goes on from what is seen; a bit of it alone is wall.
        whole = cv2.morphologyEx(below.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        bottom_at = below & touching(grown(np.asarray(whole) > 0, 2), grown(bottom > 0.5, RIM))
        beside |= below & ~bottom_at
        below = bottom_at
    unknown = ((below | between) & ~bottom_at) | adrift
    if "dress" in person.regions and (bottom is None or "legs" in person.regions):
        # What a dress hides of hips and bare legs is not known, nor is it backdrop.
        unknown |= open_ & ~skin_at & ~bottom_at & (old > 0.5) & (drops > hem)
    legs_at = open_ & ~skin_at & ~bottom_at & above_legs(person, body, shape)
    unknown &= ~legs_at
    backdrop_at = open_ & ~skin_at & ~bottom_at & ~unknown & ~legs_at
    # Not beside the person: what the photograph shows there is wall.
    hair_at = backdrop_at & under_hair(person, body, shape) & (person.silhouette > 0.5)
    backdrop_at &= ~hair_at
    bare_at = seen_skin(person, shape) & ~open_
    chink = chinks(backdrop_at, person.silhouette < 0.5, bare_at, cover)
    backdrop_at, skin_at = backdrop_at & ~chink, skin_at | chink
    rgb = photo.copy()
    at_edge = grown(skin_at, 1) & grown(backdrop_at, 1) & (limbs > 0.02) & (limbs < 0.98)
    layers: list[tuple[F32, F32]] = [(np.where(at_edge, 1 - limbs, backdrop_at), behind.backdrop)]
    if hair_at.any():
        layers.append((hair_at.astype(np.float32), near_colour(photo, person.regions["hair"] > 0.95)))
    if legs_at.any():
        layers.append((legs_at.astype(np.float32), near_colour(photo, person.regions["legs"] > 0.95)))
    if trousers is not None and bottom_at.any():
        layers.append((bottom_at.astype(np.float32), trousers[0]))
    skin, wide = behind.skin, skin_at
    if skin_at.any():
        if skin is None:
            raise ValueError("no skin is seen and none was measured")
        cuffs = cuffs_of(behind.limbs, shape).after
        skin, wide = as_beside(skin, photo, skin_at, bare_at, cuffs, body.breadth)
        layers.append((np.where(at_edge, limbs, skin_at), skin))
    lay(rgb, layers, open_)
    changed, fade = open_ & ~unknown, max(RIM, round(_FADE * body.breadth))
    if behind.texture < _SMOOTH:
        wall = (person.silhouette < 0.05) & ~open_ & (front < 0.02)
        changed |= faded(rgb, behind.backdrop, backdrop_at, wall, fade)
    if skin is not None:
        changed |= faded(rgb, skin, wide, bare_at & (front < 0.02), fade)
    return Refilled(
        rgb,
        changed,
        _visible(backdrop_at, cover) / area,
        _visible(skin_at, cover) / area,
        _visible(bottom_at, cover) / area,
        _visible(unknown, cover) / area,
        behind.texture,
        _cut_share(
            body,
            backdrop_at & (cover < 0.5),
            (cover > 0.5) | ((person.silhouette > 0.5) & ~(backdrop_at & (cover < 0.5))),
        ),
        max(
            (length_hidden(limb) for limb in behind.limbs if _is_made_up(limb, skin_at)),
            default=0.0,
        ),
        backdrop_at,
    )


def _bottom_above(photo: F32, bottom: F32, body: Body) -> tuple[F32, Bool]:
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


def _visible(where: Bool, cover: F32) -> float:
    return float((1 - cover)[where].sum())


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


def _cut_share(body: Body, wall: Bool, person: Bool) -> float:
    """Of the lower three quarters of an arm's axis, from the shoulder to the wrist, the share that made-up `wall` covers; 1
    where a part of what is seen of the `person` hangs together with no other."""
    worst = 0.0
    for arm in (body.left_arm, body.right_arm):
        at = distances_along(arm.path)
        points = points_at(np.linspace(0.25, 1.0, 60) * float(at[-1]), at, arm.path)
        worst = max(worst, float((sample(wall.astype(np.float32), points) > 0.5).mean()))
    # A step of the measured outline is no gap.
    areas = np.sort(parts_of(grown(person, 2), 8).areas()[1:])
    floats = len(areas) > 1 and float(areas[-2]) > FLOATING * body.breadth**2
    return 1.0 if floats else worst


def _is_made_up(limb: Limb, skin_at: Bool) -> bool:
    """Whether some of the limb's axis is made up where cloth hides it."""
    return bool((sample(skin_at.astype(np.float32), limb.axis[~limb.seen]) > 0.5).any())


def _face(person: PersonParse, shape: tuple[int, ...]) -> Bool:
    region = person.regions.get("face")
    return np.zeros(shape, bool) if region is None else region > 0.3
