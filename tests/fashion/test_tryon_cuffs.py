"""Where an arm comes out of a worn sleeve: nothing is left of the cuff, and the arm's own rim stays."""

import numpy as np
import pytest
from test_rendered_studio import person, picture, worn

from bottega.fashion.tryon.behind import behind_upper
from bottega.fashion.tryon.body import Body, body_of
from bottega.fashion.tryon.cuffs import cuffs_of
from bottega.fashion.tryon.limbs import STATIONS
from bottega.fashion.tryon.zones import grown, limbs_of, worn_top


def body(who: str) -> Body:
    found = body_of(person(who))
    assert found is not None
    return found


@pytest.mark.parametrize("who", ["p06", "p10"])
def test_the_rim_of_a_bare_arm_is_not_taken_for_the_worn_top(who: str) -> None:
    """Shaded dark skin is near black cloth, and fair skin near pink."""
    own, photo = body(who), picture(f"person_{who}").astype(np.float32) / 255
    stain = behind_upper(photo, person(who), own).stain
    away_from_cloth = ~grown(worn_top(person(who), photo.shape) > 0.5, round(0.06 * own.breadth))
    for limb in limbs_of(person(who), own):
        rim = grown(limb.between(limb.end + 5, limb.last, stain.shape), 3) & away_from_cloth
        assert rim.sum() > 1000
        assert int((stain & rim).sum()) == 0


@pytest.mark.parametrize(("who", "side"), [("p04", 1), ("p07", 0), ("p07", 1)])
def test_nothing_of_a_cuff_is_left_around_the_wrist(who: str, side: int) -> None:
    done, own = worn(who, "tee_white"), body(who)
    limb = limbs_of(person(who), own)[side]
    assert limb.end < STATIONS
    around = limb.between(limb.end - 12, limb.end + 4, done.garment_mask.shape, 2.0)
    left = around & (done.rgb.max(axis=2) < 110) & ~grown(done.garment_mask, 3)
    assert left.sum() <= 3


def test_a_cuff_is_looked_for_around_the_wrist_and_not_at_an_armhole() -> None:
    long, none = (limbs_of(person(who), body(who)) for who in ("p07", "p12"))
    shape = person("p07").silhouette.shape
    assert cuffs_of(long, shape).zone.any()
    assert not cuffs_of(none, shape).zone.any()
    cuffs = cuffs_of(long, shape)
    assert not (cuffs.beside & ~cuffs.zone).any()
    assert not (cuffs.zone & ~cuffs.after).any()


def test_a_hand_out_of_a_new_sleeve_stays_as_it_is() -> None:
    photo = picture("person_p02").astype(np.float32) / 255
    behind = behind_upper(photo, person("p02"), body("p02"))
    assert behind.wrists.any()
    front = np.ones(behind.stain.shape, np.float32)
    bare = behind.before(front, np.zeros_like(front))
    assert not bare[behind.wrists].any()
    assert behind.before(front, np.ones_like(front))[behind.wrists].all()
