"""A job's life over HTTP, on a real server with the real engines: asked for, followed, resumed, fetched."""

import asyncio
import io
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from api_server import ENHANCE, Served, assert_problem, events_of
from PIL import Image

from bottega.api import create_app
from bottega.api.events import event_stream
from bottega.app import Bottega, InputFile, make_request
from bottega.domain.job import Event
from bottega.store.signals import job_topic

FINAL = "finished"


async def submit(client: httpx.AsyncClient, photograph: Path, **fields: str) -> dict[str, Any]:
    files = {"image": (photograph.name, photograph.read_bytes())}
    response = await client.post("/api/v1/jobs", data={**ENHANCE, **fields}, files=files)
    assert response.status_code == 202, response.text
    assert response.headers["location"] == response.json()["links"]["self"]
    return response.json()


async def finish(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    async for event in events_of(client, job_id):
        last = event
    assert last["event"] == FINAL
    return (await client.get(f"/api/v1/jobs/{job_id}")).json()


# --- from a photograph to the result -------------------------------------------------------------------------


async def test_a_photograph_goes_in_and_the_result_comes_out(
    client: httpx.AsyncClient, photograph: Path
) -> None:
    job = await submit(client, photograph)
    assert job["intent"]["workflow"] == "image_enhancement"
    done = await finish(client, job["id"])
    assert done["state"] == "succeeded", done["error"]
    assert done["result"]["verdict"]["state"] == "accepted"
    content = await client.get(done["links"]["outputs"][0])
    assert content.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(content.content)).size == (1200, 800)
    asset = (await client.get(f"/api/v1/assets/{done['result']['outputs'][0]}")).json()
    assert asset["provenance"]["job_id"] == job["id"]
    assert asset["provenance"]["parents"] == [job["request"]["inputs"][0]["asset_id"]]


async def test_a_plan_can_be_submitted_as_it_is(client: httpx.AsyncClient, photograph: Path) -> None:
    files = {"image": photograph.read_bytes()}
    planned = (await client.post("/api/v1/plan", data=ENHANCE, files=files)).json()
    assert planned["price"]["text"] == "free"
    assert planned["plan"]["candidates"]
    before = (await client.get("/api/v1/jobs")).json()["jobs"]
    request = planned["request"]
    del request["max_cost"]  # micro-dollars there; in a body it is dollars as text
    job = await client.post("/api/v1/jobs", json=request)
    assert job.status_code == 202
    assert job.json()["plan"]["options"] == planned["plan"]["options"]
    after = (await client.get("/api/v1/jobs")).json()["jobs"]
    assert len(after) == len(before) + 1
    await finish(client, job.json()["id"])


async def test_gcode_and_svg_are_downloads(client: httpx.AsyncClient, photograph: Path) -> None:
    job = await submit(client, photograph, prompt="Engrave this photo on plywood, 30 mm wide")
    done = await finish(client, job["id"])
    assert done["result"] is not None, done["error"]
    kinds: set[str] = set()
    for link in done["links"]["outputs"]:
        content = await client.get(link)
        kind = content.headers["content-type"].partition(";")[0]
        kinds.add(kind)
        shown = "inline" if kind == "image/png" else "attachment"
        assert content.headers["content-disposition"].startswith(f"{shown};")
        assert content.headers["content-security-policy"].startswith("sandbox")
        assert content.headers["x-content-type-options"] == "nosniff"
    assert {"text/x.gcode", "image/svg+xml"} <= kinds


async def test_the_same_submission_makes_one_job(client: httpx.AsyncClient, photograph: Path) -> None:
    files = {"image": photograph.read_bytes()}
    headers = {"Idempotency-Key": "once"}
    sent = [client.post("/api/v1/jobs", data=ENHANCE, files=files, headers=headers) for _ in range(4)]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = {"prompt": "Make it four times larger"}
    problem = assert_problem(await client.post("/api/v1/jobs", data=other, files=files, headers=headers), 422)
    assert problem["details"]["job_id"] == answers[0].json()["id"]
    for wrong in ("", "a b", "x" * 201):
        response = await client.post(
            "/api/v1/jobs", data=ENHANCE, files=files, headers={"Idempotency-Key": wrong}
        )
        assert_problem(response, 422)


