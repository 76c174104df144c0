"""Replicate's HTTP API as far as it is used: plain calls without retries, and what their failures mean.

Written from the vendor's OpenAPI document (version 1.0.0-a1) and its guides. What is bought, waited for and kept is
decided elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NoReturn, cast
from urllib.parse import quote, urlsplit

from bottega.engines.cloud.replicate_schema import InputSchema, Json, read_schema
from bottega.errors import OutputError, ProviderError, ProviderUnavailable

if TYPE_CHECKING:
    import ssl

    import httpx

TERMINAL = frozenset({"succeeded", "failed", "canceled", "aborted"})
PAGE = 100
"""Predictions on a page of the list."""
SHORTEST_DEADLINE_S = 5
"""The vendor takes no shorter `Cancel-After`."""
LONGEST_DEADLINE_S = 24 * 3600
_CONNECT_S = 10.0
_READ_S = 20.0
_UPLOAD_S = 120.0
_ANSWER_BYTES = 16 << 20
_PAGE_BYTES = 128 << 20
"""A prediction repeats its input, and that may hold data URLs."""
_INLINE_BYTES = 1 << 18
"""An answer above this size is parsed in a thread."""
_SCHEMA_S = 3600.0
"""How long an input schema is taken for the model's present one."""
_CREATES_AT_ONCE = 32
_UPLOADS_AT_ONCE = 8
_QUOTED = 300


class AnswerLost(Exception):
    """A call was sent whole, and what became of it is not known."""


class _Unanswered(Exception):
    """No answer; `sent` when the whole request had gone out."""

    def __init__(self, what: str, sent: bool) -> None:
        super().__init__(what)
        self.what = what
        self.sent = sent


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: Json


@dataclass(slots=True)
class _Sent:
    """Whether the whole request went out: without its end no server can have begun to work on it."""

    complete: bool = False

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if event == "http11.send_request_body.complete":
            self.complete = True


