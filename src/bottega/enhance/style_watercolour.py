"""Watercolour: few transparent washes that bleed into each other, dark rims of dried pigment, granulation in paper.

After Bousseau et al., "Interactive Watercolor Rendering with Temporal Coherence and Abstraction" (NPAR 2006): the
pigment density model and its three sources (turbulence, granulation, edges).
"""

import cv2
import numpy as np

from bottega.enhance.style_flow import canvas_noise, enlarge, plain, sample, shrink, smooth
from bottega.enhance.style_paint import kuwahara
from bottega.imaging.adjust import change_saturation
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

UNIT_SIDE = 1000.0
"""All lengths below are pixels of a picture whose longer side is this long."""
WASH_SIDE = 800
"""Longer side at which the washes are made."""

WASHES = 7
"""Tones that are laid over each other."""
PAPER = (0.985, 0.975, 0.945)


def watercolour(rgb: F32) -> F32:
    """H x W x 3 in [0, 1] to a watercolour of the same size."""
    height, width = rgb.shape[:2]
    unit = max(height, width) / UNIT_SIDE
    painted = _on_wobbly_lines(_washes(rgb), unit)
    rims = _rims(painted, unit)
    grain = _paper(height, width)
    density = 1 + 0.2 * canvas_noise(height, width, 36, 61) + 0.07 * canvas_noise(height, width, 9, 62)
    # Pigment settles in the hollows of the paper, the more the darker the wash.
    density += -0.16 * grain + 1.5 * rims
    laid = _with_density(painted, density.astype(np.float32))
    paper = np.array(PAPER, np.float32) * (1 + 0.012 * grain[..., None])
    return np.clip(laid * paper, 0, 1).astype(np.float32)


def _washes(rgb: F32) -> F32:
    """Light, even washes of colour at full size: a few tones, soft where the picture is soft."""
    height, width = rgb.shape[:2]
    scale = min(1.0, WASH_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    unit = max(size) / UNIT_SIDE
    small = shrink(rgb, *size) if scale < 1 else rgb
    patches = kuwahara(small, max(2.0, 6.5 * unit))
    grey = luma(patches)
    # Water carries colour over weak edges and stops at strong ones.
    wet = smooth(patches, 12 * unit)
    gradient = np.hypot(
        *(
            plain(cv2.Scharr(smooth(grey, 2 * unit), cv2.CV_32F, *axis, scale=1 / 32))
            for axis in ((1, 0), (0, 1))
        )
    )
    stays = smooth(np.clip(gradient * np.float32(unit) * 45 - 0.1, 0, 1).astype(np.float32), 5 * unit)
    stays = np.clip(0.35 + 1.6 * stays, 0, 1)[..., None]
    bled = wet + (patches - wet) * stays
    tone = luma(bled.astype(np.float32))
    lifted = 0.15 + 0.85 * np.clip(tone / 0.95, 0, 1) ** np.float32(0.75)
    stepped = 0.25 * lifted + 0.75 * _soft_steps(lifted)
    toned = bled * (stepped / np.maximum(tone, 0.02))[..., None]
    # Beyond white the colour is thinned instead of clipped.
    top = toned.max(axis=2, keepdims=True)
    toned = np.where(
        top > 1,
        stepped[..., None]
        + (toned - stepped[..., None])
        * (1 - stepped[..., None])
        / np.maximum(top - stepped[..., None], 1e-3),
        toned,
    )
    toned = change_saturation(np.clip(toned, 0, 1).astype(np.float32), 0.15)
    if scale < 1:
        toned = enlarge(toned, width, height)
    return np.clip(toned, 0, 1).astype(np.float32)


def _soft_steps(tone: F32) -> F32:
    level = tone * WASHES
    base = np.floor(level)
    return ((base + 0.5 + 0.5 * np.tanh((level - base - 0.5) * 7) / np.tanh(3.5)) / WASHES).astype(np.float32)


def _on_wobbly_lines(rgb: F32, unit: float) -> F32:
    """Outlines as a brush on rough paper leaves them: moved by up to about three units."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    dx = 1.5 * canvas_noise(height, width, 14, 63) + 0.8 * canvas_noise(height, width, 3, 64)
    dy = 1.5 * canvas_noise(height, width, 14, 65) + 0.8 * canvas_noise(height, width, 3, 66)
    return sample(rgb, x + dx * np.float32(unit), y + dy * np.float32(unit))


def _rims(painted: F32, unit: float) -> F32:
    """0 to 1: where pigment gathers, on the dark side of the borders of washes, as it does when a puddle dries."""
    grey = luma(painted)
    near, far = smooth(grey, 1.0 * unit), smooth(grey, 4.2 * unit)
    return np.clip((far - near) * 7 - 0.06, 0, 1).astype(np.float32)


def _paper(height: int, width: int) -> F32:
    """Height of cold-pressed paper, mean 0, standard deviation about 1."""
    return (0.75 * canvas_noise(height, width, 1.5, 67) + 0.55 * canvas_noise(height, width, 4.0, 68)).astype(
        np.float32
    )


def _with_density(colours: F32, density: F32) -> F32:
    """Bousseau et al. 2006, equation 1: C' = C (1 - (1 - C)(d - 1)); white stays white, black stays black."""
    return np.clip(colours * (1 - (1 - colours) * (density[..., None] - 1)), 0, 1).astype(np.float32)
