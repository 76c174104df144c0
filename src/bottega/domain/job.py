"""One durable execution of a plan, its steps and the events that tell of it."""

from enum import StrEnum
from typing import Any, Optional

from pydantic import Field

from bottega.domain.asset import Asset
from bottega.domain.base import Value
from bottega.domain.experiment import ExperimentTag
from bottega.domain.intent import Intent
from bottega.domain.money import MicroUsd
from bottega.domain.plan import Plan
from bottega.domain.request import Request
from bottega.domain.verdict import Verdict


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    """Finished and accepted."""
    REJECTED = "rejected"
    """Finished; no result met the workflow's rubric. The best one is kept and labelled."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    QUARANTINED = "quarantined"
    UNKNOWN = "unknown"
    """A paid call's answer was lost; its money is on hold until the provider has been asked."""

    @property
    def is_final(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


class Attempt(Value):
    """One candidate that was tried, and why it was left if it was."""

    model_id: str
    outcome: str
    """`accepted`, `below threshold`, `failed`, `not judged`, `over budget`."""
    reason: str = ""
    code: str = ""
    """Of the error that it ended in."""
    seconds: float = 0.0
    cost: MicroUsd = 0
    cached: bool = False
    verdict: Verdict | None = None
    workflow: str = ""
    """That of its step, in a plan of several."""


class JobResult(Value):
    """`outputs` are asset ids, the judged one first.

    In a plan of several steps `outputs`, `cost`, `seconds` and `attempts` are those of all of them, what the last
    step made first; `before` is the result of the step before by itself. `cached`: nothing had to be made anew.
    """

    outputs: tuple[str, ...]
    model_id: str
    verdict: Verdict
    cost: MicroUsd = 0
    seconds: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    report: dict[str, Any] = Field(default_factory=dict[str, Any])
    cached: bool = False
    before: Optional["JobResult"] = None


class Job(Value):
    """Times are seconds since the Unix epoch, UTC."""

    id: str
    owner: str
    state: JobState
    request: Request
    intent: Intent
    plan: Plan
    experiment: ExperimentTag | None = None
    """The experiment that it takes part in."""
    result: JobResult | None = None
    error: dict[str, Any] | None = None
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None
    cancel_requested: bool = False
    crashes: int = 0


class Event(Value):
    """One line of a job's story. `seq` counts from 1 within the job, without gaps."""

    job_id: str
    seq: int
    kind: str
    data: dict[str, Any]
    at: float


class FinishedJob(Value):
    """A job with the assets it made: what `Bottega.run` returns."""

    job: Job
    assets: tuple[Asset, ...] = ()
