"""How concepts are found: whole words and stems, phrases before words, gaps, negation, typing errors."""

import pytest

from bottega.intent.lexicon import Lexicon, default_lexicon

LEXICON = Lexicon(
    {
        "hair": {"en": ["hair", "haircut*"]},
        "video": {"en": ["video", "animation*"]},
        "nothing": {"en": ["video game*"]},
        "convert": {"en": ["turn ~ into"]},
        "duration": {"en": ["# second*"]},
        "picture": {"en": ["my photo"]},
        "negation": {"en": ["not", "dont"]},
        "negation_behind": {"de": ["nicht"]},
        "preserve": {"en": ["keep"]},
        "contrast": {"en": ["but"]},
        "never_corrected": {"en": ["animatiog"]},
    }
)


def found(text: str) -> set[str]:
    return {hit.concept for hit in LEXICON.read(text).hits if not hit.negated}


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("HAIR", {"hair"}),
        ("chair", set[str]()),
        ("haircuts", {"hair"}),
        ("a video game", {"nothing"}),
        ("a video of games", {"video"}),
        ("turn this old thing into", {"convert"}),
        ("turn left at the third light and go into", set[str]()),
        ("10-second", {"duration"}),
        ("ten second", set[str]()),
        ("in my photo", {"picture"}),
    ],
)
def test_matching(text: str, concepts: set[str]) -> None:
    assert found(text) == concepts


@pytest.mark.parametrize(
    ("text", "has_hair"),
    [
        ("not the hair", False),
        ("don't touch the hair", False),
        ("not the face, the hair", True),
        ("not the face but the hair", True),
        ("the hair nicht", False),
        ("keep the hair", False),
        ("hair, not face", True),
    ],
)
def test_negation(text: str, has_hair: bool) -> None:
    reading = LEXICON.read(text)
    assert reading.has("hair") is has_hair
    assert reading.refuses("hair") is not has_hair


@pytest.mark.parametrize(
    ("word", "right"),
    [("aniamtion", True), ("animtion", True), ("animattion", True), ("animatiob", True), ("anmation", True),
     ("onimation", False), ("anmtion", False), ("vidoe", False), ("animatiog", False)],
)  # fmt: skip
def test_one_typing_error_in_a_long_word(word: str, right: bool) -> None:
    assert (found(word) == {"video"}) is right


def test_mentions_are_collected_and_mean_nothing_themselves() -> None:
    reading = LEXICON.read("@hair and @anna")
    assert reading.mentions == ("@hair", "@anna")
    assert not reading.has("hair")


def test_french_elisions_are_words_of_their_own() -> None:
    assert default_lexicon().read("anime l'image").words == (("anime", "l", "image"),)
