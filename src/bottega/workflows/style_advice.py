"""Advice on style: a photograph of a person and a question in, colours, proportions and advice with their reasons out.

How it is analysed is left to the engines that offer `style_advice`.
"""

from typing import Any, ClassVar

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.workflows.generative import as_role, not_empty, pictures_of
from bottega.workflows.protocol import InputSpec, Options


class StyleAdviceOptions(Options):
    keep: bool = Field(
        default=False, description="Keep the picture of the person after the work; without, it is removed."
    )
    look: bool = Field(
        default=False,
        description="Show the picture to the vision model of the settings as well; it leaves this machine then.",
    )


class StyleAdvice:
    """A task has the person and the feature `style:analysis`; the words of the request are its prompt."""

    name: ClassVar[str] = "style_advice"
    work_class: ClassVar[WorkClass] = WorkClass.STYLE_ADVICE
    title: ClassVar[str] = "Advice on style"
    summary: ClassVar[str] = "Which colours and lines suit the person in a picture, and why."
    examples: ClassVar[tuple[str, ...]] = (
        "Which colours suit me?",
        "What is my seasonal palette?",
        "Welche Farben stehen mir?",
        "Quelles couleurs me vont ?",
        "¿Qué colores me favorecen?",
        "Какие цвета мне идут?",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(
            role=Role.PERSON, description="The picture of the person, face visible, in daylight.", minimum=1
        ),
    )
    options: ClassVar[type[Options]] = StyleAdviceOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """A sentence says nothing about the options."""
        return {}

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """The person is the picture in that role, else the one to work on. Raises MissingInput without one, InvalidOption
        for several."""
        people = pictures_of(inputs, Role.PERSON) or pictures_of(inputs, Role.WORKING)
        if not people:
            raise MissingInput(
                "A picture of the person is needed: advice here rests on what can be seen.",
                hint="Add a photograph taken in daylight, with the face visible.",
            )
        if len(people) > 1:
            raise InvalidOption("There are several pictures.", hint="Give one picture of one person.")
        assert isinstance(options, StyleAdviceOptions)
        if options.look and request.stay_local:
            raise InvalidOption(
                "The vision model is not on this machine, and the request is to stay here.",
                hint="Leave out one of look and stay_local.",
            )
        return Task(
            workflow=self.name,
            operation="style_advice",
            features=frozenset({"style:analysis"}),
            prompt=request.prompt.strip(),
            parameters={"look": True} if options.look else {},
            inputs=as_role(people, Role.PERSON),
            output_megapixels=1.5,
        )

    def rubric(self, options: Options) -> Rubric:
        """Something could be told. Whether the words agree with the picture is for those who look: `style_analysis` among
        the vision rubrics (0.8)."""
        told = Criterion(
            measure="report.told",
            rule="at_least",
            threshold=1,
            why="Neither colours nor proportions nor style can be told from this picture.",
        )
        return Rubric(name="style_advice", criteria=(not_empty(), told))
