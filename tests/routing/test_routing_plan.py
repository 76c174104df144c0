"""What a plan contains: who is ruled out and why, in which order the others come, and why."""

from datetime import date

import pytest

from bottega.domain.money import micro_usd
from bottega.domain.plan import Constraints, Observation, Plan
from bottega.domain.request import Preference
from bottega.domain.task import Task
from bottega.errors import BudgetExceeded, NoCandidate
from bottega.models import Catalogue, Model, PriceModel
from bottega.routing import estimate_time, expected_quality, make_plan

TODAY = date(2026, 3, 1)
FREE = PriceModel(free=True)
TASK = Task(
    workflow="image_enhancement", operation="enhance", features=frozenset({"scale"}), output_megapixels=4.0
)


def model(model_id: str, **fields: object) -> Model:
    given = {
        "engine": model_id.partition("/")[0],
        "title": model_id,
        "operations": ["enhance"],
        "features": ["scale"],
        "quality": 0.6,
        "price": FREE,
    } | fields
    return Model.model_validate({"id": model_id} | given)


def priced(dollars: str) -> PriceModel:
    return PriceModel(per_run=dollars)


def plan(
    *models: Model,
    constraints: Constraints | None = None,
    preference: Preference = Preference.BALANCED,
    asked: str | None = None,
) -> Plan:
    return make_plan(
        TASK,
        Catalogue(list(models)),
        constraints or Constraints(),
        preference,
        local_engines=frozenset({"local", "slow"}),
        engines=frozenset({"local", "slow", "cloud"}),
        options={"scale": 2.0},
        options_read=("scale",),
        model=asked,
        today=TODAY,
    )


def ruled_out(of: Plan) -> dict[str, tuple[str, str]]:
    return {item.model_id: (item.reason, item.hint) for item in of.ruled_out}


GOOD = model("local/good")


def test_models_of_other_operations_are_not_mentioned() -> None:
    made = plan(GOOD, model("local/laser", operations=["laser"]))
    assert [c.model_id for c in made.candidates] == ["local/good"]
    assert made.ruled_out == ()


def test_a_model_that_was_asked_for_is_the_only_one_considered() -> None:
    made = plan(GOOD, model("local/better", quality=0.9), asked="local/good")
    assert [c.model_id for c in made.candidates] == ["local/good"]
    assert ruled_out(made) == {"local/better": ("another model was asked for", "")}


def test_a_model_that_was_asked_for_and_cannot_be_used_says_why_and_nobody_takes_its_place() -> None:
    ended = model("local/ended", status="retired", replacement="local/good")
    with pytest.raises(NoCandidate) as caught:
        plan(GOOD, ended, asked="local/ended")
    reasons = {item["model_id"]: item["reason"] for item in caught.value.details["ruled_out"]}
    assert reasons == {"local/good": "another model was asked for", "local/ended": "is retired"}
    assert "Use local/good instead" in caught.value.hint
    with pytest.raises(NoCandidate, match="does not do enhance"):
        plan(GOOD, model("local/laser", operations=["laser"]), asked="local/laser")
    with pytest.raises(NoCandidate, match="no model 'local/nothing'"):
        plan(GOOD, asked="local/nothing")


def test_what_helps_is_said_once_and_never_a_model_that_is_ruled_out_itself() -> None:
    old = model("local/old", ends=date(2026, 2, 28), replacement="local/dear")
    dear = model("local/dear", price=None)
    with pytest.raises(NoCandidate) as one:
        plan(old, dear)
    assert one.value.hint == "Give its price in the catalogue."
    older = model("local/older", ends=date(2025, 12, 31), replacement="local/elsewhere")
    with pytest.raises(NoCandidate) as several:
        plan(old, dear, older)
    assert several.value.hint.startswith("Any one of these helps.")
    assert "local/dear" not in several.value.hint
    assert "Use local/elsewhere instead." in several.value.hint


def test_the_plan_carries_the_options_and_which_were_read() -> None:
    made = plan(GOOD)
    assert (made.workflow, made.options, made.options_read) == (
        "image_enhancement",
        {"scale": 2.0},
        ("scale",),
    )


