"""The OpenAI engine, through the official SDK, against the simulated vendor: what is sent, what it costs, and what
every failure means for money. Each failing call is exactly one HTTP request."""

import asyncio
import base64
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_pictures import taken
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Task, TaskInput
from bottega.engines.cloud.openai import OpenAIEngine
from bottega.engines.cloud.openai_shared import size_for
from bottega.engines.cloud.openai_shared_answer import tokens_of
from bottega.engines.protocol import Attempt, StillUnknown
from bottega.errors import (
    BottegaError,
    ContentRefused,
    InvalidOption,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
)
from bottega.models import Model, load_catalogue
from bottega.settings import Settings
from bottega.simulator.serve import Simulator
from bottega.simulator.world import Seen

KEY = "sk-simulated-0123456789"
CATALOGUE = load_catalogue()
MODEL = CATALOGUE["openai/gpt-image-2.5-flare"]
EDITS = ["edit", "style", "enhance", "hair", "reference", "tryon"]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(speed=10_000) as simulator:
        yield simulator


@dataclass
class Bench:
    simulator: Simulator
    scratch: Path
    compute: ComputePool
    said: list[tuple[float, str]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def engine(self, **settings: Any) -> OpenAIEngine:
        values = {"openai_base_url": self.simulator.base("openai"), "openai_api_key": KEY}
        return OpenAIEngine(Settings(_env_file=None, **(values | settings)))

    def attempt(self, timeout_s: float = 20.0) -> Attempt:
        async def remember(note: dict[str, Any]) -> None:
            self.notes.append(note)

        return Attempt(
            self.scratch,
            "job-1/step-1",
            self.compute,
            lambda *said: self.said.append(said),
            timeout_s,
            remember,
        )

    async def perform(self, work: Task, model: Model = MODEL, timeout_s: float = 20.0) -> EngineResult:
        return await self.engine().perform(work, model, self.attempt(timeout_s))

    @property
    def calls(self) -> list[Seen]:
        return self.simulator.world.calls("openai")

    @property
    def accepted(self) -> int:
        return sum(seen.accepted for seen in self.calls)

    async def fails(
        self, error: type[BottegaError], work: Task | None = None, timeout_s: float = 20.0
    ) -> Any:
        """The error of that very class, after exactly one request."""
        with pytest.raises(error) as caught:
            await self.perform(work or task(), timeout_s=timeout_s)
        assert type(caught.value) is error
        assert len(self.calls) == 1
        said = json.dumps(caught.value.as_dict())
        assert KEY not in said
        return caught.value


@pytest.fixture
async def bench(running: Simulator, tmp_path: Path) -> AsyncIterator[Bench]:
    running.world.reset()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    compute = ComputePool(1)
    yield Bench(running, scratch, compute)
    await compute.close()


def task(operation: str = "generate", inputs: tuple[TaskInput, ...] = (), **changes: Any) -> Task:
    values: dict[str, Any] = {
        "workflow": "image_generation",
        "operation": operation,
        "prompt": "a red bicycle",
        "parameters": {"n": 1, "size": "1024x1024", "quality": "low"},
        "inputs": inputs,
    }
    return Task(**(values | changes))


def picture(path: Path, size: tuple[int, int] = (64, 48)) -> Path:
    rng = np.random.default_rng(len(path.name))
    Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)).save(path)
    return path


# --- what is sent --------------------------------------------------------------------------------------------


async def test_a_generation_sends_the_task_and_is_charged_by_its_tokens(bench: Bench):
    result = await bench.perform(task(parameters={"n": 2, "size": "1536x864", "quality": "medium"}))
    (seen,) = bench.calls
    assert (seen.operation, seen.accepted) == ("images.generate", True)
    assert seen.fields == {
        "model": "gpt-image-2.5-flare",
        "prompt": "a red bicycle",
        "n": 2,
        "size": "1536x864",
        "quality": "medium",
    }
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["idempotency-key"] == "job-1/step-1"
    assert [output.label for output in result.outputs] == ["Picture 1 of 2", "Picture 2 of 2"]
    for output in result.outputs:
        with Image.open(output.path) as opened:
            assert opened.size == (1536, 864)
    metered = result.usage.metered
    assert metered is not None
    assert MODEL.price is not None
    assert result.usage.cost == MODEL.price.charge(metered) > 0
    usage = result.usage.evidence["usage"]
    assert metered.tokens == {
        "text_in": usage["input_tokens"],
        "image_out": usage["output_tokens"],
    }
    # The vendor's list price: $5 and $30 for a million tokens.
    assert result.usage.cost == usage["input_tokens"] * 5 + usage["output_tokens"] * 30
    assert (metered.images, metered.size, metered.quality) == (2, "1536x864", "medium")
    assert result.usage.evidence["request_id"].startswith("req_")


