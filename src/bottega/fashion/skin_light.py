"""What light a photograph of a person was taken in, judged by what in it is neutral: backdrop, whites of the eyes, skin
highlights, surroundings. What the corrected colours mean is left to `fashion.skin`.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import Face, PersonParse
from bottega.imaging.colour import lab_to_rgb, linear_to_srgb, luma, rgb_to_lab, srgb_to_linear
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]

BACKDROP_WHITE = 0.72
"""Relative luminance given to a light studio backdrop: the scale of exposure. A convention: what matters is that the same
person measures the same in a darker and a lighter picture."""
SCLERA_LAB = (68.0, 3.0, 6.0)
"""CIE L*a*b* given to the white of an eye in the shade of its socket, with its veins and the lids' reflection. A convention,
set so that frontal portraits in neutral light keep their colours."""
WORST_CAST = 0.45
"""One less the smallest over the largest channel of the light (linear): beyond it nothing is corrected."""
WORST_CONFLICT = 8.0
"""By how much, in units of a* and b*, the eyes' whites may leave what a neutral backdrop lets them be."""
AGREE_DEG = 10.0
"""Angle between two estimates of the light's colour in linear RGB up to which they count as agreeing."""


@dataclass(frozen=True, slots=True)
class Light:
    """`gains`: factors for linear red, green, blue that make the picture as if lit by neutral light at a standard exposure;
    None with a `reason` in words when the picture does not tell. `references`: what it was judged by, the first decides.
    `ita_sd_deg`, `hue_sd_deg`: standard deviations that this adds to a skin's angles (see `fashion.skin`)."""

    gains: F64 | None
    references: tuple[str, ...] = ()
    ita_sd_deg: float = 0.0
    hue_sd_deg: float = 0.0
    reason: str = ""


def find_light(rgb: U8, parse: PersonParse) -> Light:
    """The light in `rgb` (H x W x 3 uint8), of which `parse` was made."""
    face = parse.face
    if face is None or face.angle == 90:
        return Light(None, reason="cannot tell: no face from the front")
    backdrop, whites = _backdrop(rgb, parse, face), _eye_whites(rgb, face)
    if backdrop is not None:
        if whites is not None and _conflict(backdrop, whites) > WORST_CONFLICT:
            return Light(None, reason="cannot tell: coloured or mixed light")
        names = ("backdrop",) if whites is None else ("backdrop", "eyes")
        return Light(BACKDROP_WHITE / np.maximum(backdrop, 1e-4), names, 3.0, 3.5)
    if whites is None:
        return Light(None, reason="cannot tell: nothing neutral to compare the light with")
    return _by_eyes(rgb, parse, face, whites)


def _by_eyes(rgb: U8, parse: PersonParse, face: Face, whites: F64) -> Light:
    """Eyes are few pixels, so their colour counts only when the surroundings or the skin's highlights confirm it."""
    if cast_of(whites) > WORST_CAST:
        return Light(None, reason="cannot tell: coloured light")
    light = whites / _sclera()
    others = {"surroundings": _surroundings(rgb, parse), "highlights": _highlights(rgb, face)}
    agreeing = [
        name for name, other in others.items() if other is not None and angle(light, other) < AGREE_DEG
    ]
    if not agreeing:
        return Light(
            None, reason="cannot tell: only the eyes tell of the light, and nothing else in it agrees"
        )
    return Light(1 / np.maximum(light, 1e-4), ("eyes", *agreeing), 8.0, 6.0)


def corrected(encoded: F32, light: Light) -> F32:
    """`... x 3` gamma-encoded RGB in [0, 1] to CIE L*a*b* in neutral light (von Kries scaling in linear RGB). The light has
    to be known."""
    assert light.gains is not None
    linear = srgb_to_linear(encoded) * light.gains.astype(np.float32)
    return rgb_to_lab(linear_to_srgb(np.clip(linear, 0, 1)))


def cast_of(rgb: F64) -> float:
    return float(1 - rgb.min() / max(float(rgb.max()), 1e-6))