async def test_a_finished_job_can_be_run_again(client: httpx.AsyncClient, photograph: Path) -> None:
    job = await submit(client, photograph)
    await finish(client, job["id"])
    again = await client.post(f"/api/v1/jobs/{job['id']}/retry")
    assert again.status_code == 202
    assert again.json()["id"] != job["id"]
    assert (await finish(client, again.json()["id"]))["state"] == "succeeded"


async def test_a_waiting_job_is_cancelled_and_not_retried(local: httpx.AsyncClient, photograph: Path) -> None:
    job = await submit(local, photograph)
    assert_problem(await local.post(f"/api/v1/jobs/{job['id']}/retry"), 409)
    cancelled = await local.post(f"/api/v1/jobs/{job['id']}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    assert (await local.get("/api/v1/jobs?state=cancelled")).json()["jobs"][0]["id"] == job["id"]
    assert (await local.get("/api/v1/jobs?state=running")).json()["jobs"] == []


async def test_the_list_can_be_paged(local: httpx.AsyncClient, photograph: Path) -> None:
    made = [(await submit(local, photograph))["id"] for _ in range(5)]
    seen: list[str] = []
    query = "/api/v1/jobs?limit=2"
    while True:
        page = (await local.get(query)).json()
        seen += [job["id"] for job in page["jobs"]]
        if page["next_before"] is None:
            break
        query = f"/api/v1/jobs?limit=2&before={page['next_before']!r}"
    assert seen == made[::-1]


# --- the story -----------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(server: Served, photograph: Path) -> tuple[str, list[dict[str, Any]]]:
    """A finished job and its whole story."""
    async with httpx.AsyncClient(base_url=server.url, timeout=300) as client:
        job = await submit(client, photograph, fresh="true")
        return job["id"], [event async for event in events_of(client, job["id"])]


async def test_the_story_has_no_gap_and_ends(told: tuple[str, list[dict[str, Any]]]) -> None:
    _, story = told
    assert [int(event["id"]) for event in story] == list(range(1, len(story) + 1))
    assert story[0]["event"] == "queued"
    assert story[-1] == {"id": str(len(story)), "event": FINAL, "data": {"state": "succeeded"}}


async def test_cut_after_every_k_events_nothing_is_lost_or_told_twice(
    client: httpx.AsyncClient, told: tuple[str, list[dict[str, Any]]]
) -> None:
    job_id, story = told
    for k in range(1, len(story) + 1):
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["event"] != FINAL:
            last = int(heard[-1]["id"]) if heard else None
            taken = 0
            async for event in events_of(client, job_id, last=last):
                heard.append(event)
                taken += 1
                if taken == k:
                    break
            assert taken
        assert heard == story


async def test_a_running_story_can_be_cut_too(client: httpx.AsyncClient, photograph: Path) -> None:
    job = await submit(client, photograph, fresh="true")
    heard: list[dict[str, Any]] = []
    while not heard or heard[-1]["event"] != FINAL:
        async for event in events_of(client, job["id"], last=len(heard)):
            heard.append(event)
            break
    assert heard == [event async for event in events_of(client, job["id"])]


async def test_many_readers_hear_the_same(client: httpx.AsyncClient, photograph: Path) -> None:
    job = await submit(client, photograph, fresh="true")

    async def read() -> list[dict[str, Any]]:
        return [event async for event in events_of(client, job["id"])]

    stories = await asyncio.gather(*(read() for _ in range(12)))
    assert stories[0][-1]["event"] == FINAL
    assert all(story == stories[0] for story in stories)


async def test_where_to_begin(client: httpx.AsyncClient, told: tuple[str, list[dict[str, Any]]]) -> None:
    job_id, story = told
    url = f"/api/v1/jobs/{job_id}/events"
    response = await client.get(f"{url}?after=3")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.text.startswith("retry: 1000\n\nid: 4\n")
    # A browser that comes back still has the address it began with; what it saw last counts.
    resumed = await client.get(f"{url}?after=3", headers={"Last-Event-ID": "5"})
    assert "id: 6\n" in resumed.text
    assert "id: 5\n" not in resumed.text
    over = await client.get(f"{url}?after={len(story)}")
    assert (over.status_code, over.content) == (204, b"")
    for wrong in ("x", "-1", "1.5", "9" * 30, "²"):
        assert_problem(await client.get(url, headers={"Last-Event-ID": wrong.encode()}), 422)
        assert_problem(await client.get(url, params={"after": wrong}), 422)


async def test_who_goes_away_is_not_waited_for(shop: Bottega, photograph: Path) -> None:
    refs = await shop.add_inputs([InputFile(photograph)])
    job = await shop.submit(make_request(**ENHANCE, inputs=refs))
    said, gone = asyncio.Event(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if b"queued" in message.get("body", b""):
            said.set()

    path = f"/api/v1/jobs/{job.id}/events"
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }
    following = asyncio.create_task(create_app(shop)(scope, receive, send))
    await said.wait()
    assert job_topic(job.id) in shop.database.signals._waiters
    gone.set()
    await following
    assert job_topic(job.id) not in shop.database.signals._waiters


async def test_silence_is_broken_by_comments() -> None:
    go = asyncio.Event()

    async def slow() -> AsyncGenerator[Event]:
        await go.wait()
        yield Event(job_id="job", seq=2, kind="step", data={"text": "a\nb\r\u2028"}, at=0.0)

    first = Event(job_id="job", seq=1, kind="queued", data={}, at=0.0)
    heard: list[bytes] = []
    async for line in event_stream(first, slow(), asyncio.Event(), heartbeat_s=0.01).body_iterator:
        heard.append(bytes(line))
        if line.startswith(b":"):
            go.set()
    assert heard[0] == b"retry: 1000\n\n"
    assert heard[1] == b"id: 1\nevent: queued\ndata: {}\n\n"
    assert b": still here\n\n" in heard[2:-1]
    assert heard[-1].startswith(b"id: 2\nevent: step\ndata: ")
    assert heard[-1].count(b"\n") == 4


async def test_a_stopping_server_lets_its_streams_end() -> None:
    stopping, closed = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncGenerator[Event]:
        try:
            await asyncio.Event().wait()
            yield Event(job_id="job", seq=1, kind="never", data={}, at=0.0)
        finally:
            closed.set()

    heard: list[bytes] = []
    async for line in event_stream(None, endless(), stopping, heartbeat_s=60).body_iterator:
        heard.append(bytes(line))
        stopping.set()
    assert heard == [b"retry: 1000\n\n"]
    assert closed.is_set()


SERVER = """
import uvicorn
from bottega.api import create_app
uvicorn.run(create_app(run_jobs=False), fd={fd}, log_level="info")
"""


async def test_a_signal_stops_a_server_with_an_open_stream(
    shop: Bottega, photograph: Path, tmp_path: Path
) -> None:
    job = await shop.submit(make_request(**ENHANCE, inputs=await shop.add_inputs([photograph])))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.set_inheritable(listening.fileno(), True)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            SERVER.format(fd=listening.fileno()),
            pass_fds=(listening.fileno(),),
            env={**os.environ, "BOTTEGA_HOME": str(shop.settings.home_dir)},
            stderr=asyncio.subprocess.PIPE,
        )
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/api/v1/jobs/{job.id}/events"
    async with httpx.AsyncClient(timeout=300) as client, client.stream("GET", url) as stream:
        lines = stream.aiter_lines()
        while await anext(lines) != "event: queued":
            pass
        process.send_signal(signal.SIGTERM)
        # The connection is ended in order, not cut.
        assert [line async for line in lines] == ["data: {}", ""]
    async with asyncio.timeout(120):
        _, log = await process.communicate()
    assert b"Traceback" not in log
    assert b"Application shutdown complete" in log
