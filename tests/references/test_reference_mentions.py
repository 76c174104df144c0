"""Mentions are found in any language, and only mentions."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.references.mentions import find_mentions, named


def names(prompt: str) -> list[str]:
    return [mention.name for mention in find_mentions(prompt)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("put @sarah in @red_dress-2", ["sarah", "red_dress-2"]),
        ("@sarah's hair, (@bob) and @anna.", ["sarah", "bob", "anna"]),
        ("надень @платье на @сарра!", ["платье", "сарра"]),
        ("mets @rené à côté de @zoë", ["rené", "zoë"]),
        ("zieh @größe ¿y @niña?", ["größe", "niña"]),
        ("@साड़ी पहनाओ", ["साड़ी"]),
        ("ضع @سارة هنا", ["سارة"]),
        ("wear＠sarah", []),
        ("see ＠sarah", ["sarah"]),
        ("让@小红 穿上 @红裙", ["小红", "红裙"]),
        ("this one,@sarah", ["sarah"]),
    ],
)
def test_mentions_are_found(prompt: str, expected: list[str]) -> None:
    assert names(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "write to anna@example.com",
        "write to anna.b+c@example.com",
        "ánna@example.com",
        "почта@пример.рф",
        "小红@例子.公司",
        "user_@example",
        "https://example.com/@sarah",
        "a@b",
        "5@home",
        "@",
        "@ sarah",
        "@@sarah",
        "@-",
        "@!",
        "",
    ],
)
def test_addresses_and_lone_signs_are_no_mentions(prompt: str) -> None:
    assert names(prompt) == []


def test_a_mention_knows_its_place() -> None:
    prompt = "put @sarah in red"
    (mention,) = find_mentions(prompt)
    assert prompt[mention.start : mention.end] == "@sarah"


@pytest.mark.parametrize(
    ("prompt", "known", "expected"),
    [
        ("@Sarah", {"sarah"}, "sarah"),
        ("@sarah- and more", {"sarah"}, "sarah"),
        ("@sarahs", {"sarah"}, None),
        ("@小红穿上", {"小", "小红"}, "小红"),
        ("@sarah穿上", {"sarah"}, "sarah"),
        ("@사라를 그려줘", {"사라"}, "사라"),
        ("@さくらの写真", {"さくら"}, "さくら"),
        ("@นุ่นใส่ชุด", {"นุ่น"}, "นุ่น"),
    ],
)
def test_where_words_are_not_set_apart_the_longest_known_name_counts(
    prompt: str, known: set[str], expected: str | None
) -> None:
    assert named(find_mentions(prompt)[0], known) == expected


@given(st.text(st.sampled_from("@＠ab红.-_ é\u0301"), max_size=40))
def test_mentions_are_parts_of_the_prompt_in_order_and_apart(prompt: str) -> None:
    end = 0
    for mention in find_mentions(prompt):
        assert mention.start >= end
        assert prompt[mention.start] in "@＠"
        assert prompt[mention.start + 1 : mention.end] == mention.name != ""
        end = mention.end


@pytest.mark.parametrize("prompt", ["@" * 100_000, "@a" * 50_000, "@红" * 50_000, " @" + "a" * 100_000])
def test_hostile_prompts_take_linear_time(prompt: str) -> None:
    started = time.process_time()
    find_mentions(prompt)
    assert time.process_time() - started < 2
