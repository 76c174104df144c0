"""A suggestion says what was said and a sentence or two more, in the same language."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.domain.intent import WorkClass
from bottega.intent.enhance_prompt import Language, language_of, suggest_prompt
from bottega.intent.normalise import MAX_CHARACTERS

SHORT: dict[Language, str] = {
    "en": "a red bicycle",
    "de": "ein rotes Fahrrad",
    "fr": "un vélo rouge",
    "es": "una bicicleta roja",
    "ru": "красный велосипед",
}
HELPED = [
    WorkClass.IMAGE_GENERATION,
    WorkClass.TEXT_TO_VIDEO,
    WorkClass.VIDEO_GENERATION,
    WorkClass.IMAGE_TO_VIDEO,
    WorkClass.IMAGE_EDITING,
    WorkClass.HAIR_STYLING,
    WorkClass.REFERENCE_STYLING,
]


@pytest.mark.parametrize("workflow", HELPED)
@pytest.mark.parametrize("language", SHORT)
def test_a_short_prompt_is_kept_and_continued_in_its_language(
    language: Language, workflow: WorkClass
) -> None:
    suggestion = suggest_prompt(SHORT[language], workflow)
    assert suggestion is not None
    assert suggestion.language == language
    assert suggestion.original == SHORT[language]
    assert suggestion.suggested == f"{SHORT[language]}. {' '.join(suggestion.added)}"
    assert 1 <= len(suggestion.added) <= 2
    assert all(
        language_of(sentence) == language for sentence in suggestion.added if len(sentence.split()) > 4
    )


@pytest.mark.parametrize("workflow", sorted(set(WorkClass) - set(HELPED)))
def test_other_work_needs_no_more_words(workflow: WorkClass) -> None:
    assert suggest_prompt("a red bicycle", workflow) is None


@pytest.mark.parametrize(
    ("prompt", "unwanted"),
    [
        ("a dark alley at night", "light"),
        ("eine Gasse bei Nacht", "Licht"),
        ("une ruelle sombre", "umière"),
        ("un callejón de noche", "Luz"),
        ("тёмный переулок", "свет"),
        ("a blurry sketch of a cat", "detail"),
        ("Ein Logo mit Stern", "Hauptmotiv"),
    ],
)
def test_nothing_is_added_about_what_was_said(prompt: str, unwanted: str) -> None:
    suggestion = suggest_prompt(prompt, WorkClass.IMAGE_GENERATION)
    assert suggestion is not None
    assert unwanted not in " ".join(suggestion.added)


def test_a_prompt_that_says_all_is_left_alone() -> None:
    said = "a portrait in soft morning light with fine detail"
    assert suggest_prompt(said, WorkClass.IMAGE_GENERATION) is None


@pytest.mark.parametrize("prompt", ["一只猫", "قطة", "12 345", "!?", ""])
def test_other_languages_are_left_alone(prompt: str) -> None:
    assert suggest_prompt(prompt, WorkClass.IMAGE_GENERATION) is None


def test_a_suggestion_is_never_too_long_to_be_read() -> None:
    assert suggest_prompt("cat " * (MAX_CHARACTERS // 4), WorkClass.IMAGE_GENERATION) is None


@given(st.text(max_size=80), st.sampled_from(sorted(WorkClass)))
def test_whatever_is_said_stays(prompt: str, workflow: WorkClass) -> None:
    suggestion = suggest_prompt(prompt, workflow)
    if suggestion is not None:
        assert suggestion.suggested.startswith(prompt.strip())
        assert re.search(r"[.!?…] ", suggestion.suggested)
        assert suggestion == suggest_prompt(prompt, workflow)
