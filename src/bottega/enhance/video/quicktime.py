"""Which tracks of an MP4 or QuickTime file are on by default, set in the finished file.

The muxer turns on the first track of every kind; a clip whose subtitles were off would come up with subtitles.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_BOXES_AROUND = {b"moov", b"trak"}


def set_enabled(path: Path, enabled: list[bool]) -> None:
    """Of the tracks in the file's order; further tracks (the list of chapters) stay as they are.

    The track header's first flag is `track_enabled` (ISO/IEC 14496-12, 8.3.2).
    """
    with path.open("rb+") as file:
        end = path.stat().st_size
        headers = [begin for kind, begin in _boxes(file, 0, end) if kind == b"tkhd"]
        for begin, on in zip(headers, enabled, strict=False):
            file.seek(begin + 3)
            flags = file.read(1)[0]
            file.seek(begin + 3)
            file.write(bytes([flags | 1 if on else flags & ~1]))


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int]]:
    """(kind, where its content begins) of all boxes, with those inside `moov` and `trak`."""
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, kind, begin = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, begin = int.from_bytes(head[8:16], "big"), at + 16
        last = end if size == 0 else at + size
        yield kind, begin
        if kind in _BOXES_AROUND:
            yield from _boxes(file, begin, last)
        if last <= at:
            return
        at = last
