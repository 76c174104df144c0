"""The OpenAI-compatible face: the official client, pointed at a real server that works through the simulated vendor."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from api_server import Served, served
from openai import OpenAI
from PIL import Image

from bottega.domain.principal import LOCAL
from bottega.settings import Settings
from bottega.simulator.serve import Simulator
from bottega.simulator.world import Seen

MODEL = "gpt-image-2.5-flare"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=10_000) as running:
        yield running


@pytest.fixture(scope="module")
def server(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(
        _env_file=None,
        home=tmp_path_factory.mktemp("home"),
        openai_api_key="sk-simulated",
        openai_base_url=simulator.base("openai"),
        compute_workers=1,
        learning=False,
        result_cache_days=1,
        retry_attempts=1,
        circuit_breaker_failures=1000,
    )
    with served(settings) as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh(simulator: Simulator) -> None:
    simulator.world.reset()


@pytest.fixture
def client(server: Served) -> Iterator[OpenAI]:
    with OpenAI(
        base_url=f"{server.url}/v1", api_key="not-needed", timeout=300, _strict_response_validation=True
    ) as client:
        yield client


def accepted(simulator: Simulator) -> list[Seen]:
    return [seen for seen in simulator.world.calls("openai") if seen.accepted]


def png(size: tuple[int, int] = (64, 64), seed: int = 1) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return saved(pixels)


def saved(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def opened(text: str | None) -> Image.Image:
    assert text is not None
    picture = Image.open(io.BytesIO(base64.b64decode(text, validate=True)))
    picture.load()
    return picture


def hole(size: tuple[int, int] = (64, 64)) -> bytes:
    """An OpenAI mask: white everywhere, and transparent in the left third, which may change."""
    sheet = np.full((size[1], size[0], 4), 255, np.uint8)
    sheet[:, : size[0] // 3, 3] = 0
    return saved(sheet)


def job_of(server: Served, job_id: str) -> dict[str, Any]:
    return httpx.get(f"{server.url}/api/v1/jobs/{job_id}").raise_for_status().json()


# --- generations ---------------------------------------------------------------------------------------------


def test_a_generation_is_a_job_with_its_charge(client: OpenAI, server: Served, simulator: Simulator):
    raw = client.images.with_raw_response.generate(
        model=MODEL, prompt="a red bicycle in the rain", size="1536x1024", quality="low"
    )
    answer = raw.parse()
    assert answer.data is not None
    (entry,) = answer.data
    assert opened(entry.b64_json).size == (1536, 1024)
    assert (answer.size, answer.output_format, answer.quality) == ("1536x1024", "png", "low")
    (seen,) = accepted(simulator)
    assert (seen.fields["model"], seen.fields["size"], seen.fields["quality"]) == (MODEL, "1536x1024", "low")
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    job = job_of(server, raw.headers["x-bottega-job"])
    assert raw.request_id == job["id"]
    assert job["state"] == "succeeded"
    cost = answer.usage.input_tokens * 5 + answer.usage.output_tokens * 30
    assert job["result"]["cost"] == cost > 0
    assert raw.headers["x-bottega-cost-usd"] == f"{cost / 1e6:.6f}"
    assert raw.headers["x-bottega-model"] == f"openai/{MODEL}"


def test_several_pictures_come_in_one_answer(client: OpenAI, simulator: Simulator):
    answer = client.images.generate(model=MODEL, prompt="two boats", n=2, size="1024x1024", quality="low")
    assert answer.data is not None
    pictures = [opened(entry.b64_json) for entry in answer.data]
    assert [picture.size for picture in pictures] == [(1024, 1024)] * 2
    assert len(accepted(simulator)) == 1


def test_links_are_given_on_request_and_lead_to_the_same_picture(client: OpenAI):
    asked: dict[str, Any] = {"model": MODEL, "prompt": "a lighthouse", "size": "1024x1024", "quality": "low"}
    linked = client.images.generate(**asked, response_format="url")
    assert linked.data is not None
    url = linked.data[0].url
    assert url is not None
    plain = client.images.generate(**asked)
    assert plain.data is not None
    content = httpx.get(url).raise_for_status().content
    assert content == base64.b64decode(plain.data[0].b64_json or "")


def test_identical_work_is_not_bought_twice_and_says_that_it_used_nothing(
    client: OpenAI, simulator: Simulator
):
    asked: dict[str, Any] = {"model": MODEL, "prompt": "a blue door", "size": "1024x1024", "quality": "low"}
    first, second = client.images.generate(**asked), client.images.generate(**asked)
    assert first.data == second.data
    assert len(accepted(simulator)) == 1
    assert first.usage is not None
    assert second.usage is not None
    assert (first.usage.total_tokens > 0, second.usage.total_tokens) == (True, 0)


def test_the_choice_of_the_model_can_be_left_open(client: OpenAI, simulator: Simulator):
    raw = client.images.with_raw_response.generate(
        model="auto", prompt="a green hill", size="1024x1024", quality="low"
    )
    assert raw.headers["x-bottega-model"].startswith("openai/")
    assert len(accepted(simulator)) == 1


def test_a_stream_ends_with_the_picture(client: OpenAI, simulator: Simulator):
    stream = client.images.generate(
        model=MODEL, prompt="a paper kite", size="1024x1024", quality="low", stream=True, partial_images=1
    )
    events = list(stream)
    assert events[-1].type == "image_generation.completed"
    assert opened(events[-1].b64_json).size == (1024, 1024)
    assert events[-1].usage.output_tokens > 0
    assert len(accepted(simulator)) == 1


# --- edits ---------------------------------------------------------------------------------------------------


def test_an_edit_with_two_pictures_and_a_mask(client: OpenAI, server: Served, simulator: Simulator):
    raw = client.images.with_raw_response.edit(
        model=MODEL,
        image=[("room.png", png((64, 64), 2), "image/png"), ("lamp.png", png((32, 32), 3), "image/png")],
        mask=("mask.png", hole(), "image/png"),
        prompt="Put the lamp from the second picture on the table",
        quality="low",
    )
    answer = raw.parse()
    assert answer.data is not None
    (seen,) = accepted(simulator)
    assert seen.operation == "images.edit"
    assert [(file.field, file.width) for file in seen.files] == [
        ("image[]", 64),
        ("image[]", 32),
        ("mask", 64),
    ]
    assert "Put the lamp from the second picture on the table" in seen.fields["prompt"]
    # The mask has kept its meaning: the simulated vendor changes the left third, and nothing else.
    result = opened(answer.data[0].b64_json).convert("RGB")
    changed = np.asarray(result, np.int16)
    source = Image.open(io.BytesIO(png((64, 64), 2))).resize(result.size)
    difference = np.abs(changed - np.asarray(source, np.int16)).mean(axis=(0, 2))
    assert difference[: result.width // 4].min() > 5
    assert difference[result.width // 2 :].max() < 1
    roles = [item["role"] for item in job_of(server, raw.headers["x-bottega-job"])["request"]["inputs"]]
    assert roles == ["working", "reference", "mask"]


def test_an_edit_of_one_picture_in_another_shape(client: OpenAI, simulator: Simulator):
    answer = client.images.edit(
        model=MODEL, image=png(seed=4), prompt="Make it a painting", size="1024x1536", quality="low"
    )
    assert answer.data is not None
    assert opened(answer.data[0].b64_json).size == (1024, 1536)
    (seen,) = accepted(simulator)
    assert [file.field for file in seen.files] == ["image"]


def test_an_edit_as_json(client: OpenAI, server: Served, simulator: Simulator):
    headers = {"Content-Type": "image/png"}
    sent = httpx.post(f"{server.url}/api/v1/assets", content=png((32, 32), 5), headers=headers)
    (upload,) = sent.raise_for_status().json()["assets"]
    body = {
        "model": MODEL,
        "prompt": "Put the second on the first",
        "quality": "low",
        "images": [
            {"image_url": "data:image/png;base64," + base64.b64encode(png(seed=6)).decode()},
            {"file_id": upload["id"]},
        ],
        "mask": {"image_url": "data:image/png;base64," + base64.b64encode(hole()).decode()},
    }
    answer = httpx.post(f"{server.url}/v1/images/edits", json=body, timeout=300).raise_for_status().json()
    assert opened(answer["data"][0]["b64_json"]).width > 0
    (seen,) = accepted(simulator)
    assert [(file.field, file.width) for file in seen.files] == [
        ("image[]", 64),
        ("image[]", 32),
        ("mask", 64),
    ]


def test_what_this_machine_can_do_by_itself_costs_nothing_when_the_choice_is_open(
    client: OpenAI, simulator: Simulator
):
    raw = client.images.with_raw_response.edit(
        model="auto", image=png((64, 48), 7), prompt="Rotate 90 degrees left"
    )
    answer = raw.parse()
    assert answer.data is not None
    assert opened(answer.data[0].b64_json).size == (48, 64)
    assert raw.headers["x-bottega-cost-usd"] == "0.000000"
    assert simulator.world.calls("openai") == []


# --- errors --------------------------------------------------------------------------------------------------


def test_a_model_that_does_not_exist(client: OpenAI, simulator: Simulator):
    with pytest.raises(openai.NotFoundError) as caught:
        client.images.generate(model="dall-e-9", prompt="x")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    assert simulator.world.log == []


def test_a_model_that_was_shut_down_names_its_replacement(client: OpenAI):
    with pytest.raises(openai.BadRequestError, match=r"openai/gpt-image-2\.5-flare"):
        client.images.generate(model="dall-e-3", prompt="a cat", size="1024x1024")


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"n": 0}, "n"),
        ({"n": "many"}, "n"),
        ({"size": "huge"}, "size"),
        ({"quality": "best"}, "quality"),
        ({"output_format": "gif"}, "output_format"),
        ({"resolution": "4K"}, "resolution"),
    ],
)
def test_a_field_that_cannot_be_is_named(
    client: OpenAI, simulator: Simulator, fields: dict[str, Any], param: str
):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(model=MODEL, prompt="a cat", extra_body=fields)
    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"
    assert simulator.world.log == []


def test_a_file_that_is_no_picture(client: OpenAI, simulator: Simulator):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(model=MODEL, image=("x.png", b"not a picture", "image/png"), prompt="brighter sky")
    assert caught.value.param == "image"
    assert simulator.world.log == []


def test_an_edit_without_a_picture(server: Served):
    answer = httpx.post(f"{server.url}/v1/images/edits", files={"prompt": (None, "a cat")})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "image"


def test_what_the_policy_here_refuses(client: OpenAI, simulator: Simulator):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(model=MODEL, prompt="a naked child")
    assert caught.value.code == "moderation_blocked"
    assert simulator.world.log == []


def test_what_the_vendor_refuses(client: OpenAI, simulator: Simulator):
    simulator.world.faults.add("refusal", "openai")
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(model=MODEL, prompt="a quiet street", quality="low")
    assert caught.value.code == "moderation_blocked"
    assert len(simulator.world.log) == 1


@pytest.mark.parametrize("kind", ["server_error", "reset_after_accept"])
def test_a_lost_answer_is_not_bought_again_although_the_client_retries(
    client: OpenAI, server: Served, simulator: Simulator, kind: str
):
    simulator.world.faults.add(kind, "openai", times=9)
    with pytest.raises(openai.InternalServerError) as caught:
        client.images.generate(model=MODEL, prompt=f"a storm, {kind}", quality="low")
    assert caught.value.status_code == 502
    assert caught.value.code == "outcome_unknown"
    assert len(simulator.world.log) == 1
    assert job_of(server, caught.value.response.headers["x-bottega-job"])["state"] == "unknown"


def test_an_overloaded_vendor_may_be_asked_again(client: OpenAI, simulator: Simulator):
    simulator.world.faults.add("overloaded", "openai", times=1)
    answer = client.images.generate(model=MODEL, prompt="a calm sea", size="1024x1024", quality="low")
    assert answer.data
    assert len(accepted(simulator)) == 1


def test_no_money_left_is_insufficient_quota_and_the_client_does_not_retry(
    simulator: Simulator, tmp_path: Path
):
    settings = Settings(
        _env_file=None,
        home=tmp_path,
        openai_api_key="sk-simulated",
        openai_base_url=simulator.base("openai"),
        budget_user_hour="0.0001",  # type: ignore[arg-type]
        compute_workers=1,
    )
    with served(settings) as poor:
        client = OpenAI(base_url=f"{poor.url}/v1", api_key="x")
        with pytest.raises(openai.RateLimitError) as caught:
            client.images.generate(model=MODEL, prompt="a palace", size="1024x1024", quality="low")
        assert caught.value.code == "insufficient_quota"
        assert caught.value.response.headers["x-should-retry"] == "false"
        jobs = httpx.get(f"{poor.url}/api/v1/jobs").json()["jobs"]
    assert jobs == []
    assert simulator.world.log == []


def test_where_keys_are_needed_a_wrong_one_is_an_authentication_error(server: Served, tmp_path: Path):
    with served(Settings(_env_file=None, home=tmp_path, auth="required", compute_workers=1)) as locked:
        client = OpenAI(base_url=f"{locked.url}/v1", api_key="sk-somebody")
        with pytest.raises(openai.AuthenticationError) as caught:
            client.models.list()
        assert caught.value.code == "invalid_api_key"
    # Where none is needed, one of ours that is wrong is still refused.
    with pytest.raises(openai.AuthenticationError):
        OpenAI(base_url=f"{server.url}/v1", api_key="btg_0123456789abcdef_" + "x" * 43).models.list()


# --- clients that go away ------------------------------------------------------------------------------------


def test_the_job_of_a_client_that_went_away_is_found_by_its_key(
    client: OpenAI, server: Served, simulator: Simulator
):
    simulator.world.speed, before = 5.0, simulator.world.speed
    asked: dict[str, Any] = {
        "model": MODEL,
        "prompt": "a slow snail",
        "size": "1024x1024",
        "quality": "low",
        "extra_headers": {"Idempotency-Key": "order-17"},
    }
    try:
        with pytest.raises(openai.APITimeoutError):
            client.with_options(max_retries=0, timeout=0.4).images.generate(**asked)
        answer = client.images.generate(**asked)
    finally:
        simulator.world.speed = before
    assert answer.data
    assert len(accepted(simulator)) == 1
    with pytest.raises(openai.BadRequestError, match="another request"):
        client.images.generate(**asked | {"prompt": "another snail"})


def test_a_client_that_tries_again_by_itself_gets_the_job_that_is_there(client: OpenAI, simulator: Simulator):
    simulator.world.speed, before = 5.0, simulator.world.speed
    try:
        answer = client.with_options(max_retries=20, timeout=1.2).images.generate(
            model=MODEL, prompt="a patient heron", size="1024x1024", quality="low", extra_body={"seed": None}
        )
    finally:
        simulator.world.speed = before
    assert answer.data
    assert len(simulator.world.log) == 1


def test_a_picture_is_answered_in_pieces_without_being_held_whole(server: Served):
    """The length is known beforehand, and the body is valid JSON with the file's own bytes."""
    body = {"model": MODEL, "prompt": "a mosaic", "size": "1024x1024", "quality": "low"}
    with httpx.stream("POST", f"{server.url}/v1/images/generations", json=body, timeout=300) as answer:
        raw = answer.read()
    assert int(answer.headers["content-length"]) == len(raw)
    content = base64.b64decode(json.loads(raw)["data"][0]["b64_json"])
    job = job_of(server, answer.headers["x-bottega-job"])
    asset = httpx.get(f"{server.url}/api/v1/assets/{job['result']['outputs'][0]}/content").content
    assert content == asset


