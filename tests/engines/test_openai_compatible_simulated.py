"""The OpenAI-compatible engine against the simulated server: every failure is one request, and none is bought twice."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.cloud.openai_compatible import OpenAICompatibleEngine
from bottega.engines.protocol import Attempt
from bottega.errors import (
    BottegaError,
    ContentRefused,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
)
from bottega.models import Model, PriceModel
from bottega.settings import Settings
from bottega.simulator.serve import Simulator

MODEL = Model(
    id="openai_compatible/local-diffusion",
    engine="openai_compatible",
    title="Local diffusion",
    operations=frozenset({"generate", "edit"}),
    quality=0.5,
    price=PriceModel(per_image="0.02", per_megapixel="0.01"),
)
VENDOR = "compatible"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=10_000) as running:
        yield running


@pytest.fixture
async def attempt(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Attempt]:
    simulator.world.reset()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    compute = ComputePool(1)
    yield Attempt(scratch, "job-1/step-1", compute, lambda *_: None, 1.0)
    await compute.close()


def engine(simulator: Simulator, **settings: Any) -> OpenAICompatibleEngine:
    values = {"openai_compatible_base_url": simulator.base(VENDOR)}
    return OpenAICompatibleEngine(Settings(_env_file=None, **(values | settings)))


def task(*inputs: TaskInput, **parameters: Any) -> Task:
    return Task(
        workflow="w",
        operation="edit" if inputs else "generate",
        prompt="a red bicycle",
        parameters={"n": 1, "size": "96x64"} | parameters,
        inputs=inputs,
        output_megapixels=parameters.get("n", 1) * 96 * 64 / 1e6,
    )


def picture(path: Path, role: Role, size: tuple[int, int]) -> TaskInput:
    pixels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    if role is Role.MASK:
        pixels = np.where(np.arange(size[0])[None, :, None] < size[0] // 2, 255, 0).astype(np.uint8)
        pixels = np.broadcast_to(pixels, (size[1], size[0], 3)).copy()
    Image.fromarray(pixels).save(path)
    media = MediaInfo(media_type="image/png", width=size[0], height=size[1])
    return TaskInput(role=role, asset_id=path.name, path=path, media=media)


async def test_an_edit_sends_the_pictures_and_the_mask_and_is_charged_by_what_came(
    simulator: Simulator, attempt: Attempt, tmp_path: Path
):
    inputs = (
        picture(tmp_path / "a.png", Role.WORKING, (96, 64)),
        picture(tmp_path / "m.png", Role.MASK, (96, 64)),
        picture(tmp_path / "b.png", Role.REFERENCE, (32, 32)),
    )
    result = await engine(simulator).perform(task(*inputs, n=2), MODEL, attempt)
    (seen,) = simulator.world.calls(VENDOR)
    assert seen.accepted
    assert [(file.field, file.width) for file in seen.files] == [
        ("image[]", 96),
        ("image[]", 32),
        ("mask", 96),
    ]
    assert result.usage.metered is not None
    assert (result.usage.metered.images, result.usage.metered.size) == (2, "96x64")
    assert result.usage.cost == 2 * 20_000 + 123  # 2 x 96 x 64 pixels at $0.01 a megapixel, rounded up


async def test_a_picture_behind_a_link_is_fetched_from_the_same_host(simulator: Simulator, attempt: Attempt):
    named = MODEL.model_copy(
        update={"remote": "gpt-image-local"}
    )  # it is not asked for base64, so it answers links
    result = await engine(simulator).perform(task(), named, attempt)
    assert [seen.operation for seen in simulator.world.calls(VENDOR)] == ["images.generate", "files.get"]
    with Image.open(result.outputs[0].path) as opened:
        assert opened.size == (96, 64)


NOTHING, LOST, CHARGED = Money.NOTHING_SPENT, Money.UNKNOWN, Money.CHARGED


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
        ("hang", OutcomeUnknown, LOST, 0),
        ("reset", OutcomeUnknown, LOST, 0),
        ("hang_after_accept", OutcomeUnknown, LOST, 1),
        ("reset_after_accept", OutcomeUnknown, LOST, 1),
        ("truncated", OutcomeUnknown, LOST, 1),
        ("slow_drip", OutcomeUnknown, LOST, 1),
        ("garbage", OutputError, CHARGED, 1),
        ("wrong_type", OutputError, CHARGED, 1),
    ],
)
async def test_each_failure_is_one_request_and_says_what_it_means_for_money(
    simulator: Simulator,
    attempt: Attempt,
    kind: str,
    error: type[BottegaError],
    money: Money,
    accepted: int,
):
    simulator.world.faults.add(kind, VENDOR, times=9)
    with pytest.raises(error) as caught:
        await engine(simulator).perform(task(), MODEL, attempt)
    assert type(caught.value) is error
    assert caught.value.money is money
    calls = simulator.world.calls(VENDOR)
    assert (len(calls), sum(seen.accepted for seen in calls)) == (1, accepted)


async def test_a_body_without_end_is_cut_off(simulator: Simulator, attempt: Attempt):
    simulator.world.faults.add("never_ending", VENDOR)
    with pytest.raises(OutputError) as caught:
        await engine(simulator, max_upload_bytes=2**16).perform(task(), MODEL, attempt)
    assert caught.value.money is Money.CHARGED
