"""One candidate's attempt: hold, the engine's call, its files stored, the money settled.

A paid call is written down, with its hold, before it is made, and its result, with its charge, after. When the
process dies in between, the next life of the job asks the provider what became of the call; the money of a call
that nobody can tell about stays on hold.
"""

import asyncio
import time
from collections.abc import Coroutine
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog

from bottega.compute import ComputePool
from bottega.domain.asset import Asset
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
from bottega.jobs.engine_call import (
    AttemptRecord,
    EngineCall,
    charging,
    holding,
    marking_unknown,
    provenance_of,
    releasing,
    tell_left,
)
from bottega.jobs.run import Also, JobRun, Stop
from bottega.jobs.stage import Stage
from bottega.models import Catalogue
from bottega.settings import Settings
from bottega.store.assets import AssetStore, keep_rows
from bottega.store.gallery import show_again
from bottega.workflows.finishing import finisher_of
from bottega.workflows.registry import Workflow, all_workflows

log = structlog.get_logger(__name__)

RECONCILE_SECONDS = 30.0
_T = TypeVar("_T")


@dataclass(slots=True)
class Attempts:
    settings: Settings
    engines: dict[str, Engine]
    catalogue: Catalogue
    assets: AssetStore
    compute: ComputePool
    calls: Calls
    workflows: dict[str, Workflow] = field(default_factory=all_workflows)

    def is_under_way(self, run: JobRun, stage: Stage, candidate: Candidate) -> bool:
        """Whether an earlier life of the job began or ended this attempt; no other work can take its place then."""
        key = stage.attempt(candidate)
        return run.was_begun(key) or run.recorded(key) is not None

    async def attempt(
        self,
        run: JobRun,
        stage: Stage,
        candidate: Candidate,
        task: Task,
        *,
        number: int,
        known: dict[str, Any] | None,
        may_cost: MicroUsd | None,
    ) -> AttemptRecord:
        """The remembered attempt of this candidate, made now if it was not made before.

        `number` counts the candidates of the step from 1; `known` is the attempt of identical work; `may_cost` is what
        is left for it.
        """
        key = stage.attempt(candidate)
        if (recorded := run.recorded(key)) is not None:
            return AttemptRecord.model_validate(recorded)
        run.emit(
            "attempt",
            number=number,
            model_id=candidate.model_id,
            engine=candidate.engine,
            price=str(candidate.price),
            **stage.told,
        )
        begun = run.was_begun(key)
        if known is not None and not begun:
            hit = AttemptRecord.model_validate(known).model_copy(
                update={"cost": 0, "seconds": 0.0, "cached": True}
            )
            run.emit("cached", model_id=candidate.model_id, **stage.told)
            await run.record(
                key,
                hit.model_dump(mode="json"),
                seconds=0.0,
                also=lambda connection: show_again(connection, run.claimed.owner, hit.outputs),
            )
            return hit
        try:
            call = await self._prepare(run, stage, candidate, task)
            if not begun and may_cost is not None and candidate.price.high > may_cost:
                raise BudgetExceeded(
                    f"{candidate.model_id} may cost {candidate.price}, and {_amount(may_cost)} of what "
                    "this job may cost is left for it."
                )
        except BottegaError as error:
            return await self._remember_failure(run, stage, candidate, error)
        try:
            return await (self._paid(call, begun=begun) if call.is_paid else self._free(call))
        finally:
            await self.assets.drop_scratch(call.attempt.scratch)

    async def _prepare(self, run: JobRun, stage: Stage, candidate: Candidate, task: Task) -> EngineCall:
        key = stage.attempt(candidate)
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
            progress=stage.progress(run),
            timeout_s=self.settings.job_timeout_seconds
            if not engine.local
            else self.settings.compute_timeout_seconds,
            remember=partial(run.note, key),
            remembered=run.noted(key),
        )
        return EngineCall(run, key, candidate, engine, model, model.fitted(task), attempt, stage)

    # --- free work: done again if it was not remembered -------------------------------------------------------

    async def _free(self, call: EngineCall) -> AttemptRecord:
        call.run.check_may_go_on()
        started = time.monotonic()
        try:
            result = await self._perform(call)
            record, made = await self._keep(call, result, time.monotonic() - started)
        except BottegaError as error:
            return await self._remember_failure(
                call.run, call.stage, call.candidate, error, seconds=time.monotonic() - started
            )
        await call.run.record(
            call.key,
            record.model_dump(mode="json"),
            seconds=record.seconds,
            also=lambda connection: keep_rows(connection, made),
        )
        return record

    # --- paid work: bought once -------------------------------------------------------------------------------

    async def _paid(self, call: EngineCall, *, begun: bool) -> AttemptRecord:
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
        call.run.emit("charge", amount=result.usage.cost, model_id=call.model.id, **call.stage.told)
        charged = charging(call, result.usage)

        def also(connection: sa.Connection) -> None:
            charged(connection)
            keep_rows(connection, made)

        await call.run.record(
            call.key, record.model_dump(mode="json"), seconds=record.seconds, paid=True, also=also
        )
        return record

    async def _keep_paid(
        self, call: EngineCall, result: EngineResult, seconds: float
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

    async def _hold(self, call: EngineCall) -> None:
        """The intent to call and the money for it, in one transaction. Raises BudgetExceeded. A cancel that arrives
        meanwhile does not stop the transaction, but the call is not made: what was held is free again."""
        amount = call.candidate.price.high
        call.run.emit("hold", amount=amount, model_id=call.model.id, **call.stage.told)
        try:
            await call.run.begin_paid(call.key, also=holding(call))
        except asyncio.CancelledError:
            if call.run.stop is Stop.CANCEL:
                await self._record_cancelled(call, 0, releasing(call, "cancelled before it was sent"))
            raise

    async def _settled_if_cancelled(self, call: EngineCall, answer: Coroutine[Any, Any, _T]) -> _T:
        try:
            return await answer
        except asyncio.CancelledError:
            if call.run.stop is Stop.CANCEL:
                await self._settle_cancelled(call)
            raise

    async def _reconcile(self, call: EngineCall) -> EngineResult:
        """A call that an earlier life began: its result if the provider has it, made now if it never arrived. Where the
        user wants no more, it is settled instead."""
        if call.run.stop is Stop.CANCEL:
            await self._settle_cancelled(call)
            raise asyncio.CancelledError
        look = call.engine.reconcile(call.task, call.model, call.attempt)
        match await self._settled_if_cancelled(call, self._answer(call, look)):
            case protocol.Found(result):
                return result
            case protocol.NeverArrived():
                # Looks at the lease, and whether the hold stands still, which somebody may have settled by hand.
                await call.run.begin_paid(call.key, also=holding(call))
                return await self._settled_if_cancelled(call, self._perform(call))
            case protocol.StillUnknown(reason):
                raise OutcomeUnknown(
                    f"The process ended while {call.model.id} was being called, and what became of the call "
                    f"is not known: {reason}",
                    hint="Look into the provider's own list of calls; then settle the hold.",
                )

    async def _settle_cancelled(self, call: EngineCall) -> None:
        """The user stopped a call that may cost money: what the provider says decides what is charged."""
        attempt = replace(call.attempt, remembered=call.run.noted(call.key))
        try:
            async with asyncio.timeout(RECONCILE_SECONDS):
                found = await call.engine.cancel(call.task, call.model, attempt)
        except (BottegaError, TimeoutError) as error:
            found = protocol.StillUnknown(str(error) or "the provider did not answer in time")
        match found:
            case protocol.Found(result):
                cost, also = result.usage.cost, charging(call, result.usage)
            case protocol.Stopped(usage):
                cost, also = usage.cost, charging(call, usage)
            case protocol.NeverArrived():
                cost, also = 0, releasing(call, "cancelled before the provider had it")
            case protocol.StillUnknown(reason):
                cost, also = 0, marking_unknown(call, f"cancelled; {reason}")
        await self._record_cancelled(call, cost, also)

    async def _record_cancelled(self, call: EngineCall, cost: MicroUsd, also: Also) -> None:
        record = AttemptRecord(error={"message": "cancelled", "category": "interrupt"}, cost=cost)
        await call.run.record(call.key, record.model_dump(mode="json"), seconds=0.0, paid=True, also=also)

    async def _settle_failure(self, call: EngineCall, error: BottegaError, seconds: float) -> AttemptRecord:
        """What the error says about money is what happens to the hold."""
        cost = 0
        if isinstance(error, BudgetExceeded):
            return await self._remember_failure(call.run, call.stage, call.candidate, error)
        if error.money is Money.UNKNOWN:
            also = marking_unknown(call, error.message)
        elif error.money is Money.CHARGED:
            cost = int(error.details.get("cost", call.candidate.price.high))
            call.run.emit("charge", amount=cost, model_id=call.model.id, **call.stage.told)
            metered = error.details.get("metered")
            usage = Usage(
                cost=cost,
                metered=Metered.model_validate(metered) if metered else None,
                evidence={"error": error.as_dict()},
            )
            also = charging(call, usage)
        else:
            amount = call.candidate.price.high
            call.run.emit("release", amount=amount, model_id=call.model.id, **call.stage.told)
            also = releasing(call, error.message)
        tell_left(call.run, call.stage, call.candidate, error)
        record = AttemptRecord(
            error=error.as_dict(), unknown=error.money is Money.UNKNOWN, cost=cost, seconds=seconds
        )
        await call.run.record(call.key, record.model_dump(mode="json"), seconds=seconds, paid=True, also=also)
        return record

    # --- both --------------------------------------------------------------------------------------------------

    async def _perform(self, call: EngineCall) -> EngineResult:
        """The engine's work; a vendor's within the limits and behind the breaker of its model."""

        async def once(accepted: Accepted) -> EngineResult:
            attempt = replace(call.attempt, accepted=accepted)
            return await self._answer(call, call.engine.perform(call.task, call.model, attempt))

        if call.engine.local:
            return await once(call.attempt.accepted)

        def tell(seconds: float, error: BottegaError) -> None:
            call.run.emit(
                "waiting",
                model_id=call.model.id,
                seconds=round(seconds, 2),
                reason=error.message,
                **call.stage.told,
            )

        return await self.calls.call(
            call.engine.name, call.model.id, once, timeout_s=call.attempt.timeout_s, on_wait=tell
        )

    async def _answer(self, call: EngineCall, answer: Coroutine[Any, Any, _T]) -> _T:
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
        self, call: EngineCall, result: EngineResult, seconds: float
    ) -> tuple[AttemptRecord, list[Asset]]:
        """The files are stored; their rows belong into the transaction of the record, so that there is no asset of an
        attempt that is not remembered. A process that dies in between leaves files that nobody owns, which the same
        content would take up again."""
        sent = {output.path for output in result.outputs}
        result = await self._finished(call, result)
        stored = [
            await self.assets.check_result(
                output.path,
                owner=call.run.claimed.owner,
                name=output.name,
                media_type=output.media_type,
                label=call.stage.label(output.label),
                provenance=provenance_of(call),
                local=call.engine.local or output.path not in sent,
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

    async def _finished(self, call: EngineCall, result: EngineResult) -> EngineResult:
        """The result with what its workflow makes of it. Where that fails, what was made stays as it came, and the report
        says why."""
        finish = finisher_of(self.workflows.get(call.task.workflow), call.task)
        if finish is None:
            return result
        arguments = (call.task, result, call.attempt.scratch, provenance_of(call))
        limit = self.settings.compute_timeout_seconds
        try:
            return await self.compute.call_with(finish, arguments, timeout_s=limit)
        except BottegaError as error:
            log.warning("attempt.not_finished", workflow=call.task.workflow, error=error.message)
            return result.model_copy(update={"report": {**result.report, "not_finished": error.message}})

    async def _remember_failure(
        self,
        run: JobRun,
        stage: Stage,
        candidate: Candidate,
        error: BottegaError,
        *,
        seconds: float = 0.0,
    ) -> AttemptRecord:
        record = AttemptRecord(error=error.as_dict(), seconds=seconds)
        tell_left(run, stage, candidate, error)
        await run.record(stage.attempt(candidate), record.model_dump(mode="json"), seconds=seconds)
        return record


def _amount(micro: MicroUsd) -> str:
    """As `format_usd`, but nothing left is not called free."""
    return format_usd(micro) if micro else "$0.00"
