"""The classical engine on real files, in a real compute process: what comes out, with which figures and record."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.compute import ComputePool
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Task, TaskInput
from bottega.engines.local.classical import ClassicalEngine
from bottega.engines.local.classical_work import OPERATIONS
from bottega.engines.protocol import Attempt, NeverArrived
from bottega.engines.registry import built_in_engines
from bottega.errors import ComputeTimeout, InvalidOption, MissingInput, UnreadablePicture
from bottega.imaging import metrics
from bottega.imaging.decode import decode, inspect
from bottega.imaging.encode import encode, read_provenance
from bottega.imaging.picture import Picture
from bottega.models import load_catalogue
from bottega.settings import Settings

CATALOGUE = load_catalogue()
BEST = "classical/backprojection"

Perform = Callable[..., Any]


@pytest.fixture
async def pool() -> AsyncIterator[ComputePool]:
    pool = ComputePool(processes=1)
    yield pool
    await pool.close()


def stored(folder: Path, picture: Picture, media_type: str, role: Role = Role.WORKING) -> TaskInput:
    path = folder / f"{role}-{len(list(folder.iterdir()))}"
    encode(picture, path, media_type)
    return TaskInput(role=role, asset_id=f"id-of-{path.name}", path=path, media=inspect(path))


def photograph(side: int = 96) -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[20 : 20 + side, 150 : 150 + side])


@pytest.fixture
def perform(pool: ComputePool, tmp_path: Path) -> Perform:
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    async def run(
        operation: str,
        inputs: tuple[TaskInput, ...],
        parameters: dict[str, Any],
        model: str = BEST,
        progress: Callable[[float, str], None] = lambda fraction, message: None,
        timeout_s: float = 60,
    ) -> EngineResult:
        task = Task(
            workflow="image_enhancement",
            operation=operation,
            prompt='Make "it" larger & sharper',
            inputs=inputs,
            parameters=parameters,
        )
        attempt = Attempt(scratch, "key", pool, progress, timeout_s)
        return await ClassicalEngine().perform(task, CATALOGUE[model], attempt)

    return run


@pytest.mark.parametrize("model", ["classical/lanczos", "classical/backprojection"])
async def test_a_picture_becomes_larger_and_sharper(perform: Perform, tmp_path: Path, model: str) -> None:
    source = photograph()
    given = stored(tmp_path, Picture(rgb=source), "image/png")
    result = await perform("enhance", (given,), {"width": 192, "height": 192, "sharpen": 0.4}, model)
    (output,) = result.outputs
    made = decode(output.path)
    bicubic = cv2.resize(source, (192, 192), interpolation=cv2.INTER_CUBIC)
    assert (made.width, made.height, output.name) == (192, 192, "enhanced.png")
    assert metrics.sharpness(made.as_u8()) > 1.2 * metrics.sharpness(bicubic)
    assert metrics.ssim(made.as_u8(), bicubic) > 0.9


async def test_the_better_model_gives_the_more_faithful_enlargement(perform: Perform, tmp_path: Path) -> None:
    truth = photograph(192)
    small = cv2.resize(truth, (96, 96), interpolation=cv2.INTER_AREA)
    given = stored(tmp_path, Picture(rgb=small), "image/png")
    error = {}
    for model in ("classical/lanczos", "classical/backprojection"):
        result = await perform("enhance", (given,), {"width": 192, "height": 192, "sharpen": 0}, model)
        error[model] = metrics.psnr(truth, decode(result.outputs[0].path).as_u8())
    assert error["classical/backprojection"] > error["classical/lanczos"] + 0.3


async def test_the_report_tells_sizes_and_steps_and_the_progress_rises(
    perform: Perform, tmp_path: Path
) -> None:
    given = stored(tmp_path, Picture(rgb=photograph()), "image/jpeg")
    seen: list[tuple[float, str]] = []
    wanted = {"width": 144, "height": 144, "sharpen": 0.5, "denoise": 0.3, "auto_exposure": True}
    result = await perform("enhance", (given,), wanted, progress=lambda f, m: seen.append((f, m)))
    steps = [step["step"] for step in result.report["steps"]]
    assert steps == ["denoise", "exposure", "scale", "sharpen", "encode"]
    assert all(step["seconds"] >= 0 for step in result.report["steps"])
    assert result.report["input"] == {"width": 96, "height": 96, "bit_depth": 8}
    assert result.report["output"] == {"width": 144, "height": 144, "bit_depth": 8}
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert {message for _, message in seen} >= {"Reading the picture", "Enlarging", "Writing the result"}


async def test_the_result_says_where_it_comes_from(perform: Perform, tmp_path: Path) -> None:
    given = stored(tmp_path, Picture(rgb=photograph()), "image/png")
    result = await perform("enhance", (given,), {"width": 96, "height": 96, "sharpen": 0.5})
    record = read_provenance(result.outputs[0].path)
    assert record is not None
    assert (record.workflow, record.engine, record.model_id) == ("image_enhancement", "classical", BEST)
    assert record.prompt == 'Make "it" larger & sharper'
    assert record.parents == (given.asset_id,)
    assert record.parameters["sharpen"] == 0.5
    assert record.digital_source_type == CATALOGUE[BEST].source_type


@pytest.mark.parametrize(
    ("source", "asked", "expected"),
    [
        ("image/png", None, "image/png"),
        ("image/jpeg", None, "image/jpeg"),
        ("image/webp", None, "image/webp"),
        ("image/tiff", None, "image/tiff"),
        ("image/png", "jpeg", "image/jpeg"),
        ("image/jpeg", "webp", "image/webp"),
    ],
)
async def test_the_format_is_that_asked_for_or_that_of_the_source(
    perform: Perform, tmp_path: Path, source: str, asked: str | None, expected: str
) -> None:
    given = stored(tmp_path, Picture(rgb=photograph(32)), source)
    result = await perform("enhance", (given,), {"width": 64, "height": 64, "format": asked})
    assert result.outputs[0].media_type == expected
    assert inspect(result.outputs[0].path).media_type == expected


async def test_a_format_that_is_only_read_becomes_png(perform: Perform, tmp_path: Path) -> None:
    path = tmp_path / "old.bmp"
    assert cv2.imwrite(str(path), photograph(32))
    given = TaskInput(role=Role.WORKING, asset_id="bmp", path=path, media=inspect(path))
    result = await perform("enhance", (given,), {"width": 64, "height": 64})
    assert result.outputs[0].media_type == "image/png"


async def test_depth_and_transparency_are_kept(perform: Perform, tmp_path: Path) -> None:
    rgb = photograph().astype(np.uint16) * 257
    alpha = np.zeros((96, 96), np.uint16)
    alpha[20:70, 20:70] = 65535
    given = stored(tmp_path, Picture(rgb=rgb, alpha=alpha), "image/png")
    wanted = {"width": 192, "height": 192, "sharpen": 0.4, "denoise": 0.2, "auto_exposure": True}
    result = await perform("enhance", (given,), wanted)
    made = decode(result.outputs[0].path)
    assert made.rgb.dtype == np.uint16
    assert made.alpha is not None
    assert made.alpha[90, 90] == 65535
    assert made.alpha[10, 10] == 0
    assert result.report["output"]["bit_depth"] == 16


async def test_a_style_is_drawn_and_keeps_size_and_transparency(perform: Perform, tmp_path: Path) -> None:
    alpha = np.full((96, 96), 65535, np.uint16)
    alpha[:10] = 0
    rgb = photograph().astype(np.uint16) * 257
    given = stored(tmp_path, Picture(rgb=rgb, alpha=alpha), "image/png")
    result = await perform("style", (given,), {"style": "pencil_sketch", "strength": 1.0}, "classical/styles")
    made = decode(result.outputs[0].path)
    assert result.outputs[0].name == "pencil_sketch.png"
    assert result.outputs[0].label == "Pencil sketch"
    assert made.rgb.shape == (96, 96, 3)
    assert made.alpha is not None
    assert (made.alpha[5, 5], made.alpha[50, 50]) == (0, 255)
    assert (
        np.ptp(made.as_u8()[20:].astype(int), axis=2).mean() < np.ptp(photograph().astype(int), axis=2).mean()
    )


async def test_a_style_takes_its_colours_from_the_reference(perform: Perform, tmp_path: Path) -> None:
    blue = np.clip(photograph() * 0.2 + (0, 30, 180), 0, 255).astype(np.uint8)
    working = stored(tmp_path, Picture(rgb=photograph()), "image/png")
    reference = stored(tmp_path, Picture(rgb=blue), "image/png", Role.REFERENCE)
    result = await perform("style", (working, reference), {"style": "colour_transfer"}, "classical/styles")
    made = decode(result.outputs[0].path).as_u8().reshape(-1, 3).mean(axis=0)
    assert made[2] > made[0] + 60


async def test_edits_are_applied(perform: Perform, tmp_path: Path) -> None:
    given = stored(tmp_path, Picture(rgb=np.ascontiguousarray(photograph()[:60])), "image/jpeg")
    result = await perform("edit", (given,), {"aspect": "1:1", "saturation": -1.0}, "classical/edits")
    made = decode(result.outputs[0].path).as_u8().astype(int)
    assert result.outputs[0].name == "edited.jpg"
    assert made.shape == (60, 60, 3)
    assert np.ptp(made, axis=2).mean() < 3


async def test_errors_come_back_as_they_were_raised(perform: Perform, tmp_path: Path) -> None:
    given = stored(tmp_path, Picture(rgb=photograph(32)), "image/png")
    with pytest.raises(InvalidOption, match="cannot do 'juggle'"):
        await perform("juggle", (given,), {})
    with pytest.raises(MissingInput):
        await perform("enhance", (), {"width": 10, "height": 10})
    given.path.write_bytes(given.path.read_bytes()[:200])
    with pytest.raises(UnreadablePicture):
        await perform("enhance", (given,), {"width": 64, "height": 64})


async def test_work_beyond_its_time_is_stopped(perform: Perform, tmp_path: Path) -> None:
    given = stored(tmp_path, Picture(rgb=photograph(256)), "image/png")
    with pytest.raises(ComputeTimeout):
        await perform("enhance", (given,), {"width": 2048, "height": 2048, "sharpen": 1}, timeout_s=0.05)


async def test_cancelled_work_leaves_the_engine_usable(perform: Perform, tmp_path: Path) -> None:
    given = stored(tmp_path, Picture(rgb=photograph(256)), "image/png")
    wanted = {"width": 2048, "height": 2048, "sharpen": 1}
    work = asyncio.create_task(
        perform("enhance", (given,), wanted, progress=lambda f, m: work.cancel() and None)
    )
    with pytest.raises(asyncio.CancelledError):
        await work
    result = await perform("enhance", (given,), {"width": 300, "height": 300})
    assert result.report["output"]["width"] == 300


async def test_lost_work_may_be_done_again(pool: ComputePool, tmp_path: Path) -> None:
    engine = ClassicalEngine()
    task = Task(workflow="image_enhancement", operation="enhance")
    attempt = Attempt(tmp_path, "key", pool, lambda fraction, message: None, 1)
    assert isinstance(await engine.reconcile(task, CATALOGUE[BEST], attempt), NeverArrived)
    assert engine.availability().usable
    assert engine.local


def test_every_operation_of_its_catalogue_models_is_known() -> None:
    operations = {
        op for model in CATALOGUE if model.engine == ClassicalEngine.name for op in model.operations
    }
    assert operations == set(OPERATIONS)


def test_every_engine_stands_in_the_registry_under_its_name() -> None:
    engines = built_in_engines(Settings(_env_file=None))
    assert all(engine.name == name for name, engine in engines.items())
    assert {model.engine for model in CATALOGUE if model.output != "text"} <= set(engines)


def test_the_registry_loads_no_picture_library() -> None:
    check = "import sys, bottega.engines.registry; print(sorted({'numpy', 'cv2', 'PIL'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
