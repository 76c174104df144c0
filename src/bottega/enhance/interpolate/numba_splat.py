"""Compiled forward projection of flows. Needs numba; imported only by `project`, inside a function, when numba is there."""

# numba has no type stubs; the functions below are typed by what they are called with.
# pyright: basic

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def splat(motion, weights, share):
    """See `project.splat`, whose sums these are: H x W x 4 float32."""
    height, width = weights.shape
    total = np.zeros((height, width, 4), np.float32)
    one = np.float32(1)
    for y in range(height):
        for x in range(width):
            dx, dy = motion[y, x, 0], motion[y, x, 1]
            px, py = np.float32(x) + share * dx, np.float32(y) + share * dy
            fx, fy = np.floor(px), np.floor(py)
            left, top = int(fx), int(fy)
            if left < -1 or left >= width or top < -1 or top >= height:
                continue
            ax, ay = px - fx, py - fy
            for corner in range(4):
                cx, cy = left + (corner & 1), top + (corner >> 1)
                if cx < 0 or cx >= width or cy < 0 or cy >= height:
                    continue
                part = (ax if corner & 1 else one - ax) * (ay if corner >> 1 else one - ay)
                weight = part * weights[y, x]
                total[cy, cx, 0] += weight * dx
                total[cy, cx, 1] += weight * dy
                total[cy, cx, 2] += weight
                total[cy, cx, 3] += part
    return total
