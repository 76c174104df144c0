"""A Redis server that every test has to itself, by a prefix of its own, and what is kept there or in a database;
`make test` starts a server where none runs."""

import os
import uuid
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import redis
import redis.asyncio

from bottega.resilience import SharedState
from bottega.store.database import Database

REDIS = os.environ.get("BOTTEGA_TEST_REDIS", "redis://127.0.0.1:6379/0")


@pytest.fixture(scope="session")
def redis_url() -> str:
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        pytest.fail(f"No Redis server at {REDIS}; run the tests with `make test`. ({error})")
    return REDIS


@pytest.fixture
async def redis_prefix(redis_url: str) -> AsyncIterator[str]:
    prefix = f"bottega:test:{uuid.uuid4().hex}:"
    yield prefix
    client = redis.asyncio.Redis.from_url(redis_url)
    if keys := [key async for key in client.scan_iter(f"{prefix}*", count=1000)]:
        await client.delete(*keys)
    await client.aclose()


class Stores(NamedTuple):
    """`shared` is None where everything is kept in the database."""

    database: Database
    shared: SharedState | None


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def stores_url(request: pytest.FixtureRequest) -> tuple[str, bool]:
    """The address of an empty database, and whether values are to be kept in Redis."""
    name = "postgres_url" if request.param == "postgresql" else "sqlite_url"
    return request.getfixturevalue(name), request.param == "redis"


@pytest.fixture
async def stores(stores_url: tuple[str, bool], redis_url: str, redis_prefix: str) -> AsyncIterator[Stores]:
    url, in_redis = stores_url
    database = Database(url)
    await database.open()
    shared = SharedState(redis_url, prefix=redis_prefix) if in_redis else None
    yield Stores(database, shared)
    if shared is not None:
        await shared.close()
    await database.close()
