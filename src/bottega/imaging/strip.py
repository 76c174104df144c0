"""A file without what its metadata tell of people and places: the same pixels, bit for bit, and the colour profile.

Orientation goes with the metadata; whoever needs the picture upright turns it first.
"""

import struct
from itertools import pairwise

from bottega.imaging.containers import PNG_SIGNATURE, jpeg_segments, png_chunks

_PNG_TELLS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_TELLS = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0x08 | 0x04
"""In the header of an extended WebP: that there are EXIF and XMP (RFC 9649)."""


def without_metadata(data: bytes, media_type: str) -> bytes:
    """A PNG, JPEG or WebP without EXIF, XMP, IPTC, comments, texts and times; any other file as it is.

    Raises UnreadablePicture for a file that is damaged.
    """
    match media_type:
        case "image/png":
            return PNG_SIGNATURE + b"".join(
                data[begin:end] for kind, begin, end in png_chunks(data) if kind not in _PNG_TELLS
            )
        case "image/jpeg":
            return b"".join(
                data[begin:end]
                for marker, begin, end in jpeg_segments(data)
                if _is_picture(marker, data, begin)
            )
        case "image/webp":
            return _webp(data)
        case _:
            return data


def _is_picture(marker: int, data: bytes, begin: int) -> bool:
    """Coding tables and frames; of the application's segments those that say how colours are stored."""
    if not (0xE0 <= marker <= 0xEF or marker == 0xFE):
        return True
    head = data[begin : begin + 18].lstrip(b"\xff")[3:]
    return marker == 0xEE or head.startswith((b"JFIF\0", b"ICC_PROFILE\0"))


def _webp(data: bytes) -> bytes:
    end = 8 + int.from_bytes(data[4:8], "little")
    starts, at = [12], 12
    while at + 8 <= end:
        (length,) = struct.unpack_from("<I", data, at + 4)
        at += 8 + length + length % 2
        starts.append(at)
    kept = b""
    for begin, after in pairwise(starts):
        kind, chunk = data[begin : begin + 4], data[begin:after]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_TELLS:
            kept += chunk
    return b"RIFF" + struct.pack("<I", 4 + len(kept)) + b"WEBP" + kept
