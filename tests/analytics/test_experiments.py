"""Experiments: who gets which arm, whether the intervals hold what they promise, and what the rows show."""

import random
from collections import Counter
from statistics import fmean, variance
from typing import Any

import pytest
import sqlalchemy as sa
from scipy import stats

from bottega.analytics import Kind, record
from bottega.analytics.experiments import (
    ArmResult,
    Evaluation,
    Experiment,
    Interval,
    Moments,
    compare,
    evaluate,
    jobs_needed,
    newcombe,
    student_t,
    welch,
    wilson,
)
from bottega.errors import InvalidOption
from bottega.store.database import Database

USERS = [f"user-{number}" for number in range(10_000)]
TWO = Experiment("sharper", {"control": 1, "sharp": 1})


# --- who gets what -------------------------------------------------------------------------------------------------


def test_a_user_keeps_the_arm() -> None:
    again = Experiment("sharper", {"control": 1, "sharp": 1})
    assert [TWO.arm(user) for user in USERS] == [again.arm(user) for user in USERS]
    assert TWO.tag("ann") == {"experiment": "sharper", "arm": TWO.arm("ann")}


def test_the_arms_are_as_large_as_their_weights() -> None:
    weights = {"control": 5.0, "a": 3.0, "b": 2.0}
    counts = Counter(Experiment("three", weights).arm(user) for user in USERS)
    for arm, weight in weights.items():
        share = weight / 10
        assert abs(counts[arm] - 10_000 * share) < 3 * (10_000 * share * (1 - share)) ** 0.5


def test_a_closed_arm_gets_nobody() -> None:
    counts = Counter(Experiment("e", {"control": 1, "closed": 0, "open": 1}).arm(user) for user in USERS)
    assert set(counts) == {"control", "open"}


def test_two_experiments_assign_independently() -> None:
    other = Experiment("softer", {"control": 1, "soft": 1})
    both = sum(TWO.arm(user) == "sharp" and other.arm(user) == "soft" for user in USERS)
    assert 2350 < both < 2650


@pytest.mark.parametrize(
    "arms", [{"only": 1}, {"a": 0, "b": 0}, {"a": 1, "b": -1}, {"a": 1, "b": float("nan")}]
)
def test_arms_that_cannot_be_drawn_are_refused(arms: dict[str, float]) -> None:
    with pytest.raises(InvalidOption, match="two arms"):
        Experiment("e", arms)


# --- statistics ------------------------------------------------------------------------------------------------------


def test_the_wilson_interval_is_that_of_the_reference() -> None:
    for successes, n in ((0, 10), (3, 10), (81, 263), (56, 56)):
        reference = stats.binomtest(successes, n).proportion_ci(method="wilson")
        assert wilson(successes, n) == pytest.approx((reference.low, reference.high), abs=1e-9)


def test_the_newcombe_interval_is_that_of_the_paper() -> None:
    """Newcombe 1998, table II, method 10: 56/70 against 48/80, and 9/10 against 3/10."""
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)


@pytest.mark.parametrize("freedom", [1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 30.5, 1000.0])
def test_the_point_of_t_is_close_and_below_two_degrees_never_too_small(freedom: float) -> None:
    exact = float(stats.t.ppf(0.975, freedom))
    if freedom < 2:
        assert student_t(freedom) >= exact - 1e-3
    else:
        assert student_t(freedom) == pytest.approx(exact, rel=0.008 if freedom < 3 else 0.002)


def moments(values: list[float]) -> Moments:
    return Moments(n=len(values), mean=fmean(values), variance=variance(values))


def test_the_welch_interval_is_that_of_the_reference() -> None:
    dice = random.Random(3)
    first = [dice.gauss(10, 5) for _ in range(12)]
    second = [dice.gauss(8, 1) for _ in range(40)]
    reference = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    assert welch(moments(first), moments(second)) == pytest.approx((reference.low, reference.high), rel=1e-3)


def test_there_is_no_interval_of_one_value() -> None:
    assert welch(Moments(n=1, mean=1.0), moments([1.0, 2.0])) is None


@pytest.mark.parametrize(("p", "q", "n"), [(0.9, 0.8, 60), (0.5, 0.5, 40), (0.97, 0.9, 120)])
def test_intervals_of_shares_cover_the_truth_at_their_rate(p: float, q: float, n: int) -> None:
    dice = random.Random(11)
    trials = 3000
    covered = covered_difference = 0
    for _ in range(trials):
        a, b = (sum(dice.random() < share for _ in range(n)) for share in (p, q))
        low, high = wilson(a, n)
        covered += low <= p <= high
        low, high = newcombe(a, n, b, n)
        covered_difference += low <= p - q <= high
    # Shares of so few jobs come in steps, so that no interval covers at 95 % exactly.
    assert 0.93 < covered / trials < 0.98
    assert 0.935 < covered_difference / trials < 0.975


def test_intervals_of_means_cover_the_truth_at_their_rate() -> None:
    dice = random.Random(12)
    trials = 4000
    covered = 0
    for _ in range(trials):
        interval = welch(
            moments([dice.gauss(3, 4) for _ in range(8)]), moments([dice.gauss(1, 1) for _ in range(15)])
        )
        assert interval is not None
        covered += interval.low <= 2 <= interval.high
    assert covered / trials == pytest.approx(0.95, abs=0.012)


def test_so_many_jobs_see_the_difference_four_times_in_five() -> None:
    dice = random.Random(13)
    n = jobs_needed(0.75, 0.1)
    seen = sum(
        newcombe(
            sum(dice.random() < 0.8 for _ in range(n)), n, sum(dice.random() < 0.7 for _ in range(n)), n
        ).excludes_zero
        for _ in range(1500)
    )
    assert seen / 1500 == pytest.approx(0.8, abs=0.04)


