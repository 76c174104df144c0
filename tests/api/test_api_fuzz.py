"""Whatever JSON comes in, the answer is a success or a problem document about the client's fault."""

import json
from typing import Any

import httpx
import pytest
from api_server import NOBODYS_ASSET, assert_problem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PATHS = [("POST", "jobs"), ("POST", "plan"), ("POST", "intent"), ("PUT", "budgets"), ("POST", "keys")]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from([10**400, "\0", "x" * 3000, -(2**63), 1e308])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


def sometimes(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Right more often than not, so that wrong values come through to what lies behind the schema."""
    return st.one_of(good, good, good, ANYTHING)


SENTENCES = st.sampled_from(
    ["", "Sharpen this", "Make it warmer", "A red bicycle", "Engrave this", "Call my mother"]
)
NAMES = st.sampled_from(["scale", "width", "sharpen", "style", "format", "material", "crop", "n"])
INPUT = st.fixed_dictionaries(
    {
        "role": sometimes(st.sampled_from(["working", "reference"])),
        "asset_id": sometimes(st.just(NOBODYS_ASSET)),
    }
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "prompt": SENTENCES,
    "inputs": st.lists(INPUT, max_size=2),
    "workflow": st.sampled_from([None, "laser", "image_enhancement", "image_generation", "no_such"]),
    "options": st.dictionaries(NAMES, LEAVES, max_size=3),
    "preference": st.sampled_from(["speed", "balanced", "quality"]),
    "stay_local": st.booleans(),
    "max_cost_usd": st.sampled_from([None, "0", "0.25", "9999999999"]),
    "fresh": st.booleans(),
    "context": st.fixed_dictionaries({"working_images": sometimes(st.integers(0, 3))}),
    "scope": st.sampled_from(["user", "total"]),
    "subject": st.sampled_from(["", "*", "alice", "a b"]),
    "period": st.sampled_from(["hour", "day", "month", "total"]),
    "cap_usd": st.sampled_from(["0", "1.5"]),
    "owner": st.sampled_from(["alice", "", "a/b"]),
    "name": st.sampled_from(["laptop", "", "\n"]),
    "scopes": st.lists(st.sampled_from(["user", "admin"]), max_size=2),
}
OF_PATH = {
    "jobs": ("prompt", "inputs", "workflow", "options", "preference", "stay_local", "max_cost_usd", "fresh"),
    "intent": ("prompt", "context"),
    "budgets": ("scope", "subject", "period", "cap_usd"),
    "keys": ("owner", "name", "scopes"),
}
OF_PATH["plan"] = OF_PATH["jobs"]


@pytest.mark.parametrize(("method", "path"), PATHS)
@given(data=st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_json_is_answered(
    local: httpx.AsyncClient, data: st.DataObject, method: str, path: str
) -> None:
    fields = {name: sometimes(FIELDS[name]) for name in OF_PATH[path]}
    body = data.draw(st.one_of(st.fixed_dictionaries({}, optional=fields), ANYTHING))
    response = await local.request(
        method, f"/api/v1/{path}", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    if response.status_code >= 300:
        assert_problem(response)


@given(raw=st.binary(max_size=200))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_any_bytes_are_answered(local: httpx.AsyncClient, raw: bytes) -> None:
    response = await local.post("/api/v1/jobs", content=raw, headers={"Content-Type": "application/json"})
    assert_problem(response)


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"a":' * 30_000,
        b'{"prompt": "\\ud800"}',
        b'{"options": {"scale": 1e999}}',
        b"",
        b"\xff",
    ],
    ids=["deep", "deeper", "surrogate", "infinite", "empty", "no text"],
)
async def test_json_made_to_break_parsers(local: httpx.AsyncClient, raw: bytes) -> None:
    response = await local.post("/api/v1/jobs", content=raw, headers={"Content-Type": "application/json"})
    assert_problem(response, 422)