@pytest.mark.parametrize(
    ("fields", "reason", "hint"),
    [
        ({"features": []}, "does not offer scale", ""),
        ({"max_output_megapixels": 1.0}, "makes at most 1 megapixels, 4.0 were asked for", ""),
        (
            {"ends": date(2026, 2, 28), "replacement": "local/good"},
            "ended on 2026-02-28",
            "Use local/good instead.",
        ),
        ({"price": None}, "has no price, so it cannot be budgeted", "Give its price in the catalogue."),
        (
            {"price": PriceModel(source="a page without figures")},
            "has no price, so it cannot be budgeted",
            "Give its price in the catalogue.",
        ),
        ({"engine": "elsewhere"}, "its engine elsewhere is not part of this installation", ""),
    ],
)
def test_a_model_is_ruled_out_with_a_reason_and_a_hint(
    fields: dict[str, object], reason: str, hint: str
) -> None:
    assert ruled_out(plan(GOOD, model("cloud/other", **fields))) == {"cloud/other": (reason, hint)}


def test_a_retired_model_is_not_worth_a_word_unless_there_is_nothing_else() -> None:
    gone = model("cloud/other", status="retired", replacement="local/good")
    assert ruled_out(plan(GOOD, gone)) == {}
    with pytest.raises(NoCandidate) as caught:
        plan(gone)
    assert caught.value.details["ruled_out"][0]["reason"] == "is retired"


def test_a_model_may_be_used_on_its_last_day() -> None:
    assert plan(model("cloud/last", ends=TODAY, status="deprecated")).first.model_id == "cloud/last"


def test_an_engine_that_cannot_be_used_says_why_and_what_to_do() -> None:
    away = Constraints(unavailable={"cloud": ("no key is set", "Set BOTTEGA_CLOUD_KEY.")})
    made = plan(GOOD, model("cloud/paid", price=priced("0.04")), constraints=away)
    assert ruled_out(made) == {"cloud/paid": ("no key is set", "Set BOTTEGA_CLOUD_KEY.")}


def test_work_that_must_stay_here_is_sent_to_nobody() -> None:
    made = plan(GOOD, model("cloud/free"), constraints=Constraints(stay_local=True))
    assert [c.leaves_machine for c in made.candidates] == [False]
    assert ruled_out(made)["cloud/free"][0] == "would send the work to another machine"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Constraints(max_cost=micro_usd("0.03")), "may cost $0.04, the cap for this job is $0.03"),
        (Constraints(budget_left=micro_usd("0.01")), "may cost $0.04, $0.01 of the budget is left"),
        (Constraints(budget_left=0), "may cost $0.04, $0.00 of the budget is left"),
    ],
)
def test_a_price_above_a_limit_rules_out(limits: Constraints, reason: str) -> None:
    made = plan(GOOD, model("cloud/paid", price=priced("0.04")), constraints=limits)
    assert ruled_out(made)["cloud/paid"][0] == reason


def test_a_price_equal_to_the_limit_is_allowed() -> None:
    exact = Constraints(max_cost=micro_usd("0.04"), budget_left=micro_usd("0.04"))
    assert plan(model("cloud/paid", price=priced("0.04")), constraints=exact).first.price.high == 40_000


def test_free_work_needs_no_budget() -> None:
    assert plan(GOOD, constraints=Constraints(budget_left=0, max_cost=0)).first.model_id == "local/good"


def test_an_estimate_above_the_deadline_rules_out_and_an_unknown_one_does_not() -> None:
    made = plan(model("slow/one", seconds_fixed=30.0), GOOD, constraints=Constraints(deadline_s=10))
    assert ruled_out(made)["slow/one"][0] == "takes about 30.0 s (catalogue), the deadline is 10 s"
    assert made.first.time.basis == "unknown"


def test_time_is_measured_before_prior_before_unknown() -> None:
    timed = model("local/timed", seconds_fixed=1.0, seconds_per_megapixel=0.5)
    seen = Observation(samples=3, seconds_fixed=2.0, seconds_per_megapixel=1.0)
    measured = estimate_time(timed, TASK, Constraints(observations={"local/timed": seen}, megapixels=6.0))
    assert (measured.seconds, measured.basis, measured.samples) == (8.0, "measured", 3)
    prior = estimate_time(timed, TASK, Constraints(megapixels=1.0))
    assert (prior.seconds, prior.basis) == (3.0, "prior")
    assert estimate_time(GOOD, TASK, Constraints()).seconds is None


