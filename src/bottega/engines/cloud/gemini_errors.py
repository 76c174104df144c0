"""What an error answer of the Gemini API (google.rpc.Status) means for the call and its money."""

import re
from typing import Any, cast

from bottega.errors import BottegaError, OutcomeUnknown, ProviderError, ProviderUnavailable

JSON = dict[str, Any]

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s")
_LONGEST_QUOTE = 300


def failure(status: int, answer: object, api_key: str) -> BottegaError:
    """The error for an HTTP status that is not 200. `answer` is its JSON as far as it is any; `api_key` is never
    repeated.

    Only 429 and 503 say that the call was not taken. A 500 or 504 comes from a call that was: the vendor writes that
    such calls are not charged, but they are not seen to be free, so the money stays on hold.
    """
    error = _error(answer)
    said = str(error.get("message") or "").replace(api_key, "***")[:_LONGEST_QUOTE]
    quoted = f": {said}" if said else "."
    details = _details(error)
    about: dict[str, Any] = {"status": status, "provider_code": str(error.get("status") or "")}
    if status in (401, 403) or _reason(details) == "API_KEY_INVALID":
        # What the vendor says here may repeat the key.
        return ProviderError(
            f"Gemini did not accept the API key (HTTP {status}).",
            hint="Check BOTTEGA_GEMINI_API_KEY, and what the key may do.",
            status=401,
            provider_code=about["provider_code"],
        )
    if status == 429 and _is_used_up(details):
        return ProviderError(
            f"The quota of this key at Gemini is used up for today{quoted}",
            hint="Wait for the next day, or raise the quota in Google AI Studio.",
            **about,
        )
    if status in (429, 503):
        return ProviderUnavailable(
            f"Gemini is not taking requests now (HTTP {status}){quoted}",
            hint="Try again later.",
            retry_after=_retry_after(details),
            **about,
        )
    if status < 300 or status in (408, 499) or (status >= 500 and status != 501):
        return OutcomeUnknown(
            f"Gemini failed after it had the request (HTTP {status}){quoted}",
            hint="Google does not charge for requests that fail; look at the usage in Google AI Studio, then settle "
            "the hold.",
            **about,
        )
    hint = ""
    if status == 404 or status < 400:
        hint = "Check BOTTEGA_GEMINI_BASE_URL, where it is set, and the model's name in the catalogue."
    return ProviderError(f"Gemini refused the request (HTTP {status}){quoted}", hint=hint, **about)


def _error(answer: object) -> JSON:
    """The Status object; the SDK hands over the whole answer, or a page's text as `message`."""
    if not isinstance(answer, dict):
        return {}
    outer = cast("JSON", answer)
    inner: object = outer.get("error", outer)
    error = cast("JSON", inner) if isinstance(inner, dict) else {}
    if "<" in str(error.get("message") or "")[:1]:
        return {}  # a proxy's page
    return error


def _details(error: JSON) -> list[JSON]:
    details: object = error.get("details")
    if not isinstance(details, list):
        return []
    return [cast("JSON", item) for item in cast("list[object]", details) if isinstance(item, dict)]


def _of_type(details: list[JSON], name: str) -> JSON:
    nothing: JSON = {}
    return next(
        (item for item in details if str(item.get("@type", "")).endswith(f"google.rpc.{name}")), nothing
    )


def _reason(details: list[JSON]) -> str:
    return str(_of_type(details, "ErrorInfo").get("reason") or "")


def _is_used_up(details: list[JSON]) -> bool:
    """Whether it is a quota of the day: the wait that comes with it is far too short."""
    violations: object = _of_type(details, "QuotaFailure").get("violations")
    if not isinstance(violations, list):
        return False
    return any("PerDay" in str(item) for item in cast("list[object]", violations))


def _retry_after(details: list[JSON]) -> float | None:
    """Seconds, from RetryInfo (`"17s"`)."""
    found = _SECONDS.fullmatch(str(_of_type(details, "RetryInfo").get("retryDelay") or ""))
    return float(found[1]) if found else None
