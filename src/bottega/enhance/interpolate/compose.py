"""The last step of a frame between two: both moved along the way at full size, and mixed by what each can see.

Plane by plane and band by band: what is computed with stays in the processor's cache, and OpenCV samples single planes of
float32 several times as quickly as interleaved bytes.
"""

from typing import Any, cast

import cv2
import numpy as np

from bottega.enhance.interpolate.paths import Way
from bottega.enhance.interpolate.samples import Planes
from bottega.imaging.picture import F32

BAND = 32
"""Rows."""
Maps = tuple[Any, Any]


def composed(a: Planes, b: Planes, t: float, way: Way, *, hold: bool) -> Planes:
    """The planes at `t` in [0, 1]. `way` may be smaller than the planes; where it is not trusted, the two are blended, or
    the nearer one is held."""
    height, width = a[0].shape
    small = way.share.shape
    dx = _grown(way.motion.x * np.float32(width / small[1]), (height, width))
    dy = _grown(way.motion.y * np.float32(height / small[0]), (height, width))
    share = _grown(way.share, (height, width))
    trust = _grown(way.trust, (height, width)) if bool((way.trust < 1).any()) else None
    made = [np.empty((height, width), np.float32) for _ in a]
    for top in range(0, height, BAND):
        band = slice(top, min(height, top + BAND))
        maps = [_maps(dx[band], dy[band], top, factor) for factor in (-t, 1 - t)]
        doubt = None if trust is None or bool(trust[band].min() >= 1) else trust[band]
        for first, second, plane in zip(a, b, made, strict=True):
            shown = _sampled(first, maps[0])
            other = _sampled(second, maps[1])
            other -= shown
            other *= share[band]
            shown += other
            if doubt is None:
                plane[band] = shown
                continue
            plain = fallback(first[band], second[band], t, hold=hold)
            shown -= plain
            shown *= doubt
            np.add(shown, plain, out=plane[band])
    return made


def fallback(first: F32, second: F32, t: float, *, hold: bool) -> F32:
    """Of planes, or parts of them, that motion does not explain."""
    if hold:
        return first if t < 0.5 else second
    return cast("F32", cv2.addWeighted(first, 1 - t, second, t, 0))


def _grown(plane: Any, size: tuple[int, int]) -> F32:
    return plane if plane.shape == size else cast("F32", cv2.resize(plane, size[::-1]))


def _maps(dx: F32, dy: F32, top: int, factor: float) -> Maps:
    """Where the rows from `top` on look, in the form that is quickest for several planes."""
    x = dx * np.float32(factor)
    x += np.arange(dx.shape[1], dtype=np.float32)
    y = dy * np.float32(factor)
    y += np.arange(top, top + len(dy), dtype=np.float32)[:, None]
    return cv2.convertMaps(x, y, cv2.CV_16SC2)


def _sampled(plane: F32, maps: Maps) -> F32:
    moved = cv2.remap(plane, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return cast("F32", moved)
