"""A vision model looks at a photograph or a product picture before a try-on; its answer joins the measured findings.

What is asked and how an answer is merged is `fashion.person.vision`'s and `fashion.garment.vision`'s.
"""

from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bottega.compute import ComputePool
from bottega.domain.money import MicroUsd, Price
from bottega.domain.request import Role
from bottega.errors import MissingInput
from bottega.fashion.findings import Check
from bottega.fashion.garment import vision as garment_vision
from bottega.fashion.person import vision as person_vision
from bottega.imaging.limits import Limits
from bottega.llm import LanguageModels, PictureBytes, Spending, UserPart, price_of_question
from bottega.models import Catalogue
from bottega.quality.vision import view
from bottega.settings import Settings

Subject = Literal["person", "garment"]
_TOKENS: Final = 1500
_Sure = Annotated[float, Field(ge=0, le=1)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Seen(_Form):
    code: Literal[
        "no_person", "several_people", "torso_hidden", "arms_crossed", "seated", "turned_away", "too_dark",
        "too_bright", "backlit", "blurred", "cropped_torso", "hair_over_garment", "background_busy",
        "possible_child",
    ]  # fmt: skip
    confidence: _Sure


class PersonSeen(_Form):
    """The findings about a photograph, after `fashion.person.vision.SCHEMA`."""

    findings: list[Seen] = Field(max_length=len(person_vision.CODES))


class GarmentSeen(_Form):
    """What a product picture shows, after `fashion.garment.vision.SCHEMA`."""

    is_garment: bool
    kind: Literal["top", "bottom", "dress", "outerwear", "shoes", "accessory", "unknown"]
    colours: list[str] = Field(max_length=5)
    pattern: Literal["plain", "striped", "checked", "dotted", "floral", "print", "textured", "unknown"]
    worn: bool
    isolated: bool
    count: int = Field(ge=0)
    sheer: bool = False
    text_overlay: bool = False
    confidence: _Sure


_PROMPTS: Final[dict[Subject, str]] = {"person": person_vision.PROMPT, "garment": garment_vision.PROMPT}
FORMS: Final[dict[Subject, type[_Form]]] = {"person": PersonSeen, "garment": GarmentSeen}


def subject_of(role: Role) -> Subject | None:
    """What a try-on's picture in this role shows; None: it is not looked at."""
    return "person" if role is Role.PERSON else "garment" if role is Role.GARMENT else None


def price_of_look(catalogue: Catalogue, model_id: str, subject: Subject) -> Price:
    """What `look_at` may cost. Raises InvalidOption for a model whose price nobody knows."""
    parts = _question(subject, b"")
    return price_of_question(catalogue, model_id, _PROMPTS[subject], parts, _TOKENS)


def _question(subject: Subject, data: bytes) -> list[UserPart]:
    return [f"Picture: {subject}", PictureBytes(data, "image/jpeg")]


async def look_at(
    models: LanguageModels,
    settings: Settings,
    compute: ComputePool,
    subject: Subject,
    check: Check,
    path: Path,
    *,
    spend: Spending | None = None,
    timeout_s: float = 60.0,
) -> tuple[Check, MicroUsd]:
    """`check` with what the vision model of the settings sees in the picture, and what it was paid.

    The caller has made sure that the picture may leave the machine. Raises MissingInput where the settings name no
    model, and what asking, decoding and merging raise.
    """
    if not settings.judge_model:
        raise MissingInput(
            "The settings name no vision model.",
            hint="Set BOTTEGA_JUDGE_MODEL; `bottega models list` has them.",
        )
    data = await compute.call(view, path, Limits.from_settings(settings))
    answer = await models.ask(
        settings.judge_model,
        _PROMPTS[subject],
        _question(subject, data),
        FORMS[subject],
        timeout_s=timeout_s,
        max_tokens=_TOKENS,
        fallbacks=settings.judge_fallbacks,
        spend=spend,
    )
    return merged(subject, check, answer.value.model_dump()), answer.cost


def merged(subject: Subject, check: Check, answer: dict[str, Any]) -> Check:
    """The measured findings and those of a model's `answer`; each says which judge spoke. Raises OutputError."""
    if subject == "person":
        return person_vision.merge_vision(check, answer)
    return garment_vision.merge_vision(check, answer)
