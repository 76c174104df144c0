"""Addresses under `/enhanced`, and `/intent`: what a sentence would become, and how it was read."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_server import NOBODYS_ASSET, Served, assert_problem, served
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bottega.app import Bottega
from bottega.domain.intent import Intent
from bottega.domain.principal import Scope
from bottega.references import ReferenceKind
from bottega.settings import Settings

PROCESS, COMPARE, METRICS = (f"/api/v1/enhanced/{name}" for name in ("process", "compare", "metrics"))
ANSWER = {
    "success",
    "workflow_type",
    "final_prompt",
    "model_selection",
    "references",
    "intent_confidence",
    "reasoning",
    "processing_time",
    "estimated_cost",
    "estimated_time",
    "metadata",
}
SELECTION = {"model_id", "provider", "reasoning", "fallback_models", "estimated_cost", "estimated_time"}


async def process(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    response = await client.post(PROCESS, json=body)
    assert response.status_code == 200, response.text
    return response.json()


async def upload(client: httpx.AsyncClient, picture: Path) -> str:
    response = await client.post("/api/v1/assets", files={"file": picture.read_bytes()})
    return response.json()["assets"][0]["id"]


# --- process -------------------------------------------------------------------------------------------------


async def test_a_request_is_read_and_planned_and_nothing_is_run(
    local: httpx.AsyncClient, shop: Bottega, photograph: Path
) -> None:
    asset_id = await upload(local, photograph)
    answer = await process(
        local,
        prompt="Sharpen this and double its size",
        working_image_url=f"/api/v1/assets/{asset_id}/content",
        user_preferences={"quality": "speed"},
        use_ai_classification=True,
    )
    assert set(answer) >= ANSWER
    assert set(answer["model_selection"]) == SELECTION
    assert answer["success"] is True
    assert answer["error"] is None
    assert answer["workflow_type"] == "image_enhancement"
    assert answer["final_prompt"] == "Sharpen this and double its size"
    planned = await local.post(
        "/api/v1/plan",
        json={
            "prompt": "Sharpen this and double its size",
            "inputs": [{"asset_id": asset_id}],
            "preference": "speed",
        },
    )
    candidates = planned.json()["plan"]["candidates"]
    selection = answer["model_selection"]
    assert [selection["model_id"], *selection["fallback_models"]] == [each["model_id"] for each in candidates]
    assert selection["provider"] == candidates[0]["engine"]
    assert answer["estimated_cost"] == selection["estimated_cost"] == 0.0
    assert answer["intent_confidence"] == planned.json()["intent"]["confidence"]
    assert answer["reasoning"].startswith(planned.json()["intent"]["reasoning"])
    assert 0 < answer["processing_time"] < 60
    assert await shop.jobs() == []


@pytest.mark.parametrize(
    "form", ["{id}", "asset:{id}", "/api/v1/assets/{id}", "http://localhost:8600/api/v1/assets/{id}"]
)
async def test_ones_own_asset_is_a_working_picture(
    local: httpx.AsyncClient, photograph: Path, form: str
) -> None:
    url = form.format(id=await upload(local, photograph))
    assert (await process(local, prompt="sharpen this", working_image_url=url))["success"]


@pytest.mark.parametrize(
    "url",
    [
        NOBODYS_ASSET,
        "sunset.jpg",
        "http://127.0.0.1:1/x.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "http://user:word@example.com/x.png",
        "http://[broken",
    ],
)
async def test_without_its_picture_a_request_is_read_but_not_planned(
    local: httpx.AsyncClient, url: str
) -> None:
    answer = await process(local, prompt="animate this sunset", working_image_url=url)
    assert answer["success"] is False
    assert answer["workflow_type"] == "image_to_video"
    assert answer["model_selection"]["model_id"] is None
    assert answer["error"]["message"] in answer["reasoning"]
    assert answer["error"]["code"] in ("input", "not-found")


async def test_what_no_model_can_do_is_told_with_the_reason(local: httpx.AsyncClient) -> None:
    answer = await process(local, prompt="draw a red bicycle")
    assert (answer["success"], answer["workflow_type"]) == (False, "image_generation")
    assert answer["error"]["code"] == "no-candidate"
    assert answer["estimated_cost"] is None


async def test_mentions_are_references_in_their_roles(
    local: httpx.AsyncClient, shop: Bottega, photograph: Path
) -> None:
    asset_id = await upload(local, photograph)
    await shop.references.save("local", "sarah", ReferenceKind.PERSON, asset_id)
    answer = await process(local, prompt="sharpen @sarah and double the size")
    (reference,) = answer["references"]
    assert {name: reference[name] for name in ("source", "name", "kind", "role", "asset_id")} == {
        "source": "saved",
        "name": "sarah",
        "kind": "person",
        "role": "person",
        "asset_id": asset_id,
    }
    assert answer["success"]
    unknown = await process(local, prompt="sharpen @sara and double the size")
    assert (unknown["error"]["code"], unknown["error"]["hint"]) == ("unknown-mention", "Did you mean @sarah?")


async def test_a_short_prompt_gets_a_suggestion_and_stays_as_it_is(local: httpx.AsyncClient) -> None:
    answer = await process(local, prompt="draw a red bicycle")
    assert answer["final_prompt"] == "draw a red bicycle"
    assert answer["metadata"]["enhancement_needed"] is True
    assert answer["metadata"]["enhancement_applied"] is False
    assert answer["metadata"]["suggested_prompt"].startswith("draw a red bicycle. ")


async def test_the_rules_decide_when_asked_to(local: httpx.AsyncClient) -> None:
    answer = await process(local, prompt="draw a red bicycle", use_ai_classification=False)
    assert answer["metadata"]["intent"]["classifier"] == "rules"


async def test_style_and_format_are_options_where_there_are_such(
    local: httpx.AsyncClient, photograph: Path
) -> None:
    asset_id = await upload(local, photograph)
    wishes = {"format": "webp", "style": "moody", "mood": "sad"}
    answer = await process(local, prompt="sharpen this", working_image_url=asset_id, user_preferences=wishes)
    assert answer["success"]
    notes = " ".join(answer["metadata"]["notes"])
    assert "no option style" in notes
    assert "mood" in notes
    assert "format" not in notes
    wrong = await process(
        local, prompt="sharpen this", working_image_url=asset_id, user_preferences={"format": "doc"}
    )
    assert wrong["error"]["code"] == "invalid-option"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prompt": ""},
        {"prompt": "  "},
        {"prompt": "x" * 2001},
        {"prompt": "a\0b"},
        {"prompt": 5},
        {"prompt": "a", "user_preferences": {"quality": "perfect"}},
        {"prompt": "a", "user_preferences": {"quality": 5}},
        {"prompt": "a", "user_preferences": "fast"},
        {"prompt": "a", "working_image_url": 5},
        {"prompt": "a", "use_ai_classification": "perhaps"},
        {"prompt": "a", "unknown": 1},
        [],
        "text",
    ],
)
@pytest.mark.parametrize("path", [PROCESS, COMPARE])
async def test_a_wrong_request_is_a_problem(local: httpx.AsyncClient, path: str, body: object) -> None:
    assert_problem(await local.post(path, json=body), 422)


async def test_other_content_is_not_read(local: httpx.AsyncClient) -> None:
    response = await local.post(PROCESS, content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert_problem(response, 415)
    assert_problem(await local.post(PROCESS, content=b"x" * 300_000), 413)


# --- compare -------------------------------------------------------------------------------------------------


async def test_two_readings_stand_side_by_side(local: httpx.AsyncClient) -> None:
    body = {"prompt": "change my hair to blonde with bangs", "use_ai_classification": True}
    answer = (await local.post(COMPARE, json=body)).json()
    current, rules = answer["ai_classification"], answer["existing_system"]
    assert set(current) >= ANSWER
    assert current["workflow_type"] == rules["workflow_type"] == "hair_styling"
    assert rules["metadata"]["intent"]["classifier"] == "rules"
    differences = answer["differences"]
    assert differences["workflow_type"] is False
    assert differences["prompt_changes"] is False
    for name, values in differences["fields"].items():
        assert values["ai_classification"] != values["existing_system"], name


# --- metrics -------------------------------------------------------------------------------------------------


async def test_metrics_are_zero_and_then_count(local: httpx.AsyncClient) -> None:
    before = (await local.get(METRICS)).json()
    assert (before["classifications"], before["cache_hit_rate"], before["error_rate"]) == (0, 0, 0)
    assert before["latency_ms"] == {"samples": 0, "p50": 0, "p95": 0, "p99": 0, "maximum": 0}
    for _ in range(2):
        await process(local, prompt="draw a red bicycle")
    await local.post("/api/v1/intent", json={"prompt": ""})
    after = (await local.get(METRICS)).json()
    assert (after["classifications"], after["cache_hits"], after["refused"]) == (2, 1, 1)
    assert (after["cache_hit_rate"], after["fallback_rate"], after["error_rate"]) == (0.5, 0, 0)
    assert after["by_workflow"] == {"image_generation": 2}
    assert after["latency_ms"]["samples"] == 2


async def test_without_a_key_nothing_is_told(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    for method, path in (("POST", PROCESS), ("POST", COMPARE), ("GET", METRICS)):
        assert_problem(await public.request(method, path, json={"prompt": "draw"}), 401)
    made = await open_shop.keys.create("alice", "test", (Scope.USER,))
    assert (await public.get(METRICS, headers={"X-API-Key": made.secret})).status_code == 200


async def test_anothers_asset_is_no_working_picture(
    public: httpx.AsyncClient, open_shop: Bottega, photograph: Path
) -> None:
    keys = {
        owner: (await open_shop.keys.create(owner, "test", (Scope.USER,))).secret
        for owner in ("alice", "bob")
    }
    sent = await public.post(
        "/api/v1/assets", files={"file": photograph.read_bytes()}, headers={"X-API-Key": keys["alice"]}
    )
    body = {"prompt": "sharpen this", "working_image_url": sent.json()["assets"][0]["id"]}
    answer = (await public.post(PROCESS, json=body, headers={"X-API-Key": keys["bob"]})).json()
    assert answer["error"]["code"] == "not-found"


# --- intent --------------------------------------------------------------------------------------------------


async def test_an_intent_has_all_its_fields(local: httpx.AsyncClient) -> None:
    body = {
        "prompt": "dress me like Rihanna at the Met Gala",
        "context": {"working_images": 1, "uploaded_images": 0, "working_videos": 0, "references": 0},
        "classifier": "rules",
    }
    response = await local.post("/api/v1/intent", json=body)
    assert response.status_code == 200
    intent = response.json()
    assert set(intent) == set(Intent.model_fields)
    assert (intent["workflow"], intent["subkind"], intent["classifier"]) == (
        "reference_styling",
        "celebrity",
        "rules",
    )
    assert intent["requires_web_search"]
    assert "Rihanna" in intent["web_search_query"]
    assert set(intent["runner_up"]) == {"workflow", "confidence"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"context": {}},
        {"prompt": ""},
        {"prompt": None},
        {"prompt": ["draw"]},
        {"prompt": "x" * 2001},
        {"prompt": "draw\0"},
        {"prompt": "draw", "context": {"working_images": -1}},
        {"prompt": "draw", "context": {"working_images": "1"}},
        {"prompt": "draw", "context": {"working_images": True}},
        {"prompt": "draw", "context": {"working_images": 1.5}},
        {"prompt": "draw", "context": {"working_images": ["a.png"]}},
        {"prompt": "draw", "context": {"working_images": 10**30}},
        {"prompt": "draw", "context": {"pictures": 1}},
        {"prompt": "draw", "context": None},
        {"prompt": "draw", "classifier": "oracle"},
    ],
)
async def test_a_wrong_question_is_a_problem(local: httpx.AsyncClient, body: object) -> None:
    assert_problem(await local.post("/api/v1/intent", json=body), 422)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)
COUNTS = st.dictionaries(
    st.sampled_from(["working_images", "uploaded_images", "working_videos", "references", "other"]),
    st.integers(0, 4) | st.integers() | LEAVES,
    max_size=4,
)
QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        "prompt": st.text(st.characters(), max_size=60)
        | st.sampled_from(["draw a cat", "x" * 3000])
        | VALUES,
        "context": COUNTS | VALUES,
        "classifier": st.sampled_from(["rules", "embedded", "oracle"]) | LEAVES,
        "working_image_url": st.sampled_from(["sunset.jpg", "file:///x", "@", "http://[", NOBODYS_ASSET])
        | LEAVES,
        "user_preferences": st.dictionaries(st.sampled_from(["quality", "style", "x"]), LEAVES, max_size=2)
        | VALUES,
        "use_ai_classification": st.booleans() | LEAVES,
    },
)


@pytest.mark.parametrize("path", ["/api/v1/intent", PROCESS, COMPARE])
@given(data=st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_question_is_answered(local: httpx.AsyncClient, data: st.DataObject, path: str) -> None:
    fields = {"prompt", "context", "classifier"} if path.endswith("intent") else None
    drawn = data.draw(QUESTIONS)
    other = {"prompt", "working_image_url", "user_preferences", "use_ai_classification"}
    body = {name: value for name, value in drawn.items() if name in (fields or other)}
    raw = json.dumps(data.draw(st.sampled_from([body, body, body, drawn])))
    response = await local.post(path, content=raw, headers={"Content-Type": "application/json"})
    if response.status_code != 200:
        assert_problem(response)


# --- as people call it ---------------------------------------------------------------------------------------

JSON_HEADER = ["-H", "Content-Type: application/json"]
LINES: list[tuple[str, list[str], str, str]] = [
    (
        "compare",
        JSON_HEADER,
        '{\n    "prompt": "change my hair to blonde with bangs",\n    "use_ai_classification": true\n  }',
        "hair_styling",
    ),
    (
        "process",
        JSON_HEADER,
        '{\n    "prompt": "put @sarah in this red dress",\n    "working_image_url": "https://example.com/person.jpg"\n  }',
        "reference_styling",
    ),
    ("process", [], '{"prompt": "animate this sunset", "working_image_url": "sunset.jpg"}', "image_to_video"),
    ("process", [], '{"prompt": "a cat playing in the garden"}', ""),
    ("process", [], '{"prompt": "cinematic video of waves with ocean sounds"}', "video_generation"),
]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(Settings(home=tmp_path_factory.mktemp("home"), compute_workers=1)) as running:
        yield running


@pytest.fixture
async def there(real: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=real.url, timeout=300) as client:
        yield client


def curl(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        ["curl", "-sS", "--fail-with-body", "--max-time", "60", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


async def test_a_server_just_started_has_classified_nothing(tmp_path: Path) -> None:
    with served(Settings(home=tmp_path, compute_workers=1)) as running:
        assert curl(f"{running.url}{METRICS}")["classifications"] == 0


@pytest.mark.parametrize(("path", "headers", "body", "workflow"), LINES)
def test_the_documented_curl_lines_are_answered(
    real: Served, path: str, headers: list[str], body: str, workflow: str
) -> None:
    answer = curl("-X", "POST", f"{real.url}/api/v1/enhanced/{path}", *headers, "-d", body)
    told = answer["ai_classification"] if path == "compare" else answer
    assert set(told) >= ANSWER
    assert told["workflow_type"] == workflow or not workflow
    assert told["success"] or told["error"]["message"]


async def test_fifty_at_once_are_all_answered(there: httpx.AsyncClient) -> None:
    calls = [there.post(PROCESS, content=f'{{"prompt": "test prompt {n}"}}') for n in range(1, 51)]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} == {200}
    assert (await there.get(METRICS)).json()["classifications"] >= 50


async def test_a_page_of_another_site_cannot_ask_in_the_users_name(there: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://evil.example"}
    assert_problem(await there.post(PROCESS, content='{"prompt": "draw"}', headers=headers), 403)
