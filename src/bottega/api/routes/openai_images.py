"""OpenAI's images API over the same jobs as everything else, so that existing clients work by changing the base URL.

Each call is a durable job with its plan, hold, verdict and ledger rows; the connection only waits for it.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response

from bottega.api.headers import IdempotencyKey, check_key, check_same
from bottega.api.openai_answers import is_answerable, pictures_of, plain_answer, streamed_answer
from bottega.api.openai_bodies import AUTO, Order, read_edit, read_generation, resolve_model
from bottega.api.openai_errors import Failure, OpenAIRoute, failure_of_job
from bottega.api.security import Shop, is_open
from bottega.app import Bottega
from bottega.domain.job import FinishedJob, Job, JobState
from bottega.domain.principal import LOCAL, Principal
from bottega.errors import NotFound, ResourceError
from bottega.models import Model, has_ended

router = APIRouter(route_class=OpenAIRoute, include_in_schema=False)
_REMEMBERED_S = 3600.0
_MOST_REMEMBERED = 4096
_WORK = frozenset({"generate", "edit"})


async def _client(request: Request) -> Principal:
    """Who asks. The clients always send some key: where none is needed, one that is not ours says nothing."""
    shop: Bottega = request.app.state.bottega
    open_to_all = is_open(shop.settings)
    _, _, key = request.headers.get("authorization", "").partition(" ")
    if open_to_all and "x-api-key" not in request.headers and not key.strip().startswith("btg_"):
        return LOCAL
    return await shop.keys.who_asks(request.headers, keyless=open_to_all)


Client = Annotated[Principal, Depends(_client)]
RetryCount = Annotated[str | None, Header(alias="x-stainless-retry-count")]


@router.post("/v1/images/generations")
async def create_images(
    request: Request,
    shop: Shop,
    who: Client,
    idempotency_key: IdempotencyKey = None,
    retry_count: RetryCount = None,
) -> Response:
    order = await read_generation(request, shop)
    return await _serve(request, shop, who, order, idempotency_key, retry_count)


@router.post("/v1/images/edits")
async def edit_images(
    request: Request,
    shop: Shop,
    who: Client,
    idempotency_key: IdempotencyKey = None,
    retry_count: RetryCount = None,
) -> Response:
    order = await read_edit(request, shop, who)
    return await _serve(request, shop, who, order, idempotency_key, retry_count)


async def _serve(
    request: Request, shop: Bottega, who: Principal, order: Order, key: str | None, retry_count: str | None
) -> Response:
    check_key(key)
    job = await _job(request, shop, who, order, key, retry_count)
    ending = _ended(shop, who, job, request.app.state.stopping)
    if order.body.stream:
        return streamed_answer(order, job, asyncio.ensure_future(ending), partial(_paths, shop))
    ended = await ending
    if isinstance(ended, Failure):
        return ended.response()
    links = [str(request.url_for("get_asset_content", asset_id=asset.id)) for asset in pictures_of(ended)]
    return plain_answer(order, ended, _paths(shop, ended), links)


async def _job(
    request: Request, shop: Bottega, who: Principal, order: Order, key: str | None, retry_count: str | None
) -> Job:
    """The call's job: that of an earlier call with the same key, or that of the call which this one repeats.

    A client that gave up waiting sends the same again, without a key but counted: it gets the job that is there.
    """
    await shop.may_ask(who)
    if key is not None:
        job = await shop.submit(order.request, who, submission_key=key)
        check_same(job, order.request)
        return job
    recent = _recent(request)
    digest = hashlib.sha256(f"{who.owner}\n{order.request.model_dump_json()}".encode()).hexdigest()
    if retry_count not in (None, "0") and (known := recent.get(digest)) is not None:
        job = await shop.job(known, who)
        if job.state not in (JobState.FAILED, JobState.CANCELLED):
            return job
    job = await shop.submit(order.request, who)
    recent.put(digest, job.id)
    return job


async def _ended(shop: Bottega, who: Principal, job: Job, stopping: asyncio.Event) -> FinishedJob | Failure:
    """The job with its pictures, or what became of it; a Failure also when the server stops before it has ended."""
    finished = await _unless(stopping, shop.finished(job.id, who))
    if finished is None:
        return Failure(
            503,
            "server_error",
            "stopping",
            f"The server is stopping. The job {job.id} is not lost and not to be asked for again: it goes on when the "
            f"server does, and is found at /api/v1/jobs/{job.id}.",
            headers={"x-bottega-job": job.id, "x-request-id": job.id},
        )
    return finished if is_answerable(finished) else _told(failure_of_job(finished.job), finished.job)


def _told(failure: Failure, job: Job) -> Failure:
    return Failure(
        failure.status,
        failure.kind,
        failure.code,
        failure.message,
        failure.param,
        failure.may_retry,
        failure.retry_after_s,
        {"x-bottega-job": job.id, "x-request-id": job.id},
    )


async def _unless(stopping: asyncio.Event, work: Coroutine[Any, Any, FinishedJob]) -> FinishedJob | None:
    """What `work` returns; None when `stopping` is set before."""
    doing, stop = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
        return await doing if doing.done() else None
    finally:
        for task in (doing, stop):
            task.cancel()
        await asyncio.gather(doing, stop, return_exceptions=True)


def _paths(shop: Bottega, finished: FinishedJob) -> list[Path]:
    paths = [shop.asset_path(asset) for asset in pictures_of(finished)]
    if any(not path.is_file() for path in paths):
        raise ResourceError(
            "The file of a picture is missing in the store.", hint="Restore it from a backup, or ask again."
        )
    return paths


class _Recent:
    """Jobs of this process by the digest of what was asked, for an hour."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def get(self, digest: str) -> str | None:
        job_id, at = self._jobs.get(digest, ("", 0.0))
        return job_id if job_id and time.monotonic() - at < _REMEMBERED_S else None

    def put(self, digest: str, job_id: str) -> None:
        self._jobs[digest] = (job_id, time.monotonic())
        self._jobs.move_to_end(digest)
        while len(self._jobs) > _MOST_REMEMBERED:
            self._jobs.popitem(last=False)


def _recent(request: Request) -> _Recent:
    state = request.app.state
    if not hasattr(state, "openai_recent"):
        state.openai_recent = _Recent()
    return state.openai_recent


# --- models --------------------------------------------------------------------------------------------------


@router.get("/v1/models")
def list_openai_models(shop: Shop, _: Client) -> dict[str, Any]:
    """The models that can make or edit pictures here now, and `auto`."""
    usable = {name for name, engine in shop.engines.items() if engine.availability().usable}
    models = [model for model in shop.catalogue if model.engine in usable and _makes_pictures(model)]
    return {"object": "list", "data": [_entry(AUTO, None), *(_entry(model.id, model) for model in models)]}


@router.get("/v1/models/{model_id:path}")
def get_openai_model(model_id: str, shop: Shop, _: Client) -> dict[str, Any]:
    model = resolve_model(shop, model_id)
    if model is not None and not _makes_pictures(model):
        raise NotFound(
            f"The model '{model_id[:80]}' makes no pictures here.", param="model", api_code="model_not_found"
        )
    return _entry(model_id, model)


def _makes_pictures(model: Model) -> bool:
    priced = model.price is not None and model.price.is_known
    return (
        bool(model.operations & _WORK)
        and model.output == "image"
        and priced
        and not has_ended(model, datetime.now(UTC).date())
    )


def _entry(name: str, model: Model | None) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": model.engine if model else "bottega"}
