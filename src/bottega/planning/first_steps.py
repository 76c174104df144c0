"""A plan of two steps: what another workflow makes first, because it was not given, and what is left for the rest.

Candidates are routing's; here is what the steps have to do with each other: the expected input, the money, the words.
"""

from pathlib import Path

from bottega.domain.money import MicroUsd, format_usd
from bottega.domain.plan import Constraints, Plan, RuledOut
from bottega.domain.task import Task, TaskInput
from bottega.errors import BudgetExceeded, MissingInput, NoCandidate
from bottega.models import Catalogue
from bottega.workflows.protocol import FirstStep


def expected_input(step: FirstStep) -> TaskInput:
    """What the step will make, for a task that is prepared before it exists; there is no file."""
    return TaskInput(role=step.role, asset_id="", path=Path(), media=step.media)


def model_of(wanted: str | None, task: Task, catalogue: Catalogue) -> str | None:
    """The model that was asked for, where it knows this step's work."""
    known = catalogue.get(wanted) if wanted is not None else None
    return wanted if known is not None and task.operation in known.operations else None


def less(constraints: Constraints, reserve: MicroUsd) -> Constraints:
    """The same with so much money set aside."""
    if not reserve:
        return constraints
    left = {
        name: None if cap is None else max(0, cap - reserve)
        for name, cap in (("max_cost", constraints.max_cost), ("budget_left", constraints.budget_left))
    }
    return constraints.model_copy(update=left)


def joined(before: Plan, plan: Plan, step: FirstStep, constraints: Constraints) -> Plan:
    """Both as one plan. Candidates of `plan` that the cheapest of `before` leaves no money for are ruled out; the cheapest
    one stays, because `before` was planned with its price set aside."""
    first = before.model_copy(update={"prompt": step.prompt, "role": step.role})
    caps = [cap for cap in (constraints.max_cost, constraints.budget_left) if cap is not None]
    left = min(caps) - first.least if caps else None
    fit = tuple(one for one in plan.candidates if left is None or one.price.high <= max(left, 0))
    dear = tuple(
        RuledOut(
            model_id=one.model_id,
            engine=one.engine,
            reason=f"may cost {format_usd(one.price.high)}, which the step before it does not leave",
            hint="Raise the cap of this job or the budget.",
        )
        for one in plan.candidates
        if one not in fit
    )
    return plan.model_copy(update={"before": first, "candidates": fit, "ruled_out": (*plan.ruled_out, *dear)})


def nobody_makes_it(step: FirstStep, error: NoCandidate) -> MissingInput:
    """What to answer where the step cannot be made here: why, and what to do about it."""
    missing = step.missing
    return MissingInput(
        f"{missing.message} It cannot be made here: {error.message}",
        hint=f"Add one in the role {step.role}. To have one made: {error.hint}",
        **missing.details,
        ruled_out=error.details.get("ruled_out", []),
    )


def too_dear(step: FirstStep, error: BudgetExceeded) -> BudgetExceeded:
    """The money does not cover both steps; one's own picture would."""
    return BudgetExceeded(
        error.message,
        hint=f"{error.hint} A picture of your own in the role {step.role} costs nothing.",
        **error.details,
    )


def steps_note(plan: Plan) -> tuple[str, ...]:
    """What people should know of a plan of several steps; empty where it has one."""
    if plan.before is None:
        return ()
    told: list[str] = []
    for number, step in enumerate(plan.steps, start=1):
        where = f"your words go to {step.first.engine}" if step.first.leaves_machine else "on this machine"
        asked = f" of “{step.prompt}”" if step.prompt else ""
        told.append(
            f"{number}. {_words(step.workflow)}{asked} by {step.first.model_id} ({step.first.price}, {where})"
        )
    given = "No picture was given, so one is made first"
    return (f"{given}: {'; '.join(told)}. Together {plan.price}, in one job.",)


def looks_note(plan: Plan) -> tuple[str, ...]:
    """Who is shown the pictures beside the candidates, and for how much; empty where nobody is."""
    looks = [step.looks for step in plan.steps if step.looks is not None]
    if not looks:
        return ()
    what = "Each result" if not any(look.before.high for look in looks) else "Your pictures and each result"
    most = plan.price_of_looks(1).high
    paid = f"for at most {format_usd(most)}, which is part of the price" if most else "free"
    return (f"{what}: looked at by {looks[0].models[0]}, {paid}.",)


def _words(workflow: str) -> str:
    return workflow.replace("_", " ").replace("/", ", ")
