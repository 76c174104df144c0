"""PNG and TIFF files written row by row, for pictures that are larger than memory. Whole pictures are `imaging.encode`'s."""

import struct
import zlib
from itertools import accumulate
from typing import BinaryIO, Protocol

import numpy as np

from bottega.errors import TooLarge
from bottega.imaging import tiff_tags as tags
from bottega.imaging.containers import PNG_SIGNATURE
from bottega.imaging.picture import U8

WRITTEN = ("image/png", "image/tiff")
LEVEL = 4
"""Of zlib for PNG, as `imaging.encode` takes it."""
PART = 2**20
"""Bytes, about, of a strip of TIFF and of a chunk of PNG."""
MOST_TIFF = 2**32 - 2**20


class RowFile(Protocol):
    """Takes the rows of a picture from top to bottom."""

    def write(self, rows: U8) -> None:
        """rows x width x 3 (RGB) or 4 (RGB and straight alpha). Raises OSError, TooLarge."""
        ...

    def finish(self) -> None:
        """After the last row. Raises OSError."""
        ...


def row_file(
    file: BinaryIO, media_type: str, shape: tuple[int, int, int], exif: bytes | None = None
) -> RowFile:
    """A writer of 8-bit sRGB to `file`, which is empty and can be sought; `media_type` is one of `WRITTEN`, `shape` is
    (height, width, channels). `exif`: a TIFF block, for PNG."""
    if media_type == "image/png":
        return _Png(file, shape, exif)
    return _Tiff(file, shape)


class _Png:
    """PNG third edition (W3C 2025), 8 bits, not interlaced."""

    def __init__(self, file: BinaryIO, shape: tuple[int, int, int], exif: bytes | None) -> None:
        height, width, channels = shape
        self._file, self._channels = file, channels
        self._above = np.zeros((1, width * channels), dtype=np.uint8)
        self._deflate = zlib.compressobj(LEVEL)
        self._packed = bytearray()
        file.write(PNG_SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6 if channels == 4 else 2, 0, 0, 0))
        if exif is not None:
            self._chunk(b"eXIf", exif)

    def write(self, rows: U8) -> None:
        lines = np.ascontiguousarray(rows).reshape(len(rows), -1)
        step = max(1, PART // lines.shape[1])
        for top in range(0, len(lines), step):
            some = lines[top : top + step]
            self._packed += self._deflate.compress(_filtered(some, self._above, self._channels))
            self._above = some[-1:].copy()
            if len(self._packed) >= PART:
                self._flush()

    def finish(self) -> None:
        self._packed += self._deflate.flush()
        self._flush()
        self._chunk(b"IEND", b"")

    def _flush(self) -> None:
        self._chunk(b"IDAT", bytes(self._packed))
        self._packed.clear()

    def _chunk(self, kind: bytes, body: bytes) -> None:
        crc = zlib.crc32(body, zlib.crc32(kind))
        self._file.write(struct.pack(">I", len(body)) + kind)
        self._file.write(body)
        self._file.write(struct.pack(">I", crc))


def _filtered(lines: U8, above: U8, channels: int) -> bytes:
    """Each line after the number of its filter: of Sub, Up and Paeth the one with the least sum of absolute differences
    (PNG third edition, 12.7)."""
    upper = np.concatenate([above, lines[:-1]])
    left, corner = np.zeros_like(lines), np.zeros_like(lines)
    left[:, channels:], corner[:, channels:] = lines[:, :-channels], upper[:, :-channels]
    candidates = {1: lines - left, 2: lines - upper, 4: lines - _paeth(left, upper, corner)}
    costs = [
        np.abs(each.view(np.int8)).view(np.uint8).sum(axis=1, dtype=np.int64) for each in candidates.values()
    ]
    best = np.argmin(costs, axis=0)
    made = np.empty((len(lines), lines.shape[1] + 1), dtype=np.uint8)
    for index, (number, each) in enumerate(candidates.items()):
        made[best == index, 0] = number
        made[best == index, 1:] = each[best == index]
    return made.tobytes()


def _paeth(left: U8, upper: U8, corner: U8) -> U8:
    """Of the three neighbours the one nearest to left + upper - corner (PNG third edition, 9.4)."""
    a, b, c = (each.astype(np.int16) for each in (left, upper, corner))
    from_left, from_upper = np.abs(b - c), np.abs(a - c)
    from_corner = np.abs(a + b - 2 * c)
    nearest = np.where(from_upper <= from_corner, upper, corner)
    return np.where((from_left <= from_upper) & (from_left <= from_corner), left, nearest)


class _Tiff:
    """Baseline RGB (TIFF 6.0) with Deflate and horizontal differencing, as `imaging.encode` writes it; the directory comes
    first, and is written again when it is known where the strips are."""

    def __init__(self, file: BinaryIO, shape: tuple[int, int, int]) -> None:
        self._file = file
        self._height, self._width, self._channels = shape
        self._rows = max(1, PART // (self._width * self._channels))
        self._waiting = np.empty((0, self._width, self._channels), dtype=np.uint8)
        self._lengths: list[int] = []
        count = -(-self._height // self._rows)
        self._begin = len(self._head([0] * count, [0] * count))
        self._end = self._begin
        file.write(bytes(self._begin))

    def write(self, rows: U8) -> None:
        waiting = np.concatenate([self._waiting, rows])
        while len(waiting) >= self._rows:
            self._strip(waiting[: self._rows])
            waiting = waiting[self._rows :]
        self._waiting = waiting

    def finish(self) -> None:
        if len(self._waiting):
            self._strip(self._waiting)
        offsets = list(accumulate(self._lengths[:-1], initial=self._begin))
        self._file.seek(0)
        self._file.write(self._head(offsets, self._lengths))

    def _strip(self, rows: U8) -> None:
        differences = rows.copy()
        differences[:, 1:] -= rows[:, :-1]
        packed = zlib.compress(differences.tobytes(), 6)
        self._end += len(packed)
        if self._end > MOST_TIFF:
            raise TooLarge(
                "A TIFF holds at most 4 GiB.", hint="Write it as PNG, or make the picture smaller."
            )
        self._lengths.append(len(packed))
        self._file.write(packed)

    def _head(self, offsets: list[int], lengths: list[int]) -> bytes:
        entries = [
            tags.long(256, self._width),
            tags.long(257, self._height),
            tags.short(258, *[8] * self._channels),
            tags.short(259, 8),
            tags.short(262, 2),
            tags.long(273, *offsets),
            tags.short(277, self._channels),
            tags.long(278, self._rows),
            tags.long(279, *lengths),
            tags.short(284, 1),
            tags.short(317, 2),
        ]
        if self._channels == 4:
            entries.append(tags.short(338, 2))  # unassociated alpha
        return tags.write_tags(entries)
