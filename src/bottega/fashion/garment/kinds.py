"""Kind, sleeves and length of a garment from the descriptors of its shape; thresholds with where they come from.

Lengths are compared in the garment's own units: an adult's chest, armhole and shoulders in tailors' tables
(EN 13402-3, sizes S to L) stand for centimetres, since a picture has no scale.
"""

import math
from dataclasses import dataclass

import numpy as np

from bottega.fashion.garment.evidence import (
    has_waistband,
    is_bag,
    lies_on_body,
    skirt_evidence,
    upper_evidence,
)
from bottega.fashion.garment.mannequin import ROUND, on_mannequin
from bottega.fashion.garment.shape import Shape
from bottega.fashion.garment.sleeves import Sleeve
from bottega.fashion.garment.values import GarmentKind, Length, Sleeves


@dataclass(frozen=True, slots=True)
class Kinds:
    """`confidence` of the kind, 0 to 1; 0 with kind `unknown`. Those of sleeves and length say how far the measure lies
    from the border to the neighbouring class: 0.5 on it."""

    kind: GarmentKind
    confidence: float
    sleeves: Sleeves
    length: Length
    sleeves_confidence: float = 0.0
    length_confidence: float = 0.0


UPPER_CM: tuple[tuple[float, Length], ...] = (
    (51.5, "cropped"), (78, "hip"), (94, "thigh"), (112, "knee"), (133, "midi"), (1e9, "long"),
)  # fmt: skip
"""Upper limits of the length from the shoulder, cm."""
SLEEVE_CM: tuple[tuple[float, Sleeves], ...] = ((30, "short"), (48, "elbow"), (1e9, "long"))
LYING_SLEEVE_CM: tuple[tuple[float, Sleeves], ...] = ((25, "short"), (46, "elbow"), (1e9, "long"))
"""Upper limits of the length of a sleeve, cm; along the body it hangs inwards and shows less of it."""
DRESS_CM = 79.0
"""From this length on a top is called a dress."""
CHEST_CM, DRESS_CHEST_CM, ARMHOLE_CM = 48.0, 44.0, 23.5
WAIST_CM, LONG_SLEEVE_CM = 41.0, 62.0
"""Half round of a garment laid flat (body 92 cm plus ease), and depth of the armhole below the shoulder point's top."""


def classify(shape: Shape, opening: float) -> Kinds:
    """Name the shape. `opening`: how much a line down the middle of the front stands out, 0 to 1."""
    if _is_legs(shape):
        return _bottom(_sure(shape, 0.95), shape, LEG_RATIO)
    if is_bag(shape):
        return Kinds("accessory", 0.6, "unknown", "unknown")
    waisted = not shape.sleeves and _is_skirt(shape) and has_waistband(shape)
    if not waisted and (shape.sleeves or _is_sleeveless(shape)):
        return _upper(shape, opening)
    if _is_shoe(shape):
        return Kinds("shoes", 0.6, "unknown", "unknown")
    if _is_skirt(shape):
        return _bottom(0.97 * skirt_evidence(shape), shape, SKIRT_RATIO)
    if _is_strip(shape):
        return Kinds("accessory", 0.5, "unknown", "unknown")
    return Kinds("unknown", 0.0, "unknown", "unknown")


def _sure(shape: Shape, most: float) -> float:
    return float(most * np.clip((shape.symmetry - 0.5) / 0.35, 0, 1))


def _is_legs(shape: Shape) -> bool:
    if shape.split is None or shape.sleeves or shape.holes > 1:
        return False
    # Cuffs that hang lower than the hem of a top leave a gap too, as wide as its body and under a neckline.
    if shape.split_width > 0.45 * shape.width and shape.notch > 0.05 * shape.chest:
        return False
    rise = shape.split[1] - shape.box[1]
    # Two hanging ends of a scarf part almost at its top.
    if rise < 0.17 * shape.height:
        return False
    legs = shape.box[1] + shape.height - shape.split[1]
    return (
        legs > 0.1 * shape.height
        and shape.symmetry > 0.6
        and shape.top_width > 0.45 * shape.widest
        and shape.fill > 0.4
    )


