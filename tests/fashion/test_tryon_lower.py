"""Trousers and skirts on people who wear other ones: legs made up under a hem, shoes left in sight, dresses refused."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from drawn_people import TONES, Drawn, Figure, draw
from drawn_shop import Shot, garment

from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.person.parse import parse_person
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.fork import with_open_fork
from bottega.fashion.tryon.legs import leg_layer, legs_of
from bottega.fashion.tryon.values import TryOn, TryOnRefused
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import F32, U8

FIGURE = Figure(
    width=576,
    height=768,
    head_px=96.0,
    chin=(0.5, 0.155),
    tone=TONES[2],
    top_rgb=(190, 60, 50),
    bottom_rgb=(40, 60, 130),
    sleeves="short",
    spread=0.25,
    seed=3,
)


@cache
def _seen(figure: Figure) -> tuple[Drawn, PersonParse]:
    drawn = draw(figure)
    return drawn, parse_person(drawn.rgb)


@cache
def _worn(name: str, seed: int) -> TryOn:
    drawn, person = _seen(FIGURE)
    product = garment(name, seed, Shot(pattern="plain"), size=(480, 640)).drawn.rgb
    return try_on(drawn.rgb, product, person=person)


def _lab(rgb: U8) -> F32:
    return rgb_to_lab(rgb.astype(np.float32) / np.float32(255))


def test_shoes_begin_where_the_trousers_end() -> None:
    drawn, person = _seen(FIGURE)
    shoes = person.regions["shoes"] > 0.5
    trousers = drawn.regions["bottom"] > 0.5
    assert float((shoes & trousers).sum()) < 0.05 * float(shoes.sum())
    assert float((shoes & (drawn.regions["shoes"] > 0.5)).sum()) > 0.85 * float(shoes.sum())


@pytest.mark.parametrize("scale", [0.93, 1.0, 1.07])
def test_ankles_are_found_whatever_the_head_measures(scale: float) -> None:
    """Drawn at another size, of which only the head is told: the face is a portrait of fixed proportions."""
    drawn, person = _seen(replace(FIGURE, head_px=96.0 * scale, chin=(0.5, 0.15)))
    assert person.frame is not None
    for name in ("ankle_left", "ankle_right"):
        assert abs(person.frame.joints[name][1] - drawn.joints[name][1]) < 0.2 * drawn.head_height


def test_legs_lie_within_the_trousers_and_taper() -> None:
    drawn, person = _seen(FIGURE)
    body = body_of(person)
    assert body is not None
    worn = drawn.regions["bottom"] > 0.5
    for leg, side in zip(legs_of(person, body), ("left", "right"), strict=True):
        cover, _ = leg_layer(leg, worn.shape)
        below = np.zeros(worn.shape, bool)
        knee, ankle = (int(drawn.joints[f"{name}_{side}"][1]) for name in ("knee", "ankle"))
        below[knee:ankle] = True
        inside = below & (cover > 0.5)
        assert float(worn[inside].mean()) > 0.99
        assert leg.breadths[ankle - leg.first] < 0.7 * leg.breadths[knee - leg.first]


def test_under_a_skirt_legs_of_the_skins_colour_reach_down_to_the_shoes() -> None:
    drawn, _ = _seen(FIGURE)
    result = _worn("skirt", 6)
    hem = int(np.flatnonzero(result.garment_mask.any(axis=1))[-1])
    ankle = int(drawn.joints["ankle_left"][1])
    assert hem < ankle - 0.5 * FIGURE.head_px
    middle = round(drawn.joints["knee_left"][0] * 0.5 + drawn.joints["ankle_left"][0] * 0.5)
    row = (hem + ankle) // 2
    shown = _lab(result.rgb[row - 3 : row + 4, middle - 4 : middle + 5])
    away = np.median(shown.reshape(-1, 3), axis=0) - np.array(FIGURE.tone)
    assert np.hypot(away[1], away[2]) < 7
    assert abs(away[0]) < 16
    # And nothing of the blue trousers is left beside them.
    blue = _lab(result.rgb[hem + 8 : ankle])[..., 2] < -20
    assert float(blue.mean()) < 0.002


def test_long_trousers_leave_the_shoes_in_sight() -> None:
    drawn, _ = _seen(FIGURE)
    result = _worn("trousers", 2)
    shoes = drawn.regions["shoes"] > 0.9
    low = shoes.copy()
    low[: round(drawn.joints["ankle_left"][1] + 0.3 * FIGURE.head_px)] = False
    assert float((result.rgb[low] == drawn.rgb[low]).all(axis=1).mean()) > 0.8


def test_under_a_worn_dress_nothing_is_put_on() -> None:
    figure = replace(FIGURE, dress=True, legs="shorts")
    drawn, person = _seen(figure)
    product = garment("trousers", 2, Shot(pattern="plain"), size=(480, 640)).drawn.rgb
    with pytest.raises(TryOnRefused) as caught:
        try_on(drawn.rgb, product, person=person)
    assert "dress_worn" in caught.value.codes


def test_bare_legs_beside_a_midriff_make_no_arms_of_cloth() -> None:
    """A bare midriff is no garment of the skin's colour: the arms stay arms."""
    figure = replace(FIGURE, hem=1.4, waistband=2.0, tone=TONES[1])
    drawn, person = _seen(figure)
    arms = (drawn.regions["left_arm"] > 0.5) | (drawn.regions["right_arm"] > 0.5)
    found = np.maximum(person.regions["left_arm"], person.regions["right_arm"]) > 0.5
    assert float(found[arms].mean()) > 0.8
    assert "dress" not in person.regions


def test_the_narrow_end_of_the_gap_between_trouser_legs_is_opened() -> None:
    """A cut-out that fills it, and takes the crotch for lower than it is, is mended from the picture."""
    picture = garment("trousers", 2, Shot(pattern="plain"), size=(480, 640)).drawn.rgb
    whole = with_open_fork(picture, parse_garment(picture))
    x, y, sure = whole.landmarks["crotch"]
    lower = round(y) + 40
    filled = whole.alpha.copy()
    filled[round(y) - 5 : lower, round(x) - 12 : round(x) + 13] = 1.0
    marks = whole.landmarks | {"crotch": (x, float(lower), sure)}
    mended = with_open_fork(picture, replace(whole, alpha=filled, landmarks=marks))
    assert abs(mended.landmarks["crotch"][1] - y) < 8
    assert mended.alpha[round(y) + 25, round(x) - 10 : round(x) + 11].min() < 0.2
