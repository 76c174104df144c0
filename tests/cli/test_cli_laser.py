"""`bottega laser`: the studio from a terminal, without a server, a database or a job."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cli_program import Program
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from bottega import __version__
from bottega.cli import application
from bottega.laser.gcode_check import Machining, check_gcode
from bottega.laser.svg_in import read_svg

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="80mm" height="60mm" viewBox="0 0 80 60">
<g fill="none" stroke="#ff0000"><rect x="10" y="10" width="60" height="40"/><circle cx="30" cy="30" r="8"/></g></svg>"""


@pytest.fixture
def bottega(tmp_path: Path) -> Program:
    (tmp_path / "part.svg").write_text(SVG)
    picture = Image.new("L", (300, 200), 255)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 30, 240, 170), fill=0)
    picture.save(tmp_path / "disc.png")
    shade = np.tile(np.linspace(0, 255, 300), (200, 1)).astype(np.uint8)
    Image.fromarray(shade).save(tmp_path / "shade.png")
    return Program(tmp_path)


def test_nothing_is_kept_but_the_files_asked_for(bottega: Program) -> None:
    ran = bottega("laser", "engrave", "shade.png", "out.gcode", "--width-mm", "30", "--interval-mm", "0.1")
    assert ran.code == 0, ran.err
    assert {path.name for path in bottega.folder.iterdir()} == {
        "part.svg",
        "disc.png",
        "shade.png",
        "out.gcode",
    }


