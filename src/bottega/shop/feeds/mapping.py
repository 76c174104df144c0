"""Which column of a feed is which field of an offer: Google's and Yandex's own, presets, and mappings that users write."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

from pydantic import Field, ValidationError

from bottega.domain.base import Value
from bottega.errors import InvalidOption, NotFound

FIELDS = frozenset(
    [
        "id",
        "item_group_id",
        "title",
        "description",
        "link",
        "image_link",
        "additional_image_link",
        "price",
        "sale_price",
        "old_price",
        "currency",
        "availability",
        "brand",
        "gender",
        "age_group",
        "color",
        "size",
        "sizes",
        "stock",
        "size_system",
        "material",
        "pattern",
        "categories",
        "google_product_category",
        "shop",
    ]
)

_ALIASES: dict[str, str] = {
    **{name: name for name in FIELDS},
    "product_id": "id",
    "offer_id": "id",
    "sku": "id",
    "group_id": "item_group_id",
    "name": "title",
    "product_name": "title",
    "url": "link",
    "product_url": "link",
    "image": "image_link",
    "image_url": "image_link",
    "picture": "image_link",
    "oldprice": "old_price",
    "currencyid": "currency",
    "available": "availability",
    "in_stock": "availability",
    "vendor": "brand",
    "manufacturer": "brand",
    "colour": "color",
    "quantity": "stock",
    "category": "categories",
    "category_path": "categories",
    "product_type": "categories",
}
"""What columns are called where nobody says; compared in lower case, with `_` for spaces and hyphens."""

_PARAMS: dict[str, str] = {
    "цвет": "color",
    "color": "color",
    "colour": "color",
    "размер": "size",
    "size": "size",
    "пол": "gender",
    "gender": "gender",
    "материал": "material",
    "состав": "material",
    "material": "material",
    "возраст": "age_group",
    "узор": "pattern",
    "принт": "pattern",
    "рисунок": "pattern",
    "pattern": "pattern",
}
"""YML's `param` names."""

Columns = Mapping[str, Any]


class FeedMapping(Value):
    """Column -> field (one of Google's names, see `FIELDS`), and what the columns do not say.

    `minor_units`: prices are whole kopecks or cents. `delimiter` and `encoding` are found out where they are empty.
    """

    title: str = ""
    fields: dict[str, str] = Field(default_factory=dict[str, str])
    shop: str = ""
    currency: str = Field(default="", pattern="^([A-Z]{3})?$")
    minor_units: bool = False
    delimiter: str = Field(default="", max_length=1)
    encoding: str = ""


@cache
def presets() -> Mapping[str, FeedMapping]:
    """By format name: `google`, `asos`, `lamoda`, `wildberries`."""
    text = resources.files(__package__ or "bottega.shop.feeds").joinpath("presets.toml").read_text("utf-8")
    return {name: FeedMapping.model_validate(entry) for name, entry in tomllib.loads(text).items()}


def load_mapping(path: Path) -> FeedMapping:
    """From a TOML or JSON file. Raises NotFound, and InvalidOption that names what is wrong."""
    try:
        text = path.read_text("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(f"There is no mapping file {path.name!r}.") from None
    try:
        data = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        mapping = FeedMapping.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidOption(f"The mapping's {name or 'content'} cannot be used: {first['msg']}.") from None
    except ValueError as error:
        raise InvalidOption(f"The mapping {path.name!r} cannot be read: {error}.") from None
    unknown = sorted(set(mapping.fields.values()) - FIELDS)
    if unknown:
        raise InvalidOption(
            f"The mapping names fields that offers do not have: {', '.join(unknown)}.",
            hint=f"There are: {', '.join(sorted(FIELDS))}.",
        )
    return mapping


@dataclass(slots=True)
class Translator:
    """Turns a record's columns into the fields of an offer."""

    mapping: FeedMapping
    _plain: dict[str, str | None] = field(default_factory=dict[str, "str | None"])

    def __call__(self, columns: Columns) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for column, value in columns.items():
            if value is None or value == "":
                continue
            name = self._plain.get(column, "?")
            if name == "?":
                name = self._plain[column] = self._field(column)
            if name is not None:
                _put(fields, name, value)
        for path, name in self.mapping.fields.items():
            if "." in path and path not in columns and (value := _inside(columns, path)) not in (None, ""):
                _put(fields, name, value)
        for name, value in columns.get("param", ()) if "param" in columns else ():
            if (known := self.mapping.fields.get(name) or _PARAMS.get(str(name).strip().lower())) and value:
                _put(fields, known, value)
        if "title" not in fields and "model" in columns:
            parts = (columns.get(part) for part in ("typePrefix", "vendor", "model"))
            fields["title"] = " ".join(str(part) for part in parts if part)
        return fields

    def _field(self, column: str) -> str | None:
        if (name := self.mapping.fields.get(column)) is not None:
            return name if name in FIELDS else None
        return _ALIASES.get(column.strip().lower().rpartition(":")[2].replace(" ", "_").replace("-", "_"))


def _put(fields: dict[str, Any], name: str, value: Any) -> None:
    """The first column that has something decides, except that pictures and categories add up."""
    plain = _plain_value(name, value)
    if plain in ("", []):
        return
    if name not in fields:
        fields[name] = plain
    elif name in ("image_link", "additional_image_link", "categories"):
        fields[name] = [*_list(fields[name]), *_list(plain)]


def _list(value: Any) -> list[Any]:
    return list(cast("list[Any]", value)) if isinstance(value, list) else [value]


def _plain_value(name: str, value: Any) -> Any:
    """Texts; of JSON objects what names them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        entries = cast("list[Any]", value)
        if name == "sizes":
            return [_size_entry(entry) for entry in entries]
        texts = [_entry_text(entry) for entry in entries]
        return " / ".join(texts) if name == "color" else texts
    if isinstance(value, dict):
        return _entry_text(value)
    return str(value)


def _entry_text(entry: Any) -> str:
    if isinstance(entry, dict):
        table = cast("dict[str, Any]", entry)
        return str(next((table[key] for key in ("name", "url", "value", "big") if table.get(key)), ""))
    return str(entry)


def _size_entry(entry: Any) -> tuple[str, int | None] | str:
    if not isinstance(entry, dict):
        return str(entry)
    table = cast("dict[str, Any]", entry)
    label = next((table[k] for k in ("label", "name", "origName", "techSize", "size") if table.get(k)), "")
    stocks = cast("list[dict[str, Any]] | None", table.get("stocks"))
    if stocks is not None:
        return str(label), sum(int(each.get("qty", 0)) for each in stocks)
    stock = next((table[k] for k in ("stock", "qty", "quantity") if table.get(k) is not None), None)
    return str(label), stock


def _inside(columns: Columns, path: str) -> Any:
    value: Any = columns
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, Any]", value).get(part)
    return value
