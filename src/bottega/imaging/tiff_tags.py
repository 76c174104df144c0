"""Directories of tags as TIFF 6.0, BigTIFF and EXIF use them: read with bounds, write. Pixels are left to others."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bottega.errors import UnreadablePicture

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}

MAX_ENTRIES = 1_000
"""Of one directory; cameras write about a hundred."""

ORIENTATION = 0x0112
EXIF_IFD = 0x8769
GPS_IFD = 0x8825
MAKER_NOTE = 0x927C


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag. `data` are the raw bytes of its `count` values of `type`, in the file's byte order."""

    tag: int
    type: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """`order` is `<` or `>` as in `struct`; `following` the offset of the next directory, 0 for none."""

    order: str
    entries: dict[int, Entry]
    following: int

    def integers(self, tag: int) -> tuple[int, ...]:
        """The values of an integer tag; empty when it is not there or of another type."""
        entry = self.entries.get(tag)
        if entry is None or entry.type not in _INTEGERS:
            return ()
        return struct.unpack(f"{self.order}{entry.count}{_INTEGERS[entry.type]}", entry.data)

    def integer(self, tag: int, default: int) -> int:
        """The first value of an integer tag."""
        return next(iter(self.integers(tag)), default)


@dataclass(frozen=True, slots=True)
class TagFile:
    """A block with a TIFF header: a TIFF file or the content of an EXIF segment."""

    data: bytes
    order: str
    big: bool
    first: int

    @classmethod
    def parse(cls, data: bytes) -> "TagFile":
        """Raises UnreadablePicture when this is no TIFF header."""
        order = {b"II": "<", b"MM": ">"}.get(data[:2])
        if order is None:
            raise _damaged("it has no TIFF header")
        try:
            magic, first = struct.unpack_from(f"{order}HI", data, 2)
            if magic == 43:
                (first,) = struct.unpack_from(f"{order}Q", data, 8)
        except struct.error as error:
            raise _damaged("it ends within its header") from error
        if magic not in (42, 43):
            raise _damaged("it has no TIFF header")
        return cls(data, order, magic == 43, first)

    def directory(self, offset: int) -> Directory:
        """The directory at `offset`.

        Its values together may not be larger than the file: tags that share their bytes would otherwise turn a
        small file into gigabytes. Raises UnreadablePicture.
        """
        head, item, slot = ("Q", "HHQ", 8) if self.big else ("H", "HHI", 4)
        try:
            (count,) = struct.unpack_from(self.order + head, self.data, offset)
            if count > MAX_ENTRIES:
                raise _damaged(f"one of its directories has {count} entries")
            entries: dict[int, Entry] = {}
            position = offset + struct.calcsize("=" + head)
            total = 0
            for _ in range(count):
                tag, kind, number = struct.unpack_from(self.order + item, self.data, position)
                value_at = position + 4 + slot
                position = value_at + slot
                if kind not in _SIZES:
                    continue
                size = number * _SIZES[kind]
                total += size
                if total > len(self.data) or tag in entries:
                    raise _damaged("one of its directories is not consistent")
                if size > slot:
                    (value_at,) = struct.unpack_from(
                        self.order + ("Q" if self.big else "I"), self.data, value_at
                    )
                value = self.data[value_at : value_at + size]
                if len(value) < size:
                    raise _damaged("a value lies beyond its end")
                entries[tag] = Entry(tag, kind, number, value)
            (following,) = struct.unpack_from(self.order + ("Q" if self.big else "I"), self.data, position)
        except (struct.error, OverflowError) as error:
            raise _damaged("one of its directories lies beyond its end") from error
        return Directory(self.order, entries, following)

    def count_directories(self, most: int) -> int:
        """How many directories the chain has, counting no further than `most`; one that bites its tail ends there."""
        head, entry, slot = ("Q", 20, "Q") if self.big else ("H", 12, "I")
        seen: set[int] = set()
        offset = self.first
        while offset and offset not in seen and len(seen) < most:
            seen.add(offset)
            try:
                (count,) = struct.unpack_from(self.order + head, self.data, offset)
                after = offset + struct.calcsize("=" + head) + count * entry
                (offset,) = struct.unpack_from(self.order + slot, self.data, after)
            except (struct.error, OverflowError) as error:
                raise _damaged("one of its directories lies beyond its end") from error
        return len(seen)


