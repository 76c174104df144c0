"""The OpenAI-compatible engine against a real server on loopback that is written from the API's specification."""

import asyncio
import base64
import io
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_pictures import taken
from openai_images_server import Fault, OpenAIImagesServer
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Task, TaskInput
from bottega.engines.cloud.openai_compatible import OpenAICompatibleEngine
from bottega.engines.protocol import Attempt, StillUnknown
from bottega.errors import (
    BottegaError,
    ContentRefused,
    InvalidOption,
    MissingInput,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
)
from bottega.models import Model, PriceModel
from bottega.settings import Settings

KEY = "sk-test-1234567890abcdef"


def model(name: str = "sd-test", **price: Any) -> Model:
    return Model(
        id=f"openai_compatible/{name}",
        engine="openai_compatible",
        title="A model of the test server",
        operations=frozenset({"generate", "edit"}),
        quality=0.5,
        price=PriceModel(**(price or {"per_image": "0.04"})),
    )


def task(operation: str = "generate", inputs: tuple[TaskInput, ...] = (), **changes: Any) -> Task:
    values: dict[str, Any] = {
        "workflow": "image_generation",
        "operation": operation,
        "prompt": "a red bicycle",
        "parameters": {"n": 1, "size": "64x48"},
        "inputs": inputs,
    }
    return Task(**(values | changes))


@dataclass
class Bench:
    """An engine set up for the server, and a scratch folder."""

    server: OpenAIImagesServer
    scratch: Path
    compute: ComputePool
    said: list[tuple[float, str]] = field(default_factory=list)

    def engine(self, **settings: Any) -> OpenAICompatibleEngine:
        values: dict[str, Any] = {
            "openai_compatible_base_url": self.server.base_url,
            "openai_compatible_api_key": self.server.api_key,
        }
        return OpenAICompatibleEngine(Settings(_env_file=None, **(values | settings)))

    def attempt(self, timeout_s: float = 10.0) -> Attempt:
        return Attempt(
            self.scratch, "job-1/step-1", self.compute, lambda *said: self.said.append(said), timeout_s
        )

    async def perform(
        self, work: Task, with_model: Model | None = None, timeout_s: float = 10.0
    ) -> EngineResult:
        return await self.engine().perform(work, with_model or model(), self.attempt(timeout_s))

    async def fails(
        self, error: type[BottegaError], work: Task | None = None, timeout_s: float = 10.0
    ) -> Any:
        """The error of that very class, after exactly one request."""
        with pytest.raises(error) as caught:
            await self.perform(work or task(), timeout_s=timeout_s)
        assert type(caught.value) is error
        assert len(self.server.requests) == 1
        json.dumps(caught.value.as_dict())
        return caught.value


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    compute = ComputePool(1)
    async with OpenAIImagesServer(api_key=KEY) as server:
        yield Bench(server, scratch, compute)
    await compute.close()


def picture(path: Path, size: tuple[int, int] = (32, 24), mode: str = "RGB", **save: Any) -> Path:
    rng = np.random.default_rng(7)
    channels = {"L": (), "RGB": (3,)}[mode]
    pixels = rng.integers(0, 256, (size[1], size[0], *channels), dtype=np.uint8)
    Image.fromarray(pixels).save(path, **save)
    return path


# --- What is sent -----------------------------------------------------------------------------------------------


async def test_a_generation_sends_the_task_and_returns_the_picture(bench: Bench):
    result = await bench.perform(task())
    (request,) = bench.server.requests
    assert request.path == "/v1/images/generations"
    assert request.fields == {
        "model": "sd-test",
        "prompt": "a red bicycle",
        "n": 1,
        "size": "64x48",
        "response_format": "b64_json",
    }
    (output,) = result.outputs
    assert (output.media_type, output.name, output.label) == ("image/png", "picture-1.png", "Picture")
    with Image.open(output.path) as opened:
        assert opened.size == (64, 48)


async def test_key_and_idempotency_key_travel_in_headers(bench: Bench):
    await bench.perform(task())
    headers = bench.server.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["idempotency-key"] == "job-1/step-1"


async def test_no_authorization_is_sent_without_a_key(bench: Bench):
    bench.server.api_key = ""
    await bench.perform(task())
    assert "authorization" not in bench.server.requests[0].headers


async def test_seed_and_quality_are_sent_when_given_and_automatic_quality_is_not(bench: Bench):
    await bench.perform(task(seed=7, parameters={"n": 1, "size": "64x48", "quality": "high"}))
    await bench.perform(task(parameters={"n": 1, "size": "64x48", "quality": "auto"}))
    first, second = (request.fields for request in bench.server.requests)
    assert (first["seed"], first["quality"]) == (7, "high")
    assert "seed" not in second
    assert "quality" not in second


