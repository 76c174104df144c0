"""The durable queue: jobs are put in, taken out in fair order, cancelled, released, and their story is read.

These are transaction functions; nothing here waits or decides what a job does.

Fair order is computed when a job is put in: its virtual tag is one more than the owner's last waiting tag, or
than the tag now being run, so owners take turns however many jobs one of them has put in (start-time fair
queueing, Goyal, Vin and Cheng 1996).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import sqlalchemy as sa

from bottega.domain.job import JobState
from bottega.store.database import epoch_now, insert_new
from bottega.store.passing import note_persons
from bottega.store.schema import batch_items as I
from bottega.store.schema import events as E
from bottega.store.schema import jobs as J
from bottega.store.schema import steps as S

Json = dict[str, Any]
AnyRow = Any
"""A row of a query, whose columns the type checker cannot follow through a function border."""
DEFAULT_POOL = "default"
DEFAULT_PRIORITY = 100
EVENTS_AT_ONCE = 500


class EventRow(TypedDict):
    kind: str
    data: Json


@dataclass(frozen=True, slots=True)
class NewJob:
    id: str
    owner: str
    payload: Json
    pool: str = DEFAULT_POOL
    priority: int = DEFAULT_PRIORITY
    run_after: float = 0.0
    submission_key: str | None = None
    events: tuple[EventRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker may run until `lease_until`, under the fencing `token`."""

    id: str
    owner: str
    payload: Json
    token: int
    lease_until: float
    crashes: int
    cancel_requested: bool = False
    """Nothing is to be done but to settle the paid call that an earlier life of the job began."""


# --- put in --------------------------------------------------------------------------------------------------

_last_tag = sa.select(sa.func.max(J.c.vtag)).where(
    J.c.pool == sa.bindparam("pool"),
    J.c.owner == sa.bindparam("owner"),
    J.c.state.in_([JobState.QUEUED, JobState.RUNNING]),
)
_running_tag = sa.select(sa.func.max(J.c.vtag)).where(
    J.c.state == "running", J.c.pool == sa.bindparam("pool")
)
_queued_tag = sa.select(sa.func.min(J.c.vtag)).where(J.c.state == "queued", J.c.pool == sa.bindparam("pool"))


def enqueue(connection: sa.Connection, new: Sequence[NewJob], now: float | None = None) -> list[str]:
    """Put jobs in, all or none; returns their ids in order.

    A job whose submission key its owner used before is not put in again: the earlier job's id is returned. `now`: the database's
    time, where the caller has it.
    """
    now = epoch_now(connection) if now is None else now
    earlier = _earlier_submissions(connection, new)
    fresh = [job for job in new if (job.owner, job.submission_key) not in earlier]
    tags: dict[tuple[str, str], float] = {}
    rows: list[Json] = []
    story: list[Json] = []
    for job in fresh:
        turn = (job.pool, job.owner)
        tags[turn] = (tags[turn] if turn in tags else _start_tag(connection, *turn)) + 1
        told = [EventRow(kind="queued", data={}), *job.events]
        rows.append(_new_row(job, tags[turn], now, len(told)))
        story.extend(
            {"job_id": job.id, "seq": seq, "kind": event["kind"], "data": event["data"], "at": now}
            for seq, event in enumerate(told, start=1)
        )
    insert_new(connection, J, rows)
    # A twin of ours may have come first in the meantime: then its job counts and ours was not put in.
    earlier |= _earlier_submissions(connection, fresh)
    ids = [earlier.get((job.owner, job.submission_key), job.id) for job in new]
    insert_new(connection, E, [event for event in story if event["job_id"] in set(ids)])
    for job in fresh:
        if job.id in ids:
            note_persons(connection, job.id, job.owner, job.payload)
    return ids


def _earlier_submissions(
    connection: sa.Connection, new: Sequence[NewJob]
) -> dict[tuple[str, str | None], str]:
    found: dict[tuple[str, str | None], str] = {}
    for job in new:
        if job.submission_key is not None:
            existing = connection.execute(
                sa.select(J.c.id).where(J.c.owner == job.owner, J.c.submission_key == job.submission_key)
            ).scalar()
            if existing is not None:
                found[(job.owner, job.submission_key)] = existing
    return found


