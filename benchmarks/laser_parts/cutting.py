"""Cutting: travel and nesting on a drawing of 2,516 nested paths, kerf, time estimate, readers of the G-code.

`rows(quick)` returns (name, value, aim, passed, anchor). Where the environment names a Python with vpype
(BOTTEGA_VPYPE_PYTHON), vpype sorts the same drawing in the same run.
"""

import json
import math
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path as File

import numpy as np
import shapely

from assembled import Row
from bottega.laser.bridges import add_bridges, loose_islands
from bottega.laser.cut_gcode import LineSettings
from bottega.laser.cut_job import CutJob, CutSettings, cut
from bottega.laser.geometry import Drawing, Path, length
from bottega.laser.kerf import compensate
from bottega.laser.leads import LeadSettings
from bottega.laser.merge import merge
from bottega.laser.nesting import nesting
from bottega.laser.order import arrange, nesting_errors, order_paths, travel_mm
from bottega.laser.tabs import TabSettings

PER_DEPTH = (150, 682, 1050, 552, 82)
"""Paths at each depth of nesting: 2,516 paths with 4,766 nested pairs, the numbers of a traced drawing."""


def nested_drawing(per_depth: tuple[int, ...] = PER_DEPTH, side_mm: float = 200, seed: int = 5) -> Drawing:
    """A sheet of blobs within blobs, in random file order: `per_depth` of them at each depth."""
    rng = np.random.default_rng(seed)
    level = _packed_circles(rng, per_depth[0], side_mm / 2, side_mm / 2, side_mm / 2, square=True)
    circles = list(level)
    for count in per_depth[1:]:
        area = np.array([r * r for _, _, r in level])
        shares = rng.multinomial(count, area / area.sum())
        level = [
            circle
            for (x, y, r), share in zip(level, shares, strict=True)
            for circle in _packed_circles(rng, share, x, y, r * 0.8)
        ]
        circles += level
    paths = [_blob(rng, *circle) for circle in circles]
    order = rng.permutation(len(paths))
    return Drawing(tuple(paths[i] for i in order), side_mm, side_mm)


def _packed_circles(
    rng: np.random.Generator, count: int, x: float, y: float, reach: float, *, square: bool = False
) -> list[tuple[float, float, float]]:
    placed: list[tuple[float, float, float]] = []
    size = reach * min(0.9, (1.6 if square else 1.2) / math.sqrt(max(count, 1)))
    while len(placed) < count:
        r = size * rng.uniform(0.5, 1.0)
        px, py = rng.uniform(-1, 1, 2) * (reach - r)
        size *= 0.998  # what does not fit becomes smaller
        if not square and math.hypot(px, py) > reach - r:
            continue
        if all(math.hypot(x + px - a, y + py - b) > r + s for a, b, s in placed):
            placed.append((x + px, y + py, r))
    return placed


def _blob(rng: np.random.Generator, x: float, y: float, r: float) -> Path:
    angle = np.linspace(0, 2 * np.pi, max(12, min(80, int(r * 12))), endpoint=False) + rng.uniform(0, 6)
    wave = sum(rng.uniform(-0.04, 0.04) * np.cos(k * angle + rng.uniform(0, 6)) for k in (2, 3, 5))
    radius = r * (0.87 + wave)
    return Path(np.column_stack((x + radius * np.cos(angle), y + radius * np.sin(angle))), True)


# --- Rows ----------------------------------------------------------------------------------------------------

CUT = CutSettings({"cut": LineSettings(90, 900, passes=2, constant_power=True)})


def rows(quick: bool = False) -> list[Row]:
    """All figures of this part; `quick` leaves out vpype and cuts, bridges and draws at random less."""
    drawing, smaller = nested_drawing(), nested_drawing((20, 60, 80, 20))
    few = smaller if quick else drawing
    job = cut(few, replace(CUT, kerf_x_mm=0.15, leads=LeadSettings(1.0), tabs=TabSettings(kerf_mm=0.15)))
    return [
        *_travel(drawing, quick),
        _duplicates(few),
        _kerf(),
        *_stencil(smaller if quick else nested_drawing((40, 150, 200, 60))),
        *_gcode(job),
        _fuzz(8 if quick else 200),
    ]


