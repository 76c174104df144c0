"""The open ends of long sleeves: on a mannequin a cuff gapes and shows its inside below its front edge, and its end is ragged. What
lies beyond a clean line across the sleeve is named here; nobody who wears it shows that."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array
from bottega.fashion.garment.mannequin import on_mannequin
from bottega.fashion.garment.shape import Shape
from bottega.fashion.garment.sleeves import Bools, Sleeve
from bottega.imaging.arrays import sample
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

FOREARM = (0.15, 0.5)
"""Of the way from the cuff's tip to the armpit, where a sleeve's axis and breadth are taken."""
BEFORE, BEYOND = 1.6, 0.9
"""Breadths of a forearm before and beyond its tip that are looked at."""
OUTSIDE = 0.75
"""Breadths before the tip up to which a sleeve surely shows its outer side."""
DARK, NOISE = 0.1, 4.0
"""Of its lightness, and times its usual deviation, by which the inside of a cuff is darker than the outer side."""
PATTERNED = 0.3
"""More than that says that the deviation is a pattern's."""
OPEN, DEEP = 0.3, 0.42
"""Breadths before the end of a cuff on a mannequin its front edge lies usually, and at most."""
GAP = 0.05
"""Breadths along the sleeve that stay dark behind a cuff's front edge; a stitch is thinner."""
SEEN = 0.4
"""Of the columns across a cuff, as many have to show its front edge."""
STRAIGHT = 0.12
"""Breadths from one straight line at the median, within which what they show is an edge and not folds."""
WHOLE = 0.12
"""Of the columns, as many may be open at the end of what is left."""
MOST_SLANT = 0.4
MARGIN, SAG = 0.03, 0.05
"""Breadths by which the cut lies before the edge, and by which it runs further at its middle: around a wrist it is curved."""
SIDEWAYS = 0.9
"""Breadths beside the axis in which a cuff lies, folds included."""
MOST_CUT = 1.3
"""Breadths squared; more is no cuff."""


@dataclass(frozen=True, slots=True)
class _Forearm:
    """`tip`: where the axis ends; `way`: unit vector along it toward the hand; `breadth`: pixels."""

    tip: F64
    way: F64
    breadth: float

    @property
    def across(self) -> F64:
        return np.array((-self.way[1], self.way[0]))


@dataclass(frozen=True, slots=True)
class _Line:
    """A straight line across a forearm: its distance from the tip along the axis, and its slope."""

    start: float
    slope: float

    def at(self, across: F64) -> F64:
        return self.start + self.slope * across

    def before(self, other: "_Line", across: F64) -> "_Line":
        """This or the `other` line, whichever lies nearer to the shoulder, between the ends of `across`."""
        ends = across[[0, -1]]
        start = np.minimum(self.at(ends), other.at(ends))
        slope = float((start[1] - start[0]) / (ends[1] - ends[0]))
        return _Line(float(start[0] - slope * ends[0]), slope)


def beyond_cuffs(lab: F32, mask: Bools, shape: Shape) -> Bools:
    """Where the `mask` (h x w) of a garment with long sleeves shows the inside of cuffs and their ragged ends. `lab`:
    h x w x 3, CIE L*a*b*."""
    found = np.zeros_like(mask)
    solid, lightness = mask.astype(np.float32), np.ascontiguousarray(lab[..., 0])
    for sleeve in shape.sleeves:
        forearm = _forearm(solid, sleeve)
        line = None if forearm is None else _end_of(lightness, solid, forearm, on_mannequin(shape) > 0.5)
        if forearm is not None and line is not None:
            _take(found, mask, forearm, line)
    return found


def _forearm(solid: F32, sleeve: Sleeve) -> _Forearm | None:
    """None where too little of the sleeve stands apart. `solid`: h x w, 1 within the garment."""
    armpit, tip = np.array(sleeve.armpit), np.array(sleeve.inner)
    length = float(np.hypot(*(tip - armpit)))
    if length < 12:
        return None
    way = (tip - armpit) / length
    breadth = 0.0
    for _ in range(2):
        runs = [
            _run(solid, tip - back * length * way, way, 0.6 * length) for back in np.linspace(*FOREARM, 9)
        ]
        seen = np.array([run for run in runs if run is not None])
        if len(seen) < 6:
            return None
        middles, breadth = seen[:, :2], float(np.median(seen[:5, 2]))
        axis = np.linalg.svd(middles - middles.mean(axis=0))[2][0]
        way = axis if float((axis * way).sum()) > 0 else -axis
        tip = (
            middles.mean(axis=0) + float(((np.array(sleeve.inner) - middles.mean(axis=0)) * way).sum()) * way
        )
    return _Forearm(tip, way, breadth) if 4 < breadth < 0.7 * length else None


