"""What a job looks like: the way of the head as a picture and as plain values, and where its energy goes.

A drawing's lines are drawn in burning order, scanned rows from the moves of the G-code; both give the same values. The
burnt material is `preview`'s and `sheet_preview`'s.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import U8
from bottega.laser.energy import EnergyMap
from bottega.laser.geometry import COLOURS, F64, Drawing, Operation, Path
from bottega.laser.layers import rgb
from bottega.laser.planner import Moves
from bottega.laser.size import MM_PER_INCH

PREVIEW_SIDE = 1600
MOST_POINTS = 100_000
"""Of the plain values; above it paths are thinned evenly, which a page 1,600 pixels wide does not show."""
MOST_MOVES = 20_000
"""Of a scanned job in the plain values; above it rows are left out evenly."""
_MARGIN_PX = 20
_SHEET: tuple[int, int, int] = (250, 247, 240)
_TRAVEL: tuple[int, int, int] = (190, 190, 200)
_BURN: tuple[int, int, int] = (40, 40, 40)
_SHIFT = 4
_SHADES = 4

Origin = tuple[float, float]
"""Where the sheet's lower left corner lies in the G-code's coordinates, mm."""


# --- Drawings ------------------------------------------------------------------------------------------------


def toolpath_picture(drawing: Drawing, *, line_mm: float = 0.2) -> tuple[U8, float]:
    """The sheet with its paths in the colours of their operations and travel in grey, RGB uint8, and its dpi.

    The start of each path is a dot. The drawing's paths stand in burning order.
    """
    canvas, scale = _canvas(drawing.width_mm, drawing.height_mm)
    for raster in drawing.rasters:
        _place(canvas, raster.grey, (raster.x, raster.y, raster.width_mm, raster.height_mm), scale)
    thick = max(1, round(line_mm * scale))
    _fill(canvas, [path for path in drawing.paths if path.operation.filled], scale)
    lines = [path for path in drawing.paths if not path.operation.filled]
    _draw_all(canvas, _travels(lines, drawing.height_mm).reshape(-1, 2, 2), scale, _TRAVEL)
    for path in lines:
        points = np.vstack((path.points, path.points[:1])) if path.closed else path.points
        _draw(canvas, points, scale, rgb(path.shown_colour), thick)
    for path in lines:
        x, y = (path.points[0] * scale + _MARGIN_PX).round().astype(int).tolist()
        cv2.circle(canvas, (x, y), 3, rgb(COLOURS[path.operation]), cv2.FILLED, cv2.LINE_AA)
    return canvas, scale * MM_PER_INCH


def toolpath_values(drawing: Drawing) -> dict[str, Any]:
    """The same for a page: `paths` in burning order with `operation`, `layer`, `closed`, `points` in mm (y down),
    `travels` between them as [x0, y0, x1, y1], and where the head starts. Filled areas are scanned, which has no
    travel here; placed pictures are given by their place alone. `kept_every`: of the points, one in so many."""
    total = sum(len(path.points) for path in drawing.paths)
    every = max(1, -(-total // MOST_POINTS))
    lines = [path for path in drawing.paths if not path.operation.filled]
    return {
        "width_mm": drawing.width_mm,
        "height_mm": drawing.height_mm,
        "start": [0.0, drawing.height_mm],
        "kept_every": every,
        "paths": [
            {
                "operation": path.operation.value,
                "layer": path.layer,
                "colour": path.shown_colour,
                "closed": path.closed,
                "points": _thinned(path, every).round(3).tolist(),
            }
            for path in drawing.paths
        ],
        "travels": _travels(lines, drawing.height_mm).round(3).tolist(),
        "pictures": [
            {"x": r.x, "y": r.y, "width_mm": r.width_mm, "height_mm": r.height_mm} for r in drawing.rasters
        ],
    }


def _travels(lines: list[Path], height_mm: float) -> F64:
    """From the end of each path to the start of the next, the first from the sheet's lower left corner: K x 4."""
    starts = [path.points[0] for path in lines]
    ends = [path.points[0 if path.closed else -1] for path in lines]
    before = [np.array((0.0, height_mm)), *ends[:-1]] if lines else []
    return np.array([(*a, *b) for a, b in zip(before, starts, strict=True)], np.float64).reshape(-1, 4)


