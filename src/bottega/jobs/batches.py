"""Batches: one plan for many files, or a table of requests; each item becomes one durable job.

A batch is rows in the database from the moment it is accepted. It can be paused, resumed, cancelled, tried again where
it failed, and may have a budget of its own that it stops before.
"""

import secrets
from collections.abc import AsyncGenerator, Sequence

import sqlalchemy as sa

from bottega.domain.job import Event
from bottega.domain.money import MicroUsd, Price, total
from bottega.domain.principal import Principal
from bottega.errors import BottegaError, Conflict, NotFound
from bottega.jobs import batches_rows as rows
from bottega.jobs.batches_reading import ITEMS, STATE, batches_of, item_of
from bottega.jobs.batches_runner import BATCHES, MakePlan, batch_topic, most_of
from bottega.jobs.batches_values import (
    Batch,
    BatchItem,
    BatchPlan,
    BatchState,
    ItemPlan,
    NewItem,
    check_items,
)
from bottega.jobs.queue import EVENTS_AT_ONCE, AnyRow, Json
from bottega.store.database import Database, epoch_now
from bottega.store.schema import batch_events as E
from bottega.store.schema import batch_items as I
from bottega.store.schema import batches as B
from bottega.store.signals import CANCELS, JOBS, end_topic, job_topic

LOOK_SECONDS = 1.0
_LONGEST_NAME = 200


