"""The simulated Gemini API with the official SDK and pydantic-ai as clients, against trimmed schemas and recordings."""

import base64
import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from google import genai
from google.genai import errors, types
from PIL import Image
from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent, NativeOutput, ToolOutput
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider
from vendor_clients import eventually

from bottega.simulator.media import read_note
from bottega.simulator.serve import Simulator

FOLDER = Path(__file__).parent / "schemas"
SCHEMAS = json.loads((FOLDER / "gemini_responses.json").read_text())
RECORDED = json.loads((FOLDER / "gemini_recorded.json").read_text())["conversations"]
PAINTER, READER = "gemini-3.1-flash-image", "gemini-3.8-flash"


class Verdict(BaseModel):
    subject: str
    score: float
    flaws: list[str]


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"})


def fits(value: Any, name: str) -> None:
    validator(name).validate(value)


def picture(width: int = 96, height: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 40)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(speed=100_000) as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.world.reset()
    return running


@pytest.fixture
def client(sim: Simulator) -> genai.Client:
    options = types.HttpOptions(
        base_url=sim.base("gemini"),
        api_version="v1beta",
        timeout=120_000,
        retry_options=types.HttpRetryOptions(attempts=1),
        client_args={"trust_env": False},
        async_client_args={"trust_env": False},
    )
    return genai.Client(api_key="simulated", http_options=options)


@pytest.fixture
def api(sim: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=sim.base("gemini"), headers={"x-goog-api-key": "simulated"}, trust_env=False, timeout=120
    ) as plain:
        yield plain


def painted(
    client: genai.Client, model: str = PAINTER, pictures: tuple[bytes, ...] = (), **image_config: Any
) -> types.GenerateContentResponse:
    parts = [types.Part.from_bytes(data=one, mime_type="image/png") for one in pictures]
    config = types.GenerateContentConfig(
        response_modalities=["IMAGE"],
        image_config=types.ImageConfig(**image_config) if image_config else None,
    )
    return client.models.generate_content(model=model, contents=[*parts, "paint a lighthouse"], config=config)


def picture_of(response: types.GenerateContentResponse) -> bytes:
    assert response.parts
    return next(
        part.inline_data.data for part in response.parts if part.inline_data and part.inline_data.data
    )


def asked(
    api: httpx.Client, model: str, body: dict[str, Any], method: str = "generateContent"
) -> httpx.Response:
    return api.post(f"/v1beta/models/{model}:{method}", json=body)


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **more}


@pytest.mark.parametrize(
    ("model", "ratio", "size", "pixels", "tokens", "kind"),
    [
        ("gemini-2.5-flash-image", "1:1", None, (1024, 1024), 1290, "PNG"),
        ("gemini-2.5-flash-image", "16:9", "1K", (1344, 768), 1290, "PNG"),
        (PAINTER, "1:1", "512", (512, 512), 747, "JPEG"),
        (PAINTER, "8:1", "512", (1536, 192), 747, "JPEG"),
        (PAINTER, "9:16", "2K", (1536, 2752), 1680, "JPEG"),
        ("gemini-3-pro-image", "3:2", "4K", (5056, 3392), 2000, "JPEG"),
    ],
)
def test_a_picture_has_the_size_and_the_tokens_of_its_model(
    client: genai.Client,
    model: str,
    ratio: str,
    size: str | None,
    pixels: tuple[int, int],
    tokens: int,
    kind: str,
) -> None:
    response = painted(client, model, aspect_ratio=ratio, image_size=size)
    image = Image.open(io.BytesIO(picture_of(response)))
    assert (image.size, image.format) == (pixels, kind)
    usage = response.usage_metadata
    assert usage
    assert usage.candidates_tokens_details
    assert [(one.modality, one.token_count) for one in usage.candidates_tokens_details] == [("IMAGE", tokens)]
    assert usage.candidates_token_count == tokens


