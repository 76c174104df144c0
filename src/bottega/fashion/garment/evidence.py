"""What in a shape speaks for clothes of the upper body and what for a skirt, weighed together: no single cue decides.

Each cue adds to the log-odds, from nothing to its weight over a broad range; the weights are the logarithms of how much more
often a garment shows the cue than something else of one piece and even halves does, rounded to halves.
"""

import math

import numpy as np

from bottega.fashion.garment.shape import Shape


def upper_evidence(shape: Shape) -> float:
    """Probability that the outline is one of clothes for the upper body, 0 to 1.

    Speaking for it: a neckline in the middle, shoulders that run outwards from its ends, sleeves alike on both sides or
    two armholes, even halves. Against it: a hem much narrower than the body, and an outline without any hollow.
    """
    odds = -4.5 + _even_halves(shape) + _arms(shape) + _neck(shape)
    odds += 1.5 * ramp(sloping(shape), 0.06, 0.16)
    hem = ramp(shape.hem_width / max(1.0, shape.chest), 0.5, 0.75)
    hollow = ramp(shape.solidity, 0.985, 0.965) * ramp(shape.oval, 0.93, 0.88)
    even = ramp(shape.symmetry, 0.6, 0.75)
    # What is broader than long by far is no garment that hangs from shoulders.
    tall = ramp((shape.hem_row - shape.box[1]) / max(1.0, shape.chest), 0.3, 0.55)
    return probability(odds) * even * hem * hollow * tall


def skirt_evidence(shape: Shape) -> float:
    """Probability that an outline without sleeves, neckline and legs is one of a skirt, 0 to 1.

    Speaking for it: a waistband across the top, clearly narrower than the hips and not a point; sides that widen
    most near the top; even halves. A sheet of paper, a book and a screen are as wide at the top as below.
    """
    waist = shape.top_width / max(1.0, shape.widest)
    odds = -1.0 + _even_halves(shape)
    odds += 2.0 * ramp(waist, 0.99, 0.9) * ramp(waist, 0.3, 0.42)
    odds += 1.5 * ramp(_early_widening(shape), 0.9, 1.6)
    odds += 1.0 * ramp(shape.solidity, 0.88, 0.94)
    # Shoulders and armholes are those of a top whose neckline was not seen.
    odds -= 4.0 * ramp(sloping(shape), 0.06, 0.16) + 2.0 * shape.bare + 2.0 * (shape.armholes is not None)
    odds -= 3.0 * ramp(shape.notch / max(1.0, shape.widest), 0.05, 0.15)
    return probability(odds) * ramp(waist, 0.99, 0.94)


def has_waistband(shape: Shape) -> bool:
    """Whether the top is that of a skirt, where no collar is to be looked for."""
    return not shape.sleeves and skirt_evidence(shape) > max(0.8, upper_evidence(shape))


def is_bag(shape: Shape) -> bool:
    """A body under a handle."""
    return (
        not shape.sleeves
        and shape.holes >= 1
        and shape.hole_row < 0.5
        and shape.hem_width > 0.6 * shape.widest
        and shape.symmetry > 0.6
    )


def shoulder_run(shape: Shape) -> float:
    """How far the upper outline runs outwards from the ends of the neckline before it falls by more than 50 degrees, in
    breadths of the chest: the shorter of both sides. Shoulders and straps run on; a waistband's ends fall at once."""
    if shape.collar is None:
        return 0.0
    chest = max(8.0, shape.chest)
    step = max(2, round(0.04 * chest))
    found: list[float] = []
    for end, side in ((shape.collar[0], -1), (shape.collar[1], 1)):
        column, run = round(end[0]), 0
        while 0 <= column + side * (run + step) < len(shape.upper) and run < 0.4 * chest:
            drop = shape.upper[column + side * (run + step)] - shape.upper[column + side * run]
            if not np.isfinite(drop) or drop > 1.2 * step:
                break
            run += 1
        found.append(run / chest)
    return min(found)


