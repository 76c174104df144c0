"""Addresses under `/ai`: laser files from pictures, wordings for pictures that are to be lasered, and the usual jobs.

Thin over the same services as `/jobs`, `/plan` and `/models`; nothing here has a queue or a provider of its own.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from bottega.api.documents import takes
from bottega.api.routes.models import list_models
from bottega.api.schemas import Body, JobAnswer, JobList, ModelAnswer, Sentence, SubmitBody, SubmitForm
from bottega.api.security import Shop, Who, Worker
from bottega.api.submissions import read_submission
from bottega.api.uploads import read_json
from bottega.app import Bottega
from bottega.domain.base import Value
from bottega.domain.job import JobState
from bottega.domain.principal import Principal
from bottega.domain.request import Request as WorkRequest
from bottega.errors import InvalidOption
from bottega.intent.policy import check, parse_policy, refusal
from bottega.laser.prompts import (
    MAX_VARIATIONS,
    LaserPrompt,
    Style,
    Template,
    Validation,
    detect_style,
    enhance_prompt,
    prompt_variations,
    templates,
    validate_prompt,
)

router = APIRouter(prefix="/ai", tags=["laser"])
_PICTURES, _LASER = "image_generation", "laser"


class PromptBody(Body):
    """A wish. `style` is one of the templates; without, the words decide."""

    prompt: Sentence
    style: str | None = Field(default=None, max_length=40)


class VariationsBody(PromptBody):
    """The same `seed` gives the same variations."""

    count: int = Field(default=4, ge=1, le=MAX_VARIATIONS, strict=True)
    seed: int = Field(default=0, ge=0, lt=2**31, strict=True)


class TemplateList(Value):
    templates: tuple[Template, ...]


class PromptCheck(Validation):
    """`style` is what the words ask for. A wish that the content policy refuses is not allowed either."""

    style: Style


class VariationList(Value):
    variations: tuple[LaserPrompt, ...]


class Queue(Value):
    """Jobs of this installation by state, and how many this process is running."""

    jobs: dict[str, int]
    waiting: int
    running: int


class ModelList(Value):
    models: tuple[ModelAnswer, ...]


# --- wordings ------------------------------------------------------------------------------------------------


@router.get("/prompts/templates")
def list_prompt_templates(_: Who) -> TemplateList:
    """The six ways of asking for a picture that a laser can burn or cut."""
    return TemplateList(templates=templates())


@router.post("/prompts/enhance", openapi_extra=takes(json=PromptBody.model_json_schema()))
async def enhance_laser_prompt(request: Request, shop: Shop, _: Who) -> LaserPrompt:
    """The wish as an image model should be asked, so that its picture can be lasered. Nothing is made."""
    body = await read_json(request, PromptBody)
    _within_policy(body.prompt, shop)
    return enhance_prompt(body.prompt, style=body.style)


@router.post("/prompts/validate", openapi_extra=takes(json=PromptBody.model_json_schema()))
async def validate_laser_prompt(request: Request, shop: Shop, _: Who) -> PromptCheck:
    """Whether the wish may be made, and what about it a laser cannot show."""
    body = await read_json(request, PromptBody)
    found, style = validate_prompt(body.prompt), detect_style(body.prompt)
    answer = PromptCheck(**dict(found), style=style)
    findings = check(body.prompt, parse_policy(shop.settings.policy))
    if findings:
        refused = refusal(findings)
        return answer.model_copy(update={"allowed": False, "refusal": refused.message, "hint": refused.hint})
    return answer


@router.post("/prompts/variations", openapi_extra=takes(json=VariationsBody.model_json_schema()))
async def vary_laser_prompt(request: Request, shop: Shop, _: Who) -> VariationList:
    """Different wordings of one wish, each with a seed for the image model."""
    body = await read_json(request, VariationsBody)
    _within_policy(body.prompt, shop)
    found = prompt_variations(body.prompt, count=body.count, seed=body.seed, style=body.style)
    return VariationList(variations=found)


def _within_policy(prompt: str, shop: Bottega) -> None:
    """Raises PolicyRefused."""
    findings = check(prompt, parse_policy(shop.settings.policy))
    if findings:
        raise refusal(findings)


# --- work ----------------------------------------------------------------------------------------------------


@router.post("/optimize/laser", status_code=202, openapi_extra=takes(json=SubmitBody, form=SubmitForm))
async def optimize_for_laser(request: Request, response: Response, shop: Shop, who: Worker) -> JobAnswer:
    """A picture as a file for a laser: what `POST /jobs` does for the workflow `laser`."""
    wanted = await read_submission(request, shop, who)
    return await _submitted(_as_workflow(wanted, _LASER), response, shop, who)


@router.post("/generate", status_code=202, openapi_extra=takes(json=SubmitBody, form=SubmitForm))
async def generate_picture(
    request: Request,
    response: Response,
    shop: Shop,
    who: Worker,
    laser_style: Annotated[
        str | None,
        Query(max_length=40, description="Word the sentence for a laser: a template's id, or `auto`."),
    ] = None,
) -> JobAnswer:
    """Make a picture: what `POST /jobs` does for the workflow `image_generation`."""
    wanted = _as_workflow(await read_submission(request, shop, who), _PICTURES)
    return await _submitted(_worded(wanted, laser_style), response, shop, who)


@router.post("/cloud/generate", status_code=202, openapi_extra=takes(json=SubmitBody, form=SubmitForm))
async def generate_in_cloud(
    request: Request,
    response: Response,
    shop: Shop,
    who: Worker,
    laser_style: Annotated[
        str | None,
        Query(max_length=40, description="Word the sentence for a laser: a template's id, or `auto`."),
    ] = None,
) -> JobAnswer:
    """Make a picture at a provider. `model` names which of `/ai/cloud/models`; without, the plan decides."""
    wanted = _as_workflow(await read_submission(request, shop, who), _PICTURES)
    if wanted.stay_local:
        raise InvalidOption("Work at a provider cannot stay local.", hint="Use /ai/generate.")
    if wanted.model is not None and wanted.model not in {each.id for each in _cloud(shop, who)}:
        raise InvalidOption(
            f"There is no cloud model {wanted.model[:80]!r} that makes pictures.",
            hint="GET /api/v1/ai/cloud/models lists them.",
        )
    return await _submitted(_worded(wanted, laser_style), response, shop, who)


@router.get("/cloud/models")
def list_cloud_models(shop: Shop, who: Who) -> ModelList:
    """The providers' models that make pictures: price, state, and whether they can be used now."""
    return ModelList(models=_cloud(shop, who))


