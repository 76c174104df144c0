"""Brings a feed into the database: in batches, taken up again after a stop, with a report of what became of each record.

What a feed looks like is left to `feeds`, how offers are kept to `offer_rows`.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa
from pydantic import Field

from bottega.domain.base import Value
from bottega.errors import Conflict
from bottega.shop.feeds import Feed, UnreadableFeed
from bottega.shop.feeds.records import Record
from bottega.shop.index import alone, make_index, make_ready_for_load, settle_index
from bottega.shop.offer_rows import (
    Row,
    Seen,
    Stored,
    ids_of,
    keep_vocabulary,
    mark_gone,
    row_of,
    store_rows,
    unseen_ids,
)
from bottega.shop.product import Product
from bottega.store.database import Database
from bottega.store.schema import product_imports as I

EVERYBODY = ""
"""The owner of offers that all users find."""
BATCH = 2_000
REPORTED = 200
"""Bad records that a report lists; all are counted."""
_MOST_KNOWN = 500_000

Offer = tuple[Record, Product | None, str]


class BadLine(Value):
    line: int
    reason: str


class ImportReport(Value):
    """`same` were known and unchanged, `gone` were known and are no longer in the feed, `bad` could not be used.

    `complete` when the feed was read to its end: only then is anything marked as gone. `problem` says why it was not.
    `resumed_at` is the number of records that an earlier, stopped import had dealt with."""

    id: str
    shop: str
    source: str
    format: str
    records: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    bad: int = 0
    bad_lines: tuple[BadLine, ...] = Field(default=(), description="The first of them.")
    complete: bool = False
    problem: str = ""
    resumed_at: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Counts:
    new: int = 0
    changed: int = 0
    same: int = 0
    bad: int = 0
    bad_lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def plus(self, stored: Stored, bad: list[tuple[int, str]]) -> "_Counts":
        repeated = [(row.line, f"its id {row.key[:60]!r} was in this feed before") for row in stored.repeated]
        lines = [{"line": line, "reason": reason} for line, reason in sorted([*bad, *repeated])]
        return _Counts(
            self.new + stored.new,
            self.changed + stored.changed,
            self.same + stored.same,
            self.bad + len(lines),
            [*self.bad_lines, *lines][:REPORTED],
        )

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("new", "changed", "same", "bad", "bad_lines")}


@dataclass(frozen=True, slots=True)
class _Batch:
    start: int
    end: int
    rows: list[Row]
    bad: list[tuple[int, str]]


@dataclass(slots=True)
class _Import:
    """One import under way."""

    database: Database
    feed: Feed
    owner: str
    id: str
    position: int
    counts: _Counts
    seen: Seen = field(default_factory=Seen)
    known: set[str] = field(default_factory=set[str])
    read: int = 0

    def next_batch(self, offers: Iterator[Offer]) -> _Batch:
        """The next records; an empty batch at the end."""
        start = self.read
        rows: list[Row] = []
        bad: list[tuple[int, str]] = []
        taken = 0
        for record, product, reason in islice(offers, BATCH):
            taken += 1
            if product is None:
                bad.append((record.line, reason))
            else:
                rows.append(row_of(product, record.line))
        self.read = start + taken
        return _Batch(start, start + taken, rows, bad)

    async def keep(self, batch: _Batch) -> None:
        """Raises Conflict when another process works on the same import."""
        if batch.end <= self.position:  # dealt with before the stop: only which rows they are is needed
            found = await self.database.read(lambda c: ids_of(c, self.owner, batch.rows))
            self.seen.update(id_ for id_, _, _ in found.values())
            return
        now = time.time()
        stored, self.counts = await self.database.write(lambda c: self._keep(c, batch, now))
        self.seen.update(stored.ids)
        self.position = batch.end
        if len(self.known) < _MOST_KNOWN:
            self.known |= stored.vocabulary

    def _keep(self, connection: sa.Connection, batch: _Batch, now: float) -> tuple[Stored, _Counts]:
        position, report, state = connection.execute(
            sa.select(I.c.position, I.c.report, I.c.state).where(I.c.id == self.id).with_for_update()
        ).one()
        if state != "running":
            raise Conflict(
                "Another process imports this feed, or a newer one of this source.", hint="Wait for it."
            )
        if position == batch.end and position != self.position:  # committed, and the answer was lost
            found = ids_of(connection, self.owner, batch.rows)
            return Stored(ids=[id_ for id_, _, _ in found.values()]), _Counts(**report)
        if position != self.position:
            raise Conflict("Another process is importing this feed.", hint="Wait for it.")
        stored = store_rows(connection, self.owner, batch.rows, self.seen, now)
        counts = self.counts.plus(stored, batch.bad)
        keep_vocabulary(connection, stored.vocabulary - self.known)
        connection.execute(
            sa.update(I).where(I.c.id == self.id).values(position=batch.end, report=counts.as_dict())
        )
        return stored, counts


async def import_feed(
    database: Database,
    feed: Feed,
    *,
    owner: str,
    full: bool = True,
    on_progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Bring the offers of a feed up to date. `owner` is whose they are; `EVERYBODY` for all users'.

    The same feed, stopped halfway, goes on where it was. With `full`, offers of the same source that the feed does not
    have any more are marked as gone, once it was read to its end. `on_progress` is told the records dealt with.
    Raises Conflict when another process imports the same feed; a feed that breaks off is in the report.
    """
    started = time.monotonic()
    await database.write(make_ready_for_load)
    work = await _begin(database, feed, owner)
    resumed_at, problem = work.position, ""
    try:
        await _run(work, on_progress)
    except UnreadableFeed as error:
        problem = error.message
    usable = work.counts.new + work.counts.changed + work.counts.same
    gone = await _finish(work, mark=full and not problem and usable > 0, problem=problem)
    return ImportReport(
        id=work.id,
        shop=feed.defaults.shop,
        source=feed.defaults.source,
        format=feed.format,
        records=work.position,
        gone=gone,
        complete=not problem,
        problem=problem,
        resumed_at=resumed_at,
        seconds=round(time.monotonic() - started, 3),
        **work.counts.as_dict(),
    )


