"""One running job, as the code that does the work sees it: steps that are remembered, and progress to tell."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bottega.domain.job import JobState
from bottega.jobs.leases import Lease
from bottega.jobs.queue import Claimed, EventRow, Json
from bottega.jobs.writes import (
    LeaseLost,
    StepRow,
    begin_step,
    finish,
    hand_back,
    note_step,
    put_step,
    record_step,
    recorded_steps,
    tell,
)
from bottega.spend import mark_ended
from bottega.store.database import Database, epoch_now, is_passing
from bottega.store.signals import ENDS, JOBS, end_topic, job_topic

FLUSH_SECONDS = 0.015  # events that come within this time share a transaction
AGAIN_SECONDS = 0.2  # between tries to write while the database is away
PAID_MARGIN = 0.25  # share of the lease that must be left before a paid call is begun


class Stop(Enum):
    """Why a running job's task was cancelled."""

    CANCEL = "cancel"
    LEASE_LOST = "lease lost"
    SHUTDOWN = "shutdown"


class HandOver(Exception):
    """The job goes back into the queue at a step's border."""

    def __init__(self, delay_s: float = 0.0) -> None:
        super().__init__(f"hand over, again in {delay_s:g} s")
        self.delay_s = delay_s


Also = Callable[[sa.Connection], None]
"""More to be written in the same transaction as the step (a hold, a charge)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended, and what is to be written with its end."""

    state: JobState
    result: Json | None = None
    error: Json | None = None
    also: Also | None = None


def _nobody() -> None: ...


