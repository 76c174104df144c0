"""An arm under a sleeve: its axis and its two edges, from the frame, from what is seen of the arm and from the sleeve.

What colour it has is `surfaces`'; where it is seen in the end is decided by `refill`.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.body import Arm, Body
from bottega.fashion.tryon.paths import directions_of, distances_along, points_at, smoothed
from bottega.fashion.tryon.shoulders import shoulder_middle
from bottega.fashion.tryon.values import Bool
from bottega.imaging.arrays import sample
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_JOINTS = (0.0, 0.5, 1.0, 1.3, 1.7, 2.0, 2.4)
_BREADTHS = (0.245, 0.225, 0.2, 0.2, 0.165, 0.14, 0.14)
"""Of an arm in breadths of the shoulders, at the shoulder (0), elbow (1), wrist (2) and between: the forearm is broad below
the elbow once more. Girths over pi, women and men halfway: NASA-STD-3000 (1995), volume 1, section 3.3."""
STATIONS = 73
_FINE: F64 = np.linspace(0.0, 2.4, STATIONS)
_WRIST = 2.0
WRIST_AT = 60
"""The station at the wrist."""
_LOOSE = 0.92
"""As much of a sleeve's breadth an arm fills at most."""
SEEN = 4
"""Stations on which an arm has to be bare to have come out of its sleeve."""
_OVERLAP = 5
"""Stations on which it is drawn on from there: the cuff lies aslant."""
MIXED = 2.5
"""Pixels at the outer edge of a sleeve that are half of what lies behind it."""
_LEAST, _MOST = 0.72, 1.35
"""Factors on the usual breadth beyond which what was measured is no arm."""


