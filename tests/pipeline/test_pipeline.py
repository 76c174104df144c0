"""The way of a request through cache, hold, engine, verdict and settling, on both databases."""

import asyncio
from pathlib import Path

import pytest
from shop_engine import Open, Shop, shop_catalogue

from bottega.app import make_request
from bottega.domain.job import JobState
from bottega.domain.money import micro_usd
from bottega.domain.request import Request
from bottega.domain.verdict import VerdictState
from bottega.errors import (
    BudgetExceeded,
    ContentRefused,
    Money,
    NoCandidate,
    OutcomeUnknown,
    OutputError,
    ProviderUnavailable,
)

PROMPT = "a cup of coffee on a wooden table, photograph"
FOUR_CENTS = micro_usd("0.04")


async def test_a_paid_result_is_held_charged_and_accepted(open_shop: Open, good_picture: Path) -> None:
    shop = Shop({"shop/fine": good_picture})
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"))
    done = await bottega.run(PROMPT, workflow="image_generation")
    assert done.job.state is JobState.SUCCEEDED
    assert done.job.result is not None
    assert done.job.result.verdict.state is VerdictState.ACCEPTED
    assert done.job.result.cost == FOUR_CENTS
    assert [entry.kind for entry in await bottega.ledger.entries("local")] == ["charge", "hold"]
    assert await bottega.ledger.audit() == ()
    assert list(shop.books.values()) == [1]


async def test_a_providers_bytes_are_kept_untouched(open_shop: Open, good_picture: Path) -> None:
    bottega = await open_shop(Shop({"shop/fine": good_picture}), shop_catalogue(fine="0.04"))
    done = await bottega.run(PROMPT, workflow="image_generation")
    assert done.assets[0].kind == "original"
    assert bottega.asset_path(done.assets[0]).read_bytes() == good_picture.read_bytes()


async def test_below_the_threshold_the_next_candidate_is_tried(
    open_shop: Open, good_picture: Path, blank_picture: Path
) -> None:
    shop = Shop({"shop/first": blank_picture, "shop/second": good_picture})
    bottega = await open_shop(shop, shop_catalogue(first="0.04", second="0.04"))
    done = await bottega.run(PROMPT, workflow="image_generation", preference="quality")
    assert done.job.state is JobState.SUCCEEDED
    assert done.job.result is not None
    assert done.job.result.model_id == "shop/second"
    assert done.job.result.cost == 2 * FOUR_CENTS
    assert [(a.model_id, a.outcome) for a in done.job.result.attempts] == [
        ("shop/first", "below threshold"),
        ("shop/second", "accepted"),
    ]


async def test_when_none_passes_the_best_is_kept_and_labelled(open_shop: Open, blank_picture: Path) -> None:
    bottega = await open_shop(Shop({"shop/only": blank_picture}), shop_catalogue(only="0.04"))
    done = await bottega.run(PROMPT, workflow="image_generation")
    assert done.job.state is JobState.REJECTED
    assert done.job.result is not None
    assert done.job.result.verdict.reason
    assert len(done.assets) == 1


@pytest.mark.parametrize(
    "error", [ProviderUnavailable("closed today"), ContentRefused("not that")], ids=["unavailable", "refused"]
)
async def test_a_call_that_was_not_accepted_costs_nothing(
    open_shop: Open, good_picture: Path, error: Exception
) -> None:
    shop = Shop({"shop/first": error, "shop/second": good_picture})
    bottega = await open_shop(shop, shop_catalogue(first="0.04", second="0.03"))
    done = await bottega.run(PROMPT, workflow="image_generation", preference="quality")
    assert done.job.result is not None
    assert done.job.result.cost == micro_usd("0.03")
    kinds = [entry.kind for entry in await bottega.ledger.entries("local")]
    assert sorted(kinds) == ["charge", "hold", "hold", "release"]


async def test_a_lost_answer_keeps_its_hold_and_buys_nothing_else(
    open_shop: Open, good_picture: Path
) -> None:
    shop = Shop({"shop/first": OutcomeUnknown("the line went dead"), "shop/second": good_picture})
    bottega = await open_shop(shop, shop_catalogue(first="0.04", second="0.04"), budget_total_month="1")
    done = await bottega.run(PROMPT, workflow="image_generation", preference="quality")
    assert done.job.state is JobState.UNKNOWN
    assert done.job.error is not None
    assert done.job.error["money"] == Money.UNKNOWN
    assert not shop.books
    assert await bottega.ledger.budget_left("local") == micro_usd(1) - FOUR_CENTS


async def test_unusable_bytes_that_were_paid_for_are_charged(
    open_shop: Open, good_picture: Path, tmp_path: Path
) -> None:
    garbage = tmp_path / "garbage.png"
    garbage.write_bytes(b"<html>sorry</html>")
    shop = Shop({"shop/first": garbage, "shop/second": good_picture})
    bottega = await open_shop(shop, shop_catalogue(first="0.04", second="0.04"))
    done = await bottega.run(PROMPT, workflow="image_generation", preference="quality")
    assert done.job.result is not None
    assert done.job.result.model_id == "shop/second"
    assert done.job.result.cost == 2 * FOUR_CENTS
    assert await bottega.ledger.audit() == ()


async def test_an_engine_that_says_it_charged_for_nothing_is_believed(open_shop: Open) -> None:
    error = OutputError("empty answer", money=Money.CHARGED, cost=micro_usd("0.01"))
    bottega = await open_shop(Shop({"shop/only": error}), shop_catalogue(only="0.04"))
    done = await bottega.run(PROMPT, workflow="image_generation")
    assert done.job.state is JobState.FAILED
    entries = await bottega.ledger.entries("local")
    assert {entry.kind: entry.amount for entry in entries if entry.kind == "charge"} == {
        "charge": micro_usd("0.01")
    }


