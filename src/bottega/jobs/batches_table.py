"""A batch from a table (CSV): one item for each line, with columns `prompt`, `file`, other roles, and `option.*`.

Reading is left to nobody else; what a file is, is asked of the caller, who has it.
"""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from bottega.domain.base import Value
from bottega.domain.request import FILE_ROLES, Role
from bottega.errors import InputError, InvalidOption

LARGEST_BYTES = 8 * 2**20
ROLE_COLUMNS: Mapping[str, Role] = {"file": Role.WORKING, **FILE_ROLES}
PLAIN_COLUMNS = ("prompt", "key", "name", "workflow", "model", "max_cost_usd")
_OPTION = "option."
_SEPARATORS = (",", ";", "\t")


class TableRow(Value):
    """One line. `line` counts from 1, the heading being line 1; `files` are (role, name) pairs; what is empty in the
    table is left out. Option values are text, which the workflow's own types read."""

    line: int
    prompt: str | None = None
    key: str | None = None
    name: str | None = None
    workflow: str | None = None
    model: str | None = None
    max_cost_usd: str | None = None
    files: tuple[tuple[Role, str], ...] = ()
    options: dict[str, Any] = Field(default_factory=dict[str, Any])


def read_table(content: bytes, *, most: int) -> list[TableRow]:
    """The lines of a CSV in UTF-8, separated by commas, semicolons or tabs; several files of a cell by `|`.

    Raises InputError for what is no such table, for a column that there is not, and for more than `most` lines.
    """
    if len(content) > LARGEST_BYTES:
        raise InputError("The table is larger than 8 MiB.", hint="Make several batches of it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The table is not UTF-8 text.", hint="Save it as CSV in UTF-8.") from None
    if "\0" in text:
        raise InputError("The table has a NUL character; it is no CSV.")
    heading = text.lstrip("\r\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(f"The table cannot be read: {error} in line {reader.line_num}.") from None
    if not lines:
        raise InputError("The table is empty.", hint="Its first line names the columns: prompt,file.")
    columns = _columns(lines[0][1])
    if len(lines) - 1 > most:
        raise InputError(
            f"The table has {len(lines) - 1:,} lines; {most:,} are the most.",
            hint="Make several batches of it.",
        )
    return [_row(number, columns, cells) for number, cells in lines[1:]]


def _columns(cells: list[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    lowered = [name if name.lower().startswith(_OPTION) else name.lower() for name in columns]
    known = {*PLAIN_COLUMNS, *ROLE_COLUMNS}
    for name in lowered:
        if name not in known and not (name.lower().startswith(_OPTION) and len(name) > len(_OPTION)):
            raise InvalidOption(
                f"The table has a column {name[:80]!r} that there is not.",
                hint=f"There are: {', '.join((*PLAIN_COLUMNS, *ROLE_COLUMNS))} and option.NAME.",
            )
    if len(set(lowered)) < len(lowered):
        raise InvalidOption("Two columns of the table have the same name.")
    return lowered


def _row(line: int, columns: list[str], cells: list[str]) -> TableRow:
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        raise InputError(
            f"Line {line} of the table has more cells than there are columns.",
            hint="Put cells that hold the separator into quotes.",
        )
    values = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
    files = [
        (role, name.strip())
        for column, role in ROLE_COLUMNS.items()
        for name in values.get(column, "").split("|")
        if name.strip()
    ]
    options = {
        name[len(_OPTION) :].replace("-", "_"): _option(line, name, cell)
        for name, cell in values.items()
        if name.lower().startswith(_OPTION)
    }
    plain = {name: values[name] for name in PLAIN_COLUMNS if name in values}
    return TableRow(line=line, files=tuple(files), options=options, **plain)


def _option(line: int, name: str, cell: str) -> Any:
    """Text as it is; lists, objects and null are JSON."""
    if cell != "null" and cell[:1] not in ("[", "{"):
        return cell
    try:
        return json.loads(cell)
    except ValueError:
        raise InvalidOption(f"{name} in line {line} of the table is not valid JSON.") from None
