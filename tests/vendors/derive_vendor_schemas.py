"""Derives the trimmed JSON Schemas of OpenAI's and Anthropic's APIs from the vendors' own descriptions.

    python tests/vendors/derive_vendor_schemas.py FOLDER

FOLDER holds `openai/openapi.trimmed.json` (openai/openai-openapi, MIT, 2026-08-21),
`openai/sdk-3.52.0.images.schema.json` (emitted from the types of openai 3.52.0, Apache-2.0) and `anthropic/openapi.json`
(Anthropic's document by way of tryAGI/Anthropic, MIT, 2026-08-18). What the simulator checks requests with goes to
`src/bottega/simulator/schemas`, what tests check answers with to `tests/vendors/schemas`. Only structure is kept: no
descriptions, no examples. Parts that are not simulated (hosted tools, audio, files, citations) are left out.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
REQUESTS = REPOSITORY / "src/bottega/simulator/schemas"
RESPONSES = REPOSITORY / "tests/vendors/schemas"

KEPT = {
    "$ref", "type", "properties", "required", "items", "enum", "const", "anyOf", "oneOf", "allOf", "not", "minimum",
    "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "additionalProperties",
}  # fmt: skip
OPENAI_LEFT_OUT = re.compile(
    "FileSearch|Computer|WebSearch|MCP|CodeInterpreter|Program|ImageGenTool|LocalShell|FunctionShell|Custom|Namespace|"
    "ToolSearch|ApplyPatch|Compaction|AdditionalTools|ItemReference|FileContent|ContentPartAudio|ContentPartFile|"
    "ToolChoiceTypes|RequestFunctionMessage|^Moderation|ChatCompletionModeration|ModerationParam|^Prompt$|Conversation|"
    "HTTPError|ToolCallOutputResource|Citation|FilePath|ContextManagement|PredictionContent|Caller|StreamOptions$|"
    "ChatCompletionFunction|AllowedTools|ToolChoiceAllowed"
)
ANTHROPIC_LEFT_OUT = re.compile(
    "BashTool|BashCode|CodeExecution|MemoryTool|TextEditor|WebSearch|WebFetch|ToolSearch|ContainerUpload|Document|"
    "SearchResult|ServerToolUse|ServerToolCaller|Citation"
)


class Trimmer:
    """Copies components and what they refer to. `strict`: objects take no members that are not named."""

    def __init__(self, components: dict[str, Any], left_out: re.Pattern[str], *, strict: bool) -> None:
        self.components, self.left_out, self.strict = components, left_out, strict
        self.kept: dict[str, Any] = {}

    def reference(self, name: str) -> dict[str, str]:
        if name not in self.kept:
            self.kept[name] = {}
            self.kept[name] = self.schema(self.components[name])
        return {"$ref": f"#/$defs/{name}"}

    def is_out(self, schema: Any) -> bool:
        """Whether nothing is left of it."""
        if not isinstance(schema, dict):
            return False
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return bool(self.left_out.search(name)) or self.is_out(
                {
                    key: self.components[name][key]
                    for key in ("anyOf", "oneOf")
                    if key in self.components[name]
                }
            )
        members = [one for key in ("anyOf", "oneOf") for one in schema.get(key, [])]
        filled = [one for one in members if one.get("type") != "null"]
        return bool(filled) and all(self.is_out(one) for one in filled)

    def schema(self, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        if "$ref" in given:
            return self.reference(given["$ref"].rpartition("/")[2])
        if "allOf" in given:
            given = self.flat(given)
        out: dict[str, Any] = {}
        for key, value in given.items():
            if key not in KEPT:
                continue
            if key in ("anyOf", "oneOf"):
                out["anyOf"] = [self.schema(one) for one in value if not self.is_out(one)]
            elif key == "properties":
                out[key] = {name: self.schema(one) for name, one in value.items() if not self.is_out(one)}
            elif key in ("items", "not", "additionalProperties"):
                out[key] = self.schema(value)
            else:
                out[key] = value
        if given.get("nullable") and out:
            out = {"anyOf": [out, {"type": "null"}]}
        if self.strict and "properties" in out:
            out.setdefault("additionalProperties", False)
        if "properties" in out and "required" in out:
            out["required"] = [name for name in out["required"] if name in out["properties"]]
        return out

    def flat(self, given: dict[str, Any]) -> dict[str, Any]:
        merged: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        for part in [*given["allOf"], {key: value for key, value in given.items() if key != "allOf"}]:
            if "$ref" in part:
                part = self.components[part["$ref"].rpartition("/")[2]]
            if "allOf" in part:
                part = self.flat(part)
            merged["properties"] |= part.get("properties", {})
            merged["required"] += part.get("required", [])
        return merged


def write(path: Path, comment: str, trimmer: Trimmer, roots: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"$comment": comment, "roots": roots, "$defs": dict(sorted(trimmer.kept.items()))}
    path.write_text(json.dumps(content, indent=1) + "\n")
    print(path, path.stat().st_size)


def openai(folder: Path) -> None:
    components: dict[str, Any] = json.loads((folder / "openapi.trimmed.json").read_text())["components"][
        "schemas"
    ]
    newer: dict[str, Any] = json.loads((folder / "sdk-3.52.0.images.schema.json").read_text())["schemas"]
    for name in ("ModelIdsShared", "ModelIdsResponses"):
        components[name] = {"type": "string"}
    comment = (
        "Structure derived from openai/openai-openapi (MIT, 2026-08-21) and the image types of openai 3.52.0 "
        "(Apache-2.0); see tests/vendors/derive_vendor_schemas.py."
    )
    trimmer = Trimmer(components, OPENAI_LEFT_OUT, strict=False)
    roots = {
        "images.generate": with_newer(components, newer, "CreateImageRequest"),
        "images.edit": with_newer(components, newer, "CreateImageEditRequest", files=("image", "mask")),
        "images.edit.json": with_newer(components, newer, "EditImageBodyJsonParam"),
        "chat.completions": components["CreateChatCompletionRequest"],
        "responses": components["CreateResponse"],
        "moderations": components["CreateModerationRequest"],
    }
    trimmed = {
        name: trimmer.schema(schema) | {"additionalProperties": False} for name, schema in roots.items()
    }
    write(REQUESTS / "openai_requests.json", comment, trimmer, trimmed)

    for name in (
        "ImagesResponse",
        *(f"Image{kind}{what}Event" for kind in ("Gen", "Edit") for what in ("PartialImage", "Completed")),
    ):
        size = {"type": "string", "pattern": "^(auto|[0-9]+x[0-9]+)$"}
        properties = components[name]["properties"]
        components[name]["properties"] = properties | {
            "size": size,
            "quality": newer[name]["properties"]["quality"],
            "output_format": newer[name]["properties"]["output_format"],
        }
    trimmer = Trimmer(components, OPENAI_LEFT_OUT, strict=True)
    answers = {
        "images": "ImagesResponse",
        "images.generate.event": "ImageGenStreamEvent",
        "images.edit.event": "ImageEditStreamEvent",
        "chat.completions": "CreateChatCompletionResponse",
        "responses": "Response",
        "moderations": "CreateModerationResponse",
        "models": "ListModelsResponse",
        "error": "ErrorResponse",
    }
    write(
        RESPONSES / "openai_responses.json",
        comment,
        trimmer,
        {name: trimmer.reference(component) for name, component in answers.items()},
    )


def with_newer(
    components: dict[str, Any], newer: dict[str, Any], name: str, *, files: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A request as published, with the members and values that only the newer SDK has. Uploaded files are no fields."""
    schema = json.loads(json.dumps(components[name]))
    later = newer["ImageGenerateParamsNonStreaming"]["properties"]
    for member in (
        "quality",
        "output_format",
        "size",
        "complexity",
        "frame_count",
        "frame_duration_ms",
        "safety_identifier",
    ):
        schema["properties"][member] = later[member]
    if name == "EditImageBodyJsonParam":
        schema["properties"]["quality"] = {
            "anyOf": [{"enum": ["low", "medium", "high", "xhigh", "max", "auto"]}, {"type": "null"}]
        }
    schema["properties"]["output_compression"] = {
        "anyOf": [{"type": "integer", "minimum": 0, "maximum": 100}, {"type": "null"}]
    }
    for member in files:
        del schema["properties"][member]
    schema["required"] = [member for member in schema["required"] if member not in files]
    return schema


