"""Connected parts of masks: their areas, and those that hold something."""

import numpy as np

from bottega.imaging.parts import parts_of

MASK = np.array(
    [
        [1, 1, 0, 0, 0],
        [1, 0, 0, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1],
    ],
    bool,
)


def test_corners_join_where_they_are_asked_to() -> None:
    assert sorted(parts_of(MASK, 4).areas()[1:]) == [1, 1, 1, 3]
    assert sorted(parts_of(MASK, 8).areas()[1:]) == [1, 2, 3]
    assert parts_of(MASK).areas().sum() == MASK.size


def test_parts_that_hold_a_seed_are_whole_and_seeds_outside_name_nothing() -> None:
    seeds = np.zeros_like(MASK)
    seeds[0, 1] = seeds[3, 0] = True
    found = parts_of(MASK).holding(seeds)
    assert found.sum() == 3
    assert found[:2, :2].sum() == 3


def test_the_outside_is_never_chosen() -> None:
    parts = parts_of(MASK)
    assert np.array_equal(parts.of(np.ones(parts.count, bool)), MASK)
    assert not parts_of(np.zeros((3, 4), bool)).holding(np.ones((3, 4), bool)).any()


def test_a_mask_that_is_a_window_of_another_has_its_own_parts() -> None:
    window = MASK[1:, 2:]
    assert np.array_equal(parts_of(window).labels > 0, window)