def _travel(drawing: Drawing, quick: bool) -> list[Row]:
    order_paths(drawing.paths[:50])  # compiles
    start, began = time.perf_counter(), time.process_time()
    found = order_paths(drawing.paths, start=(0, drawing.height_mm))
    wall, cpu = time.perf_counter() - start, time.process_time() - began
    arranged = arrange(drawing.paths, found)
    wrong, pairs = nesting_errors(arranged), len(nesting(drawing.paths).pairs)
    anchor = f"file order {travel_mm(drawing.paths, (0, drawing.height_mm)):,.0f} mm"
    ratio = Row(
        "travel / vpype --two-opt", "not measured", "<= 0.91", None, "BOTTEGA_VPYPE_PYTHON is not set"
    )
    if not quick and (sorted_by := _vpype(drawing)):
        anchor += "; vpype --two-opt {:,.0f} mm, {} of {} pairs wrong, {:.1f} s".format(*sorted_by)
        share = found.travel_mm / sorted_by[0]
        ratio = Row("travel / vpype --two-opt", f"{share:.3f}", "<= 0.91", share <= 4500 / 4939, "1")
    return [
        Row(
            "travel, 2,516 paths",
            f"{found.travel_mm:,.0f} mm",
            "<= 4,500 mm",
            found.travel_mm <= 4500,
            anchor,
        ),
        ratio,
        Row("nesting errors", f"{wrong} of {pairs}", "0", wrong == 0, "vpype 1.15: see above"),
        Row("time to order", f"{wall:.2f} s ({cpu:.2f} s of one core)", "<= 1 s", cpu <= 1, "vpype 0.5-13 s"),
    ]


_VPYPE = """
import json, sys, time
import numpy as np, vpype, vpype_cli
lines = [np.array(line) for line in json.load(open(sys.argv[1]))]
document = vpype.Document()
document.add(vpype.LineCollection([line[:, 0] + 1j * line[:, 1] for line in lines]), 1)
start = time.perf_counter()
result = vpype_cli.execute("linesort --two-opt", document)
seconds = time.perf_counter() - start
layer = result.layers[1]
json.dump([layer.pen_up_length()[0], seconds, [[[p.real, p.imag] for p in line] for line in layer]], sys.stdout)
"""


def _vpype(drawing: Drawing) -> tuple[float, int, int, float] | None:
    """Travel (mm), wrong pairs, pairs, seconds; None where no Python with vpype is named."""
    python = os.environ.get("BOTTEGA_VPYPE_PYTHON")
    if not python:
        return None
    with tempfile.TemporaryDirectory() as folder:
        told = File(folder, "lines.json")
        told.write_text(json.dumps([np.vstack((p.points, p.points[:1])).tolist() for p in drawing.paths]))
        done = subprocess.run(
            [python, "-c", _VPYPE, str(told)], capture_output=True, text=True, check=True, timeout=600
        )
    travelled, seconds, lines = json.loads(done.stdout)
    paths = [Path(np.array(line)[:-1], True) for line in lines]
    return travelled, nesting_errors(paths), len(nesting(paths).pairs), seconds


def _duplicates(drawing: Drawing) -> Row:
    rng = np.random.default_rng(1)
    copies = tuple(Path(np.roll(p.points[::-1], int(rng.integers(9)), axis=0), True) for p in drawing.paths)
    once = sum(length(path) for path in drawing.paths)
    start = time.process_time()
    found = merge(Drawing((*drawing.paths, *copies), drawing.width_mm, drawing.height_mm))
    seconds = time.process_time() - start
    share = sum(length(path) for path in found.drawing.paths) / once
    return Row(
        "every path twice: burnt / once", f"{share:.4f} ({seconds:.2f} s)", "1", abs(share - 1) < 1e-3, "2"
    )


