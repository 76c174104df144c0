"""What to wear: an occasion, the weather and a budget in, complete looks out of what one has and what shops offer.

The clothes to choose from are filled in by whoever plans (`app`), since a workflow reads no database; how looks are composed is
left to the engines that offer `outfit`.
"""

from collections.abc import Collection
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption
from bottega.shop.money import read_price
from bottega.workflows.generative import as_role, not_empty, pictures_of
from bottega.workflows.outfit_wording import read_outfit
from bottega.workflows.protocol import InputSpec, Options

MOST_GIVEN = 4
"""Garments that may be sent as pictures."""
Style = Literal["classic", "trendy", "bohemian", "minimalist", "edgy", "romantic", "sporty", "business"]


class OutfitOptions(Options):
    occasion: str = Field(
        default="", max_length=120, description="Such as wedding_guest, office, date; empty: any."
    )
    season: Literal["spring", "summer", "autumn", "winter"] | None = Field(
        default=None, description="When it is to be worn."
    )
    temperature_c: float | None = Field(
        default=None, ge=-60, le=60, description="How warm it will be, in degrees Celsius."
    )
    rain: bool = Field(default=False, description="It will be wet.")
    budget: str = Field(
        default="",
        max_length=40,
        description="For a whole look, such as 200 EUR; what is owned costs nothing.",
    )
    count: int = Field(default=3, ge=1, le=9, description="How many looks.")
    gender: Literal["female", "male"] | None = Field(
        default=None, description="Whose clothes; all when left out."
    )
    styles: tuple[Style, ...] = Field(default=(), max_length=8, description="Which styles are wanted.")
    source: Literal["both", "wardrobe", "shops"] = Field(
        default="both", description="Where the clothes come from."
    )
    locked: tuple[str, ...] = Field(
        default=(), max_length=8, description="Ids of items that every look must have."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Another seed, other looks.")
    keep: bool = Field(
        default=False, description="Keep the picture of the person after the work; without, it is removed."
    )
    items: tuple[dict[str, Any], ...] = Field(
        default=(),
        max_length=2000,
        description="What to choose from; left out, the wardrobe and the shops' offers are taken.",
    )
    taste: dict[str, Any] = Field(
        default_factory=dict, description="What earlier answers taught; left out, it is looked up."
    )

    @field_validator("budget")
    @classmethod
    def _is_price(cls, text: str) -> str:
        if text:
            read_price(text)  # its ValueError says what is wrong
        return text


class Outfit:
    """A task has the person, where one is shown, the garments to be worn, and the feature `outfit:looks`. Its parameters are
    the options, with the budget as `budget_amount` in minor units of `budget_currency`."""

    name: ClassVar[str] = "outfit"
    work_class: ClassVar[WorkClass] = WorkClass.OUTFIT
    title: ClassVar[str] = "What to wear"
    summary: ClassVar[str] = "Complete looks for an occasion, the weather and a budget."
    examples: ClassVar[tuple[str, ...]] = (
        "What should I wear to a garden wedding in May, under 300 EUR?",
        "An outfit for the office, 5 degrees and rain",
        "Was soll ich zu einer Hochzeit im Sommer anziehen?",
        "Que porter pour un entretien en hiver ?",
        "¿Qué me pongo para una boda si hace calor?",
        "Что надеть на свидание осенью?",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.PERSON, description="Who will wear it, for colours that suit."),
        InputSpec(role=Role.GARMENT, description="Garments that each look must have.", maximum=MOST_GIVEN),
    )
    options: ClassVar[type[Options]] = OutfitOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """See `outfit_wording.read_outfit`."""
        return read_outfit(prompt)

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Pictures to work on are the garments. Raises InvalidOption for several persons or too many garments."""
        assert isinstance(options, OutfitOptions)
        people = pictures_of(inputs, Role.PERSON)
        garments = pictures_of(inputs, Role.GARMENT) or pictures_of(inputs, Role.WORKING)
        if len(people) > 1:
            raise InvalidOption("There are several persons.", hint="Give one picture of who will wear it.")
        if len(garments) > MOST_GIVEN:
            raise InvalidOption(f"A look is made around {MOST_GIVEN} garments at most.", hint="Send fewer.")
        parameters = options.model_dump(mode="json", exclude={"budget", "seed", "keep", "source"})
        if options.budget:
            price = read_price(options.budget)
            parameters |= {"budget_amount": price.amount, "budget_currency": price.currency}
        return Task(
            workflow=self.name,
            operation="outfit",
            features=frozenset({"outfit:looks"}),
            prompt=request.prompt.strip(),
            inputs=(*as_role(people, Role.PERSON), *as_role(garments, Role.GARMENT)),
            parameters=parameters,
            seed=options.seed,
            output_megapixels=1.8 * options.count,
        )

    def pictures_of(self, options: Options) -> Collection[str]:
        """Those of the own clothes among the items, for the boards."""
        assert isinstance(options, OutfitOptions)
        return {str(item["picture"]) for item in options.items if item.get("picture")}

    def rubric(self, options: Options) -> Rubric:
        """A look that keeps every rule. Taste is for those who look: `recommendations` among the vision rubrics (0.6)."""
        looks = Criterion(
            measure="report.count",
            rule="at_least",
            threshold=1,
            why="No look could be made of what there is.",
        )
        return Rubric(name="outfit", criteria=(not_empty(), looks))
