"""The backdrop below: a floor with shadows is no part of the person, and pale cloth is no part of the backdrop."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bottega.fashion.person.parse import parse_person
from bottega.fashion.person.silhouette import fit_backdrop, studio_silhouettes, threshold
from bottega.imaging.colour import rgb_to_lab

FOLDER = Path(__file__).parent / "rendered"
HEIGHT, WIDTH = 512, 384


def studio(floor: float) -> np.ndarray:
    """Grey paper, H x W x 3 in 8 bits, that bends into a floor `floor` levels lighter over the lowest fifth."""
    rows = np.clip((np.arange(HEIGHT) - 0.75 * HEIGHT) / (0.1 * HEIGHT), 0, 1)
    light = 190 + floor * rows**2 * (3 - 2 * rows)
    noise = np.random.default_rng(4).normal(0, 1.2, (HEIGHT, WIDTH, 1))
    return np.clip(light[:, None, None] + noise + np.zeros(3), 0, 255)


def as_photograph(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    soft = cv2.GaussianBlur(np.rint(rgb).astype(np.uint8), (0, 0), 0.8)
    return soft, rgb_to_lab(soft.astype(np.float32) / np.float32(255))


def legs(rgb: np.ndarray) -> np.ndarray:
    """A dark figure to the lower edge of the picture, with a gap between its legs."""
    rgb = rgb.copy()
    rgb[80:360, 130:254] = (60, 60, 90)
    rgb[360:, 130:180] = rgb[360:, 204:254] = (60, 60, 90)
    return rgb


def test_a_floor_is_backdrop_beside_the_legs_and_between_them() -> None:
    rgb, lab = as_photograph(legs(studio(25)))
    backdrop = fit_backdrop(lab)
    near = threshold(backdrop)
    assert (backdrop.distance[450:, 10:110] < near).all()
    assert (backdrop.distance[450:, 188:196] < near).all()
    assert (backdrop.distance[450:, 140:170] > near).all()
    outline = studio_silhouettes(rgb, backdrop, 0)[0]
    assert not outline[440:, :100].any()


def test_a_wall_without_a_floor_stays_as_it_was_fitted() -> None:
    _, lab = as_photograph(legs(studio(0)))
    backdrop = fit_backdrop(lab)
    off = np.abs(backdrop.surface[..., 0] - np.median(lab[:60, :60, 0]))
    assert off.max() < 2


def test_pale_cloth_to_the_lower_edge_is_no_floor() -> None:
    figure = studio(0)
    figure[200:, 120:264] += 22
    _, lab = as_photograph(figure)
    backdrop = fit_backdrop(lab)
    assert (backdrop.distance[300:, 150:234] > threshold(backdrop)).mean() > 0.95


def test_a_gap_beside_an_arm_stays_open_and_a_fold_of_the_wall_s_shade_does_not() -> None:
    figure = studio(0)
    clean = figure.copy()
    figure[80:500, 100:284] = (120, 40, 40)
    figure[200:330, 120:150] = clean[200:330, 120:150]
    figure[200:330, 220:250] = clean[200:330, 220:250] + (9, 9, 9)
    rgb, lab = as_photograph(figure)
    backdrop = fit_backdrop(lab)
    assert float(np.median(backdrop.distance[220:310, 228:242])) < threshold(backdrop)
    for outline in studio_silhouettes(rgb, backdrop, 0):
        assert not outline[220:310, 128:142].any()
        assert outline[220:310, 228:242].all()


@pytest.mark.parametrize("who", ["p09", "p11", "p15"])
def test_a_rendered_figure_stands_on_a_floor_that_is_not_its_own(who: str) -> None:
    rgb = np.asarray(Image.open(FOLDER / f"person_{who}.jpg").convert("RGB"))
    outline = parse_person(rgb).silhouette > 0.5
    low, side = round(0.8 * rgb.shape[0]), rgb.shape[1] // 5
    assert not outline[low:, :side].any()
    assert not outline[low:, -side:].any()
