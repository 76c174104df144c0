"""One call to an engine, what is remembered of it, and what becomes of its money; each in the transaction of its end."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import Field

from bottega.domain.asset import Provenance
from bottega.domain.base import Value
from bottega.domain.money import MicroUsd
from bottega.domain.plan import Candidate
from bottega.domain.task import Task, Usage
from bottega.engines import protocol
from bottega.engines.protocol import Engine
from bottega.errors import BottegaError
from bottega.jobs.run import Also, JobRun
from bottega.jobs.stage import Stage
from bottega.models import Model
from bottega.spend import Refused, charge, mark_unknown, place_hold, release
from bottega.store.database import epoch_now


class AttemptRecord(Value):
    """What is remembered of an attempt: output asset ids (the judged one first), or the error."""

    outputs: tuple[str, ...] = ()
    report: dict[str, Any] = Field(default_factory=dict[str, Any])
    seconds: float = 0.0
    cost: MicroUsd = 0
    error: dict[str, Any] | None = None
    unknown: bool = False
    """The answer of a paid call was lost; its money stays on hold."""
    cached: bool = False


@dataclass(frozen=True, slots=True)
class EngineCall:
    """One call to an engine, and what belongs to it."""

    run: JobRun
    key: str
    candidate: Candidate
    engine: Engine
    model: Model
    task: Task
    attempt: protocol.Attempt
    stage: Stage

    @property
    def is_paid(self) -> bool:
        return self.candidate.price.high > 0

    @property
    def hold_id(self) -> str:
        return self.run.idempotency_key(self.key)


def holding(call: EngineCall) -> Also:
    """The price at its high end, reserved; where it stands already, nothing. Raises BudgetExceeded, and Conflict where it
    was held and has ended."""

    def hold(connection: sa.Connection) -> None:
        outcome = place_hold(
            connection,
            hold_id=call.hold_id,
            owner=call.run.claimed.owner,
            job_id=call.run.id,
            model_id=call.model.id,
            provider="" if call.engine.local else call.engine.name,
            amount=call.candidate.price.high,
            now=epoch_now(connection),
        )
        if isinstance(outcome, Refused):
            raise outcome.as_error()

    return hold


def charging(call: EngineCall, usage: Usage) -> Also:
    """The charge, with everything that the amount can be computed from again."""
    kept = {
        "usage": usage.evidence,
        "metered": usage.metered.model_dump(mode="json") if usage.metered else None,
        "price": call.model.price.model_dump(mode="json") if call.model.price else {},
        "model_version": call.model.version,
    }
    return lambda c: _discard(charge(c, call.hold_id, usage.cost, kept, epoch_now(c)))


def releasing(call: EngineCall, reason: str) -> Also:
    return lambda c: _discard(release(c, call.hold_id, reason, epoch_now(c)))


def marking_unknown(call: EngineCall, reason: str) -> Also:
    return lambda c: _discard(mark_unknown(c, call.hold_id, reason, epoch_now(c)))


def failure_outcome(error: dict[str, Any]) -> str:
    """How a failed attempt is called in the job's record."""
    return "over budget" if error["category"] == "budget" else "failed"


def tell_left(run: JobRun, stage: Stage, candidate: Candidate, error: BottegaError) -> None:
    outcome = failure_outcome(error.as_dict())
    run.emit("left", model_id=candidate.model_id, outcome=outcome, reason=error.message, **stage.told)


def provenance_of(call: EngineCall) -> Provenance:
    return Provenance(
        workflow=call.task.workflow,
        model_id=call.model.id,
        engine=call.engine.name,
        prompt=call.task.prompt,
        parameters=call.task.parameters,
        parents=tuple(item.asset_id for item in call.task.inputs),
        job_id=call.run.id,
        digital_source_type=call.model.source_type,
    )


def _discard(_: object) -> None:
    """For transaction hooks, which return nothing."""
