"""Names: which are allowed, when two are the same, which are near to each other."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.references.names import check_name, edit_distance, key_of, near

SHORT = st.text("abcd", max_size=6)


@pytest.mark.parametrize(
    "name", ["sarah", "Red_Dress-2", "7", "сарра", "साड़ी", "红裙", "ผ้าไหม", "Ｓａｒａｈ", "x" * 40]
)
def test_letters_of_any_script_make_a_name(name: str) -> None:
    assert check_name(name) == unicodedata.normalize("NFKC", name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "@",
        "-",
        "__",
        "a b",
        "a.b",
        "a@b",
        "x" * 41,
        "a\0b",
        "a\u202eb",
        "a\u200bb",
        "\u0301a",
        "a/b",
        "suggest",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidOption):
        check_name(name)


def test_an_at_sign_in_front_is_no_part_of_the_name() -> None:
    assert check_name("@sarah") == "sarah"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Sarah", "sARAH"),
        ("STRASSE", "straße"),
        ("Café", "cafe\u0301"),
        ("Ｓａｒａｈ", "sarah"),
        ("САРРА", "сарра"),
    ],
)
def test_case_and_ways_of_encoding_do_not_tell_names_apart(first: str, second: str) -> None:
    assert key_of(first) == key_of(second)


def test_accents_tell_names_apart() -> None:
    assert key_of("rené") != key_of("rene")


@given(st.text(max_size=20))
def test_a_key_is_its_own_key(name: str) -> None:
    assert key_of(key_of(name)) == key_of(name)


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [("sarah", "sara", 1), ("sarah", "sarha", 1), ("sarah", "zarah", 1), ("", "abc", 3), ("ca", "abc", 3)],
)
def test_edit_distance(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second) == distance


@given(SHORT, SHORT, st.integers(0, 6))
def test_a_bound_changes_no_distance_within_it(first: str, second: str, most: int) -> None:
    true = edit_distance(first, second)
    assert true == edit_distance(second, first)
    bounded = edit_distance(first, second, most=most)
    assert bounded == true if true <= most else bounded > most


def test_near_names_come_nearest_first_and_strangers_not_at_all() -> None:
    assert near("sarha", ["bob", "tarah", "sarah"]) == ["sarah", "tarah"]
    assert near("red", ["reddress", "blue"]) == ["reddress"]
