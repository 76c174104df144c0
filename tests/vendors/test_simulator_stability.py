"""The simulated Stability API, spoken to over plain HTTP; answers are held against the trimmed schemas."""

import base64
import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import numpy as np
import pytest
from PIL import Image
from vendor_clients import eventually

from bottega.simulator.media import read_note
from bottega.simulator.serve import Simulator
from bottega.simulator.stability_operations import OPERATIONS, Picture

SCHEMAS = json.loads((Path(__file__).parent / "schemas/stability_responses.json").read_text())
EDIT = "/v2beta/stable-image/edit"
GENERATE = "/v2beta/stable-image/generate"
UPSCALE = "/v2beta/stable-image/upscale"


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"})


def fits(value: Any, name: str) -> None:
    validator(name).validate(value)


def picture(
    width: int = 96, height: int = 64, color: Any = (200, 30, 40), kind: str = "PNG", mode: str = "RGB"
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), color).save(out, kind)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(speed=100_000) as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.world.reset()
    return running


@pytest.fixture
def api(sim: Simulator) -> Iterator[httpx.Client]:
    headers = {"authorization": "Bearer simulated"}
    with httpx.Client(
        base_url=sim.base("stability"), headers=headers, trust_env=False, timeout=120
    ) as client:
        yield client


def core(api: httpx.Client, accept: str = "image/*", **fields: str) -> httpx.Response:
    form = {"prompt": "a lighthouse", **fields}
    return api.post(f"{GENERATE}/core", data=form, files={"none": b""}, headers={"accept": accept})


def small(api: httpx.Client) -> httpx.Response:
    """A call that is quickly drawn; it costs 2 credits."""
    return api.post(f"{UPSCALE}/fast", files={"image": picture(64, 64)})


def credits_left(api: httpx.Client) -> float:
    answer = api.get("/v1/user/balance").json()
    fits(answer, "balance")
    return answer["credits"]


def test_a_picture_comes_as_bytes_with_its_seed_and_finish_reason(api: httpx.Client) -> None:
    answer = core(api, aspect_ratio="16:9", output_format="webp", seed="7")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["finish-reason"] == "SUCCESS"
    assert answer.headers["seed"] == "7"
    image = opened(answer.content)
    assert (image.format, image.size) == ("WEBP", (1344, 768))
    note = read_note(answer.content)
    assert note["asked"]["prompt"] == "a lighthouse"
    assert note["asked"]["operation"] == "generate.core"


def test_a_picture_comes_as_json_when_asked_for(api: httpx.Client) -> None:
    answer = core(api, accept="application/json")
    assert answer.headers["content-type"] == "application/json; type=image/png"
    assert "finish-reason" not in answer.headers
    body = answer.json()
    fits(body, "ImageResult")
    assert opened(base64.b64decode(body["image"])).size == (1024, 1024)


def test_the_same_call_gives_the_same_bytes(api: httpx.Client) -> None:
    first = core(api).content
    assert core(api).content == first
    assert core(api, negative_prompt="fog").content != first


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_every_operation_takes_its_required_fields_and_charges_its_credits(
    api: httpx.Client, operation: Any
) -> None:
    files: dict[str, bytes] = {"none": b""}
    form: dict[str, str] = {}
    for name in operation.required:
        if isinstance(operation.fields[name], Picture):
            files[name] = picture()
        else:
            form[name] = "words"
    if operation.path == "edit/outpaint":
        form["left"] = "32"
    if operation.path in ("edit/inpaint", "edit/erase"):
        files["mask"] = picture(mode="L", color=255)
    if operation.deferred:
        form |= {"background_prompt": "a beach"} if "background_prompt" in operation.fields else {}
    before = credits_left(api)
    answer = api.post(f"/v2beta/stable-image/{operation.path}", data=form, files=files)
    assert answer.status_code == 200, answer.text
    if operation.deferred:
        fits(answer.json()["id"], "GenerationID")
    else:
        opened(answer.content)
    assert before - credits_left(api) == pytest.approx(float(operation.credits))


