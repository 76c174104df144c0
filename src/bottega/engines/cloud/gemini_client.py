"""Google's SDK as the engine needs it: no retries, no environment variables, one connection a call, answers of bounded
size, and knowing whether a request went out. Imported only when a call is made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

import httpx
from google import genai
from google.genai import types

from bottega.models.addresses import HOME

_API_VERSION = "v1beta"
_CONNECT_TIMEOUT_S = 10.0

_watched: ContextVar[Watch] = ContextVar("watched")


class AnswerTooLarge(httpx.HTTPError):
    """More bytes than any answer with a picture may have."""


class Watch:
    """One call: `sent` once its last byte went out (without that, nobody can have begun to work on it); an answer of
    more than `limit` bytes is broken off."""

    def __init__(self, limit: int) -> None:
        self.sent = False
        self.limit = limit

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if event == "http11.send_request_body.complete":
            self.sent = True


class GeminiClient:
    """Kept for the life of the engine: the SDK closes a client that nobody holds."""

    def __init__(self, api_key: str, base_url: str) -> None:
        base_url = base_url or HOME["gemini"]
        verify = httpx.create_ssl_context() if base_url.lower().startswith("https:") else False
        self._http = httpx.AsyncClient(transport=_Transport(verify), trust_env=False)
        self._client = genai.Client(
            vertexai=False,
            api_key=api_key,
            http_options=types.HttpOptions(
                base_url=base_url,
                api_version=_API_VERSION,
                retry_options=types.HttpRetryOptions(attempts=1),
                httpx_async_client=self._http,
            ),
        )

    async def generate(
        self,
        model: str,
        parts: list[types.Part],
        image: types.ImageConfig | None,
        timeout_s: float,
        watch: Watch,
    ) -> str:
        """The body of a successful answer, unread. Raises `google.genai.errors.APIError` and `httpx.HTTPError`."""
        config = types.GenerateContentConfig(
            response_modalities=["TEXT", "IMAGE"],
            image_config=image,
            http_options=types.HttpOptions(timeout=max(1, round(timeout_s * 1000))),
            # The SDK would read a large answer on the event loop, and fail on one that is no JSON.
            should_return_http_response=True,
        )
        _watched.set(watch)
        response = await self._client.aio.models.generate_content(
            model=model, contents=types.Content(role="user", parts=parts), config=config
        )
        answer = response.sdk_http_response
        return (answer.body if answer else None) or ""

    async def download(self, uri: str, timeout_s: float, watch: Watch) -> bytes:
        """A picture that an answer only names. Raises as `generate`, and ValueError for an address that is none."""
        _watched.set(watch)
        options = types.HttpOptions(timeout=max(1, round(timeout_s * 1000)))
        return await self._client.aio.files.download(
            file=uri, config=types.DownloadFileConfig(http_options=options)
        )


class _Transport(httpx.AsyncBaseTransport):
    """A connection for each call: on one that an earlier call left, a reset would leave the outcome open."""

    def __init__(self, verify: Any) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        watch = _watched.get()
        timeout: dict[str, float | None] = request.extensions.get("timeout", {})
        connect = min(timeout.get("connect") or _CONNECT_TIMEOUT_S, _CONNECT_TIMEOUT_S)
        request.extensions = {
            **request.extensions,
            "trace": watch.trace,
            "timeout": {**timeout, "connect": connect},
        }
        response = await self._inner.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Limited(response.stream, watch.limit)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Limited(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, limit: int) -> None:
        self._inner, self._limit = inner, limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        async for chunk in self._inner:
            taken += len(chunk)
            if taken > self._limit:
                raise AnswerTooLarge(f"the answer is longer than {self._limit} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
