"""From measured colours of skin, hair and eyes to the twelve seasons as probabilities, and the palettes of each."""

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from bottega.fashion.skin import NamedTone, SkinColour
from bottega.fashion.style.values import Family, Season, Swatch

SEASON_SD = 0.42
"""How far people of one season lie from its centre on each axis: a convention, since seasons are one."""
SURE = 0.34
"""From this probability on a season is named alone; below, its neighbours are named with it."""


@dataclass(frozen=True, slots=True)
class SeasonEntry:
    """`axes`: warmth, value, clarity, each -1 to 1."""

    id: Season
    family: Family
    title: str
    says: str
    axes: tuple[float, float, float]
    metals: tuple[str, ...]
    swatches: tuple[Swatch, ...]


@dataclass(frozen=True, slots=True)
class Axes:
    """Warmth (cool -1, warm 1), value (deep -1, light 1), clarity (soft -1, clear 1), each with its standard deviation, and
    `contrast`, the largest difference of lightness between skin, hair and eyes (CIE L*)."""

    warmth: float
    value: float
    clarity: float
    sd: tuple[float, float, float]
    contrast: float


@lru_cache(maxsize=1)
def all_seasons() -> tuple[SeasonEntry, ...]:
    text = (Path(__file__).parent / "seasons.toml").read_text(encoding="utf-8")
    return tuple(_entry(one) for one in tomllib.loads(text)["season"])


def season(name: Season) -> SeasonEntry:
    return next(one for one in all_seasons() if one.id == name)


def _entry(said: dict[str, Any]) -> SeasonEntry:
    uses = (("neutrals", "neutral"), ("accents", "accent"), ("harder", "harder"))
    swatches = tuple(
        Swatch.model_validate({"name": name, "hex": colour, "use": use})
        for key, use in uses
        for name, colour in said[key]
    )
    warmth, value, clarity = (float(one) for one in said["axes"])
    return SeasonEntry(
        id=cast(Season, said["id"]),
        family=cast(Family, said["family"]),
        title=said["title"],
        says=said["says"],
        axes=(warmth, value, clarity),
        metals=tuple(said["metals"]),
        swatches=swatches,
    )


def axes_of(skin: SkinColour, hair: NamedTone, eyes: NamedTone) -> Axes:
    """The axes of a measured skin (`skin.known`); hair and eyes where they were measured, otherwise less sure."""
    assert skin.lab is not None
    assert skin.hue_deg is not None
    lights = [(skin.lab[0], 0.35)]
    lights += [(tone.lab[0], weight) for tone, weight in ((hair, 0.5), (eyes, 0.15)) if tone.lab is not None]
    mean = sum(light * weight for light, weight in lights) / sum(weight for _, weight in lights)
    # With hair and eyes about 42 is the middle of people; skin alone is lighter than the three together.
    middle = 42.0 if hair.lab is not None else 58.0
    contrast = max(light for light, _ in lights) - min(light for light, _ in lights)
    warmth = (skin.hue_deg - 58) / 8
    if hair.lab is not None:
        chroma, hue = math.hypot(*hair.lab[1:]), math.degrees(math.atan2(hair.lab[2], hair.lab[1]))
        # Red and golden hair is warm, ash and black is cool.
        warmth = 0.75 * warmth + 0.25 * max(-1.0, min(1.0, (chroma - 12) / 10 + (5 if hue < 55 else 0) / 10))
    clarity = (contrast - 42) / 25
    if eyes.lab is not None:
        clarity = 0.8 * clarity + 0.2 * (math.hypot(*eyes.lab[1:]) - 14) / 8
    hidden = 0.35 if hair.lab is None else 0.0
    sure = skin.ita_sd_deg or 0.0
    return Axes(
        _clipped(warmth),
        _clipped((mean - middle) / 19),
        _clipped(clarity),
        (0.25 + sure / 30, 0.15 + hidden + sure / 40, 0.2 + hidden + (0.1 if eyes.lab is None else 0)),
        contrast,
    )


def season_chances(axes: Axes) -> dict[Season, float]:
    """Probability of each season, likeliest first: normal distributions about the seasons' centres, widened by the error of
    the measurement."""
    found = axes.warmth, axes.value, axes.clarity
    scores: dict[Season, float] = {
        one.id: math.exp(
            -sum(
                (have - centre) ** 2 / (SEASON_SD**2 + sd**2) / 2
                for have, centre, sd in zip(found, one.axes, axes.sd, strict=True)
            )
        )
        for one in all_seasons()
    }
    total = sum(scores.values())
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return {name: round(score / total, 4) for name, score in ordered}


def _clipped(value: float) -> float:
    return max(-1.0, min(1.0, value))
