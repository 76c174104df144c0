"""Paid calls whose job ends without them: they are settled with the provider, or their money is of unknown outcome. Money
is never held for a job that has ended."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from shop_engine import Open, Shop, shop_catalogue

from bottega import Bottega
from bottega.app import make_request
from bottega.domain.job import JobState
from bottega.domain.task import Task
from bottega.engines.protocol import Attempt, Cancellation, NeverArrived, Reconciliation
from bottega.errors import Money
from bottega.jobs.leases import recover
from bottega.jobs.queue import ClaimFor, claim
from bottega.jobs.run import Also, JobRun
from bottega.models import Model
from bottega.spend import HoldState
from bottega.store.schema import holds
from bottega.store.schema import jobs as J

PROMPT = "a cup of coffee on a wooden table, photograph"
Cut = Callable[[Shop], Awaitable[str]]


@pytest.fixture
def cut(open_shop: Open) -> Cut:
    """Submits a job and ends its process while the paid call is under way; returns the job's id."""

    async def submit_and_end(shop: Shop) -> str:
        shop.gate = asyncio.Event()
        first = await open_shop(shop, shop_catalogue(fine="0.04"))
        job = await first.submit(make_request(prompt=PROMPT, workflow="image_generation"))
        await shop.delivering.wait()
        await first.close()
        shop.gate = None
        return job.id

    return submit_and_end


async def _ledger(bottega: Bottega) -> list[str]:
    return [entry.kind for entry in await bottega.ledger.entries("local")]


async def _held(bottega: Bottega) -> list[str]:
    query = holds.select().where(holds.c.state == HoldState.HELD.value)
    return await bottega.database.read(lambda c: [row.id for row in c.execute(query)])


@pytest.mark.parametrize(
    ("answers", "kind"), [(True, "charge"), (False, "unknown")], ids=["known to the shop", "not known"]
)
async def test_a_job_cancelled_while_it_waits_in_a_paid_call_is_settled_by_the_next_worker(
    open_shop: Open, cut: Cut, good_picture: Path, answers: bool, kind: str
) -> None:
    shop = Shop({"shop/fine": good_picture}, answers_questions=answers)
    job_id = await cut(shop)
    waiting = await open_shop(shop, shop_catalogue(fine="0.04"), run_jobs=False)
    assert (await waiting.cancel(job_id)).state is JobState.QUEUED
    worker = await open_shop(shop, shop_catalogue(fine="0.04"))
    done = await worker.finished(job_id)
    assert done.job.state is JobState.CANCELLED
    assert await _ledger(worker) == [kind, "hold"]
    assert list(shop.books.values()) == [1]
    assert await _held(worker) == []


async def test_a_cancelled_job_whose_worker_died_in_a_paid_call_is_settled_by_the_next(
    open_shop: Open, cut: Cut, good_picture: Path
) -> None:
    shop = Shop({"shop/fine": good_picture})
    job_id = await cut(shop)
    waiting = await open_shop(shop, shop_catalogue(fine="0.04"), run_jobs=False)
    who = ClaimFor(worker="w-dead", limit=1, lease_s=-1.0)
    assert await waiting.database.write(lambda c: claim(c, who))
    assert (await waiting.cancel(job_id)).state is JobState.RUNNING
    worker = await open_shop(shop, shop_catalogue(fine="0.04"))  # finds that the lease has run out
    done = await worker.finished(job_id)
    assert done.job.state is JobState.CANCELLED
    assert await _ledger(worker) == ["charge", "hold"]


