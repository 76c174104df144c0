"""Pieces of cloth brought to their places: one layer of colour and cover, and the measures of what the warp did."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.pieces import MOST_STRETCH, Patch, Placement
from bottega.fashion.tryon.ribbon import ribbon_field
from bottega.fashion.tryon.spline import (
    STEP,
    Box,
    Distortion,
    coarse_field,
    distortion,
    fit_spline,
    full_field,
)
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import drawn_ring, grown, touching
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]
STIFFNESS = (0.003, 0.01, 0.03, 0.1, 0.3)
"""Tried in this order until the cloth neither folds nor stretches."""
_RIM, _EDGE = 0.02, 0.006
"""Of the longer side: how deep paper may be left in a cut-out, and how deep where the cloth has its colour too."""
_PAPER_IN_PATTERN = 0.03
"""Of the cloth, from which on stripes or flowers may have the paper's colour."""
_PAPER = 0.15
"""Euclidean distance in sRGB [0, 1] from the border's usual colour within which something is paper."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A garment on the photograph. `rgb`: H x W x 3 float32 in [0, 1], defined wherever `alpha` is above 0. `torso` and
    `sleeves`: H x W covers of the pieces; sleeves lie over the torso."""

    rgb: F32
    torso: F32
    sleeves: F32
    distortion: Distortion

    @property
    def alpha(self) -> F32:
        return (self.sleeves + self.torso * (1 - self.sleeves)).astype(np.float32)

    @property
    def folds(self) -> bool:
        return self.distortion.least_jacobian <= 0


def solid_colours(rgb: U8, alpha: F32) -> F32:
    """The cloth's colours continued past its edge, free of background: H x W x 3 float32 in [0, 1].

    Normalised convolution (Knutsson and Westin 1993, CVPR) with three growing windows.
    """
    colours = rgb.astype(np.float32) / np.float32(255)
    sure = np.asarray(cv2.erode((alpha > 0.94).astype(np.uint8), np.ones((3, 3), np.uint8)), bool)
    if not sure.any():
        return colours
    result = colours.copy()
    missing = ~sure
    weight = sure.astype(np.float32)
    held = colours * weight[..., None]
    for size in (5, 15, 45):
        near = np.asarray(cv2.blur(weight, (size, size)))
        mean = np.asarray(cv2.blur(held, (size, size))) / np.maximum(near, 1e-6)[..., None]
        fill = missing & (near > 1e-3)
        result[fill] = mean[fill]
        missing &= ~fill
    return result


def tight_cover(rgb: U8, alpha: F32) -> F32:
    """`alpha` (H x W in [0, 1]) without a rim that has the background's colours, where those differ from the garment's:
    in corners a cut-out mostly keeps some of the paper, and stretched it shows."""
    outside, inside = alpha < 0.02, alpha > 0.98
    if not outside.any() or not inside.any():
        return alpha
    colours = rgb.astype(np.float32) / np.float32(255)
    outside = _paper(colours, outside)
    depth = np.asarray(cv2.distanceTransform((alpha >= 0.02).astype(np.uint8), cv2.DIST_L2, 3))
    rim = (depth > 0) & (depth < _RIM * max(alpha.shape))
    paper = near_colour(colours, outside)
    cloth = near_colour(colours, inside & (depth >= _RIM * max(alpha.shape)))
    to_paper = _to_shaded(colours, paper)
    to_cloth = _apart(colours, cloth)
    very_edge = depth < _EDGE * max(alpha.shape)
    # A print in the middle does not count, stripes that come to the rim do.
    beside = inside & (depth >= _RIM * max(alpha.shape)) & (depth < 2 * _RIM * max(alpha.shape))
    if beside.any() and float((to_paper[beside] < 0.1).mean()) > _PAPER_IN_PATTERN:
        rim &= very_edge
    unlike = rim & (to_paper < 0.07) & (to_cloth > 4 * to_paper + 0.1)
    # At the very edge a pixel that is half paper is no cloth, shaded as the paper may be.
    contrast = _apart(cloth, paper)
    edge = rim & very_edge & (contrast > 0.25)
    unlike |= (edge & (to_paper < 0.6 * to_cloth)) | (rim & (to_paper < 0.05) & (to_cloth > 0.25))
    # Only what hangs together with the outside: a white dot of a print stays.
    drop = unlike & touching(unlike, outside, connectivity=4)
    # Without the ragged ends that noise leaves.
    drop = np.asarray(cv2.medianBlur(drop.astype(np.uint8), 5), bool)
    soft = np.asarray(cv2.GaussianBlur(drop.astype(np.float32), (0, 0), 0.8))
    return _even_outline((alpha * (1 - np.maximum(soft, drop))).astype(np.float32))


