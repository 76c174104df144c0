"""Retries, breakers, limits and the single flight as jobs see them, on both databases."""

import asyncio
from pathlib import Path

from shop_engine import Open, Shop, shop_catalogue

from bottega.app import make_request
from bottega.domain.job import FinishedJob, JobState
from bottega.domain.task import EngineResult, Task
from bottega.engines.protocol import Attempt
from bottega.errors import ContentRefused, ProviderUnavailable
from bottega.models import Model

PROMPT = "a cup of coffee on a wooden table, photograph"


class Moody(Shop):
    """Takes no calls the first `refusals` times that it is asked."""

    refusals = 0
    asked = 0

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        self.asked += 1
        if self.asked <= self.refusals:
            raise ProviderUnavailable("The shop is full.", retry_after=0.05)
        return await super().perform(task, model, attempt)


async def test_a_call_that_was_not_taken_is_made_again(open_shop: Open, good_picture: Path) -> None:
    shop = Moody({"shop/fine": good_picture})
    shop.refusals = 2
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"), retry_attempts=3)
    done = await bottega.run(PROMPT, workflow="image_generation")
    assert done.job.state is JobState.SUCCEEDED
    assert shop.asked == 3
    assert list(shop.books.values()) == [1]
    waits = [event async for event in bottega.events(done.job.id) if event.kind == "waiting"]
    assert [event.data["reason"] for event in waits] == ["The shop is full."] * 2
    assert [entry.kind for entry in await bottega.ledger.entries("local")] == ["charge", "hold"]


async def test_a_model_that_keeps_failing_is_left_alone_and_said_to_be(
    open_shop: Open, good_picture: Path
) -> None:
    shop = Shop({"shop/ill": ProviderUnavailable("The shop is closed."), "shop/well": good_picture})
    bottega = await open_shop(
        shop,
        shop_catalogue(ill="0.01", well="0.02"),
        retry_attempts=1,
        circuit_breaker_failures=1,
        result_cache_days=0,
    )
    assert (await _run(bottega)).job.state is JobState.SUCCEEDED
    (state,) = [s for s in await bottega.breakers.states() if s.model == "shop/ill"]
    assert state.state == "open"
    planned = await bottega.plan(make_request(prompt=PROMPT, workflow="image_generation"))
    assert [c.model_id for c in planned.plan.candidates] == ["shop/well"]
    assert "failed lately" in planned.plan.ruled_out[0].reason
    assert (await bottega.health())["breakers"][0]["state"] == "open"


async def test_a_refusal_of_content_says_nothing_of_the_vendor(open_shop: Open, good_picture: Path) -> None:
    shop = Shop({"shop/strict": ContentRefused("Not that."), "shop/well": good_picture})
    bottega = await open_shop(
        shop,
        shop_catalogue(strict="0.01", well="0.02"),
        circuit_breaker_failures=1,
        result_cache_days=0,
    )
    await _run(bottega)
    assert all(state.state == "closed" for state in await bottega.breakers.states())


async def test_our_own_limit_of_calls_to_a_vendor_is_kept(open_shop: Open, good_picture: Path) -> None:
    shop = Shop({"shop/fine": good_picture})
    bottega = await open_shop(
        shop,
        shop_catalogue(fine="0.04"),
        provider_rate_limit_per_minute=2,
        retry_attempts=1,
        result_cache_days=0,
    )
    states = [(await _run(bottega)).job.state for _ in range(3)]
    assert states == [JobState.SUCCEEDED, JobState.SUCCEEDED, JobState.FAILED]
    assert sum(shop.books.values()) == 2


async def test_many_identical_jobs_at_once_make_one_call(open_shop: Open, good_picture: Path) -> None:
    shop = Shop({"shop/fine": good_picture}, gate=asyncio.Event())
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"), job_concurrency=2)
    request = make_request(prompt=PROMPT, workflow="image_generation")
    jobs = [await bottega.submit(request) for _ in range(24)]
    await asyncio.wait_for(shop.delivering.wait(), 120)
    assert shop.gate is not None
    shop.gate.set()
    done = [await bottega.finished(job.id) for job in jobs]
    assert {d.job.state for d in done} == {JobState.SUCCEEDED}
    assert sum(shop.books.values()) == 1
    assert sum(d.job.result.cached for d in done if d.job.result) == 23
    assert await bottega.ledger.audit() == ()


async def _run(bottega: object) -> FinishedJob:
    return await bottega.run(PROMPT, workflow="image_generation", preference="quality", fresh=True)  # type: ignore[attr-defined]