async def test_a_model_that_always_answers_in_base64_is_not_asked_for_it(bench: Bench):
    result = await bench.perform(task(), model("gpt-image-test"))
    assert "response_format" not in bench.server.requests[0].fields
    assert result.usage.evidence["usage"]["output_tokens"] == 1000


async def test_one_picture_to_edit_is_sent_as_image(bench: Bench, tmp_path: Path):
    source = picture(tmp_path / "photo of me.jpg")
    await bench.perform(task("edit", (taken(source),), parameters={}))
    (request,) = bench.server.requests
    assert request.path == "/v1/images/edits"
    assert request.files == [("image", "image/jpeg", source.read_bytes())]
    assert request.fields == {
        "model": "sd-test",
        "prompt": "a red bicycle",
        "n": 1,
        "response_format": "b64_json",
    }


async def test_several_pictures_are_sent_as_image_list_the_working_picture_first(
    bench: Bench, tmp_path: Path
):
    style, photo = picture(tmp_path / "a.png"), picture(tmp_path / "b.webp", lossless=True)
    await bench.perform(task("edit", (taken(style, Role.REFERENCE), taken(photo)), seed=3))
    (request,) = bench.server.requests
    assert request.files == [
        ("image[]", "image/webp", photo.read_bytes()),
        ("image[]", "image/png", style.read_bytes()),
    ]
    assert request.fields["seed"] == 3


async def test_a_white_mask_is_sent_transparent_where_the_picture_is_edited(bench: Bench, tmp_path: Path):
    photo = picture(tmp_path / "photo.png")
    painted = np.zeros((24, 32), np.uint8)
    painted[:, :10] = 255
    Image.fromarray(painted).save(tmp_path / "mask.png")
    await bench.perform(task("edit", (taken(photo), taken(tmp_path / "mask.png", Role.MASK))))
    name, media_type, content = bench.server.requests[0].files[1]
    assert (name, media_type) == ("mask", "image/png")
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content)))[..., 3], 255 - painted)
    assert [path.name for path in bench.scratch.iterdir()] == ["picture-1.png"]


async def test_a_mask_with_transparent_areas_keeps_them(bench: Bench, tmp_path: Path):
    photo = picture(tmp_path / "photo.png")
    mask = np.zeros((24, 32, 4), np.uint8)
    mask[:5, :, 3] = 255
    Image.fromarray(mask).save(tmp_path / "mask.webp", lossless=True)
    await bench.perform(task("edit", (taken(photo), taken(tmp_path / "mask.webp", Role.MASK))))
    content = bench.server.requests[0].files[1][2]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content)))[..., 3], mask[..., 3])


async def test_what_the_api_cannot_express_is_refused_before_anything_is_sent(bench: Bench, tmp_path: Path):
    photo = picture(tmp_path / "a.png")
    small = taken(picture(tmp_path / "m.png", (8, 8), "L"), Role.MASK)
    for error, work in (
        (MissingInput, task("edit")),
        (InvalidOption, task("edit", (taken(photo), small))),
        (ProviderError, task("laser", (taken(photo),))),
    ):
        with pytest.raises(error):
            await bench.perform(work)
    assert bench.server.requests == []


async def test_other_formats_are_sent_as_upright_png(bench: Bench, tmp_path: Path):
    tiff = picture(tmp_path / "a.tiff")
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(picture(tmp_path / "flat.png")).save(turned, exif=exif, quality=95)
    await bench.perform(task("edit", (taken(tiff), taken(turned, Role.REFERENCE))))
    first, second = bench.server.requests[0].files
    assert first[1] == "image/png"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(first[2]))), np.asarray(Image.open(tiff)))
    assert Image.open(io.BytesIO(second[2])).size == (24, 32)


@pytest.mark.parametrize("operation", ["style", "enhance", "hair", "reference", "tryon"])
async def test_whatever_works_on_pictures_is_an_edit_of_all_of_them_in_order(
    bench: Bench, tmp_path: Path, operation: str
):
    roles = (Role.GARMENT, Role.REFERENCE, Role.PERSON)
    files = [picture(tmp_path / f"{role}.png", (8 * n, 8)) for n, role in enumerate(roles, 2)]
    await bench.perform(
        task(operation, tuple(taken(path, role) for path, role in zip(files, roles, strict=True)))
    )
    (request,) = bench.server.requests
    assert request.path == "/v1/images/edits"
    sent = [content for _, _, content in request.files]
    assert sent == [files[at].read_bytes() for at in (2, 0, 1)]  # person, garment, reference


