"""Whatever arguments come, the answer is a success or an error about the caller's fault."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp import Client, MCPError
from mcp.server import Server
from mcp_clients import document, encoded, refusal

from bottega.app import Bottega
from bottega.errors import InputError
from bottega.mcp import create_server
from bottega.mcp.arguments import Arguments, ListAssetsArguments, RunArguments, parse

NOBODYS = "0" * 64


async def call(shop: Bottega, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The refusal of a call, which must be one."""
    async with Client(create_server(shop)) as client:
        return refusal(await client.call_tool(tool, arguments))


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        ("run", {"prompt": "x" * 2001}, "prompt"),
        ("run", {"prompt": 5}, "prompt"),
        ("run", {"promt": "Sharpen this"}, "promt"),
        ("run", {"preference": "cheap"}, "preference"),
        ("run", {"wait_seconds": -1}, "wait_seconds"),
        ("run", {"wait_seconds": 1e9}, "wait_seconds"),
        ("run", {"max_cost_usd": 0.25}, "max_cost_usd"),
        ("run", {"max_cost_usd": "-1"}, "max_cost_usd"),
        ("run", {"options": {"scale": "\ud800"}}, "options"),
        ("run", {"options": []}, "options"),
        ("run", {"inputs": [{}]}, "inputs.0"),
        ("run", {"inputs": [{"asset_id": NOBODYS, "path": "x"}]}, "inputs.0"),
        ("run", {"inputs": [{"asset_id": "../../etc/passwd"}]}, "inputs.0.asset_id"),
        ("run", {"inputs": [{"asset_id": NOBODYS, "role": "king"}]}, "inputs.0.role"),
        ("run", {"inputs": [{"asset_id": NOBODYS}] * 17}, "inputs"),
        ("plan", {"wait_seconds": 5}, "wait_seconds"),
        ("workflow_laser", {"workflow": "image_editing"}, "workflow"),
        ("job_status", {}, "job_id"),
        ("job_status", {"job_id": "x" * 81}, "job_id"),
        ("list_assets", {"limit": 0}, "limit"),
        ("list_assets", {"limit": 10**400}, "limit"),
        ("get_asset", {"asset_id": None}, "asset_id"),
        ("add_asset", {}, ""),
    ],
)
async def test_what_is_wrong_is_named(
    shop: Bottega, tool: str, arguments: dict[str, Any], field: str
) -> None:
    error = await call(shop, tool, arguments)
    assert (error["code"], error["details"]["field"]) == ("input", field)


@pytest.mark.parametrize(
    ("model", "arguments"),
    [
        (RunArguments, {"wait_seconds": float("nan")}),
        (RunArguments, {"options": {"scale": float("inf")}}),
        (RunArguments, {"options": {"scale": json.loads("[" * 900 + "]" * 900)}}),
        (ListAssetsArguments, {"before": float("-inf")}),
    ],
)
def test_what_no_json_should_hold_is_refused(model: type[Arguments], arguments: dict[str, Any]) -> None:
    """Some clients and parsers let it through all the same."""
    with pytest.raises(InputError):
        parse(model, arguments)


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("run", {"prompt": "Sharpen this"}, "missing-input"),
        ("run", {"prompt": "Sharpen this", "workflow": "alchemy"}, "workflow-unknown"),
        ("run", {"workflow": "image_generation", "options": {"nonsense": 1}}, "invalid-option"),
        ("run", {"prompt": "Sharpen this", "inputs": [{"asset_id": NOBODYS}]}, "not-found"),
        ("run", {"prompt": "Sharpen this", "inputs": [{"data": "???"}]}, "input"),
        ("add_asset", {"data": base64.b64encode(b"no picture").decode()}, "unsupported-media"),
        ("add_asset", {"data": "A" * (12 * 2**20)}, "too-large"),
        ("add_asset", {"path": "cup.png"}, "path-not-allowed"),
        ("job_status", {"job_id": "job_' OR 1=1"}, "not-found"),
        ("job_status", {"job_id": "job_1", "wait_seconds": 30}, "not-found"),
        ("list_workflows", {"name": "alchemy"}, "workflow-unknown"),
    ],
)
async def test_what_cannot_be_done_is_said(
    shop: Bottega, tool: str, arguments: dict[str, Any], code: str
) -> None:
    assert (await call(shop, tool, arguments))["code"] == code


