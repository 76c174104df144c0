"""Flat colours and clean dark lines: edge-preserving smoothing, soft tone steps in Lab, difference-of-Gaussians
lines that run along the edges.

After Winnemoeller, Olsen and Gooch, "Real-Time Video Abstraction" (2006), Kyprianidis and Doellner, "Image
Abstraction by Structure Adaptive Filtering" (2008) and Winnemoeller et al., "XDoG" (2012).
"""

import cv2
import numpy as np

from bottega.enhance.style_flow import Flow, along_flow, edge_flow, enlarge, plain, sample, shrink, smooth
from bottega.imaging.adjust import into_gamut
from bottega.imaging.colour import lab_to_rgb, linear_to_srgb, luma, rgb_to_lab, srgb_to_linear
from bottega.imaging.picture import F32

UNIT_SIDE = 1000.0
"""All lengths below are pixels of a picture whose longer side is this long."""
SMOOTHING_SIDE = 900
"""Longer side at which the colours are smoothed; they hold no fine detail afterwards."""

TONE_STEP = 10.0
"""Height of a tone step in L*."""
CHROMA_GAIN = 1.22
LINE_COLOUR = (0.07, 0.06, 0.09)


def cartoon(rgb: F32) -> F32:
    """H x W x 3 in [0, 1] to a cartoon of the same size."""
    height, width = rgb.shape[:2]
    unit = max(height, width) / UNIT_SIDE
    lab = _flat_colours(rgb)
    lines = _ink(rgb, unit)
    lab[..., 0] = _stepped(lab[..., 0])
    lab[..., 1:] *= np.float32(CHROMA_GAIN)
    colours = linear_to_srgb(into_gamut(srgb_to_linear(lab_to_rgb(lab))))
    inked = colours + (np.array(LINE_COLOUR, np.float32) - colours) * lines[..., None]
    return np.clip(inked, 0, 1).astype(np.float32)


def _flat_colours(rgb: F32) -> F32:
    """Lab after six bilateral passes at reduced size, carried back up along the picture's own edges."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SMOOTHING_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = rgb_to_lab(shrink(rgb, *size))
    unit = max(size) / UNIT_SIDE
    flat = small
    for _ in range(6):
        flat = plain(cv2.bilateralFilter(flat, max(5, round(9 * unit)) | 1, 11.0, 3.6 * unit))
    if scale == 1.0:
        return flat
    # Joint upsampling: the residual between the smoothed and the full picture is taken out only where it is small.
    full = rgb_to_lab(smooth(rgb, 0.5 / scale))
    up = enlarge(flat, width, height)
    difference = full - up
    distance = np.linalg.norm(difference, axis=2, keepdims=True)
    return (up + difference * np.clip((distance - 10) / 20, 0, 1)).astype(np.float32)


def _stepped(lightness: F32) -> F32:
    """L* in soft steps: flat in the middle of a step, a smooth ramp between."""
    level = lightness / np.float32(TONE_STEP)
    base = np.floor(level)
    within = np.tanh((level - base - 0.5) * 5.0) / np.tanh(2.5)
    return ((base + 0.5 + 0.5 * within) * TONE_STEP).astype(np.float32)


def _ink(rgb: F32, unit: float) -> F32:
    """Coverage in [0, 1] of dark lines about two units wide."""
    grey = luma(rgb)
    flow = edge_flow(smooth(grey, 0.8 * unit), 2.6 * unit)
    sigma = 1.15 * unit
    across = _across(grey, flow, sigma)
    across -= np.float32(0.985) * _across(grey, flow, 1.6 * sigma)
    response = along_flow(across, flow, 11 * unit, max(1.0, unit))
    # Dark side of an edge: negative response. The slope keeps the line's rim smooth at any size.
    ink = np.clip(-response * 55 - 0.12, 0, 1)
    ink = smooth(ink.astype(np.float32), 0.5 * unit)
    return _without_specks(np.clip((ink - 0.28) * 2.4, 0, 1).astype(np.float32), unit)


def _across(grey: F32, flow: Flow, sigma: float) -> F32:
    """One-dimensional Gaussian across the edges."""
    height, width = grey.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    step = max(1.0, sigma / 1.5)
    reach = max(1, round(2.2 * sigma / step))
    total, weights = grey.copy(), np.float32(1)
    for index in range(1, reach + 1):
        offset = np.float32(index * step)
        weight = np.float32(np.exp(-((index * step) ** 2) / (2 * sigma * sigma)))
        for side in (offset, -offset):
            total += weight * sample(grey, x - flow.dy * side, y + flow.dx * side)
        weights += 2 * weight
    return (total / weights).astype(np.float32)


def _without_specks(ink: F32, unit: float) -> F32:
    """Drops dots too small to be a line."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0.3).astype(np.uint8), connectivity=8)
    if count <= 1:
        return ink
    keep = plain(stats[:, cv2.CC_STAT_AREA]) >= 26 * unit * unit
    keep[0] = True  # label 0 is the unlined part, which holds the lines' soft rims
    return (ink * keep[plain(labels)]).astype(np.float32)
