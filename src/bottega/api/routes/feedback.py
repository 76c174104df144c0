"""Feedback: what its owner says of a job; one row for each job, changed as often as wanted."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from bottega.analytics.feedback import Feedback, Said
from bottega.api.bodies import FeedbackBody
from bottega.api.documents import takes
from bottega.api.security import Shop, Who
from bottega.api.uploads import read_json
from bottega.domain.base import Value
from bottega.errors import NotAllowed

router = APIRouter(tags=["feedback"])


class FeedbackList(Value):
    """`next_before` continues the list; None at its end."""

    feedback: tuple[Feedback, ...]
    next_before: float | None = None


@router.post("/feedback", openapi_extra=takes(json=FeedbackBody))
async def give_feedback(request: Request, shop: Shop, who: Who) -> Feedback:
    """Rate one's own finished job, or change what was said of it."""
    body = await read_json(request, FeedbackBody)
    given = body.model_dump(exclude_unset=True, exclude={"job_id"})
    return await shop.rate(body.job_id, Said(**given), who)


@router.get("/feedback")
async def list_feedback(
    shop: Shop,
    who: Who,
    whose: Annotated[Literal["own", "all"], Query(description="`all` needs the scope admin.")] = "own",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: Annotated[float | None, Query(allow_inf_nan=False)] = None,
) -> FeedbackList:
    """One's own, newest first."""
    if whose == "all" and not who.is_admin:
        raise NotAllowed("Everybody's feedback needs a key with the scope admin.", hint="Ask for your own.")
    owner = None if whose == "all" else who.owner
    found = await shop.feedback.list(owner, limit=limit, before=before)
    return FeedbackList(feedback=found, next_before=found[-1].at if len(found) == limit else None)


@router.get("/feedback/{job_id}")
async def get_feedback(job_id: str, shop: Shop, who: Who) -> Feedback:
    """What was said of one's own job."""
    return await shop.feedback.get(job_id, who.owner)


@router.delete("/feedback/{job_id}", status_code=204)
async def take_back_feedback(job_id: str, shop: Shop, who: Who) -> None:
    await shop.feedback.take_back(job_id, who.owner)
