"""The display size in a Matroska or WebM file, which is how it keeps pixels that are not square.

The muxer takes it from a field that PyAV does not reach, so it is written into the finished header: the empty space
that the muxer leaves behind its table of contents gives the bytes, and nothing after the track list moves. Elements by
RFC 8794 (EBML) and RFC 9559 (Matroska).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bottega.errors import OutputError

_EBML, _SEGMENT, _SEEK_HEAD, _VOID, _TRACKS = 0x1A45DFA3, 0x18538067, 0x114D9B74, 0xEC, 0x1654AE6B
_SEEK, _SEEK_POSITION = 0x4DBB, 0x53AC
_TRACK, _TRACK_TYPE, _VIDEO = 0xAE, 0x83, 0xE0
_DISPLAY_WIDTH, _DISPLAY_HEIGHT, _DISPLAY_UNIT = 0x54B0, 0x54BA, 0x54B2
_HEAD = 1 << 20
"""The header of a clip lies in its first megabyte unless large attachments come before the tracks; ours come after."""


class Element(NamedTuple):
    """`start`: of its id; `body` and `end`: of its content."""

    id: int
    start: int
    body: int
    end: int


def set_display_size(path: Path, width: int, height: int) -> None:
    """Sets it for the first picture track. Raises OutputError when the header leaves no room."""
    with path.open("rb+") as file:
        head = bytearray(file.read(_HEAD))
        changed = with_display_size(bytes(head), width, height)
        file.seek(0)
        file.write(changed)


def declared_size(head: bytes) -> int | None:
    """Bytes that the whole file should have by its first ones; None when it is another kind of file or does not say."""
    if not head.startswith(_EBML.to_bytes(4, "big")):
        return None
    for element in elements(head, 0, len(head)):
        if element.id == _SEGMENT:
            return element.end if element.end != len(head) else None
    return None


def with_display_size(head: bytes, width: int, height: int) -> bytes:
    """The beginning of a file, of the same length, with the display size in it."""
    segment = next((e for e in elements(head, 0, len(head)) if e.id == _SEGMENT), None)
    found: dict[int, Element] = {}
    if segment is not None:
        for element in elements(head, segment.body, len(head)):
            found.setdefault(element.id, element)
            if element.id == _TRACKS:
                break
    if segment is None or not {_SEEK_HEAD, _VOID, _TRACKS} <= found.keys():
        raise OutputError("The Matroska header is not as expected.", hint="Use an .mp4 target.")
    void, tracks, seek = found[_VOID], found[_TRACKS], found[_SEEK_HEAD]
    new_tracks = _rebuilt_tracks(head[tracks.start : tracks.end], width, height)
    growth = len(new_tracks) - (tracks.end - tracks.start)
    room = void.end - void.start - growth
    if not seek.end <= void.start < tracks.start or room < 2:
        raise OutputError(
            "The Matroska header has no room for the shape of the pixels.", hint="Use an .mp4 target."
        )
    moved = head[void.end : tracks.start]
    table = _shifted_positions(head, seek, segment.body, void.end, tracks.start, growth)
    return (
        head[: seek.start]
        + table
        + head[seek.end : void.start]
        + _void(room)
        + moved
        + new_tracks
        + head[tracks.end :]
    )


def elements(data: bytes, begin: int, end: int) -> Iterator[Element]:
    """Elements on one level. One whose size is unknown or which goes beyond `end` is the last."""
    at = begin
    while at < end:
        identity, body = _number(data, at, keep_marker=True)
        size, content = _number(data, body, keep_marker=False)
        last = content + size
        unknown = size == (1 << 7 * (content - body)) - 1
        yield Element(identity, at, content, end if unknown else last)
        at = end if unknown or identity == _SEGMENT else last


def _number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-length integer (RFC 8794, 4) and where it ends."""
    first = data[at] if at < len(data) else 0
    if not first:
        raise OutputError("The Matroska header is not as expected.", hint="Use an .mp4 target.")
    length = 9 - first.bit_length()
    value = int.from_bytes(data[at : at + length], "big")
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), at + length


def _element(identity: int, body: bytes) -> bytes:
    length = next(n for n in range(1, 9) if len(body) < (1 << 7 * n) - 1)
    size = (len(body) | 1 << 7 * length).to_bytes(length, "big")
    return identity.to_bytes((identity.bit_length() + 7) // 8, "big") + size + body


def _void(total: int) -> bytes:
    """An empty element of `total` bytes, header included."""
    if total < 10:
        return b"\xec" + bytes([0x80 | (total - 2)]) + bytes(total - 2)
    return b"\xec\x01" + (total - 9).to_bytes(7, "big") + bytes(total - 9)


def _rebuilt_tracks(data: bytes, width: int, height: int) -> bytes:
    tracks = next(elements(data, 0, len(data)))
    body, done = b"", False
    for track in elements(data, tracks.body, tracks.end):
        raw = data[track.start : track.end]
        parts = list(elements(data, track.body, track.end)) if track.id == _TRACK else []
        kind = next((data[p.body : p.end] for p in parts if p.id == _TRACK_TYPE), b"")
        if not done and kind == b"\x01":
            done = True
            raw = _element(_TRACK, b"".join(_rebuilt_video(data, part, width, height) for part in parts))
        body += raw
    return _element(_TRACKS, body)


def _rebuilt_video(data: bytes, part: Element, width: int, height: int) -> bytes:
    if part.id != _VIDEO:
        return data[part.start : part.end]
    ours = (_DISPLAY_WIDTH, _DISPLAY_HEIGHT, _DISPLAY_UNIT)
    kept = b"".join(data[p.start : p.end] for p in elements(data, part.body, part.end) if p.id not in ours)
    return _element(
        _VIDEO,
        kept + _element(_DISPLAY_WIDTH, _unsigned(width)) + _element(_DISPLAY_HEIGHT, _unsigned(height)),
    )


def _unsigned(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def _shifted_positions(data: bytes, seek: Element, origin: int, low: int, high: int, growth: int) -> bytes:
    """The table of contents with `growth` less for what lies from `low` to `high`."""
    table = bytearray(data[seek.start : seek.end])
    for entry in elements(data, seek.body, seek.end):
        if entry.id != _SEEK:
            continue
        for part in elements(data, entry.body, entry.end):
            if part.id == _SEEK_POSITION:
                position = int.from_bytes(data[part.body : part.end], "big")
                if low <= position + origin <= high:
                    size = part.end - part.body
                    at = part.body - seek.start
                    table[at : at + size] = (position - growth).to_bytes(size, "big")
    return bytes(table)
