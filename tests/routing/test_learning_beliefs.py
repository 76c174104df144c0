"""What is believed of a model, and what observations do to it."""

import random
from statistics import fmean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.analytics.learning import Attempted, learn
from bottega.domain.money import Price
from bottega.domain.plan import LogAmounts, Observation, TimeEstimate
from bottega.domain.request import Preference, Request
from bottega.routing.learning import Learning, acceptance_counts, believe, drift_factor, expected_quality

FIXED = Price(low=40_000, likely=40_000, high=40_000, basis="fixed")
METERED = Price(low=10_000, likely=40_000, high=90_000, basis="metered")
UNKNOWN = TimeEstimate()
verdicts = st.lists(st.booleans(), min_size=1, max_size=60)


def seen(verdicts: list[bool]) -> Observation:
    """Newest first."""
    return learn(Attempted(age, accepted=accepted) for age, accepted in enumerate(verdicts))


@settings(deadline=None)
@given(st.floats(0, 1), verdicts)
def test_the_mean_moves_from_the_prior_towards_what_was_observed(prior: float, verdicts: list[bool]) -> None:
    observed = seen(verdicts)
    assert observed.accepted_weight is not None
    assert observed.judged_weight
    share = observed.accepted_weight / observed.judged_weight
    mean = expected_quality(prior, observed)
    assert min(prior, share) - 1e-9 <= mean <= max(prior, share) + 1e-9
    assert abs(mean - share) <= abs(prior - share) + 1e-9


@settings(deadline=None)
@given(st.floats(0, 1), verdicts)
def test_an_acceptance_is_worth_more_than_a_rejection(prior: float, verdicts: list[bool]) -> None:
    better = expected_quality(prior, seen([True, *verdicts]))
    worse = expected_quality(prior, seen([False, *verdicts]))
    assert better > worse


def test_old_verdicts_are_forgotten() -> None:
    fallen = seen([False] * 40 + [True] * 100)
    mended = seen([True] * 40 + [False] * 100)
    assert expected_quality(0.6, fallen) < 0.45
    assert expected_quality(0.6, mended) > 0.55


def test_without_discounted_weights_the_plain_counts_are_used() -> None:
    alpha, beta = acceptance_counts(0.5, Observation(judged=10, accepted=7))
    assert (alpha, beta) == (11.0, 7.0)


def test_failed_attempts_lower_the_mean_although_nothing_was_judged() -> None:
    failing = learn(Attempted(age, failed=True) for age in range(10))
    assert failing.judged == 0
    assert expected_quality(0.6, failing) < 0.35


def test_draws_scatter_around_the_posterior() -> None:
    observed = seen([True] * 30 + [False] * 10)
    dice = random.Random(1)
    draws = [believe(0.6, FIXED, UNKNOWN, observed, dice).acceptance for _ in range(4000)]
    assert fmean(draws) == pytest.approx(expected_quality(0.6, observed), abs=0.01)
    assert max(draws) - fmean(draws) > 0.03
    assert all(0 <= draw <= 1 for draw in draws)


def test_what_was_seen_often_is_drawn_more_narrowly() -> None:
    def spread(verdicts: list[bool]) -> float:
        dice = random.Random(2)
        draws = sorted(believe(0.7, FIXED, UNKNOWN, seen(verdicts), dice).acceptance for _ in range(1000))
        return draws[900] - draws[100]

    assert spread([True, True, False] * 20) < 0.6 * spread([True, True, False])


@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_a_catalogue_that_is_certain_is_still_drawn(prior: float) -> None:
    draws = [believe(prior, FIXED, UNKNOWN, None, random.Random(seed)).acceptance for seed in range(50)]
    assert all(0 <= draw <= 1 for draw in draws)
    assert len(set(draws)) > 1


def test_a_fixed_price_is_no_matter_of_belief() -> None:
    dear = Observation(costs=LogAmounts(weight=20, mean=13.0, variance=0.1))
    assert believe(0.5, FIXED, UNKNOWN, dear, random.Random(1)).cost == 40_000


def test_of_a_metered_price_what_was_charged_is_learnt_within_the_quoted_range() -> None:
    charged = learn(Attempted(age, cost=20_000) for age in range(30))
    assert believe(0.5, METERED, UNKNOWN, None, None).cost == 40_000
    assert believe(0.5, METERED, UNKNOWN, charged, None).cost == pytest.approx(20_000, rel=0.1)
    draws = [believe(0.5, METERED, UNKNOWN, None, random.Random(seed)).cost for seed in range(300)]
    assert all(METERED.low <= draw <= METERED.high for draw in draws)
    assert len(set(draws)) > 200


def test_a_time_that_changed_lately_is_followed_before_the_fit_is() -> None:
    slower = learn(Attempted(age, seconds=30.0 if age < 12 else 5.0, megapixels=1.0) for age in range(50))
    assert slower.seconds_fixed == 5.0
    assert drift_factor(slower) > 1.5
    steady = learn(Attempted(age, seconds=5.0, megapixels=1.0) for age in range(50))
    assert drift_factor(steady) == 1.0


def test_times_are_drawn_around_the_estimate_and_widest_where_nothing_is_known() -> None:
    def spread(time: TimeEstimate, observed: Observation | None) -> tuple[float, float]:
        draws = sorted(
            believe(0.5, FIXED, time, observed, random.Random(seed)).seconds for seed in range(600)
        )
        return median(draws), draws[540] / draws[60]

    ran = learn(Attempted(age, seconds=10.0 + age % 3, megapixels=1.0) for age in range(40))
    measured = spread(TimeEstimate(seconds=11.0, basis="measured", samples=40), ran)
    stated = spread(TimeEstimate(seconds=11.0, basis="prior"), None)
    unknown = spread(UNKNOWN, None)
    assert measured[0] == pytest.approx(11.0, rel=0.05)
    assert stated[0] == pytest.approx(11.0, rel=0.1)
    assert unknown[0] == pytest.approx(60.0, rel=0.2)
    assert measured[1] < stated[1] < unknown[1]


def test_the_dice_of_a_request_change_when_something_new_is_known() -> None:
    request = Request(prompt="Sharpen it")
    known = {"m": Observation(judged=3, accepted=2)}
    first = Learning.for_request(request, known)
    assert Learning.for_request(request, known) == first
    assert Learning.for_request(request, {"m": Observation(judged=4, accepted=3)}) != first
    faster = request.model_copy(update={"preference": Preference.SPEED})
    assert Learning.for_request(faster, known) != first
