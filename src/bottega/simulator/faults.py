"""Failures on order: which call meets which fault, and those faults that are the same for every vendor.

The HTTP errors (`HTTP_KINDS`) and `fail_later` are phrased by each vendor's file in its own dialect; the faults of
the connection and of the body are performed here.
"""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import AsyncGenerator, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

HTTP_KINDS = frozenset(
    {
        "rate_limit",
        "quota",
        "overloaded",
        "server_error",
        "bad_gateway",
        "auth",
        "bad_request",
        "refusal",
    }
)
"""Answered by the vendor's file, before anything is accepted."""

BEFORE_KINDS = frozenset({"hang", "reset"})
"""Nothing is accepted: silence, or the connection reset."""

AFTER_KINDS = frozenset({"hang_after_accept", "reset_after_accept"})
"""The work is accepted (and would be billed), and the answer never comes."""

BODY_KINDS = frozenset({"truncated", "garbage", "wrong_type", "slow_drip", "never_ending"})
"""Accepted and answered, with a body that is not what it should be."""

OTHER_KINDS = frozenset({"bad_picture", "fail_later"})
"""`bad_picture`: a picture whose bytes end half way. `fail_later`: accepted, and reported as failed afterwards."""

KINDS = HTTP_KINDS | BEFORE_KINDS | AFTER_KINDS | BODY_KINDS | OTHER_KINDS

DRIP_GAP_SECONDS = 0.1
"""Between two pieces of a slow body: short enough that no read times out, so that only a deadline ends it."""


@dataclass
class Fault:
    """`times`: how many of the calls that fit meet it (None: all); `after`: how many of them pass first; `rate`: the
    probability with which one meets it; `seconds`: the wait that the vendor asks for, where its error names one."""

    kind: str
    vendor: str = ""
    operation: str = ""
    times: int | None = 1
    after: int = 0
    rate: float = 1.0
    seconds: float = 1.0

    def fits(self, vendor: str, operation: str) -> bool:
        return self.vendor in ("", vendor) and self.operation in ("", operation)


class Faults:
    """What goes wrong next. Safe to use from several threads; the chances of `rate` come from the seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._waiting: list[Fault] = []
            self._chance = random.Random(self._seed)  # noqa: S311  # nothing secret

    def add(
        self,
        kind: str,
        vendor: str = "",
        operation: str = "",
        *,
        times: int | None = None,
        after: int = 0,
        rate: float | None = None,
        seconds: float = 1.0,
    ) -> Fault:
        """An empty vendor or operation fits all. Without `times`: once, or for ever when a `rate` is given.

        Raises ValueError for a kind that does not exist and for numbers out of range.
        """
        if kind not in KINDS:
            raise ValueError(f"There is no fault {kind!r}; there are {', '.join(sorted(KINDS))}.")
        if times is None and rate is None:
            times = 1
        if (times is not None and times < 1) or after < 0 or not 0 <= (rate or 0) <= 1 or seconds < 0:
            raise ValueError("times is at least 1, after and seconds at least 0, rate between 0 and 1.")
        fault = Fault(kind, vendor, operation, times, after, 1.0 if rate is None else rate, seconds)
        with self._lock:
            self._waiting.append(fault)
        return fault

    def pop(self, vendor: str, operation: str) -> Fault | None:
        """The fault that this call meets; the oldest one that fits."""
        with self._lock:
            for fault in self._waiting:
                if not fault.fits(vendor, operation):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.rate < 1.0 and self._chance.random() >= fault.rate:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self._waiting.remove(fault)
                return fault
        return None


class Ended(Exception):
    """The conversation is over and there is nobody left to answer. `app` catches it."""


async def hang(request: Request) -> None:
    """Says nothing until the client has gone. Raises Ended then."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    raise Ended


async def reset(request: Request) -> None:
    """Resets the TCP connection (RST, not FIN). Raises Ended; RuntimeError when not served by uvicorn."""
    transport = _transport(request.receive)
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await asyncio.sleep(0)
    raise Ended


def _transport(receive: Receive) -> asyncio.Transport:
    cycle = getattr(receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise RuntimeError("Connections can only be broken where uvicorn serves the simulator.")
    return transport


class BentResponse(Response):
    """Another response with its body spoilt as `kind` (one of BODY_KINDS) says. The status is kept."""

    def __init__(self, kind: str, inner: Response, drip_seconds: float) -> None:
        super().__init__(status_code=inner.status_code)
        self.kind, self.inner, self.drip_seconds = kind, inner, drip_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, body = await self._whole(scope)
        headers: list[tuple[bytes, bytes]] = [
            (name, value) for name, value in start["headers"] if name != b"content-length"
        ]
        length = (b"content-length", str(len(body)).encode())
        match self.kind:
            case "truncated":
                await _start(send, start, [*headers, length])
                await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
                _transport(receive).close()
            case "garbage":
                noise = random.Random(len(body)).randbytes(max(64, len(body) // 4))  # noqa: S311
                await _start(send, start, [*headers, (b"content-length", str(len(noise) + 1).encode())])
                await send({"type": "http.response.body", "body": b"{" + noise})
            case "wrong_type":
                page = b"<!doctype html><title>Sign in</title><p>Please sign in to this network."
                await _start(send, start, [(b"content-type", b"text/html; charset=utf-8")])
                await send({"type": "http.response.body", "body": page})
            case "slow_drip":
                await _start(send, start, [*headers, length])
                async for piece in _drip(body, self.drip_seconds):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            case _:
                await _start(send, start, headers)
                await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
                await _for_ever(receive, send, b" " if body[:1] in b"{[" else b"\0")

    async def _whole(self, scope: Scope) -> tuple[MutableMapping[str, Any], bytes]:
        """What the other response would have sent: its first message, and its whole body."""
        messages: list[Message] = []

        async def take(message: Message) -> None:
            messages.append(message)

        async def still_there() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        await self.inner(scope, still_there, take)
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return messages[0], body


async def _start(send: Send, start: MutableMapping[str, Any], headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": start["status"], "headers": headers})


async def _drip(body: bytes, seconds: float) -> AsyncGenerator[bytes]:
    pieces = max(1, min(len(body), round(seconds / DRIP_GAP_SECONDS)))
    size = -(-len(body) // pieces)
    for at in range(0, len(body), max(1, size)):
        yield body[at : at + size]
        await asyncio.sleep(seconds / pieces)


async def _for_ever(receive: Receive, send: Send, filler: bytes) -> None:
    """Goes on until the client has had enough."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    leaving = asyncio.ensure_future(gone())
    try:
        while not leaving.done():
            await send({"type": "http.response.body", "body": filler * 65536, "more_body": True})
            await asyncio.sleep(0.001)
    finally:
        leaving.cancel()
