"""Enhancement: what sentences say, which task comes of it, and which results its rubric accepts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pydantic import ValidationError
from skimage import data

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.plan import Constraints
from bottega.domain.request import Preference, Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Verdict, VerdictState
from bottega.engines.local.classical import run_classical
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import Picture
from bottega.models import load_catalogue
from bottega.quality import judge
from bottega.routing import make_plan
from bottega.workflows.image_enhancement import ImageEnhancement, ImageEnhancementOptions

WORKFLOW = ImageEnhancement()
INTENT = Intent(
    workflow=WorkClass.IMAGE_ENHANCEMENT, confidence=1.0, reasoning="named by the user", classifier="user"
)

SENTENCES: dict[str, dict[str, Any]] = {
    # sizes
    "sharpen this and double its size": {"sharpen": 0.6, "scale": 2.0},
    "make it twice as large": {"scale": 2.0},
    "upscale 3x": {"scale": 3.0},
    "x4": {"scale": 4.0},
    "Enlarge by a factor of 3": {"scale": 3.0},
    "upscale to 200 %": {"scale": 2.0},
    "enlarge it by 50%": {"scale": 1.5},
    "make it 1.5 times larger": {"scale": 1.5},
    "quadruple the resolution": {"scale": 4.0},
    "higher resolution please": {"scale": 2.0},
    "upscale this 10x": {"scale": 10.0},
    "resize to 2000 pixels wide": {"width": 2000},
    "2,000 pixels wide": {"width": 2000},
    "height of 1200": {"height": 1200},
    "1080p": {"height": 1080},
    "make it 1920x1080": {"width": 1920, "height": 1080},
    "to 1920 × 1080 px": {"width": 1920, "height": 1080},
    "upscale to 4K": {"long_side": 3840},
    "3000 px on the long side": {"long_side": 3000},
    # treatments: what is not named is not done
    "sharpen": {"sharpen": 0.6, "scale": 1.0},
    "just sharpen it a bit": {"sharpen": 0.3, "scale": 1.0},
    "sharpen it a lot": {"sharpen": 0.9, "scale": 1.0},
    "sharpen by 50%": {"sharpen": 0.5, "scale": 1.0},
    "the photo is blurry": {"sharpen": 0.6, "scale": 1.0},
    "it's not sharp": {"sharpen": 0.6, "scale": 1.0},
    "it is grainy": {"denoise": 0.5, "scale": 1.0, "sharpen": 0.0},
    "no noise please": {"denoise": 0.5, "scale": 1.0, "sharpen": 0.0},
    "denoise and enlarge": {"denoise": 0.5, "scale": 2.0},
    "fix the exposure": {"auto_exposure": True, "scale": 1.0, "sharpen": 0.0},
    "this is too dark": {"auto_exposure": True, "scale": 1.0, "sharpen": 0.0},
    "improve the quality": {},
    # negation
    "4K without sharpening": {"long_side": 3840, "sharpen": 0.0},
    "enlarge without sharpening": {"scale": 2.0, "sharpen": 0.0},
    "without sharpening and denoising, 2x": {"sharpen": 0.0, "denoise": 0.0, "scale": 2.0},
    "don't enlarge, just sharpen": {"scale": 1.0, "sharpen": 0.6},
    "enlarge but don't sharpen": {"scale": 2.0, "sharpen": 0.0},
    "sharpen this, same size": {"sharpen": 0.6, "scale": 1.0},
    "keep the grain, 2x": {"denoise": 0.0, "scale": 2.0},
    "don't remove the noise": {"denoise": 0.0},
    # formats
    "double it and save as jpeg": {"scale": 2.0, "format": "jpeg"},
    "as png": {"format": "png"},
    # other languages
    "увеличь в 2 раза": {"scale": 2.0},
    "Увеличь в два раза и сделай резче": {"scale": 2.0, "sharpen": 0.6},
    "увеличь до 2000 пикселей в ширину": {"width": 2000},
    "не увеличивай, убери зернистость": {"scale": 1.0, "denoise": 0.5},
    "слишком тёмное фото, исправь": {"auto_exposure": True, "scale": 1.0, "sharpen": 0.0},
    "agrandis deux fois": {"scale": 2.0},
    "agrandis l'image 3 fois sans la rendre plus nette": {"scale": 3.0, "sharpen": 0.0},
    "enlève le bruit": {"denoise": 0.5, "scale": 1.0, "sharpen": 0.0},
    "n'agrandis pas, améliore la netteté": {"scale": 1.0, "sharpen": 0.6},
    "doppelt so groß": {"scale": 2.0},
    "mach es dreimal so groß und schärfe es": {"scale": 3.0, "sharpen": 0.6},
    "schärfe das Bild nicht, nur 2x": {"sharpen": 0.0, "scale": 2.0},
    "el doble de grande": {"scale": 2.0},
    "hazla el doble y quita el ruido": {"scale": 2.0, "denoise": 0.5},
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_read(sentence: str) -> None:
    assert WORKFLOW.read_options(sentence) == SENTENCES[sentence]


@pytest.mark.parametrize("example", ImageEnhancement.examples)
def test_the_examples_are_understood(example: str) -> None:
    read = WORKFLOW.read_options(example)
    assert read
    assert ImageEnhancementOptions.model_validate(read)


def test_options_have_limits() -> None:
    for wrong in ({"scale": 0.5}, {"scale": 9}, {"sharpen": 1.2}, {"width": 3}, {"colour": 1}):
        with pytest.raises(ValidationError):
            ImageEnhancementOptions.model_validate(wrong)


# --- the task --------------------------------------------------------------------------------------------------------


def given(width: int = 600, height: int = 400, media_type: str = "image/png") -> TaskInput:
    media = MediaInfo(media_type=media_type, width=width, height=height)
    return TaskInput(role=Role.WORKING, asset_id="a", path=Path("a"), media=media)


def prepared(*inputs: TaskInput, **options: Any) -> Task:
    return WORKFLOW.prepare(
        Request(prompt="larger"), INTENT, ImageEnhancementOptions.model_validate(options), inputs
    )


def test_the_defaults_double_the_size_and_sharpen_a_little() -> None:
    task = prepared(given())
    assert (task.operation, task.features) == ("enhance", {"scale:x2"})
    assert task.parameters["sharpen"] == 0.4
    assert (task.parameters["width"], task.parameters["height"]) == (1200, 800)
    assert task.output_megapixels == pytest.approx(0.96)


def test_every_feature_is_one_that_the_catalogue_knows() -> None:
    task = prepared(given(), sharpen=0.6, denoise=0.5, auto_exposure=True)
    assert task.features == {"scale:x2", "sharpen", "denoise", "exposure"}
    assert [model.id for model in load_catalogue() if model.lacks(task) is None] == [
        "classical/backprojection",
        "classical/lanczos",
        "enhance/fast",
        "enhance/balanced",
        "enhance/best",
    ]


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"scale": 1.5}, (900, 600)),
        ({"width": 1500}, (1500, 1000)),
        ({"height": 1000}, (1500, 1000)),
        ({"width": 1920, "height": 1080}, (1620, 1080)),
        ({"long_side": 3840}, (3840, 2560)),
        ({"width": 300}, (300, 200)),
    ],
)
def test_the_proportions_are_kept(options: dict[str, Any], size: tuple[int, int]) -> None:
    task = prepared(given(), **options)
    assert (task.parameters["width"], task.parameters["height"]) == size


def test_the_long_side_of_an_upright_picture_is_its_height() -> None:
    task = prepared(given(400, 600), long_side=1200)
    assert (task.parameters["width"], task.parameters["height"]) == (800, 1200)


def test_a_picture_is_needed_and_only_one() -> None:
    with pytest.raises(MissingInput, match="picture to enhance"):
        prepared()
    with pytest.raises(InvalidOption, match="One picture"):
        prepared(given(), given())


def test_a_document_is_no_picture() -> None:
    media = MediaInfo(media_type="text/plain")
    with pytest.raises(MissingInput):
        prepared(TaskInput(role=Role.WORKING, asset_id="a", path=Path("a"), media=media))


def test_a_result_that_is_too_large_is_refused_with_the_scale_that_is_not() -> None:
    with pytest.raises(InvalidOption, match="256 megapixels; the limit is 200") as caught:
        prepared(given(8000, 8000), scale=2)
    assert "1.76" in caught.value.hint
    assert prepared(given(8000, 8000), scale=1.76).output_megapixels <= 200


def test_a_size_in_pixels_is_bound_to_the_largest_scale() -> None:
    with pytest.raises(InvalidOption, match=r"10\.0 times"):
        prepared(given(), width=6000)
    assert prepared(given(), width=4800).parameters["scale"] == 8


def test_a_format_that_cannot_hold_the_size_is_refused() -> None:
    with pytest.raises(InvalidOption, match="webp"):
        prepared(given(3000, 100), scale=6, format="webp")
    assert prepared(given(3000, 100), scale=6, format="png").parameters["format"] == "png"


def test_nothing_to_do_is_said() -> None:
    with pytest.raises(InvalidOption, match="nothing to do"):
        prepared(given(), scale=1, sharpen=0)


@pytest.mark.parametrize(
    ("preference", "first"),
    [
        (Preference.SPEED, "enhance/fast"),
        (Preference.BALANCED, "enhance/balanced"),
        (Preference.QUALITY, "enhance/best"),
    ],
)
@pytest.mark.parametrize("size", [(64, 48), (600, 400), (1200, 1600), (4000, 3000), (5000, 700)])
@pytest.mark.parametrize(
    "options", [{}, {"scale": 3.0, "sharpen": 0.8}, {"denoise": 0.5}, {"improve": "print", "long_side": 500}]
)
def test_each_preference_begins_with_its_network_and_ends_with_the_classical_way(
    options: dict[str, Any], size: tuple[int, int], preference: Preference, first: str
) -> None:
    plan = make_plan(
        prepared(given(*size), **options),
        load_catalogue(),
        Constraints(),
        preference,
        local_engines=frozenset({"classical", "enhance"}),
        engines=frozenset({"classical", "enhance"}),
        options=options,
        options_read=(),
    )
    ids = [candidate.model_id for candidate in plan.candidates]
    assert ids[0] == first
    assert set(ids[-2:]) == {"classical/backprojection", "classical/lanczos"}


def test_a_preview_is_a_part_that_only_models_on_this_machine_make() -> None:
    task = prepared(given(), preview="100,50,200x100")
    assert task.features == {"scale:x2", "preview"}
    assert (task.parameters["width"], task.parameters["height"]) == (1200, 800)
    assert task.output_megapixels == pytest.approx(0.08)
    able = {model.engine for model in load_catalogue() if model.lacks(task) is None}
    assert able == {"classical", "enhance"}
    assert WORKFLOW.rubric(ImageEnhancementOptions(preview="100,50,200x100")).criteria == ()


def test_a_preview_of_nothing_and_of_what_a_generative_model_makes_is_refused() -> None:
    with pytest.raises(InvalidOption, match="begins at 600,0"):
        prepared(given(), preview="600,0,10,10")
    with pytest.raises(InvalidOption, match="1 pixel wide"):
        prepared(given(), preview="0,0,0,10")
    with pytest.raises(InvalidOption, match="generative model"):
        prepared(given(), preview="0,0,10,10", colourise=True)
    with pytest.raises(ValidationError):
        ImageEnhancementOptions(preview="the face")


# --- the rubric ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sources")
    noise = np.random.default_rng(5).normal(0, 12, (200, 240, 3))
    pictures = {
        "astronaut": data.astronaut()[:240, 100:360],
        "cat": data.chelsea()[40:240, 80:320],
        "cup": data.coffee()[100:300, 200:440],
        "noisy": np.clip(np.rint(data.coffee()[100:300, 200:440] + noise), 0, 255).astype(np.uint8),
        "soft": cv2.GaussianBlur(data.coffee()[100:300, 200:440], (0, 0), 2.5),
        "dark": (data.chelsea()[40:240, 80:320] * 0.3).astype(np.uint8),
    }
    for name, picture in pictures.items():
        encode(Picture(rgb=np.ascontiguousarray(picture)), folder / f"{name}.png", "image/png")
    return {name: folder / f"{name}.png" for name in pictures}


@pytest.fixture
async def pool() -> AsyncIterator[ComputePool]:
    pool = ComputePool(processes=1)
    yield pool
    await pool.close()


async def verdict(pool: ComputePool, options: dict[str, Any], result: Path, source: Path) -> Verdict:
    rubric = WORKFLOW.rubric(ImageEnhancementOptions.model_validate(options))
    return await judge(pool, rubric, result, source, {}, Limits())


@pytest.mark.parametrize(
    "model", ["classical/backprojection", "classical/lanczos", "enhance/fast", "enhance/balanced"]
)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"scale": 4.0, "sharpen": 0.6},
        {"scale": 1.0, "sharpen": 1.0},
        {"scale": 1.5, "sharpen": 0.0},
        {"scale": 1.0, "sharpen": 0.0, "denoise": 0.5},
        {"scale": 2.0, "denoise": 0.8, "auto_exposure": True},
        {"width": 120},
    ],
    ids=str,
)
async def test_what_the_engine_makes_is_accepted(
    pool: ComputePool, sources: dict[str, Path], tmp_path: Path, options: dict[str, Any], model: str
) -> None:
    for name, source in sources.items():
        height, width = cv2.imread(str(source)).shape[:2]
        task = prepared(given(width, height).model_copy(update={"path": source}), **options)
        result = await pool.call(run_classical, task, model, tmp_path)
        found = await verdict(pool, options, result.outputs[0].path, source)
        assert found.state is VerdictState.ACCEPTED, (name, found.reason, found.measures)


SPOILT = {
    "another picture": lambda up: cv2.resize(data.rocket(), up.shape[1::-1]),
    "black": np.zeros_like,
    "mirrored": lambda up: up[:, ::-1],
    "shifted": lambda up: np.roll(up, 8, axis=1),
    "negative": lambda up: 255 - up,
    "blurred": lambda up: cv2.GaussianBlur(up, (0, 0), 2),
    "noisy": lambda up: up + np.random.default_rng(2).normal(0, 20, up.shape),
    "blown out": lambda up: up * 1.9,
    "not enlarged": lambda up: cv2.resize(up, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
}


@pytest.mark.parametrize("fault", SPOILT)
@pytest.mark.parametrize("name", ["astronaut", "cat", "cup"])
async def test_what_went_wrong_is_rejected(
    pool: ComputePool, sources: dict[str, Path], tmp_path: Path, name: str, fault: str
) -> None:
    source = cv2.imread(str(sources[name]))[..., ::-1]
    enlarged = cv2.resize(source, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    spoilt = np.clip(np.rint(SPOILT[fault](enlarged)), 0, 255).astype(np.uint8)
    encode(Picture(rgb=np.ascontiguousarray(spoilt)), tmp_path / "spoilt.png", "image/png")
    found = await verdict(pool, {}, tmp_path / "spoilt.png", sources[name])
    assert found.state is VerdictState.REJECTED
    assert found.reason