async def test_the_money_of_a_job_that_is_set_aside_is_of_unknown_outcome(
    open_shop: Open, cut: Cut, good_picture: Path
) -> None:
    shop = Shop({"shop/fine": good_picture})
    job_id = await cut(shop)
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"), run_jobs=False)
    who = ClaimFor(worker="w-dead", limit=1, lease_s=-1.0)
    for _ in range(2):
        await bottega.database.write(lambda c: claim(c, who))
        await bottega.database.write(lambda c: recover(c, "a host without processes", 2))
    assert (await bottega.job(job_id)).state is JobState.QUARANTINED
    (unknown,) = await bottega.ledger.unknown()
    assert unknown.job_id == job_id
    await bottega.retry(job_id)
    worker = await open_shop(shop, shop_catalogue(fine="0.04"))
    done = await worker.finished(job_id)
    assert done.job.state is JobState.SUCCEEDED
    assert await _ledger(worker) == ["charge", "unknown", "hold"]
    assert list(shop.books.values()) == [1]


async def test_a_call_whose_hold_was_settled_by_hand_is_not_made_without_one(
    open_shop: Open, cut: Cut, good_picture: Path
) -> None:
    shop = Shop({"shop/fine": good_picture})
    job_id = await cut(shop)
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"), run_jobs=False)
    (hold_id,) = await _held(bottega)
    await bottega.ledger.mark_unknown(hold_id, "the job was set aside")
    await bottega.ledger.settle(hold_id, charged=None, by="anna", why="not on the bill")
    shop.books.clear()  # it never arrived, the shop says
    worker = await open_shop(shop, shop_catalogue(fine="0.04"))
    done = await worker.finished(job_id)
    assert done.job.state is JobState.FAILED
    assert list(shop.books) == []
    assert await worker.ledger.audit() == ()


class Broken(Shop):
    """Nobody can talk to this shop when it comes to stopping a call."""

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        raise RuntimeError("a fault in the engine")

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        return NeverArrived()


async def test_a_fault_while_a_cancelled_call_is_settled_leaves_its_money_unknown(
    open_shop: Open, good_picture: Path
) -> None:
    shop = Broken({"shop/fine": good_picture}, gate=asyncio.Event())
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"))
    job = await bottega.submit(make_request(prompt=PROMPT, workflow="image_generation"))
    await shop.delivering.wait()
    await bottega.cancel(job.id)
    done = await bottega.finished(job.id)
    assert done.job.state is JobState.UNKNOWN
    assert done.job.error is not None
    assert done.job.error["money"] == Money.UNKNOWN
    assert await _ledger(bottega) == ["unknown", "hold"]


async def test_money_that_an_ended_job_still_holds_is_found_at_the_next_start(
    open_shop: Open, cut: Cut, good_picture: Path
) -> None:
    shop = Shop({"shop/fine": good_picture})
    job_id = await cut(shop)
    first = await open_shop(shop, shop_catalogue(fine="0.04"), run_jobs=False)
    ended = J.update().where(J.c.id == job_id).values(state="cancelled")
    await first.database.write(lambda c: c.execute(ended) and None)
    assert len(await _held(first)) == 1
    await first.close()
    second = await open_shop(shop, shop_catalogue(fine="0.04"), run_jobs=False)
    assert [hold.job_id for hold in await second.ledger.unknown()] == [job_id]


async def test_a_cancel_between_the_hold_and_the_call_frees_the_money(
    open_shop: Open, good_picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop({"shop/fine": good_picture}, answers_questions=False)
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"))
    held, begin_paid = asyncio.Event(), JobRun.begin_paid

    async def begin_and_wait(run: JobRun, key: str, *, also: Also | None = None) -> None:
        await begin_paid(run, key, also=also)
        held.set()
        await asyncio.Event().wait()  # as if the answer of the database had not come yet

    monkeypatch.setattr(JobRun, "begin_paid", begin_and_wait)
    job = await bottega.submit(make_request(prompt=PROMPT, workflow="image_generation"))
    await held.wait()
    await bottega.cancel(job.id)
    done = await bottega.finished(job.id)
    assert done.job.state is JobState.CANCELLED
    assert await _ledger(bottega) == ["release", "hold"]
    assert list(shop.books) == []
