"""What kind of file some bytes are, by their content alone. Whether the file is whole is left to `decode`."""

import re

CLIPS = frozenset({"video/mp4", "video/quicktime", "video/webm"})
"""Clips that are read; Matroska counts as WebM, whose container it is."""
HEAD_BYTES = 1024
"""As much of a file's beginning as `sniff` ever looks at."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    (b"\x76\x2f\x31\x01", "image/x-exr"),
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
)
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_MARKUP = re.compile(r"<(?:[\w-]+:)?(svg|!doctype\s+html|html|head|body|script)\b", re.IGNORECASE)

_NAMES: dict[str, str] = {
    "image/svg+xml": "an SVG drawing",
    "image/heic": "a HEIC picture",
    "image/jp2": "a JPEG 2000 picture",
    "image/jxl": "a JPEG XL picture",
    "image/vnd.adobe.photoshop": "a Photoshop document",
    "image/vnd.microsoft.icon": "an icon file",
    "image/x-exr": "an OpenEXR picture",
    "image/avif": "an AVIF picture",
    "application/pdf": "a PDF document",
    "application/postscript": "a PostScript document",
    "application/zip": "a ZIP archive",
    "text/html": "a web page",
    "text/xml": "an XML document",
    "text/plain": "plain text",
    "application/x-executable": "a program",
}


def sniff(head: bytes) -> str | None:
    """The media type of a file that begins with `head` (1,024 bytes are enough), or None if it is not known.

    Never raises, and knows also kinds that are not accepted, so that a refusal can name them.
    """
    head = bytes(head[:HEAD_BYTES])
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head[:2] == b"BM" and len(head) >= 18 and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    return _text(head)


def describe(media_type: str | None) -> str:
    """`application/pdf` -> `a PDF document`, for sentences."""
    if media_type is None:
        return "of an unknown kind"
    if media_type in _NAMES:
        return _NAMES[media_type]
    group, _, kind = media_type.partition("/")
    return {"video": "a video clip", "audio": "a sound file"}.get(group, f"a {kind} file")


def _iso_media(head: bytes) -> str:
    """ISO/IEC 14496-12: the brands of the file type box."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return "image/avif"
    if brands & {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}:
        return "image/heic"
    return "video/quicktime" if major == b"qt  " else "video/mp4"


def _text(head: bytes) -> str | None:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError as error:
        if len(head) < HEAD_BYTES or error.start < len(head) - 4:
            return None
        text = head[: error.start].decode(encoding)  # the head ends within a character
    start = text.lstrip()
    if not start or any(ord(sign) < 32 and sign not in "\t\n\r\f" for sign in text):
        return None
    if start.startswith("<"):
        markup = _MARKUP.search(start)
        if markup:
            return "image/svg+xml" if markup[1].lower() == "svg" else "text/html"
        if start.startswith("<?xml"):
            return "text/xml"
    return "text/plain"
