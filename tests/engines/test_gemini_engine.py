"""The Gemini engine against the simulated Gemini API: what is sent, what is kept, what is charged, and every way in which
a call can fail."""

import asyncio
import hashlib
import json
import math
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from given_pictures import taken
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Task, TaskInput
from bottega.engines.cloud.gemini import GeminiEngine
from bottega.engines.cloud.gemini_answer import read_answer, read_tokens
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
from bottega.models import Model, load_catalogue
from bottega.settings import Settings
from bottega.simulator.faults import KINDS
from bottega.simulator.media import read_note
from bottega.simulator.serve import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "AIza-test-key-1234567890"
CATALOGUE = load_catalogue()
FLASH = CATALOGUE["gemini/gemini-3.1-flash-image"]
ACTIVE = [
    model
    for model in CATALOGUE
    if model.engine == "gemini" and model.output == "image" and model.status == "active"
]


def settings(url: str, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "_env_file": None,
        "gemini_api_key": KEY,
        "gemini_base_url": url,
        "max_upload_bytes": 8 * 2**20,
    }
    return Settings(**(values | changes))


def task(operation: str = "generate", inputs: tuple[TaskInput, ...] = (), **changes: Any) -> Task:
    values: dict[str, Any] = {
        "workflow": "image_generation",
        "operation": operation,
        "prompt": "a red bicycle in front of a green door",
        "inputs": inputs,
    }
    return Task(**(values | changes))


def picture(path: Path, size: tuple[int, int] = (96, 64), color: str = "teal", **save: Any) -> Path:
    Image.new("RGB", size, color).save(path, **save)
    return path


@dataclass
class Bench:
    simulator: Simulator
    scratch: Path
    compute: ComputePool
    engine: GeminiEngine
    said: list[tuple[float, str]] = field(default_factory=list)

    @property
    def calls(self) -> list[Any]:
        return self.simulator.world.calls("gemini", "generateContent")

    def attempt(self, timeout_s: float = 20.0) -> Attempt:
        return Attempt(
            self.scratch, "job-1/step-1", self.compute, lambda *said: self.said.append(said), timeout_s
        )

    async def perform(self, work: Task, model: Model = FLASH, timeout_s: float = 20.0) -> EngineResult:
        return await self.engine.perform(work, model, self.attempt(timeout_s))

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


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(speed=100_000) as simulator:
        yield simulator


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def compute() -> AsyncIterator[ComputePool]:
    pool = ComputePool(1)
    yield pool
    await pool.close()


@pytest.fixture
def bench(running: Simulator, compute: ComputePool, tmp_path: Path) -> Bench:
    running.world.reset()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Bench(running, scratch, compute, GeminiEngine(settings(running.base("gemini"))))


def sent_texts(call: Any) -> list[str]:
    return [part["text"] for part in call.fields["contents"][0]["parts"] if "text" in part]


# --- What is sent, and what is kept ------------------------------------------------------------------------------


async def test_a_generation_sends_the_words_and_keeps_the_vendors_bytes(bench: Bench):
    work = task(parameters={"size": "1536x1024"}, prompts={"gemini-image": "a red bicycle, photographed"})
    model = FLASH.model_copy(update={"family": "gemini-image"})
    result = await bench.perform(work, model)
    (call,) = bench.calls
    assert call.path.endswith("/v1beta/models/gemini-3.1-flash-image:generateContent")
    assert call.headers["x-goog-api-key"] == KEY
    assert call.fields["generationConfig"]["imageConfig"] == {"aspectRatio": "3:2", "imageSize": "2K"}
    assert sent_texts(call) == ["a red bicycle, photographed"]
    (output,) = result.outputs
    assert (output.media_type, output.name) == ("image/jpeg", "picture-1.jpg")
    assert read_note(output.path.read_bytes())["asked"]["prompt"] == "a red bicycle, photographed"
    with Image.open(output.path) as made:
        assert made.size == (2528, 1696)
    assert result.report["size"] == "2528x1696"
    assert result.usage.metered is not None
    assert result.usage.metered.size == "2528x1696"


async def test_pictures_arrive_untouched_in_order_each_after_its_label(bench: Bench, tmp_path: Path):
    paths = [
        picture(tmp_path / f"{n}.png", (80 + n, 60), color) for n, color in enumerate(["red", "blue", "tan"])
    ]
    roles = [Role.PERSON, Role.GARMENT, Role.REFERENCE]
    inputs = tuple(taken(path, role) for path, role in zip(paths, roles, strict=True))
    result = await bench.perform(task("tryon", inputs))
    (call,) = bench.calls
    assert [file.sha256 for file in call.files] == [hashlib.sha256(p.read_bytes()).hexdigest() for p in paths]
    assert sent_texts(call) == [
        "Picture 1, the person:",
        "Picture 2, the garment:",
        "Picture 3, a reference:",
        "a red bicycle in front of a green door",
    ]
    kinds = ["text" if "text" in part else "picture" for part in call.fields["contents"][0]["parts"]]
    assert kinds == ["text", "picture"] * 3 + ["text"]
    assert "notes" not in result.report


