"""What a fit analysis says: its values and its sentences, which speak of the garment and never of the body."""

from typing import Literal

from pydantic import Field

from bottega.domain.base import Value
from bottega.fashion.findings import Judge
from bottega.fashion.size.values import SizeAdvice

FitCode = Literal[
    "shoulder_overhang", "shoulder_narrow", "sleeve_long", "sleeve_short", "hem_long", "hem_short", "tight", "loose",
    "pulling", "uneven",
]  # fmt: skip


class FitIssue(Value):
    """`severity` 0 to 1; `measured` names the figures with their units."""

    code: FitCode
    message: str
    advice: str
    severity: float
    confidence: float
    measured: dict[str, float]


class FitAnalysis(Value):
    """`verdict` and `score` are None where the picture shows too little, with the `reason`. `size_suggestion` is "unknown"
    without measurements and a chart: a photograph has no scale."""

    verdict: Literal["excellent", "good", "fair", "poor"] | None
    score: float | None
    issues: tuple[FitIssue, ...] = ()
    recommendations: tuple[str, ...] = ()
    size_suggestion: Literal["size_up", "size_down", "perfect_fit", "unknown"] = "unknown"
    size: SizeAdvice | None = None
    style_compatibility: str = ""
    measured: dict[str, float] = Field(default_factory=dict)
    confidence: float = 0.0
    reason: str = ""
    judges: tuple[Judge, ...] = ("classical",)


TEXTS: dict[FitCode, tuple[str, str]] = {
    "shoulder_overhang": ("The shoulder seam lies beyond the shoulder.", "Look for a cut with narrower shoulders, unless a dropped shoulder is wanted."),
    "shoulder_narrow": ("The shoulder seam lies inside the shoulder.", "Look for a cut with wider shoulders or a raglan sleeve."),
    "sleeve_long": ("The sleeve ends further down than its kind usually does.", "Turn the cuff up, or have the sleeve shortened."),
    "sleeve_short": ("The sleeve ends higher than its kind usually does.", "Look for the tall version, or wear it pushed up."),
    "hem_long": ("The hem ends further down than its kind usually does.", "Tuck it in, or have the hem taken up."),
    "hem_short": ("The hem ends higher than its kind usually does.", "Pair it with a high waist, or look for the tall version."),
    "tight": ("The garment leaves little room at the chest.", "Look for a wider cut or a stretch cloth."),
    "loose": ("The garment leaves much room at the chest.", "Look for a straighter cut, unless the width is wanted; a belt gathers it."),
    "pulling": ("Folds run sideways on both sides: the cloth pulls.", "Look for more width where the folds start."),
    "uneven": ("The garment sits differently on the left and the right.", "Straighten it and take the photo again."),
}  # fmt: skip
