"""Cloth in the air, of a sleeve that missed its arm or a waistband off the waist, is refused. Hems that flare are not."""

from dataclasses import replace

import drawn_garments
import drawn_pairs
import drawn_people
import numpy as np
import pytest
from tryon_truth import garment_truth, person_truth

from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.conditions import waist_reasons
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.expected import expected_of
from bottega.fashion.tryon.remains import astray_share
from bottega.fashion.tryon.values import TryOnOptions, TryOnRefused

FIGURE = drawn_people.Figure(
    width=384, height=512, head_px=80.0, chin=(0.5, 0.2), tone=drawn_people.TONES[2], spread=0.2, seed=4
)


def test_a_sleeve_beside_its_arm_is_refused() -> None:
    pair = drawn_pairs.pairs(2, 616_001)[1]
    with pytest.raises(TryOnRefused) as refused:
        try_on(pair.person.rgb, pair.product.rgb)
    assert "sleeves_astray" in [reason.code for reason in refused.value.reasons]


def test_trousers_under_a_short_top_have_a_level_waistband_and_leave_the_shoes_in_sight() -> None:
    pair = drawn_pairs.pairs(6, 616_001)[5]
    done = try_on(pair.person.rgb, pair.product.rgb)
    ys, xs = np.nonzero(done.garment_mask)
    middle = float(np.median(xs))
    tops = [float(ys[(xs > middle + at) & (xs < middle + at + 20)].min()) for at in (-60, 40)]
    assert abs(tops[0] - tops[1]) < 8
    shoes = pair.person.regions["shoes"] > 0.5
    assert float((done.garment_mask & shoes).sum()) < 0.35 * float(shoes.sum())


def test_a_waistband_whose_halves_differ_or_that_stands_off_is_refused() -> None:
    assert [reason.code for reason in waist_reasons(0.2, 0.0)] == ["waist_uneven"]
    assert [reason.code for reason in waist_reasons(0.0, 0.01)] == ["waist_uneven"]
    assert waist_reasons(0.02, 0.0) == ()


def test_cloth_in_the_air_counts_above_the_hips_only() -> None:
    drawn = drawn_people.draw(FIGURE)
    person, garment = person_truth(drawn), garment_truth(drawn_garments.draw("tshirt", 3))
    expected = expected_of(person, garment, TryOnOptions())
    body = body_of(person)
    assert expected is not None
    assert body is not None
    assert astray_share(expected, person.silhouette) < 0.001
    hips = body.hip_drop / body.breadth
    for drop, counted in ((0.5, True), (hips - 0.2, True), (hips + 0.2, False)):
        x, y = body.breadth * np.array((1.0, drop)) @ np.array((body.across, body.down)) + body.origin
        cover = expected.cover.copy()
        cover[int(y) - 12 : int(y) + 12, int(x) - 12 : int(x) + 12] = 1
        share = astray_share(replace(expected, cover=cover), person.silhouette)
        assert (share > 0.005) is counted
