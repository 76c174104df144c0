"""Interpolation networks that users bring: fed as RIFE is, padded, tiled without seams, refused when they are none."""

from pathlib import Path

import numpy as np
import pytest
import tiny_onnx
from interpolate_scenes import pan
from tiny_onnx import _number, _part, _value

from bottega.enhance.interpolate import between, open_network
from bottega.enhance.interpolate.network import OnnxNetwork
from bottega.errors import BottegaError, ComputeError, InvalidOption, NotFound, ResourceError


def written(
    file: Path,
    nodes: list[bytes],
    inputs: list[tuple[str, list[int | str]]],
    tensors: list[bytes] | None = None,
    kind: int = tiny_onnx.FLOAT,
) -> Path:
    graph = b"".join(_part(1, each) for each in nodes) + _part(2, "tiny")
    graph += b"".join(_part(5, each) for each in tensors or [])
    graph += b"".join(_part(11, _value(name, kind, shape)) for name, shape in inputs)
    graph += _part(12, _value("output", kind, [1, 3, "H", "W"]))
    file.write_bytes(_number(1, 8) + _part(7, graph) + _part(8, _part(1, "") + _number(2, 17)))
    return file


FRAMES: list[tuple[str, list[int | str]]] = [("img0", [1, 3, "h", "w"]), ("img1", [1, 3, "h", "w"])]
MIX = [
    tiny_onnx.node("Sub", ["img1", "img0"], "way"),
    tiny_onnx.node("Mul", ["way", "timestep"], "part"),
    tiny_onnx.node("Add", ["img0", "part"], "output"),
]


def mixing(file: Path, shape: list[int | str] | None = None) -> Path:
    """img0 + timestep * (img1 - img0)."""
    return written(file, MIX, [*FRAMES, ("timestep", [1, 1, 1, 1] if shape is None else shape)])


def mix(t: float) -> np.ndarray:
    a, b = pan(0).astype(np.float32), pan(1).astype(np.float32)
    return np.rint(a + np.float32(t) * (b - a)).astype(np.uint8)


@pytest.mark.parametrize("shape", [[1, 1, 1, 1], [1], ["n", 1, "h", "w"], []])
@pytest.mark.parametrize("t", [0.25, 0.5])
def test_two_frames_and_a_moment_go_in(tmp_path: Path, shape: list[int | str], t: float) -> None:
    made = between(pan(0), pan(1), t, network=mixing(tmp_path / "mix.onnx", shape))
    assert made.done == "network"
    assert np.abs(made.frame.astype(int) - mix(t)).max() <= 1


def test_inputs_are_found_by_name_whatever_their_order(tmp_path: Path) -> None:
    inputs = [("timestep", [1, 1, 1, 1]), FRAMES[1], FRAMES[0]]
    file = written(tmp_path / "order.onnx", MIX, inputs)  # type: ignore[arg-type]
    made = between(pan(0), pan(1), 0.25, network=file).frame
    assert np.abs(made.astype(int) - mix(0.25)).max() <= 1


def test_both_frames_and_the_moment_may_be_one_input(tmp_path: Path) -> None:
    kernel = np.zeros((3, 7, 1, 1), np.float32)
    for channel in range(3):
        kernel[channel, channel + 3] = 1
    nodes = [tiny_onnx.node("Conv", ["both", "kernel"], "output")]
    file = written(
        tmp_path / "one.onnx", nodes, [("both", [1, 7, "h", "w"])], [tiny_onnx.tensor("kernel", kernel)]
    )
    assert np.array_equal(between(pan(0), pan(1), 0.25, network=file).frame, pan(1))


def test_sides_are_padded_to_what_networks_take_and_cut_again(tmp_path: Path) -> None:
    nodes = [
        tiny_onnx.node("SpaceToDepth", ["img1"], "cells", blocksize=32),
        tiny_onnx.node("DepthToSpace", ["cells"], "output", blocksize=32),
    ]
    file = written(tmp_path / "blocks.onnx", nodes, FRAMES)
    a, b = pan(0)[:101, :133], pan(1)[:101, :133]
    assert np.array_equal(between(a, b, 0.5, network=file).frame, b)


