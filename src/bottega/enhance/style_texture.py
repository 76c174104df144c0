"""The surface of another picture: its texture laid patch by patch where it fits, in its colours, at its contrast.

Patches after Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer" (SIGGRAPH 2001); the contrast
of each band after Heeger and Bergen, "Pyramid-Based Texture Analysis/Synthesis" (SIGGRAPH 1995).
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.style_colour import linear_colour_transfer
from bottega.enhance.style_flow import enlarge, plain, shrink, smooth
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32, U8

I64 = NDArray[np.int64]

UNIT_SIDE = 1000.0
"""All lengths below are pixels of a picture whose longer side is this long."""
QUILT_SIDE = 700
"""Longer side at which patches are laid, and of the reference they are taken from."""
PATCH = 52.0
OVERLAP = 16.0
BASE = 14.0
"""Blur that parts the surface of a picture from its forms."""
CANDIDATES = 1500
"""Patches of the reference to choose from."""
SHORTLIST = 200
"""Those that fit the picture best; of them the one is taken that fits its neighbours."""
TONE = 0.1
"""Weight of fitting the picture against fitting the neighbours."""
AGAIN = 0.02
"""Added to the misfit of a patch that was just laid; a pattern of repeats is seen before any misfit is."""
LEVELS = 5
GAINS = (0.4, 2.5)
"""Bounds of what a band's contrast is multiplied with."""
AS_A_RULE = 98.0
"""Per cent of the pixels of a band of the reference that are nearer to 0 than what a gain may make of one."""
SAMPLED = 3
"""One pixel of so many in each direction is enough to know how large they are."""


@dataclass(frozen=True, slots=True)
class Strips:
    """One side of each of N patches, every second pixel of it in each direction: N x D, and the sums of its squares, N."""

    samples: F32
    squares: F32

    @classmethod
    def of(cls, sides: F32) -> "Strips":
        """`sides`: N x h x w x 3."""
        samples = np.ascontiguousarray(sides[:, ::2, ::2]).reshape(len(sides), -1)
        return cls(samples, np.einsum("nd,nd->n", samples, samples))

    def apart(self, near: I64, side: F32) -> F32:
        """The mean squared difference of each of the strips `near` from `side`, h x w x 3."""
        wanted = side[::2, ::2].ravel()
        sums = self.squares[near] - 2 * (self.samples[near] @ wanted) + wanted @ wanted
        return (sums / wanted.size).astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Surface:
    """N patches of a reference: `detail` N x P x P x 3, its `left` and `top` strips that overlap with what is laid, and
    `looks` N x D, what they are compared with the picture by."""

    detail: F32
    left: Strips
    top: Strips
    looks: F32


def texture_transfer(rgb: F32, reference: U8) -> F32:
    """H x W x 3 in [0, 1] with the surface and colours of `reference` (any size, H x W x 3)."""
    height, width = rgb.shape[:2]
    scale = min(1.0, QUILT_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    unit = max(size) / UNIT_SIDE
    small = shrink(rgb, *size) if scale < 1 else rgb
    other = _at_side(reference, max(size))
    coloured = linear_colour_transfer(np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8), reference)
    base = _forms(coloured.astype(np.float32) / np.float32(255), unit)
    other_base = smooth(other, BASE * unit)
    side, overlap = max(8, round(PATCH * unit)), max(2, round(OVERLAP * unit))
    surface = _surface(other, other - other_base, side, overlap)
    detail = _quilted(base, surface, side, overlap)
    result = base + _with_bands(detail, other - other_base, unit)
    return np.clip(enlarge(result, width, height) if scale < 1 else result, 0, 1).astype(np.float32)


def _at_side(reference: U8, side: int) -> F32:
    """The reference with a longer side of `side`: its texture is as large in the result as it is in itself."""
    height, width = reference.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return plain(cv2.resize(reference, size, interpolation=method)).astype(np.float32) / np.float32(255)


def _forms(rgb: F32, unit: float) -> F32:
    """Without texture of its own, edges kept."""
    flat = rgb
    for _ in range(3):
        flat = plain(cv2.bilateralFilter(flat, max(5, round(11 * unit)) | 1, 0.11, 4.5 * unit))
    return flat


def _surface(other: F32, detail: F32, side: int, overlap: int) -> Surface:
    height, width = other.shape[:2]
    pad = max(0, side - height), max(0, side - width)
    if any(pad):
        other, detail = (
            plain(cv2.copyMakeBorder(p, 0, pad[0], 0, pad[1], cv2.BORDER_REFLECT)) for p in (other, detail)
        )
        height, width = other.shape[:2]
    random = np.random.default_rng(81)
    count = min(CANDIDATES, (height - side + 1) * (width - side + 1))
    top, left = random.integers(0, height - side + 1, count), random.integers(0, width - side + 1, count)
    cut = [np.s_[y : y + side, x : x + side] for y, x in zip(top, left, strict=True)]
    looks = np.stack([_looks(luma(other[each])) for each in cut])
    patches = np.stack([detail[each] for each in cut])
    return Surface(patches, Strips.of(patches[:, :, :overlap]), Strips.of(patches[:, :overlap]), looks)