def test_one_engraving_in_every_format_is_one_job(bottega: Program) -> None:
    names = ("out.gcode", "out.svg", "out.png", "out.lbrn2")
    ran = bottega("laser", "engrave", "shade.png", *names, "--width-mm", "30", "--dither", "stucki", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["dither"] == "stucki"
    assert ran.document["gcode_errors"] == 0
    assert ran.document["readiness"]["state"] == "ready"
    drawing = read_svg((bottega.folder / "out.svg").read_bytes())
    assert (drawing.width_mm, drawing.height_mm) == pytest.approx((30, 20), abs=0.01)
    with Image.open(bottega.folder / "out.png") as dots:
        assert dots.width / dots.info["dpi"][0] * 25.4 == pytest.approx(30, abs=0.01)


def test_a_trace_is_as_wide_as_was_asked(bottega: Program) -> None:
    ran = bottega("laser", "trace", "disc.png", "out.svg", "--width-mm", "60", "--json")
    assert ran.code == 0, ran.err
    (path,) = read_svg((bottega.folder / "out.svg").read_bytes()).paths
    assert np.ptp(path.points[:, 0]) == pytest.approx(36.2, abs=0.1)
    assert ran.document["edge_error_px"] < 0.3


@pytest.mark.parametrize("how", [("--centerline",), ("--levels", "3"), ("--colours", "3")])
def test_other_ways_to_trace(bottega: Program, how: tuple[str, ...]) -> None:
    assert bottega("laser", "trace", "shade.png", "out.svg", "--width-mm", "60", *how).code == 0
    assert read_svg((bottega.folder / "out.svg").read_bytes()).paths


def test_a_cut_is_moved_by_half_the_kerf(bottega: Program) -> None:
    ran = bottega(
        "laser", "cut", "part.svg", "out.gcode", "out.dxf", "out.lbrn2", "--kerf-mm", "0.2", "--json"
    )
    assert ran.code == 0, ran.err
    burns = check_gcode((bottega.folder / "out.gcode").read_text(), Machining()).burns
    assert np.ptp(burns[:, [0, 2]]) == pytest.approx(60.2, abs=0.01)
    assert ran.document["nesting_errors"] == 0
    assert ran.document["seconds_estimated"] > 0


def test_a_preview_is_drawn_on_request(bottega: Program) -> None:
    assert bottega("laser", "cut", "part.svg", "out.gcode", "--preview", "look.png").code == 0
    with Image.open(bottega.folder / "look.png") as picture:
        assert np.asarray(picture).std() > 1


def test_optimise_keeps_the_drawing_and_puts_inner_lines_first(bottega: Program) -> None:
    assert bottega("laser", "optimize", "part.svg", "out.svg").code == 0
    first, second = read_svg((bottega.folder / "out.svg").read_bytes()).paths
    assert np.ptp(first.points[:, 0]) < np.ptp(second.points[:, 0])


def test_a_box_has_its_six_parts(bottega: Program) -> None:
    ran = bottega(
        "laser",
        *("box", "closed", "--x", "100", "--y", "80", "--z", "40", "--thickness", "3", "out.svg", "--json"),
    )
    assert ran.code == 0, ran.err
    assert ran.document["parts"] == 6
    assert read_svg((bottega.folder / "out.svg").read_bytes()).paths


def test_boxes_and_materials_are_listed(bottega: Program) -> None:
    assert "closed" in bottega("laser", "box", "list").out
    known = bottega("laser", "materials", "--json").document
    assert {"machine", "material", "forbidden"} <= set(known)


def test_the_estimate_of_a_file_is_what_its_job_said(bottega: Program) -> None:
    made = bottega("laser", "cut", "part.svg", "out.gcode", "--json").document
    told = bottega("laser", "estimate", "out.gcode", "--json").document
    assert told["seconds_estimated"] == made["seconds_estimated"]


def test_a_wording_for_an_image_model(bottega: Program) -> None:
    found = bottega("laser", "prompt", "a stencil of a fox", "--variations", "3", "--json").document[
        "prompts"
    ]
    assert [each["style"] for each in found] == ["cutting"] * 3


@pytest.mark.parametrize(
    "command",
    [
        ("engrave", "shade.png", "out.gcode", "--width-mm", "0"),
        ("engrave", "shade.png", "out.gcode", "--width-mm", "10000"),
        ("engrave", "shade.png", "out.gcode", "--power-percent", "nan"),
        ("engrave", "shade.png", "out.gcode", "--speed-mm-min", "0"),
        ("engrave", "shade.png", "out.gcode", "--bed-width-mm", "20", "--bed-height-mm", "20"),
        ("engrave", "shade.png", "out.gcode", "--material", "pvc"),
        ("engrave", "shade.png", "out.docx"),
        ("engrave", "part.svg", "out.gcode"),
        ("engrave", "missing.png", "out.gcode"),
        ("engrave", "shade.png", "nowhere/out.gcode"),
        ("trace", "blank.png", "out.svg"),
        ("cut", "part.svg", "out.gcode", "--kerf-mm", "nan"),
        ("cut", "part.svg", "out.gcode", "--speed-mm-min", "0"),
        ("cut", "part.svg", "out.gcode", "--bed-width-mm", "50"),
        ("cut", "empty.svg", "out.gcode"),
        ("cut", "shade.png", "out.gcode"),
        ("cut", "part.svg", "part.svg"),
        ("optimize", "part.svg", "out.gcode"),
        ("box", "castle", "out.svg"),
        ("box", "closed", "--x", "0", "out.svg"),
        ("estimate", "empty.svg"),
        ("testgrid", "out.gcode", "--powers", "20,many"),
        ("testgrid", "out.gcode", "--speeds", "0"),
        ("cut", "part.svg", "out.gcode", "--material", "slate"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    bottega: Program, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    Image.new("L", (50, 50), 255).save(bottega.folder / "blank.png")
    (bottega.folder / "empty.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    before = {path.name: path.read_bytes() for path in bottega.folder.iterdir()}
    monkeypatch.chdir(bottega.folder)
    ran = CliRunner().invoke(application, ["laser", *command, "--json"])
    assert ran.exit_code == 6, ran.output
    assert json.loads(ran.stdout)["error"]["message"]
    assert {path.name: path.read_bytes() for path in bottega.folder.iterdir()} == before


def test_a_test_grid_is_a_job(bottega: Program) -> None:
    ran = bottega("laser", "testgrid", "out.gcode", "out.svg", "--powers", "20,40,60", "--json")
    assert ran.code == 0, ran.err
    assert len(ran.document["cells"]) == 15
    assert ran.document["gcode_errors"] == 0
    assert bottega("laser", "testgrid", "--kind", "kerf").code == 0
    assert (bottega.folder / "testgrid.gcode").stat().st_size > 0


def test_the_help_of_the_laser_loads_nothing_heavy() -> None:
    script = "import sys, bottega.cli.laser, bottega.cli.laser_more; print([n for n in ('numpy', 'cv2', 'PIL', 'shapely', 'pydantic') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_itself_is_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bottega", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == __version__