async def test_what_is_charged_is_never_more_than_what_was_held(bench: Bench, tmp_path: Path):
    model = CATALOGUE["openai/gpt-image-2"]
    assert model.price is not None
    photo, other = picture(tmp_path / "photo.png", (800, 600)), picture(tmp_path / "o.png", (512, 512))
    inputs = (taken(photo), taken(other, Role.REFERENCE))
    for quality in ("low", "high", "auto"):
        for size in ("1024x1024", "1536x1024", "1024x1536", "auto"):
            parameters = {"n": 1, "size": size, "quality": quality}
            work = task("edit", inputs, parameters=parameters)
            result = await bench.perform(work, model)
            assert 0 < result.usage.cost <= model.price.price(work).high, parameters


async def test_one_picture_is_sent_as_image_with_its_type_and_without_its_name(bench: Bench, tmp_path: Path):
    photo = picture(tmp_path / "me at home.jpg")
    await bench.perform(task("edit", (taken(photo),)))
    (seen,) = bench.calls
    (file,) = seen.files
    assert (file.field, file.name, file.media_type) == ("image", "image-1.jpg", "image/jpeg")
    assert file.size == photo.stat().st_size


@pytest.mark.parametrize("operation", EDITS)
async def test_whatever_works_on_pictures_is_one_edit_of_all_of_them_in_order(
    bench: Bench, tmp_path: Path, operation: str
):
    roles = (Role.GARMENT, Role.REFERENCE, Role.PERSON)
    files = [picture(tmp_path / f"{role}.png", (8 * n, 8)) for n, role in enumerate(roles, 2)]
    work = task(operation, tuple(taken(path, role) for path, role in zip(files, roles, strict=True)))
    await bench.perform(work)
    (seen,) = bench.calls
    assert seen.operation == "images.edit"
    assert [(file.field, file.width) for file in seen.files] == [
        ("image[]", 32),
        ("image[]", 16),
        ("image[]", 24),
    ]
    assert bench.accepted == 1


async def test_a_mask_is_transparent_where_the_picture_changes(bench: Bench, tmp_path: Path):
    photo = picture(tmp_path / "photo.png", (64, 64))
    painted = np.zeros((64, 64), np.uint8)
    painted[:, :20] = 255
    Image.fromarray(painted).save(tmp_path / "mask.png")
    other = picture(tmp_path / "other.png", (32, 32))
    inputs = (taken(photo), taken(tmp_path / "mask.png", Role.MASK), taken(other, Role.REFERENCE))
    result = await bench.perform(task("edit", inputs))
    (seen,) = bench.calls
    assert [(file.field, file.media_type, file.width) for file in seen.files] == [
        ("image[]", "image/png", 64),
        ("image[]", "image/png", 32),
        ("mask", "image/png", 64),
    ]
    # The simulated vendor changes what the mask lets it change, and nothing else.
    with Image.open(result.outputs[0].path) as opened, Image.open(photo) as source:
        changed = np.asarray(opened.convert("RGB"), np.int16)
        before = np.asarray(source.convert("RGB").resize(opened.size), np.int16)
    difference = np.abs(changed - before).mean(axis=(0, 2))
    assert difference[:256].min() > 5
    assert difference[400:].max() < 1


async def test_a_family_of_models_gets_the_words_that_it_understands_best(bench: Bench):
    assert MODEL.family
    await bench.perform(task(prompts={MODEL.family: "A bicycle, red."}))
    assert bench.calls[0].fields["prompt"] == "A bicycle, red."


