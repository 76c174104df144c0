"""Rules models out, scores the rest, and puts them in order. Everything it needs to know is passed in."""

from datetime import UTC, date, datetime
from functools import partial
from math import log10
from typing import Any, Final

from bottega.domain.money import MICRO, MicroUsd, format_usd
from bottega.domain.plan import Candidate, Constraints, Observation, Plan, RuledOut, TimeEstimate
from bottega.domain.request import Preference
from bottega.domain.task import Task
from bottega.errors import BudgetExceeded, NoCandidate
from bottega.models import Catalogue, Model

# (quality, cost, time): what one step on each scale is worth. A row adds up to 1.
_WEIGHTS: Final[dict[Preference, tuple[float, float, float]]] = {
    Preference.SPEED: (0.30, 0.15, 0.55),
    Preference.BALANCED: (0.55, 0.25, 0.20),
    Preference.QUALITY: (0.85, 0.10, 0.05),
}
# The catalogue's prior counts as much as this many judged results of our own.
_PRIOR_RESULTS: Final = 8
# The two scales run from 1 (free, at once) to 0 (ten dollars, ten minutes) by orders of magnitude, and on below.
_DEAREST: Final = 10 * MICRO
_SMALLEST_COST: Final = MICRO // 1000
_SLOWEST_S: Final = 600.0
# Nothing known of the time: taken as a minute, so that an unknown model is neither favoured nor buried.
_UNKNOWN_TIME_S: Final = 60.0


def make_plan(
    task: Task,
    catalogue: Catalogue,
    constraints: Constraints,
    preference: Preference,
    *,
    local_engines: frozenset[str],
    options: dict[str, Any],
    options_read: tuple[str, ...],
    engines: frozenset[str] | None = None,
    today: date | None = None,
) -> Plan:
    """The candidates for a task in the order to try them, and who was ruled out and why.

    Models that do not know the task's operation are not mentioned. `local_engines` are those of this
    installation that send nothing away; `engines` are all of it (None: those beside the local ones are taken
    to be there). `today` (UTC) decides whether a model has ended.

    Raises BudgetExceeded when nothing but money stands in the way of at least one model, NoCandidate when
    nobody can do it; both say why for each model in `details["ruled_out"]`.
    """
    judge = partial(
        _objection,
        task=task,
        constraints=constraints,
        local_engines=local_engines,
        engines=engines,
        today=today or datetime.now(UTC).date(),
    )
    able = [model for model in catalogue if task.operation in model.operations]
    ruled_out: list[RuledOut] = []
    fit: list[Model] = []
    for model in able:
        objection = judge(model)
        if objection is None:
            fit.append(model)
        else:
            reason, hint = objection
            ruled_out.append(RuledOut(model_id=model.id, engine=model.engine, reason=reason, hint=hint))
    if not fit:
        free_of_money = constraints.model_copy(update={"budget_left": None, "max_cost": None})
        affordable = [model for model in able if judge(model, constraints=free_of_money) is None]
        raise _nobody(task, ruled_out, affordable, constraints)
    return Plan(
        workflow=task.workflow,
        options=options,
        options_read=options_read,
        candidates=_ranked(fit, task, constraints, preference, local_engines),
        ruled_out=tuple(ruled_out),
    )


def estimate_time(model: Model, task: Task, constraints: Constraints) -> TimeEstimate:
    """Seconds for one attempt: fixed part + per megapixel x the larger of input and output megapixels."""
    megapixels = max(constraints.megapixels, task.output_megapixels)
    seen = constraints.observations.get(model.id)
    if seen is not None and seen.samples >= 1:
        seconds = seen.seconds_fixed + seen.seconds_per_megapixel * megapixels
        return TimeEstimate(seconds=max(seconds, 0.0), basis="measured", samples=seen.samples)
    if model.seconds_fixed is None and model.seconds_per_megapixel is None:
        return TimeEstimate()
    seconds = (model.seconds_fixed or 0.0) + (model.seconds_per_megapixel or 0.0) * megapixels
    return TimeEstimate(seconds=seconds, basis="prior")


def expected_quality(prior: float, seen: Observation | None) -> float:
    """Mean of the Beta posterior of acceptance, 0 to 1: the catalogue's prior worth `_PRIOR_RESULTS` results,
    plus this installation's own verdicts (Gelman et al., Bayesian Data Analysis, section 2.4)."""
    if seen is None or seen.judged <= 0:
        return prior
    return (prior * _PRIOR_RESULTS + min(seen.accepted, seen.judged)) / (_PRIOR_RESULTS + seen.judged)


def _objection(
    model: Model,
    *,
    task: Task,
    constraints: Constraints,
    local_engines: frozenset[str],
    engines: frozenset[str] | None,
    today: date,
) -> tuple[str, str] | None:
    """Why the model cannot be used for the task (reason, hint), or None. What cannot be helped comes first."""
    lacking = model.lacks(task)
    if lacking:
        return lacking, ""
    return (
        _ended(model, today)
        or _out_of_reach(model, constraints, local_engines, engines)
        or _too_dear(model, task, constraints)
        or _too_slow(model, task, constraints)
    )


def _ended(model: Model, today: date) -> tuple[str, str] | None:
    hint = f"Use {model.replacement} instead." if model.replacement else ""
    if model.ends is not None and model.ends < today:
        return f"ended on {model.ends.isoformat()}", hint
    return ("is retired", hint) if model.status == "retired" else None


def _out_of_reach(
    model: Model, constraints: Constraints, local_engines: frozenset[str], engines: frozenset[str] | None
) -> tuple[str, str] | None:
    is_local = model.engine in local_engines
    if constraints.stay_local and not is_local:
        return "would send the work to another machine", "Allow work to leave this machine."
    if engines is not None and model.engine not in engines | local_engines:
        return f"its engine {model.engine} is not part of this installation", ""
    return constraints.unavailable.get(model.engine)


