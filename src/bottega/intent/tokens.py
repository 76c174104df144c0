"""A sentence as the sequence model sees it: one row per word in order, with the word's letters, its vector, the concepts
found in it and its like in other languages; and the facts about the pictures at hand. Training and use call the same
function.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zlib import crc32

from bottega.domain.intent import IntentContext
from bottega.intent.context import Cues
from bottega.intent.features import facts_of
from bottega.intent.lexicon import Reading
from bottega.intent.lexicon_words import meanings
from bottega.intent.names import Names
from bottega.intent.vectors import token_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORDS: Final = 1 << 13
GRAMS: Final = 1 << 14
CONCEPTS: Final = 1 << 11
FACTS: Final = 1 << 8
LONGEST: Final = 160
"""Of a longer sentence the first and the last half of this many words are read."""

_BORDER: Final = "|"
_LONGEST_WORD: Final = 24


@dataclass(frozen=True, slots=True)
class Tokens:
    """`words`: place of each word (and of each border between clauses); `grams` and `concepts`: places of its
    character n-grams and of its concepts, with the row each belongs to; `meaning`: rows x dimensions of the
    word-piece vectors; `facts`: places of what is known about the pictures and the whole sentence."""

    words: list[int]
    grams: list[int]
    gram_rows: list[int]
    concepts: list[int]
    concept_rows: list[int]
    meaning: "NDArray[np.float32]"
    facts: list[int]


def tokens_of(text: str, reading: Reading, cues: Cues, names: Names, context: IntentContext) -> Tokens:
    """The rows of a sentence that went through `normalise.clean`; at least one row (a border) is there."""
    spelled: list[str] = []
    tags: list[list[str]] = []
    for number, clause in enumerate(reading.words):
        marks: list[list[str]] = [[] for _ in clause]
        for hit in reading.hits:
            if hit.clause == number:
                mark = f"{'n' if hit.negated else 'c'}:{hit.concept}"
                for place in range(hit.start, min(hit.start + len(hit.words.split()), len(clause))):
                    marks[place].append(mark)
        for place, word in enumerate(clause):
            marks[place] += [f"m:{name}" for name in meanings(word)]
        spelled += [_BORDER, *clause]
        tags += [[], *marks]
    spelled, tags = [*spelled, _BORDER], [*tags, []]
    if len(spelled) > LONGEST:
        half = LONGEST // 2
        spelled, tags = [*spelled[:half], *spelled[-half:]], [*tags[:half], *tags[-half:]]
    grams: list[int] = []
    gram_rows: list[int] = []
    concepts: list[int] = []
    concept_rows: list[int] = []
    for row, (word, marks_here) in enumerate(zip(spelled, tags, strict=True)):
        here = _grams(word)
        grams += here
        gram_rows += [row] * len(here)
        concepts += [_place(mark, CONCEPTS) for mark in marks_here]
        concept_rows += [row] * len(marks_here)
    facts = facts_of(reading, cues, names, context)
    return Tokens(
        [_place(word, WORDS) for word in spelled],
        grams,
        gram_rows,
        concepts,
        concept_rows,
        token_vectors().of_words(spelled),
        sorted({_place(fact, FACTS) for fact in facts}),
    )


def _place(name: str, places: int) -> int:
    return crc32(name.encode()) % places


@lru_cache(maxsize=4096)
def _grams(word: str) -> tuple[int, ...]:
    padded = f"<{word[:_LONGEST_WORD]}>"
    return tuple(
        _place(padded[start : start + size], GRAMS)
        for size in (3, 4, 5)
        for start in range(max(len(padded) - size + 1, 1))
    )
