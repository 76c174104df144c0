"""Identical work at the same time is done once: one does it, the others wait for its end and then look for the result.

A claim is a row with a lease, so it holds between processes and ends with the process that made it. It saves work and
guards nothing: when the database cannot be asked, or patience runs out, the work is done without a claim.
"""

import asyncio
import math
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bottega.store.database import Database, epoch_now
from bottega.store.locks import KeyedLocks
from bottega.store.schema import flights as F
from bottega.store.signals import Waiter

T = TypeVar("T")
Look = Callable[[], Awaitable[T | None]]

LEASE_SECONDS = 30.0
_POLL_SECONDS = 1.0
"""How often a waiting process looks when it hears nothing."""
_SHORTEST_POLL_SECONDS = 0.05
"""And when it hears much: SQLite wakes everybody on every commit of another process."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Turn(Generic[T]):
    """`found`: what somebody else's work left, and there is nothing to do; None: the work is to be done now.
    `leads`: others wait for it."""

    found: T | None
    leads: bool


class Flights:
    """Belongs to one event loop. `lease_s` is how long others wait for a process that died."""

    def __init__(self, database: Database, *, lease_s: float = LEASE_SECONDS) -> None:
        self._database = database
        self._lease_s = lease_s
        self._locks = KeyedLocks()

    @asynccontextmanager
    async def turn(
        self,
        owner: str,
        key: str,
        look: Look[T],
        *,
        holder: str = "",
        patience_s: float = math.inf,
        across: bool = True,
    ) -> AsyncGenerator[Turn[T]]:
        """Enter when `look` finds something, or when nobody else is at this work.

        Who leads keeps the others waiting until the block is left; then those look, and if there is nothing, because
        it failed, the next of them leads. After `patience_s` of waiting the block is entered without leading. A
        `holder` who died may take up its own claim at once. Without `across` only this process's others wait, which
        saves two transactions: for work that is quick and free.
        """
        holder = holder or uuid.uuid4().hex
        give_up = time.monotonic() + patience_s
        async with AsyncExitStack() as stack:
            found, leads = None, False
            if await self._is_next(stack, owner, key, give_up):
                if across:
                    found, leads = await self._await_claim(owner, key, holder, look, give_up)
                else:
                    found = await look()
                    leads = found is None
                if not leads:
                    await stack.aclose()  # the next one of this process may look
                elif across:
                    await stack.enter_async_context(self._leading(owner, key, holder))
            yield Turn(found, leads)

    async def _is_next(self, stack: AsyncExitStack, owner: str, key: str, give_up: float) -> bool:
        """Wait for the others of this process, so that only one of them asks the database."""
        lock = self._locks.of((owner, key))
        limit = None if math.isinf(give_up) else max(0.0, give_up - time.monotonic())
        try:
            async with asyncio.timeout(limit):
                await stack.enter_async_context(lock)
        except TimeoutError:
            return False
        return True

    async def _await_claim(
        self, owner: str, key: str, holder: str, look: Look[T], give_up: float
    ) -> tuple[T | None, bool]:
        """What was found, and whether the work is claimed for `holder`."""
        with self._database.signals.subscribe(_topic(owner, key)) as waiter:
            is_first = True
            while (found := await look()) is None:
                try:
                    left = None if is_first else await self._peek(owner, key, holder)
                    if left is None:
                        left = await self._claim(owner, key, holder)
                except SQLAlchemyError as error:
                    log.warning("flight.unclaimed", error=str(error))
                    return None, False
                if left is None:
                    # The one before may have finished between the look and the claim.
                    if (found := await self._look_as_leader(owner, key, holder, look)) is None:
                        return None, True
                    break
                if time.monotonic() >= give_up:
                    return None, False
                await _wait(waiter, min(left, give_up - time.monotonic()))
                is_first = False
            return found, False

    async def _look_as_leader(self, owner: str, key: str, holder: str, look: Look[T]) -> T | None:
        try:
            found = await look()
        except BaseException:
            await self._release(owner, key, holder)
            raise
        if found is not None:
            await self._release(owner, key, holder)
        return found

    @asynccontextmanager
    async def _leading(self, owner: str, key: str, holder: str) -> AsyncGenerator[None]:
        renewal = asyncio.create_task(self._renew(owner, key, holder))
        try:
            yield
        finally:
            renewal.cancel()
            await asyncio.wait([renewal])
            await self._release(owner, key, holder)

    async def _renew(self, owner: str, key: str, holder: str) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            with _logged("flight.not_renewed"):
                await self._database.write(lambda c: self._extend(c, owner, key, holder))

    def _extend(self, connection: sa.Connection, owner: str, key: str, holder: str) -> None:
        later = epoch_now(connection) + self._lease_s
        connection.execute(
            sa.update(F).where(*_is(owner, key), F.c.holder == holder).values(lease_until=later)
        )

    async def _release(self, owner: str, key: str, holder: str) -> None:
        """If this fails the lease runs out by itself."""
        statement = sa.delete(F).where(*_is(owner, key), F.c.holder == holder)
        with _logged("flight.not_released"):
            await self._database.write(lambda c: c.execute(statement) and None, _topic(owner, key))

    async def _peek(self, owner: str, key: str, holder: str) -> float | None:
        """Seconds for which somebody else has it; None: it may be claimed."""

        def work(connection: sa.Connection) -> float | None:
            row = connection.execute(sa.select(F.c.holder, F.c.lease_until).where(*_is(owner, key))).first()
            if row is None or row.holder == holder:
                return None
            left = row.lease_until - epoch_now(connection)
            return left if 0 < left <= 2 * self._lease_s else None

        return await self._database.read(work)

    async def _claim(self, owner: str, key: str, holder: str) -> float | None:
        """None: it is the holder's now; otherwise the seconds for which somebody else has it."""

        def work(connection: sa.Connection) -> float | None:
            now = epoch_now(connection)
            dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
            mine = {"holder": holder, "lease_until": now + self._lease_s}
            insert = dialect.insert(F).values(owner=owner, key=key, **mine)
            # A lease that ends far in the future was given before the clock was set back.
            is_free = (F.c.holder == holder) | ~F.c.lease_until.between(now, now + 2 * self._lease_s)
            claim = insert.on_conflict_do_update(index_elements=["owner", "key"], set_=mine, where=is_free)
            if connection.execute(claim.returning(F.c.holder)).first() is not None:
                return None
            until = connection.execute(sa.select(F.c.lease_until).where(*_is(owner, key))).scalar()
            return 0.0 if until is None else max(0.0, until - now)

        return await self._database.write(work)


def _is(owner: str, key: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return F.c.owner == owner, F.c.key == key


def _topic(owner: str, key: str) -> str:
    return f"flight:{owner}:{key}"


async def _wait(waiter: Waiter, most_s: float) -> None:
    """Until there may be news, at most `most_s` or the poll's time."""
    looked = time.monotonic()
    await waiter.wait(max(0.0, min(most_s, _POLL_SECONDS)))
    await asyncio.sleep(max(0.0, looked + _SHORTEST_POLL_SECONDS - time.monotonic()))


class _logged:
    """Database errors inside the block are told to the log and to nobody else."""

    def __init__(self, event: str) -> None:
        self._event = event

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, SQLAlchemyError):
            log.warning(self._event, error=str(error))
            return True
        return False