def _is_sleeveless(shape: Shape) -> bool:
    if shape.collar is None or shape.symmetry < 0.72:
        return False
    left, right, _ = shape.collar
    wide = right[0] - left[0]
    return (
        shape.notch > 0.035 * shape.chest
        and 0.12 * shape.chest < wide < 0.95 * shape.chest
        and shape.fill > 0.35
    )


def _is_skirt(shape: Shape) -> bool:
    return (
        shape.symmetry > 0.82
        and shape.solidity > 0.88
        and shape.holes == 0
        and shape.notch < 0.1 * shape.widest
        and 0.35 * shape.widest < shape.top_width < 1.02 * shape.widest
        and shape.hem_width > 0.85 * shape.widest
        and 0.5 < shape.height / shape.width < 4
    )


def _is_shoe(shape: Shape) -> bool:
    """A flat sole, and a toe at one end that is much lower than the heel at the other."""
    flat = shape.width / shape.height
    if not (
        1.3 < flat < 3.6 and 0.45 < shape.fill < 0.88 and shape.solidity > 0.82 and shape.symmetry < 0.85
    ):
        return False
    on_garment = np.isfinite(shape.lower)
    sole = float((shape.lower[on_garment] >= shape.box[1] + 0.9 * shape.height).mean())
    tall = (shape.lower - shape.upper)[on_garment]
    fifth = max(1, len(tall) // 5)
    ends = sorted(
        (float(np.median(tall[fifth // 2 : fifth])), float(np.median(tall[-fifth : -(fifth // 2) or None])))
    )
    return sole > 0.7 and ends[0] < 0.75 * ends[1]


def _is_strip(shape: Shape) -> bool:
    """A scarf over a hook: long, with a loop or two ends. A strip without either may be anything."""
    ends = shape.holes > 0 or shape.split is not None
    return ends and shape.height > 2.2 * shape.width and shape.fill > 0.4 and shape.symmetry > 0.6


# --- tops, dresses, coats ------------------------------------------------------------------------------------


def _upper(shape: Shape, opening: float) -> Kinds:
    sleeves = _sleeve_class(shape)
    length = upper_length_cm(shape)
    name: Length = next(label for limit, label in UPPER_CM if length < limit)
    sure = _sleeve_sure(shape), _between([limit for limit, _ in UPPER_CM[:-1]], length, 0.1)
    evidence = upper_evidence(shape)
    if opening > 0.5 and sleeves in ("long", "elbow") and length < 130:
        return Kinds("outerwear", (0.5 + 0.4 * opening) * evidence, sleeves, name, *sure)
    # A long top and a short dress meet at the thigh: the nearer to the border, the less is sure.
    kind: GarmentKind = "dress" if length >= DRESS_CM else "top"
    return Kinds(kind, 0.97 * evidence * _between([DRESS_CM], length, 0.08), sleeves, name, *sure)


def unit_cm(shape: Shape) -> float:
    """Centimetres per pixel, as far as the garment's own proportions tell: what its parts measure on adults, averaged
    over the cues that are to be seen, each with the weight of its spread from garment to garment."""
    chest = CHEST_CM / (1 + (ROUND - 1) * on_mannequin(shape))
    guesses, weights = [chest / max(1.0, shape.chest)], [1 / 0.13**2]
    row = shoulder_row(shape)
    for side in shape.sleeves:
        depth = side.armpit[1] - row
        # Deeper than that, the gap under the arm is not seen up to its top.
        if 0.3 * shape.chest < depth < 0.66 * shape.chest:
            guesses.append(ARMHOLE_CM / depth)
            weights.append(0.5 / 0.12**2)
        along = _sleeve_px(shape, side, row)
        if along > 1.05 * shape.chest:
            guesses.append(LONG_SLEEVE_CM / along)
            weights.append(0.5 / 0.09**2)
    waist = _waist_row(shape)
    if waist is not None and waist - row > 0.6 * shape.chest:
        guesses.append(WAIST_CM / (waist - row))
        weights.append(1 / 0.1**2)
    return float(np.exp(np.average(np.log(guesses), weights=weights)))


def _waist_row(shape: Shape) -> float | None:
    """Where the body is clearly narrowest between chest and hip; None where it is not."""
    first, last = shape.chest_row, min(len(shape.torso), int(shape.chest_row + 0.95 * shape.chest))
    widths = (shape.torso[:, 1] - shape.torso[:, 0])[first:last]
    if widths.size < 8 or not np.isfinite(widths).all():
        return None
    least = int(np.argmin(widths))
    if not 0.15 * widths.size < least < 0.9 * widths.size or widths[least] > 0.93 * shape.chest:
        return None
    return float(first + least)


def _sleeve_px(shape: Shape, sleeve: Sleeve, row: float) -> float:
    """From the shoulder's end to the outer cuff. The shoulder's end is taken where it lies on most garments: both it and
    the armpit are hidden on some, the outer cuff never."""
    across = abs(sleeve.outer[0] - shape.axis) - 0.42 * shape.chest
    return float(np.hypot(across, sleeve.outer[1] - row - 0.08 * shape.chest))


def shoulder_row(shape: Shape) -> float:
    """The row where the shoulder line begins: the ends of the collar; under a hood, the shoulders themselves."""
    if shape.collar is not None and shape.notch > 0.02 * shape.chest:
        return float((shape.collar[0][1] + shape.collar[1][1]) / 2)
    columns = [round(shape.axis + side * 0.27 * shape.chest) for side in (-1, 1)]
    rows = [
        float(shape.upper[x]) for x in columns if 0 <= x < len(shape.upper) and np.isfinite(shape.upper[x])
    ]
    return float(np.mean(rows)) if rows else float(shape.box[1])


def upper_length_cm(shape: Shape) -> float:
    """From the shoulder line to the hem. What is long for a top is a dress, and cut closer: `DRESS_CHEST_CM`."""
    length = (shape.hem_row - shoulder_row(shape)) * unit_cm(shape)
    closer = DRESS_CHEST_CM / CHEST_CM
    # Blended, so that the length does not jump where the reading changes.
    return length * float(1 + (closer - 1) * np.clip((length - 76) / 16, 0, 1))


def _sleeve_class(shape: Shape) -> Sleeves:
    if not shape.sleeves:
        # Sleeves that end above the hem leave a step there; those that end with it lie along the whole body.
        return "none" if shape.bare or on_mannequin(shape) > 0.5 else "long"
    along = sleeve_cm(shape)
    limits = LYING_SLEEVE_CM if lies_on_body(shape) else SLEEVE_CM
    return next(label for limit, label in limits if along < limit)


def _sleeve_sure(shape: Shape) -> float:
    if not shape.sleeves:
        return 0.9 if shape.armholes is not None else 0.75 if shape.bare else 0.5
    limits = LYING_SLEEVE_CM if lies_on_body(shape) else SLEEVE_CM
    return _between([limit for limit, _ in limits[:-1]], sleeve_cm(shape), 0.15)


def _between(borders: list[float], value: float, spread: float) -> float:
    """Probability that a measure with a log-normal error of `spread` is on the same side of the nearest border."""
    away = min(abs(math.log(max(value, 1.0) / border)) for border in borders)
    return 0.5 * (1 + math.erf(away / spread / math.sqrt(2)))


def sleeve_cm(shape: Shape) -> float:
    """From the shoulder's end to the outer cuff of the longer sleeve: short 12 to 25 cm, to the elbow 30 to 40, long 55 to 68."""
    row = shoulder_row(shape)
    lengths = [_sleeve_px(shape, sleeve, row) for sleeve in shape.sleeves]
    return max(lengths, default=0.0) * unit_cm(shape)


# --- bottoms -------------------------------------------------------------------------------------------------


LEG_RATIO: tuple[tuple[float, Length], ...] = ((1.36, "thigh"), (1.95, "knee"), (2.15, "midi"), (1e9, "long"))
SKIRT_RATIO: tuple[tuple[float, Length], ...] = ((1.35, "thigh"), (1.9, "knee"), (2.5, "midi"), (1e9, "long"))
"""Upper limits of height over width of the waistband."""


def _bottom(sure: float, shape: Shape, limits: tuple[tuple[float, Length], ...]) -> Kinds:
    name, length_sure = _bottom_length(shape, limits)
    return Kinds("bottom", sure, "unknown", name, 0.0, length_sure)


def _bottom_length(shape: Shape, limits: tuple[tuple[float, Length], ...]) -> tuple[Length, float]:
    ratio = shape.height / max(1.0, shape.top_width)
    name: Length = next(label for limit, label in limits if ratio < limit)
    return name, _between([limit for limit, _ in limits[:-1]], ratio, 0.1)
