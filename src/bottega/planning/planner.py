"""Decides everything about a request, in the order of its way: mentions, policy, intent, workflow, task, candidates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bottega.analytics import Analytics
from bottega.analytics.experiment_store import Changes
from bottega.domain.base import Value
from bottega.domain.experiment import ExperimentTag
from bottega.domain.intent import Intent
from bottega.domain.plan import Constraints, Plan
from bottega.domain.principal import Principal
from bottega.domain.request import Request
from bottega.domain.task import Task, TaskInput
from bottega.engines.protocol import Engine
from bottega.errors import BudgetExceeded, InvalidOption, MissingInput, NoCandidate, WorkflowUnknown
from bottega.models import Catalogue
from bottega.planning.context import clips_named_as_such, context_of
from bottega.planning.experiments import (
    NO_CHANGES,
    Experiments,
    Part,
    part_everywhere,
    part_in,
    with_first,
)
from bottega.planning.first_steps import (
    expected_input,
    joined,
    less,
    looks_note,
    model_of,
    nobody_makes_it,
    steps_note,
    too_dear,
)
from bottega.planning.gate import PolicyGate
from bottega.planning.given import unused_note, weighed
from bottega.planning.options import checked_options
from bottega.planning.ordered import ordered, undone_note
from bottega.planning.reading import Reader
from bottega.quality.looks import looks_at
from bottega.references import (
    Reference,
    ReferenceBook,
    Resolved,
    WebSearch,
    why_no_web_search,
    with_person_to_work_on,
)
from bottega.resilience import Breakers
from bottega.routing import Learning, make_plan
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.store.assets import AssetStore
from bottega.workflows.protocol import FirstStep, MakesItsInput, Options, Workflow
from bottega.workflows.registry import find_workflow, workflow_for
from bottega.workflows.tasks import load_inputs

log = structlog.get_logger(__name__)


class Planned(Value):
    """A request and what was decided about it; nothing is stored or run yet.

    The pictures that the sentence mentions are among the request's inputs; `references` are what they were saved as.
    `experiment`: the arm under which it was planned.
    `notes` are for people.
    """

    request: Request
    intent: Intent
    plan: Plan
    experiment: ExperimentTag | None = None
    references: tuple[Reference, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Understood:
    """A request with its meaning settled. `read`: what its sentence says of the workflow's options."""

    request: Request
    intent: Intent
    workflow: Workflow
    inputs: tuple[TaskInput, ...]
    read: dict[str, Any]
    who: Principal


@dataclass(frozen=True, slots=True)
class _Work:
    """One step of a plan: what routing finds candidates for."""

    task: Task
    options: Options
    options_read: tuple[str, ...]
    model: str | None


