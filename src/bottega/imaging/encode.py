"""Pictures to files: PNG, JPEG, WebP, TIFF, with our provenance record in them or with no metadata at all.

Metadata of a source are never copied. Reading pictures is left to `decode`.
"""

import struct
import zlib
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bottega.domain.asset import Provenance
from bottega.errors import BottegaError, OutputError, TooLarge, UnsupportedMedia
from bottega.imaging import provenance as records
from bottega.imaging import tiff_tags as tags
from bottega.imaging.containers import ACCEPTED, PNG_SIGNATURE, png_chunks, read_container
from bottega.imaging.decode import HEAD_BYTES, Limits, read_bytes, sniff
from bottega.imaging.picture import U8, Picture

ENCODED = ("image/png", "image/jpeg", "image/webp", "image/tiff")
_LARGEST_SIDE = {"image/jpeg": 65_500, "image/webp": 16_383}
"""libjpeg's JPEG_MAX_DIMENSION; RFC 9649."""

# Our own files are read back whatever the limit on foreign ones.
_OWN_FILES = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)

Array = NDArray[Any]


def encode(
    picture: Picture,
    path: Path,
    media_type: str,
    provenance: Provenance | None = None,
    *,
    quality: int = 92,
    dpi: float | None = None,
) -> None:
    """Write `picture` to `path`, whole or not at all.

    `media_type`: image/png and image/tiff keep 16 bits and alpha; image/webp keeps alpha; image/jpeg is
    flattened on white. `quality` (1 to 100) is for JPEG and WebP. `dpi` is pixels per inch. A colour profile
    that the values are still in is embedded, being part of the colours.

    `provenance` is written as XMP (IPTC digital source type, description, tool), as the format's own text fields,
    and as JSON that `read_provenance` reads back; None writes no metadata at all.

    Raises UnsupportedMedia for another media type, TooLarge for a picture that the format cannot hold,
    OutputError when the file cannot be written.
    """
    write_atomically(path, encoded(picture, media_type, provenance, quality=quality, dpi=dpi))


def encoded(
    picture: Picture,
    media_type: str,
    provenance: Provenance | None = None,
    *,
    quality: int = 92,
    dpi: float | None = None,
) -> bytes:
    """What `encode` would write."""
    if media_type not in ENCODED:
        raise UnsupportedMedia(
            f"Pictures are not written as {media_type}.", hint="Use one of " + ", ".join(ENCODED) + "."
        )
    most = _LARGEST_SIDE.get(media_type)
    if most is not None and max(picture.width, picture.height) > most:
        raise TooLarge(
            f"{media_type} holds at most {most} pixels on a side; this picture is "
            f"{picture.width} x {picture.height}.",
            hint="Write it as PNG or TIFF, or make it smaller.",
        )
    if media_type == "image/png":
        return _png(picture, provenance, dpi)
    if media_type == "image/tiff":
        return _tiff(picture, provenance, dpi)
    return _lossy(picture, media_type, provenance, quality, dpi)


def read_provenance(path: Path) -> Provenance | None:
    """The record that `encode` wrote into a file, or None. A file that is no picture, or is damaged, has none;
    one that cannot be opened raises UnreadablePicture."""
    data = read_bytes(path, _OWN_FILES)
    media_type = sniff(data[:HEAD_BYTES])
    if media_type not in ACCEPTED:
        return None
    try:
        return records.record_of(read_container(media_type, data, _OWN_FILES))
    except BottegaError:
        return None


def write_atomically(path: Path, data: bytes) -> None:
    """Write under another name in the same folder, then rename. Raises OutputError."""
    partial = path.with_name(f".{uuid4().hex}.part")
    try:
        try:
            with partial.open("xb") as file:
                file.write(data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"The picture cannot be written: {error.strerror}.", hint="Check the folder and the free space."
        ) from error


def _png(picture: Picture, provenance: Provenance | None, dpi: float | None) -> bytes:
    channels = _channels(picture)
    if channels.dtype == np.uint16:
        order = [2, 1, 0, 3][: channels.shape[2]]
        done, encoded = cv2.imencode(".png", np.ascontiguousarray(channels[:, :, order]))
        if not done:
            raise OutputError("The picture cannot be written as PNG.")
        plain = encoded.tobytes()
    else:
        buffer = BytesIO()
        # Level 4 takes half the time of Pillow's 6 on photographs, at the same size.
        Image.fromarray(channels).save(buffer, "PNG", compress_level=4)
        plain = buffer.getvalue()
    extra: list[bytes] = []
    if picture.icc_profile is not None:
        extra.append(_png_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(picture.icc_profile)))
    if dpi is not None:
        per_metre = round(dpi / 0.0254)
        extra.append(_png_chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)))
    if provenance is not None:
        fields = {
            "Software": provenance.software,
            "Description": records.description(provenance),
            "bottega": records.as_json(provenance),
            "XML:com.adobe.xmp": records.xmp_packet(provenance).decode(),
        }
        extra.extend(_png_text(key, value) for key, value in fields.items() if value)
    kept = {b"IHDR", b"IDAT", b"IEND"}
    parts = [plain[begin:end] for kind, begin, end in png_chunks(plain) if kind in kept]
    return b"".join([PNG_SIGNATURE, parts[0], *extra, *parts[1:]])


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_text(key: str, value: str) -> bytes:
    """An uncompressed iTXt chunk; NUL, which it cannot hold, is left out."""
    body = key.encode("latin-1") + b"\0\0\0\0\0" + value.replace("\0", "").encode("utf-8", "replace")
    return _png_chunk(b"iTXt", body)


