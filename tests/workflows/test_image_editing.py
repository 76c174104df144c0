"""Image editing: what sentences ask for, in five languages; which features a task needs; what a result must meet."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging import metrics
from bottega.imaging.edit import KNOWN, apply_edits
from bottega.imaging.picture import Picture
from bottega.models import load_catalogue
from bottega.workflows.image_editing import EditOptions, ImageEditing

WORKFLOW = ImageEditing()
GENERATIVE = {"edit:instruction", "edit:erase", "edit:replace", "edit:recolour", "edit:background_replace"}
INTENT = Intent(workflow=WorkClass.IMAGE_EDITING, confidence=1.0, reasoning="", classifier="user")


def picture(width: int = 3000, height: int = 2000) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=width, height=height)
    return TaskInput(role=Role.WORKING, asset_id="a", path=Path("picture.png"), media=media)


def prepare(**options: Any) -> Task:
    return WORKFLOW.prepare(Request(), INTENT, EditOptions(**options), (picture(),))


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("make it warmer and crop to a square", {"temperature": 0.35, "aspect": "1:1"}),
        ("a bit brighter, with more contrast", {"exposure": 0.3, "contrast": 0.3}),
        ("much cooler", {"temperature": -0.63}),
        ("less warm", {"temperature": -0.35}),
        ("darken by 2 stops", {"exposure": -2.0}),
        ("20% brighter", {"exposure": 0.26}),
        ("increase the contrast by 40%", {"contrast": 0.4}),
        ("it's too dark", {"exposure": 0.6}),
        ("desaturate a bit", {"saturation": -0.15}),
        ("more vivid colours", {"saturation": 0.3}),
        ("change it to black and white", {"saturation": -1.0}),
        ("Rotate 90 degrees left and make it 800 pixels wide", {"rotate": -90.0, "width": 800}),
        ("rotate it clockwise by 12.5°", {"rotate": 12.5}),
        ("turn it upside down", {"rotate": 180.0}),
        ("mirror it", {"flip": "horizontal"}),
        ("flip vertically", {"flip": "vertical"}),
        ("crop to 16:9", {"aspect": "16:9"}),
        ("crop for an instagram story", {"aspect": "9:16"}),
        ("resize to 1200x800", {"width": 1200, "height": 800}),
        ("blur the background", {"background": "blur"}),
        ("transparent background please", {"background": "remove"}),
        ("without background", {"background": "remove"}),
        ("Чёрно-белое, обрежь до квадрата", {"saturation": -1.0, "aspect": "1:1"}),
        ("сделай теплее и немного ярче", {"temperature": 0.35, "exposure": 0.3}),
        ("размой фон", {"background": "blur"}),
        ("убери фон", {"background": "remove"}),
        ("plus lumineux et recadre en carré", {"exposure": 0.6, "aspect": "1:1"}),
        ("noir et blanc", {"saturation": -1.0}),
        ("arrière-plan flou", {"background": "blur"}),
        ("más oscuro y menos contraste", {"exposure": -0.6, "contrast": -0.3}),
        ("quita el fondo", {"background": "remove"}),
        ("etwas wärmer, mehr Kontrast", {"temperature": 0.17, "contrast": 0.3}),
        ("drehe um 90 Grad nach links", {"rotate": -90.0}),
        ("Hintergrund entfernen", {"background": "remove"}),
    ],
)
def test_edits_are_read_from_the_sentence(prompt: str, options: dict[str, Any]) -> None:
    read = WORKFLOW.read_options(prompt)
    assert read == pytest.approx(options, abs=0.011) if not _has_words(options) else read == options
    EditOptions(**read)


def _has_words(options: dict[str, Any]) -> bool:
    return any(isinstance(value, str) for value in options.values())


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("don't crop, just brighten it", {"exposure": 0.6}),
        ("brighter but not warmer", {"exposure": 0.6}),
        ("don't touch the background, make it darker", {"exposure": -0.6}),
        ("не трогай фон, сделай ярче", {"exposure": 0.6}),
        ("no quites el fondo", {}),
    ],
)
def test_a_denied_clause_asks_for_nothing(prompt: str, options: dict[str, Any]) -> None:
    assert WORKFLOW.read_options(prompt) == options


@pytest.mark.parametrize(
    "prompt",
    [
        "remove the car",
        "add a hat",
        "change his shirt to red",
        "replace the background with a beach",
        "make the background white",
        "remove the person in the background",
        "make the sky purple",
        "remove the square table",
        "убери машину на фоне",
        "ajoute un chapeau",
        "cambia la camisa",
        "entferne das Auto",
    ],
)
def test_what_only_a_generative_model_can_do_becomes_an_instruction(prompt: str) -> None:
    assert WORKFLOW.read_options(prompt) == {"instruction": prompt}
    task = prepare(**WORKFLOW.read_options(prompt))
    [feature] = task.features
    assert feature in GENERATIVE
    assert str(load_catalogue()["classical/edits"].lacks(task)).startswith("does not offer edit ")


def test_an_edit_beside_an_instruction_is_still_read() -> None:
    read = WORKFLOW.read_options("Remove the car and make it warmer")
    assert read == {"instruction": "Remove the car and make it warmer", "temperature": 0.35}


def test_a_sentence_that_asks_for_nothing_known_is_told_what_can_be_asked() -> None:
    assert WORKFLOW.read_options("make it nice") == {}
    with pytest.raises(InvalidOption) as caught:
        prepare()
    assert "warmer or cooler" in caught.value.hint


def test_features_are_those_of_the_edits_asked_for() -> None:
    task = prepare(rotate=90, aspect="1:1", width=500, exposure=0.5, tint=0.2, background="blur")
    assert task.features == {
        "edit:rotate",
        "edit:crop",
        "edit:resize",
        "edit:exposure",
        "edit:temperature",
        "edit:background_blur",
    }
    assert load_catalogue()["classical/edits"].lacks(task) is None


def test_parameters_are_what_the_edits_take() -> None:
    options = {"rotate": 3.0, "crop": "1,2,30,40", "contrast": 0.2, "flip": "vertical", "format": "png"}
    task = prepare(**options)
    assert task.parameters == options
    for_models = {"instruction", "n", "seed", "quality", "strength"}
    assert set(EditOptions.model_fields) == {*KNOWN, "format", *for_models}


@pytest.mark.parametrize(
    ("options", "megapixels"),
    [
        ({"exposure": 1}, 6.0),
        ({"aspect": "1:1"}, 4.0),
        ({"rotate": 90, "aspect": "2:3"}, 6.0),
        ({"width": 1500}, 1.5),
        ({"width": 1000, "height": 1000}, 1.0),
        ({"aspect": "1:1", "height": 500}, 0.25),
        ({"crop": "0,0,100,200"}, 0.02),
    ],
)
def test_the_size_of_the_result_is_foreseen(options: dict[str, Any], megapixels: float) -> None:
    assert prepare(**options).output_megapixels == pytest.approx(megapixels)


def test_a_transparent_jpeg_is_refused() -> None:
    with pytest.raises(InvalidOption, match="cannot be transparent"):
        prepare(background="remove", format="jpeg")


def test_a_picture_is_needed() -> None:
    with pytest.raises(MissingInput):
        WORKFLOW.prepare(Request(), INTENT, EditOptions(exposure=1), ())


@pytest.mark.parametrize("bad", ["1:0", "square", "16:9:4", "1.5:1"])
def test_an_aspect_ratio_has_two_whole_numbers(bad: str) -> None:
    with pytest.raises(ValueError, match="aspect"):
        EditOptions(aspect=bad)


def _passes(options: EditOptions, source: np.ndarray, result: np.ndarray) -> bool:
    rubric = WORKFLOW.rubric(options)
    fitted = cv2.resize(source, (result.shape[1], result.shape[0]), interpolation=cv2.INTER_AREA)
    values = {
        "detail": metrics.detail(result),
        "clipping_added": metrics.clipping(result) - metrics.clipping(source),
        "sharpness_ratio": metrics.sharpness(result) / metrics.sharpness(fitted),
        "ssim_to_source": metrics.ssim(result, fitted),
    }
    return all(
        values[c.measure] >= c.threshold if c.rule == "at_least" else values[c.measure] <= c.threshold
        for c in rubric.criteria
    )


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
@pytest.mark.parametrize(
    "options",
    [
        {"exposure": 1.0},
        {"exposure": -1.0},
        {"exposure": 3.0},
        {"exposure": -3.0},
        {"contrast": 1.0},
        {"contrast": -1.0},
        {"temperature": 1.0},
        {"temperature": -1.0},
        {"saturation": 1.0},
        {"saturation": -1.0},
        {"exposure": -1.0, "contrast": 1.0},
        {"aspect": "9:16"},
        {"rotate": 20.0, "width": 200},
    ],
)
def test_the_rubric_accepts_what_the_edits_make(name: str, options: dict[str, Any]) -> None:
    source = getattr(data, name)()
    result = apply_edits(Picture(source), options).as_u8()
    assert _passes(EditOptions(**options), source, result)


def test_the_rubric_rejects_another_picture_and_a_blurred_one() -> None:
    source = data.coffee()
    options = EditOptions(temperature=0.4)
    other = cv2.resize(data.chelsea(), (source.shape[1], source.shape[0]))
    assert not _passes(options, source, other)
    assert not _passes(options, source, cv2.GaussianBlur(source, (0, 0), 2.0))


def test_a_moved_frame_is_not_compared_pixel_by_pixel() -> None:
    measures = {criterion.measure for criterion in WORKFLOW.rubric(EditOptions(aspect="1:1")).criteria}
    assert measures == {"detail", "clipping_added"}


def test_of_a_change_of_content_it_is_asked_that_there_is_one() -> None:
    rubric = WORKFLOW.rubric(EditOptions(instruction="add a hat"))
    assert {criterion.measure for criterion in rubric.criteria} == {"detail", "change", "shape_ratio"}
    wider = WORKFLOW.rubric(EditOptions(instruction="extend it to 16:9", aspect="16:9"))
    assert {criterion.measure for criterion in wider.criteria} == {"detail", "change"}
