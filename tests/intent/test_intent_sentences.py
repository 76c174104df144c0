"""How many hand-worded sentences each classifier understands: the figures a release must not fall below."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bottega.domain.intent import IntentContext, WorkClass
from bottega.intent import Classifier, EmbeddedClassifier, RuleClassifier

Sentences = dict[str, dict[str, list[dict[str, Any]]]]
ALL: Sentences = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))


CLASSIFIERS: list[Classifier] = [RuleClassifier(), EmbeddedClassifier()]
both = pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda classifier: classifier.name)


def outcomes(half: str, classifier: Classifier) -> list[tuple[str, WorkClass, float, str, str]]:
    """(label, answer, confidence, language, text) of every sentence."""
    rows: list[tuple[str, WorkClass, float, str, str]] = []
    for label, sentences in ALL[half].items():
        for sentence in sentences:
            intent = classifier.classify(sentence["text"], IntentContext(**sentence.get("context", {})))
            rows.append(
                (label, intent.workflow, intent.confidence, sentence.get("lang", "en"), sentence["text"])
            )
    return rows


def accuracy(rows: list[tuple[str, WorkClass, float, str, str]]) -> float:
    return sum(label == answer for label, answer, *_ in rows) / len(rows)


@both
@pytest.mark.parametrize(("half", "least"), [("development", 0.97), ("held_out", 0.96), ("unseen", 0.88)])
def test_the_share_of_right_answers(half: str, least: float, classifier: Classifier) -> None:
    rows = outcomes(half, classifier)
    wrong = [row for row in rows if row[0] != row[1]]
    assert accuracy(rows) >= least, wrong


@both
@pytest.mark.parametrize("language", ["en", "ru", "fr", "es", "de"])
def test_no_language_falls_behind(language: str, classifier: Classifier) -> None:
    rows = [
        row for half in ("held_out", "unseen") for row in outcomes(half, classifier) if row[3] == language
    ]
    assert len(rows) >= 15
    assert accuracy(rows) >= 0.88


@both
def test_sure_answers_are_right_more_often_than_unsure_ones(classifier: Classifier) -> None:
    rows = [row for half in ("held_out", "unseen") for row in outcomes(half, classifier)]
    sure = [row for row in rows if row[2] >= 0.8]
    unsure = [row for row in rows if row[2] < 0.8]
    assert accuracy(sure) >= 0.94
    assert accuracy(unsure) < accuracy(sure)


@both
@pytest.mark.parametrize(
    "change", [str.upper, lambda text: f"  {text}\n", lambda text: text.replace(" ", "  ")]
)
def test_case_and_white_space_change_nothing(change: Any, classifier: Classifier) -> None:
    for label, sentences in ALL["development"].items():
        for sentence in sentences:
            context = IntentContext(**sentence.get("context", {}))
            # Names are recognised by their capital letters, so these three classes may lose that hint.
            if change is str.upper and label in ("reference_styling", "hair_styling", "style_transfer"):
                continue
            before = classifier.classify(sentence["text"], context).workflow
            assert classifier.classify(change(sentence["text"]), context).workflow == before, sentence["text"]


def test_the_set_covers_every_class_in_every_part() -> None:
    classes = {work_class.value for work_class in WorkClass}
    assert {half: set(labels) for half, labels in ALL.items()} == dict.fromkeys(
        ("development", "held_out", "unseen"), classes
    )
    texts = [s["text"] for labels in ALL.values() for sentences in labels.values() for s in sentences]
    with_context = [
        (s["text"], str(s.get("context")))
        for labels in ALL.values()
        for sentences in labels.values()
        for s in sentences
    ]
    assert len(texts) >= 400
    assert len(set(with_context)) == len(with_context)
