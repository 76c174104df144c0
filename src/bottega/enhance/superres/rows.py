"""Pictures as rows on demand, so that one of any size is enlarged within a few tiles' memory.

A stage computes bands of its rows from the rows of the stage before it. Inside the pipeline samples are float32
planes, C x rows x width, colours premultiplied by alpha; what the stages compute is their own.
"""

from abc import ABC, abstractmethod
from typing import Any, Generic, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar, stored_like, to_float, white
from bottega.enhance.upscale import SMALLEST_ALPHA
from bottega.errors import InvalidOption
from bottega.imaging.picture import F32

KEPT_ROWS = 192
"""A stage keeps bands of about so many rows, and two at least: the next stage's filters reach into neighbours."""


class RowSource(Protocol):
    """What the studio reads from: an array, a memory-mapped file, or anything that is sliced by rows as they are.

    `shape`: (height, width) or (height, width, channels) of 1 (grey), 3 (RGB) or 4 (RGB and straight alpha);
    `dtype`: uint8, uint16, or float32 in [0, 1].
    """

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def __getitem__(self, rows: slice, /) -> NDArray[Any]: ...


class Rows(Protocol):
    """A picture inside the pipeline."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def rows(self, top: int, bottom: int) -> F32:
        """C x (bottom - top) x width."""
        ...


class Source:
    """The first of the pipeline: stored samples to premultiplied planes."""

    def __init__(self, pixels: RowSource) -> None:
        shape, dtype = pixels.shape, pixels.dtype
        if dtype.name not in ("uint8", "uint16", "float32"):
            raise InvalidOption(
                f"Samples of type {dtype} are not supported.",
                hint="Give uint8, uint16, or float32 between 0 and 1.",
            )
        if len(shape) not in (2, 3) or min(shape) < 1 or (len(shape) == 3 and shape[2] not in (1, 3, 4)):
            raise InvalidOption(
                f"An array of shape {shape} is no picture.",
                hint="Give height x width, or x 1, 3 or 4 channels.",
            )
        self.pixels, self.flat = pixels, len(shape) == 2
        self.height, self.width = shape[0], shape[1]
        self.channels = 1 if self.flat else shape[2]

    def rows(self, top: int, bottom: int) -> F32:
        stored = np.asarray(self.pixels[top:bottom])
        if self.flat:
            stored = stored[..., None]
        if np.issubdtype(stored.dtype, np.integer):
            planes = np.empty((self.channels, *stored.shape[:2]), dtype=np.float32)
            scale = np.float32(1 / white(stored.dtype))
            # OpenCV parts the channels several times as quickly as numpy reads with a stride.
            for channel, part in enumerate(cv2.split(np.ascontiguousarray(stored))):
                planes[channel] = part
                planes[channel] *= scale
        else:
            samples = to_float(stored)
            if not np.isfinite(samples).all():
                raise InvalidOption("The picture holds values that are no numbers.")
            planes = np.ascontiguousarray(np.clip(samples, 0, 1).transpose(2, 0, 1))
        if self.channels == 4:
            planes[:3] *= planes[3:]
        return planes


class Stored(Generic[Scalar]):
    """The last of the pipeline: premultiplied planes to samples as the source stores them."""

    def __init__(self, example: NDArray[Scalar], *, flat: bool) -> None:
        self.example, self.flat = example, flat

    def __call__(self, planes: F32) -> NDArray[Scalar]:
        """`planes` in [0, 1] to rows x width x C, or rows x width where the source has two dimensions."""
        if len(planes) == 4:
            planes = straight(planes)
        if self.example.dtype == np.uint8 and not self.flat:
            return _bytes(planes)  # pyright: ignore[reportReturnType]
        stored = stored_like(planes, self.example)
        return stored[0] if self.flat else np.ascontiguousarray(stored.transpose(1, 2, 0))


def _bytes(planes: F32) -> NDArray[np.uint8]:
    """rows x width x C, rounded as by `stored_like`, several times as quickly."""
    parts: list[Any] = [cv2.convertScaleAbs(planes[channel], alpha=255) for channel in range(len(planes))]
    return np.asarray(cv2.merge(parts), dtype=np.uint8).reshape(*planes.shape[1:], len(planes))


def straight(planes: F32) -> F32:
    """Premultiplied planes to straight ones; where nothing is visible the colour is black."""
    alpha = planes[3:]
    colour = np.where(alpha > SMALLEST_ALPHA, planes[:3] / np.maximum(alpha, np.float32(SMALLEST_ALPHA)), 0)
    return np.concatenate([colour, alpha]).astype(np.float32, copy=False)


class Stage(ABC):
    """Rows computed from `before` in bands of `band` rows, of which the last few are kept."""

    def __init__(self, before: Rows, width: int, height: int, band: int) -> None:
        self.before, self.width, self.height, self.band = before, width, height, band
        # The most recently used last.
        self._kept: dict[int, F32] = {}

    @property
    def channels(self) -> int:
        return self.before.channels

    @abstractmethod
    def compute(self, top: int, bottom: int) -> F32:
        """C x (bottom - top) x width; `top` is a multiple of `band`, `bottom` the next one or the end."""

    def rows(self, top: int, bottom: int) -> F32:
        parts: list[F32] = []
        for index in range(top // self.band, -(-bottom // self.band)):
            start = index * self.band
            parts.append(self._band(index)[:, max(0, top - start) : bottom - start])
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _band(self, index: int) -> F32:
        top = index * self.band
        found = self._kept.pop(index, None)
        while len(self._kept) >= max(2, -(-KEPT_ROWS // self.band)):
            del self._kept[next(iter(self._kept))]
        if found is None:
            found = self.compute(top, min(self.height, top + self.band))
        self._kept[index] = found
        return found
