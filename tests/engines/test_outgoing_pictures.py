"""What becomes of a picture on its way to a vendor."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from bottega.engines.cloud.outgoing import Outgoing, PictureLimits, fit_picture
from bottega.errors import InvalidOption, TooLarge, UnreadablePicture
from bottega.imaging.limits import Limits

TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
ANY = PictureLimits(TYPES, max_bytes=10 * 2**20)


def noise(width: int, height: int, channels: int = 3) -> Image.Image:
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, channels), dtype=np.uint8)
    return Image.fromarray(pixels)


def saved(path: Path, image: Image.Image, **how: object) -> Path:
    image.save(path, **how)  # type: ignore[arg-type]
    return path


def opened(sent: Outgoing) -> Image.Image:
    image = Image.open(BytesIO(sent.content))
    image.load()
    assert image.size == (sent.width, sent.height)
    assert Image.MIME[image.format or ""] == sent.media_type
    return image


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
def test_a_plain_picture_is_sent_byte_for_byte(tmp_path: Path, name: str):
    path = saved(tmp_path / name, noise(60, 40))
    sent = fit_picture(path, ANY, Limits())
    assert sent.content == path.read_bytes()
    assert sent.note == ""


def test_other_formats_are_sent_without_loss(tmp_path: Path):
    image = noise(60, 40)
    sent = fit_picture(saved(tmp_path / "a.tiff", image), ANY, Limits())
    assert sent.media_type == "image/png"
    assert np.array_equal(np.asarray(opened(sent)), np.asarray(image))
    assert "PNG" in sent.note


def test_an_animation_is_sent_as_its_first_picture(tmp_path: Path):
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "blue")]
    path = saved(tmp_path / "a.webp", frames[0], save_all=True, append_images=frames[1:], lossless=True)
    image = opened(fit_picture(path, ANY, Limits()))
    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_colours_of_another_profile_are_brought_to_srgb(tmp_path: Path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    srgb = saved(tmp_path / "srgb.png", noise(40, 30), icc_profile=profile.tobytes())
    assert fit_picture(srgb, ANY, Limits()).note == ""
    cmyk = saved(tmp_path / "cmyk.jpg", noise(40, 30).convert("CMYK"))
    assert opened(fit_picture(cmyk, ANY, Limits())).mode == "RGB"


def test_transparency_survives_shrinking(tmp_path: Path):
    path = saved(tmp_path / "a.png", noise(300, 200, 4))
    sent = fit_picture(path, PictureLimits(TYPES, max_bytes=60_000), Limits())
    assert sent.media_type == "image/webp"
    assert opened(sent).mode == "RGBA"
    assert len(sent.content) <= 60_000


@settings(max_examples=25, deadline=None)
@given(
    size=st.tuples(st.integers(64, 400), st.integers(64, 400)),
    max_pixels=st.integers(20_000, 200_000),
    max_side=st.integers(150, 500),
    max_bytes=st.integers(8_000, 400_000),
)
def test_no_limit_is_ever_passed(
    tmp_path_factory: pytest.TempPathFactory,
    size: tuple[int, int],
    max_pixels: int,
    max_side: int,
    max_bytes: int,
):
    path = saved(tmp_path_factory.mktemp("in") / "a.png", noise(*size))
    fits = PictureLimits(TYPES, max_bytes=max_bytes, max_pixels=max_pixels, max_side=max_side)
    sent = fit_picture(path, fits, Limits())
    width, height = opened(sent).size
    assert width * height <= max_pixels
    assert max(width, height) <= max_side
    assert len(sent.content) <= max_bytes
    assert width / height == pytest.approx(size[0] / size[1], rel=0.05)
    assert (sent.note == "") == (sent.content == path.read_bytes())


def test_what_cannot_be_made_to_fit_is_said(tmp_path: Path):
    path = saved(tmp_path / "a.png", noise(100, 40))
    with pytest.raises(InvalidOption, match="100 x 40"):
        fit_picture(path, PictureLimits(TYPES, 10**6, min_side=64), Limits())
    with pytest.raises(InvalidOption, match="longer"):
        fit_picture(path, PictureLimits(TYPES, 10**6, max_ratio=2.0), Limits())
    with pytest.raises(TooLarge):
        fit_picture(path, PictureLimits(TYPES, 100), Limits())


def test_a_damaged_picture_is_not_sent(tmp_path: Path):
    path = saved(tmp_path / "a.tiff", noise(60, 40))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(UnreadablePicture):
        fit_picture(path, ANY, Limits())
