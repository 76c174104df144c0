"""Batches in the database: transaction functions. What a batch is, is said in `batches`; who makes jobs, in `batches_runner`.

Every change of a batch locks its row first, so that a pause, a budget and a start never pass each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from bottega.domain.job import JobState
from bottega.domain.money import MicroUsd
from bottega.jobs.queue import AnyRow, EventRow, Json, NewJob, enqueue, request_cancel
from bottega.store.database import epoch_now, insert_new
from bottega.store.schema import batch_events as E
from bottega.store.schema import batch_items as I
from bottega.store.schema import batches as B
from bottega.store.schema import holds as H
from bottega.store.schema import jobs as J

HELD_POOL = "held"
"""Where the jobs of a paused batch wait that have not been started: no worker looks there."""
DEFAULT_POOL = "default"
ENDED = tuple(state.value for state in JobState if state.is_final)
TO_RETRY = (JobState.FAILED, JobState.REJECTED, JobState.QUARANTINED)
"""Ends after which another try is worth something. Not UNKNOWN: that may have been bought already."""

spent_on_job = (
    sa.select(
        sa.func.coalesce(
            sa.func.sum(sa.case((H.c.state.in_(("held", "unknown")), H.c.amount), else_=H.c.charged)), 0
        )
    )
    .where(H.c.job_id == I.c.job_id)
    .correlate(I)
    .scalar_subquery()
)
"""What an item's job has cost, with what is on hold for it."""


def create(connection: sa.Connection, batch: Json, items: Sequence[Json]) -> str:
    """Put a batch in, whole; returns its id, or that of the one its owner made under the same submission key."""
    insert_new(connection, B, [batch])
    if batch["submission_key"] is not None:
        same = sa.select(B.c.id).where(
            B.c.owner == batch["owner"], B.c.submission_key == batch["submission_key"]
        )
        if (earlier := connection.execute(same).scalar_one()) != batch["id"]:
            return earlier
    insert_new(connection, I, items)
    first = {"kind": "created", "data": {"total": batch["total"]}, "seq": 1, "at": batch["created_at"]}
    insert_new(connection, E, [{"batch_id": batch["id"], **first}])
    return batch["id"]


def locked(connection: sa.Connection, batch_id: str, owner: str | None = None) -> AnyRow | None:
    """The batch, this transaction's alone until it ends; None when there is none, or it is not the owner's."""
    query = sa.select(B).where(B.c.id == batch_id).with_for_update()
    if owner is not None:
        query = query.where(B.c.owner == owner)
    return connection.execute(query).one_or_none()


def tell(connection: sa.Connection, batch_id: str, story: Sequence[EventRow]) -> None:
    """Append events to the batch's story."""
    if not story:
        return
    last = connection.execute(
        sa.update(B)
        .where(B.c.id == batch_id)
        .values(event_seq=B.c.event_seq + len(story))
        .returning(B.c.event_seq)
    ).scalar_one()
    now = epoch_now(connection)
    first = last - len(story) + 1
    connection.execute(
        sa.insert(E),
        [{"batch_id": batch_id, "seq": first + n, "at": now, **event} for n, event in enumerate(story)],
    )


# --- pause, resume, cancel, retry ----------------------------------------------------------------------------


def _jobs_of(batch_id: str) -> sa.Select[Any]:
    return sa.select(I.c.job_id).where(I.c.batch_id == batch_id, I.c.state == "submitted")


def pause(connection: sa.Connection, batch_id: str, reason: str) -> None:
    """Nothing more is started; what runs goes on. The batch's row is locked, its state is running."""
    connection.execute(sa.update(B).where(B.c.id == batch_id).values(state="paused", reason=reason))
    waiting = sa.and_(J.c.id.in_(_jobs_of(batch_id)), J.c.state == "queued", J.c.started_at.is_(None))
    connection.execute(sa.update(J).where(waiting).values(pool=HELD_POOL))
    tell(connection, batch_id, [EventRow(kind="paused", data={"reason": reason})])


def resume(connection: sa.Connection, batch_id: str) -> None:
    """The batch's row is locked, its state is paused."""
    connection.execute(sa.update(B).where(B.c.id == batch_id).values(state="running", reason=""))
    held = sa.and_(J.c.id.in_(_jobs_of(batch_id)), J.c.pool == HELD_POOL)
    connection.execute(sa.update(J).where(held).values(pool=DEFAULT_POOL))
    tell(connection, batch_id, [EventRow(kind="resumed", data={})])


