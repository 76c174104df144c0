"""Who is alive: workers register and renew their leases; the jobs of the dead are put back or set aside."""

import sqlalchemy as sa

from bottega.domain.job import JobState
from bottega.errors import Quarantined
from bottega.jobs.identity import ProcessIdentity, is_alive
from bottega.jobs.queue import AnyRow, EventRow, Json, call_under_way
from bottega.spend import mark_ended
from bottega.store.database import epoch_now, insert_new
from bottega.store.schema import events as E
from bottega.store.schema import jobs as J
from bottega.store.schema import workers as W


def register(connection: sa.Connection, worker: str, process: ProcessIdentity) -> None:
    row = {
        "id": worker,
        "host": process.host,
        "pid": process.pid,
        "process_started": process.started,
        "heartbeat_at": epoch_now(connection),
    }
    insert_new(connection, W, [row])


def unregister(connection: sa.Connection, worker: str) -> None:
    connection.execute(sa.delete(W).where(W.c.id == worker))


_renew = (
    sa.update(J)
    .where(
        J.c.id.in_(sa.bindparam("ids", expanding=True)),
        J.c.lease_owner == sa.bindparam("worker"),
        J.c.state == "running",
    )
    .values(lease_until=sa.bindparam("until"))
    .returning(J.c.id, J.c.lease_token)
)
_beat = sa.update(W).where(W.c.id == sa.bindparam("worker")).values(heartbeat_at=sa.bindparam("now"))


Lease = tuple[str, int]
"""Id of a job and the fencing token under which it was claimed."""


def heartbeat(connection: sa.Connection, worker: str, running: set[Lease], lease_s: float) -> set[Lease]:
    """Renew a worker's leases of the jobs that it runs; returns those that it still has.

    A worker that lost a job and claimed it anew has it under the new token only.
    """
    now = epoch_now(connection)
    connection.execute(_beat, {"worker": worker, "now": now})
    ids = sorted({job_id for job_id, _ in running})
    rows = connection.execute(_renew, {"worker": worker, "ids": ids, "until": now + lease_s}).all()
    return {(row.id, row.lease_token) for row in rows} & running


_leased = sa.select(J.c.id, J.c.lease_owner, J.c.lease_until, J.c.crashes, J.c.cancel_requested).where(
    J.c.state == "running"
)


def recover(connection: sa.Connection, host: str, max_crashes: int) -> list[str]:
    """Put back the jobs whose worker died: lease run out, or (on this host) process gone. Returns their ids.

    A job that was there at `max_crashes` deaths without having recorded a step in between is quarantined; one
    whose cancel was asked for is cancelled, as soon as a worker has settled the paid call that was under way. Money
    that a job which ends here holds is of unknown outcome from now on.
    """
    dead = [
        row.id
        for row in connection.execute(sa.select(W).where(W.c.host == host)).all()
        if not is_alive(ProcessIdentity(row.host, row.pid, row.process_started))
    ]
    now = epoch_now(connection)
    lost = _leased.where(sa.or_(J.c.lease_until < now, J.c.lease_owner.in_(dead))).with_for_update(
        skip_locked=True
    )
    rows = connection.execute(lost).all()
    for row in rows:
        _recover_one(connection, row, max_crashes, now)
    if dead:
        connection.execute(sa.delete(W).where(W.c.id.in_(dead)))
    return [row.id for row in rows]


def _recover_one(connection: sa.Connection, row: AnyRow, max_crashes: int, now: float) -> None:
    crashes = row.crashes + 1
    values: Json = {"crashes": crashes, "lease_owner": None, "lease_until": None}
    settles = row.cancel_requested and crashes < max_crashes and call_under_way(connection, row.id)
    if row.cancel_requested and not settles:
        values |= {"state": JobState.CANCELLED.value, "finished_at": now}
        event = EventRow(kind="finished", data={"state": JobState.CANCELLED.value})
    elif crashes >= max_crashes:
        error = Quarantined(
            f"This job was running each of the {crashes} times that the process died; it is not tried again "
            "by itself.",
            hint="Look at the log for what ended the process, then run it again with `bottega jobs retry`.",
        )
        values |= {"state": JobState.QUARANTINED.value, "finished_at": now, "error": error.as_dict()}
        event = EventRow(kind="finished", data={"state": JobState.QUARANTINED.value})
    else:
        values |= {"state": JobState.QUEUED.value}
        event = EventRow(kind="recovered", data={"crashes": crashes})
    seq = connection.execute(
        sa.update(J)
        .where(J.c.id == row.id)
        .values(event_seq=J.c.event_seq + 1, **values)
        .returning(J.c.event_seq)
    ).scalar_one()
    connection.execute(
        sa.insert(E).values(job_id=row.id, seq=seq, kind=event["kind"], data=event["data"], at=now)
    )
    if event["kind"] != "recovered":
        mark_ended(connection, [row.id], "the process ended while the call was under way", now)
