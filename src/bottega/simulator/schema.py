"""Whether a request fits a vendor's JSON Schema, and in which one place it does not: what an error names.

A small part of JSON Schema 2020-12, as much as the trimmed schemas beside this file use: type, enum, const, required,
properties, additionalProperties, items, anyOf, not, lengths, bounds, pattern and `$ref` to `#/$defs/...`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

_TAGS = ("type", "role")
"""Members that tell which of several forms an object has."""

_FOLDER = Path(__file__).parent / "schemas"


@dataclass(frozen=True)
class Violation:
    """`path` such as `messages[0].content`, empty for the whole; `rule`: the keyword that is broken; `wanted`: its
    value in the schema; `given`: what was there instead (for `required` and `additionalProperties`: the member)."""

    path: str
    rule: str
    wanted: Any
    given: Any

    def says(self) -> str:
        """In plain words, without the path."""
        match self.rule:
            case "required":
                return f"Missing required parameter: '{self.given}'."
            case "additionalProperties":
                return f"Unknown parameter: '{self.given}'."
            case "type":
                return f"expected {_one_of(self.wanted)}, but got {kind_of(self.given)} instead."
            case "enum" | "const":
                return f"'{self.given}'. Supported values are: {_one_of(self.wanted)}."
            case "minimum" | "maximum":
                bound = ">=" if self.rule == "minimum" else "<="
                return f"expected a value {bound} {self.wanted}, but got {self.given} instead."
            case "anyOf":
                return "the value has none of the supported forms."
            case _:
                return f"{self.rule} of {self.wanted} is not kept."


class Schemas:
    """The schemas of one file: `roots` by the name of the operation, and the definitions that they share."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.roots: dict[str, dict[str, Any]] = content["roots"]
        self._definitions: dict[str, dict[str, Any]] = content["$defs"]

    def violation(self, root: str, value: Any) -> Violation | None:
        """The first place where the value does not fit, or None. Raises KeyError for an unknown root."""
        return self._check(self.roots[root], value, "")

    def members(self, root: str) -> dict[str, dict[str, Any]]:
        """The schema of each member of a root that is an object."""
        return self._resolved(self.roots[root])["properties"]

    def kinds(self, schema: Mapping[str, Any]) -> set[str]:
        """The JSON types that a value may have, as far as the schema names them."""
        schema = self._resolved(schema)
        kind: Any = schema.get("type", [])
        own = {kind} if isinstance(kind, str) else set(cast("list[str]", kind))
        return own.union(*(self.kinds(one) for one in schema.get("anyOf", [])))

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].removeprefix("#/$defs/")]
        return schema

    def _check(self, schema: Any, value: Any, path: str) -> Violation | None:
        if isinstance(schema, bool):
            return None if schema else Violation(path, "anyOf", None, value)
        schema = self._resolved(schema)
        return (
            _plain(schema, value, path)
            or self._choices(schema, value, path)
            or (
                self._object(schema, cast("dict[str, Any]", value), path) if isinstance(value, dict) else None
            )
            or (self._array(schema, cast("list[Any]", value), path) if isinstance(value, list) else None)
        )

    def _choices(self, schema: Mapping[str, Any], value: Any, path: str) -> Violation | None:
        if "not" in schema and self._check(schema["not"], value, path) is None:
            return Violation(path, "not", None, value)
        choices: list[Any] = schema.get("anyOf", [])
        if not choices:
            return None
        if any(self._check(choice, value, path) is None for choice in choices):
            return None
        return self._meant(self._forms(choices), value, path)

    def _meant(self, forms: list[Mapping[str, Any]], value: Any, path: str) -> Violation:
        """Of several forms, what the one that was meant lacks: the one of the same JSON type, type and role."""
        alike = [form for form in forms if not (kinds := self.kinds(form)) or kind_of(value) in kinds]
        if not alike:
            return Violation(path, "type", sorted(set[str]().union(*map(self.kinds, forms))), value)
        for tag in _TAGS if isinstance(value, dict) else ():
            members = cast("dict[str, Any]", value)
            known = [one for form in alike for one in self._tags(form, tag)]
            if known and tag in members and members[tag] not in known:
                return Violation(_under(path, tag), "enum", sorted(set(known)), members[tag])
            if known:
                alike = [form for form in alike if self._may_be(form, tag, members)] or alike
        misses = [miss for form in alike if (miss := self._check(form, value, path))]
        if not misses:
            return Violation(path, "anyOf", None, value)
        return max(misses, key=lambda miss: miss.path.count(".") + miss.path.count("["))

    def _forms(self, choices: list[Any]) -> list[Mapping[str, Any]]:
        """The choices, and those within a choice that is nothing but choices."""
        forms: list[Mapping[str, Any]] = []
        for given in choices:
            choice: Mapping[str, Any] = self._resolved(given)
            forms += self._forms(choice["anyOf"]) if set(choice) == {"anyOf"} else [choice]
        return forms

    def _may_be(self, form: Mapping[str, Any], tag: str, members: Mapping[str, Any]) -> bool:
        if tag not in members:
            return tag not in form.get("required", [])
        tags = self._tags(form, tag)
        return not tags or members[tag] in tags

    def _tags(self, form: Mapping[str, Any], tag: str) -> list[Any]:
        member = self._resolved(form.get("properties", {}).get(tag, {}))
        return [member["const"]] if "const" in member else list(member.get("enum", []))

    def _object(self, schema: Mapping[str, Any], value: dict[str, Any], path: str) -> Violation | None:
        for name in schema.get("required", []):
            if name not in value:
                return Violation(path, "required", None, _under(path, name))
        members: dict[str, Any] = schema.get("properties", {})
        others: Any = schema.get("additionalProperties", True)
        for name, inner in value.items():
            if name not in members and others is False:
                return Violation(path, "additionalProperties", None, _under(path, name))
            if miss := self._check(members.get(name, others), inner, _under(path, name)):
                return miss
        return None

    def _array(self, schema: Mapping[str, Any], value: list[Any], path: str) -> Violation | None:
        if len(value) < schema.get("minItems", 0):
            return Violation(path, "minItems", schema["minItems"], len(value))
        if len(value) > schema.get("maxItems", len(value)):
            return Violation(path, "maxItems", schema["maxItems"], len(value))
        for at, inner in enumerate(value):
            if miss := self._check(schema.get("items", True), inner, f"{path}[{at}]"):
                return miss
        return None


