"""The words of `vocabulary.toml`, ready for comparing: which of them name a kind, a colour, a material, a gender."""

import tomllib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bottega.shop.product import Category
from bottega.shop.words import compound_parts, split, stem, stems

Phrase = tuple[str, ...]
"""Stems of consecutive words."""


class Phrases(dict[Phrase, Any]):
    """Phrase -> value. `first` has the words that a phrase begins with, and the longest phrase's length."""

    def __init__(self, entries: Mapping[Phrase, Any]) -> None:
        super().__init__(entries)
        self.first: dict[str, int] = {}
        for phrase in entries:
            self.first[phrase[0]] = max(len(phrase), self.first.get(phrase[0], 0))


@dataclass(frozen=True, slots=True)
class KindWord:
    kind: str
    category: Category
    head_last: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tables from stemmed phrases of one to three words."""

    kinds: Phrases
    categories: Mapping[str, Category]
    shelves: Phrases
    google: Mapping[str, Category]
    genders: Phrases
    ages: Phrases
    colours: Phrases
    hexes: Mapping[str, str]
    materials: Phrases
    patterns: Phrases
    prepositions: frozenset[str]
    ignored: frozenset[str]
    price_words: Phrases
    """`below`, `above` or `between`."""
    size_words: frozenset[str]
    heads: frozenset[str]
    """Stems that German compounds end with."""

    def parts(self, word: str) -> tuple[str, str] | None:
        """A compound of this vocabulary, taken apart."""
        return compound_parts(word, self.heads)


@cache
def vocabulary() -> Vocabulary:
    text = resources.files(__package__ or "bottega.shop").joinpath("vocabulary.toml").read_text("utf-8")
    data = tomllib.loads(text)
    kinds: dict[Phrase, KindWord] = {}
    for name, entry in data["kinds"].items():
        # A word that is both (the French and the English `blouse`) is read as English and German are.
        for key, last in (("head_first", False), ("head_last", True)):
            for phrase in _phrases(entry[key]):
                kinds[phrase] = KindWord(name, entry["category"], last)
    words = data["words"]
    colours, hexes = _colours(data["colours"])
    return Vocabulary(
        kinds=Phrases(kinds),
        categories={name: entry["category"] for name, entry in data["kinds"].items()},
        shelves=_inverted(data["shelves"]),
        google=data["google"],
        genders=_inverted(data["genders"]),
        ages=_inverted(data["ages"]),
        colours=Phrases(colours),
        hexes=hexes,
        materials=_inverted(data["materials"]),
        patterns=_inverted(data["patterns"]),
        prepositions=frozenset(word for text in words["prepositions"].split() for word in split(text)),
        ignored=frozenset(word for text in words["ignored"].split() for word in split(text)),
        price_words=Phrases(
            {
                tuple(split(each)): name
                for name in ("below", "above", "between")
                for each in words[name].split()
            }
        ),
        size_words=frozenset(split(words["size"])),
        heads=frozenset(
            phrase[0]
            for phrase, word in kinds.items()
            if word.head_last and len(phrase) == 1 and len(phrase[0]) > 3
        )
        | {stem("rock"), stem("hose")},
    )


def _phrases(text: str) -> list[Phrase]:
    """Words apart by spaces; a hyphen joins the words of a phrase."""
    return [tuple(stems(word)) for word in text.split()]


def _inverted(table: Mapping[str, str]) -> Phrases:
    return Phrases({phrase: name for name, text in table.items() for phrase in _phrases(text)})


def _colours(table: Mapping[str, str]) -> tuple[dict[Phrase, str], dict[str, str]]:
    names: dict[Phrase, str] = {}
    hexes: dict[str, str] = {}
    for name, text in table.items():
        hexes[name], *words = text.split()
        for phrase in _phrases(" ".join(words)):
            names.setdefault(phrase, name)
    return names, hexes


def first_of(table: "Phrases", words: Sequence[str]) -> Any:
    """The value of the first phrase of the table among stemmed words, longer phrases first; None without one."""
    found = next(all_of(table, words), None)
    return None if found is None else found[1]


def all_of(table: "Phrases", words: Sequence[str]) -> Generator[tuple[int, Any, int]]:
    """(position, value, words taken) of each phrase of the table, from left to right."""
    skip = 0
    for at, word in enumerate(words):
        if at < skip or word not in table.first:
            continue
        for length in range(min(table.first[word], len(words) - at), 0, -1):
            value = table.get(tuple(words[at : at + length]))
            if value is not None:
                yield at, value, length
                skip = at + length
                break
