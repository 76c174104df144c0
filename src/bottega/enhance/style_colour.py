"""The colours of another picture, taken over by optimal transport of colours, with the grain and the edges as they were."""

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.style_colour_map import ColourMap, linear_map, optimal_map
from bottega.enhance.style_flow import plain
from bottega.imaging.adjust import BAND_PIXELS, into_gamut
from bottega.imaging.colour import lab_to_rgb, linear_to_srgb, rgb_to_lab, srgb_to_linear
from bottega.imaging.picture import F32, U8

Samples = TypeVar("Samples", U8, NDArray[np.uint16])

SAMPLE_SIDE = 384
"""Longer side at which the distributions are measured; grain is averaged away."""
GUIDE_SIDE = 700
"""Longer side at which it is found how the change of colour follows the picture."""
GUIDE_REACH = 0.012
"""Radius of the neighbourhoods in which it follows the picture linearly, of the longer side."""
GUIDE_GRAIN = 7.0
"""Lab units: variations below this are taken for grain, which keeps its size."""
BEND = 8.0
"""Units of L* at either end over which tones beyond black and white are bent in."""


def colour_transfer(rgb: Samples, reference: U8) -> Samples:
    """`rgb` (H x W x 3, uint8 or uint16) with the colour distribution of `reference` (any size)."""
    return recoloured(rgb, transfer_map(rgb, reference))


def transfer_map(rgb: Samples, reference: U8) -> ColourMap:
    return optimal_map(_sample(rgb), _sample(reference))


def linear_colour_transfer(rgb: Samples, reference: U8) -> Samples:
    """As `colour_transfer`, by means and covariances alone: every pixel by one linear map."""
    found = linear_map(_sample(rgb), _sample(reference))
    result, top = np.empty_like(rgb), np.float32(np.iinfo(rgb.dtype).max)
    for rows in _bands(rgb.shape[:2]):
        lab = rgb_to_lab(rgb[rows].astype(np.float32) / top)
        result[rows] = np.rint(_shown(found(lab), found) * top).astype(rgb.dtype)
    return result


def recoloured(rgb: Samples, found: ColourMap) -> Samples:
    """`rgb` (H x W x 3) by a colour map.

    The change of colour is filtered along the picture (Rabin, Delon and Gousseau, "Removing artefacts from color and
    contrast modifications", 2011), here as a function of colour that is linear in each neighbourhood (guided filter of He,
    Sun and Tang, 2013): a curve of the map that is steep makes neither grain nor blocks stronger.
    """
    slopes, shifts = _guided_change(rgb, found)
    result, top = np.empty_like(rgb), np.float32(np.iinfo(rgb.dtype).max)
    height, width = rgb.shape[:2]
    for rows in _bands((height, width)):
        lab = rgb_to_lab(rgb[rows].astype(np.float32) / top)
        change = np.empty_like(lab)
        for channel in range(3):
            slope = _rows_of(slopes[channel], rows, height, width)
            shift = _rows_of(shifts[channel], rows, height, width)
            change[..., channel] = (slope * lab).sum(axis=2) + shift
        result[rows] = np.rint(_shown(lab + change, found) * top).astype(rgb.dtype)
    return result


def _guided_change(rgb: Samples, found: ColourMap) -> tuple[list[F32], list[F32]]:
    """For each of L, a, b: slopes (h x w x 3) and shifts (h x w) of the change as a linear function of Lab, at guide size."""
    height, width = rgb.shape[:2]
    scale = min(1.0, GUIDE_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = plain(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)) if scale < 1 else rgb
    lab = rgb_to_lab(small.astype(np.float32) / np.float32(np.iinfo(rgb.dtype).max))
    change = found(lab) - lab
    radius = max(2, round(GUIDE_REACH * max(size)))

    def mean(values: F32) -> F32:
        # Twice, so that the weights fall off towards the border of the neighbourhood.
        once = cv2.blur(values, (2 * radius + 1, 2 * radius + 1), borderType=cv2.BORDER_REFLECT_101)
        return plain(cv2.blur(once, (radius | 1, radius | 1), borderType=cv2.BORDER_REFLECT_101))

    centre = mean(lab)
    spread = np.empty((*lab.shape[:2], 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            moment = mean(lab[..., i] * lab[..., j]) - centre[..., i] * centre[..., j]
            spread[..., i, j] = spread[..., j, i] = moment
    spread += np.float32(GUIDE_GRAIN**2) * np.eye(3, dtype=np.float32)
    slopes: list[F32] = []
    shifts: list[F32] = []
    for channel in range(3):
        middle = mean(change[..., channel])
        both: F32 = (lab * change[..., channel : channel + 1]).astype(np.float32, copy=False)
        with_guide = mean(both) - centre * middle[..., None]
        slope = np.linalg.solve(spread, with_guide[..., None])[..., 0].astype(np.float32)
        shift = middle - (slope * centre).sum(axis=2)
        slopes.append(mean(slope))
        shifts.append(mean(shift))
    return slopes, shifts


def _shown(lab: F32, found: ColourMap) -> F32:
    """Gamma-encoded sRGB in [0, 1] of Lab that may lie outside."""
    lab[..., 0] = _fitted(lab[..., 0], *found.reached)
    return linear_to_srgb(into_gamut(srgb_to_linear(lab_to_rgb(lab))))


def _sample(rgb: U8 | NDArray[np.uint16]) -> F32:
    """Lab of N pixels of the picture at reduced size, N x 3."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SAMPLE_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = plain(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
    return rgb_to_lab(small.astype(np.float32) / np.float32(np.iinfo(rgb.dtype).max)).reshape(-1, 3)


def _bands(size: tuple[int, ...]) -> list[slice]:
    rows = max(1, BAND_PIXELS // size[1])
    return [slice(start, min(start + rows, size[0])) for start in range(0, size[0], rows)]


def _rows_of(small: F32, rows: slice, height: int, width: int) -> F32:
    """Some rows of `small` enlarged to H x W, bilinear."""
    small_height, small_width = small.shape[:2]
    down, across = small_height / height, small_width / width
    place = np.array([[across, 0, 0.5 * across - 0.5], [0, down, (rows.start + 0.5) * down - 0.5]])
    method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = width, rows.stop - rows.start
    return plain(cv2.warpAffine(small, place, size, flags=method, borderMode=cv2.BORDER_REPLICATE))


def _fitted(lightness: F32, lowest: float, highest: float) -> F32:
    """L* from [`lowest`, `highest`] into [0, 100]: what reaches out is bent in over the last `BEND` units with a
    rational curve that starts with slope 1, so that tones stay apart instead of being cut off."""
    top, bottom = 100 - BEND, BEND
    above = _bent(np.maximum(lightness - top, 0), max(highest - top, BEND))
    below = _bent(np.maximum(bottom - lightness, 0), max(bottom - lowest, BEND))
    return (np.clip(lightness, bottom, top) + above - below).astype(np.float32)


def _bent(excess: F32, reach: float) -> F32:
    """[0, `reach`] to [0, `BEND`], slope 1 at 0."""
    share = np.minimum(excess / reach, 1)
    slope = reach / BEND
    bent: F32 = (BEND * slope * share / (1 + (slope - 1) * share)).astype(np.float32)
    return bent
