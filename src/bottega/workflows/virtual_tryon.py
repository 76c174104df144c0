"""A given garment on a person: which picture is which, how the garment is to sit, what must stay.

How it is painted is left to the engines that offer `tryon`.
"""

import re
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Rubric
from bottega.engines.local.fashion_finish import put_back_untouched
from bottega.errors import MissingInput
from bottega.intent.normalise import normalise
from bottega.workflows.finishing import Finish
from bottega.workflows.generative import (
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

MOST_GARMENTS: Final = 6
Category = Literal["upper", "lower", "dress", "other"]

_CATEGORIES: Final[dict[str, str]] = {
    "dress": r"\b(?:dress(?:es)?(?= |$|[,.!?])|gown|jumpsuit|overalls|kleid(?:er)?\b|robe|combinaison|vestido|mono\b|плать\w*|комбинезон\w*|сарафан\w*)",
    "upper": r"\b(?:shirt|t-?shirt|blouse|sweater|jumper|hoodie|jacket|coat|blazer|top\b|cardigan|vest|waistcoat|hemd|bluse|pulli|pullover|jacke|mantel"
    r"|weste|chemise|chemisier|pull\b|veste|manteau|gilet|haut\b|camisa|camiseta|blusa|jersey|chaqueta|abrigo|chaleco|рубашк\w*|футболк\w*|блуз\w*|свитер\w*"
    r"|кофт\w*|куртк\w*|пальто|пиджак\w*|жилет\w*|худи)",
    "lower": r"\b(?:trousers|pants|jeans|skirt|shorts|leggings|hosen?|rock\b|rocke\b|pantalons?|jupes?|pantalon(?:es)?|falda|vaqueros|брюк\w*|штан\w*|джинс\w*"
    r"|юбк\w*|шорт\w*)",
    "other": r"\b(?:shoes?|boots?|sneakers|hat|cap|scarf|glasses|sunglasses|bag|handbag|necklace|earrings?|watch|belt|tie|gloves|schuhe?|stiefel|hut|mutze|schal"
    r"|brille|tasche|kette|uhr|gurtel|krawatte|chaussures|bottes|chapeau|echarpe|lunettes|sac|collier|montre|ceinture|cravate|zapatos|botas|sombrero|gorra"
    r"|bufanda|gafas|bolso|collar|reloj|cinturon|corbata|туфл\w*|ботин\w*|сапог\w*|кроссовк\w*|шляп\w*|кепк\w*|шарф\w*|очк\w*|сумк\w*|ожерель\w*|серьг\w*"
    r"|часы|ремень|галстук\w*)(?:e?s|e?n)?\b",
}
_FITS: Final[dict[str, str]] = {
    "loose": r"\b(?:loose|baggy|oversized?|relaxed|weit\w*|locker\w*|ample|large|holgad[oa]|suelt[oa]|свободн\w*|оверсаиз)",
    "fitted": r"\b(?:fitted|tight|slim|snug|figurbetont\w*|enganliegend\w*|ajuste\w*|moulant\w*|cintre\w*|ajustad[oa]|cenid[oa]|приталенн\w*|облегающ\w*)",
    "regular": r"\b(?:regular fit|normal fit|normale? passform|coupe (?:droite|reguliere)|corte regular|обычн\w* посадк\w*)",
}
_TUCKED = re.compile(
    r"\b(?:tuck(?:ed)?(?: it)? in|tucked|eingesteckt|in die hose|rentre\w*|por dentro|metid[oa]|заправ\w*)"
)
_UNTUCKED = re.compile(
    r"\b(?:untuck\w*|not tucked|hanging out|uber der hose|nicht eingesteckt|par-?dessus|por fuera|sin meter|навыпуск|не заправ\w*)"
)
_SLEEVES: Final[dict[str, str]] = {
    "rolled": r"\b(?:(?:sleeves )?rolled[- ]?up|roll(?:ed)? (?:up )?(?:the )?sleeves|hochgekrempelt\w*|retrousse\w*|remangad\w*|закат\w*)",
    "down": r"\b(?:sleeves (?:rolled )?down|armel (?:lang|unten)|manches baissees|mangas (?:bajadas|largas)|рукава опущ\w*)",
}
_SITS: Final = {
    "loose": "it sits loosely",
    "regular": "it sits as it is cut, neither tight nor loose",
    "fitted": "it sits close to the body",
    True: "it is tucked in",
    False: "it is worn untucked",
    "rolled": "the sleeves are rolled up",
    "down": "the sleeves are down",
}


class TryOnOptions(GenerativeOptions):
    category: Category | None = Field(
        default=None,
        description="What it is: upper or lower body, a dress, or other (shoes, hat, bag, jewellery).",
    )
    fit: Literal["loose", "regular", "fitted"] | None = Field(default=None, description="How it is to sit.")
    tucked: bool | None = Field(default=None, description="Whether a top is tucked in.")
    sleeves: Literal["down", "rolled"] | None = Field(default=None, description="How sleeves are worn.")
    keep: bool = Field(
        default=False, description="Keep the picture of the person after the work; without, it is removed."
    )


class VirtualTryOn:
    """A task has the person first and then the garments, each in its role; the feature `garment:<category>` (`other`
    where nobody knows), `edit:instruction` where words say how it is to sit, and `fit`, `tucked` and `sleeves` among the
    parameters as far as they are said."""

    name: ClassVar[str] = "reference_styling/virtual_tryon"
    work_class: ClassVar[WorkClass] = WorkClass.REFERENCE_STYLING
    title: ClassVar[str] = "Try-on"
    summary: ClassVar[str] = "A garment from a picture on a person, as it would sit."
    examples: ClassVar[tuple[str, ...]] = (
        "Try this jacket on me",
        "Put the red dress on her, fitted at the waist",
        "Probier mir diese Jacke an",
        "Essaie cette veste sur moi",
        "Pruébame esta camisa por dentro del pantalón",
        "Примерь на меня эту куртку",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.PERSON, description="The picture of the person.", minimum=1),
        InputSpec(
            role=Role.GARMENT, description="Pictures of the garment.", minimum=1, maximum=MOST_GARMENTS
        ),
    )
    options: ClassVar[type[Options]] = TryOnOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """Category, fit, tucked and sleeves as far as the sentence names them."""
        text = normalise(prompt)
        read: dict[str, Any] = {}
        places = {
            name: found.start()
            for name, pattern in _CATEGORIES.items()
            if (found := re.search(pattern, text))
        }
        if places:
            read["category"] = min(places, key=lambda name: places[name])
        for option, patterns in (("fit", _FITS), ("sleeves", _SLEEVES)):
            for name, pattern in patterns.items():
                if re.search(pattern, text):
                    read[option] = name
                    break
        if _UNTUCKED.search(text):
            read["tucked"] = False
        elif _TUCKED.search(text):
            read["tucked"] = True
        return read

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """The person is the picture in that role, else the first in the role working; garments are those in that
        role, else the references, else the other pictures. Raises MissingInput that says which of the two is missing,
        InvalidOption for more than 6 garments."""
        assert isinstance(options, TryOnOptions)
        person, garments = _split(inputs)
        check_references(garments, MOST_GARMENTS)
        said = request.prompt.strip()
        return Task(
            workflow=self.name,
            operation="tryon",
            features=_features(options) | choice_features(options),
            prompt=said,
            prompts=prompts_for(_wish(options, said, len(garments))),
            inputs=(*as_role([person], Role.PERSON), *as_role(garments, Role.GARMENT)),
            parameters=choice_parameters(options) | _worn(options),
            seed=options.seed,
            output_megapixels=estimated_megapixels(person, options.n),
        )

    def finisher(self, task: Task) -> Finish | None:
        """What does not belong to the garment is put back as the photograph has it, whichever engine painted."""
        return put_back_untouched

    def rubric(self, options: Options) -> Rubric:
        """The picture of the person, changed and in its shape. How garment, light and figure look is for those who look: `tryon` among the vision rubrics (realism .3, fit .3, light .2, proportions .2; 0.7)."""
        return Rubric(
            name="tryon",
            criteria=(not_empty(), was_changed(), same_shape()),
            compare_with_source=True,
        )


