"""Kerf: what is left after the beam has passed is what was drawn."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.laser.geometry import Drawing, Operation, Path, is_simple, region
from bottega.laser.kerf import compensate


def ring(*points: tuple[float, float], operation: Operation = Operation.CUT) -> Path:
    return Path(np.array(points, float), True, operation)


def box(x: float, y: float, width: float, height: float) -> Path:
    return ring((x, y), (x + width, y), (x + width, y + height), (x, y + height))


PLATE, HOLE = box(10, 10, 40, 30), box(20, 20, 10, 10)


def bounds(path: Path) -> list[float]:
    return [*path.points.min(axis=0).tolist(), *path.points.max(axis=0).tolist()]


def test_a_part_grows_and_its_hole_shrinks_by_half_a_kerf_on_each_axis() -> None:
    result = compensate(Drawing((PLATE, HOLE), 100, 100), 0.2, 0.3)
    part, hole = result.drawing.paths
    assert bounds(part) == pytest.approx([9.9, 9.85, 50.1, 40.15], abs=1e-9)
    assert bounds(hole) == pytest.approx([20.1, 20.15, 29.9, 29.85], abs=1e-9)
    assert result.lost == ()


def test_a_part_in_a_hole_grows_again() -> None:
    inner = box(23, 23, 4, 4)
    result = compensate(Drawing((inner, PLATE, HOLE), 100, 100), 0.2)
    assert bounds(result.drawing.paths[0]) == pytest.approx([22.9, 22.9, 27.1, 27.1])


def test_open_paths_and_other_operations_stay() -> None:
    others = (
        Path(np.array([(0, 0), (5, 5)], float), False),
        box(60, 60, 5, 5).__class__(box(60, 60, 5, 5).points, True, Operation.SCORE),
    )
    assert compensate(Drawing(others, 100, 100), 0.2).drawing.paths == others


def test_no_kerf_changes_nothing() -> None:
    drawing = Drawing((PLATE, HOLE), 100, 100)
    assert compensate(drawing, 0).drawing is drawing


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), kerf_x=st.floats(0.05, 0.4), kerf_y=st.floats(0.05, 0.4))
def test_burning_along_the_moved_line_leaves_the_drawn_part(seed: int, kerf_x: float, kerf_y: float) -> None:
    """The beam is an ellipse of kerf_x by kerf_y; corners inside the waste may stay round by its radius."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 24)) + np.linspace(0, 1e-3, 24)
    radius = rng.uniform(12, 15, 24)
    path = Path(np.column_stack((50 + radius * np.cos(angle), 50 + radius * np.sin(angle))), True)
    for outside in (True, False):
        paths = (path,) if outside else (box(20, 20, 60, 60), path)
        result = compensate(Drawing(paths, 100, 100), kerf_x, kerf_y, join="round")
        moved = result.drawing.paths[-1]
        assert is_simple(moved)
        unit = np.array((kerf_x, kerf_y))
        beam = shapely.LinearRing(moved.points / unit).buffer(0.5, quad_segs=32)
        drawn = shapely.Polygon(path.points / unit)
        overburn = beam.intersection(drawn) if outside else beam.difference(drawn)
        # Nothing of the part is burnt: not deeper than the rounding of the arcs.
        deep = drawn.buffer(-0.01) if outside else drawn.buffer(0.01)
        assert (overburn.intersection(deep) if outside else overburn.difference(deep)).area < 1e-9
        # And the beam reaches the drawn line along all straight stretches.
        reached = drawn.boundary.intersection(beam.buffer(0.01)).length
        assert reached > 0.9 * drawn.boundary.length


def test_sharp_corners_stay_sharp_with_mitres_and_few_points() -> None:
    assert len(compensate(Drawing((PLATE,), 100, 100), 0.2).drawing.paths[0].points) == 4


def test_a_hole_narrower_than_the_kerf_is_reported_and_still_cut() -> None:
    slit = box(30, 20, 0.1, 5)
    result = compensate(Drawing((PLATE, slit), 100, 100), 0.2)
    assert [(lost.path, round(lost.x, 2), round(lost.y, 2)) for lost in result.lost] == [(1, 30.05, 22.5)]
    assert "hole" in result.lost[0].what
    assert len(result.drawing.paths) == 2


def test_a_slot_that_closes_is_reported_with_its_place() -> None:
    slotted = ring((0, 0), (10, 0), (10, 4.95), (5, 4.95), (5, 5.05), (10, 5.05), (10, 10), (0, 10))
    (lost,) = compensate(Drawing((slotted,), 100, 100), 0.2).lost
    assert "slot" in lost.what
    assert 5 < lost.x < 10
    assert lost.y == pytest.approx(5, abs=0.06)


def test_a_neck_in_a_hole_is_reported() -> None:
    dumbbell = ring(
        (15, 15),
        (20, 15),
        (20, 17.45),
        (25, 17.45),
        (25, 15),
        (30, 15),
        (30, 20),
        (25, 20),
        (25, 17.55),
        (20, 17.55),
        (20, 20),
        (15, 20),
    )
    result = compensate(Drawing((PLATE, dumbbell), 100, 100), 0.3)
    assert [round(lost.x, 1) for lost in result.lost] == [22.5]
    assert len(result.drawing.paths) == 3  # the hole is two now


def test_parts_nearer_than_the_kerf_are_reported() -> None:
    result = compensate(Drawing((PLATE, box(50.1, 10, 10, 30)), 100, 100), 0.2)
    assert [round(lost.x, 2) for lost in result.lost] == [50.05]


def test_rings_that_cross_themselves_come_out_as_simple_ones() -> None:
    bow = ring((10, 10), (30, 30), (30, 10), (10, 30))
    paths = compensate(Drawing((bow,), 100, 100), 0.2).drawing.paths
    assert all(is_simple(path) for path in paths)
    assert region(paths).area > region((bow,)).area


@pytest.mark.parametrize("kerf", [-0.1, float("nan"), float("inf"), 6])
def test_senseless_kerfs_are_refused(kerf: float) -> None:
    with pytest.raises(InvalidOption):
        compensate(Drawing((PLATE,), 100, 100), kerf)
