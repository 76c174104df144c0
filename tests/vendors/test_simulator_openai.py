"""The simulated OpenAI, met by the official SDK in strict mode; `client` holds every conversation against the published
schemas."""

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from PIL import Image
from pydantic import BaseModel
from vendor_clients import assert_fits, mask_with_hole, openai_client, opened, photo

from bottega.simulator.media import read_note
from bottega.simulator.serve import KEY, Simulator


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as sim:
        yield sim


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.world.reset()
    return running


@pytest.fixture
def client(sim: Simulator) -> openai.OpenAI:
    return openai_client(sim)


def post(sim: Simulator, path: str, **request: Any) -> httpx.Response:
    return httpx.post(
        sim.base("openai") + path, headers={"authorization": f"Bearer {KEY}"}, timeout=120, **request
    )


def first_picture(answer: Any) -> bytes:
    return base64.b64decode(answer.data[0].b64_json)


# Pictures


@pytest.mark.parametrize("size", ["1024x1024", "1536x864", "1024x640", "640x1920"])
@pytest.mark.parametrize("picture_format", ["png", "jpeg", "webp"])
def test_a_picture_has_the_size_and_format_that_were_asked_for(
    client: openai.OpenAI, size: str, picture_format: Any
) -> None:
    answer = client.images.generate(
        model="gpt-image-2", prompt="a fox", size=size, quality="low", output_format=picture_format
    )
    picture = opened(first_picture(answer))
    assert f"{picture.width}x{picture.height}" == size == answer.size
    assert (picture.format or "").lower() == picture_format == answer.output_format


def test_the_answer_fits_the_published_schema(sim: Simulator) -> None:
    answer = post(
        sim,
        "/images/generations",
        json={"model": "gpt-image-2.5-flare", "prompt": "a fox", "quality": "xhigh"},
    )
    assert answer.status_code == 200
    assert_fits("openai_responses", "images", answer.json())


def test_a_picture_tells_what_was_asked_for_and_the_same_call_gives_the_same_bytes(
    client: openai.OpenAI,
) -> None:
    def ask(prompt: str) -> bytes:
        return first_picture(client.images.generate(model="gpt-image-2", prompt=prompt, quality="low"))

    first = ask("a fox")
    assert read_note(first)["asked"]["prompt"] == "a fox"
    assert ask("a fox") == first
    assert ask("a hare") != first


def test_several_pictures_of_one_call_differ_and_are_all_counted(client: openai.OpenAI) -> None:
    one = client.images.generate(model="gpt-image-1.5", prompt="a fox", size="1024x1024", quality="low")
    three = client.images.generate(
        model="gpt-image-1.5", prompt="a fox", size="1024x1024", quality="low", n=3
    )
    assert three.data
    assert len({item.b64_json for item in three.data}) == 3
    assert one.usage
    assert three.usage
    assert (one.usage.output_tokens, three.usage.output_tokens) == (272, 3 * 272)
    assert three.usage.total_tokens == three.usage.input_tokens + three.usage.output_tokens


@pytest.mark.parametrize(
    ("model", "size", "quality", "tokens"),
    [
        ("gpt-image-1.5", "1024x1536", "high", 6240),
        ("gpt-image-2", "1024x1024", "high", 7024),
        ("gpt-image-2", "1024x1024", "medium", 1756),
        ("gpt-image-2", "1536x1024", "low", 153),
    ],
)
def test_output_tokens_follow_the_stated_table(
    client: openai.OpenAI, model: str, size: str, quality: Any, tokens: int
) -> None:
    answer = client.images.generate(model=model, prompt="a fox", size=size, quality=quality)
    assert answer.usage
    assert answer.usage.output_tokens == tokens


