"""A strict reader of G-code for GRBL 1.1, written apart from the emitters: rules, bounds, beam, time.

It reads the text alone, as the machine would. Firmware errors are quoted by their number in the GRBL 1.1
documentation. Words that our jobs do not need are errors here; arcs, moves in Z and a second power mode too, unless
the job is said to have them.
"""

import math
import re
from array import array
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.laser.arcs import arc_points
from bottega.laser.dither import Bits
from bottega.laser.planner import Moves, Timing, plan
from bottega.laser.size import Grid

MAX_LINE = 79
MAX_ARC_MM = 1000.0
KEPT_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Machining:
    """What the job is checked against. Speeds in mm/min, acceleration in mm/s^2 (GRBL $120).

    The bed's lower left corner is at `left_mm`, `bottom_mm`. `power_modes`: words M3 and M4 that the job may have;
    `arcs`, `depth`: whether it may have G2 and G3, and moves in Z. `steps_per_mm` is GRBL $100.
    """

    bed_width_mm: float = 400.0
    bed_height_mm: float = 400.0
    max_power_s: int = 1000
    acceleration_mm_s2: float = 1000.0
    rapid_mm_min: float = 10_000.0
    left_mm: float = 0.0
    bottom_mm: float = 0.0
    power_modes: int = 1
    arcs: bool = False
    depth: bool = False
    steps_per_mm: float | None = None


@dataclass(frozen=True, slots=True)
class GcodeReport:
    """What the text does. `errors` holds the first twenty of `error_count`.

    `burns`: N x 5 float64, x0, y0, x1, y1 in mm and S, one row for each move with the beam on.
    """

    errors: tuple[str, ...]
    error_count: int
    lines: int
    size_bytes: int
    longest_line: int
    power_mode_words: int
    burn_feeds_mm_min: tuple[float, ...]
    burns: NDArray[np.float64]
    timing: Timing
    moves: Moves

    @property
    def bytes_per_second(self) -> float:
        return self.size_bytes / self.timing.seconds if self.timing.seconds > 0 else 0.0

    @property
    def constant_speed(self) -> bool:
        """Whether the head burns at one speed throughout, by feed words and by acceleration."""
        feeds = self.burn_feeds_mm_min
        return len(feeds) == 1 and self.timing.slowest_burn_mm_min >= feeds[0] * (1 - 1e-3)


def check_gcode(text: str, machining: Machining) -> GcodeReport:
    """Read the whole text; faults are listed, never raised."""
    reader = _Reader(machining)
    reader.read(text)
    moves = reader.moves()
    _check_moves(reader, moves, machining)
    _check_end(reader)
    timing = plan(moves, machining.acceleration_mm_s2, machining.rapid_mm_min, machining.steps_per_mm)
    burning = moves.power > 0
    burns = np.column_stack(
        (moves.x0[burning], moves.y0[burning], moves.x1[burning], moves.y1[burning], moves.power[burning])
    )
    return GcodeReport(
        errors=tuple(reader.errors),
        error_count=reader.error_count,
        lines=reader.number,
        size_bytes=len(text.encode("utf-8")),
        longest_line=reader.longest,
        moves=moves,
        power_mode_words=reader.power_mode_words,
        burn_feeds_mm_min=tuple(np.unique(moves.feed[burning]).tolist()),
        burns=burns,
        timing=replace(timing, seconds=timing.seconds + reader.z_seconds),
    )


def burnt_dots(report: GcodeReport, grid: Grid, x_mm: float, y_mm: float = 0.0) -> Bits:
    """The dots whose centre the beam passed: rows x columns, row 0 at the top; x_mm, y_mm the lower left corner."""
    dots = np.zeros((grid.rows, grid.columns), np.bool_)
    if not len(report.burns):
        return dots
    x0, y0, x1, _, _ = report.burns.T
    rows = grid.rows - 1 - np.floor((y0 - y_mm) / grid.pitch_y_mm).astype(int)
    centres = x_mm + (np.arange(grid.columns) + 0.5) * grid.pitch_x_mm
    first = _as_ints(np.searchsorted(centres, np.minimum(x0, x1)))
    last = _as_ints(np.searchsorted(centres, np.maximum(x0, x1), side="right"))
    for row, start, stop in zip(rows.tolist(), first, last, strict=True):
        if 0 <= row < grid.rows:
            dots[row, start:stop] = True
    return dots


def _as_ints(values: Any) -> list[int]:
    return np.asarray(values, np.int64).tolist()


# The lines that make nine tenths of a raster job, read many at once; all others take the general way.
_RASTER = re.compile(r"(?:X\d{1,7}(?:\.\d{1,7})?S\d{1,7}\n)+")
_BLANKS = str.maketrans("XS\n", "   ")
_WORD = re.compile(r"([A-Z])([+-]?(?:\d+\.?\d*|\.\d+))")
_KNOWN_G = frozenset({0.0, 1.0, 21.0, 90.0})
_KNOWN_M = frozenset({2.0, 3.0, 4.0, 5.0})


