"""What others say of words and pictures, before anything is planned: a simulated moderation and vision model."""

import json
from pathlib import Path
from typing import Any

import pytest

from bottega.app import make_request
from bottega.domain.request import InputRef, Role
from bottega.errors import PolicyRefused, ProviderUnavailable
from bottega.llm.moderation import Sights
from bottega.simulator.serve import Simulator

HARMLESS = "a red bicycle in front of a bakery, sharpen it"
NOTHING = dict.fromkeys(Sights.model_fields, False)
LOOKS = {"check_pictures": True, "judge_model": "openai/gpt-6-luna"}


async def pictured(bottega: Any, photographs: Path, **fields: Any) -> Any:
    asset = await bottega.add_asset(photographs / "coffee.png")
    refs = (InputRef(role=Role.WORKING, asset_id=asset.id),)
    return make_request(prompt=HARMLESS, inputs=refs, workflow="image_enhancement", **fields)


async def test_what_a_vendors_moderation_flags_is_refused_and_remembered(
    open_desk: Any, photographs: Path, simulator: Simulator
) -> None:
    simulator.world.queue_answer("openai", categories=["hate"])
    bottega = await open_desk(moderation="openai")
    request = await pictured(bottega, photographs)
    for _ in range(2):
        with pytest.raises(PolicyRefused) as caught:
            await bottega.plan(request)
        assert caught.value.details["category"] == "hate"
    assert [seen.operation for seen in simulator.world.log] == ["moderations"]


async def test_a_moderation_that_does_not_answer_is_no_all_clear(
    open_desk: Any, photographs: Path, simulator: Simulator
) -> None:
    simulator.world.faults.add("overloaded", "openai", "moderations", times=1)
    bottega = await open_desk(moderation="openai")
    request = await pictured(bottega, photographs)
    with pytest.raises(ProviderUnavailable):
        await bottega.plan(request)
    assert (await bottega.plan(request)).plan.candidates


async def test_what_stays_here_is_moderated_by_nobody_else(
    open_desk: Any, photographs: Path, simulator: Simulator
) -> None:
    bottega = await open_desk(moderation="openai", **LOOKS)
    await bottega.plan(await pictured(bottega, photographs, stay_local=True))
    assert not simulator.world.log


async def test_a_picture_is_looked_at_once(open_desk: Any, photographs: Path, simulator: Simulator) -> None:
    simulator.world.queue_answer("openai", text=json.dumps(NOTHING))
    bottega = await open_desk(**LOOKS)
    request = await pictured(bottega, photographs)
    for _ in range(2):
        assert (await bottega.plan(request)).plan.candidates
    assert len(simulator.world.log) == 1
    kinds = [entry.kind.value for entry in await bottega.ledger.entries("local")]
    assert sorted(kinds) == ["charge", "hold", "release"]


@pytest.mark.parametrize(
    ("seen", "category"),
    [({"gore": True}, "gore"), ({"sexual": True, "minor": True}, "sexual_minors")],
)
async def test_what_it_sees_in_a_picture_is_refused(
    open_desk: Any, photographs: Path, simulator: Simulator, seen: dict[str, bool], category: str
) -> None:
    simulator.world.queue_answer("openai", text=json.dumps(NOTHING | seen))
    bottega = await open_desk(**LOOKS)
    with pytest.raises(PolicyRefused) as caught:
        await bottega.plan(await pictured(bottega, photographs))
    assert caught.value.details["category"] == category
