"""Words of like meaning in five languages have one name."""

import pytest

from bottega.intent.lexicon_words import meanings


@pytest.mark.parametrize(
    "words",
    [
        ("remove", "убери", "enleve", "quitame", "entferne"),
        ("hair", "волосы", "cheveux", "pelo", "haare"),
        ("shaky", "трясется", "tremble", "tiembla", "wackelt"),
        ("whisper", "шепчет", "chuchote", "susurra", "flustert"),
    ],
)
def test_one_meaning_in_five_languages(words: tuple[str, ...]) -> None:
    assert len({meanings(word) for word in words}) == 1
    assert meanings(words[0])


def test_the_longest_entry_wins_and_a_whole_word_before_a_stem() -> None:
    assert meanings("photographers") != meanings("photograph")
    assert "picture" not in meanings("photographer")


def test_an_unknown_word_has_no_meaning() -> None:
    assert meanings("qqzzkk") == ()
    assert meanings("") == ()
