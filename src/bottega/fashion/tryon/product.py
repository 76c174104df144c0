"""What a product picture gives by itself, whoever will wear the garment: cover, colours, sharpness.

Nothing here looks at a photograph, so that it can be done while that is looked at.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from bottega.fashion.garment.values import Garment
from bottega.fashion.tryon import lens
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import grown, touching
from bottega.imaging.arrays import distance, kept, medians, picked, put, total
from bottega.imaging.picture import F32, U8

_RIM, _EDGE = 0.02, 0.006
"""Of the longer side: how deep paper may be left in a cut-out, and how deep where the cloth has its colour too."""
_ALONG_EDGE = 0.01
"""Of the longer side, up to where past the edge cloth goes on as it is: a warp bends its outline by no more."""
_PAPER_IN_PATTERN = 0.03
"""Of the cloth, from which on stripes or flowers may have the paper's colour."""
_PAPER = 0.15
"""Euclidean distance in sRGB [0, 1] from the border's usual colour within which something is paper."""
_SPOT, _SHADED = 0.15, 0.07
"""The same from the usual colour nearby from which on a stripe or dot has its own, and from paper in the shade."""


@dataclass(frozen=True, slots=True)
class Product:
    """`cover`: H x W in [0, 1], the garment without a rim of paper; `colours`: H x W x 3 in [0, 1], its own continued past
    its edge; `blur`: how soft its edges are, pixels, None where they show none."""

    cover: F32
    colours: F32
    blur: float | None
    hood: F32 | None = None
    """H x W x 3 in [0, 1]: the colours of the garment's hood continued past its edge; None where it has none."""
    stand: tuple[F32, F32] | None = None
    """The garment with its stand-up collar: cover (H x W in [0, 1]), and colours (H x W x 3) continued past its edge; None
    where it has none."""


def product_of(rgb: U8, garment: Garment) -> Product:
    """What there is to know of a product picture (H x W x 3 uint8) whose garment is known."""
    cover, colours = _shown(rgb, garment.alpha)
    edges = grown(garment.alpha > 0.5, 3)
    return Product(
        cover,
        colours,
        lens.blur_of(rgb.astype(np.float32) / np.float32(255), edges),
        None if garment.hood is None else solid_colours(rgb, garment.hood),
        None if garment.stand is None else _shown(rgb, garment.whole),
    )


def _shown(rgb: U8, alpha: F32) -> tuple[F32, F32]:
    """The cover and the colours of what is cut out by `alpha`."""
    paper = _paper_within(rgb, alpha)
    # Without the ragged ends that noise leaves.
    drop = np.asarray(cv2.medianBlur(paper.view(np.uint8), 5), bool)
    soft = np.asarray(cv2.GaussianBlur(drop.astype(np.float32), (0, 0), 0.8))
    cloth = (alpha * (1 - np.maximum(soft, drop))).astype(np.float32)
    cover = _even_outline(cloth)
    # A smooth outline closes narrow corners: the colours of the paper there are none of the garment.
    return cover, solid_colours(rgb, kept(np.minimum(cover, cloth), ~paper))


def solid_colours(rgb: U8, alpha: F32) -> F32:
    """The cloth's colours continued past its edge, free of background: H x W x 3 float32 in [0, 1].

    Along the edge each pixel goes on as the nearest cloth, so that a stripe keeps its own edges; further out the colours
    melt: normalised convolution (Knutsson and Westin 1993, CVPR) with growing windows.
    """
    colours = rgb.astype(np.float32) / np.float32(255)
    sure = np.asarray(cv2.erode((alpha > 0.94).astype(np.uint8), np.ones((3, 3), np.uint8)), bool)
    if not sure.any():
        return colours
    # Of each three by three pixels: a single one may be noise, and would be drawn out to a streak.
    near = np.asarray(cv2.blur(sure.astype(np.float32), (3, 3)), np.float32)
    calm = np.asarray(cv2.blur(kept(colours, sure), (3, 3)), np.float32) / np.maximum(near, 1e-6)[..., None]
    result = _as_nearest(calm.astype(np.float32), sure)
    put(result, colours, sure)
    away = cv2.distanceTransform((~sure).astype(np.uint8), cv2.DIST_L2, 3)
    missing: Bool = np.asarray(away, np.float32) > max(_ALONG_EDGE * max(alpha.shape), 2.0)
    weight = (~missing).astype(np.float32)
    held = kept(result, ~missing)
    put(result, colours, missing)
    for size in (15, 45):
        near = np.asarray(cv2.blur(weight, (size, size)))
        mean = np.asarray(cv2.blur(held, (size, size))) / np.maximum(near, 1e-6)[..., None]
        fill = missing & (near > 1e-3)
        put(result, mean, fill)
        missing &= ~fill
    return result


