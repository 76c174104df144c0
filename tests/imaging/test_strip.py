"""Files without their metadata: nothing told, nothing of the pixels changed."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from bottega.imaging.strip import without_metadata

SECRET = b"Anna at home"


def photo(kind: str) -> bytes:
    rng = np.random.default_rng(3)
    image = Image.fromarray(rng.integers(0, 255, (40, 56, 3), np.uint8))
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    buffer = io.BytesIO()
    extra = {}
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", SECRET.decode())
        texts.add_itxt("Place", SECRET.decode())
        extra = {"pnginfo": texts}
    elif kind == "JPEG":
        extra = {"comment": SECRET, "quality": 90}
    else:
        extra = {"xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>", "quality": 90}
    image.save(buffer, kind, exif=exif, icc_profile=b"profile of colours", **extra)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_it_tells_is_gone_and_what_it_shows_is_the_same(kind: str) -> None:
    data = photo(kind)
    assert SECRET in data
    bare = without_metadata(data, f"image/{kind.lower()}")
    assert SECRET not in bare
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(bare))
    assert not after.getexif()
    assert after.info.get("icc_profile") == b"profile of colours"
    assert np.array_equal(np.asarray(before), np.asarray(after))
    assert without_metadata(bare, f"image/{kind.lower()}") == bare


def test_a_file_that_tells_nothing_is_left_as_it_is(photographs: Path) -> None:
    buffer = io.BytesIO()
    Image.open(photographs / "coffee.png").convert("RGB").save(buffer, "JPEG")
    assert without_metadata(buffer.getvalue(), "image/jpeg") == buffer.getvalue()
    assert without_metadata(b"anything", "image/gif") == b"anything"
