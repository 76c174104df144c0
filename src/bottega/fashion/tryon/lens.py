"""Sharpness and grain of a photograph, measured and given to the fitted garment: what a lens and a sensor do to cloth."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.zones import around
from bottega.imaging.arrays import median, picked
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

Bool = NDArray[np.bool_]
MOST_BLUR, MOST_GRAIN = 2.5, 0.03
"""Pixels of standard deviation, and levels in [0, 1]: a photograph beyond is no studio photograph."""
LEAST_GRAIN = 0.0008
"""Less is not seen, in levels as well."""
_REBLUR = 1.0
_LEAST_EDGES = 60
_BEYOND = 8
"""Pixels around what is looked at that its blurs and slopes see."""


@dataclass(frozen=True, slots=True)
class Grain:
    """A photograph's noise: `level` as `grain_of` says it; `clumping`: standard deviation in pixels of the blur that it
    went through."""

    level: float
    clumping: float


def grain_in(photo: F32, where: Bool) -> Grain:
    """The grain of H x W x 3 in [0, 1] where it is to be looked for."""
    level = grain_of(photo, where)
    return Grain(level, _clumping(photo, where, level))


def grain_of(rgb: F32, where: Bool) -> float:
    """Standard deviation of the noise, [0, 1]: Immerkaer (1996), CVIU 64(2), by the median so that edges count little."""
    at = around(where, 1)
    if at is None or np.count_nonzero(where) < 200:
        return 0.0
    return _level(picked(_rough(luma(np.ascontiguousarray(rgb[at]))), where[at]))


def _rough(light: F32) -> F32:
    """What Immerkaer's mask leaves of H x W: noise, and little of edges."""
    mask = np.array(((1, -2, 1), (-2, 4, -2), (1, -2, 1)), np.float32)
    return np.abs(np.asarray(cv2.filter2D(light, -1, mask), np.float32))


def _level(rough: F32) -> float:
    return 1.4826 * median(rough) / 6


def blur_of(rgb: F32, where: Bool) -> float | None:
    """How soft the sharpest edges are, as the standard deviation in pixels of the Gaussian that a step was blurred with;
    None where too few edges lie in `where`. H x W x 3 in [0, 1].

    At a step, the gradient before and after a second known blur gives the first one: Zhuo and Sim (2011), Pattern
    Recognition 44(9), eq. 6. The median of the sharper half of the strong edges: textures and shadows are soft by themselves.
    """
    at = around(where, _BEYOND)
    if at is None:
        return None
    light, where = luma(np.ascontiguousarray(rgb[at])), where[at]
    before = _slope(light)
    after = _slope(np.asarray(cv2.GaussianBlur(light, (0, 0), _REBLUR), np.float32))
    # Only crests: beside a crest the ratio says nothing about the edge.
    crest = before >= np.asarray(cv2.dilate(before, np.ones((3, 3), np.uint8)))
    strong = where & crest & (before > 0.25)
    if int(strong.sum()) < _LEAST_EDGES:
        return None
    ratio = np.maximum(before[strong] / np.maximum(after[strong], 1e-6), 1.0 + 1e-6)
    widths = _REBLUR / np.sqrt(ratio**2 - 1)
    # A derivative over two pixels widens a step by itself.
    found = float(np.percentile(widths, 25))
    return float(np.sqrt(max(found**2 - 0.5, 0.0)))


def _slope(light: F32) -> F32:
    across = cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.25)
    return np.asarray(cv2.magnitude(across, down), np.float32) * np.float32(2)


def matched(
    garment: F32,
    cover: F32,
    photo: F32,
    person: F32,
    source_blur: float,
    rng: np.random.Generator,
    grain: Grain | None = None,
) -> F32:
    """The garment (H x W x 3 in [0, 1]) no sharper than the photograph and with as much grain as its person shows.

    `person`: H x W silhouette. `source_blur`: how soft the garment's own edges are at the photograph's scale, pixels.
    `grain`: that of the person in the photograph, where it is known already.
    """
    sharp = blur_of(photo, person > 0.02)
    if sharp is not None:
        missing = float(np.sqrt(max(min(sharp, MOST_BLUR) ** 2 - source_blur**2, 0.0)))
        if missing > 0.35:
            garment = np.asarray(cv2.GaussianBlur(garment, (0, 0), missing), np.float32)
    grain = grain or grain_in(photo, person > 0.9)
    missing = float(np.sqrt(max(grain.level**2 - grain_of(garment, cover > 0.9) ** 2, 0.0)))
    if missing < LEAST_GRAIN:
        return garment
    noise = _noise(cover.shape, grain.clumping, rng)
    return np.clip(garment + noise[..., None] * np.float32(min(missing, MOST_GRAIN)), 0, 1).astype(np.float32)


def grained(rgb: F32, where: Bool, grain: Grain, rng: np.random.Generator) -> F32:
    """`rgb` (H x W x 3 in [0, 1]), smooth where something was made up, with `grain`."""
    at = around(where, 4)
    if at is None or grain.level < LEAST_GRAIN:
        return rgb
    found = rgb.copy()
    noise = _noise(where[at].shape, grain.clumping, rng) * where[at]
    found[at] = np.clip(rgb[at] + noise[..., None] * np.float32(min(grain.level, MOST_GRAIN)), 0, 1)
    return found


def _clumping(photo: F32, where: Bool, fine: float) -> float:
    """Standard deviation in pixels of the blur that the photograph's noise, `fine` of it, went through: by how much less
    of it is left at half the size than white noise would leave."""
    size = (photo.shape[1] // 2, photo.shape[0] // 2)
    half = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.float32)
    inside = np.asarray(cv2.resize(where.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)) > 0
    coarse = grain_of(half, inside)
    if fine < 1e-4:
        return 0.0
    # White noise leaves a half of itself; the other pairs are that noise blurred by 0.4, 0.6 and 0.9 pixels.
    return float(np.interp(coarse / fine, (0.5, 0.58, 1.26, 3.5), (0.0, 0.4, 0.6, 0.9)))


def _noise(shape: tuple[int, ...], clumping: float, rng: np.random.Generator) -> F32:
    """H x W noise whose `grain_of` is 1."""
    noise = rng.standard_normal(shape, np.float32)
    if clumping > 0.25:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), clumping), np.float32)
    return noise / np.float32(max(_level(_rough(noise[:256, :256])), 1e-6))
