import random
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bottega.analytics import Analytics, Kind, fit_seconds, record
from bottega.analytics.summary import summarise
from bottega.domain.money import micro_usd
from bottega.errors import InvalidOption
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.store.database import Database, epoch_now

NOON = datetime(2027, 3, 4, 12, tzinfo=UTC).timestamp()
DAY = 86400


async def _record(database: Database, *rows: dict[str, Any]) -> None:
    common: dict[str, Any] = {
        "owner": "ann",
        "job_id": "j",
        "kind": Kind.ATTEMPT,
        "workflow": "image_enhancement",
        "model_id": "m1",
        "at": NOON,
    }

    def work(connection: sa.Connection) -> None:
        for row in rows:
            record(connection, **(common | row))

    await database.write(work)


# --- how long a model takes ---------------------------------------------------------------------------------


def test_a_fixed_and_a_growing_part_are_told_apart() -> None:
    chance = random.Random(1)
    runs = [(size, 2.0 + 0.5 * size + chance.gauss(0, 0.1)) for size in range(1, 41)]
    fit = fit_seconds(runs)
    assert fit.fixed == pytest.approx(2.0, abs=0.1)
    assert fit.per_megapixel == pytest.approx(0.5, abs=0.01)


def test_a_quarter_of_cold_starts_hardly_moves_the_fit() -> None:
    chance = random.Random(2)
    runs = [
        (size, 2.0 + 0.5 * size + chance.gauss(0, 0.1) + (60.0 if chance.random() < 0.25 else 0.0))
        for size in (chance.uniform(1, 20) for _ in range(50))
    ]
    fit = fit_seconds(runs)
    assert fit.fixed + 10 * fit.per_megapixel == pytest.approx(7.0, rel=0.1)


def test_runs_of_one_size_give_their_median_time() -> None:
    fit = fit_seconds([(4.0, seconds) for seconds in (1.0, 2.0, 90.0)])
    assert (fit.fixed, fit.per_megapixel) == (2.0, 0.0)


def test_one_run_of_another_size_is_no_slope() -> None:
    fit = fit_seconds([(4.0, 2.0)] * 30 + [(8.0, 50.0)])
    assert (fit.fixed, fit.per_megapixel) == (2.0, 0.0)


def test_sizes_that_are_not_known_give_the_median_time() -> None:
    fit = fit_seconds([(None, 1.0), (None, 3.0), (2.0, 5.0)])
    assert (fit.fixed, fit.per_megapixel) == (3.0, 0.0)


def test_larger_pictures_that_took_less_do_not_make_time_run_backwards() -> None:
    fit = fit_seconds([(float(size), 10.0 - size) for size in range(1, 9)])
    assert (fit.fixed, fit.per_megapixel) == (5.5, 0.0)


def test_time_that_grows_faster_than_the_picture_has_no_negative_fixed_part() -> None:
    fit = fit_seconds([(float(size), float(size * size)) for size in range(1, 9)])
    assert fit.fixed == 0.0
    assert fit.per_megapixel == pytest.approx(4.5)


def test_there_is_no_fit_of_nothing() -> None:
    with pytest.raises(ValueError, match="no runs"):
        fit_seconds([])


# --- what is known of the models ------------------------------------------------------------------------------


async def test_each_model_of_a_workflow_is_known_by_its_own_attempts(database: Database) -> None:
    await _record(
        database,
        *({"seconds": 1.0 + size, "megapixels": float(size), "accepted": size > 2} for size in range(1, 9)),
        {"model_id": "m2", "seconds": None, "accepted": None},
        {"model_id": "m3", "workflow": "laser", "seconds": 9.0},
        {"model_id": "m4", "kind": Kind.JOB, "seconds": 9.0},
    )
    known = await Analytics(database).observations("image_enhancement")
    assert list(known) == ["m1", "m2"]
    assert known["m1"].seconds_fixed == pytest.approx(1.0)
    assert known["m1"].seconds_per_megapixel == pytest.approx(1.0)
    assert (known["m1"].samples, known["m1"].accepted, known["m1"].judged) == (8, 6, 8)
    assert (known["m2"].samples, known["m2"].judged) == (0, 0)


