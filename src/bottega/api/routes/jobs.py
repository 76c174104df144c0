"""Jobs: submit, look, follow, cancel, retry."""

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from bottega.api.documents import takes
from bottega.api.events import event_stream, next_event
from bottega.api.schemas import JobAnswer, JobList, SubmitBody, SubmitForm
from bottega.api.security import Shop, Who, Worker
from bottega.api.submissions import read_submission
from bottega.domain.job import JobState
from bottega.errors import InputError
from bottega.references import is_same_request

router = APIRouter(tags=["jobs"])
_SUBMISSION_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_HIGHEST_SEQ = 2**31 - 1


@router.post("/jobs", status_code=202, openapi_extra=takes(json=SubmitBody, form=SubmitForm))
async def submit_job(
    request: Request,
    response: Response,
    shop: Shop,
    who: Worker,
    idempotency_key: Annotated[
        str | None, Header(description="The same key makes one job, however often it is sent.")
    ] = None,
) -> JobAnswer:
    """Plan a request and put it into the queue; from here on it survives everything."""
    if idempotency_key is not None and not _SUBMISSION_KEY.fullmatch(idempotency_key):
        raise InputError(
            "The Idempotency-Key cannot be used.", hint="Use 1 to 200 printable characters without blanks."
        )
    wanted = await read_submission(request, shop, who)
    job = await shop.submit(wanted, who, submission_key=idempotency_key)
    if idempotency_key is not None and not is_same_request(job.request, wanted):
        raise InputError(
            "This Idempotency-Key was used for another request.",
            hint="Use a new key for a new request; nothing was done for this one.",
            job_id=job.id,
        )
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobAnswer.of(job)


@router.get("/jobs")
async def list_jobs(
    shop: Shop,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    state: JobState | None = None,
) -> JobList:
    """One's own jobs, newest first."""
    found = await shop.jobs(who, limit=limit, before=before, state=state)
    return JobList(
        jobs=tuple(JobAnswer.of(job) for job in found),
        next_before=found[-1].created_at if len(found) == limit else None,
    )


@router.get("/jobs/{job_id}")
async def get_job(job_id: str, shop: Shop, who: Who) -> JobAnswer:
    return JobAnswer.of(await shop.job(job_id, who))


@router.get(
    "/jobs/{job_id}/events",
    response_class=Response,
    responses={
        200: {"description": "Server-sent events.", "content": {"text/event-stream": {}}},
        204: {"description": "The story is over and was told before: do not come back."},
    },
)
async def follow_job(
    job_id: str,
    request: Request,
    shop: Shop,
    who: Who,
    after: Annotated[int, Query(ge=0, le=_HIGHEST_SEQ, description="Begin behind this event.")] = 0,
    last_event_id: Annotated[str | None, Header(description="What a browser sends to resume.")] = None,
) -> Response:
    """The job's story as it goes, to its end: `id` is the number of the event, `event` its kind."""
    seen = after if not last_event_id else _seq(last_event_id)
    job = await shop.job(job_id, who)
    events = shop.events(job_id, who, after=seen)
    stopping: asyncio.Event = request.app.state.stopping
    if not job.state.is_final:
        return event_stream(None, events, stopping)
    first = await next_event(events)
    # An EventSource comes back after every end; 204 is how it is told to stay away.
    return Response(status_code=204) if first is None else event_stream(first, events, stopping)


def _seq(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > _HIGHEST_SEQ:
        raise InputError(
            "The Last-Event-ID is none of this stream.", hint="Send the `id` of the last event seen."
        )
    return int(text)


@router.post("/jobs/{job_id}/cancel")
async def cancel_job(job_id: str, shop: Shop, who: Who) -> JobAnswer:
    """Ask a job to stop. Nothing happens to one that has finished."""
    return JobAnswer.of(await shop.cancel(job_id, who))


@router.post("/jobs/{job_id}/retry", status_code=202)
async def retry_job(job_id: str, response: Response, shop: Shop, who: Worker) -> JobAnswer:
    """Let a quarantined job go on, or run a finished one again as a new job."""
    job = await shop.retry(job_id, who)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobAnswer.of(job)
