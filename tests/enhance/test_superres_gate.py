"""The gate's figures: from a plain computation, and the same however the rows of the result are handed over."""

import numpy as np
import pytest

from bottega.enhance.superres.gate import Gate, Meter
from bottega.enhance.superres.resample import imresize
from bottega.enhance.superres.rows import Source

SIZES = [
    ((64, 50), (128, 100)),
    ((97, 33), (250, 70)),
    ((10, 10), (61, 75)),
    ((30, 20), (30, 20)),
    ((1, 1), (8, 8)),
]


def pictures(small: tuple[int, int], large: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(sum(small))
    return random.random((*small, 3), dtype=np.float32), random.random((3, *large), dtype=np.float32)


def verdict(source: np.ndarray, made: np.ndarray, band: int) -> Gate:
    meter = Meter(Source(source), made.shape[2], made.shape[1], needed_db=45)
    for top in range(0, made.shape[1], band):
        # A buffer that is used again: what the meter needs later is its own.
        rows = made[:, top : top + band].copy()
        meter.take(top, rows)
        rows[:] = np.nan
    return meter.verdict()


@pytest.mark.parametrize(("small", "large"), SIZES)
def test_the_figures_are_those_of_the_shrunk_result(small: tuple[int, int], large: tuple[int, int]) -> None:
    source, made = pictures(small, large)
    shrunk = imresize(np.ascontiguousarray(made.transpose(1, 2, 0)), (small[1], small[0]))
    error = float(np.mean((shrunk - source).astype(np.float64) ** 2))
    told = verdict(source, made, 64)
    assert told.consistency_db == pytest.approx(-10 * np.log10(error), abs=0.01)
    drift = np.abs((shrunk - source).mean(axis=(0, 1), dtype=np.float64)).max() * 255
    assert told.drift == pytest.approx(drift, abs=0.002)


@pytest.mark.parametrize(("small", "large"), SIZES)
@pytest.mark.parametrize("band", [1, 7, 64])
def test_bands_of_any_height_tell_the_same(small: tuple[int, int], large: tuple[int, int], band: int) -> None:
    source, made = pictures(small, large)
    told, whole = verdict(source, made, band), verdict(source, made, 10_000)
    assert told.consistency_db == pytest.approx(whole.consistency_db, abs=0.011)
    assert told.drift == pytest.approx(whole.drift, abs=0.0011)
    assert told.blackened == whole.blackened


def test_a_part_that_turned_black_is_told() -> None:
    source = np.full((40, 40, 3), 0.5, dtype=np.float32)
    made = np.full((3, 80, 80), 0.5, dtype=np.float32)
    made[:, 20:40, 20:40] = 0
    told = verdict(source, made, 16)
    assert 0.03 < told.blackened < 0.0625
    assert any("black" in complaint for complaint in told.complaints)
