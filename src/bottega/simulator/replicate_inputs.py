"""Checks a prediction's input against its model's schema, in the words of the vendor's validator, and finds the files.

A name that the model lacks is refused. (The vendor lets some of them pass without effect; a client that sends one is
mistaken either way.)
"""

import base64
import binascii
import json
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bottega.simulator.replicate_model import JSON, HostedModel


@dataclass(frozen=True)
class Complaint:
    """`field` is a path such as `input.width`; `kind` names the rule as the vendor's validator does."""

    kind: str
    field: str
    description: str


@dataclass(frozen=True)
class InputFile:
    """`field` as `input_images[1]` where the field is a list."""

    field: str
    kind: str
    data: bytes


class Unreachable(Exception):
    """A file's address that leads nowhere; the prediction fails, as it does at the vendor."""


def complaints(model: HostedModel, given: Mapping[str, Any]) -> list[Complaint]:
    found = [
        Complaint("required", "input", f"{name} is required")
        for name in model.required
        if given.get(name) is None
    ]
    for name, value in given.items():
        spec = model.inputs.get(name)
        if spec is None:
            found.append(
                Complaint(
                    "additional_property_not_allowed", "input", f"Additional property {name} is not allowed"
                )
            )
        elif value is not None or (name not in model.required and not spec.get("nullable", False)):
            found += _value(spec, f"input.{name}", value)
    return found


def _value(spec: JSON, path: str, value: Any) -> list[Complaint]:
    expected = spec["type"]
    if not _is(expected, value):
        text = f"Invalid type. Expected: {expected}, given: {_name(value)}"
        return [Complaint("invalid_type", path, text)]
    found: list[Complaint] = []
    if "enum" in spec and value not in spec["enum"]:
        allowed = ", ".join(json.dumps(one, ensure_ascii=False) for one in spec["enum"])
        name = path.rpartition(".")[2]
        found.append(Complaint("enum", path, f"{name} must be one of the following: {allowed}"))
    if "minimum" in spec and value < spec["minimum"]:
        found.append(Complaint("number_gte", path, f"Must be greater than or equal to {spec['minimum']:g}"))
    if "maximum" in spec and value > spec["maximum"]:
        found.append(Complaint("number_lte", path, f"Must be less than or equal to {spec['maximum']:g}"))
    if spec.get("format") == "uri" and not _is_uri(value):
        found.append(Complaint("format", path, "Does not match format 'uri'"))
    if expected == "array":
        items = cast("list[Any]", value)
        if len(items) > spec.get("maxItems", len(items)):
            text = f"Array must have at most {spec['maxItems']} items"
            found.append(Complaint("array_max_items", path, text))
        for index, item in enumerate(items):
            found += _value(spec["items"], f"{path}.{index}", item)
    return found


def _is(expected: str, value: Any) -> bool:
    match expected:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case _:
            return isinstance(value, str)


def _name(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(cast("type[Any]", type(value)), "null")


def _is_uri(value: str) -> bool:
    return value.startswith("data:") or bool(urllib.parse.urlsplit(value).scheme)


def with_defaults(model: HostedModel, given: Mapping[str, Any]) -> JSON:
    """The input with what was not said filled in; what has no default is left out."""
    filled = {name: spec["default"] for name, spec in model.inputs.items() if "default" in spec}
    return {**filled, **{name: value for name, value in given.items() if value is not None}}


def files(
    model: HostedModel, given: Mapping[str, Any], resolve: Callable[[str], tuple[str, bytes]]
) -> list[InputFile]:
    """The input's files in the order of the model's fields. Raises Unreachable."""
    found: list[InputFile] = []
    for name, spec in model.inputs.items():
        value = given.get(name)
        if spec.get("format") == "uri" and value:
            found.append(InputFile(name, *_bytes(str(value), resolve)))
        elif spec.get("items", {}).get("format") == "uri":
            found += [
                InputFile(f"{name}[{index}]", *_bytes(str(one), resolve))
                for index, one in enumerate(cast("list[Any]", value or []))
            ]
    return found


def file_fields(model: HostedModel) -> frozenset[str]:
    """The inputs that are files."""
    return frozenset(
        name
        for name, spec in model.inputs.items()
        if spec.get("format") == "uri" or spec.get("items", {}).get("format") == "uri"
    )


def _bytes(address: str, resolve: Callable[[str], tuple[str, bytes]]) -> tuple[str, bytes]:
    if not address.startswith("data:"):
        return resolve(address)
    head, _, body = address[5:].partition(",")
    kind, _, coding = head.partition(";")
    try:
        data = (
            base64.b64decode(body, validate=True)
            if coding.endswith("base64")
            else urllib.parse.unquote_to_bytes(body)
        )
    except binascii.Error as error:
        raise Unreachable("The data URL could not be decoded.") from error
    return kind or "text/plain", data
