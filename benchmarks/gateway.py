"""What does a picture cost that goes through the gateway, beside what the vendor takes for it?

    python benchmarks/gateway.py [--quick] [--json FILE] [--profile FILE]

`POST /v1/images/generations` in front of a fake upstream that answers at once or after 50 ms, with a picture of 12 KiB or
1 MiB, for 1, 16 and 64 clients; each picture is another one. Measured are the added latency (against the same calls
without a gateway) and the CPU time per call: of the server process, and of the child processes that look at the pictures.
Bottega does its whole work: key, plan, hold, ledger, job row, stored and judged picture. Beside it, in the same run, the
LiteLLM proxy with one worker and a master key, without database, ledger or log. It is installed into an environment of
its own under the cache folder (--quick: only measured when it is there).

Exits with 1 when an aim is missed: at most a fifth of LiteLLM's CPU per call, and at most 5 ms for 1 MiB.
--profile runs the service under cProfile (which makes it slower) and writes what took its time.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import random
import secrets
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

FIFTH = 0.2
BIG_MS = 5.0
PICTURES = {"12 KiB": 64, "1 MiB": 591}
DELAYS_MS = (0, 50)
CLIENTS = (1, 16, 64)
CALLS = {1: 40, 16: 160, 64: 256}
QUICK_CALLS = {1: 12, 16: 48}
WARM_UP = 8
TICKS = os.sysconf("SC_CLK_TCK")
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "bottega" / "litellm"
BOTTEGA, LITELLM, DIRECT = "bottega", "litellm", "direct"


# --- the fake upstream ---------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


class Picture:
    """A PNG of noise of which each copy is another file: a text chunk in front has a number. Signature, header and that
    chunk are 69 bytes, so that the base64 of the rest is made once."""

    def __init__(self, side: int) -> None:
        noise = random.Random(side).randbytes(side * side * 3)
        rows = b"".join(b"\0" + noise[y * side * 3 : (y + 1) * side * 3] for y in range(side))
        self._head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        rest = chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
        self._rest = base64.b64encode(rest)
        self._made = 0

    def answer(self) -> bytes:
        self._made += 1
        head = self._head + chunk(b"tEXt", b"Comment\0%016d" % self._made)
        body = b'{"created":1,"data":[{"b64_json":"' + base64.b64encode(head) + self._rest + b'"}]}'
        return (
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
            + body
        )


async def upstream(listening: socket.socket) -> None:
    """`/<side>/<delay in ms>/v1/images/generations`."""
    pictures = {side: Picture(side) for side in PICTURES.values()}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                _, side, delay, *_ = head.split(b" ", 2)[1].split(b"/")
                await reader.readexactly(max(0, header_number(head, b"content-length")))
                if int(delay):
                    await asyncio.sleep(int(delay) / 1000)
                writer.write(pictures[int(side)].answer())
                await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, sock=listening) as server:
        await server.serve_forever()


def header_number(head: bytes, name: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(name + b":"):
            return int(line.split(b":")[1])
    return -1


# --- the clients ---------------------------------------------------------------------------------------------


class Client:
    """One connection that is kept; as little work as possible, because it shares the machine with what is measured."""

    def __init__(self, port: int, path: str, key: str, model: str) -> None:
        self._port, self._path, self._key, self._model = port, path, key, model
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self) -> float:
        """Seconds from the first byte sent to the last one received. Raises RuntimeError for anything but a picture."""
        body = json.dumps(
            {"model": self._model, "prompt": f"a boat {secrets.token_hex(8)}", "n": 1, "size": "1024x1024"}
        )
        request = (
            f"POST {self._path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\nauthorization: Bearer {self._key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}"
        ).encode()
        started = time.perf_counter()
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
        reader, writer = self._open
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        answer = await self._body(reader, head)
        took = time.perf_counter() - started
        if not head.startswith(b"HTTP/1.1 200") or b'"b64_json"' not in answer:
            raise RuntimeError(f"{head.splitlines()[0].decode()}: {answer[:300].decode(errors='replace')}")
        return took

    async def _body(self, reader: asyncio.StreamReader, head: bytes) -> bytes:
        length = header_number(head, b"content-length")
        if length >= 0:
            return await reader.readexactly(length)
        pieces: list[bytes] = []
        while size := int(await reader.readline(), 16):
            pieces.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(pieces)

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()


class Cell(NamedTuple):
    target: str
    picture: str
    delay_ms: int
    clients: int
    p50_ms: float
    p95_ms: float
    per_second: float
    cpu_ms: float
    children_ms: float
    added_ms: float = 0.0


async def measure(target: "Target", picture: str, delay_ms: int, clients: int, calls: int) -> Cell:
    side = PICTURES[picture]
    open_ones = [
        Client(target.port, target.path(side, delay_ms), target.key, target.model(side, delay_ms))
        for _ in range(clients)
    ]
    left = iter(range(calls))
    took: list[float] = []

    async def work(client: Client) -> None:
        took.extend([await client.call() for _ in left])

    for number in range(min(WARM_UP, calls)):
        await open_ones[number % clients].call()
    before, started = target.cpu(), time.perf_counter()
    await asyncio.gather(*(work(client) for client in open_ones))
    wall, after = time.perf_counter() - started, target.cpu()
    for client in open_ones:
        client.close()
    took.sort()
    own, children = ((b - a) / calls * 1000 for a, b in zip(before, after, strict=True))
    p95 = took[min(len(took) - 1, int(len(took) * 0.95))]
    return Cell(
        target.name,
        picture,
        delay_ms,
        clients,
        statistics.median(took) * 1000,
        p95 * 1000,
        calls / wall,
        own,
        children,
    )


# --- what is measured ----------------------------------------------------------------------------------------


class Target:
    """A server, and how it is called. `cpu()`: seconds of its process, and of its children, so far."""

    def __init__(self, name: str, port: int, key: str, process: subprocess.Popen[bytes] | None) -> None:
        self.name, self.port, self.key, self._process = name, port, key, process

    def path(self, side: int, delay_ms: int) -> str:
        return (
            f"/{side}/{delay_ms}/v1/images/generations" if self._process is None else "/v1/images/generations"
        )

    def model(self, side: int, delay_ms: int) -> str:
        # Bottega has one upstream of this kind at a time: `at` restarts it for another one.
        return f"fake-{side}-{delay_ms}"

    def cpu(self) -> tuple[float, float]:
        if self._process is None:
            return 0.0, 0.0
        return spent(self._process.pid), sum(spent(pid) for pid in offspring(self._process.pid))


def spent(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # With the children that have ended already (proc(5): utime, stime, cutime, cstime).
    return sum(map(int, fields[11:15])) / TICKS


def offspring(pid: int) -> Iterator[int]:
    for entry in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, entry.read_text().split()):
            yield child
            yield from offspring(child)


@contextlib.contextmanager
def running(
    command: list[str], env: dict[str, str], port: int, path: str, log: Path
) -> Generator[subprocess.Popen[bytes]]:
    """The process, once it answers; ended at the end."""
    with (
        log.open("wb") as out,
        subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        try:
            wait_until_it_answers(process, f"http://127.0.0.1:{port}{path}", log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{url} does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


CATALOGUE_ENTRY = """
[[model]]
id = "openai_compatible/{name}"
engine = "openai_compatible"
title = "The fake upstream"
operations = ["generate"]
features = ["size:*"]
quality = 0.5
price = {{ per_image = "0.04" }}
"""


@contextlib.contextmanager
def bottega(folder: Path, up: int, side: int, delay_ms: int, profile: Path | None) -> Generator[Target]:
    """`bottega serve` with a key, over SQLite, as it comes; only the budget is large enough."""
    home = folder / f"home-{side}-{delay_ms}"
    catalogue = folder / "models.toml"
    catalogue.write_text(CATALOGUE_ENTRY.format(name=f"fake-{side}-{delay_ms}"))
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("BOTTEGA_", "OPENAI_"))
    } | {
        "BOTTEGA_HOME": str(home),
        "BOTTEGA_AUTH": "required",
        "BOTTEGA_CATALOGUE": str(catalogue),
        "BOTTEGA_OPENAI_COMPATIBLE_BASE_URL": f"http://127.0.0.1:{up}/{side}/{delay_ms}/v1",
        "BOTTEGA_BUDGET_USER_HOUR": "1000000",
        "BOTTEGA_RATE_LIMIT_PER_MINUTE": "0",
        "BOTTEGA_RATE_LIMIT_PER_HOUR": "0",
    }
    program = str(Path(sys.executable).parent / "bottega")
    key = asyncio.run(new_key(home))
    port = free_port()
    command = [program, "serve", "--port", str(port)]
    if profile is not None:
        command = [sys.executable, "-m", "cProfile", "-o", str(profile), *command]
    with running(command, env, port, "/health", folder / "bottega.log") as process:
        yield Target(BOTTEGA, port, key, process)


async def new_key(home: Path) -> str:
    from bottega import Bottega
    from bottega.settings import Settings

    shop = Bottega(Settings(home=home, database_url=""))
    await shop.start(run_jobs=False)
    try:
        return (await shop.keys.create("load", "benchmark")).secret
    finally:
        await shop.close()


@contextlib.contextmanager
def litellm(folder: Path, up: int) -> Generator[Target]:
    names = [(side, delay) for side in PICTURES.values() for delay in DELAYS_MS]
    models = [
        {
            "model_name": f"fake-{side}-{delay}",
            "litellm_params": {
                "model": f"openai/fake-{side}-{delay}",
                "api_base": f"http://127.0.0.1:{up}/{side}/{delay}/v1",
                "api_key": "none",
            },
            "model_info": {"mode": "image_generation"},
        }
        for side, delay in names
    ]
    config = folder / "litellm.yaml"
    config.write_text(
        json.dumps({"model_list": models, "general_settings": {"master_key": "sk-benchmark"}})
    )  # YAML too
    port = free_port()
    command = [
        str(CACHE / "bin" / "litellm"),
        "--config",
        str(config),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    env = os.environ | {"LITELLM_TELEMETRY": "False", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with running(command, env, port, "/health/liveliness", folder / "litellm.log") as process:
        yield Target(LITELLM, port, "sk-benchmark", process)


def litellm_is_there(*, install: bool) -> bool:
    if (CACHE / "bin" / "litellm").exists():
        return True
    if not install:
        return False
    venv.create(CACHE, with_pip=True)
    pip = [str(CACHE / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "litellm[proxy]"], check=False).returncode:
        shutil.rmtree(CACHE)
        return False
    return True


# --- the run and its report ----------------------------------------------------------------------------------


def run(
    folder: Path, calls: dict[int, int], console: Console, *, with_litellm: bool, profile: Path | None
) -> list[Cell]:
    cells: list[Cell] = []
    up = free_port()
    command = [sys.executable, __file__, "--upstream", str(up)]
    with (
        running(
            command, dict(os.environ), up, f"/{PICTURES['12 KiB']}/0/health", folder / "upstream.log"
        ) as _,
        contextlib.ExitStack() as stack,
    ):
        other = stack.enter_context(litellm(folder, up)) if with_litellm else None
        for picture, side in PICTURES.items():
            for delay_ms in DELAYS_MS:
                with bottega(folder, up, side, delay_ms, profile) as ours:
                    targets = [Target(DIRECT, up, "", None), ours, *([other] if other else [])]
                    for clients, number in calls.items():
                        found = [
                            asyncio.run(measure(target, picture, delay_ms, clients, number))
                            for target in targets
                        ]
                        plain = found[0].p50_ms
                        cells += [cell._replace(added_ms=cell.p50_ms - plain) for cell in found[1:]]
                        console.print(f"  {picture}, {delay_ms} ms, {clients} clients: done")
    return cells


def show(console: Console, cells: list[Cell]) -> None:
    table = Table(title="Through the gateway, milliseconds per call")
    for heading in (
        "picture",
        "upstream",
        "clients",
        "gateway",
        "added p50",
        "p50",
        "p95",
        "calls/s",
        "CPU",
        "children",
    ):
        table.add_column(heading, justify="left" if heading in ("picture", "gateway") else "right")
    for cell in sorted(cells, key=lambda c: (c.picture, c.delay_ms, c.clients, c.target)):
        table.add_row(
            cell.picture, f"{cell.delay_ms} ms", str(cell.clients), cell.target, f"{cell.added_ms:.1f}",
            f"{cell.p50_ms:.1f}", f"{cell.p95_ms:.1f}", f"{cell.per_second:.0f}", f"{cell.cpu_ms:.1f}", f"{cell.children_ms:.1f}",
        )  # fmt: skip
    console.print(table)


def aims(cells: list[Cell]) -> list[tuple[str, float, float]]:
    """What is aimed at, what was measured, and the limit."""
    ours = {(c.picture, c.delay_ms, c.clients): c.cpu_ms for c in cells if c.target == BOTTEGA}
    theirs = {(c.picture, c.delay_ms, c.clients): c.cpu_ms for c in cells if c.target == LITELLM}
    big = [cpu for (picture, _, _), cpu in ours.items() if picture == "1 MiB"]
    found = [("CPU of the service for 1 MiB, ms, median of the cells", statistics.median(big), BIG_MS)]
    if theirs:
        ratios = [ours[cell] / theirs[cell] for cell in theirs if theirs[cell]]
        found.append(
            ("CPU of the service against LiteLLM's, median of the cells", statistics.median(ratios), FIFTH)
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer calls, 1 and 16 clients, nothing is installed"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument(
        "--profile", type=Path, help="profile the service (the last one that runs) into this file"
    )
    parser.add_argument("--upstream", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.upstream is not None:
        asyncio.run(upstream(socket.create_server(("127.0.0.1", options.upstream))))
        return 0
    console = Console()
    console.width = max(console.width, 110)
    with_litellm = litellm_is_there(install=not options.quick)
    if not with_litellm:
        console.print(
            "LiteLLM is not measured: it is not installed" + (" (--quick)." if options.quick else ".")
        )
    with tempfile.TemporaryDirectory(prefix="bottega-gateway-") as name:
        cells = run(
            Path(name), QUICK_CALLS if options.quick else CALLS, console,
            with_litellm=with_litellm, profile=options.profile.absolute() if options.profile else None,
        )  # fmt: skip
    show(console, cells)
    found = aims(cells)
    for what, measured, limit in found:
        console.print(f"{what}: {measured:.2f}, aim <= {limit:g}: {'met' if measured <= limit else 'MISSED'}")
    if options.json:
        report: dict[str, Any] = {
            "cells": [cell._asdict() for cell in cells],
            "aims": [{"aim": what, "measured": measured, "limit": limit} for what, measured, limit in found],
            "litellm": with_litellm,
            "cores": os.cpu_count(),
        }
        options.json.write_text(json.dumps(report, indent=2))
    return 0 if all(measured <= limit for _, measured, limit in found) else 1


if __name__ == "__main__":
    sys.exit(main())