def test_tiles_make_what_the_whole_makes(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    kernel = rng.random((3, 3, 5, 5)).astype(np.float32) / 75
    nodes = [tiny_onnx.node("Conv", ["img1", "kernel"], "output", pads=[2] * 4)]
    file = written(tmp_path / "blur.onnx", nodes, FRAMES, [tiny_onnx.tensor("kernel", kernel)])
    a, b = rng.random((2, 600, 700, 3), dtype=np.float32)
    whole = open_network(file).between(a, b, 0.5)
    tiled = open_network(file, tile=256).between(a, b, 0.5)
    # The outermost two pixels of a tile see its padding, with a weight that begins at 1/128.
    assert np.abs(whole - tiled).max() < 0.01
    assert np.abs(whole - tiled).mean() < 1e-4


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_grey_alpha_and_deep_frames_pass_through(tmp_path: Path, channels: int, dtype: type) -> None:
    whole = 1 if dtype is np.float32 else np.iinfo(dtype).max
    a, b = (
        (np.dstack([pan(t), np.full((192, 256), 255, np.uint8)])[..., 4 - channels :] / 255 * whole).astype(
            dtype
        )
        for t in (0, 1)
    )
    made = between(a, b, 0.5, network=mixing(tmp_path / "mix.onnx")).frame
    assert (made.shape, made.dtype) == (a.shape, a.dtype)
    wanted = (a.astype(np.float64) + b) / 2
    assert np.abs(made - wanted).max() <= max(0.006 * whole, 1e-5)
    if channels in (2, 4):
        assert (made[..., -1] == whole).all()


def test_half_precision_networks_run(tmp_path: Path) -> None:
    file = written(tmp_path / "half.onnx", MIX, [*FRAMES, ("timestep", [1, 1, 1, 1])], kind=tiny_onnx.FLOAT16)
    made = between(pan(0), pan(1), 0.5, network=file).frame
    assert np.abs(made.astype(int) - mix(0.5)).max() <= 1


def test_cuts_and_ends_are_kept_from_the_network(tmp_path: Path) -> None:
    file = mixing(tmp_path / "mix.onnx")
    assert np.array_equal(between(pan(0), pan(1), 1, network=file).frame, pan(1))
    assert between(pan(0), pan(0), 0.5, network=file).done == "duplicate"


def test_a_network_without_a_moment_makes_the_middle_only(tmp_path: Path) -> None:
    file = written(tmp_path / "max.onnx", [tiny_onnx.node("Max", ["img0", "img1"], "output")], FRAMES)
    assert np.array_equal(between(pan(0), pan(1), 0.5, network=file).frame, np.maximum(pan(0), pan(1)))
    with pytest.raises(InvalidOption, match="middle frame only"):
        between(pan(0), pan(1), 0.25, network=file)


def test_an_answer_of_another_size_is_refused(tmp_path: Path) -> None:
    nodes = [tiny_onnx.node("SpaceToDepth", ["img0"], "output", blocksize=2)]
    with pytest.raises(ComputeError, match="answered"):
        between(pan(0), pan(1), 0.5, network=written(tmp_path / "small.onnx", nodes, FRAMES))


def test_values_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    nodes = [
        tiny_onnx.node("Sub", ["img0", "img0"], "zero"),
        tiny_onnx.node("Div", ["zero", "zero"], "output"),
    ]
    with pytest.raises(ComputeError, match="no numbers"):
        between(pan(0), pan(1), 0.5, network=written(tmp_path / "nan.onnx", nodes, FRAMES))


def test_files_that_are_no_networks_are_refused(tmp_path: Path) -> None:
    junk, text = tmp_path / "junk.onnx", tmp_path / "model.txt"
    junk.write_bytes(b"\x00junk" * 40)
    text.write_text("weights")
    for file in (junk, text, tiny_onnx.convolution(tmp_path / "x2.onnx", 2)):
        with pytest.raises(InvalidOption, match="no interpolation network"):
            open_network(file)
    with pytest.raises(NotFound):
        open_network(tmp_path / "missing.onnx")


def test_tiles_that_leave_no_room_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="tile"):
        OnnxNetwork(mixing(tmp_path / "mix.onnx"), tile=100)


def test_a_torch_file_runs_or_names_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "mix.pt"
    try:
        import torch
    except ImportError:
        file.write_bytes(b"weights")
        with pytest.raises(ResourceError) as missing:
            open_network(file)
        assert "torch" in missing.value.message
        assert "bottega[networks]" in missing.value.hint
        return

    class Mix(torch.nn.Module):
        def forward(self, img0: torch.Tensor, img1: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
            return img0 + timestep * (img1 - img0)

    torch.jit.script(Mix()).save(str(file))
    made = between(pan(0), pan(1), 0.25, network=file).frame
    assert np.abs(made.astype(int) - mix(0.25)).max() <= 1
    file.write_bytes(b"weights")
    with pytest.raises(BottegaError):
        open_network(file)