def test_the_pictures_sent_reach_the_picture_made(sim: Simulator, client: genai.Client) -> None:
    first, second = picture(640, 270), picture(50, 60)
    response = painted(client, pictures=(first, second), image_size="512")
    note = read_note(picture_of(response))
    seen = sim.world.calls("gemini", "generateContent")[0]
    assert note["inputs"] == [file.sha256 for file in seen.files]
    assert [(file.field, file.width) for file in seen.files] == [
        ("contents[0].parts[0]", 640),
        ("contents[0].parts[1]", 50),
    ]
    assert note["asked"]["prompt"] == "paint a lighthouse"
    assert Image.open(io.BytesIO(picture_of(response))).size == (
        792,
        336,
    )  # 21:9 is nearest to the first picture
    usage = response.usage_metadata
    assert usage
    assert usage.prompt_tokens_details
    assert {one.modality: one.token_count for one in usage.prompt_tokens_details} == {
        "TEXT": 5,
        "IMAGE": 1120,
    }
    assert usage.total_token_count == 5 + 1120 + 747


def test_text_and_picture_come_together_by_default(api: httpx.Client) -> None:
    body = asked(api, "gemini-2.5-flash-image", said("paint")).json()
    fits(body, "GenerateContentResponse")
    parts = body["candidates"][0]["content"]["parts"]
    assert [list(part) for part in parts] == [["text"], ["inlineData"]]
    usage = body["usageMetadata"]
    assert usage["candidatesTokenCount"] > 1290
    assert usage["candidatesTokensDetails"] == [{"modality": "IMAGE", "tokenCount": 1290}]
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage["candidatesTokenCount"]


def test_a_seed_and_the_same_words_give_the_same_bytes(client: genai.Client) -> None:
    assert picture_of(painted(client, image_size="512")) == picture_of(painted(client, image_size="512"))


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_recorded_calls_are_answered_in_the_recorded_form(api: httpx.Client, name: str) -> None:
    request, recorded = RECORDED[name]["request"], RECORDED[name]["response"]["body"]
    body = json.loads(json.dumps(request["body"]))
    for part in body["contents"][0]["parts"]:
        if "inlineData" in part:
            part["inlineData"]["data"] = base64.b64encode(picture(3008, 2000)).decode()
    if "function call" in name:
        body["toolConfig"] = {"functionCallingConfig": {"mode": "ANY"}}
    answer = api.post(request["path"], json=body)
    assert answer.status_code == 200, answer.text
    fits(answer.json(), "GenerateContentResponse")
    candidate, expected = answer.json()["candidates"][0], recorded["candidates"][0]
    kinds = [sorted(part) for part in candidate["content"]["parts"]]
    assert kinds == [sorted(part) for part in expected["content"]["parts"]]
    assert candidate["finishReason"] == expected["finishReason"]
    assert candidate.get("finishMessage") == expected.get("finishMessage")
    usage = answer.json()["usageMetadata"]
    assert set(recorded["usageMetadata"]) <= set(usage)
    if "picture read" in name:
        details = {one["modality"]: one["tokenCount"] for one in usage["promptTokensDetails"]}
        assert details["IMAGE"] == 3354


def test_structured_output_fits_the_schema(client: genai.Client) -> None:
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Verdict)
    response = client.models.generate_content(model=READER, contents="judge", config=config)
    assert isinstance(response.parsed, Verdict)


def test_queued_words_are_the_next_answer(sim: Simulator, client: genai.Client) -> None:
    sim.world.queue_answer("gemini", "generateContent", text="a red square")
    assert client.models.generate_content(model=READER, contents="what is it?").text == "a red square"
    assert client.models.generate_content(model=READER, contents="what is it?").text != "a red square"


@pytest.mark.parametrize("output", [Verdict, ToolOutput(Verdict), NativeOutput(Verdict)])
async def test_pydantic_ai_reads_structured_answers_about_pictures(
    sim: Simulator, client: genai.Client, output: Any
) -> None:
    agent: Agent[None, Verdict] = Agent(
        GoogleModel(READER, provider=GoogleProvider(client=client)), output_type=output, retries=0
    )
    question = ["judge", BinaryContent(data=picture(), media_type="image/png")]
    run = await agent.run(question)
    assert isinstance(run.output, Verdict)
    assert run.usage.input_tokens > 1120
    queued = Verdict(subject="lighthouse", score=0.25, flaws=["none"])
    sim.world.queue_answer("gemini", text=queued.model_dump_json())
    assert (await agent.run(question)).output == queued
    assert len(sim.world.calls("gemini")) == 2


