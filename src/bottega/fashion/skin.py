"""The colours of skin, hair and eyes for colour advice, in the light that `fashion.skin_light` finds, or not at all.

A colour in a photograph is skin times light. Without a reference for the light the answer is "cannot tell", with a reason.
"""

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.skin_model import fit_skin, shading_free, skin_likeness
from bottega.fashion.person.values import Face, PersonParse
from bottega.fashion.skin_light import Light, corrected, find_irises, find_light
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import F32, U8

Undertone = Literal["cool", "neutral", "warm"]

WORST_SPREAD = 16.0
"""Spread of ITA over the face in degrees beyond which nothing is said."""
COOL, WARM = 53.0, 63.0
"""Hue angles atan2(b*, a*) in degrees between which skin counts as neutral; skin lies at about 40 to 75."""
SKIN_HUE, SKIN_CHROMA = (28.0, 82.0), (6.5, 42.0)
"""Hue in degrees and chroma that human skin can have in neutral light: beyond these the correction is not believed."""
LEAST_FACE_FOR_EYES = 90
"""Width of a face in pixels from which its irises are some tens of pixels each."""


@dataclass(frozen=True, slots=True)
class SkinColour:
    """`ita_deg`: individual typology angle atan((L* - 50) / b*) (Chardon et al. 1991), `ita_sd_deg` how sure it is,
    `spread_deg` its spread over the patches, `hue_deg` = atan2(b*, a*), `undertones` the probabilities of the three
    undertones. All None or empty when it abstains; then `reason` says why, in words for a person."""

    ita_deg: float | None = None
    ita_sd_deg: float | None = None
    hue_deg: float | None = None
    spread_deg: float | None = None
    undertone: Undertone | None = None
    undertones: dict[Undertone, float] = field(default_factory=dict[Undertone, float])
    lab: tuple[float, float, float] | None = None
    patches: int = 0
    references: tuple[str, ...] = ()
    reason: str = ""

    @property
    def known(self) -> bool:
        return self.ita_deg is not None


@dataclass(frozen=True, slots=True)
class NamedTone:
    """The colour of hair or eyes: `name` and `lab`, or None with a `reason`."""

    name: str | None
    lab: tuple[float, float, float] | None
    confidence: float
    reason: str = ""


def measure_skin(rgb: U8, parse: PersonParse, light: Light | None = None) -> SkinColour:
    """The skin's colour in `rgb` (H x W x 3 uint8), of which `parse` was made, as if lit by neutral light. `light`: as
    `find_light` gives it, when it is known already."""
    if parse.face is None or parse.face.angle == 90:
        return SkinColour(reason="cannot tell: no face from the front")
    patches = _patches(rgb, parse.face)
    if len(patches) < 8:
        return SkinColour(reason="cannot tell: too little skin is visible on the face")
    if float((patches >= 0.985).any(axis=1).mean()) > 0.15:
        return SkinColour(reason="cannot tell: the face is overexposed", patches=len(patches))
    light = light or find_light(rgb, parse)
    if light.gains is None:
        return SkinColour(reason=light.reason, patches=len(patches))
    neck = _neck_patches(rgb, parse)
    return _described(corrected(patches, light), corrected(neck, light), light)


def _described(face: F32, neck: F32, light: Light) -> SkinColour:
    # The soft light of a studio leaves little shine; a flash from the front, usual elsewhere, much.
    matte = face if "backdrop" in light.references else _without_shine(face)
    each = np.array([_ita(one) for one in matte])
    # Half the middle half's width over 0.674 is the standard deviation of a normal distribution.
    spread = float(np.percentile(each, 75) - np.percentile(each, 25)) / 2 / 0.674
    if spread > WORST_SPREAD:
        return SkinColour(reason="cannot tell: the face is lit unevenly", patches=len(face))
    middle = np.median(matte, axis=0)
    hue, chroma = _hue(middle), float(np.hypot(middle[1], middle[2]))
    if not (SKIN_HUE[0] < hue < SKIN_HUE[1] and SKIN_CHROMA[0] < chroma < SKIN_CHROMA[1]):
        return SkinColour(
            reason="cannot tell: with the light taken out, the colour is none that skin has",
            patches=len(face),
        )
    # Make-up or a second lamp shows as a face of another hue than the neck: the undertone is then less sure.
    differs = abs(_hue(np.median(neck, axis=0)) - hue) if len(neck) >= 4 else 6.0
    undertones = undertones_of(hue, math.hypot(light.hue_sd_deg, 0.4 * differs))
    return SkinColour(
        ita_deg=round(_ita(middle), 2),
        ita_sd_deg=round(math.hypot(light.ita_sd_deg, spread / math.sqrt(len(matte) / 4)), 2),
        hue_deg=round(hue, 2),
        spread_deg=round(spread, 2),
        undertone=max(undertones, key=lambda name: undertones[name]),
        undertones=undertones,
        lab=(float(middle[0]), float(middle[1]), float(middle[2])),
        patches=len(face),
        references=light.references,
    )


