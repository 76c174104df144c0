"""What laser work answers when it cannot be done, and in which language."""

from pathlib import Path
from typing import Any

import pytest

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.errors import BottegaError, InvalidOption, MissingInput
from bottega.workflows.laser import Laser, LaserOptions
from bottega.workflows.laser_subject import subject_of

WORKFLOW = Laser()
INTENT = Intent(workflow=WorkClass.LASER, confidence=1.0, reasoning="named", classifier="user")
PICTURE = MediaInfo(media_type="image/png", width=60, height=40)
DRAWING = MediaInfo(media_type="image/svg+xml")
CLIP = MediaInfo(media_type="video/mp4", width=60, height=40)


def prepared(prompt: str, *given: MediaInfo, **options: Any) -> Task:
    inputs = tuple(
        TaskInput(role=Role.WORKING, asset_id=str(n) * 64, path=Path("in"), media=media)
        for n, media in enumerate(given)
    )
    return WORKFLOW.prepare(Request(prompt=prompt), INTENT, LaserOptions(**options), inputs)


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("engrave this on a PVC plate", "chlorine"),
        ("выгравируй это на пластине из ПВХ", "хлор"),
        ("grave cette photo sur une plaque en PVC", "chlore"),
        ("graba esta foto en una placa de PVC", "cloro"),
        ("graviere das auf eine Platte aus PVC", "Chlor "),
    ],
)
def test_a_dangerous_material_is_refused_in_the_language_of_the_sentence(sentence: str, word: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        prepared(sentence, PICTURE)
    assert word in refused.value.message
    assert set(refused.value.details["reasons"]) == {"en", "ru", "fr", "es", "de"}


def test_letters_may_name_what_may_not_be_burnt() -> None:
    task = prepared('engrave the text "PVC" on cork', process="text", text="PVC", material="cork")
    assert task.features == {"laser:text"}


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("engrave a fox on cork 80 mm wide", "a fox"),
        ("cut a stencil of a fox out of card", "a stencil of a fox"),
        ("graviere einen Fuchs auf Kork, 80 mm breit", "einen Fuchs"),
        ("выгравируй лису на пробке, 80 мм", "лису"),
        ("engrave a cat on a chair on slate", "a cat on a chair"),
        ("80 mm", "80 mm"),
    ],
)
def test_a_picture_is_asked_for_by_its_subject_alone(sentence: str, subject: str) -> None:
    assert subject_of(sentence) == subject


def test_without_a_picture_the_two_jobs_that_lead_to_it_are_named() -> None:
    with pytest.raises(MissingInput) as refused:
        prepared("engrave a fox on cork 80 mm wide")
    first, second = refused.value.details["steps"]
    assert (first["workflow"], second["workflow"]) == ("image_generation", "laser")
    assert first["prompt"].startswith("a fox, ")
    assert "cork" not in first["prompt"]
    assert second["prompt"] == "engrave a fox on cork 80 mm wide"


@pytest.mark.parametrize(
    ("given", "options", "kind", "complaint"),
    [
        ((CLIP,), {"process": "cut"}, MissingInput, "neither a picture nor"),
        ((PICTURE, PICTURE), {}, InvalidOption, "2 were given"),
        ((PICTURE,), {"process": "text", "text": "Anna"}, InvalidOption, "jobs of their own"),
        ((), {"process": "text"}, MissingInput, "no text"),
        ((), {"process": "text", "text": "  "}, MissingInput, "no text"),
        ((PICTURE,), {"process": "testgrid"}, InvalidOption, "takes no picture"),
        ((DRAWING,), {"process": "box"}, InvalidOption, "not a drawing"),
        ((), {"process": "box", "material": "slate"}, InvalidOption, "cannot cut"),
        ((), {"process": "text", "text": "A", "material": "acrylic-cast"}, InvalidOption, "CO2"),
        ((DRAWING,), {"process": "cut", "speed_mm_min": 60_000}, InvalidOption, "speed of"),
        ((DRAWING,), {"process": "cut", "material": "unobtainium"}, InvalidOption, "no figures"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_computed(
    given: tuple[MediaInfo, ...], options: dict[str, Any], kind: type[BottegaError], complaint: str
) -> None:
    with pytest.raises(kind, match=complaint):
        prepared("laser it", *given, **options)


@pytest.mark.parametrize("process", ["engrave", "cut", "score", "auto"])
def test_a_drawing_needs_the_engine_that_reads_drawings(process: str) -> None:
    assert prepared("laser it", DRAWING, process=process).features == {"laser:drawing"}


def test_a_box_takes_a_picture_and_does_without() -> None:
    assert prepared("a box", process="box").inputs == ()
    assert len(prepared("a box", PICTURE, process="box").inputs) == 1
