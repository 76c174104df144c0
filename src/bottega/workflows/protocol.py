"""What every workflow looks like. A workflow says what is needed and what must come out; it runs nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from bottega.domain.asset import MediaInfo
from bottega.domain.base import Value
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Rubric
from bottega.errors import MissingInput


class Options(BaseModel):
    """Base of a workflow's options. Forms, CLI options and the OpenAPI schema come from its fields, so each
    field has a description, a default and its limits."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSpec(Value):
    """How many files of a role a workflow takes."""

    role: Role
    description: str
    minimum: int = 0
    maximum: int = 1


class Workflow(Protocol):
    """`name` is the work class, with `/subkind` behind it where a sub-kind has a workflow of its own."""

    name: ClassVar[str]
    work_class: ClassVar[WorkClass]
    title: ClassVar[str]
    summary: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]
    inputs: ClassVar[tuple[InputSpec, ...]]
    options: ClassVar[type[Options]]

    def read_options(self, prompt: str) -> dict[str, Any]:
        """What the sentence says about the options ("double its size" -> {"scale": 2.0}); only what it says."""
        ...

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """The task for the engines. Raises InvalidOption or MissingInput in words for people."""
        ...

    def rubric(self, options: Options) -> Rubric:
        """What the result must satisfy."""
        ...


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What another workflow makes before, because it was not given: `prompt` with the option values `options`.

    Its result goes in as `role`; `media` is what it will be like, for what is planned and refused before it exists.
    `missing` is what to answer where nobody can make it.
    """

    workflow: str
    prompt: str
    options: dict[str, Any]
    role: Role
    media: MediaInfo
    missing: MissingInput


@runtime_checkable
class NamesPictures(Protocol):
    """A workflow whose options name pictures beside its inputs, which only engines of this machine look at."""

    def pictures_of(self, options: Options) -> Collection[str]:
        """Their asset ids. One that is gone may be missing from the work."""
        ...


@runtime_checkable
class MakesItsInput(Protocol):
    """A workflow that can say how an input that is missing would be made."""

    def first(self, request: Request, options: Options, inputs: tuple[TaskInput, ...]) -> FirstStep | None:
        """None where nothing is missing, or where only the user has it: `prepare` says so then."""
        ...
