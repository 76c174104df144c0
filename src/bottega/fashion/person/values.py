"""What is known of a person from a photograph. No judgement of bodies, and no guess of measures in centimetres."""

from dataclasses import dataclass
from typing import Literal

from bottega.fashion.findings import Check
from bottega.imaging.picture import F32

Region = Literal[
    "hair", "face", "neck", "top", "bottom", "dress", "left_arm", "right_arm", "hands", "legs", "shoes"
]
Box = tuple[float, float, float, float]
"""x, y, width, height in pixels."""


@dataclass(frozen=True, slots=True)
class Face:
    """`angle` of the head in degrees, clockwise positive."""

    box: Box
    angle: float
    confidence: float
    eyes: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class BodyFrame:
    """Joints (x, y) in pixels with a confidence: `neck`, `shoulder_left`, `shoulder_right`, `elbow_left`, `elbow_right`,
    `wrist_left`, `wrist_right`, `chest_left`, `chest_right`, `waist_left`, `waist_right`, `hip_left`, `hip_right`,
    `crotch`, `knee_left`, `knee_right`, `ankle_left`, `ankle_right`; left and right are the viewer's. What is outside
    the picture or was not found is not there. `head_height` is chin to crown in pixels, the unit of proportions."""

    joints: dict[str, tuple[float, float, float]]
    head_height: float
    facing: Literal["front", "three_quarter", "side", "back", "unknown"]
    arms: Literal["beside", "raised", "crossing", "hidden", "unknown"]
    seated: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class PersonParse:
    """A parsed photograph of H x W pixels.

    `silhouette` and each of `regions` are H x W float32 in [0, 1]; a region that is not in the picture is not there.
    `agreement` is the least intersection over union of the hypotheses for the worn top (or dress), 0 to 1: the
    confidence of everything that depends on it. `skin` holds the skin's median colour as CIE L*a*b* (D65), or None.
    """

    face: Face | None
    faces: int
    frame: BodyFrame | None
    silhouette: F32
    regions: dict[Region, F32]
    agreement: float
    skin: tuple[float, float, float] | None
    worn_pattern: Literal["plain", "patterned", "unknown"]
    headless: bool
    check: Check
