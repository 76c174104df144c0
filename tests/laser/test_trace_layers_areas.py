"""Tones and colours as layers: neighbours share their edges, and the areas are those of the picture."""

import cv2
import numpy as np
import pytest
import shapely

from bottega.errors import InvalidOption
from bottega.laser.geometry import Drawing, region
from bottega.laser.trace_layers import trace_colours, trace_tones

SIDE = 300
RED, BLUE, GOLD = (204, 26, 26), (26, 51, 204), (230, 204, 26)


def picture() -> np.ndarray:
    fine = np.full((SIDE * 4, SIDE * 4, 3), 255, np.uint8)
    cv2.circle(fine, (600, 600), 440, RED, -1)
    cv2.fillPoly(fine, [np.array([[600, 600], [1100, 640], [840, 1120]])], BLUE)
    cv2.fillPoly(fine, [np.array([[100, 100], [600, 160], [600, 600], [160, 520]])], GOLD)
    return cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def areas(drawing: Drawing) -> dict[str, shapely.Geometry]:
    names = dict.fromkeys(path.layer for path in drawing.paths)
    return {name: region([p for p in drawing.paths if p.layer == name]) for name in names}


def test_colours_tile_the_sheet_without_gap_or_overlap() -> None:
    found = trace_colours(picture(), width_mm=30, keep_ground=True)
    parts = areas(found.drawing)
    assert {layer.colour for layer in found.layers} == {"#ffffff", "#cc1a1a", "#1a33cc", "#e6cc1a"}
    assert sum(part.area for part in parts.values()) == pytest.approx(900, rel=1e-6)
    assert shapely.union_all(list(parts.values())).area == pytest.approx(900, rel=1e-6)


def test_each_colour_has_its_true_area() -> None:
    parts = areas(trace_colours(picture(), width_mm=30).drawing)
    blue = shapely.Polygon([(600, 600), (1100, 640), (840, 1120)]).area
    gold = shapely.Polygon([(100, 100), (600, 160), (600, 600), (160, 520)]).area
    # The gold corner on (600, 600) takes nothing from the blue one.
    assert parts["Colour #1a33cc"].area == pytest.approx(blue / 1600, rel=0.01)
    assert parts["Colour #e6cc1a"].area == pytest.approx(gold / 1600, rel=0.01)
    assert "Colour #ffffff" not in parts


def test_antialiasing_makes_no_layer_of_its_own() -> None:
    grey = cv2.resize(
        cv2.circle(np.full((800, 800), 255, np.uint8), (400, 400), 250, 0, -1),
        (200, 200),
        interpolation=cv2.INTER_AREA,
    )
    found = trace_colours(grey, width_mm=20, colours=8)
    assert [layer.colour for layer in found.layers] == ["#000000"]
    assert len(found.drawing.paths) == 1


def test_a_given_palette_is_kept_and_limits_the_layers() -> None:
    found = trace_colours(picture(), width_mm=30, colours=["#cc1a1a", "#ffffff"])
    assert [layer.colour for layer in found.layers] == ["#cc1a1a"]
    assert len(trace_colours(picture(), width_mm=30, colours=2, keep_ground=True).layers) == 2


def test_photographs_tile_too() -> None:
    data = pytest.importorskip("skimage.data")
    found = trace_colours(data.coffee()[:200, :200], width_mm=20, colours=5, keep_ground=True)
    parts = list(areas(found.drawing).values())
    assert sum(part.area for part in parts) == pytest.approx(400, rel=1e-3)
    assert shapely.union_all(parts).area == pytest.approx(400, rel=1e-3)


def ramp() -> np.ndarray:
    y, x = np.mgrid[0:200, 0:200]
    return np.clip(np.hypot(x - 99.5, y - 99.5) * 2.5, 0, 255).astype(np.uint8)


def test_stacked_tones_hold_all_that_is_darker() -> None:
    found = trace_tones(ramp(), width_mm=20, levels=[0.25, 0.5, 0.75])
    parts = list(areas(found.drawing).values())
    radii = [(255 * (1 - level)) / 2.5 / 10 for level in (0.25, 0.5, 0.75)]
    assert [part.area for part in parts] == pytest.approx([np.pi * r * r for r in radii], rel=0.02)
    assert parts[0].contains(parts[1])
    assert parts[1].contains(parts[2])


def test_separate_tones_lie_side_by_side() -> None:
    stacked = list(areas(trace_tones(ramp(), width_mm=20, levels=3).drawing).values())
    apart = list(areas(trace_tones(ramp(), width_mm=20, levels=3, separate=True).drawing).values())
    assert sum(part.area for part in apart) == pytest.approx(stacked[0].area, rel=1e-6)
    assert apart[0].intersection(apart[1]).area == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: trace_tones(ramp(), width_mm=20, levels=0),
        lambda: trace_tones(ramp(), width_mm=20, levels=[0.5, 0.2]),
        lambda: trace_tones(np.full((20, 20), 9, np.uint8), width_mm=20),
        lambda: trace_colours(picture(), width_mm=20, colours=1),
        lambda: trace_colours(picture(), width_mm=20, colours=["red"]),
        lambda: trace_colours(np.full((20, 20, 3), 255, np.uint8), width_mm=20),
        lambda: trace_colours(picture(), width_mm=0),
    ],
)
def test_options_that_make_no_sense_are_refused(call) -> None:
    with pytest.raises(InvalidOption):
        call()
