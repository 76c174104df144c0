"""What is known of machines and materials: starting points for power and speed, and what must never be lasered.

The data is `materials.toml`. Plain Python, no arrays.
"""

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Literal

from pydantic import Field

from bottega.domain.base import Value
from bottega.errors import InvalidOption


class Machine(Value):
    """`max_power_s` is the S word of full power (GRBL $30); `acceleration_mm_s2` is GRBL $120."""

    id: str
    title: str
    kind: Literal["diode", "co2"]
    max_power_s: int = Field(ge=1)
    acceleration_mm_s2: float = Field(gt=0)
    max_speed_mm_min: float = Field(gt=0)
    words: tuple[str, ...]


class Preset(Value):
    """Power in percent of the machine's, speed in mm/min, lengths in mm. `source` says what the figures rest on."""

    power_percent: float = Field(gt=0, le=100)
    speed_mm_min: float = Field(gt=0)
    passes: int = Field(ge=1)
    interval_mm: float = Field(gt=0)
    beam_mm: float = Field(gt=0)
    kerf_mm: float | None = Field(default=None, gt=0)
    source: str = "starting point, test first"

    @property
    def cut_width_mm(self) -> float:
        """Width of the cut: the kerf where one is known, else the beam's."""
        return self.kerf_mm or self.beam_mm


class Material(Value):
    """`burns` says whether the engraving is darker or lighter than the surface; colours are sRGB triples."""

    id: str
    title: str
    burns: Literal["darker", "lighter"]
    surface: tuple[int, int, int]
    burnt: tuple[int, int, int]
    texture: Literal["grain", "speckle", "plain"]
    words: tuple[str, ...]
    presets: dict[str, Preset]
    score: dict[str, Preset] = Field(default_factory=dict[str, Preset])
    cut: dict[str, Preset] = Field(default_factory=dict[str, Preset])
    caution: str = ""
    not_with: dict[str, str] = Field(default_factory=dict[str, str])


class Forbidden(Value):
    id: str
    title: str
    reason: str
    reasons: dict[Literal["ru", "fr", "es", "de"], str]
    words: tuple[str, ...]


class Library(Value):
    machine: tuple[Machine, ...]
    material: tuple[Material, ...]
    forbidden: tuple[Forbidden, ...]


@lru_cache(maxsize=1)
def library() -> Library:
    """All machines, materials and forbidden materials."""
    text = resources.files("bottega.laser").joinpath("materials.toml").read_text(encoding="utf-8")
    return Library.model_validate(tomllib.loads(text))


def find_machine(name: str) -> Machine:
    """The machine of that id or name. Raises InvalidOption that lists the known ones."""
    wanted = normalised(name)
    for machine in library().machine:
        if machine.id == wanted or any(_pattern(word).fullmatch(wanted) for word in machine.words):
            return machine
    known = ", ".join(machine.id for machine in library().machine)
    raise InvalidOption(f"There is no laser called {name!r} here.", hint=f"Known: {known}.")


def find_material(name: str) -> Material:
    """The material of that id or name in English, Russian, French, Spanish or German.

    Raises InvalidOption with the reason for materials that must never be lasered, and for unknown ones.
    """
    refuse_forbidden(name)
    material = next((m for m in library().material if m.id == normalised(name)), None) or mentioned_material(
        name
    )
    if material is None:
        known = ", ".join(material.id for material in library().material)
        raise InvalidOption(
            f"There are no figures for {name!r}, and guessing what a laser does to it is not safe.",
            hint=f"Known: {known}.",
        )
    return material


def find_preset(
    material: Material, machine: Machine, operation: Literal["engrave", "score", "cut"] = "engrave"
) -> Preset:
    """Where to start with that material on that machine. Raises InvalidOption when the beam cannot do it."""
    presets = {"engrave": material.presets, "score": material.score, "cut": material.cut}.get(operation)
    if presets is None:
        raise InvalidOption(
            f"There is no operation called {operation!r}.", hint="Known: engrave, score, cut."
        )
    preset = presets.get(machine.id)
    if preset is None:
        reason = material.not_with.get(machine.kind, "There are no figures for it.")
        able = ", ".join(presets)
        raise InvalidOption(
            f"{machine.title} cannot {operation} {material.title.lower()}. {reason}",
            hint=f"Use {able}." if able else "No machine of the list can.",
        )
    return preset


def refuse_forbidden(text: str) -> None:
    """Raises InvalidOption with the reason when the text names a material that must never be lasered.

    A material that the text rules out ("no PVC", "PVC-free") is not named.
    """
    for item in library().forbidden:
        if _mentions(text, item.words):
            raise InvalidOption(
                f"{item.title} must never be lasered: {item.reason}.",
                hint="Choose another material, such as plywood, cork or vegetable-tanned leather. If the word only "
                "names what the picture shows, leave it out of the sentence.",
                material=item.id,
                reasons={"en": item.reason, **item.reasons},
            )


def mentioned_forbidden(text: str) -> Forbidden | None:
    """The forbidden material that a text names, if any."""
    return next((item for item in library().forbidden if _mentions(text, item.words)), None)


def mentioned_material(text: str) -> Material | None:
    """The first material of the list that a text names, in any of the five languages."""
    return next((item for item in library().material if _mentions(text, item.words)), None)


def mentioned_machine(text: str) -> Machine | None:
    """The machine that a text names, by power or kind."""
    return next((item for item in library().machine if _mentions(text, item.words)), None)


def normalised(text: str) -> str:
    """Compatibility forms unified, invisible characters dropped, case folded, blanks and underscores made one."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


_NOT_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|non|isn't|kein\w*|ohne|nicht|sans|pas de|pas du|sin|не|без)(?: (?:any|a|an|из|en|de|aus|on))?)[ -]$"
)
_FREE_AFTER = re.compile(r"[- ]?(?:free|frei\w*)\b")


def _mentions(text: str, words: tuple[str, ...]) -> bool:
    clean = normalised(text)
    for word in words:
        for match in _pattern(word).finditer(clean):
            denied = _NOT_BEFORE.search(clean[: match.start()]) or _FREE_AFTER.match(clean, match.end())
            if not denied:
                return True
    return False


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    escaped = re.escape(normalised(word)).replace(r"\*", r"[\w-]*").replace(r"\ ", "[ -]")
    # Not within a longer word, and "5 w" not within "15 w" or "2.5 w".
    return re.compile(rf"(?<!\w)(?<!\d[.,]){escaped}(?!\w)")
