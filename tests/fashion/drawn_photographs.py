"""Drawn people as a camera sees them: walls with texture, soft shadows, lens blur, coloured light, grain, JPEG.

The truth of a drawing stays true: nothing moves, only light and sharpness change.
"""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from drawn_people import Drawn
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]


def photographed(drawn: Drawn, seed: int, strength: float = 1.0) -> Drawn:
    """The drawing photographed: `strength` 0 leaves it, 1 is a common camera in a small studio."""
    rng = np.random.default_rng(seed)
    image = drawn.rgb.astype(np.float32) / np.float32(255)
    cover = drawn.silhouette.astype(np.float32)
    image = _wall(image, cover, rng, strength)
    image = _folds(image, drawn, rng, strength)
    image = _lit(image, rng, strength)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.3 + strength * float(rng.uniform(0.3, 1.0))))
    image = image + _grain(image.shape, rng) * np.float32(strength * rng.uniform(0.004, 0.016))
    rgb = np.clip(np.rint(image * 255), 0, 255).astype(np.uint8)
    return replace(drawn, rgb=_compressed(rgb, int(rng.integers(78, 95))))


def _waves(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> F32:
    """Smooth noise of standard deviation 1, `size` pixels from hill to hill."""
    few = rng.normal(size=(max(3, int(shape[0] / size)), max(3, int(shape[1] / size)))).astype(np.float32)
    wave = np.asarray(cv2.resize(few, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)
    return wave / max(float(wave.std()), 1e-6)


def _wall(image: F32, cover: F32, rng: np.random.Generator, strength: float) -> F32:
    """Uneven paint, a shadow of the person on it, and darker corners."""
    height, width = cover.shape
    paint = 0.006 * _waves(cover.shape, 0.25 * width, rng) + 0.004 * _waves(cover.shape, 5.0, rng)
    shift = np.array(
        ((1, 0, rng.uniform(-0.03, 0.03) * width), (0, 1, rng.uniform(0, 0.02) * height)), np.float32
    )
    shadow = np.asarray(cv2.warpAffine(cover, shift, (width, height)))
    shadow = np.asarray(cv2.GaussianBlur(shadow, (0, 0), float(rng.uniform(0.012, 0.04)) * width))
    factor = 1 + strength * (paint - float(rng.uniform(0.02, 0.12)) * shadow)
    return (image * (1 - (1 - factor) * (1 - cover))[..., None]).astype(np.float32)


def _folds(image: F32, drawn: Drawn, rng: np.random.Generator, strength: float) -> F32:
    """Creases in the clothes: ridges lighter on one side than on the other."""
    worn = [drawn.regions[name] for name in ("top", "dress", "bottom") if name in drawn.regions]
    if not worn:
        return image
    size = 0.35 * drawn.head_height
    hills = _waves(image.shape[:2], size, rng) + 0.5 * _waves(image.shape[:2], 0.4 * size, rng)
    slope = np.asarray(cv2.Sobel(hills, cv2.CV_32F, 1, 0, ksize=5)) + 0.4 * np.asarray(
        cv2.Sobel(hills, cv2.CV_32F, 0, 1, ksize=5)
    )
    relief = np.tanh(slope / max(2.2 * float(slope.std()), 1e-6))
    factor = 1 + strength * float(rng.uniform(0.03, 0.1)) * relief * np.maximum.reduce(worn)
    return (image * factor[..., None]).astype(np.float32)


def _lit(image: F32, rng: np.random.Generator, strength: float) -> F32:
    """Light from one side, dark corners, a cast, and the exposure a camera chose."""
    height, width = image.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    side = float(rng.uniform(-0.1, 0.1)) * x
    corners = -float(rng.uniform(0, 0.1)) * (x * x + y * y) / 2
    cast = 1 + rng.uniform(-0.03, 0.03, 3)
    exposure = float(rng.uniform(0.88, 1.04))
    light = (1 + strength * (side + corners))[..., None] * (1 + strength * (exposure * cast - 1))
    return np.clip(image * light, 0, 1).astype(np.float32)


def _grain(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    """Noise as a camera leaves it after its own filter: hanging together over a pixel or two, less colour than light."""
    light = rng.standard_normal((*shape[:2], 1)).astype(np.float32)
    colour = rng.standard_normal(shape).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(0.9 * light + 0.45 * colour, (0, 0), 0.6), np.float32)
    return soft / max(float(soft.std()), 1e-6)


def _compressed(rgb: U8, quality: int) -> U8:
    found, data = cv2.imencode(
        ".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    assert found
    decoded: Any = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
