"""Reads a streamed answer of the OpenAI images API: partial pictures as they come, then the whole one.

The framing is that of server-sent events (WHATWG HTML, section 9.2); events are told apart by the `type` in their data.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bottega.engines.cloud.openai_shared_answer import parse
from bottega.engines.cloud.openai_shared_errors import Server
from bottega.engines.protocol import Attempt

_FIRST, _LAST = 0.1, 0.8
"""Between these parts of an attempt the previews come."""


@dataclass(frozen=True, slots=True)
class Partials:
    """Keeps partial pictures in the scratch folder (`preview-1.png` ...) and says that they came."""

    attempt: Attempt
    expected: int

    async def keep(self, event: dict[str, Any]) -> None:
        """A preview that is damaged is left out: the picture itself still comes."""
        index, text = event.get("partial_image_index"), event.get("b64_json")
        if not isinstance(index, int) or not isinstance(text, str) or not 0 <= index < self.expected:
            return
        try:
            content = await asyncio.to_thread(base64.b64decode, text, validate=True)
        except (binascii.Error, ValueError):
            return
        path = self.attempt.scratch / f"preview-{index + 1}.png"
        await asyncio.to_thread(path.write_bytes, content)
        fraction = _FIRST + (_LAST - _FIRST) * (index + 1) / (self.expected + 1)
        self.attempt.progress(fraction, f"Preview {index + 1} of {self.expected}")


async def read_stream(
    chunks: AsyncIterator[bytes], limit: int, partials: Partials, server: Server
) -> dict[str, Any]:
    """The completed picture in the form of an answer that is not streamed; empty when none came, or when the stream
    has more than `limit` bytes.

    Raises what `Server.raise_said` does for an error event.
    """
    async for event in _events(chunks, limit):
        kind = str(event.get("type", ""))
        if "error" in event or kind == "error":
            server.raise_said(event.get("error", event))
        elif kind.endswith(".partial_image"):
            await partials.keep(event)
        elif kind.endswith(".completed"):
            return {**event, "data": [{"b64_json": event.get("b64_json")}]}
    return {}


async def _events(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[dict[str, Any]]:
    """The data of each event that is a JSON object."""
    pending = bytearray()
    read = searched = 0
    async for chunk in chunks:
        read += len(chunk)
        if read > limit:
            return
        pending += chunk
        if b"\r" in pending:
            pending, searched = pending.replace(b"\r\n", b"\n"), 0
        while (end := pending.find(b"\n\n", max(0, searched - 1))) >= 0:
            block, searched = bytes(pending[:end]), 0
            del pending[: end + 2]
            if event := await asyncio.to_thread(_data, block):
                yield event
        searched = len(pending)


def _data(block: bytes) -> dict[str, Any]:
    lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
    return parse(b"\n".join(lines)) if lines else {}
