"""A pattern in the paper's colour that ends at the rim: the outline runs on over it, and openings stay open."""

import cv2
import numpy as np
import pytest

from bottega.fashion.garment.backdrop import fit_backdrop
from bottega.fashion.garment.rim import with_pale_spots
from bottega.imaging.colour import rgb_to_lab

NAVY, WHITE = (0.15, 0.18, 0.35), (0.97, 0.97, 0.97)


def top(dots: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lab of a navy top with sleeves on white paper, with white `dots` or without, its mask, and where the dots are."""
    mask = np.zeros((400, 320), np.uint8)
    body = [
        (120, 40),
        (200, 40),
        (300, 220),
        (260, 235),
        (215, 150),
        (220, 360),
        (100, 360),
        (105, 150),
        (60, 235),
        (20, 220),
    ]
    cv2.fillPoly(mask, [np.array(body, np.int32)], (1,))
    y, x = np.mgrid[0:400, 0:320]
    spots = (np.hypot((x % 30) - 12, (y % 30) - 12) < 8) & (mask > 0)
    rgb = np.where((mask > 0)[..., None], NAVY, WHITE)
    if dots:
        rgb = np.where(spots[..., None], WHITE, rgb)
    rgb = rgb + np.random.default_rng(1).normal(0, 0.003, rgb.shape)
    return rgb_to_lab(np.clip(rgb, 0, 1).astype(np.float32)), mask > 0, spots


def at_the_rim(mask: np.ndarray, spots: np.ndarray) -> np.ndarray:
    """The dots that reach the paper."""
    outside = cv2.dilate((~mask).astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(spots.astype(np.uint8))
    return np.isin(labels, np.unique(labels[(outside > 0) & spots])) & spots


def test_dots_at_the_rim_belong_to_the_garment() -> None:
    lab, mask, spots = top()
    bitten = at_the_rim(mask, spots)
    found = with_pale_spots(mask & ~bitten, lab, fit_backdrop(lab))
    for edge in (np.s_[200:350, 90:120], np.s_[50:145, 60:110]):
        assert bitten[edge].sum() > 200
        assert (found & bitten)[edge].sum() > 0.8 * bitten[edge].sum()
    assert (found & ~mask).sum() < 0.001 * mask.sum()


@pytest.mark.parametrize("dots", [False, True])
def test_armpits_stay_open(dots: bool) -> None:
    lab, mask, _ = top(dots)
    found = with_pale_spots(mask, lab, fit_backdrop(lab))
    assert (found & ~mask).sum() < 0.001 * mask.sum()


def test_a_dent_in_plain_cloth_stays() -> None:
    lab, mask, spots = top(dots=False)
    bitten = mask & ~at_the_rim(mask, spots)
    lab = np.where(bitten[..., None], lab, lab[0, 0]).astype(np.float32)
    assert np.array_equal(with_pale_spots(bitten, lab, fit_backdrop(lab)), bitten)
