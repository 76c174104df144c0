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
from typing import Any, Generic, TypeVar

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
LookWithin = Callable[[sa.Connection], T | None]

LEASE_SECONDS = 30.0
_POLL_SECONDS = 1.0
"""How often a waiting process looks when it hears nothing."""
_SHORTEST_POLL_SECONDS = 0.05
"""And when it hears much: SQLite wakes everybody on every commit of another process."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Turn(Generic[T]):
    """`found`: what somebody else's work left, and there is nothing to do; None: the work is to be done now.
    `leads`: others wait for it; between processes by the row of `claim`."""

    found: T | None
    leads: bool
    claim: "Claim | None" = None


@dataclass(slots=True)
class Claim:
    """Who leads may end its claim in the transaction that makes its result final, instead of in one of its own:
    `end` inside of it, and `ended` set once it is committed. Otherwise the claim ends with the block."""

    owner: str
    key: str
    holder: str
    ended: bool = False

    def end(self, connection: sa.Connection) -> None:
        connection.execute(_DELETE, {"of": self.owner, "work": self.key, "by": self.holder})


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
        look_within: LookWithin[T] | None = None,
        holder: str = "",
        patience_s: float = math.inf,
        across: bool = True,
    ) -> AsyncGenerator[Turn[T]]:
        """Enter when `look` finds something, or when nobody else is at this work.

        Who leads keeps the others waiting until the block is left; then those look, and if there is nothing, because
        it failed, the next of them leads. After `patience_s` of waiting the block is entered without leading. A
        `holder` who died may take up its own claim at once. Without `across` only this process's others wait, which
        saves two transactions: for work that is quick and free. `look_within` looks for the same as `look` inside the
        transaction that claims, so that nobody can have finished between the two.
        """
        holder = holder or uuid.uuid4().hex
        give_up = time.monotonic() + patience_s
        async with AsyncExitStack() as stack:
            found, leads, claim = None, False, None
            if await self._is_next(stack, owner, key, give_up):
                if across:
                    found, leads = await self._await_claim(owner, key, holder, look, look_within, give_up)
                else:
                    found = await look()
                    leads = found is None
                if not leads:
                    await stack.aclose()  # the next one of this process may look
                elif across:
                    claim = await stack.enter_async_context(self._leading(owner, key, holder))
            yield Turn(found, leads, claim)

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
        self,
        owner: str,
        key: str,
        holder: str,
        look: Look[T],
        look_within: LookWithin[T] | None,
        give_up: float,
    ) -> tuple[T | None, bool]:
        """What was found, and whether the work is claimed for `holder`."""
        with self._database.signals.subscribe(_topic(owner, key)) as waiter:
            is_first = True
            while True:
                # The first claim looks by itself, where it can.
                if not (is_first and look_within) and (found := await look()) is not None:
                    return found, False
                try:
                    left, found = None if is_first else await self._peek(owner, key, holder), None
                    if left is None:
                        left, found = await self._claim(owner, key, holder, look_within)
                except SQLAlchemyError as error:
                    log.warning("flight.unclaimed", error=str(error))
                    return None, False
                if found is not None:
                    return found, False
                if left is None:
                    # The one before may have finished between the look and the claim.
                    if look_within is None:
                        found = await self._look_as_leader(owner, key, holder, look)
                    return found, found is None
                if time.monotonic() >= give_up:
                    return None, False
                await _wait(waiter, min(left, give_up - time.monotonic()))
                is_first = False

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
    async def _leading(self, owner: str, key: str, holder: str) -> AsyncGenerator[Claim]:
        renewal = asyncio.create_task(self._renew(owner, key, holder))
        claim = Claim(owner, key, holder)
        try:
            yield claim
        finally:
            renewal.cancel()
            await asyncio.wait([renewal])
            if claim.ended:
                self._database.wake(_topic(owner, key))
            else:
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
        with _logged("flight.not_released"):
            await self._database.write(Claim(owner, key, holder).end, _topic(owner, key))

    async def _peek(self, owner: str, key: str, holder: str) -> float | None:
        """Seconds for which somebody else has it; None: it may be claimed."""

        def work(connection: sa.Connection) -> float | None:
            row = connection.execute(sa.select(F.c.holder, F.c.lease_until).where(*_is(owner, key))).first()
            if row is None or row.holder == holder:
                return None
            left = row.lease_until - epoch_now(connection)
            return left if 0 < left <= 2 * self._lease_s else None

        return await self._database.read(work)

    async def _claim(
        self, owner: str, key: str, holder: str, look_within: LookWithin[T] | None
    ) -> tuple[float | None, T | None]:
        """Seconds for which somebody else has it, None: it is the holder's now; or what was found, and nothing is
        claimed."""

        def work(connection: sa.Connection) -> tuple[float | None, T | None]:
            now = epoch_now(connection)
            values = {
                "of": owner,
                "work": key,
                "by": holder,
                "now": now,
                "until": now + self._lease_s,
                "latest": now + 2 * self._lease_s,
            }
            if connection.execute(_CLAIM[connection.dialect.name], values).first() is None:
                until = connection.execute(sa.select(F.c.lease_until).where(*_is(owner, key))).scalar()
                return 0.0 if until is None else max(0.0, until - now), None
            found = look_within(connection) if look_within is not None else None
            if found is not None:
                Claim(owner, key, holder).end(connection)
            return None, found

        return await self._database.write(work)


def _claim_statement(dialect: Any) -> Any:
    mine: dict[str, Any] = {"holder": sa.bindparam("by"), "lease_until": sa.bindparam("until")}
    insert = dialect.insert(F).values(owner=sa.bindparam("of"), key=sa.bindparam("work"), **mine)
    # A lease that ends far in the future was given before the clock was set back.
    is_free = (F.c.holder == sa.bindparam("by")) | ~F.c.lease_until.between(
        sa.bindparam("now"), sa.bindparam("latest")
    )
    claim = insert.on_conflict_do_update(index_elements=["owner", "key"], set_=mine, where=is_free)
    return claim.returning(F.c.holder)


_CLAIM = {"sqlite": _claim_statement(sqlite), "postgresql": _claim_statement(postgresql)}
_DELETE = sa.delete(F).where(
    F.c.owner == sa.bindparam("of"), F.c.key == sa.bindparam("work"), F.c.holder == sa.bindparam("by")
)


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
