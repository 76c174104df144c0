"""Answers over the last days, as rows: for charts, tables and CSV files. Each is one read transaction."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import sqlalchemy as sa

from bottega.analytics import insight_queries as q
from bottega.analytics.insight_queries import Latency, SatisfactionBy, SpendBy
from bottega.analytics.insight_rows import (
    LatencyRow,
    RateRow,
    RefusalRow,
    RequestRow,
    SatisfactionRow,
    SpendRow,
    VerdictRow,
)
from bottega.analytics.window import Window
from bottega.store.database import Database, epoch_now

_T = TypeVar("_T")


class Insights:
    """`days` are calendar days (UTC) with today as the last, 1 to 366, else InvalidOption; `owner` None means
    everybody's rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spend(
        self, days: int = 30, owner: str | None = None, *, by: Sequence[SpendBy] = (SpendBy.DAY,)
    ) -> tuple[SpendRow, ...]:
        """What was charged, by any of day, model and user together; by day alone, every day has a row."""
        return await self._ask(days, owner, lambda c, w: q.spend(c, w, by))

    async def requests(self, days: int = 30, owner: str | None = None) -> tuple[RequestRow, ...]:
        """Jobs of each day by their state, and refusals; every day has a row."""
        return await self._ask(days, owner, q.requests)

    async def latency(
        self, days: int = 30, owner: str | None = None, *, of: Latency = Latency.ATTEMPTS
    ) -> tuple[LatencyRow, ...]:
        """Seconds by workflow and model: of attempts, or of jobs from submission to end. The busiest first."""
        return await self._ask(days, owner, lambda c, w: q.latency(c, w, of))

    async def verdicts(self, days: int = 30, owner: str | None = None) -> tuple[VerdictRow, ...]:
        """How attempts ended, by workflow and model, the busiest first."""
        return await self._ask(days, owner, q.verdicts)

    async def rates(self, days: int = 30, owner: str | None = None) -> tuple[RateRow, ...]:
        """Shares of jobs by workflow: from the cache, by a fallback, failed. The busiest first."""
        return await self._ask(days, owner, q.rates)

    async def satisfaction(
        self,
        days: int = 30,
        owner: str | None = None,
        *,
        by: Sequence[SatisfactionBy] = (SatisfactionBy.WORKFLOW, SatisfactionBy.MODEL),
    ) -> tuple[SatisfactionRow, ...]:
        """What users say, by any of workflow, model, day and feature together."""
        return await self._ask(days, owner, lambda c, w: q.satisfaction(c, w, by))

    async def refusals(self, days: int = 30, owner: str | None = None) -> tuple[RefusalRow, ...]:
        """What the content policy refused, by category, the most frequent first."""
        return await self._ask(days, owner, q.refusals)

    async def _ask(self, days: int, owner: str | None, question: Callable[[sa.Connection, Window], _T]) -> _T:
        return await self._database.read(lambda c: question(c, Window.ending_now(days, owner, epoch_now(c))))
