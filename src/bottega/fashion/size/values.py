"""Measurements of a body, size charts, and advice: plain values. Lengths are centimetres."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bottega.domain.base import Value

Measure = Literal["bust", "waist", "hip", "inseam", "height", "foot", "neck", "sleeve", "underbust"]
"""Girths of the body over light underwear (ISO 8559-1): `bust` (chest, fullest), `waist` (natural), `hip` (fullest), `neck`,
`underbust`; lengths: `inseam`, `height`, `foot` (heel to toe), `sleeve` (shoulder to wrist)."""
ChartKind = Literal["tops", "bottoms", "dresses", "outerwear", "shoes"]
For = Literal["women", "men", "unisex"]
FitWish = Literal["fitted", "regular", "loose"]

IMPORTANCE: dict[ChartKind, dict[Measure, float]] = {
    "tops": {"bust": 1.0, "waist": 0.4, "hip": 0.25, "neck": 0.4},
    "bottoms": {"waist": 1.0, "hip": 1.0},
    "dresses": {"bust": 1.0, "waist": 0.8, "hip": 0.7},
    "outerwear": {"bust": 1.0, "waist": 0.3, "hip": 0.3},
    "shoes": {"foot": 1.0},
}
"""How much each measurement decides in a kind of garment. Lengths other than the foot's do not decide a size."""


class Measurements(Value):
    """Centimetres, as the person gave them; None where not given."""

    bust: float | None = None
    waist: float | None = None
    hip: float | None = None
    inseam: float | None = None
    height: float | None = None
    foot: float | None = None
    neck: float | None = None
    sleeve: float | None = None
    underbust: float | None = None

    def given(self) -> dict[Measure, float]:
        """Those that were given, in the order of the fields."""
        values: tuple[tuple[Measure, float | None], ...] = (
            ("bust", self.bust), ("waist", self.waist), ("hip", self.hip), ("inseam", self.inseam),
            ("height", self.height), ("foot", self.foot), ("neck", self.neck), ("sleeve", self.sleeve),
            ("underbust", self.underbust),
        )  # fmt: skip
        return {name: value for name, value in values if value is not None}


class ChartSize(Value):
    """One size: what it is called in each system, and the body it is made for, (least, most) in centimetres."""

    labels: dict[str, str]
    body: dict[Measure, tuple[float, float]]

    def name(self, system: str) -> str:
        """In `system`, or in the first one that there is."""
        return self.labels.get(system) or next(iter(self.labels.values()))

    def is_called(self, label: str, system: str) -> bool:
        """Whether `label` names it in `system`: "40", "EU 40" or "eu40" for EU."""
        own, asked = self.labels.get(system, "").upper(), label.upper().replace(" ", "")
        # "32/34" stands for both.
        names = {own, *own.split("/")} - {""}
        return asked in names | {system + name for name in names}


class SizeChart(Value):
    """The sizes from small to large. `conventional`: usual practice, no standard's or maker's own table."""

    name: str
    title: str = ""
    brand: str = ""
    made_for: For = "unisex"
    kinds: tuple[ChartKind, ...]
    system: str = "EU"
    """The system its sizes are called by first."""
    source: str = ""
    conventional: bool = False
    sizes: tuple[ChartSize, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for number, size in enumerate(self.sizes, 1):
            if not size.labels or not size.body:
                raise ValueError(f"size {number} needs a label and at least one measurement")
            for measure, (low, high) in size.body.items():
                if not 0 < low <= high:
                    raise ValueError(f"size {number}: {measure} runs from {low} to {high}")
        for measure in {measure for size in self.sizes for measure in size.body}:
            middles = [sum(size.body[measure]) for size in self.sizes if measure in size.body]
            if middles != sorted(middles):
                raise ValueError(f"{measure} does not grow from size to size: list them from small to large")
        return self

    def find(self, label: str) -> ChartSize | None:
        """The size of that name: in the chart's own system first, since 38 means another size elsewhere."""
        systems = dict.fromkeys((self.system, *(name for size in self.sizes for name in size.labels)))
        return next(
            (size for system in systems for size in self.sizes if size.is_called(label, system)), None
        )


class SizeChance(Value):
    """`probability` that this size is the one the person would keep; `labels` in every system the chart knows."""

    size: str
    labels: dict[str, str]
    probability: float


class SizeAdvice(Value):
    """`size` is the likeliest, `alternatives` all with a probability over 1 %, likeliest first. `change` against the usual size.
    `between`: the two sizes when the figures lie between them. `reasons` and `missing` are sentences for a person."""

    size: str
    system: str
    labels: dict[str, str]
    alternatives: tuple[SizeChance, ...]
    change: Literal["up", "down", "same", "unknown"]
    between: tuple[str, str] | None
    confidence: float
    reasons: tuple[str, ...]
    missing: tuple[Measure, ...]
    chart: str
    source: str
    conventional: bool
    judge: Literal["measurements"] = "measurements"
