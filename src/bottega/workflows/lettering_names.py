"""Names that are to be burnt as letters though nobody put them in quotes: "engrave Anna on a spoon"; in five languages.

Texts in quotes are `laser_things`'. A capital letter tells a name from a thing to be drawn, but for German, whose nouns
all have one: there only words in capitals and known given names count.
"""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final

_POLITE: Final = r"(?:(?i:please|bitte|пожалуйста|s'il te plaît|por favor),? )?"
_VERBS: Final = (
    r"engrave|etch|burn|grave[rz]?|graba|grabar|grabe|(?:вы)?гравируй(?:те)?|выгравировать|выжги(?:те)?"
)
_GERMAN: Final = r"graviere?|gravieren"
_FOR_ME: Final = r"(?:(?i:me|mir|moi|мне) )?"
_WORD: Final = r"[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.’'-]*"
_AND: Final = r"(?: ?[&+] ?| and | und | et | y | e | и )"
_NAMES: Final = rf"{_WORD}(?: {_WORD}){{0,2}}(?:{_AND}{_WORD}(?: {_WORD}){{0,2}}){{0,3}}"
_SIZE: Final = (
    r"(?:,? \d+(?:[.,]\d+)?(?: ?[x×х] ?\d+(?:[.,]\d+)?)? ?(?:mm|cm|мм|см|inch(?:es)?|in)(?: \w+)?)?"
)
_ON: Final = r"(?:on(?:to)?|into|in|auf|sur|dans|en|sobre|на|в) (?!(?:(?:the|a|der|le|un|el) )?(?:styl|stil|estil|стил))(?=\S)"

_ORDER: Final = re.compile(
    rf"^{_POLITE}(?:(?i:{_VERBS})|(?P<german>(?i:{_GERMAN}))) {_FOR_ME}(?P<names>{_NAMES}){_SIZE} {_ON}"
)
_GERMAN_BEHIND: Final = re.compile(
    rf"^(?P<names>{_NAMES}) (?:auf|in) .{{1,80}}? (?:ein)?gravieren\b", re.IGNORECASE
)


@cache
def _words(kind: str) -> frozenset[str]:
    """`drawn` or `given` of the list beside this file."""
    text = resources.files("bottega.workflows").joinpath("lettering_names.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)[kind])


def names_to_burn(prompt: str) -> str:
    """The name, or names, as written; empty where the sentence asks for none. A thing is needed on which they come."""
    text = " ".join(prompt.split())
    found = _ORDER.match(text)
    german = found is not None and found["german"] is not None
    if found is None:
        found, german = _GERMAN_BEHIND.match(text), True
    if found is None:
        return ""
    names = found["names"]
    parts = re.split(_AND, names)
    if any(part.casefold() in _words("drawn") for part in parts):
        return ""
    given = _words("given")
    if german and not all(part.isupper() or part.split()[0].casefold() in given for part in parts):
        return ""
    # In the accusative it is not how the name is written: that cannot be undone by rule.
    return "" if any(re.search(r"[а-яё][ую]$", word) for word in names.split()) else names
