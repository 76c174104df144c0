"""Test cards: small patches burnt with known settings and labelled, to find what suits a material.

Power x speed, line interval, passes, kerf and focus (beam width) cards. Each is a drawing, the cells with their settings,
and, for scanned cards, G-code that burns row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.formatting import mm
from bottega.laser.gcode import MAX_PASSES, MAX_SPEED_MM_MIN
from bottega.laser.geometry import Drawing, Operation, Path, RasterImage
from bottega.laser.layers import BurnSettings
from bottega.laser.size import in_range, run_up_mm
from bottega.laser.text import stroke_paths

LABEL_MM = 2.5
SIDE_MM = 16.0
"""Room for labels at the left and at the top."""
MAX_CELLS = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """A patch: left, top and size in mm (y down) and what it is burnt with; `layer` is its layer in the drawing."""

    x: float
    y: float
    width_mm: float
    height_mm: float
    burn: BurnSettings
    layer: str


@dataclass(frozen=True, slots=True)
class TestGrid:
    """`rows` of cells, top to bottom; `settings` by layer name, for writers that carry them."""

    __test__ = False  # not a test of pytest's

    drawing: Drawing
    rows: tuple[tuple[Cell, ...], ...]
    label: BurnSettings

    @property
    def settings(self) -> dict[str, BurnSettings]:
        return {"Labels": self.label, **{cell.layer: cell.burn for row in self.rows for cell in row}}


def power_speed_grid(
    powers_percent: Sequence[float],
    speeds_mm_min: Sequence[float],
    *,
    cell_mm: float = 8.0,
    gap_mm: float = 2.0,
    interval_mm: float = 0.1,
    passes: int = 1,
    label: BurnSettings | None = None,
) -> TestGrid:
    """Power along x, speed down y. Raises InvalidOption for figures out of range or more than 400 cells."""
    rows = [[_burn(p, v, passes, interval_mm) for p in powers_percent] for v in speeds_mm_min]
    return _grid(
        rows, [f"{p:g}%" for p in powers_percent], [f"{v:g}" for v in speeds_mm_min], cell_mm, gap_mm, label
    )


def interval_grid(
    intervals_mm: Sequence[float], power_percent: float, speed_mm_min: float, *, cell_mm: float = 8.0
) -> TestGrid:
    """One patch for each line interval, below each other, as every row needs its own lines."""
    rows = [[_burn(power_percent, speed_mm_min, 1, interval)] for interval in intervals_mm]
    return _grid(rows, ["interval"], [f"{i:g}" for i in intervals_mm], cell_mm, 2.0, None)


def passes_grid(
    passes: Sequence[int], powers_percent: Sequence[float], speed_mm_min: float, *, interval_mm: float = 0.1
) -> TestGrid:
    """Power along x, passes down y."""
    rows = [[_burn(p, speed_mm_min, n, interval_mm) for p in powers_percent] for n in passes]
    return _grid(rows, [f"{p:g}%" for p in powers_percent], [f"{n} x" for n in passes], 8.0, 2.0, None)


def kerf_comb(width_mm: float = 100.0, height_mm: float = 20.0, cuts: int = 10) -> Drawing:
    """A strip cut across into `cuts` equal pieces: push them together, and the gap divided by `cuts` + 1 is the kerf.

    The frame counts as one cut more. Raises InvalidOption for pieces below 3 mm.
    """
    in_range("The comb's width", width_mm, 10, 1000, "mm")
    in_range("The comb's height", height_mm, 5, 1000, "mm")
    in_range("The number of pieces", cuts, 2, 100, "")
    pitch = width_mm / cuts
    if pitch < 3:
        raise InvalidOption(f"The pieces would be {pitch:.3g} mm wide; 3 mm at least can be pushed together.")
    edge, top = 5.0, 10.0
    frame = np.array([(0, 0), (width_mm, 0), (width_mm, height_mm), (0, height_mm)], np.float64) + np.array(
        (edge, top)
    )
    lines = [
        Path(np.array([(edge + k * pitch, top), (edge + k * pitch, top + height_mm)]), False)
        for k in range(1, cuts)
    ]
    label = stroke_paths(f"kerf = gap / {cuts + 1}", LABEL_MM, edge, 6, layer="Labels")
    return Drawing((*label, *lines, Path(frame, True)), width_mm + 2 * edge, height_mm + top + edge)


def focus_strip(offsets_mm: Sequence[float], *, length_mm: float = 30.0, gap_mm: float = 4.0) -> Drawing:
    """One scored line for each height of the head, labelled: the thinnest line is in focus, its width is the beam's."""
    in_range("The number of lines", len(offsets_mm), 1, 100, "")
    in_range("The length", length_mm, 5, 500, "mm")
    paths: list[Path] = []
    for k, offset in enumerate(offsets_mm):
        in_range("The focus offset", offset, -50, 50, "mm")
        y = 5 + k * max(gap_mm, LABEL_MM * 1.4)
        paths += stroke_paths(
            f"{offset:+g}", LABEL_MM, SIDE_MM - 2, y + LABEL_MM / 2, align="right", layer="Labels"
        )
        paths.append(
            Path(
                np.array([(SIDE_MM, y), (SIDE_MM + length_mm, y)]),
                False,
                Operation.SCORE,
                f"Focus {offset:+g}",
            )
        )
    height = 10 + len(offsets_mm) * max(gap_mm, LABEL_MM * 1.4)
    return Drawing(tuple(paths), SIDE_MM + length_mm + 5, height)


