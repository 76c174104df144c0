"""A real server for tests: uvicorn on a free port, and what a client needs to read it."""

import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from bottega.api import create_app
from bottega.app import Bottega
from bottega.settings import Settings

ENHANCE = {"prompt": "Sharpen this and double its size"}
NOBODYS_ASSET = "0" * 64
NOBODYS_JOB = "job_000000000000" + "0" * 16


@dataclass(frozen=True)
class Served:
    url: str
    shop: Bottega


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Bottega]:
    """Jobs wait."""
    shop = Bottega(settings)
    await shop.start(run_jobs=False)
    yield shop
    await shop.close()


@asynccontextmanager
async def client_of(shop: Bottega, url: str = "http://localhost:8600") -> AsyncIterator[httpx.AsyncClient]:
    """Without a network; at the address of this machine it is the local user."""
    transport = httpx.ASGITransport(create_app(shop), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=url) as client:
        yield client


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    shop = Bottega(settings)
    config = uvicorn.Config(create_app(shop), log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            # The socket listens already: this waits until somebody answers.
            httpx.get(f"{url}/health", timeout=120).raise_for_status()
            yield Served(url, shop)
        finally:
            server.should_exit = True
            thread.join()


async def events_of(
    client: httpx.AsyncClient, job_id: str, *, last: int | None = None
) -> AsyncIterator[dict[str, Any]]:
    """The events of one connection: `{"id", "event", "data"}`."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    async with client.stream("GET", f"/api/v1/jobs/{job_id}/events", headers=headers) as response:
        assert response.status_code in (200, 204)
        event: dict[str, Any] = {}
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if name in ("id", "event", "data"):
                event[name] = json.loads(value) if name == "data" else value
            elif not line and event:
                yield event
                event = {}


def assert_problem(response: httpx.Response, status: int | None = None) -> dict[str, Any]:
    """It is a problem document, about the client's fault."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:bottega:problem:{body['code']}"
    assert body["detail"]
    assert body["money"] == "nothing was spent"
    if status is None:
        assert 400 <= response.status_code < 500, body
    else:
        assert response.status_code == status, body
    return body
