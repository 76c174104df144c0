"""What a job has finished, on disk: encoded segments, the pictures of the segment in work, and the manifest of both.

A segment counts when the manifest names it and its bytes have the digest that the manifest gives.
"""

import errno
import hashlib
import json
import os
import struct
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bottega.errors import Conflict, ResourceError

_MANIFEST = "manifest.json"
_RECORD = struct.Struct("<i?I")
_SPILL = struct.Struct("<4sIII")
_MAGIC = b"pic1"


class EncodedPacket(NamedTuple):
    """`shown`: the picture's place in its segment, by presentation; `key`: can be decoded alone."""

    shown: int
    key: bool
    data: bytes


@dataclass(frozen=True)
class Segment:
    """`pts`: presentation times of its pictures in ticks of the output; `delay`: how many pictures the encoder held."""

    file: str
    digest: str
    size: int
    pts: tuple[int, ...]
    delay: int
    held: int


@dataclass
class Manifest:
    """`key` says what the segments were made from and with; `encoder` is chosen when the first picture is there."""

    key: dict[str, Any]
    encoder: dict[str, Any] = field(default_factory=dict[str, Any])
    segments: list[Segment] = field(default_factory=list[Segment])


@contextmanager
def disk_errors() -> Generator[None]:
    """A full disk, a quota or a file size limit as ResourceError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise ResourceError(
                "The disk is full.",
                hint="Free some space and resume: what is finished is kept.",
                cause=str(error),
            ) from error
        raise


class Checkpoint:
    """One folder for one job. Not safe for two processes at a time."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.peak_bytes = 0
        self._spill_bytes = 0

    @classmethod
    def open(cls, folder: Path, key: dict[str, Any], *, resume: bool) -> "Checkpoint":
        """Begins afresh, or takes up what fits `key`. Raises Conflict when the folder belongs to other work."""
        with disk_errors():
            folder.mkdir(parents=True, exist_ok=True)
        path = folder / _MANIFEST
        if not (resume and path.exists()):
            found = cls(folder, Manifest(key))
            found.clear()
            found._save()
            return found
        try:
            stored = json.loads(path.read_text("utf-8"))
            segments = [_segment(s) for s in stored["segments"]]
            manifest = Manifest(stored["key"], stored["encoder"], segments)
        except (ValueError, KeyError, TypeError) as error:
            raise Conflict(
                "The notes on what was finished cannot be read.", hint="Begin again without resuming."
            ) from error
        differing = sorted(
            name for name in key.keys() | manifest.key.keys() if key.get(name) != manifest.key.get(name)
        )
        if differing:
            raise Conflict(
                f"What was begun here was made with another {' and another '.join(differing)}.",
                hint="Go back to what it was, or begin again without resuming.",
                differing=differing,
            )
        found = cls(folder, manifest)
        found._keep_sound_segments()
        return found

    def _keep_sound_segments(self) -> None:
        """Segments up to the first whose file is missing or altered; the rest is made again."""
        for number, segment in enumerate(self.manifest.segments):
            path = self.folder / segment.file
            if not path.exists() or _digest(path) != segment.digest:
                del self.manifest.segments[number:]
                break

    def set_encoder(self, chosen: dict[str, Any]) -> None:
        self.manifest.encoder = chosen
        self._save()

    def add(self, packets: list[EncodedPacket], pts: tuple[int, ...], held: int) -> None:
        """Writes the next segment, then the manifest that names it."""
        number = len(self.manifest.segments)
        name = f"{number:06d}.segment"
        delay = max((place - packet.shown for place, packet in enumerate(packets)), default=0)
        body = b"".join(_RECORD.pack(p.shown, p.key, len(p.data)) + p.data for p in packets)
        _write(self.folder / name, body)
        digest = hashlib.sha256(body).hexdigest()
        self.manifest.segments.append(Segment(name, digest, len(body), pts, delay, held))
        self._note_use()
        self._save()
        with disk_errors():
            self._spill(number).unlink(missing_ok=True)
        self._spill_bytes = 0

    def packets(self, segment: Segment) -> Iterator[EncodedPacket]:
        """In decoding order."""
        body = (self.folder / segment.file).read_bytes()
        at = 0
        while at < len(body):
            shown, key, size = _RECORD.unpack_from(body, at)
            at += _RECORD.size
            yield EncodedPacket(shown, key, body[at : at + size])
            at += size

    # --- pictures of the segment in work ------------------------------------------------------------------------------

    def _spill(self, number: int) -> Path:
        return self.folder / f"{number:06d}.pictures"

    def keep_pictures(self, source_index: int, made: list[tuple[int, bytes]]) -> None:
        """What the work made of one source picture: (ticks, bytes of the picture in the encoder's format)."""
        record = b"".join(struct.pack("<qI", pts, len(data)) + data for pts, data in made)
        packed = zlib.compress(record, 1)
        with disk_errors(), self._spill(len(self.manifest.segments)).open("ab") as file:
            file.write(_SPILL.pack(_MAGIC, source_index, len(packed), zlib.crc32(packed)) + packed)
        self._spill_bytes += _SPILL.size + len(packed)
        self._note_use()

    def kept_pictures(self) -> dict[int, int]:
        """Source picture to the place of its record in the file; a record that a kill cut off ends the list, and is cut."""
        path = self._spill(len(self.manifest.segments))
        places: dict[int, int] = {}
        if not path.exists():
            return places
        size, at = path.stat().st_size, 0
        with path.open("r+b") as file:
            while at + _SPILL.size <= size:
                magic, index, length, checksum = _SPILL.unpack(file.read(_SPILL.size))
                if magic != _MAGIC or zlib.crc32(file.read(length)) != checksum:
                    break
                places[index] = at
                at += _SPILL.size + length
            file.truncate(at)
        self._spill_bytes = at
        return places

    def kept(self, place: int) -> list[tuple[int, bytes]]:
        with self._spill(len(self.manifest.segments)).open("rb") as file:
            file.seek(place)
            _, _, length, _ = _SPILL.unpack(file.read(_SPILL.size))
            record = zlib.decompress(file.read(length))
        made: list[tuple[int, bytes]] = []
        at = 0
        while at < len(record):
            pts, size = struct.unpack_from("<qI", record, at)
            at += 12
            made.append((pts, record[at : at + size]))
            at += size
        return made

    # --- the folder ---------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Removes what this class writes, and the folder when nothing else is in it."""
        for path in self.folder.iterdir():
            if path.suffix in (".segment", ".pictures") or path.name == _MANIFEST or path.suffix == ".new":
                path.unlink(missing_ok=True)

    def _note_use(self) -> None:
        use = sum(segment.size for segment in self.manifest.segments) + self._spill_bytes
        self.peak_bytes = max(self.peak_bytes, use)

    def _save(self) -> None:
        _write(self.folder / _MANIFEST, json.dumps(asdict(self.manifest)).encode())


def _segment(stored: dict[str, Any]) -> Segment:
    return Segment(**{**stored, "pts": tuple(stored["pts"])})  # pyright: ignore[reportArgumentType]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, also when the machine stops in the middle."""
    new = path.with_name(path.name + ".new")
    with disk_errors():
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
