"""Replicate's webhook: only what is signed with the account's key is heard, and all it does is to make us look."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from api_server import assert_problem

from bottega.api import create_app
from bottega.app import Bottega
from bottega.domain.task import Task
from bottega.engines.cloud.replicate import WEBHOOK_PATH, ReplicateEngine
from bottega.engines.cloud.replicate_poller import Pace, Poller
from bottega.engines.cloud.replicate_webhooks import TOLERANCE_S, is_signed
from bottega.engines.protocol import Attempt
from bottega.settings import Settings
from bottega.simulator.replicate_create import predictions
from bottega.simulator.replicate_webhooks import signing_secret
from bottega.simulator.serve import KEY, Simulator

SCHNELL = "black-forest-labs/flux-schnell"


def settings_for(sim: Simulator, home: Path, **more: Any) -> Settings:
    return Settings(
        _env_file=None,
        home=home,
        compute_workers=1,
        replicate_base_url=sim.base("replicate"),
        replicate_api_key=KEY,
        **more,
    )


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(speed=1.0) as sim:
        yield sim


@pytest.fixture
async def shop(sim: Simulator, tmp_path: Path) -> AsyncIterator[Bottega]:
    bottega = Bottega(settings_for(sim, tmp_path / "home"))
    await bottega.start(run_jobs=False)
    yield bottega
    await bottega.close()


@pytest.fixture
async def local(shop: Bottega) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(shop), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600") as client:
        yield client


def message(
    secret: str, body: bytes, *, id: str = "msg_1", at: float | None = None, version: str = "v1"
) -> dict[str, str]:
    """Headers of a message, signed as the standard says."""
    stamp = str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,AAAA {version},{base64.b64encode(digest).decode()}",
    }


def of(shop: Bottega) -> ReplicateEngine:
    engine = shop.engines["replicate"]
    assert isinstance(engine, ReplicateEngine)
    return engine


async def test_a_signed_message_is_taken_and_the_key_is_read_once(local: httpx.AsyncClient, sim: Simulator):
    body = json.dumps({"id": "nobody-waits", "status": "succeeded"}).encode()
    for number in range(3):
        headers = message(signing_secret(sim.world), body, id=f"msg_{number}")
        answer = await local.post(WEBHOOK_PATH, content=body, headers=headers)
        assert (answer.status_code, answer.content) == (204, b"")
    assert len(sim.world.calls("replicate", "webhooks.secret")) == 1


async def test_a_message_wakes_the_one_who_waits(local: httpx.AsyncClient, shop: Bottega, sim: Simulator):
    engine = of(shop)
    engine.poller = Poller(engine.api, Pace(fastest_s=3600.0, slowest_s=3600.0))
    sim.world.queue_answer("replicate", "predictions.create", seconds=0.1)
    async with engine.api.connected():
        made = await engine.api.create(SCHNELL, {"prompt": "x"}, cancel_after_s=60)
        waiting = asyncio.create_task(engine.poller.wait(made, lambda _: None))
        async with asyncio.timeout(60):
            while predictions(sim.world)[made["id"]].status() != "succeeded":  # noqa: ASYNC110 - time is awaited
                await asyncio.sleep(0.01)
        assert not waiting.done()
        # The message lies about the state: it is not what is believed.
        body = json.dumps({"id": made["id"], "status": "failed", "output": "https://evil.example"}).encode()
        headers = message(signing_secret(sim.world), body)
        assert (await local.post(WEBHOOK_PATH, content=body, headers=headers)).status_code == 204
        async with asyncio.timeout(120):
            ended = await waiting
        assert ended["status"] == "succeeded"
        again = await local.post(WEBHOOK_PATH, content=body, headers=headers)
        assert again.status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        "body",
        "key",
        "old",
        "future",
        "no-id",
        "no-signature",
        "no-timestamp",
        "stamp",
        "other-version",
        "not-base64",
    ],
)
async def test_whatever_is_not_genuine_is_refused(local: httpx.AsyncClient, sim: Simulator, wrong: str):
    secret, body = signing_secret(sim.world), b'{"id": "x"}'
    headers = message(secret, body)
    match wrong:
        case "body":
            body = b'{"id": "y"}'
        case "key":
            headers = message("whsec_" + base64.b64encode(b"k" * 24).decode(), body)
        case "old":
            headers = message(secret, body, at=time.time() - TOLERANCE_S - 5)
        case "future":
            headers = message(secret, body, at=time.time() + TOLERANCE_S + 300)
        case "no-id" | "no-signature" | "no-timestamp":
            del headers[f"webhook-{wrong.removeprefix('no-')}"]
        case "stamp":
            headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 1)
        case "other-version":
            headers = message(secret, body, version="v2")
        case _:
            headers["webhook-signature"] = "v1,é v1, v1"
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    answer = await local.post(WEBHOOK_PATH, content=body, headers=raw)
    assert_problem(answer, 401)


async def test_a_signed_message_that_names_nothing(local: httpx.AsyncClient, sim: Simulator):
    for body in (b"", b"[]", b'{"id": 7}', b"\xff"):
        answer = await local.post(
            WEBHOOK_PATH, content=body, headers=message(signing_secret(sim.world), body, id=f"m{body!r}")
        )
        assert_problem(answer, 422)


async def test_while_the_key_cannot_be_read_the_vendor_is_to_come_again(
    local: httpx.AsyncClient, sim: Simulator
):
    sim.world.faults.add("overloaded", "replicate", "webhooks.secret", times=1)
    body = b'{"id": "x"}'
    headers = message(signing_secret(sim.world), body)
    assert (await local.post(WEBHOOK_PATH, content=body, headers=headers)).status_code == 503
    assert (await local.post(WEBHOOK_PATH, content=body, headers=headers)).status_code == 204


async def test_a_message_that_is_too_large(local: httpx.AsyncClient):
    answer = await local.post(WEBHOOK_PATH, content=b"x" * (17 << 20))
    assert_problem(answer, 413)


async def test_without_a_key_of_replicate_no_message_is_expected(tmp_path: Path):
    bottega = Bottega(Settings(_env_file=None, home=tmp_path / "home", replicate_api_key=""))
    await bottega.start(run_jobs=False)
    try:
        transport = httpx.ASGITransport(create_app(bottega), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600") as client:
            assert_problem(await client.post(WEBHOOK_PATH, content=b"{}"), 404)
    finally:
        await bottega.close()


def test_the_signature_of_the_standard_s_own_example():
    """Standard Webhooks 1.0, test vectors of its reference libraries."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert is_signed(secret, headers, b'{"test": 2432232314}')
    assert not is_signed(secret, headers, b'{"test": 2432232315}')
    assert not is_signed("whsec_%%%", headers, b'{"test": 2432232314}')


