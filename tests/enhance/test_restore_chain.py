"""The steps of restoration: what each gains against the truth, what they leave alone, and that previews and tiles are exact."""

import time

import numpy as np
import pytest
from spoilt_pictures import (
    NAMES,
    blurred,
    hazy,
    jpeg,
    noisy,
    photograph,
    rounded,
    scratched,
    tinted,
)

from bottega.enhance import restore_chain
from bottega.enhance.restore_chain import OLD_PHOTO, STEPS, Step, plan_chain, plan_step, preview, run_chain
from bottega.enhance.restore_dct import NoiseModel, estimate_quality, opponent, shrink
from bottega.enhance.restore_noise import estimate_noise
from bottega.enhance.restore_scratches import find_scratches
from bottega.errors import InvalidOption
from bottega.imaging.metrics import psnr, ssim


def restored(name: str, spoilt: np.ndarray) -> np.ndarray:
    step = plan_step(name, spoilt)
    assert step is not None
    return run_chain(spoilt, [step])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("sigma", "gain"), [(5, 2.5), (10, 5.0), (20, 7.0)])
def test_noise_of_unknown_strength_is_taken_out(name: str, sigma: float, gain: float) -> None:
    truth, spoilt = photograph(name), noisy(photograph(name), sigma)
    assert psnr(truth, restored("denoise", spoilt)) > psnr(truth, spoilt) + gain


def test_noise_that_grows_with_light_is_measured_by_level() -> None:
    grey = np.full((512, 512, 3), 40.0)
    grey[:, 256:] = 200
    spread = np.sqrt(4 + 0.8 * grey)
    model = estimate_noise(rounded(grey + np.random.default_rng(2).normal(0, 1, grey.shape) * spread)).luma
    # The luma of three independent channels has 0.447 of their variance.
    for level in (40, 200):
        found = float(model.sigma(np.array([level], np.float32))[0])
        assert found == pytest.approx(float(np.sqrt(0.447 * (4 + 0.8 * level))), rel=0.2)


@pytest.mark.parametrize("quality", [15, 30, 50, 75, 85])
def test_the_quality_of_a_cropped_jpeg_is_found(quality: int) -> None:
    light = opponent(jpeg(photograph("coffee"), quality)[3:, 5:].astype(np.float32))[..., 0]
    assert estimate_quality(np.ascontiguousarray(light), (3, 5)) == pytest.approx(quality, abs=2)


def test_what_was_no_jpeg_has_no_quality() -> None:
    light = opponent(noisy(photograph("chelsea"), 6).astype(np.float32))[..., 0]
    assert estimate_quality(np.ascontiguousarray(light), (0, 0)) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quality", [15, 40])
def test_jpeg_blocks_are_taken_out_also_of_crops(name: str, quality: int) -> None:
    truth, spoilt = photograph(name)[3:, 5:], jpeg(photograph(name), quality)[3:, 5:]
    made = restored("deblock", np.ascontiguousarray(spoilt))
    assert psnr(truth, made) > psnr(truth, spoilt) + 0.2
    assert ssim(np.ascontiguousarray(truth), made) > ssim(
        np.ascontiguousarray(truth), np.ascontiguousarray(spoilt)
    )


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
@pytest.mark.parametrize("sigma", [1.2, 2.0])
def test_small_blur_is_taken_back(name: str, sigma: float) -> None:
    truth, spoilt = photograph(name), blurred(photograph(name), sigma)
    assert psnr(truth, restored("deblur", spoilt)) > psnr(truth, spoilt) + 0.8


def test_a_blur_too_large_or_under_noise_is_declined() -> None:
    assert plan_step("deblur", blurred(photograph("astronaut"), 7)) is None
    assert plan_step("deblur", noisy(blurred(photograph("astronaut"), 2), 12)) is None


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket"])
def test_haze_is_taken_out(name: str) -> None:
    truth, spoilt = photograph(name), hazy(photograph(name), 0.5)
    assert psnr(truth, restored("dehaze", spoilt)) > psnr(truth, spoilt) + 5


def test_a_sky_stays_as_light_as_it_was() -> None:
    scene = np.full((300, 300, 3), 215.0)
    scene[150:] = 110
    scene[150:, ::7] = 80
    made = restored("dehaze", hazy(rounded(scene), 0.5))
    assert made[20:100].mean() > 190


# Of a faint cast a fifth of the logarithm is left on purpose, besides what the scene has of its own.
@pytest.mark.parametrize(("gains", "left"), [((1, 0.85, 0.6), 0.3), ((0.8, 1, 0.8), 0.8)])
@pytest.mark.parametrize("name", NAMES)
def test_a_coloured_light_is_made_neutral(name: str, gains: tuple[float, float, float], left: float) -> None:
    truth, spoilt = photograph(name), tinted(photograph(name), gains)

    def tint(picture: np.ndarray) -> np.ndarray:
        means = picture.reshape(-1, 3).mean(axis=0)
        return means / means.sum()

    away = np.abs(tint(spoilt) - tint(truth)).sum()
    assert np.abs(tint(restored("white_balance", spoilt)) - tint(truth)).sum() < left * away


