"""The way of a request: for each candidate of the plan until one is accepted: cache, hold, engine, verdict,
settle. Each paid call is written down before it is made and after; nothing is ever bought twice silently.
"""

import time
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog

from bottega import analytics
from bottega.analytics.learning import FAILED
from bottega.domain.job import Attempt, JobResult, JobState
from bottega.domain.money import MicroUsd
from bottega.domain.plan import Candidate
from bottega.domain.task import Task
from bottega.domain.verdict import Rubric, Verdict, VerdictState
from bottega.errors import BottegaError, ComputeError, Money
from bottega.jobs.attempts import AttemptRecord, Attempts, failure_outcome
from bottega.jobs.ended import experiment_of, observe_end
from bottega.jobs.judging import Judging
from bottega.jobs.queue import Claimed
from bottega.jobs.records import JobPayload
from bottega.jobs.run import JobRun, Outcome
from bottega.settings import Settings
from bottega.store.assets import AssetStore
from bottega.store.cache import ResultCache
from bottega.store.single_flight import Claim
from bottega.workflows.registry import Workflow, find_workflow
from bottega.workflows.tasks import prepare_task

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt that gave a result, with its verdict."""

    candidate: Candidate
    record: AttemptRecord
    verdict: Verdict


@dataclass(slots=True)
class Pipeline:
    """Runs one job from its plan to its end; `run` is the runner's handler."""

    settings: Settings
    workflows: dict[str, Workflow]
    assets: AssetStore
    attempts: Attempts
    cache: ResultCache
    judging: Judging

    async def run(self, run: JobRun) -> Outcome:
        """The job's outcome, written already.

        The turn of the result that ends the job lasts until then: others who want the same look for it only after the
        transaction in which the verdict, the kept result and the end of the job stand or fall together. A process that
        dies before it judges again what is bought and stored by then.
        """
        async with AsyncExitStack() as turns:
            ended, claim = await self._work(run, turns)
            outcome = replace(ended, also=partial(_end, claimed=run.claimed, outcome=ended, claim=claim))
            await run.finish(outcome)
            if claim is not None:
                claim.ended = True
        return outcome

    async def _work(self, run: JobRun, turns: AsyncExitStack) -> tuple[Outcome, Claim | None]:
        payload = JobPayload.model_validate(run.claimed.payload)
        workflow = find_workflow(self.workflows, payload.plan.workflow)
        try:
            task = await prepare_task(self.assets, workflow, payload, run.claimed.owner)
        except BottegaError as error:
            return Outcome(JobState.FAILED, error=error.as_dict()), None
        rubric = workflow.rubric(workflow.options.model_validate(payload.plan.options))
        return await self._try_candidates(run, payload, task, rubric, turns)

    async def _try_candidates(
        self, run: JobRun, payload: JobPayload, task: Task, rubric: Rubric, turns: AsyncExitStack
    ) -> tuple[Outcome, Claim | None]:
        """How the job ends, and the claim that ends with it; its turn is left to `turns`."""
        claim: Claim | None = None
        story: list[Attempt] = []
        judged: list[Judged] = []
        for number, candidate in enumerate(payload.plan.candidates[: self.settings.max_attempts], start=1):
            model = self.attempts.catalogue.get(candidate.model_id)
            key = await self.cache.key_of(
                task,
                engine=candidate.engine,
                model_id=candidate.model_id,
                model_version=model.version if model is not None else "",
            )
            async with AsyncExitStack() as stack:
                is_paid = candidate.price.high > 0
                turn = self.cache.turn(
                    run.claimed.owner,
                    key,
                    fresh=payload.request.fresh or self.attempts.is_under_way(run, candidate),
                    holder=run.id,
                    across=is_paid,
                )
                with run.waiting() if is_paid else nullcontext():  # for who does the same already
                    taken = await stack.enter_async_context(turn)
                record = await self.attempts.attempt(
                    run,
                    candidate,
                    task,
                    number=number,
                    known=taken.found,
                    may_cost=_left_of_cap(payload, story),
                )
                if record.unknown:
                    return Outcome(JobState.UNKNOWN, error=record.error), None
                if record.error is not None:
                    await self._note_failure(run, candidate, task, record)
                    story.append(_failed(candidate, record))
                    continue
                verdict, paid = await self._judge(run, payload, candidate, task, rubric, record, key)
                if verdict.state is not VerdictState.REJECTED:
                    claim = taken.claim
                    turns.push_async_exit(stack.pop_all())
            judged.append(Judged(candidate, record, verdict))
            story.append(_judged_attempt(candidate, record, verdict, paid))
            if verdict.state is not VerdictState.REJECTED:
                break
        return _outcome(judged, story), claim

    async def _note_failure(
        self, run: JobRun, candidate: Candidate, task: Task, record: AttemptRecord
    ) -> None:
        """Remember, once, that the model failed, so that routing learns it. Budgets say nothing of a model."""
        if record.error is None or record.error["category"] in ("budget", "interrupt"):
            return

        async def nothing() -> None: ...

        def also(connection: sa.Connection) -> None:
            _observe(connection, run, candidate, task, record, None, {FAILED: True})

        await run.step(f"noted:{candidate.model_id}", nothing, also=also)

    async def _judge(
        self,
        run: JobRun,
        payload: JobPayload,
        candidate: Candidate,
        task: Task,
        rubric: Rubric,
        record: AttemptRecord,
        cache_key: str,
    ) -> tuple[Verdict, MicroUsd]:
        """The verdict, and what a vision model was paid for it; both are remembered."""
        step = f"verdict:{candidate.model_id}"
        if (known := run.recorded(step)) is not None:
            return Verdict.model_validate(known["verdict"]), known["cost"]
        started = time.monotonic()
        verdict, paid = await self.judging.verdict(
            run.claimed.owner, run.id, task, rubric, record, stay_local=payload.request.stay_local
        )
        run.emit("verdict", **verdict.model_dump(mode="json", exclude={"rubric"}))
        if verdict.state is VerdictState.REJECTED:
            run.emit("left", model_id=candidate.model_id, outcome="below threshold", reason=verdict.reason)
        owner, kept = run.claimed.owner, record.model_dump(mode="json")

        def also(connection: sa.Connection) -> None:
            if record.cached:
                return
            accepted = None if verdict.state is VerdictState.NOT_JUDGED else verdict.accepted
            _observe(connection, run, candidate, task, record, accepted, {"score": verdict.score})
            if verdict.accepted:
                self.cache.put(connection, owner, cache_key, kept)

        told = {"verdict": verdict.model_dump(mode="json"), "cost": paid}
        took = time.monotonic() - started
        asked_nobody = not self.settings.judge_model
        if asked_nobody and verdict.state is not VerdictState.REJECTED and not self.cache.is_shared:
            run.record_soon(step, told, seconds=took, also=also)  # with the end of the job
            return verdict, paid
        await run.record(step, told, seconds=took, also=also)
        if verdict.accepted and not record.cached:
            await self.cache.share(owner, cache_key, kept)
        return verdict, paid