async def test_a_transparent_background_and_a_format_are_asked_for(bench: Bench):
    await bench.perform(task(features=frozenset({"transparent"})))
    await bench.perform(task(parameters={"size": "1024x1024", "quality": "low", "format": "webp"}))
    first, second = (seen.fields for seen in bench.calls)
    assert (first["background"], first["output_format"]) == ("transparent", "png")
    assert second["output_format"] == "webp"
    assert "background" not in second


async def test_no_seed_is_sent_because_the_api_takes_none(bench: Bench):
    await bench.perform(task(seed=7))
    assert "seed" not in bench.calls[0].fields


def test_a_shape_becomes_a_size_within_the_limits_of_each_model():
    for model in CATALOGUE:
        if model.engine != "openai" or "aspect:*" not in model.features:
            continue
        for aspect in ("1:1", "3:2", "2:3", "16:9", "9:16", "4:5", "21:9", "3:1"):
            size = size_for(aspect, model)
            assert model.sizes is not None
            assert model.sizes.objection(size) is None
            width, height = (int(side) for side in size.split("x"))
            wide, high = (int(side) for side in aspect.split(":"))
            assert width / height == pytest.approx(wide / high, rel=0.03)
    assert size_for("9:16", CATALOGUE["openai/gpt-image-1.5"]) == "1024x1536"
    for wrong in ("wide", "0:1", "10:1"):
        with pytest.raises(InvalidOption):
            size_for(wrong, MODEL)


async def test_what_cannot_be_sent_is_refused_before_anything_is_sent(bench: Bench, tmp_path: Path):
    photo = taken(picture(tmp_path / "photo.png"))
    mask = taken(picture(tmp_path / "mask.png", (20, 48)), Role.MASK)
    for error, work, model in (
        (InvalidOption, task("edit", (photo, mask)), MODEL),
        (ProviderError, task("laser", (photo,)), MODEL),
        (ProviderError, task(), CATALOGUE["openai/gpt-image-2.6-flare"]),  # it has no price
    ):
        with pytest.raises(error):
            await bench.perform(work, model)
    assert bench.calls == []


# --- previews ------------------------------------------------------------------------------------------------


async def test_partial_pictures_are_progress_and_their_tokens_are_charged(bench: Bench):
    parameters = {"n": 1, "size": "1024x1024", "quality": "low"}
    plain = await bench.perform(task(parameters=parameters))
    bench.said.clear()
    streamed = await bench.perform(task(parameters=parameters | {"partial_images": 2}))
    assert bench.calls[1].fields["stream"] is True
    assert [said for _, said in bench.said] == [
        "Asking OpenAI",
        "Preview 1 of 2",
        "Preview 2 of 2",
        "The answer has arrived",
    ]
    fractions = [fraction for fraction, _ in bench.said]
    assert fractions == sorted(fractions)
    for number in (1, 2):
        with Image.open(bench.scratch / f"preview-{number}.png") as preview:
            assert preview.size == (1024, 1024)
    assert len(streamed.outputs) == 1
    assert streamed.usage.cost == plain.usage.cost + 2 * 100 * 30
    assert bench.notes[0]["request_id"].startswith("req_")


async def test_several_pictures_are_not_streamed(bench: Bench):
    parameters = {"n": 2, "size": "1024x1024", "quality": "low", "partial_images": 2}
    await bench.perform(task(parameters=parameters))
    assert "stream" not in bench.calls[0].fields


async def test_a_stream_that_reports_a_failure_leaves_the_outcome_open(bench: Bench):
    bench.simulator.world.faults.add("fail_later", "openai")
    work = task(parameters={"size": "1024x1024", "quality": "low", "partial_images": 1})
    error = await bench.fails(OutcomeUnknown, work)
    assert error.money is Money.UNKNOWN


