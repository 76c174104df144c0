"""Size charts: the bundled ones, and shops' own from CSV, TOML or JSON, checked before anything is advised by them."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast, get_args

from pydantic import ValidationError

from bottega.errors import InvalidOption, NotFound
from bottega.fashion.size.measurements import CM_PER, NAMES, PLAUSIBLE, parse_length
from bottega.fashion.size.values import ChartKind, ChartSize, For, Measure, SizeChart

MOST_BYTES, MOST_SIZES = 1_000_000, 200
_RANGE = re.compile(r"^\s*(.+?)\s*(?:-|–|—|\bto\b|\bbis\b)\s*(.+?)\s*$")
_UNIT = re.compile(r"([^\W\d_]+|\"|″)\s*$")
LABELS = {
    "EU": "EU",
    "DE": "EU",
    "UK": "UK",
    "GB": "UK",
    "US": "US",
    "USA": "US",
    "RU": "RU",
    "INT": "INT",
    "SIZE": "INT",
    "LABEL": "INT",
}
"""Columns that name a size, and the system each stands for; others of two capital letters (FR, IT, JP) stand for themselves."""


@lru_cache(maxsize=1)
def bundled_charts() -> dict[str, SizeChart]:
    """The charts that come with Bottega, by name."""
    text = (Path(__file__).parent / "charts.toml").read_text(encoding="utf-8")
    charts = [_chart(one, unit="cm") for one in tomllib.loads(text)["chart"]]
    return {chart.name: chart for chart in charts}


def chart_for(kind: ChartKind, made_for: For = "unisex") -> SizeChart:
    """The bundled chart with numbered sizes, where there is one. Raises NotFound."""
    for chart in bundled_charts().values():
        if kind in chart.kinds and chart.made_for == made_for:
            return chart
    raise NotFound(
        f"There is no size chart for {made_for}'s {kind} here.",
        hint="Give the shop's own chart, or women or men.",
    )


def read_chart(path: Path, **described: Any) -> SizeChart:
    """A chart from a .csv, .toml or .json file; `described` as for `parse_chart`. Raises InvalidOption."""
    if not path.is_file():
        raise InvalidOption(f"There is no file {path.name}.", hint="Give a chart as CSV, TOML or JSON.")
    if path.stat().st_size > MOST_BYTES:
        raise InvalidOption(f"{path.name} is larger than a size chart.", hint="It may hold 1 MB.")
    options: dict[str, Any] = {"name": path.stem, **described}
    return parse_chart(path.read_bytes(), path.suffix.lower().lstrip("."), **options)


def parse_chart(
    data: bytes,
    form: str,
    *,
    name: str = "chart",
    brand: str = "",
    made_for: For = "unisex",
    kinds: Iterable[ChartKind] | None = None,
    unit: str = "cm",
) -> SizeChart:
    """A chart from the bytes of a file in `form` "csv", "toml" or "json". What the file says of itself goes first.

    CSV: a header of size systems (EU, UK, US, RU, INT or "size") and measurements (bust, waist, ..., or bust_min and
    bust_max), one row for each size from small to large; cells are "86", "86-90", "34-36in". TOML and JSON: `name`,
    `brand`, `made_for`, `kinds`, `unit`, `source`, and `rows` of such cells by column. Raises InvalidOption that names
    the row.
    """
    try:
        text = data.decode("utf-8-sig")
        if form == "csv":
            table: Any = {"rows": _csv_rows(text)}
        elif form in ("toml", "json"):
            table = tomllib.loads(text) if form == "toml" else json.loads(text)
        else:
            raise InvalidOption(f"{form or 'This'} is no form of size charts.", hint="Use CSV, TOML or JSON.")
    except (UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise InvalidOption(f"The size chart cannot be read: {error}.", hint="Check the file.") from error
    if not isinstance(table, dict):
        raise InvalidOption(
            "The size chart has to be a table.", hint="See the bundled charts.toml for the form."
        )
    own = cast(dict[str, Any], table)
    if isinstance(own.get("chart"), list) and own["chart"]:
        own = cast(dict[str, Any], own["chart"][0])
    said: dict[str, Any] = {"name": name, "brand": brand, "made_for": made_for, **own}
    if kinds is not None:
        said.setdefault("kinds", list(kinds))
    return _chart(said, unit=str(said.pop("unit", unit)))


def _csv_rows(text: str) -> list[dict[str, str]]:
    first = text.splitlines()[0] if text.strip() else ""
    mark = next((one for one in (";", "\t") if one in first), ",")
    return [
        {
            (column or "").strip(): (cell or "").strip()
            for column, cell in row.items()
            if isinstance(cell, str)
        }
        for row in csv.DictReader(io.StringIO(text), delimiter=mark)
    ]


def _chart(said: Mapping[str, Any], *, unit: str) -> SizeChart:
    rows: Any = said.get("rows")
    if not isinstance(rows, list) or not rows:
        raise InvalidOption("The size chart has no rows.", hint="One row for each size, from small to large.")
    if len(cast(list[Any], rows)) > MOST_SIZES:
        raise InvalidOption("The size chart has too many rows.", hint=f"It may hold {MOST_SIZES}.")
    if unit not in CM_PER:
        raise InvalidOption(f"{unit!r} is no unit of length.", hint="Use cm or in.")
    sizes = [_size(row, number, unit) for number, row in enumerate(cast(list[Any], rows), 1)]
    if not sizes[0].labels:
        raise InvalidOption(
            "Row 1 of the size chart has no label.", hint="Add a column EU, UK, US, RU, INT or size."
        )
    fields = {key: value for key, value in said.items() if key not in ("rows", "sizes")}
    fields.setdefault("kinds", _kinds_of(sizes))
    fields.setdefault("system", next(iter(sizes[0].labels)))
    try:
        return SizeChart.model_validate({**fields, "sizes": sizes})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidOption(
            f"The size chart cannot be used: {where + ': ' if where else ''}{first['msg']}.",
            hint="Mend the file and try again.",
        ) from error


def _size(row: Any, number: int, unit: str) -> ChartSize:
    if not isinstance(row, dict):
        raise InvalidOption(f"Row {number} of the size chart is no table.", hint="Give columns with cells.")
    labels: dict[str, str] = {}
    ends: dict[Measure, list[float]] = {}
    for column, cell in cast(dict[Any, Any], row).items():
        head, value = str(column).strip(), str(cell).strip()
        if not value:
            continue
        system = LABELS.get(head.upper()) or (head if re.fullmatch(r"[A-Z]{2,3}", head) else None)
        if system is not None:
            labels[system] = value[:20]
            continue
        measure = NAMES.get(
            re.sub(r"[ _](min|max|from|to|cm|in)\b", "", head.lower().replace("_", " ")).strip()
        )
        if measure is None:
            raise InvalidOption(
                f"Row {number}: {head!r} is neither a size system nor a measurement.",
                hint=f"Systems are EU, UK, US, RU, INT; measurements {', '.join(get_args(Measure))}.",
            )
        own = "in" if head.lower().endswith("_in") else unit
        ends.setdefault(measure, []).extend(_ends(value, own, f"row {number}, {head}"))
    body: dict[Measure, tuple[float, float]] = {
        measure: (min(values), max(values)) for measure, values in ends.items()
    }
    for measure in ends:
        (low, high), (least, most) = body[measure], PLAUSIBLE[measure]
        if low < 0.75 * least or high > 1.15 * most:
            raise InvalidOption(
                f"Row {number}: {measure} of {low:g} to {high:g} cm cannot be an adult's.",
                hint="Check the unit of the chart.",
            )
    return ChartSize(labels=labels, body=body)


def _ends(cell: str, unit: str, what: str) -> list[float]:
    parts = _RANGE.match(cell)
    texts = [parts[1], parts[2]] if parts else [cell]
    # "34-36in": the unit at the end holds for both.
    last = _UNIT.search(texts[-1])
    texts = [text if _UNIT.search(text) else text + (last[0] if last else unit) for text in texts]
    return [round(parse_length(text, what=what), 3) for text in texts]


def _kinds_of(sizes: list[ChartSize]) -> list[ChartKind]:
    measures = {measure for size in sizes for measure in size.body}
    if "foot" in measures:
        return ["shoes"]
    return ["tops", "dresses", "outerwear"] if "bust" in measures else ["bottoms"]