async def _begin(database: Database, feed: Feed, owner: str) -> _Import:
    """The stopped import of the same feed, or a new one."""
    mine = sa.and_(I.c.owner == owner, I.c.source == feed.defaults.source, I.c.shop == feed.defaults.shop)
    new_id, now = f"imp_{uuid.uuid4().hex}", time.time()

    def work(connection: sa.Connection) -> tuple[str, int, dict[str, Any]]:
        # Of two that begin at once, the second finds the import of the first.
        alone(connection, f"import {owner}/{feed.defaults.shop}/{feed.defaults.source}")
        query = sa.select(I.c.id, I.c.position, I.c.report).where(
            mine, I.c.state == "running", I.c.feed_digest == feed.digest
        )
        found = connection.execute(query.order_by(I.c.started_at.desc())).first()
        if found is not None:
            return found.id, found.position, found.report
        connection.execute(sa.update(I).where(mine, I.c.state == "running").values(state="abandoned"))
        values = {
            "id": new_id,
            "owner": owner,
            "shop": feed.defaults.shop,
            "source": feed.defaults.source,
            "format": feed.format,
            "feed_digest": feed.digest,
            "state": "running",
            "position": 0,
            "report": _Counts().as_dict(),
            "started_at": now,
        }
        connection.execute(sa.insert(I).values(values))
        return new_id, 0, _Counts().as_dict()

    id_, position, report = await database.write(work)
    return _Import(database, feed, owner, id_, position, _Counts(**report))


async def _run(work: _Import, on_progress: Callable[[int], None] | None) -> None:
    """One batch is read while the one before it is written."""
    offers = _Offers(work.feed)
    batch = await asyncio.to_thread(work.next_batch, offers)
    while batch.end > batch.start:
        writing = asyncio.create_task(work.keep(batch))
        try:
            batch = await asyncio.to_thread(work.next_batch, offers)
        finally:
            await writing
        if on_progress is not None:
            on_progress(work.position)
    if offers.broken is not None:
        raise offers.broken


class _Offers:
    """The feed's offers up to its end or its break; a break is kept until what stood before it is written."""

    def __init__(self, feed: Feed) -> None:
        self._offers = feed.offers()
        self.broken: UnreadableFeed | None = None

    def __iter__(self) -> Iterator[Offer]:
        return self

    def __next__(self) -> Offer:
        try:
            return next(self._offers)
        except UnreadableFeed as error:
            self.broken = error
            raise StopIteration from None


async def _finish(work: _Import, *, mark: bool, problem: str) -> int:
    """Returns how many have gone."""
    gone: list[int] = []
    source = work.feed.defaults.source
    if mark:
        gone = await work.database.read(lambda c: unseen_ids(c, work.owner, source, work.seen))
    now = time.time()
    for at in range(0, len(gone), BATCH):
        chunk = gone[at : at + BATCH]
        await work.database.write(lambda c, chunk=chunk: mark_gone(c, chunk, now))
    await work.database.write(make_index)
    await work.database.write(settle_index)
    report = work.counts.as_dict() | {"gone": len(gone), "problem": problem}
    state = "broken" if problem else "done"
    await work.database.write(
        lambda c: (
            c.execute(
                sa.update(I).where(I.c.id == work.id).values(state=state, report=report, finished_at=now)
            )
            and None
        )
    )
    return len(gone)
