"""Style transfer: the style a sentence names, what the task asks for, and a rubric that tells good from wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.enhance.style import STYLES, apply_style
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import Picture
from bottega.models import load_catalogue
from bottega.quality import measure
from bottega.workflows.style_transfer import LOCAL_STYLES, StyleOptions, StyleTransfer

WORKFLOW = StyleTransfer()
INTENT = Intent(workflow=WorkClass.STYLE_TRANSFER, confidence=1.0, reasoning="", classifier="user")


def picture(role: Role = Role.WORKING, width: int = 2000, height: int = 1500) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=width, height=height)
    return TaskInput(role=role, asset_id=role.value, path=Path("picture.png"), media=media)


def prepare(options: dict[str, Any], *inputs: TaskInput, prompt: str = "") -> Task:
    return WORKFLOW.prepare(Request(prompt=prompt), INTENT, StyleOptions(**options), inputs)


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("Turn this photo into a pencil drawing", "pencil_sketch"),
        ("a quick sketch of it", "pencil_sketch"),
        ("карандашный рисунок", "pencil_sketch"),
        ("un dessin au crayon", "pencil_sketch"),
        ("als Bleistiftzeichnung", "pencil_sketch"),
        ("como dibujo a lápiz", "pencil_sketch"),
        ("make it a comic", "cartoon"),
        ("dessin animé", "cartoon"),
        ("in the style of a cartoon", "cartoon"),
        ("oil painting", "oil_paint"),
        ("картина маслом", "oil_paint"),
        ("peinture à l'huile", "oil_paint"),
        ("als Ölgemälde", "oil_paint"),
        ("una pintura al óleo", "oil_paint"),
        ("match the colours of the second picture", "colour_transfer"),
        ("use the colors from the reference", "colour_transfer"),
        ("watercolor, please", "watercolour"),
        ("как акварель", "watercolour"),
        ("une aquarelle", "watercolour"),
        ("una acuarela", "watercolour"),
        ("als Aquarell", "watercolour"),
        ("use the texture of the second picture", "texture"),
        ("возьми текстуру из второй картинки: текстура из нее", "texture"),
        ("avec la texture de la deuxième image", "texture"),
        ("con la textura de la segunda foto", "texture"),
        ("mit der Textur des zweiten Bildes", "texture"),
        ("a Roman mosaic", "mosaic"),
        ("als Mosaik", "mosaic"),
        ("en mosaïque", "mosaic"),
        ("como mosaico", "mosaic"),
        ("in van Gogh style", "van_gogh"),
        ("make it anime", "anime"),
        ("charcoal drawing", "charcoal"),
        ("мозаика", "mosaic"),
        ("in the style of Rembrandt", "other"),
        ("a painting by Vermeer", "other"),
        ("not a cartoon, a pencil sketch", "pencil_sketch"),
    ],
)
def test_a_style_is_read_from_the_sentence(prompt: str, style: str) -> None:
    assert WORKFLOW.read_options(prompt)["style"] == style


@pytest.mark.parametrize("prompt", ["style this photo", "make it look great", ""])
def test_a_sentence_without_a_style_leaves_the_default(prompt: str) -> None:
    assert WORKFLOW.read_options(prompt) == {}
    assert StyleOptions().style == "pencil_sketch"


@pytest.mark.parametrize(
    ("prompt", "strength"),
    [
        ("a subtle cartoon", 0.5),
        ("oil painting, just a little", 0.5),
        ("60% cartoon", 0.6),
        ("немного мультик", 0.5),
    ],
)
def test_the_strength_is_read_from_the_sentence(prompt: str, strength: float) -> None:
    assert WORKFLOW.read_options(prompt)["strength"] == strength


def test_the_task_asks_for_exactly_this_style() -> None:
    task = prepare({"style": "cartoon", "strength": 0.7, "format": "jpeg"}, picture(), prompt="toon")
    assert (task.workflow, task.operation, task.features) == ("style_transfer", "style", {"style:cartoon"})
    assert task.parameters == {"style": "cartoon", "strength": 0.7, "format": "jpeg"}
    assert task.output_megapixels == pytest.approx(3.0)


@pytest.mark.parametrize("style", ["colour_transfer", "texture"])
def test_what_goes_by_another_picture_needs_it(style: str) -> None:
    with pytest.raises(MissingInput, match="that picture is needed"):
        prepare({"style": style}, picture())
    task = prepare({"style": style}, picture(), picture(Role.REFERENCE))
    assert [item.role for item in task.inputs] == [Role.WORKING, Role.REFERENCE]


def test_one_picture_is_needed_and_one_is_enough() -> None:
    with pytest.raises(MissingInput):
        prepare({}, picture(Role.REFERENCE))
    with pytest.raises(InvalidOption, match="One picture"):
        prepare({}, picture(), picture())


def test_a_style_nobody_here_knows_rules_the_local_model_out_by_name() -> None:
    task = prepare({"style": "cubism"}, picture())
    assert load_catalogue()["classical/styles"].lacks(task) == "does not offer style cubism"


def test_the_local_styles_are_those_that_are_implemented() -> None:
    assert set(LOCAL_STYLES) == set(STYLES)


def fails(folder: Path, style: str, source: NDArray[np.uint8], result: NDArray[np.uint8]) -> list[str]:
    """The measures of the style's rubric that a result misses."""
    encode(Picture(rgb=np.ascontiguousarray(source)), folder / "source.png", "image/png")
    encode(Picture(rgb=np.ascontiguousarray(result)), folder / "result.png", "image/png")
    criteria = WORKFLOW.rubric(StyleOptions.model_validate({"style": style})).criteria
    names = tuple(criterion.measure for criterion in criteria)
    values = measure(folder / "result.png", folder / "source.png", names, Limits())
    return [
        c.measure
        for c in criteria
        if (values[c.measure] < c.threshold if c.rule == "at_least" else values[c.measure] > c.threshold)
    ]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_the_rubric_accepts_what_the_styles_make(style: str, name: str, tmp_path: Path) -> None:
    source = getattr(data, name)()
    assert fails(tmp_path, style, source, apply_style(source, style, 1.0, data.coffee())) == []


@pytest.mark.parametrize("style", STYLES)
def test_the_rubric_rejects_a_blank_result(style: str, tmp_path: Path) -> None:
    blank = np.full_like(data.coffee(), 250)
    assert {"contrast", "detail"} <= set(fails(tmp_path, style, data.coffee(), blank))


@pytest.mark.parametrize("style", ["cartoon", "oil_paint", "watercolour", "mosaic", "colour_transfer"])
def test_the_rubric_rejects_another_picture(style: str, tmp_path: Path) -> None:
    other = apply_style(data.astronaut(), style, 1.0, data.coffee())
    assert "likeness" in fails(tmp_path, style, data.chelsea(), other)


def test_a_model_that_hands_the_photograph_back_or_makes_it_square_is_found_out(tmp_path: Path) -> None:
    coffee = data.coffee()
    assert fails(tmp_path, "watercolour", coffee, coffee) == ["change"]
    square = np.ascontiguousarray(apply_style(coffee, "oil_paint", 1.0, None)[:, 100:500])
    assert fails(tmp_path, "watercolour", coffee, square) == ["shape_ratio"]


def test_of_a_style_that_rearranges_no_likeness_is_asked() -> None:
    rubric = WORKFLOW.rubric(StyleOptions(style="cubism"))
    assert {criterion.measure for criterion in rubric.criteria} == {
        "contrast",
        "detail",
        "change",
        "shape_ratio",
    }