def _without_shine(lab: F32) -> F32:
    """The more saturated half of the patches: shine adds the light's own colour to the skin's (dichromatic model), shade does
    not change b* / (L* + 16)."""
    return lab[np.argsort(-lab[:, 2] / (lab[:, 0] + 16))[: max(6, (len(lab) + 1) // 2)]]


def undertones_of(hue_deg: float, sd_deg: float) -> dict[Undertone, float]:
    """Probabilities of the undertones when the hue is normally distributed about `hue_deg`."""

    def below(limit: float) -> float:
        return 0.5 * (1 + math.erf((limit - hue_deg) / (sd_deg * math.sqrt(2))))

    cool, warm = below(COOL), 1 - below(WARM)
    return {"cool": round(cool, 4), "neutral": round(max(0.0, 1 - cool - warm), 4), "warm": round(warm, 4)}


def _hue(lab: NDArray[np.floating]) -> float:
    return float(np.degrees(np.arctan2(lab[2], lab[1])))


def _ita(lab: NDArray[np.floating]) -> float:
    """Degrees; b* of a skin is positive, so a floor keeps noise about zero from flipping the sign."""
    return float(np.degrees(np.arctan2(lab[0] - 50, max(float(lab[2]), 2.0))))


def _neck_patches(rgb: U8, parse: PersonParse) -> F32:
    """Median gamma-encoded RGB of patches within the bare neck: N x 3, empty when it is not seen."""
    neck = parse.regions.get("neck")
    if neck is None or parse.face is None:
        return np.zeros((0, 3), np.float32)
    half = max(1, round(parse.face.box[2] / 32))
    inner = np.asarray(
        cv2.erode((neck > 0.9).astype(np.uint8), np.ones((2 * half + 1, 2 * half + 1), np.uint8))
    )
    rows, columns = np.nonzero(inner)
    if len(rows) < 12:
        return np.zeros((0, 3), np.float32)
    picks = np.linspace(0, len(rows) - 1, 12).astype(int)
    parts = [
        rgb[v - half : v + half + 1, u - half : u + half + 1].reshape(-1, 3)
        for v, u in zip(rows[picks], columns[picks], strict=True)
    ]
    middles = np.asarray([np.median(part, axis=0) / 255 for part in parts if part.size], np.float32)
    # A collar or a shadow that was taken for the neck has other colours than this person's skin.
    skin = np.asarray(parse.skin if parse.skin is not None else (60.0, 12.0, 18.0), np.float32)
    away = np.linalg.norm(shading_free(rgb_to_lab(middles)) - shading_free(skin), axis=1)
    return middles[away < 0.09]


def _upright(rgb: U8, face: Face, side: int) -> U8:
    """The face's box turned upright at `side` x `side` pixels, with a quarter of it around."""
    x, y, width = face.box[0] + face.box[2] / 2, face.box[1] + face.box[3] / 2, max(face.box[2], 1.0)
    turn = cv2.getRotationMatrix2D((x, y), face.angle, side / width / 1.5)
    turn[:, 2] += side / 2 - np.array([x, y])
    method = cv2.INTER_AREA if width > side else cv2.INTER_LINEAR
    return np.asarray(
        cv2.warpAffine(rgb, turn, (side, side), flags=method, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _patches(rgb: U8, face: Face) -> F32:
    """Median gamma-encoded RGB of patches on cheeks, forehead, nose and chin that agree on being skin: N x 3."""
    side = 192
    patch = cv2.GaussianBlur(_upright(rgb, face, side), (0, 0), 1.0)
    values = np.asarray(patch, np.float32) / np.float32(255)
    lab = rgb_to_lab(values)
    inner = values[side // 3 : 3 * side // 4, side // 3 : 2 * side // 3]
    model = fit_skin(rgb_to_lab(inner).reshape(-1, 3))
    if model is None:
        return np.zeros((0, 3), np.float32)
    like = skin_likeness(lab, model)
    # Shares of the box: forehead, both cheeks in mirrored pairs, nose, chin.
    pairs = [(0.5 - u, v) for u in (0.16, 0.22, 0.28) for v in (0.56, 0.63, 0.7)]
    places = [
        *pairs,
        *((1 - u, v) for u, v in pairs),
        (0.42, 0.2),
        (0.5, 0.2),
        (0.58, 0.2),
        (0.5, 0.26),
        (0.5, 0.98),
        (0.5, 0.55),
    ]
    found: list[F32] = []
    half = side // 48
    for u, v in places:
        x, y = (round(side * (1 / 6 + value / 1.5)) for value in (u, v))
        part = slice(y - half, y + half + 1), slice(x - half, x + half + 1)
        if float(like[part].mean()) > 0.5:
            found.append(np.median(values[part].reshape(-1, 3), axis=0))
    return np.asarray(found, np.float32).reshape(-1, 3)


def measure_hair(rgb: U8, parse: PersonParse, light: Light | None = None) -> NamedTone:
    """The hair's colour, as lit by neutral light when the picture tells."""
    hair = parse.regions.get("hair")
    if hair is None or float((hair > 0.9).sum()) < 200:
        return NamedTone(None, None, 0.0, "cannot tell: no hair was found")
    light = light or find_light(rgb, parse)
    if light.gains is None:
        return NamedTone(None, None, 0.0, light.reason)
    pixels = rgb[hair > 0.9]
    values = pixels[:: max(1, len(pixels) // 5000)].astype(np.float32) / np.float32(255)
    lab = np.median(corrected(values, light), axis=0)
    return NamedTone(hair_name(lab), (float(lab[0]), float(lab[1]), float(lab[2])), 0.8)


def hair_name(lab: NDArray[np.floating]) -> str:
    """A usual word for a hair colour given as CIE L*a*b*."""
    lightness, a, b = (float(value) for value in lab)
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)))
    if lightness < 20:
        return "black"
    if chroma < 5:
        return "white" if lightness > 75 else "grey"
    if chroma > 18 and hue < 58 and lightness < 60:
        return "red"
    if lightness > 58:
        return "blond"
    return "light brown" if lightness > 44 else "brown" if lightness > 30 else "dark brown"


def measure_eyes(rgb: U8, parse: PersonParse, light: Light | None = None) -> NamedTone:
    """The eyes' colour; abstains when the face is small in the picture or the light is unknown."""
    face = parse.face
    if face is None or len(face.eyes) < 2 or face.box[2] < LEAST_FACE_FOR_EYES:
        return NamedTone(None, None, 0.0, "cannot tell: the eyes are too small in the picture")
    light = light or find_light(rgb, parse)
    if light.gains is None:
        return NamedTone(None, None, 0.0, light.reason)
    irises = [_iris(rgb, one, light) for one in find_irises(rgb, face)]
    if len(irises) < 2 or min(len(one) for one in irises) < 12:
        return NamedTone(None, None, 0.0, "cannot tell: the eyes are not open to the camera")
    medians = [np.median(one, axis=0) for one in irises]
    if float(np.linalg.norm(medians[0] - medians[1])) > 18:
        return NamedTone(None, None, 0.0, "cannot tell: the two eyes differ in the picture")
    middle = np.mean(medians, axis=0)
    sure = float(np.clip(0.35 + (face.box[2] - LEAST_FACE_FOR_EYES) / 400, 0.35, 0.8))
    return NamedTone(eye_name(middle), (float(middle[0]), float(middle[1]), float(middle[2])), round(sure, 2))


def _iris(rgb: U8, iris: tuple[float, float, float], light: Light) -> F32:
    """CIE L*a*b* of one iris's ring, without pupil, reflections and lids: N x 3."""
    x, y, radius = iris
    reach = int(radius) + 2
    v, u = np.mgrid[int(y) - reach : int(y) + reach + 1, int(x) - reach : int(x) + reach + 1]
    v, u = np.clip(v, 0, rgb.shape[0] - 1), np.clip(u, 0, rgb.shape[1] - 1)
    away: Any = np.hypot(u - x, v - y)
    ring = (away > 0.4 * radius) & (away < 0.95 * radius) & (v > y - 0.7 * radius)
    lab = corrected(rgb[v[ring], u[ring]].astype(np.float32) / np.float32(255), light)
    return lab[lab[:, 0] < np.percentile(lab[:, 0], 70)] if len(lab) else lab


def eye_name(lab: NDArray[np.floating]) -> str:
    """A usual word for an eye colour given as CIE L*a*b*."""
    a, b = float(lab[1]), float(lab[2])
    if b < -2:
        return "blue"
    if float(np.hypot(a, b)) < 4:
        return "grey"
    if a < 0:
        return "green"
    return "hazel" if float(lab[0]) > 38 and b > 14 else "brown"
