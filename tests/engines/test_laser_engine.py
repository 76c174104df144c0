"""The laser engine, through a real compute process: files that belong together, and errors in words."""

import base64
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Task, TaskInput
from bottega.engines.local.laser import LaserEngine
from bottega.engines.protocol import USABLE, Attempt, NeverArrived
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.encode import read_provenance
from bottega.laser.gcode_check import Machining, burnt_dots, check_gcode
from bottega.laser.size import Grid
from bottega.models import load_catalogue

MODEL = load_catalogue()["laser/raster"]


def picture(path: Path, pixels: np.ndarray) -> TaskInput:
    Image.fromarray(pixels).save(path)
    height, width = pixels.shape[:2]
    media = MediaInfo(media_type="image/png", width=width, height=height)
    return TaskInput(role=Role.WORKING, asset_id="a" * 64, path=path, media=media)


def laser_task(*inputs: TaskInput, **parameters: Any) -> Task:
    return Task(
        workflow="laser",
        operation="laser",
        features=frozenset({"laser:engrave"}),
        prompt="engrave this <photo>",
        inputs=inputs,
        parameters=parameters,
    )


async def perform(task: Task, scratch: Path, told: list[tuple[float, str]] | None = None) -> EngineResult:
    scratch.mkdir()
    compute = ComputePool(1)
    notes = [] if told is None else told
    attempt = Attempt(scratch, "key", compute, lambda part, text: notes.append((part, text)), timeout_s=60)
    try:
        return await LaserEngine().perform(task, MODEL, attempt)
    finally:
        await compute.close()


async def test_a_photograph_becomes_files_that_agree(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    source = picture(tmp_path / "in.png", skimage.data.astronaut())
    result = await perform(laser_task(source, width_mm=40, material="cork"), tmp_path / "out", told)

    preview, dots, gcode, svg, toolpath, energy, way = result.outputs
    assert [output.media_type for output in result.outputs] == [
        "image/png",
        "image/png",
        "text/x.gcode",
        "image/svg+xml",
        "image/png",
        "image/png",
        "application/json",
    ]
    assert [each.name for each in (toolpath, energy, way)] == ["toolpath.png", "energy.png", "toolpath.json"]
    assert preview.label == "Preview of the burn"
    assert gcode.name.endswith(".gcode")
    columns, rows = result.report["pixels"]
    with Image.open(dots.path) as picture_of_dots:
        assert picture_of_dots.size == (columns, rows)
        assert columns / picture_of_dots.info["dpi"][0] * 25.4 == pytest.approx(40, rel=1e-3)
        black = np.asarray(picture_of_dots.convert("L")) == 0
    with Image.open(preview.path) as shown:
        assert shown.width / shown.info["dpi"][0] * 25.4 == pytest.approx(40, rel=1e-3)

    checked = check_gcode(gcode.path.read_text(encoding="ascii"), Machining())
    grid = Grid(columns, rows, result.report["width_mm"], result.report["height_mm"])
    assert checked.errors == ()
    assert np.array_equal(burnt_dots(checked, grid, *result.report["origin_mm"]), black)
    drawing = svg.path.read_text(encoding="utf-8")
    assert 'width="40mm" height="40mm" viewBox="0 0 40 40"' in drawing
    embedded = re.search(r"base64,([^\"]+)", drawing)
    assert embedded is not None
    assert base64.b64decode(embedded[1]).startswith(b"\x89PNG")

    provenance = read_provenance(preview.path)
    assert provenance is not None
    assert (provenance.engine, provenance.parents) == ("laser", ("a" * 64,))
    assert [part for part, _ in told] == sorted(part for part, _ in told)
    assert len(told) >= 5


async def test_report_has_every_promised_figure(tmp_path: Path) -> None:
    source = picture(tmp_path / "in.png", skimage.data.camera())
    report = (await perform(laser_task(source, width_mm=20), tmp_path / "out")).report
    promised = (
        "width_mm height_mm interval_mm pixels dither material machine power speed passes seconds_estimated "
        "gcode_lines gcode_bytes tone_error gcode_errors longest_line warnings detail"
    )
    assert set(promised.split()) <= set(report)
    assert report["gcode_errors"] == 0
    assert report["tone_error"] < 7


async def test_what_transparency_hides_is_not_burnt(tmp_path: Path) -> None:
    pixels = np.zeros((80, 80, 4), np.uint8)
    pixels[20:60, 20:60, 3] = 255
    task = laser_task(picture(tmp_path / "in.png", pixels), width_mm=20)
    result = await perform(task, tmp_path / "out")
    assert result.report["outline"] == "silhouette"
    assert result.report["burnt_share"] == pytest.approx(0.25, abs=0.03)


def svg_input(path: Path, content: str) -> TaskInput:
    path.write_text(content)
    media = MediaInfo(media_type="image/svg+xml")
    return TaskInput(role=Role.WORKING, asset_id="b" * 64, path=path, media=media)


@pytest.mark.parametrize(
    ("parameters", "document"),
    [
        ({"process": "box", "x_mm": 60, "y_mm": 50, "z_mm": 40}, "box.svg"),
        ({"process": "text", "text": "Anna", "lettering": "single-line", "width_mm": 40}, "text.svg"),
        ({"process": "testgrid", "material": "cork", "powers": [20, 40]}, "testgrid.svg"),
    ],
)
async def test_work_without_a_picture_has_the_same_kinds_of_files(
    tmp_path: Path, parameters: dict[str, Any], document: str
) -> None:
    result = await perform(laser_task(**parameters), tmp_path / "out")
    names = [output.name for output in result.outputs]
    assert names[:3] == ["preview.png", "toolpath.png", "toolpath.json"]
    assert document in names
    assert (result.report["gcode_errors"], result.report["stops"]) == (0, 0)
    assert result.report["process"] == parameters["process"]
    with Image.open(result.outputs[0].path) as preview:
        width = preview.width / preview.info["dpi"][0] * 25.4
    assert width == pytest.approx(result.report["width_mm"], abs=0.5)


async def test_a_drawing_with_a_photograph_in_it_keeps_its_tones(tmp_path: Path) -> None:
    Image.fromarray(skimage.data.camera()[::4, ::4]).save(tmp_path / "camera.png")
    data = base64.b64encode((tmp_path / "camera.png").read_bytes()).decode()
    content = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="30mm" height="30mm" viewBox="0 0 30 30">'
        f'<image x="0" y="0" width="30" height="30" href="data:image/png;base64,{data}"/></svg>'
    )
    drawing = svg_input(tmp_path / "in.svg", content)
    report = (await perform(laser_task(drawing, process="engrave"), tmp_path / "out")).report
    assert report["dither"] == "jarvis"
    assert report["tone_error"] < 7


