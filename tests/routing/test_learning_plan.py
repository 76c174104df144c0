"""The order that expected utility gives, and plans that learn."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.analytics.learning import Attempted, learn
from bottega.domain.plan import Constraints, Observation, Plan
from bottega.domain.request import Preference
from bottega.domain.task import Task
from bottega.errors import BudgetExceeded, NoCandidate
from bottega.models import Catalogue, Model, PriceModel
from bottega.routing import Learning, Trial, estimate_time, expected_utility, make_plan
from bottega.routing.utility import chosen

TASK = Task(workflow="image_editing", operation="edit", output_megapixels=1.0)
trials = st.lists(
    st.builds(Trial, acceptance=st.floats(0.01, 1), value=st.floats(0.1, 2), cost=st.floats(0, 1)),
    min_size=1,
    max_size=5,
)


def model(
    model_id: str, dollars: str, quality: float = 0.7, seconds: float = 10.0, **fields: object
) -> Model:
    given = {"engine": "cloud", "title": "a model", "operations": ["edit"], "quality": quality}
    price = PriceModel(per_run=dollars)
    return Model.model_validate({"id": model_id, **given, "price": price, "seconds_fixed": seconds, **fields})


def plan(
    *models: Model,
    constraints: Constraints | None = None,
    learn: Learning | None = None,
    attempts: int | None = None,
    preference: Preference = Preference.BALANCED,
) -> Plan:
    return make_plan(
        TASK,
        Catalogue(list(models)),
        constraints or Constraints(),
        preference,
        local_engines=frozenset(),
        options={},
        options_read=(),
        today=date(2026, 3, 1),
        learn=learn,
        attempts=attempts,
    )


def judged(*verdicts: bool) -> Observation:
    """Newest first."""
    return learn(Attempted(age, 10.0, 1.0, None, accepted) for age, accepted in enumerate(verdicts))


def order(made: Plan) -> list[str]:
    return [candidate.model_id for candidate in made.candidates]


# --- the formula -------------------------------------------------------------------------------------------------


def test_a_failing_candidate_costs_its_price_and_the_next_one_follows() -> None:
    first = Trial(acceptance=0.5, value=1.0, cost=0.1)
    second = Trial(acceptance=0.8, value=2.0, cost=0.3)
    assert expected_utility([first, second]) == (0.5 * 1.0 - 0.1) + 0.5 * (0.8 * 2.0 - 0.3)


@settings(deadline=None)
@given(trials)
def test_no_order_beats_that_of_the_reservation_values(given: list[Trial]) -> None:
    best = max(expected_utility(order) for order in permutations(given))
    ours = expected_utility(sorted(given, key=lambda trial: -trial.reservation))
    assert ours >= best - 1e-9


@settings(deadline=None)
@given(trials, st.integers(1, 3))
def test_with_few_attempts_no_other_selection_beats_the_chosen_one(given: list[Trial], most: int) -> None:
    by_value = sorted(given, key=lambda trial: -trial.reservation)
    picks = chosen(by_value, most)
    ours = expected_utility([trial for trial, picked in zip(by_value, picks, strict=True) if picked])
    assert sum(picks) <= most or most >= len(given)
    sizes = range(most + 1) if most < len(given) else [len(given)]
    best = max(expected_utility(some) for size in sizes for some in permutations(given, size))
    assert ours >= best - 1e-9


def test_cheap_failures_do_not_use_up_the_attempts_of_a_good_model() -> None:
    cheap = [model(f"cheap/{n}", "0.001", quality=0.25, seconds=1.0) for n in range(3)]
    good = model("good/one", "0.06", quality=0.95)
    assert order(plan(*cheap, good, preference=Preference.SPEED))[-1] == "good/one"
    with_three = plan(*cheap, good, preference=Preference.SPEED, attempts=3)
    assert "good/one" in order(with_three)[:3]
    scores = [candidate.score for candidate in with_three.candidates]
    assert scores == sorted(scores, reverse=True)


def test_of_two_models_of_equal_quality_the_cheaper_goes_first_under_balanced() -> None:
    cheap, dear = model("a/dear", "0.08"), model("b/cheap", "0.02")
    assert order(plan(cheap, dear))[0] == "b/cheap"
    equal = {"a/dear": judged(*[True] * 30), "b/cheap": judged(*[True] * 30)}
    assert order(plan(cheap, dear, constraints=Constraints(observations=equal)))[0] == "b/cheap"


def test_a_cheap_model_that_fails_half_the_time_still_goes_before_a_dear_one_under_balanced() -> None:
    cheap, dear = model("a/cheap", "0.002", quality=0.5, seconds=2.0), model("b/dear", "0.20", quality=0.55)
    assert order(plan(cheap, dear))[0] == "a/cheap"


# --- sampling ----------------------------------------------------------------------------------------------------


THREE = (model("a/one", "0.02"), model("b/two", "0.03", quality=0.75), model("c/three", "0.04", quality=0.8))


def test_the_same_seed_gives_the_same_plan_and_seeds_differ() -> None:
    plans = [plan(*THREE, learn=Learning(str(seed))) for seed in range(40)]
    again = [plan(*THREE, learn=Learning(str(seed))) for seed in range(40)]
    assert plans == again
    assert len({tuple(order(made)) for made in plans}) > 1


def test_a_model_is_drawn_alike_whoever_else_is_in_the_catalogue() -> None:
    alone = plan(THREE[0], learn=Learning("s")).first.score
    beside = {c.model_id: c.score for c in plan(*THREE, learn=Learning("s")).candidates}
    assert beside["a/one"] == alone


def test_switched_off_it_plans_with_the_means() -> None:
    assert plan(*THREE, learn=Learning("s", enabled=False)) == plan(*THREE)


def test_what_is_tried_only_to_learn_says_so() -> None:
    usual = order(plan(*THREE))[0]
    for seed in range(40):
        made = plan(*THREE, learn=Learning(str(seed)))
        tried = "tried to learn how good it is now" in made.first.reasons
        assert tried == (made.first.model_id != usual)
        assert not any("tried to learn" in word for c in made.candidates[1:] for word in c.reasons)


def test_expected_quality_is_not_drawn() -> None:
    shown = {plan(*THREE, learn=Learning(str(seed))).first.quality for seed in range(20)}
    assert shown <= {0.7, 0.75, 0.8}


prices = st.one_of(st.none(), st.integers(0, 2000).map(lambda tenths: PriceModel(per_run=f"{tenths / 1000}")))


@st.composite
def catalogues(draw: st.DrawFn) -> list[Model]:
    return [
        Model(
            id=f"m{index}",
            engine=draw(st.sampled_from(["here", "there", "down"])),
            title="a model",
            operations=frozenset({"edit"}),
            quality=draw(st.floats(0, 1)),
            price=draw(prices),
            seconds_fixed=draw(st.none() | st.floats(0, 900)),
            status=draw(st.sampled_from(["active", "active", "retired"])),
        )
        for index in range(draw(st.integers(1, 5)))
    ]


@settings(deadline=None)
@given(
    catalogues(),
    st.none() | st.integers(0, 2_000_000),
    st.none() | st.floats(1, 900),
    st.booleans(),
    st.lists(st.booleans(), max_size=20),
    st.text(max_size=5),
    st.none() | st.integers(1, 3),
    st.sampled_from(Preference),
)
def test_sampling_moves_no_limit(
    models: list[Model],
    budget: int | None,
    deadline: float | None,
    stay_local: bool,
    verdicts: list[bool],
    seed: str,
    attempts: int | None,
    preference: Preference,
) -> None:
    constraints = Constraints(
        budget_left=budget,
        deadline_s=deadline,
        stay_local=stay_local,
        unavailable={"down": ("is down", "wait")},
        observations={"m0": judged(*verdicts)},
    )

    def make(learning: Learning | None) -> Plan:
        return make_plan(
            TASK,
            Catalogue(models),
            constraints,
            preference,
            local_engines=frozenset({"here"}),
            options={},
            options_read=(),
            today=date(2026, 3, 1),
            learn=learning,
            attempts=attempts,
        )

    try:
        drawn = make(Learning(seed))
    except (NoCandidate, BudgetExceeded) as refused:
        with pytest.raises(type(refused)) as without_dice:
            make(None)
        assert without_dice.value.details == refused.details  # noqa: PT017 - both are compared
        return
    usual = make(None)
    assert set(order(drawn)) == set(order(usual))
    assert drawn.ruled_out == usual.ruled_out
    for candidate in drawn.candidates:
        assert budget is None or candidate.price.high <= budget
        assert candidate.engine != "down"
        assert not (stay_local and candidate.leaves_machine)
        known = estimate_time(Catalogue(models)[candidate.model_id], TASK, constraints).seconds
        assert known is None or deadline is None or known <= deadline
    assert [c.score for c in drawn.candidates] == sorted((c.score for c in drawn.candidates), reverse=True)


# --- over many jobs ----------------------------------------------------------------------------------------------


def test_a_model_that_begins_to_fail_is_left_within_fifty_jobs_and_comes_back_once_mended() -> None:
    """One good cheap model and one dear one; the cheap one fails from job 100 to 300."""
    cheap, dear = model("a/cheap", "0.01", quality=0.8), model("b/dear", "0.05", quality=0.8)
    attempts: list[tuple[str, int, bool]] = []
    firsts: list[str] = []
    for job in range(900):
        known = {
            name: learn(
                Attempted(len(attempts) - number, 10.0, 1.0, None, accepted)
                for who, number, accepted in attempts
                if who == name
            )
            for name in ("a/cheap", "b/dear")
        }
        constraints = Constraints(observations=known)
        made = plan(cheap, dear, constraints=constraints, learn=Learning(str(job)), attempts=2)
        firsts.append(made.first.model_id)
        for candidate in made.candidates:
            accepted = candidate.model_id == "b/dear" or not 100 <= job < 300
            attempts.append((candidate.model_id, len(attempts) + 1, accepted))
            if accepted:
                break
    assert firsts[:100].count("a/cheap") >= 90
    assert firsts[150:200].count("a/cheap") <= 5
    assert firsts[200:300].count("a/cheap") <= 10
    assert firsts[800:].count("a/cheap") >= 80
