"""What a camera wrote about a picture, carried into the file made from it. Pixels and profiles are left to `imaging.encode`."""

import struct
import zlib

from bottega.imaging.containers import PNG_SIGNATURE, jpeg_segments, png_chunks, webp_chunks

CARRIED = ("image/png", "image/jpeg", "image/webp")
NOT_CARRIED = "the camera's data (EXIF) could not be carried into this format"
_LONGEST_SEGMENT = 65533
_ALPHA, _EXIF = 0x10, 0x08
"""Flags in the header of an extended WebP (RFC 9649)."""


def with_exif(
    data: bytes, media_type: str, exif: bytes, size: tuple[int, int], *, alpha: bool
) -> bytes | None:
    """The PNG, JPEG or WebP file `data`, which has none, with the EXIF block (a TIFF file); None where it does not fit.

    `size`: (width, height) of the picture; `alpha`: whether it has transparency.
    """
    match media_type:
        case "image/png":
            body = b"eXIf" + exif
            chunk = struct.pack(">I", len(exif)) + body + struct.pack(">I", zlib.crc32(body))
            parts = [(kind, data[begin:end]) for kind, begin, end in png_chunks(data)]
            # Before the pixels, where readers that stop there find it (PNG third edition, 11.3.3).
            return PNG_SIGNATURE + b"".join([parts[0][1], chunk, *(part for _, part in parts[1:])])
        case "image/jpeg":
            body = b"Exif\0\0" + exif
            if len(body) + 2 > _LONGEST_SEGMENT:
                return None
            segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
            begin = _after_jfif(data)
            return data[:begin] + segment + data[begin:]
        case "image/webp":
            return _webp(data, exif, size, alpha=alpha)
        case _:
            return None


def _after_jfif(data: bytes) -> int:
    """Readers want JFIF's segment first."""
    for marker, begin, end in jpeg_segments(data):
        if marker == 0xE0:
            return end
        if marker != 0xD8:
            return begin
    return 2


def _webp(data: bytes, exif: bytes, size: tuple[int, int], *, alpha: bool) -> bytes:
    chunks = [(kind, data[begin:end]) for kind, begin, end in webp_chunks(data)]
    if chunks[0][0] == b"VP8X":
        head = chunks.pop(0)[1]
        head = head[:8] + bytes([head[8] | _EXIF]) + head[9:]
    else:
        width, height = (struct.pack("<I", side - 1)[:3] for side in size)
        flags = bytes([_EXIF | (_ALPHA if alpha else 0), 0, 0, 0])
        head = b"VP8X" + struct.pack("<I", 10) + flags + width + height
    last = b"EXIF" + struct.pack("<I", len(exif)) + exif + bytes(len(exif) % 2)
    body = b"WEBP" + head + b"".join(chunk for _, chunk in chunks) + last
    return b"RIFF" + struct.pack("<I", len(body)) + body
