"""The proof under fire: worker processes are killed and frozen, PostgreSQL is cut off, and no step is bought twice.

    python tests/jobs/chaos.py --jobs 600 --kills 15 --freezes 4 --postgres-restarts 4 --seed 1 --database postgresql

Each job has three paid steps. A violation is a job that was lost, a step that was begun again after its result was
recorded, or a call made again with another idempotency key or without having asked the provider first. Calls in
flight at the moment of a death are made again, with the same key: that is counted, and cannot be avoided.
"""

import argparse
import asyncio
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import worker_process
from private_postgres import PrivatePostgres
from sqlalchemy.exc import DBAPIError
from worker_process import Provider, read_log

from bottega.domain.job import JobState
from bottega.jobs.identity import new_id
from bottega.jobs.queue import NewJob, enqueue
from bottega.store.database import Database
from bottega.store.schema import jobs as J
from bottega.store.schema import steps as S
from bottega.store.signals import JOBS

WORKERS = 3
STEPS = ("one", "two", "three")
LEASE_S = 2.0
LOOK_S = 0.05
CLOCK_S = 0.005  # a step that began this little after another's record was begun before it
DEADLINE_S = 600.0


@dataclass(frozen=True)
class Plan:
    jobs: int
    kills: int
    freezes: int
    seed: int
    postgres_restarts: int = 0
    step_seconds: tuple[float, float] = (0.02, 0.2)


@dataclass
class Report:
    seconds: float = 0.0
    done: dict[str, int] = field(default_factory=lambda: defaultdict[str, int](int))
    calls: int = 0
    reruns_in_flight: int = 0
    reconciled: int = 0
    purchases_twice: int = 0
    """With the same key: what a provider that honours idempotency keys answers from memory."""
    lost: list[str] = field(default_factory=list[str])
    reruns_after_record: list[str] = field(default_factory=list[str])
    other_key: list[str] = field(default_factory=list[str])
    unasked: list[str] = field(default_factory=list[str])

    @property
    def violations(self) -> list[str]:
        return [*self.lost, *self.reruns_after_record, *self.other_key, *self.unasked]


class Fire:
    """The worker processes, and what is done to them."""

    def __init__(self, plan: Plan, url: str, folder: Path, postgres: PrivatePostgres | None) -> None:
        self.url, self.folder, self.postgres = url, folder, postgres
        self.random = random.Random(plan.seed)
        self.workers = [self._start() for _ in range(WORKERS)]
        self.thaw: dict[int, float] = {}
        """When which of the workers goes on."""

    def _start(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            worker_process.__file__,
            "--database",
            self.url,
            "--folder",
            str(self.folder),
        ]
        command += ["--lease", f"{LEASE_S}", "--max-crashes", "1000"]  # all deaths here are ours
        with (self.folder / "workers.out").open("ab") as out:
            return subprocess.Popen(command, stdout=out, stderr=out)

    def strike(self, what: str) -> None:
        if what == "postgres restart":
            assert self.postgres is not None
            self.postgres.kill()
            self.postgres.start()
            return
        index = self.random.choice([n for n in range(WORKERS) if n not in self.thaw])
        if what == "freeze":
            self.workers[index].send_signal(signal.SIGSTOP)
            self.thaw[index] = time.monotonic() + LEASE_S * self.random.uniform(1.2, 2.0)
        else:
            self.workers[index].kill()
            self.workers[index].wait()
            self.workers[index] = self._start()

    def look_after(self) -> None:
        """Thaw whose time has come. A worker ends by itself only when it finds no database at its start; then
        it is started again, as a supervisor does."""
        for index, until in list(self.thaw.items()):
            if time.monotonic() >= until:
                self.workers[index].send_signal(signal.SIGCONT)
                del self.thaw[index]
        for index, worker in enumerate(self.workers):
            if worker.poll() is not None:
                output = (self.folder / "workers.out").read_text()
                if self.postgres is None or "cannot be opened" not in output:
                    raise RuntimeError(f"A worker ended by itself:\n{output[-4000:]}")
                self.workers[index] = self._start()

    def end(self) -> None:
        for worker in self.workers:
            worker.send_signal(signal.SIGCONT)
            worker.kill()
            worker.wait()


async def _submit(plan: Plan, url: str) -> list[str]:
    choose = random.Random(plan.seed)
    jobs = [
        NewJob(
            id=new_id("job"),
            owner=f"owner{n % 9}",
            payload={
                "steps": [
                    {"key": key, "paid": True, "seconds": choose.uniform(*plan.step_seconds)} for key in STEPS
                ]
            },
        )
        for n in range(plan.jobs)
    ]
    database = Database(url)
    await database.open()
    ids = await database.write(lambda c: enqueue(c, jobs), JOBS)
    await database.close()
    return ids


def _timetable(plan: Plan) -> list[tuple[int, str]]:
    """At how many finished jobs which blow falls: spread over the whole run, so that each one does fall."""
    choose = random.Random(plan.seed + 1)
    blows = ["kill"] * plan.kills + ["freeze"] * plan.freezes + ["postgres restart"] * plan.postgres_restarts
    choose.shuffle(blows)
    share = 0.85 * plan.jobs / max(1, len(blows))
    return [(int(share * (n + choose.random())), blow) for n, blow in enumerate(blows)]