def test_an_edit_keeps_what_the_mask_covers_and_changes_what_it_leaves_open(
    sim: Simulator, client: openai.OpenAI
) -> None:
    given, mask = photo(1024, 1024), mask_with_hole(1024, 1024)
    answer = client.images.edit(
        model="gpt-image-1.5",
        image=("photo.png", given, "image/png"),
        mask=("mask.png", mask, "image/png"),
        prompt="a red door",
        size="1024x1024",
    )
    before, after = np.asarray(opened(given)), np.asarray(opened(first_picture(answer)))
    assert np.array_equal(after[:, 512:], before[:, 512:])
    assert not np.array_equal(after[:, :512], before[:, :512])
    seen = sim.world.log[-1]
    assert [(file.field, file.name, file.media_type) for file in seen.files] == [
        ("image", "photo.png", "image/png"),
        ("mask", "mask.png", "image/png"),
    ]
    assert read_note(first_picture(answer))["inputs"] == [
        hashlib.sha256(data).hexdigest() for data in (given, mask)
    ]


def test_several_inputs_are_logged_in_order_under_the_name_that_the_sdk_sends(
    sim: Simulator, client: openai.OpenAI
) -> None:
    pictures = [photo(80, 40, colour) for colour in ("red", "green", "blue")]
    answer = client.images.edit(
        model="gpt-image-2",
        image=[(f"{at}.png", data, "image/png") for at, data in enumerate(pictures)],
        prompt="together",
        quality="low",
    )
    seen = sim.world.log[-1]
    assert [file.field for file in seen.files] == ["image[]"] * 3
    assert [file.sha256 for file in seen.files] == [hashlib.sha256(data).hexdigest() for data in pictures]
    assert answer.size == "1536x1024"
    assert answer.usage
    # 65 and one tile each for 80 x 40, and 6,144 for a picture that is not square
    assert answer.usage.input_tokens_details.image_tokens == 3 * (65 + 129 + 6144)


def test_an_edit_may_come_as_json_with_data_urls(sim: Simulator) -> None:
    url = "data:image/png;base64," + base64.b64encode(photo(64, 64)).decode()
    body = {"model": "gpt-image-1.5", "prompt": "blue", "images": [{"image_url": url}], "quality": "low"}
    answer = post(sim, "/images/edits", json=body)
    assert_fits("openai_requests", "images.edit.json", body)
    assert_fits("openai_responses", "images", answer.json())
    assert sim.world.log[-1].files[0].field == "images[0].image_url"
    assert sim.world.log[-1].accepted


def test_partial_pictures_are_streamed_before_the_last_one_and_cost_a_hundred_tokens_each(
    client: openai.OpenAI,
) -> None:
    events = list(
        client.images.generate(
            model="gpt-image-1.5",
            prompt="a fox",
            quality="low",
            size="1024x1024",
            stream=True,
            partial_images=2,
        )
    )
    assert [event.type for event in events] == [
        "image_generation.partial_image",
        "image_generation.partial_image",
        "image_generation.completed",
    ]
    for event in events:
        opened(base64.b64decode(event.b64_json))
        assert_fits("openai_responses", "images.generate.event", event.to_dict())
    assert events[-1].type == "image_generation.completed"
    assert events[-1].usage.output_tokens == 272 + 200


def test_a_streamed_edit_has_its_own_events(client: openai.OpenAI) -> None:
    events = list(
        client.images.edit(
            model="gpt-image-2", image=("a.png", photo(), "image/png"), prompt="x", quality="low", stream=True
        )
    )
    assert [event.type for event in events] == ["image_edit.completed"]
    assert_fits("openai_responses", "images.edit.event", events[0].to_dict())


