"""A job's story as a stream: what is there, then what comes, to the end, without gap or duplicate."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from typing import TypeVar

import sqlalchemy as sa

from bottega.domain.job import Event, JobState
from bottega.jobs.queue import EVENTS_AT_ONCE, AnyRow, events_after
from bottega.store.database import Database
from bottega.store.schema import jobs as J
from bottega.store.signals import end_topic, job_topic

T = TypeVar("T")
LOOK_SECONDS = 1.0  # the net under the wake-ups
GATHER_SECONDS = 0.01  # events that come so close together are read together
LAST = "finished"
"""The kind of the event after which nothing comes, unless a quarantined job is released."""


async def follow(database: Database, job_id: str, after: int = 0) -> AsyncGenerator[Event]:
    """The job's events with `seq` above `after`, in order, as they are written; ends with the last one (at
    once when that is not above `after`, or when there is no such job)."""
    with database.signals.subscribe(job_topic(job_id)) as waiter:
        while True:
            rows, is_over = await database.read(partial(_look, job_id=job_id, after=after))
            for row in rows:
                after = row.seq
                yield Event(job_id=job_id, seq=row.seq, kind=row.kind, data=row.data, at=row.at)
                if row.kind == LAST:
                    return
            if is_over and not rows:
                return
            if len(rows) < EVENTS_AT_ONCE:
                await waiter.wait(LOOK_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)


async def until(
    database: Database, job_id: str, look: Callable[[sa.Connection], T | None], *, net_s: float = LOOK_SECONDS
) -> T:
    """What `look` finds when the job has ended, looked for at once, at its end, and every `net_s` in between."""
    with database.signals.subscribe(end_topic(job_id)) as waiter:
        while (found := await database.read(look)) is None:
            await waiter.wait(net_s)
        return found


def _look(connection: sa.Connection, job_id: str, after: int) -> tuple[Sequence[AnyRow], bool]:
    """The new events, and whether no more can come."""
    rows = events_after(connection, job_id, after)
    if rows or not _is_over(connection, job_id):
        return rows, False
    # It may have ended between the two queries.
    return events_after(connection, job_id, after), True


def _is_over(connection: sa.Connection, job_id: str) -> bool:
    state = connection.execute(sa.select(J.c.state).where(J.c.id == job_id)).scalar()
    return state is None or JobState(state).is_final
