"""Compiled loops over dots: error diffusion, and the search that moves single dots. Needs numba.

Imported only by `dither` and `refine`, inside functions, when numba is there; compiled code is cached on disk.
"""

# numba has no type stubs; the functions below are typed by what they are called with.
# pyright: basic

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def diffuse(grey, taps, serpentine):
    """Error diffusion of H x W float32 (0 = burnt). `taps`: N x 3 float32, rows down, columns ahead, share.

    With `serpentine` odd rows run from right to left. Returns H x W bool, True is burnt. The shares of the
    running row are carried in registers; those of the rows below are gathered from the last five errors, so that
    each is stored once.
    """
    rows, columns = grey.shape
    ahead1, ahead2 = np.float32(0), np.float32(0)
    # Shares of the errors at two dots ahead ... two dots behind the place below that they fall on.
    below = np.zeros((3, 5), np.float32)
    deep = 0
    for k in range(taps.shape[0]):
        down, side = int(taps[k, 0]), int(taps[k, 1])
        if down == 0:
            if side == 1:
                ahead1 = taps[k, 2]
            else:
                ahead2 = taps[k, 2]
        else:
            below[down, side + 2] = taps[k, 2]
            deep = max(deep, down)
    a0, a1, a2, a3, a4 = below[1, 0], below[1, 1], below[1, 2], below[1, 3], below[1, 4]
    b0, b1, b2, b3, b4 = below[2, 0], below[2, 1], below[2, 2], below[2, 3], below[2, 4]
    bits = np.zeros((rows, columns), np.bool_)
    here = np.zeros(columns + 4, np.float32)
    next1 = np.zeros(columns + 4, np.float32)
    next2 = np.zeros(columns + 4, np.float32)
    half, one, nought = np.float32(0.5), np.float32(1), np.float32(0)
    for y in range(rows):
        leftwards = serpentine and y % 2 == 1
        step = -1 if leftwards else 1
        x = columns - 1 if leftwards else 0
        # Errors of the last five dots, the newest first.
        e0 = e1 = e2 = e3 = e4 = nought
        for _ in range(columns):
            value = grey[y, x] + here[x + 2] + e0 * ahead1 + e1 * ahead2
            burnt = value < half
            bits[y, x] = burnt
            e4, e3, e2, e1 = e3, e2, e1, e0
            e0 = value if burnt else value - one
            # The place two dots behind has now heard from all five.
            place = x + 2 - 2 * step
            next1[place] += e0 * a0 + e1 * a1 + e2 * a2 + e3 * a3 + e4 * a4
            if deep == 2:
                next2[place] = e0 * b0 + e1 * b1 + e2 * b2 + e3 * b3 + e4 * b4
            x += step
        for _ in range(2):
            e4, e3, e2, e1 = e3, e2, e1, e0
            e0 = nought
            place = x + 2 - 2 * step
            next1[place] += e1 * a1 + e2 * a2 + e3 * a3 + e4 * a4
            if deep == 2:
                next2[place] = e1 * b1 + e2 * b2 + e3 * b3 + e4 * b4
            x += step
        here, next1, next2 = next1, next2, here
        next2[:] = nought
    return bits


@numba.njit(cache=True, nogil=True)
def _case(dots, y, x):
    """The 3 x 3 neighbourhood of a cell of the padded dots, as `burn.neighbourhoods` numbers it."""
    return (
        dots[y - 1, x - 1]
        + 2 * dots[y - 1, x]
        + 4 * dots[y - 1, x + 1]
        + 8 * dots[y, x - 1]
        + 16 * dots[y, x]
        + 32 * dots[y, x + 1]
        + 64 * dots[y + 1, x - 1]
        + 128 * dots[y + 1, x]
        + 256 * dots[y + 1, x + 1]
    )


@numba.njit(cache=True, nogil=True)
def _changes(dots, table, y0, y1, x0, x1, ya, xa, yb, xb, delta):
    """Change of the burnt share of the cells [y0, y1) x [x0, x1) when the dots a and b are both flipped."""
    for y in range(y0, y1):
        for x in range(x0, x1):
            delta[y - y0, x - x0] = -table[_case(dots, y, x)]
    dots[ya, xa] ^= 1
    if ya != yb or xa != xb:
        dots[yb, xb] ^= 1
    for y in range(y0, y1):
        for x in range(x0, x1):
            delta[y - y0, x - x0] += table[_case(dots, y, x)]
    dots[ya, xa] ^= 1
    if ya != yb or xa != xb:
        dots[yb, xb] ^= 1


