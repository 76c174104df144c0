"""From a stored request to the task for the engines."""

from typing import Protocol

from bottega.domain.intent import Intent
from bottega.domain.plan import Plan
from bottega.domain.request import Request
from bottega.domain.task import Task, TaskInput
from bottega.store.assets import AssetStore
from bottega.workflows.protocol import NamesPictures, Workflow


class Decided(Protocol):
    """A request with what was decided about it."""

    @property
    def request(self) -> Request: ...
    @property
    def intent(self) -> Intent: ...
    @property
    def plan(self) -> Plan: ...


async def load_inputs(assets: AssetStore, request: Request, owner: str) -> tuple[TaskInput, ...]:
    """The owner's files behind the request's inputs. Raises NotFound."""
    found = await assets.get_many([ref.asset_id for ref in request.inputs], owner)
    return tuple(
        TaskInput(role=ref.role, asset_id=asset.id, path=assets.path_of(asset.id), media=asset.media)
        for ref, asset in zip(request.inputs, found, strict=True)
    )


async def prepare_task(assets: AssetStore, workflow: Workflow, decided: Decided, owner: str) -> Task:
    """The task as it was planned. Raises NotFound, MissingInput, InvalidOption."""
    inputs = await load_inputs(assets, decided.request, owner)
    options = workflow.options.model_validate(decided.plan.options)
    task = workflow.prepare(decided.request, decided.intent, options, inputs)
    if not isinstance(workflow, NamesPictures) or not (named := workflow.pictures_of(options)):
        return task
    there = await assets.get_there(named, owner)
    return task.model_copy(update={"files": {asset.id: assets.path_of(asset.id) for asset in there}})
