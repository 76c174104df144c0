"""Derives the trimmed JSON Schemas of Gemini's, Replicate's and Stability's answers from the vendors' descriptions.

    python tests/vendors/derive_media_vendor_schemas.py FOLDER

FOLDER holds `gemini/openapi.v1beta.converted.json` (the v1beta discovery document, converted by tryAGI/Google_Generative_AI,
MIT, 2026-08-22), `gemini/code.proto` (googleapis, Apache-2.0: errors are google.rpc.Status under `error`, with the name of
the code), `replicate/openapi.json` (the vendor's document by way of tryAGI/Replicate, MIT, 2026-04-09),
`stability/openapi.v2beta.transcribed.json` (transcribed by hand, 2026) and `stability/openapi.v1.legacy.json`
(Stability-AI/rest-api-support, 2023-03-26). Only structure is kept: no descriptions, no examples. Objects take no members that
are not named, so that an invented member is found; oneOf becomes anyOf, as some of the alternatives overlap (a version is a string, or the string "hidden").
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).resolve().parent / "schemas"
KEPT = {
    "type", "required", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "format",
}  # fmt: skip
GEMINI_LEFT_OUT = {
    "groundingMetadata", "groundingAttributions", "urlContextMetadata", "logprobsResult", "citationMetadata", "toolCall",
    "toolResponse", "executableCode", "codeExecutionResult", "modelStatus", "videoMetadata", "mediaResolution",
}  # fmt: skip


def trimmed(
    schema: dict[str, Any], components: dict[str, Any], kept: dict[str, Any], left_out: set[str]
) -> dict[str, Any]:
    """A copy with structure only; what it refers to goes to `kept`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in kept:
            kept[name] = {}
            kept[name] = trimmed(components[name], components, kept, left_out)
        return {"$ref": f"#/$defs/{name}"}
    out = {key: value for key, value in schema.items() if key in KEPT}
    for key in ("oneOf", "anyOf", "allOf"):
        if key in schema:
            out["anyOf" if key == "oneOf" else key] = [
                trimmed(one, components, kept, left_out) for one in schema[key]
            ]
    if "items" in schema:
        out["items"] = trimmed(schema["items"], components, kept, left_out)
    if "properties" in schema:
        out["properties"] = {
            name: trimmed(inner, components, kept, left_out)
            for name, inner in schema["properties"].items()
            if name not in left_out
        }
        out["additionalProperties"] = bool(schema.get("additionalProperties", False))
    if schema.get("nullable") and "type" in out:
        out["type"] = [out["type"], "null"]
    if out.get("format") in ("int32", "int64", "float", "double", "byte", "binary", "google-datetime"):
        del out["format"]
    return out


def document(
    source: str,
    licence: str,
    roots: dict[str, dict[str, Any]],
    components: dict[str, Any],
    left_out: set[str],
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    named = {name: trimmed(schema, components, kept, left_out) for name, schema in roots.items()}
    return {"x-source": source, "x-licence": licence, "$defs": {**kept, **named}}


def gemini(folder: Path) -> dict[str, Any]:
    spec = json.loads((folder / "gemini/openapi.v1beta.converted.json").read_text())["components"]["schemas"]
    names = (
        "GenerateContentResponse",
        "CountTokensResponse",
        "File",
        "ListFilesResponse",
        "Model",
        "ListModelsResponse",
    )
    derived = document(
        "Gemini API v1beta discovery document, converted by tryAGI/Google_Generative_AI @ be52b853, 2026-08-22",
        "Apache-2.0 (Google); MIT (conversion)",
        {name: spec[name] for name in names},
        spec,
        GEMINI_LEFT_OUT,
    )
    codes = re.findall(r"^  ([A-Z_]+) = \d+;", (folder / "gemini/code.proto").read_text(), re.MULTILINE)
    members = {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "status": {"enum": codes},
        "details": {"type": "array", "items": {"type": "object", "required": ["@type"]}},
    }
    error = {"type": "object", "required": ["code", "message", "status"], "properties": members}
    derived["$defs"]["error"] = {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {**error, "additionalProperties": False}},
        "additionalProperties": False,
    }
    return derived


def replicate(folder: Path) -> dict[str, Any]:
    spec = json.loads((folder / "replicate/openapi.json").read_text())
    components = spec["components"]["schemas"]

    def answer(path: str, method: str, status: str) -> dict[str, Any]:
        return spec["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]

    roots = {
        "prediction": components["schemas_prediction_response"],
        "file": components["schemas_file_response"],
        "model": components["schemas_model_response"],
        "version": components["schemas_version_response"],
        "predictions": answer("/predictions", "get", "200"),
        "files": answer("/files", "get", "200"),
        "models": answer("/models", "get", "200"),
        "account": answer("/account", "get", "200"),
        "secret": answer("/webhooks/default/secret", "get", "200"),
    }
    trimmed_spec = document(
        "Replicate HTTP API 1.0.0-a1 by way of tryAGI/Replicate @ 6c8ab8ea, 2026-04-09. webhook and webhook_events_filter "
        "were added to predictions, as recorded in 2025",
        "MIT (mirror)",
        roots,
        components,
        set(),
    )
    for name in ("prediction", "schemas_prediction_response"):
        members = trimmed_spec["$defs"][name]["properties"] if name in trimmed_spec["$defs"] else {}
        members["webhook"] = {"type": "string"}
        members["webhook_events_filter"] = {"type": ["array", "null"], "items": {"type": "string"}}
    for name in ("model", "version", "file"):
        for member in trimmed_spec["$defs"][name]["properties"].values():
            if member.get("type") in ("object", ["object", "null"]) and "properties" not in member:
                member["additionalProperties"] = True
    return trimmed_spec


def stability(folder: Path) -> dict[str, Any]:
    spec = json.loads((folder / "stability/openapi.v2beta.transcribed.json").read_text())
    legacy = json.loads((folder / "stability/openapi.v1.legacy.json").read_text())["components"]["schemas"]
    result = spec["paths"]["/v2beta/results/{id}"]["get"]["responses"]
    components = {**legacy, **spec["components"]["schemas"]}
    legacy_error = {**legacy["Error"], "required": ["id", "name", "message"]}
    roots = {
        **{name: components[name] for name in ("ImageResult", "ContentModerationResponse", "GenerationID")},
        "Error": components["Error"],
        "result": result["200"]["content"]["application/json"]["schema"],
        "in_progress": result["202"]["content"]["application/json"]["schema"],
        "balance": legacy["BalanceResponseBody"],
        "account": legacy["AccountResponseBody"],
        "engines": legacy["ListEnginesResponseBody"],
        "legacy_error": legacy_error,
    }
    return document(
        "Stability AI v2beta image API, transcribed from the vendor's document as mirrored in tryAGI/StabilityAI @ 016c91ba; "
        "v1 from Stability-AI/rest-api-support @ 99d5cfae, 2023-03-26 (its Error requires a member that does not exist: dropped)",
        "none stated by the vendor; structure only",
        roots,
        components,
        set(),
    )


def main(folder: Path) -> None:
    for vendor, derive in (("gemini", gemini), ("replicate", replicate), ("stability", stability)):
        path = SCHEMAS / f"{vendor}_responses.json"
        path.write_text(json.dumps(derive(folder), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
