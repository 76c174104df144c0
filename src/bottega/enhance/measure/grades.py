"""Figures in plain words, from limits found by spoiling photographs step by step. Deciding what to do is left to `improve`."""

from enum import StrEnum


class Grade(StrEnum):
    NONE = "none to be seen"
    SLIGHT = "slight"
    VISIBLE = "visible"
    STRONG = "strong"


LIMITS: dict[str, tuple[float, float, float]] = {
    # From this figure on: slight, visible, strong. Units as in `Measures`.
    "blur": (0.42, 0.55, 0.68),
    "noise": (1.5, 4.0, 10.0),
    "blocking": (0.25, 1.0, 3.0),
    "banding": (0.10, 0.25, 0.50),
    "ringing": (1.0, 2.5, 5.0),
    "clipped_dark": (0.01, 0.05, 0.15),
    "clipped_light": (0.01, 0.05, 0.15),
    "cast": (3.0, 6.0, 12.0),
    "haze": (0.25, 0.40, 0.55),
}


def grade(name: str, value: float) -> Grade:
    """The word for the figure `value` of the measure `name`. Raises KeyError for a measure without grades."""
    steps = sum(value >= limit for limit in LIMITS[name])
    return (Grade.NONE, Grade.SLIGHT, Grade.VISIBLE, Grade.STRONG)[steps]
