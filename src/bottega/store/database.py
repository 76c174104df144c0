"""One way to the database: short synchronous functions on a connection, run on threads, awaited.

SQLite gets one writer thread, and all transactions that wait for it share one commit (one fsync).
PostgreSQL gets a few threads with a connection each. A transaction function may be run more than once (a
neighbour in the same commit failed, a connection was lost, also *after* a commit whose answer was lost), so
it must be idempotent: ids are made outside, inserts are upserts or fenced.
"""

import asyncio
import queue
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
import structlog
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError

from bottega.errors import ResourceError
from bottega.store.migrate import upgrade
from bottega.store.signals import Signals

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

GROUP_MOST = 128  # transactions that share a commit at most
WATCH_SECONDS = 0.02  # how often SQLite is asked whether another process wrote
CONNECTION_TRIES = 6
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Item:
    work: Work[Any]
    wake: tuple[str, ...]
    future: "Future[Any]" = field(default_factory=lambda: Future[Any]())


class Database:
    """`open` before use, `close` at the end. `read` and `write` may be awaited from any event loop."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.signals = Signals()
        self._closing = threading.Event()
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="db-read")
        self._writers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="db-write")
        self._origin = uuid.uuid4().hex
        self._notices: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        if self.is_sqlite:
            self._write_engine = _sqlite_engine(self.url, "BEGIN IMMEDIATE")
            self._read_engine = _sqlite_engine(self.url, "BEGIN")
        else:
            self._write_engine = self._read_engine = sa.create_engine(
                self.url, pool_size=10, max_overflow=4, pool_pre_ping=False
            )

    # --- life ----------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect and migrate. Raises ResourceError when the database cannot be reached."""
        await asyncio.get_running_loop().run_in_executor(self._writers, self._open)

    def _open(self) -> None:
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        try:
            upgrade(self._write_engine)
        except OperationalError as error:
            raise ResourceError(
                f"The database {self.url.render_as_string()} cannot be opened.",
                hint="Check BOTTEGA_DATABASE_URL and that the server runs; without the setting, SQLite under "
                "BOTTEGA_HOME is used.",
            ) from error
        targets = [self._sqlite_writer] if self.is_sqlite else [self._listen, self._notify]
        for target in targets:
            thread = threading.Thread(target=target, name=f"db-{target.__name__.strip('_')}", daemon=True)
            thread.start()
            self._threads.append(thread)

    async def close(self) -> None:
        """Finish what was accepted, then disconnect."""
        self._closing.set()
        self._queue.put(None)
        self._notices.put("")  # wakes our own listener
        self._notices.put(None)
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()
        self._readers.shutdown()
        self._writers.shutdown()
        self._write_engine.dispose()
        self._read_engine.dispose()

    # --- use -----------------------------------------------------------------------------------------------

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection of its own; it must not write."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read_now, work)

    async def write(self, work: Work[T], *wake: str) -> T:
        """Run `work` in one transaction; after the commit, wake who waits for the topics in `wake`."""
        if self.is_sqlite:
            item = _Item(work, wake)
            self._queue.put(item)
            return await asyncio.wrap_future(item.future)
        return await asyncio.get_running_loop().run_in_executor(
            self._writers, lambda: self.write_now(work, *wake)
        )

    def write_now(self, work: Work[T], *wake: str) -> T:
        """`write` on the calling thread, with a connection of its own (for threads such as the heartbeat's)."""
        result = self._with_retries(self._write_engine, work)
        self._wake(wake)
        return result

    def _read_now(self, work: Work[T]) -> T:
        return self._with_retries(self._read_engine, work)

    def _with_retries(self, engine: sa.Engine, work: Work[T]) -> T:
        for attempt in range(1, CONNECTION_TRIES + 1):
            try:
                with engine.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                if attempt == CONNECTION_TRIES or not is_passing(error):
                    raise
                log.warning("database.retry", attempt=attempt, error=str(error.orig))
                self._closing.wait(0.05 * 2**attempt)
        raise AssertionError("unreachable")

    def wake(self, *topics: str) -> None:
        """Wake who waits for these topics, here and in other processes: something that they look at is committed."""
        self._wake(topics)

    def _wake(self, topics: tuple[str, ...]) -> None:
        if topics:
            self.signals.send(*topics)
            if not self.is_sqlite:
                for topic in topics:
                    self._notices.put(topic)

    # --- SQLite: one writer, group commit ------------------------------------------------------------------

    def _sqlite_writer(self) -> None:
        with self._write_engine.connect() as connection:
            version = _data_version(connection)
            looked = time.monotonic()
            stopping = False
            while not stopping:
                batch, stopping = self._take()
                # From here on nobody can cancel them; who had given up before is left out.
                batch = [item for item in batch if item.future.set_running_or_notify_cancel()]
                if batch:
                    _commit_together(connection, batch)
                for item in batch:
                    if item.future.exception() is None:
                        self._wake(item.wake)
                if time.monotonic() - looked >= WATCH_SECONDS:
                    looked = time.monotonic()
                    # This connection's own commits do not move its data_version; those of others do.
                    if (now := _data_version(connection)) != version:
                        version = now
                        self.signals.send_all()

    def _take(self) -> tuple[list[_Item], bool]:
        """What waits now, at most GROUP_MOST, and whether this was the last of it."""
        batch: list[_Item] = []
        try:
            item = self._queue.get(timeout=WATCH_SECONDS)
            while item is not None:
                batch.append(item)
                if len(batch) == GROUP_MOST:
                    return batch, False
                item = self._queue.get_nowait()
        except queue.Empty:
            return batch, False
        return batch, True

    # --- PostgreSQL: LISTEN and NOTIFY between processes ----------------------------------------------------

    def _notify(self) -> None:
        """Sends the wake-ups of this process to the others, many at once and off the transactions' path
        (NOTIFY takes a lock on the whole database at commit)."""
        while True:
            topic = self._notices.get()
            topics: set[str] = set()
            while topic is not None:
                topics.add(topic)
                try:
                    topic = self._notices.get_nowait()
                except queue.Empty:
                    break
            if topics:
                statement = sa.text("SELECT pg_notify('bottega', topic) FROM unnest(:topics) AS topic")
                try:
                    with self._write_engine.begin() as connection:
                        connection.execute(
                            statement.bindparams(sa.bindparam("topics", type_=sa.ARRAY(sa.Text))),
                            {"topics": [f"{self._origin} {topic}" for topic in sorted(topics)]},
                        )
                except DBAPIError as error:  # others still find the work: they look every second
                    log.warning("database.notify_failed", error=str(error.orig))
            if topic is None:
                return
            self._closing.wait(0.005)

    def _listen(self) -> None:
        import psycopg

        url = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not self._closing.is_set():
            try:
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute("LISTEN bottega")
                    while not self._closing.is_set():
                        for notice in connection.notifies(timeout=0.5):
                            if self._closing.is_set():
                                break
                            origin, _, topic = notice.payload.partition(" ")
                            if origin != self._origin:  # our own waiters were woken at the commit
                                self.signals.send(topic)
            except psycopg.OperationalError as error:
                log.warning("database.listen_lost", error=str(error))
                self._closing.wait(1.0)


