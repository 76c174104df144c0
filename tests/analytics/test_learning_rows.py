"""From the table to what routing is given: ages, weights and failures."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.analytics import Kind, record
from bottega.analytics.learning import KEPT_PER_ATTEMPT, KEPT_PER_RUN, MOST_RUNS, Attempted, learn, learned
from bottega.domain.plan import Observation
from bottega.store.database import Database

attempts = st.lists(
    st.builds(
        Attempted,
        age=st.integers(0, 500),
        seconds=st.none() | st.floats(0, 600),
        megapixels=st.none() | st.floats(0.1, 50),
        cost=st.none() | st.integers(0, 200_000),
        accepted=st.none() | st.booleans(),
    ),
    max_size=40,
    unique_by=lambda attempt: attempt.age,
)


async def _record(database: Database, *rows: dict[str, Any]) -> None:
    common: dict[str, Any] = {
        "owner": "ann",
        "job_id": "j",
        "kind": Kind.ATTEMPT,
        "workflow": "image_editing",
        "model_id": "m1",
        "at": 1000.0,
    }

    def work(connection: sa.Connection) -> None:
        for row in rows:
            record(connection, **(common | row))

    await database.write(work)


async def known(database: Database) -> dict[str, Observation]:
    return await database.read(lambda c: learned(c, "image_editing"))


@settings(deadline=None)
@given(attempts)
def test_discounting_only_takes_away_and_the_order_given_does_not_matter(given: list[Attempted]) -> None:
    forgetting = learn(given)
    remembering = learn(given, kept_per_run=1.0, kept_per_attempt=1.0)
    assert forgetting.accepted_weight is not None
    assert forgetting.judged_weight is not None
    assert 0 <= forgetting.accepted_weight <= forgetting.judged_weight <= remembering.judged_weight
    assert remembering.judged_weight == sum(a.accepted is not None or a.failed for a in given)
    assert learn(reversed(given)) == forgetting


def test_a_weight_is_the_product_of_both_discounts() -> None:
    seen = learn([Attempted(3, accepted=True), Attempted(10, accepted=False)])
    assert seen.accepted_weight == pytest.approx(KEPT_PER_ATTEMPT**3)
    assert seen.judged_weight == pytest.approx(KEPT_PER_ATTEMPT**3 + KEPT_PER_RUN * KEPT_PER_ATTEMPT**10)


def test_of_a_model_that_never_rests_fifty_attempts_are_remembered() -> None:
    seen = learn(Attempted(age, accepted=True) for age in range(MOST_RUNS))
    assert seen.judged_weight == pytest.approx(1 / (1 - KEPT_PER_RUN * KEPT_PER_ATTEMPT), rel=0.05)


@pytest.mark.parametrize("factors", [{"kept_per_run": 0.0}, {"kept_per_attempt": 1.01}])
def test_a_factor_that_does_not_discount_is_refused(factors: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="discount"):
        learn([], **factors)


def test_nothing_was_learnt_of_nothing() -> None:
    assert learn([]) == Observation(accepted_weight=0.0, judged_weight=0.0)


async def test_ages_count_the_attempts_of_everybody(database: Database) -> None:
    other = {"model_id": "m2", "accepted": False}
    await _record(database, {"accepted": True}, other, other, {"accepted": True}, other)
    seen = await known(database)
    assert seen["m1"] == learn([Attempted(1, accepted=True), Attempted(4, accepted=True)])
    assert seen["m2"] == learn(Attempted(age, accepted=False) for age in (0, 2, 3))


async def test_rows_are_read_with_time_size_cost_and_failure(database: Database) -> None:
    await _record(
        database,
        {"seconds": 3.0, "megapixels": 2.0, "cost": 40_000, "accepted": True},
        {"seconds": 5.0, "megapixels": 2.0, "cost": 50_000, "accepted": False},
        {"data": {"failed": True}},
        {"kind": Kind.JOB, "accepted": True},
        {"workflow": "laser", "accepted": True},
    )
    (seen,) = (await known(database)).values()
    assert seen == learn(
        [
            Attempted(2, 3.0, 2.0, 40_000, True),
            Attempted(1, 5.0, 2.0, 50_000, False),
            Attempted(0, failed=True),
        ]
    )
    assert (seen.samples, seen.judged, seen.accepted) == (2, 2, 1)
    assert seen.judged_weight is not None
    assert seen.judged_weight > 2.9


async def test_a_busy_model_does_not_hide_a_rare_one(database: Database) -> None:
    await _record(database, {"model_id": "rare", "accepted": True}, *[{"accepted": True}] * 300)
    seen = await known(database)
    assert seen["rare"].judged == 1
    assert seen["m1"].judged_weight == pytest.approx(
        learn(Attempted(age, accepted=True) for age in range(MOST_RUNS)).judged_weight
    )
    assert await database.read(lambda c: learned(c, "laser")) == {}
