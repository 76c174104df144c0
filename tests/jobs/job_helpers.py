"""Short ways for the job tests to put jobs in and to look at what became of them."""

import asyncio
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bottega.domain.job import Event
from bottega.jobs.feed import follow
from bottega.jobs.identity import new_id
from bottega.jobs.queue import Claimed, ClaimFor, NewJob, claim, enqueue
from bottega.store.database import Database
from bottega.store.schema import jobs as J
from bottega.store.schema import steps as S
from bottega.store.signals import JOBS

PATIENCE_S = 120.0
"""Only what hangs takes so long, however busy the machine is."""


def job(owner: str = "alice", **values: Any) -> NewJob:
    return NewJob(id=new_id("job"), owner=owner, payload=values.pop("payload", {}), **values)


async def put(database: Database, *jobs: NewJob) -> list[str]:
    return await database.write(lambda c: enqueue(c, jobs), JOBS)


async def take(database: Database, limit: int = 1, worker: str = "w1", **limits: Any) -> list[Claimed]:
    who = ClaimFor(worker=worker, limit=limit, lease_s=limits.pop("lease_s", 30.0), **limits)
    return await database.write(lambda c: claim(c, who))


async def row(database: Database, job_id: str) -> Any:
    return await database.read(lambda c: c.execute(sa.select(J).where(J.c.id == job_id)).one())


async def states(database: Database, ids: Sequence[str]) -> list[str]:
    query = sa.select(J.c.id, J.c.state).where(J.c.id.in_(ids))
    found = await database.read(lambda c: {one.id: one.state for one in c.execute(query)})
    return [found[job_id] for job_id in ids]


async def step_states(database: Database, job_id: str) -> dict[str, str]:
    query = sa.select(S.c.key, S.c.state).where(S.c.job_id == job_id)
    return await database.read(lambda c: {step.key: step.state for step in c.execute(query)})


async def story(database: Database, job_id: str) -> list[Event]:
    """All events of the job, to its last one; waits for that."""
    async with asyncio.timeout(PATIENCE_S):
        return [event async for event in follow(database, job_id)]


async def seen(database: Database, job_id: str, kind: str) -> Event:
    """The first event of this kind; waits for it."""
    async with asyncio.timeout(PATIENCE_S):
        async for event in follow(database, job_id):
            if event.kind == kind:
                return event
    raise AssertionError(f"{job_id} ended without an event {kind}")
