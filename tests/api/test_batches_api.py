"""Batches over HTTP on a real server with the real engines: files, tables, prices, stories, the archive."""

import asyncio
import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_server import Served, assert_problem
from PIL import Image

SHARPEN = {"prompt": "Sharpen this", "workflow": "image_enhancement"}


def picture(colour: int, side: int = 48) -> bytes:
    buffer = io.BytesIO()
    gradient = Image.linear_gradient("L").resize((side, side))
    Image.merge("RGB", (gradient, gradient, Image.new("L", (side, side), colour))).save(buffer, "PNG")
    return buffer.getvalue()


def parts(*names: str) -> list[tuple[str, tuple[str, bytes]]]:
    return [("image", (name, picture(10 * place))) for place, name in enumerate(names)]


async def make(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/batches", **given)
    assert response.status_code == 202, response.text
    assert response.headers["location"] == response.json()["links"]["self"]
    return response.json()


async def follow(client: httpx.AsyncClient, batch: dict[str, Any]) -> list[str]:
    """The kinds of the events of its whole story."""
    async with client.stream("GET", batch["links"]["events"]) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line async for line in response.aiter_lines()]
    return [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]


async def items(client: httpx.AsyncClient, batch: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    return (await client.get(batch["links"]["items"], params=query)).json()["items"]


async def test_files_become_results_and_one_archive(client: httpx.AsyncClient) -> None:
    overrides = {"b.png": {"name": "The second", "options": {"scale": 3}}}
    data = {**SHARPEN, "name": "Two", "overrides": json.dumps(overrides)}
    batch = await make(client, data=data, files=parts("a.png", "b.png"))
    kinds = await follow(client, batch)
    assert (kinds[0], kinds[-1]) == ("created", "finished")
    done = (await client.get(batch["links"]["self"])).json()
    assert (done["state"], done["done"], done["total"]) == ("finished", 2, 2)
    first, second = await items(client, batch)
    assert (first["name"], second["name"]) == ("a.png", "The second")
    assert {first["state"], second["state"]} <= {"succeeded", "rejected"}
    assert (await client.get(second["job"])).json()["plan"]["options"]["scale"] == 3.0
    response = await client.get(batch["links"]["archive"])
    assert response.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert archive.testzip() is None
    assert archive.namelist()[0] == "report.csv"
    assert len(archive.namelist()) == 3
    rows = list(csv.DictReader(io.StringIO(archive.read("report.csv").decode("utf-8-sig"))))
    assert [row["job_id"] for row in rows] == [first["job_id"], second["job_id"]]


async def test_a_table_names_its_files(client: httpx.AsyncClient) -> None:
    table = b"prompt,file,option.scale\nEnlarge this,a.png,2\n,missing.png,\n"
    files = [("csv", ("list.csv", table)), *parts("a.png")]
    batch = await make(client, data=SHARPEN, files=files)
    await follow(client, batch)
    first, second = await items(client, batch)
    assert first["prompt"] == "Enlarge this"
    assert second["state"] == "refused"
    assert "missing.png" in second["error"]["message"]


async def test_a_damaged_file_is_refused_alone(client: httpx.AsyncClient) -> None:
    files = [*parts("a.png"), ("image", ("broken.png", b"\x89PNG\r\n\x1a\nnothing"))]
    batch = await make(client, data=SHARPEN, files=files)
    await follow(client, batch)
    (refused,) = await items(client, batch, state="refused")
    assert (refused["name"], refused["error"]["code"]) == ("broken.png", "unreadable-picture")


async def test_the_price_is_said_before_and_nothing_is_made(client: httpx.AsyncClient) -> None:
    before = (await client.get("/api/v1/batches")).json()["batches"]
    files = [*parts("a.png", "b.png"), ("image", ("broken.png", b"nothing"))]
    plan = (await client.post("/api/v1/batches/plan", data=SHARPEN, files=files)).json()
    assert (plan["total"], plan["problems"], plan["price"]["high"]) == (3, 1, 0)
    assert plan["items"][2]["error"]["code"]
    assert (await client.get("/api/v1/batches")).json()["batches"] == before


async def test_json_with_assets_that_are_there(client: httpx.AsyncClient) -> None:
    stored = await client.post("/api/v1/assets", files={"file": ("a.png", picture(99))})
    ref = {"role": "working", "asset_id": stored.json()["assets"][0]["id"]}
    body = {**SHARPEN, "paused": True, "items": [{"key": "one", "inputs": [ref]}, {"key": "two"}]}
    batch = await make(client, json=body, headers={"Idempotency-Key": "json-1"})
    assert (batch["state"], batch["counts"]) == ("paused", {"waiting": 2})
    again = await make(client, json=body, headers={"Idempotency-Key": "json-1"})
    assert again["id"] == batch["id"]
    resumed = await client.post(f"{batch['links']['self']}/resume")
    assert resumed.json()["state"] == "running"
    await follow(client, batch)
    first, second = await items(client, batch)
    assert first["key"] == "one"
    assert (second["state"], second["error"]["code"]) == ("refused", "missing-input")
    retried = await client.post(f"{batch['links']['self']}/retry-failed")
    assert retried.status_code == 200
    seen = len(await follow(client, batch))
    gone = await client.get(batch["links"]["events"], params={"after": seen})
    assert gone.status_code == 204


async def test_pause_and_cancel(client: httpx.AsyncClient) -> None:
    body = {**SHARPEN, "paused": True, "items": [{} for _ in range(3)]}
    batch = await make(client, json=body)
    here = batch["links"]["self"]
    assert (await client.post(f"{here}/pause")).json()["state"] == "paused"
    assert (await client.post(f"{here}/cancel")).json()["counts"] == {"cancelled": 3}
    assert_problem(await client.post(f"{here}/resume"), 409)
    assert_problem(await client.post(f"{here}/retry-failed"), 409)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"items": []}, 422),
        ({"items": [{}] * 1001}, 422),
        ({"items": [{"key": "a b"}]}, 422),
        ({"items": [{"key": "x"}, {"key": "x"}]}, 422),
        ({"items": [{}], "budget_usd": "-1"}, 422),
        ({"items": [{}], "colour": 1}, 422),
    ],
)
async def test_what_is_no_batch_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any], status: int
) -> None:
    problem = assert_problem(await client.post("/api/v1/batches", json={**SHARPEN, **body}), status)
    assert problem["detail"]


