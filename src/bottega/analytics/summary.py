"""What was done in the last days, by workflow and model, and what was spent on each day."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from bottega.analytics.observations import Kind
from bottega.analytics.window import Window, date_of, day_number
from bottega.domain.base import Value
from bottega.domain.money import MicroUsd
from bottega.store.schema import ledger, observations

SPENDING = ("charge", "overrun")


class ModelSummary(Value):
    """Attempts of one model at one workflow. `mean_seconds` covers those that came to a result; None if none did."""

    workflow: str
    model_id: str
    attempts: int
    judged: int
    accepted: int
    mean_seconds: float | None
    cost: MicroUsd

    @property
    def acceptance(self) -> float | None:
        """Accepted share of the judged results, 0 to 1; None when nothing was judged."""
        return self.accepted / self.judged if self.judged else None


class DaySpend(Value):
    """What the ledger says was spent on one day (UTC), in micro-dollars."""

    day: date
    spent: MicroUsd


class Summary(Value):
    """`since` is the first second covered, since the Unix epoch. `by_model` has the busiest first; `spend` has every
    day in order, also those without spending."""

    days: int
    since: float
    jobs: int
    refusals: int
    by_model: tuple[ModelSummary, ...]
    spend: tuple[DaySpend, ...]

    @property
    def spent(self) -> MicroUsd:
        return sum(day.spent for day in self.spend)


def summarise(connection: sa.Connection, days: int, owner: str | None, now: float) -> Summary:
    """Raises InvalidOption unless `days` is 1 to 366."""
    window = Window.ending_now(days, owner, now)
    counts = _counts(connection, window)
    spent = _spent_by_day(connection, window)
    return Summary(
        days=days,
        since=window.since,
        jobs=counts.get(Kind.JOB.value, 0),
        refusals=counts.get(Kind.REFUSAL.value, 0),
        by_model=_by_model(connection, window),
        spend=tuple(DaySpend(day=date_of(number), spent=spent.get(number, 0)) for number in window.numbers),
    )


def _counts(connection: sa.Connection, window: Window) -> dict[str, int]:
    o = observations.c
    query = (
        sa.select(o.kind, sa.func.count().label("number"))
        .where(o.at >= window.since, window.of(o.owner))
        .group_by(o.kind)
    )
    return {row.kind: row.number for row in connection.execute(query)}


def _by_model(connection: sa.Connection, window: Window) -> tuple[ModelSummary, ...]:
    o = observations.c
    accepted = sa.func.sum(sa.case((o.accepted.is_(True), 1), else_=0))
    cost = sa.func.coalesce(sa.func.sum(o.cost), 0)
    query = (
        sa.select(
            o.workflow,
            o.model_id,
            sa.func.count().label("attempts"),
            sa.func.count(o.accepted).label("judged"),
            accepted.label("accepted"),
            sa.func.avg(o.seconds).label("mean_seconds"),
            cost.label("cost"),
        )
        .where(o.at >= window.since, o.kind == Kind.ATTEMPT.value, window.of(o.owner))
        .group_by(o.workflow, o.model_id)
    )
    found = [ModelSummary.model_validate(_plain(row)) for row in connection.execute(query).mappings()]
    # Sorted here: servers collate text each in their own way.
    return tuple(sorted(found, key=lambda m: (-m.attempts, m.workflow, m.model_id)))


def _plain(row: sa.RowMapping) -> dict[str, Any]:
    return {**row, "accepted": int(row["accepted"]), "cost": int(row["cost"])}  # NUMERIC on PostgreSQL


def _spent_by_day(connection: sa.Connection, window: Window) -> dict[int, MicroUsd]:
    """Day number since the Unix epoch -> micro-dollars."""
    entry = ledger.c
    day = day_number(connection, entry.at).label("day")
    query = (
        sa.select(day, sa.func.sum(entry.amount))
        .where(entry.at >= window.since, entry.kind.in_(SPENDING), window.of(entry.owner))
        .group_by(sa.text("day"))
    )
    return {number: int(amount) for number, amount in connection.execute(query)}