def test_a_transparent_background_is_transparent(client: openai.OpenAI) -> None:
    answer = client.images.generate(
        model="gpt-image-2", prompt="a fox", quality="low", background="transparent"
    )
    alpha = np.asarray(opened(first_picture(answer)).getchannel("A"))
    assert alpha.min() == 0
    assert alpha.max() == 255
    assert answer.background == "transparent"


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"size": "1000x1000"}, "size", "invalid_value"),
        ({"size": "3840x1024"}, "size", "invalid_value"),
        ({"size": "256x256"}, "size", "invalid_value"),
        ({"size": "1536x864", "model": "gpt-image-1.5"}, "size", "invalid_value"),
        ({"n": 11}, "n", "integer_above_max_value"),
        ({"n": "2"}, "n", "invalid_type"),
        ({"quality": "finest"}, "quality", "invalid_value"),
        ({"quality": "max"}, "quality", "invalid_value"),
        ({"prompt": 3}, "prompt", "invalid_type"),
        ({"prompt": "x" * 32_001}, "prompt", "string_above_max_length"),
        ({"seed": 7}, "seed", "unknown_parameter"),
        ({"response_format": "url"}, "response_format", "unknown_parameter"),
        ({"background": "transparent", "output_format": "jpeg"}, "background", "invalid_value"),
        ({"partial_images": 4}, "partial_images", "integer_above_max_value"),
    ],
)
def test_what_the_api_does_not_take_is_refused_and_not_accepted(
    sim: Simulator, change: dict[str, Any], param: str, code: str
) -> None:
    answer = post(sim, "/images/generations", json={"model": "gpt-image-2", "prompt": "a fox", **change})
    assert answer.status_code == 400
    assert_fits("openai_responses", "error", answer.json())
    assert (answer.json()["error"]["param"], answer.json()["error"]["code"]) == (param, code)
    assert not sim.world.log[-1].accepted


def test_a_missing_prompt_is_named(sim: Simulator) -> None:
    error = post(sim, "/images/generations", json={"model": "gpt-image-2"}).json()["error"]
    assert (error["param"], error["code"]) == ("prompt", "missing_required_parameter")


@pytest.mark.parametrize(
    ("image", "mask", "code"),
    [
        (("a.txt", b"hello", "text/plain"), None, "unsupported_file_mimetype"),
        (("a.png", photo()[:60], "image/png"), None, "invalid_image_file"),
        (("a.png", photo(), "image/png"), mask_with_hole(95, 64), "invalid_mask_image_format"),
        (("a.png", photo(), "image/png"), photo(), "invalid_mask_image_format"),
    ],
    ids=["wrong type", "broken picture", "mask of another size", "mask without alpha"],
)
def test_files_that_cannot_be_used_are_refused(
    client: openai.OpenAI, image: tuple[str, bytes, str], mask: bytes | None, code: str
) -> None:
    masked: dict[str, Any] = {"mask": ("mask.png", mask, "image/png")} if mask else {}
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.edit(model="gpt-image-2", image=image, prompt="x", **masked)
    assert refused.value.code == code


def test_seventeen_inputs_are_one_too_many(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.edit(model="gpt-image-2", image=[("a.png", photo(), "image/png")] * 17, prompt="x")
    assert refused.value.code == "array_above_max_length"


@pytest.mark.parametrize("model", ["dall-e-3", "gpt-image-1", "gpt-image-9"])
def test_a_model_that_is_gone_or_never_was_is_not_found(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.images.generate(model=model, prompt="a fox")
    assert missing.value.code == "model_not_found"


def test_words_that_moderation_flags_block_a_picture(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as blocked:
        client.images.generate(model="gpt-image-2", prompt="a murder, dismembered")
    assert blocked.value.code == "moderation_blocked"


# Words


class Judgement(BaseModel):
    score: float
    good: bool
    reasons: list[str]


def seeing(*pictures: bytes) -> list[Any]:
    url = "data:image/png;base64,"
    return [
        {"type": "text", "text": "How good is it?"},
        *(
            {"type": "image_url", "image_url": {"url": url + base64.b64encode(one).decode()}}
            for one in pictures
        ),
    ]


def test_chat_answers_in_the_form_of_a_model_and_counts_pictures_by_patches(
    sim: Simulator, client: openai.OpenAI
) -> None:
    answer = client.chat.completions.parse(
        model="gpt-6-luna",
        messages=[{"role": "user", "content": seeing(photo(96, 64), photo(33, 32))}],
        response_format=Judgement,
    )
    assert isinstance(answer.choices[0].message.parsed, Judgement)
    without = client.chat.completions.parse(
        model="gpt-6-luna",
        messages=[{"role": "user", "content": seeing()}],
        response_format=Judgement,
    )
    assert answer.usage
    assert without.usage
    assert answer.usage.prompt_tokens - without.usage.prompt_tokens == 3 * 2 + 2 * 1
    assert [file.width for file in sim.world.log[0].files] == [96, 33]


def test_responses_answer_in_the_form_of_a_model(sim: Simulator, client: openai.OpenAI) -> None:
    url = "data:image/jpeg;base64," + base64.b64encode(photo(kind="JPEG")).decode()
    answer = client.responses.parse(
        model="gpt-6-luna",
        instructions="Judge.",
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "How good?"},
                    {"type": "input_image", "image_url": url, "detail": "auto"},
                ],
            }
        ],
        text_format=Judgement,
    )
    assert isinstance(answer.output_parsed, Judgement)
    assert sim.world.log[-1].files[0].media_type == "image/jpeg"


