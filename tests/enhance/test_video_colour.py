"""Pictures to arrays and back: the right matrix and range, no drift, and HDR that is brought down to SDR."""

import av
import numpy as np
import pytest

from bottega.enhance.video import samples
from bottega.enhance.video.colour import (
    SDR,
    check_pixels,
    matrix_of,
    tags_to_write,
    to_frame,
    to_pixels,
    tone_map,
)
from bottega.enhance.video.model import ColourTags, PixelType
from bottega.errors import ComputeError

# Kr and Kb of ITU-T H.273, table 4.
WEIGHTS = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}


def decoded(rgb: tuple[float, float, float], matrix: int, full: bool) -> av.VideoFrame:
    """A flat 4:4:4 picture of that colour, by the formulas of H.273."""
    kr, kb = WEIGHTS[matrix]
    r, g, b = rgb
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))
    values = (
        (255 * y, 255 * cb + 128, 255 * cr + 128) if full else (219 * y + 16, 224 * cb + 128, 224 * cr + 128)
    )
    frame = av.VideoFrame(64, 48, "yuv444p")
    for plane, value in zip(frame.planes, values, strict=True):
        plane.update(bytes([round(value)]) * plane.buffer_size)
    return frame


@pytest.mark.parametrize("matrix", list(WEIGHTS))
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    "rgb", [(0.9, 0.2, 0.1), (0.1, 0.8, 0.3), (0.2, 0.3, 0.9), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)]
)
def test_colours_come_out_as_the_standard_says(
    matrix: int, full: bool, rgb: tuple[float, float, float]
) -> None:
    tags = ColourTags(matrix=matrix, full_range=full)
    pixels = to_pixels(decoded(rgb, matrix, full), tags, "float32")
    np.testing.assert_allclose(pixels[24, 32], rgb, atol=0.008)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", list(WEIGHTS))
@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
def test_there_and_back_shifts_no_colour(pixel_format: str, full: bool, matrix: int, kind: PixelType) -> None:
    tags = ColourTags(matrix=matrix, full_range=full)
    pixels = samples.picture(3, (96, 64))
    again = to_pixels(to_frame(pixels, tags, pixel_format, matrix), tags, kind)
    again = again * {"uint8": 1, "uint16": 255 / 65535, "float32": 255}[kind]
    assert np.abs(pixels.mean((0, 1)) - again.mean((0, 1))).max() <= 0.25


def test_ten_bits_stay_ten_bits() -> None:
    ramp = np.repeat(np.linspace(0.2, 0.8, 1024, dtype=np.float32)[None, :, None], 16, 0).repeat(3, 2)
    tags = ColourTags(matrix=9, full_range=False)
    again = to_pixels(to_frame(ramp, tags, "yuv420p10le", 9), tags, "float32")
    assert len(np.unique(again[8, :, 1])) > 450
    assert np.abs(again - ramp).max() < 1 / 500


def test_an_untagged_clip_is_taken_as_players_take_it() -> None:
    assert matrix_of(ColourTags(), 576) == 6
    assert matrix_of(ColourTags(), 720) == 1
    assert tags_to_write(ColourTags(), 480, 960).matrix == 6
    assert tags_to_write(ColourTags(), 480, 600) == ColourTags()


@pytest.mark.parametrize("transfer", [16, 18])
def test_tone_mapping_keeps_order_hue_and_range(transfer: int) -> None:
    tags = ColourTags(9, transfer, 9, False)
    ramp = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None, :, None], 4, 0).repeat(3, 2)
    mapped = tone_map(ramp, tags, 1000.0)
    assert mapped.min() >= 0
    assert mapped.max() <= 1
    assert (np.diff(mapped[0, :, 0]) >= -1e-6).all()
    np.testing.assert_allclose(mapped[..., 0], mapped[..., 2], atol=0.02)


def test_diffuse_white_of_hdr_is_bright_and_not_clipped() -> None:
    """203 cd/m2 is code value 0.58 in PQ (ITU-R BT.2408, table 1)."""
    white = np.full((2, 2, 3), 0.581, np.float32)
    value = float(tone_map(white, ColourTags(9, 16, 9, False), 1000.0)[0, 0, 1])
    assert 0.85 < value < 0.97
    assert SDR.transfer == 1


@pytest.mark.parametrize(
    "bad",
    [
        None,
        np.zeros((4, 4)),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.full((2, 2, 3), np.inf),
    ],
)
def test_what_is_no_picture_is_refused(bad: object) -> None:
    with pytest.raises(ComputeError):
        check_pixels(bad)
