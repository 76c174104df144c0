"""Arms that bend before the torso: whole sleeves up to the hands, no skin beside them, and their shadow on the torso."""

import numpy as np
import pytest
from test_rendered_sleeves import along_forearm, body, fitted
from test_rendered_studio import person, picture, worn

from bottega.fashion.tryon.caps import within_cloth
from bottega.fashion.tryon.contacts import on_arms, on_torso
from bottega.fashion.tryon.ribbon import beyond_seam, strip_outside, within_ribbon
from bottega.fashion.tryon.seams import soften_seam
from bottega.fashion.tryon.spline import Distortion
from bottega.fashion.tryon.warp import Fitted
from bottega.fashion.tryon.zones import drawn_ring, grown, worn_top


@pytest.mark.parametrize(("who", "what"), [("p04", "long_stripes"), ("p14", "long_stripes")])
def test_a_forearm_before_the_torso_is_whole(who: str, what: str) -> None:
    arm, cover = body(who).right_arm, fitted(who, what).sleeves
    along, beside = along_forearm(arm, cover.shape)
    assert arm.hand is not None
    near = (beside < 0.3) & (along > 0.4) & (along < arm.hand - 0.03)
    assert (cover[near] > 0.95).mean() > 0.99


def test_a_sleeve_begins_softly_at_its_seam_only() -> None:
    """It runs to the right, and its forearm back to the left, below."""
    outer = np.array(((100.0, 40.0), (170.0, 40.0), (200.0, 90.0), (170.0, 140.0), (60.0, 140.0)))
    inner = np.array(((100.0, 90.0), (140.0, 90.0), (150.0, 95.0), (140.0, 100.0), (60.0, 100.0)))
    ring = np.vstack((outer, inner[::-1]))
    cover = np.ones((200, 260), np.float32)
    soften_seam(cover, np.ones_like(cover), ring)
    assert cover[65, 100] == pytest.approx(0.5, abs=0.05)
    assert cover[120, 70] == 1
    assert cover[65, 130] == 1


def test_what_lies_beyond_a_seam_is_all_but_its_begin() -> None:
    outer, inner = ([(x, y) for x in (0.0, 10.0, 20.0, 60.0)] for y in (0.0, 50.0))
    ring = np.array(outer + inner[::-1])
    assert beyond_seam(ring, 0.3)[:, 0].min() == 20
    assert len(beyond_seam(ring, 5.0)) == 2


def test_a_cuff_meets_the_hand() -> None:
    own, cover = body("p08"), fitted("p08", "sweater_beige").sleeves
    for arm in (own.left_arm, own.right_arm):
        assert arm.hand is not None
        along, beside = along_forearm(arm, cover.shape)
        assert (
            cover[(beside < 0.25) & (along > arm.hand - 0.06) & (along < arm.hand - 0.01)] > 0.5
        ).mean() > 0.9


def test_a_sleeve_is_as_long_as_the_worn_one_where_the_wrist_was_not_found() -> None:
    """The left hand is half out of the picture, and was not told from its arm."""
    arm, cover = body("p04").left_arm, fitted("p04", "long_black_vee").sleeves
    assert arm.hand is None
    along, beside = along_forearm(arm, cover.shape)
    assert (cover[(beside < 0.3) & (along > 1.0) & (along < 1.2)] > 0.5).mean() > 0.95
    assert (cover[(beside < 0.3) & (along > 1.35)] > 0.5).mean() < 0.05


