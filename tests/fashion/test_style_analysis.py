"""The style analysis of drawn figures with known proportions and tones, and of what it must not say."""

from functools import lru_cache
from typing import get_args

import numpy as np
import pytest
import skimage.data
from drawn_people import TONES, Figure, draw

from bottega.fashion.colours import ciede2000, lab_of
from bottega.fashion.findings import Check
from bottega.fashion.person.checks import finding
from bottega.fashion.person.parse import parse_person
from bottega.fashion.person.values import PersonParse
from bottega.fashion.style.analyse import analyse_style
from bottega.fashion.style.picture import palette_picture
from bottega.fashion.style.profile import styles_in
from bottega.fashion.style.seasons import Axes, all_seasons, season_chances
from bottega.fashion.style.values import CANNOT_TELL, Season, StyleAnalysis


@lru_cache(maxsize=16)
def _figure(figure: Figure) -> tuple[np.ndarray, PersonParse]:
    rgb = draw(figure).rgb
    return rgb, parse_person(rgb)


def _of(**drawn: object) -> StyleAnalysis:
    rgb, person = _figure(Figure(backdrop_rgb=(205, 205, 207), **drawn))  # type: ignore[arg-type]
    return analyse_style(rgb, person)


@pytest.mark.parametrize(("shoulder", "hip"), [(0.92, 0.72), (1.02, 0.66), (0.82, 0.82)])
def test_proportions_are_those_of_the_figure(shoulder: float, hip: float) -> None:
    assert _of(shoulder=shoulder, hip=hip).body_analysis.ratios["shoulder_to_hip"] == pytest.approx(
        shoulder / hip, rel=0.06
    )


def test_wide_shoulders_and_wide_hips_are_described_as_what_they_are() -> None:
    assert _of(shoulder=1.02, hip=0.66).body_analysis.body_type == "shoulders wider than hips"
    assert _of(shoulder=0.82, hip=0.82).body_analysis.body_type == "hips wider than shoulders"
    assert "balanced" in _of().body_analysis.body_type


def test_a_marked_waist_is_told_from_a_straight_line() -> None:
    assert "waist marked" in _of(waist=0.5).body_analysis.body_type
    assert "line straight" in _of(waist=0.66).body_analysis.body_type


def test_height_is_never_guessed() -> None:
    assert _of().body_analysis.height_estimate == CANNOT_TELL


def test_fair_and_dark_people_get_light_and_deep_seasons() -> None:
    fair, deep = _of(tone=TONES[0], hair_rgb=(190, 150, 100)), _of(tone=TONES[5], hair_rgb=(28, 24, 24))
    assert fair.color_analysis.depth == "light"
    assert fair.color_analysis.season in ("light_spring", "true_spring", "light_summer")
    assert deep.color_analysis.depth == "deep"
    assert deep.color_analysis.season in ("deep_winter", "deep_autumn")


def test_cool_skin_with_ash_hair_is_a_summer() -> None:
    colour = _of(tone=(70, 9, 10), hair_rgb=(90, 85, 80)).color_analysis
    assert (colour.skin_tone, colour.seasonal_palette) == ("cool", "summer")


def test_probabilities_add_up_and_agree_with_the_label() -> None:
    colour = _of().color_analysis
    assert sum(colour.seasons.values()) == pytest.approx(1, abs=0.01)
    assert sum(colour.undertones.values()) == pytest.approx(1, abs=0.01)
    assert colour.season == max(colour.seasons, key=lambda name: colour.seasons[name])


@pytest.mark.parametrize("name", get_args(Season))
def test_the_centre_of_a_season_is_that_season(name: Season) -> None:
    centre = next(one.axes for one in all_seasons() if one.id == name)
    assert next(iter(season_chances(Axes(*centre, sd=(0.2, 0.2, 0.2), contrast=40)))) == name


def test_every_palette_has_two_dozen_different_colours_of_all_uses() -> None:
    assert len(all_seasons()) == 12
    for one in all_seasons():
        labs = np.array([lab_of(swatch.hex) for swatch in one.swatches])
        apart = ciede2000(labs[:, None], labs[None])[np.triu_indices(len(labs), 1)]
        assert 22 <= len(one.swatches) <= 26
        assert {swatch.use for swatch in one.swatches} == {"neutral", "accent", "harder"}
        assert len({swatch.name for swatch in one.swatches}) == len(one.swatches)
        assert apart.min() > 2
        assert one.metals


