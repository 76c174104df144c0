"""Outlines of drawings with known geometry: where they lie, how many nodes they take, that they never cross."""

import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import InvalidOption, TooLarge
from bottega.laser.geometry import Drawing, is_simple, region
from bottega.laser.trace import trace

SIDE, FINE = 480, 8
TURN = np.linspace(0, 2 * np.pi, 720, endpoint=False)


def render(shape: shapely.Geometry, side: int = SIDE) -> np.ndarray:
    """Area-sampled black shape on white; the drawing of OpenCV covers half a fine pixel more, which is taken off first."""
    fine = np.zeros((side * FINE, side * FINE), np.uint8)
    for part in shapely.get_parts(shapely.buffer(shape, -0.5 / FINE, join_style="mitre")):
        rings = [
            np.rint((np.array(r.coords) * FINE - 0.5) * 256).astype(np.int32)
            for r in (part.exterior, *part.interiors)
        ]
        cv2.fillPoly(fine, rings, 255, shift=8)
    return 255 - cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA)


def degrade(picture: np.ndarray) -> np.ndarray:
    """As a phone sees a drawing: soft, lit from one side, noisy, JPEG."""
    light = 0.75 + 0.25 * np.add.outer(
        np.linspace(0, 0.6, picture.shape[0]), np.linspace(0, 0.4, picture.shape[1])
    )
    seen = (20 + cv2.GaussianBlur(picture.astype(np.float64), (0, 0), 0.8) * 0.86) * light
    seen += np.random.default_rng(0).normal(0, 5, picture.shape)
    coded = cv2.imencode(".jpg", np.clip(seen, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)


def circle(x: float, y: float, radius: float) -> shapely.Polygon:
    return shapely.Polygon(np.column_stack((x + radius * np.cos(TURN), y + radius * np.sin(TURN))))


def drawing_of_all() -> shapely.Geometry:
    star = np.where(np.arange(16) % 2, 35.0, 85.0)
    angle = np.arange(16) * np.pi / 8
    blob = 60 * (1 + 0.25 * np.cos(3 * TURN) + 0.1 * np.sin(5 * TURN))
    wave = np.column_stack((np.linspace(20, 460, 300), 440 + 15 * np.sin(np.linspace(0, 18, 300))))
    return shapely.union_all(
        [
            circle(110.3, 110.7, 80).difference(circle(110.3, 110.7, 45.5)),
            shapely.Polygon(np.column_stack((340 + star * np.cos(angle), 110 + star * np.sin(angle)))),
            shapely.Polygon(np.column_stack((120 + blob * np.cos(TURN), 310 + blob * np.sin(TURN)))),
            shapely.Polygon([(250, 230), (450, 260), (430, 390), (330, 300), (260, 395)]),
            shapely.LineString(wave).buffer(2.5),
        ]
    )


def error_and_overlap(found: Drawing, truth: shapely.Geometry, pitch: float) -> tuple[float, float]:
    mine = shapely.MultiLineString([np.vstack((p.points, p.points[:1])) / pitch for p in found.paths])
    edge = shapely.boundary(truth)
    there = shapely.points(shapely.get_coordinates(shapely.segmentize(mine, 1.0)))
    back = shapely.points(shapely.get_coordinates(shapely.segmentize(edge, 1.0)))
    error = (shapely.distance(there, edge).mean() + shapely.distance(back, mine).mean()) / 2
    area = shapely.affinity.scale(region(found.paths), 1 / pitch, 1 / pitch, origin=(0, 0))
    return float(error), area.intersection(truth).area / area.union(truth).area


@pytest.mark.parametrize(("seen", "aim"), [(lambda p: p, 0.08), (degrade, 0.12)])
def test_edges_lie_where_the_drawing_has_them(seen, aim: float) -> None:
    truth = drawing_of_all()
    found = trace(seen(render(truth)), width_mm=SIDE / 10)
    error, overlap = error_and_overlap(found.drawing, truth, 0.1)
    assert error <= aim
    assert overlap >= 0.985
    assert len(found.drawing.paths) == 6
    assert all(is_simple(path) for path in found.drawing.paths)


def test_curves_take_few_nodes() -> None:
    found = trace(render(circle(240.2, 239.7, 180)), width_mm=48)
    (path,) = found.drawing.paths
    assert found.report.nodes == len(path.curves) <= 10
    away = np.hypot(*(path.points / 0.1 - (240.2, 239.7)).T) - 180
    assert np.abs(away).max() < 0.35


def test_a_polygon_keeps_its_corners_and_straight_sides() -> None:
    corners = np.array([(60, 70), (400, 110), (350, 400), (90, 330)], float)
    (path,) = trace(render(shapely.Polygon(corners)), width_mm=48).drawing.paths
    assert len(path.curves) == 4
    assert all(curve.is_line for curve in path.curves)
    for corner in corners:
        assert np.hypot(*(path.points * 10 - corner).T).min() < 0.35


def test_outer_outlines_run_clockwise_and_holes_the_other_way() -> None:
    found = trace(render(circle(240, 240, 150).difference(circle(240, 240, 80))), width_mm=48)
    areas = sorted(
        float(
            np.sum(
                p.points[:, 0] * np.roll(p.points[:, 1], -1) - np.roll(p.points[:, 0], -1) * p.points[:, 1]
            )
        )
        / 2
        for p in found.drawing.paths
    )
    assert areas == pytest.approx([-np.pi * 64, np.pi * 225], rel=0.01)


def test_specks_are_dropped_and_counted() -> None:
    picture = render(circle(240, 240, 100))
    picture[20, 20:22] = 0
    picture[240, 240] = 255
    found = trace(picture, width_mm=48)
    assert len(found.drawing.paths) == 1
    assert found.report.specks_dropped == 2
    assert len(trace(picture, width_mm=48, speck_px=0).drawing.paths) == 3


def test_the_smallest_feature_and_gap_are_reported_in_mm() -> None:
    bars = shapely.union_all([shapely.box(100, 50, 106, 400), shapely.box(120, 50, 180, 400)])
    report = trace(render(bars), width_mm=48).report
    assert report.smallest_feature_mm == pytest.approx(0.6, abs=0.11)
    assert report.smallest_gap_mm == pytest.approx(1.4, abs=0.11)


def test_the_picture_may_be_grey_coloured_deep_floating_or_transparent() -> None:
    grey = render(circle(240, 240, 100))
    alpha = np.dstack((np.full((SIDE, SIDE, 3), 200, np.uint8), 255 - grey))
    for picture in (grey, np.dstack([grey] * 3), grey.astype(np.uint16) * 257, grey / 255.0, alpha):
        (path,) = trace(picture, width_mm=48).drawing.paths
        assert shapely.Polygon(path.points).area == pytest.approx(np.pi * 100, rel=0.005)
    assert len(trace(255 - grey, width_mm=48, invert=True).drawing.paths) == 1


def test_photographs_give_outlines_that_do_not_cross() -> None:
    data = pytest.importorskip("skimage.data")
    found = trace(data.camera(), width_mm=100)
    rings = [shapely.LinearRing(p.points) for p in found.drawing.paths]
    assert all(ring.is_simple for ring in rings)
    one, two = shapely.STRtree(rings).query(rings, predicate="intersects")
    assert (one == two).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 40), st.integers(3, 40))
