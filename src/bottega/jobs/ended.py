"""One row of the observations for a job that came to its end, beside those of its attempts."""

from typing import Any

import sqlalchemy as sa

from bottega import analytics
from bottega.domain.job import JobState
from bottega.domain.money import MicroUsd
from bottega.domain.verdict import VerdictState
from bottega.jobs.queue import Claimed, Json
from bottega.jobs.run import Outcome
from bottega.store.schema import jobs as J

_times = sa.select(J.c.created_at, J.c.finished_at).where(J.c.id == sa.bindparam("job"))


def observe_end(connection: sa.Connection, claimed: Claimed, outcome: Outcome) -> None:
    """In the transaction in which the job ends, after it has.

    `seconds` go from the submission to the end, waiting included, where there is a result. In `data`: `state`,
    `attempts`, `cached` and `fallback` (whether the result of a step is not that of its first candidate).
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
        cost=result["cost"] if result is not None else _cost_of_failure(outcome),
        accepted=outcome.state is JobState.SUCCEEDED if judged else None,
        data={
            "state": outcome.state.value,
            "attempts": len(attempts),
            "cached": result is not None and result["cached"],
            "fallback": result is not None and not _made_by(result) <= _first_of(plan),
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


def _cost_of_failure(outcome: Outcome) -> MicroUsd:
    """Of the attempts, and of what a vision model was asked before them."""
    details: Json = (outcome.error or {}).get("details", {})
    return sum(attempt["cost"] for attempt in _failed_attempts(outcome)) + details.get("asked", 0)


def _made_by(result: Json | None) -> set[str]:
    """The models that the result is from, of all steps."""
    return set() if result is None else {result["model_id"], *_made_by(result.get("before"))}


def _first_of(plan: Json | None) -> set[str]:
    """The first candidates of all steps."""
    return set() if plan is None else {plan["candidates"][0]["model_id"], *_first_of(plan.get("before"))}
