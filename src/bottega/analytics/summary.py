"""What was done in the last days, by workflow and model, and what was spent on each day."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from bottega.analytics.observations import Kind
from bottega.domain.base import Value
from bottega.domain.money import MicroUsd
from bottega.errors import InvalidOption
from bottega.store.schema import ledger, observations

DAY = 86400
MOST_DAYS = 366
_SPENDING = ("charge", "overrun")


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
    if not 1 <= days <= MOST_DAYS:
        raise InvalidOption(f"A summary covers 1 to {MOST_DAYS} days.")
    first_day = int(now // DAY) - days + 1
    since = float(first_day * DAY)
    counts = _counts(connection, since, owner)
    spent = _spent_by_day(connection, since, owner)
    return Summary(
        days=days,
        since=since,
        jobs=counts.get(Kind.JOB.value, 0),
        refusals=counts.get(Kind.REFUSAL.value, 0),
        by_model=_by_model(connection, since, owner),
        spend=tuple(
            DaySpend(day=datetime.fromtimestamp(number * DAY, UTC).date(), spent=spent.get(number, 0))
            for number in range(first_day, first_day + days)
        ),
    )


def _of(owner: str | None, column: sa.Column[str]) -> sa.ColumnElement[bool]:
    return sa.true() if owner is None else column == owner


def _counts(connection: sa.Connection, since: float, owner: str | None) -> dict[str, int]:
    o = observations.c
    query = (
        sa.select(o.kind, sa.func.count().label("number"))
        .where(o.at >= since, _of(owner, o.owner))
        .group_by(o.kind)
    )
    return {row.kind: row.number for row in connection.execute(query)}


def _by_model(connection: sa.Connection, since: float, owner: str | None) -> tuple[ModelSummary, ...]:
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
        .where(o.at >= since, o.kind == Kind.ATTEMPT.value, _of(owner, o.owner))
        .group_by(o.workflow, o.model_id)
    )
    found = [ModelSummary.model_validate(_plain(row)) for row in connection.execute(query).mappings()]
    # Sorted here: servers collate text each in their own way.
    return tuple(sorted(found, key=lambda m: (-m.attempts, m.workflow, m.model_id)))


def _plain(row: sa.RowMapping) -> dict[str, Any]:
    return {**row, "accepted": int(row["accepted"]), "cost": int(row["cost"])}  # NUMERIC on PostgreSQL


def _spent_by_day(connection: sa.Connection, since: float, owner: str | None) -> dict[int, MicroUsd]:
    """Day number since the Unix epoch -> micro-dollars."""
    entry = ledger.c
    days: sa.ColumnElement[Any] = entry.at / DAY
    if connection.dialect.name != "sqlite":
        days = sa.func.floor(days)  # there a cast to an integer rounds; SQLite's cuts off
    day = sa.cast(days, sa.Integer).label("day")
    query = (
        sa.select(day, sa.func.sum(entry.amount))
        .where(entry.at >= since, entry.kind.in_(_SPENDING), _of(owner, entry.owner))
        .group_by(sa.text("day"))  # by name: the expression has parameters, and PostgreSQL compares those
    )
    return {number: int(amount) for number, amount in connection.execute(query)}
