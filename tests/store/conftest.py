"""What is kept in a database or in Redis."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from bottega.resilience import SharedState
from bottega.store.database import Database


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
