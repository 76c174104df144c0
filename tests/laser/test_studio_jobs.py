"""The studio's functions: every format of a job is the same job, and readiness says what is wrong."""

import io
import json
import re

import ezdxf
import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageDraw

from bottega.errors import BottegaError, InvalidOption
from bottega.laser.gcode_check import Machining, check_gcode
from bottega.laser.geometry import Drawing, Operation, Path, bounds
from bottega.laser.job import EngraveSettings
from bottega.laser.quality import Readiness, assess_drawing
from bottega.laser.studio import TraceSettings, engrave, trace
from bottega.laser.studio_cut import CutSettings, cut, cut_svg, optimize_svg
from bottega.laser.studio_more import box, designs, estimate
from bottega.laser.studio_picture import PictureSettings, picture_job
from bottega.laser.svg_in import read_svg


def rectangle(x: float, y: float, width: float, height: float, operation: Operation = Operation.CUT) -> Path:
    corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)
    return Path(corners, True, operation)


PART = Drawing((rectangle(10, 10, 60, 40), rectangle(25, 20, 10, 10), rectangle(45, 20, 10, 10)), 80, 60)


def drawn(size: int = 400) -> np.ndarray:
    picture = Image.new("L", (size, size), 255)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 60, 340, 340), fill=0)
    pen.rectangle((150, 150, 250, 250), fill=255)
    return np.asarray(picture.convert("RGB"))


def test_every_format_of_an_engraving_has_its_size() -> None:
    made = engrave(
        skimage.data.astronaut(), EngraveSettings(width_mm=30), ("gcode", "svg", "lbrn2", "pdf", "png")
    )
    assert b'width="30mm" height="30mm" viewBox="0 0 30 30"' in made.files["svg"]
    with Image.open(io.BytesIO(made.files["png"])) as dots:
        assert dots.width / dots.info["dpi"][0] * 25.4 == pytest.approx(30, abs=0.01)
    burns = check_gcode(made.files["gcode"].decode(), Machining()).burns
    across = max(burns[:, 0].max(), burns[:, 2].max()) - min(burns[:, 0].min(), burns[:, 2].min())
    black = ~np.asarray(Image.open(io.BytesIO(made.files["png"])))
    columns = np.flatnonzero(black.any(axis=0))
    assert across == pytest.approx((columns[-1] + 1 - columns[0]) * 0.1, abs=0.01)
    assert made.assessment.state is Readiness.READY


def test_a_cut_is_the_same_in_every_format() -> None:
    made = cut(PART, CutSettings(kerf_mm=0.2), ("gcode", "svg", "dxf", "lbrn2"))
    wanted = np.array((9.9, 9.9, 70.1, 50.1))
    assert np.allclose(bounds(made.drawing), wanted, atol=0.01)
    assert np.allclose(bounds(read_svg(made.files["svg"])), wanted, atol=0.01)
    lines = ezdxf.read(io.StringIO(made.files["dxf"].decode())).modelspace().query("LWPOLYLINE")
    points = np.array([p[:2] for line in lines for p in line.get_points()])
    assert np.allclose((points[:, 0].min(), 60 - points[:, 1].max()), wanted[:2], atol=0.01)
    burns = check_gcode(made.files["gcode"].decode(), Machining()).burns
    x, y = made.report["origin_mm"]
    assert np.allclose((burns[:, [0, 2]].min() - x, burns[:, [0, 2]].max() - x), wanted[[0, 2]], atol=0.01)
    assert np.allclose((burns[:, [1, 3]].min() - y, burns[:, [1, 3]].max() - y), (9.9, 50.1), atol=0.01)
    x_of_vertices = [float(x) for x in re.findall(rb"V([-\d.]+) [-\d.]+", made.files["lbrn2"])]
    assert (min(x_of_vertices), max(x_of_vertices)) == pytest.approx((9.9, 70.1), abs=0.01)
    assert made.report["gcode_errors"] == made.report["nesting_errors"] == 0
    assert json.dumps(made.full_report())
    assert json.dumps(made.toolpath)


def test_a_drawing_at_the_edge_of_its_sheet_still_stays_on_the_bed() -> None:
    edge = Drawing((rectangle(0, 0, 80, 60),), 80, 60)
    made = cut(edge, CutSettings(kerf_mm=0.3, lead_mm=2), ("gcode",))
    assert made.report["gcode_errors"] == 0
    assert min(made.report["origin_mm"]) > 2


def test_optimising_burns_each_line_once_and_moves_nothing() -> None:
    twice = Drawing((*PART.paths, rectangle(10, 10, 60, 40)), 80, 60)
    svg = cut(twice, CutSettings(kerf_mm=0, effort=0), ("svg",)).files["svg"]
    made = optimize_svg(svg)
    assert len(read_svg(made.files["svg"]).paths) == 3
    assert np.allclose(bounds(read_svg(made.files["svg"])), bounds(PART), atol=0.01)
    assert made.assessment.measures["nesting_errors"] == 0


