"""A job without a result says whether something failed or every engine refused."""

from bottega.domain.job import Attempt
from bottega.engines.local.fashion_work import TryOnNotPossible
from bottega.engines.local.stylist_work import NothingToWear
from bottega.errors import ContentRefused, Money
from bottega.jobs.no_result import REFUSALS, no_result


def left(code: str, reason: str, cost: int = 0) -> Attempt:
    return Attempt(model_id=f"m/{code}", outcome="failed", reason=reason, code=code, cost=cost)


def test_one_engine_that_refuses_says_why_in_its_own_words() -> None:
    error = no_result([left("tryon_refused", "The arms cross the torso. (arms_crossed)")])
    assert (error.code, error.exit_code) == ("every-engine-refused", 3)
    assert error.title.startswith("Refused")
    assert error.message == "The arms cross the torso. (arms_crossed)"
    assert error.details["attempts"][0]["code"] == "tryon_refused"


def test_several_that_refuse_are_all_named_and_what_they_took_is_said() -> None:
    error = no_result(
        [left("content-refused", "Not allowed.", cost=40_000), left("tryon_refused", "No person.")]
    )
    assert error.code == "every-engine-refused"
    assert all(part in error.message for part in ("m/content-refused", "Not allowed.", "No person."))
    assert error.money is Money.CHARGED


def test_one_that_broke_makes_it_a_failure() -> None:
    error = no_result([left("compute", "It died."), left("tryon_refused", "No person.")])
    assert (error.code, error.exit_code) == ("compute", 1)
    assert "It died." in error.message


def test_the_codes_are_those_of_the_engines_and_end_with_three() -> None:
    kinds = (TryOnNotPossible, NothingToWear, ContentRefused)
    assert {kind.code for kind in kinds} == REFUSALS
    assert {kind.exit_code for kind in kinds} == {3}
