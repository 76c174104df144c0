"""Which size of a chart to take, as probabilities, from a person's own measurements and never from a photograph."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption, MissingInput
from bottega.fashion.size.values import (
    IMPORTANCE,
    ChartKind,
    FitWish,
    Measure,
    Measurements,
    SizeAdvice,
    SizeChance,
    SizeChart,
)

F64 = NDArray[np.float64]

TAPE_CM: dict[Measure, float] = {"bust": 1.5, "waist": 1.5, "hip": 1.5, "neck": 0.7, "foot": 0.25}
"""Standard deviation of a girth that somebody takes of themselves, and of a foot's length: a convention."""
WISH = {"fitted": -0.3, "regular": 0.0, "loose": 0.6}
"""By how many sizes a wish for a closer or wider fit moves the body that is looked for."""
TIGHT = 1.25
"""A garment that is too narrow is kept less often than one that is too wide by as much."""
USUAL_SD = 1.0
"""How many sizes apart two shops' sizes of one name lie, as a standard deviation."""
BETWEEN = 0.62
"""From this share of the likeliest size's probability on, its neighbour is named too."""
WORDS: dict[Measure, str] = {
    "bust": "bust or chest", "waist": "waist", "hip": "hip", "neck": "neck", "foot": "foot length", "inseam": "inside leg",
    "height": "height", "sleeve": "sleeve length", "underbust": "underbust",
}  # fmt: skip


def advise_size(
    measurements: Measurements,
    chart: SizeChart,
    *,
    garment_kind: ChartKind,
    fit: FitWish = "regular",
    usual_size: str | None = None,
) -> SizeAdvice:
    """The size of `chart` for a body of `measurements`. `usual_size`: what the person usually takes, in the chart's naming.

    Raises InvalidOption when the chart is not for this kind, knows no `usual_size`, or has no size near the
    measurements; MissingInput when none of the deciding measurements was given.
    """
    if garment_kind not in chart.kinds:
        raise InvalidOption(
            f"{chart.title or chart.name} is a chart for {', '.join(chart.kinds)}, not for {garment_kind}.",
            hint="Choose the chart of this kind of garment.",
        )
    deciding: list[Measure] = [
        measure for measure in IMPORTANCE[garment_kind] if any(measure in size.body for size in chart.sizes)
    ]
    given = measurements.given()
    used: list[Measure] = [measure for measure in deciding if measure in given]
    missing: tuple[Measure, ...] = tuple(measure for measure in deciding if measure not in given)
    usual = _usual(chart, usual_size)
    if not used:
        raise MissingInput(
            "A size needs at least one measurement that this chart goes by.",
            hint=f"Measure {' or '.join(WORDS[measure] for measure in deciding)}; a photograph has no scale.",
        )
    _within(chart, given, used)
    chances = _chances(chart, garment_kind, given, used, WISH[fit], usual)
    return _advice(chart, garment_kind, given, used, missing, chances, fit, usual)


def _usual(chart: SizeChart, label: str | None) -> int | None:
    if label is None:
        return None
    size = chart.find(label)
    if size is None:
        raise InvalidOption(
            f"{chart.title or chart.name} has no size {label[:20]!r}.",
            hint=f"It has {', '.join(one.name(chart.system) for one in chart.sizes)}.",
        )
    return chart.sizes.index(size)


def _edges(chart: SizeChart, measure: Measure) -> F64:
    """Least and most of each size, N x 2; sizes that lack the measurement are NaN."""
    return np.array([size.body.get(measure, (np.nan, np.nan)) for size in chart.sizes], np.float64)


def _step(chart: SizeChart, measure: Measure) -> float:
    """Usual distance between neighbouring sizes, cm."""
    middles = np.nanmean(_edges(chart, measure), axis=1)
    steps = np.diff(middles[np.isfinite(middles)])
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else 4.0


def _within(chart: SizeChart, given: dict[Measure, float], used: list[Measure]) -> None:
    """Raises when a measurement lies more than a size and a half beyond the chart's ends."""
    for measure in used:
        edges, reach = _edges(chart, measure), 1.5 * _step(chart, measure)
        low, high = float(np.nanmin(edges)), float(np.nanmax(edges))
        if not low - reach <= given[measure] <= high + reach:
            raise InvalidOption(
                f"This chart is made for {WORDS[measure]} from {low:g} to {high:g} cm; {given[measure]:g} cm lies outside.",
                hint="Look for a chart or a shop with more sizes, or check the unit.",
                measurement=measure,
            )


