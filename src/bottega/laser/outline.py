"""The outline of a picture's dark or opaque parts as closed polylines, to a fraction of a pixel.

Specks are removed on the mask; the curve itself is drawn through the grey values (marching squares with
linear interpolation), since a mask alone throws the sub-pixel position of an edge away.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32, U8
from bottega.laser.size import Grid

Polyline = NDArray[np.float64]
"""N x 2 points (x, y); the last point joins the first."""

TOLERANCE_PX = 0.12
"""Douglas-Peucker tolerance: half of the error that tracing a mask makes anyway."""
MIN_AREA_MM2 = 1.0

# Marching squares. A cell has corners 1 (upper left), 2 (upper right), 4 (lower right), 8 (lower left), set
# when inside, and edges 0 (top), 1 (right), 2 (bottom), 3 (left). A line runs from edge to edge with the
# inside on its right in the picture (y down), so that outer rings turn clockwise and holes the other way.
_LINES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((0, 3),),
    2: ((1, 0),),
    3: ((1, 3),),
    4: ((2, 1),),
    6: ((2, 0),),
    7: ((2, 3),),
    8: ((3, 2),),
    9: ((0, 2),),
    11: ((1, 2),),
    12: ((3, 1),),
    13: ((0, 1),),
    14: ((3, 0),),
    # Saddles, by the mean of the corners: 5 and 10 with the inside apart, 21 and 26 with it joined.
    5: ((0, 3), (2, 1)),
    10: ((1, 0), (3, 2)),
    21: ((2, 3), (0, 1)),
    26: ((3, 0), (1, 2)),
}


def outline(
    darkness: F32, level: float, *, min_area_px: float = 0.0, tolerance_px: float = TOLERANCE_PX
) -> list[Polyline]:
    """Closed curves where `darkness` passes `level`, in pixels: (0, 0) is the upper left corner of the picture.

    `darkness`: H x W float32, inside where it is above the level; the picture's border closes what it cuts.
    Parts and holes below `min_area_px` are dropped. Seen on screen, outer rings run clockwise, holes counter-clockwise.
    """
    field = _without_specks(darkness, level, min_area_px)
    # A ring of outside so that every curve closes; half a pixel off, at the border of the picture itself.
    field = np.pad(field, 1, constant_values=2 * level - 1)
    field[field == level] += np.float32(1e-6)
    rings = [ring - 0.5 for ring in _marching_squares(field, level)]
    height, width = darkness.shape
    simple = (_simplified(np.clip(ring, 0, (width, height)), tolerance_px) for ring in rings)
    return [ring for ring in simple if len(ring) >= 3 and abs(signed_area(ring)) > min_area_px]


def picture_outline(grey: F32, alpha: F32 | None, grid: Grid) -> tuple[list[Polyline], str]:
    """Outline in millimetres (y down) of a picture on the grid, and what it follows.

    `silhouette`: the opaque part, when `alpha` (H x W float32 in [0, 1]) has any transparency. `tonal contour`:
    otherwise the dark part by Otsu's threshold (IEEE Trans. SMC 1979) on slightly smoothed grey.
    Parts below 1 mm^2 are dropped.
    """
    if alpha is not None and float(alpha.min()) < 0.5:
        field, level, kind = alpha, 0.5, "silhouette"
    else:
        smooth = np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.float32)
        field, level, kind = 1 - smooth, 1 - otsu_level(smooth), "tonal contour"
    min_area = MIN_AREA_MM2 / (grid.pitch_x_mm * grid.pitch_y_mm)
    rings = outline(field, level, min_area_px=min_area)
    return [ring * (grid.pitch_x_mm, grid.pitch_y_mm) for ring in rings], kind


def otsu_level(grey: F32) -> float:
    """The grey value in [0, 1] that parts dark from light best."""
    levels: U8 = np.clip(np.rint(grey * 255), 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return (threshold + 0.5) / 255


def signed_area(ring: Polyline) -> float:
    """Shoelace area in the square of the ring's unit; positive when it runs clockwise on a screen (y down)."""
    x, y = ring.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def _without_specks(darkness: F32, level: float, min_area: float) -> F32:
    field = darkness.astype(np.float32, copy=True)
    if min_area <= 0:
        return field
    for inside in (True, False):
        mask = ((field > level) == inside).astype(np.uint8)
        labels = np.asarray(cv2.connectedComponents(mask, connectivity=4)[1], np.int32)
        small = np.bincount(labels.reshape(-1)) < min_area
        small[0] = False
        specks = small[labels]
        # Just across the level, so that the edges of what stays next to a speck hardly move.
        field[specks] = level - 0.02 if inside else level + 0.02
    return field


def _marching_squares(field: F32, level: float) -> list[Polyline]:
    inside = field > level
    rows, columns = field.shape
    a, b, c, d = inside[:-1, :-1], inside[:-1, 1:], inside[1:, 1:], inside[1:, :-1]
    case = a + 2 * b.astype(np.uint8) + 4 * c.astype(np.uint8) + 8 * d.astype(np.uint8)
    saddle = (case == 5) | (case == 10)
    if saddle.any():
        mean = (field[:-1, :-1] + field[:-1, 1:] + field[1:, 1:] + field[1:, :-1]) / 4
        case[saddle & (mean > level)] += 16
    # Crossings are numbered by the grid edge they lie on: first the level edges, then the upright ones.
    upright = rows * columns
    steps = (0, upright + 1, columns, upright)
    follows: dict[int, int] = {}
    for kind, lines in _LINES.items():
        y, x = np.nonzero(case == kind)
        cell = y * columns + x
        for start, stop in lines:
            follows.update(zip((cell + steps[start]).tolist(), (cell + steps[stop]).tolist(), strict=True))
    return [_positions(np.array(ring), field, level) for ring in _rings(follows)]


def _rings(follows: dict[int, int]) -> list[list[int]]:
    """Every crossing has one successor, so the lines fall apart into rings."""
    rings: list[list[int]] = []
    while follows:
        start, following = follows.popitem()
        ring = [start]
        while following != start:
            ring.append(following)
            following = follows.pop(following)
        rings.append(ring)
    return rings


def _positions(edges: NDArray[np.int64], field: F32, level: float) -> Polyline:
    """Where the field passes the level on each grid edge, in pixel centres."""
    rows, columns = field.shape
    upright = edges >= rows * columns
    y, x = np.divmod(edges - np.where(upright, rows * columns, 0), columns)
    near = field[y, x].astype(np.float64)
    far = field[y + upright, x + ~upright].astype(np.float64)
    part = (level - near) / (far - near)
    return np.column_stack((x + np.where(upright, 0, part), y + np.where(upright, part, 0)))


def _simplified(ring: Polyline, tolerance: float) -> Polyline:
    points = cv2.approxPolyDP(ring.astype(np.float32)[:, None, :], tolerance, True)
    return np.asarray(points[:, 0, :], np.float64)
