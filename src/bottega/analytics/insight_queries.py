"""The questions over observations, jobs, ledger and feedback, each answered by one query; the same on SQLite and
PostgreSQL. Rows are sorted here, because servers collate text each in their own way."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, cast

import sqlalchemy as sa

from bottega.analytics.feedback import satisfied
from bottega.analytics.insight_rows import (
    LatencyRow,
    RateRow,
    RefusalRow,
    RequestRow,
    SatisfactionRow,
    SpendRow,
    VerdictRow,
)
from bottega.analytics.observations import Kind
from bottega.analytics.summary import SPENDING
from bottega.analytics.window import Window, date_of, day_number
from bottega.domain.job import JobState
from bottega.store.schema import feature_ratings, feedback, jobs, ledger, observations

O = observations.c  # noqa: E741 - one table, many columns
_COLUMN_OF = {
    JobState.QUEUED: "open",
    JobState.RUNNING: "open",
    JobState.SUCCEEDED: "succeeded",
    JobState.REJECTED: "rejected",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
    JobState.QUARANTINED: "stuck",
    JobState.UNKNOWN: "stuck",
}


class SpendBy(StrEnum):
    DAY = "day"
    MODEL = "model"
    USER = "user"


class SatisfactionBy(StrEnum):
    WORKFLOW = "workflow"
    MODEL = "model"
    DAY = "day"
    FEATURE = "feature"


class Latency(StrEnum):
    ATTEMPTS = "attempts"
    JOBS = "jobs"


def spend(connection: sa.Connection, window: Window, by: Sequence[SpendBy]) -> tuple[SpendRow, ...]:
    """By any of day, model and user together. By day alone, every day has a row."""
    entry = ledger.c
    ways: dict[SpendBy, sa.ColumnElement[Any]] = {
        SpendBy.DAY: day_number(connection, entry.at).label("day"),
        SpendBy.MODEL: entry.model_id.label("model_id"),
        SpendBy.USER: entry.owner.label("owner"),
    }
    wanted = [ways[way] for way in dict.fromkeys(by)]
    query = (
        sa.select(*wanted, sa.func.count().label("charges"), sa.func.sum(entry.amount).label("spent"))
        .where(entry.at >= window.since, entry.kind.in_(SPENDING), window.of(entry.owner))
        .group_by(*(sa.text(str(column.name)) for column in wanted))
    )
    rows = [_row(SpendRow, row) for row in connection.execute(query).mappings()]
    if list(dict.fromkeys(by)) == [SpendBy.DAY]:
        known = {row.day: row for row in rows}
        days = [date_of(number) for number in window.numbers]
        return tuple(known.get(day, SpendRow(day=day, charges=0, spent=0)) for day in days)
    return tuple(sorted(rows, key=lambda r: (str(r.day or ""), -r.spent, r.model_id or "", r.owner or "")))


def requests(connection: sa.Connection, window: Window) -> tuple[RequestRow, ...]:
    """Every day has a row."""
    day = day_number(connection, jobs.c.created_at).label("day")
    query = (
        sa.select(day, jobs.c.state, sa.func.count().label("number"))
        .where(jobs.c.created_at >= window.since, window.of(jobs.c.owner))
        .group_by(sa.text("day"), jobs.c.state)
    )
    counts: dict[int, dict[str, int]] = {number: {} for number in window.numbers}
    for number, state, count in connection.execute(query):
        of_day = counts.setdefault(number, {})
        column = _COLUMN_OF[JobState(state)]
        of_day[column] = of_day.get(column, 0) + count
        of_day["jobs"] = of_day.get("jobs", 0) + count
    refusal_day = day_number(connection, O.at).label("day")
    refused = (
        sa.select(refusal_day, sa.func.count())
        .where(O.kind == Kind.REFUSAL.value, O.at >= window.since, window.of(O.owner))
        .group_by(sa.text("day"))
    )
    for number, count in connection.execute(refused):
        counts.setdefault(number, {})["refused"] = count
    return tuple(RequestRow(day=date_of(number), **found) for number, found in sorted(counts.items()))


def latency(connection: sa.Connection, window: Window, of: Latency) -> tuple[LatencyRow, ...]:
    kind = Kind.ATTEMPT if of is Latency.ATTEMPTS else Kind.JOB
    names = (O.workflow, O.model_id)
    share = sa.func.cume_dist().over(partition_by=names, order_by=O.seconds).label("share")
    ranked = (
        sa.select(*names, O.seconds, share)
        .where(O.kind == kind.value, O.at >= window.since, O.seconds.is_not(None), window.of(O.owner))
        .subquery()
    )

    def percentile(percent: int) -> sa.ColumnElement[Any]:
        reached = ranked.c.share >= percent / 100
        return sa.func.min(sa.case((reached, ranked.c.seconds))).label(f"p{percent}")

    query = sa.select(
        ranked.c.workflow,
        ranked.c.model_id,
        sa.func.count().label("runs"),
        sa.func.avg(ranked.c.seconds).label("mean"),
        percentile(50),
        percentile(95),
        percentile(99),
        sa.func.max(ranked.c.seconds).label("slowest"),
    ).group_by(ranked.c.workflow, ranked.c.model_id)
    rows = [LatencyRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]
    return tuple(sorted(rows, key=lambda r: (-r.runs, r.workflow, r.model_id)))


def verdicts(connection: sa.Connection, window: Window) -> tuple[VerdictRow, ...]:
    # An attempt without a time came to no result; see `observations.record`.
    failed = sa.and_(O.accepted.is_(None), O.seconds.is_(None))
    query = (
        sa.select(
            O.workflow,
            O.model_id,
            sa.func.count().label("attempts"),
            _count_if(O.accepted.is_(True)).label("accepted"),
            _count_if(O.accepted.is_(False)).label("rejected"),
            _count_if(failed).label("failed"),
            sa.func.coalesce(sa.func.sum(O.cost), 0).label("cost"),
        )
        .where(O.kind == Kind.ATTEMPT.value, O.at >= window.since, window.of(O.owner))
        .group_by(O.workflow, O.model_id)
    )
    rows: list[VerdictRow] = []
    for row in connection.execute(query).mappings():
        judged = row["accepted"] + row["rejected"]
        rows.append(
            VerdictRow(
                **cast("dict[str, Any]", {**row, "cost": int(row["cost"])}),
                not_judged=row["attempts"] - judged - row["failed"],
                acceptance=_share(row["accepted"], judged),
                failure_rate=row["failed"] / row["attempts"],
            )
        )
    return tuple(sorted(rows, key=lambda r: (-r.attempts, r.workflow, r.model_id)))


def rates(connection: sa.Connection, window: Window) -> tuple[RateRow, ...]:
    ended = (
        sa.select(
            O.workflow,
            O.data["cached"].as_boolean().label("cached"),
            O.data["fallback"].as_boolean().label("fallback"),
            O.data["state"].as_string().label("state"),
        )
        .where(O.kind == Kind.JOB.value, O.at >= window.since, window.of(O.owner))
        .subquery()
    )
    query = sa.select(
        ended.c.workflow,
        sa.func.count().label("jobs"),
        _count_if(ended.c.cached).label("cache_hits"),
        _count_if(ended.c.fallback).label("fallbacks"),
        _count_if(ended.c.state == JobState.FAILED.value).label("errors"),
    ).group_by(ended.c.workflow)
    rows = [
        RateRow(
            **row,
            cache_hit_rate=row["cache_hits"] / row["jobs"],
            fallback_rate=row["fallbacks"] / row["jobs"],
            error_rate=row["errors"] / row["jobs"],
        )
        for row in connection.execute(query).mappings()
    ]
    return tuple(sorted(rows, key=lambda r: (-r.jobs, r.workflow)))


def satisfaction(
    connection: sa.Connection, window: Window, by: Sequence[SatisfactionBy]
) -> tuple[SatisfactionRow, ...]:
    """By any of workflow, model and day together. With `feature` among them, what counts are the ratings of single
    features, which have stars only."""
    F = feedback.c
    of_features = SatisfactionBy.FEATURE in by
    stars: sa.ColumnElement[Any] = feature_ratings.c.stars if of_features else F.stars
    content = sa.case((stars >= 4, 1), (stars < 4, 0)) if of_features else satisfied()
    ways: dict[SatisfactionBy, sa.ColumnElement[Any]] = {
        SatisfactionBy.WORKFLOW: F.workflow.label("workflow"),
        SatisfactionBy.MODEL: F.model_id.label("model_id"),
        SatisfactionBy.DAY: day_number(connection, F.at).label("day"),
        SatisfactionBy.FEATURE: feature_ratings.c.feature.label("feature"),
    }
    wanted = [ways[way] for way in dict.fromkeys(by)]
    source = feedback.join(feature_ratings) if of_features else feedback
    query = (
        sa.select(
            *wanted,
            sa.func.count(stars).label("ratings"),
            sa.func.avg(stars).label("mean_stars"),
            _count_if(stars >= 4).label("positive"),
            (sa.literal(0) if of_features else _count_if(F.liked.is_(True))).label("likes"),
            (sa.literal(0) if of_features else _count_if(F.liked.is_(False))).label("dislikes"),
            sa.func.avg(content).label("satisfaction"),
        )
        .select_from(source)
        .where(F.at >= window.since, window.of(F.owner))
        .group_by(*(sa.text(str(column.name)) for column in wanted))
    )
    rows = [
        _row(SatisfactionRow, {**row, "positive_share": _share(row["positive"], row["ratings"])})
        for row in connection.execute(query).mappings()
    ]
    return tuple(
        sorted(
            rows,
            key=lambda r: (str(r.day or ""), -r.ratings, r.workflow or "", r.model_id or "", r.feature or ""),
        )
    )


def refusals(connection: sa.Connection, window: Window) -> tuple[RefusalRow, ...]:
    category = O.data["category"].as_string()
    told = (
        sa.select(sa.func.coalesce(category, "other").label("category"))
        .where(O.kind == Kind.REFUSAL.value, O.at >= window.since, window.of(O.owner))
        .subquery()
    )
    query = sa.select(told.c.category, sa.func.count().label("refusals")).group_by(told.c.category)
    rows = [RefusalRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]
    return tuple(sorted(rows, key=lambda r: (-r.refusals, r.category)))


def _count_if(condition: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.count(sa.case((condition, 1)))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _row(kind: Any, row: Any) -> Any:
    """NUMERIC sums and means of PostgreSQL become what the row says; day numbers become dates."""
    plain = dict(row)
    if plain.get("day") is not None:
        plain["day"] = date_of(plain["day"])
    return kind.model_validate(plain)
