"""Judges a result by its workflow's rubric. Says what was measured; what follows from it is left to the job.

A measure that cannot be had is never replaced by a number: the verdict is then `not judged`, with the reason.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from bottega.compute import ComputePool
from bottega.domain.verdict import Criterion, Measure, Rubric, Verdict, VerdictState
from bottega.errors import BottegaError
from bottega.imaging.limits import Limits
from bottega.quality.measures import ALONE, COMPARED, measure

__all__ = ["ALONE", "COMPARED", "REPORT", "judge", "measure"]

REPORT = "report."
"""Measures that begin so are read from the engine's report; a further dot leads into a nested part of it."""


async def judge(
    compute: ComputePool,
    rubric: Rubric,
    result: Path,
    source: Path | None,
    report: dict[str, Any],
    limits: Limits,
    *,
    timeout_s: float | None = None,
) -> Verdict:
    """The verdict on `result`, whose pixels are measured in one call to a compute process.

    ACCEPTED when all criteria are met; REJECTED with the sentences of those that are not; NOT_JUDGED, with the
    reason and the measures that could be had, when one is missing or the rubric is empty. `score` is the share
    of the criteria met, and None when not judged. Raises nothing of its own.
    """
    if not rubric.criteria:
        return Verdict(state=VerdictState.NOT_JUDGED, rubric=rubric.name, reason="no criteria")
    values, missing = _from_report(rubric.criteria, report)
    names = tuple(dict.fromkeys(c.measure for c in rubric.criteria if not c.measure.startswith(REPORT)))
    if names:
        arguments = (result, source, names, limits)
        try:
            values |= await compute.call_with(measure, arguments, timeout_s=timeout_s)
        except BottegaError as error:
            missing.append(error.message)
    missing += [f"{name} could not be measured." for name in names if not math.isfinite(values.get(name, 0))]
    judged = tuple(
        _judged(criterion, values[criterion.measure])
        for criterion in rubric.criteria
        if math.isfinite(values.get(criterion.measure, math.nan))
    )
    if missing:
        return Verdict(
            state=VerdictState.NOT_JUDGED, rubric=rubric.name, measures=judged, reason=" ".join(missing)
        )
    failed = [item for item in judged if not item.passed]
    return Verdict(
        state=VerdictState.REJECTED if failed else VerdictState.ACCEPTED,
        rubric=rubric.name,
        measures=judged,
        score=(len(judged) - len(failed)) / len(judged),
        reason=" ".join(dict.fromkeys(_sentence(item.why) for item in failed)),
    )


def _from_report(
    criteria: tuple[Criterion, ...], report: dict[str, Any]
) -> tuple[dict[str, float], list[str]]:
    """Values of the report's measures, and a sentence for each that is not there or no number."""
    values: dict[str, float] = {}
    missing: list[str] = []
    for name in dict.fromkeys(c.measure for c in criteria if c.measure.startswith(REPORT)):
        found: object = report
        for part in name.removeprefix(REPORT).split("."):
            found = cast(Mapping[str, object], found).get(part) if isinstance(found, Mapping) else None
        # True and False count as 1 and 0.
        if isinstance(found, int | float) and math.isfinite(found):
            values[name] = float(found)
        else:
            missing.append(f"The engine's report has no number for {name.removeprefix(REPORT)}.")
    return values, missing


def _judged(criterion: Criterion, value: float) -> Measure:
    at_least = criterion.rule == "at_least"
    return Measure(
        name=criterion.measure,
        value=value,
        threshold=criterion.threshold,
        rule=criterion.rule,
        passed=value >= criterion.threshold if at_least else value <= criterion.threshold,
        why=criterion.why,
    )


def _sentence(why: str) -> str:
    return why if why.endswith((".", "!", "?")) else f"{why}."
