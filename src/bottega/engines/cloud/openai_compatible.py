"""Any server that speaks the OpenAI images API: generations and edits, with plain HTTP and without retries.

Its models and their prices are the operator's entries in the catalogue. Trying again and keeping account
are left to the pipeline.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from bottega.domain.task import EngineResult, Task
from bottega.engines.cloud.openai_shared import CONNECT_TIMEOUT_S, Call, call_for
from bottega.engines.cloud.openai_shared_answer import (
    AT_ONCE_BYTES,
    ENVELOPE_BYTES,
    AnswerReader,
    parse,
    read_at_most,
)
from bottega.engines.cloud.openai_shared_errors import Sent, Server
from bottega.engines.protocol import (
    USABLE,
    Attempt,
    Availability,
    Cancellation,
    Reconciliation,
    StillUnknown,
)
from bottega.errors import ProviderError
from bottega.imaging.limits import Limits
from bottega.models import Model
from bottega.settings import Settings

if TYPE_CHECKING:
    import ssl

    import httpx

_GUIDE = "docs/how-to/picture-generation.md"
_BASE64_ONLY = ("gpt-image", "chatgpt-image")
"""Families that refuse the field `response_format` because they always answer with base64 (OpenAPI document
of 2026-08-21, CreateImageRequest)."""


class OpenAICompatibleEngine:
    """`POST {base}/images/generations` for `generate`, `{base}/images/edits` for what works on pictures.

    A catalogue id is `openai_compatible/<the server's name of the model>`. Of a task's parameters `n`, `size` or
    `aspect`, and `quality` are sent, and the seed, which is an addition of several local servers: list the feature
    `seed` only for a model whose server knows it.
    """

    name = "openai_compatible"
    local = False

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.openai_compatible_base_url.strip().rstrip("/")
        self._api_key = settings.openai_compatible_api_key.strip()
        self._limits = Limits.from_settings(settings)
        self._client: httpx.AsyncClient | None = None

    def availability(self) -> Availability:
        if not self._base_url:
            return Availability(
                usable=False,
                reason="no OpenAI-compatible image server is configured",
                hint="Set BOTTEGA_OPENAI_COMPATIBLE_BASE_URL (for instance http://127.0.0.1:8080/v1) and list its "
                f"models with prices in the file named by BOTTEGA_CATALOGUE, see {_GUIDE}.",
            )
        if reason := why_unusable(self._base_url):
            return Availability(
                usable=False,
                reason=reason,
                hint=f"Correct BOTTEGA_OPENAI_COMPATIBLE_BASE_URL, see {_GUIDE}.",
            )
        if not can_be_sent(self._api_key):
            return Availability(
                usable=False,
                reason="the API key holds characters that cannot be sent",
                hint="Correct BOTTEGA_OPENAI_COMPATIBLE_API_KEY.",
            )
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """One call, sent at most once.

        Outputs are the pictures as the server sent them, PNG, JPEG or WEBP by their first bytes; whether they
        are whole is checked by whoever decodes them. When only some of the pictures asked for are usable, those
        are handed over and the report says how many are missing.

        Raises ProviderUnavailable (`details["retry_after"]` in seconds where the server said so),
        ContentRefused, ProviderError, OutcomeUnknown, and OutputError for an answer without a usable
        picture, with `cost` in micro-dollars, `metered` and `evidence` in its details; what `call_for` raises
        for a task that the API cannot express.
        """
        ready = self.availability()
        if not ready.usable:
            raise ProviderError(f"It cannot be sent: {ready.reason}.", hint=ready.hint)
        call = await call_for(task, model, attempt, self._limits)
        if not model.remote.startswith(_BASE64_ONLY):
            call.fields["response_format"] = "b64_json"
        if task.seed is not None:
            call.fields["seed"] = task.seed
        attempt.progress(0.05, f"Asking {self._host}")
        status, headers, body = await self._post(call, attempt)
        if not 200 <= status < 300:
            self._server.raise_for(status, headers, body)
        attempt.progress(0.8, "The answer has arrived")
        answer = parse(body) if len(body) <= AT_ONCE_BYTES else await asyncio.to_thread(parse, body)
        return await self._reader.result(
            answer, task, model, attempt, notes=call.notes, request_id=headers.get("x-request-id", "")
        )

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        return StillUnknown("this API cannot be asked about an earlier call")

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        return StillUnknown("this API cannot stop a call, nor be asked about an earlier one")

    @property
    def _host(self) -> str:
        return urlsplit(self._base_url).hostname or "the server"

    @property
    def _server(self) -> Server:
        return Server(
            name=f"the image server {self._host}",
            api_key=self._api_key,
            key_setting="BOTTEGA_OPENAI_COMPATIBLE_API_KEY",
            url_setting="BOTTEGA_OPENAI_COMPATIBLE_BASE_URL",
        )

    @property
    def _reader(self) -> AnswerReader:
        return AnswerReader(self._server.name, self._limits.max_bytes, links_from=self._host)

    async def _post(self, call: Call, attempt: Attempt) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and body. An answer of which even a part is missing counts as lost; one that is too
        large is cut off, which leaves it unreadable."""
        import httpx

        sent = Sent()
        timeout = httpx.Timeout(attempt.timeout_s, connect=min(CONNECT_TIMEOUT_S, attempt.timeout_s))
        try:
            async with (
                asyncio.timeout(attempt.timeout_s),
                (await self._sender()).stream(
                    "POST",
                    f"{self._base_url}/{call.path}",
                    headers=self._headers(attempt),
                    timeout=timeout,
                    extensions={"trace": sent.trace},
                    **_body(call),
                ) as response,
            ):
                limit = self._reader.limit(call.count) if response.is_success else ENVELOPE_BYTES
                body = await read_at_most(response.aiter_bytes(), limit)
                return response.status_code, response.headers, body
        except (TimeoutError, httpx.TimeoutException) as error:
            late = (
                f"no answer within {attempt.timeout_s:g} s" if sent.complete else "it was not taken in time"
            )
            self._server.raise_lost(error, sent.complete, late)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            self._server.raise_lost(error, sent.complete, str(error) or type(error).__name__)

    async def _sender(self) -> httpx.AsyncClient:
        """One for all calls, which keeps no connection: on that of an earlier call a reset would leave the outcome
        open. There is nothing to close, therefore, and as many calls at once as the runner makes."""
        import httpx

        if self._client is None:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
            tls = await tls_for(self._base_url)
            self._client = httpx.AsyncClient(verify=tls, limits=limits, trust_env=False)
        return self._client

    def _headers(self, attempt: Attempt) -> dict[str, str]:
        headers = {"Accept": "application/json", "Idempotency-Key": attempt.idempotency_key}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        return headers