@dataclass(frozen=True, slots=True)
class Limb:
    """`axis`, `outer` and `inner`: N x 2 points from the shoulder to past the wrist, `outer` away from the torso. `seen`: N,
    where the arm is bare; `strayed`: N, where cloth hides it and yet its axis is beside the cloth."""

    axis: F64
    outer: F64
    inner: F64
    seen: NDArray[np.bool_]
    strayed: NDArray[np.bool_]
    end: int = STATIONS
    """Stations up to where the arm comes out of the cloth: beyond that it is seen, and cloth beside it hides nothing."""

    @property
    def ring(self) -> F64:
        return np.vstack((self.outer[: self.end], self.inner[: self.end][::-1]))

    @property
    def halves(self) -> F64:
        """Half the breadth at each station."""
        away = self.outer - self.inner
        return np.hypot(away[:, 0], away[:, 1]) / 2

    def drawn(self, shape: tuple[int, ...]) -> F32:
        """H x W in [0, 1], as far as it comes out of the cloth, with a round end at the shoulder."""
        cap = np.zeros(shape[:2], np.uint8)
        x, y = (round(float(v) * 16) for v in self.axis[0])
        cv2.circle(cap, (x, y), round(16 * float(self.halves[0])), (255.0,), -1, cv2.LINE_AA, 4)
        return np.maximum(self.outlined(0, self.end - 1, shape), cap.astype(np.float32) / np.float32(255))

    def outlined(self, first: int, last: int, shape: tuple[int, ...]) -> F32:
        """H x W in [0, 1]: the limb from one station to another, with soft edges."""
        filled = np.zeros(shape[:2], np.uint8)
        at = slice(max(first, 0), last + 1)
        ring = np.vstack((self.outer[at], self.inner[at][::-1]))
        cv2.fillPoly(filled, [np.rint(ring * 16).astype(np.int32)], (255.0,), cv2.LINE_AA, 4)
        return filled.astype(np.float32) / np.float32(255)

    def between(self, first: int, last: int, shape: tuple[int, ...], factor: float = 1.0) -> Bool:
        """H x W: the limb from one station to another, `factor` times as broad."""
        filled = np.zeros(shape[:2], np.uint8)
        first, last = max(first, 0), min(last, STATIONS - 1)
        if last > first:
            at = slice(first, last + 1)
            out = factor * (self.outer[at] - self.inner[at]) / 2
            ring = np.vstack((self.axis[at] + out, (self.axis[at] - out)[::-1]))
            cv2.fillPoly(filled, [np.rint(ring * 16).astype(np.int32)], (1.0,), cv2.LINE_8, 4)
        return filled.view(np.bool_)

    @property
    def last(self) -> int:
        """The last station at which the arm is seen bare; 0 where none is."""
        rows = np.flatnonzero(self.seen)
        return int(rows[-1]) if len(rows) else 0

    def coordinates(self, shape: tuple[int, ...], factor: int) -> tuple[F32, F32]:
        """For each cell of `factor` pixels (h x w): how far across the limb it lies, -1 at the outer edge to 1 at the inner
        one, and the station next to it, as a share of all."""
        size = max(2, shape[0] // factor), max(2, shape[1] // factor)
        across = np.full(size, 2.0, np.float32)
        along = np.zeros(size, np.float32)
        reach = 1.3 * float(self.halves.max())
        low = np.clip(np.floor((self.axis.min(axis=0) - reach) / factor).astype(int), 0, size[::-1])
        high = np.clip(np.ceil((self.axis.max(axis=0) + reach) / factor).astype(int), 0, size[::-1])
        if (high <= low).any():
            return across, along
        x: F64 = (np.arange(int(low[0]), int(high[0]), dtype=np.float64) + 0.5) * factor
        y: F64 = (np.arange(int(low[1]), int(high[1]), dtype=np.float64) + 0.5) * factor
        beside, below = (x[:, None] - self.axis[:, 0]) ** 2, (y[:, None] - self.axis[:, 1]) ** 2
        near = np.stack([np.argmin(beside + row, axis=1) for row in below])
        way = (self.inner - self.outer) / np.maximum(2 * self.halves, 1e-6)[:, None]
        right, down = x[None] - self.axis[near, 0], y[:, None] - self.axis[near, 1]
        distance = np.hypot(right, down)
        side = np.where(right * way[near, 0] + down * way[near, 1] < 0, -1.0, 1.0)
        at = slice(low[1], high[1]), slice(low[0], high[0])
        across[at] = np.clip(side * distance / np.maximum(self.halves[near], 1.0), -2, 2)
        along[at] = near / (STATIONS - 1)
        return across, along


def limb_of(arm: Arm, body: Body, bare: F32, cloth: F32, whole: F32) -> Limb:
    """The arm as the frame has it, moved and made as broad as it is where it is `bare`, and kept within `cloth`, the worn
    top, elsewhere; `whole` is what is bare with its rims. All are H x W in [0, 1]."""
    side = -1.0 if arm.path[0][0] < body.origin[0] else 1.0
    cap = shoulder_middle(arm, body)
    path = _way(np.vstack((cap, arm.path[1:])))
    along = directions_of(path)
    normal = np.column_stack((along[:, 1], -along[:, 0]))
    if float((normal * (side * body.across)).sum()) > 0:
        normal = -normal
    usual = body.breadth * np.interp(_FINE, _JOINTS, _BREADTHS)
    reach = 1.5 * float(usual[0])
    offsets = np.arange(-reach, reach + 0.5)
    lines = path[:, None, :] + offsets[None, :, None] * normal[:, None, :]
    on_skin, on_cloth, on_whole = (
        sample(values, lines.reshape(-1, 2)).reshape(len(path), -1) > 0.5 for values in (bare, cloth, whole)
    )
    skin = _runs(on_skin & ~on_cloth, offsets, usual, _LEAST, 1.6)
    skin = skin + _rims(skin, _runs(on_whole & ~on_cloth, offsets, usual, _LEAST, 1.6))
    tube = _runs(on_skin | on_cloth, offsets, usual, 0.6, 1.9)
    seen = np.isfinite(skin[:, 0])
    middle, factor = _axis_and_size(skin, tube, usual)
    half = factor * usual / 2
    # An arm is narrower than its sleeve.
    room = np.where(np.isfinite(tube[:, 1] - tube[:, 0]), _LOOSE * (tube[:, 1] - tube[:, 0]) / 2, np.inf)
    # Across the cuff, which lies aslant, its own edge is known.
    beside = np.convolve(seen, np.ones(9), "same") > 0
    room = np.where(beside, np.inf, np.minimum(room, 1e6))
    half = np.minimum(half, np.maximum(_least_near(room, 1), 0.6 * usual / 2))
    half = np.where(seen, np.where(seen, (skin[:, 1] - skin[:, 0]) / 2, 0), even(half, 7))
    half = even(np.minimum(half, 1.3 * usual / 2), 5)
    middle = np.where(seen, middle, even(middle, 11))
    middle = even(middle, 5)
    at = np.clip(np.rint(middle + reach).astype(int), 0, len(offsets) - 1)
    rows = np.arange(len(path))
    strayed = ~seen & ~(on_cloth | on_skin)[rows, at] & (_FINE < _WRIST)
    middle, half = _within(on_cloth | on_skin, at, offsets, middle, half, beside | strayed)
    axis = path + middle[:, None] * normal
    inner, outer = axis + half[:, None] * normal, axis - half[:, None] * normal
    return Limb(axis, outer, inner, seen, strayed, _comes_out(on_skin[rows, at] & ~on_cloth[rows, at]))


def _comes_out(bare: NDArray[np.bool_]) -> int:
    """Up to which station an arm with a `bare` axis (N) is to be drawn: a little past where it comes out for good."""
    covered = np.flatnonzero(np.convolve(~bare & (_FINE < _WRIST), np.ones(3), "same") >= 2)
    first = int(covered[-1]) + 1 if len(covered) else 0
    after = np.flatnonzero(bare[first:])
    if not len(after) or bare[first:].sum() < SEEN:
        return STATIONS
    return min(first + int(after[0]) + _OVERLAP, STATIONS)


def _way(corners: F64) -> F64:
    """The rounded way from the shoulder past the elbow and beyond the wrist at `_FINE` (N x 2)."""
    ends = np.vstack((corners, corners[2] + (corners[2] - corners[1])))
    path = points_at(_FINE, np.arange(4.0), ends)
    return smoothed(np.pad(path, ((5, 5), (0, 0)), "reflect", reflect_type="odd"), np.hanning(13)[1:-1] / 6)


def _runs(inside: NDArray[np.bool_], offsets: F64, usual: F64, least: float, most: float) -> F64:
    """For each row the ends of the run that is nearest to the middle and not wider or narrower than an arm can be (N x 2,
    NaN where none is), by factors on `usual`. Runs that reach the end of the row are none: they join something else."""
    found = np.full((len(inside), 2), np.nan)
    padded = np.pad(inside, ((0, 0), (1, 1))).astype(np.int8)
    for row, steps in enumerate(np.diff(padded, axis=1)):
        starts, ends = np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)
        whole = (starts > 0) & (ends < len(offsets))
        wide = offsets[np.minimum(ends, len(offsets)) - 1] - offsets[np.minimum(starts, len(offsets) - 1)] + 1
        fits = whole & (wide >= least * usual[row]) & (wide <= most * usual[row])
        if not fits.any():
            continue
        middles = (offsets[starts[fits]] + offsets[ends[fits] - 1]) / 2
        index = int(np.argmin(np.abs(middles)))
        if abs(float(middles[index])) <= usual[row]:
            found[row] = offsets[starts[fits]][index] - 0.5, offsets[ends[fits] - 1][index] + 0.5
    return found


