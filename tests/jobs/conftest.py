"""PostgreSQL databases for the job tests: copies of one that is migrated once, which is many times faster."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bottega.store.database import Database


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.open()
    await database.close()


def _address(admin: sa.Engine, name: str) -> str:
    return admin.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_admin: sa.Engine) -> Iterator[str]:
    name = f"bottega_template_{uuid.uuid4().hex[:12]}"
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    asyncio.run(_migrate(_address(postgres_admin, name)))
    yield name
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url(postgres_admin: sa.Engine, postgres_template: str) -> Iterator[str]:
    """The address of a database with empty tables, dropped after the test."""
    name = f"bottega_test_{uuid.uuid4().hex[:12]}"
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {postgres_template}"))
    yield _address(postgres_admin, name)
    with postgres_admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
