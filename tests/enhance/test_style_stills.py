"""What holds for all styles of stills: masks, alpha, 16 bits, faces, and one look at every size."""

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.enhance.style import STYLES, WORK_SIDE, apply_style
from bottega.enhance.style_colour import colour_transfer, linear_colour_transfer
from bottega.enhance.style_colour_map import sliced_distance
from bottega.enhance.style_faces import face_mask, find_faces
from bottega.enhance.style_flow import canvas_noise
from bottega.enhance.style_mosaic import STONE, lay_stones, mosaic
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.colour import luma, rgb_to_lab

NOT_COLOUR = tuple(style for style in STYLES if style != "colour_transfer")


def scaled(picture: np.ndarray, side: int) -> np.ndarray:
    factor = side / max(picture.shape)
    size = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def lab(picture: np.ndarray) -> np.ndarray:
    return rgb_to_lab(picture.astype(np.float32) / 255).reshape(-1, 3)


def rmse(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.sqrt(np.mean((first.astype(np.float64) - second.astype(np.float64)) ** 2)))


@pytest.fixture(scope="module")
def coffee() -> np.ndarray:
    return scaled(data.coffee(), 240)


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return scaled(data.astronaut(), 400)


@pytest.mark.parametrize("style", STYLES)
def test_a_mask_leaves_the_original_outside_bit_for_bit(
    style: str, coffee: np.ndarray, astronaut: np.ndarray
) -> None:
    mask = np.zeros(coffee.shape[:2], np.float32)
    mask[:, 120:] = 1
    styled = apply_style(coffee, style, 1.0, astronaut, mask=mask)
    assert np.array_equal(styled[:, :120], coffee[:, :120])
    assert np.array_equal(styled[:, 120:], apply_style(coffee, style, 1.0, astronaut)[:, 120:])


@pytest.mark.parametrize("style", STYLES)
def test_alpha_is_kept_and_colours_do_not_depend_on_it(
    style: str, coffee: np.ndarray, astronaut: np.ndarray
) -> None:
    alpha = np.random.default_rng(1).integers(0, 256, coffee.shape[:2], np.uint8)
    styled = apply_style(np.dstack([coffee, alpha]), style, 1.0, astronaut)
    assert np.array_equal(styled[..., 3], alpha)
    assert np.array_equal(styled[..., :3], apply_style(coffee, style, 1.0, astronaut))


@pytest.mark.parametrize("style", STYLES)
def test_sixteen_bits_stay_sixteen_bits_and_look_like_eight(
    style: str, coffee: np.ndarray, astronaut: np.ndarray
) -> None:
    deep = apply_style(coffee.astype(np.uint16) * 257, style, 1.0, astronaut)
    assert deep.dtype == np.uint16
    assert rmse(deep / 257, apply_style(coffee, style, 1.0, astronaut)) < 1
    assert len(np.unique(deep)) > 1000


@pytest.mark.parametrize("style", STYLES)
def test_strength_zero_is_the_original_in_sixteen_bits(style: str, coffee: np.ndarray) -> None:
    deep = np.random.default_rng(2).integers(0, 65536, coffee.shape, np.uint16)
    assert np.array_equal(apply_style(deep, style, 0.0, coffee), deep)


@pytest.mark.parametrize("style", ["pencil_sketch", "oil_paint", "watercolour", "mosaic"])
def test_strokes_and_stones_are_where_they_were_at_another_size(style: str) -> None:
    small = apply_style(scaled(data.coffee(), 450), style, 1.0, None)
    large = apply_style(scaled(data.coffee(), 900), style, 1.0, None)
    first, second = (luma(scaled(each, 225).astype(np.float32)) for each in (small, large))
    fine = [each - cv2.GaussianBlur(each, (0, 0), 3) for each in (first, second)]
    # The source is the same, too: what counts is that little of the strokes is different.
    assert np.corrcoef(fine[0].ravel(), fine[1].ravel())[0, 1] > 0.8


@pytest.mark.slow
def test_a_picture_beyond_the_working_size_has_no_seams_between_strips() -> None:
    height, width = 1100, WORK_SIDE + 700
    ramp = np.linspace(40, 215, width, dtype=np.float32)[None, :, None]
    tall = np.linspace(-20, 20, height, dtype=np.float32)[:, None, None]
    picture = np.rint(np.broadcast_to(ramp + tall, (height, width, 3))).astype(np.uint8)
    styled = apply_style(picture, "cartoon", 1.0, None).astype(np.float32)
    steps = np.abs(np.diff(styled, axis=0)).mean(axis=(1, 2))
    seams = steps[255:-1:256]
    assert seams.max() <= 2 * np.percentile(steps, 99) + 0.05


def test_a_face_is_found_where_it_is(astronaut: np.ndarray) -> None:
    faces = find_faces(astronaut.astype(np.float32) / 255)
    assert len(faces) == 1
    left, top, wide, high = faces[0]
    assert left < 0.44 < left + wide
    assert top < 0.2 < top + high


@pytest.mark.parametrize(
    "style", ["pencil_sketch", "cartoon", "oil_paint", "watercolour", "mosaic", "texture"]
)
def test_a_face_keeps_its_likeness_unless_it_is_not_wished(style: str, astronaut: np.ndarray) -> None:
    grey = luma(astronaut.astype(np.float32) / 255)
    inside = face_mask(find_faces(astronaut.astype(np.float32) / 255), *grey.shape) > 0.9

    def likeness(faces: bool) -> float:
        styled = apply_style(astronaut, style, 1.0, data.brick()[..., None].repeat(3, axis=2), faces=faces)
        features = [
            cv2.GaussianBlur(each, (0, 0), 1.5) - cv2.GaussianBlur(each, (0, 0), 12)
            for each in (grey, luma(styled.astype(np.float32) / 255))
        ]
        return float(np.corrcoef(features[0][inside], features[1][inside])[0, 1])

    assert likeness(True) > likeness(False) + 0.01
    assert likeness(True) > 0.7


