"""What `decode` makes of whole files of every kind."""

import struct
from io import BytesIO
from pathlib import Path

import cv2
import foreign_files as files
import numpy as np
import pytest
from PIL import Image, ImageCms

from bottega.errors import UnsupportedMedia
from bottega.imaging.decode import Limits, decode, inspect, sniff
from bottega.imaging.tiff_tags import short, without_orientation
from bottega.settings import Settings

RNG = np.random.default_rng(7)
RGB = files.picture()


def mean_error(a: np.ndarray, b: np.ndarray | int) -> float:
    return float(np.abs(a.astype(np.float64) - b).mean())


@pytest.mark.parametrize("kind", ["png", "webp lossless", "tiff", "bmp"])
def test_lossless_formats_give_back_the_values(kind: str) -> None:
    options = {"lossless": True} if kind.startswith("webp") else {}
    data = files.saved(Image.fromarray(RGB), kind.split()[0].upper(), **options)
    picture = decode(data)
    np.testing.assert_array_equal(picture.rgb, RGB)
    assert picture.alpha is None
    assert picture.icc_profile is None


@pytest.mark.parametrize("kind", ["jpeg", "jpeg progressive", "webp lossless", "avif", "gif"])
def test_lossy_formats_come_close(kind: str) -> None:
    data = files.saved(Image.fromarray(RGB), kind.split()[0].upper())
    assert mean_error(decode(data).rgb, RGB) < 4


@pytest.mark.parametrize(
    ("kind", "media_type", "frames", "alpha", "depth"),
    [
        ("png", "image/png", 1, True, 8),
        ("png palette", "image/png", 1, True, 8),
        ("png 16", "image/png", 1, False, 16),
        ("png grey 16", "image/png", 1, False, 16),
        ("apng", "image/png", 3, False, 8),
        ("jpeg", "image/jpeg", 1, False, 8),
        ("jpeg cmyk", "image/jpeg", 1, False, 8),
        ("mpo", "image/jpeg", 1, False, 8),
        ("gif", "image/gif", 3, False, 8),
        ("webp", "image/webp", 1, True, 8),
        ("webp animated", "image/webp", 3, False, 8),
        ("tiff", "image/tiff", 1, False, 8),
        ("tiff 16", "image/tiff", 1, False, 16),
        ("bmp", "image/bmp", 1, False, 8),
        ("avif", "image/avif", 1, True, 8),
    ],
)
def test_inspect_tells_type_frames_alpha_and_depth(
    tmp_path: Path, kind: str, media_type: str, frames: int, alpha: bool, depth: int
) -> None:
    source = tmp_path / "picture.txt"  # the name says nothing
    source.write_bytes(files.every_format()[kind])
    info = inspect(source)
    assert (info.media_type, info.frames, info.has_alpha, info.bit_depth) == (
        media_type,
        frames,
        alpha,
        depth,
    )
    assert {info.width, info.height} == {48, 32}


@pytest.mark.parametrize("kind", files.every_format())
def test_the_type_is_known_from_the_first_bytes(kind: str) -> None:
    expected = {"mpo": "image/jpeg", "apng": "image/png"}.get(kind, f"image/{kind.split()[0]}")
    assert sniff(files.every_format()[kind][:64]) == expected


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "TIFF 16"])
def test_exif_orientation_is_applied(kind: str, orientation: int) -> None:
    """The stored pixels are what a camera held in each of the eight ways would store of the same scene."""
    stored = {
        1: RGB,
        2: RGB[:, ::-1],
        3: RGB[::-1, ::-1],
        4: RGB[::-1],
        5: RGB.swapaxes(0, 1),
        6: np.rot90(RGB, 1),
        7: np.rot90(RGB, 2).swapaxes(0, 1),
        8: np.rot90(RGB, -1),
    }[orientation]
    stored = np.ascontiguousarray(stored)
    if kind == "TIFF 16":
        data = files.tiff(stored.astype(np.uint16) * 257, 2, short(274, orientation))
    elif kind == "TIFF":
        data = files.tiff(stored, 2, short(274, orientation))
    else:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options = {"quality": 95} if kind != "PNG" else {}
        data = files.saved(Image.fromarray(stored), kind, exif=exif, **options)
    picture = decode(data)
    assert picture.rgb.shape == RGB.shape
    assert mean_error(picture.as_u8(), RGB) < 3


def test_an_avif_is_turned_as_its_own_boxes_say() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = files.saved(Image.fromarray(np.ascontiguousarray(np.rot90(RGB, 1))), "AVIF", exif=exif, quality=95)
    assert mean_error(decode(data).rgb, RGB) < 3