def _paper(colours: F32, outside: Bool) -> Bool:
    """Of what lies outside the cut-out, what looks like the picture's border: the inside of a collar is no paper, and a
    stripe that has its colour is none either."""
    frame = outside.copy()
    frame[2:-2, 2:-2] = False
    if not frame.any():
        return outside
    usual = np.broadcast_to(np.median(colours[frame], axis=0), colours.shape).astype(np.float32)
    alike = outside & (_to_shaded(colours, usual) < _PAPER)
    return alike if alike.any() else outside


def _to_shaded(colours: F32, paper: F32) -> F32:
    """Distance of colours (H x W x 3) to the paper as it is or with up to a quarter less light: the garment's own shadow
    lies on the paper along its edge."""
    level = np.einsum("yxc,yxc->yx", colours, paper) / np.maximum(
        np.einsum("yxc,yxc->yx", paper, paper), 1e-4
    )
    return _apart(colours, np.clip(level, 0.75, 1.0)[..., None] * paper)


def _apart(one: F32, other: F32) -> F32:
    """Euclidean distance of colours, H x W."""
    away = one - other
    return np.sqrt(np.einsum("yxc,yxc->yx", away, away)).astype(np.float32)


def _even_outline(alpha: F32) -> F32:
    """The cover with an outline as smooth as cloth has: noise and compression make a cut-out's edge hairy, and a warp
    enlarges that. Bays and spikes narrower than 0.6 % of the longer side go; the edge is two pixels soft."""
    sigma = 0.003 * max(alpha.shape)
    wide = np.asarray(cv2.GaussianBlur(alpha, (0, 0), sigma), np.float32)
    # The slope of a blurred straight edge is 1 / (sigma sqrt(2 pi)) per pixel.
    steep = max(1.0, sigma * float(np.sqrt(2 * np.pi)) / 2)
    return np.clip((wide - 0.5) * steep + 0.5, 0, 1).astype(np.float32)


def fit_garment(
    rgb: U8, alpha: F32, placement: Placement, shape: tuple[int, int], bare: F32 | None = None
) -> Fitted:
    """The garment of a product picture on a photograph of `shape` (height, width). `bare` (H x W in [0, 1]): arms seen
    without cloth; where a garment has sleeves, the roundness of their shoulders is covered."""
    colours = solid_colours(rgb, alpha)
    blur = _minification_blur(placement.scale)
    if blur > 0:
        colours = np.asarray(cv2.GaussianBlur(colours, (0, 0), blur), np.float32)
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), blur), np.float32)
    out_rgb = np.zeros((*shape, 3), np.float32)
    covers = {"torso": np.zeros(shape, np.float32), "sleeves": np.zeros(shape, np.float32)}
    joined = np.zeros(shape, np.float32)
    worst = Distortion(1.0, 1.0)
    for patch in placement.patches:
        box = _box(patch, shape)
        if box is None:
            continue
        piece, cover, measured = _warped(colours, alpha, patch, box)
        at = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
        joined[at] = cover + joined[at] * (1 - cover)
        share = (cover / np.maximum(joined[at], 1e-6))[..., None]
        out_rgb[at] = piece * share + out_rgb[at] * (1 - share)
        layer = covers["sleeves" if patch.name.endswith("sleeve") else "torso"]
        layer[at] = np.maximum(layer[at], cover)
        worst = Distortion(
            min(worst.least_jacobian, measured.least_jacobian), max(worst.anisotropy, measured.anisotropy)
        )
    covers["torso"] *= _shoulders_kept(placement, shape)
    for patch in placement.patches:
        if patch.ribbon is not None:
            _close_notch(out_rgb, covers, patch.outline, placement.outline.mean(axis=0), bare)
    return Fitted(out_rgb, covers["torso"], covers["sleeves"], worst)


