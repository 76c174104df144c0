"""Headers that several routes take: the key of a submission, and where a stream is taken up again."""

import re
from typing import Annotated

from fastapi import Header, Query

from bottega.domain.job import Job
from bottega.domain.request import Request
from bottega.errors import InputError
from bottega.references import is_same_request

LONGEST_KEY = 200
HIGHEST_SEQ = 2**31 - 1
"""The largest number of an event or an item."""

IdempotencyKey = Annotated[
    str | None, Header(description="The same key makes the work once, however often it is sent.")
]
FollowAfter = Annotated[int, Query(ge=0, le=HIGHEST_SEQ, description="Begin behind this event.")]
LastEventId = Annotated[str | None, Header(description="What a browser sends to resume.")]

_PRINTABLE = re.compile(r"[\x21-\x7e]+")


def check_key(key: str | None, *, longest: int = LONGEST_KEY) -> None:
    """Raises InputError for a key that cannot be kept."""
    if key is not None and not (len(key) <= longest and _PRINTABLE.fullmatch(key)):
        raise InputError(
            "The Idempotency-Key cannot be used.",
            hint=f"Use 1 to {longest} printable characters without blanks.",
        )


def check_same(job: Job, wanted: Request) -> None:
    """Raises InputError when the key that led to `job` stood for another request than `wanted`."""
    if not is_same_request(job.request, wanted):
        raise InputError(
            "This Idempotency-Key was used for another request.",
            hint="Use a new key for a new request; nothing was done for this one.",
            job_id=job.id,
        )


def seen_so_far(after: int, last_event_id: str | None) -> int:
    """The number of the last event that the client has; its header goes before its query. Raises InputError."""
    if not last_event_id:
        return after
    text = last_event_id
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > HIGHEST_SEQ:
        raise InputError(
            "The Last-Event-ID is none of this stream.", hint="Send the `id` of the last event seen."
        )
    return int(text)
