"""How large a foreign file may be. The numbers come from the settings; where they are checked is left to others."""

from typing import TYPE_CHECKING

from pydantic import Field

from bottega.domain.base import Value
from bottega.errors import TooLarge, UnreadablePicture

if TYPE_CHECKING:
    from bottega.settings import Settings


class Limits(Value):
    """Bytes of the file, pixels of one frame, pixels of a side, frames (pages of a TIFF count as frames).

    The defaults are those of the settings.
    """

    max_bytes: int = Field(default=64 * 2**20, ge=1)
    max_pixels: int = Field(default=120_000_000, ge=1)
    max_side: int = Field(default=30_000, ge=1)
    max_frames: int = Field(default=1_000, ge=1)
    max_seconds: float = Field(default=600.0, gt=0)
    """Of a clip."""

    @classmethod
    def from_settings(cls, settings: "Settings") -> "Limits":
        return cls(
            max_bytes=settings.max_upload_bytes,
            max_pixels=settings.max_pixels,
            max_side=settings.max_side,
            max_frames=settings.max_frames,
            max_seconds=settings.max_clip_seconds,
        )

    def check_bytes(self, size: int) -> None:
        """Raises TooLarge for a file of more than `max_bytes`."""
        if size > self.max_bytes:
            raise TooLarge(
                f"The file has {_mebibytes(size)}; the limit is {_mebibytes(self.max_bytes)}.",
                hint="Send a smaller file, or raise BOTTEGA_MAX_UPLOAD_BYTES.",
            )

    def check_size(self, width: int, height: int) -> None:
        """Raises TooLarge for a picture over the limits, UnreadablePicture for one without pixels."""
        if width <= 0 or height <= 0:
            raise UnreadablePicture(
                f"The file says that it is {width} x {height} pixels large.",
                hint="Export the picture again.",
            )
        if max(width, height) > self.max_side:
            raise TooLarge(
                f"The picture is {width} x {height} pixels; the limit is {self.max_side} on a side.",
                hint="Scale the picture down, or raise BOTTEGA_MAX_SIDE.",
            )
        if width * height > self.max_pixels:
            raise TooLarge(
                f"The picture has {width * height / 1e6:.1f} megapixels; "
                f"the limit is {self.max_pixels / 1e6:g}.",
                hint="Scale the picture down, or raise BOTTEGA_MAX_PIXELS.",
            )

    def check_frames(self, frames: int) -> None:
        """Raises TooLarge for more than `max_frames`."""
        if frames > self.max_frames:
            raise TooLarge(
                f"The file has more than {self.max_frames} frames.",
                hint="Send a shorter animation or single pictures, or raise BOTTEGA_MAX_FRAMES.",
            )


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.1f} MiB" if size >= 2**20 else f"{size} bytes"
