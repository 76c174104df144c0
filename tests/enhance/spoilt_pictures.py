"""Photographs and known faults that the tests of restoration, measures and improvement share. All pictures RGB uint8."""

import cv2
import numpy as np
from skimage import data

NAMES = ("astronaut", "chelsea", "coffee", "rocket")


def photograph(name: str) -> np.ndarray:
    """Public domain or CC0, of scikit-image."""
    return np.ascontiguousarray(getattr(data, name)())


def rounded(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def noisy(picture: np.ndarray, sigma: float) -> np.ndarray:
    return rounded(picture + np.random.default_rng(5).normal(0, sigma, picture.shape))


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    stored = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(stored, cv2.IMREAD_COLOR)[..., ::-1])


def blurred(picture: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def hazy(picture: np.ndarray, transmission: float) -> np.ndarray:
    """Thicker at the top, as distance makes it."""
    share = np.linspace(transmission, min(1.0, transmission + 0.3), picture.shape[0])[:, None, None]
    return rounded(picture * share + (1 - share) * np.array([225, 228, 232]))


def tinted(picture: np.ndarray, gains: tuple[float, float, float]) -> np.ndarray:
    return rounded(picture * np.array(gains))


def scratched(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(picture with five scratches and forty specks, where they are)."""
    made, rng = picture.copy(), np.random.default_rng(3)
    height, width = picture.shape[:2]
    for index in range(5):
        at, lean = int(rng.integers(0, width)), int(rng.integers(-20, 20))
        colour = (235, 235, 230) if index % 2 else (20, 20, 20)
        cv2.line(made, (at, 0), (at + lean, height), colour, int(rng.integers(1, 4)))
    for _ in range(40):
        centre = int(rng.integers(0, width)), int(rng.integers(0, height))
        cv2.circle(made, centre, int(rng.integers(1, 4)), (250, 250, 250), -1)
    return made, (made != picture).any(axis=2)
