"""What a try-on is asked for and what it gives: options, the result with its report, and the refusal."""

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InputError, InvalidOption
from bottega.fashion.findings import Finding
from bottega.fashion.person.values import PersonParse
from bottega.imaging.picture import U8

Bool = NDArray[np.bool_]
Fit = Literal["fitted", "regular", "loose"]
Tucked = Literal["auto", "in", "out"]
SleeveWish = Literal["as_is", "rolled"]
Category = Literal["auto", "top", "bottom", "dress", "outerwear"]

ENGINE = "geometric preview"
VERSION = "1"


@dataclass(frozen=True, slots=True)
class TryOnOptions:
    """`category` "auto" takes the garment's own kind. Raises InvalidOption for a value that is none of these."""

    fit: Fit = "regular"
    tucked: Tucked = "auto"
    sleeves: SleeveWish = "as_is"
    category: Category = "auto"

    def __post_init__(self) -> None:
        for name, allowed in (
            ("fit", Fit),
            ("tucked", Tucked),
            ("sleeves", SleeveWish),
            ("category", Category),
        ):
            if getattr(self, name) not in get_args(allowed):
                raise InvalidOption(
                    f"{name} is {getattr(self, name)!r}; it takes {', '.join(get_args(allowed))}.",
                    hint="Choose one of them.",
                )


class TryOnRefused(InputError):
    """A picture that the geometric engine would spoil; `reasons` are the findings that stop it."""

    code = "tryon_refused"
    title = "This garment cannot be shown on this photograph here"

    def __init__(self, reasons: tuple[Finding, ...]) -> None:
        first = reasons[0]
        super().__init__(
            first.message,
            hint=first.fix,
            reasons=[reason.model_dump(mode="json") for reason in reasons],
        )
        self.reasons = reasons

    def __reduce__(self) -> tuple[type["TryOnRefused"], tuple[tuple[Finding, ...]]]:
        return type(self), (self.reasons,)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a result: `value` in the unit that its name says, `score` 0 to 1 or None where it could not be
    measured."""

    name: str
    value: float
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition without which nothing else counts. `passed` None: it could not be judged, and `message` says why."""

    name: str
    passed: bool | None
    value: float
    limit: float
    message: str


WEIGHTS = {"realism": 0.3, "fit": 0.3, "light": 0.2, "proportions": 0.2}
THRESHOLD = 0.7


@dataclass(frozen=True, slots=True)
class TryOnVerdict:
    """`gates` come first; then the four parts, each 0 to 1, None where nothing of it could be measured."""

    gates: tuple[Gate, ...]
    realism: float | None
    fit: float | None
    light: float | None
    proportions: float | None
    measures: tuple[Measure, ...] = ()
    threshold: float = THRESHOLD

    @property
    def score(self) -> float | None:
        """Weighted mean of the parts that were measured; None when realism or fit were not."""
        if self.realism is None or self.fit is None:
            return None
        known = {name: getattr(self, name) for name in WEIGHTS if getattr(self, name) is not None}
        return sum(WEIGHTS[name] * value for name, value in known.items()) / sum(
            WEIGHTS[name] for name in known
        )

    @property
    def gates_passed(self) -> bool:
        return all(gate.passed is not False for gate in self.gates)

    @property
    def accepted(self) -> bool | None:
        """None: it could not be judged, and the caller's policy decides."""
        if not self.gates_passed:
            return False
        return None if self.score is None else self.score >= self.threshold

    @property
    def failed(self) -> tuple[str, ...]:
        return tuple(gate.name for gate in self.gates if gate.passed is False)

    @property
    def not_judged(self) -> tuple[str, ...]:
        """The gates for which something was missing."""
        return tuple(gate.name for gate in self.gates if gate.passed is None)


@dataclass(frozen=True, slots=True)
class TryOn:
    """`rgb`: H x W x 3 uint8. `edit_mask`: H x W, True where pixels may differ from the photograph. `layer`: H x W x 4
    uint8 RGBA, the fitted garment alone before anything lies over it. `garment_mask`: H x W, True where the garment is
    seen. `person`: what was found in the photograph. `report`: plain values, JSON-ready."""

    rgb: U8
    edit_mask: Bool
    layer: U8
    garment_mask: Bool
    person: PersonParse
    verdict: TryOnVerdict
    report: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def score(self) -> float | None:
        return self.verdict.score