def _close_notch(rgb: F32, covers: dict[str, F32], ring: F64, torso_middle: F64, bare: F32 | None) -> None:
    """Fills, in place, what stays open between torso and sleeve at the upper end of the seam: two pieces that are right
    each for itself meet there in a dent. `ring`: the sleeve's outline, first the seam's upper end, last its lower."""
    seam = float(np.hypot(*(ring[-1] - ring[0])))
    reach = round(0.3 * seam)
    shape = rgb.shape[:2]
    left, top = np.maximum(np.rint(ring[0] - 2 * reach).astype(int), 0)
    right, bottom = np.minimum(np.rint(ring[0] + 2 * reach).astype(int), (shape[1], shape[0]))
    if right - left < 4 or bottom - top < 4 or reach < 2:
        return
    at = slice(top, bottom), slice(left, right)
    torso, sleeves = covers["torso"][at], covers["sleeves"][at]
    cover = sleeves + torso * (1 - sleeves)
    size = 2 * reach + 1
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    # In bytes: with so large a disc that is four times as fast, and the fill is soft anyway.
    whole = np.pad(np.rint(cover * 255).astype(np.uint8), reach, mode="edge")
    closed = np.asarray(cv2.morphologyEx(whole, cv2.MORPH_CLOSE, disc), np.float32) / np.float32(255)
    closed = closed[reach:-reach, reach:-reach]
    y, x = np.mgrid[top:bottom, left:right]
    away = np.hypot(x - ring[0][0], y - ring[0][1]) / reach
    filled = np.maximum(cover, np.clip(2 - 1.6 * away, 0, 1) * closed)
    if bare is not None:
        beside = grown(cover > 0.5, max(2, round(0.8 * reach)))
        # Further in there is neck and hair.
        outside = (x - ring[0][0]) * np.sign(ring[0][0] - torso_middle[0]) > -0.35 * reach
        filled = np.maximum(filled, np.where(beside & outside, np.clip(4 - 2 * away, 0, 1) * bare[at], 0))
    filled = filled.astype(np.float32)
    new = filled > cover + 0.004
    if not new.any() or not (cover > 0.95).any():
        return
    part = rgb[at]
    part[new] = (part * cover[..., None] + near_colour(part, cover > 0.95) * (1 - cover[..., None]))[new]
    covers["sleeves"][at] = np.where(
        new, np.maximum(sleeves, (filled - torso) / np.maximum(1 - torso, 1e-3)), sleeves
    )


def _shoulders_kept(placement: Placement, shape: tuple[int, int]) -> F32:
    """H x W in [0, 1]: 0 where the torso's cloth would stand off beyond shoulder and sleeve as a tip, because beyond its
    seam a spline only guesses."""
    rings = [patch.outline for patch in placement.patches if patch.ribbon is not None]
    kept = np.ones(shape, np.float32)
    if not rings:
        return kept
    drawn = drawn_ring(placement.outline, shape)
    for ring in rings:
        drawn = np.maximum(drawn, drawn_ring(ring, shape))
    for ring in rings:
        seam = float(np.hypot(*(ring[-1] - ring[0])))
        reach, margin = 0.5 * seam, max(1.0, 0.03 * seam)
        left, top = np.maximum(np.floor(ring[0] - 1.5 * reach).astype(int), 0)
        right, bottom = np.ceil(ring[0] + 1.5 * reach).astype(int)
        part = drawn[top:bottom, left:right]
        if not part.size:
            continue
        y, x = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
        near = np.clip(3 - 2 * np.hypot(x - ring[0][0], y - ring[0][1]) / reach, 0, 1)
        away = np.asarray(cv2.distanceTransform((part < 0.5).astype(np.uint8), cv2.DIST_L2, 5))
        inside = np.clip(margin + 0.5 - away, 0, 1)
        at = slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
        kept[at] = np.minimum(kept[at], (1 - near * (1 - inside)).astype(np.float32))
    return kept


