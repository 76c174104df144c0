"""Whether a garment is shown on a mannequin that was retouched away, and not laid flat: a girth seen from the front is a
breadth, so that the same top looks a quarter narrower, and its sleeves hang along the body.

Breadths of women's and men's busts of shop windows (EN 13402 size M): chest 32 to 38 cm seen from the front where the
garment laid flat measures 46 to 52; the neck's and the shoulders' breadths are the same in both.
"""

from bottega.fashion.garment.evidence import ramp
from bottega.fashion.garment.shape import Shape

SUNK = 0.02
"""Depth of the upper outline's dip, in breadths of the chest, between two straps."""
ROUND = 1.45
"""Breadth of cloth laid flat, in breadths of it on a mannequin."""


def on_mannequin(shape: Shape) -> float:
    """How far the proportions are those of cloth on a body, 0 (laid flat) to 1."""
    if shape.collar is None:
        return 0.0
    left, right, _ = shape.collar
    neck = (right[0] - left[0]) / shape.chest
    if len(shape.sleeves) == 2:
        top = (left[1] + right[1]) / 2
        depth = sum(side.armpit[1] - top for side in shape.sleeves) / 2 / shape.chest
        return ramp(neck, 0.42, 0.54) * ramp(depth, 0.64, 0.84)
    if shape.notch < SUNK * shape.chest:
        return 0.0
    # Straps end as far out on a mannequin as the chest is seen broad; laid flat it is broader.
    return ramp(neck, 0.3, 0.4) * ramp(shape.top_width / shape.chest, 0.88, 0.97)