# --- Scanned jobs --------------------------------------------------------------------------------------------


def moves_picture(moves: Moves, width_mm: float, height_mm: float, origin: Origin) -> tuple[U8, float]:
    """A scanned job's moves: burns in black (paler for less power) over travel in grey, RGB uint8, and its dpi.

    The picture is as wide as the sheet with the run-up beside it.
    """
    way, burning = _on_sheet(moves, height_mm, origin)
    left = min(0.0, float(way[:, 0::2].min(initial=0)))
    right = max(width_mm, float(way[:, 0::2].max(initial=0)))
    canvas, scale = _canvas(right - left, height_mm, (-left, width_mm))
    way = way - (left, 0, left, 0)
    _draw_all(canvas, way[~burning].reshape(-1, 2, 2), scale, _TRAVEL)
    full = float(moves.power.max(initial=0)) or 1.0
    shade = np.ceil(moves.power / full * _SHADES).astype(int)
    for level in range(1, _SHADES + 1):
        strength = 0.35 + 0.65 * level / _SHADES
        colour = tuple(round(255 + (part - 255) * strength) for part in _BURN)
        _draw_all(canvas, way[shade == level].reshape(-1, 2, 2), scale, colour)
    return canvas, scale * MM_PER_INCH


def moves_values(moves: Moves, width_mm: float, height_mm: float, origin: Origin) -> dict[str, Any]:
    """A scanned job as plain values, as `toolpath_values`: each burn is a path of two points with its `power` (S).

    Of longer jobs whole rows are left out: `kept_every` says how many become one. `burns_in_all` and `travels_in_all`
    count what there is.
    """
    way, burning = _on_sheet(moves, height_mm, origin)
    rows = np.unique(np.round(way[burning][:, 1], 4))
    every = max(1, -(-len(way) // MOST_MOVES))
    kept = np.isin(np.round(way[:, 3], 4), rows[::every]) if every > 1 else np.ones(len(way), np.bool_)
    real = (way[:, :2] != way[:, 2:]).any(axis=1)
    burns, travels = way[kept & burning & real], way[kept & ~burning & real]
    return {
        "width_mm": width_mm,
        "height_mm": height_mm,
        "start": [-origin[0], height_mm + origin[1]],
        "kept_every": every,
        "burns_in_all": int((burning & real).sum()),
        "travels_in_all": int((~burning & real).sum()),
        "paths": [
            {
                "operation": Operation.ENGRAVE.value,
                "layer": "",
                "colour": COLOURS[Operation.ENGRAVE],
                "closed": False,
                "power": power,
                "points": [[x0, y0], [x1, y1]],
            }
            for (x0, y0, x1, y1), power in zip(
                burns.round(3).tolist(), moves.power[kept & burning & real].tolist(), strict=True
            )
        ],
        "travels": travels.round(3).tolist(),
        "pictures": [],
    }


def _on_sheet(moves: Moves, height_mm: float, origin: Origin) -> tuple[F64, NDArray[np.bool_]]:
    """The moves in mm on the sheet, y down (N x 4: x0, y0, x1, y1), and which of them burn."""
    x, y = origin
    way = np.column_stack((moves.x0 - x, height_mm + y - moves.y0, moves.x1 - x, height_mm + y - moves.y1))
    return way, moves.power > 0


# --- Energy --------------------------------------------------------------------------------------------------


def energy_picture(energy: EnergyMap, *, side: int = PREVIEW_SIDE) -> tuple[U8, float]:
    """Where the energy goes, from white (none) over yellow and red to black, RGB uint8, and its dpi.

    Black is the 99.5th percentile of the burnt cells, so that single hot ones do not pale the rest; those are ringed
    in blue. The longer side is at most `side` pixels.
    """
    joules = energy.joules_per_mm2
    burnt = joules[joules > 0]
    top = float(np.percentile(burnt, 99.5)) if burnt.size else 1.0
    share = np.clip(joules / max(top, 1e-12), 0, 1)
    rows, columns = share.shape
    factor = min(side / max(rows, columns), 8.0)
    size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
    shrink = cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST
    seen = cv2.resize(np.asarray(share, np.float32), size, interpolation=shrink)
    stops = np.array(
        ((255, 255, 255), (255, 225, 120), (235, 120, 40), (170, 30, 30), (20, 0, 0)), np.float32
    )
    at = np.linspace(0, 1, len(stops))
    picture = np.dstack([np.interp(seen, at, stops[:, k]) for k in range(3)]).round().astype(np.uint8)
    for row, column in np.argwhere(energy.hot)[:200].tolist():
        centre = (round((column + 0.5) * factor), round((row + 0.5) * factor))
        cv2.circle(picture, centre, max(4, round(2 * factor)), (30, 60, 220), 2, cv2.LINE_AA)
    return picture, factor / energy.cell_mm * MM_PER_INCH


# --- Drawing -------------------------------------------------------------------------------------------------


def _canvas(width_mm: float, height_mm: float, sheet: tuple[float, float] | None = None) -> tuple[U8, float]:
    """White, with the sheet (its left edge and width in mm; all of it unless given) in its colour; pixels per mm."""
    scale = (PREVIEW_SIDE - 2 * _MARGIN_PX) / max(width_mm, height_mm)
    width, height = (max(1, round(side * scale)) + 2 * _MARGIN_PX for side in (width_mm, height_mm))
    canvas = np.full((height, width, 3), 255, np.uint8)
    left, wide = sheet or (0.0, width_mm)
    corners = [
        (round(x * scale) + _MARGIN_PX, y)
        for x, y in ((left, _MARGIN_PX), (left + wide, height - _MARGIN_PX))
    ]
    cv2.rectangle(canvas, corners[0], corners[1], _SHEET, cv2.FILLED)
    return canvas, scale


def _thinned(path: Path, every: int) -> F64:
    if every == 1 or len(path.points) < 3:
        return path.points
    kept = path.points[::every]
    return kept if path.closed else np.vstack((kept, path.points[-1:]))


def _pixels(points: F64, scale: float) -> Any:
    return np.rint((points * scale + _MARGIN_PX) * 2**_SHIFT).astype(np.int32)


def _draw(canvas: U8, points: F64, scale: float, colour: tuple[int, ...], thick: int) -> None:
    cv2.polylines(canvas, [_pixels(points, scale)[:, None, :]], False, colour, thick, cv2.LINE_AA, _SHIFT)


def _draw_all(canvas: U8, lines: F64, scale: float, colour: tuple[int, ...]) -> None:
    """K x 2 x 2: single lines, one pixel wide."""
    if len(lines):
        cv2.polylines(canvas, list(_pixels(lines, scale)), False, colour, 1, cv2.LINE_AA, _SHIFT)


def _fill(canvas: U8, paths: list[Path], scale: float) -> None:
    for operation in (Operation.ENGRAVE, Operation.FILL):
        rings = [_pixels(path.points, scale)[:, None, :] for path in paths if path.operation is operation]
        if rings:
            cv2.fillPoly(canvas, rings, rgb(COLOURS[operation]), cv2.LINE_AA, _SHIFT)


def _place(canvas: U8, grey: U8, place: tuple[float, float, float, float], scale: float) -> None:
    x, y, width, height = (round(value * scale) for value in place)
    small = cv2.resize(grey, (max(1, width), max(1, height)), interpolation=cv2.INTER_AREA)
    target = canvas[_MARGIN_PX + y :, _MARGIN_PX + x :][: small.shape[0], : small.shape[1]]
    shade = small[: target.shape[0], : target.shape[1], None]
    np.minimum(target, shade, out=target)
