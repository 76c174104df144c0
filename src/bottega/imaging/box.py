"""A part of a picture in whole pixels. Light to import; what is done with it is left to others."""

from dataclasses import dataclass

from bottega.errors import InvalidOption


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels `left <= x < left + width`, `top <= y < top + height`; the origin is the upper left corner."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> "Box":
        """`"10,20,300,400"` or `"10,20,300x400"`: left, top, width, height. Raises InvalidOption for anything else, and for
        a box without a pixel."""
        try:
            left, top, width, height = (int(part) for part in text.replace("x", ",").split(","))
        except ValueError:
            raise InvalidOption(
                f"{text!r} is no crop.", hint="Give left,top,width,height in pixels, such as 100,50,200,200."
            ) from None
        if min(left, top) < 0 or min(width, height) < 1:
            raise InvalidOption("A crop begins at 0 or behind and is 1 pixel wide and high at least.")
        return cls(left, top, width, height)

    def within(self, width: int, height: int) -> "Box":
        """What of it lies in a picture of this size. Raises InvalidOption when nothing does."""
        if self.left >= width or self.top >= height:
            raise InvalidOption(
                f"The crop begins at {self.left},{self.top}; the picture is {width} x {height} pixels."
            )
        return Box(
            self.left, self.top, min(self.width, width - self.left), min(self.height, height - self.top)
        )