async def test_a_shape_is_sent_as_a_size_that_the_model_makes(bench: Bench):
    listed = model().model_copy(update={"features": frozenset({"size:64x64", "size:96x64", "size:64x96"})})
    free = model().model_copy(update={"features": frozenset({"size:*"})})
    for with_model, aspect in ((listed, "2:3"), (listed, "8:7"), (free, "16:9"), (free, "3:2")):
        await bench.perform(task(parameters={"aspect": aspect}), with_model)
    sizes = [request.fields["size"] for request in bench.server.requests]
    assert sizes == ["64x96", "64x64", "1360x768", "1536x1024"]


async def test_a_model_without_a_price_is_not_called(bench: Bench):
    for unpriced in (model().model_copy(update={"price": None}), model(per_image="0")):
        with pytest.raises(ProviderError, match="no price"):
            await bench.perform(task(), unpriced)
    assert bench.server.requests == []


# --- What comes back --------------------------------------------------------------------------------------------


async def test_the_bytes_of_the_server_are_kept_as_they_are(bench: Bench):
    sent = b"\xff\xd8\xff\xe0 whatever follows is for the decoder to judge"
    bench.server.fault = Fault(
        "alter", change=lambda a: a | {"data": [{"b64_json": base64.b64encode(sent).decode()}]}
    )
    (output,) = (await bench.perform(task())).outputs
    assert output.media_type == "image/jpeg"
    assert output.path.read_bytes() == sent


async def test_several_pictures_are_all_handed_over_and_charged_each(bench: Bench):
    result = await bench.perform(task(parameters={"n": 3, "size": "64x48"}))
    assert [output.label for output in result.outputs] == [
        "Picture 1 of 3",
        "Picture 2 of 3",
        "Picture 3 of 3",
    ]
    assert len({output.path.read_bytes() for output in result.outputs}) == 3
    assert result.usage.cost == 120_000
    assert result.usage.evidence["n"] == 3
    assert result.usage.metered is not None
    assert (result.usage.metered.images, result.usage.metered.size) == (3, "64x48")


async def test_the_charge_is_for_the_pictures_returned_not_for_those_asked_for(bench: Bench):
    bench.server.fault = Fault("alter", change=lambda a: a | {"data": a["data"][:2]})
    work = task(parameters={"n": 4, "size": "1000x1000"}, output_megapixels=4.0)
    result = await bench.perform(work, model(per_image="0.04", per_megapixel="0.01", per_run="0.001"))
    assert len(result.outputs) == 2
    assert result.usage.cost == 1_000 + 2 * 40_000 + 2 * 10_000
    assert (result.usage.evidence["n_asked"], result.usage.evidence["n_returned"]) == (4, 2)


async def test_pictures_beyond_those_asked_for_cost_nothing_more(bench: Bench):
    bench.server.fault = Fault("alter", change=lambda a: a | {"data": a["data"] * 3})
    result = await bench.perform(task())
    assert len(result.outputs) == 1
    assert result.usage.cost == 40_000


async def test_free_models_cost_nothing(bench: Bench):
    assert (await bench.perform(task(), model(free=True))).usage.cost == 0


async def test_one_damaged_picture_does_not_lose_the_others(bench: Bench):
    def damage(answer: dict[str, Any]) -> dict[str, Any]:
        answer["data"][0] = {"b64_json": "not base64!"}
        return answer

    bench.server.fault = Fault("alter", change=damage)
    result = await bench.perform(task(parameters={"n": 3, "size": "64x48"}))
    assert len(result.outputs) == 2
    assert result.report["pictures_asked"] == 3
    assert result.report["problems"] == ["its base64 is damaged."]
    assert result.usage.cost == 120_000


async def test_a_link_to_the_same_host_is_fetched(bench: Bench):
    bench.server.prefer_urls = True
    result = await bench.perform(task())
    with Image.open(result.outputs[0].path) as opened:
        assert opened.size == (64, 48)
    assert [request.method for request in bench.server.requests] == ["POST", "GET"]
    assert "authorization" not in bench.server.requests[1].headers


async def test_a_link_to_another_host_is_not_fetched(bench: Bench):
    async with OpenAIImagesServer() as other:
        bench.server.prefer_urls = True
        bench.server.url_base = f"http://localhost:{other.port}"
        error = await bench.fails(OutputError)
    assert "localhost" in error.message
    assert error.money is Money.CHARGED
    assert other.requests == []


