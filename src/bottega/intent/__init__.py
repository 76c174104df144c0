"""Sentence and pictures at hand -> intent. Which model does the work is left to `routing`.

Every classifier has the shape of `Classifier`; normalisation, guard and context rules are shared by all.
"""

from functools import cache
from typing import Protocol

from bottega.domain.intent import Intent, IntentContext
from bottega.intent.embedded import EmbeddedClassifier
from bottega.intent.rule_classifier import RuleClassifier


class Classifier(Protocol):
    """Something that tells what a sentence wants.

    `classify` raises InputError for an empty sentence and for one that is too long.
    """

    name: str

    def classify(self, prompt: str, context: IntentContext) -> Intent: ...


@cache
def default_classifier() -> Classifier:
    """The classifier of an installation without further ones: the embedded model, loaded on first use."""
    return EmbeddedClassifier()


def classify(prompt: str, context: IntentContext) -> Intent:
    """What the sentence wants, by the default classifier. Raises InputError for an empty or too long sentence."""
    return default_classifier().classify(prompt, context)


__all__ = ["Classifier", "EmbeddedClassifier", "RuleClassifier", "classify", "default_classifier"]
