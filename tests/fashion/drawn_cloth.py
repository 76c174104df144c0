"""Cloth, grounds and the camera, drawn: patterns, folds, backdrops, shadows and noise for `drawn_garments`."""

import colorsys
from typing import Any

import cv2
import numpy as np

PATTERNS = ("plain", "striped", "checked", "dotted", "floral", "print", "textured")
GROUNDS = ("white", "grey", "pastel", "gradient", "uneven")


def smooth_noise(rng: np.random.Generator, height: int, width: int, across: float, down: float) -> Any:
    """h x w, mean 0, standard deviation 1, with details `across` x `down` pixels large."""
    rows, columns = max(2, round(height / down) + 2), max(2, round(width / across) + 2)
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    field = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return (field - field.mean()) / (field.std() + 1e-6)


def random_colour(rng: np.random.Generator) -> tuple[float, float, float]:
    """sRGB in [0, 1]: saturated, muted, or close to grey, as clothes are."""
    kind = rng.random()
    if kind < 0.25:
        value = rng.uniform(0.08, 0.8)
        return value, value * rng.uniform(0.97, 1.03), min(1.0, value * rng.uniform(0.97, 1.05))
    saturation = rng.uniform(0.6, 0.95) if kind < 0.65 else rng.uniform(0.2, 0.5)
    return colorsys.hsv_to_rgb(rng.random(), saturation, rng.uniform(0.25, 0.9))


def cloth(
    pattern: str,
    colour: Any,
    second: Any,
    rng: np.random.Generator,
    box: tuple[int, int, int, int],
    shape: Any,
) -> Any:
    """H x W x 3 sRGB in [0, 1]: flat cloth of `colour` with a pattern in `second`, not yet shaded.

    `box` is the garment's left, top, width, height: the measure of the repeats and the place of a print.
    """
    height, width = shape
    left, top, wide, high = box
    sheet = np.broadcast_to(np.asarray(colour, np.float32), (height, width, 3)).copy()
    if pattern == "plain":
        return sheet
    unit = float(np.hypot(wide, high))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x = x - left + smooth_noise(rng, height, width, unit / 4, unit / 4) * unit * 0.003
    y = y - top + smooth_noise(rng, height, width, unit / 4, unit / 4) * unit * 0.003
    cover = np.zeros((height, width), np.float32)
    pitch = unit * rng.uniform(0.03, 0.075)
    if pattern == "striped":
        turn = rng.choice([0.0, np.pi / 2, np.pi / 4], p=[0.5, 0.4, 0.1])
        phase = (np.cos(turn) * y + np.sin(turn) * x) / pitch
        cover = ((phase % 1) < rng.uniform(0.3, 0.6)).astype(np.float32)
    elif pattern == "checked":
        share = rng.uniform(0.3, 0.5)
        cover = 0.5 * ((x / pitch % 1) < share) + 0.5 * ((y / pitch % 1) < share)
    elif pattern == "dotted":
        odd = (np.floor(y / pitch) % 2) * 0.5
        apart = np.hypot((x / pitch + odd) % 1 - 0.5, (y / pitch) % 1 - 0.5)
        cover = (apart < rng.uniform(0.18, 0.3)).astype(np.float32)
    elif pattern == "floral":
        return _floral(sheet, second, rng, pitch * 1.4)
    elif pattern == "print":
        return _print(sheet, second, rng, box)
    elif pattern == "textured":
        fine = max(5.0, unit * rng.uniform(0.008, 0.014))
        knit = np.sin(2 * np.pi * x / fine) * (0.6 + 0.4 * np.sin(2 * np.pi * y / fine))
        return np.clip(sheet * (1 + 0.16 * knit[..., None]), 0, 1).astype(np.float32)
    cover = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), 0.7)[..., None]
    return (sheet * (1 - cover) + np.asarray(second, np.float32) * cover).astype(np.float32)


def _floral(sheet: Any, second: Any, rng: np.random.Generator, pitch: float) -> Any:
    height, width = sheet.shape[:2]
    leaf = np.clip(np.asarray(second) * (0.4, 0.8, 0.4), 0, 1)
    for _ in range(int(1.1 * height * width / pitch**2)):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        size, turn = pitch * rng.uniform(0.16, 0.34), rng.uniform(0, 6.3)
        petals = int(rng.integers(4, 7))
        for number in range(petals):
            angle = turn + 2 * np.pi * number / petals
            at = round(x + size * np.cos(angle)), round(y + size * np.sin(angle))
            axes = max(1, round(size * 0.8)), max(1, round(size * 0.45))
            colour = second if rng.random() < 0.85 else leaf
            cv2.ellipse(
                sheet, at, axes, np.degrees(angle), 0, 360, [float(v) for v in colour], -1, cv2.LINE_AA
            )
        middle = [float(v) for v in np.clip(1.3 - np.asarray(second), 0, 1)]
        cv2.circle(sheet, (round(x), round(y)), max(1, round(size * 0.4)), middle, -1, cv2.LINE_AA)
    return sheet