@numba.njit(cache=True, nogil=True)
def _edges(dots, y, x):
    """Switches of the beam beside dot x of a row."""
    return (dots[y, x] != dots[y, x - 1]) + (dots[y, x] != dots[y, x + 1])


@numba.njit(cache=True, nogil=True)
def move_dots(dots, table, seen, blur, switch, first, last, pad):
    """One sweep over the rows [first, last) of padded dots: flip a dot, or swap it with a neighbour, when it helps.

    `dots`: (H + 2 pad) x (W + 2 pad) uint8; `seen`: the error blurred twice as the eye blurs, same shape,
    float32; `blur`: the half of one axis of that double blur, from the centre; `switch`: the price of one
    switch of the beam, as squared error. Changes `dots` and `seen`; returns how many dots were changed.
    """
    height, width = dots.shape
    radius = blur.shape[0] - 1
    delta = np.zeros((4, 4), np.float32)
    row = np.zeros((4, 4 + 2 * radius), np.float32)
    best_delta = np.zeros((4, 4), np.float32)
    changed = 0
    for y in range(first + pad, last + pad):
        for x in range(pad, width - pad):
            on = dots[y, x]
            if on == 1 and seen[y, x] < 0:
                continue
            if on == 0 and seen[y, x] > 0:
                continue
            best = -1e-7
            by, bx = -1, -1
            b0, b1, b2, b3 = 0, 0, 0, 0
            for k in range(9):
                ny, nx = y + k // 3 - 1, x + k % 3 - 1
                if k != 4:
                    if dots[ny, nx] == on:
                        continue
                    if ny < pad or ny >= height - pad or nx < pad or nx >= width - pad:
                        continue
                    # Moving a dot pays only towards where the picture wants it more.
                    if on == 1 and seen[ny, nx] >= seen[y, x]:
                        continue
                    if on == 0 and seen[ny, nx] <= seen[y, x]:
                        continue
                y0, y1 = min(y, ny) - 1, max(y, ny) + 2
                x0, x1 = min(x, nx) - 1, max(x, nx) + 2
                _changes(dots, table, y0, y1, x0, x1, y, x, ny, nx, delta)
                h, w = y1 - y0, x1 - x0
                linear = 0.0
                for i in range(h):
                    for j in range(w):
                        linear += delta[i, j] * seen[y0 + i, x0 + j]
                if linear >= 0:
                    continue
                total = 0.0
                for i in range(h):
                    for j in range(w):
                        d = delta[i, j]
                        if d != 0:
                            for p in range(h):
                                part = 0.0
                                for q in range(w):
                                    part += delta[p, q] * blur[abs(q - j)]
                                total += d * part * blur[abs(p - i)]
                gain = 2 * linear + total
                if switch > 0:
                    before = _edges(dots, y, x) + (_edges(dots, ny, nx) if k != 4 else 0)
                    dots[y, x] ^= 1
                    if k != 4:
                        dots[ny, nx] ^= 1
                    after = _edges(dots, y, x) + (_edges(dots, ny, nx) if k != 4 else 0)
                    dots[y, x] ^= 1
                    if k != 4:
                        dots[ny, nx] ^= 1
                    gain += switch * (after - before)
                if gain < best:
                    best = gain
                    by, bx = ny, nx
                    b0, b1, b2, b3 = y0, y1, x0, x1
                    best_delta[:] = delta
            if by < 0:
                continue
            changed += 1
            dots[y, x] ^= 1
            if by != y or bx != x:
                dots[by, bx] ^= 1
            h, w = b1 - b0, b3 - b2
            for i in range(h):
                for t in range(w + 2 * radius):
                    part = 0.0
                    for j in range(max(0, t - 2 * radius), min(w, t + 1)):
                        part += best_delta[i, j] * blur[abs(t - radius - j)]
                    row[i, t] = part
            for s in range(h + 2 * radius):
                for i in range(max(0, s - 2 * radius), min(h, s + 1)):
                    weight = blur[abs(s - radius - i)]
                    for t in range(w + 2 * radius):
                        seen[b0 - radius + s, b2 - radius + t] += weight * row[i, t]
    return changed
