"""A photograph at the size it is analysed at, with what every step of the analysis reads from it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.silhouette import Backdrop
from bottega.fashion.person.skin_model import SkinModel
from bottega.fashion.person.values import Face
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import F32, U8

Bool = NDArray[np.bool_]

SIDE = 512
"""Long side in pixels of the analysis."""

CHIN_BELOW_BOX = 1.15
HEAD_PER_BOX = 1.48
"""The cascades' boxes run from the brows to below the mouth: chin below the box's top edge and head height (chin to
crown), as shares of the box's side, measured on frontal portraits."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the head is, in pixels of the analysis: the chin, the direction is upright; `unit` = head height."""

    chin: tuple[float, float]
    unit: float


@dataclass(frozen=True, slots=True)
class Scene:
    """`rgb` H x W x 3 uint8 and `lab` H x W x 3 at the analysis size; `scale` = analysis size / full size. `skin` is
    H x W in [0, 1]. `head` is estimated from the shoulders when `face` is None."""

    rgb: U8
    lab: F32
    scale: float
    face: Face | None
    head: Head
    backdrop: Backdrop
    silhouette: Bool
    outlines: tuple[Bool, ...]
    """The hypotheses that `silhouette` is the majority of."""
    sure: float
    """Their least overlap."""
    skin: F32
    skin_model: SkinModel | None

    @property
    def outline_known(self) -> bool:
        """Whether the outline may be taken as given when what lies inside it is told apart."""
        return self.sure > 0.85 or (self.backdrop.studio and self.backdrop.plain > 0.9 and self.sure > 0.7)


def reduced(rgb: U8) -> tuple[U8, F32, float]:
    """`rgb` at the analysis size, slightly smoothed, its CIE L*a*b*, and the scale."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = rgb if scale == 1 else np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    lab = rgb_to_lab(small.astype(np.float32) / np.float32(255))
    return small, np.asarray(cv2.GaussianBlur(lab, (0, 0), 0.8), np.float32), scale


def head_of(face: Face) -> Head:
    """Chin and head height from a face's box, along the head's own axis."""
    x, y, side = face.box[0] + face.box[2] / 2, face.box[1], face.box[2]
    turn = np.radians(0 if face.angle == 90 else face.angle)
    down = (CHIN_BELOW_BOX - 0.5) * side
    middle = y + side / 2
    return Head((float(x - down * np.sin(turn)), float(middle + down * np.cos(turn))), HEAD_PER_BOX * side)


def grid(shape: tuple[int, ...], head: Head) -> tuple[F32, F32]:
    """Each pixel's place in head heights right of and below the chin: two H x W arrays, not to be
    written to."""
    x, y = (np.asarray(range(count), np.float32) for count in (shape[1], shape[0]))
    across = (x - np.float32(head.chin[0])) / np.float32(head.unit)
    down = (y - np.float32(head.chin[1])) / np.float32(head.unit)
    size = (shape[0], shape[1])
    return np.broadcast_to(across, size), np.broadcast_to(down[:, None], size)
