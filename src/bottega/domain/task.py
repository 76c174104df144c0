"""What an engine is asked to do, and what it hands back."""

from pathlib import Path
from typing import Any

from pydantic import Field

from bottega.domain.asset import MediaInfo
from bottega.domain.base import Value
from bottega.domain.money import MicroUsd
from bottega.domain.request import Role


class TaskInput(Value):
    """A checked input file. Engines read `path` and never write to it."""

    role: Role
    asset_id: str
    path: Path
    media: MediaInfo


class Task(Value):
    """One piece of work, complete: any engine that has all of `features` can perform it.

    `operation` is what is to be done in the words that engines share (`generate`, `edit`, `enhance`,
    `style`, `laser`); `features` refine it (`style:pencil_sketch`). `parameters` are the workflow's
    options as plain JSON values. `output_megapixels` feeds price and time estimates.
    """

    workflow: str
    operation: str
    features: frozenset[str] = frozenset()
    prompt: str = ""
    prompts: dict[str, str] = Field(default_factory=dict[str, str])
    """The same wish as a family of models understands it best, by the family's name in the catalogue."""
    inputs: tuple[TaskInput, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    files: dict[str, Path] = Field(default_factory=dict[str, Path])
    """Further pictures that parameters name, by asset id, for engines of this machine; one that is gone is not there."""
    seed: int | None = None
    output_megapixels: float = 0.0

    def prompt_for(self, family: str) -> str:
        """What is sent to a model of this family."""
        return self.prompts.get(family, self.prompt)

    def first(self, role: Role) -> TaskInput | None:
        return next((item for item in self.inputs if item.role is role), None)


class OutputFile(Value):
    """A file that an engine made in its scratch folder. `label` says what it is for a person."""

    path: Path
    media_type: str
    label: str
    name: str
    """Suggested file name, with extension."""


class Metered(Value):
    """What an answer says was used, as a price model counts it; what it does not say is left at the default.

    `images` and `megapixels` are those that came out, `input_megapixels` those that went in; `seconds` is the
    length of a clip, `gpu_seconds` the time of the machine that made it. `size`, `quality`, `resolution` and
    `audio` are those of the result, not of the order. `tokens` are counts by kind: `text_in`, `image_in`,
    `cached_text_in`, `cached_image_in`, `text_out`, `image_out`.
    """

    runs: int = Field(default=1, ge=0)
    images: int = Field(default=0, ge=0)
    megapixels: float = Field(default=0.0, ge=0)
    input_megapixels: float = Field(default=0.0, ge=0)
    seconds: float = Field(default=0.0, ge=0)
    gpu_seconds: float = Field(default=0.0, ge=0)
    credits: str = "0"
    size: str = ""
    quality: str = ""
    resolution: str = ""
    audio: bool = False
    tokens: dict[str, int] = Field(default_factory=dict[str, int])


class Usage(Value):
    """What the attempt used. For a paid model `cost` is what `metered` comes to under the model's price, and
    `evidence` the provider's own fields it was read from, so that it can be computed again."""

    cost: MicroUsd = 0
    metered: Metered | None = None
    evidence: dict[str, Any] = Field(default_factory=dict[str, Any])


class EngineResult(Value):
    """The first output is the one that is judged and shown. `report` holds figures for people and machines."""

    outputs: tuple[OutputFile, ...] = Field(min_length=1)
    report: dict[str, Any] = Field(default_factory=dict[str, Any])
    usage: Usage = Usage()
