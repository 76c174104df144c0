"""Answers of plain rows, as JSON or as a CSV file."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from bottega.domain.base import Value

_Row = TypeVar("_Row", bound=BaseModel)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Format = Annotated[
    Literal["json", "csv"] | None,
    Query(description="Without it, the header Accept decides; JSON where it leaves both open."),
]
CSV_TOO: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""`responses` of a route that answers so."""


class Table(Value, Generic[_Row]):
    rows: Sequence[_Row] = Field(description="The same columns in the CSV form.")


def answer(
    request: Request, name: str, kind: type[_Row], rows: Sequence[_Row], form: str | None
) -> Table[_Row] | Response:
    """The rows as the client wants them; `name` is that of the file."""
    if form == "json" or (form is None and not _prefers_csv(request.headers.get("accept", ""))):
        return Table[_Row](rows=rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Vary": "Accept"}
    return Response(as_csv(kind, rows), media_type="text/csv; charset=utf-8", headers=headers)


def as_csv(kind: type[_Row], rows: Sequence[_Row]) -> str:
    """RFC 4180, with a line of headings. A text that a spreadsheet would take for a formula gets an apostrophe in front
    (OWASP, "CSV Injection")."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(kind.model_fields)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in kind.model_fields])
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_STARTS_A_FORMULA) else str(value)
    return "" if value is None else value


def _prefers_csv(accept: str) -> bool:
    """Whether text/csv has a higher quality than JSON; at the same one, what is named first counts."""
    best: dict[str, tuple[float, int]] = {}
    for place, part in enumerate(accept.split(",")):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((_quality(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
        best.setdefault(media, (quality, -place))
    csv_wish = best.get("text/csv", (0.0, 0))
    others = [best[media] for media in ("application/json", "application/*", "*/*") if media in best]
    return csv_wish[0] > 0 and csv_wish >= max(others, default=(0.0, 0))


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
