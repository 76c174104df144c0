"""One step of a job's plan: for each candidate until one is accepted: cache, hold, engine, verdict, settle.

Each paid call is written down before it is made and after; nothing is ever bought twice silently.
"""

import time
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bottega import analytics
from bottega.analytics.learning import FAILED
from bottega.domain.job import Attempt
from bottega.domain.money import MicroUsd
from bottega.domain.plan import Candidate
from bottega.domain.task import Task
from bottega.domain.verdict import Rubric, Verdict, VerdictState
from bottega.jobs.attempts import Attempts
from bottega.jobs.ended import experiment_of
from bottega.jobs.engine_call import AttemptRecord, failure_outcome
from bottega.jobs.judging import Judging
from bottega.jobs.run import JobRun
from bottega.jobs.stage import Stage
from bottega.quality.looks import is_asked
from bottega.settings import Settings
from bottega.store.cache import ResultCache
from bottega.store.single_flight import Claim


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt that gave a result, with its verdict."""

    candidate: Candidate
    record: AttemptRecord
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a step's candidates: results in the order of the attempts.

    `unknown` is the error of a call whose answer was lost; `claim` ends with the job.
    """

    judged: tuple[Judged, ...] = ()
    unknown: dict[str, Any] | None = None
    claim: Claim | None = None

    @property
    def passed(self) -> bool:
        """Whether the last result was accepted, or could not be judged."""
        return bool(self.judged) and self.judged[-1].verdict.state is not VerdictState.REJECTED

    @property
    def best(self) -> Judged:
        """The one that passed, which is the last; else the best below the threshold."""
        last = self.judged[-1]
        return last if self.passed else max(self.judged, key=lambda item: item.verdict.score or 0.0)


@dataclass(frozen=True, slots=True)
class Trying:
    settings: Settings
    attempts: Attempts
    cache: ResultCache
    judging: Judging

    async def candidates(
        self,
        run: JobRun,
        stage: Stage,
        task: Task,
        rubric: Rubric,
        story: list[Attempt],
        turns: AsyncExitStack,
        *,
        spent: MicroUsd,
    ) -> Tried:
        """Every attempt is added to `story`, which has those of the steps before; `spent` is what the job has cost until
        here. The turn of the result that ends the job is left to `turns`."""
        earlier = len(story)
        claim: Claim | None = None
        judged: list[Judged] = []
        for number, candidate in enumerate(stage.plan.candidates[: self.settings.max_attempts], start=1):
            key = await self._cache_key(candidate, task)
            so_far = spent + sum(each.cost for each in story[earlier:])
            async with AsyncExitStack() as stack:
                under_way = self.attempts.is_under_way(run, stage, candidate)
                is_paid = candidate.price.high > 0
                turn = self.cache.turn(
                    run.claimed.owner,
                    key,
                    fresh=stage.decided.request.fresh or under_way,
                    holder=run.id,
                    across=is_paid,
                )
                with run.waiting() if is_paid else nullcontext():  # for who does the same already
                    taken = await stack.enter_async_context(turn)
                record = await self.attempts.attempt(
                    run,
                    stage,
                    candidate,
                    task,
                    number=number,
                    known=taken.found,
                    may_cost=None if under_way else await self.left(run, stage, so_far),
                )
                if record.unknown:
                    return Tried(tuple(judged), unknown=record.error)
                if record.error is not None:
                    await self._note_failure(run, stage, candidate, task, record)
                    story.append(_failed(stage, candidate, record))
                    continue
                verdict, paid = await self._judge(
                    run, stage, candidate, task, rubric, record, key, spent=so_far + record.cost
                )
                # Others may have the result of a step before as soon as it is recorded.
                if verdict.state is not VerdictState.REJECTED and stage.is_last:
                    claim = taken.claim
                    turns.push_async_exit(stack.pop_all())
            judged.append(Judged(candidate, record, verdict))
            story.append(_judged_attempt(stage, candidate, record, verdict, paid))
            if verdict.state is not VerdictState.REJECTED:
                break
        return Tried(tuple(judged), claim=claim)

    async def _cache_key(self, candidate: Candidate, task: Task) -> str:
        model = self.attempts.catalogue.get(candidate.model_id)
        return await self.cache.key_of(
            task,
            engine=candidate.engine,
            model_id=candidate.model_id,
            model_version=model.version if model is not None else "",
        )

    async def left(self, run: JobRun, stage: Stage, spent: MicroUsd) -> MicroUsd | None:
        """Of the most that the user wants to pay for this job, without what later steps need; None: nothing caps it.

        The budget counts here only for these: what the next call itself costs is held.
        """
        caps: list[MicroUsd] = []
        if (cap := stage.decided.request.max_cost) is not None:
            caps.append(cap - spent)
        if stage.reserve and (left := await self.judging.ledger.budget_left(run.claimed.owner)) is not None:
            caps.append(left)
        return max(0, min(caps) - stage.reserve) if caps else None

    async def _note_failure(
        self, run: JobRun, stage: Stage, candidate: Candidate, task: Task, record: AttemptRecord
    ) -> None:
        """Remember, once, that the model failed, so that routing learns it. Budgets say nothing of a model."""
        if record.error is None or record.error["category"] in ("budget", "interrupt"):
            return

        async def nothing() -> None: ...

        def also(connection: sa.Connection) -> None:
            _observe(connection, run, candidate, task, record, None, {FAILED: True})

        await run.step(stage.key(f"noted:{candidate.model_id}"), nothing, also=also)

    async def _judge(
        self,
        run: JobRun,
        stage: Stage,
        candidate: Candidate,
        task: Task,
        rubric: Rubric,
        record: AttemptRecord,
        cache_key: str,
        *,
        spent: MicroUsd,
    ) -> tuple[Verdict, MicroUsd]:
        """The verdict, and what a vision model was paid for it, within what `spent` leaves; both are remembered."""
        step = stage.key(f"verdict:{candidate.model_id}")
        if (known := run.recorded(step)) is not None:
            return Verdict.model_validate(known["verdict"]), known["cost"]
        started = time.monotonic()
        owner, stay_local = run.claimed.owner, stage.decided.request.stay_local
        most = await self.left(run, stage, spent) if is_asked(self.settings, stay_local=stay_local) else None
        verdict, paid = await self.judging.verdict(
            owner, run.id, task, rubric, record, stay_local=stay_local, most=most
        )
        run.emit("verdict", **verdict.model_dump(mode="json", exclude={"rubric"}), **stage.told)
        if verdict.state is VerdictState.REJECTED:
            told = {"outcome": "below threshold", "reason": verdict.reason, **stage.told}
            run.emit("left", model_id=candidate.model_id, **told)
        kept = record.model_dump(mode="json")

        def also(connection: sa.Connection) -> None:
            if record.cached:
                return
            accepted = None if verdict.state is VerdictState.NOT_JUDGED else verdict.accepted
            _observe(connection, run, candidate, task, record, accepted, {"score": verdict.score})
            if verdict.accepted:
                self.cache.put(connection, owner, cache_key, kept)

        result = {"verdict": verdict.model_dump(mode="json"), "cost": paid}
        took = time.monotonic() - started
        ends_job = stage.is_last and verdict.state is not VerdictState.REJECTED
        asked_nobody = not self.settings.judge_model
        if asked_nobody and ends_job and not self.cache.is_shared:
            run.record_soon(step, result, seconds=took, also=also)  # with the end of the job
            return verdict, paid
        await run.record(step, result, seconds=took, also=also)
        if verdict.accepted and not record.cached:
            await self.cache.share(owner, cache_key, kept)
        return verdict, paid


