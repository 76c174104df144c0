"""Rendered people and products on invisible mannequins (`rendered/README.md`): the nearest to photographs that may be kept here."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.garment.values import Garment
from bottega.fashion.person.parse import parse_person
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.values import TryOn

FOLDER = Path(__file__).parent / "rendered"
PRODUCTS = {
    "tee_white": ("top", "short"),
    "tee_black_print": ("top", "short"),
    "elbow_green": ("top", "elbow"),
    "long_stripes": ("top", "long"),
    "long_black_vee": ("top", "long"),
    "tank_red": ("top", "none"),
    "dress_green": ("dress", "short"),
}
WORN = {"p01": "top", "p02": "top", "p04": "top", "p05": "top", "p09": "dress"}


def picture(name: str) -> np.ndarray:
    return np.asarray(Image.open(FOLDER / f"{name}.jpg").convert("RGB"))


@lru_cache
def garment(name: str) -> Garment:
    return parse_garment(picture(f"product_{name}"))


@lru_cache
def person(name: str) -> PersonParse:
    return parse_person(picture(f"person_{name}"))


@lru_cache
def worn(who: str, what: str) -> TryOn:
    return try_on(
        picture(f"person_{who}"), picture(f"product_{what}"), person=person(who), garment=garment(what)
    )


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_garment_on_a_mannequin_is_read_as_what_it_is(name: str) -> None:
    found = garment(name)
    assert (found.kind, found.sleeves) == PRODUCTS[name]
    assert found.mannequin > 0.5
    assert found.check.usable


@pytest.mark.parametrize("name", ["tee_white", "tee_black_print", "elbow_green", "long_stripes"])
def test_seams_of_hanging_sleeves_lie_where_arms_begin(name: str) -> None:
    marks = garment(name).landmarks
    chest = marks["armpit_right"][0] - marks["armpit_left"][0]
    for side, sign in (("left", -1), ("right", 1)):
        shoulder, armpit = marks[f"shoulder_{side}"], marks[f"armpit_{side}"]
        assert 0.3 * chest < armpit[1] - shoulder[1] < 0.8 * chest
        assert sign * (shoulder[0] - armpit[0]) > -0.05 * chest
        assert marks[f"cuff_{side}_inner"][1] > armpit[1]


@pytest.mark.parametrize("name", ["tank_red", "long_black_vee", "dress_green", "tee_black_print"])
def test_the_inside_of_the_collar_is_not_part_of_it(name: str) -> None:
    found = garment(name)
    front, left = found.landmarks["collar_front"], found.landmarks["collar_left"]
    middle = round((front[1] + left[1]) / 2)
    assert found.alpha[middle, round(front[0])] < 0.1


@pytest.mark.parametrize(("who", "region"), WORN.items())
def test_what_is_worn_is_told_from_the_rest(who: str, region: str) -> None:
    found = person(who)
    assert found.check.usable
    assert found.agreement > 0.8
    assert region in found.regions
    assert {"face", "hair"} <= found.regions.keys()


def test_shoulders_are_even_where_a_hand_is_at_the_hip() -> None:
    body = body_of(person("p04"))
    assert body is not None
    assert abs(float(np.degrees(np.arctan2(body.across[1], body.across[0])))) < 4


@pytest.mark.parametrize(
    ("who", "what"),
    [("p01", "tee_white"), ("p02", "elbow_green"), ("p05", "tee_white"), ("p09", "dress_green")],
)
def test_it_is_put_on(who: str, what: str) -> None:
    done = worn(who, what)
    photo = picture(f"person_{who}")
    assert np.array_equal(done.rgb[~done.edit_mask], photo[~done.edit_mask])
    assert done.verdict.gates_passed


def test_the_very_garment_comes_to_lie_where_it_is_worn() -> None:
    for who, what, region in (("p01", "tee_white", "top"), ("p09", "dress_green", "dress")):
        new, old = worn(who, what).garment_mask, person(who).regions[region] > 0.5
        assert (new & old).sum() / (new | old).sum() > 0.8


def test_the_trousers_go_on_no_wider_than_they_are() -> None:
    done, photo = worn("p05", "tee_white"), picture("person_p05")
    blue = (done.rgb[..., 2].astype(int) - done.rgb[..., 0] > 40) & done.edit_mask
    seen = np.flatnonzero((photo[..., 2].astype(int) - photo[..., 0] > 40)[-40:].any(axis=0))
    at = np.flatnonzero(blue.any(axis=0))
    assert at.size == 0 or (at.min() >= seen.min() - 6 and at.max() <= seen.max() + 6)
