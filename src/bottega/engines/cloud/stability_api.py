"""Stability AI's API over plain HTTP: one form posted, one result fetched, and what its errors mean. Nothing is tried
again here."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from bottega.errors import (
    BottegaError,
    ContentRefused,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
)
from bottega.models.addresses import HOME

if TYPE_CHECKING:
    import ssl

    import httpx

_CONNECT_TIMEOUT_S = 10.0
_TIMED_OUT_S = 60.0
"""More than 150 requests in 10 seconds are answered with a time-out of this many (API description of 2026)."""
_REFUSALS = frozenset({"content_moderation", "public_figure"})

Part = tuple[str, tuple[str | None, str | bytes, str | None] | tuple[None, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its whole body; `headers` in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The JSON object, or an empty one when the body is none."""
        try:
            answer: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}


class NoReply(Exception):
    """The conversation ended early; `sent`: after the whole request went out, so that it may be worked on."""

    def __init__(self, what: str, *, sent: bool) -> None:
        super().__init__(what)
        self.what, self.sent = what, sent


class StabilityApi:
    """`max_answer` is the bytes after which a body is cut off."""

    def __init__(self, api_key: str, base_url: str, max_answer: int) -> None:
        self._api_key = api_key
        self._base_url = base_url or HOME["stability"]
        self._max_answer = max_answer
        self._verify: ssl.SSLContext | None = None

    async def post(self, path: str, parts: list[Part], accept: str, timeout_s: float) -> Reply:
        """A multipart form. Raises NoReply."""
        return await self._call("POST", path, accept, timeout_s, files=parts)

    async def get(self, path: str, accept: str, timeout_s: float) -> Reply:
        """Raises NoReply."""
        return await self._call("GET", path, accept, timeout_s)

    def redact(self, text: str) -> str:
        """Without the key, and of a length for people."""
        text = text.replace(self._api_key, "***") if self._api_key else text
        return text if len(text) <= 300 else text[:299] + "…"

    async def _call(self, method: str, path: str, accept: str, timeout_s: float, **body: Any) -> Reply:
        import httpx

        sent = _Sent()
        timeout = httpx.Timeout(timeout_s, connect=min(_CONNECT_TIMEOUT_S, timeout_s))
        verify = await asyncio.to_thread(self._trust)
        try:
            async with (
                asyncio.timeout(timeout_s),
                # One client a call: on a connection of an earlier call a reset would leave the outcome open.
                httpx.AsyncClient(verify=verify, timeout=timeout, trust_env=False) as client,
                client.stream(
                    method,
                    f"{self._base_url}/v2beta/{path}",
                    headers={"Accept": accept, "Authorization": f"Bearer {self._api_key}"},
                    extensions={"trace": sent.trace},
                    **body,
                ) as response,
            ):
                content = await self._read(response)
                return Reply(response.status_code, dict(response.headers), content)
        except (TimeoutError, httpx.TimeoutException) as error:
            late = f"no answer within {timeout_s:g} s" if sent.complete else "it was not taken in time"
            raise NoReply(late, sent=sent.complete) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            what = self.redact(str(error)) or type(error).__name__
            raise NoReply(what, sent=sent.complete) from error

    def _trust(self) -> ssl.SSLContext | bool:
        import httpx

        if not self._base_url.lower().startswith("https:"):
            return False
        if self._verify is None:
            self._verify = httpx.create_ssl_context()
        return self._verify

    async def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._max_answer:
                break
        return bytes(body[: self._max_answer])

    def lost(self, gone: NoReply) -> BottegaError:
        """What an order without an answer means."""
        if gone.sent:
            return OutcomeUnknown(
                f"The request was sent to Stability AI, and its answer was lost: {gone.what}.",
                hint="Look at the account's credits before you ask again: this API cannot be asked what became of a "
                "call.",
            )
        return ProviderUnavailable(
            f"Stability AI did not take the request: {gone.what}.",
            hint="Is this machine online, and is BOTTEGA_STABILITY_BASE_URL right, where it is set?",
        )

    def failure(self, reply: Reply) -> BottegaError:
        """The error for a status that is not 200. None of these is charged; a 500 comes from a call that was accepted,
        of which the vendor writes that it is not charged either, but that is not seen, so the money stays on hold."""
        answer = reply.json()
        name = str(answer.get("name") or "")
        errors: object = answer.get("errors")
        found = [str(item) for item in cast("list[object]", errors)] if isinstance(errors, list) else []
        said = self.redact("; ".join(found) or str(answer.get("message") or ""))
        quoted = f": {said}" if said else "."
        details: dict[str, Any] = {"status": reply.status, "provider_code": self.redact(name)}
        if reply.status in (403, 422) and name in _REFUSALS:
            return ContentRefused(
                f"Stability AI refused the content{quoted}", hint="Change the description.", **details
            )
        if reply.status in (401, 403):
            # What the server says here may repeat the key.
            return ProviderError(
                f"Stability AI did not accept the API key (HTTP {reply.status}).",
                hint="Check BOTTEGA_STABILITY_API_KEY.",
                **details,
            )
        if reply.status == 402:
            return ProviderError(
                f"The account at Stability AI has no credits left{quoted}", hint="Buy credits.", **details
            )
        if reply.status in (429, 503):
            return ProviderUnavailable(
                f"Stability AI is not taking requests now (HTTP {reply.status}){quoted}",
                hint="Try again later.",
                retry_after=_retry_after(reply),
                **details,
            )
        if reply.status < 300:
            return OutcomeUnknown(
                f"Stability AI took the request, and its answer is not understood (HTTP {reply.status}).",
                hint="Look at the account's credits, then settle the hold.",
                **details,
            )
        if reply.status >= 500 and reply.status != 501:
            return OutcomeUnknown(
                f"Stability AI failed after it had the request (HTTP {reply.status}){quoted}",
                hint="Failed generations are not charged there; look at the account's credits, then settle the hold.",
                **details,
            )
        hint = {
            404: "Check the base URL, and `remote` in the catalogue.",
            422: "Describe the picture in English." if name == "invalid_language" else "",
        }.get(reply.status, "")
        return ProviderError(
            f"Stability AI refused the request (HTTP {reply.status}){quoted}", hint=hint, **details
        )


class _Sent:
    """Whether the whole request went out: without its end no server can have begun to work on it."""

    def __init__(self) -> None:
        self.complete = False

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if event == "http11.send_request_body.complete":
            self.complete = True


def _retry_after(reply: Reply) -> float | None:
    after = reply.headers.get("retry-after", "")
    if after.isdecimal():
        return float(after)
    return _TIMED_OUT_S if reply.status == 429 else None
