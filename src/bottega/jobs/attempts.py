"""One candidate's attempt: hold, the engine's call, its files stored, the money settled.

A paid call is written down, with its hold, before it is made, and its result, with its charge, after. When the
process dies in between, the next life of the job asks the provider what became of the call; the money of a call
that nobody can tell about stays on hold.
"""

import asyncio
import time
from collections.abc import Coroutine
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import Field

from bottega.compute import ComputePool
from bottega.domain.asset import Asset, Provenance
from bottega.domain.base import Value
from bottega.domain.money import MicroUsd, format_usd
from bottega.domain.plan import Candidate
from bottega.domain.task import EngineResult, Metered, Task, Usage
from bottega.engines import protocol
from bottega.engines.protocol import Engine
from bottega.errors import (
    BottegaError,
    BudgetExceeded,
    ComputeTimeout,
    Money,
    NoCandidate,
    OutcomeUnknown,
    OutputError,
)
from bottega.jobs.calls import Accepted, Calls
from bottega.jobs.run import Also, JobRun, Stop
from bottega.models import Catalogue, Model
from bottega.settings import Settings
from bottega.spend import Refused, charge, mark_unknown, place_hold, release
from bottega.store.assets import AssetStore, keep_rows
from bottega.store.database import epoch_now

RECONCILE_SECONDS = 30.0
_T = TypeVar("_T")


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
class _Call:
    """One call to an engine, and what belongs to it."""

    run: JobRun
    key: str
    candidate: Candidate
    engine: Engine
    model: Model
    task: Task
    attempt: protocol.Attempt

    @property
    def is_paid(self) -> bool:
        return self.candidate.price.high > 0

    @property
    def hold_id(self) -> str:
        return self.run.idempotency_key(self.key)