# --- what comes back broken ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["garbage", "wrong_type"])
@pytest.mark.parametrize("partials", [0, 1])
async def test_success_without_a_picture_is_charged_as_the_dearest_of_the_order(
    bench: Bench, kind: str, partials: int
):
    bench.simulator.world.faults.add(kind, "openai")
    work = task(parameters={"size": "1024x1024", "quality": "low", "partial_images": partials})
    error = await bench.fails(OutputError, work)
    assert error.money is Money.CHARGED
    assert bench.accepted == 1
    assert MODEL.price is not None
    assert error.details["cost"] == MODEL.price.price(work).high
    assert error.details["metered"]["images"] == 1


async def test_a_body_without_end_is_cut_off_and_charged(bench: Bench):
    bench.simulator.world.faults.add("never_ending", "openai")
    with pytest.raises(OutputError) as caught:
        await bench.engine(max_upload_bytes=2**20).perform(task(), MODEL, bench.attempt())
    assert caught.value.money is Money.CHARGED


async def test_half_a_picture_is_handed_over_for_the_decoder_to_judge(bench: Bench):
    bench.simulator.world.faults.add("bad_picture", "openai")
    result = await bench.perform(task())
    assert result.usage.cost > 0
    with pytest.raises(OSError), Image.open(result.outputs[0].path) as opened:
        opened.load()


async def test_damaged_base64_is_charged_by_the_use_that_the_answer_names(bench: Bench):
    plain = await bench.perform(task())
    bench.simulator.world.log.clear()
    bench.simulator.world.queue_answer("openai", "images.generate", b64_json="not base64!")
    error = await bench.fails(OutputError)
    assert "base64" in error.message
    assert error.details["cost"] == plain.usage.cost


# --- what goes wrong -----------------------------------------------------------------------------------------

NOTHING, LOST = Money.NOTHING_SPENT, Money.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "error", "money", "accepted"),
    [
        ("rate_limit", ProviderUnavailable, NOTHING, 0),
        ("overloaded", ProviderUnavailable, NOTHING, 0),
        ("quota", ProviderError, NOTHING, 0),
        ("auth", ProviderError, NOTHING, 0),
        ("bad_request", ProviderError, NOTHING, 0),
        ("refusal", ContentRefused, NOTHING, 0),
        ("server_error", OutcomeUnknown, LOST, 0),
        ("bad_gateway", OutcomeUnknown, LOST, 0),
        ("reset", OutcomeUnknown, LOST, 0),
        ("reset_after_accept", OutcomeUnknown, LOST, 1),
        ("truncated", OutcomeUnknown, LOST, 1),
    ],
)
@pytest.mark.parametrize("editing", [False, True])
async def test_each_failure_is_one_request_and_says_what_it_means_for_money(
    bench: Bench,
    tmp_path: Path,
    kind: str,
    error: type[BottegaError],
    money: Money,
    accepted: int,
    editing: bool,
):
    bench.simulator.world.faults.add(kind, "openai", times=9)
    photo = taken(picture(tmp_path / "photo.png"))
    caught = await bench.fails(error, task("edit", (photo,)) if editing else task())
    assert caught.money is money
    assert bench.accepted == accepted


@pytest.mark.parametrize("kind", ["hang", "hang_after_accept", "slow_drip"])
async def test_no_answer_in_time_leaves_the_outcome_unknown(bench: Bench, kind: str):
    bench.simulator.world.faults.add(kind, "openai", times=9)
    error = await bench.fails(OutcomeUnknown, timeout_s=1.0)
    assert error.money is Money.UNKNOWN
    assert "within 1 s" in error.message


async def test_retry_after_is_passed_on_in_seconds(bench: Bench):
    bench.simulator.world.faults.add("rate_limit", "openai", seconds=7.5)
    assert (await bench.fails(ProviderUnavailable)).details["retry_after"] == 7.5


async def test_no_credit_is_told_from_too_many_requests(bench: Bench):
    bench.simulator.world.faults.add("quota", "openai")
    error = await bench.fails(ProviderError)
    assert "no credit" in error.message
    assert not error.retryable