def write_tags(
    entries: Sequence[Entry],
    nested: Mapping[int, Sequence[Entry]] | None = None,
    *,
    order: str = "<",
    payload: bytes = b"",
) -> bytes:
    """A TIFF block: header, `payload` at offset 8, one directory, and a nested one for each pointer tag in `nested`."""
    nested = {tag: items for tag, items in (nested or {}).items() if items}
    start = 8 + len(payload) + len(payload) % 2
    pointers = [Entry(tag, LONG, 1, bytes(4)) for tag in nested]
    at = start + _length([*entries, *pointers])
    blocks: list[bytes] = []
    offsets: dict[int, int] = {}
    for tag, items in nested.items():
        offsets[tag] = at
        blocks.append(_write_directory(items, at, order))
        at += len(blocks[-1])
    pointers = [Entry(tag, LONG, 1, struct.pack(order + "I", offset)) for tag, offset in offsets.items()]
    main = _write_directory([*entries, *pointers], start, order)
    mark = b"II" if order == "<" else b"MM"
    head = mark + struct.pack(order + "HI", 42, start)
    return b"".join([head, payload, bytes(len(payload) % 2), main, *blocks])


def without_orientation(block: bytes) -> tuple[int, bytes | None]:
    """Orientation (1 to 8) of an EXIF block, and the block without it, its thumbnail and its maker note.

    What is left of a damaged block is (1, None): metadata never decide whether a picture can be read.
    """
    if block.startswith(b"Exif\0\0"):
        block = block[6:]
    try:
        tags = TagFile.parse(block)
        main = tags.directory(tags.first)
    except UnreadablePicture:
        return 1, None
    orientation = main.integer(ORIENTATION, 1)
    nested: dict[int, list[Entry]] = {}
    for pointer in (EXIF_IFD, GPS_IFD):
        offset = main.integer(pointer, 0)
        if offset:
            try:
                items = tags.directory(offset).entries.values()
            except UnreadablePicture:
                continue
            # Maker notes hold offsets of their own, which would be wrong after the move.
            nested[pointer] = [item for item in items if item.tag not in (MAKER_NOTE, 0xA005)]
    dropped = {ORIENTATION, EXIF_IFD, GPS_IFD, 0x014A}
    kept = [item for item in main.entries.values() if item.tag not in dropped]
    rest = None if tags.big or not (kept or nested) else write_tags(kept, nested, order=tags.order)
    return (orientation if 1 <= orientation <= 8 else 1), rest


def text(tag: int, value: str) -> Entry:
    """UTF-8 in an ASCII tag, as EXIF 3.0 readers and all others in use take it; without NUL."""
    data = value.replace("\0", "").encode("utf-8", "replace") + b"\0"
    return Entry(tag, ASCII, len(data), data)


def short(tag: int, *values: int) -> Entry:
    return Entry(tag, SHORT, len(values), struct.pack(f"<{len(values)}H", *values))


def long(tag: int, *values: int) -> Entry:
    return Entry(tag, LONG, len(values), struct.pack(f"<{len(values)}I", *values))


def rational(tag: int, value: float) -> Entry:
    """A positive number with four decimals."""
    return Entry(tag, RATIONAL, 1, struct.pack("<II", round(value * 10_000), 10_000))


def raw(tag: int, data: bytes, kind: int = UNDEFINED) -> Entry:
    return Entry(tag, kind, len(data), data)


def _length(entries: Sequence[Entry]) -> int:
    return 6 + sum(12 + (len(e.data) + len(e.data) % 2 if len(e.data) > 4 else 0) for e in entries)


def _write_directory(entries: Sequence[Entry], offset: int, order: str) -> bytes:
    table = [struct.pack(order + "H", len(entries))]
    values: list[bytes] = []
    at = offset + 6 + 12 * len(entries)
    for entry in sorted(entries, key=lambda item: item.tag):
        table.append(struct.pack(order + "HHI", entry.tag, entry.type, entry.count))
        if len(entry.data) <= 4:
            table.append(entry.data.ljust(4, b"\0"))
            continue
        table.append(struct.pack(order + "I", at))
        values.append(entry.data + bytes(len(entry.data) % 2))
        at += len(values[-1])
    return b"".join([*table, bytes(4), *values])


def _damaged(why: str) -> UnreadablePicture:
    return UnreadablePicture(f"The file is damaged: {why}.", hint="Export the picture again.")
