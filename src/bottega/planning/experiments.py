"""Who takes part in which experiment, and what their arm changes about a plan.

What a user chooses always counts: a request that says itself what one of the arms would change takes no part, whichever
arm it would be in, so that the arms stay alike. `balanced` is what a request says that leaves the preference open.
"""

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import NamedTuple

from bottega.analytics.experiment_store import Arm, Changes, ExperimentStore, StoredExperiment, Unit
from bottega.domain.experiment import ExperimentTag
from bottega.domain.plan import Plan
from bottega.domain.request import Preference, Request
from bottega.errors import InputError
from bottega.intent.embedded import EmbeddedClassifier
from bottega.intent.llm_classifier import LlmClassifier
from bottega.intent.rule_classifier import RuleClassifier
from bottega.models import Catalogue
from bottega.planning.options import checked_options
from bottega.planning.reading import Reader
from bottega.store.database import Database
from bottega.workflows.protocol import Workflow
from bottega.workflows.registry import find_workflow

NO_CHANGES = Changes()


class Part(NamedTuple):
    """The part of one request in one experiment."""

    tag: ExperimentTag
    changes: Changes


class Experiments(ExperimentStore):
    """The experiments of this installation; what an arm changes is checked before one begins."""

    def __init__(
        self, database: Database, workflows: dict[str, Workflow], catalogue: Catalogue, reader: Reader
    ) -> None:
        super().__init__(database)
        self._workflows = workflows
        self._catalogue = catalogue
        self._reader = reader

    async def start(self, wanted: StoredExperiment) -> StoredExperiment:
        """Begin an experiment. Raises WorkflowUnknown, InputError for what an arm cannot change, and what
        `ExperimentStore.start` raises."""
        workflow = None if wanted.workflow is None else find_workflow(self._workflows, wanted.workflow)
        for arm in wanted.arms:
            self._check(arm, workflow)
        return await super().start(wanted)

    def _check(self, arm: Arm, workflow: Workflow | None) -> None:
        changes = arm.changes
        if workflow is None and (changes.options or changes.model is not None):
            raise InputError(
                f"The arm {arm.name} changes options or the model of no workflow in particular.",
                hint="Name the workflow of the experiment.",
                field="workflow",
            )
        if workflow is not None and changes.classifier is not None:
            raise InputError(
                f"The arm {arm.name} changes the classifier, which decides the workflow.",
                hint="Leave the workflow of the experiment out.",
                field="classifier",
            )
        if workflow is not None:
            checked_options(workflow, changes.options)
        if changes.model is not None and self._catalogue.get(changes.model) is None:
            raise InputError(f"The catalogue has no model {changes.model!r}.", field="model")
        known = self._classifiers()
        if changes.classifier is not None and changes.classifier not in known:
            raise InputError(
                f"There is no classifier {changes.classifier!r} here.",
                hint=f"There are: {', '.join(known)}.",
                field="classifier",
            )

    def _classifiers(self) -> tuple[str, ...]:
        local = (RuleClassifier.name, EmbeddedClassifier.name)
        return (*local, LlmClassifier.name) if self._reader.recorder.asks_language_model else local


def part_everywhere(
    running: Iterable[StoredExperiment], request: Request, owner: str, *, free_to_read: bool
) -> Part | None:
    """The part in an experiment on all workflows. `free_to_read`: nothing decides yet who reads the sentence."""
    return _part((each for each in running if each.workflow is None), request, owner, (), free_to_read)


def part_in(
    running: Iterable[StoredExperiment],
    request: Request,
    owner: str,
    *,
    workflow: str,
    options_read: Collection[str],
) -> Part | None:
    """The part in an experiment on one workflow; `options_read` are the options that the sentence gives."""
    return _part(
        (each for each in running if each.workflow == workflow), request, owner, options_read, free=False
    )


def _part(
    running: Iterable[StoredExperiment], request: Request, owner: str, read: Collection[str], free: bool
) -> Part | None:
    experiment = next(iter(running), None)  # of those on one workflow, one runs at a time
    if experiment is None or _chose({*request.options, *read}, request, experiment, free):
        return None
    arm = experiment.arm_of(owner if experiment.unit is Unit.USER else _fingerprint(request, owner))
    return Part(experiment.tag(arm), arm.changes)


def _chose(options: set[str], request: Request, experiment: StoredExperiment, free: bool) -> bool:
    """Whether something that an arm changes is decided otherwise."""
    return any(
        (changes.preference is not None and request.preference is not Preference.BALANCED)
        or (changes.model is not None and request.model is not None)
        or (changes.classifier is not None and not free)
        or not options.isdisjoint(changes.options)
        for changes in (arm.changes for arm in experiment.arms)
    )


def _fingerprint(request: Request, owner: str) -> str:
    """The same for a request that is looked at first and submitted then: roles and options may be filled in by that."""
    assets = sorted({ref.asset_id for ref in request.inputs})
    return sha256("\0".join((owner, request.prompt, *assets)).encode()).hexdigest()


def with_first(plan: Plan, part: Part | None) -> Plan:
    """The plan with the arm's model in front, where it is a candidate; who was ruled out stays so."""
    wanted = part.changes.model if part is not None else None
    chosen = next((each for each in plan.candidates if each.model_id == wanted), None)
    if part is None or chosen is None:
        return plan
    reasons = (f"tried first in the experiment {part.tag.experiment}", *chosen.reasons)
    others = tuple(each for each in plan.candidates if each is not chosen)
    return plan.model_copy(update={"candidates": (chosen.model_copy(update={"reasons": reasons}), *others)})
