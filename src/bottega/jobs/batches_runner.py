"""Makes jobs of the items of running batches, a window of them at a time, and notes how they end.

Jobs are run by whoever runs jobs. Any process may die at any point: an item and its job are written in one transaction,
and another process goes on when the lease is over.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import DBAPIError

from bottega.domain.plan import Plan
from bottega.domain.principal import LOCAL, Principal
from bottega.domain.request import Request
from bottega.errors import BottegaError, BudgetExceeded, InternalError
from bottega.jobs.batches_rows import (
    Standing,
    Submitted,
    drop_leases,
    has_active,
    look,
    refuse_item,
    start_item,
    stop_for,
    take_lease,
)
from bottega.jobs.identity import new_id
from bottega.jobs.queue import AnyRow
from bottega.jobs.submissions import Planned, new_job
from bottega.store.database import Database
from bottega.store.signals import JOBS, end_topic

BATCHES = "batches"
"""A batch may have something to do."""
WINDOW = 32
"""Jobs of one batch under way at once: enough for every worker, few enough that plans are fresh and pauses quick."""
LEASE_SECONDS = 10.0
LOOK_SECONDS = 1.0
log = structlog.get_logger(__name__)


def batch_topic(batch_id: str) -> str:
    """Events of one batch."""
    return f"batch:{batch_id}"


MakePlan = Callable[[Request, Principal], Awaitable[Planned]]


def principal_of(owner: str) -> Principal:
    """Whom the jobs of a batch belong to; scopes are for asking, and nobody asks here."""
    return LOCAL if owner == LOCAL.owner else Principal(owner=owner)


def most_of(request: Request, plan: Plan, attempts: int) -> int:
    """What all attempts at a plan may cost together, in micro-dollars, within the request's own cap."""
    most = plan.most(attempts)
    return most if request.max_cost is None else min(most, request.max_cost)


@dataclass(slots=True)
class BatchRunner:
    """`start`, then it works until `stop`. `only`: that batch and no other."""

    database: Database
    plan: MakePlan
    attempts: int
    only: str | None = None
    window: int = WINDOW
    id: str = field(default_factory=lambda: new_id("batches"))
    _loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.create_task(self._work(), name="batches")

    async def stop(self) -> None:
        """Start no more; what is under way is left to the runner of jobs."""
        if self._loop is not None:
            self._loop.cancel()
            with suppress(asyncio.CancelledError):
                await self._loop
            await self.database.write(lambda c: drop_leases(c, self.id))

    async def _work(self) -> None:
        while True:
            try:
                flying, again = await self._round()
            except DBAPIError as error:  # it outlives a database that is away
                log.warning("batch.look_failed", error=str(error.orig))
                flying, again = (), False
            if not again:
                topics = (BATCHES, *(end_topic(job_id) for job_id in flying))
                with self.database.signals.subscribe(*topics) as waiter:
                    await waiter.wait(LOOK_SECONDS)

    async def _round(self) -> tuple[tuple[str, ...], bool]:
        """The jobs under way, and whether there is more to start at once."""
        flying: list[str] = []
        again = False
        for batch_id, owner in await self._mine():
            standing = await self._look(batch_id)
            flying.extend(standing.flying)
            alone = not standing.flying
            for item in standing.waiting:
                if not await self._start(batch_id, owner, item, alone=alone):
                    break
                again, alone = True, False
        return tuple(flying), again

    async def _mine(self) -> list[tuple[str, str]]:
        # Usually no batch is there, and nothing is written then.
        if not await self.database.read(has_active):
            return []
        return await self.database.write(lambda c: take_lease(c, self.id, LEASE_SECONDS, self.only))

    async def _look(self, batch_id: str) -> Standing:
        standing = await self.database.write(lambda c: look(c, batch_id, self.window))
        if standing.changed or not standing.running:
            self.database.wake(batch_topic(batch_id))
        return standing

    async def _start(self, batch_id: str, owner: str, item: AnyRow, *, alone: bool) -> bool:
        """Whether the batch can go on with the next item. `alone`: no job of it is under way whose end could leave
        something of the budget."""
        try:
            decided = await self.plan(Request.model_validate(item.request), principal_of(owner))
        except BudgetExceeded as error:
            await self._stop(batch_id, f"{error.message} {error.hint}".strip())
            return False
        except BottegaError as error:
            if error.retryable:  # what is away now may be back later: the item is not to blame
                await self._stop(batch_id, f"{error.message} {error.hint}".strip())
                return False
            return await self._refuse(batch_id, item, error)
        except DBAPIError:
            raise
        except Exception as error:
            log.exception("batch.plan_failed", batch=batch_id, item=item.number)
            return await self._refuse(
                batch_id, item, InternalError(f"A fault in Bottega: {type(error).__name__}: {error}")
            )
        outcome = await self._put_in(batch_id, owner, item, decided)
        if outcome == "no money" and alone:
            await self._stop(
                batch_id,
                f"The batch's budget does not cover the next item, which may cost {decided.plan.price}.",
            )
        return outcome == "started"

    async def _put_in(self, batch_id: str, owner: str, item: AnyRow, decided: Planned) -> Submitted:
        new = new_job(decided, owner, f"{batch_id}:{item.number}:{item.attempt}")
        least = decided.plan.price.high
        most = most_of(decided.request, decided.plan, self.attempts)
        return await self.database.write(
            lambda c: start_item(c, batch_id, item, new, least=least, most=max(least, most)),
            JOBS,
            batch_topic(batch_id),
        )

    async def _refuse(self, batch_id: str, item: AnyRow, error: BottegaError) -> bool:
        told = error.as_dict()
        await self.database.write(lambda c: refuse_item(c, batch_id, item, told), batch_topic(batch_id))
        return True

    async def _stop(self, batch_id: str, reason: str) -> None:
        log.info("batch.stopped", batch=batch_id, reason=reason)
        await self.database.write(lambda c: stop_for(c, batch_id, reason), batch_topic(batch_id))
