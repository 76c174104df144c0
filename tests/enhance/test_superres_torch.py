"""Networks that users bring as .pth and .safetensors: loaded by spandrel, tiled, and damaged or hostile files refused."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superres_pictures import photograph, shrunk

from bottega.enhance.superres import enlarge
from bottega.enhance.superres.user_network import WHOLE, open_network
from bottega.errors import InvalidOption

torch: Any = pytest.importorskip("torch", reason="needs the extra `networks`")
pytest.importorskip(
    "spandrel",
    reason="needs spandrel, and builds of torch and torchvision that fit each other",
    exc_type=Exception,
)
safetensors_torch: Any = pytest.importorskip("safetensors.torch", reason="comes with spandrel")


def compact(scale: int) -> Any:
    """A small network of the architecture of realesr-general (SRVGGNetCompact): nearly nearest-neighbour."""
    from spandrel.architectures.Compact import Compact

    torch.manual_seed(0)
    network = Compact(num_feat=8, num_conv=2, upscale=scale)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(0.05)
    return network.eval()


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return shrunk(photograph("chelsea"), 2)


@pytest.fixture(params=[".pth", ".safetensors"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    weights = compact(2).state_dict()
    made = tmp_path / f"compact{request.param}"
    if request.param == ".pth":
        torch.save({"params": weights}, made)
    else:
        safetensors_torch.save_file(weights, made, metadata={"license": "BSD-3-Clause"})
    return made


def test_the_architecture_is_recognised(file: Path) -> None:
    network = open_network(file, threads=1)
    assert (network.factor, network.channels) == (2, 3)
    assert "Compact" in network.architecture


def test_the_result_is_what_the_network_makes(file: Path, picture: np.ndarray) -> None:
    result = enlarge(picture, 2, weights=file, faithful=0, gate=False, tile=512, threads=1)
    # The studio mirrors the surroundings of the picture, so borders are left out.
    planes = torch.from_numpy(picture.transpose(2, 0, 1).copy())[None].float() / 255
    with torch.no_grad():
        wanted = compact(2)(planes)[0].clamp(0, 1).numpy().transpose(1, 2, 0) * 255
    inside = (slice(16, -16), slice(16, -16))
    assert np.abs(result.pixels[inside] - wanted[inside]).max() <= 0.51
    assert result.report.engine.startswith(file.name)


def test_tiles_equal_the_whole_within_a_255th(file: Path, picture: np.ndarray) -> None:
    whole = enlarge(picture, 2, weights=file, tile=512, threads=1)
    tiled = enlarge(picture, 2, weights=file, tile=40, threads=1)
    assert tiled.report.tiles == 9
    assert np.abs(tiled.pixels.astype(int) - whole.pixels).max() <= 1


def test_the_licence_is_told_where_the_file_states_it(file: Path, picture: np.ndarray) -> None:
    [told] = enlarge(picture, 2, weights=file, threads=1).report.networks
    assert (told.licence == "BSD-3-Clause") == (file.suffix == ".safetensors")
    assert told.architecture == open_network(file, threads=1).architecture


def test_weights_that_are_no_numbers_make_way(picture: np.ndarray, tmp_path: Path) -> None:
    weights = compact(2).state_dict()
    weights["body.0.weight"].fill_(float("nan"))
    torch.save(weights, tmp_path / "broken.pth")
    report = enlarge(picture, 2, weights=tmp_path / "broken.pth", threads=1).report
    assert report.engine == "network x2"
    assert report.tried[0].engine.startswith("broken.pth")


def test_networks_that_must_not_be_tiled_see_the_whole_picture(tmp_path: Path, file: Path) -> None:
    network = open_network(file, threads=1)
    network.tile = WHOLE
    assert not network.engine(half=False).divisible


@pytest.mark.parametrize("content", [b"", b"junk" * 100, json.dumps({"a": 1}).encode()])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_damaged_files_are_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    (tmp_path / f"damaged{suffix}").write_bytes(content)
    with pytest.raises(InvalidOption):
        open_network(tmp_path / f"damaged{suffix}")


def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(tmp_path: Path) -> None:
    mark = tmp_path / "it-ran"

    class Hostile:
        def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
            return (Path.touch, (mark,))

    (tmp_path / "hostile.pth").write_bytes(pickle.dumps({"weight": Hostile()}))
    with pytest.raises(InvalidOption):
        open_network(tmp_path / "hostile.pth")
    assert not mark.exists()


def test_an_unknown_architecture_is_refused(tmp_path: Path) -> None:
    torch.save({"layer.weight": torch.zeros(3, 3)}, tmp_path / "unknown.pth")
    with pytest.raises(InvalidOption, match="cannot be read as a network"):
        open_network(tmp_path / "unknown.pth")
