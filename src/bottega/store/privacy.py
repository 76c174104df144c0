"""What a user may ask of their data: pictures of persons go after the work, everything can be taken along or erased.

Which tables hold what is said in `privacy_tables`; which pictures show a person, in `passing`.
"""

import asyncio
import json
import os
import uuid
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

from bottega.domain.base import Value
from bottega.domain.job import JobState
from bottega.errors import Conflict, InvalidOption, ResourceError
from bottega.store.assets import AssetStore
from bottega.store.database import Database, epoch_now, insert_new
from bottega.store.expiry import BITE
from bottega.store.gallery_trash import aside_of, is_needed_by, remove_rows
from bottega.store.privacy_tables import delete_rows, queries_for, rename_money
from bottega.store.schema import asset_digests, batches, board_assets, boards, holds, unneeded_files
from bottega.store.schema import assets as A
from bottega.store.schema import gallery as G
from bottega.store.schema import jobs as J
from bottega.store.schema import named_references as N
from bottega.store.schema import passing_pictures as P
from bottega.store.schema import wardrobe_items as W
from bottega.store.signals import ENDS

LOOK_SECONDS = 30.0
"""The net under the wake-ups."""
_OVER = (JobState.SUCCEEDED, JobState.REJECTED, JobState.FAILED, JobState.CANCELLED)
_STANDING = ("held", "unknown")
log = structlog.get_logger(__name__)

READ_ME = """Everything that this Bottega keeps about {owner}.

assets/   the files, as they were uploaded and made; assets.json lists them
*.json    one file for each kind of record; times are seconds since 1970-01-01 UTC, money is micro-dollars
Keys and sessions are listed without the secrets that open them.
"""


class Exported(Value):
    """`records` by kind; `missing` are assets whose file is not there any more."""

    path: str
    records: dict[str, int]
    files: int
    missing: tuple[str, ...] = ()


class Erased(Value):
    """`records` were deleted and `anonymised` renamed to `alias`; `files` are gone from the disk, the others belong to
    somebody else as well."""

    records: dict[str, int]
    anonymised: dict[str, int]
    alias: str
    files: int


