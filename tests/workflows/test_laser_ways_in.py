"""Laser jobs without a photograph: boxes, letters, test grids, and the process left open; planned, made, judged, kept."""

import json
from pathlib import Path

import numpy as np
import pytest
from laser_jobs import burnt, ran, report_of
from PIL import Image, ImageDraw

from bottega.domain.job import JobState
from bottega.laser.svg_in import read_svg


async def test_a_box_by_a_sentence_is_six_parts_that_fit_in_every_format(tmp_path: Path) -> None:
    finished, files = await ran(
        tmp_path, "a closed box 100 x 80 x 40 mm from 3 mm plywood, kerf 0.2 mm", labels=False
    )
    report = report_of(finished)
    assert (report["process"], report["parts"], report["sheets"]) == ("box", 6, 1)
    assert report["fit_error_mm"] <= 0.01
    assert (report["thickness_mm"], report["kerf_mm"]) == (3, [0.2, 0.2])
    suffixes = {Path(name).suffix for name in files}
    assert suffixes == {".png", ".json", ".gcode", ".svg", ".dxf", ".lbrn2", ".pdf"}
    parts = [np.ptp(path.points, axis=0) for path in read_svg(files["box.svg"]).paths]
    longest = sorted(float(max(size)) for size in parts)
    # Outside of 100 mm inside and two walls, and half a kerf more at each side.
    assert longest[-1] == pytest.approx(106.2, abs=0.01)
    assert finished.assets[0].name == "preview.png"


async def test_a_picture_is_engraved_on_the_box(tmp_path: Path) -> None:
    shade = np.tile(np.linspace(0, 255, 90), (90, 1)).astype(np.uint8)
    Image.fromarray(shade).save(tmp_path / "shade.png")
    finished, files = await ran(tmp_path, "a gift box 60x60x40 mm from plywood", tmp_path / "shade.png")
    assert report_of(finished)["parts"] == 10
    assert json.loads(files["toolpath.json"])["pictures"]


async def test_a_box_without_a_face_takes_no_picture(tmp_path: Path) -> None:
    Image.new("L", (40, 40), 90).save(tmp_path / "grey.png")
    pen = Image.open(tmp_path / "grey.png")
    ImageDraw.Draw(pen).ellipse((5, 5, 30, 30), fill=0)
    pen.save(tmp_path / "dot.png")
    finished, _ = await ran(tmp_path, "a pen holder 80x80x100 mm from plywood", tmp_path / "dot.png")
    assert finished.job.state is JobState.FAILED
    assert finished.job.error is not None
    assert "no face for a picture" in json.dumps(finished.job.error)


async def test_a_box_of_several_sheets_has_files_for_each(tmp_path: Path) -> None:
    finished, files = await ran(
        tmp_path, "a closed box 100 x 80 x 40 mm", sheet_width_mm=130, sheet_height_mm=130, formats=["svg"]
    )
    sheets = report_of(finished)["sheets"]
    assert sheets > 1
    named = {"box.svg", *(f"box-{n}.svg" for n in range(2, sheets + 1))}
    assert {name for name in files if name.endswith(".svg")} == named


@pytest.mark.parametrize(
    ("sentence", "operation"),
    [
        ("score the text “Anna” 60 mm wide on cork", "score"),
        ("engrave the text “Anna” 60 mm wide on slate, single line", "engrave"),
    ],
)
async def test_letters_are_as_wide_as_was_asked(tmp_path: Path, sentence: str, operation: str) -> None:
    finished, files = await ran(tmp_path, sentence)
    report = report_of(finished)
    assert report["text"] == "Anna"
    assert report["width_mm"] == pytest.approx(60, abs=0.01)
    assert {path["operation"] for path in json.loads(files["toolpath.json"])["paths"]} == {operation}
    assert np.ptp(burnt(files)[:, [0, 2]]) == pytest.approx(60, abs=0.2)


async def test_capitals_have_the_height_that_was_asked(tmp_path: Path) -> None:
    finished, files = await ran(tmp_path, "score the text “HH” on cork", text_height_mm=12)
    assert report_of(finished)["text_mm"][1] == pytest.approx(12, abs=0.01)
    assert np.ptp(burnt(files)[:, [1, 3]]) == pytest.approx(12, abs=0.01)


@pytest.mark.parametrize("kind", ["power-speed", "interval", "passes", "kerf", "focus"])
async def test_every_test_grid_is_a_job(tmp_path: Path, kind: str) -> None:
    finished, files = await ran(tmp_path, "a test grid for cork", grid=kind)
    assert report_of(finished)["process"] == "testgrid"
    assert len(burnt(files)) > 10
    assert {"preview.png", "toolpath.png", "toolpath.json", "testgrid.gcode"} <= set(files)


async def test_the_process_that_suits_the_picture_is_named_with_its_reasons(tmp_path: Path) -> None:
    picture = Image.new("L", (240, 240), 255)
    ImageDraw.Draw(picture).ellipse((30, 30, 210, 210), fill=0)
    picture.save(tmp_path / "disc.png")
    finished, _ = await ran(tmp_path, "make this laser-ready, 40 mm wide", tmp_path / "disc.png")
    report = report_of(finished)
    assert report["process"] == "cut"
    assert report["process_reasons"]


async def test_what_the_material_does_not_allow_is_engraved_instead(tmp_path: Path) -> None:
    picture = Image.new("L", (240, 240), 255)
    ImageDraw.Draw(picture).ellipse((30, 30, 210, 210), fill=0)
    picture.save(tmp_path / "disc.png")
    finished, _ = await ran(tmp_path, "make this laser-ready on slate, 40 mm wide", tmp_path / "disc.png")
    report = report_of(finished)
    assert report["process"] == "engrave"
    assert "cannot cut slate" in report["process_reasons"][-1]


async def test_a_named_process_wins_over_what_would_suit(tmp_path: Path) -> None:
    picture = Image.new("L", (240, 240), 255)
    ImageDraw.Draw(picture).ellipse((30, 30, 210, 210), fill=0)
    picture.save(tmp_path / "disc.png")
    finished, _ = await ran(tmp_path, "laser-ready, score it, 40 mm wide", tmp_path / "disc.png")
    assert finished.job.plan.options["process"] == "score"
    assert report_of(finished)["process"] == "score"
