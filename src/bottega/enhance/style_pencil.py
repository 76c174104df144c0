"""Graphite on paper: outlines drawn as strokes, tone laid on as hatching that follows the form, grain of paper.

After Lu, Xu and Jia, "Combining Sketch and Tone for Pencil Drawing Production" (NPAR 2012) for the strokes and
the tones of real drawings; hatching is line integral convolution of noise, and the dodge of an inverted blur
gives the soft shading near the outlines.
"""

from typing import Any

import cv2
import numpy as np

from bottega.enhance.style_flow import (
    Flow,
    along_flow_at,
    canvas_noise,
    correlated,
    edge_flow,
    plain,
    shrink,
    smooth,
    standardised,
)
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32, U8

UNIT_SIDE = 1000.0
"""All lengths below are pixels of a picture whose longer side is this long."""

STROKE_ANGLES = 12
HATCH_ANGLE = -52.0
"""Degrees: the resting direction of a right-handed drawer's hatching, lower left to upper right."""
HALVED = 0.9
"""Pixels to a unit of length from which a stroke of half the length is still one."""
GRAPHITE = (0.20, 0.20, 0.215)
PAPER = (0.985, 0.98, 0.965)


def pencil_sketch(rgb: F32) -> F32:
    """H x W x 3 in [0, 1] to a drawing of the same size: near-neutral dark graphite on warm white paper."""
    height, width = rgb.shape[:2]
    unit = max(height, width) / UNIT_SIDE
    grey = luma(rgb)
    grey = _stretched(
        plain(cv2.bilateralFilter(grey, 0, 0.06, 1.6 * unit)) if unit < 3 else smooth(grey, unit)
    )
    lines = _outlines(grey, unit)
    dodge = _dodge(grey, 7.0 * unit)
    tone = _drawing_tone(grey, unit)
    grain = _paper_grain(height, width, unit)
    shade = _hatching(grey, 1 - tone, grain, unit)
    light = (1 - shade) * (0.45 + 0.55 * dodge) * (1 - lines * (0.92 + 0.08 * grain))
    return _graphite(np.clip(light, 0, 1).astype(np.float32), grain)


def _outlines(grey: F32, unit: float) -> F32:
    """Darkness in [0, 1] of strokes along the edges: each edge pixel votes for the straight stroke that passes
    through most edge pixels, so that outlines are drawn, with crossing ends, and not traced."""
    fine = smooth(grey, 0.7 * unit)
    dx, dy = (plain(cv2.Scharr(fine, cv2.CV_32F, *axis, scale=1 / 16)) for axis in ((1, 0), (0, 1)))
    edges = np.sqrt(dx * dx + dy * dy) * np.float32(unit)
    winner = _best_strokes(edges, unit)
    strokes = np.zeros_like(edges)
    for index, kernel in enumerate(_line_kernels(unit)):
        strokes += correlated(edges * (winner == index), kernel)
    strokes = strokes / np.float32(np.percentile(strokes, 98.5) + 1e-6)
    return (np.clip(strokes, 0, 1) ** 1.25).astype(np.float32)


