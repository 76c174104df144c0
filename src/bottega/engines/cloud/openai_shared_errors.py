"""What answers of the OpenAI images API that are errors mean for people and for money."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, cast

from bottega.engines.cloud.openai_shared_answer import parse
from bottega.errors import ContentRefused, OutcomeUnknown, ProviderError, ProviderUnavailable

_REFUSALS = frozenset({"content_policy_violation", "moderation_blocked", "content_filter", "contentfilter"})
_OUT_OF_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_LONGEST_QUOTE = 300


class Sent:
    """Whether the whole request went out: without its end no server can have begun to work on it.

    `trace` is httpx's and httpx2's request extension of that name.
    """

    def __init__(self) -> None:
        self.complete = False

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if event in ("http11.send_request_body.complete", "http2.send_request_body.complete"):
            self.complete = True


@dataclass(frozen=True, slots=True)
class Server:
    """Who is called, in words, and which settings say so; `api_key` is kept out of every message."""

    name: str
    api_key: str
    key_setting: str
    url_setting: str

    def redact(self, text: str) -> str:
        text = text.replace(self.api_key, "***") if self.api_key else text
        return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"

    def raise_lost(self, error: Exception, sent: bool, what: str) -> NoReturn:
        """No answer, or not all of it: ProviderUnavailable where the request did not go out whole, OutcomeUnknown
        where it did."""
        what = self.redact(what)
        if sent:
            raise OutcomeUnknown(
                f"The request was sent to {self.name}, and its answer was lost: {what}.",
                hint="Look at its log or bill before you ask again: this API cannot be asked what became of a "
                "call.",
            ) from error
        raise ProviderUnavailable(
            f"{self.name[0].upper()}{self.name[1:]} did not take the request: {what}.",
            hint=f"Is it running, and is {self.url_setting} right?",
        ) from error

    def raise_for(self, status: int, headers: Mapping[str, str], body: bytes) -> NoReturn:
        """The error that an answer above 299 stands for.

        Raises ContentRefused, ProviderUnavailable (with `retry_after` in seconds where it was said), OutcomeUnknown
        for other faults of the server, and ProviderError for everything that would be refused again.
        """
        said = ErrorSaid.read(body)
        details: dict[str, Any] = {"status": status, "provider_code": self.redact(said.code)}
        if request_id := headers.get("x-request-id", ""):
            details["request_id"] = self.redact(request_id)
        self._raise_said(said, status, headers, details)

    def raise_said(self, error: object) -> NoReturn:
        """The error object of a stream, which comes after the call was accepted. Raises as `raise_for` does."""
        said = ErrorSaid.of(error)
        status = 400 if said.code.lower() in _REFUSALS else 500
        self._raise_said(said, status, {}, {"provider_code": self.redact(said.code)})

    def _raise_said(
        self, said: ErrorSaid, status: int, headers: Mapping[str, str], details: dict[str, Any]
    ) -> NoReturn:
        quoted = f": {self.redact(said.message)}" if said.message else "."
        server = self.name[0].upper() + self.name[1:]
        if said.code.lower() in _REFUSALS:
            raise ContentRefused(
                f"{server} refused the content{quoted}", hint="Change the prompt.", **details
            )
        if status in (401, 403):
            # What the server says here may repeat the key.
            raise ProviderError(
                f"{server} did not accept the API key (HTTP {status}).",
                hint=f"Check {self.key_setting}, and what the key may do.",
                **details,
            )
        if status == 402 or {said.code, said.kind} & _OUT_OF_CREDIT:
            raise ProviderError(
                f"{server} says that the account has no credit left{quoted}",
                hint="Add credit to the account, or raise its limit.",
                **details,
            )
        if status in (408, 429, 503):
            raise ProviderUnavailable(
                f"{server} is not taking requests now (HTTP {status}){quoted}",
                hint="Try again later.",
                retry_after=_retry_after(headers),
                **details,
            )
        if status >= 500 and status != 501:
            raise OutcomeUnknown(
                f"{server} failed after it had the request (HTTP {status}){quoted}",
                hint="Look at its log or bill before you ask again.",
                **details,
            )
        misdirected = status == 404 or status < 400
        hint = "Check the base URL and the model's name in the catalogue." if misdirected else ""
        raise ProviderError(f"{server} refused the request (HTTP {status}){quoted}", hint=hint, **details)


@dataclass(frozen=True, slots=True)
class ErrorSaid:
    """`code`, `type` and `message` of an API error; servers also send a bare string, or FastAPI's `detail`."""

    code: str = ""
    kind: str = ""
    message: str = ""

    @classmethod
    def read(cls, body: bytes) -> ErrorSaid:
        answer = parse(body)
        return cls.of(answer.get("error", answer))

    @classmethod
    def of(cls, error: object) -> ErrorSaid:
        if isinstance(error, str):
            return cls(message=error)
        if not isinstance(error, dict):
            return cls()
        fields = cast("dict[str, object]", error)

        def text(*names: str) -> str:
            return next((value for name in names if isinstance(value := fields.get(name), str) and value), "")

        return cls(code=text("code"), kind=text("type"), message=text("message", "detail"))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from `retry-after-ms` or `Retry-After` (RFC 9110, section 10.2.3: seconds or a date)."""
    milliseconds, after = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    if milliseconds.isdecimal():
        return int(milliseconds) / 1000
    if after.isdecimal():
        return float(after)
    try:
        return max(0.0, parsedate_to_datetime(after).timestamp() - time.time())
    except ValueError:
        return None
