"""What a model's own attempts teach, with exponential forgetting: rows of observations in, `Observation` out.

`learn` is pure; `learned` reads its rows from the table. What is decided by it is routing's.

An attempt counts gamma^age: gamma is `KEPT_PER_RUN` per later attempt of the same model and `KEPT_PER_ATTEMPT` per
later attempt of any model of the workflow. The first forgets a model that has changed after a few dozen of its own
runs; the second lets one that was given up be tried again some day (discounted Thompson sampling: Raj and Kalyani,
"Taming Non-stationary Bandits: A Bayesian Approach", arXiv:1707.09727, 2017; discount factors as a model of change:
West and Harrison, "Bayesian Forecasting and Dynamic Models", 2nd ed. 1997, section 6.3).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from bottega.analytics.feedback import disliked
from bottega.analytics.fit import SecondsFit, fit_seconds
from bottega.analytics.observations import LAST_ATTEMPTS, LOOK_BACK, Kind
from bottega.domain.money import MicroUsd
from bottega.domain.plan import LogAmounts, Observation
from bottega.store import schema

KEPT_PER_RUN: Final = 0.98
"""Memory of a model: 1 / (1 - 0.98) = 50 of its own attempts."""

KEPT_PER_ATTEMPT: Final = 0.999
"""Memory of a workflow: 1000 attempts, whoever made them."""

MOST_RUNS: Final = 150
"""Attempts of one model that are looked at: those before have a weight below 0.98^150 = 5 %."""

_SHORTEST_S: Final = 1e-3
"""Times are logged: anything quicker is taken as a millisecond."""

FAILED: Final = "failed"
"""Name in an observation's `data`: true for an attempt that ended in an error of its engine or model."""


class Attempted(NamedTuple):
    """One attempt of a model. `age` is how many attempts at the workflow came after it, of any model.

    `seconds` is None unless it came to a result; `cost` is in micro-dollars; `accepted` is None when no verdict
    was reached; `failed` when there was no result to judge because the engine or the model failed.
    """

    age: int
    seconds: float | None = None
    megapixels: float | None = None
    cost: MicroUsd | None = None
    accepted: bool | None = None
    failed: bool = False


def learn(
    attempts: Iterable[Attempted],
    *,
    kept_per_run: float = KEPT_PER_RUN,
    kept_per_attempt: float = KEPT_PER_ATTEMPT,
) -> Observation:
    """What the attempts of one model at one workflow say of it, in whatever order they are given.

    The plain counts and the fit of the time are those of the last 50 attempts; the rest is discounted as the
    module says, with both factors in (0, 1] (1: nothing is forgotten; ValueError for others).
    """
    if not (0 < kept_per_run <= 1 and 0 < kept_per_attempt <= 1):
        raise ValueError("a discount factor lies above 0 and is at most 1")
    newest_first = sorted(attempts, key=lambda attempt: attempt.age)
    weighted = [
        (kept_per_run**place * kept_per_attempt**attempt.age, attempt)
        for place, attempt in enumerate(newest_first)
    ]
    last = newest_first[:LAST_ATTEMPTS]
    verdicts = [attempt.accepted for attempt in last if attempt.accepted is not None]
    runs = [(attempt.megapixels, attempt.seconds) for attempt in last if attempt.seconds is not None]
    fit = fit_seconds(runs) if runs else SecondsFit(0.0, 0.0)
    return Observation(
        samples=len(runs),
        seconds_fixed=fit.fixed,
        seconds_per_megapixel=fit.per_megapixel,
        accepted=sum(verdicts),
        judged=len(verdicts),
        accepted_weight=sum(weight for weight, attempt in weighted if attempt.accepted),
        judged_weight=sum(weight for weight, a in weighted if a.accepted is not None or a.failed),
        seconds_ratio=_seconds_ratio(weighted, fit),
        costs=_logs((weight, float(attempt.cost)) for weight, attempt in weighted if attempt.cost),
    )


def learned(connection: sa.Connection, workflow: str) -> dict[str, Observation]:
    """By model id, from each one's last 150 attempts among the workflow's last 2000.

    A result that was accepted counts as not accepted when its user dislikes it (`bottega.analytics.feedback`).
    """
    attempts: dict[str, list[Attempted]] = defaultdict(list)
    for row in connection.execute(_latest_attempts(workflow)).mappings():
        attempts[row["model_id"]].append(_attempted(row))
    return {model_id: learn(rows) for model_id, rows in sorted(attempts.items())}


def _latest_attempts(workflow: str) -> sa.Executable:
    table = schema.observations
    columns = (
        table.c.job_id,
        table.c.model_id,
        table.c.seconds,
        table.c.megapixels,
        table.c.cost,
        table.c.accepted,
        table.c.data,
    )
    latest = (
        sa.select(table.c.id, *columns)
        .where(table.c.workflow == workflow, table.c.kind == Kind.ATTEMPT.value)
        .order_by(table.c.id.desc())
        .limit(LOOK_BACK)
        .subquery()
    )
    age = (sa.func.row_number().over(order_by=latest.c.id.desc()) - 1).label("age")
    place = sa.func.row_number().over(partition_by=latest.c.model_id, order_by=latest.c.id.desc())
    ranked = sa.select(latest, age, place.label("place")).subquery()
    wanted = (ranked.c[column.name] for column in columns)
    said = schema.feedback
    return (
        sa.select(ranked.c.age, *wanted, disliked().label("disliked"))
        .join_from(ranked, said, said.c.job_id == ranked.c.job_id, isouter=True)
        .where(ranked.c.place <= MOST_RUNS)
    )


def _attempted(row: Mapping[Any, Any]) -> Attempted:
    return Attempted(
        age=int(row["age"]),
        seconds=row["seconds"],
        megapixels=row["megapixels"],
        cost=row["cost"],
        accepted=False if row["accepted"] and row["disliked"] else row["accepted"],
        failed=row["data"].get(FAILED) is True,
    )


def _seconds_ratio(weighted: Sequence[tuple[float, Attempted]], fit: SecondsFit) -> LogAmounts | None:
    """Attempts of an unknown size are left out where the time depends on it."""
    return _logs(
        (
            weight,
            max(attempt.seconds, _SHORTEST_S)
            / max(fit.fixed + fit.per_megapixel * (attempt.megapixels or 0.0), _SHORTEST_S),
        )
        for weight, attempt in weighted
        if attempt.seconds is not None and (attempt.megapixels is not None or not fit.per_megapixel)
    )


def _logs(amounts: Iterable[tuple[float, float]]) -> LogAmounts | None:
    """(weight, amount) pairs with positive amounts; None without any."""
    pairs = [(weight, log(amount)) for weight, amount in amounts]
    total = sum(weight for weight, _ in pairs)
    if total <= 0:
        return None
    mean = sum(weight * value for weight, value in pairs) / total
    variance = sum(weight * (value - mean) ** 2 for weight, value in pairs) / total
    return LogAmounts(weight=total, mean=mean, variance=variance)