def test_the_model_decides_what_sd3_costs(api: httpx.Client) -> None:
    before = credits_left(api)
    fields = {"prompt": "a lighthouse", "model": "sd3.5-medium"}
    api.post(f"{GENERATE}/sd3", data=fields, files={"none": b""})
    assert before - credits_left(api) == pytest.approx(3.5)


def test_inpainting_changes_only_where_the_mask_is_white(api: httpx.Client) -> None:
    mask = Image.new("L", (96, 64), 0)
    mask.paste(255, (48, 0, 96, 64))
    out = io.BytesIO()
    mask.save(out, "PNG")
    files = {"image": picture(), "mask": out.getvalue()}
    answer = api.post(f"{EDIT}/inpaint", data={"prompt": "a door"}, files=files)
    result = np.asarray(opened(answer.content).convert("RGB"))
    assert (result[:, :47] == (200, 30, 40)).all()
    assert (result[:, 49:] != (200, 30, 40)).any()
    note = read_note(answer.content)
    assert len(note["inputs"]) == 2


def test_the_see_through_part_is_the_mask_when_there_is_no_mask(api: httpx.Client) -> None:
    image = Image.new("RGBA", (96, 64), (200, 30, 40, 255))
    image.paste((200, 30, 40, 0), (48, 0, 96, 64))
    out = io.BytesIO()
    image.save(out, "PNG")
    answer = api.post(f"{EDIT}/erase", files={"image": out.getvalue()})
    result = np.asarray(opened(answer.content).convert("RGB"))
    assert (result[:, :47] == (200, 30, 40)).all()
    assert (result[:, 49:] != (200, 30, 40)).any()
    opaque = api.post(f"{EDIT}/erase", files={"image": picture()})
    assert opaque.status_code == 400


def test_outpainting_grows_the_picture_and_keeps_its_pixels(api: httpx.Client) -> None:
    fields = {"left": "20", "down": "30"}
    answer = api.post(f"{EDIT}/outpaint", data=fields, files={"image": picture()})
    image = opened(answer.content).convert("RGB")
    assert image.size == (116, 94)
    inner = np.asarray(image)[:64, 20:]
    assert (inner == (200, 30, 40)).all()


def test_removing_the_background_gives_an_alpha_channel(api: httpx.Client) -> None:
    answer = api.post(f"{EDIT}/remove-background", files={"image": picture()})
    assert opened(answer.content).getchannel("A").getextrema() == (0, 255)
    refused = api.post(
        f"{EDIT}/remove-background", data={"output_format": "jpeg"}, files={"image": picture()}
    )
    assert refused.json()["errors"] == ["output_format: must be one of png, webp"]


def test_upscaling_fast_is_four_times(api: httpx.Client) -> None:
    answer = api.post(f"{UPSCALE}/fast", files={"image": picture(100, 70)})
    assert opened(answer.content).size == (400, 280)


def test_creative_upscaling_is_fetched_later_and_only_with_the_same_key(
    sim: Simulator, api: httpx.Client
) -> None:
    sim.world.speed = 1e-6  # nothing is ready by itself
    try:
        begun = api.post(f"{UPSCALE}/creative", data={"prompt": "sharp"}, files={"image": picture(128, 128)})
        name = begun.json()["id"]
        waiting = api.get(f"/v2beta/results/{name}")
        assert waiting.status_code == 202
        fits(waiting.json(), "in_progress")
    finally:
        sim.world.speed = 100_000.0
    sim.world.state["stability"].deferred[name].ready = 0.0
    answer = api.get(f"/v2beta/results/{name}")
    image = opened(answer.content)
    assert image.size == (2048, 2048)
    told = api.get(f"/v2beta/results/{name}", headers={"accept": "application/json"}).json()
    fits(told, "result")
    assert base64.b64decode(told["result"]) == answer.content
    older = api.get(f"{UPSCALE}/creative/result/{name}", headers={"accept": "application/json"}).json()
    fits(older, "ImageResult")
    stranger = api.get(f"/v2beta/results/{name}", headers={"authorization": "Bearer other"})
    assert stranger.status_code == 404
    fits(stranger.json(), "Error")


