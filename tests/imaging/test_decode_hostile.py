"""Files that want to hurt: each is refused in words, at once, and without taking the memory it asks for."""

import os
import pickle
import resource
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import foreign_files as files
import numpy as np
import pytest
from PIL import Image

from bottega.errors import BottegaError, TooLarge, UnreadablePicture, UnsupportedMedia
from bottega.imaging.decode import Limits, decode, inspect
from bottega.imaging.tiff_tags import Entry, long, short, write_tags

RGB = files.picture()
PLAIN = files.saved(Image.fromarray(RGB), "PNG")
HEADER_END = 8 + 25


@pytest.fixture(autouse=True)
def no_file_takes_long_or_much_memory() -> Iterator[None]:
    """`ru_maxrss` never falls, so what one file of this module takes above all before it shows."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    yield
    assert time.process_time() - start < 10
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 250 * 2**20


def gif_of(frames: int) -> bytes:
    one = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + one * frames + b";"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\xef\xbb\xbf  <svg><script>alert(1)</script></svg>", "SVG"),
        (b"<!DOCTYPE html><html><body>hello</body></html>", "web page"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"PK\x03\x04" + bytes(60), "ZIP"),
        (b"RIFF\x24\0\0\0AVI LIST" + bytes(60), "video"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60), "HEIC"),
        (b"just some words", "plain text"),
        (b"MZ\x90\0" + bytes(60), "program"),
        (bytes(range(256)), "no picture"),
    ],
)
def test_other_kinds_of_files_dressed_up_as_png(tmp_path: Path, content: bytes, word: str) -> None:
    source = tmp_path / "holiday.png"
    source.write_bytes(content)
    with pytest.raises(UnsupportedMedia, match=word) as caught:
        inspect(source)
    assert "PNG" in caught.value.hint


def test_an_empty_file(tmp_path: Path) -> None:
    source = tmp_path / "empty.png"
    source.touch()
    with pytest.raises(UnreadablePicture, match="empty"):
        inspect(source)


def test_what_is_no_file_at_all(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for source in (tmp_path / "missing.png", tmp_path, tmp_path / "pipe.png", Path("a\0b.png")):
        with pytest.raises(UnreadablePicture):
            inspect(source)


def test_bytes_over_the_limit_are_not_read(tmp_path: Path) -> None:
    source = tmp_path / "huge.png"
    with source.open("wb") as file:
        file.write(PLAIN)
        file.truncate(2**40)  # sparse: a terabyte
    with pytest.raises(TooLarge, match="limit is 64"):
        inspect(source)
    with pytest.raises(TooLarge):
        decode(PLAIN, Limits(max_bytes=len(PLAIN) - 1))
    assert decode(PLAIN, Limits(max_bytes=len(PLAIN))).width == 48


@pytest.mark.parametrize("kind", files.every_format())
def test_limits_on_pixels_and_sides_hold_for_every_format(kind: str) -> None:
    data = files.every_format()[kind]
    decode(data, Limits(max_pixels=48 * 32, max_side=48))
    with pytest.raises(TooLarge, match="megapixels"):
        decode(data, Limits(max_pixels=48 * 32 - 1))
    with pytest.raises(TooLarge, match="on a side"):
        decode(data, Limits(max_side=47))


@pytest.mark.parametrize("kind", ["apng", "gif", "webp animated"])
def test_the_limit_on_frames(kind: str) -> None:
    data = files.every_format()[kind]
    decode(data, Limits(max_frames=3))
    with pytest.raises(TooLarge, match="frames"):
        decode(data, Limits(max_frames=2))


def test_pages_of_a_tiff_count_as_frames() -> None:
    pages = [Image.fromarray(RGB)] * 3
    data = files.saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(TooLarge, match="frames"):
        decode(data, Limits(max_frames=2))


def test_a_png_that_claims_enormous_sides() -> None:
    for size in ((2**31 - 1, 2**31 - 1), (30_000, 30_000), (1, 40_000)):
        with pytest.raises(TooLarge):
            decode(files.png(RGB, 2, size=size))
    with pytest.raises(UnreadablePicture, match="0 x"):
        decode(files.png(RGB, 2, size=(0, 5)))


def test_a_png_that_claims_more_rows_than_it_has() -> None:
    with pytest.raises(UnreadablePicture):
        decode(files.png(RGB, 2, size=(48, 5_000)))
    with pytest.raises(UnreadablePicture):
        decode(files.png(RGB.astype(np.uint16), 2, size=(48, 5_000)))


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_compressed_chunks_that_inflate_to_a_gigabyte_are_not_inflated(name: bytes) -> None:
    squeezed = zlib.compressobj(9)
    bomb = b"".join(squeezed.compress(bytes(2**20)) for _ in range(256)) + squeezed.flush()
    assert len(bomb) < 2**20
    head = {b"zTXt": b"a\0\0", b"iTXt": b"a\0\1\0\0\0", b"iCCP": b"a\0\0"}[name]
    data = PLAIN[:HEADER_END] + files.chunk(name, head + bomb) * 4 + PLAIN[HEADER_END:]
    np.testing.assert_array_equal(decode(data).rgb, RGB)


def test_a_png_of_a_million_chunks() -> None:
    tiny = files.chunk(b"teXt", b"")
    with pytest.raises(TooLarge, match="small parts"):
        decode(PLAIN[:HEADER_END] + tiny * 1_100_000 + PLAIN[HEADER_END:])


def test_a_gif_of_a_hundred_thousand_frames() -> None:
    with pytest.raises(TooLarge, match="frames"):
        decode(gif_of(100_000))


def test_a_gif_of_countless_blocks() -> None:
    header = gif_of(1)[:19]
    for filler in (b"\x21\xfe" + b"\x01\x20" * 2_000_000 + b"\0", b"\x21\xfe\0" * 2_000_000):
        with pytest.raises(TooLarge, match="small parts"):
            decode(header + filler + gif_of(1)[19:])


def test_a_gif_whose_first_frame_lies_far_outside() -> None:
    data = bytearray(gif_of(1))
    struct.pack_into("<HH", data, 20, 60_000, 60_000)
    with pytest.raises(TooLarge):
        decode(bytes(data))


def test_a_jpeg_of_countless_scans() -> None:
    data = files.saved(Image.fromarray(RGB), "JPEG", progressive=True)
    scan = data.rindex(b"\xff\xda")
    with pytest.raises(TooLarge, match="scans"):
        decode(data[:scan] + data[scan:-2] * 500 + data[-2:])


def test_a_jpeg_of_countless_segments() -> None:
    data = files.saved(Image.fromarray(RGB), "JPEG")
    with pytest.raises(TooLarge, match="small parts"):
        decode(data[:2] + b"\xff\xfe\0\2" * 1_100_000 + data[2:])


def test_a_webp_that_claims_the_largest_canvas() -> None:
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\xff\xff" * 2
    body = b"WEBP" + canvas + files.saved(Image.fromarray(RGB), "WEBP")[12:]
    with pytest.raises(TooLarge):
        decode(b"RIFF" + struct.pack("<I", len(body)) + body)


def test_a_bmp_with_absurd_sides() -> None:
    data = bytearray(files.saved(Image.fromarray(RGB), "BMP"))
    for size in ((2**31 - 1, -(2**31)), (-5, 5), (0, 0), (25_000, 4_000)):
        struct.pack_into("<ii", data, 18, *size)
        with pytest.raises((TooLarge, UnreadablePicture)):
            decode(bytes(data))


def test_a_tiff_whose_tags_share_one_large_value() -> None:
    """A thousand tags over the same two megabytes would be two gigabytes once read."""
    blob = bytes(2**21)
    start = len(blob) + 8
    entries = [struct.pack("<HHII", tag, 1, len(blob), 8) for tag in range(500, 1400)]
    table = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    with pytest.raises(UnreadablePicture, match="consistent"):
        decode(b"II*\0" + struct.pack("<I", start) + blob + table)


def test_exif_whose_tags_share_one_large_value_is_ignored() -> None:
    blob = bytes(2**21)
    entries = [struct.pack("<HHII", tag, 1, len(blob), 8) for tag in range(500, 1400)]
    table = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    exif = b"II*\0" + struct.pack("<I", len(blob) + 8) + blob + table
    data = PLAIN[:HEADER_END] + files.chunk(b"eXIf", exif) + PLAIN[HEADER_END:]
    picture = decode(data)
    np.testing.assert_array_equal(picture.rgb, RGB)
    assert picture.exif is None


@pytest.mark.parametrize(
    "entry",
    [
        long(256, 2**32 - 1),
        Entry(256, 4, 0, b""),
        short(258, *[8] * 500),
        short(259, 50_001),
        short(262, 32_803),
        short(277, 60_000),
        long(273, 2**31),
        long(279, 2**31),
        long(278, 0),
        long(322, 2**31),
        short(262, 60),
        short(339, 9),
    ],
    ids=lambda entry: f"tag {entry.tag} x {entry.count}",
)
def test_a_tiff_with_one_absurd_tag(entry: Entry) -> None:
    with pytest.raises((UnreadablePicture, UnsupportedMedia, TooLarge)):
        decode(files.tiff(RGB, 2, entry))


def test_a_tiff_cut_into_a_million_strips() -> None:
    many = 1_000_000
    with pytest.raises(TooLarge, match="pieces"):
        decode(files.tiff(RGB, 2, long(273, *[8] * many), long(279, *[1] * many)))


def test_a_tiff_whose_directories_go_in_a_circle() -> None:
    data = bytearray(files.tiff(RGB, 2))
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    struct.pack_into("<I", data, start + 2 + 12 * count, start)
    np.testing.assert_array_equal(decode(bytes(data)).rgb, RGB)


def test_a_tiff_whose_first_directory_is_nowhere() -> None:
    for offset in (0, 3, 2**32 - 1):
        with pytest.raises(BottegaError):
            decode(b"II*\0" + struct.pack("<I", offset) + bytes(20))
    with pytest.raises(BottegaError):
        decode(write_tags([short(256, 1)]))


@pytest.mark.parametrize("kind", files.every_format())
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_that_is_cut_off_is_found_out(tmp_path: Path, kind: str, share: float) -> None:
    data = files.every_format()[kind]
    if kind == "mpo":
        data = data[: data.index(b"\xff\xd9") + 2]  # only its first picture is used
    source = tmp_path / "part"
    source.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BottegaError) as caught:
        inspect(source)
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_nothing_is_loaded_before_the_first_picture_is_read() -> None:
    """The server imports the door; numpy, OpenCV and Pillow belong to the compute processes."""
    code = (
        "import sys, bottega.imaging.decode, bottega.imaging.thumbnail, bottega.quality;"
        "print([name for name in ('numpy', 'cv2', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_errors_survive_the_way_out_of_a_compute_process() -> None:
    with pytest.raises(TooLarge) as caught:
        decode(files.png(RGB, 2, size=(40_000, 2)))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.message, copy.hint) == (caught.value.message, caught.value.hint)


def test_a_run_length_bmp_is_read_while_it_is_small() -> None:
    header = b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + 1024)
    info = struct.pack("<IiiHHIIiiII", 40, 4, 2, 1, 8, 1, 0, 0, 0, 256, 0)
    palette = b"".join(bytes([level, level, level, 0]) for level in range(256))
    rows = b"\x04\x10\0\0\x04\x20\0\1"
    rgb = decode(header + info + palette + rows).rgb
    assert rgb[:, 0, 0].tolist() == [0x20, 0x10]
    with pytest.raises(UnsupportedMedia, match="Run-length"):
        decode(header + info + palette + b"\1\1" * 2**21 + rows)


def test_trailing_bytes_after_a_picture_are_not_looked_at() -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        data = files.saved(Image.fromarray(RGB), kind)
        plain = decode(data).rgb
        np.testing.assert_array_equal(decode(data + b"PK\x03\x04" + bytes(5000)).rgb, plain)


def test_the_decoder_of_another_format_never_sees_the_bytes() -> None:
    """PostScript behind a JPEG's first bytes goes to the JPEG reader, which refuses it."""
    with pytest.raises(UnreadablePicture):
        decode(b"\xff\xd8\xff%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
