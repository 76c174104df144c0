"""What a simulated language model says when nothing was queued: a value that fits the schema that it was given, and
how many tokens it counts. Deterministic; it understands nothing of what it was asked."""

import hashlib
import json
import random
from collections.abc import Mapping
from typing import Any, cast

CHARACTERS_PER_TOKEN = 4
"""The stated rule: a text has one token for each four characters begun (code points), and at least one."""

PATCH = 32
PATCHES_AT_MOST = 1536
"""The stated rule for pictures: one token per patch of 32 x 32 pixels begun, at most 1,536."""

DEEPEST = 12
"""Beyond this depth optional members are left out, so that recursive schemas end."""


def text_tokens(text: str) -> int:
    return max(1, -(-len(text) // CHARACTERS_PER_TOKEN))


def picture_tokens(width: int, height: int) -> int:
    """For a picture that could not be read (0 x 0): what a 1024 x 1024 one would have."""
    width, height = width or 1024, height or 1024
    return min(PATCHES_AT_MOST, -(-width // PATCH) * -(-height // PATCH))


def conforming(schema: Mapping[str, Any], topic: str = "", seed: int = 0) -> Any:
    """A value that fits a JSON Schema (the subset that vendors take for structured output), the same for the same
    schema, topic and seed.

    Understood: type (also lists of types, also upper case as Gemini writes it), enum, const, properties and
    required, items and prefixItems, minItems, anyOf/oneOf/allOf, $ref into the schema itself, minimum/maximum and their
    exclusive forms, multipleOf, minLength/maxLength, format date-time, date, email, uri and uuid. `default` is ignored
    and `pattern` is not followed. Every property is filled, so that a reader sees all of them.
    """
    digest = hashlib.sha256(f"{seed}|{topic}|{json.dumps(schema, sort_keys=True)}".encode()).hexdigest()
    return _Writer(schema, random.Random(digest), topic).value(schema, "value", 0)  # noqa: S311


def spoken(topic: str, seed: int = 0) -> str:
    """A plain sentence for when no schema was given; it says that nobody has read anything."""
    mark = hashlib.sha256(f"{seed}|{topic}".encode()).hexdigest()[:8]
    return f"This is a simulated answer ({mark}); no model has read the question."


class _Writer:
    def __init__(self, root: Mapping[str, Any], chance: random.Random, topic: str) -> None:
        self.root, self.chance, self.topic = root, chance, topic

    def value(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self.chance.choice(list(schema["enum"]))
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self._one_of(schema, union, name, depth)
        return self._of_kind(schema, name, depth)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema or "allOf" in schema:
            rest = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
            if "$ref" in schema:
                schema = _merged({**self._at(str(schema["$ref"]))}, rest)
                continue
            merged: dict[str, Any] = rest
            for part in cast("list[dict[str, Any]]", schema["allOf"]):
                merged = _merged(merged, self._resolved(part))
            schema = merged
        return schema

    def _at(self, reference: str) -> Mapping[str, Any]:
        here: Any = self.root
        for step in reference.removeprefix("#").strip("/").split("/"):
            if step:
                here = here[step.replace("~1", "/").replace("~0", "~")]
        return here

    def _one_of(self, schema: Mapping[str, Any], union: str, name: str, depth: int) -> Any:
        choices: list[Mapping[str, Any]] = [self._resolved(one) for one in schema[union]]
        filled = [one for one in choices if str(one.get("type", "")).lower() != "null"]
        chosen = filled[0] if filled and depth < DEEPEST else choices[-1]
        rest = {key: value for key, value in schema.items() if key != union}
        return self.value(_merged(rest, chosen), name, depth)

    def _of_kind(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        kinds: Any = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kinds, list):
            kinds = next((one for one in cast("list[str]", kinds) if one != "null"), "null")
        match str(kinds).lower():
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "integer":
                return int(self._number(schema, whole=True))
            case "number":
                return self._number(schema, whole=False)
            case "boolean":
                return self.chance.random() < 0.5
            case "null":
                return None
            case _:
                return self._string(schema, name)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        members: dict[str, Any] = schema.get("properties") or {}
        required: list[str] = schema.get("required") or []
        return {
            name: self.value(inner, name, depth + 1)
            for name, inner in members.items()
            if depth < DEEPEST or name in required
        }

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        fixed: list[Any] = schema.get("prefixItems") or []
        items: Any = schema.get("items") or {"type": "string"}
        least, most = int(schema.get("minItems", 0)), schema.get("maxItems")
        wanted = max(least, len(fixed), 1 if depth < DEEPEST else 0)
        wanted = wanted if most is None else min(wanted, max(least, int(most)))
        return [
            self.value(fixed[at] if at < len(fixed) else items, f"{name} {at + 1}", depth + 1)
            for at in range(wanted)
        ]

    def _number(self, schema: Mapping[str, Any], *, whole: bool) -> float:
        least, most = schema.get("minimum"), schema.get("maximum")
        step = float(schema.get("multipleOf", 1 if whole else 0))
        nudge = step or 1e-6
        if (above := schema.get("exclusiveMinimum")) is not None:
            least = above + nudge if least is None else max(least, above + nudge)
        if (below := schema.get("exclusiveMaximum")) is not None:
            most = below - nudge if most is None else min(most, below - nudge)
        low = float(least if least is not None else (0 if most is None or most >= 0 else most - 1))
        high = float(most if most is not None else low + (10 if whole else 1))
        drawn = low + (high - low) * self.chance.random()
        if not step:
            return round(drawn, 3) if low <= round(drawn, 3) <= high else drawn
        first = -(-low // step)
        return min(max(drawn // step, first), high // step) * step

    def _string(self, schema: Mapping[str, Any], name: str) -> str:
        formats = {
            "date-time": "2026-01-01T00:00:00Z",
            "date": "2026-01-01",
            "email": "simulated@example.org",
            "uri": "https://example.org/simulated",
            "uuid": f"{self.chance.getrandbits(128):032x}",
        }
        text = formats.get(str(schema.get("format", "")), f"simulated {name}")
        if schema.get("format") == "uuid":
            text = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
        text += "." * (int(schema.get("minLength", 0)) - len(text))
        most = schema.get("maxLength")
        return text if most is None else text[: int(most)]


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**first, **second}
    if "properties" in first and "properties" in second:
        merged["properties"] = {**first["properties"], **second["properties"]}
    if "required" in first and "required" in second:
        merged["required"] = [*first["required"], *second["required"]]
    return merged
