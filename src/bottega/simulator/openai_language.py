"""OpenAI's language models: /chat/completions and /responses, with pictures, structured output and function tools.

Streaming and hosted tools are not simulated and are refused. Tokens: see `answers`.
"""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.responses import JSONResponse, Response

from bottega.simulator.language import REFUSAL, Question, Saying, say, strict_miss
from bottega.simulator.openai_dialect import ApiError, checked, data_url
from bottega.simulator.world import Entry

JSON = dict[str, Any]

MODELS = (
    *("gpt-6-astra", "gpt-6.1-sol", "gpt-6.1-terra", "gpt-6-sol", "gpt-6-luna"),
    *("gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna", "gpt-5.5", "gpt-5.5-2026-04-23"),
    *("gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.4-mini-2026-03-17", "gpt-5.4-nano-2026-03-17"),
    *("gpt-5.2", "gpt-5.1", "gpt-5.1-mini", "gpt-5", "gpt-5-mini", "gpt-5-nano"),
    *("gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini", "o4-mini", "o3"),
)
"""Chat models of openai 3.52.0 that are not retired (as of 2026-11-21), without audio, search and code."""

WORK_SECONDS = 1.5


@dataclass
class Reading:
    """What is gathered while a conversation is read."""

    entry: Entry
    words: list[str] = field(default_factory=list[str])
    pictures: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    called: set[str] = field(default_factory=set[str])

    def picture(self, url: str, param: str) -> None:
        data_url(self.entry, url, param)
        seen = self.entry.files[param][-1][0]
        self.pictures.append((seen.width, seen.height))


async def chat_completions(entry: Entry) -> Response:
    fields = checked("chat.completions", entry.fields)
    _known(str(fields["model"]))
    return await chat_answer(entry, fields, vendor="openai")


