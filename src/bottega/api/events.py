"""A story as server-sent events (WHATWG HTML, section 9.2)."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic_core import to_json

from bottega.domain.job import Event

HEARTBEAT_SECONDS = 15.0
RECONNECT_MILLISECONDS = 1000
_HEADERS = {
    "Cache-Control": "no-cache",
    # nginx would otherwise collect the stream before passing it on.
    "X-Accel-Buffering": "no",
}

STREAM_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-sent events.", "content": {"text/event-stream": {}}},
    204: {"description": "The story is over and was told before: do not come back."},
}
"""What a route that answers with `follow` documents."""


async def follow(request: Request, events: AsyncGenerator[Event], *, is_over: bool) -> Response:
    """The story as it goes. An EventSource comes back after every end; 204 is how it is told to stay away when the story
    is over and nothing of it is left to tell."""
    stopping: asyncio.Event = request.app.state.stopping
    if not is_over:
        return event_stream(None, events, stopping)
    first = await next_event(events)
    return Response(status_code=204) if first is None else event_stream(first, events, stopping)


def event_stream(
    first: Event | None,
    events: AsyncGenerator[Event],
    stopping: asyncio.Event,
    *,
    heartbeat_s: float = HEARTBEAT_SECONDS,
) -> StreamingResponse:
    """`first` if there is one, then `events` as they come; comments in between where nothing comes.

    It ends with `events`, or when the server is `stopping`: clients come back and resume. When the client goes
    away the response is cancelled, and with it whatever `events` holds.
    """
    lines = _lines(first, events, stopping, heartbeat_s)
    return StreamingResponse(lines, headers=_HEADERS, media_type="text/event-stream")


async def _lines(
    first: Event | None, events: AsyncGenerator[Event], stopping: asyncio.Event, heartbeat_s: float
) -> AsyncGenerator[bytes]:
    yield f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
    if first is not None:
        yield format_event(first)
    stop = asyncio.create_task(stopping.wait())
    coming = asyncio.create_task(next_event(events))
    try:
        while not stop.done():
            await asyncio.wait({coming, stop}, timeout=heartbeat_s, return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                event = coming.result()
                if event is None:
                    return
                # Asked for before this one is sent: `events` is always held by a task that can be cancelled.
                coming = asyncio.create_task(next_event(events))
                yield format_event(event)
            elif not stop.done():
                yield b": still here\n\n"
    finally:
        for task in (stop, coming):
            task.cancel()
        await asyncio.gather(stop, coming, return_exceptions=True)
        await events.aclose()


async def next_event(events: AsyncGenerator[Event]) -> Event | None:
    """None at the end of the story."""
    return await anext(events, None)


def format_event(event: Event) -> bytes:
    """One event; its kind is a name of ours and its data one line of JSON, so neither can break the framing."""
    data = to_json(event.data, inf_nan_mode="null", fallback=str)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, event.kind.encode(), data)