async def test_a_tool_is_called_when_queued_and_its_result_is_taken(
    sim: Simulator, client: genai.Client
) -> None:
    agent = Agent(GoogleModel(READER, provider=GoogleProvider(client=client)))
    told: list[str] = []

    @agent.tool_plain
    def weather(town: str) -> str:
        told.append(town)
        return "rain"

    sim.world.queue_answer("gemini", function={"name": "weather", "args": {"town": "Siena"}})
    sim.world.queue_answer("gemini", text="It rains.")
    assert (await agent.run("weather?")).output == "It rains."
    assert told == ["Siena"]


def test_streaming_ends_with_the_reason_and_the_whole_usage(sim: Simulator, client: genai.Client) -> None:
    config = types.GenerateContentConfig(image_config=types.ImageConfig(image_size="512"))
    pieces = [*client.models.generate_content_stream(model=PAINTER, contents="paint", config=config)]
    assert len(pieces) > 3
    pictures = [part.inline_data for piece in pieces for part in piece.parts or [] if part.inline_data]
    assert len(pictures) == 1
    last = pieces[-1]
    assert last.candidates
    assert last.candidates[0].finish_reason == "STOP"
    counts = [piece.usage_metadata.candidates_token_count or 0 for piece in pieces if piece.usage_metadata]
    assert counts == sorted(counts)
    assert counts[-1] > 747
    raw = httpx.post(
        f"{sim.base('gemini')}/v1beta/models/{READER}:streamGenerateContent?key=simulated",
        json=said("hi"),
        trust_env=False,
    )
    for one in raw.json():
        fits(one, "GenerateContentResponse")


def test_files_are_uploaded_in_two_steps_and_can_be_referred_to(sim: Simulator, client: genai.Client) -> None:
    file = client.files.upload(
        file=io.BytesIO(picture(300, 200)), config={"mime_type": "image/png", "display_name": "a square"}
    )
    assert (file.mime_type, file.size_bytes, file.display_name) == (
        "image/png",
        len(picture(300, 200)),
        "a square",
    )
    assert file.name
    assert client.files.get(name=file.name).state == types.FileState.ACTIVE
    assert [one.name for one in client.files.list()] == [file.name]
    response = client.models.generate_content(
        model=PAINTER,
        contents=[file, "paint"],
        config={"response_modalities": ["IMAGE"], "image_config": {"image_size": "512"}},
    )
    assert read_note(picture_of(response))["inputs"] == [
        sim.world.calls("gemini", "generateContent")[0].files[0].sha256
    ]
    client.files.delete(name=file.name)
    with pytest.raises(errors.ClientError) as gone:
        client.files.get(name=file.name)
    assert gone.value.code == 403


def test_a_picture_delivered_as_a_file_is_downloaded_by_its_https_address(
    sim: Simulator, client: genai.Client
) -> None:
    sim.world.queue_answer("gemini", deliver="file")
    response = painted(client, image_size="512")
    assert response.parts
    data = response.parts[0].file_data
    assert data
    assert data.file_uri
    assert data.file_uri.startswith("https://generativelanguage.googleapis.com/v1beta/files/")
    assert read_note(client.files.download(file=data.file_uri))["asked"]["imageSize"] == "512"


def test_models_are_listed_and_described(client: genai.Client, api: httpx.Client) -> None:
    names = [model.name for model in client.models.list()]
    assert f"models/{PAINTER}" in names
    assert client.models.get(model=READER).input_token_limit == 1_048_576
    fits(api.get("/v1beta/models").json(), "ListModelsResponse")
    fits(api.get(f"/v1beta/models/{READER}").json(), "Model")


