"""Pictures of anything but garments: noise, flat colours, odd sizes, scenes, lettering, with and without transparency."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import skimage.data

PHOTOGRAPHS = (
    "astronaut", "brick", "camera", "cell", "checkerboard", "chelsea", "clock", "coffee", "coins", "colorwheel", "grass",
    "gravel", "horse", "hubble_deep_field", "immunohistochemistry", "logo", "microaneurysms", "moon", "page", "retina",
    "rocket", "shepp_logan_phantom", "stereo_motorcycle", "text",
)  # fmt: skip
"""Names in `skimage.data` that ship inside scikit-image."""


def photograph(name: str) -> Any:
    """That picture of `skimage.data` as H x W x 3 uint8, whatever it comes as."""
    loaded = getattr(skimage.data, name)()
    values = np.asarray(loaded[0] if isinstance(loaded, tuple) else loaded)
    if values.dtype != np.uint8:
        values = np.clip(values.astype(np.float32) * 255, 0, 255).astype(np.uint8)
    values = np.dstack([values] * 3) if values.ndim == 2 else values[..., :3]
    return np.ascontiguousarray(values)


def changed(picture: Any) -> Iterator[Any]:
    """The picture, its quarters and its middle; each mirrored, inverted, upside down and on its side as well."""
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    corners = [(0, 0), (0, width), (height, 0), (height, width), (height // 2, width // 2)]
    for part in [picture, *(picture[y : y + height, x : x + width] for y, x in corners)]:
        for turned in (part, part[:, ::-1], 255 - part, part[::-1], np.rot90(part)):
            yield np.ascontiguousarray(turned)


def arbitrary(seed: int) -> tuple[Any, Any]:
    """H x W x 3 uint8 and an alpha (H x W float32) or None; another sort of picture for each seed modulo 10."""
    rng = np.random.default_rng(seed)
    height, width = (int(v) for v in rng.integers(1, 260, 2))
    if seed % 10 == 9:
        height, width = (
            int(v) for v in rng.permutation([int(rng.integers(1, 4)), int(rng.integers(300, 3000))])
        )
    makers = (_noise, _flat, _scene, _grey, _words, _shapes, _gradient, _scene, _shapes, _noise)
    rgb = makers[seed % 10](rng, height, width)
    alpha = None
    if rng.random() < 0.3:
        alpha = cv2.resize(
            rng.random((3, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST
        )
        alpha = np.where(rng.random() < 0.5, (alpha > 0.5).astype(np.float32), alpha).astype(np.float32)
    return np.ascontiguousarray(rgb, dtype=np.uint8), alpha


def _noise(rng: np.random.Generator, height: int, width: int) -> Any:
    return rng.integers(0, 256, (height, width, 3))


def _flat(rng: np.random.Generator, height: int, width: int) -> Any:
    return np.broadcast_to(rng.integers(0, 256, 3), (height, width, 3))


def _grey(rng: np.random.Generator, height: int, width: int) -> Any:
    return np.dstack(
        [cv2.GaussianBlur(rng.integers(0, 256, (height, width)).astype(np.float32), (0, 0), 3)] * 3
    )


def _gradient(rng: np.random.Generator, height: int, width: int) -> Any:
    return np.linspace(rng.integers(0, 256, 3), rng.integers(0, 256, 3), height * width).reshape(
        height, width, 3
    )


def _words(rng: np.random.Generator, height: int, width: int) -> Any:
    sheet = np.full((height, width, 3), 255, np.uint8)
    for y in range(14, height, 16):
        cv2.putText(sheet, "lorem ipsum dolor", (2, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1)
    return sheet


def _shapes(rng: np.random.Generator, height: int, width: int) -> Any:
    sheet = np.ascontiguousarray(np.broadcast_to(rng.integers(120, 256, 3), (height, width, 3)), np.uint8)
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(0, width)), int(rng.integers(0, height))
        size = max(1, int(rng.integers(1, 60)))
        cv2.circle(sheet, at, size, [int(v) for v in rng.integers(0, 256, 3)], -1)
    return sheet


def _scene(rng: np.random.Generator, height: int, width: int) -> Any:
    sheet = cv2.resize(
        rng.integers(0, 256, (4, 5, 3)).astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return cv2.add(sheet, rng.integers(0, 30, sheet.shape).astype(np.uint8))
