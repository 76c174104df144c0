"""Answers that are worth keeping for a while, by kind and key: in the database, or in Redis.

The results of jobs have a cache of their own (`cache`), which also knows who is working on what.
"""

import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from bottega.errors import ResourceError
from bottega.store.database import Database
from bottega.store.expiry import drop_expired
from bottega.store.locks import KeyedLocks
from bottega.store.schema import cached_values as V

log = structlog.get_logger(__name__)

SECONDS: Mapping[str, float] = MappingProxyType(
    {
        "style-analysis": 24 * 3600.0,
        "product-search": 3600.0,
        "picture-validation": 1800.0,
        "intent": 3600.0,
    }
)
"""How long the known kinds are kept."""

_GET = "return redis.call('GET', KEYS[1])"
_SET = "return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])"


class Entries(Protocol):
    """Where values are kept. Of the same kind and key, each owner has an own one."""

    async def get(self, kind: str, owner: str, key: str) -> Any:
        """The JSON value; None when there is none, or no more."""
        ...

    async def put(self, kind: str, owner: str, key: str, value: Any, seconds: float) -> None: ...


class Scripts(Protocol):
    """What is needed of Redis; `resilience.SharedState` has it. Raises ResourceError when it is away."""

    async def script(self, lua: str, keys: list[str], args: list[str | bytes | int | float]) -> Any: ...


class DatabaseEntries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, kind: str, owner: str, key: str) -> Any:
        query = sa.select(V.c.value).where(
            V.c.kind == kind, V.c.owner == owner, V.c.key == key, V.c.expires_at > time.time()
        )
        return await self._database.read(lambda c: c.execute(query).scalar())

    async def put(self, kind: str, owner: str, key: str, value: Any, seconds: float) -> None:
        now = time.time()

        def work(connection: sa.Connection) -> None:
            upsert(
                connection,
                V,
                {"kind": kind, "owner": owner, "key": key},
                value=value,
                expires_at=now + seconds,
            )
            drop_expired(connection, V, now)

        await self._database.write(work)


class RedisEntries:
    """Redis drops what has expired by itself. While it is away nothing is found and nothing kept."""

    def __init__(self, shared: Scripts) -> None:
        self._shared = shared

    async def get(self, kind: str, owner: str, key: str) -> Any:
        try:
            found = await self._shared.script(_GET, [_name(kind, owner, key)], [])
        except ResourceError:  # logged there
            return None
        try:
            return None if found is None else json.loads(found)
        except ValueError:
            log.warning("cache.unreadable", kind=kind)
            return None

    async def put(self, kind: str, owner: str, key: str, value: Any, seconds: float) -> None:
        data = json.dumps(value, separators=(",", ":")).encode()
        try:
            await self._shared.script(_SET, [_name(kind, owner, key)], [data, max(1, round(seconds * 1000))])
        except ResourceError:
            return


def _name(kind: str, owner: str, key: str) -> str:
    """A hash of owner and key, so that no spelling of one can pass for another."""
    return f"value:{kind}:{hashlib.sha256(json.dumps([owner, key]).encode()).hexdigest()}"


class KeyedCache:
    """One kind of answers. `key` may be any text and is kept as a hash; values are JSON other than null.

    With an `owner` an answer is found by that owner alone; without, by everybody. `seconds` of 0 switches it off.
    Belongs to one event loop.
    """

    def __init__(self, entries: Entries, kind: str, seconds: float | None = None) -> None:
        self._entries = entries
        self._kind = kind
        self._seconds = SECONDS[kind] if seconds is None else seconds
        self._locks = KeyedLocks()
        self.enabled = self._seconds > 0

    async def get(self, key: str, *, owner: str = "") -> Any:
        """None when nothing is kept."""
        if not self.enabled:
            return None
        return await self._entries.get(self._kind, owner, _digest(key))

    async def put(self, key: str, value: Any, *, owner: str = "") -> None:
        if self.enabled:
            await self._entries.put(self._kind, owner, _digest(key), value, self._seconds)

    async def get_or_make(self, key: str, make: Callable[[], Awaitable[Any]], *, owner: str = "") -> Any:
        """What is kept, else what `make` returns, kept from now on (unless it is None). Who asks for the same in this
        process meanwhile waits for it; if `make` fails, the next one makes it."""
        if not self.enabled:
            return await make()
        if (found := await self.get(key, owner=owner)) is not None:
            return found
        async with self._locks.of((owner, key)):
            if (found := await self.get(key, owner=owner)) is not None:
                return found
            made = await make()
            if made is not None:
                await self.put(key, made, owner=owner)
            return made


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def upsert(connection: sa.Connection, table: sa.Table, key: dict[str, Any], **values: Any) -> None:
    """Insert a row, or give the one with this primary key new values."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table).values(**key, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=values))
