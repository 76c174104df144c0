"""Reads the catalogue and answers what a model can do. What it costs is a price model's answer."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Self, cast

from pydantic import Field, ValidationError, model_validator

from bottega.domain.base import Value
from bottega.domain.money import MICRO, MicroUsd, Price
from bottega.domain.request import Role
from bottega.domain.task import Task
from bottega.errors import InvalidOption
from bottega.models.limits import SizeLimits
from bottega.models.prices import PriceModel, ordered_seconds
from bottega.models.tokens import Expected

LicenceClass = Literal["open", "commercial-terms", "non-commercial"]
"""Of the model: an open licence, the vendor's terms of a paid service, or one that forbids commercial use."""

_GPU_SLOWER = 4
"""A hold for a local run takes so many times its usual seconds."""


class PriceChange(Value):
    """A price that is announced for a day."""

    since: date
    price: PriceModel


class Model(Value):
    """One entry: an engine's model, what it can do, what it costs, until when.

    `operations` and `features` are matched against a task's; a feature that ends in `:*` matches every
    refinement (`style:*`). The names are explained in `catalogue.toml`. `quality` is the prior of expected quality,
    0 to 1. Limits that are left out are none.
    """

    id: str
    engine: str
    title: str
    remote: str = ""
    """The vendor's name of the model; without one, what follows the first slash of `id`."""
    family: str = ""
    """Models that read the same prompts, such as `flux-kontext`; the name in `Task.prompts`."""
    output: Literal["image", "clip", "text", "file"] = "image"
    operations: frozenset[str]
    features: frozenset[str] = frozenset()
    quality: float = Field(ge=0, le=1)
    price: PriceModel | None = None
    price_changes: tuple[PriceChange, ...] = ()
    seconds_fixed: float | None = None
    seconds_per_megapixel: float | None = None
    max_output_megapixels: float | None = None
    max_input_megapixels: float | None = None
    min_inputs: int = Field(default=0, ge=0)
    max_inputs: int | None = None
    """Pictures beside a mask."""
    needs: frozenset[Role] = frozenset()
    """Inputs without which it cannot work, such as a mask."""
    sizes: SizeLimits | None = None
    max_seconds: float | None = None
    """Longest clip."""
    max_prompt: int | None = None
    """Characters."""
    fields: dict[str, str] = Field(default_factory=dict[str, str])
    """What the vendor calls our inputs and parameters, where it differs from model to model; a list ends in `[]`."""
    fixed: dict[str, Any] = Field(default_factory=dict[str, Any])
    """What is sent to the vendor with every call."""
    blocked: str = ""
    """Why nothing here can call it yet."""
    needs_version: bool = False
    """The vendor runs it only by a pinned version (`owner/name:version` in `remote`)."""
    uses_gpu: bool = False
    tier: Literal["plain", "fast", "balanced", "best"] | None = None
    """Of models that are one work at several costs: which of them it is. A preference takes its own; nothing is tried out
    between them."""
    status: Literal["active", "deprecated", "retired"] = "active"
    ends: date | None = None
    replacement: str | None = None
    licence: str = ""
    licence_class: LicenceClass = "open"
    version: str = "1"
    """Part of the cache key: raise it when the model's output changes."""
    source_type: str = "trainedAlgorithmicMedia"
    """IPTC digital source type of what it makes."""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, entry: Any) -> Any:
        if isinstance(entry, dict):
            given = cast("dict[str, Any]", entry)
            if not given.get("remote") and isinstance(given.get("id"), str):
                return given | {"remote": given["id"].partition("/")[2]}
        return entry  # pyright: ignore[reportUnknownVariableType]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max_inputs is not None and self.min_inputs > self.max_inputs:
            raise ValueError("min_inputs is more than max_inputs")
        return self

    @property
    def commercial_use(self) -> bool:
        """Whether its licence lets results be used commercially."""
        return self.licence_class != "non-commercial"

    @property
    def estimated(self) -> bool:
        """Whether its price is an estimate."""
        return self.price is not None and self.price.estimated

    def lacks(self, task: Task) -> str | None:
        """Why this model cannot do the task (as `fitted`), or None when it can."""
        task = self.fitted(task)
        if task.operation not in self.operations:
            return f"does not do {task.operation}"
        if self.blocked:
            return self.blocked
        if self.needs_version and ":" not in self.remote:
            return (
                f"runs by a pinned version only; give it as remote = '{self.remote}:VERSION' in the catalogue"
            )
        return self._missing_feature(task) or self._wrong_inputs(task) or self._too_much(task)

    def fitted(self, task: Task) -> Task:
        """The task as this model is given it: a clip of the next length that it makes, where it does not make the one
        that was asked for. Never a shorter one, nor one of more than half as long again."""
        asked = next((f.partition(":")[2] for f in task.features if f.startswith("duration:")), "")
        if not asked.isdecimal() or {f"duration:{asked}", "duration:*"} & self.features:
            return task
        offered = sorted(int(f[9:]) for f in self.features if f.startswith("duration:") and f[9:].isdecimal())
        longer = next((n for n in offered if int(asked) < n <= 1.5 * int(asked)), None)
        if longer is None:
            return task
        return task.model_copy(
            update={
                "features": task.features - {f"duration:{asked}"} | {f"duration:{longer}"},
                "parameters": {**task.parameters, "seconds": longer},
            }
        )

    def price_of(self, task: Task) -> Price:
        """What one attempt at the task costs, as `fitted`. Raises ValueError for a model without a price."""
        if self.price is None:
            raise ValueError(f"{self.id} has no price")
        return self.price.price(self.fitted(task))

    def _missing_feature(self, task: Task) -> str | None:
        for feature in sorted(task.features):
            family, _, refinement = feature.partition(":")
            if feature not in self.features and f"{family}:*" not in self.features:
                return f"does not offer {feature.replace(':', ' ').replace('_', ' ')}"
            if family == "size" and self.sizes and (objection := self.sizes.objection(refinement)):
                return objection
        return None

    def _wrong_inputs(self, task: Task) -> str | None:
        given = {item.role for item in task.inputs}
        if absent := sorted(self.needs - given):
            return f"needs a {absent[0].value} picture"
        count = sum(item.role is not Role.MASK for item in task.inputs)
        if self.max_inputs is not None and count > self.max_inputs:
            return f"takes at most {self.max_inputs} pictures, {count} were given"
        if count < self.min_inputs:
            return f"needs {self.min_inputs} pictures, {count or 'none'} were given"
        largest = max((item.media.megapixels for item in task.inputs), default=0.0)
        if self.max_input_megapixels is not None and largest > self.max_input_megapixels:
            return (
                f"takes pictures of at most {self.max_input_megapixels:g} megapixels, one has {largest:.1f}"
            )
        return None

    def _too_much(self, task: Task) -> str | None:
        if self.max_output_megapixels is not None and task.output_megapixels > self.max_output_megapixels:
            return (
                f"makes at most {self.max_output_megapixels:g} megapixels, "
                f"{task.output_megapixels:.1f} were asked for"
            )
        seconds = ordered_seconds(task)
        if self.max_seconds is not None and seconds is not None and seconds > self.max_seconds:
            return f"makes clips of at most {self.max_seconds:g} s, {seconds:g} s were asked for"
        length = len(task.prompt_for(self.family))
        if self.max_prompt is not None and length > self.max_prompt:
            return f"reads at most {self.max_prompt} characters, the description has {length}"
        return None

    def on(self, day: date) -> "Model":
        """As it is on a day: with the last of the price changes that have come by then."""
        due = [change for change in self.price_changes if change.since <= day]
        if not due:
            return self
        return self.model_copy(update={"price": max(due, key=lambda change: change.since).price})

    def with_gpu_price(self, per_second: MicroUsd) -> "Model":
        """As it is where a second of this machine's GPU has a price: work that was free is billed by the second.

        The seconds that are expected are the entry's own; a hold takes four times as many. One without them stays
        free, because nobody could say what it costs at most.
        """
        fixed, growing = Decimal(str(self.seconds_fixed or 0)), Decimal(str(self.seconds_per_megapixel or 0))
        is_free = self.price is not None and self.price.free
        if not (self.uses_gpu and is_free and per_second and fixed + growing):
            return self
        price = PriceModel(
            per_gpu_second=str(Decimal(per_second) / MICRO),
            gpu_seconds_expected=_about(fixed),
            gpu_seconds_per_megapixel=_about(growing),
            source="BOTTEGA_GPU_SECOND_PRICE",
            estimated=True,
        )
        return self.model_copy(update={"price": price})