@pytest.mark.parametrize(
    "settings",
    [
        TraceSettings(width_mm=50),
        TraceSettings(width_mm=50, centerline=True),
        TraceSettings(width_mm=50, levels=3),
        TraceSettings(width_mm=50, colours=3),
    ],
)
def test_every_way_to_trace_gives_a_drawing_of_the_wanted_width(settings: TraceSettings) -> None:
    made = trace(drawn(), settings)
    read = read_svg(made.files["svg"])
    assert (read.width_mm, read.height_mm) == pytest.approx((50, 50), abs=0.01)
    assert read.paths


@pytest.mark.parametrize("process", ["cut", "score", "engrave_and_cut"])
def test_a_picture_becomes_a_checked_job_of_lines(process: str) -> None:
    settings = PictureSettings(
        trace=TraceSettings(width_mm=40), cut=CutSettings(kerf_mm=0.15), engrave=EngraveSettings(width_mm=40)
    )
    made = picture_job(drawn(), None, process, settings, ("gcode", "svg", "lbrn2"))  # pyright: ignore[reportArgumentType]
    assert made.report["gcode_errors"] == 0
    assert made.report["nesting_errors"] == 0
    assert made.assessment.state is not Readiness.NOT_CUTTABLE
    assert made.pictures["toolpath"].std() > 1


def test_an_engraved_figure_is_cut_out_around_its_opaque_part() -> None:
    picture = drawn()
    alpha = (picture[:, :, 0] < 128).astype(np.float32)
    settings = PictureSettings(engrave=EngraveSettings(width_mm=40), margin_mm=3)
    shaded = np.repeat(np.tile(np.linspace(0, 255, 400), (400, 1)).astype(np.uint8)[..., None], 3, axis=2)
    made = picture_job(shaded, alpha, "engrave_and_cut", settings)
    (around,) = [path for path in made.drawing.paths if path.operation is Operation.CUT]
    left, top, right, bottom = bounds(around)
    kerf = made.report["kerf_mm"][0]
    assert (right - left, bottom - top) == pytest.approx((28.1 + 6 + kerf, 28.1 + 6 + kerf), abs=0.15)


def test_a_web_narrower_than_the_beam_is_not_cuttable() -> None:
    close = Drawing((rectangle(0, 0, 40, 40), rectangle(5, 5, 10, 30), rectangle(15.1, 5, 10, 30)), 40, 40)
    found = assess_drawing(close, kerf_mm=0.2)
    assert found.state is Readiness.NOT_CUTTABLE
    assert found.findings[0].code == "web-burns"
    assert found.findings[0].x == pytest.approx(15.05, abs=0.1)


def test_a_stencil_loses_its_islands_until_it_has_bridges() -> None:
    ring = Drawing((rectangle(10, 10, 40, 40), rectangle(20, 20, 20, 20)), 60, 60)
    assert assess_drawing(ring, stencil="sheet").state is Readiness.NOT_CUTTABLE
    made = cut(ring, CutSettings(kerf_mm=0.1, bridges_mm=2))
    assert assess_drawing(made.drawing, stencil="sheet").measures["loose_islands"] == 0


def test_cutting_outer_lines_first_is_not_cuttable() -> None:
    assert assess_drawing(PART, in_order=True).state is Readiness.NOT_CUTTABLE


@pytest.mark.parametrize("design", ["closed", "tray", "sliding-lid"])
def test_a_box_is_cut_on_the_kerf_that_was_asked_for(design: str) -> None:
    from bottega.laser.boxes import BoxSettings

    assert design in designs()
    made = box(design, BoxSettings(z_mm=40, kerf_x_mm=0.2), ("svg", "gcode"))
    assert made.report["parts"] >= 5
    assert all(sheet.report["kerf_mm"] == [0.2, 0.2] for sheet in made.sheets)
    assert all(sheet.report["gcode_errors"] == 0 for sheet in made.sheets)


def test_the_estimate_of_a_file_is_that_of_its_job() -> None:
    made = cut(PART, CutSettings(kerf_mm=0.1, price_per_hour=60))
    found = estimate(made.files["gcode"], "part.nc", CutSettings(price_per_hour=60))
    assert found.report["seconds_estimated"] == made.report["seconds_estimated"]
    assert found.report["cost_micro_dollars"] == made.report["cost_micro_dollars"] > 0


@pytest.mark.parametrize(
    "settings",
    [
        {"power_percent": float("nan")},
        {"speed_mm_min": 0},
        {"passes": 0},
        {"kerf_mm": -1},
        {"kerf_mm": float("inf")},
        {"bed_width_mm": 20},
        {"material": "pvc"},
        {"machine": "ruby"},
        {"dialect": "heidenhain"},
        {"tabs": -1},
        {"lead_mm": float("nan")},
        {"interval_mm": 0},
    ],
)
def test_what_no_machine_does_is_an_error_in_words(settings: dict[str, object]) -> None:
    with pytest.raises(BottegaError):
        cut(PART, CutSettings(**settings))  # pyright: ignore[reportArgumentType]


def test_dxf_of_an_engraving_and_a_file_without_lines_are_refused() -> None:
    with pytest.raises(InvalidOption, match="DXF"):
        engrave(drawn(), EngraveSettings(width_mm=30), ("dxf",))
    with pytest.raises(BottegaError):
        cut_svg(b"<svg xmlns='http://www.w3.org/2000/svg'/>", CutSettings())
