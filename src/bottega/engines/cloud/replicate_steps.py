"""Steps in which models take shapes, sizes and lengths: what a choice's name measures."""

import math
import re
from typing import Any

_MODES = {"standard": 720, "std": 720, "pro": 1080}
"""Kling names its resolutions so (model page of kling-v2.1)."""
PIXELS = re.compile(r"(\d{2,5})\s*[x*]\s*(\d{2,5})")
RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*[:/]\s*(\d+(?:\.\d+)?)")
"""`1024x1536` and `2:3`."""


def measured(steps: list[tuple[Any, float | None]]) -> list[tuple[Any, float]]:
    return [(choice, measure) for choice, measure in steps if measure is not None]


def leading(value: Any) -> float | None:
    """The number that a choice begins with: `5`, `"5s"`, `"2x"`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = re.match(r"\d+(?:\.\d+)?", str(value).strip())
    return float(found[0]) if found else None


def ratio_of(name: Any) -> float | None:
    found = RATIO.fullmatch(str(name).strip())
    return float(found[1]) / float(found[2]) if found else None


def lines_of(value: Any) -> float | None:
    """Lines of a clip: `720p`, `768P`, 720, and Kling's modes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    word = str(value).strip().lower()
    if word in _MODES:
        return float(_MODES[word])
    found = re.fullmatch(r"(\d{3,4})p", word)
    return float(found[1]) if found else None


def pixels_of(value: Any) -> float | None:
    """Pixels of a picture: `2K` (a square of 2048), `1 MP`, `0.25` (of a field in megapixels), `1024x1024`."""
    word = str(value).strip().lower()
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*k", word):
        return (float(found[1]) * 1024) ** 2
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:mp|megapixels?)?", word):
        return float(found[1]) * 1e6 if float(found[1]) <= 64 else None
    if found := PIXELS.fullmatch(word):
        return float(found[1]) * float(found[2])
    return None


def as_size(choice: Any) -> str:
    side = round(math.sqrt(pixels_of(choice) or 1.0))
    return f"{side}x{side}"


def as_ours(choice: Any) -> str:
    lines = lines_of(choice)
    return f"{lines:g}p" if lines else str(choice)
