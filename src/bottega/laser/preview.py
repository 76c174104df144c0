"""What the engraving will look like: the simulated burn in the colours of the material.

Where the beam passes comes from `burn`; the faint scorch around it and the texture of the surface are
decoration with a fixed seed, and the colours are those of the materials' list.
"""

import cv2
import numpy as np

from bottega.imaging.picture import F32, U8
from bottega.laser.burn import coverage_magnified
from bottega.laser.dither import Bits
from bottega.laser.materials import Material

PREVIEW_PIXELS = 6_000_000
"""A dot gets up to four pixels per axis while the preview stays within this size."""
SCORCH = 0.22


def preview_scale(bits: Bits) -> int:
    """Preview pixels per dot and axis."""
    return next((scale for scale in (4, 3, 2) if bits.size * scale**2 <= PREVIEW_PIXELS), 1)


def burn_preview(bits: Bits, beam: float, material: Material) -> U8:
    """The burnt workpiece, RGB uint8, `preview_scale` pixels per dot and axis. `beam` in dots."""
    scale = preview_scale(bits)
    return burnt_picture(coverage_magnified(bits, beam, scale), beam * scale, material)


def burnt_picture(burnt: F32, beam: float, material: Material) -> U8:
    """The workpiece whose pixels are burnt by that share (H x W float32 in [0, 1]); `beam` in pixels. RGB uint8."""
    surface = np.array(material.surface, np.float32)
    char = np.array(material.burnt, np.float32)
    texture = _texture(burnt.shape[0], burnt.shape[1], material.texture)
    if material.burns == "darker":
        # Brown heat around the char; it never reaches what the beam itself does.
        heat = cv2.GaussianBlur(burnt, (0, 0), max(1.0, 1.2 * beam))
        burnt = np.maximum(burnt, SCORCH * heat).astype(np.float32)
    # In linear light, as covered and bare area add up for an eye.
    shares = np.dstack((texture * (1 - burnt), np.sqrt(texture) * burnt))
    colours = np.stack((_linear(surface), _linear(char)), axis=1) * (_STEPS - 1)
    return _encoded(np.asarray(cv2.transform(shares, colours), np.float32))


def _texture(height: int, width: int, kind: str) -> F32:
    """Relative brightness of the surface around 1."""
    if kind == "plain":
        return np.ones((height, width), np.float32)
    random = np.random.default_rng(1)
    if kind == "speckle":
        noise = random.standard_normal((height, width), dtype=np.float32)
        fine, coarse = cv2.GaussianBlur(noise, (0, 0), 1.0), cv2.GaussianBlur(noise, (0, 0), 4.0)
        return np.clip(1 + 0.09 * fine + 0.35 * coarse, 0.7, 1.3).astype(np.float32)
    # Grain: streaks along the width that wander a little, over broad growth bands.
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None] * height / max(width, 1)
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    wander = 0.012 * np.sin(5.1 * across + 7 * down) + 0.006 * np.sin(13 * across + 1.3)
    bands = np.sin(2 * np.pi * 9 * (down + wander) + 2.2 * np.sin(2 * np.pi * 1.7 * (down + wander)))
    streaks = _streaks(random, height, width)
    streaks /= max(float(streaks.std()), 1e-6)
    return np.clip(1 + 0.05 * bands + 0.035 * streaks, 0.75, 1.25).astype(np.float32)


def _streaks(random: np.random.Generator, height: int, width: int) -> F32:
    """Noise drawn out along the width; it changes so slowly there that few columns are computed."""
    along = max(2.0, width / 40)
    every = max(1, int(along / 4))
    columns = -(-width // every)
    noise = cv2.GaussianBlur(
        random.standard_normal((height, columns), dtype=np.float32), (0, 0), sigmaX=along / every, sigmaY=1.0
    )
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _linear(colour: F32) -> F32:
    """sRGB values 0 to 255 to linear light, by a power of 2.2."""
    return np.power(colour / np.float32(255), np.float32(2.2)).astype(np.float32)


_STEPS = 8192
_ENCODED = np.rint(np.power(np.arange(_STEPS) / (_STEPS - 1), 1 / 2.2) * 255).astype(np.uint8)


def _encoded(steps: F32) -> U8:
    """Linear light in steps of `_ENCODED` to sRGB values."""
    np.clip(steps, 0, _STEPS - 1, out=steps)
    return _ENCODED[steps.astype(np.int16)]
