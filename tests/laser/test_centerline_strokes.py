"""Drawn strokes come back as single lines in their middle, whole through crossings."""

import cv2
import numpy as np
import pytest
import shapely

from bottega.errors import InvalidOption
from bottega.laser.centerline import Centerline, centerline
from bottega.laser.geometry import Operation
from bottega.laser.studio import TraceSettings, trace

SIDE, FINE = 480, 8
T = np.linspace(0, 1, 300)


def draw(strokes: list[np.ndarray], width: float, cap: str = "round") -> np.ndarray:
    fine = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
    for stroke in strokes:
        shape = shapely.LineString(stroke).buffer(width / 2 - 0.5 / FINE, cap_style=cap)
        layer = np.zeros_like(fine)
        for part in shapely.get_parts(shape):
            for ring, shade in ((part.exterior, 255), *((hole, 0) for hole in part.interiors)):
                cv2.fillPoly(
                    layer,
                    [np.rint((np.array(ring.coords) * FINE - 0.5) * 256).astype(np.int32)],
                    shade,
                    shift=8,
                )
            fine = np.maximum(fine, layer)
    return 255 - cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def figures(found: Centerline, strokes: list[np.ndarray]) -> tuple[float, float, float, float, float]:
    """Mean and 95th percentile distance in px, length ratio, stroke ratio, part of the truth missed by 3 px."""
    truth = shapely.MultiLineString(strokes)
    lines = [np.vstack((p.points, p.points[:1])) if p.closed else p.points for p in found.drawing.paths]
    mine = shapely.MultiLineString([line * 10 for line in lines])
    there = shapely.distance(shapely.points(shapely.get_coordinates(shapely.segmentize(mine, 1.0))), truth)
    back = shapely.distance(shapely.points(shapely.get_coordinates(shapely.segmentize(truth, 1.0))), mine)
    both = np.concatenate((there, back))
    return (
        both.mean(),
        np.percentile(both, 95),
        mine.length / truth.length,
        len(lines) / len(strokes),
        (back > 3).mean(),
    )


WAVES = [np.column_stack((30 + 420 * T, 50 + 75 * i + 20 * np.sin(T * (5 + 3 * i)))) for i in range(6)]
GRID = [np.array([[60 + 90 * i, 30], [80 + 90 * i, 450]], float) for i in range(5)]
GRID += [np.array([[30, 80 + 90 * i], [450, 60 + 90 * i]], float) for i in range(5)]
LETTERS = [
    np.array(line, float)
    for line in (
        [[40, 200], [90, 60], [140, 200]],
        [[65, 140], [115, 140]],
        [[200, 60], [320, 60]],
        [[260, 60], [260, 200]],
        [[350, 60], [440, 200]],
        [[440, 60], [350, 200]],
        [[60, 280], [60, 440], [180, 440]],
    )
]
CURLS = [
    np.column_stack(
        (
            120 + 240 * (i % 2) + (15 + 80 * T) * np.cos(9 * T),
            120 + 240 * (i // 2) + (15 + 80 * T) * np.sin(9 * T),
        )
    )
    for i in range(4)
]


@pytest.mark.parametrize("strokes", [WAVES, GRID, LETTERS, CURLS], ids=["waves", "grid", "letters", "curls"])
@pytest.mark.parametrize("width", [2.5, 6.0])
def test_lines_lie_in_the_middle_and_are_whole(strokes: list[np.ndarray], width: float) -> None:
    mean, far, length, count, missed = figures(centerline(draw(strokes, width), width_mm=48), strokes)
    assert mean <= 0.35
    assert far <= 1.0
    assert 0.98 <= length <= 1.02
    assert 0.9 <= count <= 1.2
    assert missed <= 0.003


def test_square_ends_are_followed_to_their_tips() -> None:
    stroke = [np.array([[60.0, 240.0], [420.0, 200.0]])]
    assert figures(centerline(draw(stroke, 9, cap="flat"), width_mm=48), stroke)[2] == pytest.approx(
        1, abs=0.01
    )


def test_a_ring_is_one_closed_line() -> None:
    turn = 2 * np.pi * T
    ring = [np.column_stack((240 + 150 * np.cos(turn), 240 + 150 * np.sin(turn)))]
    (path,) = centerline(draw(ring, 5), width_mm=48).drawing.paths
    assert path.closed
    assert path.operation is Operation.SCORE
    assert np.hypot(*(path.points * 10 - 240).T) == pytest.approx(150, abs=0.4)


def test_the_report_has_width_length_and_crossings() -> None:
    report = centerline(draw(GRID[:1] + GRID[5:6], 6), width_mm=48).report
    assert report.strokes == 2
    assert report.crossings == 1
    assert report.width_mm == pytest.approx(0.6, abs=0.03)
    assert report.length_mm == pytest.approx(84, rel=0.02)


@pytest.mark.parametrize("picture", [np.zeros((0, 3), np.uint8), np.full((30, 30), 255, np.uint8)])
def test_nothing_to_trace_is_said(picture: np.ndarray) -> None:
    with pytest.raises(InvalidOption):
        centerline(picture, width_mm=20)


def test_noise_and_single_dots_do_not_break_it() -> None:
    dot = np.full((60, 60), 255, np.uint8)
    dot[20:24, 20:24] = 0
    assert centerline(dot, width_mm=20).drawing.paths
    noise = np.random.default_rng(0).integers(0, 256, (80, 80), np.uint8)
    for path in centerline(noise, width_mm=20).drawing.paths:
        assert np.isfinite(path.points).all()


def test_the_report_names_the_sheet_and_the_stroke_apart() -> None:
    picture = np.full((60, 80), 255, np.uint8)
    picture[10:50, 38:42] = 0
    report = trace(picture, TraceSettings(width_mm=40, centerline=True)).report
    assert (report["width_mm"], report["height_mm"]) == (40, 30)
    assert report["stroke_width_mm"] == pytest.approx(2, abs=0.3)
