"""A vision model's reading of a person's style: merged under the measures, or said to be missing."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bottega import Bottega
from bottega.domain.asset import MediaInfo
from bottega.domain.principal import LOCAL
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.local.stylist_work import perform
from bottega.errors import MissingInput
from bottega.fashion.style.analyse import analyse_style
from bottega.fashion.style.vision import SCHEMA
from bottega.quality.style_vision import StyleSeen, read_style
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator
from bottega.spend.language import LedgerSpending

sys.path.append(str(Path(__file__).parents[1] / "fashion"))

import drawn_people

from style_answers import ANSWER


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
async def studio(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Bottega]:
    settings = Settings(
        home=tmp_path / "home",
        judge_model="openai/gpt-6-luna",
        openai_api_key=KEY,
        openai_base_url=simulator.base("openai"),
        compute_workers=1,
    )
    async with Bottega(settings) as bottega:
        yield bottega


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("person") / "person.png"
    figure = drawn_people.Figure(tone=drawn_people.TONES[2], backdrop_rgb=(205, 205, 207), head_px=220)
    Image.fromarray(drawn_people.draw(figure).rgb).save(path)
    return path


async def test_what_was_measured_stays_and_each_field_says_who_spoke(
    studio: Bottega, simulator: Simulator, person: Path
) -> None:
    simulator.world.queue_answer("openai", "chat.completions", json=ANSWER)
    spend = LedgerSpending(studio.ledger, LOCAL.owner)
    reading = await read_style(studio.language, studio.settings, studio.compute, person, "", spend=spend)
    assert reading.answer == ANSWER | {
        "body_analysis": ANSWER["body_analysis"] | {"height_estimate": "cannot tell"}
    }
    assert reading.cost > 0
    assert await studio.ledger.audit() == ()
    measured = analyse_style(np.asarray(Image.open(person)))
    merged = reading.merged(measured)
    assert measured.color_analysis.season is not None
    assert merged.color_analysis == measured.color_analysis
    assert merged.sources["color_analysis.skin_hex"] == ("classical",)
    assert merged.sources["style_profile.current_style"] == ("vision_model",)
    assert merged.sources["fashion_recommendations.trending_items"] == ("vision_model",)
    assert "vision_model" in merged.sources["fashion_recommendations.must_have_pieces"]
    assert set(measured.sources.values()) == {("classical",)}


async def test_a_model_that_fails_is_said_and_the_measures_stand(
    studio: Bottega, simulator: Simulator, person: Path
) -> None:
    simulator.world.faults.add("rate_limit", "openai", "chat.completions", times=9)
    reading = await read_style(studio.language, studio.settings, studio.compute, person)
    assert reading.answer is None
    assert reading.reason
    measured = analyse_style(np.asarray(Image.open(person)))
    merged = reading.merged(measured)
    assert merged.model_copy(update={"notes": measured.notes}) == measured
    assert reading.reason in merged.notes[-1]


async def test_without_a_model_nobody_is_asked(tmp_path: Path, person: Path) -> None:
    async with Bottega(Settings(home=tmp_path / "home", compute_workers=1)) as bottega:
        with pytest.raises(MissingInput, match="no vision model"):
            await read_style(bottega.language, bottega.settings, bottega.compute, person)


def _advised(person: Path, folder: Path, **parameters: Any) -> dict[str, Any]:
    media = MediaInfo(media_type="image/png", width=768, height=1024)
    given = TaskInput(role=Role.PERSON, asset_id="p", path=person, media=media)
    task = Task(workflow="style_advice", operation="style_advice", inputs=(given,), parameters=parameters)
    folder.mkdir(exist_ok=True)
    return perform(task, "stylist/1", folder).report


def test_the_stylists_report_has_the_reading_or_says_that_there_is_none(person: Path, tmp_path: Path) -> None:
    seen = _advised(person, tmp_path / "a", seen={"answer": ANSWER})
    assert seen["judges"] == ["classical", "vision_model"]
    assert seen["style_profile"]["judge"] == "vision_model"
    missing = _advised(person, tmp_path / "b", seen={"answer": None, "reason": "It did not answer."})
    assert missing["judges"] == ["classical"]
    assert "It did not answer." in missing["notes"][-1]


def test_the_form_asks_for_what_the_schema_says() -> None:
    assert set(StyleSeen.model_fields) == set(SCHEMA["properties"])
    for name, part in SCHEMA["properties"].items():
        if "properties" in part:
            form = StyleSeen.model_fields[name].annotation
            assert form is not None
            assert set(form.model_fields) == set(part["properties"]), name
