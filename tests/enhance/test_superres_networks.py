"""Networks that users bring as ONNX: recognised by running them, tiled with blended borders, smaller when memory lacks."""

import hashlib
import resource
from pathlib import Path

import numpy as np
import pytest
import tiny_onnx
from superres_pictures import photograph, shrunk

from bottega.enhance.superres import enlarge
from bottega.enhance.superres.engines import Classical
from bottega.enhance.superres.luma_net import WEIGHTS
from bottega.enhance.superres.rows import Source
from bottega.enhance.superres.stages import Tiled
from bottega.enhance.superres.user_network import OnnxNetwork, open_network
from bottega.errors import InvalidOption, NotFound


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return shrunk(photograph("coffee"), 2)


def test_factor_channels_and_margin_are_found_by_running_it(tmp_path: Path) -> None:
    for factor, channels, padded in [(1, 3, True), (2, 1, True), (3, 3, False), (4, 1, False)]:
        file = tiny_onnx.convolution(tmp_path / "network.onnx", factor, channels=channels, padded=padded)
        network = open_network(file)
        assert (network.factor, network.channels, network.margin) == (factor, channels, 0 if padded else 1)


@pytest.mark.parametrize("block", [1, 2, 4, 8])
def test_the_multiple_that_sides_must_be_is_found(tmp_path: Path, block: int) -> None:
    assert open_network(tiny_onnx.in_blocks(tmp_path / "blocks.onnx", block)).multiple == block


def test_the_shipped_networks_can_be_brought_as_a_file(picture: np.ndarray, tmp_path: Path) -> None:
    file = tmp_path / "luma.onnx"
    file.write_bytes((WEIGHTS / "luma_x2.onnx").read_bytes())
    brought, shipped = enlarge(picture, 2, weights=file), enlarge(picture, 2)
    assert np.array_equal(brought.pixels, shipped.pixels)
    [told] = brought.report.networks
    assert told.sha256 == hashlib.sha256(file.read_bytes()).hexdigest() == shipped.report.networks[0].sha256
    assert (told.source, told.licence, told.precision) == ("luma.onnx", "Apache-2.0", "float32")


def test_an_unstated_licence_is_said_to_be_unknown(picture: np.ndarray, tmp_path: Path) -> None:
    report = enlarge(picture, 2, weights=tiny_onnx.convolution(tmp_path / "own.onnx", 2)).report
    assert "not stated" in report.networks[0].licence


def test_a_stated_licence_is_told(picture: np.ndarray, tmp_path: Path) -> None:
    file = tiny_onnx.convolution(tmp_path / "own.onnx", 2, properties={"license": "CC-BY-4.0"})
    assert enlarge(picture, 2, weights=file).report.networks[0].licence == "CC-BY-4.0"


def test_half_precision_networks_run_and_say_so(picture: np.ndarray, tmp_path: Path) -> None:
    half = enlarge(picture, 2, weights=tiny_onnx.convolution(tmp_path / "half.onnx", 2, half=True))
    full = enlarge(picture, 2, weights=tiny_onnx.convolution(tmp_path / "full.onnx", 2))
    assert half.report.networks[0].precision == "float16"
    assert np.abs(half.pixels.astype(int) - full.pixels).max() <= 1


@pytest.mark.parametrize("tile", [32, 50, 61])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_blended_tiles_show_no_seam(tmp_path: Path, tile: int, channels: int) -> None:
    """Within float rounding, for a network that sees no further than the context around a tile."""
    pixels = np.random.default_rng(2).random((131, 97, channels), dtype=np.float32)
    network = tiny_onnx.convolution(tmp_path / "own.onnx", 2)
    whole = enlarge(pixels, 2, weights=network, tile=256).pixels
    assert np.abs(enlarge(pixels, 2, weights=network, tile=tile).pixels - whole).max() < 1e-5


