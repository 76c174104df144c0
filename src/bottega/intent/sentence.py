"""What every classifier does with a sentence before it weighs the classes, and with the classes after."""

from collections.abc import Mapping
from dataclasses import dataclass

from bottega.domain.intent import Alternative, Intent, IntentContext, WorkClass
from bottega.errors import InputError
from bottega.intent.context import Cues, find_cues
from bottega.intent.details import clarification, is_thin, subkind
from bottega.intent.guard import suspicions
from bottega.intent.lexicon import Lexicon, Reading, default_lexicon
from bottega.intent.names import Names, find_names
from bottega.intent.normalise import clean


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that was cleaned and read, with the pictures at hand."""

    text: str
    context: IntentContext
    reading: Reading
    cues: Cues
    names: Names


def read_sentence(prompt: str, context: IntentContext, lexicon: Lexicon | None) -> Sentence:
    """Raises InputError for an empty sentence and for one above `normalise.MAX_CHARACTERS`."""
    text = clean(prompt)
    if not text:
        raise InputError(
            "The request does not say what is wanted.",
            hint="Write a sentence about what to make or change, or name the workflow.",
        )
    reading = (lexicon or default_lexicon()).read(text)
    return Sentence(text, context, reading, find_cues(reading, context), find_names(text, reading))


def ranked(probabilities: Mapping[WorkClass, float]) -> list[WorkClass]:
    """The classes, the likeliest first."""
    return sorted(WorkClass, key=lambda name: -probabilities[name])


def intent_of(
    sentence: Sentence,
    probabilities: Mapping[WorkClass, float],
    *,
    classifier: str,
    reasoning: str,
    outside: bool,
    query: str | None,
) -> Intent:
    """The intent of the likeliest class; `query` is what to look up on the web, `outside` that it is no work for us."""
    first, second = ranked(probabilities)[:2]
    return Intent(
        workflow=first,
        subkind=subkind(first, sentence.reading, sentence.names, sentence.context),
        confidence=round(probabilities[first], 4),
        reasoning=reasoning,
        classifier=classifier,
        runner_up=Alternative(workflow=second, confidence=round(probabilities[second], 4)),
        requires_web_search=query is not None,
        web_search_query=query,
        enhancement_needed=is_thin(first, sentence.reading) and not outside,
        needs_clarification=None if outside else clarification(first, sentence.cues, sentence.context),
        out_of_scope=outside,
        flagged=suspicions(sentence.text),
    )
