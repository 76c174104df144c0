"""A clip comes back with everything it had: the contract on clips of every kind, and that the contract notices faults."""

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from bottega.enhance.video import EncodeSettings, probe, samples, transform
from bottega.enhance.video.contract import Promise, check_contract, summary
from bottega.errors import InvalidOption

FINE = EncodeSettings(quality=90, segment_frames=10)


def same(pixels: np.ndarray) -> np.ndarray:
    return pixels


def failed(source: Path, target: Path, promise: Promise = Promise()) -> set[str]:  # noqa: B008
    return {check.name for check in check_contract(source, target, promise) if not check.passed}


@pytest.mark.parametrize("name", list(samples.RECIPES))
@pytest.mark.parametrize("suffix", ["own", ".mkv", ".mp4"])
def test_everything_comes_back(tmp_path: Path, name: str, suffix: str) -> None:
    source = samples.write(tmp_path, name)
    target = tmp_path / f"made{source.suffix if suffix == 'own' else suffix}"
    transform(source, target, same, FINE, work_dir=tmp_path / "w")
    checks = check_contract(source, target)
    assert all(check.passed for check in checks), summary(checks)


def test_the_contract_has_more_than_a_few_checks(tmp_path: Path) -> None:
    total = 0
    for name in samples.RECIPES:
        source = samples.write(tmp_path, name)
        total += len(check_contract(source, source))
    assert total >= 71


@pytest.mark.parametrize("codec", ["av1", "vp9", "mpeg4", "h264", "hevc"])
@pytest.mark.parametrize("name", ["full", "variable"])
def test_every_encoder_keeps_the_contract(tmp_path: Path, codec: str, name: str) -> None:
    source = samples.write(tmp_path, name)
    settings = replace(FINE, codec=codec, gpl=True)
    transform(source, tmp_path / "made.mp4", same, settings, work_dir=tmp_path / "w")
    checks = check_contract(source, tmp_path / "made.mp4")
    assert all(check.passed for check in checks), summary(checks)


def test_an_enlarged_clip_keeps_all_but_its_size(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "full")

    def twice(pixels: np.ndarray) -> np.ndarray:
        return cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)

    transform(source, tmp_path / "made.mp4", twice, FINE, work_dir=tmp_path / "w")
    assert failed(source, tmp_path / "made.mp4", Promise(scale=Fraction(2))) == set()


def test_the_matrix_is_spelt_out_where_players_would_change_their_mind(tmp_path: Path) -> None:
    """Untagged pictures are BT.601 by their height; enlarged past 720 lines players would take them for BT.709."""
    recipe = replace(samples.RECIPES["untagged"], size=(96, 400), ticks=(0, 1), sounds=())
    samples.write_recipe(tmp_path / "small.mp4", recipe)

    def twice(pixels: np.ndarray) -> np.ndarray:
        return cv2.resize(pixels, None, fx=2, fy=2)

    transform(tmp_path / "small.mp4", tmp_path / "made.mp4", twice, FINE, work_dir=tmp_path / "w")
    assert probe(tmp_path / "made.mp4").video.colour.matrix == 6


def test_sound_that_the_container_does_not_hold_is_refused_before_any_work(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "full")

    def never(pixels: np.ndarray) -> np.ndarray:
        raise AssertionError

    with pytest.raises(InvalidOption, match="sound"):
        transform(source, tmp_path / "made.webm", never, work_dir=tmp_path / "w")


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "variable")
    report = transform(source, tmp_path / "made.mp4", same, work_dir=tmp_path / "w")
    assert any("letters.ttf was left out" in note for note in report.notes)
    assert any("became mov_text" in note for note in report.notes)


def test_a_damaged_clip_has_all_its_pictures_and_none_is_black(tmp_path: Path) -> None:
    source = samples.damaged(samples.write(tmp_path, "many keys"), tmp_path / "broken.mp4", length=3000)
    report = transform(source, tmp_path / "made.mkv", same, FINE, work_dir=tmp_path / "w")
    assert report.held_frames >= 1
    assert failed(source, tmp_path / "made.mkv") == set()


# --- the contract notices --------------------------------------------------------------------------------------------


def test_a_missing_last_picture_is_noticed(tmp_path: Path) -> None:
    recipe = samples.RECIPES["many keys"]
    source = samples.write(tmp_path, "many keys")
    samples.write_recipe(tmp_path / "short.mp4", replace(recipe, ticks=recipe.ticks[:-1]))
    assert {"number of pictures", "last picture there", "duration"} <= failed(source, tmp_path / "short.mp4")


def test_pictures_that_moved_by_a_tick_are_noticed(tmp_path: Path) -> None:
    recipe = samples.RECIPES["offset"]
    source = samples.write(tmp_path, "offset")
    moved = tuple(tick + (tick != recipe.ticks[0]) for tick in recipe.ticks)
    samples.write_recipe(tmp_path / "moved.mp4", replace(recipe, ticks=moved))
    assert "every picture at its time, to half a tick" in failed(source, tmp_path / "moved.mp4")


def test_sound_out_of_step_is_noticed(tmp_path: Path) -> None:
    recipe = samples.RECIPES["offset"]
    source = samples.write(tmp_path, "offset")
    late = replace(recipe, sound_start=recipe.sound_start + Fraction(1, 500))
    samples.write_recipe(tmp_path / "late.mp4", late)
    assert failed(source, tmp_path / "late.mp4") == {"sound 1: in step with the pictures"}


@pytest.mark.parametrize(
    ("change", "noticed"),
    [
        ({"sounds": ("fra", "ita")}, "sound 1: language"),
        ({"sounds": ("ita",)}, "sound: number of tracks"),
        ({"subtitles": ("eng",)}, "subtitles: number of tracks"),
        ({"chapters": False}, "number of chapters"),
        ({"rotation": 0}, "rotation"),
        ({"sample_aspect": Fraction(1)}, "shape of a pixel"),
        ({"colour": (1, 1, 6, 1)}, "colour matrix"),
        ({"colour": (9, 1, 1, 1)}, "colour primaries"),
        ({"metadata": (("title", "Another"),)}, "metadata: comment"),
        ({"size": (98, 64)}, "width and height"),
    ],
)
def test_a_lost_property_is_noticed(tmp_path: Path, change: dict[str, object], noticed: str) -> None:
    source = samples.write(tmp_path, "full")
    samples.write_recipe(tmp_path / "changed.mp4", replace(samples.RECIPES["full"], **change))
    assert noticed in failed(source, tmp_path / "changed.mp4")


def test_a_black_picture_is_noticed(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "many keys")
    counter = iter(range(1000))

    def one_black(pixels: np.ndarray) -> np.ndarray:
        return pixels * 0 if next(counter) == 20 else pixels

    transform(source, tmp_path / "made.mp4", one_black, FINE, work_dir=tmp_path / "w")
    assert {"no black picture", "every picture is the one that belongs there"} <= failed(
        source, tmp_path / "made.mp4"
    )


def test_a_target_that_cannot_be_read_fails(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "many keys")
    shutil.copy(source, tmp_path / "cut.mp4")
    (tmp_path / "cut.mp4").write_bytes(b"no clip")
    assert failed(source, tmp_path / "cut.mp4") == {"the target can be read"}