def _rims(skin: F64, whole: F64) -> F64:
    """How much further out than `skin` the arm's edges lie (2), both runs N x 2: as far as the `whole` says in its lower
    half, away from the sleeve, whose own rim looks the same."""
    rows = np.flatnonzero(np.isfinite(skin[:, 0]) & np.isfinite(whole[:, 0]) & (_FINE < _WRIST))
    rows = rows[len(rows) // 2 :]
    if len(rows) < SEEN:
        return np.zeros(2)
    return np.clip(np.median(whole[rows] - skin[rows], axis=0), -MIXED, MIXED)


def _axis_and_size(skin: F64, tube: F64, usual: F64) -> tuple[F64, F64]:
    """How far the arm lies beside the frame's axis at each station, and how broad it is against the usual: known where it
    is bare, its middle also where a sleeve stands free on both sides; the shoulder is where the frame says."""
    seen, free = np.isfinite(skin[:, 0]), np.isfinite(tube[:, 0])
    # From the wrist up to the armpit a sleeve hangs free; what seems free above lies between hair and backdrop.
    joined = np.flatnonzero(np.convolve(~(seen | free) & (_FINE < _WRIST), np.ones(4), "same") >= 3)
    free &= np.arange(len(free)) > (joined[-1] if len(joined) else 0)
    # A loose sleeve says little of where the arm is in it, and nothing next to the arm itself.
    beside = np.convolve(seen, np.ones(17), "same") > 0
    known = seen | (free & ~beside)
    known[0] = True
    middles = np.where(seen, skin.mean(axis=1), np.where(free, tube.mean(axis=1), 0.0))
    middles[0] = 0.0
    middle = np.interp(_FINE, _FINE[known], middles[known])
    arm = seen & (_FINE < _WRIST)
    if arm.sum() >= 3:
        measured = (skin[arm, 1] - skin[arm, 0]) / usual[arm]
        # As broad on, under the sleeve, as where it comes out.
        first = np.median(measured[: max(3, len(measured) // 3)])
        factor = np.interp(_FINE, _FINE[arm], measured, left=float(first))
    elif seen.any():
        # Nothing but the hand: the wrist is as broad as where that comes out.
        first = np.flatnonzero(seen)[:3]
        measured = np.median((skin[first, 1] - skin[first, 0]) / usual[first])
        factor = np.interp(_FINE, (1.2, float(_FINE[first[0]])), (1.0, float(np.clip(measured, 0.85, 1.3))))
    else:
        factor = np.ones(len(_FINE))
    return middle, np.clip(factor, _LEAST, _MOST)


def _within(
    worn: NDArray[np.bool_],
    at: NDArray[np.intp],
    offsets: F64,
    middle: F64,
    half: F64,
    free: NDArray[np.bool_],
) -> tuple[F64, F64]:
    """Middle and half breadth with the outer edge kept within the sleeve where not `free`: its own edge is mixed with what
    lies behind. `at`: the column of the middle in each row of `worn`."""
    before = ~worn & (np.arange(len(offsets))[None] < at[:, None])
    last = len(offsets) - 1 - np.argmax(before[:, ::-1], axis=1)
    edge = np.where(before.any(axis=1), offsets[last] + np.maximum(MIXED, 0.06 * half), -np.inf)
    outer, inner = middle - half, middle + half
    pushed = np.where(free, 0.0, np.clip(edge - outer, 0.0, 0.5 * half))
    outer = outer + even(pushed, 5)
    return (outer + inner) / 2, (inner - outer) / 2


def even(values: F64, window: int) -> F64:
    """N values smoothed over an odd `window`, going on evenly at both ends."""
    kernel = np.hanning(window + 2)[1:-1]
    padded = np.pad(values, window // 2, "reflect", reflect_type="odd")
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), "valid"), np.float64)


def _least_near(values: F64, reach: int) -> F64:
    padded = np.pad(values, reach, "edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1))


def length_hidden(limb: Limb) -> float:
    """Of the way from shoulder to wrist, the share on which the arm is hidden and strays from the cloth that hides it."""
    at = distances_along(limb.axis)
    steps = np.gradient(at)
    upto = _FINE < _WRIST
    hidden = upto & ~limb.seen
    return float(steps[hidden & limb.strayed].sum() / max(steps[hidden].sum(), 1e-6))