def test_a_plain_response_fits_the_published_schema(sim: Simulator) -> None:
    for more in ({}, {"max_output_tokens": 16}, {"text": {"format": {"type": "json_object"}}}):
        body = {"model": "gpt-6-luna", "input": "Tell me a long story. " * 9, **more}
        assert_fits("openai_responses", "responses", post(sim, "/responses", json=body).json())


def test_queued_answers_come_first_and_in_order(sim: Simulator, client: openai.OpenAI) -> None:
    for text in ("one", "two"):
        httpx.post(
            f"{sim.url}/_control/answers",
            json={"vendor": "openai", "operation": "chat.completions", "text": text},
        ).raise_for_status()

    def ask() -> str | None:
        answer = client.chat.completions.create(
            model="gpt-6-luna", messages=[{"role": "user", "content": "?"}]
        )
        return answer.choices[0].message.content

    assert [ask(), ask()] == ["one", "two"]
    assert "simulated" in (ask() or "")


TOOL: Any = {
    "type": "function",
    "function": {
        "name": "rate",
        "parameters": {
            "type": "object",
            "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}},
            "required": ["stars"],
        },
    },
}


def test_a_required_tool_is_called_with_arguments_that_fit(sim: Simulator, client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="gpt-6-luna", messages=[{"role": "user", "content": "?"}], tools=[TOOL], tool_choice="required"
    )
    call = (answer.choices[0].message.tool_calls or [])[0]
    assert call.type == "function"
    assert 1 <= json.loads(call.function.arguments)["stars"] <= 5
    assert answer.choices[0].finish_reason == "tool_calls"


def test_a_queued_object_becomes_the_arguments_of_a_required_tool(
    sim: Simulator, client: openai.OpenAI
) -> None:
    sim.world.queue_answer("openai", json={"stars": 4})
    answer = client.responses.create(
        model="gpt-6-luna",
        input="?",
        tools=[{"type": "function", "strict": False, **TOOL["function"]}],
        tool_choice="required",
    )
    call = answer.output[0]
    assert call.type == "function_call"
    assert json.loads(call.arguments) == {"stars": 4}


def test_a_refusal_is_an_answer_and_not_an_error(sim: Simulator, client: openai.OpenAI) -> None:
    sim.world.faults.add("refusal", "openai", times=2)
    chat = client.chat.completions.create(model="gpt-6-luna", messages=[{"role": "user", "content": "?"}])
    assert chat.choices[0].message.content is None
    assert chat.choices[0].message.refusal
    answer = client.responses.create(model="gpt-6-luna", input="?")
    assert answer.output_text == ""