def _finished(engine: sa.Engine) -> int | None:
    """None while the database is away."""
    waiting = (JobState.QUEUED.value, JobState.RUNNING.value)
    try:
        with engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(J).where(J.c.state.not_in(waiting))
            return connection.execute(query).scalar_one()
    except DBAPIError:
        return None


def run(plan: Plan, url: str, folder: Path, postgres: PrivatePostgres | None = None) -> Report:
    """Puts the jobs in, lets the blows fall, waits for the end, and judges by the log and the database."""
    ids = asyncio.run(_submit(plan, url))
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    report, timetable = Report(), _timetable(plan)
    started = time.monotonic()
    fire = Fire(plan, url, folder, postgres)
    try:
        while (finished := _finished(engine)) is None or finished < plan.jobs or timetable:
            if time.monotonic() - started > DEADLINE_S:
                break  # what is not finished is lost
            while timetable and finished is not None and finished >= timetable[0][0]:
                if len(fire.thaw) == WORKERS - 1:
                    break  # one goes on working
                blow = timetable.pop(0)[1]
                fire.strike(blow)
                report.done[blow] += 1
            fire.look_after()
            time.sleep(LOOK_S)
    finally:
        fire.end()
    report.seconds = time.monotonic() - started
    _judge(report, ids, engine, folder)
    engine.dispose()
    return report


def _judge(report: Report, ids: list[str], engine: sa.Engine, folder: Path) -> None:
    with engine.connect() as connection:
        jobs = {row.id: row for row in connection.execute(sa.select(J))}
        recorded = {(row.job_id, row.key): row for row in connection.execute(sa.select(S))}
    for job_id in ids:
        job = jobs.get(job_id)
        whole = {"results": [f"result of {key}" for key in STEPS]}
        if job is None or job.state != JobState.SUCCEEDED or job.result != whole:
            report.lost.append(f"{job_id}: {job.state if job else 'gone'}")
    calls: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    asked: set[tuple[str, str, int]] = set()
    for line in read_log(folder):
        step = (line["job"], line["step"])
        if line["what"] == "reconcile":
            asked.add((*step, line["token"]))
        elif line["what"] == "begin":
            calls[step].append(line)
            _judge_call(report, line, recorded.get(step), first=len(calls[step]) == 1, asked=asked)
    provider = Provider(folder / "provider")
    report.calls = sum(map(len, calls.values()))
    report.reruns_in_flight = report.calls - len(calls)
    report.reconciled = len(asked)
    report.purchases_twice = sum(provider.purchases(f"{job}:{step}") > 1 for job, step in calls)


def _judge_call(report: Report, call: dict[str, Any], recorded: Any, *, first: bool, asked: set[Any]) -> None:
    name = f"{call['key']} (life {call['token']})"
    if recorded is None or recorded.finished_at is None:
        return  # its job is among the lost
    if call["at"] > recorded.finished_at + CLOCK_S:
        report.reruns_after_record.append(name)
    if call["key"] != recorded.idempotency_key:
        report.other_key.append(name)
    if not first and (call["job"], call["step"], call["token"]) not in asked:
        report.unasked.append(name)


def table(plan: Plan, database: str, report: Report) -> str:
    blows = ", ".join(f"{count} {what}s" for what, count in sorted(report.done.items()))
    lines = [
        ("database, seed", f"{database}, {plan.seed}"),
        ("jobs x paid steps, seconds", f"{plan.jobs} x {len(STEPS)}, {report.seconds:.1f}"),
        ("blows", blows),
        ("calls begun", f"{report.calls}"),
        ("  again, in flight at a death", f"{report.reruns_in_flight}"),
        ("  provider asked first", f"{report.reconciled}"),
        ("  same key sent twice", f"{report.purchases_twice}"),
        ("LOST JOBS", f"{len(report.lost)}"),
        ("BEGUN AGAIN AFTER RECORDED", f"{len(report.reruns_after_record)}"),
        ("AGAIN WITH ANOTHER KEY", f"{len(report.other_key)}"),
        ("AGAIN WITHOUT ASKING", f"{len(report.unasked)}"),
    ]
    return "\n".join([f"{name:<32}{value}" for name, value in lines] + report.violations[:20])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=600)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--freezes", type=int, default=4)
    parser.add_argument("--postgres-restarts", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep-output", type=Path, help="where to put what the workers printed")
    given = parser.parse_args()
    plan = Plan(
        jobs=given.jobs,
        kills=given.kills,
        freezes=given.freezes,
        seed=given.seed,
        postgres_restarts=given.postgres_restarts if given.database == "postgresql" else 0,
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bottega-chaos-")))
        postgres = stack.enter_context(PrivatePostgres()) if given.database == "postgresql" else None
        if given.keep_output:
            stack.callback(lambda: shutil.copy(folder / "workers.out", given.keep_output))
        report = run(plan, postgres.url if postgres else f"sqlite:///{folder / 'jobs.db'}", folder, postgres)
        print(table(plan, given.database, report))
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
