"""Google's Gemini API (v1beta), simulated: generateContent plain and streamed, files, models, countTokens.

Queued answers (`/_control/answers`) may carry `text` (with a forced function call: its arguments as JSON), `function`
(`{"name", "args"}`), `finish_reason` (NO_IMAGE, IMAGE_SAFETY, MAX_TOKENS, ... : nothing is produced), `block_reason` (the prompt is
blocked: no candidates) and `deliver`: "file" (the picture as a file of the Files API instead of inline). The fault `refusal`
is IMAGE_SAFETY for models that make pictures and a blocked prompt for the others, both at HTTP 200 and billed
for their input. Tokens: four characters each; pictures as `gemini_models` says.
"""

import base64
import json
from collections.abc import AsyncGenerator
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bottega.simulator.answers import conforming, spoken, text_tokens
from bottega.simulator.gemini_errors import (
    VENDOR,
    answered,
    internal,
    invalid,
    refusal,
    status_answer,
    status_body,
)
from bottega.simulator.gemini_files import file_routes, shelf, store
from bottega.simulator.gemini_models import NAMED, GeminiModel, find
from bottega.simulator.gemini_request import JSON, Asked, Invalid, read
from bottega.simulator.world import Entry, World

PICTURE_SECONDS = {"512": 4.0, "1K": 7.0, "2K": 12.0, "4K": 25.0}
"""How long a picture takes the vendor, by image size."""
TEXT_SECONDS = 1.2
THOUGHT_TOKENS = 64

METHODS = ("generateContent", "streamGenerateContent", "countTokens")


def routes(world: World) -> list[Route]:
    """Relative to the vendor's prefix, which stands for https://generativelanguage.googleapis.com."""

    async def call(request: Request) -> Response:
        name, _, method = str(request.path_params["model"]).partition(":")
        entry = await world.enter(request, VENDOR, method)
        if (error := refusal(entry)) is not None:
            return entry.finish(error)
        await entry.act("before")
        model = find(name)
        if model is None or method not in METHODS:
            return entry.finish(_not_found(name, method))
        try:
            asked = read(entry, model, shelf(world).readable())
        except Invalid as error:
            return entry.finish(invalid(str(error), error.field_path, error.code, error.status))
        if method == "countTokens":
            return entry.finish(JSONResponse(_counted(asked)))
        return await _generate(world, entry, asked, streamed=method == "streamGenerateContent")

    async def models(request: Request) -> Response:
        described = [GeminiModel(name).description() for name in NAMED]
        return await answered(world, request, "models.list", lambda _: JSONResponse({"models": described}))

    async def one_model(request: Request) -> Response:
        name = str(request.path_params["model"])
        model = find(name)
        return await answered(
            world,
            request,
            "models.get",
            lambda _: JSONResponse(model.description()) if model else _not_found(name, "generateContent"),
        )

    return [
        Route("/v1beta/models", models),
        Route("/v1beta/models/{model}", one_model),
        Route("/v1beta/models/{model}", call, methods=["POST"]),
        *file_routes(world),
    ]


async def _generate(world: World, entry: Entry, asked: Asked, *, streamed: bool) -> Response:
    answer = world.next_answer(VENDOR, entry.seen.operation) or {}
    entry.accept()
    blocked = _blocked(entry, asked, answer)
    if blocked is None:
        await world.work(PICTURE_SECONDS[asked.size] if asked.wants_picture else TEXT_SECONDS)
    await entry.act("after")
    if entry.fault == "fail_later" and not streamed:
        return entry.finish(internal())
    frame = {"modelVersion": asked.model.id, "responseId": world.new_id(22)}
    if blocked is not None:
        body = {**blocked, **frame}
        return entry.finish(_events([body], entry) if streamed else JSONResponse(body))
    parts = await anyio.to_thread.run_sync(lambda: _parts(world, entry, asked, answer))
    if streamed:
        return entry.finish(_events(_pieces(entry, asked, parts, frame), entry))
    ending = _ending(parts)
    candidates = [
        {"content": {"parts": parts, "role": "model"}, **ending, "index": index}
        for index in range(asked.candidates)
    ]
    body = {"candidates": candidates, "usageMetadata": _usage(asked, parts * asked.candidates), **frame}
    return entry.finish(JSONResponse(body, headers={"server-timing": "gfet4t7; dur=1"}))


def _blocked(entry: Entry, asked: Asked, answer: JSON) -> JSON | None:
    """An answer without content, at HTTP 200; the input is billed."""
    block, finish = answer.get("block_reason"), answer.get("finish_reason")
    if entry.fault == "refusal":
        block, finish = (None, "IMAGE_SAFETY") if asked.wants_picture else ("PROHIBITED_CONTENT", None)
    if block:
        return {"promptFeedback": {"blockReason": block}, "usageMetadata": _usage(asked, [])}
    if finish and finish != "STOP":
        message = f"Simulated: nothing was produced ({finish})."
        candidate = {"finishReason": finish, "finishMessage": message, "index": 0}
        return {"candidates": [candidate], "usageMetadata": _usage(asked, [])}
    return None


def _parts(world: World, entry: Entry, asked: Asked, answer: JSON) -> list[JSON]:
    if function := _function(world, asked, answer):
        part: JSON = {"functionCall": function}
        if asked.model.generation >= 3:
            part["thoughtSignature"] = base64.b64encode(
                b"simulated thought of " + function["name"].encode()
            ).decode()
        return [part]
    parts: list[JSON] = []
    if asked.wants_text:
        parts.append({"text": _text(world, asked, answer)})
    if asked.wants_picture:
        parts.append(_picture(world, entry, asked, answer))
    return parts


