"""Signs that somebody wears the garment: faces and bare skin. Who it is, nobody asks."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bottega.errors import ResourceError
from bottega.fashion.garment.arrays import array, resized
from bottega.fashion.garment.cutout import Bools
from bottega.imaging.arrays import medians, picked, quantile
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32, U8

Box = tuple[int, int, int, int]
SIDE = 384
"""Long side in pixels at which faces are looked for."""
TURNS = (0.0, -20.0, 20.0)
"""Degrees by which the picture is turned for the detector, which knows upright faces."""

GREY = 5.0
"""CIE chroma up to which a picture is one without colours."""
ONE_HUE = 8.0
"""Difference of CIE a* and b*."""
SKIN_OF_FACE = 0.15
"""Share of the detector's box."""


@dataclass(frozen=True, slots=True)
class Wearer:
    """`faces` found; `animal`: a cat's face; `skin`: share of the garment's mask that is bare skin at its rim."""

    faces: int
    animal: bool
    skin: float
    limbs: int

    @property
    def there(self) -> bool:
        return self.faces > 0 or (self.limbs >= 2 and 0.03 < self.skin < 0.6)


def find_wearer(rgb: U8, lab: F32, mask: Bools) -> Wearer:
    """Look for a person in an analysis-size picture `rgb` (h x w x 3), its `lab`, and the `mask` of its subject.

    Raises ResourceError when this OpenCV came without its detectors.
    """
    grey = array(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
    if min(grey.shape) < 24:
        return Wearer(0, False, 0.0, 0)
    calm: F32 = array(cv2.GaussianBlur(lab, (0, 0), 1.5))
    skin, limbs = _bare_skin(calm, mask)
    # Turned heads only where there is skin to suggest one.
    turns = TURNS if skin > 0.005 else TURNS[:1]
    flesh = _flesh(lab, calm)
    share = SIDE / max(grey.shape)
    if share < 1:
        size = max(24, round(grey.shape[1] * share)), max(24, round(grey.shape[0] * share))
        grey, flesh = resized(grey, *size), resized(flesh, *size)
    colourless = bool((flesh == 1).all())
    faces = max(_faces(grey, flesh, turn, colourless) for turn in turns)
    return Wearer(faces, bool(_found(grey, "haarcascade_frontalcatface.xml", 6)), skin, limbs)


def _flesh(lab: F32, calm: F32) -> F32:
    """1 where a face may be, h x w; `calm` is `lab`, blurred: in colours of skin; anywhere in a picture without colours."""
    if float(quantile(np.hypot(lab[..., 1], lab[..., 2]), 0.95)) < GREY:
        return np.ones(lab.shape[:2], np.float32)
    return _skin_coloured(calm).astype(np.float32)


def _faces(grey: Any, flesh: F32, turn: float, colourless: bool) -> int:
    """Faces with skin in them: flowers and stripes have eyes and mouths too. Where there are no colours to tell, as in
    pictures of white, grey and black cloth, a second detector must see the same face."""
    if turn:
        height, width = grey.shape
        rotation = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
        grey = cv2.warpAffine(grey, rotation, (width, height), borderMode=cv2.BORDER_REPLICATE)
        flesh = array(cv2.warpAffine(flesh, rotation, (width, height)))
    found = _found(grey, "haarcascade_frontalface_alt2.xml", 5)
    if colourless and found:
        others = _found(grey, "haarcascade_frontalface_default.xml", 5)
        found = [face for face in found if any(_same(face, other) for other in others)]
    return sum(float(flesh[y : y + high, x : x + wide].mean()) > SKIN_OF_FACE for x, y, wide, high in found)


def _same(face: Box, other: Box) -> bool:
    """Whether two boxes (left, top, width, height) are about the same place and size."""
    apart = max(
        abs(a + c / 2 - b - d / 2)
        for a, b, c, d in zip(face[:2], other[:2], face[2:], other[2:], strict=True)
    )
    return apart < 0.25 * face[2] and 0.6 < other[2] / face[2] < 1.7


def _found(grey: Any, file: str, neighbours: int) -> list[Box]:
    least = max(24, max(grey.shape) // 16)
    found: Any = _detector(file).detectMultiScale(grey, 1.12, neighbours, minSize=(least, least))
    return [(int(x), int(y), int(wide), int(high)) for x, y, wide, high in found]


@lru_cache(maxsize=4)
def _detector(file: str) -> cv2.CascadeClassifier:
    path = Path(str(cv2.__file__)).parent / "data" / file
    detector = cv2.CascadeClassifier(str(path))
    if detector.empty():
        raise ResourceError(
            f"This OpenCV came without its face detector {file}.",
            hint="Install opencv-python-headless below version 5.",
        )
    return detector


def _bare_skin(calm: F32, mask: Bools) -> tuple[float, int]:
    """Share of `mask` that is skin-coloured, smooth and at the rim, in pieces that are not the bulk of the garment,
    and the number of such pieces."""
    total = int(mask.sum())
    if total < 50:
        return 0.0, 0
    skin = mask & _skin_coloured(calm)
    steep = np.abs(array(cv2.Laplacian(calm[..., 0], cv2.CV_32F)))
    skin &= steep < 4
    skin = array(cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))) > 0
    rim = mask & (array(cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0)) == 0)
    found = parts_of(skin)
    areas = found.areas()
    touching = np.bincount(found.labels[rim], minlength=found.count)
    pieces = [
        int(areas[n])
        for n in range(1, found.count)
        if areas[n] > 0.012 * total and touching[n] > 0.1 * np.sqrt(areas[n])
    ]
    share = sum(pieces) / total
    # Beige cloth is skin-coloured too, but then it is most of what there is, or the rest is of the same hue.
    return (share, len(pieces)) if share < 0.6 and not _of_one_hue(calm, skin, mask) else (0.0, 0)


def _of_one_hue(calm: F32, skin: Bools, mask: Bools) -> bool:
    """Whether what is not skin-coloured is the same cloth in another light."""
    rest = mask & ~skin & (array(cv2.erode(mask.astype(np.uint8), np.ones((7, 7), np.uint8))) > 0)
    if not skin.any() or not rest.any():
        return False
    one, other = medians(picked(calm, skin)), medians(picked(calm, rest))
    return bool(np.hypot(*(one - other)[1:]) < ONE_HUE)


def _skin_coloured(lab: F32) -> Bools:
    """Lab of human skin in ordinary light: hue angle 25 to 75 degrees, chroma 10 to 40 (after Zeng and Luo, Color
    Research and Application 36(5), 2011, widened for uncalibrated cameras)."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    return (lab[..., 0] > 18) & (lab[..., 0] < 92) & (chroma > 9) & (chroma < 42) & (hue > 25) & (hue < 76)
