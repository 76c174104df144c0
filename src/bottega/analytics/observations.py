"""The table of observations: one row for what happened."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bottega.domain.money import MicroUsd
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
