"""Colours as people speak of them: hue and chroma, differences as the eye sees them, and names. Lab is `imaging.colour`'s."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bottega.imaging.colour import lab_to_rgb, rgb_to_lab
from bottega.imaging.colour_difference import ciede2000

F64 = NDArray[np.float64]
Lab = tuple[float, float, float]

NAMES: dict[str, str] = {
    "black": "#000000", "charcoal": "#36454f", "dark grey": "#555555", "grey": "#808080", "silver": "#c0c0c0",
    "light grey": "#d9d9d9", "white": "#ffffff", "off-white": "#f7f4ec", "ivory": "#fffff0", "cream": "#fff5d6",
    "beige": "#e8d9bd", "sand": "#d8c39a", "taupe": "#8b7d6b", "khaki": "#a79b6f", "camel": "#c19a6b", "tan": "#d2b48c",
    "brown": "#7b4a26", "dark brown": "#472b18", "chocolate": "#5f3419", "rust": "#b3471b", "terracotta": "#cc6649",
    "copper": "#b87333", "bronze": "#8c6a2f", "gold": "#d4af37", "mustard": "#d1a01f", "yellow": "#ffe11a",
    "light yellow": "#fff59b", "lemon": "#f5f545", "peach": "#ffcba4", "apricot": "#fbb97c", "orange": "#ff8c1a",
    "dark orange": "#e2640b", "coral": "#ff7f5c", "salmon": "#fa9284", "red": "#e01b24", "dark red": "#8f0f14",
    "burgundy": "#6e1029", "wine": "#722f37", "crimson": "#c3143c", "raspberry": "#c2255c", "rose": "#e8828f",
    "dusty pink": "#d3a3a5", "pink": "#ffb3c6", "light pink": "#ffdce4", "hot pink": "#ff4fa3", "fuchsia": "#e21ae2",
    "magenta": "#c8148c", "plum": "#7a2f6f", "purple": "#7a1fa2", "dark purple": "#401456", "violet": "#7f3fe0",
    "lilac": "#c8a2d8", "lavender": "#d9d4f3", "indigo": "#3b2a9c", "navy": "#121d47", "dark blue": "#0d2b80",
    "royal blue": "#2c50d8", "cobalt": "#0a4fb0", "blue": "#1f6fe0", "denim": "#44618c", "slate blue": "#66789a",
    "steel blue": "#4f88b5", "sky blue": "#7fc4ee", "light blue": "#b9dcf2", "cyan": "#16d5e6", "turquoise": "#35cfc0",
    "teal": "#0b7f80", "petrol": "#104f5c", "aqua": "#a5ecea", "mint": "#b3ecc9", "sage": "#9caf88", "olive": "#7a7a22",
    "dark olive": "#4b4f1e", "lime": "#a8e51c", "light green": "#98dd88", "green": "#2a9a3a", "emerald": "#10a86b",
    "forest green": "#22562a", "dark green": "#0c3a1c",
}  # fmt: skip
"""Names of the clothing trade with the sRGB centre that each stands for; those that CSS also has lie near CSS's."""


def hex_of(lab: Lab) -> str:
    """The sRGB colour nearest to `lab` as "#rrggbb"."""
    rgb = np.clip(lab_to_rgb(np.array(lab, np.float32)), 0, 1)
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in rgb)


def lab_of(hex_colour: str) -> Lab:
    """CIE L*a*b* (D65) of "#rrggbb". Raises ValueError for anything else."""
    digits = hex_colour.removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"not a colour of six hexadecimal digits: {hex_colour!r}")
    rgb = np.array([int(digits[at : at + 2], 16) for at in (0, 2, 4)], np.float32) / np.float32(255)
    lightness, a, b = (float(value) for value in rgb_to_lab(rgb))
    return lightness, a, b


def lch(lab: ArrayLike) -> F64:
    """CIE L*, chroma and hue (degrees, 0 to 360) of Lab colours, `... x 3` -> `... x 3` (CIE 15:2004)."""
    values: F64 = np.asarray(lab, np.float64)
    chroma = np.hypot(values[..., 1], values[..., 2])
    hue = np.degrees(np.arctan2(values[..., 2], values[..., 1])) % 360
    return np.stack([values[..., 0], chroma, hue], axis=-1)


def name_of(lab: Lab) -> str:
    """The name whose centre is nearest by CIEDE2000."""
    names, centres = _centres()
    return names[int(np.argmin(ciede2000(centres, np.asarray(lab))))]


@lru_cache(maxsize=1)
def _centres() -> tuple[tuple[str, ...], F64]:
    return tuple(NAMES), np.array([lab_of(colour) for colour in NAMES.values()])
