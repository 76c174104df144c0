"""A photograph and some words in, the style analysis out: the order of the steps. Models are called elsewhere."""

from typing import Any

from bottega.fashion.person.parse import parse_person
from bottega.fashion.person.values import PersonParse
from bottega.fashion.skin_light import find_light
from bottega.fashion.style.advice import recommend
from bottega.fashion.style.body import analyse_body
from bottega.fashion.style.colour import RETAKE, analyse_colour
from bottega.fashion.style.profile import analyse_profile
from bottega.fashion.style.values import ColorAnalysis, StyleAnalysis, StyleProfile, overall, sources_of
from bottega.fashion.style.vision import merge_vision
from bottega.imaging.picture import U8


def analyse_style(
    rgb: U8, person: PersonParse | None = None, *, words: str = "", vision: dict[str, Any] | None = None
) -> StyleAnalysis:
    """Colours, proportions, style and recommendations for the person in `rgb` (H x W x 3 uint8).

    `person`: its parse when there is one already. `words`: what the person says of their style. `vision`: a vision model's
    answer (see `style.vision`). Every photograph has an analysis; what it does not tell says so. Raises InvalidOption
    for an array that is no picture, OutputError for a vision answer that is not of the schema.
    """
    person = person if person is not None else parse_person(rgb)
    notes: list[str] = []
    several = bool(person.check.with_codes("several_people"))
    if several:
        notes.append("More than one person is in this picture: crop it to one.")
    light = find_light(rgb, person)
    body = analyse_body(person)
    if person.check.with_codes("no_person") or several:
        colour = ColorAnalysis(reason="cannot tell: exactly one person has to be in the picture")
        profile = (
            analyse_profile(rgb, person, light, words) if several else StyleProfile(reason=colour.reason)
        )
    else:
        colour, profile = analyse_colour(rgb, person, light), analyse_profile(rgb, person, light, words)
    if person.headless:
        notes.append("The picture shows no head: only clothes and proportions were analysed.")
    elif colour.season is None:
        notes.append(RETAKE)
    analysis = StyleAnalysis(
        body_analysis=body,
        color_analysis=colour,
        style_profile=profile,
        fashion_recommendations=recommend(body, colour, profile),
        confidence=overall(body, colour, profile),
        notes=tuple(notes),
    )
    analysis = analysis.model_copy(update={"sources": sources_of(analysis)})
    return merge_vision(analysis, vision) if vision is not None else analysis
