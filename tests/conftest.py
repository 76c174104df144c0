"""What the tests share: a database of each kind, fresh for every test, and real photographs."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis
import redis.asyncio
import skimage.data
import sqlalchemy as sa
import structlog

from bottega.store.database import Database


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command line that ran in this process has set up logging for streams that are closed by now."""
    yield
    structlog.reset_defaults()


POSTGRES = os.environ.get("BOTTEGA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
"""A server on which the tests may create databases; `make test` starts one where none runs."""


@pytest.fixture(scope="session")
def postgres_admin() -> Iterator[sa.Engine]:
    engine = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect():
            pass
    except sa.exc.OperationalError as error:
        pytest.fail(f"No PostgreSQL server at {POSTGRES}; run the tests with `make test`. ({error.orig})")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_admin: sa.Engine) -> Iterator[str]:
    """The address of an empty database, dropped after the test."""
    name = f"bottega_test_{uuid.uuid4().hex[:12]}"
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it runs on both databases."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture(scope="session")
def photographs() -> Path:
    """The folder of real photographs that ship inside scikit-image (astronaut.png, chelsea.png, coffee.png...)."""
    return Path(skimage.data.__file__).parent


REDIS = os.environ.get("BOTTEGA_TEST_REDIS", "redis://127.0.0.1:6379/0")
"""A server that tests share, each by keys of its own; `make test` starts one where none runs."""


@pytest.fixture(scope="session")
def redis_url() -> str:
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        pytest.fail(f"No Redis server at {REDIS}; run the tests with `make test`. ({error})")
    return REDIS


@pytest.fixture
async def redis_prefix(redis_url: str) -> AsyncIterator[str]:
    """The beginning of all keys of one test, which are removed after it."""
    prefix = f"bottega:test:{uuid.uuid4().hex}:"
    yield prefix
    client = redis.asyncio.Redis.from_url(redis_url)
    if keys := [key async for key in client.scan_iter(f"{prefix}*", count=1000)]:
        await client.delete(*keys)
    await client.aclose()
