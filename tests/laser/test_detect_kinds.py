"""Kinds of pictures told apart by what can be measured in them."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from bottega.errors import InvalidOption
from bottega.laser.detect import PROCESS, Kind, detect

SIDE = 500
WORDS = "the quick brown fox jumps over a lazy dog and then rests in shade of old trees near water"


def _canvas() -> np.ndarray:
    return np.full((SIDE, SIDE), 255, np.uint8)


def _text(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    picture = _canvas()
    font = (
        cv2.FONT_HERSHEY_SIMPLEX,
        cv2.FONT_HERSHEY_COMPLEX,
        cv2.FONT_HERSHEY_DUPLEX,
        cv2.FONT_HERSHEY_TRIPLEX,
    )[seed % 4]
    scale = 0.45 + 0.12 * (seed % 6)
    y = 30
    while y < SIDE - 10:
        line = " ".join(rng.choice(WORDS.split(), size=12))
        cv2.putText(picture, line[: int(26 / scale)], (15, y), font, scale, 0, 1 + seed % 2, cv2.LINE_AA)
        y += int(38 * scale) + 8
    return picture


def _line_art(seed: int) -> np.ndarray:
    rng = np.random.default_rng(100 + seed)
    picture = _canvas()
    t = np.linspace(0, 2 * np.pi, 300)
    for _ in range(6 + seed % 6):
        radius = rng.uniform(40, 130) * (
            1 + 0.4 * sum(rng.normal() * np.cos(k * t + rng.uniform(0, 6)) / k for k in (2, 3, 4))
        )
        x, y = rng.uniform(130, 370, 2)
        points = np.rint(np.column_stack((x + radius * np.cos(t), y + radius * np.sin(t))) * 16).astype(
            np.int32
        )
        cv2.polylines(picture, [points], bool(rng.integers(2)), 0, 1 + seed % 4, cv2.LINE_AA, 4)
    for _ in range(5):
        a, b = rng.integers(20, 480, (2, 2)).tolist()
        cv2.line(picture, a, b, 0, 1 + seed % 4, cv2.LINE_AA)
    return picture


def _silhouette(seed: int) -> np.ndarray:
    rng = np.random.default_rng(200 + seed)
    picture = _canvas()
    t = np.linspace(0, 2 * np.pi, 400)
    for _ in range(1 + seed % 3):
        radius = rng.uniform(70, 150) * (
            1 + 0.3 * sum(rng.normal() * np.cos(k * t + rng.uniform(0, 6)) / k for k in (2, 3, 5, 7))
        )
        x, y = rng.uniform(150, 350, 2)
        points = np.rint(np.column_stack((x + radius * np.cos(t), y + radius * np.sin(t))) * 16).astype(
            np.int32
        )
        cv2.fillPoly(picture, [points], 0, cv2.LINE_AA, 4)
    if seed % 2:
        cv2.circle(picture, rng.integers(180, 320, 2).tolist(), 25, 255, -1, cv2.LINE_AA)
    return picture


def _pattern(seed: int) -> np.ndarray:
    picture = _canvas()
    step = 28 + 6 * (seed % 6)
    for row, y in enumerate(range(step // 2, SIDE, step)):
        for x in range(step // 2 + (step // 2 if row % 2 and seed % 3 == 0 else 0), SIDE, step):
            size = step // 3
            if seed % 4 == 0:
                cv2.circle(picture, (x, y), size, 0, -1, cv2.LINE_AA)
            elif seed % 4 == 1:
                cv2.rectangle(picture, (x - size, y - size), (x + size, y + size), 0, 3)
            elif seed % 4 == 2:
                cv2.fillPoly(
                    picture, [np.array([[x, y - size], [x + size, y], [x, y + size], [x - size, y]])], 0
                )
            else:
                cv2.ellipse(picture, (x, y), (size, size // 2), 45, 0, 360, 0, 2, cv2.LINE_AA)
    return picture


def _photos() -> Iterator[tuple[str, np.ndarray]]:
    data = pytest.importorskip("skimage.data")
    for name in ("astronaut", "camera", "coffee", "chelsea", "rocket", "moon", "coins", "hubble_deep_field"):
        try:
            picture = np.asarray(getattr(data, name)())
        except (OSError, ModuleNotFoundError):  # not every build carries every picture
            continue
        yield name, picture
        height, width = picture.shape[:2]
        yield f"{name} part", picture[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]


def _scanned(picture: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noisy = (
        cv2.GaussianBlur(picture, (0, 0), 0.7).astype(np.float64) * 0.85
        + 25
        + rng.normal(0, 4, picture.shape)
    )
    coded = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)


def pictures() -> Iterator[tuple[str, Kind, np.ndarray]]:
    for kind, draw in (
        (Kind.TEXT, _text),
        (Kind.LINE_ART, _line_art),
        (Kind.SILHOUETTE, _silhouette),
        (Kind.PATTERN, _pattern),
    ):
        for seed in range(14):
            picture = draw(seed)
            yield f"{kind} {seed}", kind, _scanned(picture, seed) if seed % 3 == 2 else picture
    for name, picture in _photos():
        yield name, Kind.PHOTO, picture


def test_at_least_95_of_100_pictures_are_told_apart() -> None:
    wrong: list[str] = []
    number = 0
    for name, kind, picture in pictures():
        number += 1
        if detect(picture).kind != kind:
            wrong.append(name)
    assert number >= 60
    assert len(wrong) <= 0.05 * number, wrong


def test_a_detection_says_why_and_what_to_do() -> None:
    found = detect(_silhouette(0))
    assert found.process is PROCESS[found.kind]
    assert 0.2 < found.confidence <= 1
    assert any(character.isdigit() for character in found.reasons[0])


def test_colours_ground_and_transparency_do_not_change_the_kind() -> None:
    drawing = _silhouette(3)
    coloured = np.where(
        drawing[:, :, None] < 128, np.array([160, 20, 40], np.uint8), np.array([250, 245, 230], np.uint8)
    )
    cut_out = np.dstack((np.zeros((SIDE, SIDE, 3), np.uint8), 255 - drawing))
    for picture in (coloured.astype(np.uint8), 255 - drawing, cut_out):
        assert detect(picture).kind is Kind.SILHOUETTE


@pytest.mark.parametrize(
    "picture", [np.zeros((0, 5), np.uint8), np.full((50, 50), 7, np.uint8), np.zeros((4, 4, 2))]
)
def test_what_is_no_picture_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(InvalidOption):
        detect(picture)
