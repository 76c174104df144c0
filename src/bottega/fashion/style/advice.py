"""Recommendations from the parts of an analysis, each with the reason it rests on; trends are nothing that is measured."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from bottega.fashion.colours import ciede2000, lab_of
from bottega.fashion.style.values import (
    Advice,
    BodyAnalysis,
    ColorAnalysis,
    FashionRecommendations,
    StyleProfile,
    Swatch,
)

NEAR = 14.0
"""CIEDE2000 up to which a worn colour counts as one of the palette."""


def recommend(body: BodyAnalysis, colour: ColorAnalysis, profile: StyleProfile) -> FashionRecommendations:
    """Pieces by the recommended styles in the palette's colours, and tips by contrast, proportions and what is worn."""
    neutrals = [one for one in colour.best_colors if one.use == "neutral"]
    accents = [one for one in colour.best_colors if one.use == "accent"]
    must: list[Advice] = []
    invest: list[Advice] = []
    for name in profile.recommended_styles[:2]:
        pieces = _styles()[name]
        for number, piece in enumerate(pieces["must_have"]):
            tone = f", for instance in {neutrals[number % len(neutrals)].name}" if neutrals else ""
            must.append(Advice(text=f"{piece}{tone}", reason=f"A base of the {name} style."))
        tone = f" in {neutrals[0].name}" if neutrals else ""
        invest += [
            Advice(text=f"{piece}{tone}", reason=f"Worn for years in the {name} style.")
            for piece in pieces["investment"]
        ]
    if accents:
        must.append(
            Advice(
                text=f"one top in {accents[0].name} or {accents[1].name}",
                reason=f"Accents of the {colour.season_title} palette.",
            )
        )
    tips = [*_colour_tips(colour), *_worn_tips(colour, profile)]
    tips += [
        Advice(text=_sentence(one), reason=f"Proportions: {body.body_type}.") for one in body.best_silhouettes
    ]
    return FashionRecommendations(
        must_have_pieces=tuple(must), investment_pieces=tuple(invest), styling_tips=tuple(tips)
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _colour_tips(colour: ColorAnalysis) -> list[Advice]:
    if colour.season is None:
        return []
    why = f"The palette is {colour.season_title}."
    tips = [Advice(text=f"Jewellery and buckles in {' or '.join(colour.metals)}.", reason=why)]
    if colour.contrast is not None:
        said = {
            "high": "Pair a light piece with a dark one near the face.",
            "medium": "Pair neighbouring depths: neither all pale nor black against white.",
            "low": "Keep tops and scarves close to each other in lightness.",
        }[colour.contrast]
        tips.append(Advice(text=said, reason=f"The contrast of hair, eyes and skin is {colour.contrast}."))
    harder = ", ".join(one.name for one in colour.colors_to_avoid)
    tips.append(
        Advice(text=f"Wear {harder} away from the face, as shoes, bags or below the waist.", reason=why)
    )
    return tips


def _worn_tips(colour: ColorAnalysis, profile: StyleProfile) -> list[Advice]:
    """Whether what is worn near the face lies in the palette."""
    for piece in profile.worn:
        if piece.piece not in ("top", "dress") or not piece.corrected or not colour.best_colors:
            continue
        nearest, away = _nearest(piece.hexes[0], colour.best_colors)
        if away <= NEAR:
            return [
                Advice(
                    text=f"The {piece.colours[0]} {piece.piece} suits the palette: keep it.",
                    reason=f"It is close to {nearest.name}.",
                )
            ]
        return [
            Advice(
                text=f"Try {nearest.name} in place of the {piece.colours[0]} {piece.piece}.",
                reason=f"It is the palette's nearest colour (CIEDE2000 {away:.0f}).",
            )
        ]
    return []


def _nearest(colour: str, swatches: tuple[Swatch, ...]) -> tuple[Swatch, float]:
    away = [float(ciede2000(lab_of(colour), lab_of(one.hex))) for one in swatches]
    best = min(range(len(away)), key=away.__getitem__)
    return swatches[best], away[best]


@lru_cache(maxsize=1)
def _styles() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "styles.toml").read_text(encoding="utf-8"))
