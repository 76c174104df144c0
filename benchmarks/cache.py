"""What do the caches, breakers and rate limits cost, and is identical work done once?

    python benchmarks/cache.py [--quick] [--json FILE]

A hit is everything between a task and its known result: key, lookup, and the turn at the work. For the crowd, 64
requests for the same at once, in four processes, meet work that takes 200 ms. Exits with 1 when an aim is missed.
SQLite runs in a temporary folder, PostgreSQL in a database of its own on the server that BOTTEGA_TEST_POSTGRES names,
Redis under a prefix of its own on the one that BOTTEGA_TEST_REDIS names.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from PIL import Image
from rich.console import Console
from rich.table import Table

from bottega.compute import ComputePool
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.imaging.decode import Limits, inspect
from bottega.resilience import Breakers, Limit, Permit, RateLimits, SharedState, Taken
from bottega.store.cache import ResultCache
from bottega.store.database import Database
from bottega.store.pixel_digests import PixelDigests

POSTGRES = os.environ.get("BOTTEGA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("BOTTEGA_TEST_REDIS", "redis://127.0.0.1:6379/0")
HIT_MS = 5.0
HERE_MS = 0.1
SHARED_MS = 2.0
PROCESSES = 4
EACH = 16
WORK_SECONDS = 0.2
OWNER = "ann"


class Row(NamedTuple):
    what: str
    where: str
    count: int
    p50_ms: float
    p95_ms: float
    aim: str
    met: bool


def _row(what: str, where: str, seconds: list[float], aim_ms: float | None) -> Row:
    p50, p95 = statistics.median(seconds) * 1e3, statistics.quantiles(seconds, n=20)[-1] * 1e3
    aim = f"p50 at most {aim_ms:g} ms" if aim_ms is not None else ""
    return Row(what, where, len(seconds), round(p50, 4), round(p95, 4), aim, aim_ms is None or p50 <= aim_ms)


async def _timed(count: int, work: Callable[[int], Awaitable[None]]) -> list[float]:
    for number in range(max(1, count // 20)):  # connections, compiled statements
        await work(-1 - number)
    seconds: list[float] = []
    for number in range(count):
        start = time.perf_counter()
        await work(number)
        seconds.append(time.perf_counter() - start)
    return seconds


# --- hits ------------------------------------------------------------------------------------------------------


async def hits(where: str, url: str, shared: SharedState | None, folder: Path, count: int) -> list[Row]:
    """With the digest of a 12-megapixel photograph computed before, and what computing it costs, once."""
    database = Database(url)
    await database.open()
    pool = ComputePool(1)
    path = folder / "photo.png"
    if not path.exists():
        noise = np.random.default_rng(0).integers(0, 256, (375, 500, 3), np.uint8)
        Image.fromarray(noise).resize((4000, 3000), Image.Resampling.BICUBIC).save(path)
    item = TaskInput(role=Role.WORKING, asset_id="a", path=path, media=inspect(path))
    task = Task(workflow="w", operation="edit", prompt="a red door", inputs=(item,), parameters={"n": 1})
    cache = ResultCache(
        database, 7.0, digests=PixelDigests(database, pool, Limits(), timeout_s=60), shared=shared
    )

    async def key() -> str:
        return await cache.key_of(task, engine="e", model_id="m", model_version="1")

    async def hit(_: int) -> None:
        async with cache.turn(OWNER, await key()) as turn:
            assert turn.found is not None

    async def miss(number: int, *, across: bool = True) -> None:
        async with cache.turn(OWNER, f"{await key()}{number}", across=across) as turn:
            assert turn.found is None

    async def miss_here(number: int) -> None:
        await miss(number, across=False)

    try:
        await pool.call(inspect, path)  # so that starting the child is not in the figure
        start = time.perf_counter()
        known = await key()
        first = time.perf_counter() - start
        value = {"outputs": ["0" * 64], "report": {"score": 0.9}, "seconds": 1.5, "cost": 40_000}
        await database.write(lambda c: cache.put(c, OWNER, known, value))
        await cache.share(OWNER, known, value)
        return [
            _row("exact hit", where, await _timed(count, hit), HIT_MS),
            _row("turn that leads, all processes", where, await _timed(count // 4, miss), None),
            _row("turn that leads, this process", where, await _timed(count // 4, miss_here), None),
            _row("digest of 12 MP, once per picture", where, [first, first], None),
        ]
    finally:
        await pool.close()
        await database.close()


# --- a crowd ---------------------------------------------------------------------------------------------------


async def crowd_member(url: str, prefix: str, calls: str) -> None:
    """Runs in a child: for each line, a key, EACH requests for it at once."""
    database = Database(url)
    await database.open()
    shared = SharedState(REDIS, prefix=prefix) if prefix else None
    cache = ResultCache(database, 7.0, shared=shared)

    async def ask(key: str) -> None:
        async with cache.turn(OWNER, key) as turn:
            if turn.found is None:
                _note(Path(calls), key)
                await asyncio.sleep(WORK_SECONDS)
                await database.write(lambda c: cache.put(c, OWNER, key, {"key": key}))
                await cache.share(OWNER, key, {"key": key})

    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        await asyncio.gather(*(ask(line.strip()) for _ in range(EACH)))
        print("done", flush=True)
    await database.close()
    if shared is not None:
        await shared.close()


def _note(calls: Path, key: str) -> None:
    with calls.open("a") as file:
        file.write(f"{key}\n")


def crowds(where: str, url: str, prefix: str, folder: Path, trials: int) -> Row:
    calls = folder / f"calls-{uuid.uuid4().hex}"
    command = [sys.executable, __file__, "--member", url, prefix, str(calls)]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]

    def hear(expected: str) -> None:
        for child in children:
            assert child.stdout is not None
            if child.stdout.readline().strip() != expected:
                raise SystemExit("A process of the crowd failed.")

    hear("ready")
    seconds: list[float] = []
    for trial in range(trials):
        start = time.perf_counter()
        for child in children:
            assert child.stdin is not None
            child.stdin.write(f"key-{trial}\n")
            child.stdin.flush()
        hear("done")
        seconds.append(time.perf_counter() - start)
    for child in children:
        child.communicate()
    made = len(calls.read_text().split())
    row = _row(f"{PROCESSES * EACH} identical at once, until all are answered", where, seconds, None)
    return row._replace(aim=f"{trials} calls for {trials} crowds: {made}", met=made == trials)


# --- breakers and limits --------------------------------------------------------------------------------------


async def guards(where: str, shared: SharedState | None, count: int) -> list[Row]:
    breakers, limits = Breakers(shared=shared), RateLimits(shared)
    most = (Limit(10**9, 60.0), Limit(10**9, 3600.0))
    full = (Limit(100, 3600.0), Limit(1000, 36_000.0))

    async def call(_: int) -> None:
        permit = await breakers.allow("e", "m")
        assert isinstance(permit, Permit)
        await permit.succeeded()

    async def take(number: int) -> None:
        assert isinstance(await limits.take(f"user-{number % 100}", most), Taken)

    async def refuse(_: int) -> None:
        await limits.take("busy", full)

    for _ in range(100):
        await refuse(0)
    aim = HERE_MS if shared is None else SHARED_MS
    return [
        _row("breaker: allow and tell", where, await _timed(count, call), aim),
        _row("rate limit: taken", where, await _timed(count, take), aim),
        _row("rate limit: refused", where, await _timed(count, refuse), aim),
    ]


# --- all of it --------------------------------------------------------------------------------------------------


@contextmanager
def postgres_database() -> Iterator[str]:
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"bottega_bench_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@contextmanager
def redis_prefix() -> Iterator[str]:
    import redis

    prefix = f"bottega:bench:{uuid.uuid4().hex}:"
    client = redis.Redis.from_url(REDIS)
    client.ping()
    try:
        yield prefix
    finally:
        for key in client.scan_iter(f"{prefix}*", count=1000):
            client.delete(key)
        client.close()


async def measured(places: dict[str, tuple[str, str]], folder: Path, count: int) -> list[Row]:
    rows: list[Row] = []
    for where, (url, prefix) in places.items():
        shared = SharedState(REDIS, prefix=prefix) if prefix else None
        rows += await hits(where, url, shared, folder, count)
        if where != "PostgreSQL":
            rows += await guards("memory" if shared is None else where, shared, count)
        if shared is not None:
            await shared.close()
    return rows


def show(rows: list[Row]) -> None:
    table = Table("what", "where", "count", "p50 ms", "p95 ms", "aim", "")
    for row in rows:
        figures = f"{row.p50_ms:.3f}", f"{row.p95_ms:.3f}"
        table.add_row(row.what, row.where, str(row.count), *figures, row.aim, "" if row.met else "MISSED")
    console = Console()
    console.width = max(console.width, 130)  # a cut-off figure is no figure
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="200 calls of each kind instead of 2000")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--member", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.member:
        asyncio.run(crowd_member(*options.member))
        return 0
    count, trials = (200, 5) if options.quick else (2000, 50)
    with tempfile.TemporaryDirectory() as name, postgres_database() as url, redis_prefix() as prefix:
        folder = Path(name)
        places = {
            "SQLite": (f"sqlite:///{folder / 'one.db'}", ""),
            "PostgreSQL": (url, ""),
            "Redis": (f"sqlite:///{folder / 'two.db'}", prefix),
        }
        rows = asyncio.run(measured(places, folder, count))
        rows += [crowds(where, *place, folder, trials) for where, place in places.items()]
    show(rows)
    if options.json:
        options.json.write_text(json.dumps([row._asdict() for row in rows], indent=2))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
