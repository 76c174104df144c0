"""Results of identical work, per owner: what was done once is not done, and not bought, again."""

import hashlib
import json
import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bottega.domain.task import Task
from bottega.store.database import Database
from bottega.store.schema import cached_results as C


def result_key(task: Task, model_id: str, model_version: str) -> str:
    """A hash of everything that decides the result: work, model and version, options, words, seed, and the
    content of the inputs with their roles."""
    identity: Sequence[object] = (
        task.workflow,
        task.operation,
        model_id,
        model_version,
        task.prompt,
        task.seed,
        task.parameters,
        [(item.role.value, item.asset_id) for item in task.inputs],
    )
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class ResultCache:
    """Exact hits only, never across owners."""

    def __init__(self, database: Database, days: float) -> None:
        self._database = database
        self._seconds = days * 86_400
        self.enabled = days > 0

    async def get(self, owner: str, key: str) -> dict[str, Any] | None:
        if not self.enabled:
            return None
        query = sa.select(C.c.value).where(C.c.owner == owner, C.c.key == key, C.c.expires_at > time.time())
        return await self._database.read(lambda c: c.execute(query).scalar())

    def put(self, connection: sa.Connection, owner: str, key: str, value: dict[str, Any]) -> None:
        """Keep a result, inside the transaction that makes it final; drops some of what has expired."""
        if not self.enabled:
            return
        now = time.time()
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        kept = {"value": value, "expires_at": now + self._seconds}
        insert = dialect.insert(C).values(owner=owner, key=key, **kept)
        connection.execute(insert.on_conflict_do_update(index_elements=["owner", "key"], set_=kept))
        connection.execute(sa.delete(C).where(C.c.owner == owner, C.c.expires_at < now))
