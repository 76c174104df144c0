"""Reading a picture at many points."""

import numpy as np
import pytest

from bottega.imaging.arrays import sample


@pytest.mark.parametrize("count", [0, 1, 29_999, 30_000, 100_000])
def test_any_number_of_points_may_be_read(count: int) -> None:
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    points = np.random.default_rng(1).uniform(0, 1, (count, 2)) * (3, 2)
    found = sample(values, points)
    assert found.shape == (count,)
    # The values rise by 1 a column and by 4 a row, and OpenCV knows 32 places between two pixels.
    assert (np.abs(found - points @ (1, 4)) < 5 / 32).all()


def test_outside_there_is_nothing() -> None:
    assert sample(np.ones((3, 4), np.float32), np.array([(-2.0, 1.0), (1.0, 1.0)])).tolist() == [0, 1]
