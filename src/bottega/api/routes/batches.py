"""Batches: many files or wishes with one plan; look, follow, pause, go on, try again, fetch everything."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from bottega.api.batch_bodies import (
    BatchAnswer,
    BatchBody,
    BatchForm,
    BatchItemAnswer,
    BatchItemList,
    BatchList,
    ResumeBody,
    read_batch,
)
from bottega.api.documents import takes
from bottega.api.events import STREAM_RESPONSES, follow
from bottega.api.headers import HIGHEST_SEQ, FollowAfter, IdempotencyKey, LastEventId, check_key, seen_so_far
from bottega.api.security import Asker, Shop, Who, Worker
from bottega.api.uploads import read_json
from bottega.domain.money import micro_usd
from bottega.errors import NotFound
from bottega.jobs.batches_archive import zip_pieces
from bottega.jobs.batches_values import BatchPlan

router = APIRouter(tags=["batches"])
_STATES = "waiting|refused|queued|running|succeeded|rejected|failed|cancelled|quarantined|unknown"


@router.post(
    "/batches", status_code=202, openapi_extra=takes(json=BatchBody.document(), form=BatchForm.document())
)
async def create_batch(
    request: Request,
    response: Response,
    shop: Shop,
    who: Worker,
    idempotency_key: IdempotencyKey = None,
) -> BatchAnswer:
    """Accept a batch: each item becomes a job. An item that cannot be read is refused by itself; the others go on.

    JSON with `items`; a form with files (each `image` and `clip` is an item, files of other roles go to all items), or a
    form with a `csv` part and the files that it names.
    """
    check_key(idempotency_key)
    received = await read_batch(request, shop, who)
    batch = await shop.batches.create(
        received.items,
        who,
        name=received.body.name,
        budget=None if received.body.budget_usd is None else micro_usd(received.body.budget_usd),
        pause_on_error=received.body.pause_on_error,
        paused=received.body.paused,
        submission_key=idempotency_key,
    )
    response.headers["Location"] = f"/api/v1/batches/{batch.id}"
    return BatchAnswer.of(batch)


@router.post("/batches/plan", openapi_extra=takes(json=BatchBody.document(), form=BatchForm.document()))
async def plan_batch(request: Request, shop: Shop, who: Asker) -> BatchPlan:
    """The price of the whole and what is wrong with single items. Nothing is run and nothing bought."""
    received = await read_batch(request, shop, who)
    return await shop.batches.plan(received.items, who)


@router.get("/batches")
async def list_batches(
    shop: Shop,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: Annotated[float | None, Query(allow_inf_nan=False)] = None,
) -> BatchList:
    """One's own batches, newest first."""
    found = await shop.batches.recent(who, limit=limit, before=before)
    return BatchList(
        batches=tuple(BatchAnswer.of(batch) for batch in found),
        next_before=found[-1].created_at if len(found) == limit else None,
    )


@router.get("/batches/{batch_id}")
async def get_batch(batch_id: str, shop: Shop, who: Who) -> BatchAnswer:
    """Progress, money, and why it is paused, if it is."""
    return BatchAnswer.of(await shop.batches.get(batch_id, who))


@router.get("/batches/{batch_id}/items")
async def list_batch_items(
    batch_id: str,
    shop: Shop,
    who: Who,
    after: Annotated[int, Query(ge=0, le=HIGHEST_SEQ, description="Begin behind this number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    state: Annotated[str | None, Query(pattern=f"^({_STATES})$")] = None,
) -> BatchItemList:
    """The items in their order, with state, job, cost and results."""
    found = await shop.batches.items(batch_id, who, after=after, limit=limit, state=state)
    return BatchItemList(
        items=tuple(BatchItemAnswer.of(item) for item in found),
        next_after=found[-1].number if len(found) == limit else None,
    )


@router.get("/batches/{batch_id}/events", response_class=Response, responses=STREAM_RESPONSES)
async def follow_batch(
    batch_id: str,
    request: Request,
    shop: Shop,
    who: Who,
    after: FollowAfter = 0,
    last_event_id: LastEventId = None,
) -> Response:
    """The batch's story as it goes, to its end."""
    seen = seen_so_far(after, last_event_id)
    batch = await shop.batches.get(batch_id, who)
    events = shop.batches.events(batch_id, who, after=seen)
    return await follow(request, events, is_over=batch.finished_at is not None)


@router.post("/batches/{batch_id}/pause")
async def pause_batch(batch_id: str, shop: Shop, who: Who) -> BatchAnswer:
    """Start nothing more; what runs goes on to its end."""
    return BatchAnswer.of(await shop.batches.pause(batch_id, who))


@router.post("/batches/{batch_id}/resume", openapi_extra=takes(json=ResumeBody.model_json_schema()))
async def resume_batch(batch_id: str, request: Request, shop: Shop, who: Who) -> BatchAnswer:
    """Go on; with `budget_usd` under another budget."""
    given = request.headers.get("content-type") is not None
    body = await read_json(request, ResumeBody) if given else ResumeBody()
    budget = None if body.budget_usd is None else micro_usd(body.budget_usd)
    return BatchAnswer.of(await shop.batches.resume(batch_id, who, budget=budget))


@router.post("/batches/{batch_id}/cancel")
async def cancel_batch(batch_id: str, shop: Shop, who: Who) -> BatchAnswer:
    """Start nothing more and ask what runs to stop."""
    return BatchAnswer.of(await shop.batches.cancel(batch_id, who))


@router.post("/batches/{batch_id}/retry-failed")
async def retry_failed_items(batch_id: str, shop: Shop, who: Worker) -> BatchAnswer:
    """Let what was refused, failed or rejected run again as new jobs; not what may have been bought already."""
    return BatchAnswer.of(await shop.batches.retry_failed(batch_id, who))


@router.get(
    "/batches/{batch_id}/archive",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
async def get_batch_archive(batch_id: str, shop: Shop, who: Who) -> StreamingResponse:
    """All results so far as one ZIP file, with a report as a table; made while it is sent."""
    batch = await shop.batches.get(batch_id, who)
    named = await shop.batch_results(batch, who)
    missing = await asyncio.to_thread(
        lambda: [f.name for _, files in named for f in files if not shop.asset_path(f.asset).is_file()]
    )
    if missing:
        raise NotFound(f"The file of {missing[0]} is missing in the store.", hint="Restore it from a backup.")
    return StreamingResponse(
        zip_pieces(named, shop.asset_path),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{batch.id}.zip"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
