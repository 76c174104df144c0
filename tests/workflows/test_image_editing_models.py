"""Edits by generative models: aims of a sentence, masks, several pictures, and what goes with them."""

from pathlib import Path
from typing import Any

import pytest

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.errors import InvalidOption
from bottega.workflows.image_editing import EditOptions, ImageEditing
from bottega.workflows.image_editing_wording import Aim, aim_of, is_denial

WORKFLOW = ImageEditing()
INTENT = Intent(workflow=WorkClass.IMAGE_EDITING, confidence=1.0, reasoning="", classifier="user")


def picture(role: Role = Role.WORKING, name: str = "a", width: int = 1200, height: int = 800) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=width, height=height)
    return TaskInput(role=role, asset_id=name, path=Path(f"{name}.png"), media=media)


def prepare(prompt: str, *inputs: TaskInput, **options: Any) -> Task:
    known = EditOptions(**{**WORKFLOW.read_options(prompt), **options})
    return WORKFLOW.prepare(Request(prompt=prompt), INTENT, known, inputs or (picture(),))


@pytest.mark.parametrize(
    ("sentence", "aim"),
    [
        ("Remove the lamp", Aim("edit:erase", "lamp")),
        ("Entferne die Lampe.", Aim("edit:erase", "Lampe")),
        ("убери лампу", Aim("edit:erase", "лампу")),
        ("supprime la lampe", Aim("edit:erase", "lampe")),
        ("quita la lámpara", Aim("edit:erase", "lámpara")),
        ("Replace the sky with a sunset over Lisbon", Aim("edit:replace", "sky", "a sunset over Lisbon")),
        ("ersetze den Hund durch eine Katze", Aim("edit:replace", "Hund", "eine Katze")),
        ("замени собаку на кошку", Aim("edit:replace", "собаку", "кошку")),
        ("remplace le chien par un chat", Aim("edit:replace", "chien", "un chat")),
        ("reemplaza el perro por un gato", Aim("edit:replace", "perro", "un gato")),
        ("make the car red", Aim("edit:recolour", "car", "red")),
        ("change his shirt to dark blue", Aim("edit:recolour", "his shirt", "dark blue")),
        ("replace the background with a beach", Aim("edit:background_replace", "", "a beach")),
        ("remove the text from the sign", Aim("edit:text_remove")),
        ("extend the picture to 16:9", Aim("edit:extend")),
        # what is not plainly one of these
        ("make it red", Aim()),
        ("replace it with a cat", Aim()),
        ("remove the man and the dog", Aim()),
        ("remove the dog but not the cat", Aim()),
        ("put a hat on the dog", Aim()),
        ("open her eyes", Aim()),
    ],
)
def test_the_aim_of_a_sentence(sentence: str, aim: Aim) -> None:
    assert aim_of(sentence) == aim


def test_models_that_search_are_told_what_to_look_for() -> None:
    replaced = prepare("Replace the dog with a cat")
    assert replaced.parameters["search_prompt"] == "dog"
    assert replaced.prompt_for("stable-image-search") == "a cat"
    recoloured = prepare("make the car red")
    assert recoloured.parameters["select_prompt"] == "car"
    assert recoloured.prompt_for("stable-image-search") == "red"


@pytest.mark.parametrize("prompt", ["open her eyes", "make it red", "put a hat on the dog", "smile"])
def test_whatever_else_is_said_goes_to_a_model_as_an_instruction(prompt: str) -> None:
    task = prepare(prompt)
    assert task.features == {"edit:instruction"}
    assert task.prompt == prompt


@pytest.mark.parametrize("prompt", ["don't crop", "make it nice", "keep the background", "не трогай фон", ""])
def test_a_sentence_that_asks_for_nothing_buys_nothing(prompt: str) -> None:
    assert is_denial(prompt)
    with pytest.raises(InvalidOption, match="not clear what to change"):
        prepare(prompt)


def test_a_mask_goes_second_and_is_asked_of_the_model() -> None:
    task = prepare("a wooden bench", picture(Role.MASK, "m"), picture())
    assert [(item.role, item.asset_id) for item in task.inputs] == [(Role.WORKING, "a"), (Role.MASK, "m")]
    assert task.features == {"edit:instruction", "mask"}
    assert "Change only the masked area" in task.prompt_for("gpt-image")
    assert prepare("remove it", picture(), picture(Role.MASK, "m")).features == {"edit:erase", "mask"}


def test_a_mask_makes_an_instruction_of_what_could_be_done_to_the_whole_picture() -> None:
    assert prepare("make it warmer", picture(), picture(Role.MASK)).features == {"edit:instruction", "mask"}
    assert prepare("make it warmer").features == {"edit:temperature"}


def test_a_mask_has_the_shape_of_its_picture_in_any_size() -> None:
    assert prepare("a bench", picture(), picture(Role.MASK, "m", 600, 400)).inputs[1].asset_id == "m"
    with pytest.raises(InvalidOption, match="has not the shape"):
        prepare("a bench", picture(), picture(Role.MASK, "m", 800, 800))
    with pytest.raises(InvalidOption, match="One mask"):
        prepare("a bench", picture(), picture(Role.MASK, "m"), picture(Role.MASK, "n"))


def test_other_pictures_are_to_take_something_from() -> None:
    task = prepare(
        "Put the cat on the sofa", picture(Role.REFERENCE, "cat"), picture(), picture(Role.PERSON, "p")
    )
    assert [item.asset_id for item in task.inputs] == ["a", "cat", "p"]
    assert {item.role for item in task.inputs[1:]} == {Role.REFERENCE}
    assert "Picture 1: the picture to edit." in task.prompt_for("gpt-image")


def test_choices_are_features_and_parameters() -> None:
    task = prepare("Remove the lamp", n=2, seed=7, quality="high", strength=0.2)
    assert task.features == {"edit:erase", "variants", "seed", "quality:high"}
    assert task.parameters == {"instruction": "Remove the lamp", "n": 2, "quality": "high", "strength": 0.2}
    assert task.seed == 7
    assert "only subtly" in task.prompt_for("gpt-image")


def test_edits_of_this_machine_are_not_told_what_is_for_models() -> None:
    assert prepare("make it warmer", quality="high", n=3).parameters == {"temperature": 0.35}


def test_pixels_and_content_are_not_changed_in_one_go() -> None:
    with pytest.raises(InvalidOption, match="in one go"):
        prepare("Remove the lamp and make it 800 pixels wide")


def test_an_extension_says_how_far() -> None:
    wider = prepare("extend the picture to 16:9")
    assert wider.features == {"edit:extend"}
    assert wider.parameters == {"instruction": "extend the picture to 16:9", "aspect": "16:9"}
    around = prepare("zoom out").parameters
    assert {side: around[side] for side in ("left", "right", "up", "down")} == {
        "left": 300,
        "right": 300,
        "up": 200,
        "down": 200,
    }