def _minification_blur(scale: float) -> float:
    """Standard deviation in source pixels that keeps a smaller picture free of aliases."""
    return 0.0 if scale >= 0.95 else 0.45 * float(np.sqrt(1 / scale**2 - 1))


def _box(patch: Patch, shape: tuple[int, int]) -> Box | None:
    points = patch.target
    margin = 0.06 * float(np.ptp(points, axis=0).max()) + 4
    left, top = np.floor(points.min(axis=0) - margin)
    right, bottom = np.ceil(points.max(axis=0) + margin)
    left, top = max(int(left), 0), max(int(top), 0)
    right, bottom = min(int(right), shape[1]), min(int(bottom), shape[0])
    if right - left < 2 or bottom - top < 2:
        return None
    return Box(left, top, right - left, bottom - top)


def _warped(colours: F32, alpha: F32, patch: Patch, box: Box) -> tuple[F32, F32, Distortion]:
    piece = alpha * patch.area
    if patch.ribbon is not None:
        field, measured = ribbon_field(patch.ribbon, box)
        return _remap(colours, field, cv2.BORDER_REPLICATE), _remap(piece, field), measured
    coarse, measured = _best_field(patch, box, piece)
    field = full_field(coarse, box)
    cover = _remap(piece, field) * _reach(patch, box)
    return _remap(colours, field, cv2.BORDER_REPLICATE), cover, measured


def _best_field(patch: Patch, box: Box, piece: F32) -> tuple[F64, Distortion]:
    """The most exact map that does not fold and keeps the print's proportions; the stiffest if none does."""
    found: tuple[F64, Distortion] | None = None
    for stiffness in STIFFNESS:
        coarse = coarse_field(
            fit_spline(patch.target, patch.source, stiffness=stiffness, slack=patch.slack), box
        )
        x, y = coarse[..., 0], coarse[..., 1]
        shown = _remap(piece, coarse.astype(np.float32)) > 0.5
        folds = distortion(coarse, shown, STEP)
        zone = shown
        if patch.zone is not None:
            left, top, right, bottom = patch.zone
            zone = shown & (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
        stretch = distortion(coarse, zone, STEP) if patch.zone is not None else Distortion(1.0, 1.0)
        found = coarse, Distortion(folds.least_jacobian, stretch.anisotropy)
        if folds.least_jacobian > 0.02 and stretch.anisotropy <= MOST_STRETCH:
            break
    assert found is not None
    return found


def _reach(patch: Patch, box: Box) -> F32:
    """Where the spline may be believed: the hull of its points and a margin; extrapolated far away it could show the
    cloth twice."""
    hull = cv2.convexHull(patch.target.astype(np.float32))
    drawn = np.zeros((box.height, box.width), np.uint8)
    points = np.rint((hull.reshape(-1, 2) - (box.left, box.top)) * 16).astype(np.int32)
    cv2.fillPoly(drawn, [points], (1.0,), shift=4)
    margin = max(3, int(0.05 * np.ptp(patch.target, axis=0).max()))
    away = cv2.distanceTransform(1 - drawn, cv2.DIST_L2, 3)
    return (np.asarray(away) <= margin).astype(np.float32)


def _remap(values: F32, field: F32, border: int = cv2.BORDER_CONSTANT) -> F32:
    return np.asarray(
        cv2.remap(
            values,
            np.ascontiguousarray(field[..., 0], np.float32),
            np.ascontiguousarray(field[..., 1], np.float32),
            cv2.INTER_LINEAR,
            borderMode=border,
            borderValue=(0.0, 0.0, 0.0, 0.0),
        ),
        np.float32,
    )