def test_tokens_are_counted_without_generating(sim: Simulator, client: genai.Client) -> None:
    counted = client.models.count_tokens(model=READER, contents="12345678")
    assert counted.total_tokens == 2
    assert not sim.world.calls("gemini", "countTokens")[0].accepted


@pytest.mark.parametrize(
    ("finish", "model"),
    [(reason, PAINTER) for reason in ("NO_IMAGE", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER")],
)  # fmt: skip
def test_a_picture_that_is_not_made_is_a_200_with_a_reason(
    sim: Simulator, api: httpx.Client, finish: str, model: str
) -> None:
    sim.world.queue_answer("gemini", finish_reason=finish)
    answer = asked(api, model, said("paint"))
    assert answer.status_code == 200
    fits(answer.json(), "GenerateContentResponse")
    candidate = answer.json()["candidates"][0]
    assert (candidate["finishReason"], "content" in candidate) == (finish, False)
    assert answer.json()["usageMetadata"]["promptTokenCount"] > 0
    assert sim.world.calls("gemini")[0].accepted


def test_refusals_are_a_200_and_the_prompt_is_billed(sim: Simulator, client: genai.Client) -> None:
    sim.world.faults.add("refusal", "gemini", times=2)
    response = painted(client)
    assert response.candidates
    assert response.candidates[0].finish_reason == "IMAGE_SAFETY"
    blocked = client.models.generate_content(model=READER, contents="no")
    assert not blocked.candidates
    assert blocked.prompt_feedback
    assert blocked.prompt_feedback.block_reason == "PROHIBITED_CONTENT"
    assert blocked.usage_metadata
    assert blocked.usage_metadata.prompt_token_count == 1


@pytest.mark.parametrize(
    ("model", "body", "code", "words"),
    [
        (READER, {}, 400, "contents is not specified"),
        (READER, said("x", colour="red"), 400, 'Unknown name "colour"'),
        (READER, said("x", generationConfig={"imageSize": "1K"}), 400, "at 'generation_config'"),
        (READER, said("x", generationConfig={"imageConfig": {"imageSize": "1K"}}), 400, "not supported"),
        (READER, said("x", generationConfig={"responseModalities": ["IMAGE"]}), 400, "response modalities: image"),
        (PAINTER, said("x", generationConfig={"imageConfig": {"imageSize": "8K"}}), 400, "Invalid image size"),
        (PAINTER, said("x", generationConfig={"imageConfig": {"aspectRatio": "7:5"}}), 400, "Invalid aspect ratio"),
        (PAINTER, said("x", generationConfig={"candidateCount": 2}), 400, "Multiple candidates"),
        (PAINTER, said("x", generationConfig={"responseMimeType": "application/json"}), 400, "JSON mode"),
        (PAINTER, {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "YWJj"}}]}]}, 400, "input image"),
        (PAINTER, {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "!!!!"}}]}]}, 400, "Base64"),
        (PAINTER, {"contents": [{"parts": [{"fileData": {"fileUri": "files/none"}}]}]}, 403, "permission"),
        (PAINTER, {"contents": "hello"}, 400, "contents"),
        (PAINTER, {"contents": ["hello"]}, 400, "not an object"),
        ("gemini-pro-vision", said("x"), 404, "is not found for API version v1beta"),
        ("imagen-4.0-generate-001", said("x"), 404, "is not found"),
    ],
)  # fmt: skip
def test_wrong_calls_are_refused_in_words(
    sim: Simulator, api: httpx.Client, model: str, body: dict[str, Any], code: int, words: str
) -> None:
    answer = asked(api, model, body)
    assert answer.status_code == code
    fits(answer.json(), "error")
    assert words in answer.json()["error"]["message"]
    assert not sim.world.calls("gemini")[0].accepted


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("rate_limit", 429, "RESOURCE_EXHAUSTED"),
        ("quota", 429, "RESOURCE_EXHAUSTED"),
        ("overloaded", 503, "UNAVAILABLE"),
        ("server_error", 500, "INTERNAL"),
        ("fail_later", 500, "INTERNAL"),
        ("auth", 400, "INVALID_ARGUMENT"),
        ("bad_request", 400, "INVALID_ARGUMENT"),
    ],
)
def test_failures_are_a_status_with_typed_details(
    sim: Simulator, client: genai.Client, kind: str, code: int, status: str
) -> None:
    sim.world.faults.add(kind, "gemini", seconds=17)
    with pytest.raises(errors.APIError) as caught:
        client.models.generate_content(model=READER, contents="hi")
    assert (caught.value.code, caught.value.status) == (code, status)
    fits(caught.value.details, "error")
    details = {
        one["@type"].rpartition(".")[2]: one for one in caught.value.details["error"].get("details", [])
    }
    if code == 429:
        assert details["RetryInfo"]["retryDelay"] == "17s"
        quota = details["QuotaFailure"]["violations"][0]["quotaId"]
        assert ("PerDay" in quota) == (kind == "quota")
    if kind == "auth":
        assert details["ErrorInfo"]["reason"] == "API_KEY_INVALID"
    assert len(sim.world.calls("gemini")) == 1
    assert sim.world.calls("gemini")[0].accepted == (kind == "fail_later")


