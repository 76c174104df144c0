"""What a check of a picture found: a stable code, what it means, and one sentence on how to mend it."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from bottega.domain.base import Value

Judge = Literal["classical", "vision_model", "measurements"]
"""Who says so: measures of this machine, a vision-language model, or figures that the user gave."""


class Grave(StrEnum):
    """What a finding means for the work that was asked for."""

    STOPS = "stops"
    """It cannot be done with this picture."""
    HARMS = "harms"
    """It can be done; the result will suffer."""
    NOTE = "note"


class Finding(Value):
    """`code` is stable and part of the API, e.g. `no_person`, `too_dark`, `garment_worn`."""

    code: str
    grave: Grave
    message: str
    """What is the case, in one sentence for a person."""
    fix: str = ""
    """What to do about it, in one sentence for a person."""
    confidence: float = 1.0
    judge: Judge = "classical"
    measured: dict[str, Any] = Field(default_factory=dict)
    """The figures behind it, each with its unit in its name."""


CLEAR = 0.75
"""From this confidence on, a reason to stop is no matter of doubt."""
STOPS_EVERY_ENGINE = frozenset({"not_a_garment", "unsafe"})
"""Codes for which a generative engine is not asked either, where they are clear: with a picture of no garment it may
undress the person. All others concern the geometric engine, which copies the cloth and needs it cut out."""
STOPS_IN_DOUBT = frozenset({"possible_child"})
"""Nobody who may be a child is dressed and undressed by an engine."""


class Check(Value):
    """The findings about one picture; `usable` when none of them stops the work.

    Two strictnesses: `usable` is that of the geometric engine; `refused` holds what stops a generative one as well.
    """

    findings: tuple[Finding, ...] = ()
    judges: tuple[Judge, ...] = ("classical",)

    @property
    def usable(self) -> bool:
        return not any(finding.grave is Grave.STOPS for finding in self.findings)

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What stops every engine; what is only doubtful is a warning there, but for `STOPS_IN_DOUBT`."""
        return tuple(
            finding
            for finding in self.findings
            if finding.code in STOPS_IN_DOUBT
            or (finding.code in STOPS_EVERY_ENGINE and finding.confidence >= CLEAR)
        )

    def with_codes(self, *codes: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.code in codes)
