"""One PostgreSQL database for all job tests, emptied before each: making and dropping one costs a checkpoint."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bottega.store.database import Database
from bottega.store.schema import metadata


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.open()
    await database.close()


@pytest.fixture(scope="session")
def postgres_jobs(postgres_admin: sa.Engine) -> Iterator[sa.Engine]:
    name = f"bottega_test_{uuid.uuid4().hex[:12]}"
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine = sa.create_engine(postgres_admin.url.set(database=name), poolclass=sa.NullPool)
    asyncio.run(_migrate(engine.url.render_as_string(hide_password=False)))
    yield engine
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url(postgres_jobs: sa.Engine) -> str:
    """The address of a database whose tables are empty."""
    with postgres_jobs.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    return postgres_jobs.url.render_as_string(hide_password=False)
