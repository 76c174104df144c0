"""A plan says who is shown the pictures, and what their looks may cost; what a job then pays lies within it."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bottega import Bottega
from bottega.cli.show import plan_view
from bottega.domain.plan import Plan
from bottega.domain.request import Request, Role
from bottega.mcp.answers import plan_words
from bottega.planning.planner import Planned
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator
from style_answers import ANSWER

JUDGE = "openai/gpt-6-luna"
SHARPER = "make this sharper"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def judged(tmp_path: Path, simulator: Simulator, **others: Any) -> Settings:
    asked: dict[str, Any] = {
        "home": tmp_path / "home",
        "compute_workers": 1,
        "judge_model": JUDGE,
        "openai_api_key": KEY,
        "openai_base_url": simulator.base("openai"),
    }
    return Settings(**asked | others)


async def planned(bottega: Bottega, prompt: str, pictures: dict[Role, Path], **wishes: Any) -> Planned:
    given = [(await bottega.add_asset(path), role) for role, path in pictures.items()]
    inputs = [{"asset_id": asset.id, "role": role} for asset, role in given]
    return await bottega.plan(Request.model_validate({"prompt": prompt, "inputs": inputs, **wishes}))


def words_of(plan: Plan) -> str:
    console = Console(width=200, record=True, file=StringIO())
    console.print(plan_view(plan))
    return console.export_text()


async def test_free_work_with_a_judge_has_a_price_and_somebody_who_sees_it(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    async with Bottega(judged(tmp_path, simulator)) as bottega:
        answer = await planned(bottega, SHARPER, {Role.WORKING: photographs / "astronaut.png"})
        plan = answer.plan
        assert plan.looks is not None
        assert (plan.sent_to, plan.shown_to) == ((), ("openai",))
        assert plan.first.price.high == 0
        assert 0 < plan.looks.each.likely <= plan.looks.each.high == plan.price.high
        assert plan.most(3) == 3 * plan.looks.each.high
        assert plan.least == 0
        assert any(JUDGE in note for note in answer.notes)
        for told in (words_of(plan), plan_words(answer)):
            assert "Nothing leaves this machine" not in told
            assert "vision model" in told


async def test_what_is_paid_lies_within_the_price(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    async with Bottega(judged(tmp_path, simulator)) as bottega:
        done = await bottega.run(SHARPER, images=[photographs / "astronaut.png"])
        plan = done.job.plan
        assert plan.looks is not None
        held = [
            e.amount for e in await bottega.ledger.entries("local", job_id=done.job.id) if e.kind == "hold"
        ]
        assert held
        assert done.job.result is not None
        attempts = len(done.job.result.attempts)
        assert 0 < done.job.result.cost <= sum(held) <= plan.price_of_looks(attempts).high
        assert held[0] > 0.8 * plan.looks.each.high


async def test_a_look_before_the_work_is_in_the_price_once(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    person = photographs / "astronaut.png"
    async with Bottega(judged(tmp_path, simulator)) as bottega:
        plain = (await planned(bottega, "which colours suit me?", {Role.PERSON: person})).plan
        looked = await planned(
            bottega, "which colours suit me?", {Role.PERSON: person}, options={"look": True}
        )
        assert plain.looks is not None
        assert looked.plan.looks is not None
        assert plain.looks.before.high == 0 < looked.plan.looks.before.high
        assert looked.plan.most(2) - plain.most(2) == looked.plan.looks.before.high
        simulator.world.queue_answer("openai", "chat.completions", json=ANSWER)
        done = await bottega.run("which colours suit me?", images=[person], options={"look": True})
        held = [
            e.amount for e in await bottega.ledger.entries("local", job_id=done.job.id) if e.kind == "hold"
        ]
        assert min(held) == looked.plan.looks.before.high
        assert sum(held) <= looked.plan.most(1)


async def test_a_try_on_has_both_pictures_looked_at(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    pictures = {Role.PERSON: photographs / "astronaut.png", Role.GARMENT: photographs / "coffee.png"}
    async with Bottega(judged(tmp_path, simulator)) as bottega:
        plan = (await planned(bottega, "put this shirt on her", pictures)).plan
        assert plan.workflow == "reference_styling/virtual_tryon"
        assert plan.looks is not None
        assert plan.looks.before.high > 0 < plan.looks.each.high


async def test_nobody_is_shown_what_stays_here_or_what_no_judge_is_named_for(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    working = {Role.WORKING: photographs / "astronaut.png"}
    async with Bottega(judged(tmp_path, simulator)) as bottega:
        answer = await planned(bottega, SHARPER, working, stay_local=True)
        assert (answer.plan.looks, answer.plan.price.high, answer.plan.shown_to) == (None, 0, ())
        assert "Nothing leaves this machine." in words_of(answer.plan)
    async with Bottega(judged(tmp_path / "b", simulator, judge_model="")) as bottega:
        assert (await planned(bottega, SHARPER, working)).plan.looks is None


async def test_the_dearest_of_the_judges_that_may_be_asked_counts(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    working = {Role.WORKING: photographs / "astronaut.png"}
    prices: list[int] = []
    for number, fallbacks in enumerate([(), ("openai/gpt-6-sol",), ("anthropic/claude-of-nobody",)]):
        settings = judged(tmp_path / str(number), simulator, judge_fallbacks=fallbacks)
        async with Bottega(settings) as bottega:
            plan = (await planned(bottega, SHARPER, working)).plan
            prices.append(plan.price.high)
            assert len(plan.shown_to) == (2 if number == 2 else 1)
    assert prices[1] > prices[0] == prices[2]
