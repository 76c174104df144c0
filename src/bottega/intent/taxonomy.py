"""The definition of the classes of work, read from `taxonomy.toml`: for the language model that classifies, for the
API and for the documentation, so that all three say the same."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal, Self

from pydantic import Field, model_validator

from bottega.domain.base import Value
from bottega.domain.intent import IntentContext, WorkClass


class SubKind(Value):
    name: str
    title: str
    description: str


class ClassEntry(Value):
    """One class. `needs` must be at hand before the work can be done, unless it `works_without`; `gives` is what comes
    out; `tie_breaks` say where a neighbouring class begins; `examples` are sentences by language."""

    name: WorkClass
    title: str
    description: str
    needs: Literal["nothing", "pictures", "clips"]
    works_without: bool = False
    gives: Literal["picture", "clip", "machine files", "words"]
    tie_breaks: tuple[str, ...] = ()
    subkinds: tuple[SubKind, ...] = ()
    examples: dict[str, tuple[str, ...]]

    @property
    def example_context(self) -> IntentContext:
        """What is at hand when somebody says one of the examples."""
        return IntentContext(
            working_images=int(self.needs == "pictures"), working_videos=int(self.needs == "clips")
        )


class Taxonomy(Value):
    """All classes, each exactly once, with examples in every one of `languages`."""

    languages: tuple[str, ...]
    classes: tuple[ClassEntry, ...] = Field(alias="class")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if [entry.name for entry in self.classes] != list(WorkClass):
            raise ValueError("the taxonomy needs every class of work once, in their order")
        for entry in self.classes:
            if set(entry.examples) != set(self.languages) or not all(entry.examples.values()):
                raise ValueError(f"{entry.name} needs examples in {', '.join(self.languages)}")
        return self

    def entry(self, name: WorkClass) -> ClassEntry:
        return next(entry for entry in self.classes if entry.name is name)

    def subkinds_of(self, name: WorkClass) -> frozenset[str]:
        return frozenset(kind.name for kind in self.entry(name).subkinds)


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy that ships with the package."""
    text = resources.files("bottega.intent").joinpath("taxonomy.toml").read_text(encoding="utf-8")
    return Taxonomy.model_validate(tomllib.loads(text))


def taxonomy_page() -> str:
    """The reference page of the documentation, in Markdown."""
    lines = [
        "# Classes of work",
        "",
        "What a sentence can ask for. A sentence with several requests belongs to the first main one.",
    ]
    for entry in taxonomy().classes:
        lines += ["", f"## {entry.title} (`{entry.name.value}`)", "", entry.description, ""]
        lines += [f"- Needs: {_needs(entry)}. Gives: {entry.gives}."]
        lines += [f"- {rule}" for rule in entry.tie_breaks]
        lines += [f"- `{kind.name}`: {kind.description}" for kind in entry.subkinds]
        lines += ["", "| language | for example |", "| --- | --- |"]
        lines += [
            f"| {language} | {'; '.join(f'“{text}”' for text in entry.examples[language])} |"
            for language in taxonomy().languages
        ]
    return "\n".join(lines) + "\n"


def _needs(entry: ClassEntry) -> str:
    if entry.needs == "nothing":
        return "nothing"
    what = "a picture" if entry.needs == "pictures" else "a clip"
    return f"{what}, or words alone" if entry.works_without else what
