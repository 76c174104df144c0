"""Finds `@mentions` in a sentence of any language. Whose pictures they name is left to `resolve`."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bottega.references.names import is_name_character, key_of

_AT: Final = "@＠"  # the second is typed with East Asian keyboards
_NEVER_AFTER: Final = "@＠/\\"
_IN_ADDRESS: Final = ".+-_%"
"""What may end the part of an e-mail address before its `@` beside letters and digits (RFC 5322, 3.2.3)."""
_WITHOUT_SPACES: Final = (
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "HALFWIDTH KATAKANA",
    "IDEOGRAPHIC",
    "BOPOMOFO",
    "HANGUL",
    "THAI",
    "LAO",
    "KHMER",
    "MYANMAR",
    "TIBETAN",
)
"""Unicode names of letters begin with their script. In these, words are not set apart, or (in Korean) particles
are joined to them, so that a name may be followed at once by the rest of the sentence."""


@dataclass(frozen=True, slots=True)
class Mention:
    """`name` as written, without the `@`; `start` and `end` are its place in the sentence, the `@` included."""

    name: str
    start: int
    end: int


def find_mentions(prompt: str) -> tuple[Mention, ...]:
    """Every mention, in the order of the sentence; in linear time.

    E-mail addresses hold none, nor does anything that directly follows a letter or digit of a script that sets words
    apart. A name runs as far as characters go that a name may have.
    """
    found: list[Mention] = []
    position = 0
    while position < len(prompt):
        if prompt[position] not in _AT:
            position += 1
            continue
        end = position + 1
        while end < len(prompt) and is_name_character(prompt[end]):
            end += 1
        name = prompt[position + 1 : end]
        if any(map(str.isalnum, name)) and not _is_elsewhere(prompt, position, end):
            found.append(Mention(name, position, end))
        position = end
    return tuple(found)


def named(mention: Mention, known: Collection[str]) -> str | None:
    """The key of `known` that a mention names; None for an unknown one.

    Beside the name in full, hyphens at its end may be punctuation, and where words are not set apart the longest
    known name at its beginning counts.
    """
    key = key_of(mention.name)
    for candidate in (key, key.rstrip("-")):
        if candidate in known:
            return candidate
    beginnings = (length for length in range(len(key) - 1, 0, -1) if _joins(key[length]))
    return next((key[:length] for length in beginnings if key[:length] in known), None)


def _is_elsewhere(prompt: str, at: int, end: int) -> bool:
    """Whether the `@` belongs to an e-mail address or to another word."""
    if at == 0:
        return False
    before = prompt[at - 1]
    if before in _NEVER_AFTER:
        return True
    is_word = before.isalnum() or unicodedata.category(before) in ("Mn", "Mc")
    if is_word and not _joins(before):
        return True
    before_domain = end + 1 < len(prompt) and prompt[end] == "." and prompt[end + 1].isalnum()
    return before == "_" or (before_domain and (is_word or before in _IN_ADDRESS))


@lru_cache(maxsize=4096)
def _joins(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_WITHOUT_SPACES)
