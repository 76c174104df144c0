"""Void-and-cluster thresholds (R. Ulichney, SPIE 1913, 1993), 64 x 64, seed 1: writes laser/blue_noise.npy."""

import numpy as np


def void_and_cluster(side=64, sigma=1.9, seed=1):
    n = side * side
    f = np.minimum(np.arange(side), side - np.arange(side))
    g = np.exp(-(f[:, None] ** 2 + f[None, :] ** 2) / (2 * sigma**2))

    def shift(p):
        return np.roll(g, (p // side, p % side), (0, 1))

    rng = np.random.default_rng(seed)
    bits = np.zeros(n, bool)
    bits[rng.choice(n, n // 10, replace=False)] = True
    e = np.zeros((side, side))
    for p in np.flatnonzero(bits):
        e += shift(p)
    while True:
        c = np.argmax(np.where(bits, e.ravel(), -np.inf))
        bits[c] = False
        e -= shift(c)
        v = np.argmin(np.where(bits, np.inf, e.ravel()))
        bits[v] = True
        e += shift(v)
        if c == v:
            break
    rank = np.zeros(n, int)
    ones = int(bits.sum())
    b = bits.copy()
    x = e.copy()
    for r in range(ones - 1, -1, -1):
        c = np.argmax(np.where(b, x.ravel(), -np.inf))
        b[c] = False
        x -= shift(c)
        rank[c] = r
    b = bits.copy()
    x = e.copy()
    for r in range(ones, n):
        v = np.argmin(np.where(b, np.inf, x.ravel()))
        b[v] = True
        x += shift(v)
        rank[v] = r
    return rank.reshape(side, side).astype(np.uint16)


if __name__ == "__main__":
    import sys

    np.save(sys.argv[1], void_and_cluster())
