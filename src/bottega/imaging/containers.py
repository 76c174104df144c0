"""Walks the structure of picture files: limits and completeness before any decoder sees the bytes.

Each reader checks that the file is whole, takes the size from the header, counts frames, finds EXIF and colour
profile, and hands on only the bytes that the first picture needs. Pixels are left to `pixels`.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bottega.errors import TooLarge, UnreadablePicture, UnsupportedMedia
from bottega.imaging.limits import Limits
from bottega.imaging.tiff_tags import Directory, TagFile

MAX_BLOCKS = 1_000_000
"""Chunks, segments or data blocks of one file. Real files of 64 MiB stay below 300,000."""

MAX_SCANS = 100
"""Scans of a progressive JPEG; encoders write about ten. Each one costs a pass over the whole picture."""

_INFLATE_STEP = 2**20
MAX_PROFILE_BYTES = 8 * 2**20
MAX_RUN_LENGTH_BYTES = 4 * 2**20
"""Of a run-length encoded BMP, which is decoded slowly."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Container:
    """What a file is made of.

    `data` is the file without metadata and without further frames. `width` and `height` are as stored, before
    orientation. `deep`: RGB of 16 or 32 bits per channel, which Pillow would cut to 8. `key`: the 16-bit
    sample values (grey or RGB) that stand for transparent. `note`: Bottega's own provenance record.
    """

    media_type: str
    data: bytes
    width: int
    height: int
    frames: int = 1
    deep: bool = False
    key: tuple[int, ...] | None = None
    exif: bytes | None = None
    profile: bytes | None = None
    note: bytes | None = None
    directory: Directory | None = None


def read_container(media_type: str, data: bytes, limits: Limits) -> Container:
    """Raises UnreadablePicture, TooLarge, UnsupportedMedia."""
    try:
        return _READERS[media_type](data, limits)
    except (struct.error, IndexError) as error:
        raise _cut_off() from error


