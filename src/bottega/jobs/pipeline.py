"""The way of a job: the steps of its plan one after the other, each working on what the one before made, inside one
budget; what they come to is the job's end. How a step is done is `trying`'s.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sqlalchemy as sa

from bottega.domain.job import Attempt, JobResult, JobState
from bottega.domain.money import MicroUsd
from bottega.domain.task import Task
from bottega.domain.verdict import Rubric
from bottega.errors import BottegaError, Money
from bottega.jobs.attempts import Attempts
from bottega.jobs.ended import observe_end
from bottega.jobs.judging import Judging
from bottega.jobs.no_result import no_result
from bottega.jobs.queue import Claimed
from bottega.jobs.records import JobPayload
from bottega.jobs.run import JobRun, Outcome
from bottega.jobs.stage import Stage, stages_of
from bottega.jobs.trying import Tried, Trying
from bottega.quality.looks import asks_before, is_tryon
from bottega.settings import Settings
from bottega.store.assets import AssetStore
from bottega.store.cache import ResultCache
from bottega.store.single_flight import Claim
from bottega.workflows.registry import Workflow, find_workflow
from bottega.workflows.tasks import prepare_task


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
        """How the job ends, and the claim that ends with it; its turn is left to `turns`. A step whose result is below
        the threshold is the last one: nothing is done, or paid, with what was not good enough."""
        stage, *others = stages_of(JobPayload.model_validate(run.claimed.payload))
        story: list[Attempt] = []
        tried, ended = await self._step(run, stage, None, story, turns)
        for following in others:
            if ended.state is not JobState.SUCCEEDED:
                break
            made = JobResult.model_validate(ended.result)
            stage = following.working_on(made.outputs[0], stage)
            tried, ended = await self._step(run, stage, made, story, turns)
        return ended, tried.claim

    async def _step(
        self,
        run: JobRun,
        stage: Stage,
        before: JobResult | None,
        story: list[Attempt],
        turns: AsyncExitStack,
    ) -> tuple[Tried, Outcome]:
        """One step, and how the job would end with it."""
        if stage.of > 1:
            run.emit("stage", workflow=stage.workflow, **stage.told)
        earlier = len(story)
        trying = Trying(self.settings, self.attempts, self.cache, self.judging)
        spent = before.cost if before is not None else 0
        try:
            task, rubric, asked = await self._prepare(run, stage, trying, spent)
        except BottegaError as error:
            return Tried(), _stopped(error, story, before)
        tried = await trying.candidates(run, stage, task, rubric, story, turns, spent=spent + asked)
        if tried.unknown is not None:
            return tried, Outcome(
                JobState.UNKNOWN, error=_told_with(tried.unknown, story, asked + _asked(before))
            )
        if not tried.judged:
            return tried, _stopped(no_result(story[earlier:]), story, before, asked)
        result = _result(tried, story[earlier:], before, asked)
        if not stage.is_last and not tried.passed:
            result = _left_there(result)
        state = JobState.SUCCEEDED if tried.passed else JobState.REJECTED
        return tried, Outcome(state, result=result.model_dump(mode="json"))

    async def _prepare(
        self, run: JobRun, stage: Stage, trying: Trying, spent: MicroUsd
    ) -> tuple[Task, Rubric, MicroUsd]:
        """The task, what its result must satisfy, and what a vision model was paid for a look at its pictures, within what
        `spent` leaves."""
        workflow = find_workflow(self.workflows, stage.plan.workflow)
        owner, stay_local = run.claimed.owner, stage.decided.request.stay_local
        task = await prepare_task(self.assets, workflow, stage.decided, owner)
        rubric = workflow.rubric(workflow.options.model_validate(stage.plan.options))
        if not is_tryon(task) and not asks_before(task):
            return task, rubric, 0
        left = await trying.left(run, stage, spent)
        # Looks are paid from what the cheapest candidate does not need.
        most = None if left is None else left - stage.plan.cheapest
        if is_tryon(task):
            check = partial(self.judging.check, owner, run.id, task, stay_local=stay_local, most=most)
            found = await run.step(stage.key("checked"), check)
            run.emit("checked", pictures=found["pictures"])
            return task, rubric, found["cost"]
        look = await run.step(stage.key("looked"), partial(self.judging.look, owner, run.id, task, most=most))
        seen = {**task.parameters, "seen": look["seen"]}
        return task.model_copy(update={"parameters": seen}), rubric, look["cost"]


def _end(connection: sa.Connection, *, claimed: Claimed, outcome: Outcome, claim: Claim | None) -> None:
    observe_end(connection, claimed=claimed, outcome=outcome)
    if claim is not None:
        claim.end(connection)


def _result(tried: Tried, attempts: list[Attempt], before: JobResult | None, asked: MicroUsd) -> JobResult:
    """The accepted (or unjudged) result; else the best one below the threshold, labelled as such. `asked` was paid before
    the attempts."""
    best = tried.best
    result = JobResult(
        outputs=best.record.outputs,
        model_id=best.candidate.model_id,
        verdict=best.verdict,
        cost=asked + sum(attempt.cost for attempt in attempts),
        seconds=sum(attempt.seconds for attempt in attempts),
        attempts=tuple(attempts),
        report=best.record.report,
        cached=best.record.cached,
    )
    if before is None:
        return result
    return result.model_copy(
        update={
            "outputs": tuple(dict.fromkeys((*result.outputs, *before.outputs))),
            "cost": before.cost + result.cost,
            "seconds": before.seconds + result.seconds,
            "attempts": (*before.attempts, *result.attempts),
            "cached": before.cached and result.cached,
            "before": before,
        }
    )


def _left_there(result: JobResult) -> JobResult:
    """What a step made that nothing more is done with."""
    warnings: list[Any] = list(result.report.get("warnings", ()))
    warnings.append("It was made for another step, which was not begun: this is below the threshold.")
    return result.model_copy(update={"report": {**result.report, "warnings": warnings}})


def _stopped(
    error: BottegaError, story: list[Attempt], before: JobResult | None, asked: MicroUsd = 0
) -> Outcome:
    """The job failed; what was made before is kept, and said to be. `asked` was paid before this step's attempts."""
    asked += error.details.get("asked", 0) + _asked(before)
    if asked or any(attempt.cost for attempt in story):
        error.money = Money.CHARGED
    if asked:
        error.details["asked"] = asked
    if story:
        error.details["attempts"] = [attempt.model_dump(mode="json") for attempt in story]
    if before is not None:
        error.details["outputs"] = list(before.outputs)
        kept = (
            f"What the step before made is kept ({', '.join(before.outputs)}): give it to go on from there."
        )
        error.hint = f"{error.hint} {kept}".strip()
    return Outcome(JobState.FAILED, error=error.as_dict())


def _asked(result: JobResult | None) -> MicroUsd:
    """What a vision model was paid before the attempts of the steps until here."""
    return 0 if result is None else result.cost - sum(attempt.cost for attempt in result.attempts)


def _told_with(error: dict[str, Any], story: list[Attempt], asked: MicroUsd) -> dict[str, Any]:
    """The error of a call whose answer was lost, with the attempts before it and what was paid before those."""
    told: dict[str, Any] = {"asked": asked} if asked else {}
    if story:
        told["attempts"] = [attempt.model_dump(mode="json") for attempt in story]
    return {**error, "details": {**error.get("details", {}), **told}} if told else error
