"""Order: engrave, score, cut; inner before outer without exception; little travel; the same job every time."""

import subprocess
import sys
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.laser.geometry import Curve, Drawing, Operation, Path, length, path_from_curves
from bottega.laser.nesting import nesting
from bottega.laser.order import arrange, nesting_errors, order_paths, ordered, travel_mm


def circle(x: float, y: float, r: float, count: int = 24, operation: Operation = Operation.CUT) -> Path:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return Path(np.column_stack((x + r * np.cos(angle), y + r * np.sin(angle))), True, operation)


def random_paths(seed: int, count: int) -> list[Path]:
    rng = np.random.default_rng(seed)
    paths: list[Path] = []
    for _ in range(count):
        if rng.random() < 0.3:
            paths.append(Path(rng.uniform(0, 100, (rng.integers(2, 6), 2)), False))
        else:
            x, y = rng.uniform(10, 90, 2).tolist()
            paths.append(circle(x, y, float(rng.uniform(0.5, 25)), int(rng.integers(3, 30))))
    return paths


def test_nesting_knows_depth_and_every_pair() -> None:
    paths = [circle(50, 50, 30), circle(50, 50, 20), circle(50, 50, 10), circle(10, 10, 5)]
    found = nesting(paths)
    assert found.depth.tolist() == [0, 1, 2, 0]
    assert sorted(map(tuple, found.pairs.tolist())) == [(1, 0), (2, 0), (2, 1)]
    assert sorted(map(tuple, found.direct.tolist())) == [(1, 0), (2, 1)]


@settings(max_examples=16, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 40))
def test_nothing_inside_a_ring_ever_burns_after_it(seed: int, count: int) -> None:
    """Against shapely's own containment, on rings that lie within each other, cross, and hold open lines."""
    paths = random_paths(seed, count)
    found = order_paths(paths, effort=0.05)
    assert sorted(visit.index for visit in found.visits) == list(range(count))
    position = {visit.index: k for k, visit in enumerate(found.visits)}
    shapes = [shapely.Polygon(p.points) if p.closed else shapely.LineString(p.points) for p in paths]
    for outer, ring in enumerate(shapes):
        if not paths[outer].closed or not ring.is_valid:
            continue
        for inner, shape in enumerate(shapes):
            if inner != outer and ring.contains(shape):
                assert position[inner] < position[outer]
    arranged = arrange(paths, found)
    assert nesting_errors(arranged) == 0
    assert travel_mm(arranged) == pytest.approx(found.travel_mm, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 30))
def test_arranging_keeps_every_line_where_it_was(seed: int, count: int) -> None:
    paths = random_paths(seed, count)
    found = order_paths(paths, effort=0)
    for visit, path in zip(found.visits, arrange(paths, found), strict=True):
        was = paths[visit.index]
        assert path.closed == was.closed
        assert length(path) == pytest.approx(length(was))
        one, other = (
            shapely.LineString(np.vstack((p.points, p.points[:1])) if p.closed else p.points)
            for p in (path, was)
        )
        assert one.hausdorff_distance(other) < 1e-9


def test_operations_follow_each_other() -> None:
    paths = [
        circle(20, 20, 5),
        circle(40, 20, 5, operation=Operation.SCORE),
        circle(60, 20, 5, operation=Operation.FILL),
    ]
    operations = [path.operation for path in ordered(Drawing(tuple(paths), 100, 100)).paths]
    assert operations == [Operation.FILL, Operation.SCORE, Operation.CUT]


def test_lines_in_a_row_are_followed_to_and_fro() -> None:
    rng = np.random.default_rng(3)
    rows = [Path(np.array([(0, k), (50, k)], float), False) for k in rng.permutation(40)]
    # The shortest way: 39 steps of 1 mm.
    assert order_paths(rows, effort=0.2).travel_mm == pytest.approx(39)


def test_a_small_job_is_solved_to_the_optimum() -> None:
    from itertools import permutations

    rng = np.random.default_rng(1)
    for _ in range(5):
        step = np.array((0.01, 0))
        dots = [Path(np.array([p, p + step]), False) for p in rng.uniform(0, 100, (6, 2))]
        best = min(
            sum(
                float(np.hypot(*(dots[b].points[0] - (dots[a].points[-1] if a >= 0 else np.zeros(2)))))
                for a, b in zip((-1, *order[:-1]), order, strict=True)
            )
            for order in permutations(range(6))
        )
        assert order_paths(dots).travel_mm <= best + 0.1


def test_closed_paths_are_entered_where_it_is_near() -> None:
    found = order_paths([circle(50, 50, 10, 100)], start=(80, 50))
    assert found.travel_mm == pytest.approx(20, abs=0.1)


def test_long_straight_edges_may_be_entered_in_between() -> None:
    box = Path(np.array([(10, 0), (40, 0), (40, 80), (10, 80)], float), True)
    assert order_paths([box], start=(0, 40)).travel_mm == pytest.approx(10, abs=0.2)


def test_curves_survive_a_new_start() -> None:
    corners = [(10.0, 0.0), (40.0, 0.0), (40.0, 80.0), (10.0, 80.0)]
    path = path_from_curves(
        [Curve.line(a, b) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)], closed=True
    )
    turned = arrange([path], order_paths([path], start=(50, 90)))[0]
    assert turned.points[0].tolist() == [40, 80]
    assert turned.curves[0].start == (40, 80)
    assert turned.curves[-1].end == (40, 80)


def test_the_same_job_is_ordered_the_same_way_every_time() -> None:
    paths = random_paths(9, 60)
    assert order_paths(paths).visits == order_paths(paths).visits


def test_more_effort_is_never_worse() -> None:
    paths = random_paths(4, 150)
    assert order_paths(paths, effort=1).travel_mm <= order_paths(paths, effort=0).travel_mm + 1e-6


def test_five_hundred_paths_take_little_time() -> None:
    rng = np.random.default_rng(8)
    paths = [circle(*p, 0.8, 12) for p in rng.uniform(5, 195, (500, 2)).tolist()]
    order_paths(paths[:20])  # compiles where numba is installed
    start = time.process_time()
    found = order_paths(paths)
    assert time.process_time() - start < 3
    # A random uniform tour takes 0.7124 sqrt(n A) (Johnson and McGeoch); circles of 0.8 mm shorten it.
    assert found.travel_mm < 0.75 * np.sqrt(500 * 190 * 190)


def test_nothing_to_order_is_no_fault() -> None:
    assert order_paths([]).visits == ()


def test_senseless_effort_is_refused() -> None:
    with pytest.raises(InvalidOption):
        order_paths([], effort=float("nan"))


def test_without_numba_the_order_is_as_right() -> None:
    script = (
        "import sys; sys.modules['numba'] = None\n"
        "import numpy as np\n"
        "from bottega.laser.geometry import Path\n"
        "from bottega.laser.order import arrange, nesting_errors, order_paths\n"
        "from bottega.laser.order_start import COMPILED\n"
        "turn = np.linspace(0, 6, 12)[:, None]\n"
        "ring = np.hstack((np.cos(turn), np.sin(turn)))\n"
        "paths = [Path(10 * (k % 5) + 50 + (5 - k // 5) * ring, True) for k in range(20)]\n"
        "found = order_paths(paths)\n"
        "print(COMPILED, nesting_errors(arrange(paths, found)), found.travel_mm < 140)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.split() == ["False", "0", "True"]
