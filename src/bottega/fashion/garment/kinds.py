"""Kind, sleeves and length of a garment from the descriptors of its shape; thresholds with where they come from.

Lengths are compared in the garment's own units: an adult's chest, armhole and shoulders in tailors' tables
(EN 13402-3, sizes S to L) stand for centimetres, since a picture has no scale.
"""

import math
from dataclasses import dataclass

import numpy as np

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
SLEEVE_CM: tuple[tuple[float, Sleeves], ...] = ((31, "short"), (48, "elbow"), (1e9, "long"))
LYING_SLEEVE_CM: tuple[tuple[float, Sleeves], ...] = ((25, "short"), (46, "elbow"), (1e9, "long"))
"""Upper limits of the length of a sleeve, cm; along the body it hangs inwards and shows less of it."""
LYING_EVIDENCE = 0.6
"""What sleeves that show as no more than a step say for clothes of the upper body."""
CHEST_CM, DRESS_CHEST_CM, ARMHOLE_CM = 48.0, 44.0, 23.5
WAIST_CM, LONG_SLEEVE_CM = 41.0, 62.0
"""Half round of a garment laid flat (body 92 cm plus ease), and depth of the armhole below the shoulder point's top."""


def classify(shape: Shape, opening: float) -> Kinds:
    """Name the shape. `opening`: how much a line down the middle of the front stands out, 0 to 1."""
    if _is_legs(shape):
        return _bottom(_sure(shape, 0.95), shape, LEG_RATIO)
    if not shape.sleeves and _is_bag(shape):
        return Kinds("accessory", 0.6, "unknown", "unknown")
    if shape.sleeves or _is_sleeveless(shape):
        return _upper(shape, opening)
    if _is_shoe(shape):
        return Kinds("shoes", 0.6, "unknown", "unknown")
    if _is_skirt(shape):
        # A sheet of paper, a book and a screen are upright and even too, but as wide at the top as below.
        waist = _ramp(shape.top_width / max(1.0, shape.widest), 0.99, 0.94)
        return _bottom(_sure(shape, 0.75) * waist, shape, SKIRT_RATIO)
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
        and shape.notch < 0.06 * shape.widest
        and 0.35 * shape.widest < shape.top_width < 1.02 * shape.widest
        and shape.hem_width > 0.85 * shape.widest
        and 0.5 < shape.height / shape.width < 4
    )


def _is_bag(shape: Shape) -> bool:
    return (
        shape.holes >= 1
        and shape.hole_row < 0.5
        and shape.hem_width > 0.6 * shape.widest
        and shape.symmetry > 0.6
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
    evidence = _upper_evidence(shape)
    if opening > 0.5 and sleeves in ("long", "elbow") and length < 130:
        return Kinds("outerwear", _sure(shape, 0.5 + 0.4 * opening) * evidence, sleeves, name, *sure)
    # A long top and a short dress meet at the thigh: the nearer to the border, the less is sure.
    far = min(1.0, abs(np.log(max(length, 1.0) / 78)) / 0.15)
    kind: GarmentKind = "dress" if length >= 78 else "top"
    return Kinds(kind, _sure(shape, 0.6 + 0.35 * far) * evidence, sleeves, name, *sure)


def _upper_evidence(shape: Shape) -> float:
    """How much speaks for clothes of the upper body beyond corners in an outline, 0 to 1: a hem as wide as the body, a
    neckline or a collar between paired sleeves, sleeves alike on both sides, and an outline that is no mere oval.

    Each bound lies well outside of what drawn garments in all cuts, tilts and crops were measured to have.
    """
    chest = max(1.0, shape.chest)
    hem = _ramp(shape.hem_width / chest, 0.5, 0.7)
    hollow = _ramp(shape.solidity, 0.985, 0.965)
    left, right = shape.left, shape.right
    if left is not None and right is not None:
        across = left.outer[0] + right.outer[0] - 2 * shape.axis
        apart = float(np.hypot(across, left.outer[1] - right.outer[1])) / shape.height
        # A step in the outline says less than an arm that stands apart.
        paired = not lies_on_body(shape)
        arms = _ramp(apart, 0.4, 0.2) * (1.0 if paired else LYING_EVIDENCE)
    else:
        paired = shape.armholes is not None
        arms = 1.0 if paired else 0.5
    # A hood or a stand-up collar has no dip: then the arms must say it.
    neck = max(_ramp(shape.notch / chest, 0.02, 0.06) * (1.0 if paired else 0.8), 0.8 if paired else 0.15)
    return hem * hollow * arms * neck


def _ramp(value: float, none: float, full: float) -> float:
    """0 at `none` and before, 1 at `full` and beyond, straight between."""
    return float(np.clip((value - none) / (full - none), 0, 1))


def unit_cm(shape: Shape) -> float:
    """Centimetres per pixel, as far as the garment's own proportions tell: what its parts measure on adults, averaged
    over the cues that are to be seen, each with the weight of its spread from garment to garment."""
    guesses, weights = [CHEST_CM / max(1.0, shape.chest)], [1 / 0.13**2]
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
        return "none" if shape.bare else "long"
    along = sleeve_cm(shape)
    limits = LYING_SLEEVE_CM if lies_on_body(shape) else SLEEVE_CM
    return next(label for limit, label in limits if along < limit)


def lies_on_body(shape: Shape) -> bool:
    """Whether the sleeves lie on the body: the corner seen is that of the cuff and not the armpit."""
    return all(abs(side.inner[1] - side.armpit[1]) < 0.08 * shape.chest for side in shape.sleeves) and all(
        side.area < 0.02 * shape.width * shape.height for side in shape.sleeves
    )


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