# --- PNG (W3C, PNG Specification, third edition) ---------------------------------------------------------------


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(type, begin, end) of each chunk up to IEND, length and checksum included. Raises UnreadablePicture."""
    at = len(PNG_SIGNATURE)
    for _ in range(MAX_BLOCKS):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise _cut_off()
        yield kind, at, end
        if kind == b"IEND":
            return
        at = end
    raise _overgrown()


def _read_png(data: bytes, limits: Limits) -> Container:
    kept: list[bytes] = [PNG_SIGNATURE]
    width = height = depth = colour = interlace = 0
    frames, transparency = 1, b""
    found: dict[bytes, bytes] = {}
    note: bytes | None = None
    for kind, begin, end in png_chunks(data):
        body = slice(begin + 8, end - 4)
        if not width:
            if kind != b"IHDR":
                raise _damaged("it does not begin with its header")
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", data[body])
            limits.check_size(width, height)
        elif kind == b"acTL":
            frames = max(1, *struct.unpack(">I", data[body][:4]))
            limits.check_frames(frames)
        elif kind in (b"eXIf", b"iCCP"):
            found.setdefault(kind, data[body])
        elif kind == b"iTXt" and data[begin + 8 : begin + 16] == b"bottega\0":
            note = _plain_text(data[body])
        if kind == b"tRNS" and depth == 16:
            transparency = data[body]
        elif kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept.append(data[begin:end])
    _check_png_rows(kept, _png_row_bytes(width, height, depth, colour, interlace))
    values = 3 if colour == 2 else 1
    return Container(
        media_type="image/png",
        data=b"".join(kept),
        width=width,
        height=height,
        frames=frames,
        deep=depth == 16 and colour != 0,
        key=struct.unpack(f">{values}H", transparency) if len(transparency) == 2 * values else None,
        exif=found.get(b"eXIf"),
        profile=_inflate_profile(found[b"iCCP"]) if b"iCCP" in found else None,
        note=note,
    )


# First column, first row, and distances of the seven passes of an interlaced PNG.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def _png_row_bytes(width: int, height: int, depth: int, colour: int, interlace: int) -> int:
    """Bytes of all rows once inflated, with the filter byte in front of each."""
    total = 0
    for left, top, across, down in _ADAM7 if interlace else ((0, 0, 1, 1),):
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * depth * _PNG_CHANNELS.get(colour, 1) + 7) // 8)
    return total


def _check_png_rows(chunks: list[bytes], expected: int) -> None:
    """Decoders leave rows that were never sent black, without a word; here they are missed."""
    inflate, missing = zlib.decompressobj(), expected
    for chunk in chunks:
        pending = chunk[8:-4] if chunk[4:8] == b"IDAT" else b""
        more = bool(pending)
        while more and missing > 0:
            try:
                rows = inflate.decompress(pending, _INFLATE_STEP)
            except zlib.error as error:
                raise _damaged("its compressed pixels are not consistent") from error
            missing -= len(rows)
            pending = inflate.unconsumed_tail
            more = bool(pending) or len(rows) == _INFLATE_STEP
    if missing > 0:
        raise _cut_off()


def _inflate_profile(body: bytes) -> bytes | None:
    """The profile of an iCCP chunk; None when it is damaged or larger than any real one."""
    _, _, rest = body.partition(b"\0")
    inflate = zlib.decompressobj()
    try:
        profile = inflate.decompress(rest[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if inflate.eof else None


def _plain_text(body: bytes) -> bytes | None:
    """The text of an uncompressed iTXt chunk."""
    _, _, rest = body.partition(b"\0")
    if rest[:1] != b"\0":
        return None
    parts = rest[2:].split(b"\0", 2)
    return parts[2] if len(parts) == 3 else None


# --- JPEG (ITU-T T.81) -----------------------------------------------------------------------------------------

_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""A marker within entropy-coded data, where 0xFF itself is written FF 00 and D0 to D7 only resynchronise."""


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, begin, end) of each segment from SOI to EOI; entropy-coded data belong to their SOS segment.

    What follows the first picture (the second one of an MPO, a gain map) is not visited.
    """
    at = 2
    yield 0xD8, 0, 2
    for _ in range(MAX_BLOCKS):
        if data[at] != 0xFF:
            raise _damaged("a marker is missing")
        begin = at
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker != 0x01 and not 0xD0 <= marker <= 0xD9:
            (length,) = struct.unpack_from(">H", data, at)
            at += max(length, 2)
        if marker == 0xDA:
            following = _MARKER.search(data, at)
            if following is None:
                raise _cut_off()
            at = following.start()
        if at > len(data):
            raise _cut_off()
        yield marker, begin, at
        if marker == 0xD9:
            return
    raise _overgrown()


def _read_jpeg(data: bytes, limits: Limits) -> Container:
    kept: list[bytes] = []
    size: tuple[int, int] | None = None
    scans = 0
    exif: bytes | None = None
    profile: dict[int, bytes] = {}
    for marker, begin, end in jpeg_segments(data):
        body = data[begin:end].lstrip(b"\xff")[3:] if marker in (0xE1, 0xE2) else b""
        if marker in _FRAME_HEADERS:
            if size is not None:
                raise _damaged("it has two frame headers")
            at = data.index(marker, begin) + 4
            height, width = struct.unpack_from(">HH", data, at)
            size = width, height
            limits.check_size(width, height)
        scans += marker == 0xDA
        if scans > MAX_SCANS:
            raise TooLarge(f"The JPEG has more than {MAX_SCANS} scans.", hint="Save it as baseline JPEG.")
        if body.startswith(b"Exif\0\0") and exif is None:
            exif = body
        elif body.startswith(b"ICC_PROFILE\0"):
            profile[body[12]] = body[14:]
        if is_coding(marker, data, begin):
            kept.append(data[begin:end])
    if size is None:
        raise _damaged("it has no frame header")
    if not scans:
        raise _cut_off()
    return Container(
        media_type="image/jpeg",
        data=b"".join(kept),
        width=size[0],
        height=size[1],
        exif=exif,
        profile=b"".join(profile[number] for number in sorted(profile)) or None,
    )


def is_coding(marker: int, data: bytes, begin: int) -> bool:
    """Whether decoders need the segment: coding tables and frames, and the markers that tell how colours are
    stored. What is left are the application's segments and comments."""
    if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker == 0xEE:
        return True
    return marker == 0xE0 and b"JFIF\0" in data[begin : begin + 16]


