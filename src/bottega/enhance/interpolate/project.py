"""Forward projection: the flow between two frames, carried to a moment between them."""

from importlib.util import find_spec
from typing import Any, cast

import numpy as np

from bottega.enhance.interpolate.motion import grid
from bottega.imaging.picture import F32


def splat(motion: F32, weights: F32, share: float, *, compiled: bool | None = None) -> F32:
    """Bilinear sums H x W x 4 of (weight * dx, weight * dy, weight, 1), laid down at p + share * motion(p).

    `compiled`: None takes numba when it is there; both ways differ by rounding only.
    """
    if compiled is None:
        compiled = find_spec("numba") is not None
    if compiled:
        from bottega.enhance.interpolate import numba_splat

        kernel = cast("Any", numba_splat.splat)  # compiled: it has no types to check
        return kernel(motion, weights, np.float32(share))
    return _splat_numpy(motion, weights, share)


def _splat_numpy(motion: F32, weights: F32, share: float) -> F32:
    height, width = weights.shape
    places = grid(height, width) + np.float32(share) * motion
    corner = np.floor(places)
    part = places - corner
    left, top = (corner[..., axis].astype(np.int64) for axis in (0, 1))
    near = (left >= -1) & (left < width) & (top >= -1) & (top < height)
    left, top, part = left[near], top[near], part[near]
    values = np.dstack([motion * weights[..., None], weights, np.ones_like(weights)])[near]
    # One ring more on each side catches the corners that fall beyond the border.
    index = (top + 1) * (width + 2) + left + 1
    ring = np.zeros(((height + 2) * (width + 2), 4))
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share_here = (part[:, 0] if right else 1 - part[:, 0]) * (part[:, 1] if down else 1 - part[:, 1])
        for channel in range(4):
            ring[:, channel] += np.bincount(
                index + down * (width + 2) + right, share_here * values[:, channel], len(ring)
            )
    return ring.reshape(height + 2, width + 2, 4)[1:-1, 1:-1].astype(np.float32)
