"""Rules models out, scores the rest, and puts them in order. Everything it needs to know is passed in."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final, NamedTuple

from bottega.domain.money import MicroUsd, format_usd
from bottega.domain.plan import Candidate, Constraints, Observation, Plan, RuledOut, TimeEstimate
from bottega.domain.request import Preference
from bottega.domain.task import Task
from bottega.errors import BudgetExceeded, NoCandidate
from bottega.models import Catalogue, Model, use_instead
from bottega.routing.learning import Learning, believe, drift_factor, expected_quality
from bottega.routing.utility import WORTH, Trial, chosen

ANOTHER_WANTED: Final = "another model was asked for"


def make_plan(
    task: Task,
    catalogue: Catalogue,
    constraints: Constraints,
    preference: Preference,
    *,
    local_engines: frozenset[str],
    options: dict[str, Any],
    options_read: tuple[str, ...],
    model: str | None = None,
    engines: frozenset[str] | None = None,
    today: date | None = None,
    learn: Learning | None = None,
    attempts: int | None = None,
) -> Plan:
    """The candidates for a task in the order to try them, and who was ruled out and why.

    Models that do not know the task's operation are not mentioned, nor are retired ones beside others. With `model`
    (an id of the catalogue) no other may do it. `local_engines` are those of this installation that send nothing
    away; `engines` are all of it (None: those beside the local ones are taken to be there). `today` (UTC) decides whether a model has ended. Of the candidates `attempts` will be tried at
    most (None: all). The order is that of the highest expected utility, which counts what candidates cost that
    fail (`bottega.routing.utility`), under what is believed of each model, or with `learn` under one draw from it
    (`bottega.routing.learning`). No draw moves a limit: who is ruled out is the same with it and without.

    Raises BudgetExceeded when nothing but money stands in the way of at least one model, NoCandidate when
    nobody can do it; both say why for each model in `details["ruled_out"]`.
    """
    judge = partial(
        _objection,
        asked_for=model,
        task=task,
        constraints=constraints,
        local_engines=local_engines,
        engines=engines,
        today=today or datetime.now(UTC).date(),
    )
    knowing = [entry for entry in catalogue if task.operation in entry.operations]
    if model is not None and all(entry.id != model for entry in knowing):
        raise _cannot(task, model, catalogue)
    # What is long gone is not worth a word, unless there is nothing else or somebody names it.
    able = [entry for entry in knowing if entry.status != "retired" or entry.id == model] or knowing
    ruled_out: list[RuledOut] = []
    fit: list[Model] = []
    for entry in able:
        objection = judge(entry)
        if objection is None:
            fit.append(entry)
        else:
            reason, hint = objection
            ruled_out.append(RuledOut(model_id=entry.id, engine=entry.engine, reason=reason, hint=hint))
    if not fit:
        free_of_money = constraints.model_copy(update={"budget_left": None, "max_cost": None})
        affordable = [entry for entry in able if judge(entry, constraints=free_of_money) is None]
        raise _nobody(task, ruled_out, affordable, constraints)
    ranking = _Ranking(task, constraints, preference, local_engines, learn, attempts)
    return Plan(
        workflow=task.workflow,
        options=options,
        options_read=options_read,
        candidates=ranking.candidates(fit),
        ruled_out=tuple(ruled_out),
    )


def estimate_time(model: Model, task: Task, constraints: Constraints) -> TimeEstimate:
    """Seconds for one attempt: fixed part + per megapixel x the larger of input and output megapixels; a measured
    one is scaled by how the latest runs differ from the fit to all of them."""
    megapixels = max(constraints.megapixels, task.output_megapixels)
    seen = constraints.observations.get(model.id)
    if seen is not None and seen.samples >= 1:
        seconds = seen.seconds_fixed + seen.seconds_per_megapixel * megapixels
        seconds *= drift_factor(seen)
        return TimeEstimate(seconds=max(seconds, 0.0), basis="measured", samples=seen.samples)
    if model.seconds_fixed is None and model.seconds_per_megapixel is None:
        return TimeEstimate()
    seconds = (model.seconds_fixed or 0.0) + (model.seconds_per_megapixel or 0.0) * megapixels
    return TimeEstimate(seconds=seconds, basis="prior")


def _objection(
    model: Model,
    *,
    asked_for: str | None,
    task: Task,
    constraints: Constraints,
    local_engines: frozenset[str],
    engines: frozenset[str] | None,
    today: date,
) -> tuple[str, str] | None:
    """Why the model cannot be used for the task (reason, hint), or None. What cannot be helped comes first."""
    if asked_for is not None and model.id != asked_for:
        return ANOTHER_WANTED, ""
    lacking = model.lacks(task)
    if lacking:
        return lacking, ""
    return (
        _ended(model, today)
        or _licence_forbids(model, constraints)
        or _out_of_reach(model, constraints, local_engines, engines)
        or _too_dear(model, task, constraints)
        or _too_slow(model, task, constraints)
    )


def _ended(model: Model, today: date) -> tuple[str, str] | None:
    hint = use_instead(model.replacement)
    if model.ends is not None and model.ends < today:
        return f"ended on {model.ends.isoformat()}", hint
    return ("is retired", hint) if model.status == "retired" else None


def _licence_forbids(model: Model, constraints: Constraints) -> tuple[str, str] | None:
    if model.commercial_use or constraints.restricted_licences:
        return None
    return (
        f"its licence ({model.licence or 'not named'}) forbids commercial use",
        "Set BOTTEGA_RESTRICTED_LICENCES=true if yours is none.",
    )


def _out_of_reach(
    model: Model, constraints: Constraints, local_engines: frozenset[str], engines: frozenset[str] | None
) -> tuple[str, str] | None:
    is_local = model.engine in local_engines
    if constraints.stay_local and not is_local:
        return "would send the work to another machine", "Allow work to leave this machine."
    if engines is not None and model.engine not in engines | local_engines:
        return f"its engine {model.engine} is not part of this installation", ""
    return constraints.unavailable.get(model.engine) or constraints.resting.get(model.id)


def _too_dear(model: Model, task: Task, constraints: Constraints) -> tuple[str, str] | None:
    if model.price is None or not model.price.is_known:
        return "has no price, so it cannot be budgeted", "Give its price in the catalogue."
    if not model.price.can_be_held:
        return (
            "has a price, but not what a call uses of it at most, so it cannot be budgeted",
            "Give the expected use with its price in the catalogue.",
        )
    dearest = model.price_of(task).high
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


TIERS: Final[dict[Preference, tuple[str, ...]]] = {
    Preference.SPEED: ("fast", "balanced", "best", "plain"),
    Preference.BALANCED: ("balanced", "fast", "best", "plain"),
    Preference.QUALITY: ("best", "balanced", "fast", "plain"),
}
"""In the order in which they are tried."""


class _Ranked(NamedTuple):
    candidate: Candidate
    trial: Trial
    """As drawn, or as believed where nothing is drawn."""
    believed: float
    """The reservation value without the dice."""


class _Ranking(NamedTuple):
    """How the models that are left are put in order."""

    task: Task
    constraints: Constraints
    preference: Preference
    local_engines: frozenset[str]
    learn: Learning | None
    attempts: int | None

    def candidates(self, models: list[Model]) -> tuple[Candidate, ...]:
        ranked = [self._rank(model) for model in models]
        tiers = {model.id: model.tier for model in models if model.tier is not None}
        ordered = self._by_tier(self._in_order(ranked), tiers)
        first_believed = min(ranked, key=lambda r: (-r.believed, r.candidate.model_id)).candidate.model_id
        explores = (
            self.learn is not None
            and self.learn.enabled
            and ordered[0].model_id != first_believed
            and not {ordered[0].model_id, first_believed} <= tiers.keys()
        )
        return tuple(
            c.model_copy(update={"reasons": self._reasons(c, ordered, explores=explores and c is ordered[0])})
            for c in ordered
        )

    def _by_tier(self, ordered: list[Candidate], tiers: dict[str, str]) -> list[Candidate]:
        """Those that are one work in several tiers change places among themselves: first the tier of the preference."""
        wanted = TIERS[self.preference]
        places = [place for place, c in enumerate(ordered) if c.model_id in tiers]
        turned = sorted((ordered[p] for p in places), key=lambda c: wanted.index(tiers[c.model_id]))
        result = list(ordered)
        for place, candidate in zip(places, turned, strict=True):
            result[place] = candidate.model_copy(update={"score": ordered[place].score})
        return result

    def _rank(self, model: Model) -> _Ranked:
        seen = self.constraints.observations.get(model.id)
        price = model.price_of(self.task)
        time = estimate_time(model, self.task, self.constraints)
        worth = WORTH[self.preference]
        dice = self.learn.dice(model.id) if self.learn is not None else None
        believed = Trial.of(believe(model.quality, price, time, seen, None), worth)
        trial = Trial.of(believe(model.quality, price, time, seen, dice), worth) if dice else believed
        candidate = Candidate(
            model_id=model.id,
            engine=model.engine,
            score=trial.reservation,
            price=price,
            time=time,
            quality=round(expected_quality(model.quality, seen), 4),
            reasons=(),
            leaves_machine=model.engine not in self.local_engines,
            licence=model.licence,
        )
        return _Ranked(candidate, trial, believed.reservation)

    def _in_order(self, ranked: list[_Ranked]) -> list[Candidate]:
        """The chosen ones by reservation value; then those for which there will be no attempt left, which are
        worth no more in their place than the one before them."""
        by_value = sorted(ranked, key=lambda r: (-r.trial.reservation, r.candidate.model_id))
        picks = chosen([r.trial for r in by_value], self.attempts)
        first = [r.candidate for r, picked in zip(by_value, picks, strict=True) if picked]
        rest = [r.candidate for r, picked in zip(by_value, picks, strict=True) if not picked]
        least = first[-1].score if first else rest[0].score
        return first + [c.model_copy(update={"score": min(c.score, least)}) for c in rest]

    def _reasons(self, c: Candidate, others: list[Candidate], *, explores: bool) -> tuple[str, ...]:
        seen = self.constraints.observations.get(c.model_id, Observation())
        several = len(others) > 1
        known = [other.time.seconds for other in others if other.time.seconds is not None]
        stated = (
            (c.price.high == 0, "free"),
            (not c.leaves_machine, "runs on this machine"),
            (several and c.quality == max(o.quality for o in others), "best quality of those available"),
            (
                several and c.price.high == min(o.price.high for o in others) > 0,
                "cheapest of those available",
            ),
            (
                several and c.time.seconds is not None and c.time.seconds == min(known),
                "fastest of those available",
            ),
            (seen.judged > 0, f"{seen.accepted} of {seen.judged} results accepted here"),
            (explores, "tried to learn how good it is now"),
            (not several, "the only one available"),
        )
        return tuple(words for holds, words in stated if holds)


def _cannot(task: Task, model_id: str, catalogue: Catalogue) -> NoCandidate:
    """For a model that was asked for by name and does not know the work at all."""
    known = catalogue.get(model_id)
    if known is None:
        return NoCandidate(
            f"There is no model {model_id[:80]!r} in the catalogue.",
            hint="See `bottega models list`, or leave the choice open.",
        )
    reason = known.lacks(task) or "does not do this"
    return NoCandidate(
        f"{model_id} {reason}.",
        hint="Ask for another model, or leave the choice open.",
        ruled_out=[RuledOut(model_id=known.id, engine=known.engine, reason=reason).model_dump()],
    )


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
    nobody_knows = "No model of the catalogue knows this kind of work; add one that does."
    return NoCandidate(
        f"{wanted} cannot be done by any engine of this installation.",
        hint=_what_helps(ruled_out) or ("" if ruled_out else nobody_knows),
        ruled_out=reasons,
    )


def _what_helps(ruled_out: list[RuledOut]) -> str:
    """The hints of all models, each once; not the one to take a model that is ruled out itself."""
    no_way = {use_instead(item.model_id) for item in ruled_out if item.reason != ANOTHER_WANTED}
    hints = [hint for hint in dict.fromkeys(item.hint for item in ruled_out) if hint and hint not in no_way]
    return f"Any one of these helps. {' '.join(hints)}" if len(hints) > 1 else "".join(hints)


def _wanted(task: Task) -> str:
    """`"edit" with edit crop, edit warm` in words for a message."""
    what = task.workflow.replace("_", " ").replace("/", ", ").capitalize() or task.operation
    details = sorted(feature.partition(":")[2] or feature for feature in task.features)
    return f"{what} ({', '.join(details).replace('_', ' ')})" if details else what


def _dearest(model: Model, task: Task) -> MicroUsd:
    return model.price_of(task).high if model.price is not None else 0


def _amount(micro: MicroUsd) -> str:
    """As `format_usd`, but nothing left is not called free."""
    return format_usd(micro) if micro else "$0.00"