def cancel(connection: sa.Connection, batch_id: str) -> list[str]:
    """Items that wait are never started, jobs are asked to stop; returns those jobs. The batch's row is locked."""
    connection.execute(sa.update(B).where(B.c.id == batch_id).values(state="cancelled", reason=""))
    waiting = sa.and_(I.c.batch_id == batch_id, I.c.state == "waiting")
    connection.execute(sa.update(I).where(waiting).values(state="cancelled"))
    tell(connection, batch_id, [EventRow(kind="cancel_requested", data={})])
    asked = [job_id for job_id in connection.execute(_jobs_of(batch_id)).scalars() if job_id is not None]
    for job_id in asked:
        request_cancel(connection, job_id)
    return asked


def retry(connection: sa.Connection, batch_id: str) -> int:
    """Items that came to no good end wait again, as a next attempt; returns how many. The batch's row is locked."""
    failed = sa.select(J.c.id).where(J.c.id == I.c.job_id, J.c.state.in_([s.value for s in TO_RETRY]))
    again = sa.and_(
        I.c.batch_id == batch_id,
        I.c.request.is_not(None),
        sa.cast(I.c.request, sa.Text) != "null",
        sa.or_(I.c.state == "refused", sa.and_(I.c.state == "done", failed.correlate(I).exists())),
    )
    numbers = connection.execute(
        sa.update(I)
        .where(again)
        .values(
            state="waiting",
            error=sa.null(),
            attempt=I.c.attempt + 1,
            spent_before=I.c.spent_before + spent_on_job,
            reserved=0,
            job_id=None,
        )
        .returning(I.c.number)
    ).all()
    if numbers:
        connection.execute(
            sa.update(B).where(B.c.id == batch_id).values(state="running", reason="", finished_at=None)
        )
        tell(connection, batch_id, [EventRow(kind="retried", data={"items": len(numbers)})])
    return len(numbers)


# --- what the runner does ------------------------------------------------------------------------------------


_under_way = sa.select(I.c.number).where(I.c.batch_id == B.c.id, I.c.state == "submitted").correlate(B)
_ACTIVE = sa.and_(
    B.c.state.in_(("running", "paused", "cancelled")),
    B.c.finished_at.is_(None),
    sa.or_(B.c.state != "paused", _under_way.exists()),
)


def has_active(connection: sa.Connection) -> bool:
    """Whether any batch has something to do: it is not over, and not merely paused."""
    return connection.execute(sa.select(B.c.id).where(_ACTIVE).limit(1)).first() is not None


