"""Files as the outside world sends them, made here byte by byte or with Pillow, for the tests of this folder."""

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from bottega.imaging.tiff_tags import Entry, long, short, write_tags


def picture(width: int = 48, height: int = 32) -> NDArray[np.uint8]:
    """Smooth colours with a bright top left and a dark bottom right corner, so that turning it shows."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    red = 230 - 150 * x / width
    green = 220 - 160 * y / height
    blue = 60 + 120 * (x + y) / (width + height)
    return np.stack([red, green, blue], axis=-1).round().astype(np.uint8)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    samples: NDArray[Any], colour: int, *, extra: bytes = b"", size: tuple[int, int] | None = None
) -> bytes:
    """A PNG of H x W (x C) samples, uint8 or uint16, unfiltered; `size` overrides the header's."""
    height, width = samples.shape[:2]
    depth = samples.dtype.itemsize * 8
    rows = b"".join(b"\0" + row.astype(samples.dtype.newbyteorder(">")).tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", *(size or (width, height)), depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def interlaced_png(samples: NDArray[Any]) -> bytes:
    """Adam7 (PNG Specification, 8.2) of H x W x 3 samples."""
    height, width = samples.shape[:2]
    big = samples.astype(samples.dtype.newbyteorder(">"))
    rows: list[bytes] = []
    for top, left, down, across in (
        (0, 0, 8, 8),
        (0, 4, 8, 8),
        (4, 0, 8, 4),
        (0, 2, 4, 4),
        (2, 0, 4, 2),
        (0, 1, 2, 2),
        (1, 0, 2, 1),
    ):
        part = big[top::down, left::across]
        rows += [b"\0" + row.tobytes() for row in part] if part.size else []
    header = struct.pack(">IIBBBBB", width, height, samples.dtype.itemsize * 8, 2, 0, 0, 1)
    body = chunk(b"IDAT", zlib.compress(b"".join(rows)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def tiff(samples: NDArray[Any], photometric: int, *more: Entry, kind: int = 1) -> bytes:
    """An uncompressed TIFF of one strip; `kind` is the sample format, 1 unsigned, 2 signed, 3 float."""
    height, width = samples.shape[:2]
    count = 1 if samples.ndim == 2 else samples.shape[2]
    pixels = samples.astype(samples.dtype.newbyteorder("<")).tobytes()
    entries = {
        entry.tag: entry
        for entry in (
            long(256, width),
            long(257, height),
            short(258, *[samples.dtype.itemsize * 8] * count),
            short(259, 1),
            short(262, photometric),
            long(273, 8),
            short(277, count),
            long(278, height),
            long(279, len(pixels)),
            short(339, *[kind] * count),
            *more,
        )
    }
    return write_tags(list(entries.values()), payload=pixels)


def swapped_profile() -> bytes:
    """An RGB profile whose red and blue primaries are exchanged: what it makes of a colour is unmistakable."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    where = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = where[b"rXYZ"], where[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


GREEN_INK = (68, 137, 58)
"""CIE Lab 51, -37, 37 in sRGB."""


def green_ink_profile() -> bytes:
    """A CMYK profile (ICC.1:2010, lut8Type): paper is white, with black ink it is black, with any other green."""
    paper, ink, black = bytes([255, 128, 128]), bytes([130, 91, 165]), bytes([0, 128, 128])
    curve = bytes(range(256))
    identity = struct.pack(">9i", *[65536 if i % 4 == 0 else 0 for i in range(9)])
    # Two grid points for each of four inks, black varying fastest.
    table = b"".join(black if point & 1 else ink if point else paper for point in range(16))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + curve * 4 + table + curve * 3
    lut += bytes(-len(lut) % 4)
    tags = struct.pack(">I4sII", 1, b"A2B0", 128 + 16, len(lut))
    header = bytearray(128)
    struct.pack_into(
        ">I4sI4s4s4s", header, 0, 144 + len(lut), bytes(4), 0x02400000, b"prtr", b"CMYK", b"Lab "
    )
    header[36:40] = b"acsp"
    struct.pack_into(">3i", header, 68, 63190, 65536, 54061)  # D50
    return bytes(header) + tags + lut


def every_format() -> dict[str, bytes]:
    """One small real file of each accepted kind, with metadata where the kind has them."""
    rgb = Image.fromarray(picture())
    rgba = rgb.copy()
    rgba.putalpha(Image.linear_gradient("L").resize(rgb.size))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a test"
    deep = picture().astype(np.uint16) * 257
    frames = [rgb.rotate(90 * turn) for turn in range(3)]
    return {
        "png": saved(rgba, "PNG", exif=exif, icc_profile=swapped_profile()),
        "png palette": saved(rgb.quantize(16), "PNG", transparency=3),
        "png 16": png(deep, 2),
        "png grey 16": png(deep[:, :, 0], 0),
        "apng": saved(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        "jpeg": saved(rgb, "JPEG", exif=exif, icc_profile=swapped_profile()),
        "jpeg progressive": saved(rgb, "JPEG", progressive=True),
        "jpeg cmyk": saved(rgb.convert("CMYK"), "JPEG"),
        "mpo": saved(rgb, "MPO", save_all=True, append_images=frames[1:]),
        "gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "webp": saved(rgba, "WEBP", exif=exif, icc_profile=swapped_profile()),
        "webp lossless": saved(rgb, "WEBP", lossless=True),
        "webp animated": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "tiff": saved(rgb, "TIFF", compression="tiff_lzw"),
        "tiff 16": tiff(deep, 2),
        "tiff float": tiff(picture()[:, :, 0].astype(np.float32) / 255, 1, kind=3),
        "bmp": saved(rgb, "BMP"),
        "avif": saved(rgba, "AVIF"),
    }