@cache
def load(name: str) -> Schemas:
    """The requests of a vendor, `openai` or `anthropic`."""
    return Schemas(json.loads((_FOLDER / f"{name}_requests.json").read_text()))


def kind_of(value: Any) -> str:
    """The JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"


def _plain(schema: Mapping[str, Any], value: Any, path: str) -> Violation | None:
    """What concerns the value itself, not what is in it."""
    kind = kind_of(value)
    if "type" in schema:
        wanted: Any = schema["type"]
        kinds = [wanted] if isinstance(wanted, str) else cast("list[str]", wanted)
        if kind not in kinds and not (_whole(value) and ("integer" in kinds or "number" in kinds)):
            return Violation(path, "type", kinds, value)
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        return Violation(path, "enum", schema["enum"], value)
    if "const" in schema and not _same(value, schema["const"]):
        return Violation(path, "const", [schema["const"]], value)
    if kind in ("integer", "number"):
        if value < schema.get("minimum", value):
            return Violation(path, "minimum", schema["minimum"], value)
        if value > schema.get("maximum", value):
            return Violation(path, "maximum", schema["maximum"], value)
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            return Violation(path, "minLength", schema["minLength"], value)
        if len(value) > schema.get("maxLength", len(value)):
            return Violation(path, "maxLength", schema["maxLength"], len(value))
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return Violation(path, "pattern", schema["pattern"], value)
    return None


def _whole(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and float(value).is_integer()


def _same(value: Any, other: Any) -> bool:
    return isinstance(value, bool) == isinstance(other, bool) and value == other


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _one_of(values: Any) -> str:
    if not isinstance(values, list):
        return str(values)
    words = [f"'{one}'" for one in cast("list[Any]", values)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])}, and {words[-1]}"