def test_an_answer_ends_at_the_tokens_that_are_allowed(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="gpt-6-luna", messages=[{"role": "user", "content": "?"}], max_completion_tokens=3
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage
    assert answer.usage.completion_tokens == 3


def test_a_loose_schema_is_refused_for_strict_output(sim: Simulator) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    body = {
        "model": "gpt-6-luna",
        "messages": [{"role": "user", "content": "?"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "x", "strict": True, "schema": schema},
        },
    }
    error = post(sim, "/chat/completions", json=body).json()["error"]
    assert error["param"] == "response_format"
    assert "additionalProperties" in error["message"]


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        ([{"role": "king", "content": "?"}], "messages[0].role"),
        ([{"role": "user"}], "messages[0].content"),
        ([{"role": "user", "content": [{"type": "text"}]}], "messages[0].content[0].text"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]}], "messages[0].content[0].image_url"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}], "messages[0].content[0].image_url"),
    ],
)  # fmt: skip
def test_messages_that_are_wrong_are_refused(sim: Simulator, messages: Any, param: str) -> None:
    answer = post(sim, "/chat/completions", json={"model": "gpt-6-luna", "messages": messages})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert not sim.world.log[-1].accepted


# Moderation and models


def test_moderation_flags_by_words_and_names_every_category(client: openai.OpenAI) -> None:
    answer = client.moderations.create(input=["a walk in the woods", "a murder in the woods"])
    assert [result.flagged for result in answer.results] == [False, True]
    assert answer.results[1].categories.violence


def test_moderation_takes_pictures_and_says_so(sim: Simulator, client: openai.OpenAI) -> None:
    url = "data:image/png;base64," + base64.b64encode(photo()).decode()
    sim.world.queue_answer("openai", "moderations", categories=["sexual"])
    answer = client.moderations.create(
        model="omni-moderation-latest",
        input=[{"type": "text", "text": "beach"}, {"type": "image_url", "image_url": {"url": url}}],
    )
    assert len(answer.results) == 1
    assert answer.results[0].categories.sexual
    assert answer.results[0].category_applied_input_types.sexual == ["text", "image"]


def test_models_are_listed_and_can_be_asked_for_one_by_one(sim: Simulator, client: openai.OpenAI) -> None:
    listed = httpx.get(f"{sim.base('openai')}/models", headers={"authorization": f"Bearer {KEY}"}).json()
    assert_fits("openai_responses", "models", listed)
    assert client.models.retrieve("gpt-image-2").id == "gpt-image-2"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("dall-e-3")


# Manners


def test_without_a_key_nothing_is_answered(sim: Simulator) -> None:
    answer = httpx.post(f"{sim.base('openai')}/images/generations", json={"prompt": "a fox"})
    assert answer.status_code == 401
    assert_fits("openai_responses", "error", answer.json())


def test_every_answer_has_an_id_and_the_limits(sim: Simulator) -> None:
    answer = post(sim, "/moderations", json={"input": "x"})
    assert answer.headers["x-request-id"].startswith("req_")
    assert int(answer.headers["x-ratelimit-remaining-requests"]) > 0


def test_an_unknown_path_and_a_broken_body_are_errors_in_the_vendors_form(sim: Simulator) -> None:
    missing = post(sim, "/images/nothing", json={})
    broken = post(sim, "/images/generations", content=b"{")
    assert (missing.status_code, broken.status_code) == (404, 400)
    for answer in (missing, broken):
        assert_fits("openai_responses", "error", answer.json())


# The older form that local servers speak


def test_a_compatible_server_gives_links_or_base64_at_any_size(sim: Simulator) -> None:
    client = openai.OpenAI(base_url=sim.base("compatible"), api_key="none", max_retries=0)
    linked = client.images.generate(model="anything", prompt="a fox", size="512x320")  # pyright: ignore
    assert linked.data
    assert linked.data[0].url
    picture = Image.open(io.BytesIO(httpx.get(linked.data[0].url).content))
    assert picture.size == (512, 320)
    inline = client.images.edit(
        image=("a.png", photo(), "image/png"), prompt="a fox", response_format="b64_json"
    )
    assert opened(first_picture(inline)).size == (96, 64)
    assert inline.usage is None
    answer = client.chat.completions.create(model="anything", messages=[{"role": "user", "content": "?"}])
    assert answer.choices[0].message.content
    assert [seen.vendor for seen in sim.world.log] == ["compatible"] * 4