def test_a_portrait_is_light_to_intermediate_or_abstains() -> None:
    colour = analyse_style(skimage.data.astronaut()).color_analysis
    assert colour.ita_deg is None or 28 <= colour.ita_deg <= 58
    assert colour.hair == "brown"
    assert colour.eyes == "brown"


def test_coloured_light_has_no_season_and_says_how_to_retake() -> None:
    rgb, _ = _figure(Figure(backdrop_rgb=(205, 205, 207)))
    lit = (rgb * np.array([1.0, 0.72, 0.35])).astype(np.uint8)
    analysis = analyse_style(lit)
    assert analysis.color_analysis.season is None
    assert "light" in analysis.color_analysis.reason
    assert any("daylight" in note for note in analysis.notes)


def test_a_possible_child_is_not_analysed() -> None:
    rgb, person = _figure(Figure(backdrop_rgb=(205, 205, 207)))
    child = PersonParse(
        **{
            **{name: getattr(person, name) for name in PersonParse.__slots__},
            "check": Check(findings=(finding("possible_child"),)),
        }
    )
    body = analyse_style(rgb, child).body_analysis
    assert (body.body_type, body.ratios, body.confidence) == (CANNOT_TELL, {}, 0.0)
    assert "child" in body.reason


def test_without_a_head_only_clothes_and_proportions_are_analysed() -> None:
    analysis = _of(crop_top=0.21)
    assert analysis.color_analysis.season is None
    assert analysis.style_profile.worn
    assert any("no head" in note for note in analysis.notes)


def test_a_picture_without_a_person_has_nothing_to_say() -> None:
    analysis = analyse_style(np.full((300, 300, 3), 128, np.uint8))
    assert analysis.confidence == 0
    assert analysis.color_analysis.season is None
    assert analysis.body_analysis.body_type == CANNOT_TELL


def test_the_worn_top_has_its_own_colour_in_warm_light() -> None:
    rgb, _ = _figure(Figure(backdrop_rgb=(205, 205, 207), top_rgb=(60, 90, 160)))
    warm = np.clip(rgb * np.array([1.0, 0.93, 0.8]), 0, 255).astype(np.uint8)
    for lit in (rgb, warm):
        top = next(piece for piece in analyse_style(lit).style_profile.worn if piece.piece == "top")
        assert float(ciede2000(lab_of(top.hexes[0]), lab_of("#3c5aa0"))) < 14
        assert top.corrected


@pytest.mark.parametrize(
    ("words", "styles"),
    [("I like minimalist and sporty looks", ("minimalist", "sporty")), ("eher klassisch", ("classic",)),
     ("un style bohème", ("bohemian",)), ("estilo deportivo", ("sporty",)), ("деловой стиль", ("business",)), ("blue", ())],
)  # fmt: skip
def test_styles_are_read_from_words(words: str, styles: tuple[str, ...]) -> None:
    assert styles_in(words) == styles


def test_every_recommendation_has_a_reason_and_no_trend_is_made_up() -> None:
    said = _of().fashion_recommendations
    every = (*said.must_have_pieces, *said.investment_pieces, *said.styling_tips)
    assert said.must_have_pieces
    assert said.styling_tips
    assert all(one.text and one.reason for one in every)
    assert said.trending_items == ()


def test_the_palette_is_a_picture_that_shows_every_colour() -> None:
    analysis = _of()
    picture = palette_picture(analysis)
    assert picture.shape[1:] == (1200, 3)
    colours = {tuple(int(v) for v in row) for row in np.unique(picture.reshape(-1, 3), axis=0)}
    for one in analysis.color_analysis.best_colors:
        assert tuple(int(one.hex[at : at + 2], 16) for at in (1, 3, 5)) in colours


def test_without_a_palette_the_picture_still_says_why() -> None:
    picture = palette_picture(analyse_style(np.full((300, 300, 3), 128, np.uint8)))
    assert picture.dtype == np.uint8
    assert len(np.unique(picture)) > 20
