"""One row of the observations for a job that came to its end, beside those of its attempts."""

from typing import Any

import sqlalchemy as sa

from bottega import analytics
from bottega.domain.job import JobState
from bottega.domain.verdict import VerdictState
from bottega.jobs.queue import Claimed, Json
from bottega.jobs.run import Outcome
from bottega.store.schema import jobs as J

_times = sa.select(J.c.created_at, J.c.finished_at).where(J.c.id == sa.bindparam("job"))


def observe_end(connection: sa.Connection, claimed: Claimed, outcome: Outcome) -> None:
    """In the transaction in which the job ends, after it has.

    `seconds` go from the submission to the end, waiting included, where there is a result. In `data`: `state`,
    `attempts`, `cached` and `fallback` (whether the result is not that of the plan's first candidate).
    """
    plan, result = claimed.payload["plan"], outcome.result
    attempts = result["attempts"] if result is not None else _failed_attempts(outcome)
    judged = result is not None and result["verdict"]["state"] != VerdictState.NOT_JUDGED
    begun, ended = connection.execute(_times, {"job": claimed.id}).one()
    analytics.record(
        connection,
        owner=claimed.owner,
        job_id=claimed.id,
        kind=analytics.Kind.JOB,
        workflow=plan["workflow"],
        model_id=result["model_id"] if result is not None else "",
        seconds=None if result is None else max(ended - begun, 0.0),
        cost=sum(attempt["cost"] for attempt in attempts),
        accepted=outcome.state is JobState.SUCCEEDED if judged else None,
        data={
            "state": outcome.state.value,
            "attempts": len(attempts),
            "cached": result is not None and result["cached"],
            "fallback": result is not None and result["model_id"] != plan["candidates"][0]["model_id"],
        }
        | experiment_of(claimed),
        at=ended,
    )


def experiment_of(claimed: Claimed) -> dict[str, Any]:
    """What belongs into the `data` of the job's observations: its experiment and arm, if it is in one."""
    return dict(claimed.payload.get("experiment") or {})


def _failed_attempts(outcome: Outcome) -> list[Json]:
    """Those of a job without a result, which its error lists."""
    details: Json = (outcome.error or {}).get("details", {})
    return list(details.get("attempts", ()))