def _commit_together(connection: sa.Connection, batch: list[_Item]) -> None:
    """All works in one transaction; if any of them fails, each one again in a transaction of its own."""
    results: list[Any] = []
    try:
        with connection.begin():
            results.extend(item.work(connection) for item in batch)
    except Exception as error:  # noqa: BLE001 - handed to the one who awaits
        if len(batch) == 1:
            batch[0].future.set_exception(error)
            return
        for item in batch:
            _commit_together(connection, [item])
        return
    for item, result in zip(batch, results, strict=True):
        item.future.set_result(result)


def _data_version(connection: sa.Connection) -> int:
    cursor = cast("Any", connection.connection).cursor()
    try:
        return cast("int", cursor.execute("PRAGMA data_version").fetchone()[0])
    finally:
        cursor.close()


def is_passing(error: DBAPIError) -> bool:
    """Lost connections, deadlocks, serialisation failures and a locked SQLite file pass; the rest is a fault."""
    state = getattr(error.orig, "sqlstate", None)
    return (
        error.connection_invalidated
        or state in {"40001", "40P01", "57P01", "57P02", "57P03"}
        or (isinstance(error, OperationalError) and (state is None or state.startswith("08")))
    )


def _sqlite_engine(url: sa.URL, begin: str) -> sa.Engine:
    engine = sa.create_engine(
        url, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=6, max_overflow=4
    )

    def configure(dbapi_connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is off: it would begin too late and never immediately.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        # FULL: with NORMAL a power cut could lose the record of a paid step.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def start(connection: sa.Connection) -> None:
        # Straight to the driver: as a statement of SQLAlchemy it would cost as much as what follows it.
        cast("Any", connection.connection.driver_connection).execute(begin)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", start)
    return engine


def epoch_now(connection: sa.Connection) -> float:
    """The time by the one clock that all workers share: the database server's, or this host's for SQLite."""
    if connection.dialect.name == "sqlite":
        return time.time()
    return float(connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


def insert_or_leave(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves rows whose key exists as they are."""
    return _insert_or_leave(connection.dialect.name, table)


@cache
def _insert_or_leave(dialect: str, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table).on_conflict_do_nothing()


def insert_new(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert; rows whose key exists are left as they are (a repeated transaction changes nothing)."""
    if rows:
        connection.execute(insert_or_leave(connection, table), list(rows))
