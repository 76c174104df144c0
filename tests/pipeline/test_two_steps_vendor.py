"""A picture bought from the simulated OpenAI and lasered in the same job: exact costs, faults, and `kill -9` in between."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bottega import Bottega
from bottega.app import make_request
from bottega.domain.job import Event, FinishedJob, JobState
from bottega.errors import Money
from bottega.settings import Settings
from bottega.simulator.media import read_note
from bottega.simulator.serve import KEY, Simulator
from bottega.spend import EntryKind
from opening import Start

SENTENCE = "engrave a wolf on plywood, 20 mm"
SCRIPT = Path(__file__).with_name("two_step_process.py")
OpenAtVendor = Callable[..., Awaitable[Bottega]]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(speed=10_000) as simulator:
        yield simulator


@pytest.fixture
def vendor(running: Simulator) -> Simulator:
    running.world.reset()
    return running


@pytest.fixture
def open_at_vendor(tmp_path: Path, vendor: Simulator, started: Start) -> OpenAtVendor:
    async def open_one(*, run_jobs: bool = True, **settings: Any) -> Bottega:
        bottega = Bottega(
            Settings(
                home=tmp_path / "home",
                compute_workers=1,
                learning=False,
                retry_attempts=1,
                openai_api_key=KEY,
                openai_base_url=vendor.base("openai"),
                **settings,
            )
        )
        return await started(bottega, run_jobs=run_jobs)

    return open_one


async def _run(bottega: Bottega, sentence: str = SENTENCE) -> FinishedJob:
    job = await bottega.submit(make_request(prompt=sentence))
    return await bottega.finished(job.id)


async def _charged(bottega: Bottega) -> list[int]:
    return [e.amount for e in await bottega.ledger.entries("local") if e.kind is EntryKind.CHARGE]


async def test_the_vendor_gets_the_wording_and_the_ledger_has_its_price(
    open_at_vendor: OpenAtVendor, vendor: Simulator
) -> None:
    bottega = await open_at_vendor()
    done = await _run(bottega)
    assert done.job.state is JobState.SUCCEEDED, done.job.error
    result = done.job.result
    assert result is not None
    assert result.before is not None
    assert result.cost > 0
    assert await _charged(bottega) == [result.cost]
    assert await bottega.ledger.audit() == ()
    (call,) = vendor.world.calls("openai")
    assert call.fields["prompt"].startswith("a wolf, greyscale engraving style")
    assert "watermark" in call.fields["prompt"], "what must not be seen is said too"
    (picture,) = await bottega.store.get_many(result.before.outputs, "local")
    assert read_note(bottega.asset_path(picture).read_bytes())["asked"]["size"] == "1024x1024"

    again = await _run(bottega)
    assert again.job.result is not None
    assert (again.job.result.cost, again.job.result.cached) == (0, True)
    assert len(vendor.world.calls("openai")) == 1


async def test_when_a_model_does_not_answer_the_next_one_makes_the_picture(
    open_at_vendor: OpenAtVendor, vendor: Simulator
) -> None:
    vendor.world.faults.add("overloaded", "openai", "images.generate", times=1)
    bottega = await open_at_vendor()
    done = await _run(bottega)
    assert done.job.state is JobState.SUCCEEDED, done.job.error
    assert done.job.result is not None
    attempts = done.job.result.attempts
    assert [(a.workflow, a.outcome) for a in attempts] == [
        ("image_generation", "failed"),
        ("image_generation", "accepted"),
        ("laser", "accepted"),
    ]
    assert await _charged(bottega) == [attempts[1].cost]
    assert attempts[0].cost == 0
    assert await bottega.ledger.audit() == ()


async def test_a_lost_answer_is_not_bought_again_and_nothing_is_lasered(
    open_at_vendor: OpenAtVendor, vendor: Simulator
) -> None:
    vendor.world.faults.add("reset_after_accept", "openai", "images.generate", times=1)
    bottega = await open_at_vendor()
    done = await _run(bottega)
    assert done.job.state is JobState.UNKNOWN
    assert done.job.error is not None
    assert done.job.error["money"] == Money.UNKNOWN
    assert len(vendor.world.calls("openai")) == 1
    assert done.assets == ()


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("engrave a wolf on plywood, 80 mm", "a wolf"),
        ("выгравируй волка на фанере, 80 мм", "волка"),
        ("graviere einen Wolf auf Sperrholz, 80 mm breit", "einen Wolf"),
        ("grave un loup sur du contreplaqué, 80 mm de large", "un loup"),
        ("graba un lobo en contrachapado, 80 mm de ancho", "un lobo"),
    ],
)
async def test_five_languages_are_planned_in_two_steps(
    open_at_vendor: OpenAtVendor, sentence: str, subject: str
) -> None:
    bottega = await open_at_vendor(run_jobs=False)
    plan = (await bottega.plan(make_request(prompt=sentence))).plan
    assert plan.before is not None
    assert plan.before.prompt.startswith(f"{subject}, ")
    assert (plan.options["width_mm"], plan.options["material"]) == (80, "plywood-3mm")
    assert plan.sent_to == ("openai",)
    assert 0 < plan.price.low <= plan.price.high


@pytest.mark.parametrize("moment", ["hold", "charge", "stage:2", "attempt:2"])
async def test_a_killed_process_leaves_a_picture_that_is_bought_once(
    tmp_path: Path, vendor: Simulator, moment: str
) -> None:
    home = tmp_path / "home"
    environment = os.environ | {
        "BOTTEGA_HOME": str(home),
        "BOTTEGA_OPENAI_API_KEY": KEY,
        "BOTTEGA_OPENAI_BASE_URL": vendor.base("openai"),
        "BOTTEGA_MAX_CRASHES": "3",
        "BOTTEGA_COMPUTE_WORKERS": "1",
        "BOTTEGA_LEARNING": "false",
    }

    def process(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(SCRIPT), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    killed = process("submit", moment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    job_id = killed.stdout.strip()
    again = process("resume", job_id)
    assert again.returncode == 0, again.stderr

    bottega = Bottega(Settings(home=home, compute_workers=1))
    await bottega.start(run_jobs=False)
    try:
        done = await bottega.finished(job_id)
        told: list[Event] = [event async for event in bottega.events(job_id)]
        charged = await _charged(bottega)
    finally:
        await bottega.close()
    accepted = [call for call in vendor.world.calls("openai") if call.accepted]
    assert len(accepted) <= 1
    if done.job.state is JobState.UNKNOWN:
        assert moment == "hold", "the call was under way"
        assert charged == []
        return
    assert done.job.state is JobState.SUCCEEDED, done.job.error
    assert done.job.result is not None
    assert charged == [done.job.result.cost]
    steps = Counter(event.data["key"] for event in told if event.kind == "step")
    assert set(steps.values()) == {1}, "a step that was recorded was done again"
    assert sum(key.startswith("before:attempt:") for key in steps) == 1