def grid_gcode(
    grid: TestGrid,
    *,
    bed_width_mm: float = 400.0,
    bed_height_mm: float = 400.0,
    max_power_s: int = 1000,
    acceleration_mm_s2: float = 1000.0,
) -> str:
    """GRBL G-code: labels first, then row by row, every line over all cells of the row at one speed, S changing.

    Raises InvalidOption when the card with its run-up (v^2 / 2a) does not fit the bed, or cells of one row differ in
    more than power.
    """
    width, height = grid.drawing.width_mm, grid.drawing.height_mm
    fastest = max(row[0].burn.speed_mm_min for row in grid.rows)
    run = run_up_mm(fastest, acceleration_mm_s2)
    if width + 2 * run > bed_width_mm or height > bed_height_mm:
        raise InvalidOption(
            f"The card needs {width + 2 * run:.4g} x {height:.4g} mm with its run-up; the bed has "
            f"{bed_width_mm:g} x {bed_height_mm:g} mm.",
            hint="Use fewer or smaller cells, or lower speeds.",
        )
    out = [
        f"; Test card {width:.4g} x {height:.4g} mm",
        f"; GRBL 1.1, laser mode $32=1, full power $30={max_power_s}",
    ]
    out += ["G21", "G90", "M4S0", f"G1F{mm(grid.label.speed_mm_min)}"]
    for path in grid.drawing.paths:
        if path.layer == "Labels":
            points = [(x + run, height - y) for x, y in path.points.tolist()]
            out.append(f"G0X{mm(points[0][0])}Y{mm(points[0][1])}")
            s = round(grid.label.power_percent / 100 * max_power_s)
            out += [f"G1X{mm(x)}Y{mm(y)}S{s}" for x, y in points[1:]]
    for row in grid.rows:
        out += _row_gcode(row, height, run, max_power_s, acceleration_mm_s2)
    return "\n".join((*out, "M5", "G0X0Y0S0", "M2", ""))


def _row_gcode(row: tuple[Cell, ...], height: float, run: float, full: int, acceleration: float) -> list[str]:
    burn = row[0].burn
    if any(
        (c.burn.speed_mm_min, c.burn.passes, c.burn.interval_mm)
        != (burn.speed_mm_min, burn.passes, burn.interval_mm)
        for c in row
    ):
        raise InvalidOption("Cells of one row can differ in power only.")
    own = run_up_mm(burn.speed_mm_min, acceleration)
    lines = max(1, round(row[0].height_mm / burn.interval_mm))
    out = [f"G1F{mm(burn.speed_mm_min)}S0"]
    forward = True
    for _ in range(burn.passes):
        for k in range(lines):
            y = mm(height - row[0].y - (k + 0.5) * burn.interval_mm)
            stops = [
                (c.x + run, c.x + c.width_mm + run, round(c.burn.power_percent / 100 * full)) for c in row
            ]
            if not forward:
                stops = [(b, a, s) for a, b, s in reversed(stops)]
            way = own if forward else -own
            out.append(f"G0X{mm(stops[0][0] - way)}Y{y}")
            for n, (a, b, s) in enumerate(stops):
                out += [f"{'G1' if n == 0 else ''}X{mm(a)}S0", f"X{mm(b)}S{s}"]
            out.append(f"X{mm(stops[-1][1] + way)}S0")
            forward = not forward
    return out


def _burn(power: float, speed: float, passes: int, interval: float) -> BurnSettings:
    in_range("The power", power, 0.1, 100, "%")
    in_range("The speed", speed, 1, MAX_SPEED_MM_MIN, "mm/min")
    in_range("The number of passes", passes, 1, MAX_PASSES, "")
    in_range("The interval", interval, 0.02, 5, "mm")
    return BurnSettings(power, speed, int(passes), interval)


def _grid(
    burns: list[list[BurnSettings]],
    across: list[str],
    down: list[str],
    cell: float,
    gap: float,
    label: BurnSettings | None,
) -> TestGrid:
    in_range("The cell", cell, 2, 100, "mm")
    in_range("The gap", gap, 0, 50, "mm")
    if not burns or not burns[0]:
        raise InvalidOption("The test card has no cells.", hint="Give at least one power and one speed.")
    if len(burns) * len(burns[0]) > MAX_CELLS:
        raise InvalidOption(
            f"The card has {len(burns) * len(burns[0])} cells; at most {MAX_CELLS} are taken."
        )
    label = label or BurnSettings(20, 2000)
    pitch = cell + gap
    rows = tuple(
        tuple(
            Cell(SIDE_MM + i * pitch, SIDE_MM + j * pitch, cell, cell, burn, f"{down[j]} {across[i]}")
            for i, burn in enumerate(row)
        )
        for j, row in enumerate(burns)
    )
    size = min(LABEL_MM, cell / 3)
    paths: list[Path] = []
    for i, text in enumerate(across):
        paths += stroke_paths(
            text, size, SIDE_MM + i * pitch + cell / 2, SIDE_MM - 2, align="centre", layer="Labels"
        )
    for j, text in enumerate(down):
        paths += stroke_paths(
            text, size, SIDE_MM - 2, SIDE_MM + j * pitch + (cell + size) / 2, align="right", layer="Labels"
        )
    black = np.ones((1, 1), np.bool_)
    rasters = tuple(RasterImage(black, c.x, c.y, cell, cell, c.layer) for row in rows for c in row)
    width = SIDE_MM + len(burns[0]) * pitch + 2
    return TestGrid(Drawing(tuple(paths), width, SIDE_MM + len(burns) * pitch + 2, rasters), rows, label)