# --- GIF (GIF89a specification) --------------------------------------------------------------------------------


def _read_gif(data: bytes, limits: Limits) -> Container:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _colour_table(flags)
    header, control, first = data[:at], b"", b""
    frames = blocks = 0
    while data[at] != 0x3B:
        begin, kind = at, data[at]
        blocks += 1
        if kind == 0x2C:
            frames += 1
            limits.check_frames(frames)
            left, top, w, h, flags = struct.unpack_from("<HHHHB", data, at + 1)
            if frames == 1:
                # Decoders enlarge the canvas to a first frame that sticks out of it.
                width, height = max(width, left + w), max(height, top + h)
                limits.check_size(width, height)
            at += 11 + _colour_table(flags)
        elif kind == 0x21:
            at += 2
        else:
            raise _damaged("it contains an unknown block")
        while data[at]:
            at += data[at] + 1
            blocks += 1
        at += 1
        if blocks > MAX_BLOCKS:
            raise _overgrown()
        if kind == 0x2C and not first:
            first = data[begin:at]
        elif kind == 0x21 and data[begin + 1] == 0xF9 and not first:
            control = data[begin:at]
    if not first:
        raise _damaged("it contains no picture")
    return Container("image/gif", b"".join([header, control, first, b";"]), width, height, frames)


def _colour_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


