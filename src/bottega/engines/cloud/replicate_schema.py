"""A hosted model's input schema: which fields it takes, of which type, with which choices and limits.

It is what `latest_version.openapi_schema` of the model holds (OpenAPI 3.0, `components.schemas.Input`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from bottega.errors import InvalidOption, ProviderError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class InputField:
    """`kind` is a JSON type, or empty where the schema names none. `most` is how many entries a list may have."""

    name: str
    kind: str
    choices: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    is_file: bool = False
    most: int | None = None
    default: Any = None

    @property
    def is_list(self) -> bool:
        return self.kind == "array"

    @property
    def is_number(self) -> bool:
        return self.kind in ("integer", "number")

    def within(self, value: float) -> float:
        """The number of the field's range that is nearest to `value`."""
        value = value if self.low is None else max(self.low, value)
        value = value if self.high is None else min(self.high, value)
        return round(value) if self.kind == "integer" else value

    def choice(self, value: Any) -> Any:
        """The choice that is meant by `value`, whatever its spelling (`pixie_cut`, `Pixie Cut`), or None."""
        wanted = _plain(value)
        return next((choice for choice in self.choices if _plain(choice) == wanted), None)

    def objection(self, value: Any) -> str | None:
        """Why the field does not take `value`, or None."""
        if not _is(self.kind, value):
            return f"{self.name} is of type {self.kind}"
        if self.choices and value not in self.choices:
            return f"{self.name} is one of {listed(self.choices)}"
        if self.is_number and self.within(value) != value:
            return f"{self.name} lies between {self.low} and {self.high}"
        if self.is_list and self.most is not None and len(value) > self.most:
            return f"{self.name} takes at most {self.most}"
        return None


@dataclass(frozen=True, slots=True)
class InputSchema:
    fields: Mapping[str, InputField]
    required: frozenset[str]

    def get(self, name: str) -> InputField | None:
        return self.fields.get(name)

    def first(self, *names: str) -> InputField | None:
        """The first of these fields that the model has."""
        return next((self.fields[name] for name in names if name in self.fields), None)

    def check(self, values: Mapping[str, Any]) -> None:
        """Raises InvalidOption for a field that the model lacks, a value that it does not take, a field that it
        cannot do without."""
        for name, value in values.items():
            field = self.fields.get(name)
            if field is None:
                raise InvalidOption(
                    f"The model has no setting {name!r}.", hint=f"It has {listed(sorted(self.fields))}."
                )
            if (objection := field.objection(value)) is not None:
                raise InvalidOption(f"{value!r} cannot be given to the model: {objection}.")
        if absent := sorted(name for name in self.required if values.get(name) in (None, "", [])):
            raise InvalidOption(
                f"The model cannot work without {absent[0]!r}, and nothing was given for it.",
                hint="Give it, or choose another model.",
            )


def read_schema(document: object) -> InputSchema:
    """The input schema in a version's OpenAPI document. Raises ProviderError when there is none to be read."""
    schemas = _object(_object(_object(document).get("components")).get("schemas"))
    given = _object(schemas.get("Input"))
    properties = _object(given.get("properties"))
    if not properties:
        raise ProviderError(
            "The provider does not say which inputs this model takes.", hint="Choose another model."
        )
    fields = {name: _field(name, _object(spec), schemas) for name, spec in properties.items()}
    required = cast("list[object]", given.get("required") or [])
    return InputSchema(fields, frozenset(str(name) for name in required))


def listed(values: Any, most: int = 12) -> str:
    """`"a", "b" and 3 more`, for sentences."""
    values = list(values)
    shown = ", ".join(f'"{value}"' for value in values[:most])
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"


def _field(name: str, spec: Json, schemas: Json) -> InputField:
    whole = _resolved(spec, schemas)
    items = _resolved(_object(whole.get("items")), schemas)
    about = items if whole.get("type") == "array" else whole
    return InputField(
        name=name,
        kind=str(whole.get("type") or ""),
        choices=tuple(cast("list[Any]", whole.get("enum") or ())),
        low=_number(whole.get("minimum")),
        high=_number(whole.get("maximum")),
        is_file=about.get("type") == "string" and about.get("format") == "uri",
        most=cast("int | None", whole.get("maxItems")),
        default=whole.get("default"),
    )


def _resolved(spec: Json, schemas: Json) -> Json:
    """With what `$ref`, `allOf` and `anyOf` (for what may be null) point at put in its place."""
    whole = dict(spec)
    parts: list[object] = [spec] if "$ref" in spec else []
    for key in ("allOf", "anyOf", "oneOf"):
        parts += cast("list[object]", whole.pop(key, None) or [])
    for part in parts:
        inner = _object(part)
        if "$ref" in inner:
            inner = _object(schemas.get(str(inner["$ref"]).rpartition("/")[2]))
        if inner.get("type") != "null":
            whole = {**inner, **{key: value for key, value in whole.items() if key != "$ref"}}
    return whole


def _object(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plain(value: Any) -> str:
    return re.sub(r"[\W_]+", "", str(value)).casefold()


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "object":
            return isinstance(value, dict)
        case _:
            return True
