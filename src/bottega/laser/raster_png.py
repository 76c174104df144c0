"""Pictures as PNG at true size: what a placed picture holds, or a whole drawing as it will be burnt.

The resolution is written in the pHYs chunk (PNG specification, 11.3.4.3), which counts whole pixels per metre.
"""

import io
import math
from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bottega.errors import InvalidOption, TooLarge
from bottega.laser.geometry import Drawing, Operation, Path, RasterImage, checked
from bottega.laser.size import MAX_INTERVAL_MM, MAX_PIXELS, MM_PER_INCH, in_range

U8 = NDArray[np.uint8]

LINE_MM = 0.1
_SUBPIXEL_BITS = 6
SUBLINES = 4
"""Lines of a pixel along which a shape's edge is followed."""


def png_of(raster: RasterImage) -> bytes:
    """The picture's own pixels as a grey PNG, 1-bit where it is bool, black where it burns, with its resolution."""
    per_mm = (raster.pixels.shape[1] / raster.width_mm, raster.pixels.shape[0] / raster.height_mm)
    return _encoded(~raster.pixels if raster.pixels.dtype == np.bool_ else raster.grey, per_mm)


def write_png(drawing: Drawing, *, interval_mm: float = 0.1, line_mm: float = LINE_MM) -> bytes:
    """The sheet as a grey PNG, black where it burns: pictures, filled shapes, and lines `line_mm` wide.

    A sheet that is one picture of the same size comes out pixel for pixel. Otherwise a pixel is `interval_mm` (to
    the nearest whole pixels per metre, so that the written resolution is exact) and the sheet is padded with
    white to whole pixels on the right and below. Raises InvalidOption for intervals out of 0.01 to 1 mm, TooLarge above
    `MAX_PIXELS` pixels, and what `checked` raises.
    """
    drawing = checked(drawing)
    whole = _whole_sheet(drawing)
    if whole is not None:
        return png_of(whole)
    in_range("The interval", interval_mm, 0.01, MAX_INTERVAL_MM, "mm")
    in_range("The line width", line_mm, 0.001, 10, "mm")
    per_mm = round(1000 / interval_mm) / 1000
    columns = math.ceil(drawing.width_mm * per_mm - 1e-6)
    rows = math.ceil(drawing.height_mm * per_mm - 1e-6)
    if columns * rows > MAX_PIXELS:
        raise TooLarge(
            f"The sheet has {columns} x {rows} dots at {interval_mm:g} mm; at most {MAX_PIXELS / 1e6:.0f} million are drawn.",
            hint="Use a coarser interval.",
        )
    sheet = np.full((rows, columns), 255, np.uint8)
    for raster in drawing.rasters:
        _place(sheet, raster, per_mm)
    for filled in _fills(drawing.paths):
        _fill(sheet, filled, per_mm)
    width = max(1, round(line_mm * per_mm))
    for path in drawing.paths:
        if not path.operation.filled:
            cv2.polylines(sheet, [_fixed(path, per_mm)], path.closed, 0, width, cv2.LINE_AA, _SUBPIXEL_BITS)
    return _encoded(sheet, (per_mm, per_mm))


def _whole_sheet(drawing: Drawing) -> RasterImage | None:
    if drawing.paths or len(drawing.rasters) != 1:
        return None
    raster = drawing.rasters[0]
    off = (raster.x, raster.y, raster.width_mm - drawing.width_mm, raster.height_mm - drawing.height_mm)
    return raster if max(map(abs, off)) < 1e-6 else None


def _place(sheet: U8, raster: RasterImage, per_mm: float) -> None:
    """Darken the sheet by the picture, scaled by area to its place; what lies off the sheet is cut."""
    rows, columns = raster.pixels.shape
    sx, sy = raster.width_mm * per_mm / columns, raster.height_mm * per_mm / rows
    left, top = math.floor(raster.x * per_mm), math.floor(raster.y * per_mm)
    width = math.ceil((raster.x + raster.width_mm) * per_mm) - left
    height = math.ceil((raster.y + raster.height_mm) * per_mm) - top
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, sheet.shape[1]), min(top + height, sheet.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    if abs(sx - 1) < 1e-3 and abs(sy - 1) < 1e-3:
        # Dots of the sheet's own pitch must stay dots.
        left, top = round(raster.x * per_mm), round(raster.y * per_mm)
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + columns, sheet.shape[1]), min(top + rows, sheet.shape[0])
        if x1 > x0 and y1 > y0:
            _darken(sheet[y0:y1, x0:x1], raster.grey[y0 - top : y1 - top, x0 - left : x1 - left])
        return
    # Pixel centres to pixel centres. Shrinking is by area first, since a warp alone would skip pixels.
    grey = raster.grey
    if sx < 1 or sy < 1:
        small = (max(1, round(columns * min(sx, 1))), max(1, round(rows * min(sy, 1))))
        grey = np.asarray(cv2.resize(grey, small, interpolation=cv2.INTER_AREA), np.uint8)
    kx, ky = raster.width_mm * per_mm / grey.shape[1], raster.height_mm * per_mm / grey.shape[0]
    matrix = np.array(
        [
            [kx, 0, raster.x * per_mm + kx / 2 - 0.5 - x0],
            [0, ky, raster.y * per_mm + ky / 2 - 0.5 - y0],
        ]
    )
    size = (x1 - x0, y1 - y0)
    patch = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    _darken(sheet[y0:y1, x0:x1], np.asarray(patch, np.uint8))


