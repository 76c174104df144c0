"""Dots to raster G-code for GRBL 1.1 in laser mode (`$32=1`), as few words as the controller needs.

Facts are those of the GRBL 1.1 documentation: M4 scales power with speed and switches off at standstill,
G0 never burns, an S word costs no stop while M3/M4/M5 do, a line has at most 79 characters. Checking the
text independently is left to `gcode_check`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.laser.dither import Bits
from bottega.laser.size import Grid, check_on_bed, in_range, run_up_mm

MAX_SPEED_MM_MIN = 60_000.0
MAX_PASSES = 20


@dataclass(frozen=True, slots=True)
class RasterSettings:
    """How to burn. `power_percent` of `max_power_s` (GRBL $30). `x_mm`, `y_mm`: where the picture's lower left
    corner lies on the bed; without `x_mm` it lies as far left as the run-up allows. `bidirectional`: burn to and
    fro; otherwise every line runs from left to right. `scan_offset_mm` moves the lines that run leftwards to the
    right by so much, against the lag of a beam that switches late (measured on the machine, may be negative)."""

    speed_mm_min: float
    power_percent: float
    passes: int = 1
    max_power_s: int = 1000
    acceleration_mm_s2: float = 1000.0
    bed_width_mm: float = 400.0
    bed_height_mm: float = 400.0
    x_mm: float | None = None
    y_mm: float = 0.0
    bidirectional: bool = True
    scan_offset_mm: float = 0.0

    @property
    def power_s(self) -> int:
        return round(self.power_percent / 100 * self.max_power_s)

    @property
    def run_up_mm(self) -> float:
        return run_up_mm(self.speed_mm_min, self.acceleration_mm_s2)


def raster_gcode(bits: Bits, grid: Grid, settings: RasterSettings) -> str:
    """G-code that burns the dots line by line, bottom to top, to and fro. ASCII, LF, coordinates to 0.001 mm.

    `bits`: rows x columns, True is burnt, row 0 at the top (highest Y). Every line is entered and left over
    a run-up of v^2 / (2 a) with the beam at S0, so that the head burns at one constant speed; gaps within
    a line are passed at the same speed with S0; blank lines and margins are skipped.

    Raises InvalidOption for speeds, powers or passes out of range, for a job that does not fit the bed, and
    for a picture without a single dot.
    """
    _check(bits, grid, settings)
    return _program(bits.astype(np.int32) * settings.power_s, grid, settings)


def grey_gcode(powers: NDArray[np.int32], grid: Grid, settings: RasterSettings) -> str:
    """The same with a power for every dot: rows x columns of S words, 0 for no burn, up to `settings.power_s`.

    Raises as `raster_gcode`, and InvalidOption for powers out of range.
    """
    _check(powers > 0, grid, settings)
    if not 0 <= int(powers.min()) <= int(powers.max()) <= settings.power_s:
        raise InvalidOption(f"The powers of the dots must be S0 to S{settings.power_s}.")
    return _program(powers, grid, settings)


def _program(powers: NDArray[np.int32], grid: Grid, settings: RasterSettings) -> str:
    left, bottom = placement(grid, settings)
    body = _one_pass(powers, grid, settings, left, bottom)
    return "\n".join((*_header(grid, settings), *body * settings.passes, "M5", "G0X0Y0S0", "M2", ""))


def placement(grid: Grid, settings: RasterSettings) -> tuple[float, float]:
    """Where the picture's lower left corner lies on the bed, in mm. Raises InvalidOption when it does not fit."""
    return check_on_bed(
        grid.width_mm,
        grid.height_mm,
        bed_width_mm=settings.bed_width_mm,
        bed_height_mm=settings.bed_height_mm,
        run_up=settings.run_up_mm,
        x_mm=settings.x_mm,
        y_mm=settings.y_mm,
    )


