"""Where a garment should be on a person and how far its sleeves and hem should come: what every result is held against."""

from dataclasses import dataclass

import numpy as np

from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body, body_of
from bottega.fashion.tryon.bottom_cover import before_lower, lower_cover, worn_bottom
from bottega.fashion.tryon.bottoms import place_lower
from bottega.fashion.tryon.cloth import cloth_of
from bottega.fashion.tryon.compose import front_layer
from bottega.fashion.tryon.pieces import Placement
from bottega.fashion.tryon.placement import place_upper
from bottega.fashion.tryon.refill import arms_before
from bottega.fashion.tryon.values import TryOnOptions
from bottega.fashion.tryon.waistline import waistline_of
from bottega.fashion.tryon.warp import Fitted, fit_garment
from bottega.fashion.tryon.zones import worn_top
from bottega.imaging.picture import F32, U8


@dataclass(frozen=True, slots=True)
class Expected:
    """`cover`: H x W in [0, 1], the garment as far as nothing lies before it. `old`: H x W, what is worn in its place.
    `front`: H x W, what lies before it."""

    body: Body
    placement: Placement
    cover: F32
    old: F32
    front: F32
    bare: F32
    """H x W in [0, 1]: bare arms before the torso."""
    lower: bool
    look: F32 | None = None
    """H x W x 3 in [0, 1]: the garment's own colours where it lies, without the photograph's light; None: not known."""


def expected_of(
    person: PersonParse,
    garment: Garment,
    options: TryOnOptions,
    fitted: tuple[Placement, Fitted] | None = None,
    garment_rgb: U8 | None = None,
) -> Expected | None:
    """None where the pictures do not say. `fitted` spares the work when it is done already; else `garment_rgb`, the product
    picture, gives the look."""
    body = body_of(person)
    if body is None:
        return None
    shape = person.silhouette.shape
    kind = garment.kind if options.category == "auto" else options.category
    lower = kind == "bottom"
    placed = fitted or _fitted(
        person, body, garment, options, lower, (int(shape[0]), int(shape[1])), garment_rgb
    )
    if placed is None:
        return None
    placement, layer = placed
    look = layer.rgb if fitted is not None or garment_rgb is not None else None
    front = front_layer(person, body)
    if lower:
        front = np.maximum(front, before_lower(person))
        return Expected(
            body,
            placement,
            lower_cover(person, layer.alpha) * (1 - front),
            worn_bottom(person, shape),
            front,
            front * 0,
            True,
            look,
        )
    bare = bare_arms(person, body, placement)
    cover = upper_cover(person, placement, layer, bare)
    return Expected(body, placement, cover * (1 - front), worn_top(person, shape), front, bare, False, look)


def upper_cover(person: PersonParse, placement: Placement, layer: Fitted, bare: F32) -> F32:
    """The cover of a top or dress without what is tucked in and what lies under `bare` arms: H x W."""
    torso = layer.torso * (1 - bare)
    cover = layer.sleeves + torso * (1 - layer.sleeves)
    bottom = person.regions.get("bottom")
    if placement.tuck_drop is not None and bottom is not None:
        cover = cover * (1 - bottom)
    return cover.astype(np.float32)


def bare_arms(person: PersonParse, body: Body, placement: Placement) -> F32:
    """H x W in [0, 1]: arms before the torso that the new sleeves leave bare."""
    sleeves = [patch.outline for patch in placement.patches if patch.name.endswith("sleeve")]
    return arms_before(person, body, sleeves)


def _fitted(
    person: PersonParse,
    body: Body,
    garment: Garment,
    options: TryOnOptions,
    lower: bool,
    shape: tuple[int, int],
    rgb: U8 | None,
) -> tuple[Placement, Fitted] | None:
    if lower:
        placement = place_lower(garment, body, options.fit, waistline_of(person, body))
    else:
        cloth = cloth_of(garment)
        if cloth is None:
            return None
        rolled = options.sleeves == "rolled"
        placement = place_upper(cloth, body, garment, options.fit, options.tucked == "in", rolled)
    if placement is None:
        return None
    blank = np.zeros((*garment.alpha.shape, 3), np.uint8) if rgb is None else rgb
    colours = blank.astype(np.float32) if rgb is None else None
    return placement, fit_garment(blank, garment.alpha, placement, shape, body.bare_arms, colours)