async def test_the_vendor_calls_back_and_the_result_is_there_at_once(sim: Simulator, tmp_path: Path):
    """The whole way: the order names the address, the vendor signs and calls it twice, the engine looks."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        shop = Bottega(settings_for(sim, tmp_path / "home", replicate_webhook_url=url))
        engine = of(shop)
        engine.poller = Poller(engine.api, Pace(fastest_s=3600.0, slowest_s=3600.0))
        server = uvicorn.Server(uvicorn.Config(create_app(shop), log_level="error"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        sim.world.queue_answer("replicate", "predictions.create", seconds=1.0, webhook_duplicates=1)
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        attempt = Attempt(scratch, "job-1:a", shop.compute, lambda *_: None, 1800.0)
        work = Task(workflow="image_generation", operation="generate", prompt="a boat")
        async with asyncio.timeout(120):  # the poller by itself would look after an hour
            result = await engine.perform(work, shop.catalogue[f"replicate/{SCHNELL}"], attempt)
        (order,) = sim.world.calls("replicate", "predictions.create")
        server.should_exit = True
        await serving
    assert result.outputs
    assert order.fields["webhook"].startswith(f"{url}{WEBHOOK_PATH}?call=")
    assert order.fields["webhook_events_filter"] == ["completed"]
    assert "job-1" not in order.fields["webhook"]
