"""Errors as OpenAI's API words them, so that its official clients raise the class that fits and do not buy twice.

Clients send again what ended in 408, 409, 429 or 5xx, unless `x-should-retry` says no: it says so here wherever a
second try would be refused again, or could be paid for again.
"""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from bottega.domain.job import Job, JobState
from bottega.errors import (
    BottegaError,
    BudgetExceeded,
    Category,
    ContentRefused,
    Money,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    PolicyRefused,
    ProviderUnavailable,
    RateLimited,
    TooLarge,
)

_INVALID, _REFUSED, _SERVER = "invalid_request_error", "image_generation_user_error", "server_error"


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of the API: `{"error": {"message", "type", "param", "code"}}`."""

    status: int
    kind: str
    code: str
    message: str
    param: str | None = None
    may_retry: bool = False
    retry_after_s: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def body(self) -> dict[str, Any]:
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": self.param,
                "code": self.code or None,
            }
        }

    def response(self) -> Response:
        headers = {"x-should-retry": "true" if self.may_retry else "false", "Cache-Control": "no-store"}
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(max(0, math.ceil(self.retry_after_s)))
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="bottega"'
        if self.status == 413:
            headers["Connection"] = "close"  # the rest of the body was not read
        return Response(
            to_json(self.body()), self.status, {**headers, **self.headers}, media_type="application/json"
        )


def failure_of(error: BottegaError) -> Failure:
    """What an error that is known before there is a job means for a client."""
    message = f"{error.message} {error.hint}".strip()
    code = error.code.replace("-", "_")
    named = error.details.get("param") or error.details.get("option") or error.details.get("field")
    param = named if isinstance(named, str) else None
    wait = error.details.get("retry_after")
    match error:
        case PolicyRefused() | ContentRefused():
            return Failure(400, _REFUSED, "moderation_blocked", message)
        case BudgetExceeded():
            return Failure(429, "insufficient_quota", "insufficient_quota", message)
        case NotAuthenticated():
            return Failure(401, _INVALID, "invalid_api_key", message)
        case NotAllowed():
            return Failure(403, _INVALID, code, message)
        case NotFound():
            return Failure(404, _INVALID, str(error.details.get("api_code", code)), message, param)
        case TooLarge():
            return Failure(413, _INVALID, code, message, param)
        case _ if error.category in (Category.INPUT, Category.MODEL):
            return Failure(400, _INVALID, code, message, param)
        case _:
            unspent = error.money in (Money.NOTHING_SPENT, Money.RELEASED)
            return Failure(
                error.http_status,
                "requests" if isinstance(error, RateLimited) else _SERVER,
                "rate_limit_exceeded" if isinstance(error, RateLimited) else code,
                message,
                may_retry=error.retryable and unspent,
                retry_after_s=wait if isinstance(wait, int | float) and math.isfinite(wait) else None,
            )


def failure_of_job(job: Job) -> Failure:
    """What became of a job without a picture. The codes of its attempts decide, where they agree."""
    error = job.error or {}
    message = str(error.get("message") or f"The job {job.id} is {job.state}.")
    if job.state is JobState.UNKNOWN:
        return Failure(502, _SERVER, "outcome_unknown", message)
    if job.state is JobState.CANCELLED:
        return Failure(409, _INVALID, "cancelled", message)
    codes = _codes(error)
    if codes and codes <= {BudgetExceeded.code}:
        return Failure(429, "insufficient_quota", "insufficient_quota", message)
    if ContentRefused.code in codes and codes <= {ContentRefused.code, BudgetExceeded.code}:
        return Failure(400, _REFUSED, "moderation_blocked", message)
    if codes and codes <= {ProviderUnavailable.code}:
        return Failure(503, _SERVER, "provider_unavailable", message, may_retry=True)
    return Failure(502, _SERVER, str(error.get("code", "failed")).replace("-", "_"), message)


def _codes(error: Mapping[str, Any]) -> set[str]:
    details = error.get("details")
    attempts = cast("dict[str, Any]", details).get("attempts") if isinstance(details, dict) else None
    if not isinstance(attempts, list):
        return {str(error.get("code", ""))}
    told = [cast("dict[str, Any]", one) for one in cast("list[object]", attempts) if isinstance(one, dict)]
    return {str(one.get("code", "")) for one in told}


class OpenAIRoute(APIRoute):
    """A route whose errors, those of its dependencies included, are in OpenAI's form."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except BottegaError as error:
                return failure_of(error).response()
            except RequestValidationError as error:
                return _invalid(error).response()
            except HTTPException as error:
                return Failure(error.status_code, _INVALID, "", str(error.detail)).response()

        return answer


def _invalid(error: RequestValidationError) -> Failure:
    first = error.errors()[0]
    kind = first.get("type", "")
    path = [str(part) for part in first["loc"] if part != "body"]
    param = ".".join(path)[:200] or None
    codes = {"missing": "missing_required_parameter", "extra_forbidden": "unknown_parameter"}
    if kind == "extra_forbidden":
        message = f"Unknown parameter: '{param}'."
    elif kind == "missing":
        message = f"Missing required parameter: '{param}'."
    else:
        message = f"Invalid '{param}': {first['msg']}." if param else f"{first['msg']}."
    return Failure(400, _INVALID, codes.get(kind, "invalid_value"), message, param)
