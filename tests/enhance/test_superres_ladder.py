"""The way down: what fails or does harm makes way for the next engine, and the report says so."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tiny_onnx
from superres_pictures import photograph, psnr, shrunk

from bottega.enhance.superres import Strips, enlarge, luma_net
from bottega.enhance.superres.anchor import ColourAnchor
from bottega.enhance.superres.resample import imresize_u8
from bottega.enhance.superres.rows import Source
from bottega.errors import OutputError


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return shrunk(photograph(), 2)


def test_a_network_that_makes_no_numbers_makes_way(picture: np.ndarray, tmp_path: Path) -> None:
    network = tiny_onnx.dividing_by_zero(tmp_path / "broken.onnx", 2)
    result = enlarge(picture, 2, weights=network)
    assert result.report.engine == "network x2"
    assert np.array_equal(result.pixels, enlarge(picture, 2).pixels)
    [left] = result.report.tried
    assert left.engine.startswith("broken.onnx")
    assert "no numbers" in left.left_because


@pytest.mark.parametrize("faithful", [0.0, 0.5, 1.0])
def test_a_network_that_makes_black_makes_way(picture: np.ndarray, tmp_path: Path, faithful: float) -> None:
    network = tiny_onnx.convolution(tmp_path / "black.onnx", 2, gain=0)
    report = enlarge(picture, 2, weights=network, faithful=faithful).report
    assert report.engine == "network x2"
    assert "turned black" in report.tried[0].left_because


def test_a_network_that_makes_a_negative_makes_way(picture: np.ndarray, tmp_path: Path) -> None:
    network = tiny_onnx.convolution(tmp_path / "negative.onnx", 2, gain=-1, offsets=(1, 1, 1))
    assert enlarge(picture, 2, weights=network).report.engine == "network x2"


def test_a_colour_cast_is_taken_away(picture: np.ndarray, tmp_path: Path) -> None:
    network = tiny_onnx.convolution(tmp_path / "blue.onnx", 2, offsets=(-0.02, 0, 0.04))
    loose = enlarge(picture, 2, weights=network, faithful=0, gate=False).pixels
    cast = loose.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))
    held = enlarge(picture, 2, weights=network)
    left = held.pixels.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))
    assert np.abs(cast).max() > 8
    assert np.abs(left).max() < 0.5
    assert held.report.engine.startswith("blue.onnx")


def test_without_the_anchor_a_colour_cast_fails_the_gate(picture: np.ndarray, tmp_path: Path) -> None:
    network = tiny_onnx.convolution(tmp_path / "blue.onnx", 2, offsets=(0, 0, 0.04))
    report = enlarge(picture, 2, weights=network, faithful=0).report
    assert "drifted" in report.tried[0].left_because
    assert report.gate is not None
    assert report.gate.passed


@pytest.mark.parametrize("tier", ["classical", "fast", "balanced", "best"])
def test_keeping_every_pixel_agrees_to_45_db(picture: np.ndarray, tier: str) -> None:
    result = enlarge(picture, 2, tier=tier, faithful=1.0)
    assert result.report.gate is not None
    assert result.report.gate.passed
    again = imresize_u8(result.pixels, (picture.shape[1], picture.shape[0]))
    assert psnr(again, picture) >= 45


@pytest.mark.parametrize("scale", [1.5, 2.7, (300, 190)])
def test_keeping_every_pixel_agrees_at_any_factor(
    picture: np.ndarray, scale: float | tuple[int, int]
) -> None:
    made = enlarge(picture, scale, faithful=1.0).pixels
    assert psnr(imresize_u8(made, (picture.shape[1], picture.shape[0])), picture) >= 45


def test_the_dial_goes_from_free_to_faithful(picture: np.ndarray, tmp_path: Path) -> None:
    network = tiny_onnx.convolution(tmp_path / "soft.onnx", 2, gain=0.97, offsets=(0.02, 0, 0))
    agreements = [
        psnr(
            imresize_u8(enlarge(picture, 2, weights=network, faithful=dial, gate=False).pixels, (120, 120)),
            picture,
        )
        for dial in (0.0, 0.3, 0.6, 1.0)
    ]
    assert agreements == sorted(agreements)
    assert agreements[-1] > agreements[0] + 15


def test_when_nothing_passes_the_most_faithful_result_is_delivered() -> None:
    """Black and white dots at random, a tenth larger: no engine keeps every one of them."""
    pixels = np.random.default_rng(3).integers(0, 2, (24, 24, 3)).astype(np.uint8) * 255
    result = enlarge(pixels, 1.1, faithful=1.0)
    assert result.report.gate is not None
    assert not result.report.gate.passed
    assert len(result.report.tried) == 2
    assert result.pixels.shape == (26, 26, 3)


def test_a_damaged_network_file_falls_back_to_classical(
    picture: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in luma_net.WEIGHTS.iterdir():
        content = bytearray(file.read_bytes())
        if file.name.endswith(".onnx"):
            content[len(content) // 2] ^= 1
        (tmp_path / file.name).write_bytes(content)
    monkeypatch.setattr(luma_net, "WEIGHTS", tmp_path)
    report = enlarge(picture, 2).report
    assert report.engine == "classical"
    assert "not the file that was shipped" in report.tried[0].left_because


def test_without_onnxruntime_it_is_classical_and_says_so(
    picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    report = enlarge(picture, 2).report
    assert report.engine == "classical"
    assert "onnxruntime is not installed" in report.tried[0].left_because


def test_without_onnxruntime_the_fast_tier_stays_quick(
    picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = enlarge(picture, 2, tier="fast")
    assert result.report.engine == "classical, quick"
    assert result.report.tried[0].engine == "small networks"
    assert np.array_equal(result.pixels, enlarge(picture, 2, tier="classical").pixels)


def test_strips_step_down_before_the_first_row(picture: np.ndarray, tmp_path: Path) -> None:
    network = tiny_onnx.dividing_by_zero(tmp_path / "broken.onnx", 2)
    strips = Strips(picture, 2, weights=network)
    joined = np.concatenate(list(strips))
    assert strips.report.engine == "network x2"
    assert np.array_equal(joined, enlarge(picture, 2).pixels)


def test_strips_that_fail_the_gate_at_the_end_raise(picture: np.ndarray, tmp_path: Path) -> None:
    network = tiny_onnx.convolution(tmp_path / "negative.onnx", 2, gain=-1, offsets=(1, 1, 1))
    with pytest.raises(OutputError, match="did harm"):
        list(Strips(picture, 2, weights=network))


def test_the_anchor_leaves_a_faithful_picture_untouched(picture: np.ndarray) -> None:
    doubled = picture.repeat(2, axis=0).repeat(2, axis=1)
    anchored = ColourAnchor(Source(doubled), Source(picture), 2, 8).rows(0, 240)
    assert np.array_equal(anchored, Source(doubled).rows(0, 240))


def test_importing_loads_no_heavy_library() -> None:
    code = "import sys, bottega.enhance.superres; print({'onnxruntime', 'torch', 'scipy', 'skimage'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )
