"""Fast ways to sum over channels, to pick pixels, and to find medians give what numpy's plain ones give."""

import numpy as np
import pytest

from bottega.imaging.arrays import (
    distance,
    kept,
    largest,
    lengths,
    median,
    medians,
    most_apart,
    picked,
    put,
    quantile,
    total,
)

RNG = np.random.default_rng(3)
PICTURE = RNG.standard_normal((37, 29, 3)).astype(np.float32)
WHERE = RNG.random((37, 29)) > 0.4


@pytest.mark.parametrize("values", [PICTURE, PICTURE.astype(np.float64), PICTURE[:, 4], PICTURE[..., :2]])
def test_lengths_and_totals_run_along_the_last_axis(values: np.ndarray) -> None:
    assert np.allclose(lengths(values), np.linalg.norm(values, axis=-1), rtol=1e-6)
    assert lengths(values).dtype == values.dtype
    assert np.allclose(total(values), values.sum(axis=-1), atol=1e-6)
    assert np.array_equal(largest(values), values.max(axis=-1))


def test_distance_takes_one_colour_for_all_pixels() -> None:
    colour = np.array((0.1, -0.2, 0.3), np.float32)
    assert np.allclose(distance(PICTURE, colour), np.linalg.norm(PICTURE - colour, axis=2), rtol=1e-6)


def test_most_apart_does_not_wrap_around() -> None:
    one, other = (RNG.integers(0, 256, (9, 11, 3), dtype=np.uint8) for _ in range(2))
    assert np.array_equal(most_apart(one, other), np.abs(one.astype(int) - other).max(axis=2))


@pytest.mark.parametrize("values", [PICTURE, PICTURE[..., 0], PICTURE[::-1, ::-1]])
def test_picked_pixels_come_row_by_row(values: np.ndarray) -> None:
    assert np.array_equal(picked(values, WHERE), values[WHERE])


def test_kept_pixels_stand_in_nothing_even_beside_infinities() -> None:
    odd = np.where(WHERE[..., None], PICTURE, np.inf).astype(np.float32)
    assert np.array_equal(kept(odd, WHERE), np.where(WHERE[..., None], PICTURE, 0))


def test_put_changes_what_is_named_and_nothing_else() -> None:
    target = np.ones_like(PICTURE)
    put(target, PICTURE, WHERE)
    assert np.array_equal(target, np.where(WHERE[..., None], PICTURE, 1))


@pytest.mark.parametrize("count", [1, 2, 3, 10, 999, 1000])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_medians_and_quantiles_are_numpys(count: int, kind: type) -> None:
    values = RNG.standard_normal((count, 3)).astype(kind)
    before = values.copy()
    assert median(values[:, 0]) == float(np.median(values[:, 0]))
    assert np.array_equal(medians(values), np.median(values, axis=0))
    shares = (0.0, 0.05, 0.5, 0.92, 1.0)
    assert np.allclose(quantile(values[:, 1], shares), np.quantile(values[:, 1], shares), rtol=1e-6)
    assert float(quantile(values, 0.95)) == pytest.approx(float(np.quantile(values, 0.95)), rel=1e-6)
    assert np.array_equal(values, before)


def test_many_equal_values_have_the_median_of_the_two_in_the_middle() -> None:
    assert median(np.array([0.0, 0.0, 1.0, 1.0], np.float32)) == 0.5