async def test_nothing_is_stored_for_a_workflow_that_does_not_exist(shop: Bottega, cup: Path) -> None:
    await call(shop, "run", {"workflow": "alchemy", "inputs": [{"data": encoded(cup)}]})
    assert await shop.assets() == []


async def test_an_unknown_tool_is_an_error_of_the_protocol(shop: Bottega) -> None:
    async with Client(create_server(shop)) as client:
        with pytest.raises(MCPError):
            await client.call_tool("rm", {"path": "/"})


@pytest.mark.parametrize(
    "uri",
    [
        "asset://" + NOBODYS,
        "asset://../../../../etc/passwd",
        "asset://",
        "job://job_1",
        "file:///etc/passwd",
        "http://127.0.0.1:8600/api/v1/keys",
        "",
        "x" * 10_000,
        "asset://\0",
    ],
)
async def test_what_is_no_resource_is_not_found(shop: Bottega, uri: str) -> None:
    async with Client(create_server(shop)) as client:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)
    assert refused.value.data["code"] == "not-found"


@pytest.mark.parametrize("cursor", ["x", "nan", "inf", ""])
async def test_a_cursor_of_no_list_is_refused(shop: Bottega, cursor: str) -> None:
    async with Client(create_server(shop)) as client:
        with pytest.raises(MCPError) as refused:
            await client.list_resources(cursor=cursor)
    assert refused.value.data["code"] == "input"


async def test_a_picture_comes_back_as_what_it_is(shop: Bottega, cup: Path) -> None:
    async with Client(create_server(shop)) as client:
        named = {"data": encoded(cup), "name": "../../<b>\0cup.png"}
        added = document(await client.call_tool("add_asset", named))
        got = document(await client.call_tool("get_asset", {"asset_id": added["id"]}))
    assert added == got
    assert added["name"] == "<b>cup.png"
    assert shop.asset_path(await shop.asset(added["id"])).read_bytes() == cup.read_bytes()


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([10**400, "\0", "x" * 3000, "\ud800", NOBODYS, "0.25", "laser"])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "prompt": st.sampled_from(["", "Sharpen this", "Make it warmer", "A red bicycle", "Engrave this"]),
    "inputs": st.lists(
        st.dictionaries(st.sampled_from(["role", "asset_id", "path", "data", "name"]), LEAVES, max_size=3),
        max_size=2,
    ),
    "workflow": st.sampled_from([None, "laser", "image_enhancement", "image_generation", "no_such"]),
    "options": st.dictionaries(st.sampled_from(["scale", "width", "style", "material"]), LEAVES, max_size=3),
    "wait_seconds": st.just(0),
    "job_id": st.just("job_1"),
    "asset_id": st.just(NOBODYS),
    "limit": st.integers(-1, 101),
}
CALLERS_FAULT = {"input", "model", "budget"}


@pytest.fixture
def server(shop: Bottega) -> Server[Any]:
    return create_server(shop)


@given(data=st.data())
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_arguments_are_answered(server: Server[Any], data: st.DataObject) -> None:
    async with Client(server) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        tool = data.draw(st.sampled_from(names))
        given_names = data.draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=4))
        arguments = {name: data.draw(st.one_of(FIELDS[name], FIELDS[name], ANYTHING)) for name in given_names}
        result = await client.call_tool(tool, arguments)
        if result.is_error:
            assert refusal(result)["category"] in CALLERS_FAULT
