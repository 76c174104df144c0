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
    inputs: tuple[TaskInput, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    seed: int | None = None
    output_megapixels: float = 0.0

    def first(self, role: Role) -> TaskInput | None:
        return next((item for item in self.inputs if item.role is role), None)


class OutputFile(Value):
    """A file that an engine made in its scratch folder. `label` says what it is for a person."""

    path: Path
    media_type: str
    label: str
    name: str
    """Suggested file name, with extension."""


class Usage(Value):
    """What the attempt used. For a paid model `cost` is what the provider's answer says was used, and
    `evidence` the fields it was computed from, so that it can be computed again."""

    cost: MicroUsd = 0
    evidence: dict[str, Any] = Field(default_factory=dict[str, Any])


class EngineResult(Value):
    """The first output is the one that is judged and shown. `report` holds figures for people and machines."""

    outputs: tuple[OutputFile, ...] = Field(min_length=1)
    report: dict[str, Any] = Field(default_factory=dict[str, Any])
    usage: Usage = Usage()
