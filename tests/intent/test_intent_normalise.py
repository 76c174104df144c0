"""Foreign text becomes comparable: invisible characters go, look-alikes are folded, lengths are limited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.errors import InputError
from bottega.intent.normalise import MAX_CHARACTERS, clean, fold, normalise


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("ani\u200bmate\u202e this", "animate this"),
        ("a\u0000b\u0007c", "abc"),
        ("  two \t\n lines  ", "two lines"),
        ("ａｎｉｍａｔｅ", "animate"),
        ("аnimаte", "animate"),
        ("phоto of Μоnet", "photo of Monet"),
        ("сделaй видeо", "сделай видео"),
        ("Ölgemälde über alles", "Ölgemälde über alles"),
        ("сделай из photo", "сделай из photo"),
    ],
)
def test_clean(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


@pytest.mark.parametrize(
    ("word", "folded"), [("Améliore", "ameliore"), ("größer", "grosser"), ("ещё", "еще"), ("Niño", "nino")]
)
def test_fold_drops_case_and_accents(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_a_sentence_at_the_limit_is_read_and_one_above_is_refused() -> None:
    assert len(clean("x" * MAX_CHARACTERS)) == MAX_CHARACTERS
    with pytest.raises(InputError, match="2001"):
        clean("x" * (MAX_CHARACTERS + 1))


def test_characters_that_expand_do_not_pass_the_limit() -> None:
    assert len(clean("\ufdfa" * MAX_CHARACTERS)) <= MAX_CHARACTERS


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
