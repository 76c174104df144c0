"""Averages along the flow: made in strips, a strip leaves no trace; along a straight flow they are a plain weighted mean."""

import numpy as np
import pytest

from bottega.enhance import style_flow
from bottega.enhance.style_flow import Flow, along_flow, along_flow_at, edge_flow


@pytest.fixture(scope="module")
def swirls() -> tuple[np.ndarray, Flow]:
    chance = np.random.default_rng(6)
    grey = style_flow.smooth(chance.random((90, 130), dtype=np.float32), 2.0)
    return grey, edge_flow(grey, 3.0, resting_angle=-38.0)


@pytest.mark.parametrize("strip", [1, 400, 1 << 20])
@pytest.mark.parametrize("channels", [1, 3])
def test_strips_of_any_size_give_the_same_bits(
    swirls: tuple[np.ndarray, Flow], strip: int, channels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey, flow = swirls
    values = grey if channels == 1 else np.dstack([grey, grey * grey, 1 - grey])
    wanted = along_flow(values, flow, 17.0, 2.0)
    monkeypatch.setattr(style_flow, "STRIP", strip)
    made = along_flow(values, flow, 17.0, 2.0)
    assert made.shape == values.shape
    assert np.array_equal(made, wanted)


def test_along_a_straight_flow_it_is_a_mean_of_the_row() -> None:
    """Hann weights of whole steps, from the left and from the right."""
    chance = np.random.default_rng(7)
    values = chance.random((20, 60), dtype=np.float32)
    across = np.ones_like(values)
    made = along_flow(values, Flow(across, across * 0, across), 8.0)
    weights = 0.5 + 0.5 * np.cos(np.pi * np.abs(np.arange(-4, 5)) / 5)
    wanted = np.apply_along_axis(lambda row: np.convolve(row, weights / weights.sum(), "same"), 1, values)
    assert made[:, 4:-4] == pytest.approx(wanted[:, 4:-4], abs=1e-5)


def test_some_places_are_as_in_the_whole(swirls: tuple[np.ndarray, Flow]) -> None:
    grey, flow = swirls
    places = np.random.default_rng(8).integers(0, grey.size, 5000)
    whole = along_flow(grey, flow, 21.0, 1.5)
    made = along_flow_at(places, grey, flow, 21.0, 1.5)
    assert made == pytest.approx(whole.ravel()[places], abs=1e-6)


def test_what_is_averaged_and_its_flow_are_left_as_they_are(swirls: tuple[np.ndarray, Flow]) -> None:
    grey, flow = swirls
    before = grey.copy(), flow.dx.copy(), flow.dy.copy()
    along_flow(grey, flow, 9.0)
    assert all(
        np.array_equal(one, other) for one, other in zip(before, (grey, flow.dx, flow.dy), strict=True)
    )
