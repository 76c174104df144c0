"""Webhooks of the simulated Replicate: signed as Standard Webhooks ask, tried again, and sent twice on request.

Only addresses of this machine are called; a webhook to anywhere else is accepted and never sent.
"""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException, HTTPMessage
from typing import IO

import anyio.to_thread

from bottega.simulator.replicate_predictions import Prediction
from bottega.simulator.world import World

EVENTS = ("start", "output", "logs", "completed")
DEFAULT_EVENTS = ("output", "completed")
TRIES = 4
TIMEOUT_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.05
"""Real seconds before the second try; doubled each time."""


def signing_secret(world: World, age: int = 0) -> str:
    """The key of the default endpoint; `age` 1 is the one before it."""
    raw = hashlib.sha256(f"webhook secret {world.seed} {age}".encode()).digest()[:24]
    return "whsec_" + base64.b64encode(raw).decode()


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks 1.0)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def is_local(address: str) -> bool:
    host = urllib.parse.urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def follow(world: World, prediction: Prediction, base: str, duplicates: int) -> None:
    """Tells the webhook of the prediction as it goes. The last message is sent `duplicates` more times."""
    wanted = prediction.events or DEFAULT_EVENTS
    await prediction.reach(min(prediction.boot, prediction.end[0]))
    if prediction.status() == "processing":
        await _tell(world, prediction, base, (event for event in ("start", "logs") if event in wanted))
    await prediction.reach(prediction.end[0])
    if prediction.status() == "succeeded":
        await _tell(world, prediction, base, (event for event in ("output",) if event in wanted))
    await _tell(world, prediction, base, (event for event in ("completed",) if event in wanted), duplicates)


async def _tell(
    world: World, prediction: Prediction, base: str, events: Iterable[str], again: int = 0
) -> None:
    for event in events:
        message_id = f"msg_{world.new_id(27)}"
        body = json.dumps(prediction.as_json(base)).encode()
        for _ in range(1 + again):
            await _send(world, prediction.webhook or "", message_id, body, event)


async def _send(world: World, address: str, message_id: str, body: bytes, event: str) -> None:
    pause = FIRST_PAUSE_SECONDS
    for attempt in range(TRIES):
        timestamp = str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "user-agent": "Replicate/1 (simulated)",
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(
                signature(signing_secret(world, age), message_id, timestamp, body) for age in (1, 0)
            ),
        }
        request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310  # local, checked
        if await anyio.to_thread.run_sync(_delivered, request):
            return
        if attempt < TRIES - 1 and event in ("start", "completed"):
            await asyncio.sleep(pause)
            pause *= 2


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def _delivered(request: urllib.request.Request) -> bool:
    """Whether the receiver took it: any 2xx. No proxy, no redirect."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return 200 <= answer.status < 300
    except (OSError, HTTPException):
        return False
