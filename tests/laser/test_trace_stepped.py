"""Pictures without a single grey pixel: stairs become the curves that they were, right angles stay exact."""

import cv2
import numpy as np
import pytest
import shapely

from bottega.laser.geometry import bounds
from bottega.laser.trace import trace

SIDE, FINE = 400, 8
TURN = np.linspace(0, 2 * np.pi, 720, endpoint=False)


def blob() -> shapely.Polygon:
    radius = 120 * (1 + 0.15 * np.cos(3 * TURN) + 0.05 * np.sin(5 * TURN))
    return shapely.Polygon(np.column_stack((200.3 + radius * np.cos(TURN), 199.6 + radius * np.sin(TURN))))


def one_bit(shape: shapely.Polygon) -> np.ndarray:
    """Black where a pixel's centre is inside."""
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    inside = shapely.contains_xy(shape, x.ravel(), y.ravel()).reshape(SIDE, SIDE)
    return np.where(inside, 0, 255).astype(np.uint8)


def test_the_stairs_of_a_curve_become_a_curve_again() -> None:
    shape = blob()
    tracing = trace(one_bit(shape), width_mm=SIDE)
    (path,) = tracing.drawing.paths
    away = shapely.distance(shapely.points(path.points), shape.exterior)
    assert float(away.mean()) < 0.2
    assert float(away.max()) < 0.8
    assert tracing.report.nodes < 60


@pytest.mark.parametrize("thick", [2, 3, 5, 8, 20])
def test_bars_of_whole_pixels_keep_their_size(thick: int) -> None:
    picture = np.full((60, 200), 255, np.uint8)
    picture[20 : 20 + thick, 10:190] = 0
    left, top, right, bottom = bounds(trace(picture, width_mm=200).drawing)
    assert (right - left, bottom - top) == pytest.approx((180, thick), abs=0.2)


def test_thin_lines_beside_curves_do_not_fade() -> None:
    picture = one_bit(blob())
    cv2.line(picture, (20, 10), (380, 10), 0, 1)
    cv2.line(picture, (20, 380), (380, 392), 0, 2)
    tracing = trace(picture, width_mm=SIDE)
    widths = sorted(float(np.ptp(path.points[:, 0])) for path in tracing.drawing.paths)
    assert len(widths) == 3
    assert widths[-2:] == pytest.approx([361, 361], abs=3)
