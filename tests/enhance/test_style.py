"""The styles: same size, deterministic, alike at every size, blended by strength; golden pictures by RMSE."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.enhance.style import STYLES, apply_style
from bottega.enhance.style_colour_map import transport_matrix
from bottega.enhance.style_flow import correlated
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging import metrics
from bottega.imaging.colour import rgb_to_lab

GOLDEN = Path(__file__).parent.parent / "golden" / "style"
DRAWN = ("pencil_sketch", "cartoon", "oil_paint", "watercolour", "mosaic")


def scaled(picture: np.ndarray, side: int) -> np.ndarray:
    factor = side / max(picture.shape)
    size = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def rmse(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.sqrt(np.mean((first.astype(np.float64) - second.astype(np.float64)) ** 2)))


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return scaled(data.astronaut(), 256)


@pytest.fixture(scope="module")
def coffee() -> np.ndarray:
    return scaled(data.coffee(), 240)


@pytest.mark.parametrize("style", STYLES)
def test_a_style_looks_as_it_did_when_it_was_approved(
    style: str, astronaut: np.ndarray, coffee: np.ndarray
) -> None:
    golden = cv2.imread(str(GOLDEN / f"astronaut_{style}.png"))[..., ::-1]
    styled = scaled(apply_style(astronaut, style, 1.0, coffee), 64)
    assert rmse(styled, golden) < 3.0


@pytest.mark.parametrize("style", STYLES)
def test_a_style_keeps_size_and_type_and_does_something(
    style: str, coffee: np.ndarray, astronaut: np.ndarray
) -> None:
    before = coffee.copy()
    styled = apply_style(coffee, style, 1.0, astronaut)
    assert styled.shape == coffee.shape
    assert styled.dtype == np.uint8
    assert rmse(styled, coffee) > 5
    assert np.array_equal(coffee, before)


@pytest.mark.parametrize("style", STYLES)
def test_the_same_picture_gives_the_same_result(
    style: str, coffee: np.ndarray, astronaut: np.ndarray
) -> None:
    first = apply_style(coffee, style, 1.0, astronaut)
    assert np.array_equal(first, apply_style(coffee, style, 1.0, astronaut))


@pytest.mark.parametrize("style", STYLES)
def test_strength_zero_is_the_original(style: str, coffee: np.ndarray, astronaut: np.ndarray) -> None:
    assert np.array_equal(apply_style(coffee, style, 0.0, astronaut), coffee)


def test_half_strength_is_half_way(coffee: np.ndarray) -> None:
    full = apply_style(coffee, "cartoon", 1.0, None).astype(np.float64)
    half = apply_style(coffee, "cartoon", 0.5, None)
    assert np.abs(half - (coffee + full) / 2).max() <= 0.5


@pytest.mark.parametrize("style", DRAWN)
def test_a_large_picture_looks_like_a_small_one(style: str) -> None:
    small = apply_style(scaled(data.coffee(), 600), style, 1.0, None)
    large = apply_style(scaled(data.coffee(), 1200), style, 1.0, None)
    # Seen from afar: strokes differ in detail, because noise is drawn per pixel, tones and forms do not.
    assert rmse(scaled(large, 100), scaled(small, 100)) < 8


def test_a_pencil_sketch_is_graphite_on_light_paper(astronaut: np.ndarray) -> None:
    sketch = apply_style(astronaut, "pencil_sketch", 1.0, None).astype(int)
    assert (sketch.max(axis=2) - sketch.min(axis=2)).max() <= 6
    assert np.median(sketch) > 128
    assert sketch.min() < 70


def test_a_cartoon_has_fewer_tones_and_keeps_its_forms(astronaut: np.ndarray) -> None:
    cartoon = apply_style(astronaut, "cartoon", 1.0, None)
    flat = metrics.detail(cartoon)
    assert flat < metrics.detail(astronaut)
    assert metrics.ssim(cartoon, astronaut) > 0.5


def test_colour_transfer_takes_over_mean_and_spread(astronaut: np.ndarray, coffee: np.ndarray) -> None:
    moved = apply_style(astronaut, "colour_transfer", 1.0, coffee)
    means = [rgb_to_lab(p.astype(np.float32) / 255).mean(axis=(0, 1)) for p in (moved, coffee, astronaut)]
    assert np.linalg.norm(means[0] - means[1]) < 0.35 * np.linalg.norm(means[2] - means[1])


def test_colour_transfer_from_itself_changes_next_to_nothing(astronaut: np.ndarray) -> None:
    moved = apply_style(astronaut, "colour_transfer", 1.0, astronaut)
    assert rmse(moved, astronaut) < 3


def test_the_transport_carries_one_covariance_to_the_other() -> None:
    source = np.array([[30.0, 4.0, 2.0], [4.0, 12.0, 1.0], [2.0, 1.0, 9.0]])
    target = np.array([[20.0, -3.0, 0.0], [-3.0, 15.0, 2.0], [0.0, 2.0, 11.0]])
    matrix = transport_matrix(source, target)
    assert np.allclose(matrix @ source @ matrix.T, target)
    assert np.allclose(matrix, matrix.T)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 300, 3), (17, 5, 3)])
def test_tiny_and_flat_pictures_are_no_exception(style: str, shape: tuple[int, int, int]) -> None:
    flat = np.full(shape, 128, np.uint8)
    assert apply_style(flat, style, 1.0, flat).shape == shape


def test_colour_transfer_says_that_it_needs_a_reference(coffee: np.ndarray) -> None:
    with pytest.raises(MissingInput, match="that picture is needed"):
        apply_style(coffee, "colour_transfer", 1.0, None)


@pytest.mark.parametrize(("style", "strength"), [("cubism", 1.0), ("cartoon", 1.5), ("cartoon", -0.1)])
def test_what_cannot_be_done_is_refused(style: str, strength: float, coffee: np.ndarray) -> None:
    with pytest.raises(InvalidOption):
        apply_style(coffee, style, strength, None)


@pytest.mark.parametrize("rows", [slice(0, 4), slice(6, 13), slice(3, 9), slice(6, 7)])
@pytest.mark.parametrize("columns", [slice(0, 3), slice(8, 13), slice(0, 13)])
def test_kernels_with_much_that_is_nothing_are_correlated_as_ever(rows: slice, columns: slice) -> None:
    values = np.random.default_rng(3).random((40, 50, 3), dtype=np.float32)
    kernel = np.zeros((13, 13), np.float32)
    kernel[rows, columns] = np.random.default_rng(4).random(kernel[rows, columns].shape)
    for border in (cv2.BORDER_REFLECT, cv2.BORDER_REFLECT_101):
        wanted = cv2.filter2D(values, -1, kernel, borderType=border)
        assert np.abs(correlated(values, kernel, border) - wanted).max() < 1e-4
