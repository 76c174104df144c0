"""The definition of the classes: complete, and understood by the classifiers that it describes."""

from collections import Counter

import pytest
from pydantic import ValidationError

from bottega.domain.intent import WorkClass
from bottega.intent import EmbeddedClassifier
from bottega.intent.taxonomy import Taxonomy, taxonomy, taxonomy_page


def test_every_class_is_defined_once_with_examples_in_every_language() -> None:
    known = taxonomy()
    assert [entry.name for entry in known.classes] == list(WorkClass)
    sentences = [text for entry in known.classes for texts in entry.examples.values() for text in texts]
    assert len(sentences) == len(set(sentences)) == 2 * 5 * len(WorkClass)


def test_the_classifier_that_is_shipped_reads_the_examples_as_they_are_meant() -> None:
    classifier = EmbeddedClassifier()
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for entry in taxonomy().classes:
        for language, texts in entry.examples.items():
            for text in texts:
                found = classifier.classify(text, entry.example_context)
                for group in (language, entry.name.value):
                    asked[group] += 1
                    right[group] += found.workflow is entry.name and not found.out_of_scope
    shares = {group: right[group] / asked[group] for group in asked}
    assert min(shares.values()) >= 0.8, shares


def test_subkinds_are_those_that_an_intent_can_have() -> None:
    known = taxonomy()
    assert known.subkinds_of(WorkClass.LASER) == {"engrave", "cut", "score", "both"}
    assert known.subkinds_of(WorkClass.REFERENCE_STYLING) == {
        "virtual_tryon",
        "celebrity",
        "event",
        "fashion_reference",
    }
    assert known.subkinds_of(WorkClass.IMAGE_EDITING) == frozenset()


def test_a_class_that_is_missing_or_an_example_in_no_language_is_refused() -> None:
    whole = taxonomy().model_dump(mode="json", by_alias=True)
    with pytest.raises(ValidationError, match="every class"):
        Taxonomy.model_validate({**whole, "class": whole["class"][1:]})
    first, *others = whole["class"]
    mute = {**first, "examples": {**first["examples"], "ru": []}}
    with pytest.raises(ValidationError, match="examples in"):
        Taxonomy.model_validate({**whole, "class": [mute, *others]})


def test_the_page_names_all_there_is_to_know() -> None:
    page = taxonomy_page()
    for entry in taxonomy().classes:
        assert f"`{entry.name.value}`" in page
        for said in (
            entry.description,
            *entry.tie_breaks,
            *(text for t in entry.examples.values() for text in t),
        ):
            assert said in page
