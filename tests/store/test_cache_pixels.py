from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image, ImageCms, PngImagePlugin

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.imaging.decode import Limits, inspect
from bottega.store.cache import ResultCache
from bottega.store.database import Database
from bottega.store.pixel_digests import PixelDigests, pixel_digest
from bottega.store.schema import asset_digests

LIMITS = Limits()


@pytest.fixture
def photo(photographs: Path) -> Image.Image:
    return Image.open(photographs / "chelsea.png").convert("RGB").resize((90, 60))


def digest(picture: Image.Image, path: Path, **options: object) -> str:
    picture.save(path, **options)
    return pixel_digest(path, LIMITS)


def test_another_file_of_the_same_pixels_has_the_same_digest(photo: Image.Image, tmp_path: Path) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "something else")
    exif = Image.Exif()
    exif[0x010E] = "a description"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    digests = {
        digest(photo, tmp_path / "plain.png"),
        digest(photo, tmp_path / "notes.png", pnginfo=notes, exif=exif, dpi=(300, 300)),
        digest(photo, tmp_path / "tight.png", compress_level=9),
        digest(photo, tmp_path / "profile.png", icc_profile=srgb),
        digest(photo, tmp_path / "lossless.webp", lossless=True),
        digest(photo, tmp_path / "other.tif", compression="tiff_lzw"),
        digest(photo, tmp_path / "other.bmp"),
    }
    assert len(digests) == 1


def test_a_turned_picture_is_the_one_that_it_shows(photo: Image.Image, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90 degrees clockwise
    turned = photo.transpose(Image.Transpose.ROTATE_90)
    assert digest(turned, tmp_path / "turned.png", exif=exif) == digest(photo, tmp_path / "upright.png")


def test_whatever_shows_something_else_has_another_digest(photo: Image.Image, tmp_path: Path) -> None:
    pixels = np.asarray(photo).copy()
    pixels[10, 10, 1] ^= 1
    deep = np.asarray(photo.convert("L")).astype(np.uint16) * 257
    opaque, clear = photo.convert("RGBA"), photo.convert("RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 0))
    digests = [
        digest(photo, tmp_path / "1.png"),
        digest(Image.fromarray(pixels), tmp_path / "2.png"),
        digest(photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT), tmp_path / "3.png"),
        digest(opaque, tmp_path / "4.png"),
        digest(clear, tmp_path / "5.png"),
        digest(photo.convert("L"), tmp_path / "6.png"),
        digest(Image.fromarray(deep), tmp_path / "7.png"),
        digest(photo.resize((60, 90)), tmp_path / "8.png"),
        digest(photo, tmp_path / "9.jpg", quality=80),
    ]
    assert len(set(digests)) == len(digests)


def test_the_same_bytes_in_another_shape_are_another_picture(tmp_path: Path) -> None:
    flat = np.zeros((4, 6, 3), np.uint8)
    one = digest(Image.fromarray(flat), tmp_path / "1.png")
    two = digest(Image.fromarray(flat.reshape(6, 4, 3)), tmp_path / "2.png")
    assert one != two


class Counting(ComputePool):
    """The real pool, which also counts what it is asked to do."""

    calls = 0

    async def call_with(self, *args: object, **kwargs: object) -> object:  # type: ignore[override]
        self.calls += 1
        return await super().call_with(*args, **kwargs)  # type: ignore[arg-type]


def _input(path: Path, asset_id: str, media: MediaInfo | None = None) -> TaskInput:
    return TaskInput(role=Role.WORKING, asset_id=asset_id, path=path, media=media or inspect(path))


async def test_a_digest_is_computed_once_and_kept(
    database: Database, photo: Image.Image, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    expected = digest(photo, path)
    pool = Counting(1)
    try:
        digests = PixelDigests(database, pool, LIMITS, timeout_s=30)
        item = _input(path, "a")
        assert await digests.of([item, item]) == {"a": expected}
        assert await digests.of([item]) == {"a": expected}
        later = PixelDigests(database, pool, LIMITS, timeout_s=30)  # as after a restart
        assert await later.of([item]) == {"a": expected}
        assert pool.calls == 1
    finally:
        await pool.close()


async def test_a_digest_that_is_known_from_elsewhere_is_not_computed(
    database: Database, photo: Image.Image, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    expected = digest(photo, path)
    pool = Counting(1)
    await PixelDigests(database, pool, LIMITS, timeout_s=30).keep("a", expected)
    assert await PixelDigests(database, pool, LIMITS, timeout_s=30).of([_input(path, "a")]) == {"a": expected}
    assert pool.calls == 0


async def test_a_digest_of_another_scheme_is_computed_again(
    database: Database, photo: Image.Image, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    expected = digest(photo, path)
    old = sa.insert(asset_digests).values(asset_id="a", digest="p0:abc")
    await database.write(lambda c: c.execute(old) and None)
    pool = ComputePool(1)
    try:
        digests = PixelDigests(database, pool, LIMITS, timeout_s=30)
        assert await digests.of([_input(path, "a")]) == {"a": expected}
    finally:
        await pool.close()
    kept = await database.read(lambda c: c.execute(sa.select(asset_digests.c.digest)).scalars().all())
    assert kept == [expected]


async def test_what_moves_or_cannot_be_decoded_counts_by_its_bytes(
    database: Database, photo: Image.Image, tmp_path: Path
) -> None:
    buffer = BytesIO()
    photo.save(buffer, "GIF", save_all=True, append_images=[photo.transpose(Image.Transpose.ROTATE_180)])
    moving, broken, clip = tmp_path / "a.gif", tmp_path / "b.png", tmp_path / "c.mp4"
    moving.write_bytes(buffer.getvalue())
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    pool = ComputePool(1)
    try:
        digests = PixelDigests(database, pool, LIMITS, timeout_s=30)
        inputs = [
            _input(moving, "moving"),
            _input(broken, "broken", MediaInfo(media_type="image/png", width=1, height=1)),
            _input(clip, "clip", MediaInfo(media_type="video/mp4")),
        ]
        assert inspect(moving).frames == 2
        assert await digests.of(inputs) == {}
    finally:
        await pool.close()


async def test_the_same_picture_in_another_file_hits(
    database: Database, photo: Image.Image, tmp_path: Path
) -> None:
    one, two, three = tmp_path / "1.png", tmp_path / "2.webp", tmp_path / "3.png"
    digest(photo, one)
    digest(photo, two, lossless=True)
    digest(photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT), three)
    pool = ComputePool(2)
    try:
        cache = ResultCache(database, 7.0, digests=PixelDigests(database, pool, LIMITS, timeout_s=30))
        keys = [
            await cache.key_of(
                Task(workflow="w", operation="edit", inputs=(_input(path, path.name),)),
                engine="e",
                model_id="m",
                model_version="1",
            )
            for path in (one, two, three)
        ]
    finally:
        await pool.close()
    assert keys[0] == keys[1] != keys[2]
    await database.write(lambda c: cache.put(c, "ann", keys[0], {"outputs": ["x"]}))
    assert await cache.get("ann", keys[1]) == {"outputs": ["x"]}
