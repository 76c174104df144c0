"""How a model of the simulated Replicate is described: input schema, kind of output, usual running time.

Field names, choices and limits are those of the models' public input schemas as they were published between
2025 and February 2026 (model pages, public client code, the vendor's list of 2025-09-30). They are
facts to test against, not a live catalogue: a real client reads `latest_version.openapi_schema`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]

Kind = Literal["picture", "clip", "text"]
Shape = Literal["string", "list", "dict"]


@dataclass(frozen=True)
class HostedModel:
    """One model. `official` ones run by name and answer version "hidden"; the others need `version` (64 hex)."""

    owner: str
    name: str
    description: str
    kind: Kind
    shape: Shape
    inputs: Mapping[str, JSON]
    required: tuple[str, ...]
    official: bool
    seconds: float
    """How long a prediction usually runs, in seconds of the vendor's time."""
    count_field: str = ""
    """The input that says how many pictures come out."""
    dict_key: str = ""
    """For output of shape "dict": the key of the file."""
    silent: bool = True
    """Clips: whether the model never makes sound."""
    pinned: tuple[str, ...] = field(default=())
    """Version ids known to the public, newest first; empty: derived from the name."""

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def version(self) -> str:
        """The id of the latest version, 64 hex digits."""
        if self.pinned:
            return self.pinned[0]
        return hashlib.sha256(f"simulated version of {self.full_name}".encode()).hexdigest()

    @property
    def versions(self) -> tuple[str, ...]:
        return self.pinned or (self.version,)

    def openapi_schema(self) -> JSON:
        """What `latest_version.openapi_schema` holds: Input and Output, choices as referenced enums."""
        schemas: JSON = {}
        properties: JSON = {}
        for order, (name, spec) in enumerate(self.inputs.items()):
            spec = dict(spec)
            title = name.replace("_", " ").title()
            if "enum" in spec and spec["type"] in ("string", "integer"):
                schemas[name] = {
                    "title": name,
                    "type": spec.pop("type"),
                    "enum": spec.pop("enum"),
                    "description": "An enumeration.",
                }
                properties[name] = {
                    "allOf": [{"$ref": f"#/components/schemas/{name}"}],
                    "x-order": order,
                    **spec,
                }
            else:
                properties[name] = {"title": title, "x-order": order, **spec}
        schemas["Input"] = {
            "type": "object",
            "title": "Input",
            "required": list(self.required),
            "properties": properties,
        }
        schemas["Output"] = self._output_schema()
        return {
            "openapi": "3.0.2",
            "info": {"title": "Cog", "version": "0.1.0"},
            "paths": {},
            "components": {"schemas": schemas},
        }

    def _output_schema(self) -> JSON:
        item: JSON = {"type": "string"} if self.kind == "text" else {"type": "string", "format": "uri"}
        if self.shape == "list":
            return {"title": "Output", "type": "array", "items": item}
        if self.shape == "dict":
            return {"title": "Output", "type": "object", "properties": {self.dict_key: item}}
        return {"title": "Output", **item}


def text(description: str = "", default: str | None = None) -> JSON:
    return {"type": "string", "description": description, **({} if default is None else {"default": default})}


def uri(description: str = "", nullable: bool = False) -> JSON:
    return {
        "type": "string",
        "format": "uri",
        "description": description,
        **({"nullable": True} if nullable else {}),
    }


def uris(description: str = "", most: int | None = None) -> JSON:
    limit = {} if most is None else {"maxItems": most}
    return {
        "type": "array",
        "items": {"type": "string", "format": "uri"},
        "default": [],
        "description": description,
        **limit,
    }


def one_of(values: tuple[str, ...] | tuple[int, ...], default: str | int | None) -> JSON:
    kind = "integer" if isinstance(values[0], int) else "string"
    return {"type": kind, "enum": list(values), **({} if default is None else {"default": default})}


def number(kind: str, low: float | None, high: float | None, default: float | None) -> JSON:
    spec: JSON = {"type": kind}
    if low is not None:
        spec["minimum"] = low
    if high is not None:
        spec["maximum"] = high
    if default is not None:
        spec["default"] = default
    return spec


def integer(low: int | None = None, high: int | None = None, default: int | None = None) -> JSON:
    return number("integer", low, high, default)


def fraction(low: float | None = None, high: float | None = None, default: float | None = None) -> JSON:
    return number("number", low, high, default)


def flag(default: bool) -> JSON:
    return {"type": "boolean", "default": default}


def seed() -> JSON:
    return {
        "type": "integer",
        "nullable": True,
        "description": "Random seed. Set for reproducible generation",
    }


def picture(
    full_name: str,
    description: str,
    inputs: Mapping[str, JSON],
    required: tuple[str, ...],
    *,
    official: bool = True,
    shape: Shape = "string",
    seconds: float = 6.0,
    count_field: str = "",
    pinned: tuple[str, ...] = (),
) -> HostedModel:
    owner, name = full_name.split("/")
    return HostedModel(
        owner,
        name,
        description,
        "picture",
        shape,
        inputs,
        required,
        official,
        seconds,
        count_field,
        pinned=pinned,
    )


def clip(
    full_name: str,
    description: str,
    inputs: Mapping[str, JSON],
    required: tuple[str, ...],
    *,
    official: bool = True,
    shape: Shape = "string",
    seconds: float = 60.0,
    silent: bool = True,
    pinned: tuple[str, ...] = (),
) -> HostedModel:
    owner, name = full_name.split("/")
    return HostedModel(
        owner,
        name,
        description,
        "clip",
        shape,
        inputs,
        required,
        official,
        seconds,
        silent=silent,
        pinned=pinned,
    )
