"""The embedded runner: claims jobs and runs them as asyncio tasks in this process.

It knows nothing of what a job does; the handler it is given does. Another runner (one that is fed by a message
broker) may drive the same handler through the same claims.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError

from bottega.domain.job import JobState
from bottega.errors import Cancelled, ComputeError, OutcomeUnknown
from bottega.jobs.identity import new_id, this_host, this_process
from bottega.jobs.leases import Lease, heartbeat, recover, register, unregister
from bottega.jobs.queue import Claimed, ClaimFor, cancels, claim
from bottega.jobs.run import HandOver, JobRun, Outcome, Stop
from bottega.jobs.writes import LeaseLost
from bottega.store.database import Database, is_passing
from bottega.store.signals import CANCELS, JOBS

Handler = Callable[[JobRun], Awaitable[Outcome]]
LOOK_SECONDS = 1.0  # the net under the wake-ups
RECOVER_SECONDS = 1.5  # how long a lease that has run out may go unseen
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    concurrency: int = 4
    waiting: int = 1000
    """Jobs that may wait for somebody else's work beside those `concurrency` that work here."""
    per_owner: int = 0
    lease_s: float = 30.0
    max_crashes: int = 2
    pools: tuple[str, ...] = ("default",)
    only: str | None = None
    """Run this job only."""
    only_batch: str | None = None
    """Run jobs of this batch only."""


