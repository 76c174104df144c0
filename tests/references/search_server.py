"""A small server with the image searches of Brave and of Tavily, with faults on demand.

Written from the two APIs' documentation of 2025, not from our reading of their answers.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "secret-key"
BRAVE_ANSWER: dict[str, Any] = {
    "type": "images",
    "query": {"original": "gala outfit", "spellcheck_off": False, "show_strict_warning": "false"},
    "results": [
        {
            "type": "image_result",
            "title": "A <strong>gala</strong> dress",
            "url": "https://fashion.example/gala",
            "source": "fashion.example",
            "page_fetched": "2025-06-01T10:00:00Z",
            "thumbnail": {"src": "https://imgs.search.brave.com/abc", "width": 500, "height": 333},
            "properties": {
                "url": "https://fashion.example/gala.jpg",
                "placeholder": "https://imgs.search.brave.com/abc",
                "width": 1200,
                "height": 800,
            },
            "confidence": "high",
        },
        {
            "type": "image_result",
            "title": "Again",
            "url": "https://mirror.example/gala",
            "properties": {"url": "https://fashion.example/gala.jpg"},
        },
        {
            "type": "image_result",
            "url": "https://archive.example/1912",
            "license": "CC BY 4.0",
            "properties": {"url": "https://archive.example/ball%20gown.png"},
        },
        {"type": "image_result", "title": "no address", "properties": {"url": None}},
        {"type": "image_result", "title": "script", "properties": {"url": "javascript:alert(1)"}},
        {"type": "image_result", "title": "file", "properties": {"url": "file:///etc/passwd"}},
        {"type": "image_result", "title": "nothing"},
        "nonsense",
    ],
    "extra": {"might_be_offensive": False},
}
TAVILY_ANSWER: dict[str, Any] = {
    "query": "gala outfit",
    "answer": None,
    "images": [
        {"url": "https://fashion.example/gala.jpg", "description": "A woman in a red gala dress."},
        "https://archive.example/gown.png",
    ],
    "results": [
        {
            "title": "Gala",
            "url": "https://fashion.example",
            "content": "...",
            "score": 0.9,
            "raw_content": None,
        }
    ],
    "response_time": 1.2,
}


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any


@dataclass
class SearchServer:
    """`fault` replaces the next answers: (status, headers, body), or `silence`, or `cut`."""

    fault: tuple[int, str, bytes] | str | None = None
    asked: list[Asked] = field(default_factory=list[Asked])
    url: str = ""

    async def __aenter__(self) -> "SearchServer":
        self._released = asyncio.Event()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._released.set()
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _read(reader)
            self.asked.append(asked)
            if self.fault == "silence":
                await self._released.wait()
                return
            status, headers, body = self._answer(asked) if not isinstance(self.fault, tuple) else self.fault
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode())
            writer.write(body[: len(body) // 2] if self.fault == "cut" else body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left early, which some tests are about
        finally:
            writer.close()

    def _answer(self, asked: Asked) -> tuple[int, str, bytes]:
        if (asked.method, asked.path) == ("GET", "/images/search"):
            allowed, answer = asked.headers.get("x-subscription-token") == KEY, BRAVE_ANSWER
            good = 1 <= len(asked.query["q"][0]) <= 400 and 1 <= int(asked.query["count"][0]) <= 200
        elif (asked.method, asked.path) == ("POST", "/search"):
            allowed, answer = asked.headers.get("authorization") == f"Bearer {KEY}", TAVILY_ANSWER
            good = asked.body["include_images"] is True and 0 <= asked.body["max_results"] <= 20
        else:
            return 404, "", b"{}"
        if not allowed:
            return 401, "", b'{"detail": {"error": "Unauthorized: missing or invalid API key."}}'
        return (200, "", json.dumps(answer).encode()) if good else (422, "", b"{}")


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    parts = urlsplit(target)
    return Asked(method, parts.path, parse_qs(parts.query), headers, json.loads(raw) if raw else None)