def test_expected_quality_moves_from_the_prior_to_what_was_accepted() -> None:
    assert expected_quality(0.6, None) == 0.6
    assert expected_quality(0.6, Observation(samples=5)) == 0.6
    few = expected_quality(0.6, Observation(judged=2, accepted=2))
    many = expected_quality(0.6, Observation(judged=200, accepted=200))
    assert 0.6 < few < 0.75 < 0.95 < many < 1


def test_rejected_results_let_another_model_go_first() -> None:
    other = model("local/other", quality=0.55)
    assert plan(GOOD, other).first.model_id == "local/good"
    bad = Constraints(observations={"local/good": Observation(judged=10, accepted=1)})
    made = plan(GOOD, other, constraints=bad)
    assert made.first.model_id == "local/other"
    assert "1 of 10 results accepted here" in made.candidates[1].reasons


def test_the_preference_decides_between_quick_and_good() -> None:
    quick = model("local/quick", quality=0.55, seconds_fixed=1.0)
    fine = model("slow/fine", quality=0.9, seconds_fixed=120.0)
    assert plan(quick, fine, preference=Preference.SPEED).first.model_id == "local/quick"
    assert plan(quick, fine, preference=Preference.QUALITY).first.model_id == "slow/fine"


def test_being_local_is_worth_nothing_in_itself() -> None:
    made = plan(model("local/b"), model("cloud/a"))
    assert [c.model_id for c in made.candidates] == ["cloud/a", "local/b"]
    assert made.candidates[0].score == made.candidates[1].score


def test_candidates_say_why_in_words() -> None:
    made = plan(
        model("local/quick", quality=0.5, seconds_fixed=1.0),
        model("cloud/fine", quality=0.9, seconds_fixed=9.0, price=priced("0.04")),
    )
    reasons = {c.model_id: c.reasons for c in made.candidates}
    assert reasons == {
        "local/quick": ("free", "runs on this machine", "fastest of those available"),
        "cloud/fine": ("best quality of those available",),
    }


def test_nobody_able_says_what_was_wanted_and_what_to_configure() -> None:
    away = Constraints(
        unavailable={"cloud": ("no key is set", "Set BOTTEGA_CLOUD_KEY.")}, max_cost=micro_usd("1")
    )
    with pytest.raises(NoCandidate) as refused:
        plan(model("cloud/paid", price=priced("0.04")), model("local/bare", features=[]), constraints=away)
    assert (
        refused.value.message
        == "Image enhancement (scale) cannot be done by any engine of this installation."
    )
    assert refused.value.hint == "Set BOTTEGA_CLOUD_KEY."
    assert [item["model_id"] for item in refused.value.details["ruled_out"]] == ["cloud/paid", "local/bare"]


def test_an_operation_unknown_to_the_catalogue_is_refused_with_a_hint() -> None:
    with pytest.raises(NoCandidate, match="cannot be done") as refused:
        plan(model("local/laser", operations=["laser"]))
    assert refused.value.details["ruled_out"] == []
    assert "catalogue" in refused.value.hint


def test_when_only_money_is_missing_the_cheapest_price_and_what_is_left_are_named() -> None:
    with pytest.raises(BudgetExceeded) as refused:
        plan(
            model("cloud/a", price=priced("0.04")),
            model("cloud/b", price=priced("0.025")),
            constraints=Constraints(budget_left=micro_usd("0.01"), max_cost=micro_usd("1")),
        )
    assert "$0.025" in refused.value.message
    assert "$0.01" in refused.value.message
    assert len(refused.value.details["ruled_out"]) == 2


def test_money_is_not_blamed_when_the_paid_model_could_not_be_used_anyway() -> None:
    with pytest.raises(NoCandidate):
        plan(
            model("cloud/a", price=priced("0.04")),
            constraints=Constraints(budget_left=0, unavailable={"cloud": ("no key is set", "Set a key.")}),
        )
