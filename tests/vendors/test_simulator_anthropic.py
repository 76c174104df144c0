"""The simulated Anthropic, met by the official SDK in strict mode; `client` holds every conversation against the
published schemas."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import pytest
from pydantic import BaseModel
from vendor_clients import anthropic_client, assert_fits, photo

from bottega.simulator.serve import KEY, Simulator

MODEL = "claude-haiku-5-5"
HELLO: Any = [{"role": "user", "content": "Good morning"}]


class Judgement(BaseModel):
    score: float
    good: bool
    reasons: list[str]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as sim:
        yield sim


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.world.reset()
    return running


@pytest.fixture
def client(sim: Simulator) -> anthropic.Anthropic:
    return anthropic_client(sim)


def post(sim: Simulator, body: Any, **headers: str) -> httpx.Response:
    head = {"x-api-key": KEY, "anthropic-version": "2026-10-21", **headers}
    return httpx.post(f"{sim.base('anthropic')}/v1/messages", json=body, headers=head, timeout=120)


def image(data: bytes, media_type: str = "image/png") -> Any:
    source = {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}
    return {"type": "image", "source": source}


def test_a_message_is_answered_and_counted(sim: Simulator, client: anthropic.Anthropic) -> None:
    answer = client.messages.create(model=MODEL, max_tokens=100, system="12345678", messages=HELLO)
    assert answer.stop_reason == "end_turn"
    # 8 and 12 characters and the line between them: 21, begun fours
    assert answer.usage.input_tokens == 6
    assert sim.world.log[-1].accepted


def test_pictures_are_counted_by_their_pixels_and_logged(sim: Simulator, client: anthropic.Anthropic) -> None:
    content = [
        {"type": "text", "text": "Good morning"},
        image(photo(300, 250)),
        image(photo(3000, 2500, kind="JPEG"), "image/jpeg"),
    ]
    seeing = client.messages.create(
        model=MODEL, max_tokens=100, messages=[{"role": "user", "content": content}]
    )
    blind = client.messages.create(model=MODEL, max_tokens=100, messages=HELLO)
    assert seeing.usage.input_tokens - blind.usage.input_tokens == 100 + 1600
    assert [(file.width, file.media_type) for file in sim.world.log[0].files] == [
        (300, "image/png"),
        (3000, "image/jpeg"),
    ]


def test_structured_output_has_the_form_of_the_model(client: anthropic.Anthropic) -> None:
    answer = client.messages.parse(
        model=MODEL,
        max_tokens=500,
        messages=[{"role": "user", "content": [image(photo())]}],
        output_format=Judgement,
    )
    assert isinstance(answer.parsed_output, Judgement)


TOOL: Any = {
    "name": "rate",
    "input_schema": {
        "type": "object",
        "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}},
        "required": ["stars"],
    },
}


def test_a_tool_that_must_be_called_is_called(sim: Simulator, client: anthropic.Anthropic) -> None:
    sim.world.queue_answer("anthropic", text='{"stars": 3}')
    for stars in ({3}, range(1, 6)):
        answer = client.messages.create(
            model=MODEL, max_tokens=100, messages=HELLO, tools=[TOOL], tool_choice={"type": "any"}
        )
        call = answer.content[0]
        assert answer.stop_reason == "tool_use"
        assert call.type == "tool_use"
        assert call.input["stars"] in stars


@pytest.mark.parametrize(
    "queued",
    [{"text": "A rather long answer, in several pieces."}, {"tool": "rate", "arguments": {"stars": 2}}],
)
def test_a_stream_gives_the_same_message_in_pieces(
    sim: Simulator, client: anthropic.Anthropic, queued: dict[str, Any]
) -> None:
    sim.world.queue_answer("anthropic", **queued)
    sim.world.queue_answer("anthropic", **queued)
    asked: Any = {"model": MODEL, "max_tokens": 100, "messages": HELLO, "tools": [TOOL]}
    whole = client.messages.create(**asked)
    with client.messages.stream(**asked) as stream:
        streamed = stream.get_final_message()
    unique = {"id", "content"}
    assert streamed.model_dump(exclude=unique) == whole.model_dump(exclude=unique)
    assert streamed.content[0].model_dump(exclude={"id", "parsed_output"}) == whole.content[0].model_dump(
        exclude={"id", "parsed_output"}
    )


def test_every_event_of_a_stream_fits_the_published_schema(sim: Simulator) -> None:
    sim.world.queue_answer("anthropic", text="A rather long answer, in several pieces.")
    answer = post(sim, {"model": MODEL, "max_tokens": 100, "messages": HELLO, "stream": True})
    events = [
        json.loads(line.removeprefix("data: "))
        for line in answer.text.splitlines()
        if line.startswith("data: ")
    ]
    for event in events:
        assert_fits("anthropic_responses", "event", event)
    assert [event["type"] for event in events if event["type"] != "content_block_delta"] == [
        "message_start",
        "ping",
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


def test_a_refusal_and_too_few_tokens_are_reasons_to_stop(
    sim: Simulator, client: anthropic.Anthropic
) -> None:
    sim.world.faults.add("refusal", "anthropic")
    refused = client.messages.create(model=MODEL, max_tokens=100, messages=HELLO)
    assert refused.stop_reason == "refusal"
    assert refused.content == []
    cut = client.messages.create(model=MODEL, max_tokens=2, messages=HELLO)
    assert cut.stop_reason == "max_tokens"
    assert cut.usage.output_tokens == 2


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("rate_limit", 429, "rate_limit_error"),
        ("quota", 402, "billing_error"),
        ("overloaded", 529, "overloaded_error"),
        ("server_error", 500, "api_error"),
        ("auth", 401, "authentication_error"),
        ("bad_request", 400, "invalid_request_error"),
    ],
)
def test_errors_have_the_vendors_status_and_kind(
    sim: Simulator, client: anthropic.Anthropic, fault: str, status: int, kind: str
) -> None:
    sim.world.faults.add(fault, "anthropic", seconds=3)
    with pytest.raises(anthropic.APIStatusError) as failed:
        client.messages.create(model=MODEL, max_tokens=100, messages=HELLO)
    assert failed.value.status_code == status
    body: Any = failed.value.body
    assert body["error"]["type"] == kind
    assert body["request_id"] == failed.value.response.headers["request-id"]
    assert failed.value.response.headers.get("retry-after") == ("3" if fault == "rate_limit" else None)
    assert not sim.world.log[-1].accepted


def test_a_bad_gateway_speaks_html(sim: Simulator, client: anthropic.Anthropic) -> None:
    sim.world.faults.add("bad_gateway", "anthropic")
    with pytest.raises(anthropic.InternalServerError) as failed:
        client.messages.create(model=MODEL, max_tokens=100, messages=HELLO)
    assert failed.value.status_code == 502
    assert failed.value.response.headers["content-type"].startswith("text/html")


def test_a_stream_can_fail_after_it_began(sim: Simulator, client: anthropic.Anthropic) -> None:
    sim.world.faults.add("fail_later", "anthropic")
    with (
        pytest.raises(anthropic.APIError, match="Overloaded"),
        client.messages.stream(model=MODEL, max_tokens=100, messages=HELLO) as stream,
    ):
        stream.get_final_message()
    assert sim.world.log[-1].accepted


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"max_tokens": None}, "max_tokens"),
        ({"model": "claude-9"}, "model: claude-9"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": [{"role": "user", "content": ""}]}, "messages.0"),
        ({"messages": [{"role": "king", "content": "?"}]}, "messages.0.role"),
        ({"seed": 7}, "seed: Extra inputs are not permitted"),
        ({"temperature": 2}, "temperature"),
        ({"tool_choice": {"type": "any"}}, "tool_choice"),
        ({"messages": [{"role": "user", "content": [image(b"nothing")]}]}, "Could not process image"),
        ({"messages": [{"role": "user", "content": [image(photo(), "image/webp")]}]}, "image/webp media type"),
        ({"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}}, "additionalProperties"),
    ],
)  # fmt: skip
def test_what_the_api_does_not_take_is_refused_and_not_accepted(
    sim: Simulator, change: dict[str, Any], says: str
) -> None:
    body = {"model": MODEL, "max_tokens": 10, "messages": HELLO, **change}
    answer = post(sim, body)
    assert answer.status_code == (404 if "model" in change else 400)
    assert_fits("anthropic_responses", "error", answer.json())
    assert says in answer.json()["error"]["message"]
    assert not sim.world.log[-1].accepted


def test_key_and_version_are_asked_for(sim: Simulator) -> None:
    body = {"model": MODEL, "max_tokens": 10, "messages": HELLO}
    assert post(sim, body, **{"x-api-key": ""}).status_code == 401
    assert post(sim, body, **{"anthropic-version": ""}).status_code == 400


def test_models_are_listed(client: anthropic.Anthropic) -> None:
    assert MODEL in [model.id for model in client.models.list()]