def test_the_kept_exif_has_no_orientation_and_the_rest() -> None:
    picture = decode(files.every_format()["jpeg"])
    assert picture.exif is not None
    assert without_orientation(picture.exif)[0] == 1
    exif = Image.Exif()
    exif.load(picture.exif)
    assert dict(exif) == {0x010E: "a test"}


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_16_bit_png_keeps_every_value(colour: int, channels: int) -> None:
    samples = RNG.integers(0, 65536, (9, 11, channels), dtype=np.uint16)
    picture = decode(files.png(samples, colour))
    colours = samples[:, :, : 3 if channels > 2 else 1]
    np.testing.assert_array_equal(picture.rgb, np.broadcast_to(colours, (9, 11, 3)))
    if channels in (2, 4):
        np.testing.assert_array_equal(picture.alpha, samples[:, :, -1])


@pytest.mark.parametrize(("colour", "key"), [(0, (300,)), (2, (300, 400, 500))])
def test_the_transparent_colour_of_a_16_bit_png(colour: int, key: tuple[int, ...]) -> None:
    samples = np.full((4, 5, len(key)), 9, dtype=np.uint16)
    samples[1, 2] = key
    data = files.png(samples, colour, extra=files.chunk(b"tRNS", struct.pack(f">{len(key)}H", *key)))
    picture = decode(data)
    assert picture.alpha is not None
    assert picture.alpha.dtype == np.uint16
    assert picture.alpha[1, 2] == 0
    assert int((picture.alpha == 65535).sum()) == 19


@pytest.mark.parametrize("compression", [1, 5, 8])
def test_16_bit_tiff_keeps_every_value(compression: int) -> None:
    samples = RNG.integers(0, 65536, (9, 11, 3), dtype=np.uint16)
    if compression == 1:
        data = files.tiff(samples, 2)
    else:
        options = [cv2.IMWRITE_TIFF_COMPRESSION, compression]
        data = cv2.imencode(".tiff", samples[:, :, ::-1], options)[1].tobytes()
    np.testing.assert_array_equal(decode(data).rgb, samples)


def test_grey_tiff_of_16_bits_where_white_is_zero() -> None:
    samples = RNG.integers(0, 65536, (9, 11), dtype=np.uint16)
    np.testing.assert_array_equal(decode(files.tiff(samples, 0)).rgb[:, :, 1], 65535 - samples)


def test_float_tiff_in_the_unit_range_becomes_16_bits() -> None:
    values = np.linspace(0, 1, 99, dtype=np.float32).reshape(9, 11)
    for samples, photometric in ((values, 1), (np.dstack([values] * 3), 2)):
        rgb = decode(files.tiff(samples, photometric, kind=3)).rgb
        np.testing.assert_array_equal(rgb[:, :, 0], np.rint(values * 65535))


@pytest.mark.parametrize("top", [255.0, np.nan, np.inf])
def test_float_tiff_in_another_range_is_refused_rather_than_guessed(top: float) -> None:
    samples = np.full((9, 11), top, dtype=np.float32)
    with pytest.raises(UnsupportedMedia, match="floating-point"):
        decode(files.tiff(samples, 1, kind=3))


def test_associated_alpha_of_a_tiff_is_divided_out() -> None:
    samples = np.full((9, 11, 4), (10000, 20000, 0, 32768), dtype=np.uint16)
    picture = decode(files.tiff(samples, 2, short(338, 1)))
    np.testing.assert_allclose(picture.rgb[0, 0], (20000, 40000, 0), atol=1)
    assert picture.alpha is not None


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "PA", "RGBA"])
def test_every_8_bit_mode_of_png_becomes_rgb(mode: str) -> None:
    image = Image.fromarray(RGB).convert("L" if mode in ("1", "L", "LA") else "RGB")
    if mode in ("LA", "RGBA"):
        image.putalpha(100)
    elif mode == "PA":
        image = image.quantize(8)
        image.info["transparency"] = bytes([100] * 8)
    else:
        image = image.convert(mode)
    expected = np.asarray(image.convert("RGBA"))
    picture = decode(files.saved(image, "PNG"))
    np.testing.assert_array_equal(picture.rgb, expected[:, :, :3])
    if mode in ("LA", "PA", "RGBA"):
        assert picture.alpha is not None
        assert (picture.alpha == 100).all()
    else:
        assert picture.alpha is None


def test_the_transparent_entry_of_a_gif() -> None:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((1, 1), 1)
    picture = decode(files.saved(image, "GIF", transparency=0))
    assert picture.alpha is not None
    assert picture.alpha[1, 1] == 255
    assert int(picture.alpha.sum()) == 255
    assert tuple(picture.rgb[1, 1]) == (200, 100, 50)


