"""Rectangles onto sheets: where each part goes so that little material is left over. Parts count as their boxes.

Maximal free rectangles (Jylanki, "A Thousand Ways to Pack the Bin", 2010), tried with several orders and rules; the
packing with the fewest sheets, and among those the lowest last sheet, is kept. True-shape nesting is not done.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bottega.errors import InvalidOption, TooLarge
from bottega.laser.size import MAX_SIDE_MM, in_range

MAX_PARTS = 2000
_MANY = 150


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a part lies: sheet number, upper left corner in mm, and whether it was turned by 90 degrees."""

    index: int
    sheet: int
    x: float
    y: float
    turned: bool


@dataclass(frozen=True, slots=True)
class Packing:
    """`placed` in the order of the parts; `used_mm`: for each sheet, width and height of what is covered."""

    placed: tuple[Placed, ...]
    used_mm: tuple[tuple[float, float], ...]

    @property
    def sheets(self) -> int:
        return len(self.used_mm)


_Box = tuple[float, float, float, float]
_Score = Callable[[_Box, float, float], tuple[float, float]]


def pack(
    sizes: Sequence[tuple[float, float]],
    sheet_width_mm: float,
    sheet_height_mm: float,
    *,
    spacing_mm: float = 2.0,
    margin_mm: float = 2.0,
    turn: bool = True,
) -> Packing:
    """Place rectangles (width, height in mm) on sheets, `spacing_mm` apart and `margin_mm` from the sheet's edge.

    Raises InvalidOption for sizes that are no numbers above 0, TooLarge for a part that no sheet can take and for
    more than 2000 parts.
    """
    in_range("The sheet's width", sheet_width_mm, 1, MAX_SIDE_MM, "mm")
    in_range("The sheet's height", sheet_height_mm, 1, MAX_SIDE_MM, "mm")
    in_range("The spacing", spacing_mm, 0, 100, "mm")
    in_range("The margin", margin_mm, 0, 100, "mm")
    if len(sizes) > MAX_PARTS:
        raise TooLarge(f"{len(sizes)} parts are to be nested; at most {MAX_PARTS} are taken.")
    if not sizes:
        return Packing((), ())
    width, height = sheet_width_mm - 2 * margin_mm, sheet_height_mm - 2 * margin_mm
    for w, h in sizes:
        if not (math.isfinite(w) and math.isfinite(h) and w > 0 and h > 0):
            raise InvalidOption(f"A part is {w:g} x {h:g} mm; both sides must be above 0.")
        upright = w <= width + 1e-9 and h <= height + 1e-9
        lying = turn and h <= width + 1e-9 and w <= height + 1e-9
        if not upright and not lying:
            raise TooLarge(
                f"A part of {w:.4g} x {h:.4g} mm does not fit on a sheet of {sheet_width_mm:g} x "
                f"{sheet_height_mm:g} mm with {margin_mm:g} mm of margin.",
                hint="Use a larger sheet or a smaller box.",
            )
    orders = _ORDERS if len(sizes) <= _MANY else _ORDERS[:1]
    rules = _RULES if len(sizes) <= _MANY else _RULES[:1]
    packings = [
        _pack(
            sizes,
            sorted(range(len(sizes)), key=lambda i: order(*sizes[i])),
            rule,
            width,
            height,
            spacing_mm,
            turn,
        )
        for order in orders
        for rule in rules
    ]
    best = min(packings, key=lambda p: (p.sheets, p.used_mm[-1][0] * p.used_mm[-1][1]))
    return Packing(
        tuple(Placed(p.index, p.sheet, p.x + margin_mm, p.y + margin_mm, p.turned) for p in best.placed),
        best.used_mm,
    )


def _pack(
    sizes: Sequence[tuple[float, float]],
    order: list[int],
    rule: _Score,
    width: float,
    height: float,
    gap: float,
    turn: bool,
) -> Packing:
    # Each part carries its spacing to the right and below, so the sheet is one spacing larger.
    sheets: list[list[_Box]] = []
    used: list[tuple[float, float]] = []
    placed: list[Placed] = []
    for index in order:
        w, h = sizes[index][0] + gap, sizes[index][1] + gap
        ways = [(w, h, False), (h, w, True)] if turn else [(w, h, False)]
        found, number = None, 0
        for number in range(len(sheets) + 1):
            if number == len(sheets):
                sheets.append([(0.0, 0.0, width + gap, height + gap)])
                used.append((0.0, 0.0))
            choices = [
                (rule(free, a, b), free[0], free[1], a, b, turned)
                for free in sheets[number]
                for a, b, turned in ways
                if a <= free[2] + 1e-9 and b <= free[3] + 1e-9
            ]
            if choices:
                found = min(choices)
                break
        assert found is not None  # `pack` refused parts that fit on no empty sheet
        _, x, y, a, b, turned = found
        sheets[number] = _without(sheets[number], (x, y, a, b))
        used[number] = (max(used[number][0], x + a - gap), max(used[number][1], y + b - gap))
        placed.append(Placed(index, number, x, y, turned))
    placed.sort(key=lambda p: p.index)
    return Packing(tuple(placed), tuple(used))


def _without(free: list[_Box], taken: _Box) -> list[_Box]:
    """The maximal free rectangles after one was taken."""
    tx, ty, tw, th = taken
    left: list[_Box] = []
    for box in free:
        x, y, w, h = box
        if tx >= x + w - 1e-9 or tx + tw <= x + 1e-9 or ty >= y + h - 1e-9 or ty + th <= y + 1e-9:
            left.append(box)
            continue
        if tx > x + 1e-9:
            left.append((x, y, tx - x, h))
        if tx + tw < x + w - 1e-9:
            left.append((tx + tw, y, x + w - tx - tw, h))
        if ty > y + 1e-9:
            left.append((x, y, w, ty - y))
        if ty + th < y + h - 1e-9:
            left.append((x, ty + th, w, y + h - ty - th))
    left = sorted(set(left), key=lambda b: -b[2] * b[3])
    kept: list[_Box] = []
    for box in left:
        if not any(_within(box, other) for other in kept):
            kept.append(box)
    return kept


def _within(box: _Box, other: _Box) -> bool:
    return (
        box[0] >= other[0] - 1e-9
        and box[1] >= other[1] - 1e-9
        and box[0] + box[2] <= other[0] + other[2] + 1e-9
        and box[1] + box[3] <= other[1] + other[3] + 1e-9
    )


def _short_side(free: _Box, w: float, h: float) -> tuple[float, float]:
    a, b = free[2] - w, free[3] - h
    return min(a, b), max(a, b)


def _bottom_left(free: _Box, w: float, h: float) -> tuple[float, float]:
    return free[1] + h, free[0]


def _left_bottom(free: _Box, w: float, h: float) -> tuple[float, float]:
    return free[0] + w, free[1]


def _corner(free: _Box, w: float, h: float) -> tuple[float, float]:
    return max(free[0] + w, free[1] + h), free[0] + free[1]


_RULES: tuple[_Score, ...] = (_bottom_left, _left_bottom, _short_side, _corner)
_ORDERS: tuple[Callable[[float, float], tuple[float, float]], ...] = (
    lambda w, h: (-max(w, h), -min(w, h)),
    lambda w, h: (-w * h, 0.0),
    lambda w, h: (-min(w, h), -max(w, h)),
    lambda w, h: (-(w + h), 0.0),
)