def arm(name: str, accepted: int, judged: int) -> ArmResult:
    return ArmResult(arm=name, jobs=judged, judged=judged, accepted=accepted)


@pytest.mark.parametrize(
    ("first", "control", "enough", "words"),
    [
        ((0, 0), (40, 50), False, "Too early: 0 judged jobs"),
        ((20, 29), (40, 50), False, "Too early: 29 judged jobs"),
        ((180, 200), (140, 200), True, "sharp is accepted more often than control: +"),
        ((140, 200), (180, 200), True, "sharp is accepted less often than control: -"),
        ((4500, 5000), (4505, 5000), True, "No difference of 5 points"),
        ((85, 100), (80, 100), False, "Not enough data: "),
    ],
)
def test_whether_the_data_are_enough_is_said_in_words(
    first: tuple[int, int], control: tuple[int, int], enough: bool, words: str
) -> None:
    made = compare(arm("sharp", *first), arm("control", *control))
    assert (made.enough, made.conclusion[: len(words)]) == (enough, words)


# --- from the rows -----------------------------------------------------------------------------------------------------


async def _record(database: Database, *rows: dict[str, Any]) -> None:
    common: dict[str, Any] = {
        "owner": "ann",
        "kind": Kind.ATTEMPT,
        "workflow": "image_enhancement",
        "model_id": "m1",
        "at": 1000.0,
    }

    def work(connection: sa.Connection) -> None:
        for row in rows:
            record(connection, **(common | row))

    await database.write(work)


def tagged(arm: str, job: int, **fields: Any) -> dict[str, Any]:
    return {"job_id": f"{arm}-{job}", "data": {"experiment": "sharper", "arm": arm}} | fields


async def evaluated(database: Database, **options: Any) -> Evaluation:
    return await database.read(lambda c: evaluate(c, TWO, **options))


async def test_the_arms_are_evaluated_from_their_jobs(database: Database) -> None:
    dice = random.Random(5)
    rows: list[dict[str, Any]] = []
    costs: dict[str, list[float]] = {"control": [], "sharp": []}
    times: dict[str, list[float]] = {"control": [], "sharp": []}
    for name, share in (("control", 0.6), ("sharp", 0.9)):
        for job in range(120):
            cost, seconds = dice.randint(30_000, 50_000), dice.uniform(2, 9)
            rows.append(tagged(name, job, accepted=dice.random() < share, cost=cost, seconds=seconds))
            costs[name].append(cost)
            times[name].append(seconds)
    await _record(database, *rows)
    found = await evaluated(database)
    control, sharp = found.arms
    assert (control.arm, control.jobs, control.judged) == ("control", 120, 120)
    assert control.accepted == sum(row["accepted"] for row in rows[:120])
    assert sharp.cost.mean == pytest.approx(fmean(costs["sharp"]))
    assert sharp.cost.variance == pytest.approx(variance(costs["sharp"]))
    assert sharp.seconds.variance == pytest.approx(variance(times["sharp"]))
    (compared,) = found.comparisons
    assert (compared.arm, compared.against, compared.enough) == ("sharp", "control", True)
    reference = stats.ttest_ind(costs["sharp"], costs["control"], equal_var=False).confidence_interval()
    assert compared.difference.cost_interval == pytest.approx((reference.low, reference.high), rel=1e-3)
    assert compared.difference.acceptance_interval == newcombe(sharp.accepted, 120, control.accepted, 120)


async def test_the_attempts_of_a_job_count_as_one(database: Database) -> None:
    await _record(
        database,
        tagged("sharp", 1, accepted=False, cost=40, seconds=2.0),
        tagged("sharp", 1, accepted=True, cost=60, seconds=3.0, model_id="m2"),
        tagged("sharp", 2, accepted=None, cost=None, seconds=None),
        tagged("control", 1, accepted=False, cost=10, seconds=1.0),
    )
    control, sharp = (await evaluated(database)).arms
    assert (sharp.jobs, sharp.judged, sharp.accepted, sharp.acceptance) == (2, 1, 1, 1.0)
    assert sharp.cost == Moments(n=2, mean=50.0, variance=5000.0)
    assert sharp.seconds == Moments(n=1, mean=5.0)
    assert (control.judged, control.accepted) == (1, 0)


async def test_other_rows_do_not_count(database: Database) -> None:
    await _record(
        database,
        tagged("sharp", 1, accepted=True),
        tagged("sharp", 2, accepted=True, at=10.0),
        tagged("sharp", 3, accepted=True, kind=Kind.JOB),
        {"job_id": "j4", "accepted": True},
        {"job_id": "j5", "accepted": True, "data": {"experiment": "other", "arm": "sharp"}},
        {"job_id": "j6", "accepted": True, "data": {"experiment": "sharper"}},
    )
    found = await evaluated(database, since=500.0)
    assert [(arm.arm, arm.jobs) for arm in found.arms] == [("control", 0), ("sharp", 1)]


async def test_before_any_job_it_is_too_early(database: Database) -> None:
    found = await evaluated(database)
    assert [arm.acceptance_interval for arm in found.arms] == [None, None]
    assert found.comparisons[0].conclusion.startswith("Too early: 0")


async def test_a_difference_that_cannot_matter_is_refused(database: Database) -> None:
    with pytest.raises(InvalidOption):
        await evaluated(database, matters=0.0)


def test_an_interval_around_zero_does_not_exclude_it() -> None:
    assert not Interval(-0.1, 0.2).excludes_zero
    assert Interval(0.01, 0.2).excludes_zero
