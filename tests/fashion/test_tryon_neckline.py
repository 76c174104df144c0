"""The throat of a try-on: no cloth is left on it; and a collar or waistband that came out wrong is refused."""

from dataclasses import replace
from functools import lru_cache

import cv2
import drawn_garments
import drawn_people
import numpy as np
import pytest
from tryon_truth import garment_truth, person_truth

from bottega.fashion.tryon.conditions import MOST_SMEARED, MOST_UNEVEN_WAIST
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.expected import Expected, expected_of
from bottega.fashion.tryon.gates import judge_tryon
from bottega.fashion.tryon.remains import smeared_collar, uneven_waist
from bottega.fashion.tryon.values import Gate, TryOn, TryOnOptions

OLD = (30, 120, 140)
FIGURE = drawn_people.Figure(top_rgb=OLD, neckline=0.3, tone=drawn_people.TONES[2], seed=7)


@lru_cache(maxsize=1)
def scene() -> tuple[drawn_people.Drawn, drawn_garments.Drawn, TryOn]:
    person, garment = drawn_people.draw(FIGURE), drawn_garments.draw("tshirt", 6, pattern="plain")
    done = try_on(person.rgb, garment.rgb, person=person_truth(person), garment=garment_truth(garment))
    return person, garment, done


def neckline(photo: np.ndarray, result: np.ndarray) -> Gate:
    person, garment, _ = scene()
    found = judge_tryon(
        photo,
        garment.rgb,
        result,
        person=person_truth(replace(person, rgb=photo)),
        garment=garment_truth(garment),
    )
    return next(one for one in found.gates if one.name == "neckline")


def throat(rgb: np.ndarray, colour: tuple[int, int, int], height: int, down: float = 0.32) -> np.ndarray:
    """A band of `colour` across the throat, `height` pixels high, `down` head heights below the chin."""
    person, _, done = scene()
    x = round(person.chin[0])
    collar = int(np.flatnonzero(done.garment_mask[:, x])[0])
    low = min(collar - 10, round(person.chin[1] + down * person.head_height))
    marked = rgb.copy()
    marked[low - height : low, x - 25 : x + 25] = colour
    return marked


def test_a_bare_throat_passes() -> None:
    person, _, done = scene()
    assert neckline(person.rgb, done.rgb).passed is True


@pytest.mark.parametrize("colour", [OLD, (120, 120, 120), (240, 240, 240)])
def test_cloth_on_the_throat_does_not_pass(colour: tuple[int, int, int]) -> None:
    person, _, done = scene()
    assert neckline(person.rgb, throat(done.rgb, colour, 14)).passed is False


def test_a_chain_that_was_there_before_is_no_fault() -> None:
    person, _, done = scene()
    gold = (150, 140, 20)
    assert neckline(throat(person.rgb, gold, 5, 0.2), throat(done.rgb, gold, 5, 0.2)).passed is True


def expectation(name: str) -> Expected:
    person = drawn_people.draw(replace(FIGURE, head_px=125.0, chin=(0.5, 0.17), hem=1.7, waistband=2.1))
    garment = drawn_garments.draw(name, 2, pattern="plain")
    found = expected_of(person_truth(person), garment_truth(garment), TryOnOptions())
    assert found is not None
    return found


def test_a_collar_smeared_beside_the_neck_is_measured() -> None:
    expected = expectation("tshirt")
    assert smeared_collar(expected) < 0.001
    cover = expected.cover.copy()
    x, y = (
        round(float(v)) for v in expected.body.out(0.3 * expected.body.breadth, -0.1 * expected.body.breadth)
    )
    cover[y - 12 : y + 12, x - 25 : x + 25] = np.linspace(1, 0, 50, dtype=np.float32)
    assert smeared_collar(replace(expected, cover=cover)) > MOST_SMEARED


def test_a_waistband_torn_on_one_side_is_measured() -> None:
    expected = expectation("trousers")
    level = replace(expected, front=np.zeros_like(expected.front))
    assert uneven_waist(level) < 0.08
    body = expected.body
    # The waistband may lie under the hem of what is worn above.
    middle = round(float(body.out(0.1 * body.breadth, 0.0)[0]))
    upper = float(np.flatnonzero(level.cover[:, middle] > 0.5)[0])
    start = float(body.into(np.array((middle, upper)))[1])
    corners = body.out(
        np.array((0.03, 0.5, 0.5, 0.03)) * body.breadth,
        np.array((-0.3, -0.3, 0.16, 0.16)) * body.breadth + start,
    )
    torn = level.cover.copy()
    cv2.fillPoly(torn, [np.rint(corners).astype(np.int32)], 0.0)
    assert uneven_waist(replace(level, cover=torn)) > MOST_UNEVEN_WAIST
