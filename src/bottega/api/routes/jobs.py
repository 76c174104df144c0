"""Jobs: submit, look, follow, cancel, retry."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from bottega.api.documents import takes
from bottega.api.events import STREAM_RESPONSES, follow
from bottega.api.headers import FollowAfter, IdempotencyKey, LastEventId, check_key, check_same, seen_so_far
from bottega.api.schemas import JobAnswer, JobList, SubmitBody, SubmitForm
from bottega.api.security import Shop, Who, Worker
from bottega.api.submissions import read_submission
from bottega.domain.job import Job, JobState

router = APIRouter(tags=["jobs"])


@router.post("/jobs", status_code=202, openapi_extra=takes(json=SubmitBody, form=SubmitForm))
async def submit_job(
    request: Request,
    response: Response,
    shop: Shop,
    who: Worker,
    idempotency_key: IdempotencyKey = None,
) -> JobAnswer:
    """Plan a request and put it into the queue; from here on it survives everything."""
    check_key(idempotency_key)
    wanted = await read_submission(request, shop, who)
    job = await shop.submit(wanted, who, submission_key=idempotency_key)
    if idempotency_key is not None:
        check_same(job, wanted)
    return submitted(job, response)


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


@router.get("/jobs/{job_id}/events", response_class=Response, responses=STREAM_RESPONSES)
async def follow_job(
    job_id: str,
    request: Request,
    shop: Shop,
    who: Who,
    after: FollowAfter = 0,
    last_event_id: LastEventId = None,
) -> Response:
    """The job's story as it goes, to its end: `id` is the number of the event, `event` its kind."""
    seen = seen_so_far(after, last_event_id)
    job = await shop.job(job_id, who)
    return await follow(request, shop.events(job_id, who, after=seen), is_over=job.state.is_final)


@router.post("/jobs/{job_id}/cancel")
async def cancel_job(job_id: str, shop: Shop, who: Who) -> JobAnswer:
    """Ask a job to stop. Nothing happens to one that has finished."""
    return JobAnswer.of(await shop.cancel(job_id, who))


@router.post("/jobs/{job_id}/retry", status_code=202)
async def retry_job(job_id: str, response: Response, shop: Shop, who: Worker) -> JobAnswer:
    """Let a quarantined job go on, or run a finished one again as a new job."""
    job = await shop.retry(job_id, who)
    return submitted(job, response)


def submitted(job: Job, response: Response) -> JobAnswer:
    """The answer for a new job, with where it is to be found."""
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobAnswer.of(job)
