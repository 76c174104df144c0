"""The quality optimizer: good pictures come back untouched, spoilt ones nearer to the truth, and it says what it did and why."""

import numpy as np
import pytest
from spoilt_pictures import NAMES, blurred, hazy, jpeg, noisy, photograph, rounded, tinted

from bottega.enhance import improve as module
from bottega.enhance.improve import improve
from bottega.enhance.restore_chain import Step, preview, run_chain
from bottega.errors import InvalidOption
from bottega.imaging.metrics import psnr

FAULTS = {
    "noise": lambda picture: noisy(picture, 10),
    "jpeg": lambda picture: jpeg(picture, 30),
    "blur": lambda picture: blurred(picture, 1.3),
    "haze": lambda picture: hazy(picture, 0.5),
    "cast": lambda picture: tinted(picture, (1, 0.85, 0.6)),
    "dark": lambda picture: rounded(picture * 0.4),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_good_picture_comes_back_itself(name: str) -> None:
    picture = photograph(name)
    done = improve(picture)
    assert done.nothing_to_do
    assert done.pixels is picture


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_spoilt_picture_is_made_worse(name: str, fault: str) -> None:
    truth = photograph(name)
    spoilt = FAULTS[fault](truth)
    assert psnr(truth, improve(spoilt).pixels) >= psnr(truth, spoilt) - 0.05


@pytest.mark.parametrize(("fault", "step", "gain"), [("noise", "denoise", 2.5), ("jpeg", "deblock", 0.3)])
def test_the_fault_that_there_is_is_taken_out(fault: str, step: str, gain: float) -> None:
    truth = photograph("astronaut")
    spoilt = FAULTS[fault](truth)
    done = improve(spoilt)
    assert [each.name for each in done.steps if each.taken] == [step]
    assert psnr(truth, done.pixels) > psnr(truth, spoilt) + gain


def test_every_step_says_why_with_figures_before_and_after() -> None:
    done = improve(noisy(photograph("coffee"), 12))
    step = next(each for each in done.steps if each.name == "denoise")
    assert "noise" in step.why
    assert step.after["noise"] < 0.6 * step.before["noise"]
    assert done.as_dict()["steps"][0]["name"] == "denoise"


def test_an_archive_keeps_tones_and_colours() -> None:
    done = improve(rounded(tinted(photograph("coffee"), (1, 0.85, 0.6)) * 0.4), "archive")
    assert {each.name for each in done.steps if each.taken} <= {"deblock", "denoise"}


def test_a_step_that_harms_is_left_out_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = noisy(photograph("chelsea"), 10)
    # Sharpening in the place of noise removal: the rule must see what it does, whatever the plan claims.
    monkeypatch.setattr(module, "plan_step", lambda name, rgb: Step("sharpen", 1.0, {}, "a wrong plan"))
    monkeypatch.setattr(module, "TARGETS", {"auto": ("sharpen",)})
    monkeypatch.setitem(module.ALLOWED, "sharpen", ())
    done = improve(picture)
    assert done.nothing_to_do
    assert (done.pixels == picture).all()
    assert "noise would rise" in done.steps[0].why


def test_the_chain_previews_the_result_bit_for_bit() -> None:
    spoilt = noisy(photograph("rocket"), 10)
    done = improve(spoilt)
    assert len(done.chain) == 1
    assert (preview(spoilt, done.chain, (100, 50, 300, 250)) == done.pixels[50:250, 100:300]).all()
    assert (run_chain(spoilt, done.chain) == done.pixels).all()


def test_the_same_picture_is_improved_alike() -> None:
    spoilt = jpeg(noisy(photograph("chelsea"), 8), 70)
    assert (improve(spoilt).pixels == improve(spoilt.copy()).pixels).all()


def test_opacity_is_carried_over() -> None:
    opaque = np.arange(300 * 451).reshape(300, 451, 1).astype(np.uint8)
    done = improve(np.concatenate([noisy(photograph("chelsea"), 10), opaque], axis=2))
    assert not done.nothing_to_do
    assert (done.pixels[..., 3:] == opaque).all()


# --- print -----------------------------------------------------------------------------------------------------------


def doubled(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    rows = np.arange(size[1]) * pixels.shape[0] // size[1]
    columns = np.arange(size[0]) * pixels.shape[1] // size[0]
    return pixels[rows][:, columns]


def test_a_print_gets_the_pixels_that_its_width_needs() -> None:
    done = improve(photograph("chelsea"), "print", width_mm=76.2, dpi=300, enlarge=doubled)
    assert done.pixels.shape == (599, 900, 3)
    assert done.steps[-1].name == "enlarge"


def test_without_an_enlarger_the_lack_is_told() -> None:
    done = improve(photograph("chelsea"), "print", width_mm=76.2)
    assert done.pixels.shape == (300, 451, 3)
    assert "print needs 900 x 599 pixels, there are 451 x 300" in done.steps[-1].why


def test_a_print_with_enough_pixels_is_not_enlarged() -> None:
    done = improve(photograph("chelsea"), "print", width_mm=30, enlarge=doubled)
    assert done.nothing_to_do


def test_unknown_targets_and_sizes_are_refused() -> None:
    with pytest.raises(InvalidOption):
        improve(photograph("chelsea"), "cinema")
    with pytest.raises(InvalidOption):
        improve(photograph("chelsea"), "print", width_mm=0)
