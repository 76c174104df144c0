"""Stencils: no island falls out, bridges are short and as wide as wanted; thin places are found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.laser.bridges import add_bridges, loose_islands
from bottega.laser.features import smallest_feature_mm, thin_features
from bottega.laser.geometry import Curve, Drawing, Path, path_from_curves, region


def circle(x: float, y: float, r: float, count: int = 60) -> Path:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return Path(np.column_stack((x + r * np.cos(angle), y + r * np.sin(angle))), True)


def box(x: float, y: float, width: float, height: float) -> Path:
    return Path(np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], float), True)


TARGET = (circle(50, 50, 20), circle(50, 50, 12), circle(50, 50, 6), circle(50, 50, 3))


def test_islands_are_found_with_place_and_size() -> None:
    islands = loose_islands(Drawing((*TARGET, circle(80, 80, 5)), 100, 100))
    assert [round(island.width_mm) for island in islands] == [24, 6]
    assert islands[1].x == pytest.approx(50, abs=3)


def test_every_island_is_held_and_a_big_one_twice() -> None:
    result = add_bridges(Drawing(TARGET, 100, 100), 1.0)
    assert result.islands == 2
    assert loose_islands(result.drawing) == ()
    outer = [bridge for bridge in result.bridges if np.hypot(bridge.x0 - 50, bridge.y0 - 50) > 11]
    assert len(outer) == 2
    assert all(bridge.length_mm == pytest.approx(8, abs=0.1) for bridge in outer)
    # On opposite sides, or nearly.
    assert np.hypot(outer[0].x0 - outer[1].x0, outer[0].y0 - outer[1].y0) > 10


def test_bridges_are_as_wide_as_wanted() -> None:
    result = add_bridges(Drawing((box(10, 10, 60, 60), box(20, 20, 40, 40)), 100, 100), 2.0)
    assert thin_features(result.drawing, 1.95) == ()
    assert smallest_feature_mm(result.drawing, 5) == pytest.approx(2.0, abs=0.03)


def test_bridges_between_parallel_edges_sit_in_the_middle() -> None:
    result = add_bridges(Drawing((box(10, 10, 60, 12), box(12, 12, 56, 8)), 100, 100), 1.0)
    first = result.bridges[0]
    assert 20 < first.x0 < 60 or 14 < first.y0 < 18


def test_openings_without_islands_keep_their_curves() -> None:
    corners = [(80.0, 10.0), (90.0, 10.0), (90.0, 20.0), (80.0, 20.0)]
    plain = path_from_curves(
        [Curve.line(a, b) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)], closed=True
    )
    result = add_bridges(Drawing((*TARGET, plain), 100, 100), 1.0)
    assert plain in result.drawing.paths


def test_a_plate_with_an_outline_of_its_own_keeps_it_whole() -> None:
    plate = box(5, 5, 90, 90)
    result = add_bridges(Drawing((plate, *TARGET), 100, 100), 1.0, frame="outermost")
    assert plate in result.drawing.paths
    assert result.islands == 2
    assert loose_islands(result.drawing, frame="outermost") == ()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 8), width=st.floats(0.3, 2))
def test_whatever_the_drawing_nothing_falls_out_and_little_is_filled(
    seed: int, count: int, width: float
) -> None:
    """Random rings, crossing or not, by even-odd."""
    rng = np.random.default_rng(seed)
    rings = tuple(
        circle(*rng.uniform(20, 80, 2).tolist(), float(rng.uniform(1, 18)), int(rng.integers(3, 40)))
        for _ in range(count)
    )
    drawing = Drawing(rings, 100, 100)
    result = add_bridges(drawing, width)
    assert loose_islands(result.drawing) == ()
    before, after = region(drawing.paths), region(result.drawing.paths)
    webs = sum((bridge.length_mm + width) * width for bridge in result.bridges)
    assert before.difference(after).area <= webs + 1e-6
    assert (result.bridges == ()) == (result.islands == 0)


@pytest.mark.parametrize("width", [0, -1, float("nan"), 1000])
def test_senseless_widths_are_refused(width: float) -> None:
    with pytest.raises(InvalidOption):
        add_bridges(Drawing(TARGET, 100, 100), width)


def test_thin_webs_and_gaps_are_reported_with_place_and_width() -> None:
    plate = box(10, 10, 40, 30)
    drawing = Drawing((plate, box(20, 20, 10, 10), box(30.4, 20, 8, 10), box(50.1, 10, 10, 30)), 100, 100)
    gap, web = thin_features(drawing, 1.0)
    assert (gap.kind, web.kind) == ("gap", "web")
    assert (gap.x, gap.y, gap.width_mm) == pytest.approx((50.05, 25, 0.1), abs=0.02)
    assert (web.x, web.y, web.width_mm) == pytest.approx((30.2, 25, 0.4), abs=0.02)


def test_corners_are_not_thin_features() -> None:
    triangle = Path(np.array([(10, 10), (60, 10), (35, 50)], float), True)
    assert thin_features(Drawing((triangle, box(70, 70, 20, 20)), 100, 100), 2.0) == ()


def test_a_shape_thinner_than_wanted_throughout_is_found() -> None:
    assert [f.kind for f in thin_features(Drawing((box(10, 10, 0.3, 0.3),), 100, 100), 1.0)] == ["web"]


def test_the_smallest_feature_is_measured() -> None:
    drawing = Drawing((box(10, 10, 40, 30), box(12, 20, 10, 10), box(22.4, 20, 8, 10)), 100, 100)
    assert smallest_feature_mm(drawing, 5) == pytest.approx(0.4, abs=0.02)
    assert smallest_feature_mm(Drawing((box(10, 10, 40, 30),), 100, 100), 5) is None
