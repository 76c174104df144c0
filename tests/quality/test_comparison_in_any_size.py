"""Measures that compare a result with its source when a vendor gave it another size or shape."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from bottega.imaging.limits import Limits
from bottega.quality import measure

U8 = NDArray[np.uint8]


def saved(pixels: U8, path: Path) -> Path:
    cv2.imwrite(str(path), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return path


def measured(folder: Path, source: U8, result: U8, suffix: str = "png") -> dict[str, float]:
    names = ("change", "likeness", "shape_ratio")
    made = saved(result, folder / f"result.{suffix}")
    return measure(made, saved(source, folder / "source.png"), names, Limits())


def test_a_copy_in_another_file_and_size_was_not_changed(tmp_path: Path) -> None:
    coffee = data.coffee()
    values = measured(
        tmp_path, coffee, cv2.resize(coffee, None, fx=0.9, fy=0.9, interpolation=cv2.INTER_AREA), "jpg"
    )
    assert values["change"] < 0.05
    assert values["likeness"] > 0.99
    assert values["shape_ratio"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_a_small_spot_is_a_change(name: str, tmp_path: Path) -> None:
    source = getattr(data, name)()
    result = source.copy()
    height, width = source.shape[:2]
    side = width // 50
    spot = result[height // 2 : height // 2 + side, width // 2 : width // 2 + side]
    spot[:] = spot // 2
    assert measured(tmp_path, source, result)["change"] > 0.1


def test_another_picture_is_unlike_and_a_recoloured_one_is_not(tmp_path: Path) -> None:
    chelsea = data.chelsea()
    assert measured(tmp_path, chelsea, data.coffee())["likeness"] < 0.3
    hue = cv2.cvtColor(chelsea, cv2.COLOR_RGB2HSV)
    hue[..., 0] = (hue[..., 0].astype(int) + 60) % 180
    assert measured(tmp_path, chelsea, cv2.cvtColor(hue, cv2.COLOR_HSV2RGB))["likeness"] > 0.9


def test_a_blank_result_is_like_nothing(tmp_path: Path) -> None:
    coffee = data.coffee()
    assert measured(tmp_path, coffee, np.full_like(coffee, 200))["likeness"] == 0


@pytest.mark.parametrize(("size", "ratio"), [((600, 400), 1.0), ((400, 400), 1.5), ((400, 600), 2.25)])
def test_the_shape_counts_the_same_both_ways(size: tuple[int, int], ratio: float, tmp_path: Path) -> None:
    coffee = data.coffee()
    other = cv2.resize(coffee, size)
    assert measured(tmp_path, coffee, other)["shape_ratio"] == pytest.approx(ratio, rel=0.01)
    assert measured(tmp_path, other, coffee)["shape_ratio"] == pytest.approx(ratio, rel=0.01)
