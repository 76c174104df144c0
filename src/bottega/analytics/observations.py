"""The table of observations: one row for what happened, and per model what follows from its latest rows."""

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bottega.analytics.fit import fit_seconds
from bottega.domain.money import MicroUsd
from bottega.domain.plan import Observation
from bottega.store import schema

LAST_ATTEMPTS = 50
"""How many attempts of a model speak for it: enough to be steady, few enough to follow a change."""

LOOK_BACK = 2000
"""How far back in a workflow's attempts they are looked for, so that the answer takes the same time for ever."""


class Kind(StrEnum):
    """`attempt`: one candidate was tried. `job`: a job ended. `refusal`: work was refused (budget, policy)."""

    ATTEMPT = "attempt"
    JOB = "job"
    REFUSAL = "refusal"


def record(
    connection: sa.Connection,
    *,
    owner: str,
    job_id: str,
    kind: Kind,
    workflow: str,
    model_id: str,
    at: float,
    seconds: float | None = None,
    megapixels: float | None = None,
    cost: MicroUsd | None = None,
    accepted: bool | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add one observation, in the caller's transaction, which must be fenced against being applied twice.

    `seconds` is the working time of an attempt that came to a result, None otherwise (a failure's time says
    nothing about the next run). `megapixels` is the size of the output. `accepted` is None when no verdict was
    reached. `at` is seconds since the Unix epoch, `cost` micro-dollars, `data` JSON.
    """
    connection.execute(
        sa.insert(schema.observations).values(
            at=at,
            owner=owner,
            job_id=job_id,
            kind=kind.value,
            workflow=workflow,
            model_id=model_id,
            seconds=seconds,
            megapixels=megapixels,
            cost=cost,
            accepted=accepted,
            data=dict(data or {}),
        )
    )


def observations(connection: sa.Connection, workflow: str) -> dict[str, Observation]:
    """By model id, from each one's last 50 attempts among the workflow's last 2000."""
    attempts: dict[str, list[tuple[float | None, float | None, bool | None]]] = defaultdict(list)
    for row in connection.execute(_latest_attempts(workflow)).mappings():
        attempts[row["model_id"]].append((row["seconds"], row["megapixels"], row["accepted"]))
    return {model_id: _observation(rows) for model_id, rows in sorted(attempts.items())}


def _latest_attempts(workflow: str) -> sa.Executable:
    table = schema.observations
    latest = (
        sa.select(table.c.id, table.c.model_id, table.c.seconds, table.c.megapixels, table.c.accepted)
        .where(table.c.workflow == workflow, table.c.kind == Kind.ATTEMPT.value)
        .order_by(table.c.id.desc())
        .limit(LOOK_BACK)
        .subquery()
    )
    place = sa.func.row_number().over(partition_by=latest.c.model_id, order_by=latest.c.id.desc())
    ranked = sa.select(latest, place.label("place")).subquery()
    return sa.select(ranked.c.model_id, ranked.c.seconds, ranked.c.megapixels, ranked.c.accepted).where(
        ranked.c.place <= LAST_ATTEMPTS
    )


def _observation(rows: list[tuple[float | None, float | None, bool | None]]) -> Observation:
    runs = [(megapixels, seconds) for seconds, megapixels, _ in rows if seconds is not None]
    verdicts = [accepted for *_, accepted in rows if accepted is not None]
    counts = {"samples": len(runs), "accepted": sum(verdicts), "judged": len(verdicts)}
    if not runs:
        return Observation(**counts)
    fit = fit_seconds(runs)
    return Observation(**counts, seconds_fixed=fit.fixed, seconds_per_megapixel=fit.per_megapixel)
