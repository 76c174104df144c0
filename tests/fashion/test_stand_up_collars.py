"""Turtlenecks: the tube is told from the front by outline or shade, and goes around the neck, not over the chin."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from drawn_shop import Shot, style
from PIL import Image

from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.outfits.cutouts import with_cover
from bottega.fashion.person.parse import parse_person
from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.engine import try_on

RENDERED = Path(__file__).parent / "rendered"


def picture(name):
    return np.asarray(Image.open(RENDERED / f"{name}.jpg").convert("RGB"))


@lru_cache
def worn():
    person = parse_person(picture("person_p02"))
    product = picture("product_turtle_grey")
    return try_on(picture("person_p02"), product, person=person, garment=parse_garment(product)), person


def test_a_tube_above_the_shoulders_is_a_collar_and_not_part_of_the_front():
    for seed in (1, 4, 5):
        shown = style("turtleneck", seed, Shot(), size=(450, 600))
        garment = parse_garment(shown.drawn.rgb)
        assert garment.stand is not None
        rows = np.nonzero((garment.stand > 0.5).any(axis=1))[0]
        assert rows[-1] - rows[0] > 0.05 * 450 * 0.25
        # Nothing of it is in the front's cut-out, and both together are the garment.
        assert float((garment.stand * garment.alpha).sum()) < 0.1 * float(garment.stand.sum())
        whole = np.maximum(garment.stand, garment.alpha) > 0.5
        assert (whole & shown.drawn.mask).sum() > 0.95 * (whole | shown.drawn.mask).sum()


@pytest.mark.parametrize("name", ["tee_white", "long_black_vee", "tank_red", "sweater_beige", "dress_green"])
def test_a_neckline_is_no_stand_up_collar(name):
    assert parse_garment(picture(f"product_{name}")).stand is None


def test_it_stands_around_the_neck_in_the_colour_of_the_cloth():
    result, person = worn()
    # Above the base of the neck, where the black V of the photograph leaves it bare.
    body = body_of(person)
    x, y = body.into(np.array(body.neck)) - (0, 0.07 * body.breadth)
    column, row = np.rint(body.out(x, y)).astype(int)
    before = picture("person_p02")[row, column].astype(int)
    after = result.rgb[row, column].astype(int)
    assert before.min() > 140
    assert after.max() < 140
    assert np.ptp(after) < 25


def test_it_leaves_the_face_as_it_was():
    result, person = worn()
    face = person.regions["face"] > 0.5
    assert (result.rgb[face] == picture("person_p02")[face]).all()


def test_the_neckline_may_be_covered_then():
    result, _ = worn()
    gate = next(gate for gate in result.verdict.gates if gate.name == "neckline")
    assert gate.passed is None


def test_a_cut_out_for_a_board_has_its_collar():
    rgb = picture("product_turtle_grey")
    garment = parse_garment(rgb)
    assert garment.stand is not None
    alpha = with_cover(rgb, garment)[..., 3]
    assert (alpha[garment.stand > 0.6] > 127).all()
    assert (alpha[garment.alpha > 0.6] > 127).all()