async def test_a_turned_photograph_is_sent_upright(bench: Bench, tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = picture(tmp_path / "turned.jpg", (90, 60), exif=exif)
    result = await bench.perform(task("edit", (taken(turned),)))
    (file,) = bench.calls[0].files
    assert (file.width, file.height) == (60, 90)
    assert "upright" in result.report["notes"][0]


async def test_what_is_to_be_avoided_is_said_in_words(bench: Bench):
    await bench.perform(task(parameters={"negative_prompt": "people"}))
    assert sent_texts(bench.calls[0]) == ["a red bicycle in front of a green door\nDo not show: people"]


async def test_a_shape_alone_leaves_the_size_to_the_vendor(bench: Bench):
    await bench.perform(task(parameters={"aspect": "9:16", "size": "auto"}))
    assert bench.calls[0].fields["generationConfig"]["imageConfig"] == {"aspectRatio": "9:16"}


async def test_a_picture_delivered_as_a_file_is_fetched(bench: Bench):
    bench.simulator.world.queue_answer("gemini", "generateContent", deliver="file")
    result = await bench.perform(task())
    assert read_note(result.outputs[0].path.read_bytes())["simulated"] is True
    assert len(bench.calls) == 1


async def test_the_environment_changes_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await bench.perform(task())
    assert bench.calls[0].headers["x-goog-api-key"] == KEY


async def test_calls_side_by_side_keep_their_answers_apart(bench: Bench, tmp_path: Path):
    def attempt(number: int) -> Attempt:
        folder = tmp_path / str(number)
        folder.mkdir()
        return Attempt(folder, str(number), bench.compute, lambda *_: None, 20.0)

    works = [task(prompt=f"number {number}") for number in range(6)]
    results = await asyncio.gather(
        *(bench.engine.perform(work, FLASH, attempt(number)) for number, work in enumerate(works))
    )
    told = [read_note(result.outputs[0].path.read_bytes())["asked"]["prompt"] for result in results]
    assert told == [work.prompt for work in works]
    assert len(bench.calls) == 6


async def test_one_engine_serves_one_event_loop_after_another(bench: Bench, tmp_path: Path):
    async def life(number: int) -> EngineResult:
        folder = tmp_path / str(number)
        folder.mkdir()
        pool = ComputePool(1)
        try:
            return await bench.engine.perform(
                task(), FLASH, Attempt(folder, "1", pool, lambda *_: None, 20.0)
            )
        finally:
            await pool.close()

    for number in (1, 2):
        result = await asyncio.to_thread(lambda at=number: asyncio.run(life(at)))
        assert result.report["size"] == "1024x1024"


# --- What is charged ---------------------------------------------------------------------------------------------


def rate(model: Model, counts: dict[str, int]) -> int:
    """Tokens at dollars per million are micro-dollars."""
    assert model.price is not None
    assert model.price.tokens.keys() >= counts.keys()
    return math.ceil(sum(float(model.price.tokens[kind]) * count for kind, count in counts.items()))


@pytest.mark.parametrize(("size", "image_tokens"), [("", 1120), ("1024x1024", 1120), ("2048x2048", 1680)])
async def test_the_charge_is_the_vendors_own_count(
    bench: Bench, tmp_path: Path, size: str, image_tokens: int
):
    work = task("edit", (taken(picture(tmp_path / "in.png")),), parameters={"size": size})
    usage = (await bench.perform(work)).usage
    counted = usage.evidence["usageMetadata"]
    assert usage.metered is not None
    assert usage.metered.tokens == {
        "text_in": counted["promptTokenCount"] - 560,
        "image_in": 560,
        "text_out": counted["candidatesTokenCount"] - image_tokens,
        "image_out": image_tokens,
    }
    assert usage.cost == rate(FLASH, usage.metered.tokens)
    assert 0 < usage.cost <= FLASH.price.price(work).high  # type: ignore[union-attr]


@pytest.mark.parametrize("model", ACTIVE, ids=lambda model: model.remote)
async def test_every_model_of_the_catalogue_stays_within_its_hold(bench: Bench, model: Model):
    work = task(parameters={"size": "1024x1024"}, features=frozenset({"size:1024x1024"}))
    assert model.lacks(work) is None
    result = await bench.perform(work, model)
    assert len(bench.calls) == 1
    assert 0 < result.usage.cost <= model.price.price(work).high  # type: ignore[union-attr]


@given(
    text=st.integers(0, 5000),
    image=st.integers(0, 5000),
    words=st.integers(0, 5000),
    drawn=st.integers(1, 5000),
    thoughts=st.integers(0, 5000),
    told=st.booleans(),
)
@pytest.mark.asyncio(loop_scope="function")
async def test_no_token_is_lost_or_counted_twice(
    text: int, image: int, words: int, drawn: int, thoughts: int, told: bool
):
    usage: dict[str, Any] = {
        "promptTokenCount": text + image,
        "candidatesTokenCount": words + drawn,
        "thoughtsTokenCount": thoughts,
    }
    if told:
        usage["promptTokensDetails"] = [{"modality": "IMAGE", "tokenCount": image}]
        usage["candidatesTokensDetails"] = [{"modality": "IMAGE", "tokenCount": drawn}]
    counts = read_tokens(usage, has_picture=True)
    assert sum(counts.values()) == text + image + words + drawn + thoughts
    assert counts["image_out"] == (drawn if told else words + drawn)
    if told:
        assert (counts.get("text_in", 0), counts.get("image_in", 0)) == (text, image)


async def test_cached_input_is_not_counted_again():
    usage = {
        "promptTokenCount": 1000,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1000}],
        "cachedContentTokenCount": 400,
    }
    assert read_tokens(usage, has_picture=False) == {"text_in": 600, "cached_text_in": 400}


