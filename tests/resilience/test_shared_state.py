"""A Redis that goes away, hangs and comes back must never be noticed by a job: only by the log."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import structlog

from bottega.errors import ProviderUnavailable, ResourceError
from bottega.resilience import (
    BreakerPolicy,
    Breakers,
    Limit,
    Permit,
    RateLimits,
    Refused,
    SharedAway,
    SharedState,
    Taken,
    TooMany,
)

ECHO = "return ARGV[1]"


class Cable:
    """A TCP line to the Redis server that can be cut, or frozen so that nothing comes through."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._flows = asyncio.Event()
        self._flows.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def plug_in(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", port)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there, back = await asyncio.open_connection(*self._target)
        try:
            with suppress(asyncio.CancelledError):
                await asyncio.gather(
                    self._pump(reader, back), self._pump(there, writer), return_exceptions=True
                )
        finally:
            self._tasks.discard(task)
            writer.close()
            back.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flows.wait()
            target.write(data)
            await target.drain()
        target.close()


@pytest.fixture
async def cable(redis_url: str) -> AsyncIterator[Cable]:
    parts = urlsplit(redis_url)
    cable = Cable(parts.hostname or "127.0.0.1", parts.port or 6379)
    await cable.plug_in()
    yield cable
    await cable.cut()


@pytest.fixture
def behind_cable(cable: Cable, redis_url: str, new_shared: Callable[[str], SharedState]) -> SharedState:
    parts = urlsplit(redis_url)
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return new_shared(parts._replace(netloc=f"{user}127.0.0.1:{cable.port}").geturl())


async def _until_back(shared: SharedState) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await shared.script(ECHO, [], ["x"])
            except SharedAway:
                await asyncio.sleep(0.05)
            else:
                return


async def _take(limits: RateLimits) -> Taken | TooMany:
    return await limits.take("k", (Limit(2, 60.0),))


async def test_without_redis_breakers_and_limits_go_on_in_memory_and_the_log_says_so_once(
    cable: Cable, behind_cable: SharedState
) -> None:
    breakers = Breakers(BreakerPolicy(failures=3), behind_cable)
    limits = RateLimits(behind_cable)
    down = ProviderUnavailable("Down.")
    for _ in range(2):
        permit = await breakers.allow("e", "m")
        assert isinstance(permit, Permit)
        await permit.failed(down)
    await _take(limits)
    await cable.cut()
    with structlog.testing.capture_logs() as logs:
        permit = await breakers.allow("e", "m")
        assert isinstance(permit, Permit)
        await permit.failed(down)  # the third: what was seen before is not forgotten
        assert isinstance(await breakers.allow("e", "m"), Refused)
        assert [state.state for state in await breakers.states()] == ["open"]
        taken = [await _take(limits) for _ in range(3)]
    assert [isinstance(answer, Taken) for answer in taken] == [True, True, False]
    assert [entry["event"] for entry in logs] == ["redis.away"]

    await cable.plug_in(cable.port)
    with structlog.testing.capture_logs() as logs:
        await _until_back(behind_cable)
    assert [entry["event"] for entry in logs] == ["redis.back"]
    assert isinstance(await breakers.allow("e", "m"), Refused)
    assert isinstance(await Breakers(BreakerPolicy(), behind_cable).allow("e", "m"), Refused)


async def test_a_redis_that_hangs_costs_a_bounded_time_once(cable: Cable, behind_cable: SharedState) -> None:
    limits = RateLimits(behind_cable)
    await _take(limits)
    cable.freeze()
    start = time.monotonic()
    for _ in range(50):
        await limits.take("other", (Limit(100, 60.0),))
    assert time.monotonic() - start < 20  # one time limit, not fifty
    assert behind_cable.is_away
    cable.thaw()
    await _until_back(behind_cable)


async def test_connections_that_the_server_closed_meanwhile_are_replaced_unnoticed(
    cable: Cable, behind_cable: SharedState
) -> None:
    with structlog.testing.capture_logs() as logs:
        assert await behind_cable.script(ECHO, [], ["one"]) == b"one"
        await cable.cut()
        await cable.plug_in(cable.port)
        assert await behind_cable.script(ECHO, [], ["two"]) == b"two"
    assert logs == []


async def test_a_redis_that_forgot_everything_does_not_close_what_is_open(
    new_shared: Callable[[], SharedState],
) -> None:
    shared = new_shared()
    breakers = Breakers(BreakerPolicy(failures=1), shared)
    permit = await breakers.allow("e", "m")
    assert isinstance(permit, Permit)
    await permit.failed(ProviderUnavailable("Down."))
    assert await shared.script("return redis.call('DEL', KEYS[1])", ["breakers:1"]) == 1
    assert isinstance(await breakers.allow("e", "m"), Refused)


async def test_the_clock_is_the_servers(new_shared: Callable[[], SharedState]) -> None:
    shared = new_shared()
    rest = await shared.clocked_script("local t = redis.call('TIME') return {t[1], t[2], 'rest'}", [])
    assert rest == [b"rest"]
    assert abs(shared.clock() - time.time()) < 60


async def test_one_state_serves_several_event_loops(redis_url: str) -> None:
    shared = SharedState(redis_url)

    async def ask(word: str) -> bytes:
        try:
            return await shared.script(ECHO, [], [word])
        finally:
            await shared.close()

    assert await asyncio.to_thread(lambda: asyncio.run(ask("one"))) == b"one"
    assert await asyncio.to_thread(lambda: asyncio.run(ask("two"))) == b"two"
    assert await ask("here") == b"here"


@pytest.mark.parametrize("url", ["localhost:6379", "http://127.0.0.1", "redis://127.0.0.1:port/0", ""])
def test_an_address_that_is_none_is_said_in_plain_words(url: str) -> None:
    with pytest.raises(ResourceError, match="BOTTEGA_REDIS_URL"):
        SharedState(url)
