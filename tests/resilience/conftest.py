"""A Redis server that every test has to itself, by a prefix of its own; `make test` starts one where none runs."""

import os
import uuid
from collections.abc import AsyncIterator, Callable

import pytest
import redis
import redis.asyncio

from bottega.resilience import SharedState

REDIS = os.environ.get("BOTTEGA_TEST_REDIS", "redis://127.0.0.1:6379/0")


@pytest.fixture(scope="session")
def redis_url() -> str:
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        pytest.fail(f"No Redis server at {REDIS}; run the tests with `make test`. ({error})")
    return REDIS


@pytest.fixture
async def new_shared(redis_url: str) -> AsyncIterator[Callable[[], SharedState]]:
    """Makes connections as of several processes, which share one part of the server."""
    prefix = f"bottega:test:{uuid.uuid4().hex}:"
    made: list[SharedState] = []

    def make(url: str = redis_url) -> SharedState:
        made.append(SharedState(url, prefix=prefix))
        return made[-1]

    yield make
    for shared in made:
        await shared.close()
    client = redis.asyncio.Redis.from_url(redis_url)
    if keys := [key async for key in client.scan_iter(f"{prefix}*", count=1000)]:
        await client.delete(*keys)
    await client.aclose()