async def test_others_batches_are_not_found(client: httpx.AsyncClient, server: Served) -> None:
    batch = await make(client, json={**SHARPEN, "paused": True, "items": [{}]})
    key = (await client.post("/api/v1/keys", json={"owner": "alice", "name": "x"})).json()["secret"]
    hers = {"X-API-Key": key}
    for path in ("", "/items", "/events", "/archive"):
        assert_problem(await client.get(f"{batch['links']['self']}{path}", headers=hers), 404)
    for path in ("/pause", "/resume", "/cancel", "/retry-failed"):
        assert_problem(await client.post(f"{batch['links']['self']}{path}", headers=hers), 404)
    assert (await client.get("/api/v1/batches", headers=hers)).json()["batches"] == []


async def test_a_folder_is_worked_off_by_the_command_line(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from bottega.cli import application

    folder = tmp_path / "in"
    folder.mkdir()
    for place, name in enumerate(("a.png", "b.png")):
        (folder / name).write_bytes(picture(place))
    (folder / "notes.txt").write_text("not a picture")
    environment = {"BOTTEGA_HOME": str(tmp_path / "home"), "BOTTEGA_COMPUTE_WORKERS": "1"}
    out = tmp_path / "all.zip"
    arguments = ["batch", "run", str(folder), "Sharpen this", "--workflow", "image_enhancement", "--json"]
    ran = await asyncio.to_thread(
        CliRunner().invoke, application, [*arguments, "--out", str(out)], env=environment
    )
    document = json.loads(ran.stdout)
    assert ran.exit_code in (0, 4), ran.output
    assert document["batch"]["total"] == document["batch"]["done"] == 2
    assert len(zipfile.ZipFile(out).namelist()) == 3
