"""Measures the embedded job runner against its aims, on SQLite and PostgreSQL; exits 1 when an aim is missed.

    python benchmarks/jobs.py [--quick] [--json FILE] [--only drain] [--databases sqlite]

Each measurement runs in a process of its own on an empty database. PostgreSQL is the server at
BOTTEGA_TEST_POSTGRES; a database is made there and dropped.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bottega.domain.job import JobState
from bottega.jobs.feed import follow
from bottega.jobs.identity import new_id
from bottega.jobs.queue import ClaimFor, NewJob, claim, enqueue, request_cancel
from bottega.jobs.run import JobRun, Outcome
from bottega.jobs.runner import Handler, Runner, RunnerOptions
from bottega.store.database import Database
from bottega.store.schema import metadata
from bottega.store.signals import CANCELS, JOBS

POSTGRES = os.environ.get("BOTTEGA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
DONE = Outcome(JobState.SUCCEEDED)
DRAIN_CONCURRENCY = 16
PEER_LEASE_S = 3.0
Figures = dict[str, float]


@dataclass(frozen=True)
class Goal:
    key: str
    text: str
    sqlite: float
    postgresql: float
    at_least: bool = False

    def aim(self, database: str) -> float:
        return self.sqlite if database == "sqlite" else self.postgresql

    def is_met(self, database: str, value: float) -> bool:
        return value >= self.aim(database) if self.at_least else value <= self.aim(database)


GOALS = (
    Goal("start_p50", "enqueue to start, p50 ms", 25, 25),
    Goal("start_p95", "enqueue to start, p95 ms", 60, 60),
    Goal("whole_p50", "3-step job end to end, p50 ms", 60, 60),
    Goal("whole_p95", "3-step job end to end, p95 ms", 120, 120),
    Goal("drain_plain", "drain of 3-step jobs, jobs/s", 200, 120, at_least=True),
    Goal("drain_paid", "drain of 3 paid steps, jobs/s", 120, 80, at_least=True),
    Goal("batch", "batch of 500 accepted, p95 ms", 150, 150),
    Goal("claim_p95", "claim with 20,000 queued, p95 ms", 20, 20),
    Goal("idle_cpu", "idle CPU, % of a core", 2, 2),
    Goal("idle_rss", "idle resident memory, MiB", 60, 60),
    Goal("waits_seconds", "200 concurrent 5 s waits, s", 6.5, 6.5),
    Goal("waits_threads", "  threads meanwhile", 20, 20),
    Goal("cancel_p95", "cancel of a running job, p95 ms", 100, 100),
    Goal("progress_p95", "progress write to read, p95 ms", 150, 150),
    Goal("resume", "kill -9, restart: resumed after, s", 2, 2),
    Goal("peer", f"frozen peer, lease {PEER_LEASE_S:g} s: taken over, s", PEER_LEASE_S + 2, PEER_LEASE_S + 2),
    Goal("fair", "fairness: small owners' last start, s", 1.5, 1.5),
)


# --- what the measurements share -----------------------------------------------------------------------------


def percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def new_jobs(count: int, owner: str = "alice", **payload: Any) -> list[NewJob]:
    return [NewJob(id=new_id("job"), owner=owner, payload=payload) for _ in range(count)]


async def put(database: Database, jobs: list[NewJob]) -> list[str]:
    return await database.write(lambda c: enqueue(c, jobs), JOBS)


async def ended(database: Database, job_id: str) -> None:
    async for _ in follow(database, job_id):
        pass


async def three_steps(run: JobRun) -> Outcome:
    async def nothing() -> str:
        return "done"

    for key in ("one", "two", "three"):
        await run.step(key, nothing)
    return DONE


async def three_paid_steps(run: JobRun) -> Outcome:
    for key in ("one", "two", "three"):
        await run.begin_paid(key)
        await run.record(key, "done", seconds=0.0, paid=True)
    return DONE


@asynccontextmanager
async def running(database: Database, handler: Handler, **options: Any) -> AsyncIterator[Runner]:
    runner = Runner(database, handler, RunnerOptions(**options))
    await runner.start()
    yield runner
    await runner.stop()


# --- measurements: each in a process of its own --------------------------------------------------------------


async def latency(database: Database, quick: bool) -> Figures:
    """Single jobs, one after the other, on an idle runner in the process that takes them in."""
    started: dict[str, float] = {}

    async def handler(run: JobRun) -> Outcome:
        started[run.id] = time.perf_counter()
        return await three_steps(run)

    starts: list[float] = []
    wholes: list[float] = []
    async with running(database, handler):
        for _ in range(40 if quick else 150):
            (job,) = new_jobs(1)
            begun = time.perf_counter()
            await put(database, [job])
            await ended(database, job.id)
            wholes.append(1e3 * (time.perf_counter() - begun))
            starts.append(1e3 * (started[job.id] - begun))
    return {
        "start_p50": percentile(starts, 50),
        "start_p95": percentile(starts, 95),
        "whole_p50": percentile(wholes, 50),
        "whole_p95": percentile(wholes, 95),
    }


async def drain(database: Database, quick: bool) -> Figures:
    """Jobs that wait already, taken by one runner."""
    figures: Figures = {}
    for name, handler in (("drain_plain", three_steps), ("drain_paid", three_paid_steps)):
        figures[name] = await _drained_per_second(database, handler, 200 if quick else 1000)
    return figures


async def _drained_per_second(database: Database, handler: Handler, count: int) -> float:
    left = count
    over = asyncio.Event()

    async def counting(run: JobRun) -> Outcome:
        nonlocal left
        outcome = await handler(run)
        left -= 1
        if not left:
            over.set()
        return outcome

    await put(database, new_jobs(count))
    begun = time.perf_counter()
    async with running(database, counting, concurrency=DRAIN_CONCURRENCY):
        await over.wait()
    return count / (time.perf_counter() - begun)


async def batch(database: Database, quick: bool) -> Figures:
    times: list[float] = []
    for _ in range(5 if quick else 20):
        jobs = new_jobs(500)
        begun = time.perf_counter()
        await put(database, jobs)
        times.append(1e3 * (time.perf_counter() - begun))
    return {"batch": percentile(times, 95)}


async def claims(database: Database, quick: bool) -> Figures:
    for n in range(40):
        await put(database, new_jobs(500, owner=f"owner{n % 20}"))
    who = ClaimFor(worker="bench", limit=1, lease_s=30.0, per_owner=100)
    times: list[float] = []
    for _ in range(100 if quick else 500):
        begun = time.perf_counter()
        claimed = await database.write(lambda c: claim(c, who))
        times.append(1e3 * (time.perf_counter() - begun))
        assert len(claimed) == 1
    return {"claim_p95": percentile(times, 95)}


async def idle(database: Database, quick: bool) -> Figures:
    async with running(database, three_steps):
        await put(database, new_jobs(1))
        await asyncio.sleep(1.0)
        begun, used = time.perf_counter(), time.process_time()
        await asyncio.sleep(2.0 if quick else 20.0)
        cpu = 100 * (time.process_time() - used) / (time.perf_counter() - begun)
        return {"idle_cpu": cpu, "idle_rss": _resident_mib()}


def _resident_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


async def waits(database: Database, quick: bool) -> Figures:
    left = 200
    over = asyncio.Event()
    threads = 0

    async def handler(run: JobRun) -> Outcome:
        nonlocal left, threads
        await run.step("wait", lambda: asyncio.sleep(5.0))
        left -= 1
        threads = max(threads, threading.active_count())
        if not left:
            over.set()
        return DONE

    await put(database, new_jobs(200))
    begun = time.perf_counter()
    async with running(database, handler, concurrency=200):
        await over.wait()
        seconds = time.perf_counter() - begun
    return {"waits_seconds": seconds, "waits_threads": threads}


async def cancels(database: Database, quick: bool) -> Figures:
    entered: asyncio.Queue[str] = asyncio.Queue()

    async def handler(run: JobRun) -> Outcome:
        await entered.put(run.id)
        await asyncio.Event().wait()
        return DONE

    times: list[float] = []
    async with running(database, handler):
        for _ in range(20 if quick else 60):
            await put(database, new_jobs(1))
            job_id = await entered.get()
            begun = time.perf_counter()
            await database.write(lambda c, one=job_id: request_cancel(c, one), CANCELS)
            await ended(database, job_id)
            times.append(1e3 * (time.perf_counter() - begun))
    return {"cancel_p95": percentile(times, 95)}


async def progress(database: Database, quick: bool) -> Figures:
    """20 jobs that tell of themselves 20 times a second, a reader for each."""
    times: list[float] = []

    async def handler(run: JobRun) -> Outcome:
        for _ in range(40 if quick else 200):
            run.emit("tick", at=time.perf_counter())
            await asyncio.sleep(0.05)
        return DONE

    async def reader(job_id: str) -> None:
        times.extend(
            [
                1e3 * (time.perf_counter() - event.data["at"])
                async for event in follow(database, job_id)
                if event.kind == "tick"
            ]
        )

    ids = await put(database, new_jobs(20))
    async with running(database, handler, concurrency=20):
        await asyncio.gather(*(reader(job_id) for job_id in ids))
    return {"progress_p95": percentile(times, 95)}


async def resume(database: Database, quick: bool) -> Figures:
    """The process is killed inside a step; time from the next one's start (imports included) to the job's."""
    times: list[float] = []
    for _ in range(2 if quick else 6):
        (job_id,) = await put(database, new_jobs(1, seconds=0.2))
        with worker(database) as process:
            await _event(database, job_id, "step", 1)
            process.kill()
            process.wait()
            begun = time.time()
            with worker(database):
                times.append(await _event(database, job_id, "started", 2) - begun)
                await ended(database, job_id)
    return {"resume": max(times)}


async def peer(database: Database, quick: bool) -> Figures:
    """A worker is frozen (its process is there still, so only the lease tells) while another one is alive."""
    times: list[float] = []
    for _ in range(1 if quick else 4):
        (job_id,) = await put(database, new_jobs(1, seconds=0.4))
        with worker(database, PEER_LEASE_S) as process:
            await _event(database, job_id, "step", 1)
            process.send_signal(signal.SIGSTOP)
            begun = time.time()
            with worker(database, PEER_LEASE_S):
                times.append(await _event(database, job_id, "started", 2) - begun)
                await ended(database, job_id)
    return {"peer": max(times)}


async def _event(database: Database, job_id: str, kind: str, count: int) -> float:
    """When the job's `count`-th event of this kind was written, seconds since the epoch."""
    async for event in follow(database, job_id):
        count -= event.kind == kind
        if not count:
            return event.at
    raise RuntimeError(f"{job_id} ended too early")