def _body(call: Call) -> dict[str, Any]:
    """As httpx takes it: JSON, or a multipart form where there are files, one picture as `image`, several as
    repeated `image[]`."""
    if not call.pictures:
        return {"json": call.fields}
    field = "image" if len(call.pictures) == 1 else "image[]"
    files = [(field, part) for part in call.pictures]
    if call.mask is not None:
        files.append(("mask", call.mask))
    return {"data": {key: str(value) for key, value in call.fields.items()}, "files": files}


def why_unusable(base_url: str) -> str | None:
    """Why an API cannot be called at this address; None when it can."""
    try:
        parts: SplitResult = urlsplit(base_url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return "the address of the image server is not a valid URL"
    if parts.scheme not in ("http", "https") or not named or parts.query or parts.fragment:
        return "the address of the image server is not an http or https URL such as http://127.0.0.1:8080/v1"
    if parts.username is not None or parts.password is not None:
        return "the address of the image server holds a user name or password"
    return None


async def tls_for(base_url: str) -> ssl.SSLContext:
    """What a client checks certificates with. Made once: reading the certificates takes longer than a small call, and a
    client that is given none makes one even where nothing is encrypted."""
    import ssl

    import httpx

    if base_url.lower().startswith("https:"):
        return await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def can_be_sent(api_key: str) -> bool:
    """Whether a key is a header value."""
    return api_key.isascii() and api_key.isprintable()