def test_a_bad_gateway_is_a_page_and_no_key_is_a_403(sim: Simulator, api: httpx.Client) -> None:
    sim.world.faults.add("bad_gateway", "gemini")
    assert asked(api, READER, said("hi")).headers["content-type"].startswith("text/html")
    without = httpx.post(
        f"{sim.base('gemini')}/v1beta/models/{READER}:generateContent", json=said("hi"), trust_env=False
    )
    assert (without.status_code, without.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_lost_answer_was_accepted_and_a_reset_before_was_not(sim: Simulator, api: httpx.Client) -> None:
    for kind in ("reset", "reset_after_accept"):
        sim.world.faults.add(kind, "gemini")
        with pytest.raises(httpx.TransportError):
            asked(api, READER, said("hi"))
    assert [seen.accepted for seen in sim.world.calls("gemini")] == [False, True]


def test_a_bad_picture_cannot_be_decoded(sim: Simulator, client: genai.Client) -> None:
    sim.world.faults.add("bad_picture", "gemini")
    data = picture_of(painted(client, image_size="512"))
    with pytest.raises(OSError):
        Image.open(io.BytesIO(data)).load()


@pytest.mark.parametrize("kind", ["truncated", "garbage", "wrong_type"])
def test_a_spoilt_body_was_accepted_and_cannot_be_read(sim: Simulator, api: httpx.Client, kind: str) -> None:
    sim.world.faults.add(kind, "gemini", "generateContent")
    with pytest.raises((httpx.RemoteProtocolError, ValueError)):
        asked(api, READER, said("hi")).json()
    assert sim.world.calls("gemini", "generateContent")[0].accepted


def test_silence_before_is_not_accepted_and_silence_after_is(sim: Simulator, api: httpx.Client) -> None:
    for kind in ("hang", "hang_after_accept"):
        sim.world.faults.add(kind, "gemini", "generateContent")
        with pytest.raises(httpx.ReadTimeout):
            api.post(
                f"/v1beta/models/{READER}:generateContent",
                json=said("hi"),
                timeout=httpx.Timeout(60, read=0.2),
            )
    eventually(
        lambda: [seen.accepted for seen in sim.world.calls("gemini", "generateContent")] == [False, True]
    )


def test_a_stream_may_end_half_way(sim: Simulator, api: httpx.Client) -> None:
    sim.world.faults.add("truncated", "gemini", "streamGenerateContent")
    with pytest.raises(httpx.RemoteProtocolError):
        api.post(f"/v1beta/models/{READER}:streamGenerateContent?alt=sse", json=said("hi"))
    sim.world.faults.add("fail_later", "gemini", "streamGenerateContent")
    body = api.post(f"/v1beta/models/{READER}:streamGenerateContent?alt=sse", json=said("hi")).text
    last = json.loads(body.strip().rpartition("data: ")[2])
    fits(last, "error")
