"""What a runner writes about the job that it has: events, steps, the end.

Each write states the fencing token of the claim and happens only while the job is still running under it, in
the same transaction: a worker that lost its lease can change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bottega.domain.job import JobState
from bottega.errors import Cancelled
from bottega.jobs.queue import EventRow, Json, call_under_way
from bottega.store.database import epoch_now, insert_new
from bottega.store.schema import events as E
from bottega.store.schema import jobs as J
from bottega.store.schema import steps as S


@dataclass(frozen=True, slots=True)
class StepRow:
    key: str
    state: str
    result: Any
    idempotency_key: str


class LeaseLost(Exception):
    """Another worker has the job now; this one must write nothing more about it."""


_steps_of = sa.select(S.c.key, S.c.state, S.c.result, S.c.idempotency_key).where(
    S.c.job_id == sa.bindparam("job")
)


def recorded_steps(connection: sa.Connection, job_id: str) -> dict[str, StepRow]:
    rows = connection.execute(_steps_of, {"job": job_id}).all()
    return {row.key: StepRow(row.key, row.state, row.result, row.idempotency_key) for row in rows}


_fence = sa.and_(
    J.c.id == sa.bindparam("job"), J.c.lease_token == sa.bindparam("token"), J.c.state == "running"
)
_advance = (
    sa.update(J)
    .where(_fence)
    .values(event_seq=J.c.event_seq + sa.bindparam("count"))
    .returning(J.c.event_seq)
)
_progressed = (
    sa.update(J)
    .where(_fence)
    .values(event_seq=J.c.event_seq + sa.bindparam("count"), crashes=0)
    .returning(J.c.event_seq)
)
_finish = (
    sa.update(J)
    .where(_fence)
    .values(
        event_seq=J.c.event_seq + sa.bindparam("count"),
        state=sa.bindparam("new_state"),
        result=sa.bindparam("new_result", type_=sa.JSON(none_as_null=True)),
        error=sa.bindparam("new_error", type_=sa.JSON(none_as_null=True)),
        finished_at=sa.bindparam("finished"),
        lease_owner=None,
        lease_until=None,
    )
    .returning(J.c.event_seq)
)
_hand_back = (
    sa.update(J)
    .where(_fence)
    .values(
        event_seq=J.c.event_seq + sa.bindparam("count"),
        state="queued",
        run_after=sa.bindparam("after"),
        lease_owner=None,
        lease_until=None,
    )
    .returning(J.c.event_seq)
)
_cancel_requested = sa.select(J.c.cancel_requested).where(_fence).with_for_update()
_add_events = sa.insert(E)


def _write_fenced(
    connection: sa.Connection,
    statement: Any,
    job_id: str,
    token: int,
    story: Sequence[EventRow],
    now: float,
    **values: Any,
) -> None:
    last = connection.execute(
        statement, {"job": job_id, "token": token, "count": len(story), **values}
    ).scalar()
    if last is None:
        raise LeaseLost(job_id)
    if story:
        first = last - len(story) + 1
        connection.execute(
            _add_events,
            [
                {"job_id": job_id, "seq": first + n, "kind": event["kind"], "data": event["data"], "at": now}
                for n, event in enumerate(story)
            ],
        )


def tell(connection: sa.Connection, job_id: str, token: int, story: Sequence[EventRow]) -> None:
    """Append events. Raises LeaseLost."""
    _write_fenced(connection, _advance, job_id, token, story, epoch_now(connection))


def begin_step(
    connection: sa.Connection,
    job_id: str,
    token: int,
    key: str,
    idempotency_key: str,
    story: Sequence[EventRow],
) -> None:
    """Write down that a paid call is about to be made. Raises LeaseLost."""
    now = epoch_now(connection)
    _write_fenced(connection, _advance, job_id, token, story, now)
    row = {
        "job_id": job_id,
        "key": key,
        "state": "started",
        "paid": True,
        "idempotency_key": idempotency_key,
        "started_at": now,
    }
    insert_new(connection, S, [row])


_note = (
    sa.update(S)
    .where(S.c.job_id == sa.bindparam("job"), S.c.key == sa.bindparam("step"), S.c.state == "started")
    .values(result=sa.bindparam("noted", type_=sa.JSON()))
)


def note_step(
    connection: sa.Connection, job_id: str, token: int, key: str, note: Json, story: Sequence[EventRow]
) -> None:
    """Keep something with a paid call that is under way; that is progress. Raises LeaseLost."""
    _write_fenced(connection, _progressed, job_id, token, story, epoch_now(connection))
    connection.execute(_note, {"job": job_id, "step": key, "noted": note})


_record_values: Json = {
    "state": "done",
    "result": sa.bindparam("new_result", type_=sa.JSON()),
    "finished_at": sa.bindparam("finished"),
}


def _record_statement(dialect: Any) -> Any:
    insert = dialect.insert(S).values(
        job_id=sa.bindparam("job"),
        key=sa.bindparam("step"),
        paid=sa.bindparam("is_paid"),
        idempotency_key=sa.bindparam("idempotency"),
        started_at=sa.bindparam("started"),
        **_record_values,
    )
    return insert.on_conflict_do_update(index_elements=["job_id", "key"], set_=_record_values)


_record = {"sqlite": _record_statement(sqlite), "postgresql": _record_statement(postgresql)}


def record_step(
    connection: sa.Connection,
    job_id: str,
    token: int,
    step: StepRow,
    *,
    paid: bool,
    seconds: float,
    story: Sequence[EventRow],
) -> None:
    """Remember a step's result; from now on it is never done again. Raises LeaseLost."""
    now = epoch_now(connection)
    _write_fenced(connection, _progressed, job_id, token, story, now)
    put_step(connection, job_id, step, paid=paid, seconds=seconds, now=now)


def put_step(
    connection: sa.Connection, job_id: str, step: StepRow, *, paid: bool, seconds: float, now: float
) -> None:
    """The row of a step that is done, in a transaction that has looked at the fence already."""
    connection.execute(
        _record[connection.dialect.name],
        {
            "job": job_id,
            "step": step.key,
            "is_paid": paid,
            "idempotency": step.idempotency_key,
            "started": now - seconds,
            "new_result": step.result,
            "finished": now,
        },
    )


def finish(
    connection: sa.Connection,
    job_id: str,
    token: int,
    state: JobState,
    *,
    result: Json | None,
    error: Json | None,
    story: Sequence[EventRow],
) -> None:
    """End the job. Raises LeaseLost."""
    now = epoch_now(connection)
    told = [*story, EventRow(kind="finished", data={"state": state.value})]
    _write_fenced(
        connection,
        _finish,
        job_id,
        token,
        told,
        now,
        new_state=state.value,
        new_result=result,
        new_error=error,
        finished=now,
    )


def hand_back(
    connection: sa.Connection, job_id: str, token: int, story: Sequence[EventRow], delay_s: float = 0.0
) -> None:
    """Put a running job back into the queue at a step's border, for another worker or a later time. One whose
    cancel was asked for in the meantime ends here, unless a paid call is under way that has to be settled. Raises
    LeaseLost."""
    cancel = connection.execute(_cancel_requested, {"job": job_id, "token": token}).scalar()
    if cancel and not call_under_way(connection, job_id):
        error = Cancelled("The job was cancelled while it was running.").as_dict()
        finish(connection, job_id, token, JobState.CANCELLED, result=None, error=error, story=story)
        return
    now = epoch_now(connection)
    told = [*story, EventRow(kind="handed_over", data={"delay_s": delay_s} if delay_s else {})]
    _write_fenced(connection, _hand_back, job_id, token, told, now, after=now + delay_s)
