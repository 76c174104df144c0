"""Physical sizes: millimetres and a line interval become a pixel grid. Plain Python, no arrays."""

import math
from dataclasses import dataclass

from bottega.errors import InvalidOption

MIN_SIDE_MM = 1.0
MAX_SIDE_MM = 2000.0
MIN_INTERVAL_MM = 0.05
MAX_INTERVAL_MM = 1.0
MAX_PIXELS = 16_000_000
"""400 x 400 mm at 0.1 mm: some 60 MB of G-code for a photograph, and 2 GB of memory to check it."""
DEFAULT_WIDTH_MM = 100.0
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Grid:
    """A raster of `columns` x `rows` square dots (up to rounding) that covers exactly `width_mm` x `height_mm`."""

    columns: int
    rows: int
    width_mm: float
    height_mm: float

    @property
    def pitch_x_mm(self) -> float:
        return self.width_mm / self.columns

    @property
    def pitch_y_mm(self) -> float:
        """The line interval that is burnt: the wanted one, adjusted so that whole lines fill the height."""
        return self.height_mm / self.rows

    @property
    def pixels(self) -> int:
        return self.columns * self.rows

    @property
    def dpi(self) -> float:
        return MM_PER_INCH / self.pitch_x_mm


def grid_for(
    source_width: int,
    source_height: int,
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    interval_mm: float = 0.1,
) -> Grid:
    """The grid of a picture of `source_width` x `source_height` pixels.

    The picture's aspect is kept: one given side decides the other, two given sides are a box that the picture
    fits into, none means 100 mm wide. The physical size is exact; where it is not a whole number of
    intervals, the interval gives way (by less than half a line over the whole picture).

    Raises InvalidOption for sizes or intervals out of range, and for more than `MAX_PIXELS` dots.
    """
    if source_width < 1 or source_height < 1:
        raise InvalidOption("The picture has no pixels.")
    width, height = _fitted(source_width / source_height, width_mm, height_mm)
    interval = in_range("The line interval", interval_mm, MIN_INTERVAL_MM, MAX_INTERVAL_MM, "mm")
    grid = Grid(max(1, round(width / interval)), max(1, round(height / interval)), width, height)
    if grid.pixels > MAX_PIXELS:
        raise InvalidOption(
            f"{width:g} x {height:g} mm at {interval:g} mm would be {grid.pixels / 1e6:.0f} million dots; "
            f"at most {MAX_PIXELS / 1e6:.0f} million are engraved in one job.",
            hint=f"Use an interval of at least {_coarser(width, height):g} mm, or a smaller size.",
        )
    return grid


def run_up_mm(speed_mm_min: float, acceleration_mm_s2: float) -> float:
    """The way a head needs to reach the speed from rest, v^2 / (2 a), rounded up to 0.01 mm."""
    speed = speed_mm_min / 60
    # Binary fractions such as 5.0000000001 must not add a hundredth.
    return math.ceil(round(speed * speed / (2 * acceleration_mm_s2) * 100, 6)) / 100


def check_on_bed(
    width_mm: float,
    height_mm: float,
    *,
    bed_width_mm: float,
    bed_height_mm: float,
    run_up: float,
    x_mm: float | None = None,
    y_mm: float = 0.0,
) -> tuple[float, float]:
    """Where the picture's lower left corner lies, in mm, so that picture and run-up stay on the bed.

    Without `x_mm` the picture lies as far left as the run-up allows, at a whole half millimetre where there is
    room (rounder figures, for people and for the length of the G-code). Raises InvalidOption when it does
    not fit.
    """
    rightmost = bed_width_mm - width_mm - run_up
    left = max(run_up, min(math.ceil(run_up * 2) / 2, rightmost)) if x_mm is None else x_mm
    needed = width_mm + 2 * run_up
    too_wide = left - run_up < -1e-9 or left > rightmost + 1e-9
    if too_wide:
        raise InvalidOption(
            f"The job needs {needed:.4g} mm of width ({width_mm:.4g} mm and {run_up:g} mm of run-up on each "
            f"side), the bed has {bed_width_mm:.4g} mm.",
            hint="Make it narrower, or slower: the run-up shrinks with the square of the speed."
            if needed > bed_width_mm
            else f"Place its left edge between {run_up:g} and {rightmost:.4g} mm.",
        )
    if y_mm < -1e-9 or y_mm + height_mm > bed_height_mm + 1e-9:
        raise InvalidOption(
            f"The job ends {y_mm + height_mm:.4g} mm up the bed, which has {bed_height_mm:.4g} mm.",
            hint="Make it lower, or place it elsewhere.",
        )
    return left, y_mm


def in_range(name: str, value: float, low: float, high: float, unit: str) -> float:
    """`value` itself, when it is a number from `low` to `high`; InvalidOption in words otherwise (also NaN)."""
    if not (math.isfinite(value) and low <= value <= high):
        of = f" {unit}" if unit else ""
        raise InvalidOption(f"{name} is {value:g}{of}; it can be {low:g} to {high:g}{of}.")
    return value


def _fitted(aspect: float, width_mm: float | None, height_mm: float | None) -> tuple[float, float]:
    for name, side in (("width", width_mm), ("height", height_mm)):
        if side is not None:
            in_range(f"The {name}", side, MIN_SIDE_MM, MAX_SIDE_MM, "mm")
    if width_mm is None and height_mm is None:
        width_mm = DEFAULT_WIDTH_MM
    if width_mm is None or (height_mm is not None and height_mm * aspect < width_mm):
        assert height_mm is not None
        width, height = height_mm * aspect, height_mm
    else:
        width, height = width_mm, width_mm / aspect
    in_range("With the picture's proportions the width", width, MIN_SIDE_MM, MAX_SIDE_MM, "mm")
    in_range("With the picture's proportions the height", height, MIN_SIDE_MM, MAX_SIDE_MM, "mm")
    return width, height


def _coarser(width_mm: float, height_mm: float) -> float:
    return math.ceil(math.sqrt(width_mm * height_mm / MAX_PIXELS) * 100) / 100
