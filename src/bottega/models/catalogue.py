"""Reads the catalogue and answers what a model costs and can do."""

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd, Price, micro_usd
from bottega.domain.task import Task
from bottega.errors import InvalidOption


class PriceModel(Value):
    """How a call is priced. `free`: local work. `per_run`, `per_image`, `per_megapixel`: dollars as text.

    Every figure that is set is added up. `source` and `as_of` say where the figures are from.
    """

    free: bool = False
    per_run: str = "0"
    per_image: str = "0"
    per_megapixel: str = "0"
    source: str = ""
    as_of: date | None = None

    @field_validator("per_run", "per_image", "per_megapixel")
    @classmethod
    def _amount(cls, value: str) -> str:
        if micro_usd(value) < 0:
            raise ValueError("a price cannot be negative")
        return value

    @property
    def is_known(self) -> bool:
        return self.free or any(micro_usd(p) for p in (self.per_run, self.per_image, self.per_megapixel))

    def price(self, task: Task) -> Price:
        """What one attempt at the task costs, in micro-dollars."""
        if self.free:
            return Price()
        images = int(task.parameters.get("n") or 1)
        total: MicroUsd = micro_usd(self.per_run) + images * micro_usd(self.per_image)
        per_megapixel = micro_usd(self.per_megapixel)
        if per_megapixel:
            # Rounded up to whole micro-dollars: a hold is never short.
            total += -(-int(task.output_megapixels * 1e6) * per_megapixel // 1_000_000)
            return Price(low=total, likely=total, high=total, basis="per-unit")
        return Price(low=total, likely=total, high=total, basis="per-unit" if images > 1 else "fixed")


class Model(Value):
    """One entry: an engine's model, what it can do, what it costs, until when.

    `operations` and `features` are matched against a task's; a feature that ends in `:*` matches every
    refinement (`style:*`). `quality` is the prior of expected quality, 0 to 1.
    """

    id: str
    engine: str
    title: str
    operations: frozenset[str]
    features: frozenset[str] = frozenset()
    quality: float = Field(ge=0, le=1)
    price: PriceModel | None = None
    seconds_fixed: float | None = None
    seconds_per_megapixel: float | None = None
    max_output_megapixels: float | None = None
    max_inputs: int | None = None
    status: Literal["active", "deprecated", "retired"] = "active"
    ends: date | None = None
    replacement: str | None = None
    licence: str = ""
    version: str = "1"
    """Part of the cache key: raise it when the model's output changes."""
    source_type: str = "trainedAlgorithmicMedia"
    """IPTC digital source type of what it makes."""

    def lacks(self, task: Task) -> str | None:
        """Why this model cannot do the task, or None when it can."""
        if task.operation not in self.operations:
            return f"does not do {task.operation}"
        for feature in sorted(task.features):
            family = feature.partition(":")[0] + ":*"
            if feature not in self.features and family not in self.features:
                return f"does not offer {feature.replace(':', ' ').replace('_', ' ')}"
        if self.max_inputs is not None and len(task.inputs) > self.max_inputs:
            return f"takes at most {self.max_inputs} pictures, {len(task.inputs)} were given"
        if self.max_output_megapixels is not None and task.output_megapixels > self.max_output_megapixels:
            return (
                f"makes at most {self.max_output_megapixels:g} megapixels, "
                f"{task.output_megapixels:.1f} were asked for"
            )
        return None


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


def load_catalogue(user_file: Path | None = None) -> Catalogue:
    """The built-in catalogue, with the user's own entries added or put in place of those with the same id.

    Raises InvalidOption that names the entry and the field when a file is wrong.
    """
    built_in = resources.files("bottega.models").joinpath("catalogue.toml").read_text(encoding="utf-8")
    entries = _entries(built_in, "the built-in catalogue")
    if user_file is not None:
        try:
            text = user_file.read_text(encoding="utf-8")
        except OSError as error:
            raise InvalidOption(
                f"The catalogue file {user_file} cannot be read: {error.strerror}."
            ) from error
        entries |= _entries(text, str(user_file))
    return Catalogue([entries[key] for key in entries])


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
