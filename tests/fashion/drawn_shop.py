"""Product pictures nearer to a shop's: sewn parts lit from one side, creases, uneven outlines, inner collars with labels,
off-white grounds, cast shadows, a lens out of focus, sharpening and JPEG. The outlines are those of the other drawings."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from drawn_cloth import cloth, random_colour, smooth_noise
from drawn_garments import GARMENTS, Drawn, Shape, _cover, _fill, _placed
from drawn_studio import STYLES, studio_top

TONES = ("any", "white", "pale", "black", "dark")
SLEEVES = ("none", "short", "elbow", "long")
SIZE = (576, 768)


@dataclass(frozen=True)
class Shot:
    """How it is photographed. `tone` of the cloth; `shadow`: depth of the cast shadow, 0 to 0.5; `blur`: standard
    deviation of the lens in pixels of a picture 1024 high; `damage`: one side is lost in shade or in light."""

    tone: str = "any"
    pattern: str = "plain"
    ground: float = 0.97
    shadow: float = 0.12
    blur: float = 0.8
    noise: float = 1.5
    quality: int = 86
    damage: str = ""


@dataclass
class Shown:
    """`drawn` as elsewhere; `inner` H x W bool: the inside of the collar; `shot`: how it was made."""

    drawn: Drawn
    inner: Any
    shot: Shot


def top(seed: int, sleeves: str, shot: Shot, *, size: tuple[int, int] = SIZE, **how: Any) -> Shown:
    """A top of `studio_top`, `how` its options: fit, length, angle, touching."""
    rng = np.random.default_rng([seed, 77, len(sleeves)])
    return _shoot(studio_top(rng, sleeves, **how), f"{sleeves} top", rng, shot, size)


def garment(name: str, seed: int, shot: Shot, *, size: tuple[int, int] = SIZE) -> Shown:
    """One of `drawn_garments.GARMENTS`."""
    rng = np.random.default_rng([seed, 78, len(name)])
    return _shoot(GARMENTS[name](rng), name, rng, shot, size)


def style(name: str, seed: int, shot: Shot, *, size: tuple[int, int] = SIZE) -> Shown:
    """One of `drawn_studio.STYLES`: the cuts that plain tops, skirts and trousers do not cover."""
    rng = np.random.default_rng([seed, 79, *name.encode()])
    return _shoot(STYLES[name](rng), name, rng, shot, size)


def varied_shot(rng: np.random.Generator, **fixed: Any) -> Shot:
    """A shot as shops have them, from careful to careless."""
    values = {
        "tone": str(rng.choice(TONES, p=[0.5, 0.15, 0.1, 0.15, 0.1])),
        "pattern": str(rng.choice(["plain", "striped", "print", "floral", "textured"], p=[0.5, 0.15, 0.15, 0.1, 0.1])),
        "ground": float(rng.uniform(0.88, 1.0)),
        "shadow": float(rng.uniform(0, 0.25)),
        "blur": float(rng.uniform(0.5, 1.8)),
        "noise": float(rng.uniform(0.5, 4)),
        "quality": int(rng.integers(68, 95)),
    }  # fmt: skip
    return Shot(**(values | fixed))


def _shoot(shape: Shape, name: str, rng: np.random.Generator, shot: Shot, size: tuple[int, int]) -> Shown:
    width, height = size
    to_pixels = _placed(shape, rng, width, height)
    field = _unevenness(rng, width, height, to_pixels.scale)
    sheet, paper = _sheet(rng, shot, width, height)
    colour, second = _colours(rng, shot, paper)
    cover = _bent(_cover(shape, to_pixels, width, height), field)
    inner = _inside(shape, to_pixels, field, cover)
    left, up, wide, high = cv2.boundingRect((cover > 0.5).astype(np.uint8))
    flat = cloth(shot.pattern, colour, second, rng, (left, up, wide, high), (height, width))
    if shot.pattern == "plain":
        flat = flat * (1 + 0.012 * smooth_noise(rng, height, width, 3, 3))[..., None]
    light = rng.uniform(-1, 1), rng.uniform(-1.2, -0.4)
    lit = flat * _lighting(cover, rng, light, to_pixels.scale)[..., None]
    if shape.sleeves != "none" and len(shape.seams) >= 2 and len(shape.parts) == 3:
        for part, seam in zip(shape.parts[1:], shape.seams, strict=False):
            lit = _sleeved(lit, flat, (part, seam), to_pixels, field, rng, light)
    lit *= _stitches(shape, to_pixels, field, wide)[..., None]
    whole = np.clip(cover + inner, 0, 1)
    lit = _with_inside(lit, inner, flat, colour, shape, to_pixels, rng)
    picture = _composed(sheet, lit, whole, rng, shot)
    if shot.damage:
        picture = _damaged(picture, cover, paper, shot.damage, rng)
    marks = {
        key: tuple(map(float, to_pixels(np.array([point]))[0])) for key, point in shape.landmarks.items()
    }
    shown = (colour,) if shot.pattern in ("plain", "textured") else (colour, second)
    drawn = Drawn(
        name, _camera(picture, rng, shot), cover > 0.5, shape.kind, shape.sleeves, shape.length, shot.pattern,
        shown, marks, "shop",
    )  # fmt: skip
    return Shown(drawn, inner > 0.5, shot)


def _unevenness(rng: np.random.Generator, width: int, height: int, scale: float) -> Any:
    """Maps for `cv2.remap`: cloth never lies as it was drawn, and not alike on both sides."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for across, depth in ((16.0, 0.55), (5.0, 0.16)):
        step = across * scale
        x = x + depth * scale * smooth_noise(rng, height, width, step, step)
        y = y + depth * scale * smooth_noise(rng, height, width, step, step)
    return x.astype(np.float32), y.astype(np.float32)