def _run(solid: F32, middle: F64, way: F64, reach: float) -> tuple[float, float, float] | None:
    """The middle (x, y) and the length of the run of cloth across a sleeve that is nearest to a point."""
    across = np.array((-way[1], way[0]))
    away = np.arange(-reach, reach + 0.5, 0.5)
    values = sample(solid, middle + away[:, None] * across) > 0.5
    turns = np.flatnonzero(np.diff(np.concatenate(([0], values.astype(np.int8), [0]))))
    if not len(turns):
        return None
    starts, ends = away[turns[::2]], away[np.minimum(turns[1::2], len(away)) - 1]
    best = int(np.argmin(np.maximum(np.maximum(starts, -ends), 0)))
    point = middle + (starts[best] + ends[best]) / 2 * across
    return float(point[0]), float(point[1]), float(ends[best] - starts[best])


def _end_of(lightness: F32, solid: F32, forearm: _Forearm, open_: bool) -> _Line | None:
    """Where the sleeve ends as it is worn. `open_`: its cuff gapes, as cuffs do that are not laid flat."""
    broad = forearm.breadth
    along = np.arange(-BEFORE * broad, BEYOND * broad, 0.5)
    across = np.linspace(-0.4, 0.4, 33) * broad
    places = forearm.tip + along[:, None, None] * forearm.way + across[None, :, None] * forearm.across
    cloth, light = (
        sample(values, places.reshape(-1, 2)).reshape(places.shape[:2]) for values in (solid, lightness)
    )
    whole = cloth > 0.5
    end = _whole_to(whole, along, across)
    if end is None:
        return None
    outer = whole & (along < -OUTSIDE * broad)[:, None]
    if not open_ or outer.sum() < 20:
        return end
    level = float(np.median(light[outer]))
    usual = [np.median(of[on]) if on.any() else level for of, on in zip(light.T, outer.T, strict=True)]
    shade = light / np.maximum(usual, 1.0)
    darker = max(DARK, NOISE * float(np.median(np.abs(shade[outer] - 1))))
    if darker > PATTERNED:
        return _Line(end.start - OPEN * broad, end.slope)
    dark = whole & (shade < 1 - darker) & (along >= -OUTSIDE * broad)[:, None]
    edge = _front_edge(dark, along, across, broad)
    # A band of another colour is longer than an opening is seen deep.
    return end if edge is None or end.start - edge.start > DEEP * broad else edge.before(end, across)


def _take(found: Bools, mask: Bools, forearm: _Forearm, end: _Line) -> None:
    """Adds to `found`, in place, what hangs together beyond the end of a sleeve."""
    broad = forearm.breadth
    reach = round(BEFORE * broad)
    (left, top), (right, bottom) = (np.rint(forearm.tip + way * reach).astype(int) for way in (-1, 1))
    at = (
        slice(max(int(top), 0), min(int(bottom) + 1, mask.shape[0])),
        slice(max(int(left), 0), min(int(right) + 1, mask.shape[1])),
    )
    y, x = np.ogrid[at]
    x, y = x - forearm.tip[0], y - forearm.tip[1]
    across, along = (x * way[0] + y * way[1] for way in (forearm.across, forearm.way))
    curved = SAG * ((2 * across / broad) ** 2 - 0.5)
    past = along - (end.at(across) - (MARGIN + curved) * broad)
    beyond = mask[at] & (past > 0) & (np.abs(across) < SIDEWAYS * broad)
    taken = parts_of(beyond, 8).holding(beyond & (np.hypot(across, past) < 0.6 * broad))
    if taken.sum() < MOST_CUT * broad**2:
        found[at] |= taken


def _whole_to(whole: Bools, along: F64, across: F64) -> _Line | None:
    """The line up to which a sleeve is whole; None where it is not seen across."""
    ends = len(along) - 1 - whole[::-1].argmax(axis=0)
    seen = whole.any(axis=0)
    return None if seen.mean() < 0.8 else _line_through(across[seen], along[ends[seen]], WHOLE)


def _front_edge(dark: Bools, along: F64, across: F64, broad: float) -> _Line | None:
    """The front edge of an open cuff, behind which it is `dark`; None where there is none."""
    steps = max(2, round(2 * GAP * broad))
    kept = array(cv2.erode(dark.astype(np.uint8), np.ones((steps, 1), np.uint8), anchor=(0, 0)), bool)
    seen = kept.any(axis=0)
    if seen.mean() < SEEN:
        return None
    x, y = across[seen], along[kept.argmax(axis=0)[seen]]
    line = _line_through(x, y, 0.5)
    return line if np.median(np.abs(y - line.at(x))) < STRAIGHT * broad else None


def _line_through(x: F64, y: F64, below: float) -> _Line:
    """With the median slope (Theil 1950, Sen 1968) and a share of the points `below` it."""
    first, second = np.triu_indices(len(x), 1)
    slopes = (y[second] - y[first]) / (x[second] - x[first])
    slope = float(np.clip(np.median(slopes), -MOST_SLANT, MOST_SLANT))
    return _Line(float(np.quantile(y - slope * x, below)), slope)