def test_an_animation_gives_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    for kind, options in (("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {})):
        data = files.saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        assert tuple(decode(data).rgb[0, 0]) == (255, 0, 0)


def test_cmyk_without_profile_is_ideal_inks() -> None:
    """Pillow writes CMYK JPEGs inverted with Adobe's marker; the same values come in plain form in a TIFF."""
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    assert mean_error(decode(files.saved(image, "JPEG", quality=95)).rgb, np.array([255, 0, 0])) < 2
    np.testing.assert_array_equal(decode(files.saved(image, "TIFF")).rgb[0, 0], (255, 0, 0))


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_with_a_profile_is_what_the_inks_look_like(kind: str) -> None:
    """In this profile every ink alone is the same middle green, which ideal cyan is not."""
    image = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    rgb = decode(files.saved(image, kind, icc_profile=files.green_ink_profile())).rgb
    assert mean_error(rgb, np.array(files.GREEN_INK)) < 4


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_another_profile_is_converted_to_srgb(kind: str) -> None:
    """With red and blue primaries exchanged, stored blue is red."""
    image = Image.new("RGB", (16, 16), (0, 0, 255))
    options = {"lossless": True} if kind == "WEBP" else {}
    data = files.saved(image, kind, icc_profile=files.swapped_profile(), **options)
    picture = decode(data)
    assert mean_error(picture.rgb, np.array([255, 0, 0])) < 3
    assert picture.icc_profile is None


def test_a_profile_is_applied_below_alpha_and_to_grey() -> None:
    rgba = Image.new("RGBA", (16, 16), (0, 0, 255, 77))
    picture = decode(files.saved(rgba, "PNG", icc_profile=files.swapped_profile()))
    assert mean_error(picture.rgb, np.array([255, 0, 0])) < 3
    assert picture.alpha is not None
    assert (picture.alpha == 77).all()
    grey = Image.new("L", (16, 16), 120)
    assert mean_error(decode(files.saved(grey, "PNG", icc_profile=files.swapped_profile())).rgb, 120) < 2


def test_a_srgb_profile_changes_no_value() -> None:
    noise = RNG.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = files.saved(Image.fromarray(noise), "PNG", icc_profile=profile)
    np.testing.assert_array_equal(decode(data).rgb, noise)


def test_a_damaged_profile_is_ignored() -> None:
    broken = files.swapped_profile()[:200] + b"\xff" * 300
    for kind in ("PNG", "JPEG", "TIFF"):
        image = Image.new("RGB", (16, 16), (0, 0, 255))
        assert mean_error(decode(files.saved(image, kind, icc_profile=broken)).rgb, np.array([0, 0, 255])) < 3


def test_a_profile_for_other_pixels_is_ignored() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    data = files.saved(Image.fromarray(RGB), "PNG", icc_profile=lab)
    np.testing.assert_array_equal(decode(data).rgb, RGB)


def test_16_bit_values_stay_in_their_profile_which_is_named() -> None:
    samples = RNG.integers(0, 65536, (9, 11, 3), dtype=np.uint16)
    buffer = BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "PNG", icc_profile=files.swapped_profile())
    plain = buffer.getvalue()
    start = plain.index(b"iCCP") - 4
    length = int.from_bytes(plain[start : start + 4], "big") + 12
    picture = decode(files.png(samples, 2, extra=plain[start : start + length]))
    np.testing.assert_array_equal(picture.rgb, samples)
    assert picture.icc_profile == files.swapped_profile()


@pytest.mark.parametrize("size", [(48, 32), (1, 1), (3, 5), (9, 1)])
def test_an_interlaced_png(size: tuple[int, int]) -> None:
    for depth in (8, 16):
        samples = files.picture(*size).astype(f"u{depth // 8}")
        np.testing.assert_array_equal(decode(files.interlaced_png(samples)).rgb, samples)


def test_a_png_that_inflates_to_much_more_than_it_is() -> None:
    data = files.saved(Image.new("RGB", (3000, 2000), (9, 99, 199)), "PNG")
    assert len(data) < 40_000
    assert (decode(data).rgb == (9, 99, 199)).all()


def test_a_bmp_stored_from_the_top() -> None:
    bottom_up = files.saved(Image.fromarray(RGB), "BMP")
    top_down = bytearray(bottom_up)
    struct.pack_into("<i", top_down, 22, -RGB.shape[0])
    np.testing.assert_array_equal(decode(bytes(top_down)).rgb, RGB[::-1])


def test_the_limits_default_to_those_of_the_settings() -> None:
    assert Limits.from_settings(Settings(_env_file=None)) == Limits()
