"""Garments drawn as product pictures with their truth: no photograph of anybody's clothes is needed to test.

Proportions are in centimetres on a sheet whose origin is the middle of the neck (or waist), x to the right, y down.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import cv2
import numpy as np
from drawn_cloth import GROUNDS, PATTERNS, cloth, folds, ground, photographed, random_colour

Point = tuple[float, float]


@dataclass
class Shape:
    """Outlines in centimetres: parts are drawn one over the other; `inner` is the back of the collar seen inside."""

    kind: str
    sleeves: str
    length: str
    parts: list[Any]
    landmarks: dict[str, Point] = field(default_factory=dict)
    inner: Any = None
    strokes: list[tuple[Any, float]] = field(default_factory=list)
    """Lines (points, width) that are part of the garment: handles, straps."""
    seams: list[Any] = field(default_factory=list)
    zip: Any = None


@dataclass
class Drawn:
    """`rgb` H x W x 3 uint8; `mask` H x W bool without the inner collar; landmarks in pixels."""

    name: str
    rgb: Any
    mask: Any
    kind: str
    sleeves: str
    length: str
    pattern: str
    colours: tuple[Any, ...]
    landmarks: dict[str, Point]
    ground: str


def _curve(*points: Point, steps: int = 12) -> list[Point]:
    """Quadratic Bezier arc through first and last point, drawn towards the middle one."""
    (x0, y0), (x1, y1), (x2, y2) = points
    times = np.linspace(0, 1, steps)
    return [
        (
            (1 - t) ** 2 * x0 + 2 * t * (1 - t) * x1 + t * t * x2,
            (1 - t) ** 2 * y0 + 2 * t * (1 - t) * y1 + t * t * y2,
        )
        for t in times
    ]


def _mirrored(half: list[Point]) -> Any:
    """A closed outline from its right half, listed from the top downwards."""
    return np.array(half + [(-x, y) for x, y in reversed(half)], np.float64)


def _sleeve(
    shoulder: Point, armpit: Point, length: float, cuff: float, angle: float
) -> tuple[Any, Point, Point]:
    """A right sleeve at `angle` degrees from straight down: outline, outer and inner point of the cuff."""
    along = np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle))])
    inward = np.array([-along[1], along[0]])
    outer = np.array(shoulder) + along * length
    inner = outer + inward * cuff
    bulge = (np.array(shoulder) + outer) / 2 - inward * length * 0.05
    top = _curve(shoulder, tuple(bulge), tuple(outer))
    inside = (armpit[0] - 4, armpit[1])
    outline = [(shoulder[0] - 5, shoulder[1] - 0.5), *top, tuple(inner), armpit, inside]
    return np.array(outline), tuple(outer), tuple(inner)


def _upper(
    rng: np.random.Generator, kind: str, sleeves: str, length: str, flare: float = 0.0, loose: float = 0.0
) -> Shape:
    stature = rng.uniform(0.93, 1.07)
    shoulder = stature * rng.uniform(18.5, 21.5) + loose
    chest = shoulder * rng.uniform(1.14, 1.3)
    if sleeves == "none":
        shoulder *= rng.uniform(0.72, 0.92)
    arm_depth = stature * rng.uniform(20, 25) + loose
    neck, drop = shoulder * rng.uniform(0.38, 0.55), rng.uniform(3, 6)
    if sleeves == "none":
        neck = shoulder * rng.uniform(0.55, 0.72)
        drop = rng.uniform(0.5, 2)
    neck_depth = rng.uniform(7, 15) if sleeves == "none" else rng.uniform(5, 12)
    span = {
        "cropped": (38, 46),
        "hip": (62, 74),
        "thigh": (82, 90),
        "knee": (99, 107),
        "midi": (118, 127),
        "long": (140, 154),
    }
    high = stature * rng.uniform(*span[length])
    waist_y = min(high - 2, rng.uniform(38, 44))
    waist = chest * (rng.uniform(0.88, 1.0) if flare == 0 else rng.uniform(0.72, 0.86))
    hem = chest * rng.uniform(0.94, 1.08) + flare * (high - waist_y)
    line = _neckline(rng, neck, neck_depth)
    armhole = _curve(
        (shoulder, drop), (shoulder * (0.93 if sleeves == "none" else 1.0), arm_depth), (chest, arm_depth)
    )
    half = [
        *line,
        (shoulder, drop),
        *armhole[1:],
        *_curve((chest, arm_depth), (waist, (waist_y + arm_depth) / 2), (waist, waist_y), steps=8)[1:],
        (hem, high),
    ]
    half += _curve((hem, high), (hem / 2, high + rng.uniform(0.3, 2.5)), (0, high + 1.0), steps=8)[1:]
    shape = Shape(kind, sleeves, length, [_mirrored(half)])
    marks: dict[str, Point] = {
        "collar_right": (neck, 0),
        "collar_left": (-neck, 0),
        "collar_front": (0, neck_depth),
        "shoulder_right": (shoulder, drop),
        "armpit_right": (chest, arm_depth),
        "hem_right": (hem, high),
    }
    if sleeves != "none":
        long = {"short": (15, 24), "elbow": (33, 39), "long": (60, 67)}[sleeves]
        angle = rng.uniform(14, 60) if sleeves == "long" else rng.uniform(25, 65)
        cuff = rng.uniform(9, 12) if sleeves == "long" else rng.uniform(14, 19)
        reach, angle = rng.uniform(*long), max(angle, _least_angle(chest, hem, high))
        outline, outer, inner = _sleeve((shoulder, drop), (chest, arm_depth), reach, cuff, angle)
        # A sleeve whose cuff lies on the body has no corner under the arm.
        while inner[0] < chest + 3:
            angle += 3
            outline, outer, inner = _sleeve((shoulder, drop), (chest, arm_depth), reach, cuff, angle)
        for side in (1, -1):
            turned = outline * (side, 1)
            shape.parts.append(turned)
            shape.seams.append(np.array(armhole) * (side, 1))
        marks |= {"cuff_right_outer": outer, "cuff_right_inner": inner}
    marks |= {name.replace("right", "left"): (-x, y) for name, (x, y) in marks.items() if "right" in name}
    shape.landmarks = marks
    if rng.random() < 0.7:
        back = _curve((neck, 0), (neck * 0.5, -1.5), (0, -1.0), steps=8)
        top = [(-x, y) for x, y in back] + list(reversed(back))
        shape.inner = np.array([*top, *reversed(line), *[(-x, y) for x, y in line]])
    shape.seams.append(np.array([(-hem, high - 2), (0, high - 1), (hem, high - 2)]))
    return shape


def _least_angle(chest: float, hem: float, high: float) -> float:
    """Below this angle a long sleeve would lie on a flared skirt."""
    return float(np.degrees(np.arctan2(max(0.0, hem - chest), high - 25))) + 12


def _neckline(rng: np.random.Generator, neck: float, depth: float) -> list[Point]:
    """From the middle of the front up to the right end of the collar."""
    style = rng.choice(["round", "v", "square"], p=[0.6, 0.3, 0.1])
    control = {
        "round": (neck, depth),
        "v": (neck * 0.55, depth * 0.5),
        "square": (neck * 0.95, depth * 0.98),
    }[str(style)]
    return _curve((0, depth), control, (neck, 0))


def _tshirt(rng: np.random.Generator) -> Shape:
    return _upper(rng, "top", "short", "cropped" if rng.random() < 0.15 else "hip")


def _shirt(rng: np.random.Generator) -> Shape:
    return _upper(rng, "top", "long", "hip")


def _elbow(rng: np.random.Generator) -> Shape:
    return _upper(rng, "top", "elbow", "hip")


def _tank(rng: np.random.Generator) -> Shape:
    return _upper(rng, "top", "none", "cropped" if rng.random() < 0.3 else "hip")


def _hoodie(rng: np.random.Generator) -> Shape:
    shape = _upper(rng, "top", "long", "hip", loose=2.5)
    neck = shape.landmarks["collar_right"][0]
    tall = rng.uniform(14, 20)
    hood = [
        (0, -tall),
        *_curve((neck * 0.5, -tall), (neck * 1.5, -tall), (neck * 1.25, 2.0), steps=10),
        (neck * 0.6, 8),
    ]
    opening = [
        (0.0, -tall * 0.7),
        *_curve((neck * 0.3, -tall * 0.7), (neck, -tall * 0.6), (0.0, 6.0), steps=10),
    ]
    shape.parts.insert(0, _mirrored(hood))
    shape.inner = None
    shape.parts[1] = np.vstack([shape.parts[1], [(0, 4)]])
    shape.parts.append(_mirrored([(0, 3), (neck, 1), (neck * 0.8, 9), (0, 13)]))
    shape.seams.append(_mirrored(opening))
    pocket_y = shape.landmarks["hem_right"][1] * 0.62
    shape.seams.append(_mirrored([(neck * 1.2, pocket_y), (neck * 1.7, pocket_y + 12)]))
    for name in ("collar_front", "collar_left", "collar_right"):
        del shape.landmarks[name]
    return shape


def _dress(length: str) -> Callable[[np.random.Generator], Shape]:
    def make(rng: np.random.Generator) -> Shape:
        sleeves = str(rng.choice(["none", "short", "long"], p=[0.5, 0.3, 0.2]))
        return _upper(rng, "dress", sleeves, length, flare=rng.uniform(0.05, 0.35), loose=-1.5)

    return make


def _jacket(rng: np.random.Generator) -> Shape:
    shape = _upper(rng, "outerwear", "long", "hip" if rng.random() < 0.7 else "thigh", loose=3.0)
    front = shape.landmarks["collar_front"][1]
    high = shape.landmarks["hem_right"][1]
    shape.zip = np.array([(0, front), (0, high + 0.8)])
    neck = shape.landmarks["collar_right"][0]
    if rng.random() < 0.6:
        for side in (1, -1):
            lapel = np.array(
                [(0, front + 12), (side * neck * 1.3, front * 0.9), (side * neck, -1), (side * neck * 0.9, 0)]
            )
            shape.seams.append(lapel)
    return shape


def _legs(rng: np.random.Generator, kind: str, length: str) -> Shape:
    waist = rng.uniform(17, 21)
    hip = waist * rng.uniform(1.15, 1.35)
    rise = rng.uniform(24, 32)
    leg = {"thigh": rng.uniform(8, 18), "knee": rng.uniform(26, 34), "long": rng.uniform(72, 84)}[length]
    gap = rng.uniform(1.0, 6.0)
    width = hip * (rng.uniform(0.5, 0.85) if length == "long" else rng.uniform(0.85, 1.05))
    spread = gap + width
    bottom = rise + leg
    half = [
        (0.0, 0.8),
        (waist, 0.0),
        *_curve((waist, 0), (hip, rise * 0.4), (hip, rise), steps=8)[1:],
        (max(spread, hip * 0.7), bottom),
        (max(spread, hip * 0.7) - width, bottom + 0.8),
        *_curve((max(spread, hip * 0.7) - width, bottom), (gap * 0.4, rise + leg * 0.3), (0, rise), steps=10)[
            1:
        ],
    ]
    shape = Shape(kind, "unknown", length, [_mirrored(half)])
    marks = {
        "waist_right": (waist, 0.0),
        "hem_right": (max(spread, hip * 0.7), bottom),
        "crotch": (0.0, rise),
    }
    marks |= {name.replace("right", "left"): (-x, y) for name, (x, y) in marks.items() if "right" in name}
    shape.landmarks = marks
    shape.seams.append(np.array([(-waist * 1.03, 4), (0, 4.5), (waist * 1.03, 4)]))
    return shape


def _trousers(rng: np.random.Generator) -> Shape:
    return _legs(rng, "bottom", "long")


def _shorts(rng: np.random.Generator) -> Shape:
    return _legs(rng, "bottom", "thigh" if rng.random() < 0.75 else "knee")


def _skirt(rng: np.random.Generator) -> Shape:
    length = str(rng.choice(["thigh", "knee", "midi"]))
    high = {"thigh": rng.uniform(34, 44), "knee": rng.uniform(55, 63), "midi": rng.uniform(74, 84)}[length]
    waist = rng.uniform(16, 19)
    hip = waist * rng.uniform(1.2, 1.45)
    hem = hip * rng.uniform(0.95, 1.5)
    half = [
        (0.0, 0.7),
        (waist, 0.0),
        *_curve((waist, 0), (hip * 0.98, 9), (hip, 20), steps=8)[1:],
        (hem, high),
    ]
    half += _curve((hem, high), (hem / 2, high + 2.5), (0, high + 2.0), steps=8)[1:]
    marks = {"waist_right": (waist, 0.0), "hem_right": (hem, high)}
    marks |= {name.replace("right", "left"): (-x, y) for name, (x, y) in marks.items()}
    seams = [np.array([(-waist * 1.04, 4), (0, 4.6), (waist * 1.04, 4)])]
    return Shape("bottom", "unknown", length, [_mirrored(half)], marks, seams=seams)


def _shoe(rng: np.random.Generator) -> Shape:
    long, tall, toe = rng.uniform(27, 31), rng.uniform(10, 17), rng.uniform(4, 6.5)
    outline = [
        (0, 0), (1, -tall), *_curve((1, -tall), (long * 0.16, -tall + 2), (long * 0.36, -tall + 0.5)),
        *_curve((long * 0.36, -tall + 0.5), (long * 0.55, -toe - 1), (long * 0.8, -toe)),
        *_curve((long * 0.8, -toe), (long, -toe + 0.3), (long, -1)), (long, 0),
    ]  # fmt: skip
    side = 1 if rng.random() < 0.5 else -1
    seams = [
        np.array([(0, -2.5), (long, -2.3)]) * (side, 1),
        np.array([(long * 0.4, -tall + 2), (long * 0.7, -3)]) * (side, 1),
    ]
    return Shape("shoes", "unknown", "unknown", [np.array(outline) * (side, 1)], seams=seams)


def _bag(rng: np.random.Generator) -> Shape:
    wide, high = rng.uniform(14, 20), rng.uniform(20, 32)
    body = _mirrored(
        [(0, 0), (wide * rng.uniform(0.8, 1.0), 0), (wide, high * 0.92), (wide * 0.95, high), (0, high)]
    )
    reach, tall = wide * rng.uniform(0.35, 0.6), rng.uniform(12, 22)
    handle = _curve((-reach, 1), (0, -2 * tall), (reach, 1), steps=24)
    return Shape(
        "accessory", "unknown", "unknown", [body], strokes=[(np.array(handle), rng.uniform(1.6, 2.6))]
    )


def _scarf(rng: np.random.Generator) -> Shape:
    wide, high = rng.uniform(8, 12), rng.uniform(60, 80)
    loop = _curve((-wide, 0), (0, -rng.uniform(14, 22)), (wide, 0), steps=20)
    ends = rng.uniform(-6, 6)
    left = np.array(
        [(-wide * 1.5, -2), (-wide * 0.4, -2), (-wide * 0.3, high + ends), (-wide * 1.5, high + ends)]
    )
    right = np.array(
        [(wide * 0.3, -2), (wide * 1.4, -2), (wide * 1.6, high - ends), (wide * 0.3, high - ends)]
    )
    return Shape("accessory", "unknown", "unknown", [left, right], strokes=[(np.array(loop), wide * 1.1)])


GARMENTS: dict[str, Callable[[np.random.Generator], Shape]] = {
    "tshirt": _tshirt, "shirt": _shirt, "elbow_top": _elbow, "tank": _tank, "hoodie": _hoodie,
    "dress_thigh": _dress("thigh"), "dress_knee": _dress("knee"), "dress_midi": _dress("midi"), "dress_long": _dress("long"),
    "skirt": _skirt, "trousers": _trousers, "shorts": _shorts, "jacket": _jacket,
    "shoe": _shoe, "bag": _bag, "scarf": _scarf,
}  # fmt: skip


def draw(
    name: str,
    seed: int,
    *,
    size: tuple[int, int] = (768, 1024),
    pattern: str | None = None,
    ground_kind: str | None = None,
    white_on_white: bool = False,
) -> Drawn:
    """One product picture of `size` (width, height) pixels; the same for the same arguments."""
    rng = np.random.default_rng([seed, crc32(name.encode())])
    shape = GARMENTS[name](rng)
    width, height = size
    to_pixels = _placed(shape, rng, width, height)
    cover = _cover(shape, to_pixels, width, height)
    chosen = pattern or str(rng.choice(PATTERNS, p=[0.4, 0.12, 0.12, 0.09, 0.09, 0.09, 0.09]))
    under = ground_kind or str(rng.choice(GROUNDS))
    sheet = ground(under, rng, height, width)
    colour, second = _colours(rng, sheet, white_on_white)
    inner = np.zeros((height, width), np.float32)
    if shape.inner is not None:
        _fill(inner, to_pixels(shape.inner))
        inner *= 1 - cover
    solid = (cover > 0.5).astype(np.uint8)
    left, top, wide, high = cv2.boundingRect(solid)
    flat = cloth(chosen, colour, second, rng, (left, top, wide, high), (height, width))
    strength = rng.uniform(0.4, 1.2) * (0.5 if white_on_white else 1)
    lit = flat * folds(solid, rng, strength)[..., None]
    _draw_seams(lit, shape, to_pixels, wide, rng)
    back = np.asarray(colour, np.float32) * rng.uniform(0.55, 0.8)
    both = np.clip(cover + inner, 0, 1)
    lit = np.where((inner > 0.5)[..., None], back, lit)
    shadow = rng.uniform(0.03, 0.1) if white_on_white else rng.uniform(0.0, 0.16)
    rgb = photographed(sheet, lit.astype(np.float32), both, rng, shadow, rng.uniform(0.5, 2.5))
    marks = {
        key: tuple(map(float, to_pixels(np.array([point]))[0])) for key, point in shape.landmarks.items()
    }
    shown = (colour,) if chosen in ("plain", "textured") else (colour, second)
    return Drawn(name, rgb, cover > 0.5, shape.kind, shape.sleeves, shape.length, chosen, shown, marks, under)


def _colours(rng: np.random.Generator, sheet: Any, white_on_white: bool) -> tuple[Any, Any]:
    """A colour that can be told from the sheet, and one that can be told from that colour."""
    from bottega.imaging.colour import rgb_to_lab

    def apart(a: Any, b: Any) -> float:
        return float(np.linalg.norm(rgb_to_lab(np.float32(a)) - rgb_to_lab(np.float32(b))))

    paper = sheet.mean(axis=(0, 1))
    colour: Any = (
        tuple(np.clip(paper - rng.uniform(0.015, 0.05), 0, 1)) if white_on_white else random_colour(rng)
    )
    while not white_on_white and apart(colour, paper) < 18:
        colour = random_colour(rng)
    second = random_colour(rng)
    while apart(second, colour) < 30 or apart(second, paper) < 15:
        second = random_colour(rng)
    return colour, second


def _placed(shape: Shape, rng: np.random.Generator, width: int, height: int) -> Callable[[Any], Any]:
    """Centimetres to pixels: the garment fills 65 to 92 % of the picture, a little off the middle and tilted."""
    points = np.vstack([*shape.parts, *[line for line, _ in shape.strokes]])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = min(width / (high[0] - low[0]), height / (high[1] - low[1])) * rng.uniform(0.65, 0.92)
    turn = np.radians(rng.normal(0, 1.2))
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    spare = (np.array([width, height]) - (high - low) * scale) / 2
    at = np.array([width, height]) / 2 + spare * rng.uniform(-0.25, 0.25, 2)
    middle = (low + high) / 2

    def to_pixels(values: Any) -> Any:
        return (np.asarray(values, np.float64) - middle) @ rotation * scale + at

    to_pixels.scale = scale  # type: ignore[attr-defined]
    return to_pixels


def _fill(layer: Any, points: Any) -> None:
    cv2.fillPoly(layer, [np.round(points * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)


def _cover(shape: Shape, to_pixels: Any, width: int, height: int) -> Any:
    cover = np.zeros((height * 2, width * 2), np.float32)
    for part in shape.parts:
        _fill(cover, to_pixels(part) * 2 + 0.5)
    for line, wide in shape.strokes:
        points = [np.round((to_pixels(line) * 2 + 0.5) * 16).astype(np.int32)]
        cv2.polylines(cover, points, False, 1.0, max(1, round(wide * to_pixels.scale * 2)), cv2.LINE_AA, 4)
    return cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA)


def _draw_seams(lit: Any, shape: Shape, to_pixels: Any, wide: int, rng: np.random.Generator) -> None:
    shade = np.ones(lit.shape[:2], np.float32)
    for seam in shape.seams:
        points = [np.round(to_pixels(seam) * 16).astype(np.int32)]
        cv2.polylines(shade, points, False, 0.82, max(1, wide // 250), cv2.LINE_AA, 4)
    if shape.zip is not None:
        points = [np.round(to_pixels(shape.zip) * 16).astype(np.int32)]
        cv2.polylines(shade, points, False, 0.45, max(2, wide // 90), cv2.LINE_AA, 4)
        cv2.polylines(shade, points, False, 1.3, max(1, wide // 240), cv2.LINE_AA, 4)
    lit *= shade[..., None]