def anthropic(folder: Path) -> None:
    components: dict[str, Any] = json.loads((folder / "openapi.json").read_text())["components"]["schemas"]
    components["Model"] = {"type": "string"}
    comment = (
        "Structure derived from Anthropic's API description by way of tryAGI/Anthropic (MIT, 2026-08-18); see "
        "tests/vendors/derive_vendor_schemas.py."
    )
    trimmer = Trimmer(components, ANTHROPIC_LEFT_OUT, strict=False)
    write(
        REQUESTS / "anthropic_requests.json",
        comment,
        trimmer,
        {"messages": trimmer.reference("CreateMessageParams")},
    )
    for name in ("Usage", "MessageDeltaUsage"):
        components[name]["properties"]["server_tool_use"] = {"type": "null"}
    components["ResponseTextBlock"]["properties"]["citations"] = {"type": "null"}
    # anthropic 2.11.0 requires it; the description is older.
    components["ModelInfo"]["properties"]["lifecycle"] = {"enum": ["active", "deprecated", "retired"]}
    trimmer = Trimmer(components, ANTHROPIC_LEFT_OUT, strict=True)
    answers = {
        "message": "Message",
        "event": "MessageStreamEvent",
        "error": "ErrorResponse",
        "models": "ListResponse_ModelInfo_",
    }
    write(
        RESPONSES / "anthropic_responses.json",
        comment,
        trimmer,
        {name: trimmer.reference(component) for name, component in answers.items()},
    )


if __name__ == "__main__":
    openai(Path(sys.argv[1]) / "openai")
    anthropic(Path(sys.argv[1]) / "anthropic")
