"""A suggestion for a short prompt: the same words with a sentence or two behind them that help the kind of work.

It is shown beside the original and never put in its place. Deterministic, in the prompt's own language, and about
nothing that the prompt speaks of already. The words are in `enhance_prompt.toml`.
"""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bottega.domain.base import Value
from bottega.domain.intent import WorkClass
from bottega.intent.normalise import MAX_CHARACTERS, clean, fold

Language = Literal["en", "de", "fr", "es", "ru"]
_MOST_SENTENCES: Final = 2
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTER: Final = re.compile(r"[^\W\d_]")
_LATIN: Final = re.compile(r"[a-zA-ZÀ-ɏ]")
_CYRILLIC: Final = re.compile(r"[Ѐ-ӿ]")


class PromptSuggestion(Value):
    """`suggested` is `original` with the sentences `added` behind it."""

    original: str
    suggested: str
    added: tuple[str, ...]
    language: Language


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(fold, words))


class _Aspect(BaseModel):
    """Something that a prompt may leave open. `spoken_of` are beginnings of words in all languages: a prompt with
    one of them has decided already."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spoken_of: Annotated[tuple[str, ...], AfterValidator(_folded)] = Field(min_length=1)
    sentence: dict[Language, str]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    common_words: dict[Language, frozenset[str]]
    workflows: dict[WorkClass, tuple[str, ...]]
    aspects: dict[str, _Aspect]


def suggest_prompt(prompt: str, workflow: WorkClass) -> PromptSuggestion | None:
    """What the prompt could say beside what it says, for this kind of work; at most two sentences.

    None when nothing useful is left open, when the kind of work has no use for it, when the language is none of the
    five, or when the prompt would become too long. Raises InputError for one that is too long already.
    """
    data = _data()
    original = prompt.strip()
    language = language_of(original)
    if language is None or workflow not in data.workflows:
        return None
    words = _WORD.findall(fold(clean(original)))
    open_aspects = (data.aspects[name] for name in data.workflows[workflow])
    added = [
        aspect.sentence[language]
        for aspect in open_aspects
        if not any(word.startswith(aspect.spoken_of) for word in words)
    ][:_MOST_SENTENCES]
    end = "" if original.endswith((".", "!", "?", "…")) else "."
    suggested = f"{original}{end} {' '.join(added)}"
    if not added or len(suggested) > MAX_CHARACTERS:
        return None
    return PromptSuggestion(original=original, suggested=suggested, added=tuple(added), language=language)


def language_of(prompt: str) -> Language | None:
    """One of the five languages, by script and common words; English when words do not tell, None for other scripts
    and for a text without letters."""
    letters = _LETTER.findall(prompt)
    latin, cyrillic = (sum(map(bool, map(script.match, letters))) for script in (_LATIN, _CYRILLIC))
    if not letters or max(latin, cyrillic) * 2 <= len(letters):
        return None
    if cyrillic > latin:
        return "ru"
    words = [fold(word) for word in _WORD.findall(prompt)]
    common = _data().common_words
    votes: dict[Language, int] = {
        language: sum(word in common[language] for word in words) for language in ("en", "de", "fr", "es")
    }
    best = max(votes.values())
    tied: list[Language] = [language for language, count in votes.items() if count == best]
    if best == 0:
        return "en"
    if tied == ["fr", "es"]:  # both begin with "un": Spanish nouns mostly end in a vowel of their own
        return "es" if any(word.endswith(("o", "a", "os", "as")) for word in words) else "fr"
    return tied[0]


@cache
def _data() -> _Data:
    text = resources.files("bottega.intent").joinpath("enhance_prompt.toml").read_text(encoding="utf-8")
    return _Data.model_validate(tomllib.loads(text))
