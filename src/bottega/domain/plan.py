"""Who could do it, at what price, in which order; and who was ruled out and why."""

from typing import Any, Optional

from pydantic import Field

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd, Price, total
from bottega.domain.request import Role


class TimeEstimate(Value):
    """Seconds for one attempt. `basis` is `measured` (this machine's own history, `samples` runs),
    `prior` (the catalogue) or `unknown` (never run here and no prior: `seconds` is None)."""

    seconds: float | None = None
    basis: str = "unknown"
    samples: int = 0

    def __str__(self) -> str:
        if self.seconds is None:
            return "not measured yet"
        mark = "" if self.basis == "measured" else " (catalogue)"
        return (f"{self.seconds:.1f} s" if self.seconds < 90 else f"{self.seconds / 60:.0f} min") + mark


class Candidate(Value):
    model_id: str
    engine: str
    score: float
    """What the candidate is worth in its place, in USD; the plan has the highest first."""
    price: Price
    time: TimeEstimate
    quality: float
    """Expected quality, 0 to 1."""
    reasons: tuple[str, ...]
    leaves_machine: bool
    """Whether pictures and prompt are sent to somebody else."""
    licence: str = ""


class RuledOut(Value):
    model_id: str
    engine: str
    reason: str
    hint: str = ""


class VisionLooks(Value):
    """What a vision model sees of the work, and what it is paid for it at most.

    `models`: the one that is asked, then those that are asked where it cannot be; `sent_to`: their vendors, where they are
    not this machine.
    """

    models: tuple[str, ...]
    sent_to: tuple[str, ...]
    before: Price = Price()
    """For looks at the given pictures, once before the work."""
    each: Price = Price()
    """For the look at an attempt's result; nothing is shown that the measures refuse."""


class Plan(Value):
    """`first` is the candidate that is tried first; `steps` are this plan and those before it, in the order of the work.

    `price`, `time`, `most` and `sent_to` are those of all steps together.
    """

    workflow: str
    options: dict[str, Any]
    """The workflow's options in full: given, read from the sentence, defaults."""
    options_read: tuple[str, ...] = ()
    """Names of the options that were read from the sentence."""
    candidates: tuple[Candidate, ...]
    ruled_out: tuple[RuledOut, ...] = ()
    before: Optional["Plan"] = None
    """The plan of the step that makes what this one works on, with candidates and prices of its own."""
    prompt: str = ""
    """What is asked for in a step before; empty: the request's own sentence."""
    role: Role | None = None
    """The role in which the result of a step before goes into the next one."""
    looks: VisionLooks | None = None
    """Of a vision model at this step's pictures; None: nobody is asked."""

    @property
    def first(self) -> Candidate:
        return self.candidates[0]

    @property
    def steps(self) -> tuple["Plan", ...]:
        return (*(self.before.steps if self.before is not None else ()), self)

    @property
    def price(self) -> Price:
        """What it costs with the first candidate of every step, and with the looks of a vision model."""
        return total([*(step.first.price for step in self.steps), self.price_of_looks(1)])

    def price_of_looks(self, attempts: int) -> Price:
        """Of a vision model's looks at all steps, with so many attempts at each."""
        looks = [step.looks for step in self.steps if step.looks is not None]
        return total(price for look in looks for price in (look.before, *[look.each] * attempts))

    @property
    def time(self) -> TimeEstimate:
        """With the first candidate of every step; unknown where one of them is."""
        if self.before is None:
            return self.first.time
        times = [step.first.time for step in self.steps]
        known = [time.seconds for time in times if time.seconds is not None]
        if len(known) < len(times):
            return TimeEstimate()
        basis = "measured" if all(time.basis == "measured" for time in times) else "prior"
        return TimeEstimate(seconds=sum(known), basis=basis, samples=min(time.samples for time in times))

    @property
    def cheapest(self) -> MicroUsd:
        """What must be there for this step at least: the most that its cheapest candidate may cost."""
        return min(one.price.high for one in self.candidates)

    @property
    def least(self) -> MicroUsd:
        """What must be there at least, for every step."""
        return sum(step.cheapest for step in self.steps)

    def most(self, attempts: int) -> MicroUsd:
        """What so many attempts at every step may cost together, with the looks of a vision model."""
        tried = sum(one.price.high for step in self.steps for one in step.candidates[:attempts])
        return tried + self.price_of_looks(attempts).high

    @property
    def sent_to(self) -> tuple[str, ...]:
        """The engines beyond this machine that a candidate of any step sends something to, in the order of the plan."""
        away = (one.engine for step in self.steps for one in step.candidates if one.leaves_machine)
        return tuple(dict.fromkeys(away))

    @property
    def shown_to(self) -> tuple[str, ...]:
        """The vendors beyond this machine whose vision models look at pictures of any step."""
        looks = (step.looks for step in self.steps if step.looks is not None)
        return tuple(dict.fromkeys(vendor for look in looks for vendor in look.sent_to))


class LogAmounts(Value):
    """Positive amounts on the scale of the natural logarithm, each with its weight; `weight` is their sum, `mean`
    and `variance` are those of the weighted logarithms."""

    weight: float = Field(ge=0)
    mean: float
    variance: float = Field(ge=0)


class Observation(Value):
    """What this installation knows of a model from its own runs of a workflow.

    `accepted` and `judged` are plain counts, for people. The weights count the same verdicts with older ones for
    less, and failed attempts as not accepted; None: the plain counts are all there is.
    """

    samples: int = 0
    seconds_fixed: float = 0.0
    seconds_per_megapixel: float = 0.0
    accepted: int = 0
    """How many of the judged results were accepted."""
    judged: int = 0
    accepted_weight: float | None = Field(default=None, ge=0)
    judged_weight: float | None = Field(default=None, ge=0)
    seconds_ratio: LogAmounts | None = None
    """Measured seconds over those of the fit above: what has changed since, and how much they scatter."""
    costs: LogAmounts | None = None
    """Micro-dollars per attempt that was charged for."""


class Constraints(Value):
    """Everything routing needs to know about the world; the caller gathers it, routing asks nobody.

    `budget_left` in micro-dollars, None when nothing caps it. `observations` by `model_id`. `unavailable`
    maps an engine to why it cannot be used now.
    """

    budget_left: MicroUsd | None = None
    max_cost: MicroUsd | None = None
    stay_local: bool = False
    deadline_s: float | None = None
    megapixels: float = 0.0
    unavailable: dict[str, tuple[str, str]] = Field(default_factory=dict[str, tuple[str, str]])
    """engine name -> (reason, hint)"""
    resting: dict[str, tuple[str, str]] = Field(default_factory=dict[str, tuple[str, str]])
    """model id -> (reason, hint), for models that are left alone for a while"""
    restricted_licences: bool = False
    """Whether models whose licence forbids commercial use may be planned."""
    observations: dict[str, Observation] = Field(default_factory=dict[str, Observation])
