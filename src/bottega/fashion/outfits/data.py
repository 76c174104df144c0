"""The tables of kinds, materials, words, occasions and proportions, read once and checked."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bottega.errors import InvalidOption
from bottega.fashion.colours import Lab, lab_of

COLDEST, HOTTEST = -60.0, 60.0
"""Air temperatures in degrees Celsius that stand for no limit."""
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Traits:
    """What a kind, a material, a pattern or a word says; `formality` of a kind is absolute, of the others a shift."""

    slot: str
    formality: float
    clo: float
    least_c: float
    most_c: float
    rain: bool
    styles: Mapping[str, float]
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Avoid:
    """Dominant colours within `within` (CIEDE2000) of `lab`; `slots` empty: in all."""

    lab: Lab
    within: float
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """See `occasions.toml`. `formality` is (least, most)."""

    id: str
    name: str
    words: tuple[tuple[str, ...], ...]
    formality: tuple[float, float]
    accessories: tuple[str, ...] = ()
    jacket: bool = False
    jacket_liked: bool = False
    kinds_out: frozenset[str] = frozenset()
    avoid: tuple[Avoid, ...] = ()
    most_chroma: float = 1e9
    indoors: bool = False
    festive: float = 0.3


@dataclass(frozen=True, slots=True)
class ProportionRule:
    """Empty fields ask for nothing. `tone` is `dark` or `light`."""

    proportion: str
    weight: float
    reason: str
    slots: frozenset[str]
    kinds: frozenset[str]
    cuts: frozenset[str]
    patterns: frozenset[str]
    tone: str


@dataclass(frozen=True, slots=True)
class Tables:
    kinds: Mapping[str, Traits]
    of_category: Mapping[str, str]
    materials: Mapping[str, Traits]
    patterns: Mapping[str, Traits]
    words: Mapping[str, Traits]
    """By how a folded word begins."""


def fold(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The folded words of a text; words joined by hyphens also as they are joined."""
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        found.append(word)
        if "-" in word:
            found += word.split("-")
    return found


@cache
def tables() -> Tables:
    data = _read("kinds.toml")
    words: dict[str, Traits] = {}
    for entry in data["words"]:
        for begin in entry["begin"].split():
            words[fold(begin)] = _traits(entry)
    return Tables(
        kinds={name: _traits(entry) for name, entry in data["kinds"].items()},
        of_category=data["of_category"],
        materials={name: _traits(entry) for name, entry in data["materials"].items()},
        patterns={name: _traits(entry) for name, entry in data["patterns"].items()},
        words=words,
    )


@cache
def occasions() -> Mapping[str, Occasion]:
    return {id_: _occasion(id_, entry) for id_, entry in _read("occasions.toml").items()}


@cache
def proportion_rules() -> tuple[ProportionRule, ...]:
    return tuple(
        ProportionRule(
            proportion=entry["proportion"],
            weight=float(entry["weight"]),
            reason=entry["reason"],
            slots=frozenset(entry.get("slots", ())),
            kinds=frozenset(entry.get("kinds", ())),
            cuts=frozenset(entry.get("cuts", ())),
            patterns=frozenset(entry.get("patterns", ())),
            tone=entry.get("tone", ""),
        )
        for entry in _read("proportions.toml")["rules"]
    )


ANY = Occasion("", "Any occasion", (), (1.0, 5.0), accessories=("bag", "belt", "jewellery", "scarf"))


def occasion_of(text: str) -> Occasion:
    """By its key, or by words such as `eine Hochzeit am Strand`: the longest phrase that is found, of several as long the
    more formal occasion. Empty text is any occasion. Raises InvalidOption."""
    known = occasions()
    key = text.strip().casefold().replace(" ", "_").replace("-", "_")
    if not key:
        return ANY
    if key in known:
        return known[key]
    said = words_of(text)
    found: dict[int, tuple[int, int, Occasion]] = {}
    for occasion in known.values():
        for phrase in occasion.words:
            at = _first(phrase, said)
            rank = (len(phrase), sum(map(len, phrase)), occasion)
            if at is not None and (at not in found or rank[:2] > found[at][:2]):
                found[at] = rank
    if not found:
        names = ", ".join(sorted(known))
        raise InvalidOption(f"{text[:80]!r} is no occasion that is known here.", hint=f"One of: {names}.")
    return max(found.values(), key=lambda rank: (rank[0], rank[2].formality[0]))[2]


def _first(phrase: tuple[str, ...], said: list[str]) -> int | None:
    """Where the words of the phrase begin words that are said, in its order with at most two words between."""
    for start, word in enumerate(said):
        if not word.startswith(phrase[0]):
            continue
        at = start
        for part in phrase[1:]:
            after = [i for i in range(at + 1, min(at + 4, len(said))) if said[i].startswith(part)]
            if not after:
                break
            at = after[0]
        else:
            return start
    return None


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__ or "").joinpath(name).read_text("utf-8"))


def _traits(entry: Mapping[str, Any]) -> Traits:
    return Traits(
        slot=entry.get("slot", ""),
        formality=float(entry.get("formality", 0.0)),
        clo=float(entry.get("clo", 0.0)),
        least_c=float(entry.get("least_c", COLDEST)),
        most_c=float(entry.get("most_c", HOTTEST)),
        rain=bool(entry.get("rain", True)),
        styles=entry.get("styles", {}),
        cut=entry.get("cut", ""),
    )


def _occasion(id_: str, entry: Mapping[str, Any]) -> Occasion:
    low, high = entry["formality"]
    return Occasion(
        id=id_,
        name=entry["name"],
        words=tuple(tuple(fold(phrase).split("-")) for phrase in entry["words"].split()),
        formality=(float(low), float(high)),
        accessories=tuple(entry["accessories"]),
        jacket=entry.get("jacket", False),
        jacket_liked=entry.get("jacket_liked", False),
        kinds_out=frozenset(entry["kinds_out"]) if "kinds_out" in entry else frozenset(),
        avoid=tuple(
            Avoid(lab_of(each["colour"]), float(each["within"]), tuple(each.get("slots", ())))
            for each in entry.get("avoid", ())
        ),
        most_chroma=float(entry.get("most_chroma", 1e9)),
        indoors=entry.get("indoors", False),
        festive=float(entry["festive"]),
    )
