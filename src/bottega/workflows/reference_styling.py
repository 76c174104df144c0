"""The look of somebody famous, an event, an era or of other pictures, on the person in a picture.

The person stays who they are: another one's look is taken over, never their face, and no picture is passed off as one
of them. A garment that is given as a picture has a workflow of its own, `virtual_tryon`.
"""

import re
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.intent.normalise import normalise
from bottega.workflows.generative import (
    MOST_REFERENCES,
    GenerativeOptions,
    as_role,
    check_references,
    choice_features,
    choice_parameters,
    estimated_megapixels,
    not_empty,
    pictures_of,
    same_shape,
    was_changed,
)
from bottega.workflows.protocol import InputSpec, Options
from bottega.workflows.wording import Wish, prompts_for

Look = Literal["celebrity", "event", "fashion_reference"]

_LOOKS: Final[dict[str, tuple[str, str]]] = {
    "celebrity": (
        "in the manner of dress of the public figure that is named: clothes, accessories, make-up",
        "dressed in the manner that is named, and still themselves",
    ),
    "event": (
        "for the event that is named: clothes, accessories, make-up",
        "dressed for the event that is named",
    ),
    "fashion_reference": (
        "in the fashion or look that is wished: clothes, accessories, make-up",
        "dressed in the fashion that is named",
    ),
}
"""What the editor is told, and how the finished picture is described."""

_PICTURED: Final = {
    Role.GARMENT: "a piece of clothing to be worn",
    Role.PERSON: "somebody whose clothes are taken over, and nothing of their face or body",
    Role.REFERENCE: "a picture to go by for the look or the place",
    Role.WORKING: "a picture to go by for the look or the place",
}
_LIKE_MENTIONED = re.compile(r"\b(?:like|as|wie|comme|como|как)\b (?:\w+ ){0,2}@")
_BACKGROUND = re.compile(
    r"\b(?:backgrounds?|backdrop|scene|setting|hintergrund|arriere[- ]plan|decor|fondo|фон\w*|on (?:the|a) (?:red carpet|stage|street|beach)"
    r"|auf (?:dem|der) (?:roten teppich|buhne)|sur (?:le|la) (?:tapis rouge|scene)|en la alfombra roja|на (?:красн\w* дорожк\w*|сцен\w*))"
)
_DENIED = re.compile(
    r"\b(?:keep|not|n.?t|same|behalt\w*|nicht|garde\w*|pas|manten\w*|no|не|оставь\w*|сохран\w*)\b"
)


class ReferenceOptions(GenerativeOptions):
    look: Look | None = Field(
        default=None, description="Whose look it is; by default what the sentence was taken for."
    )
    background: Literal["keep", "change"] = Field(
        default="keep", description="Whether the place may change with the look."
    )
    keep: str | None = Field(
        default=None, max_length=200, description="What else must not change; face and figure never do."
    )


class ReferenceStyling:
    """A task has the feature `edit:instruction`: only models that follow words can do it. Its first input, in the
    role working, is the person; what to go by follows."""

    name: ClassVar[str] = "reference_styling"
    work_class: ClassVar[WorkClass] = WorkClass.REFERENCE_STYLING
    title: ClassVar[str] = "A look"
    summary: ClassVar[str] = (
        "The clothes and look of an era, an event, somebody famous or other pictures, on a person."
    )
    examples: ClassVar[tuple[str, ...]] = (
        "Dress me like Audrey Hepburn",
        "Give me a 1920s flapper look",
        "Style mich wie für die Oscar-Verleihung",
        "Habille-moi comme David Bowie",
        "Vísteme al estilo de los años setenta",
        "Одень меня как Одри Хепбёрн",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture of the person.", minimum=1),
        InputSpec(
            role=Role.REFERENCE,
            description="Pictures of the look or the place; mentions of saved ones count.",
            maximum=MOST_REFERENCES,
        ),
    )
    options: ClassVar[type[Options]] = ReferenceOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """Whether the place is to change too."""
        text = normalise(prompt)
        named = _BACKGROUND.search(text)
        return {"background": "change"} if named and not _DENIED.search(text[: named.start()]) else {}

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """The person is the first picture in the role person, unless the sentence asks for a look "like @name", else
        the first in the role working. Raises MissingInput without one; InvalidOption for more than 8 others and when
        neither words nor a picture say which look."""
        assert isinstance(options, ReferenceOptions)
        person, others = _split(inputs, request.prompt)
        check_references(others)
        said = request.prompt.strip()
        if not said and not others:
            raise InvalidOption(
                "It is not clear which look is wished.", hint="Say it in words, or give a picture of it."
            )
        look = options.look or (intent.subkind if intent.subkind in _LOOKS else None) or "fashion_reference"
        return Task(
            workflow=self.name,
            operation="reference",
            features=frozenset({"edit:instruction"}) | choice_features(options),
            prompt=said,
            prompts=prompts_for(_wish(options, said, look, others)),
            inputs=(*as_role([person], Role.WORKING), *others),
            parameters=choice_parameters(options),
            seed=options.seed,
            output_megapixels=estimated_megapixels(person, options.n),
        )

    def rubric(self, options: Options) -> Rubric:
        """A picture that is not empty, differs from the one given and has its shape. Look and likeness of the person
        are for those who look: `styling` among the vision rubrics."""
        return Rubric(
            name="styling", criteria=(not_empty(), was_changed(), same_shape()), compare_with_source=True
        )


def _split(inputs: tuple[TaskInput, ...], prompt: str) -> tuple[TaskInput, list[TaskInput]]:
    """The person, and what to go by: garments first, then the rest, each in its role."""
    working, people = pictures_of(inputs, Role.WORKING), pictures_of(inputs, Role.PERSON)
    mentioned_as_model = bool(working) and bool(_LIKE_MENTIONED.search(normalise(prompt)))
    subjects = [*working, *people] if mentioned_as_model else [*people[:1], *working, *people[1:]]
    if not subjects:
        raise MissingInput(
            "A picture of the person to style is needed.", hint="Add one in the role working or person."
        )
    garments = pictures_of(inputs, Role.GARMENT)
    rest = as_role([item for item in subjects[1:] if item.role is Role.WORKING], Role.REFERENCE)
    other_people = [item for item in subjects[1:] if item.role is Role.PERSON]
    return subjects[0], [*garments, *other_people, *rest, *pictures_of(inputs, Role.REFERENCE)]


def _wish(options: ReferenceOptions, said: str, look: str, others: list[TaskInput]) -> Wish:
    manner, described = _LOOKS[look]
    kept = (
        "the face",
        "the body",
        "the hair" if not said else "the hair unless the wish speaks of it",
        "the pose",
        *(("the background",) if options.background == "keep" else ()),
        *((options.keep,) if options.keep else ()),
    )
    return Wish(
        said=said,
        order=f"Dress the person {'of picture 1' if others else 'in the picture'} {manner}. "
        "They stay plainly themselves: nobody else's face or body is taken over",
        result=f"A photograph of the same person, {described}",
        details=("the place may change with the look",) if options.background == "change" else (),
        keep=kept,
        pictures=("the person", *(_PICTURED[item.role] for item in others)),
    )
