"""Mosaic: square stones laid along the picture's edges, with grout between them and smaller stones where detail is.

After Hausner, "Simulating Decorative Mosaics" (SIGGRAPH 2001): a centroidal Voronoi diagram in the maximum norm of
each stone's own direction, whose stones shun the edges.
"""

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.style_flow import Flow, canvas_noise, edge_flow, plain, shrink, smooth
from bottega.imaging.adjust import change_saturation
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

I64 = NDArray[np.int64]

UNIT_SIDE = 1000.0
"""All lengths below are pixels of a picture whose longer side is this long."""
STONE = 15.0
"""Side of a stone; where detail is wanted, half of it."""
LAYING_SIDE = 420
"""Longer side at which stones find their places."""
ROUNDS = 8
GROUT = 1.05
"""Half the width of the joints."""
GROUT_COLOUR = (0.30, 0.285, 0.265)
LIGHT = (-0.6, -0.8)
"""Where the light comes from, x and y."""
SHADES = 14
"""Stones come in so many shades of each channel's range."""


@dataclass(frozen=True, slots=True)
class Stones:
    """Stones on a grid of `rows` x `columns` cells of side `cell`: places `x`, `y` and unit directions `dx`, `dy`,
    each of rows * columns; lengths as shares of the longer side."""

    rows: int
    columns: int
    cell: float
    x: F32
    y: F32
    dx: F32
    dy: F32


@dataclass(frozen=True, slots=True)
class Laid:
    """Per pixel: the `stone` it belongs to, the place `u`, `v` in it (-1 to 1 over its ideal square), and how much
    farther, in units, the `next` stone is."""

    stone: I64
    u: F32
    v: F32
    next: F32


def mosaic(rgb: F32, detail: F32 | None = None) -> F32:
    """H x W x 3 in [0, 1] to a mosaic of the same size; where `detail` (H x W in [0, 1]) is over a half, stones are
    half as wide."""
    side = max(rgb.shape[:2])
    coarse = lay_stones(rgb, STONE, side)
    laid = _laid(coarse, rgb.shape[0], rgb.shape[1], side)
    large = _drawn(rgb, coarse, laid, side)
    if detail is None or not (detail > 0.5).any():
        return large
    return _joined(rgb, coarse, laid, large, detail)


def _joined(rgb: F32, coarse: Stones, laid: Laid, large: F32, detail: F32) -> F32:
    """Whole large stones outside, small ones inside, so that no large stone is cut."""
    height, width = rgb.shape[:2]
    side = max(height, width)
    y = np.clip((coarse.y * side).astype(int), 0, height - 1)
    x = np.clip((coarse.x * side).astype(int), 0, width - 1)
    inside = (detail[y, x] > 0.5)[laid.stone].astype(np.float32)
    left, top, wide, high = cv2.boundingRect(inside.astype(np.uint8))
    place = np.s_[top : top + high, left : left + wide]
    part = np.ascontiguousarray(rgb[place])
    stones = lay_stones(part, STONE / 2, side)
    fine = _drawn(part, stones, _laid(stones, high, wide, side), side)
    soft = smooth(inside, max(0.6, side / UNIT_SIDE))[place][..., None]
    large[place] += (fine - large[place]) * soft
    return large


def lay_stones(rgb: F32, stone: float, full_side: int) -> Stones:
    """Places and directions of stones of side `stone` units, by Lloyd's relaxation, for a picture or a part of one;
    `full_side`: the longer side, in pixels, of the whole, which their places are shares of."""
    height, width = rgb.shape[:2]
    scale = min(1.0, LAYING_SIDE * STONE / stone / full_side)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    side = full_side * scale
    unit = side / UNIT_SIDE
    grey = luma(shrink(rgb, *size))
    soft = smooth(grey, 2.5 * unit)
    flow = edge_flow(soft, 10.0 * unit, resting_angle=0.0)
    weights = _away_from_edges(soft, stone * unit)
    cell = stone / UNIT_SIDE
    rows, columns = max(1, round(size[1] / side / cell)), max(1, round(size[0] / side / cell))
    row, column = np.mgrid[:rows, :columns]
    y = ((row.ravel() + 0.5) * cell).astype(np.float32)
    x = ((column.ravel() + 0.5 + 0.25 * ((row.ravel() % 2) - 0.5)) * cell).astype(np.float32)
    stones = _turned(Stones(rows, columns, cell, x, y, x, y), flow, side)
    for _ in range(ROUNDS):
        stones = _turned(_relaxed(stones, weights, side), flow, side)
    return stones


def _away_from_edges(grey: F32, stone: float) -> F32:
    """Weights of pixels: next to nothing on edges, so that stones move to either side and a joint runs along them."""
    dx, dy = (plain(cv2.Scharr(grey, cv2.CV_32F, *axis, scale=1 / 32)) for axis in ((1, 0), (0, 1)))
    strength = np.sqrt(dx * dx + dy * dy)
    top = float(np.percentile(strength, 93)) + 1e-4
    near = smooth(np.clip(strength / np.float32(top) - 0.5, 0, 1).astype(np.float32), 0.12 * stone)
    return np.maximum(1 - 1.5 * near, 0.03).astype(np.float32)


def _turned(stones: Stones, flow: Flow, side: float) -> Stones:
    height, width = flow.dx.shape
    y = np.clip((stones.y * side).astype(int), 0, height - 1)
    x = np.clip((stones.x * side).astype(int), 0, width - 1)
    return Stones(stones.rows, stones.columns, stones.cell, stones.x, stones.y, flow.dx[y, x], flow.dy[y, x])


