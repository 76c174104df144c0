"""Tables (CSV, TSV) and JSON Lines as streams of records; a line that cannot be read is one bad record, not the end."""

import csv
import io
import json
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO, cast

from bottega.shop.feeds.errors import UnreadableFeed
from bottega.shop.feeds.records import Record

LONGEST_LINE = 1 << 20
_DELIMITERS = "\t;,|"


def table_records(stream: BinaryIO, encoding: str, delimiter: str) -> Generator[Record]:
    """One record a row, keyed by the header's texts. Raises UnreadableFeed for a header that is none."""
    problems: list[Record] = []
    lines = _bounded_lines(_decoded(stream, encoding), problems)
    rows = csv.reader(lines, delimiter=delimiter)
    header = _header(rows)
    width = len(header)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield Record(rows.line_num, {}, f"the row cannot be read: {error}")
            continue
        if problems:
            yield from problems
            problems.clear()
        if not row:
            continue
        if len(row) == width:
            yield Record(rows.line_num, dict(zip(header, row, strict=True)), _damaged(row))
        else:
            yield Record(rows.line_num, {}, f"it has {len(row)} columns, the header {width}")
    yield from problems


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip().lstrip("\ufeff") for name in next(rows)]
    except (StopIteration, csv.Error):
        raise UnreadableFeed("The table has no header line.", line=1) from None
    if len(header) < 2:
        raise UnreadableFeed(
            "The first line names fewer than two columns.",
            hint="Give the format or a mapping with its delimiter.",
            line=1,
        )
    return header


def delimiter_of(text: str) -> str:
    """The character that parts the header line."""
    header = text.partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def json_records(stream: BinaryIO, encoding: str) -> Generator[Record]:
    """One object a line."""
    problems: list[Record] = []
    for number, line in enumerate(_bounded_lines(_decoded(stream, encoding), problems), 1):
        if problems:
            yield from problems
            problems.clear()
            continue
        if not line.strip():
            continue
        yield _json_record(number, line)


def _json_record(number: int, line: str) -> Record:
    try:
        value = json.loads(line)
        if "\\u" in line:  # half of a surrogate pair is no character, and no database takes it
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return Record(number, {}, f"it is no JSON: {str(error)[:100]}")
    if not isinstance(value, dict):
        return Record(number, {}, "it is no JSON object")
    return Record(number, cast("dict[str, Any]", value), _DAMAGED_TEXT if "\ufffd" in line else "")


_DAMAGED_TEXT = "it has bytes that do not belong to the feed's encoding"


def _damaged(row: list[str]) -> str:
    return _DAMAGED_TEXT if any("\ufffd" in cell for cell in row) else ""


def _decoded(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")


def _bounded_lines(text: io.TextIOWrapper, problems: list[Record]) -> Generator[str]:
    """The lines; instead of one that is too long an empty one, and a word about it in `problems`."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            while (rest := text.readline(LONGEST_LINE)) and not rest.endswith("\n"):
                pass
            problems.append(Record(number, {}, f"its line has more than {LONGEST_LINE} characters"))
            line = "\n"
        yield line