def take_lease(
    connection: sa.Connection, worker: str, lease_s: float, only: str | None = None
) -> list[tuple[str, str]]:
    """Batches with something to do that are this worker's from now on: id and owner, oldest first."""
    now = epoch_now(connection)
    free = sa.or_(B.c.lease_owner == worker, B.c.lease_until < now)
    query = sa.select(B.c.id).where(_ACTIVE, free).order_by(B.c.created_at)
    if only is not None:
        query = query.where(B.c.id == only)
    ids = list(connection.execute(query.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return []
    rows = connection.execute(
        sa.update(B)
        .where(B.c.id.in_(ids))
        .values(lease_owner=worker, lease_until=now + lease_s)
        .returning(B.c.id, B.c.owner, B.c.created_at)
    ).all()
    return [(row.id, row.owner) for row in sorted(rows, key=lambda row: (row.created_at, row.id))]


def drop_leases(connection: sa.Connection, worker: str) -> None:
    connection.execute(
        sa.update(B).where(B.c.lease_owner == worker).values(lease_owner=None, lease_until=0.0)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A batch after its ended jobs were noted. `flying`: jobs under way; `waiting`: items to start next."""

    running: bool
    flying: tuple[str, ...] = ()
    waiting: tuple[AnyRow, ...] = ()
    changed: bool = False


def look(connection: sa.Connection, batch_id: str, window: int) -> Standing:
    """Note the jobs that have ended, pause after an error where that was asked for, end the batch with its last item."""
    batch = locked(connection, batch_id)
    if batch is None or batch.finished_at is not None:
        return Standing(running=False)
    story = _note_ended(connection, batch_id)
    flying = tuple(connection.execute(_jobs_of(batch_id)).scalars())
    free = max(0, window - len(flying)) if batch.state == "running" else 0
    waiting_items = (
        sa.select(I.c.number, I.c.key, I.c.attempt, I.c.request)
        .where(I.c.batch_id == batch_id, I.c.state == "waiting")
        .order_by(I.c.number)
    )
    waiting = tuple(connection.execute(waiting_items.limit(max(1, free))).all())
    tell(connection, batch_id, story)
    failed = any(event["data"]["state"] not in ("succeeded", "cancelled") for event in story)
    running = batch.state == "running"
    if running and failed and batch.pause_on_error and waiting:
        pause(connection, batch_id, "An item came to no good end, and the batch was to pause then.")
        running = False
    elif not flying and not waiting:
        _end(connection, batch_id, "finished" if running or batch.state == "paused" else batch.state)
        running = False
    return Standing(running, flying, waiting[:free] if running else (), changed=bool(story))


def _note_ended(connection: sa.Connection, batch_id: str) -> list[EventRow]:
    ended = (
        sa.select(I.c.number, I.c.key, J.c.id, J.c.state, spent_on_job.label("cost"))
        .join(J, J.c.id == I.c.job_id)
        .where(I.c.batch_id == batch_id, I.c.state == "submitted", J.c.state.in_(ENDED))
        .order_by(I.c.number)
    )
    rows = connection.execute(ended).all()
    if rows:
        numbers = [row.number for row in rows]
        connection.execute(
            sa.update(I).where(I.c.batch_id == batch_id, I.c.number.in_(numbers)).values(state="done")
        )
    return [
        EventRow(
            kind="item",
            data={"number": r.number, "key": r.key, "state": r.state, "job_id": r.id, "cost": int(r.cost)},
        )
        for r in rows
    ]


def _end(connection: sa.Connection, batch_id: str, state: str) -> None:
    connection.execute(
        sa.update(B)
        .where(B.c.id == batch_id)
        .values(state=state, reason="", finished_at=epoch_now(connection), lease_owner=None, lease_until=0.0)
    )
    tell(connection, batch_id, [EventRow(kind="finished", data={"state": state})])


Submitted = Literal["started", "stopped", "no money"]


def start_item(
    connection: sa.Connection, batch_id: str, item: AnyRow, new: NewJob, *, least: MicroUsd, most: MicroUsd
) -> Submitted:
    """Make an item's job, within the batch's budget: `least` is what its first candidate may cost, `most` what all its
    attempts may. With a budget, the job's own cap is what the budget can still bear.

    `stopped`: the batch runs no more, or the item was started already.
    """
    batch = locked(connection, batch_id)
    this = sa.and_(I.c.batch_id == batch_id, I.c.number == item.number)
    now = connection.execute(sa.select(I.c.state, I.c.attempt, I.c.job_id).where(this)).one_or_none()
    if now is not None and now.job_id == new.id:
        return "started"  # this transaction was committed before, and its answer lost
    if batch is None or batch.state != "running" or now is None:
        return "stopped"
    if now.state != "waiting" or now.attempt != item.attempt:
        return "stopped"
    if batch.budget is not None:
        left = batch.budget - committed(connection, batch_id)
        if least > left:
            return "no money"
        most = min(most, left)
        request = {**new.payload["request"], "max_cost": most}
        new = replace(new, payload={**new.payload, "request": request})
    job_id = enqueue(connection, [new])[0]
    connection.execute(
        sa.update(I).where(this).values(state="submitted", job_id=job_id, reserved=most, error=sa.null())
    )
    data = {"number": item.number, "key": item.key, "state": "queued", "job_id": job_id}
    tell(connection, batch_id, [EventRow(kind="item", data=data)])
    return "started"


def refuse_item(connection: sa.Connection, batch_id: str, item: AnyRow, error: Json) -> None:
    """No job can be made of the item; the batch goes on, unless it was to pause on errors."""
    batch = locked(connection, batch_id)
    rows = connection.execute(
        sa.update(I)
        .where(
            I.c.batch_id == batch_id,
            I.c.number == item.number,
            I.c.state == "waiting",
            I.c.attempt == item.attempt,
        )
        .values(state="refused", error=error)
        .returning(I.c.number)
    ).all()
    if not rows or batch is None:
        return
    data = {"number": item.number, "key": item.key, "state": "refused", "message": error["message"]}
    tell(connection, batch_id, [EventRow(kind="item", data=data)])
    if batch.pause_on_error and batch.state == "running":
        pause(connection, batch_id, f"Item {item.number} was refused: {error['message']}")


def stop_for(connection: sa.Connection, batch_id: str, reason: str) -> None:
    """Pause a running batch, in plain words."""
    batch = locked(connection, batch_id)
    if batch is not None and batch.state == "running":
        pause(connection, batch_id, reason)


def committed(connection: sa.Connection, batch_id: str) -> MicroUsd:
    """What the batch has cost, is on hold for it, and what its jobs under way may still cost."""
    query = (
        sa.select(I.c.spent_before, I.c.reserved, J.c.state, spent_on_job.label("spent"))
        .join_from(I, J, J.c.id == I.c.job_id, isouter=True)
        .where(I.c.batch_id == batch_id)
    )
    total = 0
    for row in connection.execute(query):
        under_way = row.state is not None and row.state not in ENDED
        total += row.spent_before + (max(row.reserved, int(row.spent)) if under_way else int(row.spent))
    return total
