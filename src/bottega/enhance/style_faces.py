"""Faces in styled pictures: where they are, and the likeness given back to them where a style took it.

Faces are found by Viola-Jones cascades (Viola and Jones 2001, as shipped with OpenCV): upright, frontal ones.
"""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from bottega.enhance.style_flow import enlarge, plain, shrink, smooth
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

Box = tuple[float, float, float, float]
"""x, y, width and height as shares of the picture's width (x, width) and height (y, height)."""

SEARCH_SIDE = 640
CASCADE = "haarcascade_frontalface_alt2.xml"
VOTES = 5
"""Overlapping findings that make a face: 5 leaves few that are none."""
SMALLEST = 1 / 22
"""Of the longer side: below, a face has no features that a style could take."""
LIKENESS = 0.7
"""Share of the face's own shading that is given back."""


def find_faces(rgb: F32) -> list[Box]:
    """Boxes of faces in H x W x 3 in [0, 1], from the left to the right."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SEARCH_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if min(size) < 24:  # the cascades' window
        return []
    grey = luma(shrink(rgb, *size))
    least = max(24, round(max(size) * SMALLEST))
    eight_bit = cv2.equalizeHist(np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8))
    found = _cascade().detectMultiScale(eight_bit, 1.1, VOTES, minSize=(least, least))
    return sorted(
        (x / size[0], y / size[1], w / size[0], h / size[1])
        for x, y, w, h in ((int(value) for value in box) for box in found)
    )


@lru_cache(maxsize=1)
def _cascade() -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(str(cv2.__file__)).parent / "data" / CASCADE))


def face_mask(faces: list[Box], height: int, width: int) -> F32:
    """H x W in [0, 1]: 1 in the ovals of faces, softly 0 around them."""
    mask = np.zeros((height, width), np.float32)
    y, x = np.arange(height, dtype=np.float32)[:, None] + 0.5, np.arange(width, dtype=np.float32)[None] + 0.5
    for left, top, wide, high in faces:
        # Ovals a little higher than the box, which ends at brows and chin.
        across = (x - (left + wide / 2) * width) / (0.52 * wide * width)
        down = (y - (top + 0.5 * high) * height) / (0.66 * high * height)
        mask = np.maximum(mask, np.clip((1.25 - np.sqrt(across**2 + down**2)) / 0.5, 0, 1))
    return (mask * mask * (3 - 2 * mask)).astype(np.float32)


def with_likeness(styled: F32, original: F32, faces: list[Box]) -> F32:
    """`styled` whose faces have the shading of `original`, both H x W x 3 in [0, 1]: eyes and mouth are where they
    were, while colours, strokes finer than a face's features and what is outside stay those of the style."""
    result = styled.copy()
    height, width = styled.shape[:2]
    for face in faces:
        left, top, wide, high = face
        rows = slice(max(0, int((top - 0.4 * high) * height)), int((top + 1.4 * high) * height) + 1)
        columns = slice(max(0, int((left - 0.3 * wide) * width)), int((left + 1.3 * wide) * width) + 1)
        own, wanted = result[rows, columns], original[rows, columns]
        across = wide * width
        # The band of a face's features: finer is the style's texture, coarser its light.
        missing = _band(luma(wanted), across) - _band(luma(own), across)
        y0, x0, box_h, box_w = rows.start, columns.start, own.shape[0], own.shape[1]
        inside: Box = (
            (left * width - x0) / box_w,
            (top * height - y0) / box_h,
            wide * width / box_w,
            high * height / box_h,
        )
        share = LIKENESS * face_mask([inside], box_h, box_w)
        result[rows, columns] = np.clip(own + (share * missing)[..., None], 0, 1)
    return result


def _band(grey: F32, across: float) -> F32:
    height, width = grey.shape
    return smooth(grey, across / 90) - _blurred(grey, across / 7, height, width)


def _blurred(grey: F32, sigma: float, height: int, width: int) -> F32:
    scale = min(1.0, 8 / sigma) if sigma > 0 else 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = smooth(shrink(grey, *size), sigma * scale)
    return plain(enlarge(small, width, height))