def _lossy(
    picture: Picture, media_type: str, provenance: Provenance | None, quality: int, dpi: float | None
) -> bytes:
    options: dict[str, Any] = {"quality": max(1, min(100, quality)), "exif": b"", "xmp": b""}
    if picture.icc_profile is not None:
        options["icc_profile"] = picture.icc_profile
    main: list[tags.Entry] = []
    nested: dict[int, list[tags.Entry]] = {}
    jpeg = media_type == "image/jpeg"
    if provenance is not None:
        record = records.fitted(provenance) if jpeg else provenance
        main, nested = records.exif_entries(record)
        options["xmp"] = records.xmp_packet(record)
    if dpi is not None:
        main += _resolution(dpi)
        if jpeg:
            options["dpi"] = (dpi, dpi)
    if main:
        options["exif"] = b"Exif\0\0" + tags.write_tags(main, nested)
    buffer = BytesIO()
    if jpeg:
        # Full colour resolution where quality is asked for: subsampling is what shows first on edges.
        options |= {"optimize": True, "subsampling": 0 if options["quality"] >= 90 else 2}
        _fill_buffer(Image.fromarray(_on_white(picture)), buffer, "JPEG", options)
    else:
        _fill_buffer(Image.fromarray(_channels(picture, deep=False)), buffer, "WEBP", options)
    return buffer.getvalue()


def _fill_buffer(image: Image.Image, buffer: BytesIO, kind: str, options: dict[str, Any]) -> None:
    try:
        image.save(buffer, kind, **options)
    except (OSError, ValueError) as error:
        if options.get("optimize"):  # Pillow's buffer for optimised files is too small for noise
            buffer.seek(0)
            buffer.truncate()
            _fill_buffer(image, buffer, kind, options | {"optimize": False})
            return
        raise OutputError(f"The picture cannot be written as {kind}.", cause=str(error)) from error


def _tiff(picture: Picture, provenance: Provenance | None, dpi: float | None) -> bytes:
    """Baseline RGB (TIFF 6.0) with Deflate (Adobe) and horizontal differencing, little-endian, one directory."""
    channels = _channels(picture)
    height, width, count = channels.shape
    rows = max(1, (1 << 20) // (width * count * channels.itemsize))
    strips = [_compress_strip(channels[top : top + rows]) for top in range(0, height, rows)]
    lengths = [len(strip) for strip in strips]
    offsets = list(accumulate(lengths[:-1], initial=8))
    if offsets[-1] + lengths[-1] > 2**32 - 2**20:
        raise TooLarge("A TIFF holds at most 4 GiB.", hint="Make the picture smaller.")
    entries = [
        tags.long(256, width),
        tags.long(257, height),
        tags.short(258, *[channels.itemsize * 8] * count),
        tags.short(259, 8),
        tags.short(262, 2),
        tags.long(273, *offsets),
        tags.short(277, count),
        tags.long(278, rows),
        tags.long(279, *lengths),
        tags.short(284, 1),
        tags.short(317, 2),
    ]
    if count == 4:
        entries.append(tags.short(338, 2))  # unassociated alpha
    if dpi is not None:
        entries += _resolution(dpi)
    if picture.icc_profile is not None:
        entries.append(tags.raw(34675, picture.icc_profile))
    nested: dict[int, list[tags.Entry]] = {}
    if provenance is not None:
        main, nested = records.exif_entries(provenance)
        entries += [*main, tags.raw(700, records.xmp_packet(provenance), tags.BYTE)]
    return tags.write_tags(entries, nested, payload=b"".join(strips))


def _compress_strip(rows: Array) -> bytes:
    """TIFF 6.0, section 14: each sample less its left neighbour, modulo the sample's range."""
    differences = rows.copy()
    differences[:, 1:] -= rows[:, :-1]
    return zlib.compress(differences.astype(rows.dtype.newbyteorder("<")).tobytes(), 6)


def _resolution(dpi: float) -> list[tags.Entry]:
    return [tags.rational(282, dpi), tags.rational(283, dpi), tags.short(296, 2)]


def _channels(picture: Picture, deep: bool = True) -> Array:
    """H x W x 3 or 4, RGB(A), as stored, or 8-bit when `deep` is false."""
    rgb = cast(Array, picture.rgb if deep else picture.as_u8())
    if picture.alpha is None:
        return np.ascontiguousarray(rgb)
    return np.dstack([rgb, picture.alpha if deep else _alpha_u8(picture.alpha)])


def _alpha_u8(alpha: Array) -> U8:
    if alpha.dtype == np.uint16:
        return ((alpha.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return alpha.astype(np.uint8, copy=False)


def _on_white(picture: Picture) -> U8:
    """Composited over white in gamma-encoded values, as browsers and viewers do it."""
    rgb = picture.as_u8()
    if picture.alpha is None:
        return np.ascontiguousarray(rgb)
    share = _alpha_u8(picture.alpha).astype(np.uint16)[:, :, None]
    return ((rgb * share + 255 * (255 - share) + 127) // 255).astype(np.uint8)