def _relaxed(stones: Stones, weights: F32, side: float) -> Stones:
    """Every stone in the weighted middle of what is nearest to it, but no farther from its cell than one and a half
    cells: beyond, `_laid` would not look for it."""
    height, width = weights.shape
    stone = _laid(stones, height, width, side).stone.ravel()
    count, mass = stones.rows * stones.columns, weights.ravel()
    total = np.bincount(stone, mass, count)
    y, x = np.mgrid[:height, :width]
    middle_x = np.bincount(stone, mass * (x.ravel() + 0.5), count) / np.maximum(total, 1e-9) / side
    middle_y = np.bincount(stone, mass * (y.ravel() + 0.5), count) / np.maximum(total, 1e-9) / side
    row, column = np.divmod(np.arange(count), stones.columns)
    home_x, home_y = (column + 0.5) * stones.cell, (row + 0.5) * stones.cell
    reach = 1.4 * stones.cell
    new_x = np.where(total > 0, np.clip(middle_x, home_x - reach, home_x + reach), stones.x)
    new_y = np.where(total > 0, np.clip(middle_y, home_y - reach, home_y + reach), stones.y)
    return Stones(
        stones.rows, stones.columns, stones.cell, new_x.astype(np.float32), new_y.astype(np.float32),
        stones.dx, stones.dy,
    )  # fmt: skip


def _laid(stones: Stones, height: int, width: int, side: float) -> Laid:
    """Which stone each of H x W pixels belongs to: the nearest in its own maximum norm, of the 5 x 5 cells around."""
    y = ((np.arange(height, dtype=np.float32) + 0.5) / np.float32(side))[:, None]
    x = ((np.arange(width, dtype=np.float32) + 0.5) / np.float32(side))[None]
    row, column = (y / stones.cell).astype(np.int64), (x / stones.cell).astype(np.int64)
    best = np.full((height, width), np.inf, np.float32)
    second = best.copy()
    stone = np.zeros((height, width), np.int64)
    for down in range(-2, 3):
        for right in range(-2, 3):
            there_row = np.clip(row + down, 0, stones.rows - 1)
            there = there_row * stones.columns + np.clip(column + right, 0, stones.columns - 1)
            apart, _, _ = _apart(stones, there, x, y)
            # A cell beyond the rim stands for the rim's own, which comes twice: it is not its own neighbour.
            again = there == stone
            nearer = (apart < best) & ~again
            second = np.where(nearer, best, np.where(again, second, np.minimum(second, apart)))
            stone = np.where(nearer, there, stone)
            best = np.where(nearer | again, np.minimum(apart, best), best)
    _, u, v = _apart(stones, stone, x, y)
    half = np.float32(stones.cell / 2)
    return Laid(stone, u / half, v / half, (second - best) * np.float32(UNIT_SIDE))


def _apart(stones: Stones, there: I64, x: F32, y: F32) -> tuple[F32, F32, F32]:
    """Distance in the maximum norm of the stones `there`, and the two coordinates it is the greater of."""
    along_x: F32 = x - stones.x[there]
    along_y: F32 = y - stones.y[there]
    dx, dy = stones.dx[there], stones.dy[there]
    u, v = along_x * dx + along_y * dy, along_y * dx - along_x * dy
    norm: Any = np.maximum(np.abs(u), np.abs(v))
    return norm, cast("F32", u), cast("F32", v)


def _drawn(rgb: F32, stones: Stones, laid: Laid, side: float) -> F32:
    """Stones of one colour each, bevelled, in dark grout."""
    height, width = rgb.shape[:2]
    unit = side / UNIT_SIDE
    flat = laid.stone.ravel()
    count = stones.rows * stones.columns
    # The middle of a stone says its colour: its rim may lie over an edge.
    weight = np.clip(laid.next.ravel(), 0.05, 4)
    mass = np.maximum(np.bincount(flat, weight, count), 1e-9)
    colours = np.stack(
        [np.bincount(flat, weight * rgb[..., c].ravel(), count) / mass for c in range(3)], axis=1
    )
    stone_colours = _as_stones(colours.astype(np.float32))
    face = stone_colours[laid.stone]
    # Light catches the bevel towards it and leaves the one away from it.
    dx, dy = stones.dx[laid.stone], stones.dy[laid.stone]
    across = np.abs(laid.u) >= np.abs(laid.v)
    normal_x = np.where(across, np.sign(laid.u) * dx, -np.sign(laid.v) * dy)
    normal_y = np.where(across, np.sign(laid.u) * dy, np.sign(laid.v) * dx)
    rim = np.clip(1 - (laid.next - 2 * GROUT) / 3.2, 0, 1)
    lit = (normal_x * LIGHT[0] + normal_y * LIGHT[1]) * rim
    rough = 0.035 * canvas_noise(height, width, 1.4, 71) + 0.02 * canvas_noise(height, width, 5, 72)
    shaded = face * (1 + 0.26 * lit + rough)[..., None]
    slope = max(0.9, 1.0 / unit)  # the joint's rim is as wide as a pixel at least
    covered = np.clip(
        (laid.next - 2 * GROUT * (stones.cell * UNIT_SIDE / STONE) ** 0.5) / (2 * slope) + 0.5, 0, 1
    )[..., None]
    grout = np.array(GROUT_COLOUR, np.float32) * (1 + 2 * rough)[..., None]
    return np.clip(grout + (shaded - grout) * covered, 0, 1).astype(np.float32)


def _as_stones(colours: F32) -> F32:
    """N x 3: more saturated, in few shades, and no two stones cut from the same place."""
    bright = change_saturation(np.clip(colours, 0, 1)[None], 0.25)[0]
    shades = np.rint(bright * SHADES) / SHADES
    uneven = np.random.default_rng(73).normal(1.0, 0.045, (len(colours), 1))
    return np.clip((0.5 * shades + 0.5 * bright) * uneven * 1.08, 0, 1).astype(np.float32)
