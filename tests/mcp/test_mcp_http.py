"""Over streamable HTTP: who is let in, from where, and what they may see."""

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import MCPError
from mcp_clients import BOTTEGA, MODES, document, encoded, environment, over_http, refusal, served

from bottega.settings import Settings
from bottega.store.database import Database
from bottega.store.keys import KeyStore

LIST_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One keyless server for the tests of this file."""
    with served(tmp_path_factory.mktemp("shop"), BOTTEGA_ALLOWED_HOSTS='["Studio.lan"]') as where:
        yield where


def post(address: str, body: Any = LIST_TOOLS, **headers: str) -> httpx.Response:
    return httpx.post(address, json=body, headers=ACCEPT | headers, timeout=120)


@pytest.mark.parametrize("mode", MODES)
async def test_bytes_become_a_checked_file(address: str, cup: Path, mode: str) -> None:
    told: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(progress)

    async with over_http(address, mode=mode) as client:
        added = document(await client.call_tool("add_asset", {"data": encoded(cup), "name": "cup.png"}))
        assert "path" not in added
        asked = {
            "prompt": "Turn this into a pencil drawing",
            "inputs": [{"asset_id": added["id"]}],
            "options": {"style": "pencil_sketch"},
            "fresh": True,
        }
        done = document(await client.call_tool("workflow_style_transfer", asked, progress_callback=hear))
        read = await client.read_resource(done["outputs"][0]["uri"])
        listed = [each.uri for each in (await client.list_resources()).resources]
    assert done["verdict"]["state"] == "accepted"
    assert base64.b64decode(read.contents[0].blob).startswith(b"\x89PNG")
    assert {added["uri"], done["outputs"][0]["uri"]} <= set(listed)
    assert told == sorted(set(told)) != []


async def test_no_paths_are_taken(address: str, cup: Path) -> None:
    async with over_http(address) as client:
        schemas = [tool.input_schema for tool in (await client.list_tools()).tools]
        assert '"path"' not in json.dumps(schemas)
        error = refusal(await client.call_tool("add_asset", {"path": str(cup)}))
        assert error["code"] == "path-not-allowed"


# --- users ---------------------------------------------------------------------------------------------------


async def _keys(folder: Path, *owners: str) -> list[str]:
    database = Database(Settings(home=folder / "home").database)
    await database.open()
    try:
        return [(await KeyStore(database).create(owner, "test")).secret for owner in owners]
    finally:
        await database.close()


async def test_two_users_see_nothing_of_each_other(tmp_path: Path, cup: Path) -> None:
    alice, bob = await _keys(tmp_path, "alice", "bob")
    with served(tmp_path, "--no-jobs", BOTTEGA_AUTH="required") as address:
        async with over_http(address, alice) as client:
            asset = document(await client.call_tool("add_asset", {"data": encoded(cup)}))
            asked = {"prompt": "Sharpen this", "inputs": [{"asset_id": asset["id"]}], "wait_seconds": 0}
            job = document(await client.call_tool("run", asked))["job"]
        async with over_http(address, bob) as client:
            assert document(await client.call_tool("list_assets"))["assets"] == []
            assert (await client.list_resources()).resources == []
            for tool, arguments in (
                ("get_asset", {"asset_id": asset["id"]}),
                ("job_status", {"job_id": job["id"]}),
                ("job_status", {"job_id": job["id"], "wait_seconds": 5}),
                ("cancel_job", {"job_id": job["id"]}),
                ("plan", {"prompt": asked["prompt"], "inputs": asked["inputs"]}),
                ("run", asked),
            ):
                assert refusal(await client.call_tool(tool, arguments))["code"] == "not-found", tool
            for uri in (asset["uri"], job["uri"]):
                with pytest.raises(MCPError) as refused:
                    await client.read_resource(uri)
                assert refused.value.data["code"] == "not-found"
        async with over_http(address, alice) as client:
            status = document(await client.call_tool("job_status", {"job_id": job["id"]}))
            assert status["job"]["state"] == "queued"


async def test_where_keys_are_needed_nobody_comes_in_without_one(tmp_path: Path) -> None:
    (key,) = await _keys(tmp_path, "alice")
    with served(tmp_path, "--no-jobs", BOTTEGA_AUTH="required") as address:
        wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
        for headers in (
            {},
            {"Authorization": f"Bearer {wrong}"},
            {"Authorization": "Basic YTpi"},
            {"X-API-Key": ""},
        ):
            response = post(address, **headers)
            assert response.status_code == 401
            assert response.headers["www-authenticate"].startswith("Bearer")
            assert response.json()["error"]["code"] == "not-authenticated"
        for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
            assert post(address, **headers).status_code == 200


def test_a_wrong_key_is_refused_also_where_none_is_needed(address: str) -> None:
    assert post(address).status_code == 200
    assert post(address, Authorization="Bearer btg_nonsense").status_code == 401


def test_no_other_address_is_served_without_keys(tmp_path: Path) -> None:
    done = subprocess.run(
        [BOTTEGA, "mcp", "--http", "--host", "0.0.0.0", "--port", "0"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 6
    assert "no API key" in done.stderr


# --- from where ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8601", "localhost.evil.example", "192.168.1.5:8601"]
)
def test_a_rebound_name_is_refused(address: str, host: str, version: str) -> None:
    response = post(address, Host=host, **{"MCP-Protocol-Version": version})
    assert response.status_code == 421


@pytest.mark.parametrize("host", ["localhost:8601", "127.0.0.1", "[::1]:8601", "studio.lan:8601"])
def test_the_names_of_this_machine_and_of_the_settings_are_served(address: str, host: str) -> None:
    assert post(address, Host=host).status_code == 200


@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28"])
@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:9999", "null"])
def test_no_web_page_is_served(address: str, origin: str, version: str) -> None:
    response = post(address, Origin=origin, **{"MCP-Protocol-Version": version})
    assert response.status_code == 403


# --- hostile messages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"jsonrpc": "2.0", "id": 1, "method": 5}',
        b"\xff\xfe",
        b"\0",
    ],
)
def test_what_is_no_message_is_refused(address: str, content: bytes) -> None:
    headers = ACCEPT | {"Content-Type": "application/json"}
    assert 400 <= httpx.post(address, content=content, headers=headers, timeout=120).status_code < 500
    assert post(address).status_code == 200


def test_a_number_beyond_all_bounds_is_refused(address: str) -> None:
    call = '{"name": "run", "arguments": {"options": {"scale": 1e999}}}'
    content = f'{{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {call}}}'
    headers = ACCEPT | {"Content-Type": "application/json"}
    answer = httpx.post(address, content=content, headers=headers, timeout=120).text
    assert '"isError":true' in answer
    assert "options: Value error" in answer


def test_a_message_that_is_too_large_is_refused(address: str) -> None:
    arguments = {"data": "A" * (17 * 2**20)}
    body = {**LIST_TOOLS, "method": "tools/call", "params": {"name": "add_asset", "arguments": arguments}}
    assert post(address, body).status_code == 413