@contextmanager
def worker(database: Database, lease_s: float = 30.0) -> Generator[subprocess.Popen[bytes]]:
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, __file__, "--worker", url, "--lease", f"{lease_s}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def work(url: str, lease_s: float) -> None:
    async def handler(run: JobRun) -> Outcome:
        for key in ("one", "two", "three"):
            await run.step(key, lambda: asyncio.sleep(run.claimed.payload["seconds"]))
        return DONE

    database = Database(url)
    await database.open()
    async with running(database, handler, lease_s=lease_s):
        await asyncio.Event().wait()


async def fairness(database: Database, quick: bool) -> Figures:
    """One owner puts in 40 jobs of 0.25 s, then two others 4 each; 4 slots, at most 2 for an owner."""
    starts: dict[str, float] = {}
    small = 8
    over = asyncio.Event()

    async def handler(run: JobRun) -> Outcome:
        nonlocal small
        starts[run.claimed.owner] = time.perf_counter()
        small -= run.claimed.owner != "alice"
        if not small:
            over.set()
        await asyncio.sleep(0.25)
        return DONE

    async with running(database, handler, concurrency=4, per_owner=2):
        await put(database, new_jobs(40, "alice"))
        begun = time.perf_counter()
        await put(database, new_jobs(4, "bob"))
        await put(database, new_jobs(4, "carol"))
        await over.wait()
    return {"fair": max(starts["bob"], starts["carol"]) - begun}