@dataclass(slots=True)
class Runner:
    """`start`, then it works until `stop`."""

    database: Database
    handler: Handler
    options: RunnerOptions = RunnerOptions()
    id: str = field(default_factory=lambda: new_id("worker"))
    # By lease, not by id: a job that was lost and claimed anew is a run of its own beside the old one's end.
    _runs: dict[Lease, JobRun] = field(default_factory=dict[Lease, JobRun])
    _tasks: dict[Lease, asyncio.Task[None]] = field(default_factory=dict[Lease, asyncio.Task[None]])
    _loops: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    _stopping: bool = False
    _may_wait: bool = True
    """Whether jobs may be waiting that the last look at the queue did not bring; otherwise more room is no reason to
    look again."""
    _beat_end: threading.Event = field(default_factory=threading.Event)
    _beat: threading.Thread | None = None

    async def start(self) -> None:
        """Register, put back the jobs of dead processes, begin to work."""
        process = this_process()
        await self.database.write(lambda c: register(c, self.id, process))
        await self._recover()
        loop = asyncio.get_running_loop()
        # In a thread of its own: code that blocks the event loop must not cost the leases.
        self._beat = threading.Thread(target=self._heartbeat, args=(loop,), name="job-heartbeat", daemon=True)
        self._beat.start()
        self._loops = [
            asyncio.create_task(self._claim_loop(), name="job-claims"),
            asyncio.create_task(self._cancel_loop(), name="job-cancels"),
            asyncio.create_task(self._recover_loop(), name="job-recovery"),
        ]

    async def stop(self, grace_s: float = 30.0) -> None:
        """Claim no more; let the running step of each job end within `grace_s`, then put the job back."""
        self._stopping = True
        self.database.signals.send(JOBS)
        await asyncio.gather(self._loops[0])  # a claim under way still brings its jobs
        for run in self._runs.values():
            run.handing_over = True
        running = list(self._tasks.values())
        if running:
            await asyncio.wait(running, timeout=grace_s)
        for lease in list(self._tasks):
            self._stop_job(lease, Stop.SHUTDOWN)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._beat_end.set()
        if self._beat is not None:
            await asyncio.to_thread(self._beat.join)
        await self.database.write(lambda c: unregister(c, self.id))

    @property
    def running(self) -> int:
        return len(self._tasks)

    # --- claiming and running --------------------------------------------------------------------------------

    async def _claim_loop(self) -> None:
        with self.database.signals.subscribe(JOBS) as waiter:
            while not self._stopping:
                with self._database_errors("job.claim_failed"):
                    if await self._claim_and_begin():
                        continue  # a claim stops short where an owner's limit is reached; the next looks behind
                await waiter.wait(LOOK_SECONDS)

    async def _claim_and_begin(self) -> bool:
        waiting = sum(run.is_waiting for run in self._runs.values())
        places = self.options.concurrency + min(waiting, self.options.waiting)
        free = places - len(self._tasks)
        asked = time.monotonic()
        self._may_wait = True
        claimed = await self._claim(free) if free > 0 else []
        for job in claimed:
            self._begin(job, asked)
        # All that waited, unless it was cut short: by the places, by an owner's limit, by that on suspects.
        suspects = any(run.claimed.crashes for run in self._runs.values())
        self._may_wait = len(claimed) >= free or self.options.per_owner > 0 or suspects
        return bool(claimed) and self._may_wait

    def _room(self) -> None:
        if self._may_wait or self._stopping:
            self.database.signals.send(JOBS)

    async def _claim(self, free: int) -> list[Claimed]:
        # One that waits for a vendor cannot be what ends this process.
        suspects = sum(1 for run in self._runs.values() if run.claimed.crashes and not run.is_waiting)
        who = ClaimFor(
            worker=self.id,
            limit=free,
            lease_s=self.options.lease_s,
            pools=self.options.pools,
            per_owner=self.options.per_owner,
            suspects_allowed=max(0, 1 - suspects),
            only=self.options.only,
            only_batch=self.options.only_batch,
        )
        return await self.database.write(lambda c: claim(c, who))

    def _begin(self, job: Claimed, asked: float) -> None:
        run = JobRun(
            database=self.database,
            claimed=job,
            lease_s=self.options.lease_s,
            lease_until=asked + self.options.lease_s,
            room=self._room,
            stop=Stop.CANCEL if job.cancel_requested else None,
        )
        self._runs[run.lease] = run
        self._tasks[run.lease] = asyncio.create_task(self._run(run), name=f"job-{job.id}")

    async def _run(self, run: JobRun) -> None:
        try:
            await self._run_to_the_end(run)
        except LeaseLost:
            log.warning("job.lease_lost", job=run.id)
        except Exception:
            log.exception("job.write_failed", job=run.id)
        finally:
            del self._runs[run.lease], self._tasks[run.lease]
            self._room()

    async def _run_to_the_end(self, run: JobRun) -> None:
        run.entered = True
        try:
            await run.load()
            if run.stop is not None:
                raise asyncio.CancelledError
            outcome = await self.handler(run)
        except HandOver as hand_over:
            await run.hand_back(hand_over.delay_s)
            return
        except asyncio.CancelledError:
            await self._end_cancelled(run)
            return
        except LeaseLost:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and is_passing(error):
                raise  # the job is not to blame for a database that is away: it is taken up again
            log.exception("job.failed", job=run.id)
            outcome = _fault(error, in_call=run.has_call_under_way)
        if not run.ended:
            await run.finish(outcome)

    async def _end_cancelled(self, run: JobRun) -> None:
        """The task was cancelled; what that means was said beforehand in `run.stop`."""
        match run.stop:
            case Stop.CANCEL:
                if run.has_call_under_way:
                    await self._settle(run)
                error = Cancelled("The job was cancelled while it was running.")
                if not run.ended:
                    await run.finish(Outcome(JobState.CANCELLED, error=error.as_dict()))
            case Stop.SHUTDOWN:
                await run.hand_back()
            case Stop.LEASE_LOST:
                raise LeaseLost(run.id)
            case None:  # nobody of ours: the event loop is being torn down
                raise asyncio.CancelledError

    async def _settle(self, run: JobRun) -> None:
        """The handler goes through what is recorded once more, up to the paid call that is under way, and asks the provider
        to end it: a run that is cancelled goes no further. Where that fails, the end of the job marks the money."""
        try:
            await self.handler(run)
        except asyncio.CancelledError:
            return
        except LeaseLost:
            raise
        except Exception:
            log.exception("job.not_settled", job=run.id)

    def _stop_job(self, lease: Lease, reason: Stop) -> None:
        run, task = self._runs.get(lease), self._tasks.get(lease)
        if run is not None and task is not None and run.stop is None:
            run.stop = reason
            if run.entered:  # a task that has not begun would vanish without a word
                task.cancel()

    # --- leases, cancels, recovery ---------------------------------------------------------------------------

    def _heartbeat(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._beat_end.wait(self.options.lease_s / 3):
            asked = time.monotonic()
            before = set(self._runs)
            try:
                kept = self.database.write_now(
                    partial(heartbeat, worker=self.id, running=before, lease_s=self.options.lease_s)
                )
            except Exception:
                log.exception("job.heartbeat_failed")
                continue
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(self._leases_renewed, kept, before - kept, asked)

    def _leases_renewed(self, kept: set[Lease], lost: set[Lease], asked: float) -> None:
        for lease in kept:
            if lease in self._runs:
                self._runs[lease].lease_until = asked + self.options.lease_s
        for lease in lost:
            self._stop_job(lease, Stop.LEASE_LOST)

    async def _cancel_loop(self) -> None:
        with self.database.signals.subscribe(CANCELS) as waiter:
            while True:
                await waiter.wait(LOOK_SECONDS)
                if self._runs:
                    with self._database_errors("job.cancel_look_failed"):
                        cancelled = await self.database.read(lambda c: cancels(c, self.id))
                        for lease in [lease for lease in self._runs if lease[0] in cancelled]:
                            self._stop_job(lease, Stop.CANCEL)

    async def _recover_loop(self) -> None:
        while True:
            await asyncio.sleep(min(self.options.lease_s / 3, RECOVER_SECONDS))
            with self._database_errors("job.recovery_failed"):
                await self._recover()

    async def _recover(self) -> None:
        host = this_host()
        recovered = await self.database.write(lambda c: recover(c, host, self.options.max_crashes))
        for job_id in recovered:
            log.warning("job.recovered", job=job_id)
        if recovered:
            self.database.signals.send_all()

    @contextmanager
    def _database_errors(self, what: str) -> Generator[None]:
        """The runner outlives a database that is away; it looks again at its next round."""
        try:
            yield
        except DBAPIError as error:
            log.warning(what, error=str(error.orig))


def _fault(error: Exception, *, in_call: bool) -> Outcome:
    """The end by a fault of ours. `in_call`: a paid call was under way, whose money stays on hold."""
    what = f"{type(error).__name__}: {error}"
    if not in_call:
        failure = ComputeError(f"An unexpected fault ended this job: {what}")
        return Outcome(JobState.FAILED, error=failure.as_dict())
    unknown = OutcomeUnknown(
        f"An unexpected fault ended this job while a paid call was under way: {what}",
        hint="Look into the provider's own list of calls; then settle the hold.",
    )
    return Outcome(JobState.UNKNOWN, error=unknown.as_dict())
