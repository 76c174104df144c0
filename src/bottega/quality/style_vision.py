"""A vision model looks at a photograph for a style analysis; what was measured on this machine keeps precedence.

What is asked and how an answer is merged is `fashion.style.vision`'s; that nobody could be asked is said in the analysis.
"""

from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bottega.compute import ComputePool
from bottega.domain.money import MicroUsd, Price
from bottega.errors import BottegaError, MissingInput
from bottega.fashion.style.values import CANNOT_TELL, StyleAnalysis, StyleCategory
from bottega.fashion.style.vision import merge_vision, vision_prompt, without_vision
from bottega.imaging.limits import Limits
from bottega.llm import LanguageModels, PictureBytes, Spending, UserPart, price_of_question
from bottega.models import Catalogue
from bottega.quality.vision import view
from bottega.settings import Settings

_TOKENS: Final = 2500
_Text = Annotated[str, Field(max_length=300)]
_Texts = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=8)]
_Styles = Annotated[list[StyleCategory], Field(max_length=8)]
_Sure = Annotated[float, Field(ge=0, le=1)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BodySeen(_Form):
    body_type: _Text = ""
    best_silhouettes: _Texts = []
    proportions: _Text = ""
    height_estimate: Literal["cannot tell"] = CANNOT_TELL


class ColourSeen(_Form):
    skin_tone: Literal["warm", "cool", "neutral", "unknown"]
    best_colors: _Texts
    colors_to_avoid: _Texts
    seasonal_palette: Literal["spring", "summer", "autumn", "winter", "unknown"]


class ProfileSeen(_Form):
    current_style: _Text
    style_personality: _Styles
    recommended_styles: _Styles
    style_confidence: _Sure


class AdviceSeen(_Form):
    must_have_pieces: _Texts
    trending_items: _Texts
    investment_pieces: _Texts
    styling_tips: _Texts


class StyleSeen(_Form):
    """The answer, after `fashion.style.vision.SCHEMA`."""

    possible_child: bool
    body_analysis: BodySeen
    color_analysis: ColourSeen
    style_profile: ProfileSeen
    fashion_recommendations: AdviceSeen
    confidence: _Sure


class Reading(NamedTuple):
    """`answer` after `fashion.style.vision.SCHEMA`, or None with the `reason`. `cost` is what was paid for it."""

    answer: dict[str, Any] | None
    model_id: str
    cost: MicroUsd
    reason: str = ""

    def merged(self, analysis: StyleAnalysis) -> StyleAnalysis:
        """The analysis with what was seen, or with a note that nobody could be asked. Raises OutputError."""
        if self.answer is None:
            return without_vision(analysis, self.reason)
        return merge_vision(analysis, self.answer)

    def as_dict(self) -> dict[str, Any]:
        told: dict[str, Any] = {"model_id": self.model_id, "cost_micro_usd": self.cost}
        return told | ({"reason": self.reason} if self.answer is None else {})


def price_of_reading(catalogue: Catalogue, model_id: str, words: str) -> Price:
    """What `read_style` may cost. Raises InvalidOption for a model whose price nobody knows."""
    return price_of_question(catalogue, model_id, vision_prompt(words), _question(b""), _TOKENS)


def _question(data: bytes) -> list[UserPart]:
    return ["Picture: person", PictureBytes(data, "image/jpeg")]


async def read_style(
    models: LanguageModels,
    settings: Settings,
    compute: ComputePool,
    path: Path,
    words: str = "",
    *,
    spend: Spending | None = None,
    timeout_s: float = 60.0,
) -> Reading:
    """What the vision model of the settings sees of the style in the photograph `path`. A model that cannot be asked is a
    reading without an answer, with the reason.

    The caller has made sure that the picture may leave the machine. Raises what decoding raises, and MissingInput where
    the settings name no model.
    """
    if not settings.judge_model:
        raise MissingInput(
            "The settings name no vision model.",
            hint="Set BOTTEGA_JUDGE_MODEL; `bottega models list` has them.",
        )
    data = await compute.call(view, path, Limits.from_settings(settings))
    try:
        answer = await models.ask(
            settings.judge_model,
            vision_prompt(words),
            _question(data),
            StyleSeen,
            timeout_s=timeout_s,
            max_tokens=_TOKENS,
            fallbacks=settings.judge_fallbacks,
            spend=spend,
        )
    except BottegaError as error:
        cost = int(error.details.get("cost", 0))  # of an answer that could not be used
        return Reading(None, settings.judge_model, cost, f"{error.message} {error.hint}".strip())
    return Reading(answer.value.model_dump(), settings.judge_model, answer.cost)
