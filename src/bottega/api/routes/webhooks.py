"""Messages from providers. They are believed for one thing only: that it is time to look."""

from fastapi import APIRouter, Request, Response

from bottega.api.security import Shop
from bottega.engines.cloud.replicate import ReplicateEngine
from bottega.errors import NotFound, TooLarge

router = APIRouter(tags=["webhooks"])
_MOST_BYTES = 16 << 20
"""A message repeats the prediction's input, which may hold pictures."""


@router.post("/webhooks/replicate", status_code=204, response_class=Response, include_in_schema=False)
async def replicate_webhook(request: Request, shop: Shop) -> None:
    """A prediction has ended. No key of ours is asked for: the message is signed with the provider's.

    204 for a genuine one, also when it came before or nobody waits; 401 for any other; 503 when it cannot be checked
    at the moment, so that it is sent again.
    """
    engine = shop.engines.get("replicate")
    if not isinstance(engine, ReplicateEngine) or not engine.availability().usable:
        raise NotFound("No messages of Replicate are expected here.")
    await engine.take_webhook(request.headers, await _body(request))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise TooLarge(f"A message has at most {_MOST_BYTES >> 20} MiB.")
    return bytes(body)
