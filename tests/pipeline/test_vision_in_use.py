"""A vision model judges results of jobs: its scores, its price, and what happens when it cannot be asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from shop_engine import Open, Shop, shop_catalogue

from bottega import Bottega
from bottega.api import create_app
from bottega.domain.job import JobState
from bottega.domain.verdict import VerdictState
from bottega.errors import InvalidOption
from bottega.models import Catalogue, load_catalogue
from bottega.quality.vision import rubric_for
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator
from style_answers import ANSWER

PROMPT = "a cup of coffee on a wooden table, photograph"
JUDGE = "openai/gpt-6-luna"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def judged_by(simulator: Simulator, **others: Any) -> dict[str, Any]:
    return {
        "judge_model": JUDGE,
        "openai_api_key": KEY,
        "openai_base_url": simulator.base("openai"),
        **others,
    }


def catalogue() -> Catalogue:
    shop = shop_catalogue(first="0.04", second="0.04")
    return Catalogue([*shop, *(m for m in load_catalogue() if m.id == JUDGE)])


def marks(points: int) -> dict[str, Any]:
    rubric = rubric_for("image_generation")
    assert rubric is not None
    return {c.name: {"seen": "as seen", "points": points} for c in rubric.criteria}


async def test_a_judge_that_is_not_satisfied_sends_the_job_to_the_next_candidate(
    open_shop: Open, good_picture: Path, simulator: Simulator
) -> None:
    simulator.world.queue_answer("openai", "chat.completions", json=marks(2))
    simulator.world.queue_answer("openai", "chat.completions", json=marks(9))
    shop = Shop({"shop/first": good_picture, "shop/second": good_picture})
    bottega = await open_shop(shop, catalogue(), **judged_by(simulator))
    done = await bottega.run(PROMPT, workflow="image_generation", preference="quality")
    result = done.job.result
    assert done.job.state is JobState.SUCCEEDED
    assert result is not None
    assert [attempt.outcome for attempt in result.attempts] == ["below threshold", "accepted"]
    assert any(measure.name.startswith("vision.") for measure in result.verdict.measures)
    await _books_agree(bottega, result.cost)


async def test_a_judge_that_cannot_be_asked_is_said_to_be_missing(
    open_shop: Open, good_picture: Path, simulator: Simulator
) -> None:
    simulator.world.faults.add("rate_limit", "openai", "chat.completions", times=9)
    shop = Shop({"shop/first": good_picture, "shop/second": good_picture})
    bottega = await open_shop(shop, catalogue(), **judged_by(simulator))
    done = await bottega.run(PROMPT, workflow="image_generation")
    assert done.job.result is not None
    verdict = done.job.result.verdict
    assert verdict.state is VerdictState.NOT_JUDGED
    assert "Not judged by a vision model" in verdict.reason
    assert not any(measure.name.startswith("vision.") for measure in verdict.measures)


async def test_a_look_never_takes_a_job_over_its_cap(
    open_shop: Open, good_picture: Path, simulator: Simulator
) -> None:
    shop = Shop({"shop/first": good_picture, "shop/second": good_picture})
    bottega = await open_shop(shop, catalogue(), **judged_by(simulator))
    tight = await bottega.run(PROMPT, workflow="image_generation", max_cost_usd="0.04")
    assert tight.job.result is not None
    assert tight.job.result.cost == 40_000
    assert tight.job.result.verdict.state is VerdictState.NOT_JUDGED
    assert "cap of this job" in tight.job.result.verdict.reason
    assert not simulator.world.log
    simulator.world.queue_answer("openai", "chat.completions", json=marks(9))
    wide = await bottega.run(PROMPT, workflow="image_generation", max_cost_usd="0.05", fresh=True)
    assert wide.job.result is not None
    assert wide.job.result.verdict.state is VerdictState.ACCEPTED
    assert 40_000 < wide.job.result.cost <= 50_000
    await _books_agree(bottega, 40_000 + wide.job.result.cost)


async def test_what_is_to_stay_here_is_shown_to_nobody(
    open_shop: Open, good_picture: Path, simulator: Simulator
) -> None:
    shop = Shop({"shop/first": good_picture}, local=True)
    bottega = await open_shop(shop, shop_catalogue(first="0"), **judged_by(simulator))
    done = await bottega.run(PROMPT, workflow="image_generation", stay_local=True)
    assert done.job.state is JobState.SUCCEEDED
    assert not simulator.world.log


async def test_style_advice_is_looked_at_only_when_asked_for(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    settings = Settings(home=tmp_path / "home", compute_workers=1, **judged_by(simulator))
    person = photographs / "astronaut.png"
    async with Bottega(settings) as bottega:
        await bottega.run("which colours suit me?", images=[person])
        judged = len(simulator.world.log)
        simulator.world.queue_answer("openai", "chat.completions", json=ANSWER)
        done = await bottega.run("which colours suit me?", images=[person], options={"look": True})
        report = json.loads(bottega.asset_path(done.assets[1]).read_text())
        assert report["style_profile"]["current_style"] == "relaxed workwear"
        assert "chore jacket" in json.dumps(report)
        assert len(simulator.world.log) == 2 * judged + 1
        assert done.job.result is not None
        entries = await bottega.ledger.entries("local", job_id=done.job.id)
        assert done.job.result.cost == sum(entry.amount for entry in entries if entry.kind == "charge") > 0
        assert done.job.result.cost > sum(attempt.cost for attempt in done.job.result.attempts)
        assert await bottega.ledger.audit() == ()
        with pytest.raises(InvalidOption, match="stay here"):
            await bottega.run(
                "which colours suit me?", images=[person], options={"look": True}, stay_local=True
            )


async def test_a_look_whose_answer_cannot_be_used_is_paid_all_the_same(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    settings = Settings(home=tmp_path / "home", compute_workers=1, **judged_by(simulator))
    simulator.world.queue_answer("openai", "chat.completions", json={"nothing": "of what was asked"})
    async with Bottega(settings) as bottega:
        done = await bottega.run(
            "which colours suit me?", images=[photographs / "astronaut.png"], options={"look": True}
        )
        assert done.job.result is not None
        entries = await bottega.ledger.entries("local", job_id=done.job.id)
        assert done.job.result.cost == sum(entry.amount for entry in entries if entry.kind == "charge")
        assert done.job.result.cost > sum(attempt.cost for attempt in done.job.result.attempts)


async def test_style_is_looked_at_over_http_when_asked_for(
    tmp_path: Path, photographs: Path, simulator: Simulator
) -> None:
    settings = Settings(home=tmp_path / "home", compute_workers=1, **judged_by(simulator))
    person = {"person": ("me.png", (photographs / "astronaut.png").read_bytes(), "image/png")}
    async with Bottega(settings) as bottega:
        transport = httpx.ASGITransport(create_app(bottega), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600/api/v1") as client:
            plain = await client.post("/fashion/style", files=person)
            assert "vision" not in plain.json()
            assert not simulator.world.log
            simulator.world.queue_answer("openai", "chat.completions", json=ANSWER)
            looked = (await client.post("/fashion/style", files=person, data={"look": "true"})).json()
            assert looked["style_profile"]["current_style"] == "relaxed workwear"
            await _books_agree(bottega, looked["vision"]["cost_micro_usd"])


async def _books_agree(bottega: Bottega, cost: int) -> None:
    entries = await bottega.ledger.entries("local")
    charged = sum(entry.amount for entry in entries if entry.kind == "charge")
    assert charged == cost
    assert await bottega.ledger.audit() == ()
