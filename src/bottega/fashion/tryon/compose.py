"""The layers of a try-on put together: backdrop, body, trousers, garment, hair and hands, with their soft edges."""

from dataclasses import dataclass

import numpy as np

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body, hands_of
from bottega.fashion.tryon.contacts import on_arms
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, around, grown, worn_top
from bottega.imaging.arrays import put, total
from bottega.imaging.picture import F32, U8

SEEN = 1.5 / 255
"""Less cover than this changes no 8-bit value."""
_STRANDS = 0.06
"""Shoulder breadths from the old garment within which hair thins out into strands."""
_CLOTH, _HAIR = 0.35, 0.75
"""On the way from the old garment's colour to the hair's: up to here is its shade, and from here on hair."""
_TOLD = 0.15
"""Two colours nearer than this, [0, 1], do not tell hair from cloth."""


@dataclass(frozen=True, slots=True)
class Composed:
    """`rgb`: H x W x 3 uint8; `mask`: H x W, True where it may differ from the photograph."""

    rgb: U8
    mask: Bool


def front_layer(person: PersonParse, body: Body) -> F32:
    """Hair, face and hands, which lie before every garment: H x W in [0, 1]."""
    hands = hands_of(person, body)
    # Beside a cuff the rim of a hand is mixed with its colour; it is made up with the arm.
    cuff = grown((worn_top(person, hands.shape) > 0.5) & (hands < 0.5), RIM - 1)
    front = np.where(cuff, 0, hands).astype(np.float32)
    for name in ("hair", "face"):
        region = person.regions.get(name)
        if region is not None:
            front = np.maximum(front, region)
    return front


def compose(
    photo: U8,
    base: F32,
    changed: Bool,
    garment: F32,
    cover: F32,
    old: F32,
    front: F32,
    hair: F32,
    silhouette: F32,
    breadth: float,
    arms: tuple[F32, F32] | None = None,
) -> Composed:
    """`base`: the photograph without the old garment where `changed`; `garment` with `cover`: the new one, lit; both
    H x W x 3 in [0, 1]. `front`: what keeps lying before, `hair` that part of it whose
    strands let the garment through. `arms`: bare arms that lie before the garment, and its sleeves, both H x W. Pixels
    outside the mask are those of `photo`, bit for bit."""
    # The shadow falls a little beyond what else is changed.
    at = around((cover > 0) | changed, round(max(12.0, 0.15 * breadth)))
    if at is None:
        return Composed(photo.copy(), np.zeros(photo.shape[:2], bool))
    original = photo[at].astype(np.float32) / np.float32(255)
    over = cover[at][..., None]
    bare, sleeves = (np.zeros_like(cover),) * 2 if arms is None else arms
    shadow = on_arms(cover[at], sleeves[at], bare[at], breadth)
    # Shadows fall on the body, not on a backdrop metres behind it.
    on_body = np.maximum(silhouette[at], 0)[..., None] * (1 - over)
    shaded = base[at] * (1 - on_body * (1 - shadow[..., None]))
    behind = shaded * (1 - over) + garment[at] * over
    seen = (cover[at] > SEEN) | changed[at] | ((1 - shadow) * (on_body[..., 0]) > SEEN)
    strands = (hair[at] > 0.015) & grown(old[at] > 0.3, max(4, round(_STRANDS * breadth)))
    seen &= (front[at] < 0.985) | strands
    result = _before(original, behind.astype(np.float32), front[at], hair[at], old[at], breadth)
    done = np.clip(np.rint(result * 255), 0, 255).astype(np.uint8)
    rgb, mask = photo.copy(), np.zeros(photo.shape[:2], bool)
    shown = photo[at].copy()
    put(shown, done, seen)
    rgb[at], mask[at] = shown, seen
    return Composed(rgb, mask)


def _before(original: F32, behind: F32, front: F32, hair: F32, old: F32, breadth: float) -> F32:
    """`front` kept over `behind`. Where hair ends before the old garment, each pixel has as much hair as its colour is on
    the way from that garment's to the hair's: an outline of strands is never known to the pixel."""
    result = behind * (1 - front[..., None]) + original * front[..., None]
    reach = max(4, round(_STRANDS * breadth))
    inner = ~grown(old > 0.3, reach)
    band = (hair > 0.015) & (front - hair < 0.01) & ~inner
    if not band.any():
        return result.astype(np.float32)
    ys, xs = np.nonzero(band)
    margin = 2 * reach
    at = (
        slice(max(int(ys.min()) - margin, 0), int(ys.max()) + margin),
        slice(max(int(xs.min()) - margin, 0), int(xs.max()) + margin),
    )
    known, strands = (old[at] > 0.95) & (front[at] < 0.02), (hair[at] > 0.95) & inner[at]
    if not known.any() or not strands.any():
        return result.astype(np.float32)
    worn, own = near_colour(original[at], known), np.median(original[at][strands], axis=0)
    apart = own - worn
    size = total(apart * apart)
    way = total((original[at] - worn) * apart) / np.maximum(size, 1e-6)
    share = np.clip((way - _CLOTH) / (_HAIR - _CLOTH), 0, 1)[..., None]
    # Of what is no strand to the end nothing of the old colour is kept.
    strand = original[at] + (1 - share) * (own - original[at])
    told = (band[at] & (size > _TOLD**2))[..., None]
    result[at] = np.where(told, strand * share + behind[at] * (1 - share), result[at])
    return result.astype(np.float32)