@dataclass(slots=True)
class Attempts:
    settings: Settings
    engines: dict[str, Engine]
    catalogue: Catalogue
    assets: AssetStore
    compute: ComputePool
    calls: Calls

    def is_under_way(self, run: JobRun, candidate: Candidate) -> bool:
        """Whether an earlier life of the job began or ended this attempt; no other work can take its place then."""
        key = _step(candidate)
        return run.was_begun(key) or run.recorded(key) is not None

    async def attempt(
        self,
        run: JobRun,
        candidate: Candidate,
        task: Task,
        *,
        number: int,
        known: dict[str, Any] | None,
        may_cost: MicroUsd | None,
    ) -> AttemptRecord:
        """The remembered attempt of this candidate, made now if it was not made before.

        `number` counts the candidates from 1; `known` is the attempt of identical work; `may_cost` is what is left of
        the job's own cap.
        """
        key = _step(candidate)
        if (recorded := run.recorded(key)) is not None:
            return AttemptRecord.model_validate(recorded)
        run.emit(
            "attempt",
            number=number,
            model_id=candidate.model_id,
            engine=candidate.engine,
            price=str(candidate.price),
        )
        begun = run.was_begun(key)
        if known is not None and not begun:
            hit = AttemptRecord.model_validate(known).model_copy(
                update={"cost": 0, "seconds": 0.0, "cached": True}
            )
            run.emit("cached", model_id=candidate.model_id)
            await run.record(key, hit.model_dump(mode="json"), seconds=0.0)
            return hit
        try:
            call = await self._prepare(run, key, candidate, task)
            if not begun and may_cost is not None and candidate.price.high > may_cost:
                raise BudgetExceeded(
                    f"{candidate.model_id} may cost {candidate.price}, and {format_usd(may_cost)} of this "
                    "job's own limit is left."
                )
        except BottegaError as error:
            return await self._remember_failure(run, key, candidate, error)
        try:
            return await (self._paid(call, begun=begun) if call.is_paid else self._free(call))
        finally:
            await self.assets.drop_scratch(call.attempt.scratch)

    async def _prepare(self, run: JobRun, key: str, candidate: Candidate, task: Task) -> _Call:
        engine, model = self.engines.get(candidate.engine), self.catalogue.get(candidate.model_id)
        if engine is None or model is None:
            raise NoCandidate(f"{candidate.model_id} is no longer part of this installation.")
        availability = engine.availability()
        if not availability.usable:
            raise NoCandidate(availability.reason, hint=availability.hint)
        attempt = protocol.Attempt(
            scratch=await self.assets.scratch(run.idempotency_key(key).replace("/", "-").replace(":", "-")),
            idempotency_key=run.idempotency_key(key),
            compute=self.compute,
            progress=run.progress,
            timeout_s=self.settings.job_timeout_seconds
            if not engine.local
            else self.settings.compute_timeout_seconds,
            remember=partial(run.note, key),
            remembered=run.noted(key),
        )
        return _Call(run, key, candidate, engine, model, model.fitted(task), attempt)

    # --- free work: done again if it was not remembered -------------------------------------------------------

    async def _free(self, call: _Call) -> AttemptRecord:
        call.run.check_may_go_on()
        started = time.monotonic()
        try:
            result = await self._perform(call)
            record, made = await self._keep(call, result, time.monotonic() - started)
        except BottegaError as error:
            return await self._remember_failure(
                call.run, call.key, call.candidate, error, seconds=time.monotonic() - started
            )
        await call.run.record(
            call.key,
            record.model_dump(mode="json"),
            seconds=record.seconds,
            also=lambda connection: keep_rows(connection, made),
        )
        return record

    # --- paid work: bought once -------------------------------------------------------------------------------

    async def _paid(self, call: _Call, *, begun: bool) -> AttemptRecord:
        started = time.monotonic()
        try:
            if not begun:
                await self._hold(call)
                result = await self._settled_if_cancelled(call, self._perform(call))
            else:
                result = await self._reconcile(call)
            record, made = await self._keep_paid(call, result, time.monotonic() - started)
        except BottegaError as error:
            return await self._settle_failure(call, error, time.monotonic() - started)
        call.run.emit("charge", amount=result.usage.cost, model_id=call.model.id)
        charging = self._charging(call, result.usage)

        def also(connection: sa.Connection) -> None:
            charging(connection)
            keep_rows(connection, made)

        await call.run.record(
            call.key, record.model_dump(mode="json"), seconds=record.seconds, paid=True, also=also
        )
        return record

    async def _keep_paid(
        self, call: _Call, result: EngineResult, seconds: float
    ) -> tuple[AttemptRecord, list[Asset]]:
        """Files that turn out to be unusable were paid for all the same."""
        try:
            return await self._keep(call, result, seconds)
        except BottegaError as error:
            raise OutputError(
                f"What {call.model.id} sent is not usable: {error.message}",
                hint=error.hint,
                money=Money.CHARGED,
                cost=result.usage.cost,
            ) from error

    async def _hold(self, call: _Call) -> None:
        """The intent to call and the money for it, in one transaction. Raises BudgetExceeded."""
        amount = call.candidate.price.high

        def hold(connection: sa.Connection) -> None:
            outcome = place_hold(
                connection,
                hold_id=call.hold_id,
                owner=call.run.claimed.owner,
                job_id=call.run.id,
                model_id=call.model.id,
                provider="" if call.engine.local else call.engine.name,
                amount=amount,
                now=epoch_now(connection),
            )
            if isinstance(outcome, Refused):
                raise outcome.as_error()

        call.run.emit("hold", amount=amount, model_id=call.model.id)
        await call.run.begin_paid(call.key, also=hold)

    async def _settled_if_cancelled(self, call: _Call, answer: Coroutine[Any, Any, _T]) -> _T:
        try:
            return await answer
        except asyncio.CancelledError:
            if call.run.stop is Stop.CANCEL:
                await self._settle_cancelled(call)
            raise

    async def _reconcile(self, call: _Call) -> EngineResult:
        """A call that an earlier life began: its result if the provider has it, made now if it never arrived."""
        look = call.engine.reconcile(call.task, call.model, call.attempt)
        match await self._settled_if_cancelled(call, self._answer(call, look)):
            case protocol.Found(result):
                return result
            case protocol.NeverArrived():
                await call.run.begin_paid(call.key)  # looks at the lease again before buying
                return await self._settled_if_cancelled(call, self._perform(call))
            case protocol.StillUnknown(reason):
                raise OutcomeUnknown(
                    f"The process ended while {call.model.id} was being called, and what became of the call "
                    f"is not known: {reason}",
                    hint="Look into the provider's own list of calls; then settle the hold.",
                )

    async def _settle_cancelled(self, call: _Call) -> None:
        """The user stopped a call that may cost money: what the provider says decides what is charged."""
        attempt = replace(call.attempt, remembered=call.run.noted(call.key))
        try:
            async with asyncio.timeout(RECONCILE_SECONDS):
                found = await call.engine.cancel(call.task, call.model, attempt)
        except (BottegaError, TimeoutError) as error:
            found = protocol.StillUnknown(str(error) or "the provider did not answer in time")
        record = AttemptRecord(error={"message": "cancelled", "category": "interrupt"})
        match found:
            case protocol.Found(result):
                record = record.model_copy(update={"cost": result.usage.cost})
                also = self._charging(call, result.usage)
            case protocol.Stopped(usage):
                record = record.model_copy(update={"cost": usage.cost})
                also = self._charging(call, usage)
            case protocol.NeverArrived():
                also = self._releasing(call, "cancelled before the provider had it")
            case protocol.StillUnknown(reason):
                also = self._marking_unknown(call, f"cancelled; {reason}")
        await call.run.record(call.key, record.model_dump(mode="json"), seconds=0.0, paid=True, also=also)

    async def _settle_failure(self, call: _Call, error: BottegaError, seconds: float) -> AttemptRecord:
        """What the error says about money is what happens to the hold."""
        cost = 0
        if isinstance(error, BudgetExceeded):
            return await self._remember_failure(call.run, call.key, call.candidate, error)
        if error.money is Money.UNKNOWN:
            also = self._marking_unknown(call, error.message)
        elif error.money is Money.CHARGED:
            cost = int(error.details.get("cost", call.candidate.price.high))
            call.run.emit("charge", amount=cost, model_id=call.model.id)
            metered = error.details.get("metered")
            usage = Usage(
                cost=cost,
                metered=Metered.model_validate(metered) if metered else None,
                evidence={"error": error.as_dict()},
            )
            also = self._charging(call, usage)
        else:
            call.run.emit("release", amount=call.candidate.price.high, model_id=call.model.id)
            also = self._releasing(call, error.message)
        _tell_left(call.run, call.candidate, error)
        record = AttemptRecord(
            error=error.as_dict(), unknown=error.money is Money.UNKNOWN, cost=cost, seconds=seconds
        )
        await call.run.record(call.key, record.model_dump(mode="json"), seconds=seconds, paid=True, also=also)
        return record

    def _charging(self, call: _Call, usage: Usage) -> Also:
        """With everything that the amount can be computed from again."""
        kept = {
            "usage": usage.evidence,
            "metered": usage.metered.model_dump(mode="json") if usage.metered else None,
            "price": call.model.price.model_dump(mode="json") if call.model.price else {},
            "model_version": call.model.version,
        }
        return lambda c: _discard(charge(c, call.hold_id, usage.cost, kept, epoch_now(c)))

    def _releasing(self, call: _Call, reason: str) -> Also:
        return lambda c: _discard(release(c, call.hold_id, reason, epoch_now(c)))

    def _marking_unknown(self, call: _Call, reason: str) -> Also:
        return lambda c: _discard(mark_unknown(c, call.hold_id, reason, epoch_now(c)))

    # --- both --------------------------------------------------------------------------------------------------

    async def _perform(self, call: _Call) -> EngineResult:
        """The engine's work; a vendor's within the limits and behind the breaker of its model."""

        async def once(accepted: Accepted) -> EngineResult:
            attempt = replace(call.attempt, accepted=accepted)
            return await self._answer(call, call.engine.perform(call.task, call.model, attempt))

        if call.engine.local:
            return await once(call.attempt.accepted)

        def tell(seconds: float, error: BottegaError) -> None:
            call.run.emit("waiting", model_id=call.model.id, seconds=round(seconds, 2), reason=error.message)

        return await self.calls.call(
            call.engine.name, call.model.id, once, timeout_s=call.attempt.timeout_s, on_wait=tell
        )

    async def _answer(self, call: _Call, answer: Coroutine[Any, Any, _T]) -> _T:
        """What an engine says, in time; while somebody else works, another job may have this one's place."""
        limit = call.attempt.timeout_s
        elsewhere = nullcontext() if call.engine.local else call.run.waiting()
        try:
            with elsewhere:
                async with asyncio.timeout(limit):
                    return await answer
        except TimeoutError:
            if call.is_paid:
                raise OutcomeUnknown(f"{call.model.id} did not answer within {limit:.0f} s.") from None
            raise ComputeTimeout(f"{call.model.id} did not finish within {limit:.0f} s.") from None
        except BottegaError:
            raise
        except Exception as error:
            if call.is_paid:  # a fault of ours after the call may have been sent
                raise OutcomeUnknown(
                    f"An unexpected fault interrupted the call: {type(error).__name__}: {error}"
                ) from error
            raise

    async def _keep(
        self, call: _Call, result: EngineResult, seconds: float
    ) -> tuple[AttemptRecord, list[Asset]]:
        """The files are stored; their rows belong into the transaction of the record, so that there is no asset of an
        attempt that is not remembered. A process that dies in between leaves files that nobody owns, which the same
        content would take up again."""
        stored = [
            await self.assets.check_result(
                output.path,
                owner=call.run.claimed.owner,
                name=output.name,
                media_type=output.media_type,
                label=output.label,
                provenance=_provenance(call),
                local=call.engine.local,
            )
            for output in result.outputs
        ]
        record = AttemptRecord(
            outputs=tuple(asset.id for asset in stored),
            report=result.report,
            seconds=round(seconds, 4),
            cost=result.usage.cost,
        )
        return record, stored

    async def _remember_failure(
        self,
        run: JobRun,
        key: str,
        candidate: Candidate,
        error: BottegaError,
        *,
        seconds: float = 0.0,
    ) -> AttemptRecord:
        record = AttemptRecord(error=error.as_dict(), seconds=seconds)
        _tell_left(run, candidate, error)
        await run.record(key, record.model_dump(mode="json"), seconds=seconds)
        return record


def _step(candidate: Candidate) -> str:
    return f"attempt:{candidate.model_id}"


def failure_outcome(error: dict[str, Any]) -> str:
    """How a failed attempt is called in the job's record."""
    return "over budget" if error["category"] == "budget" else "failed"


def _tell_left(run: JobRun, candidate: Candidate, error: BottegaError) -> None:
    outcome = failure_outcome(error.as_dict())
    run.emit("left", model_id=candidate.model_id, outcome=outcome, reason=error.message)


def _provenance(call: _Call) -> Provenance:
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
