"""A decoded picture, as every algorithm receives it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Picture:
    """`rgb`: H x W x 3, uint8 or uint16, RGB, sRGB, upright (EXIF orientation already applied).
    `alpha`: H x W of the same dtype, or None. `icc_profile`: the profile that the values are still in, or
    None for sRGB. `exif`: the source's EXIF block without orientation and thumbnail, or None."""

    rgb: NDArray[np.uint8] | NDArray[np.uint16]
    alpha: NDArray[np.uint8] | NDArray[np.uint16] | None = None
    icc_profile: bytes | None = None
    exif: bytes | None = field(default=None, repr=False)

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    def as_u8(self) -> U8:
        """The colours as uint8, 16-bit values rounded."""
        if self.rgb.dtype == np.uint16:
            return ((self.rgb.astype(np.uint32) + 128) // 257).astype(np.uint8)
        return self.rgb.astype(np.uint8, copy=False)

    def as_float(self) -> F32:
        """The colours as float32 in [0, 1], gamma-encoded as stored."""
        top = 65535 if self.rgb.dtype == np.uint16 else 255
        return self.rgb.astype(np.float32) / np.float32(top)

    def opacity(self) -> F32 | None:
        """H x W, float32 in [0, 1]; None for an opaque picture."""
        if self.alpha is None:
            return None
        return self.alpha.astype(np.float32) / np.float32(np.iinfo(self.alpha.dtype).max)