# --- WebP (RFC 9649) -------------------------------------------------------------------------------------------


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each chunk, its padding included. Raises UnreadablePicture where the file is cut off,
    TooLarge for more chunks than any picture has."""
    last = 8 + int.from_bytes(data[4:8], "little")
    if last > len(data):
        raise _cut_off()
    at = 12
    for _ in range(MAX_BLOCKS):
        if at + 8 > last:
            return
        kind, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > last:
            raise _cut_off()
        end = at + 8 + length + length % 2
        yield kind, at, end
        at = end
    raise _overgrown()


def _read_webp(data: bytes, limits: Limits) -> Container:
    end = 8 + int.from_bytes(data[4:8], "little")
    frames, size = 0, (0, 0)
    found: dict[bytes, bytes] = {}
    for kind, at, _ in webp_chunks(data):
        if at == 12:
            size = _webp_size(kind, data)
            limits.check_size(*size)
        elif kind in (b"EXIF", b"ICCP"):
            length = int.from_bytes(data[at + 4 : at + 8], "little")
            found.setdefault(kind, data[at + 8 : at + 8 + length])
        frames += kind == b"ANMF"
        limits.check_frames(frames)
    profile = found.get(b"ICCP")
    if profile is not None and len(profile) > MAX_PROFILE_BYTES:
        profile = None
    return Container(
        "image/webp", data[:end], *size, max(1, frames), exif=found.get(b"EXIF"), profile=profile
    )


def _webp_size(kind: bytes, data: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise _damaged("it does not begin with its header")


# --- BMP (Microsoft, BITMAPINFOHEADER and BITMAPV5HEADER) --------------------------------------------------------


def _read_bmp(data: bytes, limits: Limits) -> Container:
    (header,) = struct.unpack_from("<I", data, 14)
    if header == 12:
        width, height = struct.unpack_from("<HH", data, 18)
        compression = 0
    else:
        width, height, _, _, compression = struct.unpack_from("<iiHHI", data, 18)
    limits.check_size(width, abs(height))
    if compression in (1, 2) and len(data) > MAX_RUN_LENGTH_BYTES:
        raise UnsupportedMedia("Run-length encoded BMP files are read up to 4 MiB.", hint="Save it as PNG.")
    return Container("image/bmp", data, width, abs(height))


# --- TIFF (TIFF 6.0, Adobe technical notes) ----------------------------------------------------------------------

_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 7, 8, 32773, 32946})
_COLOUR_FILTER_ARRAY = 32803


def _read_tiff(data: bytes, limits: Limits) -> Container:
    tags = TagFile.parse(data)
    frames = tags.count_directories(limits.max_frames + 1)
    limits.check_frames(frames)
    first = tags.directory(tags.first)
    width, height = first.integer(256, 0), first.integer(257, 0)
    limits.check_size(width, height)
    _check_tiff_layout(first, limits, len(data))
    samples = first.integer(277, 1)
    profile = first.entries.get(34675)
    return Container(
        media_type="image/tiff",
        data=data,
        width=width,
        height=height,
        frames=frames,
        deep=first.integer(262, 1) == 2 and samples >= 3 and max(first.integers(258), default=1) > 8,
        profile=profile.data if profile and len(profile.data) <= MAX_PROFILE_BYTES else None,
        directory=first,
    )


def _check_tiff_layout(directory: Directory, limits: Limits, size: int) -> None:
    """What would let a decoder take memory for tiles, strips or samples that no picture of this size has."""
    if directory.integer(259, 1) not in _COMPRESSIONS:
        raise UnsupportedMedia(
            f"This TIFF uses compression {directory.integer(259, 1)}, which is not read here.",
            hint="Save it with LZW, Deflate or no compression.",
        )
    if directory.integer(262, 1) == _COLOUR_FILTER_ARRAY:
        raise UnsupportedMedia("This is a camera's raw file.", hint="Develop it to TIFF, PNG or JPEG.")
    if directory.integer(277, 1) > 8 or len(directory.integers(258)) > 8:
        raise UnsupportedMedia("The TIFF has more than eight channels.", hint="Save it as RGB or grey.")
    tile = directory.integer(322, 1), directory.integer(323, 1)
    if 322 in directory.entries or 323 in directory.entries:
        # A tile may stick out of a small picture, but not be larger than the largest one.
        limits.check_size(*tile)
    for offsets_tag, lengths_tag in ((273, 279), (324, 325)):
        offsets, lengths = directory.integers(offsets_tag), directory.integers(lengths_tag)
        if len(offsets) > 8 * limits.max_side:
            raise TooLarge("The TIFF is cut into too many pieces.", hint="Save it with larger strips.")
        if any(begin + length > size for begin, length in zip(offsets, lengths, strict=False)):
            raise _cut_off()


# --- AVIF (ISO/IEC 23008-12) -------------------------------------------------------------------------------------


def _read_avif(data: bytes, limits: Limits) -> Container:
    """The largest of the sizes that the header names (`ispe` boxes); frames are counted by the decoder.

    EXIF is hidden from the decoder: of an AVIF only `irot` and `imir` say how it is to be turned.
    """
    begin, end = _avif_header(data)
    header = data[begin:end]
    sizes: list[tuple[int, int]] = []
    at = header.find(b"ispe")
    while at >= 0:
        width, height = struct.unpack_from(">II", header, at + 8)
        limits.check_size(width, height)
        sizes.append((width, height))
        at = header.find(b"ispe", at + 16)
    if not sizes:
        raise _damaged("it names no size")
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    pixels = b"".join([data[:begin], header.replace(b"Exif", b"none"), data[end:]])
    return Container("image/avif", pixels, width, height)


def _avif_header(data: bytes) -> tuple[int, int]:
    """Where the `meta` box lies; all boxes have to be whole (ISO/IEC 14496-12)."""
    at, found = 0, (0, 0)
    for _ in range(MAX_BLOCKS):
        if at >= len(data):
            break
        size, kind = struct.unpack_from(">I4s", data, at)
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
        end = at + size if size else len(data)
        if end > len(data) or end < at + 8:
            raise _cut_off()
        if kind == b"meta":
            found = at, end
        at = end
    return found


_READERS: dict[str, Callable[[bytes, Limits], Container]] = {
    "image/png": _read_png,
    "image/jpeg": _read_jpeg,
    "image/gif": _read_gif,
    "image/webp": _read_webp,
    "image/bmp": _read_bmp,
    "image/tiff": _read_tiff,
    "image/avif": _read_avif,
}
ACCEPTED = frozenset(_READERS)


def _cut_off() -> UnreadablePicture:
    return UnreadablePicture(
        "The file is cut off: it ends before the picture does.", hint="Send or download it again."
    )


def _damaged(why: str) -> UnreadablePicture:
    return UnreadablePicture(f"The file is damaged: {why}.", hint="Export the picture again.")


def _overgrown() -> TooLarge:
    return TooLarge("The file consists of too many small parts.", hint="Export the picture again.")
