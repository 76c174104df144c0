"""Transparent pictures: the colours of pixels that nobody sees decide nothing of how the others look."""

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.local.enhance import run_enhance
from bottega.enhance.improve import improve
from bottega.enhance.ladder import climb_down
from bottega.enhance.opacity import without_hidden
from bottega.enhance.restore import auto_exposure
from bottega.enhance.works import Work
from bottega.enhance.works_repair import Improve, Restore
from bottega.imaging.decode import decode, inspect


@pytest.fixture(scope="module")
def cut_out() -> np.ndarray:
    """A face in a round picture: three quarters of it are transparent black."""
    pixels = np.zeros((240, 240, 4), np.uint8)
    y, x = np.mgrid[:240, :240]
    inside = (x - 120) ** 2 + (y - 120) ** 2 < 68**2
    pixels[inside, :3] = skimage.data.astronaut()[:240, 100:340][inside]
    pixels[inside, 3] = 255
    return pixels


def over(pixels: np.ndarray, colour: int) -> np.ndarray:
    """The same picture to the eye, with another colour in what is hidden."""
    other = pixels.copy()
    other[pixels[..., 3] == 0, :3] = colour
    return other


def seen(pixels: np.ndarray) -> np.ndarray:
    return pixels[pixels[..., 3] > 0]


@pytest.mark.parametrize(
    "work",
    [
        Restore(exposure=True),
        Restore(steps=("white_balance", "unfade", "exposure")),
        Restore(0.5, sharpen=0.5),
        Improve("web"),
        Improve("archive", exposure=False),
    ],
    ids=str,
)
def test_what_is_hidden_decides_nothing(cut_out: np.ndarray, work: Work) -> None:
    size = work.size(240, 240)
    black, white = (climb_down(given, work.engines(given, size)) for given in (cut_out, over(cut_out, 255)))
    assert (black.state, white.state, black.steps) == ("done", "done", ())
    np.testing.assert_array_equal(seen(black.pixels), seen(white.pixels))


def test_the_exposure_is_about_that_of_what_is_seen(cut_out: np.ndarray) -> None:
    """By the black that nobody sees it would be far too dark."""
    made = climb_down(cut_out, Restore(0.0, exposure=True).engines(cut_out, (240, 240))).pixels
    alone = auto_exposure(seen(cut_out)[:, None, :3])
    by_all = auto_exposure(cut_out[..., :3])[cut_out[..., 3] > 0]
    apart = np.abs(seen(made)[:, :3].mean(axis=0) - alone.mean(axis=(0, 1))).max()
    assert apart < 0.5 * np.abs(by_all.mean(axis=0) - alone.mean(axis=(0, 1))).max()


def test_of_a_job_too(cut_out: np.ndarray, tmp_path: Path) -> None:
    made = []
    for name, pixels in {"black": cut_out, "white": over(cut_out, 255)}.items():
        path = tmp_path / f"{name}.png"
        Image.fromarray(pixels).save(path)
        given = TaskInput(role=Role.WORKING, asset_id=name, path=path, media=inspect(path))
        options = {"width": 240, "height": 240, "auto_exposure": True, "denoise": 0.5, "sharpen": 0.4}
        task = Task(workflow="image_enhancement", operation="enhance", inputs=(given,), parameters=options)
        picture = decode(run_enhance(task, "enhance/fast", tmp_path).outputs[0].path)
        made.append(seen(np.dstack([picture.rgb, picture.alpha])))
    np.testing.assert_array_equal(*made)


def test_few_colours_under_coloured_light_are_improved_without_a_fault() -> None:
    """A logo: what is transparent has no colour to judge the light by."""
    logo = np.zeros((60, 120, 4), np.uint8)
    logo[5:55, 5:55] = (220, 30, 60, 255)
    logo[20:30, 62:110] = (20, 20, 200, 255)
    found = improve(logo, "web")
    assert found.pixels.shape == logo.shape
    np.testing.assert_array_equal(found.pixels[..., 3], logo[..., 3])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_what_is_visible_is_mirrored_into_what_is_hidden(dtype: type) -> None:
    top = 1 if dtype is np.float32 else np.iinfo(dtype).max
    seen = np.array([[40, 80, 120, 160]]) / 200
    row = np.zeros((1, 11, 4))
    row[:, 3:7, :3], row[:, 3:7, 3] = seen[..., None], 1
    made = without_hidden((row * top).astype(dtype))
    assert made.dtype == dtype
    # Four are seen: the last one beyond them takes the colour at the border.
    expected = np.array([160, 120, 80, 40, 80, 120, 160, 120, 80, 40, 160]) / 200
    np.testing.assert_array_equal(made[0, :, 1], (expected * top).astype(dtype))
    np.testing.assert_array_equal(made[..., 3], (row * top).astype(dtype)[..., 3])


def test_it_is_mirrored_upwards_and_downwards_too() -> None:
    column = np.zeros((300, 2, 4), np.uint16)
    column[100:200, :, 1], column[100:200, :, 3] = np.arange(1, 101)[:, None], 65535
    made = without_hidden(column)[:, 0, 1]
    np.testing.assert_array_equal(made[1:100], np.arange(100, 1, -1))
    np.testing.assert_array_equal(made[100:200], np.arange(1, 101))
    np.testing.assert_array_equal(made[200:299], np.arange(99, 0, -1))


def test_a_picture_with_nothing_hidden_is_the_very_array() -> None:
    for alpha in (0, 255):
        plain = np.full((4, 4, 4), alpha, np.uint8)
        assert without_hidden(plain) is plain
