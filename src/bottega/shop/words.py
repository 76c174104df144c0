"""Words as search compares them: folded to one spelling and cut to a light stem, the same for offers and queries.

The stem cuts plurals and endings of English, German, French, Spanish and Russian nouns and adjectives, without a
dictionary: what must agree is the form in the feed with the form in the query, not either with a grammar.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST_WORD = 40
_TOKEN = re.compile(r"[^\W_]+")
_COMPOUND = 8
"""Letters from which a German word is looked at as two."""

# Sorted so that a longer ending is tried first; after folding, й is и and ё is е.
_CYRILLIC = [
    "ыми",
    "ими",
    "ого",
    "его",
    "ому",
    "ему",
    "ами",
    "ями",
    "ая",
    "яя",
    "ое",
    "ее",
    "ые",
    "ие",
    "ыи",
    "ии",
    "ои",
    "еи",
    "ую",
    "юю",
    "ых",
    "их",
    "ах",
    "ях",
    "ам",
    "ям",
    "ом",
    "ем",
    "ым",
    "им",
    "ов",
    "ев",
    "а",
    "я",
    "о",
    "е",
    "ы",
    "и",
    "у",
    "ю",
]
_LATIN = ("ern", "en", "er", "em", "e", "n", "a", "o")
_LEAST = 3
"""Letters that a stem keeps."""


def fold(text: str) -> str:
    """Lower case, without accents: `Größe` -> `grosse`, `Écharpe` -> `echarpe`, `жёлтый` -> `желтыи`."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    parts = unicodedata.normalize("NFKD", folded)
    return "".join(part for part in parts if not unicodedata.combining(part))


def split(text: str) -> list[str]:
    """The folded words and figures of a text."""
    return [word[:LONGEST_WORD] for word in _TOKEN.findall(fold(text))]


@lru_cache(maxsize=262_144)
def stem(word: str) -> str:
    """Of one folded word. `dresses` and `dress`, `Kleider` and `Kleid`, `рубашки` and `рубашка` meet."""
    if word.isdigit() or len(word) <= _LEAST:
        return word
    return _cyrillic_stem(word) if "а" <= word[-1] <= "я" else _latin_stem(word)


def _latin_stem(word: str) -> str:
    if (word.endswith("s") and not word.endswith("ss")) or word.endswith("aux"):
        word = word[:-1]
    for ending in _LATIN:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            return word[: -len(ending)]
    return word[:-1] + "i" if word.endswith("y") and len(word) > _LEAST else word


def _cyrillic_stem(word: str) -> str:
    if len(word) >= 6 and word.endswith(("ек", "ок")):
        return word[:-2] + "к"
    for ending in _CYRILLIC:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            word = word[: -len(ending)]
            break
    return word[:-1] if word.endswith("ь") and len(word) > _LEAST else word


def stems(text: str) -> list[str]:
    """In order, repeated as they are."""
    return [each for piece in text.split() for each in _stems_of(piece)]


def _stems_of(piece: str) -> tuple[str, ...]:
    """Of what stands between spaces; only what is short is kept."""
    return _kept_stems(piece) if len(piece) <= LONGEST_WORD else _stems(piece)


@lru_cache(maxsize=65_536)
def _kept_stems(piece: str) -> tuple[str, ...]:
    return _stems(piece)


def _stems(piece: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in split(piece))


def compound_parts(word: str, heads: frozenset[str]) -> tuple[str, str] | None:
    """A German compound taken apart at a known head, stemmed: `sommerkleid` -> (`sommer`..., `kleid`)."""
    if len(word) < _COMPOUND or not word.isascii():
        return None
    stemmed = stem(word)
    for cut in range(3, len(stemmed) - 3):
        if stemmed[cut:] in heads:
            return stem(word[:cut]), stemmed[cut:]
    return None


def ngrams(word: str) -> list[str]:
    """Overlapping runs of two and three letters, with the word's ends marked."""
    marked = f"^{word}$"
    return [marked[i : i + n] for n in (2, 3) for i in range(len(marked) - n + 1)]