def _chances(
    chart: SizeChart,
    kind: ChartKind,
    given: dict[Measure, float],
    used: list[Measure],
    wish: float,
    usual: int | None,
) -> F64:
    """Probability of each size: the body each is made for as a normal distribution about the middle of its range, widened
    by the tape's error; the usual size as a prior."""
    score: F64 = np.zeros(len(chart.sizes), np.float64)
    for measure in used:
        edges, step = _edges(chart, measure), _step(chart, measure)
        middle: F64 = np.nanmean(edges, axis=1)
        # A range's half holds about all bodies that a size is for: two thirds of it as a standard deviation.
        spread: F64 = np.hypot(
            np.maximum((edges[:, 1] - edges[:, 0]) / 2, step / 2) * 0.7, TAPE_CM.get(measure, 1.5)
        )
        away: F64 = (given[measure] + wish * step - middle) / spread
        away = np.asarray(np.where(away > 0, TIGHT * away, away), np.float64)
        score -= IMPORTANCE[kind][measure] * np.where(np.isfinite(away), away**2 / 2, 0.0)
    if usual is not None:
        score -= ((np.arange(len(chart.sizes)) - usual) / USUAL_SD) ** 2 / 4
    chances = np.exp(score - score.max())
    return np.asarray(chances / chances.sum(), np.float64)


def _advice(
    chart: SizeChart,
    kind: ChartKind,
    given: dict[Measure, float],
    used: list[Measure],
    missing: tuple[Measure, ...],
    chances: F64,
    fit: FitWish,
    usual: int | None,
) -> SizeAdvice:
    order = [int(index) for index in np.argsort(-chances, kind="stable")]
    best = order[0]
    names = [size.name(chart.system) for size in chart.sizes]
    pair = sorted(order[:2])
    close = len(order) > 1 and pair[1] - pair[0] == 1 and chances[order[1]] > BETWEEN * chances[best]
    between = (names[pair[0]], names[pair[1]]) if close else None
    reasons = _reasons(chart, given, used, best)
    if between is not None:
        reasons.append(
            f"You are between {between[0]} and {between[1]}: {between[0]} sits closer, {between[1]} leaves more room."
        )
    if fit != "regular":
        reasons.append(f"Chosen for a {fit} fit.")
    change: Literal["up", "down", "same", "unknown"] = "unknown"
    if usual is not None:
        change = "same" if best == usual else "up" if best > usual else "down"
        said = {
            "same": "the size that you usually take",
            "up": "larger than your usual size",
            "down": "smaller than your usual size",
        }
        reasons.append(f"In this chart {names[best]} is {said[change]}.")
    if missing:
        reasons.append(f"Surer with: {', '.join(WORDS[measure] for measure in missing)}.")
    weights = IMPORTANCE[kind]
    known = sum(weights[measure] for measure in used) / sum(weights[measure] for measure in (*used, *missing))
    likely = [i for i in order if chances[i] > 0.01]
    return SizeAdvice(
        size=names[best],
        system=chart.system,
        labels=chart.sizes[best].labels,
        alternatives=tuple(
            SizeChance(size=names[i], labels=chart.sizes[i].labels, probability=round(float(chances[i]), 4))
            for i in likely
        ),
        change=change,
        between=between,
        confidence=round(float(chances[best]) * (0.6 + 0.4 * known), 3),
        reasons=tuple(reasons),
        missing=missing,
        chart=chart.title or chart.name,
        source=chart.source,
        conventional=chart.conventional,
    )


def _reasons(chart: SizeChart, given: dict[Measure, float], used: list[Measure], best: int) -> list[str]:
    """One sentence for each measurement that decided."""
    said: list[str] = []
    for measure in used:
        ends = chart.sizes[best].body.get(measure)
        if ends is None:
            continue
        value, (low, high) = given[measure], ends
        what = f"{WORDS[measure]} {value:g} cm".capitalize()
        name = f"{low:g} to {high:g} cm of size {chart.sizes[best].name(chart.system)}"
        if low <= value <= high:
            said.append(f"{what} lies within {name}.")
        else:
            said.append(
                f"{what} is {abs(value - (low if value < low else high)):.1f} cm {'below' if value < low else 'above'} {name}."
            )
    return said
