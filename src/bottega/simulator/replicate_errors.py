"""Failures as Replicate words them: problem documents (`application/problem+json`) with title, detail and status."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bottega.simulator.replicate_inputs import Complaint
from bottega.simulator.world import Entry, World

VENDOR = "replicate"


def problem(
    status: int, title: str, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    body = {"title": title, "detail": detail, "status": status, **more}
    return JSONResponse(body, status_code=status, media_type="application/problem+json", headers=headers)


def not_found(detail: str = "The requested resource could not be found.") -> Response:
    return problem(404, "Not found", detail)


def invalid_input(found: Sequence[Complaint]) -> Response:
    detail = "".join(f"- {one.field}: {one.description}\n" for one in found)
    fields = [{"type": one.kind, "field": one.field, "description": one.description} for one in found]
    return problem(422, "Input validation failed", detail, invalid_fields=fields)


def throttled(wait: float) -> Response:
    seconds = max(1, round(wait))
    unit = "second" if seconds == 1 else "seconds"
    detail = f"Request was throttled. Expected available in {seconds} {unit}."
    headers = {"retry-after": str(seconds), "ratelimit-remaining": "0", "ratelimit-reset": str(seconds)}
    return problem(429, "Too many requests", detail, headers, retry_after=seconds)


def refusal(entry: Entry) -> Response | None:
    """The answer for a missing token or a fault of the HTTP kind; None where the call goes on. `refusal` is a failed
    prediction here and is not answered by this function."""
    scheme, _, token = entry.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "token") or not token.strip() or entry.fault == "auth":
        return problem(401, "Unauthenticated", "You did not pass a valid authentication token")
    match entry.fault:
        case "rate_limit":
            return throttled(entry.wait)
        case "quota":
            return problem(
                402,
                "Insufficient credit",
                "You have insufficient credit to run this model. Once you purchase credit, please wait a few minutes "
                "before trying again.",
            )
        case "overloaded":
            return problem(
                503, "Service unavailable", "The service is temporarily unavailable. Please try again later."
            )
        case "server_error":
            return problem(
                500, "Internal server error", "Something went wrong on our side. Please try again later."
            )
        case "bad_gateway":
            return HTMLResponse("<html><head><title>502 Bad Gateway</title></head></html>", status_code=502)
        case "bad_request":
            return problem(400, "Bad request", "The request could not be processed.")
        case _:
            return None


async def answered(
    world: World, request: Request, operation: str, answer: Callable[[Entry], Response | Awaitable[Response]]
) -> Response:
    """A call that needs nothing but a token: see `World.answered`."""
    return await world.answered(request, VENDOR, operation, refusal, answer)
