"""Feature flags: who has them on, and that it is the same everywhere and always."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.analytics.flags import AI_CLASSIFICATION, Flag, Flags, is_on, stable_share
from bottega.errors import InvalidOption

USERS = [f"user-{number}" for number in range(10_000)]


def test_the_share_is_that_of_the_documented_hash() -> None:
    digest = sha256(b"4:flag1:x3:ann").digest()
    assert stable_share("flag", "x", "ann") == (int.from_bytes(digest[:8], "big") >> 11) / 2**53


@given(st.lists(st.text(), max_size=3))
def test_a_share_lies_between_0_and_1(names: list[str]) -> None:
    assert 0 <= stable_share(*names) < 1


def test_names_that_run_together_are_told_apart() -> None:
    assert stable_share("ab", "c") != stable_share("a", "bc")


@pytest.mark.parametrize("percentage", [1.0, 10.0, 50.0, 90.0])
def test_the_share_of_users_is_the_percentage(percentage: float) -> None:
    on = sum(is_on("new", user, percentage) for user in USERS) / 100
    # Three standard deviations of a binomial share of 10,000.
    assert abs(on - percentage) < 3 * (percentage * (100 - percentage) / 10_000) ** 0.5


def test_nobody_at_0_and_everybody_at_100() -> None:
    assert not any(is_on("new", user, 0) for user in USERS)
    assert all(is_on("new", user, 100) for user in USERS)


def test_raising_the_percentage_takes_the_flag_from_nobody() -> None:
    early = {user for user in USERS if is_on("new", user, 20)}
    later = {user for user in USERS if is_on("new", user, 40)}
    assert early < later


def test_two_flags_pick_different_users() -> None:
    both = sum(is_on("one", user, 50) and is_on("two", user, 50) for user in USERS)
    assert 2350 < both < 2650


@pytest.mark.parametrize("percentage", [-1, 100.1, float("nan")])
def test_an_impossible_percentage_is_refused(percentage: float) -> None:
    with pytest.raises(InvalidOption):
        is_on("new", "ann", percentage)


def test_the_classification_flag_is_read_from_its_settings() -> None:
    values = {
        "AI_CLASSIFICATION_ENABLED": "true",
        "AI_CLASSIFICATION_ROLLOUT_PERCENTAGE": "25",
        "PATH": "/bin",
    }
    flags = Flags.from_values(values)
    assert dict(flags.table) == {"ai_classification": Flag(enabled=True, percentage=25.0)}
    assert {user for user in USERS if flags.is_on(AI_CLASSIFICATION, user)} == {
        user for user in USERS if is_on("ai_classification", user, 25)
    }


def test_any_other_flag_is_read_the_same_way_and_typed_values_are_taken() -> None:
    flags = Flags.from_values({"learning_enabled": True, "web_rollout_percentage": 100, "old_enabled": "off"})
    assert [flags.is_on(name, "ann") for name in ("learning", "web", "old", "LEARNING")] == [
        True,
        True,
        False,
        True,
    ]


def test_a_flag_that_was_never_set_is_off() -> None:
    assert not Flags().is_on("unheard-of", "ann")


def test_switched_off_the_percentage_does_not_matter() -> None:
    flags = Flags.from_values({"X_ENABLED": "false", "X_ROLLOUT_PERCENTAGE": "100"})
    assert not any(flags.is_on("x", user) for user in USERS[:100])


def test_what_is_not_said_comes_from_the_defaults() -> None:
    flags = Flags.from_values(
        {"X_ROLLOUT_PERCENTAGE": "100"}, {"x": Flag(enabled=False), "y": Flag(enabled=True)}
    )
    assert (flags.is_on("x", "ann"), flags.is_on("y", "ann")) == (False, True)


@pytest.mark.parametrize(
    "values",
    [
        {"X_ENABLED": "perhaps"},
        {"X_ROLLOUT_PERCENTAGE": "many"},
        {"X_ROLLOUT_PERCENTAGE": "101"},
        {"X_ROLLOUT_PERCENTAGE": "nan"},
    ],
)
def test_a_value_that_cannot_be_read_is_named(values: dict[str, str]) -> None:
    (name,) = values
    with pytest.raises(InvalidOption, match=name):
        Flags.from_values(values)