async def test_drafts_of_the_models_thinking_are_no_result():
    draft = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}, "thought": True}
    body = {"candidates": [{"content": {"parts": [draft, {"text": "Done."}]}, "finishReason": "STOP"}]}
    answer = read_answer(json.dumps(body))
    assert answer.pictures == ()
    assert answer.text == "Done."


@pytest.mark.parametrize(
    "body", ["", "[]", "null", '{"candidates": "none"}', '{"candidates": [[1]]}', "[" * 100_000]
)
async def test_a_body_of_another_form_is_no_answer(body: str):
    answer = read_answer(body)
    assert (answer.pictures, answer.tokens, answer.refusal) == ((), {}, None)


# --- Refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {"finish_reason": "NO_IMAGE"},
        {"finish_reason": "IMAGE_SAFETY"},
        {"finish_reason": "IMAGE_PROHIBITED_CONTENT"},
        {"finish_reason": "IMAGE_RECITATION"},
        {"finish_reason": "IMAGE_OTHER"},
        {"finish_reason": "SAFETY"},
        {"block_reason": "PROHIBITED_CONTENT"},
        {"block_reason": "SOMETHING_NEW"},
    ],
    ids=lambda answer: next(iter(answer.values())),
)
async def test_a_refusal_is_charged_for_what_went_in(bench: Bench, answer: dict[str, str]):
    bench.simulator.world.queue_answer("gemini", "generateContent", **answer)
    error = await bench.fails(ContentRefused)
    assert error.money is Money.CHARGED
    assert error.details["metered"]["tokens"].keys() == {"text_in"}
    assert error.details["cost"] == rate(FLASH, error.details["metered"]["tokens"]) > 0
    assert next(iter(answer.values())) in error.message


async def test_an_answer_in_words_alone_is_charged_and_quoted(bench: Bench):
    bench.simulator.world.queue_answer("gemini", "generateContent", finish_reason="MAX_TOKENS")
    error = await bench.fails(OutputError)
    assert error.money is Money.CHARGED
    assert "MAX_TOKENS" in error.message


# --- Everything that can go wrong --------------------------------------------------------------------------------

EXPECTED: dict[str, tuple[type[BottegaError], Money, bool]] = {
    "rate_limit": (ProviderUnavailable, Money.NOTHING_SPENT, False),
    "quota": (ProviderError, Money.NOTHING_SPENT, False),
    "overloaded": (ProviderUnavailable, Money.NOTHING_SPENT, False),
    "server_error": (OutcomeUnknown, Money.UNKNOWN, False),
    "bad_gateway": (OutcomeUnknown, Money.UNKNOWN, False),
    "auth": (ProviderError, Money.NOTHING_SPENT, False),
    "bad_request": (ProviderError, Money.NOTHING_SPENT, False),
    "refusal": (ContentRefused, Money.CHARGED, True),
    "hang": (OutcomeUnknown, Money.UNKNOWN, False),
    "reset": (OutcomeUnknown, Money.UNKNOWN, False),
    "hang_after_accept": (OutcomeUnknown, Money.UNKNOWN, True),
    "reset_after_accept": (OutcomeUnknown, Money.UNKNOWN, True),
    "truncated": (OutcomeUnknown, Money.UNKNOWN, True),
    "garbage": (OutputError, Money.CHARGED, True),
    "wrong_type": (OutputError, Money.CHARGED, True),
    "slow_drip": (OutcomeUnknown, Money.UNKNOWN, True),
    "never_ending": (OutputError, Money.CHARGED, True),
    "bad_picture": (OutputError, Money.CHARGED, True),
    "fail_later": (OutcomeUnknown, Money.UNKNOWN, True),
}
"""The error, what it says of the money, and whether the vendor had accepted the call."""
WAITING = {"hang", "hang_after_accept", "slow_drip"}


