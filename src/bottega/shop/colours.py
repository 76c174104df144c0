"""Colours of offers: read from words or hex, compared by CIEDE2000, and put into coarse cells that an index can hold."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING

from bottega.shop.product import Colour
from bottega.shop.vocabulary import all_of, vocabulary
from bottega.shop.words import stems

if TYPE_CHECKING:
    from bottega.imaging.colour import F64

Lab = tuple[float, float, float]

_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_APART = re.compile(r"\s*[/,;|&+]\s*")
_MOST = 5
"""Colours of one offer that are kept."""
_LEVELS = 16
"""Cells per channel; neighbouring centres are 17 apart in sRGB."""


def read_hex(text: str) -> str | None:
    """`#rrggbb` for `#rgb`, `rrggbb`, `#rrggbb`; None for anything else."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


@lru_cache(maxsize=65_536)
def lab_of(hex_: str) -> Lab:
    """CIE L*a*b* (D65) of `#rrggbb` in sRGB, to a hundredth."""
    import numpy as np

    from bottega.imaging.colour import rgb_to_lab

    rgb = np.array([int(hex_[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32) / np.float32(255)
    lightness, a, b = (round(float(value), 2) for value in rgb_to_lab(rgb))
    return lightness, a, b


@lru_cache(maxsize=16_384)
def read_colours(text: str) -> tuple[Colour, ...]:
    """The colours that a feed or a person names, such as `Navy / White`, `тёмно-синий`, `#aa3344`; at most five."""
    pieces = [piece for piece in _APART.split(text.strip()) if piece]
    return tuple(_read_one(piece[:80]) for piece in pieces[:_MOST])


def _read_one(text: str) -> Colour:
    hex_ = read_hex(text) if text.startswith("#") else None
    if hex_ is not None:
        return Colour(text, nearest_name(lab_of(hex_)), hex_, lab_of(hex_))
    name = colour_name(text)
    if not name:
        return Colour(text)
    hex_ = vocabulary().hexes[name]
    return Colour(text, name, hex_, lab_of(hex_))


def colour_name(text: str) -> str:
    """The basic colour that the words name; of several the last (`light navy blue` is a blue). Empty without one."""
    words = vocabulary()
    found = [name for _, name, _ in all_of(words.colours, stems(text))]
    return found[-1] if found else ""


def named_colour(text: str) -> Colour | None:
    """What a person asks for: a colour word or a hex code; None for anything else."""
    hex_ = read_hex(text)
    if hex_ is not None:
        return Colour(text, nearest_name(lab_of(hex_)), hex_, lab_of(hex_))
    name = colour_name(text)
    return _read_one(text) if name else None


def nearest_name(lab: Lab) -> str:
    """The basic colour that looks most like it."""
    from bottega.imaging.colour_difference import ciede2000

    names, labs = _basic_labs()
    return names[int(ciede2000(lab, labs).argmin())]


@cache
def _basic_labs() -> tuple[tuple[str, ...], "F64"]:
    import numpy as np

    hexes = vocabulary().hexes
    return tuple(hexes), np.array([lab_of(hex_) for hex_ in hexes.values()])


# --- cells ---------------------------------------------------------------------------------------------------


def cell_of(hex_: str) -> str:
    """Three hexadecimal digits: the cell of `#rrggbb`."""
    return "".join(f"{(int(hex_[i : i + 2], 16) * (_LEVELS - 1) + 127) // 255:x}" for i in (1, 3, 5))


CELL_SLACK = 3.0
"""CIEDE2000 by which a colour of a cell may be nearer to another colour than the nearest of the cell's `_points` is (measured
over 400,000 pairs of sRGB colours up to 30 apart, a third of them dark: 99.9th percentile 0.6, most 2.7)."""


def cells_near(lab: Lab, distance: float, cells: Iterable[str]) -> tuple[str, ...]:
    """Those of the cells that may hold colours within `distance` (CIEDE2000), in order."""
    return _cells_near(lab, distance, tuple(sorted(cells)))


@lru_cache(maxsize=256)
def _cells_near(lab: Lab, distance: float, cells: tuple[str, ...]) -> tuple[str, ...]:
    from bottega.imaging.colour_difference import ciede2000

    if not cells:
        return ()
    near = ciede2000(lab, _points(cells)).min(axis=1) <= distance + CELL_SLACK
    return tuple(cell for cell, is_near in zip(cells, near, strict=True) if is_near)


@lru_cache(maxsize=8)
def _points(cells: tuple[str, ...]) -> "F64":
    """C x 27 x 3, CIE L*a*b*: the corners of each cell, the middles of its edges and faces, and its own."""
    import numpy as np

    from bottega.imaging.colour import rgb_to_lab

    step = 255 // (_LEVELS - 1)
    middles = np.array([[int(digit, 16) * step for digit in cell] for cell in cells])
    aside = np.array(list(product((-(step // 2), 0, step // 2), repeat=3)))
    rgb = np.clip(middles[:, None] + aside, 0, 255).astype(np.float32) / np.float32(255)
    return rgb_to_lab(rgb).astype(np.float64)


# --- difference ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=65_536)
def difference(one: Lab, other: Lab) -> float:
    """CIEDE2000 of two colours; offers have few distinct ones."""
    from bottega.imaging.colour_difference import ciede2000

    return float(ciede2000(one, other))
