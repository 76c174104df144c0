"""The model of laser geometry: polylines and placed pictures on a sheet, in millimetres.

x runs to the right and y down from the sheet's upper left corner; formats that count upwards (DXF, PDF, G-code)
are flipped where they are written. What is done with it is left to `geometry`.
"""

import math
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption, ResourceError

F64 = NDArray[np.float64]
Point = tuple[float, float]


class Operation(StrEnum):
    """What the laser does with a path. `ENGRAVE` and `FILL` scan its inside, `SCORE` and `CUT` follow its line."""

    ENGRAVE = "engrave"
    FILL = "fill"
    SCORE = "score"
    CUT = "cut"

    @property
    def filled(self) -> bool:
        return self in (Operation.ENGRAVE, Operation.FILL)


COLOURS: dict[Operation, str] = {
    Operation.ENGRAVE: "#000000",
    Operation.FILL: "#00e000",
    Operation.SCORE: "#0000ff",
    Operation.CUT: "#ff0000",
}
"""Shop convention (red cuts, black engraves, blue scores), in exact colours of LightBurn's palette."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A cubic Bezier in mm."""

    start: Point
    control_1: Point
    control_2: Point
    end: Point

    @staticmethod
    def line(start: Point, end: Point) -> "Curve":
        """The straight piece, with its controls on the ends (which is how `is_line` knows it)."""
        return Curve(start, start, end, end)

    @property
    def is_line(self) -> bool:
        return self.control_1 == self.start and self.control_2 == self.end


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One polyline in mm: `points` N x 2 float64; a closed path does not repeat its first point.

    `curves`, where given, are what the points were flattened from, in order and joined; a closed path's last
    curve ends at the first point. Writers that know curves use them. `colour` is "#rrggbb", or empty for the
    operation's. Raises InvalidOption for points that are no finite N x 2 numbers.
    """

    points: F64
    closed: bool
    operation: Operation = Operation.CUT
    layer: str = ""
    colour: str = ""
    curves: tuple[Curve, ...] = ()

    def __post_init__(self) -> None:
        points = np.ascontiguousarray(self.points, np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise InvalidOption(f"A path needs N x 2 points, not an array of shape {points.shape}.")
        if not np.isfinite(points).all():
            raise InvalidOption("A path has a point that is not a number.")
        object.__setattr__(self, "points", points)

    @property
    def shown_colour(self) -> str:
        return self.colour.lower() or COLOURS[self.operation]

    @property
    def fill_group(self) -> tuple[Operation, str]:
        """What is scanned together, by even-odd: the filled paths of one operation and layer."""
        return self.operation, self.layer


@dataclass(frozen=True, slots=True, eq=False)
class RasterImage:
    """A picture placed on the sheet to be engraved: upper left corner `x`, `y` and its size, all in mm.

    `pixels` H x W: bool, True burns; or uint8 grey, 0 burns fully and 255 not at all.
    """

    pixels: NDArray[Any]
    x: float
    y: float
    width_mm: float
    height_mm: float
    layer: str = ""

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or not self.pixels.size or str(self.pixels.dtype) not in ("bool", "uint8"):
            raise InvalidOption(
                f"A placed picture is H x W of bool or uint8, not {self.pixels.dtype} of shape {self.pixels.shape}."
            )
        if not all(math.isfinite(v) for v in (self.x, self.y, self.width_mm, self.height_mm)):
            raise InvalidOption("A placed picture has a position or size that is not a number.")
        if self.width_mm <= 0 or self.height_mm <= 0:
            raise InvalidOption(
                f"A placed picture is {self.width_mm:g} x {self.height_mm:g} mm; both sides must be above 0."
            )

    @property
    def grey(self) -> NDArray[np.uint8]:
        """H x W uint8, 0 burns fully."""
        if self.pixels.dtype == np.bool_:
            return np.where(self.pixels, 0, 255).astype(np.uint8)
        return self.pixels.astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A sheet of `width_mm` x `height_mm` and what is on it; paths in file order, `rasters` below them."""

    paths: tuple[Path, ...]
    width_mm: float
    height_mm: float
    rasters: tuple[RasterImage, ...] = field(default=())

    @property
    def node_count(self) -> int:
        """Nodes as a vector program counts them: curve ends where there are curves, points elsewhere."""
        return sum((len(p.curves) + (not p.closed)) if p.curves else len(p.points) for p in self.paths)


@contextmanager
def laser_extra() -> Generator[None, None, None]:
    """Around an import of a package of the extra `laser`: where it is missing, ResourceError says how to get it."""
    try:
        yield
    except ImportError as error:
        raise ResourceError(
            f"This needs the package {error.name}, which is not installed.",
            hint="pip install 'bottega[laser]'",
        ) from error