def _paper_within(rgb: U8, alpha: F32) -> Bool:
    """Where `alpha` (H x W in [0, 1]) has a rim with the background's colours, if those differ from the garment's: in corners
    a cut-out mostly keeps some of the paper, and stretched it shows."""
    outside, inside = alpha < 0.02, alpha > 0.98
    if not outside.any() or not inside.any():
        return np.zeros(alpha.shape, bool)
    colours = rgb.astype(np.float32) / np.float32(255)
    outside = _paper(colours, outside)
    depth = np.asarray(cv2.distanceTransform((alpha >= 0.02).astype(np.uint8), cv2.DIST_L2, 3))
    rim = (depth > 0) & (depth < _RIM * max(alpha.shape))
    paper = near_colour(colours, outside)
    cloth = near_colour(colours, inside & (depth >= _RIM * max(alpha.shape)))
    to_paper = _to_shaded(colours, paper)
    to_cloth = distance(colours, cloth)
    very_edge = depth < _EDGE * max(alpha.shape)
    # A print in the middle does not count, stripes that come to the rim do.
    beside = inside & (depth >= _RIM * max(alpha.shape)) & (depth < 2 * _RIM * max(alpha.shape))
    pale = bool(beside.any()) and float((to_paper[beside] < 0.1).mean()) > _PAPER_IN_PATTERN
    if pale:
        rim &= very_edge
    # A stripe or dot that comes to the rim is as much cloth as what is usual around it.
    behind = _behind(colours, inside)
    spotted = rim & (distance(behind, cloth) > _SPOT) & (pale | (_to_shaded(behind, paper) > _SHADED))
    own = np.minimum(to_cloth, distance(colours, behind))
    to_cloth = np.asarray(np.where(spotted, own, to_cloth), np.float32)
    unlike = rim & (to_paper < 0.07) & (to_cloth > 4 * to_paper + 0.1)
    # At the very edge a pixel that is half paper is no cloth, shaded as the paper may be.
    contrast = distance(cloth, paper)
    edge = rim & very_edge & (contrast > 0.25)
    unlike |= (edge & (to_paper < 0.6 * to_cloth)) | (rim & (to_paper < 0.05) & (to_cloth > 0.25))
    # Only what hangs together with the outside: a white dot of a print stays.
    return unlike & touching(unlike, outside, connectivity=4)


def _behind(colours: F32, inside: Bool) -> F32:
    """The colour (H x W x 3) of the nearest pixel too deep `inside` the cut-out to be paper: that of the same stripe or dot as
    the edge before it."""
    depth = np.asarray(cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3))
    sure = depth > _EDGE * max(depth.shape)
    return _as_nearest(colours, sure) if sure.any() else colours


def _as_nearest(colours: F32, sure: Bool) -> F32:
    """Each pixel in the colour (H x W x 3) of the nearest one that is `sure`, itself where it is."""
    found: tuple[Any, Any] = cv2.distanceTransformWithLabels(  # pyright: ignore[reportUnknownVariableType]
        (~sure).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = np.asarray(found[1], np.int32)
    # Each pixel that is sure has a label of its own.
    samples = np.zeros((int(labels.max()) + 1, 3), np.float32)
    samples[labels[sure]] = colours[sure]
    return samples[labels]


def _paper(colours: F32, outside: Bool) -> Bool:
    """Of what lies outside the cut-out, what looks like the picture's border: the inside of a collar is no paper, and a
    stripe that has its colour is none either."""
    frame = outside.copy()
    frame[2:-2, 2:-2] = False
    if not frame.any():
        return outside
    usual = np.broadcast_to(medians(picked(colours, frame)), colours.shape).astype(np.float32)
    alike = outside & (_to_shaded(colours, usual) < _PAPER)
    return alike if alike.any() else outside


def _to_shaded(colours: F32, paper: F32) -> F32:
    """Distance of colours (H x W x 3) to the paper as it is or with up to a quarter less light: the garment's own shadow
    lies on the paper along its edge."""
    level = total(colours * paper) / np.maximum(total(paper * paper), 1e-4)
    return distance(colours, np.clip(level, 0.75, 1.0)[..., None] * paper)


def _even_outline(alpha: F32) -> F32:
    """The cover with an outline as smooth as cloth has: noise and compression make a cut-out's edge hairy, and a warp
    enlarges that. Bays and spikes narrower than 0.6 % of the longer side go; the edge is two pixels soft."""
    sigma = 0.003 * max(alpha.shape)
    wide = np.asarray(cv2.GaussianBlur(alpha, (0, 0), sigma), np.float32)
    # The slope of a blurred straight edge is 1 / (sigma sqrt(2 pi)) per pixel.
    steep = max(1.0, sigma * float(np.sqrt(2 * np.pi)) / 2)
    return np.clip((wide - 0.5) * steep + 0.5, 0, 1).astype(np.float32)
