"""Faces through a network of the user's own: found, changed inside their oval alone, refused where nothing is named."""

from pathlib import Path

import numpy as np
import pytest
import tiny_onnx
from skimage import data

from bottega.enhance.jobs import How, enhance_file
from bottega.enhance.restore_faces import restore_faces
from bottega.enhance.style_faces import find_faces
from bottega.enhance.works_repair import Restore
from bottega.errors import InvalidOption, NotFound
from bottega.imaging.decode import decode
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import Picture


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    return data.astronaut()[:300, 80:380].copy()


def sharpener(file: Path, sides: tuple[int | str, int | str] = ("h", "w")) -> Path:
    """Makes detail stronger, as face networks do; in [0, 1] and in [-1, 1] alike."""
    kernel = np.zeros((3, 3, 3, 3), np.float32)
    for channel in range(3):
        kernel[channel, channel] = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    conv = tiny_onnx.node("Conv", ["input", "kernel"], "output", pads=[1] * 4, kernel_shape=[3, 3])
    return tiny_onnx.write(file, [conv], [tiny_onnx.tensor("kernel", kernel)], sides=sides)


def test_a_face_changes_inside_its_oval_and_nowhere_else(face: np.ndarray, tmp_path: Path) -> None:
    done = restore_faces(face, sharpener(tmp_path / "own.onnx", (128, 128)))
    assert len(done.restored) == len(find_faces(face.astype(np.float32) / 255)) == 1
    left, top, wide, high = (round(share * 300) for share in done.restored[0])
    apart = np.abs(done.pixels.astype(int) - face).max(axis=2)
    assert apart[top : top + high, left : left + wide].mean() > 1
    outside = apart.copy()
    outside[max(0, top - high // 2) : top + 2 * high, max(0, left - wide // 2) : left + 2 * wide] = 0
    assert outside.max() == 0


def test_there_is_no_seam_and_no_shift_of_colour(face: np.ndarray, tmp_path: Path) -> None:
    yellow = tiny_onnx.convolution(tmp_path / "yellow.onnx", 1, offsets=(0.06, 0.06, -0.06))
    done = restore_faces(face, yellow)
    assert len(done.restored) == 1
    assert np.abs(done.pixels.mean(axis=(0, 1)) - face.mean(axis=(0, 1))).max() < 0.5


def test_half_the_strength_is_half_the_change(face: np.ndarray, tmp_path: Path) -> None:
    network = sharpener(tmp_path / "own.onnx")
    whole, half, none = (restore_faces(face, network, share).pixels.astype(int) for share in (1.0, 0.5, 0.0))
    assert np.abs(half - face).mean() == pytest.approx(np.abs(whole - face).mean() / 2, rel=0.1)
    assert (none == face).all()


def test_a_result_that_is_no_face_any_more_is_not_taken(face: np.ndarray, tmp_path: Path) -> None:
    black = tiny_onnx.convolution(tmp_path / "black.onnx", 1, gain=0.0, offsets=(-3.0, -3.0, -3.0))
    done = restore_faces(face, black)
    assert (done.pixels == face).all()
    assert "differs" in done.left[0][1]


def test_a_picture_without_faces_comes_back_as_it_is(tmp_path: Path) -> None:
    picture = data.coffee()
    done = restore_faces(picture, sharpener(tmp_path / "own.onnx"))
    assert (done.pixels == picture).all()
    assert done.restored == ()


def test_without_weights_it_is_refused_with_a_hint(face: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="network of your own") as refused:
        restore_faces(face, None)
    assert ".onnx" in refused.value.hint
    with pytest.raises(InvalidOption, match="network of your own"):
        Restore(steps=("faces",)).engines(face, (300, 300))
    with pytest.raises(NotFound):
        restore_faces(face, tmp_path / "none.onnx")


def test_a_file_is_restored_with_the_network_and_the_report_says_so(face: np.ndarray, tmp_path: Path) -> None:
    source, target = tmp_path / "in.png", tmp_path / "out.png"
    encode(Picture(face), source, "image/png")
    work = Restore(steps=("faces",), weights=sharpener(tmp_path / "own.onnx"))
    report = enhance_file(source, target, work, How())
    assert "faces: 1 restored by own.onnx" in report["done"]
    assert not np.array_equal(decode(target, Limits()).rgb, face)