@pytest.mark.parametrize("sides", [(64, 64), (128, 96), (40, 200)])
def test_networks_of_one_input_size_are_tiled_to_it(
    picture: np.ndarray, tmp_path: Path, sides: tuple[int, int]
) -> None:
    fixed = enlarge(picture, 2, weights=tiny_onnx.convolution(tmp_path / "fixed.onnx", 2, sides=sides))
    free = enlarge(picture, 2, weights=tiny_onnx.convolution(tmp_path / "free.onnx", 2))
    assert fixed.report.engine.startswith("fixed.onnx")
    assert np.abs(fixed.pixels.astype(int) - free.pixels).max() <= 1


def test_sides_that_the_network_does_not_take_are_padded(tmp_path: Path) -> None:
    pixels = photograph()[:77, :61]
    network = tiny_onnx.in_blocks(tmp_path / "blocks.onnx", 8)
    assert np.array_equal(enlarge(pixels, 1.0, weights=network).pixels, pixels)


def test_what_a_network_lacks_to_the_factor_the_shipped_ones_add(picture: np.ndarray, tmp_path: Path) -> None:
    report = enlarge(picture, 4, weights=tiny_onnx.convolution(tmp_path / "own.onnx", 2)).report
    assert report.passes == (2, 2)
    assert [told.source for told in report.networks] == ["own.onnx", "shipped"]


class Hungry:
    """An engine whose memory suffices for small windows only."""

    name, factor, halo, blend, tile, divisible, concurrent = "hungry", 2, 24, 0, 128, True, True

    def __init__(self, most: int) -> None:
        self.most, self.classical = most, Classical(2)

    def __call__(self, window: np.ndarray) -> np.ndarray:
        if window.shape[2] > self.most:
            raise MemoryError
        return self.classical(window)


def test_tiles_are_halved_until_memory_suffices(picture: np.ndarray) -> None:
    from bottega.enhance.superres.ladder import Chain, Rung
    from bottega.enhance.superres.report import Attempt
    from bottega.enhance.superres.studio import attempts, task_of

    tried: list[Attempt] = []
    task = task_of(picture, 2)
    made = []
    for run in attempts(task, Rung("hungry", lambda: Chain([Hungry(110)])), tried):
        try:
            made = [strip for _, strip in run.strips()]
        except MemoryError as lacking:
            run.failed(lacking)
    assert [attempt.engine for attempt in tried] == ["hungry, tiles of 128"]
    assert np.concatenate(made).shape == (240, 240, 3)


def test_memory_that_onnxruntime_lacks_is_an_error_of_memory(tmp_path: Path) -> None:
    network = OnnxNetwork(tiny_onnx.convolution(tmp_path / "own.onnx", 16), threads=1)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**28, hard))
    try:
        with pytest.raises(MemoryError):
            network.run(np.zeros((3, 2000, 2000), dtype=np.float32), half=False)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.mark.parametrize("content", [b"", b"not a network", bytes(4096)])
@pytest.mark.parametrize("name", ["network.onnx", "network.txt"])
def test_files_that_are_no_network_are_refused(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidOption):
        open_network(tmp_path / name)


def test_a_file_that_does_not_exist_is_said_not_to() -> None:
    with pytest.raises(NotFound):
        open_network(Path("nowhere.onnx"))


def test_a_network_that_does_not_enlarge_is_refused(tmp_path: Path) -> None:
    nodes = [tiny_onnx.node("GlobalAveragePool", ["input"], "output")]
    with pytest.raises(InvalidOption, match="no network that enlarges"):
        open_network(tiny_onnx.write(tmp_path / "classifier.onnx", nodes, []))


def test_the_weights_of_blended_tiles_add_up_to_one(tmp_path: Path) -> None:
    network = open_network(tiny_onnx.convolution(tmp_path / "own.onnx", 2))
    even = np.full((150, 170, 3), 0.5, dtype=np.float32)
    for tile in (32, 47, 150):
        made = Tiled(Source(even), network.engine(half=False), tile=tile).rows(0, 300)
        assert np.abs(made - 0.5).max() < 1e-6
