"""What sizes a model can make, and why another one cannot be had."""

from typing import Final

from pydantic import Field

from bottega.domain.base import Value
from bottega.models.tables import size_of

_SAME_RATIO: Final = 0.03
"""16:9 at 1792x1024 is 1.6 % off: vendors' sizes are rounded to multiples of 16 or 64."""


class SizeLimits(Value):
    """Limits on a picture's size in pixels; what is left out is no limit.

    With `ratios` (`3:2`) the vendor takes a shape and not pixels: a size fits when one of them is within 3 % of it,
    and the picture comes in the vendor's own pixels.
    """

    multiple_of: int = Field(default=1, ge=1)
    min_side: int = Field(default=1, ge=1)
    max_side: int | None = None
    min_pixels: int = Field(default=1, ge=1)
    max_pixels: int | None = None
    max_ratio: float | None = Field(default=None, ge=1)
    ratios: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether a picture has the very pixels that were asked for."""
        return not self.ratios

    def objection(self, size: str) -> str | None:
        """Why a picture of `size` (`1024x768`) cannot be had; None when it can, or when `size` is no size."""
        found = size_of(size)
        if found is None:
            return None
        width, height = found
        if not width or not height:
            return f"makes no picture of {size}"
        if self.ratios and self.nearest_ratio(width, height) is None:
            return f"makes no picture of the shape {width}x{height} (it makes {', '.join(self.ratios)})"
        long, short, pixels = max(found), min(found), width * height
        if width % self.multiple_of or height % self.multiple_of:
            return f"makes sizes in steps of {self.multiple_of} pixels, not {size}"
        if short < self.min_side or pixels < self.min_pixels:
            return f"makes no picture as small as {size}"
        if (self.max_side and long > self.max_side) or (self.max_pixels and pixels > self.max_pixels):
            return f"makes no picture as large as {size}"
        if self.max_ratio is not None and long > short * self.max_ratio:
            return f"makes no picture as narrow as {size}"
        return None

    def nearest_ratio(self, width: int, height: int) -> str | None:
        """The one of `ratios` that is this shape; None when none is close enough."""
        best = min(self.ratios, key=lambda name: abs(_ratio(name) * height / width - 1), default=None)
        if best is None or abs(_ratio(best) * height / width - 1) > _SAME_RATIO:
            return None
        return best


def _ratio(name: str) -> float:
    wide, _, high = name.partition(":")
    return float(wide) / float(high)
