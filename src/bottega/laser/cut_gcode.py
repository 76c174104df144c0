"""Toolpaths and scanned lines to G-code: scored, cut and filled, for the controllers of `dialects`.

Facts on GRBL are those of its 1.1 documentation: M4 scales power with speed, M3 does not and is for thick cuts; a
change of mode stops the head, so there is one word a part of the job; G0 never burns; S words in motion cost
no stop. Deciding order, kerf, leads and tabs is left to `cut_job`, checking the text to `gcode_check`.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.arcs import Piece, fit_arcs
from bottega.laser.dialects import Dialect, find_dialect
from bottega.laser.formatting import mm
from bottega.laser.geometry import F64
from bottega.laser.scan import Row
from bottega.laser.size import in_range, run_up_mm
from bottega.laser.toolpath import Toolpath

MAX_SPEED_MM_MIN = 60_000.0
MAX_PASSES = 50
ARC_FIT_MM = 0.005
_NEXT_WORD = re.compile(r"(?<=[\d.])(?=[A-Z])")
_LONGEST_RUN_MM = 3.0
"""Of the way with the beam off before and after a cut at constant power."""

Origin = Literal["bed", "lower-left", "upper-left", "lower-right", "upper-right", "centre"]
ORIGINS: dict[str, tuple[float, float]] = {
    "lower-left": (0, 0),
    "upper-left": (0, 1),
    "lower-right": (1, 0),
    "upper-right": (1, 1),
    "centre": (0.5, 0.5),
}


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How one operation burns. `constant_power` is M3, for cutting thick stock; else power follows the speed (M4).

    Each of the `passes` after the first goes `z_step_mm` deeper. Raises InvalidOption for what no machine does.
    """

    power_percent: float
    speed_mm_min: float
    passes: int = 1
    z_step_mm: float = 0.0
    constant_power: bool = False

    def __post_init__(self) -> None:
        in_range("The power", self.power_percent, 0.1, 100, "%")
        in_range("The speed", self.speed_mm_min, 1, MAX_SPEED_MM_MIN, "mm/min")
        in_range("The number of passes", self.passes, 1, MAX_PASSES, "")
        in_range("The step in Z", self.z_step_mm, 0, 20, "mm")


@dataclass(frozen=True, slots=True)
class Work:
    """The machine, and where on it the sheet lies: its lower left corner at `x_mm`, `y_mm` of the bed.

    Coordinates count from the bed's lower left corner (`origin` "bed") or from a corner or the centre of the sheet,
    where the head is put by hand. `max_power_s` is the S word of full power (GRBL `$30`), None the dialect's usual.
    `arcs` writes G2 and G3 where points lie on one.
    """

    bed_width_mm: float = 400.0
    bed_height_mm: float = 400.0
    x_mm: float = 0.0
    y_mm: float = 0.0
    origin: Origin = "bed"
    dialect: str = "grbl"
    max_power_s: float | None = None
    acceleration_mm_s2: float = 1000.0
    rapid_mm_min: float = 10_000.0
    arcs: bool = False

    def __post_init__(self) -> None:
        find_dialect(self.dialect)
        if self.origin != "bed" and self.origin not in ORIGINS:
            raise InvalidOption(
                f"There is no origin called {self.origin!r}.", hint=f"Known: bed, {', '.join(ORIGINS)}."
            )
        in_range("The bed's width", self.bed_width_mm, 1, 100_000, "mm")
        in_range("The bed's height", self.bed_height_mm, 1, 100_000, "mm")
        in_range("The sheet's place in X", self.x_mm, 0, self.bed_width_mm, "mm")
        in_range("The sheet's place in Y", self.y_mm, 0, self.bed_height_mm, "mm")
        in_range("The acceleration", self.acceleration_mm_s2, 1, 100_000, "mm/s^2")
        in_range("The rapid speed", self.rapid_mm_min, 1, 200_000, "mm/min")
        if self.max_power_s is not None:
            in_range("Full power as an S word", self.max_power_s, 1, 100_000, "")

    def zero(self, width_mm: float, height_mm: float) -> tuple[float, float]:
        """Where the program's X0 Y0 lies on the bed, for a sheet of that size."""
        if self.origin == "bed":
            return 0.0, 0.0
        across, up = ORIGINS[self.origin]
        return self.x_mm + across * width_mm, self.y_mm + up * height_mm

    def area(self, width_mm: float, height_mm: float) -> tuple[float, float, float, float]:
        """The bed in program coordinates: left, bottom, right, top."""
        x, y = self.zero(width_mm, height_mm)
        return -x, -y, self.bed_width_mm - x, self.bed_height_mm - y


