"""Makes any foreign sentence comparable: Unicode normalised, invisible characters gone, look-alike letters folded.

Shared by every classifier. What the sentence means is left to them; hostile content is `guard`'s.
"""

import re
import unicodedata

from bottega.errors import InputError

MAX_CHARACTERS = 2000

# Cyrillic and Greek letters that are drawn like a Latin one (a subset of the Unicode confusables, UTS #39).
_LIKE_LATIN = {
    ord(other): latin
    for others, latins in (
        ("аеорсухіјѕһԁԛԝкмт", "aeopcyxijshdqwkmt"),
        ("АЕОРСУХІЈЅНКМТВ", "AEOPCYXIJSHKMTB"),
        ("αορνικτυχε", "aopviktuxe"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    )
    for other, latin in zip(others, latins, strict=True)
}
_LIKE_CYRILLIC = str.maketrans("aeopcyxkmthAEOPCYXKMTBH", "аеорсухкмтнАЕОРСУХКМТВН")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-zA-ZÀ-ɏ]")
_CYRILLIC = re.compile(r"[Ѐ-ӿԀ-ԯ]")
_GREEK = re.compile(r"[Ͱ-Ͽ]")


def clean(text: str) -> str:
    """The sentence as its writer meant it to look: NFKC, no control, bidirectional or zero-width characters,
    words of mixed scripts in one script, single spaces; case and accents are kept.

    Raises InputError above `MAX_CHARACTERS` characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The sentence has {len(text)} characters; at most {MAX_CHARACTERS} are read.",
            hint="Shorten it: say what is wanted in a few sentences.",
        )
    # NFKC can lengthen a text up to eighteen times (U+FDFA), hence the second cut.
    text = unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS]
    kept = (_plain(character) for character in text)
    return " ".join(_WORD.sub(_one_script, "".join(kept)).split())


def fold(text: str) -> str:
    """Lower case without accents, for comparing words: `Améliore` -> `ameliore`, `ё` -> `е`, `ß` -> `ss`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")


def normalise(text: str) -> str:
    """`clean` and `fold` together: what word matching and caching work on. Raises InputError when too long."""
    return " ".join(fold(clean(text)).split())


def _plain(character: str) -> str:
    if character in "\n\r\t\u2028\u2029\x0b\x0c":
        return " "
    category = unicodedata.category(character)
    # Cc control, Cf format (bidirectional marks, zero-width, tags), Co private use, Cs surrogate, Cn unassigned
    return "" if category in ("Cc", "Cf", "Co", "Cs", "Cn") else character


def _one_script(found: re.Match[str]) -> str:
    word = found.group()
    if word.isascii():
        return word
    latin, cyrillic, greek = (len(p.findall(word)) for p in (_LATIN, _CYRILLIC, _GREEK))
    if not latin or not (cyrillic or greek):
        return word
    as_latin = word.translate(_LIKE_LATIN)
    if not (_CYRILLIC.search(as_latin) or _GREEK.search(as_latin)):
        return as_latin
    as_cyrillic = word.translate(_LIKE_CYRILLIC)
    return as_cyrillic if not _LATIN.search(as_cyrillic) else word
