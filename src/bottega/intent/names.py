"""Whose look is meant, and at which event: names after "like" and "as", possessives, and the lexicon's hints."""

import re
from dataclasses import dataclass
from typing import Final

from bottega.intent.lexicon import Reading
from bottega.intent.normalise import fold

_UPPER: Final = "A-ZÀ-ÖØ-ÞА-ЯЁ"
_NAME: Final = rf"[{_UPPER}][\w’'.-]{{1,30}}(?:\s+[{_UPPER}][\w’'.-]{{1,30}}){{0,3}}"
_AFTER_LIKE: Final = re.compile(
    rf"\b(?:[Ll]ike|[Aa]s|[Aa]fter|[Ll]ook of|[Ww]ie|[Cc]omme|[Cc]omo|[Кк]ак|[Уу]|[Ll]ook von|[Ll]ook de)\s+(?:the\s+)?({_NAME})"
)
_POSSESSIVE: Final = re.compile(
    rf"\b({_NAME})['’]s?\s+(?:hair|haircut|hairstyle|look|outfit|dress|beard|style|suit)"
)
_EVENT: Final = re.compile(
    rf"\b(?:at|to|bei|bei den|auf den|aux|au|en los|en la|на)\s+(?:the\s+)?({_NAME}(?:\s+(?:19|20)\d\d)?)"
)
_LIKE_LOWER: Final = re.compile(r"\b(?:i|me|my|it|this|ich|je|yo)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """As written, accents and capitals kept; empty when none was found."""

    person: str = ""
    event: str = ""


def find_names(text: str, reading: Reading) -> Names:
    """Names in a sentence that went through `normalise.clean`."""
    return Names(_person(text, reading), _event(text, reading))


def _person(text: str, reading: Reading) -> str:
    hinted = _hinted("celebrity", reading)
    for pattern in (_AFTER_LIKE, _POSSESSIVE):
        found = pattern.search(text)
        if found:
            name = re.sub(r"['’]s?$", "", found.group(1)).rstrip(".,-")
            if not _LIKE_LOWER.fullmatch(name) and not _is_other(name, reading):
                return name
    return hinted


def _event(text: str, reading: Reading) -> str:
    hinted = _hinted("event", reading)
    if hinted:
        return hinted
    found = _EVENT.search(text)
    return found.group(1).rstrip(".,-") if found and _person(text, reading) else ""


def _hinted(concept: str, reading: Reading) -> str:
    return next((hit.words for hit in reading.hits if hit.concept == concept and not hit.negated), "")


def _is_other(name: str, reading: Reading) -> bool:
    """Whether the lexicon knows the name as a style, an era or an event ("like Monet", "as a Studio Ghibli scene")."""
    known = {
        fold(hit.words)
        for hit in reading.hits
        if hit.concept in ("style", "era", "event", "hair", "garment", "laser", "video")
    }
    return any(word in fold(name) for word in known)
