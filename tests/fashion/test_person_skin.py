"""Skin colour for advice: it repeats under other light, or nothing is said."""

from functools import lru_cache

import numpy as np
import pytest
import skimage.data
from drawn_people import TONES, Figure, draw

from bottega.fashion.person.parse import parse_person
from bottega.fashion.skin import (
    SkinColour,
    eye_name,
    hair_name,
    measure_eyes,
    measure_hair,
    measure_skin,
    undertones_of,
)
from bottega.fashion.skin_light import angle, find_irises, find_light
from bottega.imaging.colour import linear_to_srgb, srgb_to_linear


def _relit(rgb: np.ndarray, gains: tuple[float, float, float]) -> np.ndarray:
    linear = srgb_to_linear(rgb.astype(np.float32) / np.float32(255)) * np.asarray(gains, np.float32)
    return np.rint(linear_to_srgb(np.clip(linear, 0, 1)) * 255).astype(np.uint8)


@lru_cache(maxsize=24)
def _measured(tone: int, gains: tuple[float, float, float]) -> SkinColour:
    lit = _relit(draw(Figure(tone=TONES[tone], backdrop_rgb=(205, 205, 207), head_px=220)).rgb, gains)
    return measure_skin(lit, parse_person(lit))


@pytest.mark.parametrize("tone", [0, 2, 4, 6])
def test_the_same_person_measures_the_same_in_other_light(tone: int) -> None:
    usual = _measured(tone, (1, 1, 1))
    assert usual.ita_deg is not None
    for gains in ((0.8, 0.8, 0.8), (1.2, 1.2, 1.2), (1.1, 1.0, 0.85), (0.88, 1.0, 1.1)):
        other = _measured(tone, gains)
        assert other.ita_deg is None or abs(other.ita_deg - usual.ita_deg) <= 5
        assert other.ita_deg is not None or other.reason.startswith("cannot tell")


def test_most_tones_are_measured_at_a_fifth_more_exposure() -> None:
    assert all(_measured(tone, (1.2, 1.2, 1.2)).known for tone in (2, 4, 6))


def test_darker_skin_has_a_lower_angle() -> None:
    angles = [_measured(tone, (1, 1, 1)).ita_deg for tone in (2, 4, 6)]
    assert None not in angles
    assert angles == sorted(angles, reverse=True)  # type: ignore[type-var]


@pytest.mark.parametrize("tone", [2, 4])
def test_the_angle_is_near_the_drawn_skins(tone: int) -> None:
    lightness, _, b = TONES[tone]
    truth = np.degrees(np.arctan2(lightness - 50, b))
    assert _measured(tone, (1, 1, 1)).ita_deg == pytest.approx(truth, abs=10)


def test_strongly_coloured_light_is_not_guessed_away() -> None:
    measured = _measured(4, (1.3, 1.0, 0.4))
    assert not measured.known
    assert "cannot tell" in measured.reason


def test_a_portrait_without_a_backdrop_is_plausible_or_abstains() -> None:
    portrait = skimage.data.astronaut()
    for gains in ((1, 1, 1), (0.8, 0.8, 0.8), (1.2, 1.2, 1.2), (0.88, 1.0, 1.1), (1.1, 1.0, 0.85)):
        lit = _relit(portrait, gains)
        measured = measure_skin(lit, parse_person(lit))
        assert measured.ita_deg is None or 28 <= measured.ita_deg <= 58


def test_the_eyes_alone_do_not_tell_the_light() -> None:
    portrait = skimage.data.astronaut()
    parse = parse_person(portrait)
    around = (parse.silhouette < 0.1)[..., None]
    # Surroundings in another light than the face's.
    mixed = np.where(around, np.clip(portrait * np.array([0.25, 0.6, 1.0]), 0, 255), portrait).astype(
        np.uint8
    )
    light = find_light(mixed, parse)
    assert light.gains is None or "surroundings" not in light.references


def test_undertones_are_probabilities_that_move_smoothly() -> None:
    for hue in np.linspace(40, 76, 19):
        chances = undertones_of(float(hue), 5)
        near = undertones_of(float(hue) + 0.5, 5)
        assert sum(chances.values()) == pytest.approx(1, abs=1e-3)
        assert all(abs(chances[name] - near[name]) < 0.06 for name in chances)
    assert undertones_of(45, 4)["cool"] > 0.9
    assert undertones_of(72, 4)["warm"] > 0.9


def test_irises_and_brown_eyes_of_a_portrait_are_found() -> None:
    portrait = skimage.data.astronaut()
    parse = parse_person(portrait)
    assert parse.face is not None
    (left, right) = find_irises(portrait, parse.face)
    assert np.hypot(left[0] - 203, left[1] - 101) < 3
    assert np.hypot(right[0] - 247, right[1] - 103) < 3
    assert measure_eyes(portrait, parse).name == "brown"


@pytest.mark.parametrize(
    ("lab", "name"),
    [
        ((15, 1, 2), "black"),
        ((70, 5, 25), "blond"),
        ((40, 20, 22), "red"),
        ((60, 1, 2), "grey"),
        ((36, 6, 12), "brown"),
    ],
)
def test_hair_has_usual_names(lab: tuple[float, float, float], name: str) -> None:
    assert hair_name(np.array(lab)) == name


@pytest.mark.parametrize(
    ("lab", "name"),
    [
        ((50, -2, -12), "blue"),
        ((45, -6, 8), "green"),
        ((25, 8, 14), "brown"),
        ((45, 8, 20), "hazel"),
        ((50, 1, 1), "grey"),
    ],
)
def test_eyes_have_usual_names(lab: tuple[float, float, float], name: str) -> None:
    assert eye_name(np.array(lab)) == name


def test_the_angle_between_lights_ignores_their_strength() -> None:
    assert angle(np.array([1.0, 0.8, 0.6]), np.array([0.5, 0.4, 0.3])) == pytest.approx(0, abs=1e-3)
    assert angle(np.array([1.0, 0, 0]), np.array([0, 1.0, 0])) == pytest.approx(90)


def test_without_a_face_nothing_is_said() -> None:
    grey = np.full((300, 300, 3), 128, np.uint8)
    parse = parse_person(grey)
    assert not measure_skin(grey, parse).known
    assert measure_hair(grey, parse).name is None
    assert measure_eyes(grey, parse).name is None
