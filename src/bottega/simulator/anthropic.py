"""Anthropic's API: /v1/messages, whole or streamed, with pictures, structured output and tools; /v1/models.

Base URL for clients: the prefix alone, they add `/v1`. Tokens by a stated rule: texts as `answers` counts them, a
picture width x height / 750, at most 1,600. That rule and the limits below are not in the published description.
"""

import base64
import binascii
import io
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from PIL import Image
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bottega.simulator.faults import HTTP_KINDS
from bottega.simulator.language import Question, Saying, say, strict_miss
from bottega.simulator.schema import Violation, load
from bottega.simulator.world import Entry, World

VENDOR = "anthropic"
JSON = dict[str, Any]

MODELS = {
    "claude-opus-5-5": "Claude Opus 5.5",
    "claude-sonnet-5-5": "Claude Sonnet 5.5",
    "claude-haiku-5-5": "Claude Haiku 5.5",
    "claude-haiku-4-5": "Claude Haiku 4.5",
    "claude-sonnet-4-5": "Claude Sonnet 4.5",
}

DEPRECATED = frozenset({"claude-sonnet-4-5"})

PIXELS_PER_TOKEN, MOST_PICTURE_TOKENS = 750, 1600
LONGEST_SIDE = 8000
LARGEST_REQUEST = 32 * 1024 * 1024
REQUESTS_PER_MINUTE, TOKENS_PER_MINUTE = 1000, 400_000
WORK_SECONDS = 1.5
PIECE = 24
"""Characters of one streamed delta."""

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


