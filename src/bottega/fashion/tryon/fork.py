"""The gap between the legs of trousers in a product picture: its narrow upper end, and the line that parts the legs."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.values import Garment
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]

_APART = 0.15
"""Euclidean distance in sRGB [0, 1] between cloth and paper from which they can be told apart."""
_PAPER = 0.4
"""Share of the way from cloth to paper from which a pixel shows the gap."""
_NARROW = 0.03
"""Of the picture's width: no end of a gap is wider."""
_MISSED = 3
"""Rows without a gap after which it has ended."""


def parting(alpha: F32, crotch: F64) -> F64:
    """Per row of the product picture (`alpha`: H x W) the column that parts the legs: the middle of the gap, followed down
    from the crotch (x, y); the crotch's own column above."""
    at = float(crotch[0])
    found = np.full(alpha.shape[0], at)
    for row in range(max(int(crotch[1]), 0), alpha.shape[0]):
        turns = np.flatnonzero(np.diff(np.concatenate(([1], alpha[row] > 0.5, [1]))))
        starts, ends = turns[::2], turns[1::2]
        # The gap has a leg on either side.
        inside = (starts > 0) & (ends < alpha.shape[1])
        if inside.any():
            away = np.maximum(np.maximum(starts[inside] - at, at - ends[inside]), 0)
            best = int(away.argmin())
            if away[best] < _NARROW * alpha.shape[1]:
                at = float(starts[inside][best] + ends[inside][best]) / 2
        found[row] = at
    return found


def with_open_fork(rgb: U8, garment: Garment) -> Garment:
    """`garment` of the product picture `rgb` (H x W x 3 uint8) with the gap between its legs open up to where it ends: a
    cut-out often fills the last bit, a few pixels wide, and the crotch then seems lower than it is."""
    if garment.kind != "bottom" or "crotch" not in garment.landmarks:
        return garment
    x, y, sure = garment.landmarks["crotch"]
    waist = min(
        (garment.landmarks[n][1] for n in ("waist_left", "waist_right") if n in garment.landmarks), default=y
    )
    share = _share_of_paper(rgb, garment.alpha, x, y)
    if share is None:
        return garment
    rows, left = share
    alpha, top = garment.alpha.copy(), y
    at, missed = x - left, 0
    narrow = max(4, round(_NARROW * alpha.shape[1]))
    for row in range(int(y), max(int(y - 0.5 * (y - waist)), 1), -1):
        line = rows[row]
        near = slice(max(round(at) - narrow // 2, 0), round(at) + narrow // 2 + 1)
        seen = np.flatnonzero(line[near] > _PAPER)
        # A band across is a pattern.
        if len(seen) and len(seen) < 0.8 * (near.stop - near.start):
            at, top, missed = near.start + float(seen.mean()), float(row), 0
            cut = slice(left + near.start, left + near.start + len(line[near]))
            alpha[row, cut] = np.minimum(alpha[row, cut], 1 - np.clip(line[near] / 0.7, 0, 1))
        else:
            missed += 1
            if missed > _MISSED:
                break
    return replace(garment, alpha=alpha, landmarks=garment.landmarks | {"crotch": (at + left, top, sure)})


def _share_of_paper(rgb: U8, alpha: F32, x: float, y: float) -> tuple[F32, int] | None:
    """How far each pixel around the crotch lies from cloth to paper (H x n, about 0 to 1), and the first column of those;
    None where the two cannot be told apart."""
    height, width = alpha.shape
    reach = round(0.08 * width)
    left, right = max(int(x) - reach, 0), min(int(x) + reach + 1, width)
    low = slice(min(int(y) + 4, height - 1), min(int(y) + 4 + reach, height))
    high = slice(max(int(y) - 2 * reach, 0), max(int(y), 1))
    colours = rgb[:, left:right].astype(np.float32) / np.float32(255)
    gap, cloth = colours[low][alpha[low, left:right] < 0.2], colours[high][alpha[high, left:right] > 0.95]
    if len(gap) < 12 or len(cloth) < 50:
        return None
    paper, own = np.median(gap, axis=0), np.median(cloth, axis=0)
    way = paper - own
    length = float((way**2).sum())
    if length < _APART**2:
        return None
    return ((colours - own) @ way / np.float32(length)).astype(np.float32), left
