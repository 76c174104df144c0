"""The HTTP client under all SDKs: no proxies from the environment, no redirects, and a bound on what is read."""

from collections.abc import AsyncIterator
from typing import Final

import httpx2

MOST_BYTES: Final = 8 * 2**20
"""Of one answer; a language model's is a few kilobytes."""


def http_client(*, connect_s: float, longest_s: float) -> httpx2.AsyncClient:
    """`connect_s` bounds connecting, `longest_s` each wait for further bytes, where a call does not say otherwise."""
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(longest_s, connect=connect_s),
        transport=_Bounded(),
        trust_env=False,
        follow_redirects=False,
    )


class _Bounded(httpx2.AsyncHTTPTransport):
    """Ends an answer above `MOST_BYTES` as a broken connection."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Counted(response.stream)
        return response


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in self._stream:
            read += len(chunk)
            if read > MOST_BYTES:
                raise httpx2.ReadError(f"the answer has more than {MOST_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