def check_settings(settings: RasterSettings) -> None:
    """Raises InvalidOption for speeds, powers, passes and sizes out of range, whatever is to be burnt."""
    in_range("The acceleration", settings.acceleration_mm_s2, 1, 100_000, "mm/s^2")
    in_range("The speed", settings.speed_mm_min, 1, MAX_SPEED_MM_MIN, "mm/min")
    in_range("The power", settings.power_percent, 0.1, 100, "%")
    in_range("The number of passes", settings.passes, 1, MAX_PASSES, "")
    in_range("Full power as an S word", settings.max_power_s, 1, 100_000, "")
    in_range("The scan offset", settings.scan_offset_mm, -1, 1, "mm")
    in_range("The bed's width", settings.bed_width_mm, 1, 100_000, "mm")
    in_range("The bed's height", settings.bed_height_mm, 1, 100_000, "mm")
    if settings.power_s < 1:
        raise InvalidOption(
            f"{settings.power_percent:g} % of S{settings.max_power_s} rounds to no power at all.",
            hint="Use more power.",
        )


def _check(bits: Bits, grid: Grid, settings: RasterSettings) -> None:
    if bits.shape != (grid.rows, grid.columns):
        raise InvalidOption(f"The dots are {bits.shape}, the grid is {(grid.rows, grid.columns)}.")
    check_settings(settings)
    if not bits.any():
        raise InvalidOption(
            "There is nothing to burn: the picture is blank.", hint="Invert it, or use another picture."
        )


def _header(grid: Grid, settings: RasterSettings) -> tuple[str, ...]:
    # Comments stay below 80 characters too: some senders pass them on.
    return (
        f"; Raster engraving {grid.width_mm:.6g} x {grid.height_mm:.6g} mm, line interval {grid.pitch_y_mm:.4g} mm",
        f"; {settings.speed_mm_min:g} mm/min, {settings.power_percent:g} % power, "
        f"{settings.passes} pass{'' if settings.passes == 1 else 'es'}",
        f"; GRBL 1.1, laser mode $32=1, full power $30={settings.max_power_s}",
        "G21",
        "G90",
        "M4S0",
        f"G1F{_number(settings.speed_mm_min)}",
    )


def _one_pass(
    powers: NDArray[np.int32], grid: Grid, settings: RasterSettings, left: float, bottom: float
) -> list[str]:
    edges = np.asarray(left + np.arange(grid.columns + 1) * grid.pitch_x_mm, np.float64)
    rightwards = _Words.at(edges, settings)
    leftwards = _Words.at(np.asarray(edges + settings.scan_offset_mm, np.float64), settings)
    power = {int(value): f"S{value}" for value in np.unique(powers)} | {0: "S0"}
    lines: list[str] = []
    forward = True
    for row in range(grid.rows - 1, -1, -1):
        turns, values = _turns(powers[row])
        if not turns:
            continue
        y = _number(bottom + (grid.rows - row - 0.5) * grid.pitch_y_mm)
        words = rightwards if forward else leftwards
        start, end = (words.before, words.after) if forward else (words.after, words.before)
        if not forward:
            turns.reverse()
            values.reverse()
        lines.append(f"G0X{start[turns[0]]}Y{y}")
        lines.append(f"G1X{words.edge[turns[0]]}S0")
        lines.extend(
            f"X{words.edge[turn]}{power[value]}" for turn, value in zip(turns[1:], values, strict=True)
        )
        lines.append(f"X{end[turns[-1]]}S0")
        forward = not forward or not settings.bidirectional
    return lines


@dataclass(frozen=True, slots=True)
class _Words:
    """The figures of every dot edge, and of the places a run-up before and after it; each is formatted once."""

    edge: list[str]
    before: list[str]
    after: list[str]

    @classmethod
    def at(cls, edges: NDArray[np.float64], settings: RasterSettings) -> "_Words":
        on_bed = np.clip(edges, 0, settings.bed_width_mm)
        before = np.maximum(0, edges - settings.run_up_mm)
        after = np.minimum(settings.bed_width_mm, edges + settings.run_up_mm)
        return cls(*([_number(x) for x in part.tolist()] for part in (on_bed, before, after)))


def _turns(line: NDArray[np.int32]) -> tuple[list[int], list[int]]:
    """The columns at which the power changes, rising from the first burnt dot to the end of the last, and the
    powers between them."""
    padded = np.zeros(line.size + 2, np.int32)
    padded[1:-1] = line
    turns = np.flatnonzero(np.diff(padded))
    return turns.tolist(), padded[turns[:-1] + 1].tolist()


def _number(value: float) -> str:
    """At most three decimals (GRBL's own precision for millimetres), no needless zeros."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
