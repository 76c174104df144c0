"""What requests bring and what answers hold, as far as that is not a value of the domain itself.

Money is micro-dollars in fields of numbers; amounts that people give are dollars as text. Times are seconds
since the Unix epoch, UTC.
"""

import math
from datetime import date
from typing import Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bottega.domain.asset import Asset
from bottega.domain.base import Value
from bottega.domain.intent import Intent, IntentContext
from bottega.domain.job import Job
from bottega.domain.money import MicroUsd
from bottega.domain.plan import Plan
from bottega.domain.principal import Scope
from bottega.domain.request import InputRef, Preference, Request, Role
from bottega.models import Model
from bottega.spend import BudgetScope, BudgetUse, LedgerEntry, Period
from bottega.store.keys import ApiKey
from bottega.workflows.protocol import InputSpec

_DEEPEST = 8
_WIDEST = 2**63


def _plain(value: object, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"nested deeper than {_DEEPEST} levels")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number must be finite")
    if isinstance(value, int) and not -_WIDEST <= value < _WIDEST:
        raise ValueError("a number must fit into 64 bits")
    if isinstance(value, dict):
        _plain(list(cast("dict[str, object]", value).values()), depth)
    if isinstance(value, list):
        for item in cast("list[object]", value):
            _plain(item, depth + 1)


def _plain_object(value: dict[str, Any]) -> dict[str, Any]:
    """JSON that every database and every client can hold: finite, 64 bits, not nested without end."""
    _plain(value)
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_plain_object)]
Dollars = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,10}(\.[0-9]{1,6})?$",
        examples=["0.25"],
        description="US dollars as text, such as 0.25.",
    ),
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# --- what requests bring -------------------------------------------------------------------------------------


class InputBody(Body):
    """An asset that was uploaded before, and what it is for."""

    role: Role = Role.WORKING
    asset_id: str = Field(pattern="^[0-9a-f]{64}$")

    def ref(self) -> InputRef:
        return InputRef(role=self.role, asset_id=self.asset_id)


class SubmitBody(Body):
    """What is to be done. Without `workflow`, the sentence decides."""

    prompt: str = Field(default="", max_length=2000)
    inputs: tuple[InputBody, ...] = Field(default=(), max_length=16)
    workflow: str | None = Field(default=None, max_length=80)
    model: str | None = Field(
        default=None, max_length=200, description="The only model that may do it; without, the plan decides."
    )
    options: JsonObject = Field(
        default_factory=dict[str, Any], description="Options of the workflow; see GET /api/v1/workflows."
    )
    preference: Preference = Preference.BALANCED
    stay_local: bool = Field(
        default=False, description="Use only engines that send nothing to somebody else."
    )
    max_cost_usd: Dollars | None = Field(default=None, description="What this job may cost at most.")
    fresh: bool = Field(default=False, description="Do the work again even when the result is known.")


class SubmitForm(Body):
    """The same as a form, with files. Stored as assets before anything is decided."""

    prompt: str = ""
    workflow: str = ""
    model: str = ""
    options: str = Field(default="", description="Options of the workflow, as JSON text.")
    preference: Preference = Preference.BALANCED
    stay_local: bool = False
    max_cost_usd: Dollars | None = None
    fresh: bool = False
    image: list[bytes] = Field(default=[], description="Pictures to work on.")
    person: list[bytes] = []
    garment: list[bytes] = []
    reference: list[bytes] = []
    mask: list[bytes] = []
    clip: list[bytes] = []


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be part of a sentence")
    return text


Sentence = Annotated[str, Field(max_length=2000), AfterValidator(_no_nul)]


class ContextBody(Body):
    """How many pictures and clips are at hand, as whole numbers."""

    working_images: int = Field(default=0, ge=0, le=1000, strict=True)
    uploaded_images: int = Field(default=0, ge=0, le=1000, strict=True)
    working_videos: int = Field(default=0, ge=0, le=1000, strict=True)
    references: int = Field(default=0, ge=0, le=1000, strict=True)

    def context(self) -> IntentContext:
        return IntentContext(**dict(self))


class IntentBody(Body):
    prompt: Sentence
    context: ContextBody = ContextBody()
    classifier: Literal["rules", "embedded"] | None = Field(
        default=None, description="Another classifier than the default one."
    )


class BudgetBody(Body):
    scope: BudgetScope
    subject: str = Field(
        default="", max_length=64, description="An owner, or * for each; empty for the scope total."
    )
    period: Period
    cap_usd: Dollars


class KeyBody(Body):
    owner: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=100, description="What the key is for.")
    scopes: frozenset[Scope] = Field(default=frozenset({Scope.USER}), min_length=1)


# --- what answers hold ---------------------------------------------------------------------------------------


class FieldError(Value):
    """`location` is `body`, `query`, `path` or `header`."""

    location: str
    field: str
    message: str