def _kerf() -> Row:
    """Random polygons cut with an oval beam: how far the edge of what is left lies from the drawn one."""
    rng = np.random.default_rng(2)
    worst = 0.0
    for _ in range(50):
        angle = np.sort(rng.uniform(0, 2 * np.pi, 40))
        shape = np.column_stack((50 + 30 * np.cos(angle), 50 + 20 * np.sin(angle)))
        unit = rng.uniform(0.08, 0.4, 2)
        moved = compensate(Drawing((Path(shape, True),), 100, 100), *unit.tolist()).drawing.paths[0]
        # A beam of diameter 1 in these units follows the line; what it leaves inside is the part.
        line = shapely.LinearRing(moved.points / unit)
        left = shapely.Polygon(line).difference(line.buffer(0.5, quad_segs=64))
        edge = left.exterior.hausdorff_distance(shapely.LinearRing(shape / unit)) * float(unit.max())
        worst = max(worst, edge)
    return Row(
        "kerf, X and Y apart: edge error",
        f"{worst:.5f} mm",
        "<= 0.01 mm",
        worst <= 0.01,
        "boxes.py: one value",
    )


def _stencil(drawing: Drawing) -> list[Row]:
    start = time.process_time()
    result = add_bridges(drawing, 0.3)
    seconds = time.process_time() - start
    loose = len(loose_islands(result.drawing))
    return [
        Row(
            "loose islands after bridges",
            f"{loose} of {result.islands} ({len(result.bridges)} bridges, {seconds:.2f} s)",
            "0",
            loose == 0,
            "by hand",
        )
    ]


def _gcode(job: CutJob) -> list[Row]:
    check = job.check
    assert check is not None
    naive = check.timing.burn_mm / 15 + check.timing.travel_mm / (10_000 / 60)
    found = [
        Row(
            "faults, our reader", str(check.error_count), "0", check.error_count == 0, f"{check.lines} lines"
        ),
        Row("longest line", str(check.longest_line), "<= 79", check.longest_line <= 79, ""),
        Row("time", f"{check.timing.seconds:.0f} s", "", None, f"distance / feed {naive:.0f} s"),
    ]
    if shutil.which("rs274"):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("tools.tbl", "state.var"):
                File(folder, name).touch()
            File(folder, "job.ngc").write_text(job.gcode)
            done = subprocess.run(
                ["rs274", "-g", "-t", "tools.tbl", "-v", "state.var", "job.ngc"],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        feeds = len(re.findall(r"STRAIGHT_FEED", done.stdout))
        fine = done.returncode == 0 and "PROGRAM_END" in done.stdout
        found.append(Row("LinuxCNC rs274", f"{feeds} feeds" if fine else "refused", "accepted", fine, ""))
    return found


def _fuzz(count: int) -> Row:
    bad = 0
    for seed in range(count):
        rng = np.random.default_rng(seed)
        paths = tuple(
            _blob(rng, *rng.uniform(30, 70, 2).tolist(), float(rng.uniform(0.2, 28)))
            if rng.random() < 0.6
            else Path(rng.uniform(2, 98, (int(rng.integers(2, 12)), 2)), bool(rng.integers(2)))
            for _ in range(int(rng.integers(1, 12)))
        )
        how = LineSettings(
            60,
            float(rng.uniform(60, 15_000)),
            int(rng.integers(1, 4)),
            0.3 * int(rng.integers(2)),
            bool(rng.integers(2)),
        )
        settings = CutSettings(
            {"cut": how},
            work=replace(CUT.work, arcs=bool(rng.integers(2)), rapid_mm_min=20_000),
            kerf_x_mm=float(rng.uniform(0, 0.4)),
            leads=LeadSettings() if rng.integers(2) else None,
            tabs=TabSettings() if rng.integers(2) else None,
            bridges_mm=0.5 * int(rng.integers(2)),
            effort=0.02,
        )
        report = cut(Drawing(paths, 100, 100), settings).report
        bad += bool(report["gcode_errors"] or report["nesting_errors"])
    return Row(f"bad files in {count} random jobs", str(bad), "0", bad == 0, "")
