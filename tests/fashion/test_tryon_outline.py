"""Shoulders without tips, cuffs with both corners, and a judge that sees ragged outlines and uneven necklines."""

from dataclasses import replace
from functools import lru_cache

import cv2
import drawn_garments
import drawn_people
import numpy as np
import pytest
from tryon_truth import garment_truth, person_truth

from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.cloth import cloth_of
from bottega.fashion.tryon.conditions import MOST_RAGGED, MOST_UNEVEN_COLLAR
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.expected import Expected, expected_of
from bottega.fashion.tryon.remains import ragged_share, uneven_collar
from bottega.fashion.tryon.values import TryOnOptions, TryOnRefused


@lru_cache(maxsize=4)
def parsed(sleeves: str = "short") -> tuple[drawn_people.Drawn, drawn_garments.Drawn, PersonParse, Garment]:
    figure = drawn_people.Figure(sleeves=sleeves, hair="short", tone=drawn_people.TONES[2], seed=5)  # type: ignore[arg-type]
    person, garment = drawn_people.draw(figure), drawn_garments.draw("tshirt", 5, pattern="plain")
    return person, garment, person_truth(person), garment_truth(garment)


def expected(person: PersonParse, garment: Garment) -> Expected:
    found = expected_of(person, garment, TryOnOptions())
    assert found is not None
    return found


@pytest.mark.parametrize("sleeves", ["none", "short", "long"])
@pytest.mark.parametrize("name", ["tshirt", "shirt"])
def test_the_outline_has_no_tips_whatever_was_worn_before(sleeves: str, name: str) -> None:
    _, _, person, _ = parsed(sleeves)
    garment = garment_truth(drawn_garments.draw(name, 8, pattern="plain"))
    assert ragged_share(expected(person, garment)) < MOST_RAGGED


def test_from_collar_to_sleeve_the_upper_edge_only_goes_down() -> None:
    _, _, person, garment = parsed()
    found = expected(person, garment)
    body, cover = found.body, found.cover > 0.5
    tops: list[int] = []
    for share in np.linspace(0.36, 0.62, 20):
        column = round(float(body.out(share * body.breadth, 0.0)[0]))
        rows = np.flatnonzero(cover[:, column])
        if len(rows):
            tops.append(int(rows[0]))
    climbs = np.maximum(-np.diff(tops), 0)
    assert len(tops) >= 15
    assert climbs.sum() < 0.02 * body.breadth


def test_a_fringed_outline_is_seen() -> None:
    _, _, known, garment = parsed()
    noise = np.random.default_rng(0).standard_normal(garment.alpha.shape).astype(np.float32)
    coarse = np.asarray(cv2.GaussianBlur(noise, (0, 0), 7))
    rim = np.asarray(cv2.dilate(garment.alpha, np.ones((45, 45), np.uint8))) - garment.alpha
    fringed = np.maximum(garment.alpha, ((rim > 0.5) & (coarse > 0)).astype(np.float32))
    torn = expected(known, replace(garment, alpha=fringed))
    assert ragged_share(torn) > 2 * ragged_share(expected(known, garment))


def test_a_neckline_with_a_piece_left_on_one_side_is_not_even() -> None:
    person, drawing, known, garment = parsed()
    marks = garment.landmarks
    (x, y, _), (end, top, _) = marks["collar_front"], marks["collar_right"]
    left_over = garment.alpha.copy()
    cv2.rectangle(left_over, (round(x), round(top)), (round(end), round(y) + 10), (1.0,), -1)
    even, uneven = (
        uneven_collar(expected(known, one)) for one in (garment, replace(garment, alpha=left_over))
    )
    assert even < MOST_UNEVEN_COLLAR < uneven
    with pytest.raises(TryOnRefused) as refused:
        try_on(
            person.rgb, drawing.rgb, person=known, garment=replace(garment, alpha=left_over, confidence=0.9)
        )
    assert "collar_uneven" in refused.value.codes


def test_a_cuff_marked_halfway_keeps_its_corner() -> None:
    _, _, _, garment = parsed()
    marks = dict(garment.landmarks)
    outer, inner = (np.array(marks[f"cuff_left_{end}"][:2]) for end in ("outer", "inner"))
    halfway = inner + 0.6 * (outer - inner)
    marks["cuff_left_outer"] = (float(halfway[0]), float(halfway[1]), 1.0)
    cloth = cloth_of(replace(garment, landmarks=marks))
    assert cloth is not None
    assert cloth.left_sleeve is not None
    assert np.hypot(*(cloth.left_sleeve.outer[-1] - outer)) < 0.2 * np.hypot(*(outer - inner))


def test_hair_behind_the_shoulders_goes_on_under_a_wider_neckline() -> None:
    figure = drawn_people.Figure(
        hair="long", hair_rgb=(30, 24, 24), neckline=0.3, sleeves="long", seed=9, backdrop_rgb=(245, 245, 245)
    )
    person, garment = drawn_people.draw(figure), drawn_garments.draw("tshirt", 9, pattern="plain")
    done = try_on(person.rgb, garment.rgb, person=person_truth(person), garment=garment_truth(garment))
    hair = person.regions["hair"] > 0.5
    below = np.asarray(cv2.dilate(hair.astype(np.uint8), np.ones((9, 1), np.uint8)), bool) & ~hair
    below &= (person.regions["top"] > 0.9) & (done.layer[..., 3] < 10)
    inner = np.zeros_like(below)
    inner[:, round(person.chin[0] - 0.5 * 170) : round(person.chin[0] + 0.5 * 170)] = True
    bright = done.rgb.min(axis=2) > 200
    assert (bright & below & inner).sum() <= 0.1 * max(int((below & inner).sum()), 10)
