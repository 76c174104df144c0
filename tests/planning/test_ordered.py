"""What a sentence orders in so many words goes before the class that it was taken for, and what is left undone is said."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bottega.app import InputFile, make_request
from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Alternative, Intent, WorkClass
from bottega.domain.principal import Principal
from bottega.domain.request import Role
from bottega.domain.task import TaskInput
from bottega.errors import InvalidOption
from bottega.intent.normalise import normalise
from bottega.planning.ordered import Ordered, ordered, says_no_more, share_left, undone_note
from bottega.workflows.registry import all_workflows

WIDE = 400
PICTURE = TaskInput(
    role=Role.WORKING,
    asset_id="0" * 64,
    path=Path("photo.png"),
    media=MediaInfo(media_type="image/png", width=WIDE, height=300),
)


def read(prompt: str, intent: Intent, **asked: Any) -> Ordered:
    return ordered(intent, make_request(prompt=prompt, **asked), [PICTURE], all_workflows())


def edits(prompt: str, order: Ordered) -> dict[str, Any]:
    """All options of the edit that was ordered."""
    assert order.intent.workflow is WorkClass.IMAGE_EDITING
    return {**all_workflows()["image_editing"].read_options(prompt), **order.options}


def taken_for(workflow: WorkClass, second: WorkClass = WorkClass.IMAGE_EDITING) -> Intent:
    return Intent(
        workflow=workflow,
        confidence=0.9,
        reasoning="It reads so.",
        classifier="embedded",
        runner_up=Alternative(workflow=second, confidence=0.05),
    )


ENHANCING = taken_for(WorkClass.IMAGE_ENHANCEMENT)


# --- edits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "option", "is_raised"),
    [
        ("make it 20% brighter", "exposure", True),
        ("don't crop it, just make it brighter", "exposure", True),
        ("pas plus clair, plus sombre", "exposure", False),
        ("a bit less saturated", "saturation", False),
        ("mehr Kontrast", "contrast", True),
        ("haz la foto más clara", "exposure", True),
        ("сделай светлее", "exposure", True),
    ],
)
def test_an_order_for_light_or_colour_is_an_edit_and_enlarges_nothing(
    prompt: str, option: str, is_raised: bool
) -> None:
    assert (edits(prompt, read(prompt, ENHANCING))[option] > 0) is is_raised


@pytest.mark.parametrize("prompt", ["mach es nicht heller, sondern dunkler", "dunkler bitte", "darker"])
def test_darker_without_a_word_of_hair_is_the_picture(prompt: str) -> None:
    assert edits(prompt, read(prompt, taken_for(WorkClass.HAIR_STYLING)))["exposure"] < 0


def test_darker_hair_stays_hair() -> None:
    hair = taken_for(WorkClass.HAIR_STYLING)
    assert read("mach meine Haare dunkler", hair).intent == hair


@pytest.mark.parametrize(
    "prompt", ["enhance it", "fix the exposure, it is too dark", "sharpen this and double its size"]
)
def test_what_enhancing_can_do_stays_with_it(prompt: str) -> None:
    assert read(prompt, ENHANCING) == Ordered(ENHANCING)


@pytest.mark.parametrize("asked", [{"workflow": "image_enhancement"}, {"options": {"scale": 3}}])
def test_who_names_the_work_or_an_option_has_it(asked: dict[str, Any]) -> None:
    assert read("make it brighter", ENHANCING, **asked).intent == ENHANCING


# --- smaller ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "width"),
    [
        ("scale it down to 50%", 200),
        ("scale it down by 25 percent", 300),
        ("make it half the size", 200),
        ("make it 2x smaller", 200),
        ("verkleinere es um 30%", 280),
        ("verkleinere das Bild auf die Hälfte", 200),
        ("réduis la taille de 30 %", 280),
        ("reduce el tamaño a la mitad", 200),
        ("уменьши фото в 2 раза", 200),
    ],
)
@pytest.mark.parametrize("taken", [WorkClass.IMAGE_ENHANCEMENT, WorkClass.STYLE_TRANSFER])
def test_a_smaller_picture_is_never_enlarged(prompt: str, width: int, taken: WorkClass) -> None:
    assert edits(prompt, read(prompt, taken_for(taken))) == {"width": width}


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("make it smaller", "not how small"),
        ("mach es kleiner", "not how small"),
        ("сделай меньше", "not how small"),
        ("make it under 500 KB", "bytes"),
        ("reduce the file size", "bytes"),
    ],
)
def test_smaller_without_a_size_is_asked_back(prompt: str, reason: str) -> None:
    with pytest.raises(InvalidOption, match=reason):
        read(prompt, ENHANCING)


@pytest.mark.parametrize(
    "prompt", ["don't make it smaller, just enhance it", "enhance this 200 KB picture", "reduce it to 300 px"]
)
def test_these_are_no_orders_for_a_part_of_the_size(prompt: str) -> None:
    assert read(prompt, ENHANCING) == Ordered(ENHANCING)


@pytest.mark.parametrize(
    ("prompt", "alone"),
    [
        ("make it smaller", True),
        ("Kannst du das Bild bitte um 30 % verkleinern", True),
        ("make the dog smaller", False),
        ("réduis la taille du chien", False),
        ("make her nose 20% smaller", False),
    ],
)
def test_a_thing_in_the_picture_is_not_the_picture(prompt: str, alone: bool) -> None:
    assert says_no_more(normalise(prompt)) is alone


@pytest.mark.parametrize(
    ("prompt", "share"),
    [
        ("to 40 %", 0.4),
        ("by 40 %", 0.6),
        ("до 40%", 0.4),
        ("на 40%", 0.6),
        ("3 times smaller", 1 / 3),
        ("to a quarter of its size", 0.25),
        ("by 120 %", None),
        ("smaller", None),
    ],
)
def test_the_share_that_is_left(prompt: str, share: float | None) -> None:
    assert share_left(normalise(prompt)) == (None if share is None else pytest.approx(share))


# --- what is left undone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("sharpen, then crop to a square", "cropping"),
        ("upscale 2x and rotate 90 degrees", "turning"),
        ("make the image sharper and brighter", "brightness"),
    ],
)
def test_what_the_work_does_not_do_is_said(prompt: str, left: str) -> None:
    assert any(f"Ask for {left} in a job of its own" in note for note in notes(prompt))


@pytest.mark.parametrize("prompt", ["sharpen this and double its size", "fix the exposure, it is too dark"])
def test_where_all_is_done_nothing_is_said(prompt: str) -> None:
    assert notes(prompt) == ()


def notes(prompt: str) -> tuple[str, ...]:
    workflow = all_workflows()["image_enhancement"]
    return undone_note(make_request(prompt=prompt), workflow, workflow.read_options(prompt), all_workflows())


# --- in the plan -----------------------------------------------------------------------------------------------------


async def test_the_plan_is_of_what_was_ordered(open_desk: Any, tmp_path: Path) -> None:
    desk = await open_desk()
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (300, WIDE, 3), np.uint8)).save(path)
    picture = await desk.add_inputs([InputFile(path, Role.WORKING)])
    for prompt, option, value in (
        ("scale it down to 50%", "width", 200),
        ("make it brighter", "exposure", 0.6),
    ):
        request = make_request(prompt=prompt, inputs=picture)
        done = await desk.planner.plan(request, Principal(owner="local"), intent=ENHANCING)
        assert (done.plan.workflow, done.plan.options[option]) == ("image_editing", value)
        assert option in done.plan.options_read
        assert done.plan.candidates[0].price.high == 0


# --- another format --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("export as jpg", "jpeg"),
        ("Convert this PNG to WebP, please", "webp"),
        ("als JPEG speichern", "jpeg"),
        ("Wandle das Bild in PNG um", "png"),
        ("Enregistre-la en jpg", "jpeg"),
        ("conviértelo a webp", "webp"),
        ("сохрани в png", "png"),
    ],
)
@pytest.mark.parametrize("taken", [WorkClass.IMAGE_ENHANCEMENT, WorkClass.STYLE_TRANSFER])
def test_another_format_alone_is_a_new_file_of_the_same_size(
    prompt: str, wanted: str, taken: WorkClass
) -> None:
    order = read(prompt, taken_for(taken))
    said = edits(prompt, order)
    assert said["format"] == wanted
    assert said["width"] == WIDE
    assert said["instruction"] is None


@pytest.mark.parametrize(
    "prompt",
    ["enlarge it twice and save as png", "a jpg of a pencil drawing", "make it a watercolour, as webp"],
)
def test_a_format_beside_a_wish_decides_nothing(prompt: str) -> None:
    taken = taken_for(WorkClass.STYLE_TRANSFER)
    assert read(prompt, taken).intent is taken


def test_another_format_is_work_on_pictures_whatever_it_was_taken_for() -> None:
    strange = taken_for(WorkClass.IMAGE_GENERATION).model_copy(update={"out_of_scope": True})
    order = read("convert it to webp", strange)
    assert order.intent.workflow is WorkClass.IMAGE_EDITING
    assert not order.intent.out_of_scope
    assert read("what is the capital of France", strange).intent.out_of_scope
