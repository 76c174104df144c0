"""A picture that nobody gave is made first, and lasered in the same job: one story, one budget, one end."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from shop_engine import Shop, shop_catalogue

from bottega import Bottega
from bottega.api.schemas import PlanAnswer
from bottega.app import make_request
from bottega.cli.show import plan_view
from bottega.domain.job import Event, FinishedJob, JobState
from bottega.domain.money import micro_usd
from bottega.domain.plan import Plan
from bottega.domain.request import Request, Role
from bottega.engines.local.laser import LaserEngine
from bottega.errors import BudgetExceeded, MissingInput, Money, ProviderUnavailable
from bottega.jobs.records import JobPayload
from bottega.jobs.stage import stages_of
from bottega.mcp.answers import plan_words
from bottega.models import Catalogue, Model, PriceModel, load_catalogue
from bottega.settings import Settings
from opening import Start

SENTENCE = "engrave a wolf on plywood, 20 mm"
FOUR_CENTS, TWO_CENTS = micro_usd("0.04"), micro_usd("0.02")
OpenStudio = Callable[..., Awaitable[Bottega]]


@pytest.fixture
def open_studio(tmp_path: Path, started: Start) -> OpenStudio:
    """A shop that sells pictures beside the real laser of this machine; or beside one that has its price."""

    async def open_one(shop: Shop, *, burn: str = "", run_jobs: bool = True, **settings: Any) -> Bottega:
        pictures = shop_catalogue(
            **{name.partition("/")[2]: "0.04" for name in shop.goods if "burn" not in name}
        )
        lasers = [load_catalogue()["laser/raster"]]
        if burn:
            lasers = [_priced("shop/burn", burn)]
        bottega = Bottega(
            Settings(
                home=tmp_path / "home",
                compute_workers=1,
                shutdown_grace_seconds=0.2,
                learning=False,
                **settings,
            ),
            engines={"shop": shop} if burn else {"shop": shop, "laser": LaserEngine()},
            catalogue=Catalogue([*pictures, *lasers]),
        )
        return await started(bottega, run_jobs=run_jobs)

    return open_one


def _priced(name: str, dollars: str) -> Model:
    return Model(
        id=name,
        engine="shop",
        title=name,
        operations=frozenset({"laser"}),
        features=frozenset({"laser:engrave"}),
        quality=0.9,
        price=PriceModel(per_run=dollars, source="test"),
    )


def _request(**changes: Any) -> Request:
    return make_request(prompt=SENTENCE, preference="quality", **changes)


async def _done(bottega: Bottega, **changes: Any) -> tuple[FinishedJob, list[Event]]:
    job = await bottega.submit(_request(**changes))
    told: list[Event] = []
    return await bottega.finished(job.id, on_event=told.append), told


async def test_the_plan_has_both_steps_with_both_prices_and_says_so_everywhere(
    open_studio: OpenStudio, good_picture: Path
) -> None:
    bottega = await open_studio(Shop({"shop/picture": good_picture}), burn="0.02", run_jobs=False)
    planned = await bottega.plan(_request())
    plan = planned.plan
    assert [step.workflow for step in plan.steps] == ["image_generation", "laser"]
    assert plan.price.high == FOUR_CENTS + TWO_CENTS
    assert plan.most(3) == FOUR_CENTS + TWO_CENTS
    assert plan.before is not None
    assert (plan.before.role, plan.sent_to) == (Role.WORKING, ("shop",))
    assert plan.before.prompt.startswith("a wolf, ")
    assert "one is made first" in planned.notes[-1]
    assert "$0.06" in planned.notes[-1]
    answer = PlanAnswer.of(planned.request, planned.intent, plan, planned.notes)
    assert answer.price.text == "$0.06"
    words = plan_words(planned)
    assert "Step 1 of 2, image_generation" in words
    assert "shop/picture, shop/burn" in words, "who gets the words"
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(plan_view(plan, planned.request))
    shown = console.export_text()
    assert "Step 1 of 2: image_generation" in shown
    assert "Together  $0.06" in shown
    assert "Your sentence would be sent to shop." in shown


async def test_a_picture_is_bought_and_lasered_in_one_job(
    open_studio: OpenStudio, good_picture: Path
) -> None:
    shop = Shop({"shop/picture": good_picture})
    bottega = await open_studio(shop)
    done, told = await _done(bottega)
    assert done.job.state is JobState.SUCCEEDED, done.job.error
    result = done.job.result
    assert result is not None
    assert result.before is not None
    assert [(a.workflow, a.model_id, a.outcome, a.cost) for a in result.attempts] == [
        ("image_generation", "shop/picture", "accepted", FOUR_CENTS),
        ("laser", "laser/raster", "accepted", 0),
    ]
    assert (result.cost, result.before.cost) == (FOUR_CENTS, FOUR_CENTS)
    picture = next(asset for asset in done.assets if asset.id == result.before.outputs[0])
    assert result.outputs[-1] == picture.id
    assert "role working" in picture.label
    assert bottega.asset_path(picture).read_bytes() == good_picture.read_bytes()
    gcode = next(asset for asset in done.assets if asset.name.endswith(".gcode"))
    assert gcode.provenance is not None
    assert gcode.provenance.parents == (picture.id,)
    assert [e.data["workflow"] for e in told if e.kind == "stage"] == ["image_generation", "laser"]
    assert {e.data["stage"] for e in told if e.kind in ("attempt", "verdict")} == {1, 2}
    fractions = [e.data["fraction"] for e in told if e.kind == "progress"]
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0.5, "the laser's half of the way"
    assert all("Step 2 of 2" in e.data["message"] for e in told if e.kind == "progress")
    assert await bottega.ledger.audit() == ()
    assert (await bottega.analytics.observations("image_generation"))["shop/picture"].accepted == 1
    assert (await bottega.analytics.observations("laser"))["laser/raster"].accepted == 1

    again, _ = await _done(bottega)
    assert again.job.result is not None
    assert (again.job.result.cost, again.job.result.cached) == (0, True)
    assert again.job.result.outputs == result.outputs
    assert sum(shop.books.values()) == 1


async def test_a_picture_below_the_threshold_ends_the_job_and_is_kept(
    open_studio: OpenStudio, blank_picture: Path
) -> None:
    bottega = await open_studio(Shop({"shop/first": blank_picture, "shop/second": blank_picture}))
    done, told = await _done(bottega)
    assert done.job.state is JobState.REJECTED
    assert done.job.result is not None
    assert done.job.result.cost == 2 * FOUR_CENTS
    assert {a.workflow for a in done.job.result.attempts} == {"image_generation"}
    assert [bottega.asset_path(a).read_bytes() for a in done.assets] == [blank_picture.read_bytes()]
    assert "not begun" in done.job.result.report["warnings"][-1]
    assert max(e.data["stage"] for e in told if e.kind == "stage") == 1


async def test_when_nobody_delivers_the_picture_nothing_is_lasered_or_paid(open_studio: OpenStudio) -> None:
    bottega = await open_studio(Shop({"shop/picture": ProviderUnavailable("closed today")}), retry_attempts=1)
    done, _ = await _done(bottega)
    assert done.job.state is JobState.FAILED
    assert done.job.error is not None
    assert "closed today" in done.job.error["message"]
    assert [a["workflow"] for a in done.job.error["details"]["attempts"]] == ["image_generation"]
    assert [e.kind for e in await bottega.ledger.entries("local")] == ["release", "hold"]


async def test_when_the_laser_fails_the_picture_is_kept_and_said_to_be(
    open_studio: OpenStudio, good_picture: Path
) -> None:
    shop = Shop({"shop/picture": good_picture, "shop/burn": ProviderUnavailable("out of order")})
    bottega = await open_studio(shop, burn="0.02", retry_attempts=1)
    done, _ = await _done(bottega)
    assert done.job.state is JobState.FAILED
    assert done.job.error is not None
    assert done.job.error["money"] == Money.CHARGED
    details = done.job.error["details"]
    assert [(a["workflow"], a["outcome"], a["cost"]) for a in details["attempts"]] == [
        ("image_generation", "accepted", FOUR_CENTS),
        ("laser", "failed", 0),
    ]
    (picture,) = details["outputs"]
    assert picture in done.job.error["hint"]
    assert bottega.asset_path(await bottega.asset(picture)).read_bytes() == good_picture.read_bytes()


@pytest.mark.parametrize("cap", [{"max_cost_usd": "0.05"}, {}], ids=["of the job", "of the month"])
async def test_a_budget_for_the_first_step_alone_is_refused_before_any_money(
    open_studio: OpenStudio, good_picture: Path, cap: dict[str, str]
) -> None:
    shop = Shop({"shop/picture": good_picture})
    bottega = await open_studio(shop, burn="0.02", **({} if cap else {"budget_total_month": "0.05"}))
    with pytest.raises(BudgetExceeded, match=r"0\.04 .*0\.03 is left") as refused:
        await bottega.submit(_request(**cap))
    assert "A picture of your own" in refused.value.hint
    assert await bottega.jobs() == []
    assert await bottega.ledger.entries("local") == ()
    assert not shop.books


async def test_money_that_is_gone_by_then_buys_no_picture_that_cannot_be_lasered(
    open_studio: OpenStudio, good_picture: Path
) -> None:
    shop = Shop({"shop/picture": good_picture, "shop/burn": good_picture})
    bottega = await open_studio(
        shop, burn="0.02", run_jobs=False, budget_total_month="0.10", job_concurrency=1
    )
    planned = [await bottega.plan(_request(fresh=True)) for _ in range(2)]
    jobs = [await bottega.enqueue(each) for each in planned]  # planned while the money of both was there
    await bottega.work()
    first, second = [await bottega.finished(job.id) for job in jobs]
    assert first.job.result is not None
    assert first.job.result.cost == FOUR_CENTS + TWO_CENTS
    assert second.job.state is JobState.FAILED
    assert second.job.error is not None
    assert [a["outcome"] for a in second.job.error["details"]["attempts"]] == ["over budget"]
    assert await bottega.ledger.budget_left("local") == micro_usd("0.04")


async def test_a_second_picture_is_not_bought_with_the_money_of_the_next_step(
    open_studio: OpenStudio, blank_picture: Path, good_picture: Path
) -> None:
    shop = Shop({"shop/first": blank_picture, "shop/second": good_picture})
    bottega = await open_studio(shop, burn="0.02")
    done, _ = await _done(bottega, max_cost_usd="0.09")
    assert done.job.state is JobState.REJECTED
    assert done.job.result is not None
    assert done.job.result.cost == FOUR_CENTS
    assert [a.outcome for a in done.job.result.attempts] == ["below threshold", "over budget"]


async def test_a_cancel_while_the_picture_is_made_is_settled_and_nothing_is_lasered(
    open_studio: OpenStudio, good_picture: Path
) -> None:
    shop = Shop({"shop/picture": good_picture}, gate=asyncio.Event())
    bottega = await open_studio(shop)
    job = await bottega.submit(_request())
    await shop.delivering.wait()
    await bottega.cancel(job.id)
    done = await bottega.finished(job.id)
    assert done.job.state is JobState.CANCELLED
    assert [e.kind for e in await bottega.ledger.entries("local")] == ["charge", "hold"]


async def test_a_cancel_while_it_is_lasered_keeps_the_picture_for_the_next_time(
    open_studio: OpenStudio, good_picture: Path
) -> None:
    shop = Shop({"shop/picture": good_picture})
    bottega = await open_studio(shop)
    job = await bottega.submit(make_request(prompt="engrave a wolf on plywood, 150 mm"))
    async for event in bottega.events(job.id):
        if event.kind == "attempt" and event.data["stage"] == 2:
            await bottega.cancel(job.id)
    assert (await bottega.finished(job.id)).job.state is JobState.CANCELLED
    assert [e.kind for e in await bottega.ledger.entries("local")] == ["charge", "hold"]
    done, _ = await _done(bottega)  # the same wording, smaller
    assert done.job.result is not None
    assert done.job.result.cost == 0
    assert sum(shop.books.values()) == 1


async def test_one_model_may_be_asked_for_by_name_in_either_step(
    open_studio: OpenStudio, good_picture: Path
) -> None:
    shop = Shop({"shop/first": good_picture, "shop/second": good_picture})
    bottega = await open_studio(shop, run_jobs=False)
    plan = (await bottega.plan(_request(model="shop/second"))).plan
    assert plan.before is not None
    assert [[c.model_id for c in step.candidates] for step in plan.steps] == [
        ["shop/second"],
        ["laser/raster"],
    ]
    plan = (await bottega.plan(_request(model="laser/raster"))).plan
    assert plan.before is not None
    assert len(plan.before.candidates) == 2


@pytest.mark.parametrize(
    ("sentence", "changes", "said"),
    [
        (SENTENCE, {"stay_local": True}, "cannot be made here"),
        ("engrave this photo on plywood, 20 mm", {}, "picture to engrave is needed"),
    ],
)
async def test_where_no_picture_can_or_may_be_made_one_is_asked_for(
    open_studio: OpenStudio, good_picture: Path, sentence: str, changes: dict[str, Any], said: str
) -> None:
    shop = Shop({"shop/picture": good_picture})
    bottega = await open_studio(shop, run_jobs=False)
    with pytest.raises(MissingInput, match=said) as refused:
        await bottega.submit(make_request(prompt=sentence, **changes))
    assert "role working" in refused.value.hint
    assert not shop.books


async def test_a_plan_that_an_older_version_stored_is_one_step(
    open_studio: OpenStudio, good_picture: Path
) -> None:
    bottega = await open_studio(Shop({"shop/picture": good_picture}), run_jobs=False)
    planned = await bottega.plan(make_request(prompt="a wolf", workflow="image_generation"))
    older = planned.plan.model_dump(mode="json", exclude={"before", "prompt", "role"})
    payload = JobPayload(request=planned.request, intent=planned.intent, plan=Plan.model_validate(older))
    (stage,) = stages_of(payload)
    assert stage.attempt(payload.plan.first) == "attempt:shop/picture"
    assert (stage.told, stage.plan.price) == ({}, payload.plan.first.price)
