"""Failures as the Gemini API words them: google.rpc.Status under `error`, with typed details."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bottega.simulator.world import Entry, World

VENDOR = "gemini"

_TYPES = "type.googleapis.com/google.rpc."


def status_body(
    code: int, status: str, message: str, details: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message, "status": status}
    if details:
        error["details"] = details
    return {"error": error}


def status_answer(
    code: int, status: str, message: str, details: list[dict[str, Any]] | None = None
) -> Response:
    return JSONResponse(status_body(code, status, message, details), status_code=code)


def invalid(message: str, field_path: str, code: int, status: str) -> Response:
    violation = {"field": field_path, "description": message}
    details = [{"@type": f"{_TYPES}BadRequest", "fieldViolations": [violation]}] if field_path else None
    return status_answer(code, status, message, details)


def key_of(request: Request) -> str:
    """From the header or the query."""
    return request.headers.get("x-goog-api-key") or request.query_params.get("key", "")


def refusal(entry: Entry) -> Response | None:
    """The answer for a missing key or a fault of the HTTP kind; None where the call goes on. An invalid key is a 400
    at this vendor. `refusal` is a 200 here and is not answered by this function."""
    if not key_of(entry.request):
        return status_answer(
            403,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
            "other form of API consumer identity to call this API.",
        )
    match entry.fault:
        case "rate_limit":
            return _exhausted(entry, "Minute")
        case "quota":
            return _exhausted(entry, "Day")
        case "overloaded":
            return status_answer(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
        case "server_error":
            return internal()
        case "bad_gateway":
            page = "<html><title>Error 502 (Server Error)!!1</title><p>The server encountered a temporary error.</html>"
            return HTMLResponse(page, status_code=502)
        case "auth":
            info = {
                "@type": f"{_TYPES}ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {"service": "generativelanguage.googleapis.com"},
            }
            message = "API key not valid. Please pass a valid API key."
            return status_answer(400, "INVALID_ARGUMENT", message, [info])
        case "bad_request":
            return invalid("Request contains an invalid argument.", "contents", 400, "INVALID_ARGUMENT")
        case _:
            return None


def internal() -> Response:
    message = "An internal error has occurred. Please retry or report the problem."
    return status_answer(500, "INTERNAL", message)


def _exhausted(entry: Entry, period: str) -> Response:
    """429: the wait stands in RetryInfo, not in a header; a used-up day names a quota per day."""
    violation = {
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_requests",
        "quotaId": f"GenerateRequestsPer{period}PerProjectPerModel",
        "quotaDimensions": {"location": "global", "model": str(entry.request.path_params.get("model", ""))},
        "quotaValue": "60",
    }
    details = [
        {"@type": f"{_TYPES}QuotaFailure", "violations": [violation]},
        {"@type": f"{_TYPES}RetryInfo", "retryDelay": f"{entry.wait:g}s"},
    ]
    message = "You exceeded your current quota, please check your plan and billing details."
    return status_answer(429, "RESOURCE_EXHAUSTED", message, details)


async def answered(
    world: World, request: Request, operation: str, answer: Callable[[Entry], Response | Awaitable[Response]]
) -> Response:
    """A call that needs nothing but a key: see `World.answered`."""
    return await world.answered(request, VENDOR, operation, refusal, answer)
