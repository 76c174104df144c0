"""Whether a simulated Stability request is well formed: every complaint as the vendor words them, `field: reason`."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from bottega.simulator.stability_operations import Choice, Field, Number, Operation, Picture, Text
from bottega.simulator.world import Entry, SeenFile

DUMMY_PARTS = frozenset({"none"})
"""The vendor's samples send an empty part of this name to make a request multipart that has no file."""

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


def complaints(operation: Operation, entry: Entry) -> list[str]:
    """What is wrong with the call, empty when nothing is. A field that the operation lacks is refused: it would be
    without effect at the vendor, and a client that sends it is mistaken."""
    found = [
        f"{name}: is required"
        for name in operation.required
        if name not in entry.fields and name not in entry.files
    ]
    for name, value in entry.fields.items():
        found += _field(operation.fields, name, value)
    for name, files in entry.files.items():
        found += _file(operation.fields, name, files)
    return found or _rules(operation, entry)


def _field(fields: Mapping[str, Field], name: str, value: Any) -> list[str]:
    if name in DUMMY_PARTS:
        return []
    spec = fields.get(name)
    match spec:
        case None:
            return [f"{name}: is not allowed"]
        case Picture():
            return [f"{name}: must be a file"]
        case Text():
            return _text(spec, name, value)
        case Choice():
            return [] if value in spec.values else [f"{name}: must be one of {', '.join(spec.values)}"]
        case Number():
            return _number(spec, name, value)


def _text(spec: Text, name: str, value: Any) -> list[str]:
    if not isinstance(value, str):
        return [f"{name}: must be sent once"]
    if len(value.strip()) < spec.shortest:
        return [f"{name}: cannot be blank"]
    return [] if len(value) <= spec.longest else [f"{name}: must be at most {spec.longest} characters"]


def _number(spec: Number, name: str, value: Any) -> list[str]:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return [f"{name}: must be a number"]
    if spec.whole and number != int(number):
        return [f"{name}: must be an integer"]
    if not spec.low <= number <= spec.high:
        return [f"{name}: must be between {spec.low:.10g} and {spec.high:.10g}"]
    return []


def _file(fields: Mapping[str, Field], name: str, files: list[tuple[SeenFile, bytes]]) -> list[str]:
    if name in DUMMY_PARTS:
        return []
    spec = fields.get(name)
    if spec is None:
        return [f"{name}: is not allowed"]
    if not isinstance(spec, Picture):
        return [f"{name}: must be text, not a file"]
    if len(files) != 1:
        return [f"{name}: must be sent once"]
    seen, data = files[0]
    if not data.startswith(_SIGNATURES) or not seen.width:
        return [f"{name}: must be a valid jpeg, png or webp"]
    return _size(spec, name, seen.width, seen.height)


def _size(spec: Picture, name: str, width: int, height: int) -> list[str]:
    area, found = width * height, list[str]()
    if min(width, height) < spec.side_low:
        found.append(f"{name}: every side must be at least {spec.side_low} pixels")
    if spec.side_high and max(width, height) > spec.side_high:
        found.append(f"{name}: every side must be at most {spec.side_high} pixels")
    if area < spec.area_low or (spec.area_high and area > spec.area_high):
        found.append(
            f"{name}: total pixel count must be between {spec.area_low} and {spec.area_high or 'unlimited'} pixels"
        )
    if spec.widest and max(width, height) > spec.widest * min(width, height):
        found.append(f"{name}: aspect ratio must be between 1:{spec.widest:g} and {spec.widest:g}:1")
    return found


def _rules(operation: Operation, entry: Entry) -> list[str]:
    """Rules between fields, from the operations' descriptions."""
    fields, files = entry.fields, entry.files
    match operation.path:
        case "generate/ultra":
            if "image" in files and "strength" not in fields:
                return ["strength: is required when an image is provided"]
        case "generate/sd3":
            return _sd3(fields, files)
        case "edit/outpaint":
            if not any(float(fields.get(side, 0)) for side in ("left", "right", "up", "down")):
                return ["at least one outpaint direction (left, right, up, down) must be non-zero"]
        case "edit/inpaint" | "edit/erase":
            if "mask" not in files and not _sees_through(files["image"][0][1]):
                return ["mask: is required when the image has no alpha channel"]
        case "edit/replace-background-and-relight":
            if not fields.get("background_prompt") and "background_reference" not in files:
                return ["background_prompt: background_prompt or background_reference is required"]
            if "light_source_strength" in fields and not (
                "light_reference" in files or "light_source_direction" in fields
            ):
                return ["light_source_strength: needs light_reference or light_source_direction"]
        case _:
            pass
    return []


def _sd3(fields: Mapping[str, Any], files: Mapping[str, Any]) -> list[str]:
    if fields.get("mode", "text-to-image") == "text-to-image":
        return [
            f"{name}: is only allowed with mode image-to-image"
            for name in ("image", "strength")
            if name in files or name in fields
        ]
    found = [
        f"{name}: is required with mode image-to-image"
        for name in ("image", "strength")
        if name not in files and name not in fields
    ]
    if "aspect_ratio" in fields:
        found.append("aspect_ratio: is only allowed with mode text-to-image")
    return found


def _sees_through(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as picture:
        return "A" in picture.getbands() or "transparency" in picture.info