def _looks(grey: F32) -> F32:
    """A patch's tone in 4 x 4 parts."""
    return shrink(grey, 4, 4).ravel()


def _quilted(base: F32, surface: Surface, side: int, overlap: int) -> F32:
    """Detail for the whole of `base`: each patch is among those whose tone fits, agrees with its neighbours, and is
    joined to them along the cut of least difference."""
    height, width = base.shape[:2]
    step = side - overlap
    rows, columns = -(-max(height - overlap, 1) // step), -(-max(width - overlap, 1) // step)
    full = rows * step + overlap, columns * step + overlap
    grey = plain(cv2.copyMakeBorder(luma(base), 0, full[0] - height, 0, full[1] - width, cv2.BORDER_REFLECT))
    ranked = _ranks(grey, surface)
    canvas = np.zeros((*full, 3), np.float32)
    laid = np.full(len(surface.looks), -np.inf, np.float32)  # when each patch was laid last
    for row in range(rows):
        for column in range(columns):
            place = np.s_[row * step : row * step + side, column * step : column * step + side]
            distance = ((surface.looks - _looks(ranked[place])) ** 2).sum(axis=1)
            near = np.argpartition(distance, min(SHORTLIST, len(distance) - 1))[:SHORTLIST]
            there = canvas[place]
            now = row * columns + column
            error = TONE * distance[near] / 16 + AGAIN * np.exp((laid[near] - now) / (2 * columns))
            if column:
                error = error + surface.left.apart(near, there[:, :overlap])
            if row:
                error = error + surface.top.apart(near, there[:overlap])
            best = near[int(error.argmin())]
            laid[best], chosen = now, surface.detail[best]
            share = _cut(chosen, there, overlap, row > 0, column > 0)[..., None]
            canvas[place] = there + (chosen - there) * share
    return canvas[:height, :width]


def _ranks(grey: F32, surface: Surface) -> F32:
    """The picture's tones in the range of the reference's, rank by rank."""
    marks = np.linspace(0, 100, 65)
    ranked: Any = np.interp(grey, np.percentile(grey, marks), np.percentile(surface.looks, marks))
    return ranked.astype(np.float32)


def _cut(chosen: F32, there: F32, overlap: int, above: bool, left: bool) -> F32:
    """P x P: 1 where the new patch is shown, with a rim of about two pixels."""
    share = np.ones(chosen.shape[:2], np.float32)
    apart = ((chosen - there) ** 2).sum(axis=2)
    if left:
        share[:, :overlap] = np.minimum(share[:, :overlap], _behind(apart[:, :overlap]))
    if above:
        share[:overlap] = np.minimum(share[:overlap], _behind(np.ascontiguousarray(apart[:overlap].T)).T)
    return share


def _behind(cost: F32) -> F32:
    """For each row of `cost` 1 right of the cheapest path from the top to the bottom, by dynamic programming."""
    height, width = cost.shape
    # A column on each side that no path takes.
    total = np.full((height, width + 2), np.inf, np.float32)
    total[:, 1:-1] = cost
    cheapest = np.empty(width, np.float32)
    for above, here in zip(total[:-1], total[1:, 1:-1], strict=True):
        np.minimum(above[:-2], above[1:-1], out=cheapest)
        np.minimum(cheapest, above[2:], out=cheapest)
        here += cheapest
    path = np.empty(height, np.float32)
    at = int(total[-1].argmin())
    for row in range(height - 1, -1, -1):
        if row < height - 1:
            at += int(total[row, at - 1 : at + 2].argmin()) - 1
        path[row] = at - 1
    share: Any = np.clip((np.arange(width, dtype=np.float32)[None] - path[:, None]) / 2 + 0.5, 0, 1)
    return share


def _with_bands(detail: F32, wanted: F32, unit: float) -> F32:
    """`detail` whose bands have the spread of those of `wanted`: quilting blurs and mixes them."""
    total = np.zeros_like(detail)
    own, other = detail, wanted
    for level in range(LEVELS):
        sigma = 0.8 * unit * 2**level
        own_low, other_low = smooth(own, sigma), smooth(other, sigma)
        band, other_band = own - own_low, other - other_low
        gain = np.clip(_spread(other_band) / (_spread(band) + 1e-5), *GAINS)
        total += _no_sparks(band * gain.astype(np.float32), band, other_band)
        own, other = own_low, other_low
    return total + own


def _spread(band: F32) -> NDArray[np.float64]:
    """Standard deviation of each channel."""
    return np.asarray(cv2.meanStdDev(band)[1], dtype=np.float64)[:, 0]


def _no_sparks(gained: F32, band: F32, wanted: F32) -> F32:
    """`gained`, which is `band` multiplied, no farther from 0 than `wanted` is as a rule, or `band` already was.

    The gain is that of the whole; where a smooth part was laid, specks in it would become bright and dark dots."""
    some = np.abs(wanted[::SAMPLED, ::SAMPLED]).reshape(-1, wanted.shape[2])
    limit = np.percentile(some, AS_A_RULE, axis=0).astype(np.float32)
    return np.clip(gained, np.minimum(band, -limit), np.maximum(band, limit))
