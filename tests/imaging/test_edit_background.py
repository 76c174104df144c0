"""Background: blur leaves the subject alone and lets none of its colour out; a plain background is keyed."""

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.errors import InvalidOption
from bottega.imaging.background import blur_background, key_background, saliency, subject_mask
from bottega.imaging.picture import Picture


def product(noise: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """A red ring with a texture on a lit grey backdrop, and its true alpha."""
    height, width = 300, 400
    y, x = np.mgrid[:height, :width].astype(np.float32)
    inside = np.hypot(x - 200, y - 150)
    alpha = np.clip(100.5 - inside, 0, 1) * np.clip(inside - 39.5, 0, 1)
    backdrop = (225 - 0.08 * y + 0.03 * x)[..., None] * np.float32([1, 0.99, 0.96])
    backdrop = backdrop + np.random.default_rng(4).normal(0, noise, backdrop.shape)
    ring = np.stack([190 + 30 * np.sin(x / 7), 40 + 20 * np.sin(y / 5), np.full_like(x, 50)], axis=-1)
    mixed = backdrop * (1 - alpha[..., None]) + ring * alpha[..., None]
    return np.clip(mixed, 0, 255).astype(np.uint8), alpha


def test_saliency_is_highest_at_the_face() -> None:
    weight = cv2.resize(saliency(data.astronaut()), (512, 512))
    y, x = np.unravel_index(int(cv2.GaussianBlur(weight, (0, 0), 12).argmax()), weight.shape)
    assert 177 <= x <= 271
    assert 66 <= y <= 160


def test_the_subject_of_a_portrait_is_found() -> None:
    mask = subject_mask(data.astronaut())
    assert mask.min() >= 0
    assert mask.max() == 1
    assert mask[66:160, 190:260].mean() > 0.98  # the face
    assert mask[300:400, 120:250].mean() > 0.98  # the suit
    assert mask[20:150, 300:380].mean() < 0.02  # the wall
    assert mask[20:300, 400:460].mean() < 0.1  # the shuttle


def test_a_blur_leaves_the_subject_and_softens_the_rest() -> None:
    picture = data.astronaut()
    mask = subject_mask(picture)
    blurred = blur_background(picture, mask)
    inside = cv2.erode(mask, np.ones((5, 5), np.uint8)) >= 1
    assert inside.sum() > 50_000
    assert np.array_equal(blurred[inside], picture[inside])
    outside = cv2.dilate(mask, np.ones((25, 25), np.uint8)) <= 0
    before, after = (
        np.abs(cv2.Laplacian(p.astype(np.float32), cv2.CV_32F))[outside].mean() for p in (picture, blurred)
    )
    assert after < 0.3 * before


def test_no_colour_of_the_subject_bleeds_into_the_blur() -> None:
    picture, alpha = product(noise=0.0)
    solid = cv2.dilate((alpha > 0).astype(np.float32), np.ones((3, 3), np.uint8))
    blurred = blur_background(picture, solid, radius_share=0.05)
    around = (cv2.dilate(solid, np.ones((31, 31), np.uint8)) > 0) & (solid == 0)
    redness = blurred[around].astype(int)
    assert (redness[:, 0] - redness[:, 1]).max() <= 6


def test_a_plain_background_becomes_transparent() -> None:
    picture, truth = product()
    _, alpha = key_background(picture)
    assert np.abs(alpha - truth).mean() < 0.01
    assert alpha[150, 200] == 0  # the hole of the ring
    assert alpha[5, 5] == 0
    assert alpha[150, 130] == 1


def test_the_edge_keeps_nothing_of_the_background() -> None:
    picture, _ = product()
    colours, alpha = key_background(picture)
    edge = (alpha > 0.3) & (alpha < 0.9)
    assert edge.sum() > 100
    red, green = (np.median(colours[edge][:, i].astype(int)) for i in (0, 1))
    mixed_green = np.median(picture[edge][:, 1].astype(int))
    assert red - green > 90
    assert green < mixed_green
    assert (colours[alpha == 0] == 0).all()


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_a_busy_background_is_refused_in_plain_words(name: str) -> None:
    with pytest.raises(InvalidOption, match="not plain enough"):
        key_background(getattr(data, name)())


def test_an_empty_backdrop_has_no_subject() -> None:
    with pytest.raises(InvalidOption, match="No subject"):
        key_background(np.full((120, 160, 3), 200, np.uint8))


def test_masks_are_the_same_every_time() -> None:
    picture = Picture(data.coffee()).as_u8()
    assert np.array_equal(subject_mask(picture), subject_mask(picture))
