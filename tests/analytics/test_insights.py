"""Answers over rows: each figure against the same one computed plainly, on both databases; owners apart."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from math import ceil
from statistics import fmean
from typing import Any

import pytest
import sqlalchemy as sa

from bottega.analytics import Kind, record
from bottega.analytics.insight_queries import Latency, SatisfactionBy, SpendBy
from bottega.analytics.insights import Insights
from bottega.errors import InvalidOption
from bottega.store.database import Database
from bottega.store.schema import feature_ratings, feedback, jobs, ledger

DAY = 86400
NOW = datetime.now(UTC).timestamp()
TODAY = datetime.now(UTC).date()


async def _write(database: Database, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    await database.write(lambda c: c.execute(sa.insert(table), rows))


async def _observe(database: Database, rows: list[dict[str, Any]]) -> None:
    common: dict[str, Any] = {
        "job_id": "j",
        "kind": Kind.ATTEMPT,
        "workflow": "w",
        "model_id": "m",
        "at": NOW,
    }

    def work(connection: sa.Connection) -> None:
        for row in rows:
            record(connection, **(common | row))

    await database.write(work)


def attempts(number: int = 400) -> list[dict[str, Any]]:
    dice = random.Random(7)
    return [
        {
            "owner": dice.choice(["ann", "bob"]),
            "workflow": dice.choice(["laser", "style"]),
            "model_id": dice.choice(["a/x", "b/y"]),
            "seconds": None if (failed := dice.random() < 0.1) else round(dice.expovariate(0.2), 1),
            "accepted": None if failed else dice.choice([True, True, False, None]),
            "cost": dice.randint(0, 50_000),
            "at": NOW - dice.uniform(0, 40) * DAY,
        }
        for _ in range(number)
    ]


def _within(rows: list[dict[str, Any]], days: int, owner: str | None) -> list[dict[str, Any]]:
    since = (NOW // DAY - days + 1) * DAY
    return [row for row in rows if row["at"] >= since and owner in (None, row["owner"])]


@pytest.mark.parametrize("owner", [None, "ann"])
async def test_percentiles_are_those_of_the_nearest_rank(database: Database, owner: str | None) -> None:
    rows = attempts()
    await _observe(database, rows)
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in _within(rows, 30, owner):
        if row["seconds"] is not None:
            times[row["workflow"], row["model_id"]].append(row["seconds"])
    found = await Insights(database).latency(30, owner)
    assert {(r.workflow, r.model_id) for r in found} == set(times)
    for row in found:
        taken = sorted(times[row.workflow, row.model_id])
        assert row.runs == len(taken)
        assert row.mean == pytest.approx(fmean(taken))
        ranks = [taken[ceil(len(taken) * percent / 100) - 1] for percent in (50, 95, 99)]
        assert [row.p50, row.p95, row.p99, row.slowest] == [*ranks, taken[-1]]


@pytest.mark.parametrize("owner", [None, "bob"])
async def test_verdicts_are_counted(database: Database, owner: str | None) -> None:
    rows = attempts()
    await _observe(database, rows)
    mine = _within(rows, 7, owner)
    for row in await Insights(database).verdicts(7, owner):
        of_it = [r for r in mine if (r["workflow"], r["model_id"]) == (row.workflow, row.model_id)]
        told = Counter(r["accepted"] if r["seconds"] is not None else "failed" for r in of_it)
        assert (row.accepted, row.rejected, row.not_judged, row.failed) == (
            told[True],
            told[False],
            told[None],
            told["failed"],
        )
        assert row.attempts == len(of_it)
        assert row.acceptance == pytest.approx(told[True] / (told[True] + told[False]))
        assert row.cost == sum(r["cost"] for r in of_it)


async def test_rates_are_those_of_jobs(database: Database) -> None:
    def job(**data: Any) -> dict[str, Any]:
        told = {"state": "succeeded", "cached": False, "fallback": False} | data
        return {"owner": "ann", "kind": Kind.JOB, "data": told, "seconds": 2.0}

    await _observe(database, [job(cached=True), job(fallback=True), job(state="failed"), job()])
    await _observe(database, [{"owner": "ann", "data": {"cached": True}}])  # an attempt is no job
    (row,) = await Insights(database).rates()
    assert (row.jobs, row.cache_hits, row.fallbacks, row.errors) == (4, 1, 1, 1)
    assert (row.cache_hit_rate, row.fallback_rate, row.error_rate) == (0.25, 0.25, 0.25)
    (timed,) = await Insights(database).latency(of=Latency.JOBS)
    assert timed.runs == 4


async def test_refusals_are_counted_by_category_and_day(database: Database) -> None:
    told = [("gore", "ann"), ("gore", "bob"), ("hate", "ann")]
    await _observe(
        database,
        [{"owner": o, "kind": Kind.REFUSAL, "workflow": "", "data": {"category": c}} for c, o in told],
    )
    insights = Insights(database)
    assert [(r.category, r.refusals) for r in await insights.refusals()] == [("gore", 2), ("hate", 1)]
    assert [(r.category, r.refusals) for r in await insights.refusals(owner="bob")] == [("gore", 1)]
    assert [r.refused for r in await insights.requests(2)] == [0, 3]


def _job(number: int, state: str, at: float, owner: str = "ann") -> dict[str, Any]:
    numbers = {"priority": 0, "vtag": 0.0, "run_after": 0.0, "lease_token": 0, "crashes": 0, "event_seq": 0}
    return {
        "id": f"job_{number}",
        "owner": owner,
        "state": state,
        "pool": "any",
        "cancel_requested": False,
        "payload": {},
        "created_at": at,
    } | numbers


async def test_requests_of_each_day_by_how_they_stand(database: Database) -> None:
    states = ["succeeded", "rejected", "failed", "cancelled", "queued", "running", "quarantined", "unknown"]
    rows = [_job(number, state, NOW) for number, state in enumerate(states)]
    rows += [
        _job(8, "succeeded", NOW - DAY),
        _job(9, "succeeded", NOW, "bob"),
        _job(10, "failed", NOW - 5 * DAY),
    ]
    await _write(database, jobs, rows)
    before, yesterday, today = await Insights(database).requests(3, "ann")
    assert [row.day for row in (before, yesterday, today)] == [TODAY - timedelta(days=d) for d in (2, 1, 0)]
    assert (before.jobs, yesterday.jobs, yesterday.succeeded, today.jobs) == (0, 1, 1, 8)
    assert (today.succeeded, today.rejected, today.failed, today.cancelled) == (1, 1, 1, 1)
    assert (today.open, today.stuck) == (2, 2)
    assert (await Insights(database).requests(3))[-1].jobs == 9


async def test_spending_by_day_model_and_user(database: Database) -> None:
    common = {"hold_id": "h", "job_id": "j", "evidence": {}}
    told = [
        ("ann", "a/x", "charge", 40_000, NOW),
        ("ann", "b/y", "charge", 10_000, NOW - DAY),
        ("bob", "a/x", "charge", 5_000, NOW),
        ("bob", "a/x", "overrun", 1_000, NOW),
        ("bob", "a/x", "hold", 99_000, NOW),
        ("bob", "a/x", "release", 9_000, NOW),
        ("ann", "a/x", "charge", 7, NOW - 9 * DAY),
    ]
    await _write(
        database,
        ledger,
        [common | dict(zip(("owner", "model_id", "kind", "amount", "at"), t, strict=True)) for t in told],
    )
    insights = Insights(database)
    assert [(r.day, r.spent) for r in await insights.spend(3)] == [
        (TODAY - timedelta(days=2), 0),
        (TODAY - timedelta(days=1), 10_000),
        (TODAY, 46_000),
    ]
    by_model = await insights.spend(3, "ann", by=[SpendBy.MODEL])
    assert [(r.model_id, r.spent, r.owner, r.day) for r in by_model] == [
        ("a/x", 40_000, None, None),
        ("b/y", 10_000, None, None),
    ]
    both = await insights.spend(3, by=[SpendBy.USER, SpendBy.MODEL])
    assert [(r.owner, r.model_id, r.spent, r.charges) for r in both] == [
        ("ann", "a/x", 40_000, 1),
        ("ann", "b/y", 10_000, 1),
        ("bob", "a/x", 6_000, 2),
    ]


async def test_satisfaction_by_workflow_day_and_feature(database: Database) -> None:
    common = {
        "workflow": "laser",
        "model_id": "a/x",
        "experiment": "",
        "arm": "",
        "comment": "",
        "changed_at": NOW,
    }
    said = [
        ("j1", "ann", 5, None),
        ("j2", "ann", 3, None),
        ("j3", "bob", 4, False),
        ("j4", "bob", None, True),
    ]
    names = ("job_id", "owner", "stars", "liked")
    rows = [common | {"at": NOW} | dict(zip(names, s, strict=True)) for s in said]
    await _write(database, feedback, rows)
    await _write(
        database,
        feature_ratings,
        [{"job_id": "j1", "feature": "edges", "stars": 4}, {"job_id": "j2", "feature": "edges", "stars": 1}],
    )
    insights = Insights(database)
    (row,) = await insights.satisfaction()
    assert (row.workflow, row.model_id, row.ratings, row.mean_stars) == ("laser", "a/x", 3, 4.0)
    assert (row.positive, row.positive_share) == (2, pytest.approx(2 / 3))
    assert (row.likes, row.dislikes, row.satisfaction) == (1, 1, 0.75)
    (of_bob,) = await insights.satisfaction(owner="bob", by=[SatisfactionBy.DAY])
    assert (of_bob.day, of_bob.ratings, of_bob.satisfaction) == (TODAY, 1, 1.0)
    (edges,) = await insights.satisfaction(by=[SatisfactionBy.FEATURE])
    assert (edges.feature, edges.ratings, edges.mean_stars, edges.satisfaction) == ("edges", 2, 2.5, 0.5)


@pytest.mark.parametrize("days", [0, -1, 367])
async def test_a_span_that_cannot_be_asked_for_is_refused(database: Database, days: int) -> None:
    with pytest.raises(InvalidOption):
        await Insights(database).verdicts(days)


async def test_of_nothing_there_are_no_shares(database: Database) -> None:
    insights = Insights(database)
    assert await insights.latency() == await insights.verdicts() == await insights.rates() == ()
    assert await insights.satisfaction() == await insights.refusals() == ()
    assert len(await insights.spend(30)) == len(await insights.requests(30)) == 30
