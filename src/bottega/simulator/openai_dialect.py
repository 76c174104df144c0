"""How OpenAI's API answers, whatever was asked: keys, errors, headers, and checking a request against its schema."""

import base64
import binascii
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bottega.simulator.faults import HTTP_KINDS
from bottega.simulator.schema import Schemas, Violation, load
from bottega.simulator.world import Entry, World

VENDOR = "openai"

BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"

REFUSED = (
    "Your request was rejected by the safety system. If you believe this is an error, contact support and include the "
    "request ID."
)

REQUESTS_PER_MINUTE = 500
TOKENS_PER_MINUTE = 200_000
"""What the x-ratelimit headers say; calls are refused on order only."""

Handler = Callable[[Entry], Awaitable[Response]]


class ApiError(Exception):
    """An error answer in OpenAI's shape."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}

    def response(self) -> Response:
        return JSONResponse(self.body, self.status)


def endpoint(
    world: World,
    path: str,
    operation: str,
    handler: Handler,
    *,
    vendor: str = VENDOR,
    method: str = "POST",
    keyless: bool = False,
    refuses: bool = False,
) -> Route:
    """A route that reads the call, performs what goes wrong on order and lets `handler` do the rest.

    `refuses`: the handler says itself how a refusal looks; `keyless`: no key is asked for.
    """

    async def answer(request: Request) -> Response:
        entry = await world.enter(request, vendor, operation)
        try:
            response = await _answer(entry, handler, keyless=keyless, refuses=refuses)
        except ApiError as error:
            response = error.response()
        for name, value in _headers(entry).items():
            response.headers.setdefault(name, value)
        return entry.finish(response)

    return Route(path, answer, methods=[method], name=f"{vendor}.{operation}")


async def _answer(entry: Entry, handler: Handler, *, keyless: bool, refuses: bool) -> Response:
    if not keyless:
        _check_key(entry)
    if entry.malformed:
        raise ApiError(400, f"We could not parse the body of your request. {entry.malformed}")
    if entry.fault in HTTP_KINDS and not (refuses and entry.fault == "refusal"):
        return faulty(entry)
    await entry.act("before")
    response = await handler(entry)
    if entry.fault == "fail_later" and entry.seen.accepted and not isinstance(response, StreamingResponse):
        raise server_error()
    return response


def faulty(entry: Entry) -> Response:
    """The error that one of HTTP_KINDS looks like here."""
    if entry.fault == "bad_gateway":
        return HTMLResponse(BAD_GATEWAY, 502)
    wait = f"{entry.wait:g}s"
    errors = {
        "rate_limit": ApiError(
            429,
            f"Rate limit reached for requests per min (RPM): Limit {REQUESTS_PER_MINUTE}, Used {REQUESTS_PER_MINUTE}, "
            f"Requested 1. Please try again in {wait}.",
            kind="requests",
            code="rate_limit_exceeded",
        ),
        "quota": ApiError(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            kind="insufficient_quota",
            code="insufficient_quota",
        ),
        "overloaded": ApiError(
            503, "The engine is currently overloaded, please try again later.", kind="server_error"
        ),
        "server_error": server_error(),
        "auth": ApiError(401, "Incorrect API key provided: simul***ted.", code="invalid_api_key"),
        "bad_request": ApiError(400, "Invalid request: refused on order.", code="invalid_value"),
        "refusal": ApiError(400, REFUSED, kind="image_generation_user_error", code="moderation_blocked"),
    }
    response = errors[entry.fault].response()
    if entry.fault == "rate_limit":
        response.headers["retry-after"] = str(-(-entry.wait // 1)).removesuffix(".0")
        response.headers["retry-after-ms"] = str(round(entry.wait * 1000))
        response.headers["x-ratelimit-remaining-requests"] = "0"
        response.headers["x-ratelimit-reset-requests"] = wait
    return response


def server_error() -> ApiError:
    return ApiError(
        500,
        "The server had an error while processing your request. Sorry about that!",
        kind="server_error",
    )


def _check_key(entry: Entry) -> None:
    scheme, _, key = entry.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ApiError(401, "You didn't provide an API key.")


def _headers(entry: Entry) -> dict[str, str]:
    return {
        "x-request-id": f"req_{entry.world.new_id(32)}",
        "openai-version": "2020-10-01",
        "openai-processing-ms": str(round((time.time() - entry.seen.at) * 1000)),
        "x-ratelimit-limit-requests": str(REQUESTS_PER_MINUTE),
        "x-ratelimit-limit-tokens": str(TOKENS_PER_MINUTE),
        "x-ratelimit-remaining-requests": str(REQUESTS_PER_MINUTE - 1),
        "x-ratelimit-remaining-tokens": str(TOKENS_PER_MINUTE - 1000),
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-reset-tokens": "300ms",
    }


def checked(root: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without those that are null. Raises ApiError when they do not fit the request's schema."""
    if miss := load(VENDOR).violation(root, dict(fields)):
        raise refused(miss)
    return {name: value for name, value in fields.items() if value is not None}


def refused(miss: Violation) -> ApiError:
    """A violation as OpenAI words it."""
    where = miss.path or None
    match miss.rule:
        case "required":
            return ApiError(400, miss.says(), param=str(miss.given), code="missing_required_parameter")
        case "additionalProperties":
            return ApiError(400, miss.says(), param=str(miss.given), code="unknown_parameter")
        case "type":
            return ApiError(
                400, f"Invalid type for '{where}': {miss.says()}", param=where, code="invalid_type"
            )
        case "minimum" | "maximum":
            code = f"integer_{'below_min' if miss.rule == 'minimum' else 'above_max'}_value"
            return ApiError(400, f"Invalid '{where}': {miss.says()}", param=where, code=code)
        case _:
            return ApiError(400, f"Invalid value: {miss.says()}", param=where, code="invalid_value")


def from_form(fields: Mapping[str, Any], root: str) -> dict[str, Any]:
    """A form's texts as the schema's types: "2" is 2 and "true" is true where the member is no text."""
    schemas: Schemas = load(VENDOR)
    members = schemas.members(root)
    return {
        name: _typed(value, schemas.kinds(members[name]))
        if name in members and isinstance(value, str)
        else value
        for name, value in fields.items()
    }


def _typed(text: str, kinds: set[str]) -> Any:
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "integer" in kinds and re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    return text


def data_url(entry: Entry, url: str, param: str) -> bytes:
    """The bytes of a data URL, noted as a file of the call.

    Raises ApiError for other addresses (nothing is fetched here, as if they could not be reached) and broken base64.
    """
    found = re.fullmatch(r"data:([\w.+-]+/[\w.+-]+);base64,(.*)", url, re.DOTALL)
    if found is None:
        if url.startswith(("https://", "http://")):
            raise ApiError(400, f"Error while downloading {url}.", param=param, code="invalid_image_url")
        raise ApiError(400, "Invalid image URL.", param=param, code="invalid_image_url")
    try:
        data = base64.b64decode(found[2], validate=True)
    except (binascii.Error, ValueError):
        raise ApiError(400, "Invalid base64 image data.", param=param, code="invalid_base64") from None
    seen = entry.add_file(param, "", found[1], data)
    if not seen.width:
        raise ApiError(
            400,
            "You uploaded an unsupported image. Please make sure your image is valid.",
            param=param,
            code="image_parse_error",
        )
    return data
