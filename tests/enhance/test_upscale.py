"""Enlarging and sharpening: faithful to the source, sharper than bicubic, the same in tiles as whole; goldens by RMSE."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from bottega.enhance import upscale
from bottega.enhance.upscale import resize_lanczos, target_size, unsharp_linear, upscale_backprojection
from bottega.errors import InvalidOption
from bottega.imaging import metrics
from bottega.imaging.colour import luma, srgb_to_linear

Resize = Callable[[np.ndarray, tuple[int, int]], np.ndarray]
GOLDEN = Path(__file__).parent.parent / "golden" / "enhance"
"""Made by these functions from crops of skimage.data.astronaut (NASA, public domain)."""


def averaged(picture: np.ndarray, times: int) -> np.ndarray:
    height, width = picture.shape[0] // times, picture.shape[1] // times
    whole = picture[: height * times, : width * times]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)


def as_float(picture: np.ndarray) -> np.ndarray:
    return picture.astype(np.float32) / np.float32(255)


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    """192 x 192 of eyes, hair and skin."""
    return np.ascontiguousarray(data.astronaut()[10:202, 120:312])


@pytest.mark.parametrize("times", [2, 3, 4])
def test_backprojection_beats_bicubic_interpolation(face: np.ndarray, times: int) -> None:
    small = averaged(face, times)
    bicubic = cv2.resize(small, (192, 192), interpolation=cv2.INTER_CUBIC)
    gain = metrics.psnr(face, upscale_backprojection(small, float(times))) - metrics.psnr(face, bicubic)
    assert gain > 0.5


def test_lanczos_is_no_worse_than_bicubic_interpolation(face: np.ndarray) -> None:
    small = averaged(face, 2)
    bicubic = cv2.resize(small, (192, 192), interpolation=cv2.INTER_CUBIC)
    assert metrics.psnr(face, resize_lanczos(small, 2.0)) > metrics.psnr(face, bicubic)


@pytest.mark.parametrize("resize", [resize_lanczos, upscale_backprojection])
@pytest.mark.parametrize("size", [600, 450])
def test_sums_do_not_depend_on_where_a_tile_begins(resize: Resize, size: int) -> None:
    """But for the rounding of single samples, in whatever order the processor's matrix product adds."""
    picture = as_float(data.astronaut()[:300, 100:400])
    whole = resize(picture, (size, size))
    # From 32 to 208 of 300, and of that what lies 64 from its borders.
    begin, end, margin = (side * size // 300 for side in (32, 208, 64))
    part = resize(np.ascontiguousarray(picture[32:208, 32:208]), (end - begin, end - begin))
    inner = slice(margin, -margin)
    same = part[inner, inner] == whole[begin:end, begin:end][inner, inner]
    assert same.mean() > 0.999


@pytest.mark.parametrize("times", [2, 3, 4])
def test_a_backprojected_picture_averages_down_to_its_source(face: np.ndarray, times: int) -> None:
    source = as_float(averaged(face, 2))
    again = averaged(upscale_backprojection(source, float(times), iterations=6), times)
    plain = averaged(resize_lanczos(source, float(times)), times)
    error = float(np.abs(again - source).mean())
    assert error < 0.3 / 255
    assert error < 0.2 * float(np.abs(plain - source).mean())


@pytest.mark.parametrize("enlarge", [resize_lanczos, upscale_backprojection])
@pytest.mark.parametrize("size", [(301, 401), (97, 290), (333, 150)])
def test_tiles_leave_no_seams(face: np.ndarray, enlarge, size, monkeypatch: pytest.MonkeyPatch) -> None:
    crop = as_float(face[:150, :97])
    tiled = enlarge(crop, size)
    whole = upscale._by_tiles
    monkeypatch.setattr(upscale, "_by_tiles", lambda p, s, _tile, c, r: whole(p, s, 10_000, c, r))
    assert np.abs(tiled - enlarge(crop, size)).max() < 0.5 / 255


@pytest.mark.parametrize("enlarge", [resize_lanczos, upscale_backprojection])
@settings(deadline=None, max_examples=25)
@given(
    width=st.integers(1, 40),
    height=st.integers(1, 40),
    size=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    value=st.integers(0, 255),
)
def test_one_colour_stays_that_colour_at_any_size(enlarge, width, height, size, value) -> None:
    flat = np.full((height, width, 3), value, np.uint8)
    result = enlarge(flat, size)
    assert result.shape == (size[1], size[0], 3)
    assert (result == value).all()


@pytest.mark.parametrize("enlarge", [resize_lanczos, upscale_backprojection])
def test_hidden_colours_do_not_darken_the_edge_of_a_cut_out(enlarge) -> None:
    cut_out = np.zeros((40, 40, 4), np.uint8)
    inside = (np.add.outer((np.arange(40) - 19.5) ** 2, (np.arange(40) - 19.5) ** 2)) < 150
    cut_out[inside] = (250, 120, 40, 255)
    result = enlarge(cut_out, 3.0)
    visible = result[..., 3] > 4
    off = np.abs(result[..., :3].astype(int) - (250, 120, 40))[visible]
    assert (visible & (result[..., 3] < 250)).sum() > 0
    assert off.max() <= 1


@pytest.mark.parametrize("enlarge", [resize_lanczos, upscale_backprojection])
def test_sixteen_bits_stay_sixteen_bits(enlarge) -> None:
    ramp = np.linspace(20_000, 20_400, 64).astype(np.uint16)
    picture = np.repeat(np.repeat(ramp[None, :, None], 16, axis=0), 3, axis=2)
    result = enlarge(picture, 2.0)
    assert result.dtype == np.uint16
    # In 8 bits these 400 values would be two.
    assert len(np.unique(result)) > 80


def test_enlarging_does_not_move_the_picture() -> None:
    spot = np.zeros((41, 41, 3), np.float32)
    spot[20, 12] = 1
    for times in (2.0, 3.0, 3.7):
        result = upscale_backprojection(spot, times)[..., 0]
        rows, columns = np.indices(result.shape)
        factor = result.shape[0] / 41
        centre = ((rows * result).sum() / result.sum(), (columns * result).sum() / result.sum())
        assert centre == pytest.approx((20.5 * factor - 0.5, 12.5 * factor - 0.5), abs=0.05)


def test_an_edge_gets_no_ringing_beyond_its_two_sides() -> None:
    edge = np.full((32, 32, 3), 60, np.uint8)
    edge[:, 16:] = 190
    ringing = resize_lanczos(edge, 4.0)
    clean = upscale_backprojection(edge, 4.0)
    assert max(60 - int(ringing.min()), int(ringing.max()) - 190) > 6
    assert (int(clean.min()), int(clean.max())) == (60, 190)


def test_a_smaller_size_does_not_alias(face: np.ndarray) -> None:
    lines = np.zeros((120, 120, 3), np.uint8)
    lines[:, ::2] = 255
    small = resize_lanczos(lines, (50, 50))
    assert int(small[5:-5, 5:-5].max()) - int(small[5:-5, 5:-5].min()) < 8


def test_backprojection_of_a_smaller_size_is_plain_resampling(face: np.ndarray) -> None:
    assert (upscale_backprojection(face, (100, 96)) == resize_lanczos(face, (100, 96))).all()


@pytest.mark.parametrize("scale", [0.0, -1.0, 8.5, (0, 10)])
def test_sizes_that_make_no_sense_are_refused(face: np.ndarray, scale) -> None:
    with pytest.raises(InvalidOption):
        upscale_backprojection(face, scale)


def test_the_size_of_a_result_is_rounded_and_never_empty() -> None:
    assert target_size(101, 3, 1.5) == (152, 4)
    assert target_size(1, 1, 0.1) == (1, 1)


def test_the_progress_rises_to_one(face: np.ndarray) -> None:
    seen: list[float] = []
    upscale_backprojection(face, 4.0, progress=seen.append)
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[-1] == 1


# --- sharpening ------------------------------------------------------------------------------------------------------


def test_sharpening_makes_sharper_and_keeps_the_mean(face: np.ndarray) -> None:
    sharp = unsharp_linear(face, 0.8, 1.0)
    assert metrics.sharpness(sharp) > 1.3 * metrics.sharpness(face)
    light = [float(luma(srgb_to_linear(as_float(picture))).mean()) for picture in (face, sharp)]
    assert light[1] == pytest.approx(light[0], abs=0.004)


def test_no_sharpening_changes_nothing(face: np.ndarray) -> None:
    assert np.abs(unsharp_linear(face, 0.0, 1.0).astype(int) - face).max() <= 1


def test_sharpening_leaves_no_halo() -> None:
    ramp = np.clip(np.linspace(-1.2, 2.2, 60), 0, 1) * 100 + 80
    edge = np.repeat(np.repeat(np.rint(ramp).astype(np.uint8)[None, :, None], 30, axis=0), 3, axis=2)
    sharp = unsharp_linear(edge, 1.5, 2.0).astype(int)
    assert np.abs(np.diff(sharp[15, :, 0])).max() > np.abs(np.diff(edge[15, :, 0].astype(int))).max()
    # Unsharp masking without a limit overshoots the two levels by 5 to 20 here.
    assert sharp.min() >= 80 - 4
    assert sharp.max() <= 180 + 4


def test_sharpening_clips_nothing_that_had_tone() -> None:
    picture = data.astronaut()[:256, :256]
    sharp = unsharp_linear(picture, 1.5, 1.0)
    assert metrics.clipping(sharp) <= metrics.clipping(picture)


def test_faint_noise_on_a_flat_area_is_not_sharpened() -> None:
    noise = np.random.default_rng(3).normal(0, 0.6, (80, 80, 3))
    flat = np.rint(128 + noise).astype(np.uint8)
    assert unsharp_linear(flat, 1.5, 1.0).std() < 1.2 * flat.std()


def test_sharpening_keeps_alpha_and_looks_only_at_what_is_visible(face: np.ndarray) -> None:
    alpha = np.zeros((192, 192, 1), np.uint8)
    alpha[:, :96] = 255
    on_black = np.concatenate([np.where(alpha > 0, face, 0), alpha], axis=2).astype(np.uint8)
    on_white = np.concatenate([np.where(alpha > 0, face, 255), alpha], axis=2).astype(np.uint8)
    first, second = (unsharp_linear(picture, 1.0, 1.5) for picture in (on_black, on_white))
    assert (first[..., 3:] == alpha).all()
    # The neighbourhood's limits do reach across the border; the blur does not.
    assert np.abs(first[:, :94, :3].astype(int) - second[:, :94, :3]).max() <= 2


def test_negative_amounts_are_refused(face: np.ndarray) -> None:
    with pytest.raises(InvalidOption):
        unsharp_linear(face, -0.1, 1.0)


# --- goldens ---------------------------------------------------------------------------------------------------------

GOLDENS = {
    "lanczos_x2": lambda crop: resize_lanczos(crop[::2, ::2], 2.0),
    "backprojection_x3": lambda crop: upscale_backprojection(crop[:24, :24], 3.0),
    "backprojection_91x70": lambda crop: upscale_backprojection(crop[:50, :60], (91, 70)),
    "sharpened": lambda crop: unsharp_linear(crop, 0.8, 1.0),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_the_result_is_the_golden_picture(face: np.ndarray, name: str) -> None:
    result = GOLDENS[name](np.ascontiguousarray(face[60:124, 50:114]))
    golden = cv2.imread(str(GOLDEN / f"astronaut_{name}.png"))[..., ::-1]
    assert result.shape == golden.shape
    assert float(np.sqrt(np.mean((as_float(result) - as_float(golden)) ** 2))) < 0.01
