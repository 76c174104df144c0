"""Trousers below a hem that is narrower than the one before run in to it, as hips run into a waist."""

import numpy as np
import pytest
from test_rendered_studio import person, worn

from bottega.fashion.tryon.body import Body, body_of
from bottega.fashion.tryon.hips import beyond_hips


def body() -> Body:
    found = body_of(person("p12"))
    assert found is not None
    return found


def drawn(body: Body, half_hem: float, half_bottom: float) -> tuple[np.ndarray, np.ndarray]:
    """A garment that ends a little above the bottom of the picture, and trousers that are seen from there on."""
    middle = round(float(body.out(0.0, body.hip_drop)[0]))
    away = np.abs(np.arange(768) - middle)
    dressed, bottom = np.zeros((1024, 768), bool), np.zeros((1024, 768), np.float32)
    dressed[300:850] = away < half_hem
    bottom[860:] = away < half_bottom
    return dressed, bottom


def edges(mask: np.ndarray) -> np.ndarray:
    """How broad each row of `mask` is."""
    return np.asarray(mask.sum(axis=1))


def test_what_is_worn_below_runs_in_to_a_narrower_hem_without_a_step() -> None:
    own = body()
    dressed, bottom = drawn(own, 150, 180)
    outside = beyond_hips(bottom, dressed, own)
    standing = np.zeros_like(dressed)
    standing[830:] = np.abs(np.arange(768) - np.flatnonzero(bottom[1000]).mean()) < 180
    broad = edges(standing & ~outside)
    assert broad[849] == pytest.approx(edges(dressed)[849], abs=3)
    assert broad[1000] == edges(bottom > 0.5)[1000]
    steps = np.diff(broad[849:1001])
    assert steps.min() >= 0
    assert steps.max() <= 4
    # It bends in as softly as it bends out.
    assert steps[:8].sum() <= 4


@pytest.mark.parametrize(("hem", "below"), [(180, 150), (60, 180)])
def test_a_broader_hem_and_a_skirt_that_stands_off_change_nothing(hem: float, below: float) -> None:
    own = body()
    dressed, bottom = drawn(own, hem, below)
    assert not beyond_hips(bottom, dressed, own).any()


def test_a_hem_that_sags_in_the_middle_is_as_broad_as_at_its_corners() -> None:
    own = body()
    dressed, bottom = drawn(own, 180, 150)
    middle = round(float(own.out(0.0, own.hip_drop)[0]))
    dressed[850:890] = np.abs(np.arange(768) - middle) < np.linspace(180, 100, 40)[:, None]
    assert not beyond_hips(bottom, dressed, own).any()


def test_no_tab_of_trousers_stands_beside_a_hem() -> None:
    done, own = worn("p12", "tee_white"), body()
    colours = done.rgb.astype(int)
    # The wall is pale, the trousers are blue, and the arms are far away.
    trousers = colours[..., 2] > colours[..., 0] + 25
    middle = round(float(own.out(0.0, own.hip_drop)[0]))
    hem = int(np.flatnonzero(done.garment_mask[:, middle])[-1])
    solid = trousers | done.garment_mask
    for sign in (-1, 1):
        reach = []
        for row in range(hem - 40, min(hem + 30, len(solid))):
            wall = np.convolve(~solid[row, middle::sign], np.ones(24), "valid") > 23
            reach.append(int(np.argmax(wall)))
        assert np.abs(np.diff(reach)).max() <= 0.025 * own.breadth
