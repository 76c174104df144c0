"""Measurements as people write them: "88cm", "34 in", a TOML, JSON or CSV file; what cannot be is refused in words."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

from bottega.errors import InvalidOption
from bottega.fashion.size.values import Measure, Measurements

CM_PER: dict[str, float] = {
    "cm": 1.0, "см": 1.0, "centimetre": 1.0, "centimeter": 1.0, "mm": 0.1, "мм": 0.1, "m": 100.0, "м": 100.0,
    "in": 2.54, "inch": 2.54, "zoll": 2.54, "pouce": 2.54, "дюйм": 2.54, '"': 2.54, "″": 2.54, "ft": 30.48, "'": 30.48,
}  # fmt: skip
PLAUSIBLE: dict[Measure, tuple[float, float]] = {
    "bust": (60, 180), "underbust": (50, 160), "waist": (45, 180), "hip": (60, 190), "inseam": (50, 110),
    "height": (120, 230), "foot": (18, 36), "neck": (25, 60), "sleeve": (40, 85),
}  # fmt: skip
"""Centimetres of adults; beyond them a figure is taken for a slip or another unit."""
NAMES: dict[str, Measure] = {
    "bust": "bust", "chest": "bust", "brust": "bust", "brustumfang": "bust", "poitrine": "bust", "pecho": "bust",
    "обхват груди": "bust", "грудь": "bust", "waist": "waist", "taille": "waist", "cintura": "waist", "талия": "waist",
    "hip": "hip", "hips": "hip", "hüfte": "hip", "hanches": "hip", "cadera": "hip", "бедра": "hip", "бёдра": "hip",
    "inseam": "inseam", "inside leg": "inseam", "height": "height", "größe": "height", "рост": "height",
    "foot": "foot", "foot length": "foot", "fußlänge": "foot", "стопа": "foot", "neck": "neck", "hals": "neck",
    "sleeve": "sleeve", "arm": "sleeve", "underbust": "underbust", "unterbrust": "underbust",
}  # fmt: skip
_FEET = re.compile(
    r"""^\s*(\d)\s*(?:'|ft|feet)\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:"|″|in|inch|inches|'')?)?\s*$""", re.I
)
_LENGTH = re.compile(r"""^\s*(\d{1,4}(?:[.,]\d{1,3})?)\s*([^\W\d_]+|"|″)?\.?\s*$""")
MOST_BYTES = 100_000


def parse_length(text: str | float, *, what: str = "length") -> float:
    """Centimetres of "88", "88cm", "88,5 cm", "34in", '34"', "5'7" or a number (centimetres). Raises InvalidOption."""
    if isinstance(text, bool):
        raise _unread(text, what)
    if isinstance(text, int | float):
        # NaN and infinity are no lengths either.
        if not 0 < float(text) < 10_000:
            raise _unread(text, what)
        return float(text)
    feet = _FEET.match(text)
    if feet:
        return 30.48 * float(feet[1]) + 2.54 * float((feet[2] or "0").replace(",", "."))
    found = _LENGTH.match(text)
    if found is None:
        raise _unread(text, what)
    unit = (found[2] or "cm").lower()
    unit = unit if unit in CM_PER else unit.removesuffix("es").removesuffix("s")
    if unit not in CM_PER:
        raise _unread(text, what)
    return float(found[1].replace(",", ".")) * CM_PER[unit]


def _unread(text: object, what: str) -> InvalidOption:
    return InvalidOption(
        f"{what}: {str(text)[:40]!r} is no length.",
        hint="Write centimetres or inches, for instance 88cm or 34in.",
    )


def measurements_of(values: Mapping[str, Any], *, unit: str = "cm") -> Measurements:
    """Checked measurements from names (several languages) and lengths; a bare number is in `unit`. Raises InvalidOption for
    an unknown name, an unreadable length, or one that no adult has."""
    if unit not in CM_PER:
        raise InvalidOption(f"{unit!r} is no unit of length.", hint="Use cm or in.")
    found: dict[str, float] = {}
    for name, value in values.items():
        known = NAMES.get(name.strip().lower().replace("_", " ").removesuffix(" cm").removesuffix(" in"))
        if known is None:
            raise InvalidOption(
                f"{name[:40]!r} is no measurement that is known here.",
                hint=f"Known are {', '.join(get_args(Measure))}.",
            )
        if value is None or value == "":
            continue
        own = "in" if name.lower().endswith("_in") else unit
        found[known] = _plausible(known, value, own)
    if not found:
        raise InvalidOption(
            "There is no measurement in it.", hint="Give at least one, for instance bust = '88cm'."
        )
    _consistent(found)
    return Measurements.model_validate(found)


