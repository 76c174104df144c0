"""What is known of a garment from its product picture."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bottega.fashion.findings import Check
from bottega.imaging.picture import F32

GarmentKind = Literal["top", "bottom", "dress", "outerwear", "shoes", "accessory", "unknown"]
Sleeves = Literal["none", "short", "elbow", "long", "unknown"]
Length = Literal["cropped", "hip", "thigh", "knee", "midi", "long", "unknown"]
"""Where the hem of a top or dress comes to; of trousers and skirts `thigh` (shorts, mini), `knee`, `midi`, `long`."""
Pattern = Literal["plain", "striped", "checked", "dotted", "floral", "print", "textured", "unknown"]


@dataclass(frozen=True, slots=True)
class NamedColour:
    """One colour of a garment or a person. `share` of its area, 0 to 1; `lab` is CIE L*a*b* (D65)."""

    hex: str
    name: str
    share: float
    lab: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Garment:
    """A parsed garment picture of H x W pixels.

    `alpha` (H x W float32 in [0, 1]) is its cut-out without the inner back of the collar. `landmarks` names points
    (x, y) in pixels with a confidence: `collar_left`, `collar_right`, `collar_front` (lowest point of the neckline),
    `shoulder_left`, `shoulder_right`, `armpit_left`, `armpit_right`, `cuff_left_outer`, `cuff_left_inner`,
    `cuff_right_outer`, `cuff_right_inner`, `hem_left`, `hem_right`, `waist_left`, `waist_right`, `crotch`; left and
    right are the viewer's. What does not exist on this kind or was not found is not there. `confidence` of the cut-out
    is the agreement of the hypotheses, 0 to 1.
    """

    alpha: F32
    kind: GarmentKind
    kind_confidence: float
    sleeves: Sleeves
    length: Length
    pattern: Pattern
    colours: tuple[NamedColour, ...]
    landmarks: dict[str, tuple[float, float, float]]
    confidence: float
    worn: bool
    """True when the picture shows it on a person."""
    sheer: bool
    check: Check
    sleeves_confidence: float = 0.0
    length_confidence: float = 0.0
    """How far sleeves and length are from the neighbouring class, 0.5 (on the border) to 1; 0 where it was not measured."""
    mannequin: float = 0.0
    """How far its proportions are those of cloth on an invisible mannequin, 1, and not of cloth laid flat, 0."""
    hood: F32 | None = None
    """H x W float32 in [0, 1]: the hood above the shoulders, which `alpha` is without; None where there is none."""
    stand: F32 | None = None
    """H x W float32 in [0, 1]: the stand-up collar above the shoulders, which `alpha` is without; None where there is
    none."""

    @property
    def whole(self) -> F32:
        """H x W float32 in [0, 1]: the cut-out with its hood or stand-up collar."""
        parts = [part for part in (self.hood, self.stand) if part is not None]
        return np.maximum.reduce([self.alpha, *parts])
