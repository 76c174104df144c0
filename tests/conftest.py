"""What the tests share: a database of each kind, empty for every test, and real photographs."""

import asyncio
import os
import shutil
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import redis
import redis.asyncio
import skimage.data
import sqlalchemy as sa
import structlog

import bottega.store.database
from bottega.store import migrate
from bottega.store.database import Database
from bottega.store.schema import metadata

if TYPE_CHECKING:
    from bottega import Bottega
    from opening import Start

# A verdict depends neither on how busy the machine is nor on chance; `make chaos` looks for new examples.
hypothesis.settings.register_profile(
    "test", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("search", hypothesis.settings.get_profile("test"), derandomize=False)
hypothesis.settings.load_profile("test")


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


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.open()
    await database.close()


@pytest.fixture(scope="session")
def postgres_database(postgres_admin: sa.Engine) -> Iterator[sa.Engine]:
    """One database for all tests of a process, at the newest schema: to make and drop one costs a checkpoint."""
    name = f"bottega_test_{uuid.uuid4().hex[:12]}"
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        # No test here pulls the server's power; those that kill a server start one of their own.
        connection.execute(sa.text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    engine = sa.create_engine(sa.make_url(POSTGRES).set(database=name), poolclass=sa.NullPool)
    asyncio.run(_migrate(engine.url.render_as_string(hide_password=False)))
    yield engine
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url(postgres_database: sa.Engine) -> str:
    """The address of a database whose tables are empty, and on which nobody works."""
    url = postgres_database.url.render_as_string(hide_password=False)
    with postgres_database.begin() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    try:
        with postgres_database.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))
            connection.execute(
                sa.text("UPDATE alembic_version SET version_num = :head"), {"head": migrate.HEAD}
            )
    except sa.exc.ProgrammingError:  # the test before took a table away
        with postgres_database.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        asyncio.run(_migrate(url))
    return url


@pytest.fixture(scope="session", autouse=True)
def _sqlite_is_migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The migrations run once a process; every other new SQLite file begins as a copy of what they made."""
    migrated = tmp_path_factory.mktemp("migrated") / "empty.db"
    making = threading.Lock()

    def upgrade(engine: sa.Engine) -> None:
        path = Path(engine.url.database or "")
        if engine.dialect.name == "sqlite" and path.is_absolute() and path != migrated:
            with making:
                if not migrated.exists():
                    asyncio.run(_migrate(f"sqlite:///{migrated}"))
                if not path.exists():
                    copy = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
                    with suppress(OSError):  # the migration itself says what is wrong
                        shutil.copyfile(migrated, copy)
                        try:
                            os.link(copy, path)
                        finally:
                            copy.unlink()
        migrate.upgrade(engine)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bottega.store.database, "upgrade", upgrade)
        yield


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


@pytest.fixture
async def started() -> AsyncIterator["Start"]:
    """Starts a Bottega, which is closed at the end of the test."""
    async with AsyncExitStack() as stack:

        async def start(bottega: "Bottega", *, run_jobs: bool = True) -> "Bottega":
            stack.push_async_callback(bottega.close)
            await bottega.start(run_jobs=run_jobs)
            return bottega

        yield start


@pytest.fixture(scope="session")
def photographs() -> Path:
    """The folder of real photographs that ship inside scikit-image (astronaut.png, chelsea.png, coffee.png...)."""
    return Path(skimage.data.__file__).parent


REDIS = os.environ.get("BOTTEGA_TEST_REDIS", "redis://127.0.0.1:6379/0")
"""A server that tests share, each by keys of its own; `make test` starts one where none runs."""


@pytest.fixture(scope="session")
def redis_url() -> str:
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=30).ping()
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
