"""A job's story as a stream: what is there, then what comes, to the end, without gap or duplicate."""

from collections.abc import AsyncGenerator

import sqlalchemy as sa

from bottega.domain.job import Event, JobState
from bottega.jobs.queue import events_after
from bottega.store.database import Database
from bottega.store.schema import jobs as J
from bottega.store.signals import job_topic

LOOK_SECONDS = 1.0  # the net under the wake-ups
LAST = "finished"
"""The kind of the event after which nothing comes, unless a quarantined job is released."""


async def follow(database: Database, job_id: str, after: int = 0) -> AsyncGenerator[Event]:
    """The job's events with `seq` above `after`, in order, as they are written; ends with the last one (at
    once when that is not above `after`, or when there is no such job)."""
    with database.signals.subscribe(job_topic(job_id)) as waiter:
        while True:
            rows = await database.read(lambda c, seen=after: events_after(c, job_id, seen))
            for row in rows:
                after = row.seq
                yield Event(job_id=job_id, seq=row.seq, kind=row.kind, data=row.data, at=row.at)
                if row.kind == LAST:
                    return
            if not rows:
                if await database.read(lambda c: _is_over(c, job_id)) and not await database.read(
                    lambda c, seen=after: events_after(c, job_id, seen)
                ):
                    return
                await waiter.wait(LOOK_SECONDS)


def _is_over(connection: sa.Connection, job_id: str) -> bool:
    state = connection.execute(sa.select(J.c.state).where(J.c.id == job_id)).scalar()
    return state is None or JobState(state).is_final
