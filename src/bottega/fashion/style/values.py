"""The style analysis as plain values, with stable field names; None with a reason where a photograph does not tell."""

from typing import Any, Literal

from pydantic import Field

from bottega.domain.base import Value
from bottega.fashion.findings import Judge
from bottega.fashion.skin import Undertone

Season = Literal[
    "light_spring", "true_spring", "bright_spring", "light_summer", "true_summer", "soft_summer",
    "soft_autumn", "true_autumn", "deep_autumn", "deep_winter", "true_winter", "bright_winter",
]  # fmt: skip
Family = Literal["spring", "summer", "autumn", "winter"]
StyleCategory = Literal[
    "classic", "trendy", "bohemian", "minimalist", "edgy", "romantic", "sporty", "business"
]
CANNOT_TELL = "cannot tell"


class Swatch(Value):
    """`use`: what it is good for in this palette; `harder` ones are harder to wear near the face."""

    name: str
    hex: str
    use: Literal["neutral", "accent", "harder"]


class Advice(Value):
    text: str
    reason: str
    judge: Judge = "classical"


class BodyAnalysis(Value):
    """Proportions of the clothed outline. `ratios` are scale-free; `height_estimate` stays "cannot tell": a photograph has no
    scale."""

    body_type: str = CANNOT_TELL
    best_silhouettes: tuple[str, ...] = ()
    proportions: str = CANNOT_TELL
    height_estimate: str = CANNOT_TELL
    ratios: dict[str, float] = Field(default_factory=dict)
    confidence: float = 0.0
    reason: str = ""
    judge: Judge = "classical"


class ColorAnalysis(Value):
    """`skin_tone` is the undertone; `undertones` and `seasons` are probabilities. `axes`: warmth, value and clarity, -1 to 1.
    `skin_hex`, `hair_hex`, `eyes_hex`: the colours as if in neutral light."""

    skin_tone: Undertone | None = None
    best_colors: tuple[Swatch, ...] = ()
    colors_to_avoid: tuple[Swatch, ...] = ()
    seasonal_palette: Family | None = None
    season: Season | None = None
    season_title: str = ""
    also_possible: tuple[Season, ...] = ()
    seasons: dict[Season, float] = Field(default_factory=dict[Season, float])
    undertones: dict[Undertone, float] = Field(default_factory=dict[Undertone, float])
    axes: dict[str, float] = Field(default_factory=dict)
    contrast: Literal["low", "medium", "high"] | None = None
    depth: Literal["light", "medium", "deep"] | None = None
    metals: tuple[str, ...] = ()
    ita_deg: float | None = None
    ita_sd_deg: float | None = None
    skin_hex: str | None = None
    hair: str | None = None
    hair_hex: str | None = None
    eyes: str | None = None
    eyes_hex: str | None = None
    references: tuple[str, ...] = ()
    confidence: float = 0.0
    reason: str = ""
    judge: Judge = "classical"


class WornPiece(Value):
    """`corrected`: whether the colours are as in neutral light, or as the picture shows them."""

    piece: Literal["top", "bottom", "dress", "shoes"]
    colours: tuple[str, ...]
    hexes: tuple[str, ...]
    pattern: Literal["plain", "patterned", "unknown"] = "unknown"
    corrected: bool = False


class StyleProfile(Value):
    current_style: str = CANNOT_TELL
    style_personality: tuple[StyleCategory, ...] = ()
    recommended_styles: tuple[StyleCategory, ...] = ()
    style_confidence: float = 0.0
    worn: tuple[WornPiece, ...] = ()
    reason: str = ""
    judge: Judge = "classical"


class FashionRecommendations(Value):
    """`trending_items` stays empty without a vision model or a feed: a measurement knows no trends."""

    must_have_pieces: tuple[Advice, ...] = ()
    trending_items: tuple[Advice, ...] = ()
    investment_pieces: tuple[Advice, ...] = ()
    styling_tips: tuple[Advice, ...] = ()


class StyleAnalysis(Value):
    """`confidence` is the mean of those parts that could be analysed, 0 when none could. `notes`: sentences for a person,
    among them how to retake the photograph. `sources`: who spoke for each field that says something, by its name with
    that of its part, such as `color_analysis.skin_tone`; two for one that was added to."""

    body_analysis: BodyAnalysis
    color_analysis: ColorAnalysis
    style_profile: StyleProfile
    fashion_recommendations: FashionRecommendations
    confidence: float
    judges: tuple[Judge, ...] = ("classical",)
    notes: tuple[str, ...] = ()
    sources: dict[str, tuple[Judge, ...]] = Field(default_factory=dict[str, tuple[Judge, ...]])


_PARTS = ("body_analysis", "color_analysis", "style_profile", "fashion_recommendations")
_ABOUT = frozenset({"confidence", "style_confidence", "reason", "judge"})


def sources_of(
    analysis: StyleAnalysis, measured: StyleAnalysis | None = None
) -> dict[str, tuple[Judge, ...]]:
    """Who spoke for each field of `analysis`: this machine, or, for what is not as `measured`, a vision model as well or
    alone."""
    found: dict[str, tuple[Judge, ...]] = {}
    for part in _PARTS:
        now: Value = getattr(analysis, part)
        before: Value = getattr(measured or analysis, part)
        for name in type(now).model_fields:
            value: Any = getattr(now, name)
            old: Any = getattr(before, name)
            if name in _ABOUT or value in (None, (), {}, "", CANNOT_TELL):
                continue
            if value == old:
                found[f"{part}.{name}"] = ("classical",)
            elif isinstance(value, tuple) and old and all(each in value for each in old):
                found[f"{part}.{name}"] = ("classical", "vision_model")
            else:
                found[f"{part}.{name}"] = ("vision_model",)
    return found


def overall(body: BodyAnalysis, colour: ColorAnalysis, profile: StyleProfile) -> float:
    """Mean confidence of the parts that have any."""
    parts = [one for one in (body.confidence, colour.confidence, profile.style_confidence) if one > 0]
    return round(sum(parts) / len(parts), 3) if parts else 0.0
