"""Another hair or beard for the person in a picture: cut, colour, length, in words or after pictures of a hairdo.

Says what is wished and what must stay; the painting is left to the engines that offer `hair`.
"""

from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.workflows.generative import (
    GenerativeOptions,
    as_role,
    check_references,
    choice_features,
    choice_parameters,
    estimated_megapixels,
    not_empty,
    pictures_of,
    same_scene,
    same_shape,
    was_changed,
)
from bottega.workflows.hair_styling_wording import known_colour, known_cut, read_hair, says_more
from bottega.workflows.protocol import InputSpec, Options
from bottega.workflows.wording import Wish, prompts_for

MOST_HAIRDOS: Final = 2
_KEPT: Final = (
    "the face",
    "the expression",
    "the skin",
    "the clothes",
    "the pose",
    "the background",
    "the framing",
)
_LENGTHS: Final = {
    "shaved": "the head shaved",
    "short": "short hair",
    "chin": "hair to the chin",
    "shoulder": "hair to the shoulders",
    "long": "long hair",
    "shorter": "the hair shorter than it is",
    "longer": "the hair longer than it is",
}
_BEARDS: Final = {
    "none": "clean-shaven, no beard",
    "stubble": "a stubble",
    "short": "a short trimmed beard",
    "full": "a full beard",
    "goatee": "a goatee",
    "moustache": "a moustache",
}


class HairOptions(GenerativeOptions):
    haircut: str | None = Field(
        default=None,
        max_length=120,
        description="The cut or style: bob, pixie cut, curly, or in your own words.",
    )
    colour: str | None = Field(
        default=None, max_length=80, description="The colour: copper, platinum blonde, or in your own words."
    )
    length: Literal["shaved", "short", "chin", "shoulder", "long", "shorter", "longer"] | None = Field(
        default=None, description="How long the hair is to be."
    )
    beard: Literal["none", "stubble", "short", "full", "goatee", "moustache"] | None = Field(
        default=None, description="The beard; none is clean-shaven."
    )
    keep: str | None = Field(
        default=None,
        max_length=200,
        description="What else must not change, such as the fringe; face, clothes and background never do.",
    )


class HairStyling:
    """A task has the features `hair:style` and `hair:colour` for a cut and a colour that go by a usual name, and
    `hair:instruction`, `hair:length`, `hair:beard`, `hair:reference` for what takes words or a picture."""

    name: ClassVar[str] = "hair_styling"
    work_class: ClassVar[WorkClass] = WorkClass.HAIR_STYLING
    title: ClassVar[str] = "Hair and beard"
    summary: ClassVar[str] = "Another cut, colour or beard for the person in a picture, who stays the same."
    examples: ClassVar[tuple[str, ...]] = (
        "Change my hair to blonde with bangs",
        "Give her a short copper bob",
        "Färbe meine Haare kupferrot",
        "Fais-lui une frange et les cheveux bouclés",
        "Ponle el pelo corto y rubio platino",
        "Сделай мне каре с чёлкой и рыжие волосы",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture of the person.", minimum=1),
        InputSpec(
            role=Role.REFERENCE, description="Pictures of the hairdo that is wished.", maximum=MOST_HAIRDOS
        ),
    )
    options: ClassVar[type[Options]] = HairOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """See `hair_styling_wording.read_hair`."""
        return read_hair(prompt)

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """The picture of the person is the first in the role working, else person. Raises MissingInput without one,
        InvalidOption for too many pictures and when nothing is asked for."""
        assert isinstance(options, HairOptions)
        people = [*pictures_of(inputs, Role.WORKING), *pictures_of(inputs, Role.PERSON)]
        if not people:
            raise MissingInput(
                "A picture of the person whose hair is to change is needed.",
                hint="Add one in the role working.",
            )
        hairdos = [*people[1:], *pictures_of(inputs, Role.REFERENCE)]
        check_references(hairdos, MOST_HAIRDOS)
        said = request.prompt.strip()
        if not (said or hairdos or options.haircut or options.colour or options.length or options.beard):
            raise InvalidOption(
                "It is not clear what hair is wished.", hint="Name a cut, a colour, a length or a beard."
            )
        person = as_role(people[:1], Role.WORKING)
        return Task(
            workflow=self.name,
            operation="hair",
            features=_features(options, said, bool(hairdos)) | choice_features(options),
            prompt=said,
            prompts=prompts_for(_wish(options, said, len(hairdos))),
            inputs=(*person, *as_role(hairdos, Role.REFERENCE)),
            parameters=_parameters(options) | choice_parameters(options),
            seed=options.seed,
            output_megapixels=estimated_megapixels(person[0], options.n),
        )

    def rubric(self, options: Options) -> Rubric:
        """The same scene in the same shape, with a change in it. Whether it is the same face, and the hair that was
        wished, is for those who look: `hair` among the vision rubrics."""
        return Rubric(
            name="hair",
            criteria=(not_empty(), was_changed(), same_shape(), same_scene(0.1)),
            compare_with_source=True,
        )


def _features(options: HairOptions, said: str, after_pictures: bool) -> frozenset[str]:
    cut = known_cut(options.haircut) if options.haircut else None
    colour = known_colour(options.colour) if options.colour else None
    in_words = (
        bool(options.haircut and not cut)
        or bool(options.colour and not colour)
        or bool(options.keep)
        or (bool(said) and says_more(said))
    )
    asked = {
        "hair:style": cut,
        "hair:colour": colour,
        "hair:length": options.length,
        "hair:beard": options.beard,
        "hair:reference": after_pictures,
        "hair:instruction": in_words,
    }
    features = frozenset(name for name, wanted in asked.items() if wanted)
    return features or frozenset({"hair:instruction"})


def _parameters(options: HairOptions) -> dict[str, Any]:
    """The cut and the colour by their usual names, for models that are ordered by them."""
    parameters: dict[str, Any] = {}
    if options.haircut and (cut := known_cut(options.haircut)):
        parameters["hair_style"] = cut
    if options.colour and (colour := known_colour(options.colour)):
        parameters["hair_color"] = colour
    return parameters


def _wish(options: HairOptions, said: str, hairdos: int) -> Wish:
    only_beard = bool(options.beard) and not (options.haircut or options.colour or options.length or hairdos)
    what = "beard" if only_beard else "hair"
    details = (
        f"haircut: {options.haircut}" if options.haircut else "",
        f"hair colour: {options.colour}" if options.colour else "",
        _LENGTHS[options.length] if options.length else "",
        _BEARDS[options.beard] if options.beard else "",
        "the hairdo is that of the other pictures; nothing else is taken from them" if hairdos else "",
    )
    both = "hair and beard" if options.beard and not only_beard else what
    return Wish(
        said=said,
        order=f"Change only the {both} of the person in the picture; it must plainly be the same person",
        result=f"A photograph of the same person with other {both}",
        details=tuple(detail for detail in details if detail),
        keep=(*_KEPT, *((options.keep,) if options.keep else ())),
        pictures=("the person", *["a hairdo to go by"] * hairdos),
        target=f"{options.colour} hair" if options.colour else "",
        subject="hair",
    )
