"""The real program and the official client, over stdio and streamable HTTP, with a home of its own."""

import base64
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp_types import CallToolResult, ContentBlock

BOTTEGA = str(Path(sys.executable).with_name("bottega"))
MODES = ("legacy", "auto")
"""The protocol with a handshake (2025-11-25 and before), and the one without (2026-07-28)."""


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOTTEGA_")}
    return kept | {"BOTTEGA_HOME": str(folder / "home"), "BOTTEGA_COMPUTE_WORKERS": "1"} | settings


def over_stdio(folder: Path, *arguments: str, mode: str = "auto", **settings: str) -> Client:
    """A client that starts `bottega mcp` in `folder`."""
    parameters = StdioServerParameters(
        command=BOTTEGA, args=["mcp", *arguments], env=environment(folder, **settings), cwd=folder
    )
    return Client(parameters, mode=mode, read_timeout_seconds=60)


@contextmanager
def served(folder: Path, *arguments: str, **settings: str) -> Iterator[str]:
    """`bottega mcp --http` on a free port; its address."""
    program = subprocess.Popen(
        [BOTTEGA, "mcp", "--http", "--port", "0", *arguments],
        cwd=folder,
        env=environment(folder, **settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout is not None
        line = program.stdout.readline()
        assert "answers on http://" in line, line
        yield line.split()[3].rstrip(";")
    finally:
        program.terminate()
        assert program.wait(timeout=300) == 0


@asynccontextmanager
async def over_http(address: str, key: str | None = None, mode: str = "auto") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with create_mcp_http_client(headers=headers) as http:
        transport = streamable_http_client(address, http_client=http)
        async with Client(transport, mode=mode, read_timeout_seconds=60) as client:
            yield client


def document(result: CallToolResult) -> dict[str, Any]:
    """What a tool answered; it must not be an error."""
    assert not result.is_error, result.content
    return result.structured_content


def refusal(result: CallToolResult) -> dict[str, Any]:
    """The error that a tool answered: it says what happened, and the same in words."""
    assert result.is_error, result.content
    error = result.structured_content["error"]
    assert error["code"]
    assert error["money"]
    assert error["message"] in text(result.content[0])
    return error


def text(block: ContentBlock) -> str:
    assert block.type == "text"
    return block.text


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