async def test_the_revised_prompt_is_reported(bench: Bench):
    bench.server.fault = Fault(
        "alter", change=lambda a: a | {"data": [a["data"][0] | {"revised_prompt": "a bike"}]}
    )
    assert (await bench.perform(task())).report["revised_prompt"] == "a bike"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>busy</html>",
        b"[]",
        b"[" * 100_000,
        b'{"created": 1}',
        b'{"created": 1, "data": []}',
        b'{"created": 1, "data": null}',
        b'{"created": 1, "data": ["x", 3]}',
        b'{"created": 1, "data": [{}]}',
        b'{"created": 1, "data": [{"b64_json": ""}]}',
        b'{"created": 1, "data": [{"b64_json": "PGh0bWw+PC9odG1sPg=="}]}',
        b'{"created": 1, "data": [{"url": "http://169.254.169.254/"}]}',
        b'{"created": 1, "data": [{"url": "not a url"}]}',
    ],
)
async def test_success_without_a_usable_picture_is_charged_and_says_with_what_evidence(
    bench: Bench, body: bytes
):
    bench.server.fault = Fault("status", 200, body=body)
    error = await bench.fails(OutputError, task(parameters={"n": 2, "size": "64x48"}))
    assert error.money is Money.CHARGED
    assert error.details["evidence"]["n_asked"] == 2
    assert error.details["cost"] in (40_000, 80_000)
    assert list(bench.scratch.iterdir()) == []


async def test_an_answer_over_the_size_limit_is_not_read_to_its_end(bench: Bench):
    bench.server.fault = Fault("endless")
    with pytest.raises(OutputError, match="larger than the limit"):
        await bench.engine(max_upload_bytes=2**20).perform(task(), model(), bench.attempt())


# --- What goes wrong --------------------------------------------------------------------------------------------


def error_body(message: str, code: str | None = None) -> bytes:
    return json.dumps({"error": {"message": message, "type": "error", "param": None, "code": code}}).encode()


