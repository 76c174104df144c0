"""A whole cutting job: what leaves the writer is read again by our checker and by readers nobody here wrote."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path as File
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import InvalidOption, TooLarge
from bottega.laser.arcs import arc_points, fit_arcs
from bottega.laser.cut_gcode import LineSettings, Work
from bottega.laser.cut_job import CutJob, CutSettings, cost_micro_dollars, cut
from bottega.laser.gcode_check import Machining, check_gcode
from bottega.laser.geometry import Drawing, Operation, Path, RasterImage
from bottega.laser.leads import LeadSettings
from bottega.laser.tabs import TabSettings

THICK = LineSettings(90, 600, passes=2, constant_power=True)
BURN = {"cut": THICK, "score": LineSettings(20, 3000), "engrave": LineSettings(30, 5000)}


def ring(*points: tuple[float, float], operation: Operation = Operation.CUT) -> Path:
    return Path(np.array(points, float), True, operation)


def box(x: float, y: float, width: float, height: float, operation: Operation = Operation.CUT) -> Path:
    return ring((x, y), (x + width, y), (x + width, y + height), (x, y + height), operation=operation)


def circle(x: float, y: float, r: float, count: int = 90) -> Path:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return Path(np.column_stack((x + r * np.cos(angle), y + r * np.sin(angle))), True)


PLATE = Drawing(
    (
        box(20, 20, 60, 40),
        circle(40, 40, 8),
        box(55, 30, 15, 20),
        Path(np.array([(25.0, 25.0), (45.0, 26.0)]), False, Operation.SCORE),
        ring((58, 33), (68, 33), (63, 45), operation=Operation.FILL),
    ),
    120,
    80,
    (RasterImage(np.eye(20, dtype=bool), 25, 50, 6, 4),),
)
EVERYTHING = CutSettings(
    BURN, kerf_x_mm=0.15, kerf_y_mm=0.2, leads=LeadSettings(), tabs=TabSettings(kerf_mm=0.15)
)


@pytest.fixture(scope="module")
def plate() -> CutJob:
    return cut(PLATE, EVERYTHING, dollars_per_hour=20)


def burns(job: CutJob) -> np.ndarray[Any, np.dtype[np.float64]]:
    assert job.check is not None
    return job.check.burns


def test_the_strict_reader_finds_nothing_wrong(plate: CutJob) -> None:
    assert plate.report["gcode_faults"] == []
    assert plate.report["longest_line"] <= 79
    assert plate.report["nesting_errors"] == 0


def test_one_power_mode_word_for_each_part_of_the_job(plate: CutJob) -> None:
    assert re.findall(r"^M[345].*", plate.gcode, re.M) == ["M4S0", "M3S0", "M5"]
    assert plate.gcode.endswith("M5\nG0X0Y0S0\nM2\n")


def test_engraving_comes_first_then_scoring_then_cutting(plate: CutJob) -> None:
    power = burns(plate)[:, 4].tolist()
    assert power == sorted(power, key=[300, 200, 900].index)


def test_the_beam_is_off_in_every_travel_and_before_every_stop_at_constant_power(plate: CutJob) -> None:
    power = "S0"
    for line in plate.gcode.split("M3S0\n")[1].split("\n"):
        if line.startswith("G0"):
            assert power == "S0"
        power = (re.findall(r"S\d+", line) or [power])[-1]
    assert all(line.endswith("S0") for line in plate.gcode.split("\n") if line.startswith("G0"))


def test_holes_are_cut_before_the_part_that_they_are_in(plate: CutJob) -> None:
    cuts = [path for path in plate.drawing.paths if path.operation is Operation.CUT]
    assert np.ptp(cuts[-1].points[:, 0]) == pytest.approx(60.15)


def test_what_is_cut_is_the_drawing_moved_by_the_kerf(plate: CutJob) -> None:
    x0, y0, x1, y1, power = burns(plate).T
    cuts = power == 900
    x, y = np.concatenate((x0[cuts], x1[cuts])), np.concatenate((y0[cuts], y1[cuts]))
    part = shapely.box(20 - 0.075, 80 - 60 - 0.1, 80 + 0.075, 80 - 20 + 0.1)
    points = shapely.points(x, y)
    # The way in lies outside; nothing of the cut lies inside the kerf-wide rim, apart from the two holes.
    assert shapely.distance(points, part.boundary).min() < 1e-3
    lines = shapely.linestrings(np.stack((burns(plate)[cuts][:, :2], burns(plate)[cuts][:, 2:4]), axis=1))
    on_outline = shapely.union_all(lines).intersection(part.boundary.buffer(2e-3)).length
    gaps = 0.65 * 3
    assert on_outline == pytest.approx(part.length - gaps, abs=0.3)


def test_tabs_leave_the_beam_off_for_their_width_and_the_kerf() -> None:
    drawing = Drawing((box(20, 20, 60, 40),), 100, 80)
    tabs = TabSettings(width_mm=0.6, count=4, kerf_mm=0.2)
    job = cut(drawing, CutSettings({"cut": LineSettings(90, 600)}, tabs=tabs))
    assert job.report["tabs"] == 4
    burnt = float(np.hypot(*(burns(job)[:, 2:4] - burns(job)[:, :2]).T).sum())
    assert burnt == pytest.approx(200 - 4 * 0.8, abs=0.02)
    corners = shapely.MultiPoint([(20, 20), (80, 20), (80, 60), (20, 60)])
    gap = [t.points[k] for p in job.parts for t in p.toolpaths for k in np.flatnonzero(~t.on)]
    assert min(corners.distance(shapely.Point(p)) for p in gap) > 0.5


def test_leads_lie_in_the_waste_and_on_the_sheet() -> None:
    job = cut(PLATE, replace(EVERYTHING, kerf_x_mm=0, kerf_y_mm=0, tabs=None))
    part = shapely.box(20, 20, 80, 60)
    holes = shapely.union_all(
        [shapely.Polygon(PLATE.paths[1].points), shapely.Polygon(PLATE.paths[2].points)]
    )
    kept = part.difference(holes)
    toolpaths = [t for p in job.parts for t in p.toolpaths if t.operation is Operation.CUT]
    assert [len(t.lead_in) > 1 for t in toolpaths] == [True] * 3
    for toolpath in toolpaths:
        for lead in (toolpath.lead_in, toolpath.lead_out):
            line = shapely.LineString(lead)
            assert line.intersection(kept).length < 1e-3
            assert shapely.box(0, 0, 120, 80).covers(line)
        assert np.allclose(toolpath.lead_in[-1], toolpath.points[0])


def test_a_part_at_the_edge_of_the_sheet_gets_no_lead_off_it() -> None:
    job = cut(Drawing((box(0, 0, 50, 50),), 50, 50), CutSettings(BURN, leads=LeadSettings(5)))
    assert job.report["without_lead"] == 1
    assert job.report["gcode_errors"] == 0


@pytest.mark.parametrize(
    "origin", ["bed", "lower-left", "upper-left", "lower-right", "upper-right", "centre"]
)
def test_every_origin_burns_the_same_place_of_the_bed(origin: Any) -> None:
    work = Work(origin=origin, x_mm=30, y_mm=40)
    job = cut(PLATE, replace(EVERYTHING, work=work))
    zero = np.array(work.zero(120, 80) * 2)
    bed = burns(job)[:, :4] + zero
    assert job.report["gcode_errors"] == 0
    assert bed[:, 0].min() == pytest.approx(30 + 20 - 0.075 - 1.3, abs=1.5)
    assert bed[:, [1, 3]].min() >= 40
    assert bed[:, [0, 2]].max() <= 150


def test_passes_go_deeper_and_come_back() -> None:
    how = LineSettings(80, 600, passes=3, z_step_mm=0.5, constant_power=True)
    job = cut(Drawing((circle(30, 30, 10),), 60, 60), CutSettings({"cut": how}))
    assert job.report["gcode_faults"] == []
    assert re.findall(r"Z\S+?(?=F|S|$)", job.gcode, re.M) == ["Z-0.5", "Z-1", "Z0"]
    assert job.report["cut_mm"] == pytest.approx(3 * 2 * np.pi * 10, rel=0.01)


def test_arcs_burn_the_same_line_with_fewer_words() -> None:
    drawing = Drawing((circle(50, 50, 30, 720),), 100, 100)
    plain = cut(drawing, CutSettings({"cut": LineSettings(80, 600)}))
    arcs = cut(drawing, CutSettings({"cut": LineSettings(80, 600)}, work=Work(arcs=True)))
    assert arcs.report["gcode_faults"] == []
    assert arcs.report["gcode_lines"] < plain.report["gcode_lines"] / 4
    # The text says sheet upside down; a circle is its own mirror image.
    assert np.abs(np.hypot(burns(arcs)[:, 2] - 50, burns(arcs)[:, 3] - 50) - 30).max() < 0.01
    assert arcs.report["burn_mm"] == pytest.approx(plain.report["burn_mm"], rel=1e-3)


@given(
    radius=st.floats(1, 500), start=st.floats(0, 6), sweep=st.floats(0.3, 2.9), way=st.sampled_from([1, -1])
)
def test_points_on_an_arc_are_found_to_be_one(radius: float, start: float, sweep: float, way: int) -> None:
    angle = start + way * np.linspace(0, sweep, max(20, int(radius)))
    points = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    (piece,) = (
        fit_arcs(points, 0.01)
        if radius * (sweep / len(points)) ** 2 / 8 < 0.008
        else fit_arcs(points, radius)
    )
    assert piece.turn == way
    assert piece.centre is not None
    ways = arc_points((points[0, 0], points[0, 1]), (points[-1, 0], points[-1, 1]), piece.centre, way)
    assert np.abs(np.hypot(ways[:, 0], ways[:, 1]) - radius).max() < 0.02 * radius


@settings(max_examples=16, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 14),
    speed=st.floats(10, 20_000),
    passes=st.integers(1, 3),
    constant=st.booleans(),
    kerf=st.floats(0, 0.5),
    leads=st.booleans(),
    tabs=st.booleans(),
    bridges=st.booleans(),
    arcs=st.booleans(),
    z_step=st.sampled_from([0.0, 0.3]),
)
def test_no_random_job_makes_a_bad_file(
    seed: int,
    count: int,
    speed: float,
    passes: int,
    constant: bool,
    kerf: float,
    leads: bool,
    tabs: bool,
    bridges: bool,
    arcs: bool,
    z_step: float,
) -> None:
    rng = np.random.default_rng(seed)
    operations = [Operation.CUT, Operation.CUT, Operation.SCORE, Operation.FILL]
    paths = tuple(
        Path(
            rng.uniform(2, 98, 2) + rng.uniform(-1, 1, (rng.integers(2, 30), 2)),
            bool(rng.integers(2)),
            operation,
        )
        if rng.integers(2)
        else replace(
            circle(*rng.uniform(30, 70, 2).tolist(), float(rng.uniform(0.1, 28))), operation=operation
        )
        for operation in rng.choice(np.array(operations, object), count)
    )
    how = LineSettings(60, speed, passes, z_step, constant)
    job = (
        cut(
            Drawing(paths, 100, 100),
            CutSettings(
                {"cut": how, "score": LineSettings(20, speed), "fill": LineSettings(10, speed)},
                work=Work(arcs=arcs, rapid_mm_min=20_000),
                kerf_x_mm=kerf,
                leads=LeadSettings() if leads else None,
                tabs=TabSettings() if tabs else None,
                bridges_mm=0.5 if bridges else 0,
                interval_mm=0.3,
                effort=0.02,
            ),
        )
        if any(p.operation is not Operation.FILL or p.closed for p in paths)
        else None
    )
    if job is not None:
        assert job.report["gcode_faults"] == []
        assert job.report["nesting_errors"] == 0
        assert job.report["longest_line"] <= 79


# --- Readers that nobody here wrote --------------------------------------------------------------------------


def test_gcodeparser_reads_the_same_moves(plate: CutJob) -> None:
    gcodeparser = pytest.importorskip("gcodeparser")
    x = y = s = 0.0
    read: list[tuple[float, ...]] = []
    armed = False
    for line in gcodeparser.GcodeParser(_explicit(plate.gcode)).lines:
        s = float(line.params.get("S", s))
        if line.command[0] == "M":
            armed = line.command[1] in (3, 4)
        if line.command in (("G", 0), ("G", 1)):
            to = float(line.params.get("X", x)), float(line.params.get("Y", y))
            if line.command[1] == 1 and armed and s > 0 and to != (x, y):
                read.append((x, y, *to, s))
            x, y = to
    assert np.allclose(np.array(read), burns(plate))


def _explicit(text: str) -> str:
    """With the G word on every line: the splitter knows no modal words."""
    word, lines = "", []
    for line in text.split("\n"):
        found = re.match(r"G[0123](?!\d)", line)
        word = found[0] if found else word
        lines.append(word + line if line[:1] in ("X", "Y", "Z") else line)
    return "\n".join(lines)


@pytest.mark.skipif(
    shutil.which("rs274") is None, reason="LinuxCNC's rs274 (Debian linuxcnc-uspace) is not here"
)
def test_linuxcnc_accepts_the_program_and_drives_the_same_way(plate: CutJob, tmp_path: File) -> None:
    for name in ("tools.tbl", "state.var"):
        (tmp_path / name).touch()
    (tmp_path / "job.ngc").write_text(plate.gcode)
    result = subprocess.run(
        ["rs274", "-g", "-t", "tools.tbl", "-v", "state.var", "job.ngc"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert "PROGRAM_END" in result.stdout
    feeds = re.findall(r"STRAIGHT_FEED\(([-\d.]+), ([-\d.]+)", result.stdout)
    ours = plate.check
    assert ours is not None
    ends = np.array(feeds, float)
    burnt = ours.burns[:, 2:4]
    # Every burnt end point is one of LinuxCNC's, in the same order.
    at = 0
    for point in burnt:
        while np.abs(ends[at] - point).max() > 2e-3:
            at += 1
        at += 1


# --- What is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"power_percent": float("nan")},
        {"power_percent": 0},
        {"power_percent": 101},
        {"speed_mm_min": 0},
        {"speed_mm_min": float("inf")},
        {"passes": 0},
        {"z_step_mm": -1},
    ],
)
def test_settings_that_no_machine_does_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        replace(THICK, **change)


@pytest.mark.parametrize(
    "drawing",
    [
        Drawing((), 100, 100),
        Drawing((box(0, 0, 10, 10),), 0, 100),
        Drawing((box(0, 0, 10, 10),), 10_000, 100),
        Drawing((box(0, 0, 10, 10),), float("nan"), 100),
        Drawing((box(0, 0, 500, 10),), 600, 100),
        Drawing((box(-50, 0, 10, 10),), 100, 100),
        Drawing((Path(np.array([(5.0, 5.0), (5.0, 5.0)]), False),), 100, 100),
        Drawing((box(0, 0, 10, 10, Operation.FILL),), 100, 100),
    ],
    ids=["empty", "size 0", "10 m", "NaN", "larger than the bed", "off the bed", "no length", "no settings"],
)
def test_drawings_that_cannot_be_burnt_are_refused(drawing: Drawing) -> None:
    with pytest.raises((InvalidOption, TooLarge)):
        cut(drawing, CutSettings({"cut": THICK}))


@pytest.mark.parametrize(
    "change",
    [
        {"dialect": "heidenhain"},
        {"origin": "middle"},
        {"bed_width_mm": float("nan")},
        {"acceleration_mm_s2": 0},
        {"x_mm": -5},
        {"max_power_s": 0},
    ],
)
def test_machines_that_do_not_exist_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        Work(**change)


def test_the_kerf_at_the_bed_edge_is_refused_not_clipped() -> None:
    with pytest.raises(InvalidOption, match="off the bed"):
        cut(Drawing((box(0, 0, 50, 50),), 50, 50), CutSettings({"cut": THICK}, kerf_x_mm=0.2))


# --- Dialects and estimates ----------------------------------------------------------------------------------


def test_marlin_gets_inline_power_and_a_word_on_every_line() -> None:
    text = cut(PLATE, replace(EVERYTHING, work=Work(dialect="marlin"))).gcode
    assert "M4 I S0\n" in text
    assert "M3 I S0\n" in text
    assert re.search(r"^G1 X\S+ S230$|^G1 .*S230$", text, re.M)
    assert not re.search(r"^[XYZ]", text, re.M)
    assert "M2" not in text


def test_smoothieware_gets_power_from_0_to_1() -> None:
    text = cut(PLATE, replace(EVERYTHING, work=Work(dialect="smoothie"))).gcode
    assert {float(value) for value in re.findall(r"(?<=S)[\d.]+", text.split("\n", 5)[5])} == {
        0,
        0.2,
        0.3,
        0.9,
    }
    assert "M4" not in text


def test_power_is_scaled_to_the_machines_full_power() -> None:
    job = cut(PLATE, replace(EVERYTHING, work=Work(max_power_s=255)))
    assert set(burns(job)[:, 4]) == {76, 51, 230}


def test_the_estimate_counts_lengths_time_and_money(plate: CutJob) -> None:
    report = plate.report
    assert report["score_mm"] == pytest.approx(20.0, abs=0.1)
    outline = 2 * (60.15 + 40.2) - 0.65 * report["tabs"] + 2 * np.pi * (8 - 0.0875) + 2 * (14.85 + 19.8)
    assert report["cut_mm"] == pytest.approx(2 * outline, rel=0.01)
    assert report["seconds_estimated"] > report["cut_mm"] / 10
    assert report["cost_micro_dollars"] == pytest.approx(report["seconds_estimated"] / 3600 * 20e6, rel=0.01)
    assert cost_micro_dollars(3600, 12.5) == 12_500_000


GOOD = (
    "G21\nG90\nM4S0\nG0X1Y1S0\nG1X2F600S100\nM3S0\nG0X5Y5\nG1X9S500\nG2X11Y7I0J2\nG1X12S0\nZ-1\nZ0\nM5\nM2\n"
)
VECTOR = Machining(power_modes=2, arcs=True, depth=True)


def test_the_reader_accepts_a_good_vector_program() -> None:
    text = GOOD.replace("M3S0", "S0\nM3")
    assert check_gcode(text, VECTOR).errors == ()


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("I0J2", "I0J5", "error:33"),
        ("I0J2", "", "error:35"),
        ("X9S500", "X9I1S500", "error:36"),
        ("Z0\n", "", "not back at its height"),
        ("G1X12S0\nZ-1", "G1X12\nZ-1", "while the head moves in Z"),
        ("Z-1", "X13Z-1", "at once"),
        ("M5\n", "M4\nM5\n", "power mode changes"),
        ("G2X11Y7I0J2", "G2X11Y7I-100J-100", "error:33"),
        ("G0X5Y5\n", "G0X5Y0.5\n", "off the bed"),
    ],
)
def test_the_reader_finds_the_faults_of_vector_programs(was: str, becomes: str, complaint: str) -> None:
    text = GOOD.replace("M3S0", "S0\nM3")
    assert was in text
    machining = replace(VECTOR, bottom_mm=0.8, bed_height_mm=300) if "bed" in complaint else VECTOR
    errors = check_gcode(text.replace(was, becomes), machining).errors
    assert any(complaint in error for error in errors), errors


def test_arcs_and_z_are_faults_in_a_job_that_should_not_have_them() -> None:
    errors = check_gcode(GOOD, Machining()).errors
    assert any("G2" in error for error in errors)
    assert any("Z is not a word" in error for error in errors)


def test_an_arc_that_leaves_the_bed_between_its_ends_is_a_fault() -> None:
    text = "G21\nG90\nM4S0\nG0X1Y5S0\nG1X2F600\nG2X2Y9I0J2S100\nG1X3S0\nM5\nM2\n"
    assert check_gcode(text, replace(VECTOR, left_mm=1.0)).error_count > 0
    assert check_gcode(text, VECTOR).errors == ()
