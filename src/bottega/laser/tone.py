"""Grey values on their way to the dither: luminance, local contrast, and the correction of dot gain.

A beam wider than the line interval burns more than the dots it is told, so that photographs come out too
dark. The response of a dither is measured under the simulated beam (`burn`) and inverted. Grey values are
taken as stored (gamma-encoded), as the dithers of the field do; 0 is burnt, 1 is untouched material.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.metrics import detail
from bottega.imaging.picture import F32, U8
from bottega.laser.burn import coverage
from bottega.laser.dither import DEFAULT_SCREEN, Screen, dither
from bottega.laser.size import Grid, in_range

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Grey values told to the dither, and the grey values that come out; both rising."""

Response = tuple[tuple[float, float], ...]
"""Of a material: pairs of the grey asked for and the grey seen, 0 = burnt, from dark to light."""
LUMA = (0.2558, 0.6511, 0.0931)
EYE_SIGMA_DOTS = 2.0
"""Blur of the eye for tone errors: 0.2 mm at 0.1 mm pitch, about 1.7 arc minutes at 400 mm."""
_STEPS = 65
_PATCH, _MARGIN = 64, 12


def luminance(pixels: U8 | F32) -> F32:
    """Luma of H x W (grey) or H x W x 3 (RGB) pixels, uint8 or float32 in [0, 1], as H x W float32 in [0, 1].

    Weights on the stored values, midway between ITU-R BT.601 (JFIF; what most programs show as grey) and BT.709:
    never more than half of their difference from either, and nearer than BT.709 to the light that the colours
    give (photographs: 5 and 8 levels from it against 8 and 11).
    """
    values = pixels.astype(np.float32)
    if pixels.dtype == np.uint8:
        values /= np.float32(255)
    if values.ndim == 2:
        return values
    return values @ np.array(LUMA, np.float32)


def fit_to_grid(grey: F32, grid: Grid) -> F32:
    """The picture at one value per dot: averaged over areas when it shrinks, cubic when it grows."""
    shrinks = grid.columns < grey.shape[1] or grid.rows < grey.shape[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    resized = cv2.resize(grey, (grid.columns, grid.rows), interpolation=how)
    return np.clip(resized, 0, 1).astype(np.float32)


def raise_local_contrast(grey: F32, amount: float) -> F32:
    """Detail multiplied by 1 + `amount` (0 leaves the picture as it is); an even area stays what it is.

    Detail is what the guided filter takes away (K. He, J. Sun, X. Tang, TPAMI 2013; guided by the picture
    itself, epsilon 0.02), whose edges make no halos. The window is a sixteenth of the shorter side.
    """
    if amount == 0:
        return grey
    side = 2 * max(1, min(grey.shape) // 32) + 1
    window = (side, side)
    mean = cv2.blur(grey, window)
    variance = np.maximum(cv2.blur(grey * grey, window) - mean * mean, 0)
    slope = variance / (variance + 0.02)
    base = cv2.blur(slope, window) * grey + cv2.blur(mean - slope * mean, window)
    return np.clip(base + (1 + amount) * (grey - base), 0, 1).astype(np.float32)


@lru_cache(maxsize=64)
def dot_gain(method: str, beam: float, screen: Screen = DEFAULT_SCREEN) -> Curve:
    """The measured response of a dither under a beam of `beam` dots: even patches, dithered and burnt.

    Raises InvalidOption for an unknown dither or a beam out of range.
    """
    told = np.linspace(0, 1, _STEPS)
    side = _PATCH + 2 * _MARGIN
    strip = np.repeat(told.astype(np.float32), side)[None, :].repeat(side, axis=0)
    burnt = coverage(dither(strip, method, screen), beam).reshape(side, _STEPS, side)
    inner = burnt[_MARGIN:-_MARGIN, :, _MARGIN:-_MARGIN]
    # Textures of some levels reach a little further than their neighbours'; a curve to invert must rise.
    seen = np.maximum.accumulate(1 - inner.mean(axis=(0, 2), dtype=np.float64))
    return told, seen


def correct_dot_gain(grey: F32, method: str, beam: float, screen: Screen = DEFAULT_SCREEN) -> F32:
    """The grey values to tell the dither so that the burn shows `grey`; what no dot pattern reaches is clipped."""
    told, seen = dot_gain(method, beam, screen)
    # Equal responses in a row (black long before 0 is told): any of them does, np.interp takes the last.
    return np.interp(grey, seen, told).astype(np.float32)


def for_material(grey: F32, response: Response) -> F32:
    """The grey values to ask for so that a material with that response shows `grey`.

    `response`: pairs (asked, seen) in [0, 1], both rising, as read from a burnt strip of even tones; empty is a
    material that shows what it is asked. Tones that it cannot show become the nearest that it can.
    Raises InvalidOption for fewer than two pairs, figures out of range, or a curve that does not rise.
    """
    if not response:
        return grey
    asked, seen = np.array(response, np.float64).reshape(-1, 2).T
    for value in (*asked.tolist(), *seen.tolist()):
        in_range("A figure of the material's response", value, 0, 1, "")
    if len(asked) < 2 or (np.diff(asked) <= 0).any() or (np.diff(seen) <= 0).any():
        raise InvalidOption(
            "A material's response needs at least two pairs of tones, asked and seen, that both rise.",
            hint="Read them from a burnt strip, from the darkest to the lightest patch.",
        )
    return np.interp(grey, seen, asked).astype(np.float32)


def seen_by_eye(grey: F32) -> F32:
    """Gaussian blur with a sigma of two dots."""
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), EYE_SIGMA_DOTS), np.float32)


def tone_error(burnt: F32, wanted: F32) -> float:
    """Root mean square difference, in 8-bit levels, of a simulated burn and the wanted grey as an eye sees them.

    `burnt`: the burnt share of each dot's cell (`burn.coverage`); `wanted`: grey, 0 = burnt; both H x W float32.
    """
    difference = seen_by_eye(1 - burnt) - seen_by_eye(wanted)
    return float(np.sqrt(np.mean(np.square(difference), dtype=np.float64)) * 255)


def visible_detail(burnt: F32) -> float:
    """Share of the area, 0 to 1, where a simulated burn shows more than the grain of its dots.

    `imaging.metrics.detail` of the burn (`burn.coverage`), blurred over four dots.
    """
    return detail(np.asarray(cv2.GaussianBlur(1 - burnt, (0, 0), 4.0), np.float32))