class _Reader:
    """The modal state of the controller, and the moves it was told."""

    def __init__(self, machining: Machining) -> None:
        self.machining = machining
        self.max_power_s = machining.max_power_s
        self.errors: list[str] = []
        self.error_count = 0
        self.number = 0
        self.longest = 0
        self.power_mode_words = 0
        self.metric = self.absolute = self.ended = False
        self.beam = False
        self.motion: int | None = None
        self.feed: float | None = None
        self.power = 0.0
        self.x = self.y = self.z = 0.0
        self.mode: float | None = None
        self.z_seconds = 0.0
        self.stops: list[int] = []  # moves before which the head stands
        self.told = array("d")  # six figures a move; as tuples a large job would take gigabytes

    def fault(self, message: str, line: int | None = None) -> None:
        self.error_count += 1
        if len(self.errors) < KEPT_ERRORS:
            self.errors.append(f"line {self.number if line is None else line}: {message}")

    def read(self, text: str) -> None:
        if not text.isascii():
            self.fault("characters outside ASCII")
        if "\r" in text:
            self.fault("a line end other than LF")
        if not text.endswith("\n"):
            self.fault("the last line is not ended")
        at = 0
        while at < len(text):
            raster = _RASTER.match(text, at) if self._scanning else None
            if raster is not None:
                self._raster(raster[0])
                at = raster.end()
                continue
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            self.number += 1
            self._line(text[at:end])
            if end - at > MAX_LINE:
                self.fault(f"{end - at} characters; 79 are allowed (error:11)")
            at = end + 1

    @property
    def _scanning(self) -> bool:
        """Whether a line of X and S alone is a feed move without a fault."""
        return self.motion == 1 and self.feed is not None and not self.ended and self.metric and self.absolute

    def _raster(self, block: str) -> None:
        """Lines of X and S alone: one move in X each."""
        figures = np.fromstring(block.translate(_BLANKS), np.float64, sep=" ").reshape(-1, 2)
        self.longest = max(self.longest, max(map(len, block.split("\n"))))
        told = np.empty((len(figures), 6))
        told[:, 0] = self.number + 1 + np.arange(len(figures))
        told[:, 1] = figures[:, 0]
        told[:, 2] = self.y
        told[:, 3] = self.feed
        told[:, 4] = figures[:, 1] if self.beam else 0.0
        told[:, 5] = True
        self.told.frombytes(told.tobytes())
        self.number += len(figures)
        self.x, self.power = figures[-1].tolist()

    def _line(self, line: str) -> None:
        self.longest = max(self.longest, len(line))
        code = re.sub(r"\([^)]*\)|;.*|\s", "", line).upper()
        if not code:
            return
        words = _WORD.findall(code)
        if "".join(letter + value for letter, value in words) != code:
            self.fault(f"cannot be read: {line[:40]!r} (error:1)")
            return
        if self.ended:
            self.fault("something follows the end of the program")
        letters = [letter for letter, _ in words if letter not in "GM"]
        if len(set(letters)) != len(letters):
            self.fault("a word is repeated (error:25)")
        self._execute([(letter, float(value)) for letter, value in words])

    def _execute(self, words: list[tuple[str, float]]) -> None:
        """In the order that GRBL executes a line: feed, power, power mode, units, motion, program end."""
        before = (self.x, self.y)
        axes = False
        centre: dict[str, float] = {}
        depth = self.z
        motions = [value for letter, value in words if letter == "G" and value in (0.0, 1.0, 2.0, 3.0)]
        if len(motions) > 1:
            self.fault("two motion words in a line (error:21)")
        for letter, value in sorted(words, key=lambda word: "FSMGXY".find(word[0])):
            if letter == "F":
                self._set_feed(value)
            elif letter == "S":
                self._set_power(value)
            elif letter == "G":
                self._g(value)
            elif letter == "M":
                self._m(value)
            elif letter in "XY":
                axes = True
                setattr(self, letter.lower(), value)
            elif letter in "IJ" and self.machining.arcs:
                centre[letter] = value
            elif letter == "Z" and self.machining.depth:
                depth = value
            else:
                self.fault(f"{letter} is not a word of this job (error:20)")
        if depth != self.z:
            self._plunge(depth, axes)
        if self.motion in (2, 3) and (axes or centre):
            self._arc(before, centre)
        elif axes:
            self._move()
        if centre and self.motion not in (2, 3):
            self.fault("I and J without an arc (error:36)")

    def _set_feed(self, value: float) -> None:
        if value <= 0:
            self.fault("a feed of zero or less (error:22)")
        self.feed = value

    def _set_power(self, value: float) -> None:
        if not 0 <= value <= self.max_power_s:
            self.fault(f"S{value:g} is outside 0 to {self.max_power_s} (error:4)")
        self.power = value

    def _g(self, value: float) -> None:
        if value not in _KNOWN_G and not (self.machining.arcs and value in (2.0, 3.0)):
            self.fault(f"G{value:g} is not a word of this job (error:20)")
        elif value in (0.0, 1.0, 2.0, 3.0):
            self.motion = int(value)
        elif value == 21:
            self.metric = True
        else:
            self.absolute = True

    def _m(self, value: float) -> None:
        if value not in _KNOWN_M:
            self.fault(f"M{value:g} is not a word of this job (error:20)")
        elif value == 2:
            if self.beam:
                self.fault("the program ends with the beam on")
            self.ended = True
        elif value == 5:
            self.beam = False
            self.stops.append(len(self.told) // 6)
        else:
            self.power_mode_words += 1
            if self.power > 0:
                self.fault("the beam is armed with power before a move")
            if self.power_mode_words > self.machining.power_modes or value == self.mode:
                self.fault("the power mode changes during the job, which stops the head")
            self.beam = True
            self.mode = value
            self.stops.append(len(self.told) // 6)

    def _move(self) -> None:
        if self.motion is None or not (self.metric and self.absolute):
            self.fault("a move before G21, G90 and a motion word")
        if self.motion == 1 and self.feed is None:
            self.fault("a feed move without a feed (error:22)")
        self._tell(self.x, self.y)

    def _tell(self, x: float, y: float) -> None:
        cutting = self.motion != 0
        power = self.power if cutting and self.beam else 0.0
        self.told.extend((self.number, x, y, self.feed or 0.0, power, cutting))

    def _plunge(self, depth: float, axes: bool) -> None:
        if axes:
            self.fault("a move in Z and across at once")
        if self.motion == 1 and self.beam and self.power > 0:
            self.fault("the beam is on while the head moves in Z")
        speed = self.feed if self.motion == 1 and self.feed else self.machining.rapid_mm_min
        self.z_seconds += abs(depth - self.z) / speed * 60
        self.stops.append(len(self.told) // 6)
        self.z = depth

    def _arc(self, start: tuple[float, float], offset: dict[str, float]) -> None:
        """Split as the controller does, so that bounds, speed and time are those of the points it drives to."""
        if not (self.metric and self.absolute) or self.feed is None:
            self.fault("an arc before G21, G90 and a feed (error:22)")
        if not offset:
            self.fault("an arc without I or J (error:35)")
            return
        centre = (start[0] + offset.get("I", 0.0), start[1] + offset.get("J", 0.0))
        radius, other = math.dist(start, centre), math.dist((self.x, self.y), centre)
        if abs(radius - other) > 0.5 or (
            abs(radius - other) > 0.005 and abs(radius - other) > 0.001 * radius
        ):
            self.fault(f"the arc's ends are {radius:.4g} and {other:.4g} mm from its centre (error:33)")
        if radius > MAX_ARC_MM:
            self.fault(f"an arc of {radius:.4g} mm radius")
            return
        for x, y in arc_points(start, (self.x, self.y), centre, 1 if self.motion == 3 else -1).tolist():
            self._tell(x, y)

    def moves(self) -> Moves:
        told = np.array(self.told, np.float64).reshape(-1, 6)
        number, x, y, feed, power, cutting = told.T
        return Moves(
            line=number.astype(np.int64),
            x0=np.concatenate(([0.0], x[:-1])) if len(x) else x,
            y0=np.concatenate(([0.0], y[:-1])) if len(y) else y,
            x1=x,
            y1=y,
            feed=feed,
            power=power,
            cutting=cutting.astype(np.bool_),
            stop=self._stop(len(x)),
        )

    def _stop(self, count: int) -> NDArray[np.bool_]:
        stop = np.zeros(count, np.bool_)
        stop[[at for at in self.stops if at < count]] = True
        return stop


def _check_moves(reader: _Reader, moves: Moves, machining: Machining) -> None:
    # A bed that does not begin at 0 begins at a figure that the text rounds.
    edge = 5e-4 if machining.left_mm or machining.bottom_mm else 0.0
    outside = (
        (moves.x1 < machining.left_mm - edge)
        | (moves.y1 < machining.bottom_mm - edge)
        | (moves.x1 > machining.left_mm + machining.bed_width_mm + 5e-4)
        | (moves.y1 > machining.bottom_mm + machining.bed_height_mm + 5e-4)
    )
    for index in np.flatnonzero(outside):
        reader.fault(
            f"X{moves.x1[index]:g} Y{moves.y1[index]:g} is off the bed (error:15)", int(moves.line[index])
        )
    # The fast way through `read` leaves the range of S to this place.
    for index in np.flatnonzero(moves.power > machining.max_power_s):
        reader.fault(f"S{moves.power[index]:g} is above full power", int(moves.line[index]))


def _check_end(reader: _Reader) -> None:
    if reader.power_mode_words == 0:
        reader.fault("the beam is never armed (M4)")
    if not reader.ended:
        reader.fault("the program has no end (M2)")
    if reader.beam:
        reader.fault("the beam is never switched off (M5)")
    if reader.power > 0:
        reader.fault("power is still set at the end")
    if reader.z != 0:
        reader.fault("the head is not back at its height at the end")