def _bent(layer: Any, field: Any) -> Any:
    return cv2.remap(layer.astype(np.float32), *field, cv2.INTER_LINEAR)


def _sheet(rng: np.random.Generator, shot: Shot, width: int, height: int) -> tuple[Any, Any]:
    """The ground, H x W x 3 in [0, 1], and its colour."""
    paper = np.clip(shot.ground * (1 + rng.uniform(-0.012, 0.012, 3)), 0, 1).astype(np.float32)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    fall = (
        1
        - rng.uniform(0, 0.06) * (x * x + y * y)
        + rng.uniform(-0.04, 0.04) * x
        + rng.uniform(-0.04, 0.04) * y
    )
    return np.clip(paper * fall[..., None], 0, 1), paper


def _colours(rng: np.random.Generator, shot: Shot, paper: Any) -> tuple[Any, Any]:
    tint = 1 + rng.uniform(-0.015, 0.015, 3)
    if shot.tone == "white":
        colour = np.clip(rng.uniform(0.9, 0.97) * tint, 0, 0.99)
    elif shot.tone == "pale":
        colour = np.clip(np.asarray(paper) * (1 - rng.uniform(0.03, 0.16, 3)), 0, 1)
    elif shot.tone == "black":
        colour = rng.uniform(0.05, 0.13) * tint
    elif shot.tone == "dark":
        colour = np.asarray(random_colour(rng)) * 0.3
    else:
        colour = np.asarray(random_colour(rng))
        while np.abs(colour - paper).max() < 0.18:
            colour = np.asarray(random_colour(rng))
    second = np.asarray(random_colour(rng))
    while np.abs(second - colour).max() < 0.25:
        second = np.asarray(random_colour(rng))
    return tuple(map(float, colour)), tuple(map(float, second))


def _inside(shape: Shape, to_pixels: Any, field: Any, cover: Any) -> Any:
    inner = np.zeros_like(cover)
    if shape.inner is None:
        return inner
    _fill(inner, to_pixels(shape.inner))
    return np.clip(_bent(inner, field) - cover, 0, 1)


