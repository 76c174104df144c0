"""The quality check of a result: measures, thresholds, accepted or why not."""

from enum import StrEnum
from typing import Literal

from bottega.domain.base import Value


class VerdictState(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_JUDGED = "not judged"


class Criterion(Value):
    """A threshold on one measure, and the sentence a person reads when it is missed."""

    measure: str
    rule: Literal["at_least", "at_most"]
    threshold: float
    why: str


class Rubric(Value):
    """What a workflow's result must satisfy. `source` names the role that the result is compared with."""

    name: str
    criteria: tuple[Criterion, ...]
    compare_with_source: bool = False


class Measure(Value):
    name: str
    value: float
    threshold: float
    rule: Literal["at_least", "at_most"]
    passed: bool
    why: str


class Verdict(Value):
    """`score` is the share of the criteria met, 0 to 1; None when nothing was judged."""

    state: VerdictState
    rubric: str
    measures: tuple[Measure, ...] = ()
    score: float | None = None
    reason: str = ""

    @property
    def accepted(self) -> bool:
        return self.state is VerdictState.ACCEPTED