@dataclass(slots=True)
class ReplicateApi:
    """`connected()` around the calls; several may be inside at once and share the connections."""

    base_url: str
    key: str
    create_s: float = 60.0
    """How long the answer to a new prediction is waited for."""
    _schemas: dict[str, tuple[float, InputSchema]] = field(
        default_factory=dict[str, tuple[float, InputSchema]]
    )
    _reading: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])
    ordering: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_CREATES_AT_ONCE))
    """Around `create`: so many orders are sent at once."""
    _uploading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_UPLOADS_AT_ONCE))
    _client: httpx.AsyncClient | None = None
    _inside: int = 0
    _ssl: ssl.SSLContext | bool = True
    _skew: float | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    def vendor_time(self) -> tuple[float, bool]:
        """Seconds since the epoch by the vendor's clock, to about a second; False when that is only our own."""
        return time.time() + (self._skew or 0.0), self._skew is not None

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[None]:
        import httpx

        if self._ssl is True:
            secure = self.base_url.lower().startswith("https:")
            self._ssl = await asyncio.to_thread(httpx.create_ssl_context) if secure else False
        self._inside += 1
        if self._client is None:
            self._client = self._new_client(httpx.Limits(max_keepalive_connections=8))
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                client, self._client = self._client, None
                await client.aclose()

    # --- calls ---------------------------------------------------------------------------------------------------

    async def create(self, version: str, values: Json, *, cancel_after_s: float, webhook: str = "") -> Json:
        """A new prediction: this buys. `version`: `owner/name` of an official model, `owner/name:version` of others.

        Raises ProviderUnavailable for what was surely not taken, ProviderError for what is refused, AnswerLost.
        """
        import httpx

        body: Json = {"version": version, "input": values}
        if webhook:
            body |= {"webhook": webhook, "webhook_events_filter": ["completed"]}
        deadline = min(max(SHORTEST_DEADLINE_S, int(cancel_after_s)), LONGEST_DEADLINE_S)
        try:
            # A client of its own: on a connection of an earlier call a reset would leave the outcome open.
            async with self._new_client(httpx.Limits(max_keepalive_connections=0)) as client:
                answer = await self._call(
                    "POST",
                    "predictions",
                    client=client,
                    timeout_s=self.create_s,
                    json=body,
                    headers={"Cancel-After": f"{deadline}s"},
                )
        except _Unanswered as error:
            if error.sent:
                raise AnswerLost(error.what) from error
            return self._raise_unanswered(error)
        if answer.status in (200, 201, 202):
            if not _is_prediction(answer.body):
                raise AnswerLost("the answer could not be read")
            return answer.body
        if answer.status >= 500 and answer.status != 503:
            raise AnswerLost(f"HTTP {answer.status}")
        return self._raise_for(answer)

    async def get(self, prediction_id: str) -> Json:
        """Raises ProviderUnavailable, ProviderError (`details["status"]`), OutputError for what is no prediction."""
        return self._prediction(await self._asked("GET", f"predictions/{quote(prediction_id, safe='')}"))

    async def cancel(self, prediction_id: str) -> Json:
        """Asks for the prediction's end, and returns it as it is then. Raises as `get`."""
        path = f"predictions/{quote(prediction_id, safe='')}/cancel"
        return self._prediction(await self._asked("POST", path))

    async def page(self, *, before: str | None = None, after: str | None = None) -> list[Json]:
        """Up to 100 predictions of the account, newest first: those made before and not before the times given
        (ISO 8601). Raises as `get`."""
        params = {"created_before": before, "created_after": after}
        given = {name: value for name, value in params.items() if value is not None}
        answer = await self._asked("GET", "predictions", params=given, limit=_PAGE_BYTES)
        results = answer.get("results")
        if not isinstance(results, list):
            raise OutputError("The provider's list of predictions could not be read.")
        return [one for one in cast("list[Any]", results) if isinstance(one, dict) and _is_prediction(one)]

    async def schema(self, remote: str) -> InputSchema:
        """What the model takes, read once and remembered for an hour. Raises as `get`."""
        async with self._reading.setdefault(remote, asyncio.Lock()):
            known = self._schemas.get(remote)
            if known is not None and time.monotonic() - known[0] < _SCHEMA_S:
                return known[1]
            name, _, version = remote.partition(":")
            path = "models/" + quote(name) + (f"/versions/{quote(version)}" if version else "")
            about = await self._asked("GET", path)
            latest = about if version else about.get("latest_version")
            document = cast("Json", latest).get("openapi_schema") if isinstance(latest, dict) else None
            schema = read_schema(document)
            self._schemas[remote] = time.monotonic(), schema
            return schema

    async def upload(self, name: str, content: bytes, media_type: str) -> str:
        """The address of a file that is kept for 24 hours. Raises as `get`."""
        parts = {"content": (name, content, media_type)}
        async with self._uploading:
            answer = await self._asked("POST", "files", files=parts, timeout_s=_UPLOAD_S)
        urls = answer.get("urls")
        address = cast("Json", urls).get("get") if isinstance(urls, dict) else None
        if not isinstance(address, str) or not address:
            raise ProviderUnavailable("The provider took a picture, and did not say where it is.")
        return address

    async def webhook_secret(self) -> str:
        """`whsec_...`, the key that webhooks are signed with. Raises as `get`."""
        key = (await self._asked("GET", "webhooks/default/secret")).get("key")
        if not isinstance(key, str) or not key:
            raise OutputError("The provider's key for webhooks could not be read.")
        return key

    # --- the wire ------------------------------------------------------------------------------------------------

    def _new_client(self, limits: httpx.Limits) -> httpx.AsyncClient:
        import httpx

        timeout = httpx.Timeout(None, connect=_CONNECT_S)
        return httpx.AsyncClient(
            verify=self._ssl,
            timeout=timeout,
            limits=limits,
            trust_env=False,
            headers={"Authorization": f"Bearer {self.key}", "Accept": "application/json"},
        )

    async def _asked(
        self, method: str, path: str, *, timeout_s: float = _READ_S, limit: int = _ANSWER_BYTES, **more: Any
    ) -> Json:
        """For calls that buy nothing: the JSON object of a good answer."""
        assert self._client is not None, "inside connected() only"
        try:
            answer = await self._call(
                method, path, client=self._client, timeout_s=timeout_s, limit=limit, **more
            )
        except _Unanswered as error:
            self._raise_unanswered(error)
        if not 200 <= answer.status < 300:
            self._raise_for(answer)
        return answer.body

    async def _call(
        self,
        method: str,
        path: str,
        *,
        client: httpx.AsyncClient,
        timeout_s: float,
        limit: int = _ANSWER_BYTES,
        **more: Any,
    ) -> _Answer:
        """Raises _Unanswered; an answer of which a part is missing is none."""
        import httpx

        sent = _Sent()
        try:
            async with (
                asyncio.timeout(timeout_s),
                client.stream(
                    method, f"{self.base_url}/{path}", extensions={"trace": sent.trace}, **more
                ) as response,
            ):
                body = await _read(response, limit)
                self._learn_clock(response)
                return _Answer(response.status_code, response.headers, await _parsed(body))
        except TimeoutError as error:
            raise _Unanswered(f"no answer within {timeout_s:g} s", sent.complete) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            what = self._redact(str(error)) or type(error).__name__
            raise _Unanswered(what, sent.complete) from error

    def _learn_clock(self, response: httpx.Response) -> None:
        try:
            told = parsedate_to_datetime(response.headers.get("date", "")).timestamp()
        except ValueError:
            return
        self._skew = told - time.time()

    def _prediction(self, body: Json) -> Json:
        if not _is_prediction(body):
            raise OutputError("The provider's answer is no prediction.")
        return body

    # --- failures ------------------------------------------------------------------------------------------------

    def _raise_unanswered(self, error: _Unanswered) -> NoReturn:
        raise ProviderUnavailable(
            f"Replicate ({self.host}) did not answer: {error.what}.", hint="Check the network connection."
        ) from error

    def _raise_for(self, answer: _Answer) -> NoReturn:
        status = answer.status
        said = self._redact(str(answer.body.get("detail") or answer.body.get("title") or "")).strip()[
            :_QUOTED
        ]
        quoted = f": {said}" if said else "."
        if status in (401, 403):
            raise ProviderError(
                f"Replicate did not accept the API key (HTTP {status}).",
                hint="Check BOTTEGA_REPLICATE_API_KEY.",
                status=status,
            )
        if status == 402:
            raise ProviderError(
                "The account at Replicate has no credit left.", hint="Buy credit at Replicate.", status=status
            )
        if status == 429:
            wait: dict[str, Any] = (
                {"retry_after": seconds} if (seconds := _retry_after(answer)) is not None else {}
            )
            raise ProviderUnavailable(
                f"Replicate takes no more calls at the moment{quoted}",
                hint="Try again later.",
                status=status,
                **wait,
            )
        if status >= 500:
            raise ProviderUnavailable(
                f"Replicate is not available (HTTP {status}){quoted}", hint="Try again later.", status=status
            )
        if status == 404:
            raise ProviderError(
                "Replicate does not know what was asked for.",
                hint="Is the model's name in the catalogue still right?",
                status=status,
            )
        raise ProviderError(f"Replicate refused the call (HTTP {status}){quoted}", status=status)

    def _redact(self, text: str) -> str:
        return text.replace(self.key, "***") if self.key else text


def _is_prediction(body: Any) -> bool:
    return isinstance(body.get("id"), str) and isinstance(body.get("status"), str)


def _retry_after(answer: _Answer) -> float | None:
    """Seconds, from the headers or the body."""
    for value in (
        answer.headers.get("retry-after"),
        answer.body.get("retry_after"),
        answer.headers.get("ratelimit-reset"),
    ):
        try:
            seconds = float(cast("Any", value))
        except (TypeError, ValueError):
            continue
        if 0 <= seconds < 86400:
            return seconds
    return None


async def _read(response: httpx.Response, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            break  # unreadable then
    return bytes(body)


async def _parsed(body: bytes) -> Json:
    return _json(body) if len(body) <= _INLINE_BYTES else await asyncio.to_thread(_json, body)


def _json(body: bytes) -> Json:
    """The JSON object, or an empty one when the body is none."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("Json", value) if isinstance(value, dict) else {}