async def test_every_fault_is_expected():
    assert EXPECTED.keys() == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_a_fault_means_what_it_means_for_money_and_is_asked_once(bench: Bench, kind: str):
    expected, money, accepted = EXPECTED[kind]
    bench.simulator.world.faults.add(kind, "gemini", "generateContent", seconds=17)
    error = await bench.fails(expected, timeout_s=1.5 if kind in WAITING else 60.0)
    assert error.money is money
    assert [call.accepted for call in bench.calls] == [accepted]
    if kind == "rate_limit":
        assert error.details["retry_after"] == 17
    if kind == "auth":
        assert "BOTTEGA_GEMINI_API_KEY" in error.hint
    if kind in ("garbage", "wrong_type", "never_ending"):
        # Nothing is known of the usage: the most that the order can have cost.
        assert error.details["cost"] == FLASH.price.price(task()).high  # type: ignore[union-attr]
    if kind == "bad_picture":
        assert error.details["metered"]["tokens"]["image_out"] == 1120


async def test_a_server_that_is_not_there_has_not_taken_the_call(bench: Bench):
    with socket.socket() as taken_port:
        taken_port.bind(("127.0.0.1", 0))
        engine = GeminiEngine(settings(f"http://127.0.0.1:{taken_port.getsockname()[1]}"))
        with pytest.raises(ProviderUnavailable) as caught:
            await engine.perform(task(), FLASH, bench.attempt())
    assert caught.value.money is Money.NOTHING_SPENT


async def test_an_unknown_model_is_named_in_the_hint(bench: Bench):
    model = FLASH.model_copy(update={"remote": "gemini-1.0-gone"})
    with pytest.raises(ProviderError) as caught:
        await bench.perform(task(), model)
    assert type(caught.value) is ProviderError
    assert "model's name" in caught.value.hint


async def test_cancelling_ends_the_call(bench: Bench):
    bench.simulator.world.faults.add("hang_after_accept", "gemini", "generateContent")
    running = asyncio.create_task(bench.perform(task()))
    while not any(call.accepted for call in bench.calls):  # noqa: ASYNC110 - the simulator is in another thread
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert isinstance(await bench.engine.cancel(task(), FLASH, bench.attempt()), StillUnknown)
    assert isinstance(await bench.engine.reconcile(task(), FLASH, bench.attempt()), StillUnknown)
    assert len(bench.calls) == 1


# --- What is refused here ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": "  "}, InvalidOption),
        ({"operation": "edit"}, MissingInput),
        ({"operation": "laser"}, ProviderError),
        ({"parameters": {"n": 2}}, InvalidOption),
        ({"parameters": {"aspect": "7:5"}}, InvalidOption),
        ({"parameters": {"resolution": "8K"}}, InvalidOption),
    ],
    ids=str,
)
async def test_what_cannot_be_said_is_not_sent(
    bench: Bench, changes: dict[str, Any], error: type[BottegaError]
):
    with pytest.raises(error):
        await bench.perform(task(**changes))
    assert bench.calls == []


async def test_a_mask_is_not_ignored(bench: Bench, tmp_path: Path):
    inputs = (taken(picture(tmp_path / "a.png")), taken(picture(tmp_path / "m.png"), Role.MASK))
    with pytest.raises(InvalidOption):
        await bench.perform(task("edit", inputs))
    assert bench.calls == []


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"gemini_api_key": ""}, "BOTTEGA_GEMINI_API_KEY"),
        ({"gemini_api_key": "schlüssel"}, "BOTTEGA_GEMINI_API_KEY"),
        ({"gemini_base_url": "example.org"}, "BOTTEGA_GEMINI_BASE_URL"),
    ],
    ids=str,
)
async def test_availability_names_what_to_set(changes: dict[str, str], named: str):
    found = GeminiEngine(settings("http://127.0.0.1:9", **changes)).availability()
    assert not found.usable
    assert named in found.hint


async def test_with_a_key_it_is_available():
    assert GeminiEngine(settings("")).availability().usable