async def test_the_box_is_of_the_thickness_that_its_material_is_called_by(tmp_path: Path) -> None:
    task = laser_task(process="box", material="plywood-6mm", machine="co2-40w", formats=["svg"])
    report = (await perform(task, tmp_path / "out")).report
    assert report["thickness_mm"] == 6
    assert report["kerf_mm"][0] > 0


async def test_a_thickness_that_nobody_gave_is_said_to_be_a_guess(tmp_path: Path) -> None:
    task = laser_task(process="box", material="leather", formats=["svg"])
    report = (await perform(task, tmp_path / "out")).report
    assert any("measure the material" in note for note in report["warnings"])


async def test_a_picture_that_cannot_be_engraved_is_refused_in_words(tmp_path: Path) -> None:
    even = picture(tmp_path / "in.png", np.full((40, 40, 3), 200, np.uint8))
    with pytest.raises(InvalidOption, match="one even tone"):
        await perform(laser_task(even), tmp_path / "out")


async def test_a_task_without_a_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        await perform(laser_task(), tmp_path / "out")


async def test_local_work_may_always_be_done_again(tmp_path: Path) -> None:
    attempt = Attempt(tmp_path, "key", ComputePool(1), lambda part, text: None, timeout_s=1)
    assert LaserEngine().availability() == USABLE
    assert await LaserEngine().reconcile(laser_task(), MODEL, attempt) == NeverArrived()


def test_importing_engine_and_workflow_loads_no_array_library() -> None:
    code = (
        "import sys, bottega.engines.local.laser, bottega.workflows.laser;"
        "print([m for m in ('numpy', 'cv2', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