def _best_strokes(edges: F32, unit: float) -> U8:
    """Of each pixel the stroke, by its number, that passes through most edge pixels; of large pictures found at half the
    size, as neighbours have the same."""
    height, width = edges.shape
    shrunk = 2 if unit >= HALVED else 1
    size = -(-width // shrunk), -(-height // shrunk)
    small = shrink(edges, *size) if shrunk > 1 else edges
    best, winner = np.zeros_like(small), np.zeros(small.shape, np.uint8)
    for index, kernel in enumerate(_line_kernels(unit / shrunk)):
        response = correlated(small, kernel)
        winner[response > best] = index
        np.maximum(best, response, out=best)
    return plain(cv2.resize(winner, (width, height), interpolation=cv2.INTER_NEAREST))


def _line_kernels(unit: float) -> list[F32]:
    length = max(5, round(18 * unit)) | 1
    return [
        _line_kernel(length, 180.0 * i / STROKE_ANGLES, max(1.0, 0.9 * unit)) for i in range(STROKE_ANGLES)
    ]


def _line_kernel(length: int, degrees: float, thickness: float) -> F32:
    """A straight stroke with tapering ends, sum 1."""
    half = length // 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    angle = np.deg2rad(degrees)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = np.abs(-x * np.sin(angle) + y * np.cos(angle))
    kernel = np.clip(thickness / 2 + 0.5 - across, 0, 1) * np.clip(1 - np.abs(along) / (half + 1), 0, 1)
    return (kernel / kernel.sum()).astype(np.float32)


def _dodge(grey: F32, sigma: float) -> F32:
    """Colour dodge of the picture with its blurred negative: white where it is even, grey near edges' dark side."""
    return np.clip(grey / np.maximum(smooth(grey, sigma), 0.04), 0, 1).astype(np.float32)


def _drawing_tone(grey: F32, unit: float) -> F32:
    """Lightness in [0, 1] with the histogram of pencil drawings: mostly paper, some even greys, few darks."""
    levels = np.arange(256, dtype=np.float64)
    # Lu et al. 2012, section 3.2: Laplacian at white, uniform in the middle, Gaussian in the dark, weights 52:37:11.
    bright = np.exp(-(255 - levels) / 22) / 22
    middle = ((levels >= 95) & (levels <= 225)) / 130
    dark = np.exp(-((levels - 80) ** 2) / (2 * 20**2)) / np.sqrt(2 * np.pi * 20**2)
    target = np.cumsum(52 * bright + 37 * middle + 11 * dark)
    counts, _ = np.histogram(grey, bins=256, range=(0, 1))
    source = np.cumsum(counts) / grey.size
    matched = np.interp(source, target / target[-1], levels / 255)
    # Half the picture's own tone: a dark scene stays dark, an even one is not torn apart.
    curve = (0.6 * matched + 0.4 * np.linspace(0.1, 1, 256)).astype(np.float32)
    toned: Any = np.interp(grey, np.linspace(0, 1, 256), curve)
    return smooth(toned.astype(np.float32), 1.2 * unit)


def _hatching(grey: F32, darkness: F32, grain: F32, unit: float) -> F32:
    """Graphite coverage in [0, 1]: three layers of strokes, each reaching into darker tones than the one before,
    the second and third crossing the first."""
    height, width = grey.shape
    flow = edge_flow(grey, 9.0 * unit, HATCH_ANGLE)
    total = np.zeros(grey.size, np.float32)
    rough = canvas_noise(height, width, 0.55, 11)
    for layer, (turn, start, reach, length) in enumerate(
        ((0.0, 0.0, 0.75, 46.0), (28.0, 0.28, 0.8, 38.0), (-34.0, 0.52, 0.8, 30.0))
    ):
        cosine: Any = np.float32(np.cos(np.deg2rad(turn)))
        sine: Any = np.float32(np.sin(np.deg2rad(turn)))
        turned = Flow(flow.dx * cosine - flow.dy * sine, flow.dx * sine + flow.dy * cosine, flow.coherence)
        amounts = np.clip((darkness - start) / (1 - start), 0, 1) * np.float32(reach)
        # The later layers reach a part of the picture alone.
        places = np.flatnonzero(amounts)
        if len(places) == 0:
            continue
        amount = amounts.ravel()[places]
        # Each layer has another part of the noise under it.
        noise = np.roll(rough, (height * layer // 3, width * layer // 3), axis=(0, 1))
        strokes = along_flow_at(places, noise, turned, length * unit, max(1.0, 2.6 * unit))
        pressed = standardised(strokes) * 0.8 + grain.ravel()[places] * 0.45
        # A stroke is where the texture lies above a level; more strokes, and softer ones, in darker tones.
        level = 1.5 - 3.2 * amount
        coverage = 1 / (1 + np.exp(-(pressed - level) * 2.4))
        added = amount * (0.35 + 0.65 * coverage) * np.clip(amount * 12, 0, 1)
        drawn = total[places]
        total[places] = drawn + (1 - drawn) * added
    return total.reshape(height, width)


def _paper_grain(height: int, width: int, unit: float) -> F32:
    """The tooth of the paper: band-limited noise, mean 0 and standard deviation 1."""
    raw = canvas_noise(height, width, 0.7, 5)
    fine = standardised(raw - smooth(raw, 2.2 * unit))
    coarse = canvas_noise(height, width, 3.0, 6)
    return standardised((fine + 0.25 * coarse).astype(np.float32))


def _graphite(light: F32, grain: F32) -> F32:
    """Between graphite and paper; the paper's tooth shows faintly even where nothing is drawn."""
    share = np.clip(light + np.float32(0.012) * np.minimum(grain, 0), 0, 1)
    # Channel by channel: numpy's spreading over the last axis takes several times as long.
    channels = [
        share * np.float32(paper - dark) + np.float32(dark)
        for dark, paper in zip(GRAPHITE, PAPER, strict=True)
    ]
    return plain(cv2.merge(channels))


def _stretched(grey: F32) -> F32:
    """The 0.5th and 99.5th percentiles to black and white, but never by more than a factor of two."""
    low, high = (float(value) for value in np.percentile(grey, (0.5, 99.5)))
    middle, half = (low + high) / 2, max((high - low) / 2, 0.25)
    return np.clip((grey - middle) / (2 * half) + 0.5, 0, 1).astype(np.float32)
