"""The quality optimizer on scenes: noise goes and the truth comes nearer, clean and coloured scenes stay as they are."""

import cv2
import numpy as np
import pytest
from skimage import data
from spoilt_pictures import noisy, photograph

from bottega.enhance.improve import improve
from bottega.enhance.measure import measure
from bottega.enhance.measure.naturalness import stored_model, unnaturalness
from bottega.imaging.colour import linear_to_srgb, luma, rgb_to_lab, srgb_to_linear
from bottega.imaging.metrics import psnr

HEIGHT, WIDTH = 320, 480
Y, X = (each.astype(np.float32) for each in np.mgrid[0:HEIGHT, 0:WIDTH])


def taken(pixels: np.ndarray) -> np.ndarray:
    """As a good camera records it."""
    return np.clip(np.rint(pixels + np.random.default_rng(1).normal(0, 1.2, pixels.shape)), 0, 255).astype(
        np.uint8
    )


def sunset() -> np.ndarray:
    share = (Y / HEIGHT)[..., None]
    sky = np.array([70, 50, 110]) * (1 - share) + np.array([255, 150, 40]) * share
    sun = np.exp(-((X - 300) ** 2 + (Y - 200) ** 2) / 2600)[..., None] * np.array([90, 110, 120])
    hills = (225 + 25 * np.sin(X / 60) + 12 * np.sin(X / 17) < Y)[..., None]
    return taken(np.where(hills, np.array([40, 22, 18]) + 0.08 * (sky + sun), sky + sun))


def forest() -> np.ndarray:
    leaves = cv2.GaussianBlur(np.random.default_rng(5).normal(0, 1, (HEIGHT, WIDTH)), (0, 0), 3) * 8
    return taken(np.stack([50 + 14 * leaves, 95 + 22 * leaves, 28 + 9 * leaves], axis=-1))


def candle() -> np.ndarray:
    glow = np.exp(-((X - 240) ** 2 + (Y - 150) ** 2) / 22000)[..., None]
    scene = glow * np.array([255, 165, 70]) + np.array([18, 9, 4])
    cv2.rectangle(scene, (228, 170), (252, 300), (235, 190, 120), -1)
    cv2.rectangle(scene, (40, 250), (440, 319), (90, 48, 20), -1)
    return taken(scene)


def rose() -> np.ndarray:
    scene = np.zeros((HEIGHT, WIDTH, 3)) + np.array([120, 12, 25])
    for petal in range(9):
        colour = (150 + 10 * petal, 15 + 3 * petal, 35 + 4 * petal)
        cv2.ellipse(scene, (240, 160), (200 - 20 * petal, 130 - 13 * petal), 15 * petal, 0, 300, colour, 14)
    return taken(scene)


def sepia() -> np.ndarray:
    light = luma(data.coffee()[:, 60:540].astype(np.float32) / 255)[..., None]
    return np.rint(np.clip(light * np.array([255, 215, 165]), 0, 255)).astype(np.uint8)


@pytest.mark.parametrize("scene", [sunset, forest, candle, rose, sepia])
@pytest.mark.parametrize("target", ["web", "print"])
def test_a_scene_of_its_own_colours_keeps_them(scene, target: str) -> None:
    picture = scene()
    done = improve(picture, target)
    assert "white_balance" not in [step.name for step in done.steps if step.taken]
    hues = [np.degrees(np.arctan2(*mean_colour(each)[:0:-1])) for each in (picture, done.pixels)]
    assert abs((hues[1] - hues[0] + 180) % 360 - 180) < 15


def mean_colour(pixels: np.ndarray) -> np.ndarray:
    return rgb_to_lab(pixels.astype(np.float32) / 255).mean(axis=(0, 1))


def test_a_tinted_light_over_greys_is_taken_away() -> None:
    grey = data.rocket()[100:, 60:460].copy()
    cards = np.random.default_rng(2).integers(40, 230, (8, 12, 1)).repeat(3, axis=2).astype(np.uint8)
    scene = cv2.resize(cards, (400, 327), interpolation=cv2.INTER_NEAREST)
    scene[::, 200:] = cv2.addWeighted(scene[:, 200:], 0.7, grey[:, 200:], 0.3, 0)
    scene[40:120, 40:160] = (190, 60, 50)
    scene[180:260, 40:160] = (60, 90, 190)
    scene[180:260, 240:330] = (70, 170, 80)
    light = srgb_to_linear(scene.astype(np.float32) / 255) * np.array([1, 0.6, 0.25], np.float32)
    tinted = np.rint(linear_to_srgb(light.astype(np.float32)) * 255).astype(np.uint8)
    done = improve(tinted, "web")
    assert "white_balance" in [step.name for step in done.steps if step.taken]

    def cast(pixels: np.ndarray) -> float:
        return float(np.ptp(pixels.mean(axis=(0, 1))))

    assert cast(done.pixels) < 0.6 * cast(tinted)


@pytest.mark.parametrize("target", ["archive", "print", "web"])
@pytest.mark.parametrize(("sigma", "gain"), [(5, 2.0), (10, 3.5), (25, 5.0)])
def test_noise_goes_and_the_truth_comes_nearer(target: str, sigma: int, gain: float) -> None:
    truth = photograph("coffee")
    spoilt = noisy(truth, sigma)
    done = improve(spoilt, target)
    assert psnr(truth, done.pixels) > psnr(truth, spoilt) + gain
    assert done.after.noise < 0.5 * done.before.noise
    assert done.after.unnaturalness < done.before.unnaturalness + 0.3


@pytest.mark.parametrize("texture", ["grass", "gravel", "brick"])
def test_texture_is_not_taken_for_noise(texture: str) -> None:
    picture = np.repeat(getattr(data, texture)()[..., None], 3, axis=2)
    assert improve(picture, "archive").nothing_to_do


def test_naturalness_falls_with_every_fault() -> None:
    photo = data.astronaut()
    clean = measure(photo).unnaturalness
    packed = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 15])[1]
    for spoilt in (
        noisy(photo, 15),
        cv2.GaussianBlur(photo, (0, 0), 1.5),
        cv2.imdecode(packed, cv2.IMREAD_COLOR),
    ):
        assert measure(spoilt).unnaturalness > 1.2 * clean


def test_what_is_too_small_or_flat_is_not_judged() -> None:
    assert unnaturalness(np.full((400, 400), 90, np.float32)) == 0.0
    assert unnaturalness(np.zeros((40, 40), np.float32)) == 0.0
    assert np.linalg.eigvalsh(stored_model().covariance).min() > 0