def _split(inputs: tuple[TaskInput, ...]) -> tuple[TaskInput, list[TaskInput]]:
    people, working = pictures_of(inputs, Role.PERSON), pictures_of(inputs, Role.WORKING)
    garments, references = pictures_of(inputs, Role.GARMENT), pictures_of(inputs, Role.REFERENCE)
    person = next(iter([*people, *working]), None)
    if person is None:
        raise MissingInput(
            "The picture of the person is missing."
            if garments or references
            else "A picture of the person and one of the garment are needed.",
            hint="Add one in the role person, or mention somebody you saved.",
        )
    worn = garments or references or [item for item in working if item is not person]
    if not worn:
        raise MissingInput(
            "The picture of the garment is missing.",
            hint="Add one in the role garment. For a look without a garment at hand, say it in words and name the "
            "workflow reference_styling.",
        )
    return person, worn


def _sits(options: TryOnOptions) -> tuple[str, ...]:
    wishes = (options.fit, options.tucked, options.sleeves)
    return tuple(_SITS[wish] for wish in wishes if wish is not None)


def _worn(options: TryOnOptions) -> dict[str, Any]:
    """For engines that take settings instead of words."""
    said = {"fit": options.fit, "tucked": options.tucked, "sleeves": options.sleeves}
    return {name: value for name, value in said.items() if value is not None}


def _features(options: TryOnOptions) -> frozenset[str]:
    garment = f"garment:{options.category or 'other'}"
    return frozenset({garment, "edit:instruction"}) if _sits(options) else frozenset({garment})


def _wish(options: TryOnOptions, said: str, garments: int) -> Wish:
    several = garments > 1
    return Wish(
        said=said,
        order=f"Show the person wearing the given garment{'s, all of them together' if several else ''}, in place of "
        "what they wear there now; cut, colour, pattern and print stay those of the garment, and it falls as cloth does",
        result="A photograph of the same person wearing the garment",
        details=_sits(options),
        keep=(
            "the face",
            "the hair",
            "the body",
            "the pose",
            "the other clothes",
            "the light",
            "the background",
        ),
        pictures=("the person", *["a garment"] * garments),
    )
