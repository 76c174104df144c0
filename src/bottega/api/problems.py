"""Errors as problem documents (RFC 9457): what happened, what it means for money, what to do next.

Every answer above 399 that has a body is one. What an error means is said where it is raised.
"""

import math
import uuid
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from bottega.errors import (
    BottegaError,
    InputError,
    InternalError,
    Money,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    ResourceError,
    TooLarge,
    UnsupportedMedia,
)
from bottega.store.database import is_passing

MEDIA_TYPE = "application/problem+json"
URN = "urn:bottega:problem:"
log = structlog.get_logger(__name__)


class MethodNotAllowed(InputError):
    code = "method-not-allowed"
    title = "This address does not take that method"
    http_status = 405


_BY_STATUS: dict[int, tuple[type[BottegaError], str]] = {
    401: (NotAuthenticated, "A valid API key is needed."),
    403: (NotAllowed, "This may not be done."),
    404: (NotFound, "There is nothing at this address."),
    405: (MethodNotAllowed, "This address does not take that method."),
    413: (TooLarge, "The request is larger than allowed."),
    415: (UnsupportedMedia, "This kind of content is not taken here."),
}


def problem(
    error: BottegaError,
    instance: str,
    *,
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer to a request for `instance` (a path) that ended in `error`; `errors` are those of single fields.

    `Retry-After` is set when the error's details have `retry_after`, in seconds.
    """
    about = error.as_dict()
    body: dict[str, Any] = {
        "type": URN + error.code,
        "title": about.pop("title"),
        "status": error.http_status,
        "detail": about.pop("message"),
        "instance": instance,
        **about,
    }
    if errors:
        body["errors"] = list(errors)
    extra = dict(headers or {})
    if error.http_status == 401:
        extra["WWW-Authenticate"] = 'Bearer realm="bottega"'
    if error.http_status == 413:
        # The rest of the body was not read; what else comes on this connection would be read for nothing.
        extra["Connection"] = "close"
    wait = error.details.get("retry_after")
    if isinstance(wait, int | float) and math.isfinite(wait):
        extra["Retry-After"] = str(max(0, math.ceil(wait)))
    # Details are whatever was known where the error was raised; what is no JSON value is told as text.
    content = to_json(body, fallback=str, inf_nan_mode="null")
    return Response(content, error.http_status, {"Cache-Control": "no-store", **extra}, MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Answer every exception that a route may end in with a problem document."""
    app.add_exception_handler(BottegaError, _bottega_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)


async def _bottega_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, BottegaError)
    if error.http_status >= 500:
        log.warning("api.failed", path=request.url.path, code=error.code, error=error.message)
    return problem(error, request.url.path)


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # The values themselves are not sent back: they may be secret, enormous, or no JSON.
    fields = [_field_error(each) for each in error.errors()]
    first = fields[0]
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    where = f"{first['field']}: " if first["field"] else ""
    summary = InputError(f"{where}{first['message']}{more}", hint="See `errors` for each field.")
    return problem(summary, request.url.path, errors=fields)


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    where, *path = [str(part) for part in error["loc"]] or [""]
    return {"location": where, "field": ".".join(path)[:200], "message": str(error["msg"])}


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind, message = _BY_STATUS.get(error.status_code, (InputError, str(error.detail)))
    if error.status_code >= 500:
        kind = InternalError
    allowed = {key: value for key, value in (error.headers or {}).items() if key.lower() == "allow"}
    return problem(kind(message), request.url.path, headers=allowed)


async def _gone(request: Request, error: Exception) -> Response:
    """Nobody reads this; it only is no fault of ours."""
    return problem(InputError("The client went away before its request was complete."), request.url.path)


async def _database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)
    if not is_passing(error):
        raise error  # a fault of ours: for the last net
    log.warning("api.database_away", path=request.url.path, error=str(error.orig))
    away = ResourceError("The database does not answer.", hint="Try again in a moment.", retry_after=2)
    return problem(away, request.url.path)


async def _unexpected(request: Request, error: Exception) -> Response:
    correlation_id = uuid.uuid4().hex
    log.error("api.fault", correlation_id=correlation_id, path=request.url.path, exc_info=error)
    told = InternalError(
        "This is a fault in Bottega, not in your request.",
        hint=f"The server's log says more under {correlation_id}.",
        money=Money.NOTHING_SPENT,
        correlation_id=correlation_id,
    )
    return problem(told, request.url.path)
