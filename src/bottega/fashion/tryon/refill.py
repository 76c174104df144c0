"""What shows where the old garment was and the new one is not: backdrop, skin, trousers, from the photograph's own pixels.

What each place shows is `uncovered`'s; whether that much may be made up, `conditions`'.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.behind import SMOOTH, Behind
from bottega.fashion.tryon.beside import beside_sleeve
from bottega.fashion.tryon.body import Body, hands_of
from bottega.fashion.tryon.cuffs import cuffs_of
from bottega.fashion.tryon.layers import faded, lay
from bottega.fashion.tryon.limbs import Limb, length_hidden
from bottega.fashion.tryon.paths import distances_along, points_at
from bottega.fashion.tryon.skins import as_beside
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.uncovered import Opening, Uncovered, uncovered
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import (
    RIM,
    beyond_armholes,
    drop_map,
    grown,
    large_parts,
    limb_shapes,
    limbs_of,
    touching,
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
_FADE = 0.035
"""Of the shoulders' breadth the made-up wall fades into the real one, where that is smooth."""


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
    """Takes the worn top or dress out of `photo` wherever `cover`, the new garment, leaves it open. Arguments as of `Opening`.

    Raises ValueError where skin is needed, none is seen and none was measured.
    """
    opening = Opening(photo, person, body, cover, front, behind, hem, sleeves or [], tucked)
    shown = uncovered(opening)
    area = max(float((worn_top(person, opening.shape) > 0.5).sum()), LEAST_WORN * body.breadth**2)
    rgb, changed = _laid(opening, shown)
    wall = shown.wall & (cover < 0.5)
    return Refilled(
        rgb,
        changed,
        _visible(shown.wall, cover) / area,
        _visible(shown.skin, cover) / area,
        _visible(shown.bottom, cover) / area,
        _visible(shown.unknown, cover) / area,
        behind.texture,
        _cut_share(body, wall, (cover > 0.5) | ((person.silhouette > 0.5) & ~wall)),
        max(
            (length_hidden(limb) for limb in behind.limbs if _is_made_up(limb, shown.skin)),
            default=0.0,
        ),
        shown.wall,
    )


def _laid(opening: Opening, shown: Uncovered) -> tuple[F32, Bool]:
    """The photograph with what shows now, H x W x 3, and where it is another one: H x W."""
    photo, regions, behind = opening.photo, opening.person.regions, opening.behind
    limbs, breadth = shown.limbs, opening.body.breadth
    rgb = photo.copy()
    at_edge = grown(shown.skin, 1) & grown(shown.wall, 1) & (limbs > 0.02) & (limbs < 0.98)
    layers: list[tuple[F32, F32]] = [(np.where(at_edge, 1 - limbs, shown.wall), behind.backdrop)]
    for where, region in ((shown.hair, regions.get("hair")), (shown.legs, regions.get("legs"))):
        if region is not None and where.any():
            layers.append((where.astype(np.float32), near_colour(photo, region > 0.95)))
    if shown.trousers is not None and shown.bottom.any():
        layers.append((shown.bottom.astype(np.float32), shown.trousers))
    skin, wide = behind.skin, shown.skin
    if shown.skin.any():
        if skin is None:
            raise ValueError("no skin is seen and none was measured")
        cuffs = cuffs_of(behind.limbs, opening.shape).after
        skin, wide = as_beside(skin, photo, shown.skin, shown.seen, cuffs, breadth)
        layers.append((np.where(at_edge, limbs, shown.skin), skin))
    lay(rgb, layers, shown.all)
    changed, fade = shown.all & ~shown.unknown, max(RIM, round(_FADE * breadth))
    if behind.texture < SMOOTH:
        wall = (opening.person.silhouette < 0.05) & ~shown.all & (opening.front < 0.02)
        changed |= faded(rgb, behind.backdrop, shown.wall, wall, fade)
    if skin is not None:
        changed |= faded(rgb, skin, wide, shown.seen & (opening.front < 0.02), fade)
    return rgb, changed


def _visible(where: Bool, cover: F32) -> float:
    return float((1 - cover)[where].sum())


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