def _lighting(cover: Any, rng: np.random.Generator, light: Any, scale: float) -> Any:
    """H x W factors: a relief of long folds, creases and a rounded rim, lit from `light` (x, y towards the lamp)."""
    height, width = cover.shape
    inside = cv2.distanceTransform((cover > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    rim = 1.6 * scale * np.sqrt(np.clip(inside / (3 * scale), 0, 1))
    relief = (
        0.5 * scale * smooth_noise(rng, height, width, 5 * scale, 30 * scale)
        + 0.25 * scale * smooth_noise(rng, height, width, 7 * scale, 5 * scale)
        + 0.05 * scale * smooth_noise(rng, height, width, 1.5 * scale, 2.5 * scale)
        + rim
    ).astype(np.float32)
    relief = cv2.GaussianBlur(relief, (0, 0), 0.35 * scale)
    down, across = np.gradient(relief)
    depth = rng.uniform(0.5, 1.0)
    facing = 1 - 0.32 * depth * (light[0] * across + light[1] * down) / 0.6
    occluded = 1 - 0.16 * np.exp(-inside / (0.8 * scale))
    return np.clip(facing * occluded, 0.45, 1.22).astype(np.float32)


def _sleeved(
    lit: Any,
    flat: Any,
    sewn: tuple[Any, Any],
    to_pixels: Any,
    field: Any,
    rng: np.random.Generator,
    light: Any,
) -> Any:
    """A sleeve outside of its seam: its own relief, and the shade that it throws on the body beside it."""
    part, seam = sewn
    layer, body = np.zeros(lit.shape[:2], np.float32), np.zeros(lit.shape[:2], np.float32)
    _fill(layer, to_pixels(part))
    _fill(body, to_pixels(np.vstack([seam, [(0.0, seam[-1][1]), (0.0, seam[0][1])]])))
    layer = _bent(layer * (1 - body), field)
    scale = to_pixels.scale
    shade = cv2.GaussianBlur(layer, (0, 0), 0.9 * scale)
    lit = lit * (1 - rng.uniform(0.12, 0.3) * shade * (1 - layer))[..., None]
    own = flat * _lighting(layer, rng, light, scale)[..., None]
    return lit * (1 - layer[..., None]) + own * layer[..., None]


def _stitches(shape: Shape, to_pixels: Any, field: Any, wide: int) -> Any:
    shade = np.ones(field[0].shape, np.float32)
    for seam in shape.seams:
        points = [np.round(to_pixels(seam) * 16).astype(np.int32)]
        cv2.polylines(shade, points, False, 0.85, max(1, wide // 260), cv2.LINE_AA, 4)
    if shape.zip is not None:
        points = [np.round(to_pixels(shape.zip) * 16).astype(np.int32)]
        cv2.polylines(shade, points, False, 0.5, max(2, wide // 90), cv2.LINE_AA, 4)
        cv2.polylines(shade, points, False, 1.25, max(1, wide // 240), cv2.LINE_AA, 4)
    return cv2.remap(shade, *field, cv2.INTER_LINEAR, borderValue=1.0)


def _with_inside(
    lit: Any, inner: Any, flat: Any, colour: Any, shape: Shape, to_pixels: Any, rng: np.random.Generator
) -> Any:
    """The back of the collar seen through the neck: the cloth's other side in the shade, a tape, a label."""
    if not inner.any():
        return lit
    rows = np.nonzero((inner > 0.5).any(axis=1))[0]
    if not rows.size:
        return lit
    along = np.clip((np.arange(lit.shape[0]) - rows[0]) / max(1, np.ptp(rows)), 0, 1)[:, None]
    back = np.asarray(colour, np.float32) * rng.uniform(0.9, 1.0)
    darker = rng.uniform(0.5, 0.78) + rng.uniform(0.0, 0.15) * (1 - along)
    grain = 1 + 0.02 * smooth_noise(rng, *lit.shape[:2], 6, 6)
    inside = back * (darker * grain)[..., None]
    if rng.random() < 0.6:
        middle, wide = to_pixels(np.array([[0.0, 1.2]]))[0], to_pixels.scale
        first = np.round(middle - np.array([1.6, 0.8]) * wide).astype(int)
        last = np.round(middle + np.array([1.6, 1.2]) * wide).astype(int)
        label = np.ascontiguousarray(inside, np.float32)
        cv2.rectangle(label, tuple(map(int, first)), tuple(map(int, last)), (0.85, 0.85, 0.82), -1)
        inside = label
    # The front's edge throws a line of shade on it.
    edge = cv2.GaussianBlur((inner < 0.5).astype(np.float32), (0, 0), 0.5 * to_pixels.scale)
    inside = inside * (1 - 0.3 * edge[..., None])
    share = (inner > 0.5).astype(np.float32)[..., None]
    return lit * (1 - share) + inside * share


def _composed(sheet: Any, lit: Any, whole: Any, rng: np.random.Generator, shot: Shot) -> Any:
    height, width = whole.shape
    size = float(np.hypot(height, width))
    dark = np.zeros_like(whole)
    for reach, share in ((0.006, 0.4), (0.02, 0.4), (0.05, 0.2)):
        offset = np.float32(
            [[1, 0, rng.uniform(-1.2, 1.2) * reach * size], [0, 1, rng.uniform(0.2, 1.2) * reach * size]]
        )
        moved = cv2.warpAffine(whole.astype(np.float32), offset, (width, height))
        dark += share * cv2.GaussianBlur(moved, (0, 0), size * reach)
    under = sheet * (1 - shot.shadow * dark)[..., None]
    return under * (1 - whole[..., None]) + lit * whole[..., None]


def _damaged(picture: Any, cover: Any, paper: Any, how: str, rng: np.random.Generator) -> Any:
    """One side between a third and two thirds of the height becomes as the ground is there: bleached or in shade."""
    height, width = cover.shape
    rows, columns = (np.nonzero((cover > 0.5).any(axis=axis))[0] for axis in (1, 0))
    side = -1 if rng.random() < 0.5 else 1
    y = rows.min() + np.ptp(rows) * rng.uniform(0.35, 0.7)
    line = np.nonzero(cover[int(y)] > 0.5)[0]
    x = line.min() if side < 0 else line.max()
    tall, wide = np.ptp(rows) * rng.uniform(0.08, 0.16), np.ptp(columns) * rng.uniform(0.05, 0.1)
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    spot = np.exp(-0.5 * (((across - x) / wide) ** 2 + ((down - y) / tall) ** 2) ** 2)[..., None]
    target = np.asarray(paper) * (1.0 if how == "bleached" else 0.8)
    return picture * (1 - spot) + target * spot


def _camera(picture: Any, rng: np.random.Generator, shot: Shot) -> Any:
    height = picture.shape[0]
    seen = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), max(0.3, shot.blur * height / 1024))
    if rng.random() < 0.5:
        seen = seen + 0.5 * (seen - cv2.GaussianBlur(seen, (0, 0), 1.5))
    grain = cv2.GaussianBlur(rng.standard_normal(seen.shape).astype(np.float32), (0, 0), 0.6) * 1.8
    seen = np.clip(seen + grain * shot.noise / 255, 0, 1)
    picture = np.rint(seen * 255).astype(np.uint8)
    data = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, shot.quality]
    )[1]
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
