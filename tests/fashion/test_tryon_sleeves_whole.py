"""Sleeves that are whole down to their cuffs, and the gap below an armpit."""

import numpy as np
import pytest
from test_rendered_sleeves import along_forearm, body, fitted

from bottega.fashion.tryon.seams import close_armpit


@pytest.mark.parametrize("who", ["p01", "p02"])
def test_a_sleeve_is_whole_where_its_cuff_was_twisted(who: str) -> None:
    own, cover = body(who), fitted(who, "blouse_blue").sleeves
    for arm in (own.left_arm, own.right_arm):
        along, beside = along_forearm(arm, cover.shape)
        near = (beside < 0.5) & (along > 0.5) & (along < 0.96 * (1 if arm.hand is None else arm.hand))
        assert (cover[near] > 0.5).mean() > 0.99


def test_a_gap_below_an_armpit_ends_in_a_round() -> None:
    rgb = np.full((300, 260, 3), 0.5, np.float32)
    torso, sleeves = np.zeros((300, 260), np.float32), np.zeros((300, 260), np.float32)
    torso[:, :100] = sleeves[:, 108:180] = 1
    torso[:60] = 1
    # From the seam's upper end to its lower one: 150 pixels long, the gap is 8 wide.
    ring = np.array(((104.0, -90.0), (180.0, 100.0), (104.0, 60.0)))
    covers = {"torso": torso, "sleeves": sleeves}
    close_armpit(rgb, covers, ring)
    open_ = (np.maximum(torso, covers["sleeves"])[:, 98:110] < 0.5).sum(axis=1)
    first = int(np.flatnonzero(open_)[0])
    assert first > 64
    assert open_[first] <= 4
    assert open_[-1] == 8
    assert (np.diff(open_[first:]) >= 0).all()