class ApiError(Exception):
    """An error answer in Anthropic's shape; the status is the one that belongs to the kind."""

    STATUS: Mapping[str, int] = {
        "invalid_request_error": 400,
        "authentication_error": 401,
        "billing_error": 402,
        "not_found_error": 404,
        "rate_limit_error": 429,
        "api_error": 500,
        "overloaded_error": 529,
    }

    def __init__(self, kind: str, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status or self.STATUS[kind]
        self.error = {"type": kind, "message": message}


def routes(world: World) -> list[Route]:
    return [
        _endpoint(world, "/v1/messages", "messages", _messages),
        _endpoint(world, "/v1/models", "models.list", _models, method="GET"),
        Route("/{path:path}", _nowhere, methods=["GET", "POST", "PUT", "DELETE"]),
    ]


def _endpoint(
    world: World,
    path: str,
    operation: str,
    handler: Callable[[Entry], Awaitable[Response]],
    *,
    method: str = "POST",
) -> Route:
    async def answer(request: Request) -> Response:
        entry = await world.enter(request, VENDOR, operation)
        request_id = f"req_{world.new_id()}"
        try:
            response = await _answer(entry, handler)
        except ApiError as error:
            response = JSONResponse(_error_body(error, request_id), error.status)
        response.headers["request-id"] = request_id
        response.headers.update(_limits(entry, response.status_code))
        return entry.finish(response)

    return Route(path, answer, methods=[method], name=f"{VENDOR}.{operation}")


async def _answer(entry: Entry, handler: Callable[[Entry], Awaitable[Response]]) -> Response:
    if not entry.request.headers.get("x-api-key") and not entry.request.headers.get("authorization"):
        raise ApiError("authentication_error", "x-api-key header is required")
    if not entry.request.headers.get("anthropic-version"):
        raise ApiError("invalid_request_error", "anthropic-version: header is required")
    if int(entry.request.headers.get("content-length", "0")) > LARGEST_REQUEST:
        raise ApiError("invalid_request_error", "Request exceeds the maximum size", status=413)
    if entry.malformed:
        raise ApiError("invalid_request_error", f"The request body is not valid JSON: {entry.malformed}")
    if entry.fault in HTTP_KINDS and not (entry.fault == "refusal" and entry.seen.operation == "messages"):
        return _faulty(entry)
    await entry.act("before")
    response = await handler(entry)
    if entry.fault == "fail_later" and entry.seen.accepted and not isinstance(response, StreamingResponse):
        raise ApiError("api_error", "Internal server error")
    return response


def _faulty(entry: Entry) -> Response:
    if entry.fault == "bad_gateway":
        return HTMLResponse("<html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1></html>", 502)
    errors = {
        "rate_limit": (
            "rate_limit_error",
            f"This request would exceed your organization's rate limit of {REQUESTS_PER_MINUTE} requests per minute.",
        ),
        "quota": ("billing_error", "Your credit balance is too low to access the Anthropic API."),
        "overloaded": ("overloaded_error", "Overloaded"),
        "server_error": ("api_error", "Internal server error"),
        "auth": ("authentication_error", "invalid x-api-key"),
        "bad_request": ("invalid_request_error", "Refused on order."),
        "refusal": ("invalid_request_error", "Output blocked by content filtering policy"),
    }
    raise ApiError(*errors[entry.fault])


def _error_body(error: ApiError, request_id: str) -> JSON:
    return {"type": "error", "error": error.error, "request_id": request_id}


def _limits(entry: Entry, status: int) -> dict[str, str]:
    """The rate-limit headers; times are RFC 3339."""
    wait = entry.wait if status == 429 else 1.0
    reset = datetime.fromtimestamp(time.time() + wait, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers: dict[str, str] = {}
    for what, limit in (("requests", REQUESTS_PER_MINUTE), ("tokens", TOKENS_PER_MINUTE)):
        left = 0 if status == 429 else limit - 1
        headers |= {
            f"anthropic-ratelimit-{what}-limit": str(limit),
            f"anthropic-ratelimit-{what}-remaining": str(left),
            f"anthropic-ratelimit-{what}-reset": reset,
        }
    if status == 429:
        headers["retry-after"] = str(-int(-wait // 1))
    return headers


async def _messages(entry: Entry) -> Response:
    fields = entry.fields
    if miss := load(VENDOR).violation("messages", fields):
        raise _refused(miss)
    if fields["model"] not in MODELS:
        raise ApiError("not_found_error", f"model: {fields['model']}")
    question = _question(entry, fields)
    entry.accept()
    await entry.world.work(WORK_SECONDS)
    await entry.act("after")
    refused = entry.fault == "refusal"
    saying = Saying(end="refusal") if refused else say(entry.world, VENDOR, entry.seen.operation, question)
    message = _message(entry, fields, question, saying)
    if fields.get("stream"):
        return StreamingResponse(_events(entry, message), media_type="text/event-stream; charset=utf-8")
    return JSONResponse(message)


def _refused(miss: Violation) -> ApiError:
    where = miss.path.replace("[", ".").replace("]", "")
    match miss.rule:
        case "required":
            return ApiError("invalid_request_error", f"{miss.given}: Field required")
        case "additionalProperties":
            return ApiError("invalid_request_error", f"{miss.given}: Extra inputs are not permitted")
        case _:
            return ApiError("invalid_request_error", f"{where}: Input is not valid; {miss.says()}")


def _question(entry: Entry, fields: JSON) -> Question:
    words: list[str] = []
    pictures: list[tuple[int, int]] = []
    called: set[str] = set()

    def read(content: Any, param: str) -> None:
        if isinstance(content, str):
            words.append(content)
            return
        for at, block in enumerate(cast("list[JSON]", content or [])):
            here = f"{param}.{at}"
            match block["type"]:
                case "image":
                    pictures.append(_picture(entry, cast("JSON", block["source"]), f"{here}.image.source"))
                case "tool_result":
                    read(block.get("content"), f"{here}.content")
                case "tool_use":
                    called.add(str(block["name"]))
                    words.append(json.dumps(block["input"]))
                case _:
                    words.append(str(block.get("text", "")))

    read(fields.get("system"), "system")
    messages = cast("list[JSON]", fields["messages"])
    if not messages:
        raise ApiError("invalid_request_error", "messages: at least one message is required")
    for at, message in enumerate(messages):
        if message["role"] == "user" and not message["content"]:
            raise ApiError(
                "invalid_request_error", f"messages.{at}: user messages must have non-empty content"
            )
        read(message["content"], f"messages.{at}.content")
    tools = {str(tool["name"]): cast("JSON", tool["input_schema"]) for tool in fields.get("tools", [])}
    choice = cast("JSON", fields.get("tool_choice", {"type": "auto"}))
    named = str(choice.get("name", ""))
    if (named and named not in tools) or (choice["type"] in ("any", "tool") and not tools):
        raise ApiError("invalid_request_error", f"tool_choice: tool '{named}' not found in provided tools")
    return Question(
        words=tuple(words),
        pictures=tuple(pictures),
        schema=_wanted(cast("JSON", fields.get("output_config") or {})),
        tools={} if choice["type"] == "none" else tools,
        forced=choice["type"] in ("any", "tool"),
        named=named,
        called=frozenset(called),
        longest=int(fields["max_tokens"]),
    )


def _wanted(output_config: JSON) -> JSON | None:
    wanted = cast("JSON | None", output_config.get("format"))
    if wanted is None:
        return None
    schema = cast("JSON", wanted["schema"])
    why = strict_miss(schema)
    if "additionalProperties" in why:
        raise ApiError(
            "invalid_request_error",
            "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
        )
    return schema


def _picture(entry: Entry, source: JSON, param: str) -> tuple[int, int]:
    """Its size in pixels. Links are refused: nothing is fetched here, as if they could not be reached."""
    if source["type"] != "base64":
        raise ApiError("invalid_request_error", f"{param}.url: The file could not be downloaded.")
    try:
        data = base64.b64decode(str(source["data"]), validate=True)
    except (binascii.Error, ValueError):
        raise ApiError("invalid_request_error", f"{param}.base64.data: invalid base64 data") from None
    seen = entry.add_file(param, "", str(source["media_type"]), data)
    if not seen.width:
        raise ApiError("invalid_request_error", f"{param}.base64.data: Could not process image")
    if max(seen.width, seen.height) > LONGEST_SIDE:
        raise ApiError(
            "invalid_request_error",
            f"{param}.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
        )
    with Image.open(io.BytesIO(data)) as picture:
        if picture.format != FORMATS.get(seen.media_type):
            raise ApiError(
                "invalid_request_error",
                f"{param}.base64.data: The image was specified using the {seen.media_type} media type, but the image "
                "appears to be another one",
            )
    return seen.width, seen.height


def picture_tokens(width: int, height: int) -> int:
    return min(MOST_PICTURE_TOKENS, -(-width * height // PIXELS_PER_TOKEN))


def _message(entry: Entry, fields: JSON, question: Question, saying: Saying) -> JSON:
    reason = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal"}[saying.end]
    content: list[JSON] = []
    if saying.call:
        reason = "tool_use"
        name, arguments = saying.call
        content.append(
            {
                "type": "tool_use",
                "id": f"toolu_{entry.world.new_id()}",
                "name": name,
                "input": arguments,
                "caller": {"type": "direct"},
            }
        )
    elif saying.text:
        content.append({"type": "text", "text": saying.text, "citations": None})
    pictures = sum(picture_tokens(width, height) for width, height in question.pictures)
    return {
        "id": f"msg_{entry.world.new_id()}",
        "type": "message",
        "role": "assistant",
        "model": fields["model"],
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": None, "explanation": None}
        if reason == "refusal"
        else None,
        "container": None,
        "usage": {
            "input_tokens": question.text_tokens + pictures,
            "output_tokens": saying.tokens if content else 0,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "inference_geo": "not_available",
            "server_tool_use": None,
            "service_tier": "standard",
        },
    }


async def _events(entry: Entry, message: JSON) -> AsyncGenerator[str]:
    """The message as server-sent events; under `fail_later` it breaks off with an error after the first piece."""
    usage = message["usage"]
    start: JSON = message | {
        "content": [],
        "stop_reason": None,
        "stop_details": None,
        "usage": usage | {"output_tokens": 1},
    }
    yield _event("message_start", {"message": start})
    yield _event("ping", {})
    for index, block in enumerate(cast("list[JSON]", message["content"])):
        is_text = block["type"] == "text"
        empty: JSON = block | ({"text": ""} if is_text else {"input": {}})
        yield _event("content_block_start", {"index": index, "content_block": empty})
        whole = str(block["text"]) if is_text else json.dumps(block["input"])
        for at in range(0, len(whole), PIECE):
            piece = whole[at : at + PIECE]
            delta = (
                {"type": "text_delta", "text": piece}
                if is_text
                else {"type": "input_json_delta", "partial_json": piece}
            )
            yield _event("content_block_delta", {"index": index, "delta": delta})
            if entry.fault == "fail_later":
                error = {"type": "overloaded_error", "message": "Overloaded"}
                yield _event("error", {"error": error, "request_id": f"req_{entry.world.new_id()}"})
                return
        yield _event("content_block_stop", {"index": index})
    delta = {name: message[name] for name in ("stop_reason", "stop_sequence", "stop_details", "container")}
    counted = (
        "input_tokens",
        "output_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "server_tool_use",
    )
    yield _event("message_delta", {"delta": delta, "usage": {name: usage[name] for name in counted}})
    yield _event("message_stop", {})


def _event(name: str, content: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps({'type': name, **content})}\n\n"


async def _models(entry: Entry) -> Response:
    data = [
        {
            "type": "model",
            "id": name,
            "display_name": display,
            "created_at": "2026-01-01T00:00:00Z",
            "capabilities": None,
            "max_input_tokens": 200_000,
            "max_tokens": 64_000,
            "lifecycle": "deprecated" if name in DEPRECATED else "active",
        }
        for name, display in MODELS.items()
    ]
    names = list(MODELS)
    return JSONResponse({"data": data, "first_id": names[0], "last_id": names[-1], "has_more": False})


async def _nowhere(request: Request) -> Response:
    return JSONResponse(_error_body(ApiError("not_found_error", "Not Found"), "req_nowhere"), 404)
