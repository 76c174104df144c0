"""The image_generation workflow: what it reads, what it asks of engines, what its rubric lets through."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from pydantic import ValidationError

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import VerdictState
from bottega.errors import InvalidOption
from bottega.imaging.limits import Limits
from bottega.models import Model
from bottega.quality import judge
from bottega.workflows.image_generation import ImageGeneration, ImageGenerationOptions
from bottega.workflows.protocol import Workflow

WORKFLOW: Workflow = ImageGeneration()
INTENT = Intent(workflow=WorkClass.IMAGE_GENERATION, confidence=1.0, reasoning="named", classifier="user")


def prepared(prompt: str = "a red bicycle", inputs: tuple[TaskInput, ...] = (), **options: Any) -> Task:
    return WORKFLOW.prepare(Request(prompt=prompt), INTENT, ImageGenerationOptions(**options), inputs)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("A red bicycle", {}),
        ("A red bicycle in landscape format", {"size": "1536x1024"}),
        ("a lighthouse, portrait", {"size": "1024x1536"}),
        ("a lighthouse in portrait orientation at dusk", {"size": "1024x1536"}),
        ("a lighthouse in landscape", {"size": "1536x1024"}),
        ("A square picture of a cat", {"size": "1024x1024"}),
        ("a vertical poster for a jazz night", {"size": "1024x1536"}),
        ("a harbour at night, 16:9", {"size": "1536x864"}),
        ("a harbour at night (9 : 16)", {"size": "864x1536"}),
        ("a widescreen wallpaper of dunes", {"size": "1536x864"}),
        ("a harbour, 512x512", {"size": "512x512"}),
        ("a harbour, 1792 × 1024", {"size": "1792x1024"}),
        ("three variants of a logo with a fox", {"n": 3}),
        ("a fox, 4 different versions", {"n": 4}),
        ("Please make me two pictures of a fox", {"n": 2}),
        ("a fox, 12 variants", {"n": 12}),
        ("a fox with seed 42", {"seed": 42}),
        ("a fox, seed: 7", {"seed": 7}),
        ("Two images of a fox, 3:2, using the seed 5", {"n": 2, "size": "1536x1024", "seed": 5}),
        ("Ein rotes Fahrrad vor einer Bäckerei, im Hochformat", {"size": "1024x1536"}),
        ("Erstelle mir drei Bilder von einem Fuchs im Querformat", {"n": 3, "size": "1536x1024"}),
        ("un phare, format portrait", {"size": "1024x1536"}),
        ("Crée deux images d'un renard, format carré", {"n": 2, "size": "1024x1024"}),
        ("genera tres imágenes de un gato con sombrero", {"n": 3}),
        ("un faro en formato vertical, 4 variantes", {"n": 4, "size": "1024x1536"}),
        ("Нарисуй четыре картинки с лисой", {"n": 4}),
        ("маяк на закате, горизонтальный формат", {"size": "1536x1024"}),
    ],
)
def test_reads_shape_number_and_seed_from_the_sentence(prompt: str, expected: dict[str, Any]):
    assert WORKFLOW.read_options(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "a landscape with mountains and a river",
        "a portrait of an old fisherman",
        "an oil portrait photo, high quality",
        "Times Square at night",
        "a square table in a landscape garden",
        "a clock that shows 4:30 pm",
        "a train that leaves at 16:9:30",
        "a room with three paintings on the wall",
        "a sunflower seed on a table, 3 cm long",
        "a chessboard, 8x8",
        "one hundred and one dalmatians",
        "ein Zimmer mit drei Bildern an der Wand",
        "une table carrée dans un paysage",
        "el retrato de tres pescadores",
        "портрет трёх рыбаков на квадратном столе",
        "",
    ],
)
def test_what_the_picture_is_of_is_not_taken_for_an_option(prompt: str):
    assert WORKFLOW.read_options(prompt) == {}


def test_every_option_that_is_read_within_the_limits_is_valid():
    for ratio in ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16"):
        options = ImageGenerationOptions(**WORKFLOW.read_options(f"a fox, {ratio}"))
        width, height = map(int, options.size.split("x"))
        across, down = map(int, ratio.split(":"))
        assert width / height == pytest.approx(across / down, rel=0.01)


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"n": 9}, {"size": "10x10"}, {"seed": -1}, {"quality": "best"}, {"x": 1}]
)
def test_options_outside_the_limits_are_refused(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        ImageGenerationOptions(**wrong)


def test_the_task_carries_the_prompt_and_the_options():
    task = prepared("  a red bicycle ", n=2, size="1536x1024", seed=9, quality="low")
    assert (task.workflow, task.operation, task.prompt, task.seed) == (
        "image_generation",
        "generate",
        "a red bicycle",
        9,
    )
    assert task.parameters == {"size": "1536x1024", "n": 2, "seed": 9, "quality": "low"}


def test_output_megapixels_count_every_picture():
    assert prepared(n=3, size="1024x1024").output_megapixels == pytest.approx(3 * 1.048576)


@pytest.mark.parametrize(
    ("options", "features"),
    [
        ({}, {"size:1024x1024"}),
        ({"n": 2}, {"size:1024x1024", "variants"}),
        ({"seed": 0}, {"size:1024x1024", "seed"}),
        ({"quality": "high", "size": "512x512"}, {"size:512x512", "quality:high"}),
    ],
)
def test_features_follow_from_the_options(options: dict[str, Any], features: set[str]):
    assert prepared(**options).features == features


def test_a_model_is_ruled_out_for_a_size_that_it_does_not_offer():
    model = Model(
        id="openai_compatible/sd",
        engine="openai_compatible",
        title="t",
        operations=frozenset({"generate"}),
        features=frozenset({"size:512x512"}),
        quality=0.5,
    )
    assert model.lacks(prepared(size="512x512")) is None
    assert model.lacks(prepared()) == "does not offer size 1024x1024"


@pytest.mark.parametrize("prompt", ["", "  \n"])
def test_a_prompt_is_required(prompt: str):
    with pytest.raises(InvalidOption, match="description"):
        prepared(prompt)


def test_a_picture_is_refused_rather_than_ignored():
    media = MediaInfo(media_type="image/png", width=8, height=8)
    with pytest.raises(InvalidOption, match="alone"):
        prepared(inputs=(TaskInput(role=Role.WORKING, asset_id="a", path=Path("a.png"), media=media),))


def blank(level: int) -> Image.Image:
    return Image.new("RGB", (512, 512), (level, level, level))


def noisy() -> Image.Image:
    """A flat grey with the faint noise of a picture that failed."""
    rng = np.random.default_rng(1)
    return Image.fromarray((128 + rng.normal(0, 1.0, (512, 512, 3))).round().astype(np.uint8))


def drawn(background: str, ink: str) -> Image.Image:
    """A logo: one shape in plain colours, with the soft edge that renderers give."""
    large = Image.new("RGB", (2048, 2048), background)
    ImageDraw.Draw(large).ellipse((700, 700, 1340, 1340), fill=ink)
    return large.resize((512, 512), Image.Resampling.LANCZOS)


@pytest.mark.parametrize(
    ("picture", "state"),
    [
        ("astronaut.png", VerdictState.ACCEPTED),
        ("coffee.png", VerdictState.ACCEPTED),
        (drawn("white", "black"), VerdictState.ACCEPTED),
        (drawn("black", "red"), VerdictState.ACCEPTED),
        (blank(0), VerdictState.REJECTED),
        (blank(128), VerdictState.REJECTED),
        (blank(255), VerdictState.REJECTED),
        (noisy(), VerdictState.REJECTED),
    ],
    ids=["photograph", "another photograph", "logo", "red on black", "black", "grey", "white", "noise"],
)
async def test_the_rubric_rejects_failed_pictures_and_no_others(
    picture: str | Image.Image, state: VerdictState, tmp_path: Path, photographs: Path
):
    if isinstance(picture, str):
        path = photographs / picture
    else:
        path = tmp_path / "result.png"
        picture.save(path)
    compute = ComputePool(1)
    rubric = WORKFLOW.rubric(ImageGenerationOptions())
    verdict = await judge(compute, rubric, path, None, {}, Limits())
    await compute.close()
    assert verdict.state is state, verdict
