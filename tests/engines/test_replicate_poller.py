"""The poller: many waits, few questions."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from replicate_bench import Bench, bench_in, model, over, task

from bottega.engines.cloud.replicate_poller import Pace, Poller
from bottega.engines.cloud.replicate_schema import Json

SCHNELL = "black-forest-labs/flux-schnell"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """In the vendor's own time, so that a wait is one."""
    async with bench_in(tmp_path, speed=1.0) as bench:
        yield bench


async def ordered(bench: Bench, count: int, seconds: float) -> list[Json]:
    for _ in range(count):
        bench.sim.world.queue_answer("replicate", "predictions.create", seconds=seconds)
    api = bench.engine.api
    async with api.connected():
        return await asyncio.gather(
            *(api.create(SCHNELL, {"prompt": f"{n}"}, cancel_after_s=600) for n in range(count))
        )


async def seen(poller: Poller, prediction: Json) -> None:
    ended = await poller.wait(prediction, lambda _: None)
    assert ended["status"] == "succeeded"


async def test_many_are_looked_up_on_pages(bench: Bench):
    made = await ordered(bench, 250, seconds=2.0)
    poller = Poller(bench.engine.api, Pace(sweep_s=0.5))
    await asyncio.gather(*(seen(poller, one) for one in made))
    pages, alone = len(bench.calls("predictions.list")), len(bench.calls("predictions.get"))
    assert poller.asked == pages + alone
    assert poller.asked < 60  # one by one it would be a thousand
    assert not poller.ids


async def test_those_that_no_page_shows_are_asked_about_alone(bench: Bench):
    old = await ordered(bench, 3, seconds=1.5)
    await ordered(bench, 120, seconds=0.0)  # newer ones that nobody waits for fill the first page
    poller = Poller(bench.engine.api, Pace())
    await asyncio.gather(*(seen(poller, one) for one in old))
    assert not bench.calls("predictions.list")


async def test_pages_begin_with_the_newest_that_is_waited_for(bench: Bench):
    old = await ordered(bench, 40, seconds=1.0)
    await ordered(bench, 300, seconds=0.0)
    poller = Poller(bench.engine.api, Pace(sweep_s=0.4))
    await asyncio.gather(*(seen(poller, one) for one in old))
    assert len(bench.calls("predictions.list")) < 10
    assert all("created_before" in call.query for call in bench.calls("predictions.list"))


async def test_a_prediction_of_which_only_the_number_is_known(bench: Bench):
    (one,) = await ordered(bench, 1, seconds=0.5)
    poller = Poller(bench.engine.api, Pace())
    ended = await poller.wait({"id": one["id"]}, lambda _: None)
    assert ended["status"] == "succeeded"


async def test_two_may_wait_for_the_same(bench: Bench):
    (one,) = await ordered(bench, 1, seconds=0.5)
    poller = Poller(bench.engine.api, Pace())
    waiting = [asyncio.create_task(poller.wait(one, lambda _: None)) for _ in range(3)]
    await asyncio.sleep(0.1)
    waiting[0].cancel()
    ended = await asyncio.gather(*waiting[1:])
    assert {end["status"] for end in ended} == {"succeeded"}
    assert not poller.ids


async def test_when_the_last_one_leaves_nothing_is_asked_any_more(bench: Bench):
    (one,) = await ordered(bench, 1, seconds=60)
    poller = Poller(bench.engine.api, Pace(fastest_s=0.05))
    waiting = asyncio.create_task(poller.wait(one, lambda _: None))
    async with asyncio.timeout(60):
        while not poller.asked:  # noqa: ASYNC110 - what is waited for is a count
            await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert poller._task is not None
    await poller._task
    before = poller.asked
    await asyncio.sleep(0.2)
    assert poller.asked == before > 0


async def test_a_wake_looks_at_once(bench: Bench):
    (one,) = await ordered(bench, 1, seconds=0.2)
    poller = Poller(bench.engine.api, Pace(fastest_s=3600.0, slowest_s=3600.0))
    waiting = asyncio.create_task(poller.wait(one, lambda _: None))
    await over(bench.sim, one)
    assert not waiting.done()
    assert poller.wake(one["id"])
    assert not poller.wake("another")
    async with asyncio.timeout(60):
        assert (await waiting)["status"] == "succeeded"


async def test_a_wake_of_one_that_is_not_at_its_end_is_harmless(bench: Bench):
    (one,) = await ordered(bench, 1, seconds=0.8)
    poller = Poller(bench.engine.api, Pace(fastest_s=0.1, webhook_factor=1.0))
    waiting = asyncio.create_task(poller.wait(one, lambda _: None))
    await asyncio.sleep(0.05)
    poller.wake(one["id"])
    assert (await waiting)["status"] == "succeeded"


async def test_the_vendor_s_wait_is_kept_by_all(bench: Bench):
    made = await ordered(bench, 5, seconds=0.0)
    bench.sim.world.faults.add("rate_limit", "replicate", "predictions.get", seconds=1)
    poller = Poller(bench.engine.api, Pace(fastest_s=0.05, at_once=1))
    await asyncio.gather(*(seen(poller, one) for one in made))
    calls = bench.calls("predictions.get")
    assert calls[0].status == 429
    assert calls[1].at - calls[0].at >= 0.99


async def test_what_changes_is_told(bench: Bench):
    bench.sim.world.queue_answer("replicate", "predictions.create", seconds=1.0)
    await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    assert "The model is at work" in bench.said
    assert bench.said[-1] == "Fetching the result"
