"""The edges of bare arms to a part of a pixel, from the colours across them: a parse's outline lies a pixel or two beside
them, and an arm made up to that outline would end in a step where the photograph's own begins."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.limbs import MIXED, SEEN, WRIST_AT, Limb, even
from bottega.fashion.tryon.values import Bool
from bottega.imaging.arrays import sample
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_STEP = 0.25
"""Pixels between places at which an edge is looked for."""
_INTO = 0.2
"""Of half an arm's breadth to either side of the edge, there is the arm's own colour and that beside it."""
_LEAST, _MOST = 3.0, 8.0
"""Pixels: bounds of that, beyond the mixed ones and within what lies beside."""
_CONTRAST = 0.08
"""Distance in [0, 1] of two colours between which no edge can be found."""
_BESIDE = 1.4
"""Of an arm's breadth, as far beside its axis its rim lies."""
_NEXT = 9
"""Known stations of which the median holds for those under the sleeve."""


def at_its_edges(photo: F32, limb: Limb) -> Limb:
    """The limb with each side moved to where the colour of the bare arm gives way to what lies beside it, and under the
    sleeve as far as next to it. `photo`: H x W x 3 in [0, 1]."""
    rows = np.flatnonzero(limb.seen)
    if len(rows) < SEEN:
        return limb
    out = (limb.outer - limb.axis) / np.maximum(limb.halves, 1e-6)[:, None]
    sides = [
        _moved(edge, way * sign, _shifts(photo, edge[rows], (way * sign)[rows], limb.halves[rows]), rows)
        for edge, way, sign in ((limb.outer, out, 1.0), (limb.inner, out, -1.0))
    ]
    return replace(limb, axis=(sides[0] + sides[1]) / 2, outer=sides[0], inner=sides[1])


def with_even_rims(arms: F32, limbs: list[Limb], made_up: Bool) -> F32:
    """`arms` (H x W in [0, 1]) with each limb's own outline where its rim is `made_up` (H x W) below its cuff: a region is
    ragged where it borders on the worn garment's colours."""
    result = arms
    for limb in limbs:
        at = made_up & limb.between(limb.end + 1, min(limb.last, WRIST_AT), arms.shape, _BESIDE)
        if at.any():
            result = np.where(at, limb.outlined(limb.end, limb.last + 1, arms.shape), result)
    return result


def _shifts(photo: F32, edge: F64, outward: F64, halves: F64) -> F64:
    """How far outward the colour changes at each place of an edge (N x 2), in pixels; NaN where no change is near."""
    reach = np.clip(_INTO * halves, _LEAST, _MOST)[:, None]
    near = np.arange(-MIXED, MIXED + _STEP / 2, _STEP)[None]
    colours = _colours(photo, edge, outward, np.broadcast_to(near, (len(edge), near.shape[1])))
    inside, outside = (
        np.median(_colours(photo, edge, outward, sign * reach * np.linspace(0.8, 1.2, 5)), axis=1)
        for sign in (-1.0, 1.0)
    )
    apart = inside - outside
    share = ((colours - outside[:, None]) * apart[:, None]).sum(axis=-1)
    share = share / np.maximum((apart**2).sum(axis=-1), 1e-9)[:, None] - 0.5
    falls = (share[:, :-1] > 0) & (share[:, 1:] <= 0)
    away = np.where(falls, np.abs(near[:, :-1]), np.inf)
    at = np.argmin(away, axis=1)
    before, after = (share[np.arange(len(at)), at + one] for one in (0, 1))
    found = near[0, at] + _STEP * before / np.maximum(before - after, 1e-9)
    known = falls.any(axis=1) & (np.hypot(np.hypot(apart[:, 0], apart[:, 1]), apart[:, 2]) > _CONTRAST)
    return np.where(known, found, np.nan)


def _colours(photo: F32, edge: F64, outward: F64, away: F64) -> F64:
    """N x M x 3: the colours so many pixels (N x M) outward of the places of an edge."""
    points = (edge[:, None] + away[..., None] * outward[:, None]).reshape(-1, 2)
    bands = [sample(photo[..., band], points).reshape(away.shape) for band in range(3)]
    return np.stack(bands, axis=-1).astype(np.float64)


def _moved(edge: F64, outward: F64, shifts: F64, rows: NDArray[np.intp]) -> F64:
    """The whole edge moved outward by the `shifts` that are known at some `rows` of it, evenly."""
    known = np.isfinite(shifts)
    if int(known.sum()) < SEEN:
        return edge
    rows, shifts = rows[known], shifts[known]
    framed = np.pad(shifts, 2, "edge")
    calm = np.median(np.lib.stride_tricks.sliding_window_view(framed, 5), axis=1)
    above, below = float(np.median(shifts[:_NEXT])), float(np.median(shifts[-_NEXT:]))
    every = np.interp(np.arange(len(edge)), rows, calm, left=above, right=below)
    return edge + even(every, 7)[:, None] * outward
