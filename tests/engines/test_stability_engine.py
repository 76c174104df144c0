"""The Stability engine against the simulated API, whose account is held against what the engine says was charged."""

import asyncio
import hashlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio
from given_pictures import taken
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Task, TaskInput
from bottega.engines.cloud.stability import StabilityEngine
from bottega.engines.cloud.stability_operations import LARGEST_SEED, OPERATIONS, operation_of
from bottega.engines.protocol import Attempt, Found, StillUnknown
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
from bottega.simulator.faults import AFTER_KINDS, BODY_KINDS, KINDS
from bottega.simulator.media import read_note
from bottega.simulator.serve import KEY, Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")

CATALOGUE = load_catalogue()
ACTIVE = [model for model in CATALOGUE if model.engine == "stability" and model.status == "active"]
CORE = CATALOGUE["stability/core"]
INPAINT = CATALOGUE["stability/inpaint"]
CREATIVE = CATALOGUE["stability/upscale-creative"]
RELIGHT = CATALOGUE["stability/replace-background-and-relight"]


def settings(url: str, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "_env_file": None,
        "stability_api_key": "sk-test-1234567890",
        "stability_base_url": url,
        "max_upload_bytes": 32 * 2**20,
    }
    return Settings(**(values | changes))


def task(operation: str = "generate", inputs: tuple[TaskInput, ...] = (), **changes: Any) -> Task:
    values: dict[str, Any] = {
        "workflow": "image_generation",
        "operation": operation,
        "prompt": "a lighthouse at dusk",
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
    engine: StabilityEngine
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def orders(self) -> list[Any]:
        return [call for call in self.simulator.world.calls("stability") if call.method == "POST"]

    @property
    def looks(self) -> list[Any]:
        return self.simulator.world.calls("stability", "results")

    def fault(self, kind: str, operation: str, **more: Any) -> None:
        self.simulator.world.faults.add(kind, "stability", operation, **more)

    def charged(self) -> int:
        """Micro-dollars that left the account at the vendor: a credit is a cent."""
        answer = httpx.get(
            f"{self.simulator.base('stability')}/v1/user/balance",
            headers={"Authorization": f"Bearer {KEY}"},
            trust_env=False,
        )
        return int((Decimal(100_000) - Decimal(str(answer.json()["credits"]))) * 10_000)

    def attempt(self, timeout_s: float = 20.0, remembered: dict[str, Any] | None = None) -> Attempt:
        async def remember(note: dict[str, Any]) -> None:
            self.notes.append(note)

        return Attempt(
            self.scratch, "job-1/step-1", self.compute, lambda *_: None, timeout_s, remember, remembered
        )

    async def perform(self, work: Task, model: Model = CORE, timeout_s: float = 20.0) -> EngineResult:
        return await self.engine.perform(work, model, self.attempt(timeout_s))

    async def fails(
        self, error: type[BottegaError], work: Task, model: Model = CORE, timeout_s: float = 20.0
    ) -> Any:
        """The error of that very class, after exactly one order."""
        with pytest.raises(error) as caught:
            await self.perform(work, model, timeout_s)
        assert type(caught.value) is error
        assert len(self.orders) == 1
        assert "sk-test" not in json.dumps(caught.value.as_dict())
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
    engine = StabilityEngine(settings(running.base("stability")), poll_seconds=0.02)
    return Bench(running, scratch, compute, engine)


def pictures_for(model: Model, folder: Path) -> tuple[TaskInput, ...]:
    """As many as the entry needs, and a mask where it wants one."""
    roles = [Role.WORKING, Role.REFERENCE][: model.min_inputs]
    inputs = [taken(picture(folder / f"{role}.png", (128, 96)), role) for role in roles]
    if Role.MASK in model.needs:
        sheet = Image.new("L", (128, 96), 0)
        sheet.paste(255, (32, 24, 96, 72))
        sheet.save(folder / "mask.png")
        inputs.append(taken(folder / "mask.png", Role.MASK))
    return tuple(inputs)


# --- Every model of the catalogue --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ACTIVE, ids=lambda model: model.id)
async def test_each_model_is_called_once_and_costs_what_left_the_account(
    bench: Bench, tmp_path: Path, model: Model
):
    parameters: dict[str, Any] = {"negative_prompt": "people", "aspect": "3:2" if model.sizes else ""}
    if model.id.startswith("stability/search"):
        parameters["search"] = "the lamp"
    if model.id == "stability/outpaint":
        parameters["right"] = 64
    inputs = pictures_for(model, tmp_path)
    work = task(sorted(model.operations)[0], inputs, parameters=parameters, seed=7)
    assert model.lacks(work) is None
    result = await bench.perform(work, model)
    (order,) = bench.orders
    assert order.path.endswith(f"/v2beta/{model.remote}")
    assert order.headers["authorization"] == "Bearer sk-test-1234567890"
    assert len(order.files) == len(inputs)
    for name, value in model.fixed.items():
        assert order.fields[name] == str(value)
    assert result.usage.cost == bench.charged() == model.price.price(work).high  # type: ignore[union-attr]
    (output,) = result.outputs
    assert output.media_type == "image/png"
    note = read_note(output.path.read_bytes())
    assert note["asked"]["operation"] == order.operation
    with Image.open(output.path) as made:
        made.load()
        assert result.report["size"] == f"{made.width}x{made.height}"


async def test_every_operation_of_the_catalogue_is_known():
    assert {model.remote for model in CATALOGUE if model.engine == "stability"} == set(OPERATIONS)
    with pytest.raises(ProviderError):
        operation_of(CORE.model_copy(update={"remote": "stable-image/generate/next"}))


# --- What is sent ------------------------------------------------------------------------------------------------


async def test_a_generation_sends_words_shape_style_and_seed(bench: Bench):
    work = task(
        parameters={"size": "1024x1536", "negative_prompt": "boats", "preset": "analog-film"},
        prompts={"stable": "lighthouse, dusk"},
        seed=42,
    )
    result = await bench.perform(work, CORE.model_copy(update={"family": "stable"}))
    assert bench.orders[0].fields == {
        "output_format": "png",
        "prompt": "lighthouse, dusk",
        "negative_prompt": "boats",
        "seed": "42",
        "style_preset": "analog-film",
        "aspect_ratio": "2:3",
    }
    assert result.report["seed"] == 42


@pytest.mark.parametrize(("seed", "sent"), [(0, 1), (1, 1), (LARGEST_SEED, LARGEST_SEED), (2**32, 3)])
async def test_seeds_stay_repeatable_where_the_vendor_has_others(bench: Bench, seed: int, sent: int):
    result = await bench.perform(task(seed=seed))
    assert bench.orders[0].fields["seed"] == str(sent)
    assert ("notes" in result.report) == (seed != sent)


async def test_a_preset_may_be_a_feature(bench: Bench):
    await bench.perform(task(features=frozenset({"preset:pixel-art"})))
    assert bench.orders[0].fields["style_preset"] == "pixel-art"


@pytest.mark.parametrize("form", ["white", "hole"])
async def test_only_what_the_mask_marks_is_changed(bench: Bench, tmp_path: Path, form: str):
    rng = np.random.default_rng(3)
    Image.fromarray(rng.integers(0, 255, (96, 128, 3), dtype=np.uint8)).save(tmp_path / "in.png")
    marked = np.zeros((96, 128), bool)
    marked[24:72, 32:96] = True
    if form == "white":
        Image.fromarray((marked * 255).astype(np.uint8)).save(tmp_path / "mask.png")
    else:
        sheet = np.dstack([np.full((96, 128, 3), 90, np.uint8), np.where(marked, 0, 255).astype(np.uint8)])
        Image.fromarray(sheet).save(tmp_path / "mask.png")
    inputs = (taken(tmp_path / "in.png"), taken(tmp_path / "mask.png", Role.MASK))
    result = await bench.perform(task("edit", inputs), INPAINT)
    image, mask = bench.orders[0].files
    assert (image.field, mask.field) == ("image", "mask")
    assert image.sha256 == hashlib.sha256((tmp_path / "in.png").read_bytes()).hexdigest()
    before, after = (
        np.asarray(Image.open(p).convert("RGB")) for p in (tmp_path / "in.png", result.outputs[0].path)
    )
    changed = (before != after).any(axis=2)
    assert not changed[~marked].any()
    assert changed[marked].mean() > 0.9


async def test_a_picture_to_start_from_comes_with_mode_and_strength(bench: Bench, tmp_path: Path):
    model = CATALOGUE["stability/sd3.5-medium"]
    inputs = (taken(picture(tmp_path / "in.png")),)
    await bench.perform(task("style", inputs, parameters={"strength": 0.35, "aspect": "1:1"}), model)
    fields = bench.orders[0].fields
    assert (fields["mode"], fields["strength"], fields["model"]) == ("image-to-image", "0.35", "sd3.5-medium")
    assert "aspect_ratio" not in fields


async def test_the_style_comes_from_the_reference(bench: Bench, tmp_path: Path):
    paths = [picture(tmp_path / f"{color}.png", color=color) for color in ("red", "blue")]
    inputs = (taken(paths[1], Role.REFERENCE), taken(paths[0], Role.WORKING))
    model = CATALOGUE["stability/style-transfer"]
    await bench.perform(task("style", inputs, parameters={"strength": 0.5}, prompt=""), model)
    files = {file.field: file.sha256 for file in bench.orders[0].files}
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    assert files == {"init_image": digests[0], "style_image": digests[1]}
    assert bench.orders[0].fields["style_strength"] == "0.5"


@pytest.mark.parametrize(
    ("parameters", "borders"),
    [
        ({"left": 100, "up": 20}, {"left": "100", "right": "0", "up": "20", "down": "0"}),
        ({"aspect": "3:1"}, {"left": "64", "right": "64", "up": "0", "down": "0"}),
        ({"size": "128x101"}, {"left": "32", "right": "32", "up": "18", "down": "19"}),
    ],
    ids=str,
)
async def test_a_picture_is_extended_to_what_is_asked_for(
    bench: Bench, tmp_path: Path, parameters: dict[str, Any], borders: dict[str, str]
):
    inputs = (taken(picture(tmp_path / "in.png", (64, 64))),)
    await bench.perform(task("edit", inputs, parameters=parameters), CATALOGUE["stability/outpaint"])
    fields = bench.orders[0].fields
    assert {side: fields[side] for side in borders} == borders


async def test_relighting_keeps_the_background_and_takes_the_light_from_the_reference(
    bench: Bench, tmp_path: Path
):
    model = CATALOGUE["stability/replace-background-and-relight"]
    inputs = (taken(picture(tmp_path / "a.png")), taken(picture(tmp_path / "b.png"), Role.REFERENCE))
    await bench.perform(task("edit", inputs, features=frozenset({"edit:relight"})), model)
    (order,) = bench.orders
    assert [file.field for file in order.files] == ["subject_image", "light_reference"]
    assert order.fields["keep_original_background"] == "true"


async def test_hair_is_what_is_recoloured_where_nothing_else_is_named(bench: Bench, tmp_path: Path):
    inputs = (taken(picture(tmp_path / "a.png"), Role.PERSON),)
    model = CATALOGUE["stability/search-and-recolor"]
    await bench.perform(task("hair", inputs, features=frozenset({"hair:colour"})), model)
    assert bench.orders[0].fields["select_prompt"] == "hair"


async def test_a_request_stays_below_ten_mebibytes_and_says_what_was_made_smaller(
    bench: Bench, tmp_path: Path
):
    rng = np.random.default_rng(5)
    big = tmp_path / "big.png"
    Image.fromarray(rng.integers(0, 255, (1900, 2000, 3), dtype=np.uint8)).save(big, compress_level=0)
    assert big.stat().st_size > 10 * 2**20
    result = await bench.perform(
        task("edit", (taken(big),), prompt=""), CATALOGUE["stability/remove-background"]
    )
    (order,) = bench.orders
    assert int(order.headers["content-length"]) < 10 * 2**20
    assert order.status == 200
    assert "JPG" in result.report["notes"][0]


async def test_a_picture_over_the_pixels_of_an_operation_is_made_smaller(bench: Bench, tmp_path: Path):
    inputs = (taken(picture(tmp_path / "a.png", (1100, 1000))),)
    result = await bench.perform(task("enhance", inputs), CREATIVE)
    (file,) = bench.orders[0].files
    assert file.width * file.height <= 1_048_576
    assert file.width / file.height == pytest.approx(1.1, abs=0.005)
    assert "1100 x 1000" in result.report["notes"][0]


@pytest.mark.parametrize(
    ("model", "changes", "error"),
    [
        (CORE, {"prompt": " "}, InvalidOption),
        (CORE, {"parameters": {"n": 2}}, InvalidOption),
        (CORE, {"parameters": {"aspect": "7:5"}}, InvalidOption),
        (CORE, {"parameters": {"preset": "watercolour"}}, InvalidOption),
        (CATALOGUE["stability/ultra"], {"parameters": {"strength": 2}}, InvalidOption),
        (CATALOGUE["stability/search-and-replace"], {"operation": "edit", "size": (96, 64)}, InvalidOption),
        (CATALOGUE["stability/outpaint"], {"operation": "edit", "size": (96, 64)}, InvalidOption),
        (CATALOGUE["stability/outpaint"], {"operation": "edit", "size": (300, 64)}, InvalidOption),
        (CATALOGUE["stability/upscale-fast"], {"operation": "enhance", "size": (16, 200)}, InvalidOption),
        (CATALOGUE["stability/upscale-fast"], {"operation": "enhance"}, MissingInput),
        (INPAINT, {"operation": "edit", "size": (96, 64)}, MissingInput),
    ],
    ids=lambda value: getattr(value, "id", None),
)
async def test_what_cannot_be_said_is_not_sent(
    bench: Bench, tmp_path: Path, model: Model, changes: dict[str, Any], error: type[BottegaError]
):
    size = changes.pop("size", None) if "size" in (changes := dict(changes)) else None
    inputs = (taken(picture(tmp_path / "in.png", size)),) if size else ()
    with pytest.raises(error):
        await bench.perform(task(**{"inputs": inputs, **changes}), model)
    assert bench.orders == []


# --- Everything that can go wrong: answers at once ---------------------------------------------------------------

EXPECTED: dict[str, tuple[type[BottegaError], Money]] = {
    "rate_limit": (ProviderUnavailable, Money.NOTHING_SPENT),
    "quota": (ProviderError, Money.NOTHING_SPENT),
    "overloaded": (ProviderUnavailable, Money.NOTHING_SPENT),
    "server_error": (OutcomeUnknown, Money.UNKNOWN),
    "bad_gateway": (OutcomeUnknown, Money.UNKNOWN),
    "auth": (ProviderError, Money.NOTHING_SPENT),
    "bad_request": (ProviderError, Money.NOTHING_SPENT),
    "refusal": (ContentRefused, Money.CHARGED),
    "hang": (OutcomeUnknown, Money.UNKNOWN),
    "reset": (OutcomeUnknown, Money.UNKNOWN),
    "hang_after_accept": (OutcomeUnknown, Money.UNKNOWN),
    "reset_after_accept": (OutcomeUnknown, Money.UNKNOWN),
    "truncated": (OutcomeUnknown, Money.UNKNOWN),
    "garbage": (OutputError, Money.CHARGED),
    "wrong_type": (OutputError, Money.CHARGED),
    "slow_drip": (OutcomeUnknown, Money.UNKNOWN),
    "never_ending": (OutputError, Money.CHARGED),
    "bad_picture": (OutputError, Money.CHARGED),
    "fail_later": (OutcomeUnknown, Money.UNKNOWN),
}
WAITING = {"hang", "hang_after_accept", "slow_drip"}
ACCEPTED = AFTER_KINDS | BODY_KINDS | {"bad_picture", "fail_later", "refusal"}


async def test_every_fault_is_expected():
    assert EXPECTED.keys() == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_a_fault_means_what_it_means_for_money_and_is_asked_once(bench: Bench, kind: str):
    expected, money = EXPECTED[kind]
    bench.fault(kind, "generate.core")
    error = await bench.fails(expected, task(), timeout_s=1.5 if kind in WAITING else 60.0)
    assert error.money is money
    assert [order.accepted for order in bench.orders] == [kind in ACCEPTED]
    if money is Money.CHARGED:
        assert error.details["cost"] == bench.charged() == 30_000
    if money is Money.NOTHING_SPENT:
        assert bench.charged() == 0
    if kind == "rate_limit":
        assert error.details["retry_after"] == 60
    if kind == "auth":
        assert "BOTTEGA_STABILITY_API_KEY" in error.hint


@pytest.mark.parametrize(
    ("status", "name", "expected"),
    [
        (403, "content_moderation", ContentRefused),
        (422, "public_figure", ContentRefused),
        (422, "invalid_language", ProviderError),
        (403, "forbidden", ProviderError),
        (413, "payload_too_large", ProviderError),
        (404, "not_found", ProviderError),
        (504, "timeout", OutcomeUnknown),
    ],
)
async def test_errors_by_their_names(bench: Bench, status: int, name: str, expected: type[BottegaError]):
    answer = {"status": status, "name": name, "errors": ["prompt: said the vendor"]}
    bench.simulator.world.queue_answer("stability", "generate.core", error=answer)
    error = await bench.fails(expected, task())
    assert error.money is not Money.CHARGED
    assert bench.charged() == 0
    assert error.details["status"] == status


async def test_a_server_that_is_not_there_has_not_taken_the_call(bench: Bench):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        engine = StabilityEngine(settings(f"http://127.0.0.1:{held.getsockname()[1]}"))
        with pytest.raises(ProviderUnavailable) as caught:
            await engine.perform(task(), CORE, bench.attempt())
    assert caught.value.money is Money.NOTHING_SPENT


# --- Deferred results --------------------------------------------------------------------------------------------


def relight(folder: Path) -> Task:
    return task("edit", (taken(picture(folder / "in.png", (128, 96))),))


async def test_the_number_is_remembered_before_the_result_is_asked_for(bench: Bench, tmp_path: Path):
    result = await bench.perform(relight(tmp_path), RELIGHT)
    (note,) = bench.notes
    assert len(note["generation"]) == 64
    assert bench.looks[-1].path.endswith(f"/v2beta/results/{note['generation']}")
    assert result.usage.evidence["generation"] == note["generation"]
    assert result.usage.cost == bench.charged() == 80_000


async def test_work_under_way_is_waited_for(bench: Bench, tmp_path: Path):
    bench.simulator.world.speed = 25 / 0.3
    try:
        await bench.perform(relight(tmp_path), RELIGHT)
    finally:
        bench.simulator.world.speed = 100_000
    statuses = [look.status for look in bench.looks]
    assert statuses.count(202) >= 2
    assert statuses[-1] == 200
    assert len(bench.orders) == 1


ONCE = sorted(KINDS - {"refusal", "hang", "hang_after_accept", "slow_drip", "never_ending"})


@pytest.mark.parametrize("kind", ONCE)
async def test_one_failure_to_fetch_a_result_loses_nothing(
    bench: Bench, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bottega.engines.cloud.stability_api._TIMED_OUT_S", 0.1)
    bench.fault(kind, "results")
    result = await bench.perform(relight(tmp_path), RELIGHT)
    assert result.usage.cost == bench.charged() == 80_000
    assert len(bench.orders) == 1


@pytest.mark.parametrize("kind", ["hang", "slow_drip"])
async def test_a_silent_server_ends_with_the_time_of_the_attempt(bench: Bench, tmp_path: Path, kind: str):
    bench.fault(kind, "results", times=50)
    error = await bench.fails(OutcomeUnknown, relight(tmp_path), RELIGHT, timeout_s=1.0)
    assert error.details["generation"] == bench.notes[0]["generation"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("server_error", OutcomeUnknown),
        ("auth", OutcomeUnknown),
        ("bad_picture", OutputError),
        ("garbage", OutputError),
    ],
)
async def test_what_keeps_failing_is_believed(
    bench: Bench, tmp_path: Path, kind: str, expected: type[BottegaError]
):
    bench.fault(kind, "results", times=50)
    error = await bench.fails(expected, relight(tmp_path), RELIGHT)
    assert len(bench.looks) == 3
    if expected is OutputError:
        assert error.details["cost"] == bench.charged() == 80_000
    else:
        assert error.money is Money.UNKNOWN


async def test_work_that_failed_there_keeps_its_money_on_hold(bench: Bench, tmp_path: Path):
    bench.fault("fail_later", "edit.replace-background-and-relight")
    error = await bench.fails(OutcomeUnknown, relight(tmp_path), RELIGHT)
    assert "not charged" in error.hint


async def test_a_filtered_result_is_refused_and_charged(bench: Bench, tmp_path: Path):
    bench.fault("refusal", "edit.replace-background-and-relight")
    error = await bench.fails(ContentRefused, relight(tmp_path), RELIGHT)
    assert error.details["cost"] == bench.charged() == 80_000


@pytest.mark.parametrize("kind", ["garbage", "wrong_type", "truncated", "reset_after_accept"])
async def test_an_order_without_a_number_is_not_sent_again(bench: Bench, tmp_path: Path, kind: str):
    bench.fault(kind, "edit.replace-background-and-relight")
    error = await bench.fails(OutcomeUnknown, relight(tmp_path), RELIGHT)
    assert error.money is Money.UNKNOWN
    assert bench.notes == []


async def test_the_next_life_takes_the_result_and_buys_nothing(bench: Bench, tmp_path: Path):
    work = relight(tmp_path)
    bench.fault("hang", "results", times=50)
    with pytest.raises(OutcomeUnknown):
        await bench.perform(work, RELIGHT, timeout_s=0.5)
    bench.simulator.world.faults.clear()
    engine = StabilityEngine(settings(bench.simulator.base("stability")), poll_seconds=0.02)
    found = await engine.reconcile(work, RELIGHT, bench.attempt(remembered=bench.notes[0]))
    assert isinstance(found, Found)
    assert read_note(found.result.outputs[0].path.read_bytes())["asked"]["background_prompt"] == work.prompt
    assert found.result.usage.cost == bench.charged() == 80_000
    assert len(bench.orders) == 1


@pytest.mark.parametrize(
    "remembered", [None, {}, {"generation": "../../v1/user/balance"}, {"generation": 7}], ids=str
)
async def test_without_a_number_nobody_can_say(bench: Bench, remembered: dict[str, Any] | None):
    attempt = bench.attempt(remembered=remembered)
    assert isinstance(await bench.engine.reconcile(task(), CORE, attempt), StillUnknown)
    assert isinstance(await bench.engine.cancel(task(), CORE, attempt), StillUnknown)
    assert bench.simulator.world.calls("stability") == []


async def test_a_number_that_is_not_known_there_stays_unknown(bench: Bench, tmp_path: Path):
    attempt = bench.attempt(remembered={"generation": "0" * 64})
    with pytest.raises(OutcomeUnknown):
        await bench.engine.reconcile(relight(tmp_path), RELIGHT, attempt)
    assert isinstance(await bench.engine.cancel(relight(tmp_path), RELIGHT, attempt), StillUnknown)
    assert bench.orders == []


async def test_cancelling_takes_what_is_finished_and_leaves_the_rest_on_hold(bench: Bench, tmp_path: Path):
    work = relight(tmp_path)
    bench.simulator.world.speed = 10.0
    running = asyncio.create_task(bench.perform(work, RELIGHT))
    while not bench.looks:  # noqa: ASYNC110 - the simulator is in another thread
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    attempt = bench.attempt(remembered=bench.notes[0])
    assert isinstance(await bench.engine.cancel(work, RELIGHT, attempt), StillUnknown)
    bench.simulator.world.speed = 100_000
    await bench.perform(work, RELIGHT)
    found = await bench.engine.cancel(work, RELIGHT, bench.attempt(remembered=bench.notes[1]))
    assert isinstance(found, Found)
    assert found.result.usage.cost == 80_000


# --- Availability ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"stability_api_key": ""}, "BOTTEGA_STABILITY_API_KEY"),
        ({"stability_api_key": "schlüssel"}, "BOTTEGA_STABILITY_API_KEY"),
        ({"stability_base_url": "example.org"}, "BOTTEGA_STABILITY_BASE_URL"),
    ],
    ids=str,
)
async def test_availability_names_what_to_set(changes: dict[str, str], named: str):
    engine = StabilityEngine(settings("http://127.0.0.1:9", **changes))
    assert not engine.availability().usable
    assert named in engine.availability().hint


async def test_with_a_key_it_is_available():
    assert StabilityEngine(settings("")).availability().usable


async def test_no_picture_is_made_of_a_page(bench: Bench):
    bench.fault("wrong_type", "generate.core")
    error = await bench.fails(OutputError, task())
    assert "a web page" in error.message
    assert list(bench.scratch.iterdir()) == []


async def test_the_vendors_bytes_are_kept_as_they_came(bench: Bench):
    results = [await bench.perform(task(seed=11)) for _ in range(2)]
    direct = await asyncio.to_thread(
        httpx.post,
        f"{bench.simulator.base('stability')}/v2beta/{CORE.remote}",
        headers={"Authorization": f"Bearer {KEY}", "Accept": "image/*"},
        files={name: (None, value) for name, value in bench.orders[0].fields.items()},
        trust_env=False,
    )
    assert Image.open(BytesIO(direct.content)).size == (1024, 1024)
    for result in results:
        assert result.outputs[0].path.read_bytes() == direct.content
