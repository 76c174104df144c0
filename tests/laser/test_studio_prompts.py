"""Wordings for pictures that are to be lasered: style by the words, what cannot be, variations by seed."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import BottegaError, InvalidOption, MissingInput
from bottega.laser.prompts import (
    MAX_PROMPT,
    detect_style,
    enhance_prompt,
    prompt_variations,
    templates,
    validate_prompt,
)


@pytest.mark.parametrize(
    ("wish", "style"),
    [
        ("a single line drawing of a fox", "line_art"),
        ("раскраска с драконом", "line_art"),
        ("dessin au trait d'une rose", "line_art"),
        ("logo of a bear", "silhouette"),
        ("силуэт волка", "silhouette"),
        ("un icono de bicicleta", "silhouette"),
        ("pop art halftone of a cat", "halftone"),
        ("Gesicht als Punktraster", "halftone"),
        ("portrait of my grandmother", "engraving"),
        ("гравюра с кораблём", "engraving"),
        ("gravure d'un paysage de montagne", "engraving"),
        ("трафарет с бабочкой", "cutting"),
        ("Schablone mit Sternen", "cutting"),
        ("un pochoir d'étoiles", "cutting"),
        ("un mandala floral", "ornament"),
        ("ein Monogramm mit A und B", "ornament"),
        ("надпись «Анна» с вензелем", "ornament"),
    ],
)
def test_the_words_decide_the_style_in_five_languages(wish: str, style: str) -> None:
    assert detect_style(wish).id == style


def test_without_any_such_word_it_is_said_to_be_a_guess() -> None:
    guess = detect_style("a cat on a roof")
    assert (guess.words, guess.confidence) == ((), 0.3)


def test_the_wish_stays_as_written_also_with_braces() -> None:
    made = enhance_prompt("a {subject} in {braces}")
    assert made.prompt.startswith("a {subject} in {braces}, ")


@pytest.mark.parametrize("wish", ["", "   ", "?!"])
def test_an_empty_wish_is_no_wish(wish: str) -> None:
    with pytest.raises(MissingInput):
        enhance_prompt(wish)


@pytest.mark.parametrize(
    "wish", ["a fox on PVC", "лиса на кожзаме", "ein Fuchs auf Kunstleder", "un zorro en vinilo"]
)
def test_forbidden_materials_are_refused(wish: str) -> None:
    checked = validate_prompt(wish)
    assert not checked.allowed
    assert "chlor" in checked.refusal
    with pytest.raises(InvalidOption):
        enhance_prompt(wish)


@pytest.mark.parametrize(
    ("wish", "trouble"),
    [("a neon rainbow", "glow"), ("лис в тумане", "soft"), ("a colourful parrot", "colour")],
)
def test_what_a_laser_cannot_show_is_answered_and_allowed(wish: str, trouble: str) -> None:
    checked = validate_prompt(wish)
    assert checked.allowed
    assert trouble in {each.id for each in checked.advice}


@given(seed=st.integers(0, 2**31 - 1), count=st.integers(1, 16))
@settings(max_examples=40, deadline=None)
def test_variations_are_different_and_the_same_again(seed: int, count: int) -> None:
    made = prompt_variations("an owl", count=count, seed=seed)
    assert len({each.prompt for each in made}) == count
    assert made == prompt_variations("an owl", count=count, seed=seed)
    assert len({each.style for each in made}) == 1


@given(wish=st.text(max_size=2500))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_wording_within_the_limit_or_an_error_in_words(wish: str) -> None:
    with contextlib.suppress(BottegaError):
        assert len(enhance_prompt(wish).prompt) <= MAX_PROMPT


def test_there_are_six_templates_and_each_finds_itself() -> None:
    assert len(templates()) == 6
    for each in templates():
        assert enhance_prompt("an owl", style=each.id).style == each.id
