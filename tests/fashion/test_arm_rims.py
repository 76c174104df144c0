"""Rims of arms: made up they end where the seen arm ends, what is seen of them stays, and no cuff is left beside them."""

import numpy as np
import pytest
from test_rendered_studio import person, picture

from bottega.fashion.tryon.behind import behind_upper
from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.cuffs import Cuffs, linings
from bottega.fashion.tryon.limbs import STATIONS, Limb
from bottega.fashion.tryon.rims import at_its_edges, with_even_rims
from bottega.fashion.tryon.zones import grown, worn_top

SHAPE = (220, 100)
HALF, MIDDLE, CUFF = 20.0, 50.0, 25
"""Of a drawn arm: half its breadth, its column, the first station below its sleeve."""


def hanging(shift: tuple[float, float]) -> Limb:
    """An arm straight down, found with its outer and inner edges so many pixels too far out."""
    down = np.linspace(10, 210, STATIONS)
    outer = np.column_stack((np.full(STATIONS, MIDDLE - HALF - shift[0]), down))
    inner = np.column_stack((np.full(STATIONS, MIDDLE + HALF + shift[1]), down))
    seen = np.arange(STATIONS) >= CUFF
    return Limb((outer + inner) / 2, outer, inner, seen, np.zeros(STATIONS, bool), CUFF)


def drawn() -> np.ndarray:
    """The photograph of that arm, with a little noise; cloth twice as broad down to the cuff."""
    x = np.arange(SHAPE[1])
    share = np.clip(HALF + 0.5 - np.abs(x - MIDDLE), 0, 1)[None, :, None]
    photo = share * np.array((0.7, 0.5, 0.4)) + (1 - share) * np.array((0.82, 0.82, 0.84))
    photo = np.broadcast_to(photo, (*SHAPE, 3)).copy()
    photo[: int(hanging((0, 0)).axis[CUFF, 1]), 10:90] = 0.1, 0.3, 0.2
    return (photo + np.random.default_rng(0).normal(0, 0.01, photo.shape)).astype(np.float32)


@pytest.mark.parametrize("shift", [(1.6, 0.8), (-1.2, 1.5), (0.0, 0.0)])
def test_an_arm_under_its_sleeve_runs_into_what_is_seen_of_it(shift: tuple[float, float]) -> None:
    limb = at_its_edges(drawn(), hanging(shift))
    assert float(np.abs(limb.outer[:, 0] - (MIDDLE - HALF)).max()) < 0.4
    assert float(np.abs(limb.inner[:, 0] - (MIDDLE + HALF)).max()) < 0.4


def test_an_edge_that_cannot_be_told_stays_where_it_was() -> None:
    flat = np.full((*SHAPE, 3), 0.5, np.float32)
    before = hanging((1.0, 1.0))
    assert np.array_equal(at_its_edges(flat, before).outer, before.outer)


def test_a_made_up_rim_is_as_even_as_the_arm() -> None:
    limb = hanging((0.0, 0.0))
    ragged = np.zeros(SHAPE, np.float32)
    for row in range(SHAPE[0]):
        ragged[row, 30 + 4 * (row // 5 % 2) : 71] = 1
    made_up = np.zeros(SHAPE, bool)
    made_up[:, 26:38] = True
    found = with_even_rims(ragged, [limb], made_up)
    below = found[int(limb.axis[CUFF + 2, 1]) : int(limb.axis[58, 1])]
    assert float(np.ptp(below.sum(axis=1))) < 0.5
    assert np.array_equal(found[~made_up], ragged[~made_up])


def test_the_inside_of_a_cuff_is_left_nowhere_and_a_rim_stays() -> None:
    nobodys, beside = np.zeros((2, 40, 40), bool)
    beside[:, :20] = True
    nobodys[5:13, 8:20] = nobodys[20:38, 18:20] = True
    found = linings(nobodys, Cuffs(beside, beside, beside))
    assert found[5:13, 8:20].all()
    assert not found[20:38].any()


def test_the_far_rim_of_a_bare_arm_is_hardly_made_up() -> None:
    who, photo = person("p12"), picture("person_p12").astype(np.float32) / 255
    own = body_of(who)
    assert own is not None
    arms = np.maximum(who.regions["left_arm"], who.regions["right_arm"])
    far = grown(arms > 0.5, 5) & ~grown(worn_top(who, photo.shape) > 0.5, round(0.15 * own.breadth))
    assert far.sum() > 1000
    assert float((behind_upper(photo, who, own).stain & far).sum()) < 0.1 * far.sum()
