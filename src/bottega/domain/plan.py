"""Who could do it, at what price, in which order; and who was ruled out and why."""

from typing import Any

from pydantic import Field

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd, Price


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


class Plan(Value):
    workflow: str
    options: dict[str, Any]
    """The workflow's options in full: given, read from the sentence, defaults."""
    options_read: tuple[str, ...] = ()
    """Names of the options that were read from the sentence."""
    candidates: tuple[Candidate, ...]
    ruled_out: tuple[RuledOut, ...] = ()

    @property
    def first(self) -> Candidate:
        return self.candidates[0]


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