@dataclass(slots=True)
class Planner:
    settings: Settings
    catalogue: Catalogue
    engines: dict[str, Engine]
    workflows: dict[str, Workflow]
    store: AssetStore
    references: ReferenceBook
    reader: Reader
    gate: PolicyGate
    ledger: Ledger
    analytics: Analytics
    experiments: Experiments
    breakers: Breakers
    web_search: WebSearch | None

    async def plan(self, request: Request, who: Principal, *, intent: Intent | None = None) -> Planned:
        """`intent` is what its sentence was taken for already. Raises UnknownMention, PolicyRefused, WorkflowUnknown,
        MissingInput, InvalidOption, NoCandidate or BudgetExceeded, each saying what to do."""
        return await self.plan_resolved(await self.references.resolve(request, who.owner), who, intent)

    async def plan_resolved(
        self, resolved: Resolved, who: Principal, intent: Intent | None = None
    ) -> Planned:
        """The plan of a request whose mentions are among its inputs."""
        request = resolved.request
        inputs = await load_inputs(self.store, request, who.owner)
        request, inputs = clips_named_as_such(request, inputs)
        await self.gate.check(request, inputs, who)
        running = await self.experiments.running()
        free = intent is None and self._is_free_to_read(request, who)
        part = part_everywhere(running, request, who.owner, free_to_read=free)
        intent = await self._intent(request, intent, who, part.changes.classifier if part else None)
        order = ordered(weighed(intent, request, inputs, self.workflows), request, inputs, self.workflows)
        intent = order.intent
        if intent.out_of_scope:
            raise WorkflowUnknown(
                "This does not read like work on pictures or clips.",
                hint="Say what the picture should become, or name the workflow.",
            )
        workflow = (
            find_workflow(self.workflows, request.workflow)
            if request.workflow is not None
            else workflow_for(self.workflows, intent)
        )
        served = with_person_to_work_on(
            Resolved(request=request, references=resolved.references),
            {spec.role: spec.minimum for spec in workflow.inputs},
        )
        if served != request:
            request, inputs = served, await load_inputs(self.store, served, who.owner)
        read = {**workflow.read_options(request.prompt), **order.options}
        part = part or part_in(running, request, who.owner, workflow=workflow.name, options_read=read)
        understood = _Understood(request, intent, workflow, inputs, read, who)
        plan, task, tag = await self._in_experiment(part, understood)
        return Planned(
            request=request,
            intent=intent,
            plan=plan,
            experiment=tag,
            references=resolved.references,
            notes=(
                *self.notes_on(intent),
                *unused_note(task, inputs),
                *undone_note(request, workflow, read, self.workflows),
                *steps_note(plan),
                *looks_note(plan),
            ),
        )

    def notes_on(self, intent: Intent) -> tuple[str, ...]:
        """What people should know of an intent beside the plan."""
        if not intent.requires_web_search:
            return ()
        wanted = f"Public pictures of “{intent.web_search_query}” would help."
        if self.web_search is not None:
            return (f"{wanted} They can be searched for, and one of them given as a reference.",)
        reason, hint = why_no_web_search(self.settings)
        return (f"{wanted} They are not searched for: {reason}. {hint} The work goes on without them.",)

    def _is_free_to_read(self, request: Request, who: Principal) -> bool:
        """Whether neither the user nor a switch decides who reads the sentence."""
        return (
            request.workflow is None
            and not request.stay_local
            and self.reader.classifier_for(who.owner) is None
        )

    async def _intent(
        self, request: Request, known: Intent | None, who: Principal, classifier: str | None
    ) -> Intent:
        if request.workflow is not None:
            workflow = find_workflow(self.workflows, request.workflow)
            subkind = workflow.name.partition("/")[2] or None
            return Intent(
                workflow=workflow.work_class,
                subkind=subkind,
                confidence=1.0,
                reasoning="You named the workflow.",
                classifier="user",
            )
        intent = known or await self.reader.read(
            request.prompt,
            context_of(request),
            owner=who.owner,
            classifier=classifier,
            stay_local=request.stay_local,
        )
        if intent.needs_clarification is not None and not intent.out_of_scope:
            raise MissingInput(intent.needs_clarification, hint="Give the picture or clip that is meant.")
        return intent

    async def _in_experiment(
        self, part: Part | None, understood: "_Understood"
    ) -> tuple[Plan, Task, ExperimentTag | None]:
        """The plan as the request's arm changes it; where that cannot be done, as without the experiment."""
        if part is not None:
            try:
                plan, task = await self._candidates(understood, part.changes)
                return with_first(plan, part), task, part.tag
            except (InvalidOption, NoCandidate, BudgetExceeded) as error:
                log.info("experiment.left", **part.tag.model_dump(), error=error.message)
        return *await self._candidates(understood, NO_CHANGES), None

    async def _candidates(self, understood: "_Understood", changes: Changes) -> tuple[Plan, Task]:
        request, workflow, inputs = understood.request, understood.workflow, understood.inputs
        options = checked_options(workflow, {**changes.options, **understood.read, **request.options})
        step = workflow.first(request, options, inputs) if isinstance(workflow, MakesItsInput) else None
        given = inputs if step is None else (*inputs, expected_input(step))
        task = workflow.prepare(request, understood.intent, options, given)
        constraints = await self._constraints(request, workflow, inputs, understood.who)
        work = _Work(task, options, tuple(sorted(set(understood.read) - set(request.options))), request.model)
        if step is None:
            return self._routed(request, work, constraints, changes), task
        return await self._in_two_steps(understood, step, work, constraints, changes), task

    async def _in_two_steps(
        self,
        understood: "_Understood",
        step: FirstStep,
        work: "_Work",
        constraints: Constraints,
        changes: Changes,
    ) -> Plan:
        """The plan of the work with that of the step before it. Each is planned with the money that the other leaves."""
        request = understood.request
        first = find_workflow(self.workflows, step.workflow)
        asked = request.model_copy(update={"prompt": step.prompt, "inputs": ()})
        options = checked_options(first, step.options)
        task = first.prepare(asked, understood.intent, options, ())
        model = model_of(request.model, task, self.catalogue)
        if model is not None:
            work = replace(work, model=None)
        plan = self._routed(request, work, constraints, changes)
        own = await self._constraints(asked, first, (), understood.who)
        try:
            before = self._routed(asked, _Work(task, options, (), model), less(own, plan.least), changes)
        except NoCandidate as error:
            raise nobody_makes_it(step, error) from error
        except BudgetExceeded as error:
            raise too_dear(step, error) from error
        return joined(before, plan, step, constraints)

    def _routed(self, request: Request, work: "_Work", constraints: Constraints, changes: Changes) -> Plan:
        learning = self.settings.learning if changes.learning is None else changes.learning
        local = frozenset(name for name, engine in self.engines.items() if engine.local)
        try:
            plan = make_plan(
                work.task,
                self.catalogue,
                constraints,
                changes.preference or request.preference,
                engines=frozenset(self.engines),
                local_engines=local,
                options=work.options.model_dump(mode="json"),
                options_read=work.options_read,
                model=work.model,
                learn=Learning.for_request(request, constraints.observations, enabled=learning),
                attempts=self.settings.max_attempts,
            )
        except NoCandidate as error:
            if not error.details.get("ruled_out"):  # nobody knows this work: say which engine to set up
                error.hint = self._setup_hints() or error.hint
            raise
        looks = looks_at(
            work.task, self.settings, self.catalogue, stay_local=request.stay_local, local_engines=local
        )
        return plan if looks is None else plan.model_copy(update={"looks": looks})

    def _setup_hints(self) -> str:
        """What to configure so that the engines that cannot be used now can be."""
        hints = (engine.availability().hint for engine in self.engines.values())
        return " ".join(hint for hint in hints if hint)

    async def _constraints(
        self, request: Request, workflow: Workflow, inputs: Sequence[TaskInput], who: Principal
    ) -> Constraints:
        unavailable: dict[str, tuple[str, str]] = {}
        for name, engine in self.engines.items():
            availability = engine.availability()
            if not availability.usable:
                unavailable[name] = (availability.reason, availability.hint)
        return Constraints(
            budget_left=await self.ledger.budget_left(who.owner),
            max_cost=request.max_cost,
            stay_local=request.stay_local,
            megapixels=sum(item.media.megapixels for item in inputs),
            unavailable=unavailable,
            resting={
                state.model: (f"failed lately ({state.reason})", "It is tried again in a while by itself.")
                for state in await self.breakers.states()
                if state.state == "open"
            },
            restricted_licences=self.settings.restricted_licences,
            observations=await self.analytics.observations(workflow.name),
        )