MEASURES: dict[str, Callable[[Database, bool], Awaitable[Figures]]] = {
    measure.__name__: measure
    for measure in (latency, drain, batch, claims, idle, waits, cancels, progress, resume, peer, fairness)
}


# --- the table -----------------------------------------------------------------------------------------------


async def migrate(url: str) -> None:
    """Beforehand, so that no measured process carries what only a migration needs."""
    database = Database(url)
    await database.open()
    await database.close()


async def measure_here(name: str, url: str, quick: bool) -> Figures:
    database = Database(url)
    await database.open()
    figures = await MEASURES[name](database, quick)
    await database.close()
    return figures


def measure_apart(name: str, url: str, quick: bool) -> Figures:
    command = [sys.executable, __file__, "--measure", name, "--url", url, *(["--quick"] if quick else [])]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])


@contextmanager
def database_of_our_own(kind: str) -> Generator[sa.URL]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bottega-bench-") as folder:
            yield sa.make_url(f"sqlite:///{folder}/jobs.db")
        return
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"bottega_bench_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield admin.url.set(database=name)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def empty(url: sa.URL) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    engine.dispose()


def measure_all(kind: str, names: list[str], quick: bool) -> Figures:
    figures: Figures = {}
    with database_of_our_own(kind) as url:
        address = url.render_as_string(hide_password=False)
        asyncio.run(migrate(address))
        for name in names:
            empty(url)
            figures |= measure_apart(name, address, quick)
    return figures


def print_table(results: dict[str, Figures]) -> bool:
    """Prints each aim beside what was measured; returns whether all were met."""
    print(f"{'':<42}" + "".join(f"{kind:>12}{'aim':>9}{'':>8}" for kind in results))
    met = True
    for goal in GOALS:
        cells = ""
        for kind, figures in results.items():
            if goal.key in figures:
                good = goal.is_met(kind, figures[goal.key])
                met &= good
                aim = f"{'>=' if goal.at_least else '<='} {goal.aim(kind):g}"
                cells += f"{figures[goal.key]:>12.1f}{aim:>9}{'  ok    ' if good else '  MISSED'}"
        if cells:
            print(f"{goal.text:<42}{cells}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer repeats, less than a minute")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--only", action="append", choices=[*MEASURES], help="may be repeated")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--lease", type=float, default=30.0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        asyncio.run(work(given.worker, given.lease))
    if given.measure:
        print(json.dumps(asyncio.run(measure_here(given.measure, given.url, given.quick))))
        return 0
    names = given.only or [*MEASURES]
    results = {kind: measure_all(kind, names, given.quick) for kind in given.databases}
    met = print_table(results)
    if given.json:
        given.json.write_text(json.dumps(results, indent=2))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
