"""The fitted garment takes on the photograph's softness and grain: both are measured as they were made."""

import cv2
import drawn_garments
import drawn_people
import drawn_photographs
import numpy as np
import pytest
from tryon_truth import garment_truth, person_truth

from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.lens import blur_of, grain_of, matched

EVERYWHERE = np.ones((300, 300), bool)


def step(blur: float, noise: float = 0.0) -> np.ndarray:
    picture = np.full((300, 300, 3), 0.25, np.float32)
    cv2.rectangle(picture, (60, 50), (230, 250), (0.8, 0.7, 0.6), -1)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur), np.float32)
    grain = np.random.default_rng(1).standard_normal((300, 300, 1)).astype(np.float32)
    return picture + noise * grain


@pytest.mark.parametrize("blur", [0.6, 1.0, 1.6, 2.4])
def test_the_blur_of_a_step_is_found_to_a_tenth_of_a_pixel(blur: float) -> None:
    assert blur_of(step(blur), EVERYWHERE) == pytest.approx(blur, abs=0.12)


def test_a_picture_without_edges_says_nothing_of_its_blur() -> None:
    assert blur_of(np.full((300, 300, 3), 0.5, np.float32), EVERYWHERE) is None


def test_a_sharp_garment_becomes_as_soft_as_the_photograph_and_a_soft_one_is_left() -> None:
    cover = EVERYWHERE.astype(np.float32)
    photo, sharp = step(2.0), step(0.6)
    softened = matched(sharp, cover, photo, cover, 0.6, np.random.default_rng(0))
    assert blur_of(softened, EVERYWHERE) == pytest.approx(2.0, abs=0.2)
    assert np.array_equal(matched(photo, cover, sharp, cover, 2.0, np.random.default_rng(0)), photo)


@pytest.mark.parametrize("clumped", [False, True])
def test_a_clean_garment_gets_the_grain_of_the_photograph(clumped: bool) -> None:
    cover = EVERYWHERE.astype(np.float32)
    clean = np.full((300, 300, 3), 0.5, np.float32)
    noise = np.random.default_rng(2).standard_normal((300, 300, 1)).astype(np.float32) * 0.012
    if clumped:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.6), np.float32)[..., None]
    wanted = grain_of(clean + noise, EVERYWHERE)
    has = grain_of(matched(clean, cover, clean + noise, cover, 0.0, np.random.default_rng(3)), EVERYWHERE)
    assert has == pytest.approx(wanted, rel=0.15)


def test_on_a_noisy_photograph_the_garment_is_not_cleaner_than_the_person() -> None:
    figure = drawn_people.Figure(sleeves="short", tone=drawn_people.TONES[1], seed=4)
    person = drawn_photographs.photographed(drawn_people.draw(figure), 4)
    garment = drawn_garments.draw("tshirt", 4, pattern="print")
    done = try_on(person.rgb, garment.rgb, person=person_truth(person), garment=garment_truth(garment))
    result = done.rgb.astype(np.float32) / np.float32(255)
    worn = cv2.erode((done.layer[..., 3] > 250).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    rest = (person.silhouette > 0.95) & ~done.edit_mask
    assert 0.6 < grain_of(result, worn) / grain_of(result, rest) < 2.5
