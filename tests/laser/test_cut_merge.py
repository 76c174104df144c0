"""Merging: what is drawn twice burns once, nothing else is lost, small gaps close."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.laser.geometry import Drawing, Operation, Path, length, to_shapely
from bottega.laser.merge import TOLERANCE_MM, Merged, merge


def line(*points: tuple[float, float], closed: bool = False, operation: Operation = Operation.CUT) -> Path:
    return Path(np.array(points, float), closed, operation)


def merged(*paths: Path) -> Merged:
    return merge(Drawing(tuple(paths), 100, 100))


SQUARE = line((0, 0), (10, 0), (10, 10), (0, 10), closed=True)


def total(result: Merged) -> float:
    return sum(length(path) for path in result.drawing.paths)


def test_a_ring_drawn_twice_with_another_start_and_direction_burns_once() -> None:
    result = merged(SQUARE, line((10, 10), (10, 0), (0, 0), (0, 10), closed=True))
    assert result.drawing.paths == (SQUARE,)
    assert result.removed_paths == 1
    assert result.removed_mm == pytest.approx(40)


def test_the_shared_edge_of_two_parts_burns_once() -> None:
    result = merged(SQUARE, line((10, 0), (20, 0), (20, 10), (10, 10), closed=True))
    assert total(result) == pytest.approx(70)
    assert result.removed_mm == pytest.approx(10)


def test_partly_overlapping_lines_become_one() -> None:
    result = merged(line((0, 0), (10, 0)), line((15, 0), (5, 0)))
    assert len(result.drawing.paths) == 1
    assert total(result) == pytest.approx(15)


def test_a_line_that_returns_on_itself_burns_once() -> None:
    assert total(merged(line((0, 0), (10, 0), (0, 0)))) == pytest.approx(10)


def test_three_copies_a_little_apart_leave_one() -> None:
    copies = [line((0, k * 0.015), (50, k * 0.015)) for k in range(3)]
    result = merged(*copies)
    # The third lies within the tolerance of the second only, which is gone; what stays is no further than that.
    burnt = shapely.union_all([to_shapely(path) for path in result.drawing.paths])
    assert all(burnt.hausdorff_distance(to_shapely(copy)) <= 2 * TOLERANCE_MM for copy in copies[:1])
    assert all(shapely.distance(shapely.Point(25, k * 0.015), burnt) <= TOLERANCE_MM for k in range(3))


def test_crossing_lines_stay_whole() -> None:
    paths = [line((0, 0), (10, 0)), line((5, -5), (5, 5)), line((0, -1), (10, 1))]
    assert merged(*paths).drawing.paths == tuple(paths)


def test_operations_and_layers_are_kept_apart() -> None:
    score = line((0, 0), (10, 0), operation=Operation.SCORE)
    assert len(merged(line((0, 0), (10, 0)), score).drawing.paths) == 2


def test_four_lines_with_gaps_become_a_closed_path() -> None:
    sides = [
        line((0, 0), (10, 0)),
        line((10.03, 0), (10, 10)),
        line((0, 10), (10, 10.03)),
        line((0, 9.97), (0, 0.03)),
    ]
    result = merged(*sides)
    assert [path.closed for path in result.drawing.paths] == [True]
    assert result.joined == 4


def test_wider_gaps_stay_open() -> None:
    result = merged(line((0, 0), (10, 0)), line((10.2, 0), (20, 0)))
    assert len(result.drawing.paths) == 2


def test_paths_without_length_are_dropped() -> None:
    result = merged(line((3, 3), (3, 3)), line((1, 1), (1, 1), (2, 2)))
    assert result.degenerate == 1
    assert [len(path.points) for path in result.drawing.paths] == [2]


@settings(max_examples=24, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 12))
def test_everything_drawn_is_burnt_and_hardly_anything_twice(seed: int, count: int) -> None:
    """On a coarse grid, where overlaps, crossings, folds and copies are frequent."""
    rng = np.random.default_rng(seed)
    paths = [
        Path(rng.integers(0, 5, (rng.integers(2, 6), 2)).astype(float) * 4, bool(rng.integers(2)))
        for _ in range(count)
    ]
    drawn = shapely.union_all(
        [shapely.LineString(np.vstack((p.points, p.points[:1])) if p.closed else p.points) for p in paths]
    )
    result = merged(*paths)
    lines = [
        shapely.LineString(np.vstack((p.points, p.points[:1])) if p.closed else p.points)
        for p in result.drawing.paths
    ]
    burnt = shapely.union_all(lines)
    assert drawn.difference(burnt.buffer(2 * TOLERANCE_MM)).length < 1e-6
    assert burnt.difference(drawn.buffer(0.06)).length < 1e-6
    assert sum(one.length for one in lines) <= drawn.length + 1e-6 + 4 * TOLERANCE_MM * len(lines)


@pytest.mark.parametrize("tolerance", [0, -1, float("nan"), 5])
def test_senseless_tolerances_are_refused(tolerance: float) -> None:
    with pytest.raises(InvalidOption):
        merge(Drawing((SQUARE,), 100, 100), tolerance_mm=tolerance)
