"""What the given pictures say of a request beside its sentence: which of them the work would leave unused."""

from collections.abc import Sequence
from typing import Final

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.errors import BottegaError
from bottega.planning.options import checked_options
from bottega.workflows.protocol import Workflow
from bottega.workflows.registry import workflow_for

SURE: Final = 0.8
"""At this confidence the sentence alone decides."""


def unused(task: Task, inputs: Sequence[TaskInput]) -> tuple[TaskInput, ...]:
    """Of what was given, what the task does not work with."""
    used = {item.asset_id for item in task.inputs}
    return tuple(item for item in inputs if item.asset_id not in used)


def unused_note(task: Task, inputs: Sequence[TaskInput]) -> tuple[str, ...]:
    """For people; empty where everything is used."""
    roles = dict.fromkeys(str(item.role) for item in unused(task, inputs))
    if not roles:
        return ()
    return (
        f"Given and not used: {', '.join(roles)}. If that is wrong, say more of what is wanted, or name the workflow.",
    )


def weighed(
    intent: Intent, request: Request, inputs: Sequence[TaskInput], workflows: dict[str, Workflow]
) -> Intent:
    """The runner-up instead of an unsure first choice, where only the runner-up works with every given picture; else
    the intent as it is. The confidence is then the runner-up's share of what is left without the first choice."""
    other = intent.runner_up
    if other is None or intent.confidence >= SURE or not inputs:
        return intent
    worn = other.workflow is WorkClass.REFERENCE_STYLING and any(item.role is Role.GARMENT for item in inputs)
    second = intent.model_copy(
        update={
            "workflow": other.workflow,
            "subkind": "virtual_tryon" if worn else None,
            "confidence": min(1.0, other.confidence / (1 - intent.confidence)),
            "reasoning": f"{intent.reasoning} The given pictures decided: {_words(intent.workflow)} would not use all of them.",
            "runner_up": None,
        }
    )
    if _uses_all(intent, request, inputs, workflows) or not _uses_all(second, request, inputs, workflows):
        return intent
    return second


def _uses_all(
    intent: Intent, request: Request, inputs: Sequence[TaskInput], workflows: dict[str, Workflow]
) -> bool:
    """Whether the work would use everything; False where it refuses what is given."""
    try:
        workflow = workflow_for(workflows, intent)
        options = checked_options(workflow, {**workflow.read_options(request.prompt), **request.options})
        return not unused(workflow.prepare(request, intent, options, tuple(inputs)), inputs)
    except BottegaError:
        return False  # the chosen work says so itself when it is planned


def _words(workflow: WorkClass) -> str:
    return str(workflow).replace("_", " ")
