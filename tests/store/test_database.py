import asyncio

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bottega.errors import ResourceError
from bottega.store import migrate
from bottega.store.database import Database, epoch_now
from bottega.store.schema import metadata, workers


def _worker(name: str) -> sa.Insert:
    return sa.insert(workers).values(id=name, host="h", pid=1, process_started="0", heartbeat_at=0.0)


async def test_the_migrations_make_exactly_the_tables_that_the_code_uses(database: Database) -> None:
    def of_migrations(_item: object, name: str | None, kind: str, _there: bool, _other: object) -> bool:
        # The index of the search is made by the first import or search; tests on one server share a database.
        return not (kind == "index" and str(name).startswith("ix_products_terms"))

    def differences(connection: sa.Connection) -> list[object]:
        options = {"include_object": of_migrations}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert await database.read(differences) == []


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(migrate.configuration()).get_current_head() == migrate.HEAD


async def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    await database.write(lambda c: c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'")))
    again = Database(database.url.render_as_string(hide_password=False))
    with pytest.raises(ResourceError, match="newer"):
        await again.open()
    await again.close()


async def test_a_failing_transaction_neither_writes_nor_disturbs_its_neighbours(database: Database) -> None:
    def fails(connection: sa.Connection) -> None:
        connection.execute(_worker("broken"))
        raise ValueError("on purpose")

    works = [database.write(lambda c, n=n: c.execute(_worker(f"good-{n}")) and None) for n in range(20)]
    results = await asyncio.gather(*works, database.write(fails), return_exceptions=True)
    assert isinstance(results[-1], ValueError)
    assert results[:-1] == [None] * 20
    names = await database.read(lambda c: set(c.execute(sa.select(workers.c.id)).scalars()))
    assert names == {f"good-{n}" for n in range(20)}


async def test_who_waits_for_a_topic_is_woken_after_the_commit(database: Database) -> None:
    with database.signals.subscribe("jobs") as waiter:
        await database.write(lambda c: c.execute(_worker("one")) and None, "jobs")
        assert await waiter.wait(60.0)
        assert not await waiter.wait(0.05)


async def test_another_process_is_woken_too(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False))
    await other.open()
    try:
        with other.signals.subscribe("jobs") as waiter:
            woken = False
            for n in range(100):  # the listener may need a moment to connect; the net below is the proof
                await database.write(lambda c, n=n: c.execute(_worker(f"w{n}")) and None, "jobs")
                if woken := await waiter.wait(0.1):
                    break
            assert woken
    finally:
        await other.close()


async def test_all_share_one_clock(database: Database) -> None:
    first = await database.read(epoch_now)
    second = await database.read(epoch_now)
    assert first <= second
    assert abs(second - first) < 60


async def test_an_unreachable_server_is_said_in_plain_words() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(ResourceError, match="cannot be opened"):
        await database.open()
    await database.close()