def _too_dear(model: Model, task: Task, constraints: Constraints) -> tuple[str, str] | None:
    if model.price is None or not model.price.is_known:
        return "has no price, so it cannot be budgeted", "Give its price in the catalogue."
    dearest = model.price.price(task).high
    if dearest == 0:
        return None
    if constraints.max_cost is not None and dearest > constraints.max_cost:
        cap = _amount(constraints.max_cost)
        return f"may cost {format_usd(dearest)}, the cap for this job is {cap}", "Raise the cap of this job."
    if constraints.budget_left is not None and dearest > constraints.budget_left:
        left = _amount(constraints.budget_left)
        return f"may cost {format_usd(dearest)}, {left} of the budget is left", "Raise the budget."
    return None


def _too_slow(model: Model, task: Task, constraints: Constraints) -> tuple[str, str] | None:
    time = estimate_time(model, task, constraints)
    if constraints.deadline_s is None or time.seconds is None or time.seconds <= constraints.deadline_s:
        return None
    return f"takes about {time}, the deadline is {constraints.deadline_s:g} s", "Allow more time."


def _ranked(
    models: list[Model],
    task: Task,
    constraints: Constraints,
    preference: Preference,
    local_engines: frozenset[str],
) -> tuple[Candidate, ...]:
    unreasoned = [_candidate(model, task, constraints, preference, local_engines) for model in models]
    best = max(c.quality for c in unreasoned)
    cheapest = min(c.price.high for c in unreasoned)
    known = [c.time.seconds for c in unreasoned if c.time.seconds is not None]
    fastest = min(known) if known else None

    def reasons(c: Candidate) -> tuple[str, ...]:
        seen = constraints.observations.get(c.model_id, Observation())
        several = len(unreasoned) > 1
        stated = (
            (c.price.high == 0, "free"),
            (not c.leaves_machine, "runs on this machine"),
            (several and c.quality == best, "best quality of those available"),
            (several and c.price.high == cheapest > 0, "cheapest of those available"),
            (
                several and c.time.seconds is not None and c.time.seconds == fastest,
                "fastest of those available",
            ),
            (seen.judged > 0, f"{seen.accepted} of {seen.judged} results accepted here"),
            (not several, "the only one available"),
        )
        return tuple(words for holds, words in stated if holds)

    ordered = sorted(unreasoned, key=lambda c: (-c.score, c.model_id))
    return tuple(c.model_copy(update={"reasons": reasons(c)}) for c in ordered)


def _candidate(
    model: Model,
    task: Task,
    constraints: Constraints,
    preference: Preference,
    local_engines: frozenset[str],
) -> Candidate:
    if model.price is None:
        raise ValueError(f"{model.id} has no price")
    price = model.price.price(task)
    time = estimate_time(model, task, constraints)
    quality = expected_quality(model.quality, constraints.observations.get(model.id))
    for_quality, for_cost, for_time = _WEIGHTS[preference]
    seconds = _UNKNOWN_TIME_S if time.seconds is None else time.seconds
    score = (
        for_quality * quality
        + for_cost * _on_scale(price.likely / _SMALLEST_COST, _DEAREST / _SMALLEST_COST)
        + for_time * _on_scale(seconds, _SLOWEST_S)
    )
    return Candidate(
        model_id=model.id,
        engine=model.engine,
        score=score,
        price=price,
        time=time,
        quality=round(quality, 4),
        reasons=(),
        leaves_machine=model.engine not in local_engines,
        licence=model.licence,
    )


def _on_scale(amount: float, worst: float) -> float:
    """1 for nothing, 0 for `worst`, below 0 for more. Never flat, so that the cheaper of two always wins."""
    return 1.0 - log10(1.0 + amount) / log10(1.0 + worst)


def _nobody(
    task: Task, ruled_out: list[RuledOut], affordable: list[Model], constraints: Constraints
) -> NoCandidate | BudgetExceeded:
    wanted = _wanted(task)
    reasons = [item.model_dump() for item in ruled_out]
    if affordable:
        cheapest = min(_dearest(model, task) for model in affordable)
        limits = [cap for cap in (constraints.max_cost, constraints.budget_left) if cap is not None]
        return BudgetExceeded(
            f"{wanted} may cost {format_usd(cheapest)} with the cheapest model; {_amount(min(limits))} is left for it.",
            hint="Raise the cap or the budget, or ask for a smaller result.",
            ruled_out=reasons,
            cheapest=cheapest,
            limit=min(limits),
        )
    hints = list(dict.fromkeys(item.hint for item in ruled_out if item.hint))
    nobody_knows = "No model of the catalogue knows this kind of work; add one that does."
    return NoCandidate(
        f"{wanted} cannot be done by any engine of this installation.",
        hint=" ".join(hints) or ("" if ruled_out else nobody_knows),
        ruled_out=reasons,
    )


def _wanted(task: Task) -> str:
    """`"edit" with edit crop, edit warm` in words for a message."""
    what = task.workflow.replace("_", " ").replace("/", ", ").capitalize() or task.operation
    details = sorted(feature.partition(":")[2] or feature for feature in task.features)
    return f"{what} ({', '.join(details).replace('_', ' ')})" if details else what


def _dearest(model: Model, task: Task) -> MicroUsd:
    return model.price.price(task).high if model.price is not None else 0


def _amount(micro: MicroUsd) -> str:
    """As `format_usd`, but nothing left is not called free."""
    return format_usd(micro) if micro else "$0.00"