@pytest.mark.parametrize("name", NAMES)
def test_photographs_in_ordinary_light_keep_their_colours(name: str) -> None:
    assert plan_step("white_balance", photograph(name)) is None


@pytest.mark.parametrize("name", NAMES)
def test_scratches_and_dust_are_found_and_painted_over(name: str) -> None:
    truth = photograph(name)
    spoilt, where = scratched(truth)
    found = find_scratches(spoilt)
    assert (found & where).sum() / where.sum() > 0.6
    assert psnr(truth, restored("scratches", spoilt)) > psnr(truth, spoilt) + 4


def test_a_sound_photograph_has_hardly_a_scratch() -> None:
    # The lattice towers of the rocket's pad are as straight and thin as scratches.
    for name in ("astronaut", "chelsea", "coffee"):
        assert find_scratches(photograph(name)).mean() < 0.015


def test_an_old_photograph_gets_its_colours_and_its_surface_back() -> None:
    truth = photograph("coffee")
    yellow = rounded(scratched(truth)[0] * 0.55 * np.array([1.0, 0.92, 0.72]) + np.array([80, 70, 45]))
    spoilt = noisy(yellow, 6)
    chain = plan_chain(OLD_PHOTO, spoilt)
    assert {"scratches", "denoise", "unfade"} <= {step.name for step in chain}
    made = run_chain(spoilt, chain)
    assert psnr(truth, made) > psnr(truth, spoilt) + 5
    assert ssim(truth, made) > ssim(truth, spoilt) + 0.1


# --- chains ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wide() -> np.ndarray:
    """Larger than a tile both ways, with several faults at once."""
    picture = np.concatenate([photograph("coffee"), photograph("coffee")[::-1]], axis=0)
    picture = np.concatenate([picture, picture[:, ::-1]], axis=1)
    return jpeg(noisy(tinted(picture, (1, 0.85, 0.6)), 4), 60)


@pytest.mark.parametrize("crop", [(0, 0, 90, 70), (430, 470, 640, 560), (1130, 730, 1200, 800)])
def test_a_preview_is_the_final_picture_bit_for_bit(
    wide: np.ndarray, crop: tuple[int, int, int, int]
) -> None:
    chain = [*plan_chain(OLD_PHOTO, wide), plan_step("sharpen", wide, 0.4)]
    assert len(chain) >= 4
    left, top, right, bottom = crop
    assert (preview(wide, chain, crop) == run_chain(wide, chain)[top:bottom, left:right]).all()


FIGURES = {
    "denoise": {"constant": 20.0, "slope": 0.05, "blue": 3.0, "red": 3.0},
    "deblur": {"sigma": 1.5},
    "dehaze": {"air": [0.9, 0.88, 0.85], "depth": 0.3},
    "exposure": {"low": 0.1, "middle": 0.3, "high": 0.6},
    "unfade": {"black": [0.1, 0.15, 0.2], "white": [0.8, 0.7, 0.6]},
}
"""For the steps that the picture does not ask for."""


@pytest.mark.parametrize("name", STEPS)
def test_tiles_leave_no_seams(wide: np.ndarray, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = wide
    step = plan_step(name, wide) or Step(name, 1.0, FIGURES[name], "for the test")
    tiled = run_chain(source, [step]).astype(int)
    monkeypatch.setattr(restore_chain, "TILE", 4096)
    assert np.abs(tiled - run_chain(source, [step])).max() <= 1


def test_a_preview_takes_under_a_second(wide: np.ndarray) -> None:
    chain = plan_chain(OLD_PHOTO, wide)
    start = time.process_time()
    preview(wide, chain, (0, 0, 400, 400))
    assert time.process_time() - start < 1


def test_sixteen_bits_and_opacity_are_kept() -> None:
    deep = noisy(photograph("chelsea"), 8).astype(np.uint16) * 257
    opaque = np.random.default_rng(1).integers(0, 65536, (*deep.shape[:2], 1)).astype(np.uint16)
    picture = np.concatenate([deep, opaque], axis=2)
    made = restored("denoise", picture)
    assert made.dtype == np.uint16
    assert (made[..., 3:] == opaque).all()
    assert len(np.unique(made[..., :3])) > 5_000
    assert (made[..., :3] == restored("denoise", deep)).all()


def test_no_noise_is_no_change() -> None:
    plane = np.random.default_rng(1).uniform(0, 255, (40, 52)).astype(np.float32)
    assert np.abs(shrink(plane, NoiseModel(0.0)) - plane).max() < 0.01


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 5, 3), (3, 40, 3)])
def test_the_smallest_pictures_pass_every_step(shape: tuple[int, int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    for name in STEPS:
        step = plan_step(name, picture)
        if step is not None:
            assert run_chain(picture, [step]).shape == shape


def test_unknown_steps_strengths_and_crops_are_refused() -> None:
    picture = photograph("chelsea")
    with pytest.raises(InvalidOption):
        plan_step("polish", picture)
    with pytest.raises(InvalidOption):
        plan_step("denoise", picture, 1.5)
    with pytest.raises(InvalidOption):
        preview(picture, [], (10, 10, 10, 20))
