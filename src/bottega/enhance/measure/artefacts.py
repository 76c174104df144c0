"""Traces of processing in a luma plane: JPEG blocks wherever their grid lies, bands, ringing, blur. Naming them is left to others.

All functions take Y' as H x W float32 in 8-bit levels (0 to 255).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from bottega.imaging.picture import F32

PERIOD = 8
"""Side of a JPEG block (ITU-T T.81, A.1.1)."""
STEP_LIMIT = 40.0
"""Levels; a larger step across a block's border is an edge of the scene."""


CERTAIN = 4.0
"""Standard errors."""
GENTLE = 1.5
"""Levels per pixel, smoothed: steeper is no gradient in which bands would be seen."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Of JPEG blocks: the first border lies left of column `x` and above row `y` (0 to 7). `excess` in 8-bit levels: by how
    much the step across borders exceeds that between other neighbours. `contrast`: how far the grid's
    phase stands out of the other ones, in standard errors; below `CERTAIN` there is no grid."""

    x: int
    y: int
    excess: float
    contrast: float


def block_grid(light: F32) -> Grid:
    """The likeliest grid of 8 x 8 blocks.

    The measure is the step at a border beyond what its neighbours let expect (Wu & Yuen 1997, with the phase left open):
    |b - c| - (|a - b| + |c - d|) / 2 for neighbours a, b | c, d.
    """
    across, x, clear_x = _phase(light)
    down, y, clear_y = _phase(np.ascontiguousarray(light.T))
    return Grid(x, y, max(0.0, (across + down) / 2), min(clear_x, clear_y))


def _phase(light: F32) -> tuple[float, int, float]:
    """(excess, phase, contrast) of vertical borders."""
    width = light.shape[1]
    if width < 5 * PERIOD or light.shape[0] < 5 * PERIOD:
        return 0.0, 0, 0.0
    step = np.abs(np.diff(light, axis=1))
    surplus = step[:, 1:-1] - (step[:, :-2] + step[:, 2:]) / 2
    per_column = np.where(step[:, 1:-1] < STEP_LIMIT, surplus, 0).mean(axis=0, dtype=np.float64)
    # Entry i of `per_column` is the border left of column i + 2.
    groups = [per_column[(p - 2) % PERIOD :: PERIOD] for p in range(PERIOD)]
    phases = np.array([np.median(group) for group in groups])
    best = int(np.argmax(phases))
    # The neighbouring phases are lowered by the borders themselves.
    others = np.concatenate([groups[(best + away) % PERIOD] for away in (2, 3, 4, 5, 6)])
    excess = float(phases[best] - np.median(others))
    doubt = float(others.std()) / groups[best].size ** 0.5
    return excess, best, excess / max(doubt, 1e-3)


def blocking(light: F32) -> float:
    """Levels by which steps across block borders exceed others; 0 where no grid stands out."""
    grid = block_grid(light)
    return grid.excess if grid.contrast >= CERTAIN else 0.0


def banding(light: F32) -> float:
    """Share, 0 to 1, of all rises and falls of luma (of up to 24 levels) that happen in steps of two levels or more between
    plateaus of at least four pixels on each side: what is left of a gradient with too few tones."""
    shares = [_band_steps(plane) for plane in (light, np.ascontiguousarray(light.T))]
    bands, whole = (sum(part) for part in zip(*shares, strict=True))
    return bands / whole if whole > 0 else 0.0


def _band_steps(light: F32) -> tuple[float, float]:
    flat = 4
    if light.shape[1] < 2 * flat + 3:
        return 0.0, 0.0
    step = np.abs(np.diff(light, axis=1))
    smooth = cv2.blur(light, (15, 15))
    step[np.abs(np.diff(smooth, axis=1)) > GENTLE] = 0
    still: F32 = (step < 0.25).astype(np.float32)
    run: F32 = cv2.boxFilter(
        still, cv2.CV_32F, (flat, 1), anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT
    ).astype(np.float32, copy=False)
    inner = step[:, flat:-flat]
    # `run[i]` counts the still neighbours i .. i + 3.
    before, after = run[:, : inner.shape[1]], run[:, flat + 1 : flat + 1 + inner.shape[1]]
    bands = inner[(inner >= 1.5) & (inner <= 24) & (before > flat - 0.5) & (after > flat - 0.5)]
    return float(bands.sum(dtype=np.float64)), float(step[step <= 24].sum(dtype=np.float64))


def ringing(light: F32) -> float:
    """Levels of ripple 2 to 5 pixels from strong edges beyond that at 8 to 12 pixels, where both are otherwise flat; 0 where
    there are no such edges."""
    smooth: F32 = cv2.GaussianBlur(light, (0, 0), 1.5).astype(np.float32)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)) / 8
    edges = (slope > 8).astype(np.uint8)
    if edges.mean() < 1e-4:
        return 0.0
    distance = cv2.distanceTransform(1 - edges, cv2.DIST_L2, 3)
    ripple = np.abs(light - cv2.medianBlur(light, 5))
    gentle = slope < 3
    near, far = gentle & (distance > 2) & (distance <= 5), gentle & (distance > 8) & (distance <= 12)
    if min(int(near.sum()), int(far.sum())) < 200:
        return 0.0
    return max(0.0, float(ripple[near].mean()) - float(ripple[far].mean()))


def blur(light: F32) -> float:
    """0 (sharp) to 1 (blurred), after Crete et al. (2007): how little of the differences between neighbours a further blur
    over 11 pixels takes away, the worse of the two directions; 0 for a flat plane."""
    found: list[float] = []
    for axis, size in ((0, (1, 11)), (1, (11, 1))):
        own = np.abs(np.diff(light, axis=axis))
        again = np.abs(np.diff(cv2.blur(light, size), axis=axis))
        total = float(own.sum(dtype=np.float64))
        lost = float(np.maximum(0, own - again).sum(dtype=np.float64))
        found.append((total - lost) / total if total > 0 else 0.0)
    return max(found)
