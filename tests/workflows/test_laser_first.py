"""The picture that a laser sentence describes and nobody gave: when one is made first, of what, in which style and shape."""

from pathlib import Path
from typing import Any

import pytest

from bottega.domain.asset import MediaInfo
from bottega.domain.request import Request, Role
from bottega.domain.task import TaskInput
from bottega.errors import InvalidOption
from bottega.workflows.image_generation import ImageGenerationOptions
from bottega.workflows.laser import Laser, LaserOptions
from bottega.workflows.laser_subject import describes_a_picture
from bottega.workflows.protocol import FirstStep, MakesItsInput

WORKFLOW = Laser()


def first(sentence: str, *inputs: TaskInput, **options: Any) -> FirstStep | None:
    chosen = LaserOptions.model_validate({**WORKFLOW.read_options(sentence), **options})
    return WORKFLOW.first(Request(prompt=sentence), chosen, inputs)


def made(sentence: str, **options: Any) -> FirstStep:
    step = first(sentence, **options)
    assert step is not None, sentence
    return step


def test_the_laser_can_say_how_its_picture_is_made() -> None:
    assert isinstance(WORKFLOW, MakesItsInput)


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("engrave a wolf on plywood, 80 mm", "a wolf"),
        ("выгравируй волка на фанере, 80 мм", "волка"),
        ("graviere einen Wolf auf Sperrholz, 80 mm breit", "einen Wolf"),
        ("grave un loup sur du contreplaqué, 80 mm de large", "un loup"),
        ("graba un lobo en contrachapado, 80 mm de ancho", "un lobo"),
        ("engrave a portrait of a wolf 80 x 60 mm on plywood", "a portrait of a wolf"),
        ("graviere das Brandenburger Tor auf Holz", "das Brandenburger Tor"),
        ("engrave and cut out a fox from acrylic", "a fox"),
    ],
)
def test_a_picture_of_what_is_described_is_made_first(sentence: str, subject: str) -> None:
    step = made(sentence)
    assert (step.workflow, step.role) == ("image_generation", Role.WORKING)
    assert step.prompt.startswith(f"{subject}, ")
    assert step.options["negative_prompt"]
    ImageGenerationOptions.model_validate(step.options)


@pytest.mark.parametrize(
    "sentence",
    [
        "engrave this on plywood, 80 mm",
        "engrave this photo on plywood",
        "engrave it on cork",
        "engrave and cut it out of acrylic",
        "engrave my dog's photo on slate",
        "engrave a portrait of my dog on slate",
        "engrave the attached picture on wood",
        "cut this silhouette out of plywood",
        "laser engrave a photo on wood",
        "engrave on plywood 80 mm",
        "don't cut, just engrave on cork",
        "engrave",
        "80 mm",
        "выгравируй это фото на фанере",
        "выгравируй это на фанере",
        "выгравируй мою фотографию на фанере",
        "выгравируй картинку на фанере",
        "фанера 3 мм, ширина 120 мм",
        "graviere das auf Holz",
        "graviere dieses Foto auf Holz",
        "graviere das Bild auf Holz",
        "grave cette photo sur bois",
        "grave l'image sur bois",
        "grave ça sur du bois",
        "graba esta foto en madera",
        "graba la imagen en madera",
        "graba esto en madera",
    ],
)
def test_nothing_is_made_where_the_sentence_points_at_a_picture_or_describes_none(sentence: str) -> None:
    assert not describes_a_picture(sentence)
    assert first(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("engrave a wolf on plywood", "greyscale engraving style"),
        ("engrave a wolf logo on slate", "solid black silhouette"),
        ("cut a detailed wolf out of plywood", "solid black silhouette"),
        ("cut a stencil of a fox out of card", "stencil design"),
        ("score a photo of a boat on cork", "line art"),
    ],
)
def test_the_style_is_what_the_words_name_and_the_process_can_follow(sentence: str, words: str) -> None:
    assert words in made(sentence).prompt


@pytest.mark.parametrize(
    ("sentence", "size"),
    [
        ("engrave a wolf on plywood", "1024x1024"),
        ("engrave a wolf on plywood, 80 mm wide", "1024x1024"),
        ("engrave a wolf on plywood, 90 x 60 mm", "1536x1024"),
        ("engrave a wolf on plywood, 60 x 90 mm", "1024x1536"),
        ("engrave a wolf on plywood, 300 x 40 mm", "1536x1024"),
        ("engrave a wolf on plywood, in landscape format", "1536x1024"),
    ],
)
def test_the_shape_is_that_of_the_place(sentence: str, size: str) -> None:
    step = made(sentence)
    assert step.options["size"] == size
    assert f"{step.media.width}x{step.media.height}" == size


def test_a_seed_that_the_sentence_names_is_the_pictures() -> None:
    assert made("engrave a wolf on plywood with seed 42").options["seed"] == 42


@pytest.mark.parametrize("process", ["text", "box", "testgrid"])
def test_what_needs_no_picture_has_none_made(process: str) -> None:
    assert first("engrave a wolf on plywood", process=process) is None


def test_what_was_given_is_never_made() -> None:
    media = MediaInfo(media_type="image/png", width=60, height=40)
    given = TaskInput(role=Role.REFERENCE, asset_id="a" * 64, path=Path("in"), media=media)
    assert first("engrave a wolf on plywood", given) is None


def test_a_forbidden_material_is_refused_before_a_picture_is_thought_of() -> None:
    with pytest.raises(InvalidOption, match="PVC"):
        WORKFLOW.first(Request(prompt="engrave a wolf on PVC"), LaserOptions(), ())
