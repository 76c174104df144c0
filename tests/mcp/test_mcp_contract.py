"""The tools say and do the same as every other face: schema, plan, price."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp_clients import document, encoded, refusal

from bottega.api import create_app
from bottega.app import Bottega, make_request
from bottega.cli.run import EMPTY_RUN
from bottega.domain.request import InputRef, Role
from bottega.mcp import create_server
from bottega.mcp.answers import tool_name
from bottega.settings import Settings
from bottega.workflows.protocol import Workflow
from bottega.workflows.registry import all_workflows

MODEL = """
[[model]]
id = "openai_compatible/nobody"
engine = "openai_compatible"
title = "A server that is not there"
operations = ["generate"]
features = ["size:*", "variants", "seed"]
quality = 0.7
price = { per_image = "0.04", source = "nowhere" }
"""
WORKFLOWS = [pytest.param(workflow, id=workflow.name) for workflow in all_workflows().values()]


async def tools_of(shop: Bottega) -> dict[str, Any]:
    async with Client(create_server(shop)) as client:
        return {tool.name: tool for tool in (await client.list_tools()).tools}


async def test_every_tool_is_described_and_has_a_valid_schema(shop: Bottega) -> None:
    for name, tool in (await tools_of(shop)).items():
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name)
        assert len(tool.description) > 20
        Draft202012Validator.check_schema(tool.input_schema)
        assert tool.input_schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False


@pytest.mark.parametrize("workflow", WORKFLOWS)
async def test_a_workflow_tool_takes_the_workflows_own_options(shop: Bottega, workflow: Workflow) -> None:
    schema = (await tools_of(shop))[tool_name(workflow)].input_schema
    library = workflow.options.model_json_schema()
    definitions = library.pop("$defs", {})
    assert schema["properties"]["options"] == library
    assert {name: schema["$defs"][name] for name in definitions} == definitions
    assert schema["properties"]["inputs"]["maxItems"] == sum(spec.maximum for spec in workflow.inputs)
    # A reader of the schema finds every definition that it refers to.
    Draft202012Validator(schema).is_valid({"prompt": "x", "options": {}, "inputs": []})


async def test_the_workflows_are_listed_with_their_options(shop: Bottega) -> None:
    async with Client(create_server(shop)) as client:
        listed = document(await client.call_tool("list_workflows"))["workflows"]
        assert [each["name"] for each in listed] == list(shop.workflows)
        for each in listed:
            (one,) = document(await client.call_tool("list_workflows", {"name": each["name"]}))["workflows"]
            workflow = shop.workflows[each["name"]]
            assert one["options"] == workflow.options.model_json_schema()
            assert one["tool"] in await tools_of(shop)


async def test_the_models_are_those_of_the_catalogue(shop: Bottega) -> None:
    async with Client(create_server(shop)) as client:
        listed = document(await client.call_tool("list_models"))["models"]
        lasers = document(await client.call_tool("list_models", {"operation": "laser"}))["models"]
    assert [each["id"] for each in listed] == [model.id for model in shop.catalogue]
    assert [each["id"] for each in lasers] == [
        model.id for model in shop.catalogue if "laser" in model.operations
    ]
    usable = {model.id: shop.availability_of(model).usable for model in shop.catalogue}
    assert {each["id"]: each["usable"] for each in listed} == usable
    assert {each["usable"] for each in listed} == {True, False}


SENTENCES = ("Sharpen this and double its size", "Turn this into a pencil drawing", "Engrave this on plywood")


@pytest.mark.parametrize("sentence", SENTENCES)
async def test_plan_and_price_are_those_of_the_library_and_of_http(
    shop: Bottega, cup: Path, sentence: str
) -> None:
    asset = await shop.add_asset(cup)
    asked = {"prompt": sentence, "inputs": [{"role": "working", "asset_id": asset.id}], "preference": "speed"}
    async with Client(create_server(shop)) as client:
        answer = document(await client.call_tool("plan", asked))
    transport = httpx.ASGITransport(create_app(shop))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        over_http = (await http.post("/api/v1/plan", json=asked)).json()
    assert answer == {name: over_http[name] for name in answer}
    ref = InputRef(role=Role.WORKING, asset_id=asset.id)
    planned = await shop.plan(make_request(prompt=sentence, inputs=(ref,), preference="speed"))
    assert answer["plan"] == planned.plan.model_dump(mode="json")
    assert answer["price"]["text"] == str(planned.plan.first.price)


@pytest.mark.parametrize("sentence", SENTENCES)
async def test_a_workflow_tool_makes_the_plan_of_the_library(shop: Bottega, cup: Path, sentence: str) -> None:
    inputs = (InputRef(role=Role.WORKING, asset_id=(await shop.add_asset(cup)).id),)
    read = await shop.plan(make_request(prompt=sentence, inputs=inputs))
    named = await shop.plan(make_request(prompt=sentence, inputs=inputs, workflow=read.plan.workflow))
    async with Client(create_server(shop)) as client:
        asked = {"prompt": sentence, "inputs": [{"data": encoded(cup)}], "wait_seconds": 0}
        started = document(await client.call_tool(f"workflow_{read.plan.workflow}", asked))
    assert started["plan"] == named.plan.model_dump(mode="json")
    job = await shop.job(started["job"]["id"])
    assert job.request.model_copy(update={"inputs": ()}) == named.request.model_copy(update={"inputs": ()})


async def test_a_job_is_told_as_on_the_command_line(shop: Bottega, cup: Path) -> None:
    async with Client(create_server(shop)) as client:
        asked = {"prompt": "Sharpen this", "inputs": [{"data": encoded(cup)}], "wait_seconds": 0}
        # Notes are for who plans; the tool `plan` has them.
        assert set(EMPTY_RUN) - {"notes"} <= set(document(await client.call_tool("run", asked)))


async def test_a_refusal_says_who_was_ruled_out_and_what_to_do(shop: Bottega) -> None:
    async with Client(create_server(shop)) as client:
        result = await client.call_tool("plan", {"prompt": "A red bicycle", "workflow": "image_generation"})
        error = refusal(result)
    assert error["code"] == "no-candidate"
    assert error["hint"]
    assert error["money"] == "nothing was spent"
    for part in (error["hint"], error["money"]):
        assert part in result.content[0].text


async def test_who_waits_for_a_job_learns_that_it_was_cancelled(shop: Bottega, cup: Path) -> None:
    asked = {"prompt": "Sharpen this", "inputs": [{"data": encoded(cup)}], "wait_seconds": 60}
    async with Client(create_server(shop)) as client, Client(create_server(shop)) as other:
        running = asyncio.create_task(client.call_tool("run", asked))
        while not (jobs := await shop.jobs()):
            assert not running.done()
        cancelled = document(await other.call_tool("cancel_job", {"job_id": jobs[0].id}))
        ended = document(await running)
    assert ended["job"]["state"] == "cancelled"
    assert ended == cancelled


async def test_a_job_that_failed_is_an_error_of_the_tool_that_ran_it(tmp_path: Path) -> None:
    """The only candidate is a server that is not there."""
    catalogue = tmp_path / "models.toml"
    catalogue.write_text(MODEL, encoding="utf-8")
    nowhere = "http://127.0.0.1:9/v1"
    settings = Settings(
        home=tmp_path / "other", catalogue=catalogue, openai_compatible_base_url=nowhere, compute_workers=1
    )
    async with Bottega(settings) as shop, Client(create_server(shop)) as client:
        asked = {"prompt": "A red bicycle", "workflow": "image_generation"}
        planned = document(await client.call_tool("plan", asked))
        result = await client.call_tool("run", asked)
        error = refusal(result)
        status = document(
            await client.call_tool("job_status", {"job_id": result.structured_content["job"]["id"]})
        )
    assert planned["price"] == {
        "low": 40000,
        "likely": 40000,
        "high": 40000,
        "basis": "fixed",
        "text": "$0.04",
    }
    assert status["error"] == error
    assert status["job"]["state"] == "failed"
    assert status["cost_text"] == "free"
    assert [attempt["model_id"] for attempt in status["attempts"]] == ["openai_compatible/nobody"]