@pytest.mark.parametrize(
    ("status", "code", "error", "money"),
    [
        (400, "content_policy_violation", ContentRefused, Money.NOTHING_SPENT),
        (400, "moderation_blocked", ContentRefused, Money.NOTHING_SPENT),
        (400, "invalid_value", ProviderError, Money.NOTHING_SPENT),
        (301, None, ProviderError, Money.NOTHING_SPENT),
        (401, "invalid_api_key", ProviderError, Money.NOTHING_SPENT),
        (402, None, ProviderError, Money.NOTHING_SPENT),
        (403, None, ProviderError, Money.NOTHING_SPENT),
        (404, "model_not_found", ProviderError, Money.NOTHING_SPENT),
        (413, None, ProviderError, Money.NOTHING_SPENT),
        (422, None, ProviderError, Money.NOTHING_SPENT),
        (429, "rate_limit_exceeded", ProviderUnavailable, Money.NOTHING_SPENT),
        (429, "insufficient_quota", ProviderError, Money.NOTHING_SPENT),
        (500, "server_error", OutcomeUnknown, Money.UNKNOWN),
        (501, None, ProviderError, Money.NOTHING_SPENT),
        (502, None, OutcomeUnknown, Money.UNKNOWN),
        (503, None, ProviderUnavailable, Money.NOTHING_SPENT),
        (504, None, OutcomeUnknown, Money.UNKNOWN),
    ],
)
async def test_each_error_status_says_what_it_means_for_the_money(
    bench: Bench, status: int, code: str | None, error: type[BottegaError], money: Money
):
    bench.server.fault = Fault("status", status, body=error_body("Because.", code))
    caught = await bench.fails(error)
    assert caught.money is money
    assert caught.details["status"] == status


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'"x"', b'{"error": "busy"}', b'{"detail": "busy"}', b'{"error": []}']
)
async def test_an_error_body_of_any_form_is_understood_as_far_as_it_goes(bench: Bench, body: bytes):
    bench.server.fault = Fault("status", 400, body=body)
    caught = await bench.fails(ProviderError)
    assert ("busy" in caught.message) == (b"busy" in body)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"retry-after-ms": "1500", "Retry-After": "2"}, 1.5),
        ({"Retry-After": formatdate(0, usegmt=True)}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
async def test_the_wait_that_the_server_asks_for_is_passed_on(
    bench: Bench, headers: dict[str, str], expected: float | None
):
    bench.server.fault = Fault("status", 429, headers, error_body("Slow down."))
    assert (await bench.fails(ProviderUnavailable)).details["retry_after"] == expected


async def test_a_server_that_is_not_running_is_unavailable_and_nothing_is_spent(bench: Bench):
    engine = bench.engine(openai_compatible_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(ProviderUnavailable) as caught:
        await engine.perform(task(), model(), bench.attempt())
    assert caught.value.money is Money.NOTHING_SPENT


async def test_a_host_that_does_not_exist_is_unavailable(bench: Bench):
    engine = bench.engine(openai_compatible_base_url="http://images.invalid/v1")
    with pytest.raises(ProviderUnavailable):
        await engine.perform(task(), model(), bench.attempt())


@pytest.mark.parametrize("how", ["reset", "cut"])
async def test_a_connection_lost_after_the_request_was_sent_leaves_the_outcome_unknown(
    bench: Bench, how: str
):
    bench.server.fault = Fault(how)
    assert (await bench.fails(OutcomeUnknown)).money is Money.UNKNOWN


async def test_no_answer_in_time_leaves_the_outcome_unknown(bench: Bench):
    bench.server.fault = Fault("silence")
    caught = await bench.fails(OutcomeUnknown, timeout_s=1.0)
    assert "within 1 s" in caught.message


async def test_a_request_that_could_not_be_sent_whole_was_not_accepted(bench: Bench, tmp_path: Path):
    """The server takes the connection, reads nothing and closes: the body never got through."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    photo = picture(tmp_path / "large.png", (2000, 1500))
    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        with pytest.raises(ProviderUnavailable):
            await bench.engine(openai_compatible_base_url=url).perform(
                task("edit", (taken(photo),)), model(), bench.attempt()
            )


async def test_cancelling_closes_the_connection(bench: Bench):
    bench.server.fault = Fault("silence")
    running = asyncio.create_task(bench.perform(task()))
    await asyncio.wait_for(bench.server.arrived.wait(), 120)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.wait_for(bench.server.abandoned.wait(), 120)


async def test_the_key_is_in_no_error_and_in_no_log(bench: Bench, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    for status in (400, 401, 429, 500):
        bench.server.requests.clear()
        bench.server.fault = Fault("status", status, body=error_body(f"The key {KEY} is odd", f"odd {KEY}"))
        with pytest.raises(BottegaError) as caught:
            await bench.perform(task())
        assert KEY not in json.dumps(caught.value.as_dict())
    await bench.perform(task())
    assert caplog.text
    assert KEY not in caplog.text


# --- Availability, reconciliation, imports ----------------------------------------------------------------------


def test_without_a_base_url_the_engine_is_not_usable_and_says_what_to_set():
    availability = OpenAICompatibleEngine(
        Settings(_env_file=None, openai_compatible_base_url="")
    ).availability()
    assert not availability.usable
    assert "BOTTEGA_OPENAI_COMPATIBLE_BASE_URL" in availability.hint
    assert "BOTTEGA_CATALOGUE" in availability.hint


@pytest.mark.parametrize(
    ("url", "usable"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("https://images.example/api/v1/", True),
        ("127.0.0.1:8080/v1", False),
        ("ftp://images.example", False),
        ("http://", False),
        ("http://host:port/v1", False),
        ("http://user:secret@host/v1", False),
        ("http://host/v1?x=1", False),
    ],
)
def test_a_base_url_is_judged_without_calling_it(url: str, usable: bool):
    availability = OpenAICompatibleEngine(
        Settings(_env_file=None, openai_compatible_base_url=url)
    ).availability()
    assert availability.usable is usable
    assert bool(availability.reason) is not usable
    assert "secret" not in availability.reason + availability.hint


@pytest.mark.parametrize("key", ["sk-\nX-Evil: 1", "sk-é"])
def test_a_key_that_is_no_header_value_is_refused_without_repeating_it(key: str):
    settings = Settings(
        _env_file=None, openai_compatible_base_url="http://host/v1", openai_compatible_api_key=key
    )
    availability = OpenAICompatibleEngine(settings).availability()
    assert not availability.usable
    assert "sk-" not in availability.reason + availability.hint


async def test_a_lost_call_cannot_be_looked_up_and_is_not_bought_again(bench: Bench):
    answer = await bench.engine().reconcile(task(), model(), bench.attempt())
    assert isinstance(answer, StillUnknown)
    assert bench.server.requests == []


def test_importing_the_engine_loads_no_http_client_and_no_picture_library():
    script = (
        "import sys, bottega.engines.cloud.openai_compatible\n"
        "print([name for name in ('httpx', 'numpy', 'PIL', 'cv2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