def _darken(target: U8, patch: U8) -> None:
    np.minimum(target, patch, out=target)


def _fills(paths: Iterable[Path]) -> list[list[Path]]:
    """Filled paths by what is scanned together: apart, areas that meet would leave a pale seam between them."""
    groups: dict[tuple[Operation, str], list[Path]] = {}
    for path in paths:
        if path.operation.filled and len(path.points) >= 3:
            groups.setdefault(path.fill_group, []).append(path)
    return list(groups.values())


def _fill(sheet: U8, group: list[Path], per_mm: float) -> None:
    covered = coverage_of(group, sheet.shape[1], sheet.shape[0], per_mm)
    _darken(sheet, np.rint(255 * (1 - covered)).astype(np.uint8))


def coverage_of(paths: Iterable[Path], columns: int, rows: int, per_mm: float) -> NDArray[np.float32]:
    """Share of each pixel that closed paths enclose by even-odd: rows x columns float32 in [0, 1].

    Exact along x; along y the mean of `SUBLINES` lines in each pixel. What lies off the raster is cut.
    """
    crossings = [_crossings(path.points * per_mm, rows) for path in paths]
    line = np.concatenate([found[0] for found in crossings] or [np.empty(0, np.int64)])
    x = np.concatenate([found[1] for found in crossings] or [np.empty(0)])
    order = np.lexsort((x, line))
    line, x = line[order], np.clip(x[order], 0, columns)
    first = np.searchsorted(line, line)
    sign = np.where((np.arange(len(line)) - first) % 2 == 0, 1.0, -1.0) / SUBLINES
    cell = np.floor(x).astype(np.int64)
    part = x - cell
    at = line // SUBLINES * (columns + 2) + cell
    size = rows * (columns + 2)
    # What a crossing switches on or off: the rest of its own pixel, then all pixels after it.
    steps = np.bincount(at, sign * (1 - part), size) + np.bincount(at + 1, sign * part, size)
    covered = np.cumsum(steps.reshape(rows, columns + 2), axis=1)[:, :columns]
    return np.clip(covered, 0, 1).astype(np.float32)


def _crossings(points: NDArray[np.float64], rows: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Which sublines a ring in pixels crosses, and at which x. A subline counts an edge's upper end, not its lower."""
    x0, y0 = points.T
    x1, y1 = np.roll(points, -1, axis=0).T
    # Sublines lie at (number + 0.5) / SUBLINES.
    upper = np.ceil(np.minimum(y0, y1) * SUBLINES - 0.5).clip(0, rows * SUBLINES).astype(np.int64)
    lower = np.ceil(np.maximum(y0, y1) * SUBLINES - 0.5).clip(0, rows * SUBLINES).astype(np.int64)
    count = lower - upper
    edge = np.repeat(np.arange(len(points)), count)
    line = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + upper[edge]
    y = (line + 0.5) / SUBLINES
    slope = (x1[edge] - x0[edge]) / (y1[edge] - y0[edge])
    return line, x0[edge] + (y - y0[edge]) * slope


def _fixed(path: Path, per_mm: float) -> NDArray[np.int32]:
    """Fixed-point pixels as OpenCV counts them, with whole numbers at the pixels' centres."""
    return np.rint((path.points * per_mm - 0.5) * (1 << _SUBPIXEL_BITS)).astype(np.int32)[:, None, :]


def _encoded(pixels: NDArray[np.bool_] | U8, per_mm: tuple[float, float]) -> bytes:
    if not all(0.001 <= value <= 1e6 for value in per_mm):
        raise InvalidOption(f"A picture of {per_mm[0]:.3g} pixels per mm cannot be written as PNG.")
    buffer = io.BytesIO()
    dpi = (per_mm[0] * MM_PER_INCH, per_mm[1] * MM_PER_INCH)
    Image.fromarray(pixels).save(buffer, "PNG", dpi=dpi, optimize=True)
    return buffer.getvalue()
