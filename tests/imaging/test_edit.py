"""Edits as one request asks for them: their order, what is kept, what is refused; a golden picture by RMSE."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.errors import InvalidOption
from bottega.imaging.edit import apply_edits
from bottega.imaging.picture import Picture

GOLDEN = Path(__file__).parent.parent / "golden" / "edit"

GOLDEN_EDITS: dict[str, dict[str, Any]] = {
    "warm_square": {"temperature": 0.35, "aspect": "1:1", "width": 64, "exposure": 0.4},
    "turned_contrast": {"rotate": 12.0, "contrast": 0.4, "saturation": -0.4, "width": 64},
    "cool_tall": {"aspect": "9:16", "temperature": -0.6, "saturation": 0.5, "height": 80},
    "blurred": {"background": "blur", "width": 80},
}


def deep(picture: np.ndarray) -> np.ndarray:
    return picture.astype(np.uint16) * 257


@pytest.mark.parametrize("name", sorted(GOLDEN_EDITS))
def test_edits_look_as_they_did_when_they_were_approved(name: str) -> None:
    golden = cv2.imread(str(GOLDEN / f"astronaut_{name}.png"))[..., ::-1]
    edited = apply_edits(Picture(data.astronaut()), GOLDEN_EDITS[name]).rgb
    assert edited.shape == golden.shape
    assert np.sqrt(np.mean((edited.astype(float) - golden) ** 2)) < 3.0


def test_nothing_asked_changes_nothing() -> None:
    picture = Picture(data.coffee(), icc_profile=b"p", exif=b"e")
    edited = apply_edits(picture, {"rotate": 0, "aspect": None, "background": "keep", "exposure": 0.0})
    assert edited == picture


def test_width_and_height_crop_instead_of_stretching() -> None:
    edited = apply_edits(Picture(data.coffee()), {"width": 120, "height": 120})
    assert edited.rgb.shape == (120, 120, 3)
    square = apply_edits(Picture(data.coffee()), {"aspect": "1:1", "width": 120})
    assert np.array_equal(edited.rgb, square.rgb)


def test_the_crop_box_counts_in_the_turned_picture() -> None:
    picture = Picture(data.coffee())
    edited = apply_edits(picture, {"rotate": 90, "crop": "10,20,30,40"})
    assert np.array_equal(edited.rgb, np.rot90(picture.rgb, -1)[20:60, 10:40])


@pytest.mark.parametrize(
    "parameters",
    [
        {"rotate": 90},
        {"rotate": 7.5},
        {"flip": "vertical"},
        {"aspect": "4:5"},
        {"width": 100},
        {"exposure": 1, "contrast": 0.2, "temperature": 0.3, "saturation": 0.4},
    ],
)
def test_depth_alpha_profile_and_exif_are_kept(parameters: dict[str, Any]) -> None:
    alpha = np.linspace(0, 65535, 400 * 600).reshape(400, 600).astype(np.uint16)
    picture = Picture(deep(data.coffee()), alpha, icc_profile=b"profile", exif=b"exif")
    edited = apply_edits(picture, parameters)
    assert edited.rgb.dtype == np.uint16
    assert edited.alpha is not None
    assert edited.alpha.dtype == np.uint16
    assert edited.alpha.shape == edited.rgb.shape[:2]
    assert (edited.icc_profile, edited.exif) == (b"profile", b"exif")


def test_hidden_colours_do_not_leak_when_shrinking() -> None:
    rgb = np.zeros((40, 40, 3), np.uint8)
    rgb[:, :21], rgb[:, 21:] = (0, 255, 0), (255, 0, 0)
    alpha = np.zeros((40, 40), np.uint8)
    alpha[:, 21:] = 255
    small = apply_edits(Picture(rgb, alpha), {"width": 10})
    assert small.alpha is not None
    seen = small.alpha > 0
    assert small.rgb[seen][:, 1].max() <= 2


def test_a_removed_background_joins_the_alpha_that_was_there() -> None:
    y, x = np.mgrid[:120, :160]
    rgb = np.full((120, 160, 3), 220, np.uint8)
    rgb[np.hypot(x - 80, y - 60) < 35] = (180, 30, 40)
    alpha = np.full((120, 160), 255, np.uint8)
    alpha[:60] = 0
    edited = apply_edits(Picture(rgb, alpha), {"background": "remove"})
    assert edited.alpha is not None
    assert edited.alpha[80, 80] == 255
    assert edited.alpha[40, 80] == 0
    assert edited.alpha[115, 5] == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"sharpen": 1},
        {"exposure": 4},
        {"contrast": -1.5},
        {"background": "beach"},
        {"flip": "diagonal"},
        {"instruction": "add a hat"},
        {"crop": "0,0,9000,10"},
    ],
)
def test_what_cannot_be_done_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        apply_edits(Picture(data.coffee()), parameters)
