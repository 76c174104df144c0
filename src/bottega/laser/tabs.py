"""Tabs: short stretches left uncut that hold a part in the sheet until it is broken out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bottega.laser.geometry import F64, Operation, Path
from bottega.laser.nesting import nesting
from bottega.laser.size import in_range
from bottega.laser.toolpath import Toolpath, with_gaps

CORNER_DEGREES = 20.0
"""A point where the path turns by more is a corner: no tab there, it would not break off cleanly."""
_WINDOW_MM = 1.0
"""The turn is summed over this much of the path, so that a rounded corner of many points is one too."""


@dataclass(frozen=True, slots=True)
class TabSettings:
    """`width_mm` of material stays at each tab; `kerf_mm` is added to the gap, as the beam eats into both ends.

    `count` tabs for each part, or one every `spacing_mm` (at least two). Parts with a shorter outline than
    `least_outline_mm` get none.
    """

    width_mm: float = 0.5
    count: int = 0
    spacing_mm: float = 60.0
    kerf_mm: float = 0.0
    least_outline_mm: float = 15.0
    holes: bool = False

    def __post_init__(self) -> None:
        in_range("The tabs' width", self.width_mm, 0.05, 20, "mm")
        in_range("The number of tabs", self.count, 0, 100, "")
        in_range("The tabs' spacing", self.spacing_mm, 2, 10_000, "mm")
        in_range("The kerf", self.kerf_mm, 0, 5, "mm")
        in_range("The shortest outline with tabs", self.least_outline_mm, 0, 10_000, "mm")


def tabbed_paths(paths: Sequence[Path], *, holes: bool = False) -> list[bool]:
    """Which paths hold a part: closed cuts around parts, with `holes` also those around holes (whose scrap may tilt)."""
    closed = [i for i, path in enumerate(paths) if path.closed and path.operation is Operation.CUT]
    depth = nesting([paths[i] for i in closed]).depth.tolist()
    chosen = [False] * len(paths)
    for i, level in zip(closed, depth, strict=True):
        chosen[i] = holes or level % 2 == 0
    return chosen


def add_tabs(path: Toolpath, settings: TabSettings) -> tuple[Toolpath, int]:
    """The closed toolpath with tabs, and how many it got.

    They are spread evenly and moved along to the straightest place nearby, never onto a corner nor onto the
    place where the path begins and ends. A path with no such place, or shorter than its tabs, gets fewer or none.
    """
    total = path.length_mm
    gap = settings.width_mm + settings.kerf_mm
    wanted = settings.count or max(2, round(total / settings.spacing_mm))
    wanted = min(wanted, int(total // (3 * gap)))
    if not path.closed or total < settings.least_outline_mm or wanted < 1:
        return path, 0
    turn = _turns(path)
    pitch = total / wanted
    gaps: list[tuple[float, float]] = []
    for k in range(wanted):
        ideal = (k + 0.5) * pitch
        reach = max(0.0, pitch / 2 - gap)
        places = np.linspace(ideal - reach, ideal + reach, 41)
        places = places[(places - gap / 2 > gap) & (places + gap / 2 < total - gap)]
        if not len(places):
            continue
        bend = np.array(
            [_turn_within(turn, place - gap / 2 - 0.1, place + gap / 2 + 0.1) for place in places]
        )
        bend = np.where(bend > math.radians(CORNER_DEGREES), np.inf, bend)
        # Straightest first; among equals the nearest to an even spread.
        best = int(np.argmin(np.round(bend, 2) * 100 + np.abs(places - ideal) / pitch))
        if np.isfinite(bend[best]):
            gaps.append((float(places[best] - gap / 2), float(places[best] + gap / 2)))
    return with_gaps(path, gaps), len(gaps)


def _turns(path: Toolpath) -> F64:
    """Rows of way (mm) and turn (radians) at each inner point, and at the closing point at both ends of the way."""
    step = np.diff(path.points, axis=0)
    angle = np.arctan2(step[:, 1], step[:, 0])
    way = path.way
    change = np.abs((np.diff(np.append(angle, angle[0])) + np.pi) % (2 * np.pi) - np.pi)
    rows = np.column_stack((way[1:], change))
    return np.vstack(((0.0, change[-1]), rows))


def _turn_within(turn: F64, start: float, end: float) -> float:
    """The turn between two places, over at least `_WINDOW_MM`."""
    spare = max(0.0, _WINDOW_MM - (end - start)) / 2
    within = (turn[:, 0] > start - spare) & (turn[:, 0] < end + spare)
    return float(turn[within, 1].sum())