class Privacy:
    """`hours`: how long a person's picture is kept after its job has ended."""

    def __init__(self, database: Database, store: AssetStore, *, hours: float) -> None:
        self._database = database
        self._store = store
        self._hours = hours
        self._sweeping = asyncio.Lock()

    # --- pictures of persons -------------------------------------------------------------------------------

    async def run_now_and_then(self) -> None:
        """`sweep` whenever a job has ended, until it is cancelled; it outlives a database that is away."""
        with self._database.signals.subscribe(ENDS) as waiter:
            while True:
                try:
                    await self.sweep()
                except (DBAPIError, OSError) as error:
                    log.warning("privacy.sweep_failed", error=str(error))
                await waiter.wait(LOOK_SECONDS)

    async def sweep(self, *, now: float | None = None) -> int:
        """Remove the pictures of persons whose jobs are over, files included; returns how many.

        What the user saved stays: a reference, a wardrobe item, a star, a board. What other work still needs stays until
        that has ended. `now` replaces the database's clock. Safe in several processes at once.
        """
        removed, after = 0, ("", "", "")
        async with self._sweeping:  # who asks finds the files of a sweep under way gone as well
            while True:
                place = after
                found, gone = await self._database.write(lambda c, place=place: self._sweep(c, now, place))
                await self._remove_files(gone)
                removed += len(gone)
                if not found:
                    return removed
                after = found[-1]

    def _sweep(
        self, connection: sa.Connection, now: float | None, after: tuple[str, str, str]
    ) -> tuple[list[tuple[str, str, str]], list[str]]:
        at = epoch_now(connection) if now is None else now
        found = [
            (r.owner, r.asset_id, r.job_id) for r in connection.execute(_due(at, self._hours, after)).all()
        ]
        gone: list[str] = []
        for owner, asset_id, job_id in found:
            this = sa.and_(P.c.owner == owner, P.c.asset_id == asset_id, P.c.job_id == job_id)
            if _is_kept(connection, owner, asset_id):
                connection.execute(sa.delete(P).where(this))
            elif not is_needed_by(connection, owner, asset_id):
                connection.execute(sa.delete(P).where(this))
                if not _has_other(connection, owner, asset_id):
                    remove_rows(connection, owner, asset_id, at)
                    gone.append(asset_id)
        return found, gone

    # --- everything ----------------------------------------------------------------------------------------

    async def export(self, owner: str, target: Path) -> Exported:
        """Write a ZIP of everything about the owner to `target`. Raises InvalidOption for no owner, ResourceError where
        it cannot be written."""
        _check(owner)
        try:
            counts, files = await self._database.read(lambda c: _write_records(c, owner, target))
            missing = await asyncio.to_thread(_add_files, target, files, self._store.path_of)
        except OSError as error:
            raise ResourceError(
                f"The export could not be written: {error.strerror}.",
                hint="Check the free space and the path.",
            ) from error
        return Exported(path=str(target), records=counts, files=len(files) - len(missing), missing=missing)

    async def erase(self, owner: str) -> Erased:
        """Delete everything about the owner, files at once, keys included; money rows are kept under another name.

        Raises Conflict while work of the owner is under way or money is on hold, InvalidOption for no owner.
        """
        _check(owner)
        alias = f"erased-{uuid.uuid4().hex[:12]}"

        def work(connection: sa.Connection) -> tuple[list[str], dict[str, int], dict[str, int]]:
            _check_idle(connection, owner)
            ids = list(connection.execute(sa.select(A.c.id).where(A.c.owner == owner)).scalars())
            renamed, deleted = rename_money(connection, owner, alias), delete_rows(connection, owner)
            now = epoch_now(connection)
            # Should this process die now, the gallery's purge still finds the files.
            insert_new(connection, unneeded_files, [{"asset_id": one, "since": now} for one in ids])
            return ids, deleted, renamed

        ids, deleted, renamed = await self._database.write(work)
        files = await self._remove_files(ids)
        log.info("privacy.erased", alias=alias, files=files)
        return Erased(records=deleted, anonymised=renamed, alias=alias, files=files)

    async def _remove_files(self, asset_ids: Sequence[str]) -> int:
        """Those that nobody has any more, with their thumbnails; returns how many.

        A file is moved aside before rows are looked for: an upload that comes meanwhile either finds its file gone and
        stores it again, or has its row seen here and its file put back.
        """
        removed = 0
        for asset_id in asset_ids:
            path = self._store.path_of(asset_id)
            await asyncio.to_thread(_move_aside, path)
            query = sa.select(A.c.id).where(A.c.id == asset_id).limit(1)
            if await self._database.write(lambda c, query=query: c.execute(query).first() is not None):
                await asyncio.to_thread(_put_back, path)
            else:
                others = self._store.thumbnails_of(asset_id)
                await asyncio.to_thread(_unlink, [aside_of(path), *others])
                removed += 1
            await self._database.write(lambda c, one=asset_id: _forget(c, one))
        return removed


# --- in a transaction ----------------------------------------------------------------------------------------


def _due(now: float, hours: float, after: tuple[str, str, str]) -> "sa.Select[Any, Any, Any]":
    over = sa.and_(J.c.state.in_(_OVER), J.c.finished_at + hours * 3600.0 <= now)
    return (
        sa.select(P.c.owner, P.c.asset_id, P.c.job_id)
        .outerjoin(J, J.c.id == P.c.job_id)
        .where(
            sa.or_(J.c.id.is_(None), over),
            sa.tuple_(P.c.owner, P.c.asset_id, P.c.job_id) > sa.tuple_(*map(sa.literal, after)),
        )
        .order_by(P.c.owner, P.c.asset_id, P.c.job_id)
        .limit(BITE)
    )


