"""Jobs as they are stored, read back as values."""

from typing import Any

import sqlalchemy as sa

from bottega.domain.base import Value
from bottega.domain.experiment import ExperimentTag
from bottega.domain.intent import Intent
from bottega.domain.job import Job, JobResult, JobState
from bottega.domain.plan import Plan
from bottega.domain.request import Request
from bottega.jobs.queue import AnyRow
from bottega.store.schema import jobs as J


class JobPayload(Value):
    """What is decided before a job exists and never changes after."""

    request: Request
    intent: Intent
    plan: Plan
    experiment: ExperimentTag | None = None


_columns = sa.select(
    J.c.id,
    J.c.owner,
    J.c.state,
    J.c.payload,
    J.c.result,
    J.c.error,
    J.c.created_at,
    J.c.started_at,
    J.c.finished_at,
    J.c.cancel_requested,
    J.c.crashes,
)

_one = _columns.where(J.c.id == sa.bindparam("job"))
_one_of_owner = _one.where(J.c.owner == sa.bindparam("of"))
_state_of_owner = sa.select(J.c.state).where(J.c.id == sa.bindparam("job"), J.c.owner == sa.bindparam("of"))


def load_job(connection: sa.Connection, job_id: str, owner: str | None) -> Job | None:
    """The job, if it is the owner's; `owner` None (the operator) finds everybody's."""
    if owner is None:
        row = connection.execute(_one, {"job": job_id}).one_or_none()
    else:
        row = connection.execute(_one_of_owner, {"job": job_id, "of": owner}).one_or_none()
    return None if row is None else job_of(row)


def state_of(connection: sa.Connection, job_id: str, owner: str) -> JobState | None:
    """Where the owner's job is; None when there is none."""
    state = connection.execute(_state_of_owner, {"job": job_id, "of": owner}).scalar()
    return None if state is None else JobState(state)


def list_jobs(
    connection: sa.Connection, owner: str, *, limit: int, before: float | None, state: JobState | None
) -> list[Job]:
    """The owner's jobs, newest first."""
    query = _columns.where(J.c.owner == owner).order_by(J.c.created_at.desc(), J.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(J.c.created_at < before)
    if state is not None:
        query = query.where(J.c.state == state.value)
    return [job_of(row) for row in connection.execute(query)]


def find_submission(connection: sa.Connection, owner: str, submission_key: str) -> str | None:
    """The id of the job that the owner made under this submission key."""
    query = sa.select(J.c.id).where(J.c.owner == owner, J.c.submission_key == submission_key)
    return connection.execute(query).scalar()


def count_by_state(connection: sa.Connection) -> dict[str, int]:
    rows = connection.execute(sa.select(J.c.state, sa.func.count()).group_by(J.c.state)).all()
    return {row.state: row[1] for row in rows}


def job_of(row: AnyRow) -> Job:
    payload = JobPayload.model_validate(row.payload)
    result: dict[str, Any] | None = row.result
    return Job(
        id=row.id,
        owner=row.owner,
        state=JobState(row.state),
        request=payload.request,
        intent=payload.intent,
        plan=payload.plan,
        experiment=payload.experiment,
        result=None if result is None else JobResult.model_validate(result),
        error=row.error,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        cancel_requested=row.cancel_requested,
        crashes=row.crashes,
    )
