"""Errors of the workshop as errors of the protocol: tools answer them, resources raise them.

What an error means is said where it is raised; here only faults that nobody foresaw get their words.
"""

import uuid
from typing import Any

import structlog
from mcp import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS
from pydantic_core import from_json, to_json
from sqlalchemy.exc import DBAPIError

from bottega.errors import BottegaError, InputError, InternalError, ResourceError
from bottega.store.database import is_passing

log = structlog.get_logger(__name__)


def error_document(error: Exception, where: str) -> dict[str, Any]:
    """What is told of an error, as plain JSON; what nobody foresaw is logged. `where` is for the log."""
    if isinstance(error, BottegaError):
        if error.http_status >= 500:
            log.warning("mcp.failed", where=where, code=error.code, error=error.message)
        return plain(error.as_dict())
    if isinstance(error, DBAPIError) and is_passing(error):
        log.warning("mcp.database_away", where=where, error=str(error.orig))
        return ResourceError("The database does not answer.", hint="Try again in a moment.").as_dict()
    correlation_id = uuid.uuid4().hex
    log.error("mcp.fault", correlation_id=correlation_id, where=where, exc_info=error)
    fault = InternalError(
        "This is a fault in Bottega, not in your request.",
        hint=f"The server's log says more under {correlation_id}.",
        correlation_id=correlation_id,
    )
    return fault.as_dict() | {"money": "`bottega ledger` shows what was spent and what is held"}


def protocol_error(error: Exception, where: str) -> MCPError:
    """For requests whose answers have no place for an error of ours; `data` is what the tools answer."""
    document = error_document(error, where)
    code = INVALID_PARAMS if isinstance(error, InputError) else INTERNAL_ERROR
    return MCPError(code, str(document["message"]), document)


def plain(value: Any) -> Any:
    """The same as JSON values: what JSON cannot say becomes null or text."""
    return from_json(to_json(value, inf_nan_mode="null", fallback=str))
