"""Results of identical work, per owner: what was done once is not done, and not bought, again."""

import hashlib
import json
import math
import time
import unicodedata
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import sqlalchemy as sa
from pydantic_core import to_jsonable_python

from bottega.domain.task import Task
from bottega.store.database import Database
from bottega.store.expiry import drop_expired
from bottega.store.keyed_cache import RedisEntries, Scripts, upsert
from bottega.store.pixel_digests import PixelDigests
from bottega.store.schema import cached_results as C
from bottega.store.single_flight import LEASE_SECONDS, Flights, Turn

Json = dict[str, Any]
_KIND = "result"


def result_key(
    task: Task,
    model_id: str,
    model_version: str,
    *,
    engine: str = "",
    pixels: Mapping[str, str] | None = None,
) -> str:
    """A hash of everything that decides the result: work, engine, model and version, options, words, seed, and
    the content of the inputs with their roles.

    `pixels` has the digest of an input by asset id; an input that it lacks counts by its bytes. Options are
    compared by value: `2` is `2.0`, and the order of names does not matter. Raises ValueError for options that are no
    JSON values.
    """
    digests = pixels or {}
    identity = (
        task.workflow,
        task.operation,
        sorted(task.features),
        engine,
        model_id,
        model_version,
        unicodedata.normalize("NFC", task.prompt).strip(),
        task.seed,
        _normalised(to_jsonable_python(task.parameters)),
        [(item.role.value, digests.get(item.asset_id, f"bytes:{item.asset_id}")) for item in task.inputs],
    )
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _normalised(value: Any) -> Any:
    """Numbers of equal value in one spelling, at any depth."""
    if isinstance(value, dict):
        return {str(name): _normalised(each) for name, each in cast(Json, value).items()}
    if isinstance(value, list):
        return [_normalised(each) for each in cast(list[Any], value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_VALUE = sa.select(C.c.value).where(
    C.c.owner == sa.bindparam("of"), C.c.key == sa.bindparam("work"), C.c.expires_at > sa.bindparam("now")
)


def _kept(connection: sa.Connection, owner: str, key: str) -> Json | None:
    return connection.execute(_VALUE, {"of": owner, "work": key, "now": time.time()}).scalar()


class ResultCache:
    """Exact hits only, never across owners. Kept in the database; with `shared` in Redis instead.

    Belongs to one event loop.
    """

    def __init__(
        self,
        database: Database,
        days: float,
        *,
        digests: PixelDigests | None = None,
        shared: Scripts | None = None,
        lease_s: float = LEASE_SECONDS,
    ) -> None:
        self._database = database
        self._seconds = days * 86_400
        self._digests = digests
        self._redis = RedisEntries(shared) if shared is not None else None
        self._flights = Flights(database, lease_s=lease_s)
        self.enabled = days > 0

    async def key_of(self, task: Task, *, engine: str, model_id: str, model_version: str) -> str:
        """The `result_key` by what the inputs show, computing what is not known of them yet."""
        pixels = await self._digests.of(task.inputs) if self._digests is not None and self.enabled else {}
        return result_key(task, model_id, model_version, engine=engine, pixels=pixels)

    async def get(self, owner: str, key: str) -> Json | None:
        if not self.enabled:
            return None
        if self._redis is not None:
            return await self._redis.get(_KIND, owner, key)
        return await self._database.read(lambda c: _kept(c, owner, key))

    @property
    def is_shared(self) -> bool:
        """Whether results are kept outside the database."""
        return self._redis is not None

    def put(self, connection: sa.Connection, owner: str, key: str, value: Json) -> None:
        """Keep a result, inside the transaction that makes it final; drops some of what has expired.

        Does nothing where results are kept in Redis: that is `share`'s.
        """
        if not self.enabled or self._redis is not None:
            return
        now = time.time()
        upsert(connection, C, {"owner": owner, "key": key}, value=value, expires_at=now + self._seconds)
        drop_expired(connection, C, now)

    async def share(self, owner: str, key: str, value: Json) -> None:
        """Keep a result in Redis, after the transaction that made it final; does nothing where `put` kept it."""
        if self.enabled and self._redis is not None:
            await self._redis.put(_KIND, owner, key, value, self._seconds)

    @asynccontextmanager
    async def turn(
        self,
        owner: str,
        key: str,
        *,
        fresh: bool = False,
        holder: str = "",
        patience_s: float = math.inf,
        across: bool = True,
    ) -> AsyncGenerator[Turn[Json]]:
        """The owner's turn at this work: `found` has its result, or it is to be done now, while others wait who want
        the same (see `Flights.turn`). `fresh` work neither waits nor keeps waiting, and finds nothing."""
        if fresh or not self.enabled:
            yield Turn(None, leads=False)
            return
        async with self._flights.turn(
            owner,
            key,
            lambda: self.get(owner, key),
            look_within=None if self._redis is not None else lambda c: _kept(c, owner, key),
            holder=holder,
            patience_s=patience_s,
            across=across,
        ) as turn:
            yield turn