def _about(seconds: Decimal) -> Expected:
    return Expected(low=seconds / 2, likely=seconds, high=seconds * _GPU_SLOWER)


class Catalogue:
    """All models by id, in the order of the files."""

    def __init__(self, models: list[Model]) -> None:
        self._models = {model.id: model for model in models}

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def __len__(self) -> int:
        return len(self._models)

    def get(self, model_id: str) -> Model | None:
        return self._models.get(model_id)

    def __getitem__(self, model_id: str) -> Model:
        return self._models[model_id]


def load_catalogue(
    user_file: Path | None = None,
    *,
    today: date | None = None,
    gpu_second_price: MicroUsd | None = None,
) -> Catalogue:
    """The built-in catalogue, with the user's own entries added or put in place of those with the same id.

    Prices are those of `today` (UTC). `gpu_second_price` in micro-dollars puts a price on local models that use
    the GPU. Raises InvalidOption that names the entry and the field when a file is wrong.
    """
    folder = resources.files("bottega.models")
    files = [folder.joinpath("catalogue.toml")]
    files += sorted(folder.joinpath("vendors").iterdir(), key=lambda file: file.name)
    entries: dict[str, Model] = {}
    for file in files:
        if file.name.endswith(".toml"):
            entries |= _entries(file.read_text(encoding="utf-8"), f"the built-in {file.name}")
    if user_file is not None:
        try:
            text = user_file.read_text(encoding="utf-8")
        except OSError as error:
            raise InvalidOption(
                f"The catalogue file {user_file} cannot be read: {error.strerror}."
            ) from error
        entries |= _entries(text, str(user_file))
    day = today or datetime.now(UTC).date()
    models = [model.on(day) for model in entries.values()]
    return Catalogue([model.with_gpu_price(gpu_second_price or 0) for model in models])


def _entries(text: str, where: str) -> dict[str, Model]:
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidOption(f"{where} is not valid TOML: {error}.") from error
    models: dict[str, Model] = {}
    for entry in raw.get("model", []):
        try:
            model = Model.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise InvalidOption(
                f"{where}: model {entry.get('id', '?')!r}, field {field}: {first['msg']}."
            ) from error
        models[model.id] = model
    return models