def _plausible(name: Measure, value: Any, unit: str) -> float:
    if not isinstance(value, str | int | float):
        raise _unread(value, name)
    bare = not isinstance(value, str) or re.fullmatch(r"\s*[\d.,]+\s*", value) is not None
    cm = parse_length(value, what=name) * (CM_PER[unit] if bare else 1.0)
    low, high = PLAUSIBLE[name]
    if low <= cm <= high:
        return round(cm, 2)
    hint = f"Adults' lies between {low:.0f} and {high:.0f} cm ({low / 2.54:.0f} and {high / 2.54:.0f} in)."
    if bare and unit == "cm" and low <= 2.54 * cm <= high:
        hint = f"If inches were meant, write {cm:g}in."
    raise InvalidOption(
        f"{name} of {cm:.1f} cm cannot be right.", hint=hint, measurement=name, value_cm=round(cm, 1)
    )


def _consistent(found: dict[str, float]) -> None:
    """Figures that cannot belong to one body are a slip."""
    for less, more, share in (("inseam", "height", 0.6), ("foot", "height", 0.2), ("underbust", "bust", 1.1)):
        if less in found and more in found and found[less] > share * found[more]:
            raise InvalidOption(
                f"{less} of {found[less]:.0f} cm and {more} of {found[more]:.0f} cm cannot belong together.",
                hint="Check both figures and their units.",
            )


def read_measurements(path: Path) -> Measurements:
    """Of a .toml, .json or .csv file (two columns name and value, or a header with one row below it). Raises InvalidOption."""
    if not path.is_file():
        raise InvalidOption(f"There is no file {path.name}.", hint="Give a TOML, JSON or CSV file.")
    if path.stat().st_size > MOST_BYTES:
        raise InvalidOption(f"{path.name} is larger than a file of measurements.", hint="It may hold 100 kB.")
    return parse_measurements(path.read_bytes(), path.suffix.lower().lstrip("."))


def parse_measurements(data: bytes, form: str) -> Measurements:
    """Of the bytes of a file in `form` "toml", "json" or "csv". Raises InvalidOption."""
    try:
        text = data.decode("utf-8-sig")
        values: Any = _table(text, form)
    except (UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise InvalidOption(f"The measurements cannot be read: {error}.", hint="Check the file.") from error
    if not isinstance(values, dict):
        raise InvalidOption(
            "The measurements have to be names with lengths.", hint="For instance bust = '88cm'."
        )
    table = dict(cast(dict[str, Any], values))
    inner = table.get("measurements")
    if isinstance(inner, dict):
        table = {**({"unit": table["unit"]} if "unit" in table else {}), **cast(dict[str, Any], inner)}
    unit = str(table.pop("unit", "cm"))
    return measurements_of(table, unit=unit)


def _table(text: str, form: str) -> Any:
    if form == "json":
        return json.loads(text)
    if form == "toml":
        return tomllib.loads(text)
    if form != "csv":
        raise InvalidOption(f"{form or 'This'} is no form of measurements.", hint="Use TOML, JSON or CSV.")
    first = text.splitlines()[0] if text.strip() else ""
    mark = next((one for one in (";", "\t") if one in first), ",")
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=mark) if any(cell.strip() for cell in row)]
    if len(rows) == 2 and all(cell.strip().lower().replace("_", " ") in {*NAMES, "unit"} for cell in rows[0]):
        return dict(zip((cell.strip() for cell in rows[0]), (cell.strip() for cell in rows[1]), strict=False))
    heads = {"name", "measurement", "measure", "maß"}
    return {row[0].strip(): ",".join(row[1:]).strip() for row in rows if row[0].strip().lower() not in heads}
