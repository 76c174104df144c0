"""Small moving scenes with true frames at any time, for the tests of interpolation."""

import cv2
import numpy as np
import skimage.data


def texture(seed: int, height: int, width: int) -> np.ndarray:
    """Float32 RGB in [0.1, 0.9] with detail of several sizes, seamless nowhere."""
    rng = np.random.default_rng(seed)
    made = np.zeros((height, width, 3), np.float32)
    for sigma in (1.2, 3.0, 9.0):
        noise = cv2.GaussianBlur(rng.normal(size=(height, width, 3)).astype(np.float32), (0, 0), sigma)
        made += noise / noise.std()
    return np.clip(0.5 + 0.1 * made, 0.1, 0.9).astype(np.float32)


def moved(
    picture: np.ndarray, dx: float, dy: float, size: tuple[int, int], turn: float = 0.0, zoom: float = 1.0
) -> np.ndarray:
    """The picture shifted by (dx, dy), turned by degrees and grown about the centre of the frame of (width, height)."""
    matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), turn, zoom)
    matrix[:, 2] += (dx, dy)
    return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


def u8(picture: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def photograph() -> np.ndarray:
    return skimage.data.astronaut().astype(np.float32) / 255


def pan(time: float, *, dx: float = 6.4, dy: float = 2.2, size: tuple[int, int] = (256, 192)) -> np.ndarray:
    return u8(moved(photograph(), dx * time - 120, dy * time - 40, size))


def ball(time: float, *, size: tuple[int, int] = (256, 192)) -> np.ndarray:
    """A textured ball that crosses a ground which moves the other way."""
    ground = moved(texture(1, 256, 320), -3.0 * time - 20, 0.8 * time - 20, size)
    mask = np.zeros((size[1], size[0]), np.float32)
    cv2.circle(mask, (100, 96), 42, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 0.7)
    cover = moved(mask, 9.0 * time, 1.0 * time, size)[..., None]
    body = moved(texture(2, 256, 320) * 0.9 + 0.1, 9.0 * time - 20, 1.0 * time - 20, size)
    return u8(ground + cover * (body - ground))


def error(made: np.ndarray, true: np.ndarray) -> float:
    """Mean absolute difference."""
    return float(np.abs(made.astype(np.float64) - true).mean())