@router.get("/jobs")
async def list_ai_jobs(
    shop: Shop,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    state: JobState | None = None,
) -> JobList:
    """One's own jobs, newest first; the same as `GET /jobs`."""
    found = await shop.jobs(who, limit=limit, before=before, state=state)
    return JobList(
        jobs=tuple(JobAnswer.of(job) for job in found),
        next_before=found[-1].created_at if len(found) == limit else None,
    )


@router.get("/jobs/{job_id}")
async def get_ai_job(job_id: str, shop: Shop, who: Who) -> JobAnswer:
    return JobAnswer.of(await shop.job(job_id, who))


@router.post("/jobs/{job_id}/cancel")
async def cancel_ai_job(job_id: str, shop: Shop, who: Who) -> JobAnswer:
    """Ask a job to stop. Nothing happens to one that has finished."""
    return JobAnswer.of(await shop.cancel(job_id, who))


@router.get("/queue")
async def show_queue(shop: Shop, _: Who) -> Queue:
    """How much is waiting and running here."""
    health = await shop.health()
    jobs: dict[str, int] = health["jobs"]
    return Queue(jobs=jobs, waiting=jobs.get(JobState.QUEUED, 0), running=int(health["runner"]["running"]))


def _as_workflow(wanted: WorkRequest, name: str) -> WorkRequest:
    """Raises InvalidOption when the request names another workflow."""
    if wanted.workflow not in (None, name):
        raise InvalidOption(
            f"This address is for the workflow {name}, not for {wanted.workflow[:80]!r}.",
            hint="POST /api/v1/jobs takes any workflow.",
        )
    return wanted.model_copy(update={"workflow": name})


def _worded(wanted: WorkRequest, style: str | None) -> WorkRequest:
    if style is None:
        return wanted
    found = enhance_prompt(wanted.prompt, style=None if style == "auto" else style)
    options = {"negative_prompt": found.negative_prompt, **wanted.options}
    return wanted.model_copy(update={"prompt": found.prompt, "options": options})


async def _submitted(wanted: WorkRequest, response: Response, shop: Bottega, who: Principal) -> JobAnswer:
    job = await shop.submit(wanted, who)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobAnswer.of(job)


def _cloud(shop: Bottega, who: Principal) -> tuple[ModelAnswer, ...]:
    found = list_models(shop, who).models
    return tuple(each for each in found if each.leaves_machine and "generate" in each.operations)
