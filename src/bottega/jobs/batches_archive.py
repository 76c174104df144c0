"""A batch's results as one ZIP file, made while it is sent, and its report as a table (CSV).

The archive is never whole in memory or on disk: each piece is a chunk of a file, or what stands around it.
"""

import csv
import io
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

from bottega.domain.asset import Asset
from bottega.domain.base import Value
from bottega.domain.money import MICRO
from bottega.jobs.batches_values import BatchItem

REPORT_NAME = "report.csv"
_CHUNK = 1 << 20
_LONGEST_STEM = 80
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What some file system or shell takes for something else; separators of paths above all.
_NOT_IN_NAMES = frozenset('<>:"/\\|?*')
_RESERVED = {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))}


class Made(Value):
    """An item with the assets that its job made; assets that were removed since are missing."""

    item: BatchItem
    assets: tuple[Asset, ...] = ()


class ArchivedFile(Value):
    name: str
    asset: Asset


def archive_names(made: Sequence[Made]) -> list[tuple[Made, list[ArchivedFile]]]:
    """A name for every file: the item's number, its own name, the extension of what the file is. Safe on every usual
    file system, and unique also where case does not count."""
    width = max(3, len(str(max((each.item.number for each in made), default=0))))
    taken = {REPORT_NAME}
    named: list[tuple[Made, list[ArchivedFile]]] = []
    for each in made:
        files: list[ArchivedFile] = []
        for place, asset in enumerate(each.assets, start=1):
            stem = f"{each.item.number:0{width}d}-{safe_stem(each.item.name or asset.name)}"
            suffix = Path(asset.name).suffix[:12]
            suffix = suffix if suffix[1:].isalnum() and suffix.isascii() else ""
            name = f"{stem}{suffix}" if place == 1 else f"{stem}-{place}{suffix}"
            while name.casefold() in taken:
                stem += "_"
                name = f"{stem}{suffix}" if place == 1 else f"{stem}-{place}{suffix}"
            taken.add(name.casefold())
            files.append(ArchivedFile(name=name, asset=asset))
        named.append((each, files))
    return named


def safe_stem(name: str) -> str:
    """A file name's stem without anything that a file system, a shell or a reader of archives would trip over."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem = Path(last).stem if last not in ("", ".", "..") else ""
    clean = "".join("_" if ch in _NOT_IN_NAMES or not ch.isprintable() else ch for ch in stem)
    clean = clean.strip(" ._-")[:_LONGEST_STEM].rstrip(" .")
    return f"_{clean}" if clean.lower() in _RESERVED else clean or "result"


def report(named: Sequence[tuple[Made, list[ArchivedFile]]]) -> str:
    """One line for each item (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        (
            "number",
            "key",
            "name",
            "prompt",
            "state",
            "attempt",
            "job_id",
            "model",
            "cost_usd",
            "files",
            "error",
        )
    )
    for made, files in named:
        item = made.item
        error = item.error or {}
        cells = (
            item.key,
            item.name,
            item.prompt,
            item.state,
            item.attempt,
            item.job_id or "",
            item.model_id,
            f"{item.cost // MICRO}.{item.cost % MICRO:06d}",
            "|".join(file.name for file in files),
            str(error.get("message", "")),
        )
        writer.writerow([item.number, *(_cell(cell) for cell in cells)])
    return text.getvalue()


def zip_pieces(
    named: Sequence[tuple[Made, list[ArchivedFile]]], path_of: Callable[[Asset], Path]
) -> Iterator[bytes]:
    """The archive, piece by piece; the report stands first. Pictures and clips are stored, they are compressed already.
    Reads files: for a thread. Raises OSError when a file is missing: a shorter archive would pass for a whole one."""
    sink = _Sink()
    # `seek` is missing on purpose: the writer then puts sizes behind each file.
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.writestr(
            _info(REPORT_NAME, time.time(), zipfile.ZIP_DEFLATED), report(named).encode("utf-8-sig")
        )
        yield sink.take()
        for _, files in named:
            for file in files:
                packed = not file.asset.media.media_type.startswith(("image/", "video/"))
                method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
                info = _info(file.name, file.asset.created_at, method)
                info.file_size = file.asset.size
                with path_of(file.asset).open("rb") as source, archive.open(info, "w") as target:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
                        yield sink.take()
                yield sink.take()
    yield sink.take()


def _info(name: str, at: float, method: int) -> zipfile.ZipInfo:
    # The format knows no time before 1980.
    info = zipfile.ZipInfo(name, max(time.gmtime(at)[:6], (1980, 1, 1, 0, 0, 0)))
    info.compress_type = method
    info.external_attr = 0o644 << 16
    return info


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA) else value


class _Sink:
    """What a writer of archives writes to; `take` gives what has come since."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
