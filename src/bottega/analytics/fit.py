"""How long a model takes: seconds = fixed + per megapixel x megapixels, fitted to a few dozen noisy runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FEWEST_RUNS = 4
"""Fewer runs than this cannot tell a slope from noise."""

NARROWEST_SPREAD = 0.25
"""The sizes must differ by this share of the larger (10th against 90th percentile) for a slope to mean anything."""


@dataclass(frozen=True, slots=True)
class SecondsFit:
    """Neither part is negative."""

    fixed: float
    per_megapixel: float


def fit_seconds(runs: Sequence[tuple[float | None, float]]) -> SecondsFit:
    """Fit (megapixels, seconds) pairs; megapixels is None where the size was not known.

    The slope is the median of the slopes of all pairs (Theil 1950, Sen 1968), which up to 29 % of outliers
    (a cold start, a busy machine) cannot move far; the fixed part is the median of what the slope leaves.
    With few runs or much the same size, the median time is the fixed part. Raises ValueError without runs.
    """
    if not runs:
        raise ValueError("no runs to fit")
    sized = sorted((size, seconds) for size, seconds in runs if size is not None)
    flat = SecondsFit(median(seconds for _, seconds in runs), 0.0)
    if len(sized) < FEWEST_RUNS:
        return flat
    tenth = (len(sized) - 1) // 10
    small, large = sized[tenth][0], sized[-1 - tenth][0]
    if large - small < NARROWEST_SPREAD * large or large <= 0:
        return flat
    slope = median(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for position, earlier in enumerate(sized)
        for later in sized[position + 1 :]
        if later[0] > earlier[0]
    )
    if slope <= 0:
        return flat
    fixed = median(seconds - slope * size for size, seconds in sized)
    if fixed < 0:
        return SecondsFit(0.0, median(seconds / size for size, seconds in sized if size > 0))
    return SecondsFit(fixed, slope)