def test_any_noise_ends_in_simple_outlines_or_in_a_reason(seed: int, height: int, width: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    try:
        found = trace(picture, height_mm=20, speck_px=1)
    except InvalidOption:
        return
    for path in found.drawing.paths:
        assert shapely.LinearRing(path.points).is_simple
        assert path.points.min() >= -0.2
        assert path.points[:, 0].max() <= found.drawing.width_mm * 1.02
        assert path.points[:, 1].max() <= 20.4


@pytest.mark.parametrize(
    ("picture", "options"),
    [
        (np.zeros((0, 0), np.uint8), {}),
        (np.full((40, 40), 255, np.uint8), {}),
        (np.zeros((1, 1), np.uint8), {}),
        (np.full((9, 9), np.nan), {}),
        (np.zeros((9, 9, 2), np.uint8), {}),
        (np.eye(40, dtype=np.uint8) * 255, {"width_mm": 0}),
        (np.eye(40, dtype=np.uint8) * 255, {"width_mm": 10_000}),
        (np.eye(40, dtype=np.uint8) * 255, {"width_mm": float("nan")}),
        (np.eye(40, dtype=np.uint8) * 255, {"tolerance_px": 0}),
        (np.eye(40, dtype=np.uint8) * 255, {"level": 1.5}),
    ],
)
def test_hostile_input_ends_in_a_reason(picture: np.ndarray, options: dict[str, float]) -> None:
    with pytest.raises(InvalidOption):
        trace(picture, **{"width_mm": 50, **options})


def test_too_many_pixels_are_refused_before_any_work() -> None:
    with pytest.raises(TooLarge):
        trace(np.broadcast_to(np.uint8(0), (10_000, 10_000)), width_mm=50)