@pytest.mark.parametrize("what", ["long_stripes", "blouse_blue"])
def test_no_skin_shows_on_the_outer_side_of_a_sleeve(what: str) -> None:
    done, own, cover = worn("p04", what), body("p04"), fitted("p04", what).alpha
    rgb = done.rgb.astype(int)
    # The backdrop is grey.
    skin = (rgb[..., 0] - rgb[..., 2] > 25) & (cover < 0.3)
    for arm, sign in ((own.left_arm, -1), (own.right_arm, 1)):
        along, beside = along_forearm(arm, cover.shape)
        way = arm.path[2] - arm.path[1]
        y, x = np.mgrid[0 : cover.shape[0], 0 : cover.shape[1]]
        outer = sign * ((x - arm.path[1][0]) * way[1] - (y - arm.path[1][1]) * way[0]) > 0
        assert skin[outer & (beside < 1.5) & (along > 0.2) & (along < 0.85)].sum() < 12


def test_a_strip_lies_on_the_outer_side() -> None:
    outer, inner = ([(x, y) for y in (10.0, 50.0, 90.0)] for x in (40.0, 60.0))
    drawn = drawn_ring(strip_outside(np.array(outer + inner[::-1]), 20), (100, 100)) > 0.5
    assert drawn[50, 25]
    assert drawn[50, 45]
    assert not drawn[50, 58]
    assert not drawn[50, 15]


def test_an_inner_edge_beside_the_cloth_comes_to_it() -> None:
    """A sleeve that narrows in a curve; its marks lie on a straight line."""
    rows = np.arange(100)
    alpha = np.zeros((100, 100), np.float32)
    for row in rows:
        alpha[row, 20 : 80 - round(0.2 * min(row, 99 - row))] = 1
    outer, inner = np.column_stack((np.full(9, 20.0), np.linspace(5, 95, 9))), None
    inner = np.column_stack((np.full(9, 80.0), np.linspace(5, 95, 9)))
    found = within_cloth(inner, outer, alpha)
    assert found[4, 0] == pytest.approx(70, abs=1.5)
    assert found[:, 1] == pytest.approx(inner[:, 1])
    # In cloth it stays.
    assert within_cloth(inner - (20, 0), outer, alpha) == pytest.approx(inner - (20, 0))


def test_the_edge_of_a_ribbon_is_soft() -> None:
    field = np.full((40, 40, 2), -1.0, np.float32)
    field[:, 10:30] = 5
    inside = within_ribbon(field)
    assert not inside[:, :10].any()
    assert (inside[:, 14:26] > 0.99).all()
    assert 0 < inside[20, 10] < 1


def test_an_arm_casts_a_shadow_on_the_torso_and_bears_none_of_it() -> None:
    torso, arm = np.zeros((200, 200), np.float32), np.zeros((200, 200), np.float32)
    torso[:, :120] = 1
    arm[90:110] = 1
    fitted_ = Fitted(np.zeros((200, 200, 3), np.float32), torso, arm * 0, Distortion(1.0, 1.0))
    factors = on_torso(fitted_, arm, 300.0)
    assert factors[112, 60] < 0.93
    assert factors[100, 60] == 1
    assert factors[112, 180] == 1
    assert factors[190, 60] == pytest.approx(1, abs=0.01)
    cover = torso * (1 - arm)
    assert on_arms(cover, torso * 0, arm, 300.0)[92, 60] == 1
    assert on_arms(cover, torso * 0, arm * 0, 300.0)[92, 60] < 0.9
    # Its own sleeve's shadow falls on it.
    sleeve = np.zeros_like(torso)
    sleeve[:, 150:] = 1
    assert on_arms(cover + sleeve, sleeve, arm, 300.0)[100, 148] < 0.95


def test_a_bare_wrist_before_the_torso_stays_as_it_is() -> None:
    """Cream cloth and fair skin: only a rim is mixed of both."""
    photo, done = picture("person_p14"), worn("p14", "tee_sun")
    arm = person("p14").regions["right_arm"] > 0.95
    arm &= ~grown(worn_top(person("p14"), arm.shape) > 0.5, 8)
    assert arm.sum() > 8000
    changed = np.abs(done.rgb.astype(int) - photo).max(axis=2) > 2
    along, _ = along_forearm(body("p14").right_arm, arm.shape)
    assert changed[arm & (along > 0.5)].mean() < 0.02
