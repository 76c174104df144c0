"""Workflows: what can be asked for, with which options, and whether it can be done now."""

from fastapi import APIRouter

from bottega.api.availability import availability, options_schema
from bottega.api.schemas import WorkflowAnswer, WorkflowList
from bottega.api.security import Shop, Who
from bottega.app import Bottega
from bottega.engines.protocol import Availability
from bottega.errors import NotFound
from bottega.workflows.protocol import Workflow

router = APIRouter(tags=["workflows"])


@router.get("/workflows")
def list_workflows(shop: Shop, _: Who) -> WorkflowList:
    """Every kind of work, with the JSON schema of its options."""
    engines = _engines(shop)
    return WorkflowList(workflows=tuple(_answer(shop, each, engines) for each in shop.workflows.values()))


@router.get("/workflows/{name:path}")
def get_workflow(name: str, shop: Shop, _: Who) -> WorkflowAnswer:
    if name not in shop.workflows:
        raise NotFound(
            f"There is no workflow {name[:80]!r}.", hint=f"There are: {', '.join(sorted(shop.workflows))}."
        )
    return _answer(shop, shop.workflows[name], _engines(shop))


def _engines(shop: Bottega) -> dict[str, Availability]:
    return {name: engine.availability() for name, engine in shop.engines.items()}


def _answer(shop: Bottega, workflow: Workflow, engines: dict[str, Availability]) -> WorkflowAnswer:
    state = availability(shop, workflow, engines)
    return WorkflowAnswer(
        name=workflow.name,
        title=workflow.title,
        summary=workflow.summary,
        examples=workflow.examples,
        inputs=workflow.inputs,
        options=options_schema(workflow.options),
        available=state.usable,
        reason=state.reason,
        hint=state.hint,
    )