class Problem(Value):
    """RFC 9457, with what an error means for money and what to do next."""

    type: str = Field(examples=["urn:bottega:problem:not-found"])
    title: str
    status: int
    detail: str
    instance: str
    code: str
    category: str
    severity: str
    hint: str
    money: str
    retryable: bool
    details: dict[str, Any]
    errors: tuple[FieldError, ...] = ()


class OutputLinks(Value):
    asset: str
    content: str
    thumbnail: str | None = None


class JobLinks(Value):
    self: str
    events: str
    cancel: str
    retry: str
    outputs: tuple[str, ...] = ()
    """Contents of what the job made, the judged one first."""


class JobAnswer(Job):
    links: JobLinks

    @classmethod
    def of(cls, job: Job) -> Self:
        here = f"/api/v1/jobs/{job.id}"
        made = job.result.outputs if job.result is not None else ()
        links = JobLinks(
            self=here,
            events=f"{here}/events",
            cancel=f"{here}/cancel",
            retry=f"{here}/retry",
            outputs=tuple(f"/api/v1/assets/{asset_id}/content" for asset_id in made),
        )
        return cls(**dict(job), links=links)


class JobList(Value):
    """`next_before` continues the list; None at its end."""

    jobs: tuple[JobAnswer, ...]
    next_before: float | None = None


class PriceAnswer(Value):
    """What the first candidate of every step costs, in micro-dollars and in words."""

    low: MicroUsd
    likely: MicroUsd
    high: MicroUsd
    basis: str
    text: str


class PlanAnswer(Value):
    """`request` is what to send to run exactly this, with the pictures that its sentence mentions among the inputs.
    `notes` are for people."""

    request: Request
    intent: Intent
    plan: Plan
    price: PriceAnswer
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: Request, intent: Intent, plan: Plan, notes: tuple[str, ...] = ()) -> Self:
        price = plan.price
        return cls(
            request=request,
            intent=intent,
            plan=plan,
            price=PriceAnswer(**dict(price), text=str(price)),
            notes=notes,
        )


class AssetAnswer(Asset):
    links: OutputLinks

    @classmethod
    def of(cls, asset: Asset) -> Self:
        here = f"/api/v1/assets/{asset.id}"
        thumbnail = f"{here}/thumbnail" if asset.media.is_picture or asset.media.is_clip else None
        return cls(
            **dict(asset), links=OutputLinks(asset=here, content=f"{here}/content", thumbnail=thumbnail)
        )


class AssetList(Value):
    """`next_before` continues the list; None at its end."""

    assets: tuple[AssetAnswer, ...]
    next_before: float | None = None


class WorkflowAnswer(Value):
    """`available`: whether some engine could do at least one of the examples now; if not, `reason` says why."""

    name: str
    title: str
    summary: str
    examples: tuple[str, ...]
    inputs: tuple[InputSpec, ...]
    options: dict[str, Any] = Field(description="JSON schema of the options.")
    available: bool
    reason: str = ""
    hint: str = ""


class WorkflowList(Value):
    workflows: tuple[WorkflowAnswer, ...]


class ModelAnswer(Value):
    """One entry of the catalogue. `usable` is about its engine, at this moment."""

    id: str
    title: str
    engine: str
    operations: tuple[str, ...]
    features: tuple[str, ...]
    quality: float
    price: str
    price_source: str = ""
    price_as_of: date | None = None
    status: str
    ends: date | None = None
    replacement: str | None = None
    licence: str = ""
    leaves_machine: bool
    usable: bool
    reason: str = ""
    hint: str = ""


class ModelList(Value):
    models: tuple[ModelAnswer, ...]


def price_in_words(model: Model) -> str:
    """`free`, `$0.04 per picture`, `$0.01 per run and $0.002 per megapixel`, `unknown`."""
    return model.price.in_words() if model.price is not None and model.price.is_known else "unknown"


class BudgetList(Value):
    """`left` is what could be spent now, in micro-dollars; None when no budget applies."""

    left: MicroUsd | None
    left_text: str
    budgets: tuple[BudgetUse, ...]


class LedgerList(Value):
    """`next_before` continues the list; None at its end."""

    entries: tuple[LedgerEntry, ...]
    next_before: int | None = None


class NewKeyAnswer(Value):
    """`secret` is shown this once and cannot be read again."""

    key_id: str
    secret: str
    owner: str
    name: str
    scopes: frozenset[Scope]


class KeyList(Value):
    keys: tuple[ApiKey, ...]


class EngineState(Value):
    usable: bool
    reason: str = ""
    hint: str = ""


class Health(BaseModel):
    """Whether this installation works; nothing in it is secret."""

    status: str
    version: str
    database: dict[str, Any]
    jobs: dict[str, int]
    runner: dict[str, Any]
    engines: dict[str, EngineState]
