"""Where a job is in its plan: at one of its steps, with names of its own for all that is remembered and told of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bottega.domain.money import MicroUsd
from bottega.domain.plan import Candidate, Plan
from bottega.domain.request import InputRef, Role
from bottega.jobs.records import JobPayload
from bottega.jobs.run import JobRun


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a job's plan. `decided` is the job's request and plan as this step sees them; `number` counts the steps
    from 1; `reserve` is what must be left for the later ones, in micro-dollars."""

    decided: JobPayload
    number: int = 1
    of: int = 1
    reserve: MicroUsd = 0

    @property
    def plan(self) -> Plan:
        return self.decided.plan

    @property
    def is_last(self) -> bool:
        return self.number == self.of

    @property
    def workflow(self) -> str:
        """For what is told; empty in a plan of one step."""
        return self.plan.workflow if self.of > 1 else ""

    @property
    def told(self) -> dict[str, Any]:
        """What events of this step say beside their own; nothing in a plan of one step."""
        return {"stage": self.number, "stages": self.of} if self.of > 1 else {}

    def key(self, name: str) -> str:
        """The name of something remembered. The last step's have no prefix: they are those of a plan without others."""
        return "before:" * (self.of - self.number) + name

    def attempt(self, candidate: Candidate) -> str:
        return self.key(f"attempt:{candidate.model_id}")

    def label(self, label: str) -> str:
        """What an output is for people: that of a step before says what it is for."""
        role = self.plan.role
        return label if self.is_last or role is None else f"{label} (made first, role {role})"

    def progress(self, run: JobRun) -> Callable[[float, str], None]:
        """As `JobRun.progress`; each step has an equal share of the whole."""
        if self.of == 1:
            return run.progress

        def tell(fraction: float, message: str) -> None:
            whole = (self.number - 1 + min(max(fraction, 0.0), 1.0)) / self.of
            run.progress(whole, f"Step {self.number} of {self.of}: {message}")

        return tell

    def working_on(self, asset_id: str, before: "Stage") -> "Stage":
        """With what the step before made among the inputs, in the role that its plan says."""
        request = self.decided.request
        made = InputRef(role=before.plan.role or Role.WORKING, asset_id=asset_id)
        asked = request.model_copy(update={"inputs": (*request.inputs, made)})
        return replace(self, decided=self.decided.model_copy(update={"request": asked}))


def stages_of(payload: JobPayload) -> tuple[Stage, ...]:
    """The steps of a job's plan, in the order of the work."""
    plans = payload.plan.steps
    return tuple(
        Stage(
            decided=payload if plan is payload.plan else _asked_for(plan, payload),
            number=number,
            of=len(plans),
            reserve=sum(later.cheapest for later in plans[number:]),
        )
        for number, plan in enumerate(plans, start=1)
    )


def _asked_for(plan: Plan, payload: JobPayload) -> JobPayload:
    request = payload.request.model_copy(update={"prompt": plan.prompt, "inputs": ()})
    return payload.model_copy(update={"request": request, "plan": plan})