def sloping(shape: Shape) -> float:
    """Over how much of the breadth the upper outline falls like shoulders, by 8 to 50 degrees, on the side where that is
    less. A waistband is flatter, and hips are steeper."""
    left, _, width, _ = shape.box
    step = max(2, round(0.04 * width))
    columns = np.arange(left, left + width - step)
    fall = (shape.upper[columns + step] - shape.upper[columns]) / step
    middle = columns + step / 2
    shares: list[float] = []
    for side in (-1, 1):
        outwards = side * fall[(middle - shape.axis) * side > 0]
        shares.append(float(((outwards > 0.14) & (outwards < 1.2)).sum()) / width)
    return min(shares)


def lies_on_body(shape: Shape) -> bool:
    """Whether the sleeves lie on the body: the corner seen is that of the cuff and not the armpit."""
    return all(abs(side.inner[1] - side.armpit[1]) < 0.08 * shape.chest for side in shape.sleeves) and all(
        side.area < 0.02 * shape.width * shape.height for side in shape.sleeves
    )


def ramp(value: float, none: float, full: float) -> float:
    """0 at `none` and before, 1 at `full` and beyond, straight between."""
    return float(np.clip((value - none) / (full - none), 0, 1))


def probability(odds: float) -> float:
    """Of log-odds."""
    return 1 / (1 + math.exp(-odds))


def _even_halves(shape: Shape) -> float:
    return 3.5 * ramp(shape.symmetry, 0.65, 0.88) - 2.0


def _arms(shape: Shape) -> float:
    left, right = shape.left, shape.right
    if left is not None and right is not None:
        across = left.outer[0] + right.outer[0] - 2 * shape.axis
        apart = float(np.hypot(across, left.outer[1] - right.outer[1])) / shape.height
        like = min(left.area, right.area) / max(left.area, right.area, 1.0)
        # A step in the outline says less than an arm that stands apart.
        weight = 1.5 if lies_on_body(shape) else 2.5
        return weight * (2 * ramp(apart, 0.4, 0.15) * ramp(like, 0.15, 0.4) - 1)
    if shape.armholes is not None:
        return 2.0
    return 0.5 if shape.bare or shape.sleeves else 0.0


def _neck(shape: Shape) -> float:
    """A dip in the middle between shoulders; a hood or a stand-up collar has none, and is narrower than the body instead."""
    chest = max(1.0, shape.chest)
    dip = ramp(shape.notch / chest, 0.02, 0.1)
    odds = 0.0
    if shape.collar is not None:
        left, right, _ = shape.collar
        aside = abs((left[0] + right[0]) / 2 - shape.axis) / chest
        wide = (right[0] - left[0]) / chest
        even = ramp(aside, 0.25, 0.08) * ramp(wide, 0.08, 0.16) * ramp(wide, 1.0, 0.85)
        odds = 2.5 * dip * even + 2.0 * ramp(shoulder_run(shape), 0.03, 0.12) * dip
    narrow = shape.top_width / chest
    stands = 1.5 * ramp(narrow, 0.8, 0.65) * (shape.left is not None and shape.right is not None)
    return max(odds, stands)


def _early_widening(shape: Shape) -> float:
    """How much faster the sides widen in the upper third than over the whole height: above 1 where a waist becomes hips."""
    widths = (shape.torso[:, 1] - shape.torso[:, 0])[shape.box[1] : shape.box[1] + shape.box[3]]
    widths = widths[np.isfinite(widths)]
    if widths.size < 12:
        return 0.0
    top, third, hem = (float(np.median(widths[at : at + 3])) for at in (
        round(0.04 * widths.size), round(0.3 * widths.size), round(0.93 * widths.size)
    ))  # fmt: skip
    whole = max(hem, third) - top
    return 0.0 if whole <= 0.02 * third else float((third - top) / whole / 0.3)
