"""Hair that hangs before a new garment takes nothing of the old one along."""

import cv2
import numpy as np
import pytest

from bottega.fashion.tryon.compose import compose
from bottega.fashion.tryon.strands import before_wall


def test_a_strip_of_the_old_garment_within_hair_is_exchanged_and_strands_stay() -> None:
    shape = (240, 320)
    photo = np.full((*shape, 3), (120, 130, 150), np.uint8)
    photo[:, 100:160] = (25, 22, 20)
    photo[60:, 164:167] = (25, 22, 20)
    ones, nothing = np.ones(shape, np.float32), np.zeros(shape, np.float32)
    hair = nothing.copy()
    # Found too broad: ten pixels of the old garment, with a strand in them.
    hair[:, 100:170] = 1
    new = np.full((*shape, 3), (0.9, 0.8, 0.6), np.float32)
    done = compose(photo, new, ones > 0, new, ones, ones * (hair == 0), hair, hair, ones, 250.0).rgb.astype(
        int
    )
    wanted = np.rint(new[0, 0] * 255)
    assert np.abs(done[150, 161:163] - wanted).max() <= 2
    assert np.abs(done[150, 168] - wanted).max() <= 2
    assert np.abs(done[150, 165] - (25, 22, 20)).max() <= 3
    assert np.array_equal(done[150, 130], photo[150, 130])


def before(
    own: tuple[float, float, float], worn: tuple[float, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Hair over the shoulder of a worn garment before a grey wall: which pixels are found as its strands, and which are."""
    shape = (240, 320)
    rows, columns = np.mgrid[:240, :320]
    wall = np.full((*shape, 3), 0.7, np.float32)
    garment = (rows > 100) & (columns < 200 + (rows - 100) * 0.2)
    hair = (rows > 20) & (rows < 160) & (columns > 100) & (columns < 150)
    strand = (np.abs(rows - 96) < 2) & (columns >= 150) & (columns < 212)
    strand |= (np.abs(columns - 212) < 2) & (rows >= 94) & (rows < 130)
    photo = wall.copy()
    photo[garment] = worn
    photo[hair | strand] = own
    photo = cv2.GaussianBlur(photo, (0, 0), 0.8)
    photo += np.random.default_rng(3).normal(0, 0.008, photo.shape).astype(np.float32)
    outline = (hair | garment).astype(np.float32)
    old = (garment & ~hair).astype(np.float32)
    return before_wall(photo, wall, hair.astype(np.float32), outline, old, 250.0), strand


@pytest.mark.parametrize(
    ("own", "worn"), [((0.1, 0.1, 0.1), (0.45, 0.46, 0.48)), ((0.3, 0.2, 0.15), (0.9, 0.9, 0.88))]
)
def test_strands_before_the_wall_stay_and_the_rim_of_the_worn_garment_does_not(own, worn) -> None:
    found, strand = before(own, worn)
    assert found[strand].mean() > 0.95
    # Nothing but the strand and the pixels around it.
    around = cv2.dilate(strand.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    assert not found[~around & (np.arange(320) > 156)].any()


def test_hair_and_a_garment_of_one_colour_are_not_told_apart() -> None:
    found, _ = before((0.1, 0.1, 0.1), (0.12, 0.12, 0.14))
    assert not found.any()