async def chat_answer(entry: Entry, fields: JSON, *, vendor: str) -> Response:
    """Answers a chat request that was checked, for whichever vendor speaks like this."""
    _no_stream(fields)
    question = _chat_question(entry, fields)
    entry.accept()
    await entry.world.work(WORK_SECONDS)
    await entry.act("after")
    saying = _said(entry, question, vendor)
    count = int(fields.get("n", 1))
    usage = {
        "prompt_tokens": question.text_tokens + question.picture_tokens,
        "completion_tokens": saying.tokens * count,
        "total_tokens": question.text_tokens + question.picture_tokens + saying.tokens * count,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
    return JSONResponse(
        {
            "id": f"chatcmpl-{entry.world.new_id()}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": fields["model"],
            "choices": [_choice(entry, saying, index) for index in range(count)],
            "usage": usage,
            "service_tier": "default",
            "system_fingerprint": "fp_simulated",
        }
    )


def _choice(entry: Entry, saying: Saying, index: int) -> JSON:
    message: JSON = {"role": "assistant", "content": saying.text, "refusal": None, "annotations": []}
    ends = {"stop": "stop", "length": "length", "refusal": "stop"}
    finish = ends[saying.end]
    if saying.end == "refusal":
        message |= {"content": None, "refusal": saying.text}
    if saying.call:
        finish = "tool_calls"
        name, arguments = saying.call
        call = {"name": name, "arguments": json.dumps(arguments)}
        calls = [{"id": f"call_{entry.world.new_id()}", "type": "function", "function": call}]
        message |= {"content": None, "tool_calls": calls}
    return {"index": index, "message": message, "finish_reason": finish, "logprobs": None}


def _chat_question(entry: Entry, fields: JSON) -> Question:
    reading = Reading(entry)
    for at, message in enumerate(cast("list[JSON]", fields["messages"])):
        content: Any = message.get("content")
        reading.words += [content] if isinstance(content, str) else []
        for index, part in enumerate(cast("list[JSON]", content) if isinstance(content, list) else []):
            if part["type"] == "image_url":
                reading.picture(str(part["image_url"]["url"]), f"messages[{at}].content[{index}].image_url")
            else:
                reading.words.append(str(part.get("text") or part.get("refusal") or ""))
        for call in cast("list[JSON]", message.get("tool_calls") or []):
            reading.called.add(str(call["function"]["name"]))
    functions = [cast("JSON", tool["function"]) for tool in fields.get("tools", [])]
    wanted = cast("JSON", fields.get("response_format", {}))
    form = cast("JSON", wanted.get("json_schema") or {}) | {"type": wanted.get("type", "text")}
    choice: Any = fields.get("tool_choice", "auto")
    named = str(cast("JSON", choice)["function"]["name"]) if isinstance(choice, dict) else ""
    longest = fields.get("max_completion_tokens", fields.get("max_tokens"))
    return _question(
        reading, form, "response_format", functions, named, named or choice == "required", longest
    )


async def responses(entry: Entry) -> Response:
    fields = checked("responses", entry.fields)
    for name in ("model", "input"):
        if name not in fields:
            raise ApiError(
                400, f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter"
            )
    _known(str(fields["model"]))
    _no_stream(fields)
    question = _responses_question(entry, fields)
    entry.accept()
    await entry.world.work(WORK_SECONDS)
    await entry.act("after")
    saying = _said(entry, question, "openai")
    now = time.time()
    cut = saying.end == "length"
    prompt = question.text_tokens + question.picture_tokens
    return JSONResponse(
        {
            "id": f"resp_{entry.world.new_id(48)}",
            "object": "response",
            "created_at": int(now),
            "completed_at": None if cut else int(now),
            "status": "incomplete" if cut else "completed",
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "instructions": fields.get("instructions"),
            "max_output_tokens": fields.get("max_output_tokens"),
            "model": fields["model"],
            "output": [_output(entry, saying)],
            "parallel_tool_calls": fields.get("parallel_tool_calls", True),
            "previous_response_id": None,
            "reasoning": fields.get("reasoning") or {"effort": None, "summary": None},
            "service_tier": "default",
            "temperature": fields.get("temperature", 1.0),
            "text": {"format": {"type": "text"}} | cast("JSON", fields.get("text", {})),
            "tool_choice": fields.get("tool_choice", "auto"),
            "tools": fields.get("tools", []),
            "top_p": fields.get("top_p", 1.0),
            "truncation": fields.get("truncation", "disabled"),
            "metadata": fields.get("metadata", {}),
            "usage": {
                "input_tokens": prompt,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": saying.tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": prompt + saying.tokens,
            },
        }
    )


def _output(entry: Entry, saying: Saying) -> JSON:
    if saying.call:
        name, arguments = saying.call
        return {
            "type": "function_call",
            "id": f"fc_{entry.world.new_id()}",
            "call_id": f"call_{entry.world.new_id()}",
            "name": name,
            "arguments": json.dumps(arguments),
            "status": "completed",
        }
    if saying.end == "refusal":
        content: JSON = {"type": "refusal", "refusal": saying.text}
    else:
        content = {"type": "output_text", "text": saying.text, "annotations": [], "logprobs": []}
    return {
        "type": "message",
        "id": f"msg_{entry.world.new_id()}",
        "role": "assistant",
        "status": "incomplete" if saying.end == "length" else "completed",
        "content": [content],
    }


def _responses_question(entry: Entry, fields: JSON) -> Question:
    reading = Reading(entry)
    if instructions := fields.get("instructions"):
        reading.words.append(str(instructions))
    given: Any = fields["input"]
    items = [{"content": given}] if isinstance(given, str) else cast("list[JSON]", given)
    for at, item in enumerate(items):
        if item.get("type") == "function_call":
            reading.called.add(str(item["name"]))
        content: Any = item.get("content", item.get("output"))
        reading.words += [content] if isinstance(content, str) else []
        for index, part in enumerate(cast("list[JSON]", content) if isinstance(content, list) else []):
            param = f"input[{at}].content[{index}]"
            if part["type"] != "input_image":
                reading.words.append(str(part.get("text") or ""))
            elif part.get("image_url"):
                reading.picture(str(part["image_url"]), f"{param}.image_url")
            else:
                raise ApiError(
                    400, "Uploaded files are not simulated.", param=f"{param}.file_id", code="file_not_found"
                )
    form = cast("JSON", fields.get("text", {})).get("format") or {"type": "text"}
    choice: Any = fields.get("tool_choice", "auto")
    named = str(cast("JSON", choice)["name"]) if isinstance(choice, dict) else ""
    functions = cast("list[JSON]", fields.get("tools", []))
    longest = fields.get("max_output_tokens")
    return _question(reading, form, "text.format", functions, named, named or choice == "required", longest)


def _question(
    reading: Reading,
    form: Mapping[str, Any],
    param: str,
    functions: Iterable[JSON],
    named: str,
    forced: object,
    longest: int | None,
) -> Question:
    if form.get("strict") and (why := strict_miss(form.get("schema"))):
        raise ApiError(
            400,
            f"Invalid schema for response_format '{form.get('name')}': {why}",
            param=param,
            code="invalid_json_schema",
        )
    tools: dict[str, Mapping[str, Any]] = {}
    for at, function in enumerate(functions):
        parameters = cast("JSON", function.get("parameters") or {"type": "object", "properties": {}})
        if function.get("strict") and (why := strict_miss(parameters)):
            message = f"Invalid schema for function '{function['name']}': {why}"
            raise ApiError(400, message, param=f"tools[{at}].parameters", code="invalid_function_parameters")
        tools[str(function["name"])] = parameters
    if named and named not in tools:
        raise ApiError(400, f"Tool choice '{named}' not found in 'tools' parameter.", param="tool_choice")
    if forced and not tools:
        raise ApiError(
            400, "Tool choice 'required' must be specified with 'tools' parameter.", param="tool_choice"
        )
    return Question(
        words=tuple(reading.words),
        pictures=tuple(reading.pictures),
        schema=cast("JSON", form.get("schema") or {}) if form["type"] == "json_schema" else None,
        any_json=form["type"] == "json_object",
        tools=tools,
        forced=bool(forced),
        named=named,
        called=frozenset(reading.called),
        longest=longest,
    )


def _said(entry: Entry, question: Question, vendor: str) -> Saying:
    if entry.fault == "refusal":
        return Saying(REFUSAL, end="refusal")
    return say(entry.world, vendor, entry.seen.operation, question)


def _known(model: str) -> None:
    if model not in MODELS:
        raise ApiError(
            404,
            f"The model `{model}` does not exist or you do not have access to it.",
            code="model_not_found",
        )


def _no_stream(fields: JSON) -> None:
    if fields.get("stream"):
        raise ApiError(400, "Streamed text is not simulated here.", param="stream", code="unsupported_value")
