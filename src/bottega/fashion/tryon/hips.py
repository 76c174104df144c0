"""Where trousers or a skirt go on between the new garment's hem and their own visible upper edge.

What they look like there is `surfaces`'; where they are seen in the end is decided by `refill`.
"""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import touching
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_CORNER = 0.05
"""Shoulder breadths above its furthest place down and out within which the corner of a hem is rounded."""
_TAPER = 0.35
"""Shoulder breadths on which trousers run in to a narrower hem at least: as long as a waist runs out into a hip."""
_LEAST, _MOST = 0.02, 0.2
"""Shoulder breadths by which a hem is narrower than the hips: less is no step, and what stands off farther is a skirt of
another shape."""
_SIDE = 0.12
"""Shoulder breadths below the visible upper edge from which the side of trousers is told."""
_SAME = 0.015
"""Shoulder breadths: nearer than this to the outermost place of an edge is its corner."""


def beyond_hips(bottom: F32, dressed: Bool, body: Body) -> Bool:
    """H x W: what lies outside of where `bottom` (H x W in [0, 1]) can show beside and below a hem that hangs over it.
    `dressed`: H x W, the new garment without sleeves. Where its hem is narrower than what is worn below, that runs in to
    the hem's corners as a hip runs into the waist; where the hem is the broader one, nothing is outside."""
    height, width = dressed.shape
    found = np.zeros(dressed.shape, np.bool_)
    middle = int(np.clip(round(float(body.out(0.0, body.hip_drop)[0])), 1, width - 1))
    y: F64 = np.arange(float(height))
    for half in (slice(0, middle), slice(middle, width)):
        away: F64 = np.abs(np.arange(float(width))[half] - middle)
        # A bit of a sleeve beside the torso is no hem.
        worn = touching(dressed[:, half], (away < 0.1 * body.breadth)[None] & dressed[:, half])
        hem = _hem_corner(_outermost(worn, away), body)
        if hem is None:
            continue
        side = _upper_corner(_outermost(bottom[:, half] > 0.5, away), hem[0], body)
        if side is None or not _LEAST * body.breadth < side[1] - hem[1] < _MOST * body.breadth:
            continue
        inset = side[1] - hem[1]
        length = max(side[0] - hem[0], _TAPER * body.breadth)
        along = np.clip(1 - (y - hem[0]) / length, 0.0, 1.0)
        # Without a bend at either end (Hermite's cubic).
        edge = side[1] - inset * along**2 * (3 - 2 * along)
        rows = (y > hem[0] - _CORNER * body.breadth) & (along > 0)
        # To make its last pixel up anew would cost the side its own shade.
        rows &= side[1] - edge > 1.0
        found[:, half] = (away[None] > edge[:, None]) & rows[:, None]
    return found


def _outermost(mask: Bool, reach: F64) -> F64:
    """For each row how far out something of `mask` is (H; -1 where nothing is)."""
    return np.asarray(np.where(mask, reach[None], -1.0).max(axis=1), np.float64)


def _hem_corner(worn: F64, body: Body) -> tuple[float, float] | None:
    """Row and distance from the middle of a garment's lower corner, by how far out it is in each row. A hem may hang lower in
    the middle, so the corner is what lies furthest down and out."""
    rows = np.flatnonzero(worn >= 0)
    if not len(rows):
        return None
    lowest = rows[(rows + worn[rows]).argmax()]
    near = rows[rows > lowest - max(2.0, _CORNER * body.breadth)]
    far = float(worn[near].max())
    return float(near[worn[near] >= far - _SAME * body.breadth][-1]), far


def _upper_corner(seen: F64, hem: float, body: Body) -> tuple[float, float] | None:
    """The same of the upper corner of trousers, or of where they come out from under the `hem`, a row."""
    rows = np.flatnonzero(seen > 0.1 * body.breadth)
    rows = rows[rows >= hem]
    if not len(rows):
        return None
    near = rows[rows < rows[0] + max(3.0, _SIDE * body.breadth)]
    far = float(np.median(seen[near]))
    return float(near[seen[near] >= far - _SAME * body.breadth][0]), far
