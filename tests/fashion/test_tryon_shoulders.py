"""Shoulders bared by a top without sleeves, and such a top on them: both as they are on people who wear one."""

from dataclasses import replace

import numpy as np
import pytest
from test_rendered_studio import person, picture, worn

from bottega.fashion.tryon.body import Body, body_of
from bottega.fashion.tryon.contour import Contour
from bottega.fashion.tryon.shoulders import shoulder_middle
from bottega.fashion.tryon.zones import limbs_of

TANK = "tank_red"


def body(who: str) -> Body:
    found = body_of(person(who))
    assert found is not None
    return found


def breadth_of_red(rgb: np.ndarray, own: Body, drop: float) -> float:
    """From the first red pixel to the last `drop` shoulder breadths below the shoulders, in shoulder breadths."""
    row = rgb[round(float(own.out(0.0, drop * own.breadth)[1]))].astype(int)
    red = np.flatnonzero((row[:, 0] > 100) & (row[:, 0] - row[:, 1] > 60) & (row[:, 1] < 90))
    return float(red[-1] - red[0]) / own.breadth


@pytest.mark.parametrize("who", ["p01", "p02", "p05", "p06", "p07", "p10"])
def test_under_cloth_the_round_of_a_shoulder_reaches_up_and_out_to_it(who: str) -> None:
    own = body(who)
    for limb, sign in zip(limbs_of(person(who), own), (-1, 1), strict=True):
        for way in (sign * own.across, -own.down):
            edge = float(own.contour.reach(limb.axis[:1], way[None], own.breadth)[0])
            assert edge - limb.halves[0] < 0.045 * own.breadth


def test_a_shoulder_under_hair_is_as_far_out_as_the_other_one() -> None:
    own = body("p02")
    hair = np.zeros_like(own.contour.solid)
    hair[:, : round(float(own.origin[0]))] = 1
    hidden = replace(own, contour=Contour(own.contour.solid, hair))
    middle = shoulder_middle(hidden.left_arm, hidden)
    seen = shoulder_middle(own.left_arm, own)
    assert float(np.hypot(*(middle - seen))) < 0.03 * own.breadth
    # Where both are hidden nothing but the joint is known.
    neither = replace(own, contour=Contour(own.contour.solid, np.ones_like(hair)))
    assert neither.into(shoulder_middle(neither.left_arm, neither))[0] > own.into(middle)[0]


@pytest.mark.parametrize("who", ["p02", "p10", "p11"])
def test_bare_arms_do_not_pinch_a_top_without_sleeves(who: str) -> None:
    own, rgb = body(who), worn(who, TANK).rgb
    armhole = min(breadth_of_red(rgb, own, drop) for drop in (0.35, 0.4, 0.45))
    assert armhole > 0.83 * breadth_of_red(rgb, own, 0.8)


def test_a_top_without_sleeves_is_as_broad_as_its_wearer_wears_it() -> None:
    own = body("p03")
    for drop in (0.5, 0.6, 1.2, 1.4):
        true = breadth_of_red(picture("person_p03"), own, drop)
        assert breadth_of_red(worn("p03", TANK).rgb, own, drop) == pytest.approx(true, rel=0.055)
