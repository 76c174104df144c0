"""Reads a simulated generateContent call: what was asked, which pictures came with it, and what is wrong with it.

Members may be written in camelCase or snake_case and bytes in either base64 alphabet, as in proto3 JSON; the vendor's
own SDK mixes both.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bottega.simulator.answers import text_tokens
from bottega.simulator.gemini_models import GeminiModel
from bottega.simulator.world import Entry, SeenFile

JSON = dict[str, Any]

LARGEST_BODY = 100 * 1024 * 1024

_TOP = frozenset(
    [
        "contents",
        "systemInstruction",
        "tools",
        "toolConfig",
        "safetySettings",
        "generationConfig",
        "cachedContent",
        "model",
        "store",
        "serviceTier",
    ]
)
_CONFIG = frozenset(
    [
        "stopSequences",
        "responseMimeType",
        "responseSchema",
        "responseJsonSchema",
        "responseModalities",
        "candidateCount",
        "maxOutputTokens",
        "temperature",
        "topP",
        "topK",
        "seed",
        "presencePenalty",
        "frequencyPenalty",
        "responseLogprobs",
        "logprobs",
        "enableEnhancedCivicAnswers",
        "speechConfig",
        "thinkingConfig",
        "imageConfig",
        "mediaResolution",
        "responseFormat",
        "audioTranscriptionConfig",
        "translationConfig",
        "enableAffectiveDialog",
    ]
)
_IMAGE_CONFIG = frozenset({"aspectRatio", "imageSize"})
_PART = frozenset(
    [
        "text",
        "inlineData",
        "fileData",
        "functionCall",
        "functionResponse",
        "thought",
        "thoughtSignature",
        "videoMetadata",
        "executableCode",
        "codeExecutionResult",
        "mediaResolution",
        "mediaProcessing",
        "partMetadata",
        "toolCall",
        "toolResponse",
    ]
)


class Invalid(Exception):
    """A call that the vendor refuses with INVALID_ARGUMENT (or another status)."""

    def __init__(
        self, message: str, field_path: str = "", code: int = 400, status: str = "INVALID_ARGUMENT"
    ) -> None:
        super().__init__(message)
        self.field_path, self.code, self.status = field_path, code, status


@dataclass
class Asked:
    """What a call wants, after checking. `pictures`: input pictures in order, with their bytes."""

    model: GeminiModel
    texts: list[str] = field(default_factory=list[str])
    pictures: list[tuple[SeenFile, bytes]] = field(default_factory=list[tuple[SeenFile, bytes]])
    text_tokens: int = 0
    wants_text: bool = True
    wants_picture: bool = False
    ratio: str = "1:1"
    size: str = "1K"
    candidates: int = 1
    thinks: bool = False
    schema: JSON | None = None
    as_json: bool = False
    functions: list[JSON] = field(default_factory=list[JSON])
    must_call: bool = False

    @property
    def prompt(self) -> str:
        return "\n".join(self.texts)

    @property
    def picture_tokens(self) -> int:
        return sum(self.model.input_tokens(seen.width, seen.height) for seen, _ in self.pictures)


def get(value: Mapping[str, Any], name: str, default: Any = None) -> Any:
    """A member by its camelCase name, however it was written."""
    if name in value:
        return value[name]
    return value.get(_snake(name), default)


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: f"_{match[0].lower()}", name)


def _object(value: Any, path: str) -> JSON:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid(f"Invalid value at '{path}': not an object.", path)
    return cast("JSON", value)


def _known(value: Mapping[str, Any], names: Iterable[str], path: str) -> None:
    allowed = {*names, *map(_snake, names)}
    for name in value:
        if name not in allowed:
            where = f" at '{path}'" if path else ""
            message = f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'
            raise Invalid(message, path)


def read(entry: Entry, model: GeminiModel, uploads: Mapping[str, tuple[str, bytes]]) -> Asked:
    """Raises Invalid. `uploads`: media type and bytes of the uploaded files by their id."""
    if int(entry.request.headers.get("content-length") or 0) > LARGEST_BODY:
        raise Invalid(f"Request payload size exceeds the limit: {LARGEST_BODY} bytes.")
    if entry.malformed:
        raise Invalid(f"Invalid JSON payload received. {entry.malformed}")
    body = entry.fields
    _known(body, _TOP, "")
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        raise Invalid("* GenerateContentRequest.contents: contents is not specified", "contents")
    asked = Asked(model)
    system = get(body, "systemInstruction")
    if system:
        _parts(entry, asked, _object(system, "system_instruction"), "system_instruction", uploads)
        asked.texts.clear()
    for index, content in enumerate(cast("list[Any]", contents)):
        path = f"contents[{index}]"
        _parts(entry, asked, _object(content, path), path, uploads)
    _read_config(asked, _object(get(body, "generationConfig"), "generation_config"))
    _read_tools(asked, body)
    return asked


def _parts(
    entry: Entry, asked: Asked, content: JSON, path: str, uploads: Mapping[str, tuple[str, bytes]]
) -> None:
    if content.get("role", "user") not in ("user", "model", "function", "system"):
        raise Invalid("Please use a valid role: user, model.", path)
    parts = content.get("parts")
    if not isinstance(parts, list) or not parts:
        raise Invalid(f"* GenerateContentRequest.{path}.parts: contents.parts must not be empty.", path)
    for index, part in enumerate(cast("list[Any]", parts)):
        where = f"{path}.parts[{index}]"
        _part(entry, asked, _object(part, where), where, uploads)


def _part(
    entry: Entry, asked: Asked, part: JSON, path: str, uploads: Mapping[str, tuple[str, bytes]]
) -> None:
    _known(part, _PART, path)
    if (text := part.get("text")) is not None:
        asked.texts.append(str(text))
        asked.text_tokens += text_tokens(str(text))
    elif (blob := get(part, "inlineData")) is not None:
        kind = str(get(blob, "mimeType", ""))
        _picture(entry, asked, path, kind, _decoded(str(blob.get("data", "")), path))
    elif (file := get(part, "fileData")) is not None:
        uri = str(get(file, "fileUri", ""))
        name = uri.rpartition("files/")[2].partition(":")[0]
        if name not in uploads:
            message = f"You do not have permission to access the File {name} or it may not exist."
            raise Invalid(message, path, 403, "PERMISSION_DENIED")
        _picture(entry, asked, path, *uploads[name])
    elif (response := get(part, "functionResponse")) is not None:
        asked.text_tokens += text_tokens(str(response.get("response", "")))
        for index, inner in enumerate(cast("list[JSON]", response.get("parts") or [])):
            _part(entry, asked, inner, f"{path}.function_response.parts[{index}]", uploads)
    elif (call := get(part, "functionCall")) is not None:
        asked.text_tokens += text_tokens(str(call))


def _decoded(data: str, path: str) -> bytes:
    try:
        return base64.b64decode(data.translate({45: "+", 95: "/"}) + "=" * (-len(data) % 4), validate=True)
    except binascii.Error as error:
        raise Invalid(
            f"Invalid value at '{path}.inline_data.data' (TYPE_BYTES), Base64 decoding failed", path
        ) from error


def _picture(entry: Entry, asked: Asked, path: str, kind: str, data: bytes) -> None:
    if not kind:
        raise Invalid(f"* GenerateContentRequest.{path}.inline_data: mimeType is required", path)
    seen = entry.add_file(path, "", kind, data)
    if not kind.startswith("image/"):
        asked.text_tokens += max(1, len(data) // 4)
        return
    if not seen.width:
        raise Invalid("Unable to process input image. Please retry or report the problem.", path)
    asked.pictures.append((seen, data))


def _read_config(asked: Asked, config: JSON) -> None:
    _known(config, _CONFIG, "generation_config")
    model = asked.model
    if asked.pictures:
        first = asked.pictures[0][0]
        asked.ratio = model.nearest_ratio(first.width, first.height)
    candidates = get(config, "candidateCount") or 1
    if not isinstance(candidates, int):
        raise Invalid(
            "Invalid value at 'generation_config.candidate_count' (TYPE_INT32)", "generation_config"
        )
    asked.candidates = candidates
    if not 1 <= asked.candidates <= (1 if model.makes_pictures else 8):
        raise Invalid(
            "Multiple candidates is not enabled for this model", "generation_config.candidate_count"
        )
    modalities = [str(one).upper() for one in get(config, "responseModalities") or ()]
    if model.makes_pictures:
        asked.wants_text = not modalities or "TEXT" in modalities
        asked.wants_picture = not modalities or "IMAGE" in modalities
    if unsupported := {*modalities} - {"TEXT", *(("IMAGE",) if model.makes_pictures else ())}:
        names = ", ".join(sorted(unsupported)).lower()
        raise Invalid(f"Model does not support the requested response modalities: {names}")
    if image_config := get(config, "imageConfig"):
        _read_image_config(asked, _object(image_config, "generation_config.image_config"))
    thinking = _object(get(config, "thinkingConfig"), "generation_config.thinking_config")
    asked.thinks = model.thinks and get(thinking, "thinkingBudget") != 0
    asked.as_json = get(config, "responseMimeType", "text/plain") == "application/json"
    asked.schema = get(config, "responseJsonSchema") or get(config, "responseSchema")
    if asked.as_json and model.makes_pictures:
        raise Invalid(
            f"JSON mode is not enabled for models/{model.id}", "generation_config.response_mime_type"
        )
    if asked.schema and not asked.as_json:
        raise Invalid(
            "Function calling with a response mime type: 'text/plain' is unsupported", "generation_config"
        )


def _read_image_config(asked: Asked, config: JSON) -> None:
    model, path = asked.model, "generation_config.image_config"
    if not model.makes_pictures:
        raise Invalid(f"Image config is not supported for models/{model.id}", path)
    _known(config, _IMAGE_CONFIG, path)
    if ratio := get(config, "aspectRatio"):
        if ratio not in model.ratios:
            raise Invalid(f"Invalid aspect ratio. Supported values: {', '.join(model.ratios)}", path)
        asked.ratio = str(ratio)
    if size := get(config, "imageSize"):
        if size not in model.picture_tokens:
            raise Invalid(f"Invalid image size. Supported values: {', '.join(model.picture_tokens)}", path)
        asked.size = str(size)


def _read_tools(asked: Asked, body: JSON) -> None:
    for tool in cast("list[JSON]", body.get("tools") or []):
        asked.functions += get(tool, "functionDeclarations") or []
    if asked.functions and asked.model.makes_pictures:
        raise Invalid(f"Function calling is not enabled for models/{asked.model.id}", "tools")
    for function in asked.functions:
        asked.text_tokens += text_tokens(str(function))
    tool_config = _object(get(body, "toolConfig"), "tool_config")
    config = _object(get(tool_config, "functionCallingConfig"), "tool_config.function_calling_config")
    mode = str(config.get("mode", "AUTO")).upper()
    if mode == "ANY":
        asked.must_call = True
        if allowed := get(config, "allowedFunctionNames"):
            asked.functions = [function for function in asked.functions if function["name"] in allowed]
    if mode == "NONE":
        asked.functions = []
    if asked.must_call and not asked.functions:
        raise Invalid("Function calling config is set without function_declarations.", "tool_config")