class Batches:
    """Everything is the owner's own: what belongs to somebody else is not found."""

    def __init__(self, database: Database, plan: MakePlan, attempts: int) -> None:
        self._database = database
        self._plan = plan
        self._attempts = attempts

    # --- in --------------------------------------------------------------------------------------------------

    async def plan(self, items: Sequence[NewItem], who: Principal) -> BatchPlan:
        """What it would cost; nothing is stored or run. Raises InputError for none, too many, or a key used twice."""
        check_items(items)
        plans: list[ItemPlan] = []
        prices: list[Price] = []
        at_most = 0
        seconds: float | None = 0.0
        for number, item in enumerate(items, start=1):
            named: Json = {"number": number, "key": item.key, "name": item.name}
            if item.request is None:
                plans.append(ItemPlan(**named, error=item.error))
                continue
            try:
                decided = await self._plan(item.request, who)
            except BottegaError as error:
                plans.append(ItemPlan(**named, error=error.as_dict()))
                continue
            plan = decided.plan
            price, took = plan.price, plan.time.seconds
            prices.append(price)
            at_most += max(price.high, most_of(decided.request, plan, self._attempts))
            seconds = None if seconds is None or took is None else seconds + took
            plans.append(ItemPlan(**named, workflow=plan.workflow, model_id=plan.first.model_id, price=price))
        return BatchPlan(
            total=len(items),
            price=total(prices),
            at_most=at_most,
            seconds=seconds,
            problems=sum(1 for plan in plans if plan.error is not None),
            items=tuple(plans),
        )

    async def create(
        self,
        items: Sequence[NewItem],
        who: Principal,
        *,
        name: str = "",
        budget: MicroUsd | None = None,
        pause_on_error: bool = False,
        paused: bool = False,
        submission_key: str | None = None,
    ) -> Batch:
        """Accept a batch, whole or not at all; from here on it survives everything.

        The same `submission_key` of the same owner makes one batch. With `paused` it waits to be resumed. Raises InputError
        for none, too many, or a key used twice.
        """
        check_items(items)
        batch_id = f"batch_{secrets.token_hex(12)}"
        written = [_item_row(batch_id, number, item) for number, item in enumerate(items, start=1)]

        def work(connection: sa.Connection) -> str:
            row = {
                "id": batch_id,
                "owner": who.owner,
                "name": " ".join(name.split())[:_LONGEST_NAME] or f"{len(items)} items",
                "state": "paused" if paused else "running",
                "reason": "It was made to wait." if paused else "",
                "pause_on_error": pause_on_error,
                "budget": budget,
                "total": len(items),
                "event_seq": 1,
                "submission_key": submission_key,
                "lease_until": 0.0,
                "created_at": epoch_now(connection),
            }
            return rows.create(connection, row, written)

        return await self.get(await self._database.write(work, BATCHES), who)

    # --- out -------------------------------------------------------------------------------------------------

    async def get(self, batch_id: str, who: Principal) -> Batch:
        """Raises NotFound for what does not exist and for what is somebody else's alike."""
        query = sa.select(B).where(B.c.id == batch_id, B.c.owner == who.owner)
        found = await self._database.read(lambda c: batches_of(c, query))
        if not found:
            raise _no_batch()
        return found[0]

    async def recent(self, who: Principal, *, limit: int = 50, before: float | None = None) -> list[Batch]:
        """Newest first; `before` is the `created_at` of the last one seen."""
        query = (
            sa.select(B)
            .where(B.c.owner == who.owner)
            .order_by(B.c.created_at.desc(), B.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(B.c.created_at < before)
        return await self._database.read(lambda c: batches_of(c, query))

    async def items(
        self, batch_id: str, who: Principal, *, after: int = 0, limit: int = 100, state: str | None = None
    ) -> list[BatchItem]:
        """The items with a number above `after`, in order. Raises NotFound."""
        await self.get(batch_id, who)
        query = ITEMS.where(I.c.batch_id == batch_id, I.c.number > after)
        if state is not None:
            query = query.where(STATE.is_not_distinct_from(state))
        query = query.order_by(I.c.number).limit(limit)
        return await self._database.read(lambda c: [item_of(row) for row in c.execute(query)])

    async def events(self, batch_id: str, who: Principal, after: int = 0) -> AsyncGenerator[Event]:
        """The batch's story from the event after `after` on, to its end; `job_id` holds the batch's id.

        A batch that is tried again after its end goes on telling.
        """
        await self.get(batch_id, who)
        new = (
            sa.select(E.c.seq, E.c.kind, E.c.data, E.c.at)
            .where(E.c.batch_id == batch_id)
            .order_by(E.c.seq)
            .limit(EVENTS_AT_ONCE)
        )
        over = sa.select(B.c.finished_at).where(B.c.id == batch_id)

        def read(connection: sa.Connection, seen: int) -> tuple[Sequence[AnyRow], bool]:
            # The end is looked at first: what was told before it is read after.
            is_over = connection.execute(over).scalar() is not None
            return connection.execute(new.where(E.c.seq > seen)).all(), is_over

        with self._database.signals.subscribe(batch_topic(batch_id)) as waiter:
            while True:
                seen = after
                found, is_over = await self._database.read(lambda c, seen=seen: read(c, seen))
                for row in found:
                    after = row.seq
                    yield Event(job_id=batch_id, seq=row.seq, kind=row.kind, data=row.data, at=row.at)
                if is_over and not found:
                    return
                if len(found) < EVENTS_AT_ONCE and not is_over:
                    await waiter.wait(LOOK_SECONDS)

    async def finished(self, batch_id: str, who: Principal) -> Batch:
        """Wait until nothing of it is under way any more: it is finished, cancelled, or paused with no job running."""
        with self._database.signals.subscribe(batch_topic(batch_id)) as waiter:
            while True:
                batch = await self.get(batch_id, who)
                under_way = batch.counts.get("running", 0)
                if batch.finished_at is not None or (batch.state is BatchState.PAUSED and not under_way):
                    return batch
                await waiter.wait(LOOK_SECONDS)

    # --- changing --------------------------------------------------------------------------------------------

    async def pause(self, batch_id: str, who: Principal) -> Batch:
        """Start nothing more; what runs goes on. Again changes nothing. Raises NotFound, Conflict when it is over."""

        def work(connection: sa.Connection) -> None:
            state = _locked(connection, batch_id, who)
            if state is BatchState.RUNNING:
                rows.pause(connection, batch_id, "You paused it.")
            elif state is not BatchState.PAUSED:
                raise Conflict(f"The batch is {state}; there is nothing to pause.")

        await self._database.write(work, BATCHES, batch_topic(batch_id))
        return await self.get(batch_id, who)

    async def resume(self, batch_id: str, who: Principal, *, budget: MicroUsd | None = None) -> Batch:
        """Go on, with another budget if one is given. Raises NotFound, Conflict when it is over."""

        def work(connection: sa.Connection) -> None:
            state = _locked(connection, batch_id, who)
            if state not in (BatchState.RUNNING, BatchState.PAUSED):
                raise Conflict(f"The batch is {state}.", hint="What failed can be tried again: retry-failed.")
            if budget is not None:
                connection.execute(sa.update(B).where(B.c.id == batch_id).values(budget=budget))
            if state is BatchState.PAUSED:
                rows.resume(connection, batch_id)

        await self._database.write(work, BATCHES, JOBS, batch_topic(batch_id))
        return await self.get(batch_id, who)

    async def cancel(self, batch_id: str, who: Principal) -> Batch:
        """Start nothing more and ask what runs to stop. Nothing happens to one that is over. Raises NotFound."""

        def work(connection: sa.Connection) -> list[str]:
            state = _locked(connection, batch_id, who)
            over = (BatchState.CANCELLED, BatchState.FINISHED)
            return [] if state in over else rows.cancel(connection, batch_id)

        asked = await self._database.write(work, BATCHES, CANCELS, batch_topic(batch_id))
        self._database.wake(*(topic(job_id) for job_id in asked for topic in (job_topic, end_topic)))
        return await self.get(batch_id, who)

    async def retry_failed(self, batch_id: str, who: Principal) -> Batch:
        """Let refused, failed, rejected and quarantined items wait again, as new jobs. Items whose outcome at the
        provider is unknown are left alone: they may have been bought. Raises NotFound, Conflict when there is none."""

        def work(connection: sa.Connection) -> int:
            if _locked(connection, batch_id, who) is BatchState.CANCELLED:
                raise Conflict("The batch was cancelled.", hint="Make a new one of what is still wanted.")
            return rows.retry(connection, batch_id)

        if not await self._database.write(work, BATCHES, batch_topic(batch_id)):
            raise Conflict("No item of this batch can be tried again.", hint="None has failed.")
        return await self.get(batch_id, who)


def _item_row(batch_id: str, number: int, item: NewItem) -> Json:
    return {
        "batch_id": batch_id,
        "number": number,
        "key": item.key,
        "name": item.name.replace("\0", "")[:_LONGEST_NAME],
        "state": "waiting" if item.request is not None else "refused",
        "request": None if item.request is None else item.request.model_dump(mode="json"),
        "error": item.error,
        "attempt": 1,
        "reserved": 0,
        "spent_before": 0,
    }


def _locked(connection: sa.Connection, batch_id: str, who: Principal) -> BatchState:
    batch = rows.locked(connection, batch_id, who.owner)
    if batch is None:
        raise _no_batch()
    return BatchState(batch.state)


def _no_batch() -> NotFound:
    return NotFound("There is no batch with this id.")