def _observe(
    connection: sa.Connection,
    run: JobRun,
    candidate: Candidate,
    task: Task,
    record: AttemptRecord,
    accepted: bool | None,
    data: dict[str, Any],
) -> None:
    analytics.record(
        connection,
        owner=run.claimed.owner,
        job_id=run.id,
        kind=analytics.Kind.ATTEMPT,
        workflow=task.workflow,
        model_id=candidate.model_id,
        seconds=record.seconds if record.error is None else None,
        megapixels=task.output_megapixels,
        cost=record.cost,
        accepted=accepted,
        data=data | experiment_of(run.claimed),
        at=time.time(),
    )


def _failed(stage: Stage, candidate: Candidate, record: AttemptRecord) -> Attempt:
    assert record.error is not None
    return Attempt(
        model_id=candidate.model_id,
        outcome=failure_outcome(record.error),
        reason=record.error["message"],
        code=record.error.get("code", ""),
        seconds=record.seconds,
        cost=record.cost,
        workflow=stage.workflow,
    )


def _judged_attempt(
    stage: Stage, candidate: Candidate, record: AttemptRecord, verdict: Verdict, paid: MicroUsd
) -> Attempt:
    """`paid` for judging is part of what the attempt cost."""
    outcomes = {
        VerdictState.ACCEPTED: "accepted",
        VerdictState.REJECTED: "below threshold",
        VerdictState.NOT_JUDGED: "not judged",
    }
    return Attempt(
        model_id=candidate.model_id,
        outcome=outcomes[verdict.state],
        reason=verdict.reason,
        seconds=record.seconds,
        cost=record.cost + paid,
        cached=record.cached,
        verdict=verdict,
        workflow=stage.workflow,
    )