async def test_a_server_that_is_not_running_is_unavailable_and_nothing_is_spent(bench: Bench):
    engine = bench.engine(openai_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(ProviderUnavailable) as caught:
        await engine.perform(task(), MODEL, bench.attempt())
    assert caught.value.money is Money.NOTHING_SPENT


async def test_cancelling_closes_the_connection(bench: Bench):
    bench.simulator.world.faults.add("hang", "openai")
    running = asyncio.create_task(bench.perform(task()))
    async with asyncio.timeout(120):
        while not bench.calls:  # noqa: ASYNC110 - the simulator is another thread
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(bench.calls) == 1


async def test_a_lost_call_cannot_be_looked_up_nor_stopped(bench: Bench):
    engine = bench.engine()
    for ask in (engine.reconcile, engine.cancel):
        assert isinstance(await ask(task(), MODEL, bench.attempt()), StillUnknown)
    assert bench.calls == []


# --- use, availability, imports ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (None, {}),
        ({"input_tokens": 10, "output_tokens": 20}, {"text_in": 10, "image_out": 20}),
        (
            {
                "input_tokens": 110,
                "input_tokens_details": {"text_tokens": 10, "image_tokens": 100},
                "output_tokens": 25,
                "output_tokens_details": {"text_tokens": 5, "image_tokens": 20},
            },
            {"text_in": 10, "image_in": 100, "text_out": 5, "image_out": 20},
        ),
        (
            {
                "input_tokens": 110,
                "input_tokens_details": {
                    "text_tokens": 10,
                    "image_tokens": 100,
                    "cached_tokens": 66,
                    "cached_tokens_details": {"text_tokens": 6, "image_tokens": 60},
                },
            },
            {"text_in": 4, "image_in": 40, "cached_text_in": 6, "cached_image_in": 60},
        ),
        ({"input_tokens": "many", "output_tokens": -3, "input_tokens_details": []}, {}),
    ],
)
def test_use_is_read_as_disjoint_counts(usage: object, tokens: dict[str, int]):
    assert tokens_of(usage) == tokens


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"openai_api_key": ""}, "BOTTEGA_OPENAI_API_KEY"),
        ({"openai_api_key": "sk-\nX: 1"}, "BOTTEGA_OPENAI_API_KEY"),
        ({"openai_base_url": "not a url"}, "BOTTEGA_OPENAI_BASE_URL"),
    ],
)
def test_what_is_missing_is_said_with_the_setting_to_change(
    running: Simulator, changes: dict[str, str], named: str
):
    values = {"openai_base_url": running.base("openai"), "openai_api_key": KEY}
    availability = OpenAIEngine(Settings(_env_file=None, **(values | changes))).availability()
    assert not availability.usable
    assert named in availability.hint
    assert "sk-" not in availability.reason + availability.hint


def test_importing_the_engine_loads_no_sdk_and_no_picture_library():
    script = (
        "import sys, bottega.engines.cloud.openai\n"
        "print([name for name in ('openai', 'httpx', 'httpx2', 'numpy', 'PIL', 'cv2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_stream_in_any_pieces_gives_the_same_events(bench: Bench):
    """Carriage returns, comments and pieces that end anywhere."""
    from bottega.engines.cloud.openai_shared_errors import Server
    from bottega.engines.cloud.openai_stream import Partials, read_stream

    content = base64.b64encode(b"x" * 100).decode()
    body = (
        ": hello\r\n\r\nevent: image_generation.partial_image\r\ndata: "
        + json.dumps(
            {"type": "image_generation.partial_image", "partial_image_index": 0, "b64_json": content}
        )
        + "\r\n\r\nevent: image_generation.completed\r\ndata: "
        + json.dumps({"type": "image_generation.completed", "b64_json": content, "usage": {}})
        + "\r\n\r\n"
    ).encode()

    async def pieces(size: int) -> AsyncIterator[bytes]:
        stream = io.BytesIO(body)
        while piece := stream.read(size):
            yield piece

    async def read(size: int) -> dict[str, Any]:
        server = Server("OpenAI", KEY, "", "")
        return await read_stream(pieces(size), 10_000, Partials(bench.attempt(), 1), server)

    for size in (1, 2, 3, 7, 64, 10_000):
        answer = asyncio.run(read(size))
        assert answer["data"] == [{"b64_json": content}]
        assert (bench.scratch / "preview-1.png").read_bytes() == b"x" * 100
