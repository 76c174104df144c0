"""What a real kill -9 leaves behind, and what the next process makes of it."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import worker_process
from job_helpers import PATIENCE_S, job, put, row, seen, states, step_states, story
from worker_process import Provider, read_log

from bottega.store.database import Database
from bottega.store.schema import jobs as J

KILLED = -signal.SIGKILL
NEVER_S = 3600.0
"""A lease that does not run out during a test. How fast a job is taken up again is the benchmark's matter."""


@dataclass
class Workers:
    """Starts worker processes on one database and one folder."""

    url: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    def start(self, **options: float) -> subprocess.Popen[bytes]:
        command = [sys.executable, worker_process.__file__, "--database", self.url]
        command += ["--folder", str(self.folder)]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", f"{value}"]
        with (self.folder / "worker.out").open("ab") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out)
        self.processes.append(process)
        return process

    async def wait_killed(self, process: subprocess.Popen[bytes]) -> None:
        assert await asyncio.to_thread(process.wait, PATIENCE_S) == KILLED, self.output()

    def output(self) -> str:
        return (self.folder / "worker.out").read_text()

    def end(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


@pytest.fixture
def workers(database_url: str, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(database_url, tmp_path)
    yield workers
    workers.end()


def script(
    paid: bool, point: str = "", *, times: int = 1, seconds: float = 0.02, until: str | None = None
) -> dict[str, Any]:
    """`until`: what step two waits for."""
    steps: list[dict[str, Any]] = [
        {"key": key, "paid": paid, "seconds": seconds} for key in ("one", "two", "three")
    ]
    steps[1]["until"] = until
    return {"steps": steps} | ({"kill": {"step": "two", "point": point, "times": times}} if point else {})


async def freeze(process: subprocess.Popen[bytes], database: Database, job_id: str) -> None:
    """Stop the process where it holds no lock in the database, which it would never let go."""
    while True:
        process.send_signal(signal.SIGSTOP)
        touch = sa.update(J).where(J.c.id == job_id).values(owner=J.c.owner)
        free = asyncio.create_task(database.write(lambda c, touch=touch: c.execute(touch) and None))
        if (await asyncio.wait({free}, timeout=1.0))[0]:
            return
        process.send_signal(signal.SIGCONT)
        await free


POINTS = [
    (False, "before-step"),
    (False, "in-step"),
    (False, "after-record"),
    (True, "after-begin"),
    (True, "in-call"),
    (True, "after-call"),
    (True, "after-record"),
]


@pytest.mark.parametrize(("paid", "point"), POINTS, ids=lambda value: str(value))
async def test_a_killed_job_goes_on_where_its_record_ends(
    database: Database, workers: Workers, paid: bool, point: str
) -> None:
    (job_id,) = await put(database, job(payload=script(paid, point)))
    first = workers.start(lease=NEVER_S)
    await workers.wait_killed(first)
    assert await states(database, [job_id]) == ["running"]
    before = await step_states(database, job_id)
    assert before["one"] == "done"
    assert before.get("two") == {
        "before-step": None,
        "in-step": None,
        "after-record": "done",
        "after-begin": "started",
        "in-call": "started",
        "after-call": "started",
    }.get(point)

    second = workers.start()
    await seen(database, job_id, "recovered")  # the lease has an hour to go: it is the process that is missed
    assert [event.kind for event in await story(database, job_id)].count("started") == 2
    assert (await row(database, job_id)).result == {
        "results": [f"result of {k}" for k in ("one", "two", "three")]
    }

    log = read_log(workers.folder)
    begun = Counter(line["step"] for line in log if line["what"] == "begin")
    again = {"in-step": 2}.get(point, 1)
    assert begun == {"one": 1, "two": again, "three": 1}
    reconciled = [(line["step"], line["pid"]) for line in log if line["what"] == "reconcile"]
    unsure = point in {"after-begin", "in-call", "after-call"}
    assert reconciled == ([("two", second.pid)] if unsure else [])
    if paid:
        provider = Provider(workers.folder / "provider")
        assert [provider.purchases(f"{job_id}:{key}") for key in ("one", "two", "three")] == [1, 1, 1]
        assert {line["key"] for line in log if line["step"] == "two"} == {f"{job_id}:two"}


async def test_a_job_that_kills_its_process_is_set_aside_and_its_neighbour_finishes(
    database: Database, workers: Workers
) -> None:
    killer, neighbour = await put(
        database,
        job("mallory", payload=script(False, "in-step", times=99)),
        job("alice", payload=script(False, seconds=0.4)),
    )
    deaths = 0
    while (await row(database, killer)).state != "quarantined":
        process = workers.start()
        ended = asyncio.create_task(asyncio.to_thread(process.wait, PATIENCE_S))
        told = asyncio.create_task(story(database, killer))
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        deaths += ended.done()
        if ended.done():
            told.cancel()
            await asyncio.gather(told, return_exceptions=True)
        else:
            break
    await story(database, neighbour)
    assert await states(database, [killer, neighbour]) == ["quarantined", "succeeded"]
    # Recorded step one wiped the first suspicion away: step two was tried twice without a record between.
    assert deaths == 2
    assert Counter(line["step"] for line in read_log(workers.folder) if line["job"] == killer) == {
        "one": 2,
        "two": 2,
    }


async def test_a_live_peer_takes_over_when_the_lease_has_run_out(
    database: Database, workers: Workers
) -> None:
    """The dead peer is only frozen, so that its process is still there: the lease alone decides."""
    (job_id,) = await put(database, job(payload=script(True, until="thawed")))
    first = workers.start(lease=1.5)
    await seen(database, job_id, "step")
    await freeze(first, database, job_id)
    lease_until = (await row(database, job_id)).lease_until
    workers.start(lease=NEVER_S)
    recovered = await seen(database, job_id, "recovered")
    assert recovered.at >= lease_until
    (workers.folder / "thawed").touch()
    await story(database, job_id)
    first.send_signal(signal.SIGCONT)
    begun = len(read_log(workers.folder))
    (after,) = await put(database, job(payload=script(False)))
    await story(database, after)
    assert (await row(database, job_id)).lease_token == 2
    late = [line for line in read_log(workers.folder)[begun:] if line["job"] == job_id]
    assert [line["what"] for line in late if line["what"] == "begin"] == []
    assert set((await step_states(database, job_id)).values()) == {"done"}


async def test_sigterm_hands_the_job_over_after_the_step_that_runs(
    database: Database, workers: Workers
) -> None:
    (job_id,) = await put(database, job(payload=script(True, until="stopping")))
    first = workers.start()
    await seen(database, job_id, "step")
    first.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(first.wait, PATIENCE_S) == 0, workers.output()
    assert (await row(database, job_id)).state == "queued"
    assert await step_states(database, job_id) == {"one": "done", "two": "done"}
    workers.start()
    await story(database, job_id)
    begun = Counter(line["step"] for line in read_log(workers.folder) if line["what"] == "begin")
    assert begun == {"one": 1, "two": 1, "three": 1}
    assert (await row(database, job_id)).crashes == 0
