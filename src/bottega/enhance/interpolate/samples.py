"""Frames as they come (grey, alpha, 8 bit, 16 bit, float) to planes that can be moved and mixed, and back, bit for bit."""

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import white
from bottega.errors import InvalidOption
from bottega.imaging.picture import F32

Frame = NDArray[Any]
"""H x W, or H x W x 1 to 4 (grey, grey + alpha, RGB, RGBA); uint8, uint16, or float32 in [0, 1]."""
FRAME_TYPES = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32))


@dataclass(frozen=True, slots=True)
class Layout:
    """What a frame looked like, so that one made from it looks the same."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def has_alpha(self) -> bool:
        return len(self.shape) == 3 and self.shape[2] in (2, 4)


def layout_of(a: Frame, b: Frame) -> Layout:
    """Raises InvalidOption for frames of different shape or type, or of a type that is not handled."""
    if a.shape != b.shape or a.dtype != b.dtype:
        raise InvalidOption(
            f"Frames of one clip are alike; these are {a.shape} {a.dtype} and {b.shape} {b.dtype}."
        )
    channels = 1 if a.ndim == 2 else a.shape[2] if a.ndim == 3 else 0
    if a.dtype not in FRAME_TYPES or channels not in (1, 2, 3, 4) or 0 in a.shape:
        raise InvalidOption(
            f"A frame of {a.shape} {a.dtype} is not handled.",
            hint="Give H x W or H x W x 1 to 4 of uint8, uint16 or float32.",
        )
    return Layout(a.shape, a.dtype)


def movable(frame: Frame, layout: Layout) -> Frame:
    """H x W x C that cv2 moves and mixes: uint8 as it is, the rest float32 with white at 1, colours times alpha."""
    planes = frame if frame.ndim == 3 else frame[..., None]
    if _plain_bytes(layout):
        return np.ascontiguousarray(planes)
    scaled = planes.astype(np.float32) * np.float32(1 / white(layout.dtype))
    if layout.has_alpha:
        scaled[..., :-1] *= scaled[..., -1:]
    return scaled


def given_back(mixed: Frame, layout: Layout) -> Frame:
    """The inverse of `movable`, rounded and clipped to the range of the type."""
    planes = mixed if mixed.ndim == 3 else mixed[..., None]
    if _plain_bytes(layout):
        return planes.reshape(layout.shape)
    if layout.has_alpha:
        planes = planes.copy()
        cover = np.clip(planes[..., -1:], 0, 1)
        planes[..., :-1] = np.divide(
            planes[..., :-1], cover, out=np.zeros_like(planes[..., :-1]), where=cover > 1e-4
        )
    scaled = np.clip(planes, 0, 1)
    if layout.dtype != np.float32:
        scaled = np.rint(scaled * np.float32(white(layout.dtype)))
    return scaled.astype(layout.dtype).reshape(layout.shape)


Planes = list[F32]
"""Channels of a frame that can be moved and mixed, each H x W: colours times alpha; 0 to 255 of 8 bits, else 0 to 1."""


def planes_of(frame: Frame, layout: Layout) -> Planes:
    """A copy."""
    return [np.asarray(each, dtype=np.float32) for each in cv2.split(movable(frame, layout))]


def frame_of(planes: Planes, layout: Layout) -> Frame:
    """The inverse of `planes_of`, rounded and clipped to the range of the type."""
    if not _plain_bytes(layout):
        return given_back(np.stack(planes, axis=-1), layout)
    # Rounds to the nearest, and clips.
    stored = [cv2.addWeighted(each, 1, each, 0, 0, dtype=cv2.CV_8U) for each in planes]
    return cast("Frame", cv2.merge(stored)).reshape(layout.shape)


def _plain_bytes(layout: Layout) -> bool:
    return layout.dtype == np.uint8 and not layout.has_alpha
