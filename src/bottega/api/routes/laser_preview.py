"""A laser job before it is one: what would be burnt, the way of the head and the figures; and what can be lasered.

Computed with the very options of the job, so that its times and warnings are the job's; nothing is stored or charged.
"""

import base64
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field, ValidationError

from bottega.api.documents import takes
from bottega.api.schemas import Body, JsonObject
from bottega.api.security import Asker, Shop, Who
from bottega.api.uploads import invalid, read_json
from bottega.app import Bottega
from bottega.domain.base import Value
from bottega.domain.intent import Intent
from bottega.domain.principal import Principal
from bottega.domain.request import Request as WorkRequest
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.local.laser_look import look
from bottega.laser.materials import library
from bottega.workflows.laser import Laser, LaserOptions

router = APIRouter(prefix="/laser", tags=["laser"])


class PreviewBody(Body):
    """The options of the workflow `laser`, and the asset to work on, where the process takes one. What `prompt` says is
    checked for materials that must never be lasered; it decides nothing."""

    prompt: str = Field(default="", max_length=2000)
    asset_id: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    options: JsonObject = Field(default_factory=dict[str, Any])


class LaserPreview(Value):
    """`preview_png` is the burnt material (a box's first sheet), in base64, 900 pixels at most. `report` is the job's, with
    `readiness`. `toolpath` has what `toolpath.json` of the job has: points in mm on the sheet, y down."""

    preview_png: str
    report: dict[str, Any]
    toolpath: dict[str, Any]


class MachineChoice(Value):
    id: str
    title: str


class MaterialChoice(Value):
    """`machines` by what they can do with it; `cautions` by machine are why one cannot."""

    id: str
    title: str
    caution: str
    engrave: tuple[str, ...]
    score: tuple[str, ...]
    cut: tuple[str, ...]
    not_with: dict[str, str]


class LaserChoices(Value):
    machines: tuple[MachineChoice, ...]
    materials: tuple[MaterialChoice, ...]


@router.get("/materials")
def list_laser_materials(_: Who) -> LaserChoices:
    """Machines and materials with starting points of power and speed, and which machine can do what with which."""
    known = library()
    return LaserChoices(
        machines=tuple(MachineChoice(id=each.id, title=each.title) for each in known.machine),
        materials=tuple(
            MaterialChoice(
                id=each.id,
                title=each.title,
                caution=each.caution,
                engrave=tuple(each.presets),
                score=tuple(each.score),
                cut=tuple(each.cut),
                not_with=each.not_with,
            )
            for each in known.material
        ),
    )


@router.post("/preview", openapi_extra=takes(json=PreviewBody))
async def preview_laser_job(request: Request, shop: Shop, who: Asker) -> LaserPreview:
    """What the job would burn, and how long it would take. Refused as the job would be, before anything is computed."""
    body = await read_json(request, PreviewBody)
    task = await _task(body, shop, who)
    picture, report, way = await shop.compute.call(look, task)
    return LaserPreview(preview_png=base64.b64encode(picture).decode("ascii"), report=report, toolpath=way)


async def _task(body: PreviewBody, shop: Bottega, who: Principal) -> Task:
    """Raises what the workflow's `prepare` raises, NotFound for somebody else's asset."""
    try:
        options = LaserOptions.model_validate(body.options)
    except ValidationError as error:
        raise invalid(error) from None
    inputs: tuple[TaskInput, ...] = ()
    if body.asset_id is not None:
        asset = await shop.asset(body.asset_id, who)
        path = shop.asset_path(asset)
        inputs = (TaskInput(role=Role.WORKING, asset_id=asset.id, path=path, media=asset.media),)
    intent = Intent(workflow=Laser.work_class, confidence=1.0, reasoning="", classifier="user")
    return Laser().prepare(WorkRequest(prompt=body.prompt), intent, options, inputs)
