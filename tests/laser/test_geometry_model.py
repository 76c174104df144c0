"""The geometry model: curves become points within the tolerance, measures are right, regions count by even-odd."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bottega.errors import InvalidOption, TooLarge
from bottega.laser.geometry import (
    Curve,
    Drawing,
    Path,
    RasterImage,
    bounds,
    checked,
    curves_of,
    flatten,
    from_shapely,
    is_simple,
    length,
    path_from_curves,
    region,
    scale,
    to_shapely,
    translate,
)

COORDINATE = st.integers(-300_000, 300_000).map(lambda micrometres: micrometres / 1000)
POINT = st.tuples(COORDINATE, COORDINATE)
KAPPA = 4 / 3 * math.tan(math.pi / 8)


def square(x: float, y: float, side: float) -> Path:
    return Path(np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]]), closed=True)


def circle(radius: float) -> tuple[Curve, ...]:
    r, k = radius, radius * KAPPA
    return (
        Curve((r, 0), (r, k), (k, r), (0, r)),
        Curve((0, r), (-k, r), (-r, k), (-r, 0)),
        Curve((-r, 0), (-r, -k), (-k, -r), (0, -r)),
        Curve((0, -r), (k, -r), (r, -k), (r, 0)),
    )


def on_curve(curve: Curve, t: np.ndarray) -> np.ndarray:
    p = [np.array(v) for v in (curve.start, curve.control_1, curve.control_2, curve.end)]
    s, t = 1 - t[:, None], t[:, None]
    return s**3 * p[0] + 3 * s * s * t * p[1] + 3 * s * t * t * p[2] + t**3 * p[3]


@given(a=POINT, b=POINT, c=POINT, d=POINT, tolerance=st.sampled_from([0.5, 0.05, 0.01]))
def test_no_point_of_a_curve_is_further_from_its_polyline_than_the_tolerance(a, b, c, d, tolerance) -> None:
    shapely = pytest.importorskip("shapely")
    curve = Curve(a, b, c, d)
    points = flatten([curve], tolerance)
    assert tuple(points[0]) == a
    assert tuple(points[-1]) == d
    assume(a != d)
    true = shapely.points(on_curve(curve, np.linspace(0, 1, 200)))
    line = shapely.LineString(points)
    assert float(shapely.distance(line, true).max()) <= tolerance * 1.0001


def test_a_straight_piece_takes_no_points_in_between() -> None:
    assert len(flatten([Curve.line((0, 0), (100, 50)), Curve.line((100, 50), (3, 3))])) == 3


def test_a_closed_path_does_not_repeat_its_first_point() -> None:
    path = path_from_curves(circle(20), closed=True)
    assert not np.allclose(path.points[0], path.points[-1])
    assert math.isclose(length(path), 2 * math.pi * 20, rel_tol=1e-3)
    assert len(path.curves) == 4


def test_an_unclosed_end_is_closed_by_a_straight_piece() -> None:
    path = path_from_curves(circle(20)[:2], closed=True)
    assert path.curves[-1] == Curve.line((-20, 0), (20, 0))


def test_a_polyline_is_also_a_row_of_straight_curves() -> None:
    curves = curves_of(square(0, 0, 10))
    assert len(curves) == 4
    assert all(curve.is_line for curve in curves)
    assert curves[-1].end == (0, 0)


def test_moving_and_scaling_take_curves_pictures_and_sheet_along() -> None:
    drawing = Drawing(
        (path_from_curves(circle(10), closed=True),),
        100,
        80,
        (RasterImage(np.zeros((2, 3), bool), 5, 6, 7, 8),),
    )
    moved = scale(translate(drawing, 20, 30), 2, 0.5)
    assert np.allclose(bounds(moved.paths[0]), (20, 10, 60, 20))
    assert moved.paths[0].curves[0].start == (60, 15)
    assert (moved.width_mm, moved.height_mm) == (200, 40)
    raster = moved.rasters[0]
    assert (raster.x, raster.y, raster.width_mm, raster.height_mm) == (50, 18, 14, 4)


@pytest.mark.parametrize(
    ("paths", "area"),
    [
        ([square(0, 0, 10), square(2, 2, 4), square(3, 3, 1)], 100 - 16 + 1),
        ([square(0, 0, 10), square(5, 5, 10)], 200 - 2 * 25),
        ([square(0, 0, 10), square(0, 0, 10)], 0),
        ([Path(np.array([[0, 0], [10, 10], [10, 0], [0, 10.0]]), closed=True)], 50),
        ([Path(np.array([[0, 0], [10, 10], [10, 0.0]]), closed=False)], 0),
    ],
)
def test_a_region_counts_by_even_odd(paths: list[Path], area: float) -> None:
    pytest.importorskip("shapely")
    found = region(paths)
    assert found.is_valid
    assert math.isclose(found.area, area, abs_tol=1e-9)


def test_rings_and_lines_come_back_from_shapely() -> None:
    shapely = pytest.importorskip("shapely")
    polygon = region([square(0, 0, 10), square(2, 2, 4)])
    line = shapely.LineString([(0, 0), (5, 5)])
    paths = from_shapely(shapely.GeometryCollection([polygon, line, shapely.Point(1, 1)]))
    assert [path.closed for path in paths] == [True, True, False]
    assert [len(path.points) for path in paths] == [4, 4, 2]
    assert to_shapely(paths[0]).area == 100


def test_simple_paths_are_told_from_crossing_ones() -> None:
    pytest.importorskip("shapely")
    bow = np.array([[0, 0], [10, 10], [10, 0], [0, 10.0]])
    assert is_simple(square(0, 0, 5))
    assert not is_simple(Path(bow, closed=True))
    assert not is_simple(Path(bow, closed=False))
    assert not is_simple(Path(bow[:2], closed=True))


@pytest.mark.parametrize("points", [[], [[1, 2, 3]], [1.0, 2.0], [[0, math.nan]], [[math.inf, 0]]], ids=str)
def test_points_that_are_none_are_refused(points: list) -> None:
    with pytest.raises(InvalidOption):
        Path(np.array(points, float), closed=False)


@pytest.mark.parametrize("side", [0.0, -5.0, math.nan, math.inf, 10_000.0])
def test_a_sheet_of_no_size_or_ten_metres_is_refused(side: float) -> None:
    for size in ((side, 100.0), (100.0, side)):
        with pytest.raises(InvalidOption, match="sheet"):
            checked(Drawing((square(0, 0, 1),), *size))


def test_what_cannot_become_a_file_is_refused() -> None:
    dot = Path(np.array([[1.0, 1.0]]), closed=False)
    with pytest.raises(InvalidOption, match="empty"):
        checked(Drawing((dot,), 10, 10))
    with pytest.raises(InvalidOption, match="off the sheet"):
        checked(Drawing((square(5, 5, 6),), 10, 10), on_sheet=True)
    with pytest.raises(InvalidOption, match="far off"):
        checked(Drawing((square(1e6, 5, 6),), 10, 10))
    with pytest.raises(TooLarge):
        checked(Drawing((Path(np.zeros((1_000_001, 2)), closed=False),), 10, 10))
    with pytest.raises(InvalidOption, match="join"):
        flatten([Curve.line((0, 0), (1, 1)), Curve.line((2, 1), (3, 3))])
    with pytest.raises(InvalidOption):
        RasterImage(np.zeros((2, 2), bool), 0, 0, 0, 5)
    with pytest.raises(InvalidOption):
        RasterImage(np.zeros((2, 2, 3), np.uint8), 0, 0, 5, 5)
    with pytest.raises(InvalidOption):
        scale(square(0, 0, 1), 0)