async def test_an_unexpected_fault_in_a_paid_call_is_an_unknown_outcome(open_shop: Open) -> None:
    bottega = await open_shop(Shop({"shop/only": ZeroDivisionError("ours")}), shop_catalogue(only="0.04"))
    done = await bottega.run(PROMPT, workflow="image_generation")
    assert done.job.state is JobState.UNKNOWN


async def test_identical_work_is_bought_once(open_shop: Open, good_picture: Path) -> None:
    shop = Shop({"shop/fine": good_picture})
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"))
    await bottega.run(PROMPT, workflow="image_generation")
    again = await bottega.run(PROMPT, workflow="image_generation")
    assert again.job.result is not None
    assert (again.job.result.cached, again.job.result.cost) == (True, 0)
    assert sum(shop.books.values()) == 1
    fresh = await bottega.run(PROMPT, workflow="image_generation", fresh=True)
    assert fresh.job.result is not None
    assert not fresh.job.result.cached
    assert sum(shop.books.values()) == 2


async def test_what_the_budget_does_not_cover_is_refused_before_a_job_is_made(
    open_shop: Open, good_picture: Path
) -> None:
    shop = Shop({"shop/fine": good_picture})
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"), budget_total_month="0.03")
    with pytest.raises(BudgetExceeded):
        await bottega.run(PROMPT, workflow="image_generation")
    assert await bottega.jobs() == []
    assert not shop.books


async def test_many_at_once_never_pass_the_cap(open_shop: Open, good_picture: Path) -> None:
    shop = Shop({"shop/fine": good_picture})
    bottega = await open_shop(
        shop, shop_catalogue(fine="0.04"), budget_total_month="0.20", job_concurrency=12
    )
    planned = [
        await bottega.plan(_request(f"{PROMPT}, number {n}")) for n in range(12)
    ]  # planned while all the money is there
    jobs = [await bottega.enqueue(each) for each in planned]
    done = await asyncio.gather(*(bottega.finished(job.id) for job in jobs))
    accepted = [each for each in done if each.job.state is JobState.SUCCEEDED]
    refused = [each for each in done if each.job.state is JobState.FAILED]
    assert (len(accepted), len(refused)) == (5, 7)
    assert sum(shop.books.values()) == 5
    assert await bottega.ledger.budget_left("local") == 0
    assert await bottega.ledger.audit() == ()


async def test_the_jobs_own_limit_holds_over_all_attempts(
    open_shop: Open, good_picture: Path, blank_picture: Path
) -> None:
    shop = Shop({"shop/first": blank_picture, "shop/second": good_picture})
    bottega = await open_shop(shop, shop_catalogue(first="0.04", second="0.04"))
    done = await bottega.run(PROMPT, workflow="image_generation", preference="quality", max_cost_usd="0.05")
    assert done.job.state is JobState.REJECTED
    assert done.job.result is not None
    assert done.job.result.cost == FOUR_CENTS
    assert done.job.result.attempts[1].outcome == "over budget"


@pytest.mark.parametrize(
    ("answers", "kind"), [(True, "charge"), (False, "unknown")], ids=["known to the shop", "not known"]
)
async def test_a_cancel_in_a_paid_call_is_settled_by_what_the_provider_says(
    open_shop: Open, good_picture: Path, answers: bool, kind: str
) -> None:
    shop = Shop({"shop/fine": good_picture}, gate=asyncio.Event(), answers_questions=answers)
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"))
    job = await bottega.submit(_request(PROMPT))
    await shop.delivering.wait()
    await bottega.cancel(job.id)
    done = await bottega.finished(job.id)
    assert done.job.state is JobState.CANCELLED
    kinds = [entry.kind for entry in await bottega.ledger.entries("local")]
    assert kinds == [kind, "hold"]


@pytest.mark.parametrize("answers", [True, False], ids=["known to the shop", "not known"])
async def test_a_process_that_ended_in_a_paid_call_never_buys_again(
    open_shop: Open, good_picture: Path, answers: bool
) -> None:
    shop = Shop({"shop/fine": good_picture}, gate=asyncio.Event())
    first = await open_shop(shop, shop_catalogue(fine="0.04"))
    job = await first.submit(_request(PROMPT))
    await shop.delivering.wait()
    await first.close()  # the call is cut: its answer is lost
    shop.answers_questions, shop.gate = answers, None
    second = await open_shop(shop, shop_catalogue(fine="0.04"))
    done = await second.finished(job.id)
    assert done.job.state is (JobState.SUCCEEDED if answers else JobState.UNKNOWN)
    assert list(shop.books.values()) == [1]


async def test_nobody_can_do_it_is_said_before_a_job_is_made(open_shop: Open) -> None:
    bottega = await open_shop(Shop({}), shop_catalogue())
    with pytest.raises(NoCandidate):
        await bottega.run(PROMPT, workflow="image_generation")
    assert await bottega.jobs() == []


async def test_the_story_tells_every_turn(open_shop: Open, good_picture: Path) -> None:
    bottega = await open_shop(Shop({"shop/fine": good_picture}), shop_catalogue(fine="0.04"))
    kinds: list[str] = []
    await bottega.run(PROMPT, workflow="image_generation", on_event=lambda e: kinds.append(e.kind))
    told = [kind for kind in kinds if kind != "step"]
    assert told == ["queued", "started", "attempt", "hold", "charge", "verdict", "finished"]


def _request(prompt: str) -> Request:
    return make_request(prompt=prompt, workflow="image_generation")
