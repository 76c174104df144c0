"""Experiments over HTTP: for administrators, checked before they begin, with their results."""

from typing import Any

import httpx
import pytest
from api_server import assert_problem

from bottega.app import Bottega
from bottega.domain.principal import Scope

URL = "/api/v1/experiments"


def body(**fields: Any) -> dict[str, Any]:
    arms = [{"name": "control"}, {"name": "quick", "weight": 2, "changes": {"preference": "speed"}}]
    return {"name": "brisk", "workflow": "image_enhancement", "arms": arms} | fields


async def test_an_experiment_begins_shows_and_ends(local: httpx.AsyncClient) -> None:
    begun = await local.post(URL, json=body())
    assert begun.status_code == 201, begun.text
    made = begun.json()
    assert (made["state"], made["unit"], made["arms"][1]["weight"]) == ("running", "user", 2.0)
    assert (await local.get(f"{URL}/brisk")).json() == made
    assert (await local.get(URL)).json()["experiments"] == [made]
    found = (await local.get(f"{URL}/brisk/results")).json()
    assert [arm["arm"] for arm in found["arms"]] == ["control", "quick"]
    assert found["arms"][0]["acceptance"] is None
    assert found["comparisons"][0]["conclusion"].startswith("Too early: 0")
    ended = (await local.delete(f"{URL}/brisk")).json()
    assert (ended["state"], ended["ended_at"] >= made["created_at"]) == ("ended", True)
    assert (await local.get(f"{URL}/brisk/results")).status_code == 200


async def test_a_second_one_on_the_same_workflow_is_refused(local: httpx.AsyncClient) -> None:
    await local.post(URL, json=body())
    assert (await local.post(URL, json=body())).status_code == 201  # sent twice, begun once
    problem = assert_problem(await local.post(URL, json=body(name="brisker")), 409)
    assert "brisk" in problem["hint"]
    assert (await local.post(URL, json=body(name="deeper", workflow="laser"))).status_code == 201


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Not A Name"},
        {"name": "nul\0"},
        {"arms": [{"name": "only"}]},
        {"arms": [{"name": "a"}, {"name": "a"}]},
        {"arms": [{"name": "a", "weight": 0}, {"name": "b", "weight": 0}]},
        {"arms": [{"name": "a"}, {"name": "b", "changes": {"colour": "red"}}]},
        {"arms": [{"name": "a"}, {"name": "b", "changes": {"options": {"nope": 1}}}]},
        {"arms": [{"name": "a"}, {"name": "b", "changes": {"model": "no/such"}}]},
        {"arms": [{"name": "a"}, {"name": "b", "changes": {"classifier": "rules"}}]},
        {"unit": "planet"},
    ],
)
async def test_what_cannot_be_tried_is_refused(local: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    assert_problem(await local.post(URL, json=body(**fields)), 422)
    assert (await local.get(URL)).json()["experiments"] == []


async def test_an_unknown_workflow_or_name_is_a_problem(local: httpx.AsyncClient) -> None:
    assert_problem(await local.post(URL, json=body(workflow="cooking")))
    for path in (f"{URL}/nobody", f"{URL}/nobody/results"):
        assert_problem(await local.get(path), 404)
    assert_problem(await local.delete(f"{URL}/nobody"), 404)
    await local.post(URL, json=body())
    assert_problem(await local.get(f"{URL}/brisk/results?matters=2"), 422)


async def test_only_administrators_try_things_out(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    made = await open_shop.keys.create("alice", "test", (Scope.USER,))
    headers = {"X-API-Key": made.secret}
    for method, path in [("GET", ""), ("POST", ""), ("GET", "/x"), ("GET", "/x/results"), ("DELETE", "/x")]:
        assert_problem(await public.request(method, URL + path, headers=headers), 403)
        assert_problem(await public.request(method, URL + path), 401)


async def test_the_document_describes_the_body(local: httpx.AsyncClient) -> None:
    document = (await local.get("/openapi.json")).json()
    assert {URL, URL + "/{name}", URL + "/{name}/results"} <= set(document["paths"])
    told = document["paths"][URL]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert told == {"$ref": "#/components/schemas/ExperimentBody"}
    assert "arms" in document["components"]["schemas"]["ExperimentBody"]["properties"]
