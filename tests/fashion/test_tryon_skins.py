"""Made-up skin beside skin that is seen: no step between them, and what is seen stays."""

import numpy as np
import pytest

from bottega.fashion.tryon.skins import as_beside, chinks, opened

BREADTH = 300.0


def beside(made_up: np.ndarray, cuffs: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Seen skin of 0.8 above row 100, made-up skin of 0.5 as `made_up` says."""
    photo = np.full((200, 120, 3), 0.1, np.float32)
    photo[:100] = 0.8
    seen = np.zeros((200, 120), bool)
    seen[:100] = True
    return as_beside(np.full_like(photo, 0.5), photo, made_up, seen & ~made_up, made_up & cuffs, BREADTH)


def test_made_up_skin_begins_as_what_is_seen_ends() -> None:
    made_up = np.zeros((200, 120), bool)
    made_up[100:] = True
    skin, wide = beside(made_up)
    assert skin[101, 60] == pytest.approx(0.8, abs=0.04)
    assert skin[190, 60] == pytest.approx(0.5, abs=0.01)
    assert (np.diff(skin[100:, 60, 0]) <= 1e-4).all()
    assert wide[150, 60]


def test_the_shadow_of_a_cuff_is_not_carried_on() -> None:
    photo = np.full((200, 120, 3), 0.8, np.float32)
    photo[94:100] = 0.4
    made_up = np.zeros((200, 120), bool)
    made_up[100:] = True
    skin, _ = as_beside(np.full_like(photo, 0.6), photo, made_up, ~made_up, ~made_up & False, BREADTH)
    assert skin[103, 60] == pytest.approx(0.8, abs=0.06)


def test_a_rim_is_as_the_skin_that_it_borders() -> None:
    made_up = np.zeros((200, 120), bool)
    made_up[100:103] = True
    skin, wide = beside(made_up)
    assert skin[102, 60] == pytest.approx(0.8, abs=0.01)
    assert not wide.any()
    # Around a cuff its shadow lies there.
    assert beside(made_up, cuffs=True)[1][101, 60]


def test_skin_stays_as_it_was_made_up_where_none_is_seen() -> None:
    made_up = np.ones((200, 120), bool)
    skin, _ = as_beside(
        np.full((200, 120, 3), 0.5, np.float32),
        np.zeros((200, 120, 3), np.float32),
        made_up,
        ~made_up,
        ~made_up,
        BREADTH,
    )
    assert (skin == 0.5).all()


def test_a_line_of_wall_between_arm_and_garment_is_a_chink_and_a_gap_is_not() -> None:
    """From the left: an arm, wall, the garment; the wall is broad below."""
    skin, wall = np.zeros((100, 100), bool), np.zeros((100, 100), bool)
    cover = np.zeros((100, 100), np.float32)
    skin[:, :40] = True
    wall[:40, 40:44] = wall[40:, 40:60] = True
    cover[:40, 44:] = cover[40:, 60:] = 1
    found = chinks(wall, np.zeros_like(wall), skin, cover)
    assert found[20, 42]
    assert not found[60:].any()
    # The photograph's own wall goes on there.
    assert not chinks(wall, cover > 0.5, skin, cover * 0)[20].any()


def test_opening_takes_what_is_narrow() -> None:
    mask = np.zeros((40, 40), bool)
    mask[:, 5:8] = mask[:, 20:30] = True
    found = opened(mask, 7)
    assert not found[:, :15].any()
    assert found[:, 20:30].all()
