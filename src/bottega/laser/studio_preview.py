"""The way of the head as a picture and as plain values: what burns in which order, and the travel between."""

from typing import Any

import cv2
import numpy as np

from bottega.imaging.picture import U8
from bottega.laser.geometry import COLOURS, F64, Drawing, Operation, Path
from bottega.laser.layers import rgb

PREVIEW_SIDE = 1600
MOST_POINTS = 100_000
"""Of the plain values; above it paths are thinned evenly, which a page 1,600 pixels wide does not show."""
_MARGIN_PX = 20
_SHEET: tuple[int, int, int] = (250, 247, 240)
_TRAVEL: tuple[int, int, int] = (190, 190, 200)
_SHIFT = 4


def toolpath_picture(drawing: Drawing, *, line_mm: float = 0.2) -> tuple[U8, float]:
    """The sheet with its paths in the colours of their operations and travel in grey, RGB uint8, and its dpi.

    The start of each path is a dot. The drawing's paths stand in burning order.
    """
    scale = (PREVIEW_SIDE - 2 * _MARGIN_PX) / max(drawing.width_mm, drawing.height_mm)
    width, height = (
        max(1, round(side * scale)) + 2 * _MARGIN_PX for side in (drawing.width_mm, drawing.height_mm)
    )
    canvas = np.full((height, width, 3), 255, np.uint8)
    inside = np.array((width - _MARGIN_PX, height - _MARGIN_PX))
    cv2.rectangle(canvas, (_MARGIN_PX, _MARGIN_PX), (int(inside[0]), int(inside[1])), _SHEET, cv2.FILLED)
    for raster in drawing.rasters:
        _place(canvas, raster.grey, (raster.x, raster.y, raster.width_mm, raster.height_mm), scale)
    thick = max(1, round(line_mm * scale))
    _fill(canvas, [path for path in drawing.paths if path.operation.filled], scale)
    at = np.array((0.0, drawing.height_mm))
    lines = [path for path in drawing.paths if not path.operation.filled]
    for path in lines:
        _draw(canvas, np.vstack((at, path.points[0])), scale, _TRAVEL, 1)
        at = path.points[0] if path.closed else path.points[-1]
    for path in lines:
        points = np.vstack((path.points, path.points[:1])) if path.closed else path.points
        _draw(canvas, points, scale, rgb(path.shown_colour), thick)
    for path in lines:
        x, y = (path.points[0] * scale + _MARGIN_PX).round().astype(int).tolist()
        cv2.circle(canvas, (x, y), 3, rgb(COLOURS[path.operation]), cv2.FILLED, cv2.LINE_AA)
    return canvas, scale * 25.4


def toolpath_values(drawing: Drawing) -> dict[str, Any]:
    """The same for a page: `paths` in burning order with `operation`, `layer`, `closed`, `points` in mm (y down), and
    where the head starts. Placed pictures are given by their place alone."""
    total = sum(len(path.points) for path in drawing.paths)
    every = max(1, -(-total // MOST_POINTS))
    return {
        "width_mm": drawing.width_mm,
        "height_mm": drawing.height_mm,
        "start": [0.0, drawing.height_mm],
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
        "pictures": [
            {"x": r.x, "y": r.y, "width_mm": r.width_mm, "height_mm": r.height_mm} for r in drawing.rasters
        ],
    }


def _thinned(path: Path, every: int) -> F64:
    if every == 1 or len(path.points) < 3:
        return path.points
    kept = path.points[::every]
    return kept if path.closed else np.vstack((kept, path.points[-1:]))


def _pixels(points: F64, scale: float) -> Any:
    return np.rint((points * scale + _MARGIN_PX) * 2**_SHIFT).astype(np.int32)[:, None, :]


def _draw(canvas: U8, points: F64, scale: float, colour: tuple[int, int, int], thick: int) -> None:
    cv2.polylines(canvas, [_pixels(points, scale)], False, colour, thick, cv2.LINE_AA, _SHIFT)


def _fill(canvas: U8, paths: list[Path], scale: float) -> None:
    for operation in (Operation.ENGRAVE, Operation.FILL):
        rings = [_pixels(path.points, scale) for path in paths if path.operation is operation]
        if rings:
            cv2.fillPoly(canvas, rings, rgb(COLOURS[operation]), cv2.LINE_AA, _SHIFT)


def _place(canvas: U8, grey: U8, place: tuple[float, float, float, float], scale: float) -> None:
    x, y, width, height = (round(value * scale) for value in place)
    small = cv2.resize(grey, (max(1, width), max(1, height)), interpolation=cv2.INTER_AREA)
    target = canvas[_MARGIN_PX + y :, _MARGIN_PX + x :][: small.shape[0], : small.shape[1]]
    shade = small[: target.shape[0], : target.shape[1], None]
    np.minimum(target, shade, out=target)