def test_protecting_faces_leaves_the_rest_alone(astronaut: np.ndarray) -> None:
    with_faces = apply_style(astronaut, "watercolour", 1.0, None)
    without = apply_style(astronaut, "watercolour", 1.0, None, faces=False)
    assert np.array_equal(with_faces[200:], without[200:])


def test_a_mosaic_is_of_even_stones_with_joints_between(coffee: np.ndarray) -> None:
    picture = scaled(data.coffee(), 700).astype(np.float32) / 255
    stones = lay_stones(picture, STONE, 700)
    assert len(stones.x) == stones.rows * stones.columns > 2500
    grey = luma(mosaic(picture))
    # Inside a stone there is less detail than in the photograph, at its rim more.
    middle = grey[(stones.y * 700).astype(int), (stones.x * 700).astype(int)]
    assert np.median(middle) > np.median(grey[grey < np.percentile(grey, 15)]) + 0.1


def test_stones_turn_along_an_edge() -> None:
    y, x = np.mgrid[:400, :400]
    picture = np.where((x + 2 * y < 560)[..., None], 0.15, 0.9).astype(np.float32).repeat(3, axis=2)
    stones = lay_stones(picture, STONE, 400)
    near = np.abs(stones.x * 400 + 2 * stones.y * 400 - 560) / 5**0.5 < 6
    along = np.abs(stones.dx * 2 - stones.dy) / 5**0.5
    assert np.median(along[near]) > 0.98


def test_a_watercolour_is_lighter_than_its_subject_and_has_dark_rims() -> None:
    picture = np.full((300, 300, 3), 200, np.uint8)
    picture[:, 150:] = (60, 90, 160)
    tones = luma(apply_style(picture, "watercolour", 1.0, None).astype(np.float32)).mean(axis=0)
    assert tones[200:280].mean() > luma(picture[0, 200].astype(np.float32))
    assert tones[148:158].min() < tones[200:280].mean() - 8


def test_a_texture_brings_the_detail_of_the_reference_onto_an_even_picture() -> None:
    even = np.full((200, 300, 3), 130, np.uint8)
    gravel = data.gravel()[..., None].repeat(3, axis=2)
    rough, smooth = (apply_style(even, "texture", 1.0, each) for each in (gravel, np.full_like(gravel, 130)))
    assert rough.std() > 12
    assert smooth.std() < 1


def test_canvas_noise_is_the_same_field_at_every_size() -> None:
    small, large = canvas_noise(200, 300, 8.0, 3), canvas_noise(400, 600, 8.0, 3)
    assert abs(float(large.mean())) < 0.1
    assert 0.85 < float(large.std()) < 1.15
    shrunk = cv2.resize(large, (300, 200), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.98


def test_texture_says_that_it_needs_a_reference(coffee: np.ndarray) -> None:
    with pytest.raises(MissingInput, match="that picture is needed"):
        apply_style(coffee, "texture", 1.0, None)


@pytest.mark.parametrize("mask", [np.zeros((3, 3), np.float32), np.full((160, 240), 1.5, np.float32)])
def test_a_mask_that_does_not_fit_is_refused(mask: np.ndarray, coffee: np.ndarray) -> None:
    with pytest.raises(InvalidOption):
        apply_style(coffee, "cartoon", 1.0, None, mask=mask)


def test_colours_come_closer_to_the_other_picture_than_means_and_spreads_alone() -> None:
    for source, other in ((data.coffee(), data.chelsea()), (data.astronaut(), data.rocket())):
        small, like = (cv2.resize(each, (240, 200), interpolation=cv2.INTER_AREA) for each in (source, other))
        apart = [
            sliced_distance(lab(made), lab(like))
            for made in (small, linear_colour_transfer(small, like), colour_transfer(small, like))
        ]
        assert apart[2] < 0.9 * apart[1] < apart[0]


def test_grain_is_no_stronger_after_a_transfer_to_a_picture_of_more_contrast() -> None:
    random = np.random.default_rng(3)
    ramp = np.linspace(110, 140, 256)[None, :, None] + np.zeros((160, 256, 3))
    clean = np.rint(ramp).astype(np.uint8)
    grainy = np.clip(np.rint(ramp + random.normal(0, 3, ramp.shape)), 0, 255).astype(np.uint8)
    like = np.rint(np.linspace(10, 245, 256)[None, :, None] + np.zeros((160, 256, 3))).astype(np.uint8)

    def grain(picture: np.ndarray) -> float:
        light = picture.astype(np.float32).mean(axis=2)
        return float((light - cv2.GaussianBlur(light, (0, 0), 2)).std())

    assert colour_transfer(clean, like).std() > 1.5 * clean.std()
    assert grain(linear_colour_transfer(grainy, like)) > 1.8 * grain(grainy)
    assert grain(colour_transfer(grainy, like)) < 1.4 * grain(grainy)


def test_a_texture_leaves_no_sparks_in_what_is_smooth() -> None:
    """Single pixels far above or below all their neighbours, where the photograph is even."""
    photo = data.rocket()
    styled = apply_style(photo, "texture", 1.0, data.coffee()).max(axis=2).astype(np.float32)
    around = np.ones((3, 3), np.uint8)
    around[1, 1] = 0
    spark = styled - cv2.dilate(styled, around) > 24
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mean = cv2.blur(grey, (15, 15))
    even = cv2.blur(grey * grey, (15, 15)) - mean * mean < 16
    assert int((spark & even).sum()) <= 8
