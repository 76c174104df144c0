"""What is worn in the photograph, the style that it speaks of, and the styles that the person's own words ask for."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

import cv2
import numpy as np

from bottega.fashion.colours import lch
from bottega.fashion.garment.palette import colours_of
from bottega.fashion.garment.values import NamedColour
from bottega.fashion.person.values import PersonParse
from bottega.fashion.skin_light import Light, corrected
from bottega.fashion.style.values import StyleCategory, StyleProfile, WornPiece
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import U8

SIDE = 512
NEUTRAL_CHROMA = 14.0
"""Chroma (CIE L*a*b*) below which a colour of clothing counts as a neutral."""


def analyse_profile(rgb: U8, person: PersonParse, light: Light, words: str) -> StyleProfile:
    """The worn pieces of the person in `rgb` (H x W x 3 uint8), and styles by rules on their colours and by `words`."""
    pieces = worn_pieces(rgb, person, light)
    asked = styles_in(words)
    if not pieces:
        return StyleProfile(
            style_personality=asked,
            recommended_styles=asked,
            style_confidence=0.5 if asked else 0.0,
            reason="From your words." if asked else "cannot tell: no worn piece was found for certain",
        )
    said, seen = _current([colour for _, colours in pieces for colour in colours], person)
    # What somebody says of themselves goes before what one photograph shows.
    personality: tuple[StyleCategory, ...] = tuple(dict.fromkeys((*asked, *seen)))
    near: list[StyleCategory] = [other for one in personality for other in NEAR[one]]
    recommended: tuple[StyleCategory, ...] = tuple(dict.fromkeys((*personality, *near)))[:4]
    return StyleProfile(
        current_style=said,
        style_personality=personality,
        recommended_styles=recommended,
        style_confidence=round(0.35 + 0.25 * bool(asked) + 0.1 * min(len(pieces), 2), 3),
        worn=tuple(piece for piece, _ in pieces),
        reason="One photograph shows one outfit; your own words count for more.",
    )


NEAR: dict[StyleCategory, tuple[StyleCategory, ...]] = {
    "classic": ("business", "minimalist"), "trendy": ("edgy",), "bohemian": ("romantic",), "minimalist": ("classic",),
    "edgy": ("trendy",), "romantic": ("classic",), "sporty": ("minimalist",), "business": ("classic",),
}  # fmt: skip
"""Styles that share pieces, so that a wardrobe can move between them."""


def worn_pieces(
    rgb: U8, person: PersonParse, light: Light
) -> list[tuple[WornPiece, tuple[NamedColour, ...]]]:
    """Top or dress, bottom and shoes with their colours, largest share first."""
    scale = min(1.0, SIDE / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
    lab = corrected(small, light) if light.gains is not None else rgb_to_lab(small)
    found: list[tuple[WornPiece, tuple[NamedColour, ...]]] = []
    names: tuple[Literal["top", "bottom", "dress", "shoes"], ...] = ("top", "dress", "bottom", "shoes")
    for name in names:
        region = person.regions.get(name)
        if region is None:
            continue
        mask = np.asarray(cv2.resize(region, size, interpolation=cv2.INTER_AREA)) > 0.6
        colours = tuple(one for one in colours_of(lab, mask) if one.share > 0.12)
        if mask.sum() < 120 or not colours:
            continue
        piece = WornPiece(
            piece=name,
            colours=tuple(one.name for one in colours),
            hexes=tuple(one.hex for one in colours),
            pattern=person.worn_pattern if name in ("top", "dress") else "unknown",
            corrected=light.gains is not None,
        )
        found.append((piece, colours))
    return found


def _current(colours: list[NamedColour], person: PersonParse) -> tuple[str, tuple[StyleCategory, ...]]:
    """A description of what is worn, and the categories that it speaks of."""
    chroma = [float(lch(one.lab)[1]) for one in colours]
    total = sum(one.share for one in colours)
    neutral = (
        sum(one.share for one, value in zip(colours, chroma, strict=True) if value < NEUTRAL_CHROMA) / total
    )
    vivid = sum(one.share for one, value in zip(colours, chroma, strict=True) if value > 45) / total
    patterned = person.worn_pattern == "patterned"
    names = ", ".join(dict.fromkeys(one.name for one in sorted(colours, key=lambda one: -one.share)[:3]))
    words = "patterned" if patterned else "plain"
    tone = "mostly neutral" if neutral > 0.6 else "vivid" if vivid > 0.5 else "coloured"
    said = f"{words}, {tone} pieces in {names}"
    if neutral > 0.6 and not patterned:
        return said, ("minimalist", "classic")
    if vivid > 0.5:
        return said, ("trendy",)
    if "dress" in person.regions:
        return said, ("romantic",)
    return said, ("bohemian",) if patterned and neutral < 0.3 else ("classic",)


def styles_in(words: str) -> tuple[StyleCategory, ...]:
    """The styles that a sentence names, in its order (English, German, French, Spanish, Russian)."""
    text = words.lower()
    places: list[tuple[int, StyleCategory]] = []
    for name, pattern in _patterns().items():
        found = pattern.search(text)
        if found:
            places.append((found.start(), name))
    return tuple(name for _, name in sorted(places))


@lru_cache(maxsize=1)
def _patterns() -> dict[StyleCategory, re.Pattern[str]]:
    """Beginnings of words, so that endings of grammar do not matter."""
    text = (Path(__file__).parent / "styles.toml").read_text(encoding="utf-8")
    return {
        cast(StyleCategory, name): re.compile(
            r"\b(?:" + "|".join(re.escape(one) for one in said["words"]) + ")"
        )
        for name, said in tomllib.loads(text).items()
    }
