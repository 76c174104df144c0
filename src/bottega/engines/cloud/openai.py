"""OpenAI's pictures, through the official SDK: generations and edits, one request a call, never tried again.

Masks, several inputs, quality levels and partial pictures are the SDK's to send; what the answers mean is shared with
`openai_compatible`. Trying again and keeping account are left to the pipeline.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from bottega.domain.task import EngineResult, Task
from bottega.engines.cloud.openai_compatible import can_be_sent, tls_for, why_unusable
from bottega.engines.cloud.openai_shared import CONNECT_TIMEOUT_S, Call, call_for
from bottega.engines.cloud.openai_shared_answer import AnswerReader, parse, read_at_most
from bottega.engines.cloud.openai_shared_errors import Sent, Server
from bottega.engines.cloud.openai_stream import Partials, read_stream
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
from bottega.models.addresses import HOME
from bottega.settings import Settings

if TYPE_CHECKING:
    import ssl
    from contextlib import AbstractAsyncContextManager

    import httpx2
    from openai import AsyncAPIResponse, AsyncOpenAI

_MOST_PARTIALS = 3
_FORMATS = frozenset({"png", "jpeg", "webp"})


class OpenAIEngine:
    """`images.generate` for `generate`, `images.edit` for what works on pictures: edit, style, enhance, hair,
    reference, tryon.

    Of a task's parameters `n`, `size` or `aspect`, `quality`, `format` and `partial_images` (1 to 3, for one picture;
    they cost tokens) are sent; the features `transparent` and `edit:background_remove` ask for a transparent
    background. The API takes no seed.
    """

    name = "openai"
    local = False

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.openai_base_url.strip().rstrip("/") or HOME["openai"]
        self._api_key = settings.openai_api_key.strip()
        self._limits = Limits.from_settings(settings)
        self._installed = find_spec("openai") is not None
        self._tls: ssl.SSLContext | None = None

    def availability(self) -> Availability:
        if not self._api_key:
            return Availability(
                usable=False,
                reason="no OpenAI API key is configured",
                hint="Set BOTTEGA_OPENAI_API_KEY (or OPENAI_API_KEY).",
            )
        if not can_be_sent(self._api_key):
            return Availability(
                usable=False,
                reason="the OpenAI API key holds characters that cannot be sent",
                hint="Correct BOTTEGA_OPENAI_API_KEY.",
            )
        if reason := why_unusable(self._base_url):
            return Availability(usable=False, reason=reason, hint="Correct BOTTEGA_OPENAI_BASE_URL.")
        if not self._installed:
            return Availability(
                usable=False,
                reason="the package openai is not installed",
                hint="Install it with: pip install 'bottega[openai]'",
            )
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """One call, one HTTP request.

        Outputs are the pictures as OpenAI sent them. Partial pictures are written to the scratch folder as
        `preview-1.png` and so on, and told of as progress. What the call used is the answer's own count of tokens.

        Raises ProviderUnavailable (`details["retry_after"]` in seconds where it was said), ContentRefused,
        ProviderError, OutcomeUnknown, and OutputError for an answer without a usable picture, with `cost` in
        micro-dollars, `metered` and `evidence` in its details; what `call_for` raises for a task that the API
        cannot express.
        """
        ready = self.availability()
        if not ready.usable:
            raise ProviderError(f"OpenAI cannot be called: {ready.reason}.", hint=ready.hint)
        call = await call_for(task, model, attempt, self._limits)
        call.fields.update(_more_fields(task, call))
        attempt.progress(0.05, "Asking OpenAI")
        answer, request_id = await self._ask(call, attempt)
        attempt.progress(0.8, "The answer has arrived")
        return await self._reader.result(
            answer, task, model, attempt, notes=call.notes, request_id=request_id
        )

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        return StillUnknown("OpenAI cannot be asked about an earlier call for pictures")

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        return StillUnknown("OpenAI cannot stop a call for pictures, nor be asked about an earlier one")

    @property
    def _server(self) -> Server:
        return Server(
            name="OpenAI",
            api_key=self._api_key,
            key_setting="BOTTEGA_OPENAI_API_KEY",
            url_setting="BOTTEGA_OPENAI_BASE_URL",
        )

    @property
    def _reader(self) -> AnswerReader:
        return AnswerReader("OpenAI", self._limits.max_bytes)

    async def _ask(self, call: Call, attempt: Attempt) -> tuple[dict[str, Any], str]:
        """The answer (an empty one, when it is none) and the number that OpenAI gave the call."""
        import httpx2
        import openai

        sent = Sent()
        try:
            async with (
                asyncio.timeout(attempt.timeout_s),
                await self._http(sent, attempt.timeout_s) as http,
                _request(self._client(http, attempt), call, attempt) as response,
            ):
                request_id = response.headers.get("x-request-id", "")
                return await self._read(response, call, attempt, request_id), request_id
        except openai.APIStatusError as error:
            self._server.raise_for(error.status_code, error.response.headers, error.response.content)
        except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException) as error:
            late = (
                f"no answer within {attempt.timeout_s:g} s" if sent.complete else "it was not taken in time"
            )
            self._server.raise_lost(error, sent.complete, late)
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            cause = error.__cause__ or error
            self._server.raise_lost(error, sent.complete, str(cause) or type(cause).__name__)

    async def _read(
        self, response: AsyncAPIResponse[Any], call: Call, attempt: Attempt, request_id: str
    ) -> dict[str, Any]:
        chunks: AsyncIterator[bytes] = response.iter_bytes()
        limit = self._reader.limit(call.count + int(call.fields.get("partial_images", 0)))
        if not call.fields.get("stream"):
            body = await read_at_most(chunks, limit)
            return await asyncio.to_thread(parse, body)
        if request_id:
            await attempt.remember({"request_id": request_id})
        partials = Partials(attempt, int(call.fields["partial_images"]))
        return await read_stream(chunks, limit, partials, self._server)

    async def _http(self, sent: Sent, timeout_s: float) -> httpx2.AsyncClient:
        """A client for one call: on a connection of an earlier one a reset would leave the outcome open."""
        import httpx2

        async def note(request: httpx2.Request) -> None:
            request.extensions["trace"] = sent.trace

        if self._tls is None:
            self._tls = await tls_for(self._base_url)
        return httpx2.AsyncClient(
            verify=self._tls, timeout=timeout_s, trust_env=False, event_hooks={"request": [note]}
        )

    def _client(self, http: httpx2.AsyncClient, attempt: Attempt) -> AsyncOpenAI:
        from openai import AsyncOpenAI, Timeout

        return AsyncOpenAI(
            api_key=self._api_key,
            base_url=self._base_url,
            max_retries=0,
            timeout=Timeout(attempt.timeout_s, connect=min(CONNECT_TIMEOUT_S, attempt.timeout_s)),
            http_client=http,
        )


def _more_fields(task: Task, call: Call) -> dict[str, Any]:
    """What OpenAI's own models take beside the fields of every server."""
    fields: dict[str, Any] = {}
    picture_format = task.parameters.get("format") or task.parameters.get("output_format")
    if task.features & {"transparent", "edit:background_remove"}:
        fields["background"] = "transparent"
        picture_format = picture_format if picture_format == "webp" else "png"
    if picture_format in _FORMATS:
        fields["output_format"] = picture_format
    partials = task.parameters.get("partial_images") or 0
    # How the use of several streamed pictures is told is not documented: they are asked for in one answer.
    if isinstance(partials, int) and partials > 0 and call.count == 1:
        fields |= {"stream": True, "partial_images": min(partials, _MOST_PARTIALS)}
    return fields


def _request(
    client: AsyncOpenAI, call: Call, attempt: Attempt
) -> AbstractAsyncContextManager[AsyncAPIResponse[Any]]:
    images: Any = client.images.with_streaming_response
    headers = {"Idempotency-Key": attempt.idempotency_key}
    pictures = list(call.pictures)
    if not pictures:
        return images.generate(**call.fields, extra_headers=headers)
    mask = {"mask": call.mask} if call.mask is not None else {}
    image = pictures if len(pictures) > 1 else pictures[0]
    return images.edit(image=image, **mask, **call.fields, extra_headers=headers)