async def test_the_last_fifty_attempts_speak_for_a_model(database: Database) -> None:
    slow = [{"seconds": 100.0, "accepted": False}] * 60
    fast = [{"seconds": 1.0, "accepted": True}] * 50
    await _record(database, *slow, *fast, {"model_id": "rare", "seconds": 7.0})
    known = await Analytics(database).observations("image_enhancement")
    assert (known["m1"].seconds_fixed, known["m1"].accepted, known["m1"].judged) == (1.0, 50, 50)
    assert known["rare"].seconds_fixed == 7.0


async def test_a_workflow_that_never_ran_is_not_known(database: Database) -> None:
    assert await Analytics(database).observations("laser") == {}


# --- what was done ---------------------------------------------------------------------------------------------


async def test_the_summary_counts_by_workflow_and_model(database: Database) -> None:
    await _record(
        database,
        {"accepted": True, "seconds": 2.0, "cost": 30},
        {"accepted": False, "seconds": 4.0, "cost": 12},
        {"accepted": None},
        {"workflow": "laser", "accepted": True},
        {"kind": Kind.JOB},
        {"kind": Kind.REFUSAL},
        {"at": NOON - 7 * DAY},
        {"owner": "bob"},
    )
    summary = await database.read(lambda c: summarise(c, 7, "ann", NOON))
    assert (summary.jobs, summary.refusals) == (1, 1)
    enhancement, laser = summary.by_model
    assert (enhancement.workflow, enhancement.attempts, enhancement.judged) == ("image_enhancement", 3, 2)
    assert (enhancement.acceptance, enhancement.mean_seconds, enhancement.cost) == (0.5, 3.0, 42)
    assert (laser.workflow, laser.acceptance, laser.mean_seconds) == ("laser", 1.0, None)
    everybody = await database.read(lambda c: summarise(c, 8, None, NOON))
    assert everybody.by_model[0].attempts == 5


async def test_the_summary_has_what_the_ledger_says_was_spent_on_each_day(database: Database) -> None:
    from bottega.spend import charge, place_hold

    def spend(connection: sa.Connection) -> None:
        # The last second of one day, the first of the next, and what was held but never charged.
        for number, (at, amount) in enumerate([(-0.25, 3), (0.0, 5), (DAY - 0.25, 7), (DAY, 11)]):
            now = NOON - 12 * 3600 - DAY + at
            hold = {"hold_id": f"h{number}", "owner": "ann", "job_id": "j", "model_id": "m"}
            place_hold(connection, amount=4, now=now, **hold)
            charge(connection, f"h{number}", amount, {}, now)
        place_hold(connection, hold_id="open", owner="ann", job_id="j", model_id="m", amount=99, now=NOON)

    await database.write(spend)
    summary = await database.read(lambda c: summarise(c, 3, None, NOON))
    assert [(str(line.day), line.spent) for line in summary.spend] == [
        ("2027-03-02", 3),
        ("2027-03-03", 12),
        ("2027-03-04", 11),
    ]
    assert summary.spent == 26
    bobs = await database.read(lambda c: summarise(c, 3, "bob", NOON))
    assert bobs.spent == 0


async def test_today_is_the_last_day_of_a_summary(database: Database) -> None:
    books = Ledger(database, Settings(budget_user_hour=None))
    await books.hold(hold_id="h", owner="ann", job_id="j", model_id="m", amount=micro_usd(1))
    await books.charge("h", micro_usd(1), {})
    now = await database.read(epoch_now)
    await _record(database, {"at": now})
    summary = await Analytics(database).summary(days=2)
    assert len(summary.spend) == 2
    assert summary.spent == micro_usd(1)
    assert summary.by_model[0].attempts == 1


@pytest.mark.parametrize("days", [0, 367])
async def test_a_summary_covers_a_day_to_a_year(database: Database, days: int) -> None:
    with pytest.raises(InvalidOption):
        await Analytics(database).summary(days=days)