# --- models --------------------------------------------------------------------------------------------------


def test_the_models_are_those_that_can_be_used_now(client: OpenAI):
    ids = [model.id for model in client.models.list()]
    assert ids[0] == "auto"
    assert f"openai/{MODEL}" in ids
    assert not any(name.startswith(("gemini/", "replicate/", "stability/")) for name in ids)
    assert "openai/dall-e-3" not in ids  # shut down
    assert "openai/gpt-6-luna" not in ids  # makes no pictures


def test_a_model_is_found_by_either_name(client: OpenAI):
    for name in (MODEL, f"openai/{MODEL}", "auto"):
        assert client.models.retrieve(name).id == name
    for wrong in ("gpt-6-luna", "nothing", "openai/dall-e-3"):
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve(wrong)


def test_many_clients_at_once_are_all_served(server: Served, simulator: Simulator):
    answers: list[int] = []

    def ask(number: int) -> None:
        with OpenAI(base_url=f"{server.url}/v1", api_key="x", max_retries=0, timeout=300) as client:
            answer = client.images.generate(
                model=MODEL, prompt=f"stamp {number}", size="1024x1024", quality="low"
            )
            answers.append(len(answer.data or []))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1] * 8
    assert len(accepted(simulator)) == 8


def test_the_local_user_owns_what_the_face_made(server: Served):
    jobs = httpx.get(f"{server.url}/api/v1/jobs").raise_for_status().json()["jobs"]
    assert jobs
    assert {job["owner"] for job in jobs} == {LOCAL.owner}
