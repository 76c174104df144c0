"""What a box is made to: sizes, material, joints, and how it is laid out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.laser.size import in_range


@dataclass(frozen=True, slots=True, eq=False)
class BoxSettings:
    """All lengths in mm. `x_mm` wide, `y_mm` deep, `z_mm` high: of the inside, or with `outer` of the body's outside.

    `play_mm` is slot width minus tooth width; `gap_mm` the clearance of lids and drawers; `kerf_x_mm`, `kerf_y_mm`
    the width of the cut in the machine's X and Y. `columns`, `rows` are compartments, `count` drawers or shelves.
    `picture` H x W (bool, True burns; or uint8, 0 burns) is engraved on the face that the design names.
    """

    x_mm: float = 100.0
    y_mm: float = 80.0
    z_mm: float = 50.0
    outer: bool = False
    thickness_mm: float = 3.0
    finger_mm: float = 9.0
    play_mm: float = 0.0
    gap_mm: float = 0.3
    kerf_x_mm: float = 0.0
    kerf_y_mm: float | None = None
    columns: int = 2
    rows: int = 2
    count: int = 2
    labels: bool = True
    sheet_width_mm: float = 600.0
    sheet_height_mm: float = 400.0
    spacing_mm: float = 2.0
    picture: NDArray[np.bool_] | NDArray[np.uint8] | None = None

    def checked(self) -> "BoxSettings":
        """Itself. Raises InvalidOption for a figure out of range or no number."""
        for name, (title, low, high) in _RANGES.items():
            in_range(title, getattr(self, name), low, high, "mm")
        for name in ("columns", "rows", "count"):
            value = getattr(self, name)
            if int(value) != value:
                raise InvalidOption(f"The number of {name} is {value:g}; it must be whole.")
            in_range(f"The number of {name}", value, 1, 20, "")
        if self.kerf_y_mm is not None:
            in_range("The kerf in Y", self.kerf_y_mm, 0, 1, "mm")
        if self.play_mm > self.thickness_mm / 2:
            raise InvalidOption(
                f"A play of {self.play_mm:g} mm is more than half of the material's {self.thickness_mm:g} mm."
            )
        return self


_RANGES: dict[str, tuple[str, float, float]] = {
    "x_mm": ("The width", 5, 2000),
    "y_mm": ("The depth", 5, 2000),
    "z_mm": ("The height", 5, 2000),
    "thickness_mm": ("The thickness", 0.5, 25),
    "finger_mm": ("The finger width", 2, 200),
    "play_mm": ("The play", 0, 1),
    "gap_mm": ("The gap", 0, 5),
    "kerf_x_mm": ("The kerf in X", 0, 1),
    "sheet_width_mm": ("The sheet's width", 20, 2000),
    "sheet_height_mm": ("The sheet's height", 20, 2000),
    "spacing_mm": ("The spacing", 0, 50),
}