def angle(one: F64, other: F64) -> float:
    """Degrees between two colours of light in linear RGB (the recovery angular error of colour constancy)."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.degrees(np.arccos(np.clip(float(one @ other) / max(lengths, 1e-9), -1, 1))))


def _sclera() -> F64:
    return srgb_to_linear(lab_to_rgb(np.array(SCLERA_LAB, np.float32))).astype(np.float64)


def _conflict(backdrop: F64, eyes: F64) -> float:
    """How much bluer or redder the whites of the eyes are than the backdrop, beyond what veins and lids give them: the
    backdrop then has a colour of its own, or another light. In CIE L*a*b* units of a* and b*."""
    level = float(luma(eyes.astype(np.float32)) / luma(backdrop.astype(np.float32))) * BACKDROP_WHITE
    even = eyes / np.maximum(backdrop, 1e-4)
    even = even / max(float(luma(even.astype(np.float32))), 1e-6) * min(max(level, 0.05), 0.45)
    lab = rgb_to_lab(linear_to_srgb(np.clip(even, 0, 1).astype(np.float32)))
    return float(max(-lab[1], -4 - lab[2], np.hypot(lab[1], lab[2]) - 26, 0))


def _backdrop(rgb: U8, parse: PersonParse, face: Face) -> F64 | None:
    """Median linear RGB of a plain, light, not overexposed background beside the head; None without one."""
    _, y, width, _ = face.box
    rows = slice(max(0, int(y - 0.6 * width)), max(1, int(y + 1.6 * width)))
    free = (parse.silhouette[rows] < 0.02).astype(np.uint8)
    free = np.asarray(cv2.erode(free, np.ones((9, 9), np.uint8))) > 0
    pixels = rgb[rows][free]
    if len(pixels) < 400 or len(pixels) < 0.1 * free.size:
        return None
    clipped = float((pixels >= 252).any(axis=1).mean())
    values = srgb_to_linear(pixels[:: max(1, len(pixels) // 20000)].astype(np.float32) / np.float32(255))
    lab = rgb_to_lab(linear_to_srgb(values))
    spread = np.percentile(np.linalg.norm(lab - np.median(lab, axis=0), axis=1), 75)
    median = np.median(values, axis=0).astype(np.float64)
    bright = float(luma(median.astype(np.float32)))
    # A wall of a colour of its own is no reference: neutral paper under usual lamps stays within this cast.
    return median if clipped < 0.1 and spread < 7 and bright > 0.25 and cast_of(median) < WORST_CAST else None


def find_irises(rgb: U8, face: Face) -> tuple[tuple[float, float, float], ...]:
    """Centre x, y and radius in pixels of both irises: the darkest discs of an iris's size near the detected eyes. Empty when
    the face is too small for them or the eyes were not found."""
    width = face.box[2]
    if len(face.eyes) < 2 or width < 70:
        return ()
    # An iris is 11.7 mm wide (anthropometry of adults, sd 0.4); the cascades' box is about 140 mm.
    radius, reach = 0.042 * width, max(3, int(0.1 * width))
    size = 2 * round(radius) + 1
    y, x = np.mgrid[-(size // 2) : size // 2 + 1, -(size // 2) : size // 2 + 1]
    disc = (y * y + x * x <= radius * radius).astype(np.float32)
    found: list[tuple[float, float, float]] = []
    for eye_x, eye_y in face.eyes:
        top, left = int(eye_y) - reach, int(eye_x) - reach
        part = rgb[max(0, top) : int(eye_y) + reach + 1, max(0, left) : int(eye_x) + reach + 1, 0]
        if min(part.shape) < size:
            return ()
        dark: Any = cv2.filter2D(
            part.astype(np.float32), -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE
        )
        v, u = np.mgrid[: part.shape[0], : part.shape[1]]
        away: Any = (2 * (v + max(0, top) - eye_y) ** 2 + (u + max(0, left) - eye_x) ** 2) / radius**2
        level: F64 = np.asarray(dark, np.float64)
        score: F64 = level + 0.02 * float(level.mean()) * away
        row, column = divmod(int(np.argmin(score)), part.shape[1])
        found.append((float(column + max(0, left)), float(row + max(0, top)), radius))
    return tuple(found)


def _eye_whites(rgb: U8, face: Face) -> F64 | None:
    """Median linear RGB of the whites of both eyes, beside the irises; None when they are not seen well enough."""
    found: list[F32] = []
    for x, y, radius in find_irises(rgb, face):
        high, wide = max(1, round(0.6 * radius)), round(2.4 * radius)
        part = rgb[round(y) - high : round(y) + high + 1, max(0, round(x) - wide) : round(x) + wide + 1]
        across = np.abs(np.arange(part.shape[1], dtype=np.float64) - min(round(x), wide))
        pixels = part[:, across > 1.15 * radius].reshape(-1, 3)
        linear = srgb_to_linear(pixels.astype(np.float32) / np.float32(255))
        if len(linear) < 16:
            return None
        # The order of a ratio of channels is the same in any light: the least red of the pixels are the white's.
        bluish = linear[:, 2] / np.maximum(linear[:, 0], 1e-3)
        found.append(linear[np.argsort(-bluish)[: max(6, len(linear) // 4)]])
    if len(found) < 2:
        return None
    each = [np.median(one, axis=0).astype(np.float64) for one in found]
    if angle(each[0], each[1]) > AGREE_DEG:
        return None
    return (each[0] + each[1]) / 2


def _surroundings(rgb: U8, parse: PersonParse) -> F64 | None:
    """Colour of the light by shades of grey (Finlayson and Trezzi 2004, Minkowski norm 4) over what is not the person."""
    step = max(1, int(np.sqrt(rgb.shape[0] * rgb.shape[1] / 60000)))
    around = rgb[::step, ::step][parse.silhouette[::step, ::step] < 0.1]
    around = around[(around < 250).all(axis=1)]
    if len(around) < 1000:
        return None
    linear = srgb_to_linear(around.astype(np.float32) / np.float32(255)).astype(np.float64)
    return (linear**4).mean(axis=0) ** 0.25


def _highlights(rgb: U8, face: Face) -> F64 | None:
    """Colour of the light by the dichromatic model (Shafer 1985): what a highlight of the skin adds to the skin's own colour
    has the colour of the light. None without highlights that are not overexposed."""
    x, y, w, h = face.box
    part = rgb[
        max(0, int(y + 0.15 * h)) : int(y + 0.95 * h), max(0, int(x + 0.15 * w)) : int(x + 0.85 * w)
    ].reshape(-1, 3)
    if len(part) < 1000:
        return None
    linear = srgb_to_linear(part.astype(np.float32) / np.float32(255)).astype(np.float64)
    bright = linear @ np.ones(3)
    own = np.median(
        linear[(bright > np.percentile(bright, 50)) & (bright < np.percentile(bright, 75))], axis=0
    )
    shiny = linear[(bright > np.percentile(bright, 96)) & (part < 252).all(axis=1)]
    if len(shiny) < 20:
        return None
    added = np.median(shiny, axis=0) - own
    return added if bool((added > 0.02).all()) else None