@dataclass(frozen=True, slots=True)
class Part:
    """What burns with one setting: lines that are followed, or rows that are scanned. In order."""

    name: str
    settings: LineSettings
    toolpaths: tuple[Toolpath, ...] = ()
    rows: tuple[Row, ...] = ()


def vector_gcode(parts: Sequence[Part], width_mm: float, height_mm: float, work: Work) -> str:
    """G-code of all parts, one after the other, on a sheet of that size. ASCII, LF, coordinates to 0.001 mm.

    The beam is off (S0) on every move that is not burnt, and off before the head stops where power is constant.
    Raises InvalidOption when there is nothing to burn, a power rounds to none, or something lies off the bed.
    """
    writer = _Writer(work, width_mm, height_mm)
    if not any(part.toolpaths or part.rows for part in parts):
        raise InvalidOption("There is nothing to burn: the drawing has no line and no picture.")
    writer.header(parts)
    for part in parts:
        if part.toolpaths or part.rows:
            writer.part(part)
    writer.end()
    lines = writer.lines
    if writer.dialect.spaced:
        lines = [line if line[0] == ";" else _NEXT_WORD.sub(" ", line) for line in lines]
    return "\n".join((*lines, ""))


class _Writer:
    """Lines written so far, and what the controller holds: mode, motion, place, feed, power."""

    def __init__(self, work: Work, width_mm: float, height_mm: float) -> None:
        self.work = work
        self.dialect: Dialect = find_dialect(work.dialect)
        self.full = work.max_power_s or self.dialect.max_power_s
        zero_x, zero_y = work.zero(width_mm, height_mm)
        self.dx = work.x_mm - zero_x
        self.dy = work.y_mm - zero_y + height_mm
        self.area = work.area(width_mm, height_mm)
        self.lines: list[str] = []
        self.mode = ""
        self.motion = ""
        self.feed = ""
        self.power = ""
        self.depth = 0.0
        self.at: tuple[str, str] = ("", "")

    def header(self, parts: Sequence[Part]) -> None:
        self.lines += [f"; {self.dialect.title}, full power S{self.full:g}, {self.dialect.note}"]
        for part in parts:
            s = part.settings
            self.lines.append(
                f"; {part.name[:20]}: {s.speed_mm_min:g} mm/min, {s.power_percent:g} %, {s.passes} x".encode(
                    "ascii", "replace"
                ).decode("ascii")
            )
        self.lines += ["G21", "G90"]

    def part(self, part: Part) -> None:
        settings = part.settings
        burn = self._power(settings.power_percent)
        if float(burn[1:]) <= 0:
            raise InvalidOption(
                f"{settings.power_percent:g} % of S{self.full:g} rounds to no power at all.",
                hint="Use more power.",
            )
        mode = self.dialect.constant if settings.constant_power else self.dialect.dynamic
        if mode != self.mode:
            self.lines.append(f"{mode}S0" if mode[-1].isdigit() else f"{mode} S0")
            self.mode, self.power = mode, "S0"
        feed = f"F{mm(settings.speed_mm_min)}"
        if part.rows:
            for number in range(settings.passes):
                self._z(number * settings.z_step_mm, feed)
                self._rows(part.rows, settings, feed)
        for toolpath in part.toolpaths:
            self._follow(toolpath, settings, burn, feed)
        self._z(0.0, feed)

    def end(self) -> None:
        home = self._inside(0.0, 0.0)
        self.lines += [*self.dialect.off, f"G0X{mm(home[0])}Y{mm(home[1])}S0", *self.dialect.end]

    # --- Lines that are followed ---

    def _follow(self, path: Toolpath, settings: LineSettings, burn: str, feed: str) -> None:
        points = self._placed(path.points)
        into, out = self._placed(path.lead_in), self._placed(path.lead_out)
        forward = True
        before, after = (into, out) if len(into) else self._runs(points, path.closed, settings)
        self._rapid(before[0] if len(before) else points[0])
        if len(before):
            power = burn if len(into) else "S0"
            for point in before[1:]:
                self._line(point, power, feed)
            # A way in ends exactly where the path begins.
            self._line(points[0], power, feed)
        for number in range(settings.passes):
            if number and not path.closed:
                forward = not forward
                before, after = self._runs(points[::-1] if not forward else points, False, settings)
                if len(before):
                    self._rapid(before[0])
                    self._line((points if forward else points[::-1])[0], "S0", feed)
            self._z(number * settings.z_step_mm, feed)
            self._burn(points if forward else points[::-1], path.on if forward else path.on[::-1], burn, feed)
            if not path.closed or number == settings.passes - 1:
                for point in after[1:] if len(after) else after:
                    self._line(point, "S0", feed)
        self._z(0.0, feed)

    def _burn(self, points: F64, on: Sequence[bool] | np.ndarray, burn: str, feed: str) -> None:
        on = np.asarray(on, np.bool_)
        edges = np.flatnonzero(np.concatenate(([True], on[1:] != on[:-1], [True]))).tolist()
        for first, last in pairwise(edges):
            run = points[first : last + 1]
            power = burn if on[first] else "S0"
            pieces = (
                fit_arcs(run, ARC_FIT_MM)
                if self.work.arcs and self.dialect.arcs
                else [Piece(k) for k in range(1, len(run))]
            )
            start = run[0]
            for piece in pieces:
                if piece.centre:
                    self._arc(start, run[piece.to], piece, power, feed)
                else:
                    self._line(run[piece.to], power, feed)
                start = run[piece.to]

    def _runs(self, points: F64, closed: bool, settings: LineSettings) -> tuple[F64, F64]:
        """With constant power: the ways with the beam off in which the head gains and loses its speed."""
        none = np.empty((0, 2))
        if not settings.constant_power:
            return none, none
        reach = min(run_up_mm(settings.speed_mm_min, self.work.acceleration_mm_s2), _LONGEST_RUN_MM)
        before = self._ahead(points[0], points[0] - points[1], reach)
        if closed:
            # On over its own beginning, which is cut already.
            after = _beginning(points, reach)
        else:
            after = self._ahead(points[-1], points[-1] - points[-2], reach)
        return before[::-1], after

    def _ahead(self, point: F64, direction: F64, reach: float) -> F64:
        """The point and the one `reach` further that way, or as far as the bed goes."""
        unit = direction / max(float(np.hypot(*direction)), 1e-12)
        left, bottom, right, top = self.area
        for value, step, low, high in ((point[0], unit[0], left, right), (point[1], unit[1], bottom, top)):
            if abs(step) > 1e-9:
                reach = min(reach, max(0.0, ((high if step > 0 else low) - value) / step))
        return np.vstack((point, point + unit * reach)) if reach > 0.01 else np.empty((0, 2))

    # --- Rows that are scanned ---

    def _rows(self, rows: Sequence[Row], settings: LineSettings, feed: str) -> None:
        run_up = run_up_mm(settings.speed_mm_min, self.work.acceleration_mm_s2)
        forward = True
        left, _, right, _ = self.area
        for row in reversed(rows):  # from the lower edge up, away from the smoke of most extractions
            y = self.dy - row.y
            stretches = [
                (a + self.dx, b + self.dx, self._power(settings.power_percent * share))
                for a, b, share in row.stretches
            ]
            if not forward:
                stretches = [(b, a, power) for a, b, power in reversed(stretches)]
            sign = 1 if forward else -1
            start = min(max(stretches[0][0] - sign * run_up, left), right)
            end = min(max(stretches[-1][1] + sign * run_up, left), right)
            self._rapid(np.array((start, y)))
            for a, b, power in stretches:
                self._line(np.array((a, y)), "S0", feed)
                self._line(np.array((b, y)), power, feed)
            self._line(np.array((end, y)), "S0", feed)
            forward = not forward

    # --- Words ---

    def _placed(self, points: F64) -> F64:
        return np.column_stack((points[:, 0] + self.dx, self.dy - points[:, 1]))

    def _inside(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.area
        return min(max(x, left), right), min(max(y, bottom), top)

    def _xy(self, point: F64) -> tuple[str, str]:
        left, bottom, right, top = self.area
        x, y = float(point[0]), float(point[1])
        if not (left - 5e-4 <= x <= right + 5e-4 and bottom - 5e-4 <= y <= top + 5e-4):
            raise InvalidOption(
                f"The job reaches X{x:.4g} Y{y:.4g}, off the bed "
                f"({left + 0.0:.4g} to {right:.4g} by {bottom + 0.0:.4g} to {top:.4g} mm).",
                hint="Move the sheet (x_mm, y_mm), leave room for kerf and leads at its edge, or use a smaller drawing.",
            )
        return mm(min(max(x, left), right)), mm(min(max(y, bottom), top))

    def _power(self, percent: float) -> str:
        return f"S{mm(percent / 100 * self.full, self.dialect.power_decimals)}"

    def _rapid(self, point: F64) -> None:
        x, y = self._xy(point)
        if (x, y) != self.at:
            # S0 although G0 does not burn: on a controller that is not in laser mode it would.
            self.lines.append(f"G0X{x}Y{y}S0")
            self.motion, self.at, self.power = "G0", (x, y), "S0"

    def _line(self, point: F64, power: str, feed: str) -> None:
        x, y = self._xy(point)
        if (x, y) == self.at:
            return
        axes = ("" if x == self.at[0] else f"X{x}") + ("" if y == self.at[1] else f"Y{y}")
        self._move("G1", axes, power, feed)
        self.at = (x, y)

    def _arc(self, start: F64, end: F64, piece: Piece, power: str, feed: str) -> None:
        x, y = self._xy(end)
        assert piece.centre is not None
        if (x, y) == self.at:
            return
        # From where the controller is, in rounded figures, so that both radii agree.
        i, j = piece.centre[0] - float(self.at[0]), piece.centre[1] - float(self.at[1])
        if not self._arc_on_bed(start, end, piece):
            self._line(end, power, feed)
            return
        self._move("G3" if piece.turn > 0 else "G2", f"X{x}Y{y}I{mm(i)}J{mm(j)}", power, feed)
        self.at = (x, y)

    def _arc_on_bed(self, start: F64, end: F64, piece: Piece) -> bool:
        assert piece.centre is not None
        left, bottom, right, top = self.area
        radius = math.dist(start, piece.centre)
        x, y = piece.centre
        return left <= x - radius and x + radius <= right and bottom <= y - radius and y + radius <= top

    def _z(self, depth: float, feed: str) -> None:
        if depth != self.depth:
            self._move("G1", f"Z{mm(-depth)}", "S0", feed)
            self.depth = depth

    def _move(self, motion: str, axes: str, power: str, feed: str) -> None:
        word = motion if motion != self.motion or not self.dialect.modal else ""
        changed = ("" if feed == self.feed else feed) + ("" if power == self.power else power)
        self.lines.append(f"{word}{axes}{changed}")
        self.motion, self.power, self.feed = motion, power, feed


def _beginning(points: F64, reach: float) -> F64:
    way = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    reach = min(reach, float(way[-1]))
    inside = way < reach - 1e-9
    end = np.array([[np.interp(reach, way, points[:, k]) for k in (0, 1)]])
    return np.vstack((points[inside], end))
