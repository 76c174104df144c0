"""The cap of a sleeve, where it goes around the shoulder: its outer edge in the product picture as it is, and on a person along
the shoulder that is seen."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.contour import Contour
from bottega.fashion.tryon.paths import points_at
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import drawn_ring
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
BULGE = 0.8
"""Of a sleeve's breadth its real edge lies beyond its straight one at most."""
NOTCH, DEEPEST = 0.2, 0.4
"""Breadths of a sleeve by which its real edge lies within its straight one at a notch at least, and as which it counts at
most."""
NEAR_CUFF = 0.75
"""Of a sleeve's points, from where on a notch is its cuff's."""
FINE = 6
"""Rays from one station of a sleeve to the next."""
OUT, IN = 0.4, 0.3
"""Breadths of the upper arm by which a shoulder may be rounder and flatter than its joints say; more is another cut."""
ROUND_TO = (0.25, 0.6)
"""Of the upper arm: to the first of these cloth lies on the shoulder, from the second on it hangs as it is cut."""
MOST = 1.6
"""Times `OUT` or `IN` from which on what is seen says nothing of the shoulder."""
FOLD = 9
"""Points of a ribbon's edge, about a quarter of the upper arm, over which cloth is straight."""
EASE = 0.02
"""Breadths of the upper arm by which cloth lies over what is seen, and over what was worn there."""


def traced(outer: F64, inner: F64, alpha: F32) -> tuple[F64, int]:
    """`outer` (N x 2, pixels of the product picture) moved across the sleeve onto the edge of `alpha` (H x W in [0, 1]); and
    from which of its points on it runs at the bottom of a notch, N where there is none: a cuff that is twisted out of its
    sleeve would hang from that as torn."""
    at = np.linspace(0, len(outer) - 1, FINE * (len(outer) - 1) + 1)
    every = np.arange(len(outer), dtype=np.float64)
    start, way, broad = _across(points_at(at, every, outer), points_at(at, every, inner))
    off = Contour(alpha).reach(start, way, (0.5 + BULGE) * broad) / broad - 0.5
    low = np.isnan(off) | (off < -NOTCH)
    # At the cuff the edge bends inward, and a ray beside it would leave through the end: behind a notch it goes on.
    behind = np.flatnonzero(~low).max(initial=0)
    notch = low & (at >= NEAR_CUFF * len(outer)) & (np.arange(len(at)) < behind)
    bottom = np.maximum(np.nan_to_num(off[notch], nan=-DEEPEST), -DEEPEST).min(initial=0.0)
    torn = max(int(at[notch.argmax()]), 1) if notch.any() else len(outer)
    off = np.where(low, 0.0, off)[::FINE]
    off[torn:] = bottom
    return outer + (off * broad[::FINE])[:, None] * way[::FINE], torn


def within_cloth(inner: F64, outer: F64, alpha: F32) -> F64:
    """`inner` (N x 2, pixels of the product picture) moved across the sleeve to the edge of `alpha` (H x W in [0, 1]) where
    it lies beside the cloth; where it lies in it, the torso may hang together with the sleeve, and it stays."""
    start, way, broad = _across(inner, outer)
    short = 0.5 - Contour(alpha).reach(start, way, 0.5 * broad) / broad
    # A hole near the middle is no edge.
    short = np.where(np.isnan(short) | (short > DEEPEST), 0.0, np.maximum(short, 0.0))
    return inner - (short * broad)[:, None] * way


def without_twisted(area: Bool, outer: F64, inner: F64, torn: int) -> Bool:
    """`area` (H x W of the product picture) without what lies beyond the `outer` edge from its point `torn` on, where the
    cuff is twisted out. `outer` and `inner`: as `traced` says, N x 2."""
    if torn >= len(outer):
        return area
    kept = slice(torn - 1, None)
    ways = outer - inner
    past = outer[-1:] + (outer[-1] - outer[-2])
    edge, out = np.vstack((outer[kept], past)), np.vstack((ways[kept], ways[-1:]))
    ring = np.vstack((edge, (edge + out)[::-1]))
    return area & (drawn_ring(ring, area.shape) < 0.5)


def on_shoulder(outer: F64, limb: F64, breadth: float, down: F64, seen: Contour) -> F64:
    """`outer` (N x 2, pixels of the photograph, first at the shoulder) moved away from the upper arm's middle, or toward it,
    onto the edge that is `seen`, near the shoulder. `limb`: the middle of the arm at the shoulder and at the elbow (2 x 2);
    `breadth`: that of the arm; `down`: how far along the upper arm each point lies, 0 to 1 at the elbow."""
    axis = limb[1] - limb[0]
    along = np.clip((outer - limb[0]) @ axis / max(float((axis**2).sum()), 1e-6), 0, 1)
    start = limb[0] + along[:, None] * axis
    away = outer - start
    far = np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-6)
    way = away / far[:, None]
    off = seen.reach(start, way, far + MOST * OUT * breadth) - far + EASE * breadth
    # Torso and sleeve share the first point.
    off[0] = 0
    known = np.flatnonzero(~np.isnan(off))
    off = _bridged(np.asarray(np.interp(np.arange(len(off)), known, off[known]), np.float64))
    beyond = np.where(off > 0, off / OUT, -off / IN) / breadth
    near = np.clip((MOST - beyond) / (MOST - 1), 0, 1)
    near *= np.clip((ROUND_TO[1] - down) / (ROUND_TO[1] - ROUND_TO[0]), 0, 1)
    off = off * np.minimum.accumulate(near)
    off = np.convolve(np.pad(off, 2, "edge"), np.ones(5) / 5, "valid")
    off[0] = 0
    return outer + off[:, None] * way


def _bridged(off: F64) -> F64:
    """Values along an edge without dents narrower than `FOLD`: cloth lies over the folds of what was worn there."""
    held = np.pad(off, FOLD - 1, "edge")
    over = np.lib.stride_tricks.sliding_window_view(held, FOLD).max(axis=1)
    return np.lib.stride_tricks.sliding_window_view(over, FOLD).min(axis=1)


def _across(outer: F64, inner: F64) -> tuple[F64, F64, F64]:
    """The middle of a sleeve at each of its stations, the unit vectors from there to the outer edge, the breadths."""
    away = outer - inner
    broad = np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-6)
    return (outer + inner) / 2, away / broad[:, None], broad