def _function(world: World, asked: Asked, answer: JSON) -> JSON | None:
    """The call of a function: a queued one, or the first allowed one where a call is demanded."""
    if queued := answer.get("function"):
        return {"name": queued["name"], "args": queued.get("args", {})}
    if not asked.must_call or not asked.functions:
        return None
    declared = asked.functions[0]
    if "text" in answer:
        return {"name": declared["name"], "args": json.loads(answer["text"])}
    schema: JSON = {"type": "object"}
    for name in ("parametersJsonSchema", "parameters_json_schema", "parameters"):
        schema = declared.get(name) or schema
    return {"name": declared["name"], "args": conforming(schema, asked.prompt, world.seed)}


def _text(world: World, asked: Asked, answer: JSON) -> str:
    if "text" in answer:
        return str(answer["text"])
    if asked.as_json:
        return json.dumps(conforming(asked.schema or {"type": "object"}, asked.prompt, world.seed))
    return spoken(asked.prompt, world.seed)


def _picture(world: World, entry: Entry, asked: Asked, answer: JSON) -> JSON:
    model = asked.model
    width, height = model.picture_size(asked.ratio, asked.size)
    told = {
        "vendor": VENDOR,
        "operation": "generateContent",
        "model": model.id,
        "prompt": asked.prompt,
        "aspectRatio": asked.ratio,
        "imageSize": asked.size,
    }
    inputs = [data for _, data in asked.pictures]
    data = entry.picture(world.media.picture(width, height, told, inputs, kind=model.picture_kind))
    kind = f"image/{model.picture_kind}"
    if answer.get("deliver") == "file":
        file = store(world, kind, data, "GENERATED").as_json()
        return {"fileData": {"fileUri": file["downloadUri"], "mimeType": kind}}
    return {"inlineData": {"mimeType": kind, "data": base64.b64encode(data).decode()}}


def _ending(parts: list[JSON]) -> JSON:
    if any("functionCall" in part for part in parts):
        return {"finishReason": "STOP", "finishMessage": "Model generated function call(s)."}
    return {"finishReason": "STOP"}


def _pieces(entry: Entry, asked: Asked, parts: list[JSON], frame: JSON) -> list[JSON]:
    """The chunks of a streamed answer: text in three, a picture in one, then the end; the usage grows."""
    pieces: list[JSON] = []
    sent: list[JSON] = []
    for part in parts:
        for small in _split(part):
            sent.append(small)
            candidate = {"content": {"parts": [small], "role": "model"}, "index": 0}
            pieces.append({"candidates": [candidate], "usageMetadata": _usage(asked, sent), **frame})
    if entry.fault == "fail_later":
        return [*pieces[:1], status_body(500, "INTERNAL", "An internal error has occurred.")]
    end = {"content": {"role": "model"}, **_ending(parts), "index": 0}
    return [*pieces, {"candidates": [end], "usageMetadata": _usage(asked, parts), **frame}]


def _split(part: JSON) -> list[JSON]:
    if "text" not in part:
        return [part]
    text = str(part["text"])
    third = max(1, -(-len(text) // 3))
    return [{"text": text[at : at + third]} for at in range(0, len(text), third)] or [{"text": ""}]


def _events(pieces: list[JSON], entry: Entry) -> Response:
    """Server-sent events with `alt=sse`, else one JSON array."""
    if entry.request.query_params.get("alt") != "sse":
        return JSONResponse(pieces)

    async def lines() -> AsyncGenerator[str]:
        for piece in pieces:
            yield f"data: {json.dumps(piece)}\r\n\r\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


def _usage(asked: Asked, parts: list[JSON]) -> JSON:
    """As recorded from the vendor: the details of an answer with pictures name the pictures only, while the count holds
    the words too."""
    words = _words(parts)
    pictures = sum(1 for part in parts if "inlineData" in part or "fileData" in part)
    drawn = pictures * asked.model.picture_tokens[asked.size] if pictures else 0
    usage = _counted(asked)
    prompt = usage.pop("totalTokens")
    usage["promptTokenCount"] = prompt
    total = prompt
    if parts:
        usage["candidatesTokenCount"] = words + drawn
        modality, count = ("IMAGE", drawn) if drawn else ("TEXT", words)
        usage["candidatesTokensDetails"] = [{"modality": modality, "tokenCount": count}]
        total += words + drawn
        if asked.thinks:
            usage["thoughtsTokenCount"] = THOUGHT_TOKENS
            total += THOUGHT_TOKENS
    usage["totalTokenCount"] = total
    return usage


def _words(parts: list[JSON]) -> int:
    text = "".join(str(part["text"]) for part in parts if "text" in part)
    calls = "".join(json.dumps(part["functionCall"]) for part in parts if "functionCall" in part)
    return text_tokens(text + calls) if text or calls else 0


def _counted(asked: Asked) -> JSON:
    details: list[dict[str, Any]] = [{"modality": "TEXT", "tokenCount": asked.text_tokens}]
    if asked.pictures:
        details.append({"modality": "IMAGE", "tokenCount": asked.picture_tokens})
    return {"totalTokens": asked.text_tokens + asked.picture_tokens, "promptTokensDetails": details}


def _not_found(name: str, method: str) -> Response:
    message = (
        f"models/{name} is not found for API version v1beta, or is not supported for {method}. Call ListModels to see "
        "the list of available models and their supported methods."
    )
    return status_answer(404, "NOT_FOUND", message)
