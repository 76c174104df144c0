"""A file without what its metadata tell of people and places: the same pixels, bit for bit, and the colour profile.

Orientation goes with the metadata; whoever needs the picture upright turns it first.
"""

import struct

from bottega.imaging.containers import (
    PNG_SIGNATURE,
    is_coding,
    jpeg_segments,
    png_chunks,
    webp_chunks,
)

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
    """What decoders need, and the colour profile."""
    if is_coding(marker, data, begin):
        return True
    return data[begin : begin + 18].lstrip(b"\xff")[3:].startswith(b"ICC_PROFILE\0")


def _webp(data: bytes) -> bytes:
    kept = b""
    for kind, begin, end in webp_chunks(data):
        chunk = data[begin:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_TELLS:
            kept += chunk
    return b"RIFF" + struct.pack("<I", 4 + len(kept)) + b"WEBP" + kept
