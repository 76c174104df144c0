"""Addresses under `/ai`: laser files from pictures, wordings for pictures that are to be lasered, and the usual jobs.

Thin over the same services as `/jobs`, `/plan` and `/models`; nothing here has a queue or a provider of its own.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, model_validator

from bottega.api.documents import takes
from bottega.api.headers import IdempotencyKey, check_key
from bottega.api.routes.jobs import cancel_job, get_job, list_jobs, submitted
from bottega.api.routes.models import list_models
from bottega.api.schemas import (
    Body,
    Dollars,
    JobAnswer,
    JobList,
    JsonObject,
    ModelAnswer,
    Sentence,
    SubmitBody,
    SubmitForm,
)
from bottega.api.security import Shop, Who, Worker
from bottega.api.submissions import read_submission
from bottega.api.uploads import read_json
from bottega.app import Bottega, Planned, make_request
from bottega.domain.base import Value
from bottega.domain.job import JobState
from bottega.domain.principal import Principal
from bottega.domain.request import Preference
from bottega.domain.request import Request as WorkRequest
from bottega.errors import BottegaError, InvalidOption
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
MAX_BATCH = 16
LONGEST_KEY = 190
"""A batch puts the number of the job behind the key."""

LaserStyle = Annotated[
    str | None, Query(max_length=40, description="Word the sentence for a laser: a template's id, or `auto`.")
]


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


class BatchBody(Body):
    """Pictures to make, each a job of its own. `prompts`, or variations of one `prompt`: `count` of them by `seed`, worded
    for a laser. The rest is for all of them; `max_cost_usd` is for each."""

    prompts: tuple[Sentence, ...] = Field(default=(), max_length=MAX_BATCH)
    prompt: Sentence | None = None
    count: int = Field(default=4, ge=1, le=MAX_VARIATIONS, strict=True)
    seed: int = Field(default=0, ge=0, lt=2**31, strict=True)
    laser_style: str | None = Field(default=None, max_length=40)
    model: str | None = Field(default=None, max_length=200)
    options: JsonObject = Field(default_factory=dict[str, Any])
    preference: Preference = Preference.BALANCED
    stay_local: bool = False
    max_cost_usd: Dollars | None = None
    fresh: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> "BatchBody":
        if bool(self.prompts) == bool(self.prompt):
            raise ValueError("Give either prompts, or one prompt to be varied.")
        return self


# --- wordings ------------------------------------------------------------------------------------------------


@router.get("/prompts/templates")
def list_prompt_templates(_: Who) -> TemplateList:
    """The six ways of asking for a picture that a laser can burn or cut."""
    return TemplateList(templates=templates())


@router.post("/prompts/enhance", openapi_extra=takes(json=PromptBody))
async def enhance_laser_prompt(request: Request, shop: Shop, _: Who) -> LaserPrompt:
    """The wish as an image model should be asked, so that its picture can be lasered. Nothing is made."""
    body = await read_json(request, PromptBody)
    _within_policy(body.prompt, shop)
    return enhance_prompt(body.prompt, style=body.style)


@router.post("/prompts/validate", openapi_extra=takes(json=PromptBody))
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


@router.post("/prompts/variations", openapi_extra=takes(json=VariationsBody))
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
    return submitted(await shop.submit(_as_workflow(wanted, _LASER), who), response)


@router.post("/generate", status_code=202, openapi_extra=takes(json=SubmitBody, form=SubmitForm))
async def generate_picture(
    request: Request,
    response: Response,
    shop: Shop,
    who: Worker,
    laser_style: LaserStyle = None,
) -> JobAnswer:
    """Make a picture: what `POST /jobs` does for the workflow `image_generation`."""
    wanted = _as_workflow(await read_submission(request, shop, who), _PICTURES)
    return submitted(await shop.submit(_worded(wanted, laser_style), who), response)


@router.post("/cloud/generate", status_code=202, openapi_extra=takes(json=SubmitBody, form=SubmitForm))
async def generate_in_cloud(
    request: Request,
    response: Response,
    shop: Shop,
    who: Worker,
    laser_style: LaserStyle = None,
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
    return submitted(await shop.submit(_worded(wanted, laser_style), who), response)


@router.post("/generate/batch", status_code=202, openapi_extra=takes(json=BatchBody))
async def generate_batch(
    request: Request,
    shop: Shop,
    who: Worker,
    idempotency_key: IdempotencyKey = None,
) -> JobList:
    """Make several pictures, each in a job of its own, in the order given. All are planned before the first is queued, so
    that one that is refused refuses them all; `details.index` says which."""
    check_key(idempotency_key, longest=LONGEST_KEY)
    wanted = _batched(await read_json(request, BatchBody))
    planned: list[Planned] = []
    for index, each in enumerate(wanted):
        try:
            planned.append(await shop.plan(each, who))
        except BottegaError as error:
            error.details.setdefault("index", index)
            raise
    keys = (
        None if idempotency_key is None else f"{idempotency_key}:{index}" for index in range(len(planned))
    )
    jobs = [
        await shop.enqueue(each, who, submission_key=key) for each, key in zip(planned, keys, strict=True)
    ]
    return JobList(jobs=tuple(JobAnswer.of(job) for job in jobs), next_before=None)


@router.get("/models")
def list_ai_models(shop: Shop, who: Who) -> ModelList:
    """The models that make pictures and those of the laser, of this machine and of providers, and whether they can be used
    now. `GET /models` lists all of the catalogue."""
    found = list_models(shop, who).models
    return ModelList(models=tuple(each for each in found if {"generate", "laser"} & set(each.operations)))


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
    return await list_jobs(shop, who, limit, before, state)


@router.get("/jobs/{job_id}")
async def get_ai_job(job_id: str, shop: Shop, who: Who) -> JobAnswer:
    return await get_job(job_id, shop, who)


@router.post("/jobs/{job_id}/cancel")
async def cancel_ai_job(job_id: str, shop: Shop, who: Who) -> JobAnswer:
    """Ask a job to stop. Nothing happens to one that has finished."""
    return await cancel_job(job_id, shop, who)


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


def _batched(body: BatchBody) -> list[WorkRequest]:
    if body.prompt is not None:
        style = None if body.laser_style in (None, "auto") else body.laser_style
        found = prompt_variations(body.prompt, count=body.count, seed=body.seed, style=style)
        worded = [(each.prompt, {"negative_prompt": each.negative_prompt}) for each in found]
    else:
        worded = [(each, dict[str, Any]()) for each in body.prompts]
    common = body.model_dump(include={"model", "preference", "stay_local", "max_cost_usd", "fresh"})
    requests = [
        make_request(prompt=prompt, options={**more, **body.options}, workflow=_PICTURES, **common)
        for prompt, more in worded
    ]
    # Variations are worded already.
    return requests if body.prompt is not None else [_worded(each, body.laser_style) for each in requests]


def _cloud(shop: Bottega, who: Principal) -> tuple[ModelAnswer, ...]:
    found = list_models(shop, who).models
    return tuple(each for each in found if each.leaves_machine and "generate" in each.operations)