def _start_tag(connection: sa.Connection, pool: str, owner: str) -> float:
    last = connection.execute(_last_tag, {"pool": pool, "owner": owner}).scalar()
    now_served = connection.execute(_running_tag, {"pool": pool}).scalar()
    if now_served is None:
        first = connection.execute(_queued_tag, {"pool": pool}).scalar()
        now_served = 0.0 if first is None else first - 1
    return max(last or 0.0, now_served)


def _new_row(job: NewJob, vtag: float, now: float, event_seq: int) -> Json:
    return {
        "id": job.id,
        "owner": job.owner,
        "state": JobState.QUEUED,
        "pool": job.pool,
        "priority": job.priority,
        "vtag": vtag,
        "run_after": job.run_after,
        "lease_token": 0,
        "crashes": 0,
        "cancel_requested": False,
        "event_seq": event_seq,
        "submission_key": job.submission_key,
        "payload": job.payload,
        "created_at": now,
    }


# --- take out ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ClaimFor:
    """Who claims, and within which limits."""

    worker: str
    limit: int
    lease_s: float
    pools: tuple[str, ...] = (DEFAULT_POOL,)
    per_owner: int = 0
    suspects_allowed: int = 1
    only: str | None = None
    """Claim this job and no other (the command line runs its own job only)."""
    only_batch: str | None = None
    """Claim jobs of this batch and no others."""


@dataclass(slots=True)
class _Picker:
    """Chooses among waiting jobs, in their order, within the limits on owners and suspects."""

    who: ClaimFor
    running: Counter[str]
    picked: list[str] = field(default_factory=list[str])
    suspects: int = 0
    skipped_suspect: bool = False

    def look_at(self, rows: Iterable[AnyRow]) -> None:
        for row in rows:
            if len(self.picked) == self.who.limit:
                return
            if self.who.per_owner and self.running[row.owner] >= self.who.per_owner:
                continue
            if row.crashes and self.suspects >= self.who.suspects_allowed:
                self.skipped_suspect = True
                continue
            if row.id not in self.picked:
                self.suspects += bool(row.crashes)
                self.running[row.owner] += 1
                self.picked.append(row.id)


