"""Try-on networks with the user's own weights: what is missing is said, and damaged files are refused before loading.

The network itself has no weights here; what is proved ends where its makers' package begins.
"""

import json
import struct
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bottega.engines.local.fashion_paste import Area, NotKnown, area_of, restored
from bottega.engines.local.vton import WEIGHTS, VtonEngine
from bottega.engines.local.vton_weights import POSE_FILES, UnusableWeights, check_folder, read_header
from bottega.engines.local.vton_work import call_pipeline, category_of, load_pipeline
from bottega.errors import ComputeError, InvalidOption, OutputError, ResourceError
from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.tryon.gates import paste_back
from bottega.fashion.tryon.values import TryOnOptions
from bottega.settings import Settings

sys.path.append(str(Path(__file__).parents[1] / "fashion"))

import drawn_garments
import drawn_people


def safetensors(path: Path, shapes: dict[str, tuple[int, ...]], *, cut: int = 0, **changes: Any) -> Path:
    """A small file of zeros in BF16, written by the format's specification; `changes` replace fields of each entry."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, shape in shapes.items():
        size = 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]} | changes
        at += size
    text = json.dumps(header).encode()
    data = struct.pack("<Q", len(text)) + text + bytes(at)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data[: len(data) - cut])
    return path


def folder(path: Path, **changes: Any) -> Path:
    safetensors(path / "model.safetensors", {"a.weight": (10, 8), "b.bias": (20,)}, **changes)
    for name in POSE_FILES:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(b"onnx")
    return path


def test_the_header_gives_names_types_and_shapes(tmp_path: Path) -> None:
    tensors = read_header(safetensors(tmp_path / "m.safetensors", {"a": (3, 4), "b": ()}))
    assert {name: tensor.shape for name, tensor in tensors.items()} == {"a": (3, 4), "b": ()}
    assert tensors["a"].dtype == "BF16"
    assert tensors["b"].parameters == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"cut": 1},
        {"dtype": "BF17"},
        {"shape": [3, -4]},
        {"data_offsets": [0, 10**9]},
        {"data_offsets": [5]},
        {"shape": "wide"},
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = safetensors(tmp_path / "m.safetensors", {"a": (3, 4)}, **changes)
    with pytest.raises(UnusableWeights, match=r"m\.safetensors"):
        read_header(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 4,
        struct.pack("<Q", 2**60) + b"{}",
        struct.pack("<Q", 4) + b"[1] ",
        b"<html>not found</html>",
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "m.safetensors").write_bytes(data)
    with pytest.raises(UnusableWeights):
        read_header(tmp_path / "m.safetensors")


def test_the_weights_of_another_network_are_told_by_their_number(tmp_path: Path) -> None:
    weights = folder(tmp_path / "w")
    assert set(check_folder(weights, parameters=100)) == {"a.weight", "b.bias"}
    with pytest.raises(UnusableWeights, match="million parameters"):
        check_folder(weights)


def test_missing_files_are_named(tmp_path: Path) -> None:
    weights = folder(tmp_path / "w")
    (weights / POSE_FILES[1]).unlink()
    with pytest.raises(UnusableWeights, match=POSE_FILES[1]):
        check_folder(weights, parameters=100)


def test_availability_says_what_to_install(tmp_path: Path) -> None:
    engine = VtonEngine(Settings(home=tmp_path))
    said = engine.availability()
    assert engine.weights == tmp_path / WEIGHTS
    assert not said.usable
    assert "fashn_vton" in said.reason
    assert "networks" in said.hint


def test_a_missing_package_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="fashn_vton"):
        load_pipeline(tmp_path)


class Documented:
    """Takes what the package's README documents, and answers with `picture`."""

    def __init__(self, picture: object) -> None:
        self.picture = picture
        self.said: dict[str, Any] = {}

    def __call__(
        self, person_image: Any, garment_image: Any, category: str, seed: int = 42
    ) -> SimpleNamespace:
        self.said = {"sizes": (person_image.size, garment_image.size), "category": category, "seed": seed}
        return SimpleNamespace(images=[self.picture])


PHOTO, PRODUCT = np.zeros((60, 40, 3), np.uint8), np.zeros((30, 20, 3), np.uint8)


def test_the_documented_interface_is_what_is_called() -> None:
    pipeline = Documented(Image.new("RGB", (40, 60), (1, 2, 3)))
    made = call_pipeline(pipeline, PHOTO, PRODUCT, "tops", worn=False, seed=7)
    assert pipeline.said == {"sizes": ((40, 60), (20, 30)), "category": "tops", "seed": 7}
    assert made.shape == (60, 40, 3)
    assert tuple(made[0, 0]) == (1, 2, 3)


def test_an_answer_without_a_picture_is_no_result() -> None:
    with pytest.raises(OutputError):
        call_pipeline(Documented("nothing"), PHOTO, PRODUCT, "tops", worn=False, seed=None)


def test_a_fault_of_the_package_is_named() -> None:
    def fails(person_image: Any, garment_image: Any, category: str) -> None:
        raise RuntimeError("CUDA out of memory")

    with pytest.raises(ComputeError, match="CUDA out of memory"):
        call_pipeline(fails, PHOTO, PRODUCT, "tops", worn=False, seed=None)


def test_the_picture_says_the_category_where_nobody_does() -> None:
    from bottega.domain.task import Task

    garment = parse_garment(drawn_garments.draw("trousers", 3, pattern="plain").rgb)
    task = Task(workflow="w", operation="tryon", features=frozenset({"garment:other"}))
    assert category_of(task, garment) == "bottoms"
    named = task.model_copy(update={"features": frozenset({"garment:dress"})})
    assert category_of(named, garment) == "one-pieces"
    shoe = parse_garment(drawn_garments.draw("shoe", 3, pattern="plain").rgb)
    with pytest.raises(InvalidOption):
        category_of(task, shoe)


def test_what_a_network_repaints_beyond_the_garment_is_put_back() -> None:
    figure = drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4)
    photo = drawn_people.draw(figure)
    garment = parse_garment(drawn_garments.draw("tshirt", 3, pattern="plain").rgb)
    found = area_of(photo.rgb, [(garment, TryOnOptions())])
    assert isinstance(found, Area)
    area = found.free
    assert area[photo.regions["top"] > 0.9].mean() > 0.97
    assert not area[photo.regions["face"] > 0.9].any()
    repainted = np.full_like(photo.rgb, 90)
    pasted = paste_back(photo.rgb, repainted, area)
    assert (pasted[~area] == photo.rgb[~area]).all()
    assert (pasted[area] == 90).all(axis=1).mean() > 0.8
    assert isinstance(restored(photo.rgb, np.zeros((500, 500, 3), np.uint8), found), NotKnown)
