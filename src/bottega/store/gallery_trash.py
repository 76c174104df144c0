"""The end of what stays in the trash: rows go after 30 days, files when nobody has a row for them any more.

What unfinished work, a waiting batch item, a saved reference or the wardrobe needs is kept until it does not.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

from bottega.domain.job import JobState
from bottega.store.assets import AssetStore
from bottega.store.database import Database, epoch_now, insert_new
from bottega.store.expiry import BITE
from bottega.store.gallery import TRASH_DAYS
from bottega.store.schema import asset_digests, batch_items, batches, board_assets, boards, cached_results
from bottega.store.schema import assets as A
from bottega.store.schema import gallery as G
from bottega.store.schema import jobs as J
from bottega.store.schema import named_references as N
from bottega.store.schema import unneeded_files as U
from bottega.store.schema import wardrobe_items as W

GRACE_SECONDS = 3600.0
"""A file younger than this may belong to an upload whose row is still to be written."""
EVERY_SECONDS = 3600.0
_MOST_ROUNDS = 100
_ACTIVE = (JobState.QUEUED, JobState.RUNNING, JobState.QUARANTINED, JobState.UNKNOWN)
log = structlog.get_logger(__name__)


class Purge:
    """Removes for good what has been in the trash long enough; `now` replaces the database's clock."""

    def __init__(self, database: Database, store: AssetStore) -> None:
        self._database = database
        self._store = store

    async def run_now_and_then(self) -> None:
        """`run`, again and again, until it is cancelled; it outlives a database that is away."""
        while True:
            try:
                await self.run()
            except (DBAPIError, OSError) as error:
                log.warning("gallery.purge_failed", error=str(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def run(self, *, now: float | None = None, grace_s: float = GRACE_SECONDS) -> int:
        """Returns how many assets lost their place. Safe in several processes at once, and when one dies in between."""
        removed, after = 0, ("", "")
        for _ in range(_MOST_ROUNDS):
            found = await self._database.write(_round(now, after))
            if not found:
                break
            after = found[-1][:2]
            removed += sum(1 for *_, gone in found if gone)
        await self._remove_files(grace_s)
        if removed:
            log.info("gallery.purged", assets=removed)
        return removed

    async def _remove_files(self, grace_s: float) -> None:
        query = sa.select(U.c.asset_id).order_by(U.c.since).limit(_MOST_ROUNDS * BITE)
        for asset_id in await self._database.read(lambda c: list(c.execute(query).scalars())):
            path = self._store.path_of(asset_id)
            if await self._is_needed(asset_id):
                await asyncio.to_thread(_put_back, path)
                await self._forget(asset_id)
                continue
            if await asyncio.to_thread(_take_away, path, grace_s):
                for thumbnail in self._store.thumbnails_of(asset_id):
                    await asyncio.to_thread(thumbnail.unlink, missing_ok=True)
                await self._forget(asset_id)

    async def _is_needed(self, asset_id: str) -> bool:
        query = sa.select(A.c.id).where(A.c.id == asset_id).limit(1)
        return await self._database.read(lambda c: c.execute(query).first() is not None)

    async def _forget(self, asset_id: str) -> None:
        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(U).where(U.c.asset_id == asset_id))
            if connection.execute(sa.select(A.c.id).where(A.c.id == asset_id).limit(1)).first() is None:
                connection.execute(sa.delete(asset_digests).where(asset_digests.c.asset_id == asset_id))

        await self._database.write(work)


Removed = tuple[str, str, bool]
"""Owner, asset, and whether it was removed (False: something still needs it)."""


def _round(now: float | None, after: tuple[str, str]) -> Callable[[sa.Connection], list[Removed]]:
    def work(connection: sa.Connection) -> list[Removed]:
        at = epoch_now(connection) if now is None else now
        old = (
            sa.select(G.c.owner, G.c.asset_id)
            .where(
                G.c.deleted_at < at - TRASH_DAYS * 86_400.0,
                sa.tuple_(G.c.owner, G.c.asset_id) > sa.tuple_(*map(sa.literal, after)),
            )
            .order_by(G.c.owner, G.c.asset_id)
            .limit(BITE)
        )
        found: list[Removed] = []
        for row in connection.execute(old.with_for_update(skip_locked=True)).all():
            owner, asset_id = row.owner, row.asset_id
            gone = not is_needed_by(connection, owner, asset_id)
            if gone:
                remove_rows(connection, owner, asset_id, at)
            found.append((owner, asset_id, gone))
        return found

    return work


def is_needed_by(connection: sa.Connection, owner: str, asset_id: str) -> bool:
    """Whether work of the owner that is not over, or something the owner keeps, refers to the asset."""
    item_waits = (
        sa.select(batch_items.c.number)
        .join(batches, batches.c.id == batch_items.c.batch_id)
        .where(
            batches.c.owner == owner,
            batches.c.state.in_(("running", "paused")),
            batch_items.c.state == "waiting",
            _names(batch_items.c.request, asset_id),
        )
    )
    queries = (
        sa.select(N.c.name).where(N.c.owner == owner, N.c.asset_id == asset_id),
        sa.select(W.c.id).where(W.c.owner == owner, W.c.asset_id == asset_id),
        sa.select(J.c.id).where(J.c.owner == owner, J.c.state.in_(_ACTIVE), _names(J.c.payload, asset_id)),
        item_waits,
    )
    return any(connection.execute(query.limit(1)).first() is not None for query in queries)


def _names(column: sa.Column[object], asset_id: str) -> sa.ColumnElement[bool]:
    """Whether the JSON text has this id: 64 hex digits, which nothing else has by chance."""
    return sa.cast(column, sa.Text).contains(asset_id)


def remove_rows(connection: sa.Connection, owner: str, asset_id: str, now: float) -> None:
    """Take an asset from its owner; its file is removed when nobody has it any more."""
    own = sa.select(boards.c.id).where(boards.c.owner == owner)
    connection.execute(
        sa.delete(board_assets).where(board_assets.c.asset_id == asset_id, board_assets.c.board_id.in_(own))
    )
    # A remembered result must not promise files that are gone.
    connection.execute(
        sa.delete(cached_results).where(
            cached_results.c.owner == owner, _names(cached_results.c.value, asset_id)
        )
    )
    connection.execute(sa.delete(G).where(G.c.owner == owner, G.c.asset_id == asset_id))
    connection.execute(sa.delete(A).where(A.c.owner == owner, A.c.id == asset_id))
    insert_new(connection, U, [{"asset_id": asset_id, "since": now}])


def _take_away(path: Path, grace_s: float) -> bool:
    """Remove the file unless it is younger than `grace_s`; whether it is gone.

    It is moved aside before its age is looked at: an upload of the same content that comes meanwhile puts a new file
    into the old place, and its file is not the one that is removed.
    """
    aside = aside_of(path)
    try:
        os.replace(path, aside)
    except FileNotFoundError:
        aside.unlink(missing_ok=True)
        return True
    if time.time() - aside.stat().st_mtime < grace_s:
        os.replace(aside, path)
        return False
    aside.unlink()
    return True


def _put_back(path: Path) -> None:
    """Undo what a process that died left half done."""
    aside = aside_of(path)
    if aside.exists() and not path.exists():
        os.replace(aside, path)


def aside_of(path: Path) -> Path:
    """Where a file waits that is about to be removed."""
    return path.with_name(f".gone-{path.name}")
