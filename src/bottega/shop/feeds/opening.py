"""Opens a feed file: unpacks gzip and zip as it is read, within a limit, and finds out encoding and format."""

import codecs
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Literal, cast

from bottega.errors import NotFound, TooLarge
from bottega.shop.feeds.errors import UnreadableFeed

Shape = Literal["google", "yml", "table", "jsonl"]
"""How the bytes are laid out. A table has a header line (CSV, TSV)."""

MAX_BYTES = 32 * 2**30
"""Unpacked."""
_HEAD = 1 << 16
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON = 0.02
"""The share of letters among high bytes from which a text in Windows-1251 is taken for Russian."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first unpacked bytes of a feed and what they say. `encoding` matters for text; XML says its own."""

    data: bytes
    encoding: str
    text: str
    shape: Shape


@contextmanager
def opened(path: Path, max_bytes: int = MAX_BYTES) -> Generator[BinaryIO]:
    """The unpacked bytes. Of a zip archive the largest file.

    Raises NotFound, UnreadableFeed for a damaged archive, TooLarge when more than `max_bytes` come out of it.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if magic[:2] == b"\x1f\x8b":
                with gzip.open(file, "rb") as unpacked:
                    yield _limited(cast("BinaryIO", unpacked), max_bytes)
            elif magic == b"PK\x03\x04":
                with zipfile.ZipFile(file) as archive, archive.open(_largest(archive)) as unpacked:
                    yield _limited(cast("BinaryIO", unpacked), max_bytes)
            else:
                yield _limited(file, max_bytes)
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(f"There is no feed file {path.name!r}.", hint="Check the path.") from None
    except _DAMAGED as error:
        raise UnreadableFeed(
            f"The feed {path.name!r} is damaged: {error}.", hint="Download it again."
        ) from error


def _largest(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir()]
    if not files:
        raise zipfile.BadZipFile("the archive is empty")
    best = max(files, key=lambda info: info.file_size)
    if best.flag_bits & 1:
        raise zipfile.BadZipFile("the archive is encrypted")
    return best


class _Limit(io.RawIOBase):
    """Reads through to `source` until too much has come."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        self._source = source
        self._left = most
        self._most = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._source.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge(
                f"The feed has more than {self._most} bytes.", hint="Split it.", max_bytes=self._most
            )
        buffer[: len(data)] = data
        return len(data)


def _limited(source: BinaryIO, most: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Limit(source, most), 1 << 17))


def digest_of_file(path: Path, *reading: str) -> str:
    """Of the packed bytes, and of how they are read."""
    state = hashlib.blake2b("\0".join(reading).encode(), digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            state.update(chunk)
    return state.hexdigest()


def look_at(path: Path, encoding: str = "") -> Head:
    """Raises as `opened` does, and UnreadableFeed for what is no feed."""
    with opened(path) as stream:
        data = stream.read(_HEAD)
    if not data.strip():
        raise UnreadableFeed("The feed is empty.", hint="Check where it comes from.")
    encoding = encoding or encoding_of(data)
    try:
        text = data.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    except LookupError:
        raise UnreadableFeed(f"There is no encoding {encoding!r}.", hint="Such as utf-8 or cp1251.") from None
    return Head(data, encoding, text, _shape(text))


def encoding_of(data: bytes) -> str:
    """From the byte order mark; else UTF-8 where it fits, UTF-16 by its zero bytes, Windows-1251 where the high bytes are
    Russian letters, Windows-1252."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    if data[1::2][:200].count(0) > 60:
        return "utf-16-le"
    if data[::2][:200].count(0) > 60:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=len(data) < _HEAD)
    except UnicodeDecodeError:
        return "cp1251" if _looks_russian(data) else "cp1252"
    return "utf-8"


def _looks_russian(data: bytes) -> bool:
    """Russian comes as runs of high bytes, accented Latin letters stand alone between ASCII ones."""
    high = [byte >= 0xC0 for byte in data]
    beside = sum(1 for one, other in pairwise(high) if one and other)
    return beside > sum(high) / 2 and sum(high) > _COMMON * len(data) / 10


def _shape(text: str) -> Shape:
    if text.startswith("<"):
        start = text[:20_000]
        if "<yml_catalog" in start:
            return "yml"
        if "<rss" in start or "<feed" in start or "<channel" in start or "<item" in start:
            return "google"
        raise UnreadableFeed(
            "This XML is no product feed that is known here.",
            hint="Google Merchant (RSS or Atom) and Yandex YML are read.",
        )
    if text.startswith("{"):
        return "jsonl"
    if text.startswith("["):
        raise UnreadableFeed(
            "This is one JSON array, which cannot be read piece by piece.",
            hint="Write JSON Lines: one object on each line (`jq -c '.[]'` does it).",
        )
    return "table"
