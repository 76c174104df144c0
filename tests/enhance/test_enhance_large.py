"""Pictures enlarged from file to file in bands: the pixels and the report of the ordinary way, and what is left to it."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image

from bottega.enhance.jobs import How, enhance_file
from bottega.enhance.row_files import row_file
from bottega.enhance.works import Upscale
from bottega.errors import Cancelled, OutputError, UnreadablePicture
from bottega.imaging.decode import decode

BANDS = How(in_memory=0)
WORK = Upscale(2, tier="fast", threads=1)
EXIF = Image.Exif()
EXIF[0x010F] = "A camera"


def photograph(mode: str = "RGB", size: tuple[int, int] = (150, 140)) -> Image.Image:
    pixels = np.ascontiguousarray(skimage.data.astronaut()[: size[1], 150 : 150 + size[0]])
    image = Image.fromarray(pixels).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.fromarray(np.tile(np.arange(size[0], dtype=np.uint8), (size[1], 1))))
    return image


def told(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what differs from run to run, and the names."""
    enlargement = {name: value for name, value in report["enlargement"].items() if name != "seconds"}
    left_out = ("enlargement", "seconds", "cpu_seconds", "bytes", "target")
    return {name: value for name, value in report.items() if name not in left_out} | enlargement


@pytest.mark.parametrize("target", ["large.png", "large.tif"])
@pytest.mark.parametrize("source", ["photo.png", "photo.jpg", "photo.tif"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_bands_give_the_pixels_and_the_report_of_the_whole(
    source: str, target: str, mode: str, tmp_path: Path
) -> None:
    if source == "photo.jpg" and mode == "RGBA":
        pytest.skip("JPEG has no transparency")
    file = tmp_path / source
    photograph(mode).save(file)
    whole = enhance_file(file, tmp_path / f"whole-{target}", WORK)
    bands = enhance_file(file, tmp_path / target, WORK, BANDS)
    first, second = decode(tmp_path / f"whole-{target}"), decode(tmp_path / target)
    np.testing.assert_array_equal(first.rgb, second.rgb)
    assert (first.alpha is None) is (second.alpha is None)
    if first.alpha is not None and second.alpha is not None:
        np.testing.assert_array_equal(first.alpha, second.alpha)
    assert told(whole) == told(bands)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source, target, f"whole-{target}"])


def test_what_the_camera_wrote_is_carried_as_by_the_whole(tmp_path: Path) -> None:
    photograph().save(tmp_path / "photo.jpg", exif=EXIF)
    whole = enhance_file(tmp_path / "photo.jpg", tmp_path / "whole.png", WORK)
    bands = enhance_file(tmp_path / "photo.jpg", tmp_path / "bands.png", WORK, BANDS)
    assert decode(tmp_path / "bands.png").exif == decode(tmp_path / "whole.png").exif
    assert Image.open(tmp_path / "bands.png").getexif()[0x010F] == "A camera"
    assert whole["notes"] == bands["notes"] == []
    in_tiff = enhance_file(tmp_path / "photo.jpg", tmp_path / "bands.tif", WORK, BANDS)
    assert any("EXIF" in note for note in in_tiff["notes"])


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_turned_picture_is_written_upright(orientation: int, tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = orientation
    photograph().save(tmp_path / "photo.jpg", exif=turned)
    enhance_file(tmp_path / "photo.jpg", tmp_path / "bands.png", WORK, BANDS)
    enhance_file(tmp_path / "photo.jpg", tmp_path / "whole.png", WORK)
    np.testing.assert_array_equal(decode(tmp_path / "bands.png").rgb, decode(tmp_path / "whole.png").rgb)


def test_sixteen_bits_are_kept(tmp_path: Path) -> None:
    ramp = np.linspace(20_000, 21_000, 90 * 80).astype(np.uint16).reshape(80, 90)
    Image.fromarray(ramp).save(tmp_path / "grey.png")
    enhance_file(tmp_path / "grey.png", tmp_path / "large.png", WORK, BANDS)
    assert decode(tmp_path / "large.png").rgb.dtype == np.uint16


def test_a_damaged_file_is_told_as_ever(tmp_path: Path) -> None:
    photograph().save(tmp_path / "photo.png")
    whole = (tmp_path / "photo.png").read_bytes()
    (tmp_path / "photo.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadablePicture):
        enhance_file(tmp_path / "photo.png", tmp_path / "large.png", WORK, BANDS)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_a_folder_that_is_not_there_is_an_output_error(tmp_path: Path) -> None:
    photograph().save(tmp_path / "photo.png")
    with pytest.raises(OutputError, match="cannot be written"):
        enhance_file(tmp_path / "photo.png", tmp_path / "nowhere" / "large.png", WORK, BANDS)


def test_cancelling_leaves_nothing_behind(tmp_path: Path) -> None:
    photograph().save(tmp_path / "photo.png")
    stop = threading.Event()
    with pytest.raises(Cancelled):
        enhance_file(
            tmp_path / "photo.png",
            tmp_path / "large.png",
            WORK,
            BANDS,
            progress=lambda fraction: stop.set(),
            cancelled=stop,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_what_no_engine_keeps_is_delivered_and_told_as_by_the_whole(tmp_path: Path) -> None:
    """Dots of single pixels fail the gate of every engine, which of bands is known when all rows are written."""
    dots = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    Image.fromarray(dots).convert("RGB").save(tmp_path / "dots.png")
    whole = enhance_file(tmp_path / "dots.png", tmp_path / "whole.png", WORK)
    bands = enhance_file(tmp_path / "dots.png", tmp_path / "bands.png", WORK, BANDS)
    assert whole["enlargement"]["gate"]["passed"] is False
    assert told(whole) == told(bands)
    np.testing.assert_array_equal(decode(tmp_path / "bands.png").rgb, decode(tmp_path / "whole.png").rgb)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("media_type", ["image/png", "image/tiff"])
@pytest.mark.parametrize("band", [1, 7, 64])
def test_files_hold_the_rows_that_were_written(
    media_type: str, channels: int, band: int, tmp_path: Path
) -> None:
    """Noise, smooth and flat parts, so that every filter of PNG is taken."""
    random = np.random.default_rng(band)
    pixels = np.zeros((97, 53, channels), dtype=np.uint8)
    pixels[:40] = random.integers(0, 256, (40, 53, channels))
    pixels[40:70] = (np.indices((30, 53)).sum(axis=0) * 3 % 256).astype(np.uint8)[..., None]
    file = tmp_path / "rows"
    with file.open("wb") as opened:
        writer = row_file(opened, media_type, pixels.shape)
        for top in range(0, 97, band):
            writer.write(pixels[top : top + band])
        writer.finish()
    read = decode(file)
    np.testing.assert_array_equal(read.rgb, pixels[..., :3])
    if channels == 4:
        np.testing.assert_array_equal(read.alpha, pixels[..., 3])