def _is_kept(connection: sa.Connection, owner: str, asset_id: str) -> bool:
    """Whether the user saved it, or it is no upload but something that was made here."""
    own = sa.select(boards.c.id).where(boards.c.owner == owner)
    queries = (
        sa.select(N.c.name).where(N.c.owner == owner, N.c.asset_id == asset_id),
        sa.select(W.c.id).where(W.c.owner == owner, W.c.asset_id == asset_id),
        sa.select(G.c.asset_id).where(G.c.owner == owner, G.c.asset_id == asset_id, G.c.starred),
        sa.select(board_assets.c.asset_id).where(
            board_assets.c.asset_id == asset_id, board_assets.c.board_id.in_(own)
        ),
        sa.select(A.c.id).where(A.c.owner == owner, A.c.id == asset_id, A.c.kind != "upload"),
    )
    return any(connection.execute(query.limit(1)).first() is not None for query in queries)


def _has_other(connection: sa.Connection, owner: str, asset_id: str) -> bool:
    """Whether another job is still to give it up."""
    query = sa.select(P.c.job_id).where(P.c.owner == owner, P.c.asset_id == asset_id).limit(1)
    return connection.execute(query).first() is not None


def _check_idle(connection: sa.Connection, owner: str) -> None:
    def count(table: sa.Table, states: Sequence[str]) -> int:
        query = sa.select(sa.func.count()).where(table.c.owner == owner, table.c.state.in_(states))
        return connection.execute(query.select_from(table)).scalar_one()

    jobs = count(J, (JobState.QUEUED, JobState.RUNNING)) + count(batches, ("running", "paused"))
    if jobs:
        raise Conflict(f"Work is still under way: {jobs} jobs or batches.", hint="Cancel it, then erase.")
    if standing := count(holds, _STANDING):
        raise Conflict(
            f"Money is on hold for {standing} calls, and what they cost is not known yet.",
            hint="Once they are settled (`bottega spend`), everything can be erased.",
        )


def _forget(connection: sa.Connection, asset_id: str) -> None:
    connection.execute(sa.delete(unneeded_files).where(unneeded_files.c.asset_id == asset_id))
    if connection.execute(sa.select(A.c.id).where(A.c.id == asset_id).limit(1)).first() is None:
        connection.execute(sa.delete(asset_digests).where(asset_digests.c.asset_id == asset_id))


def _check(owner: str) -> None:
    if not owner:
        raise InvalidOption("Say whose data is meant: what belongs to nobody belongs to everybody.")


# --- files ---------------------------------------------------------------------------------------------------


def _write_records(
    connection: sa.Connection, owner: str, target: Path
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """The records, as one state of the database; returns their counts, and id and name of each asset."""
    counts: dict[str, int] = {}
    files: list[tuple[str, str]] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", READ_ME.format(owner=owner))
        for name, query in queries_for(owner):
            rows = [dict(row) for row in connection.execute(query).mappings()]
            archive.writestr(f"{name}.json", json.dumps(rows, indent=1, ensure_ascii=False))
            counts[name] = len(rows)
            if name == "assets":
                files = [(row["id"], row["name"]) for row in rows]
    return counts, files


def _add_files(
    target: Path, files: Sequence[tuple[str, str]], path_of: Callable[[str], Path]
) -> tuple[str, ...]:
    """Returns the ids of those that are not there."""
    missing: list[str] = []
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as archive:
        for asset_id, name in files:
            try:
                archive.write(path_of(asset_id), f"assets/{asset_id}/{name}")
            except FileNotFoundError:
                missing.append(asset_id)
    return tuple(missing)


def _move_aside(path: Path) -> None:
    if path.exists():
        os.replace(path, aside_of(path))


def _put_back(path: Path) -> None:
    aside = aside_of(path)
    if aside.exists() and not path.exists():
        os.replace(aside, path)
    aside.unlink(missing_ok=True)


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
