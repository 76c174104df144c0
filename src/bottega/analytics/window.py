"""Spans of calendar days (UTC) with today as the last, and whose rows are meant."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from bottega.errors import InvalidOption

DAY = 86400
MOST_DAYS = 366


class Window(NamedTuple):
    """`first_day` counts days since the Unix epoch; `owner` None: everybody's rows."""

    first_day: int
    days: int
    owner: str | None

    @classmethod
    def ending_now(cls, days: int, owner: str | None, now: float) -> "Window":
        """Raises InvalidOption unless `days` is 1 to 366."""
        if not 1 <= days <= MOST_DAYS:
            raise InvalidOption(f"A summary covers 1 to {MOST_DAYS} days.", option="days")
        return cls(int(now // DAY) - days + 1, days, owner)

    @property
    def since(self) -> float:
        """The first second, since the Unix epoch."""
        return float(self.first_day * DAY)

    @property
    def numbers(self) -> range:
        """Every day, as `day_number` counts them."""
        return range(self.first_day, self.first_day + self.days)

    def of(self, owner: sa.Column[str]) -> sa.ColumnElement[bool]:
        return sa.true() if self.owner is None else owner == self.owner


def date_of(number: int) -> date:
    return datetime.fromtimestamp(number * DAY, UTC).date()


def day_number(connection: sa.Connection, at: sa.Column[float]) -> sa.ColumnElement[int]:
    """Days since the Unix epoch. Group by its label: the expression has parameters, and PostgreSQL compares those."""
    days: sa.ColumnElement[Any] = at / DAY
    if connection.dialect.name != "sqlite":
        days = sa.func.floor(days)  # there a cast to an integer rounds; SQLite's cuts off
    return sa.cast(days, sa.Integer)