@pytest.mark.parametrize(
    ("path", "fields", "files", "complaint"),
    [
        ("generate/core", {}, {}, "prompt: is required"),
        ("generate/core", {"prompt": " "}, {}, "prompt: cannot be blank"),
        ("generate/core", {"prompt": "x" * 10_001}, {}, "prompt: must be at most 10000 characters"),
        ("generate/core", {"prompt": "x", "seed": "4294967295"}, {}, "seed: must be between 0 and 4294967294"),
        ("generate/core", {"prompt": "x", "aspect_ratio": "7:3"}, {}, "aspect_ratio: must be one of"),
        ("generate/core", {"prompt": "x", "strenght": "1"}, {}, "strenght: is not allowed"),
        ("generate/ultra", {"prompt": "x"}, {"image": picture()}, "strength: is required when an image is provided"),
        ("generate/sd3", {"prompt": "x"}, {"image": picture()}, "image: is only allowed with mode image-to-image"),
        ("edit/outpaint", {}, {"image": picture()}, "at least one outpaint direction"),
        ("edit/outpaint", {"left": "2001"}, {"image": picture()}, "left: must be between 0 and 2000"),
        ("edit/outpaint", {"left": "5"}, {"image": picture(400, 100)}, "image: aspect ratio must be between"),
        ("edit/erase", {}, {"image": b"no picture"}, "image: must be a valid jpeg, png or webp"),
        ("edit/erase", {}, {"image": picture(kind="GIF")}, "image: must be a valid jpeg, png or webp"),
        ("edit/erase", {}, {"image": picture(63, 100)}, "image: every side must be at least 64 pixels"),
        ("upscale/fast", {}, {"image": picture(1537, 300)}, "image: every side must be at most 1536 pixels"),
        ("edit/replace-background-and-relight", {}, {"subject_image": picture()}, "background_prompt"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_named_field_by_field(
    sim: Simulator,
    api: httpx.Client,
    path: str,
    fields: dict[str, str],
    files: dict[str, bytes],
    complaint: str,
) -> None:
    before = credits_left(api)
    answer = api.post(f"/v2beta/stable-image/{path}", data=fields, files={"none": b"", **files})
    assert answer.status_code == 400
    fits(answer.json(), "Error")
    assert any(complaint in one for one in answer.json()["errors"]), answer.json()
    assert credits_left(api) == before
    assert not sim.world.calls("stability", path.replace("/", "."))[0].accepted


def test_only_multipart_is_taken_and_not_too_large(api: httpx.Client) -> None:
    as_json = api.post(f"{GENERATE}/core", json={"prompt": "x"})
    assert (as_json.status_code, as_json.json()["name"]) == (400, "bad_request")
    large = api.post(f"{EDIT}/erase", files={"image": b"\x89PNG\r\n\x1a\n" + bytes(10 * 1024 * 1024)})
    assert (large.status_code, large.json()["name"]) == (413, "payload_too_large")


def test_without_a_key_nothing_is_answered(api: httpx.Client) -> None:
    answer = api.post(
        f"{GENERATE}/core", data={"prompt": "x"}, files={"none": b""}, headers={"authorization": ""}
    )
    assert answer.status_code == 401
    fits(answer.json(), "Error")


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        ("rate_limit", 429, "rate_limit_exceeded"),
        ("quota", 402, "payment_required"),
        ("overloaded", 503, "service_unavailable"),
        ("server_error", 500, "internal_error"),
        ("auth", 401, "unauthorized"),
        ("bad_request", 400, "bad_request"),
        ("fail_later", 500, "internal_error"),
    ],
)
def test_failures_are_worded_as_the_vendor_does_and_cost_nothing(
    sim: Simulator, api: httpx.Client, kind: str, status: int, name: str
) -> None:
    before = credits_left(api)
    sim.world.faults.add(kind, "stability", "upscale.fast")
    answer = small(api)
    assert (answer.status_code, answer.json()["name"]) == (status, name)
    fits(answer.json(), "Error")
    assert credits_left(api) == before
    assert small(api).status_code == 200
    old_style = {"rate_limit", "quota", "auth"} & {kind}
    if old_style:
        sim.world.faults.add(kind, "stability", "user.balance")
        fits(api.get("/v1/user/balance").json(), "legacy_error")


def test_a_bad_gateway_is_a_page_not_json(sim: Simulator, api: httpx.Client) -> None:
    sim.world.faults.add("bad_gateway", "stability")
    answer = small(api)
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")


def test_filtered_content_is_a_200_with_a_blurred_picture(sim: Simulator, api: httpx.Client) -> None:
    clear = small(api)
    sim.world.faults.add("refusal", "stability")
    answer = small(api)
    assert answer.status_code == 200
    assert answer.headers["finish-reason"] == "CONTENT_FILTERED"

    def detail(data: bytes) -> float:
        return float(np.abs(np.diff(np.asarray(opened(data).convert("L"), dtype=float), axis=1)).mean())

    assert detail(answer.content) < detail(clear.content) / 2
    with pytest.raises(ValueError):
        read_note(answer.content)


def test_moderation_before_the_work_is_a_403_when_queued(sim: Simulator, api: httpx.Client) -> None:
    errors = [
        "Your request was flagged by our content moderation system, as a result your request was denied."
    ]
    sim.world.queue_answer(
        "stability", "upscale.fast", error={"status": 403, "name": "content_moderation", "errors": errors}
    )
    answer = small(api)
    assert answer.status_code == 403
    fits(answer.json(), "ContentModerationResponse")


def test_a_bad_picture_cannot_be_decoded(sim: Simulator, api: httpx.Client) -> None:
    sim.world.faults.add("bad_picture", "stability")
    answer = small(api)
    assert answer.status_code == 200
    with pytest.raises(OSError):
        opened(answer.content)


def test_a_lost_answer_has_been_charged(sim: Simulator, api: httpx.Client) -> None:
    before = credits_left(api)
    sim.world.faults.add("reset_after_accept", "stability", "upscale.fast")
    with pytest.raises(httpx.TransportError):
        small(api)
    assert before - credits_left(api) == pytest.approx(2)
    assert sim.world.calls("stability", "upscale.fast")[0].accepted


def test_the_account_pages_fit_the_old_description(api: httpx.Client) -> None:
    fits(api.get("/v1/user/account").json(), "account")
    fits(api.get("/v1/engines/list").json(), "engines")


@pytest.mark.parametrize("kind", ["truncated", "garbage", "wrong_type"])
def test_a_spoilt_body_was_accepted_and_cannot_be_read(sim: Simulator, api: httpx.Client, kind: str) -> None:
    sim.world.faults.add(kind, "stability", "upscale.fast")
    with pytest.raises((httpx.RemoteProtocolError, ValueError, OSError)):
        opened(small(api).content)
    assert sim.world.calls("stability", "upscale.fast")[0].accepted


def test_silence_before_is_not_accepted_and_silence_after_is(sim: Simulator, api: httpx.Client) -> None:
    for kind in ("hang", "hang_after_accept"):
        sim.world.faults.add(kind, "stability", "upscale.fast")
        with pytest.raises(httpx.ReadTimeout):
            api.post(f"{UPSCALE}/fast", files={"image": picture(64, 64)}, timeout=httpx.Timeout(60, read=0.2))
    eventually(
        lambda: [seen.accepted for seen in sim.world.calls("stability", "upscale.fast")] == [False, True]
    )