@dataclass(slots=True)
class JobRun:
    """The handle of a claimed job. All methods belong to the event loop, except `progress`."""

    database: Database
    claimed: Claimed
    lease_s: float
    lease_until: float
    """By this process's monotonic clock, a little early; the heartbeat moves it on."""
    stop: Stop | None = None
    entered: bool = False
    handing_over: bool = False
    is_waiting: bool = False
    """For somebody else's work: the job takes none of this process's places then."""
    ended: bool = False
    """Its end is written."""
    room: Callable[[], None] = _nobody
    """Tells the runner that another job may have this one's place."""
    _steps: dict[str, StepRow] = field(default_factory=dict[str, StepRow])
    _story: list[EventRow] = field(default_factory=list[EventRow])
    _soon: list[Also] = field(default_factory=list[Also])
    _flusher: asyncio.Task[None] | None = None
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    @property
    def id(self) -> str:
        return self.claimed.id

    @property
    def lease(self) -> Lease:
        return self.claimed.id, self.claimed.token

    async def load(self) -> None:
        """Read what earlier lives of this job recorded. A job on its first claim has nothing."""
        if self.claimed.token > 1:
            self._steps = await self.database.read(lambda c: recorded_steps(c, self.id))

    # --- steps ---------------------------------------------------------------------------------------------

    def was_begun(self, key: str) -> bool:
        """Whether an earlier life of the job wrote down that it would make this paid call, and no result."""
        return key in self._steps and self._steps[key].state == "started"

    @property
    def has_call_under_way(self) -> bool:
        """Whether a paid call was begun, in this life or an earlier one, and its end is not recorded."""
        return any(step.state == "started" for step in self._steps.values())

    def recorded(self, key: str) -> Any:
        """The recorded result of a step, None when there is none."""
        step = self._steps.get(key)
        return step.result if step is not None and step.state == "done" else None

    def idempotency_key(self, key: str) -> str:
        return f"{self.id}:{key}"

    async def step(self, key: str, work: Callable[[], Awaitable[Any]], *, also: Also | None = None) -> Any:
        """Do `work` and remember its JSON result under `key`; when it is remembered already, return that.

        Keys are names, not counters, so that a new version of the program finds what an older one recorded.
        """
        step = self._steps.get(key)
        if step is not None and step.state == "done":
            return step.result
        self.check_may_go_on()
        started = time.monotonic()
        result = await work()
        await self.record(key, result, seconds=time.monotonic() - started, also=also)
        return result

    async def begin_paid(self, key: str, *, also: Also | None = None) -> None:
        """Write down that the paid call `key` is about to be made, together with its hold.

        Raises HandOver when the process is about to end, LeaseLost when too little of the lease is left.
        """
        self.check_may_go_on()
        self._check_lease()
        idempotency = self.idempotency_key(key)

        def write(connection: sa.Connection, story: list[EventRow]) -> None:
            begin_step(connection, self.id, self.claimed.token, key, idempotency, story)
            if also is not None:
                also(connection)

        await self._write(write)
        self._steps[key] = StepRow(key, "started", None, idempotency)
        self._check_lease()  # the write may have waited, or the process been frozen

    async def note(self, key: str, note: Json) -> None:
        """Keep something with the paid call `key` while it is under way, such as the provider's number for it."""
        await self._write(lambda c, story: note_step(c, self.id, self.claimed.token, key, note, story))
        self._steps[key] = StepRow(key, "started", note, self.idempotency_key(key))

    def noted(self, key: str) -> Json | None:
        """What was last kept with a paid call that is under way."""
        return self._steps[key].result if self.was_begun(key) else None

    def _check_lease(self) -> None:
        if self.lease_until - time.monotonic() < PAID_MARGIN * self.lease_s:
            raise LeaseLost(self.id)

    async def record(
        self, key: str, result: Any, *, seconds: float, paid: bool = False, also: Also | None = None
    ) -> None:
        """Remember the result of a step."""
        step = StepRow(key, "done", result, self.idempotency_key(key))
        self.emit("step", key=key, seconds=round(seconds, 4))

        def write(connection: sa.Connection, story: list[EventRow]) -> None:
            record_step(
                connection, self.id, self.claimed.token, step, paid=paid, seconds=seconds, story=story
            )
            if also is not None:
                also(connection)

        await self._write(write)
        self._steps[key] = step

    def record_soon(self, key: str, result: Any, *, seconds: float, also: Also) -> None:
        """Remember the result of a step in the job's next transaction, such as its end.

        A process that dies before loses it, and the step is done again: for work that is quick, free and gives the
        same again, and only where nobody was told of it. That transaction is fenced like any other.
        """
        step = StepRow(key, "done", result, self.idempotency_key(key))
        self.emit("step", key=key, seconds=round(seconds, 4))

        def write(connection: sa.Connection) -> None:
            put_step(connection, self.id, step, paid=False, seconds=seconds, now=epoch_now(connection))
            also(connection)

        self._soon.append(write)
        self._steps[key] = step

    def check_may_go_on(self) -> None:
        """At a step's border: raises CancelledError when the user wants no more, HandOver when the process is about to
        end."""
        if self.stop is Stop.CANCEL:
            raise asyncio.CancelledError
        if self.handing_over:
            raise HandOver

    @contextmanager
    def waiting(self) -> Generator[None]:
        """While this lasts, another job may run in this one's place."""
        self.is_waiting = True
        self.room()
        try:
            yield
        finally:
            self.is_waiting = False

    # --- telling -------------------------------------------------------------------------------------------

    def emit(self, kind: str, **data: Any) -> None:
        """Add a line to the job's story; it is written with the next step, or within some milliseconds."""
        self._story.append(EventRow(kind=kind, data=data))
        if self._flusher is None:
            self._flusher = self._loop.create_task(self._flush_soon())

    def progress(self, fraction: float, message: str) -> None:
        """Tell how far the running step is (0 to 1). May be called from any thread."""
        data = {"fraction": round(min(max(fraction, 0.0), 1.0), 3), "message": message}
        self._loop.call_soon_threadsafe(lambda: self.emit("progress", **data))

    async def _flush_soon(self) -> None:
        try:
            while self._story:
                await asyncio.sleep(FLUSH_SECONDS)
                if self._story:
                    await self._write(lambda c, story: tell(c, self.id, self.claimed.token, story))
        except LeaseLost:
            self._story.clear()  # the heartbeat ends the run
        finally:
            self._flusher = None

    # --- the end -------------------------------------------------------------------------------------------

    async def finish(self, outcome: Outcome) -> None:
        def write(connection: sa.Connection, story: list[EventRow]) -> None:
            finish(
                connection,
                self.id,
                self.claimed.token,
                outcome.state,
                result=outcome.result,
                error=outcome.error,
                story=story,
            )
            if outcome.also is not None:
                outcome.also(connection)
            if self.has_call_under_way:
                reason = "the job ended while the call was under way"
                mark_ended(connection, [self.id], reason, epoch_now(connection))

        await self._write(write, end_topic(self.id), ENDS)
        self.ended = True

    async def hand_back(self, delay_s: float = 0.0) -> None:
        await self._write(
            lambda c, story: hand_back(c, self.id, self.claimed.token, story, delay_s),
            JOBS,
            end_topic(self.id),  # where a cancel was asked for
        )

    async def _write(self, work: Callable[[sa.Connection, list[EventRow]], None], *wake: str) -> None:
        """One transaction with all that was told so far. One at a time, so that the story keeps its order; not
        cut by a cancel, so that what was done is what is remembered."""
        await asyncio.shield(self._write_whole(work, *wake))

    async def _write_whole(self, work: Callable[[sa.Connection, list[EventRow]], None], *wake: str) -> None:
        async with self._writing:
            story, self._story = self._story, []
            soon, self._soon = self._soon, []

            def whole(connection: sa.Connection) -> None:
                work(connection, story)  # fenced: raises LeaseLost before anything else is written
                for each in soon:
                    each(connection)

            while True:
                try:
                    await self.database.write(whole, job_topic(self.id), *wake)
                except DBAPIError as error:
                    # A database that is away for a while costs no result as long as the lease is ours.
                    if not is_passing(error) or time.monotonic() > self.lease_until:
                        raise
                    await asyncio.sleep(AGAIN_SECONDS)
                else:
                    return
