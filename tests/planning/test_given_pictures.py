"""What the given pictures say of a request: an unsure reading gives way to the work that uses all of them, and what is
not used is said."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from bottega.app import InputFile, make_request
from bottega.domain.intent import Alternative, Intent, WorkClass
from bottega.domain.principal import Principal
from bottega.domain.request import Role
from bottega.simulator.serve import KEY, Simulator

USER = Principal(owner="local")


@pytest.fixture
async def desk(open_desk: Any, simulator: Simulator) -> Any:
    return await open_desk(replicate_api_key=KEY, replicate_base_url=simulator.base("replicate"))


@pytest.fixture
async def pictures(desk: Any, tmp_path: Any) -> dict[Role, Any]:
    """A picture in each role, all of them different."""
    refs: dict[Role, Any] = {}
    for number, role in enumerate((Role.WORKING, Role.PERSON, Role.GARMENT, Role.REFERENCE)):
        path = tmp_path / f"{role}.png"
        noise = np.random.default_rng(number).integers(0, 256, (256, 256, 3), np.uint8)
        Image.fromarray(noise).save(path)
        (refs[role],) = await desk.add_inputs([InputFile(path, role)])
    return refs


def unsure(first: WorkClass, second: WorkClass, confidence: float = 0.6) -> Intent:
    return Intent(
        workflow=first,
        confidence=confidence,
        reasoning="It reads so.",
        classifier="embedded",
        runner_up=Alternative(workflow=second, confidence=0.3),
    )


async def planned(desk: Any, intent: Intent, *inputs: Any, prompt: str = "do it") -> Any:
    return await desk.planner.plan(make_request(prompt=prompt, inputs=inputs), USER, intent=intent)


async def test_a_garment_and_a_person_make_a_try_on_of_an_unsure_reading(
    desk: Any, pictures: dict[Role, Any]
) -> None:
    intent = unsure(WorkClass.IMAGE_TO_VIDEO, WorkClass.REFERENCE_STYLING)
    done = await planned(desk, intent, pictures[Role.PERSON], pictures[Role.GARMENT])
    assert done.plan.workflow == "reference_styling/virtual_tryon"
    assert done.intent.confidence == pytest.approx(0.3 / 0.4)
    assert "image to video would not use all of them" in done.intent.reasoning
    assert done.notes == ()


async def test_a_reference_decides_for_the_work_that_takes_one(desk: Any, pictures: dict[Role, Any]) -> None:
    intent = unsure(WorkClass.IMAGE_ENHANCEMENT, WorkClass.STYLE_TRANSFER)
    given = pictures[Role.WORKING], pictures[Role.REFERENCE]
    done = await planned(desk, intent, *given, prompt="take the colours of the reference")
    assert done.plan.workflow == "style_transfer"


async def test_without_a_picture_too_many_the_reading_stays(desk: Any, pictures: dict[Role, Any]) -> None:
    intent = unsure(WorkClass.IMAGE_ENHANCEMENT, WorkClass.STYLE_TRANSFER)
    done = await planned(desk, intent, pictures[Role.WORKING])
    assert done.intent == intent
    assert done.notes == ()


async def test_a_sure_reading_stays_and_says_what_it_does_not_use(
    desk: Any, pictures: dict[Role, Any]
) -> None:
    intent = unsure(WorkClass.IMAGE_TO_VIDEO, WorkClass.REFERENCE_STYLING, confidence=0.95)
    intent = intent.model_copy(
        update={"runner_up": Alternative(workflow=WorkClass.STYLE_TRANSFER, confidence=0.02)}
    )
    done = await planned(desk, intent, pictures[Role.PERSON], pictures[Role.GARMENT])
    assert done.plan.workflow == "image_to_video"
    assert [words.partition(".")[0] for words in done.notes] == ["Given and not used: garment"]