_waiting = (
    sa.select(J.c.id, J.c.owner, J.c.crashes)
    .where(
        J.c.state == "queued",
        J.c.pool.in_(sa.bindparam("pools", expanding=True)),
        J.c.run_after <= sa.bindparam("now"),
    )
    # Exactly the rest of the index ix_jobs_queue: with another column the whole queue would be sorted each time.
    .order_by(J.c.priority, J.c.vtag)
    .limit(sa.bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_running_owners = (
    sa.select(J.c.owner, sa.func.count())
    .where(J.c.state == "running", J.c.pool.in_(sa.bindparam("pools", expanding=True)))
    .group_by(J.c.owner)
)
_take = (
    sa.update(J)
    .where(J.c.id.in_(sa.bindparam("ids", expanding=True)), J.c.state == "queued")
    .values(
        state="running",
        lease_owner=sa.bindparam("worker"),
        lease_token=J.c.lease_token + 1,
        lease_until=sa.bindparam("until"),
        started_at=sa.func.coalesce(J.c.started_at, sa.bindparam("started")),
        event_seq=J.c.event_seq + 1,
    )
    .returning(
        J.c.id, J.c.owner, J.c.payload, J.c.lease_token, J.c.crashes, J.c.cancel_requested, J.c.event_seq
    )
)


def claim(connection: sa.Connection, who: ClaimFor) -> list[Claimed]:
    """Take waiting jobs for a worker, first in the fair order.

    Jobs that were running when a process died are suspects: a worker runs at most one of them at a time, so
    that the one which kills processes is found out and the others are not blamed for it.
    """
    now = epoch_now(connection)
    picker = _Picker(who, Counter())
    values: Json = {"pools": list(who.pools), "now": now, "limit": who.limit}
    waiting = _waiting if who.only is None else _waiting.where(J.c.id == who.only)
    if who.only_batch is not None:
        waiting = waiting.where(J.c.id.in_(sa.select(I.c.job_id).where(I.c.batch_id == who.only_batch)))
    if who.per_owner:
        counts = connection.execute(_running_owners, {"pools": list(who.pools)}).all()
        picker.running.update({row.owner: row[1] for row in counts})
        full = [owner for owner, count in picker.running.items() if count >= who.per_owner]
        waiting = waiting.where(J.c.owner.not_in(full))
    picker.look_at(connection.execute(waiting, values).all())
    if picker.skipped_suspect and len(picker.picked) < who.limit:
        picker.look_at(connection.execute(waiting.where(J.c.crashes == 0), values).all())
    if not picker.picked:
        return []
    until = now + who.lease_s
    rows = connection.execute(
        _take, {"ids": picker.picked, "worker": who.worker, "until": until, "started": now}
    ).all()
    connection.execute(
        sa.insert(E),
        [{"job_id": r.id, "seq": r.event_seq, "kind": "started", "data": {}, "at": now} for r in rows],
    )
    order = {job_id: place for place, job_id in enumerate(picker.picked)}
    claimed = [
        Claimed(r.id, r.owner, r.payload, r.lease_token, until, r.crashes, r.cancel_requested) for r in rows
    ]
    return sorted(claimed, key=lambda job: order[job.id])


# --- cancel, retry -------------------------------------------------------------------------------------------


def request_cancel(connection: sa.Connection, job_id: str) -> JobState | None:
    """Ask for a stop. A waiting job ends at once; a running one is told. One that waits with a paid call under way goes
    on waiting: the worker that takes it settles the call, and ends it. Returns the state it is now in, None when there
    is no such job. Asking again, or for a finished job, changes nothing."""
    row = connection.execute(
        sa.select(J.c.state, J.c.cancel_requested).where(J.c.id == job_id).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    state = JobState(row.state)
    if state.is_final or row.cancel_requested:
        return state
    now = epoch_now(connection)
    values: Json = {"cancel_requested": True, "event_seq": J.c.event_seq + 1}
    event = EventRow(kind="cancel_requested", data={})
    if state is JobState.QUEUED and call_under_way(connection, job_id):
        values |= {"pool": DEFAULT_POOL, "run_after": 0.0}
    elif state is JobState.QUEUED:
        state = JobState.CANCELLED
        values |= {"state": state.value, "finished_at": now}
        event = EventRow(kind="finished", data={"state": state.value})
    seq = connection.execute(
        sa.update(J).where(J.c.id == job_id).values(**values).returning(J.c.event_seq)
    ).scalar_one()
    connection.execute(
        sa.insert(E).values(job_id=job_id, seq=seq, kind=event["kind"], data=event["data"], at=now)
    )
    return state


_under_way = sa.select(S.c.key).where(
    S.c.job_id == sa.bindparam("job"), S.c.state == "started", S.c.paid.is_(True)
)


def call_under_way(connection: sa.Connection, job_id: str) -> bool:
    """Whether a paid call of the job was begun and its end is not recorded: money may be spent on it."""
    return connection.execute(_under_way.limit(1), {"job": job_id}).first() is not None


_cancelled = sa.select(J.c.id).where(
    J.c.state == "running", J.c.lease_owner == sa.bindparam("worker"), J.c.cancel_requested.is_(True)
)


def cancels(connection: sa.Connection, worker: str) -> set[str]:
    """The worker's running jobs that somebody wants stopped."""
    return set(connection.execute(_cancelled, {"worker": worker}).scalars())


def release(connection: sa.Connection, job_id: str) -> bool:
    """Let a quarantined job run again. False when it is not quarantined."""
    now = epoch_now(connection)
    seq = connection.execute(
        sa.update(J)
        .where(J.c.id == job_id, J.c.state == JobState.QUARANTINED.value)
        .values(
            state=JobState.QUEUED.value,
            crashes=0,
            error=sa.null(),
            finished_at=None,
            event_seq=J.c.event_seq + 1,
        )
        .returning(J.c.event_seq)
    ).scalar()
    if seq is None:
        return False
    connection.execute(sa.insert(E).values(job_id=job_id, seq=seq, kind="released", data={}, at=now))
    return True


_events_after = (
    sa.select(E.c.seq, E.c.kind, E.c.data, E.c.at)
    .where(E.c.job_id == sa.bindparam("job"), E.c.seq > sa.bindparam("after"))
    .order_by(E.c.seq)
    .limit(EVENTS_AT_ONCE)
)


def events_after(connection: sa.Connection, job_id: str, after: int) -> Sequence[AnyRow]:
    return connection.execute(_events_after, {"job": job_id, "after": after}).all()