def _end(connection: sa.Connection, *, claimed: Claimed, outcome: Outcome, claim: Claim | None) -> None:
    observe_end(connection, claimed=claimed, outcome=outcome)
    if claim is not None:
        claim.end(connection)


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


def _left_of_cap(payload: JobPayload, story: list[Attempt]) -> MicroUsd | None:
    """What is left of the most that the user wants to pay for this job."""
    if payload.request.max_cost is None:
        return None
    return max(0, payload.request.max_cost - sum(attempt.cost for attempt in story))


def _failed(candidate: Candidate, record: AttemptRecord) -> Attempt:
    assert record.error is not None
    return Attempt(
        model_id=candidate.model_id,
        outcome=failure_outcome(record.error),
        reason=record.error["message"],
        code=record.error.get("code", ""),
        seconds=record.seconds,
        cost=record.cost,
    )


def _judged_attempt(candidate: Candidate, record: AttemptRecord, verdict: Verdict, paid: MicroUsd) -> Attempt:
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
    )


def _outcome(judged: list[Judged], story: list[Attempt]) -> Outcome:
    """The accepted (or unjudged) result, which is the last one; else the best one below the threshold, labelled
    as such; else the last failure."""
    cost = sum(attempt.cost for attempt in story)
    seconds = sum(attempt.seconds for attempt in story)
    if not judged:
        error = ComputeError(
            "No candidate of the plan gave a result: "
            + "; ".join(f"{attempt.model_id}: {attempt.reason}" for attempt in story),
            money=Money.CHARGED if cost else Money.NOTHING_SPENT,
            attempts=[attempt.model_dump(mode="json") for attempt in story],
        )
        return Outcome(JobState.FAILED, error=error.as_dict())
    passed = judged[-1].verdict.state is not VerdictState.REJECTED
    best = judged[-1] if passed else max(judged, key=lambda item: item.verdict.score or 0.0)
    result = JobResult(
        outputs=best.record.outputs,
        model_id=best.candidate.model_id,
        verdict=best.verdict,
        cost=cost,
        seconds=seconds,
        attempts=tuple(story),
        report=best.record.report,
        cached=best.record.cached,
    )
    state = JobState.SUCCEEDED if passed else JobState.REJECTED
    return Outcome(state, result=result.model_dump(mode="json"))
