"""The features of a sentence for the embedded classifier: word and character n-grams, concepts with their
negation, pictures at hand, and the products of the two. Training and use call the same function.

Features are strings, hashed into `DIMENSIONS` places (Weinberger et al. 2009, "Feature Hashing for Large Scale
Multitask Learning"), so no vocabulary has to be kept.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import sqrt
from typing import Final
from zlib import crc32

from bottega.domain.intent import IntentContext
from bottega.intent.context import Cues, apply_context
from bottega.intent.lexicon import Reading
from bottega.intent.lexicon_words import meanings
from bottega.intent.names import Names
from bottega.intent.normalise import fold
from bottega.intent.rules import softmax, weigh
from bottega.intent.vectors import token_vectors

DIMENSIONS: Final = 1 << 20
CHARACTERS_READ: Final = 700
"""Of a long prompt the beginning and the end are read, so that it costs no more than this many characters each."""

VECTOR_WEIGHT: Final = 3.0
Features = dict[str, float]


def features_of(text: str, reading: Reading, cues: Cues, names: Names, context: IntentContext) -> Features:
    """Names and values. Each family of features is scaled to length one, so that long and short sentences
    weigh alike.

    `w:` words and pairs of words, `g:` character n-grams (2 to 5, within words), `c:` concepts, `n:` refused
    concepts, `m:` meanings shared by five languages and pairs of them, `k:` facts about the pictures at hand, `x:`
    products of concepts and facts, `r:` and `s:` what the keyword rules make of it, before and after the rules about
    the context, `v:` the average of the word-piece vectors.
    """
    found: Features = {}
    shown = fold(text)
    if len(shown) > 2 * CHARACTERS_READ:
        shown = f"{shown[:CHARACTERS_READ]} {shown[-CHARACTERS_READ:]}"
    facts = list(facts_of(reading, cues, names, context))
    concepts = list(_concepts(reading))
    _add(found, _words(reading), 1.0)
    _add(found, _character_ngrams(shown), 1.0)
    _add(found, concepts, 1.0)
    _add(found, _meanings(reading), 1.0)
    _add(found, [f"k:{fact}" for fact in facts], 1.0)
    _add(found, [f"x:{fact}&{concept}" for fact in facts for concept in concepts], 1.0)
    scores, _ = weigh(reading, context, cues, names)
    chances = softmax(scores, 1.0)
    moved, _ = apply_context(chances, cues, context)
    found.update({f"r:{name}": chance for name, chance in chances.items()})
    found.update({f"s:{name}": chance for name, chance in moved.items()})
    meaning = token_vectors().mean(text) * VECTOR_WEIGHT
    found.update({f"v:{place}": value for place, value in enumerate(meaning.tolist())})
    return found


def place_of(name: str) -> int:
    """The place of a feature among `DIMENSIONS`."""
    return crc32(name.encode()) & (DIMENSIONS - 1)


def _add(found: Features, names: list[str] | Iterator[str], weight: float) -> None:
    distinct = set(names)
    if distinct:
        value = weight / sqrt(len(distinct))
        found.update(dict.fromkeys(distinct, value))


def _words(reading: Reading) -> Iterator[str]:
    for number, clause in enumerate(reading.words):
        for word in clause:
            yield f"w:{word}"
        for first, second in pairwise(("^", *clause, "$")):
            yield f"w:{first} {second}"
        if number == 0 and clause:
            yield f"w1:{' '.join(clause[:2])}"


def _character_ngrams(text: str) -> Iterator[str]:
    for word in text.split():
        padded = f" {word} "
        for size in (2, 3, 4, 5):
            for start in range(len(padded) - size + 1):
                yield f"g:{padded[start : start + size]}"


def _meanings(reading: Reading) -> Iterator[str]:
    for clause in reading.words:
        named = [names[0] for word in clause if (names := meanings(word))]
        for name in named:
            yield f"m:{name}"
        for first, second in pairwise(("^", *named, "$")):
            yield f"m:{first} {second}"


def _concepts(reading: Reading) -> Iterator[str]:
    asked: list[str] = []
    for hit in reading.hits:
        mark = "n" if hit.negated else "c"
        yield f"{mark}:{hit.concept}"
        if hit.clause == 0:
            yield f"{mark}1:{hit.concept}"
        if not hit.negated and hit.concept not in asked:
            asked.append(hit.concept)
    for first, second in pairwise(asked):
        yield f"c2:{first}>{second}"


# The others decide by a rule about the context alone; the models were trained without them.
_LEARNED_CUES: Final = tuple(
    name for name in Cues.__slots__ if name not in ("orders_laser", "cuts_from_picture")
)


def facts_of(reading: Reading, cues: Cues, names: Names, context: IntentContext) -> Iterator[str]:
    """What is known about the pictures at hand and the sentence as a whole."""
    pictures = context.working_images + context.uploaded_images + context.references
    yield "pictures" if pictures else "no pictures"
    if pictures >= 2:
        yield "two pictures"
    for name in ("working_images", "uploaded_images", "working_videos", "references"):
        if getattr(context, name):
            yield name
    if not pictures and not context.working_videos:
        yield "nothing"
    for name in _LEARNED_CUES:
        if getattr(cues, name):
            yield name
    if reading.is_question:
        yield "question mark"
    if names.person:
        yield "person named"
    if names.event:
        yield "event named"
    length = sum(len(clause) for clause in reading.words)
    yield "terse" if length <= 3 else "long" if length > 40 else "ordinary"
