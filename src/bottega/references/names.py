"""Names of references: which are allowed, when two are the same, which are near to a mistyped one.

Where names stand in a sentence is left to `mentions`.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from bottega.errors import InvalidOption

LONGEST: Final = 40
RESERVED: Final = frozenset({"suggest", "search"})
"""Addresses of the HTTP interface beside which no reference may stand."""
_NEAR_MOST: Final = 3


def key_of(name: str) -> str:
    """What decides whether two names are the same: compatibility caseless matching (The Unicode Standard, section
    3.13), in NFKC."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def is_name_character(character: str) -> bool:
    """Letters with their combining marks (without which Hindi or Thai cannot be written), decimal digits, `_`, `-`."""
    return character in "_-" or unicodedata.category(character) in (
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "Mn",
        "Mc",
        "Nd",
    )


def check_name(name: str) -> str:
    """The name in NFKC, an `@` in front taken off.

    Raises InvalidOption unless it has 1 to 40 letters (of any script), digits, `_` and `-`, at least one of them a
    letter or digit.
    """
    plain = unicodedata.normalize("NFKC", name).removeprefix("@")
    if (
        not 1 <= len(plain) <= LONGEST
        or not all(map(is_name_character, plain))
        or not any(map(str.isalnum, plain))
        or unicodedata.category(plain[0]).startswith("M")
    ):
        raise InvalidOption(
            f"{name[:80]!r} cannot be the name of a reference.",
            hint=f"Use 1 to {LONGEST} letters, digits, underscores or hyphens, without spaces.",
        )
    if key_of(plain) in RESERVED:
        raise InvalidOption(f"The name {plain!r} is reserved.", hint="Choose another name.")
    return plain


def near(key: str, known: Iterable[str]) -> list[str]:
    """The known keys that `key` may have been meant as, nearest first, three at most.

    Near is one edit for up to four characters, two for up to seven, three beyond; or a beginning of at least three.
    """
    allowed = min(3, 1 + max(0, len(key) - 2) // 3)
    found: list[tuple[int, str]] = []
    for other in known:
        distance = edit_distance(key, other, most=allowed)
        if distance <= allowed:
            found.append((distance, other))
        elif len(key) >= 3 and other.startswith(key):
            found.append((allowed + 1, other))
    return [other for _, other in sorted(found)[:_NEAR_MOST]]


def edit_distance(first: str, second: str, *, most: int = 80) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours that turn one into the other (the optimal string
    alignment form of Damerau 1964); a distance beyond `most` is only told to be more."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(*row, *before) > most:  # a swap reaches back two rows
            return most + 1
    return row[-1]