def _print(sheet: Any, second: Any, rng: np.random.Generator, box: tuple[int, int, int, int]) -> Any:
    left, top, wide, high = box
    x, y = left + wide // 2, round(top + high * rng.uniform(0.36, 0.5))
    size = round(min(wide, high) * rng.uniform(0.13, 0.2))
    ink = [float(v) for v in second]
    if rng.random() < 0.5:
        points = [
            (
                x + size * (1 if i % 2 else 0.45) * np.cos(i * np.pi / 5),
                y + size * (1 if i % 2 else 0.45) * np.sin(i * np.pi / 5),
            )
            for i in range(10)
        ]
        cv2.fillPoly(sheet, [np.round(points).astype(np.int32)], ink, cv2.LINE_AA)
    else:
        cv2.rectangle(sheet, (x - size, y - size // 2), (x + size, y + size // 2), ink, -1)
        scale = size / 40
        paper = [float(v) for v in sheet[0, 0]]
        cv2.putText(
            sheet,
            "SURF",
            (x - size + 4, y + size // 5),
            cv2.FONT_HERSHEY_DUPLEX,
            scale,
            paper,
            max(1, round(scale * 2)),
            cv2.LINE_AA,
        )
    return sheet


def folds(mask: Any, rng: np.random.Generator, strength: float) -> Any:
    """H x W brightness factors of cloth: long soft folds, roundness towards the rim, a fine grain."""
    height, width = mask.shape
    unit = float(np.sqrt(max(1, mask.sum())))
    long = smooth_noise(rng, height, width, unit * 0.1, unit * 0.5)
    slant = smooth_noise(rng, height, width, unit * 0.22, unit * 0.16)
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    rim = np.exp(-inside / (unit * 0.03))
    grain = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 0.8)
    light = (
        1 + strength * (0.05 * long + 0.035 * slant) - 0.16 * min(1.3, strength + 0.4) * rim + 0.018 * grain
    )
    return np.clip(light, 0.45, 1.25).astype(np.float32)


def ground(kind: str, rng: np.random.Generator, height: int, width: int) -> Any:
    """H x W x 3 sRGB in [0, 1]: an empty backdrop."""
    level = {"white": rng.uniform(0.975, 1.0), "grey": rng.uniform(0.82, 0.95)}.get(
        kind, rng.uniform(0.85, 0.97)
    )
    colour = np.full(3, level, np.float32)
    if kind == "pastel":
        colour = np.asarray(colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.08, 0.25), level), np.float32)
    sheet = np.broadcast_to(colour, (height, width, 3)).astype(np.float32)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    if kind == "gradient":
        sheet = sheet * (1 + rng.uniform(-0.08, 0.08) * y + rng.uniform(-0.06, 0.06) * x)[..., None]
    if kind == "uneven":
        sheet = (
            sheet * (1 - rng.uniform(0.04, 0.12) * (x * x + y * y) + rng.uniform(-0.05, 0.05) * x)[..., None]
        )
        sheet = sheet * (1 + 0.004 * smooth_noise(rng, height, width, width / 4, height / 4))[..., None]
    return sheet


def photographed(
    sheet: Any, cloth_rgb: Any, cover: Any, rng: np.random.Generator, shadow: float, noise: float
) -> Any:
    """H x W x 3 uint8: the cloth laid on the sheet, with a soft shadow, sensor noise and JPEG compression."""
    height, width = cover.shape
    size = float(np.hypot(height, width))
    offset = np.float32([[1, 0, rng.uniform(-0.012, 0.012) * size], [0, 1, rng.uniform(0.002, 0.02) * size]])
    dark = cv2.GaussianBlur(
        cv2.warpAffine(cover, offset, (width, height)), (0, 0), size * rng.uniform(0.008, 0.02)
    )
    lit = sheet * (1 - shadow * dark)[..., None]
    mixed = lit * (1 - cover[..., None]) + cloth_rgb * cover[..., None]
    mixed = cv2.GaussianBlur(mixed, (0, 0), rng.uniform(0.4, 0.8))
    mixed = mixed + rng.standard_normal(mixed.shape).astype(np.float32) * (noise / 255)
    picture = np.rint(np.clip(mixed, 0, 1) * 255).astype(np.uint8)
    quality = int(rng.integers(82, 97))
    data = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1]
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
