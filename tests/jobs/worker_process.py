"""A worker process for the crash proofs. A job's payload says what its steps are and where the process kills itself.

    {"steps": [{"key": "one", "paid": true, "seconds": 0.1}, ...],
     "kill": {"step": "one", "point": "in-call", "times": 1}}

Points of a step: `before-step`, `in-step`, `after-record`; of a paid one also `after-begin` (the intent is
written, the provider not called), `in-call` (the provider did the work, the answer did not arrive) and
`after-call` (answered, not recorded). A paid step with `until` waits in its call, before the provider does the work: for
the file of that name in the folder, or with "stopping" until the worker was told to stop. All that happens is appended to `log.jsonl` in the folder, a line per write.
"""

import argparse
import asyncio
import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bottega.domain.job import JobState
from bottega.jobs.run import JobRun, Outcome
from bottega.jobs.runner import Runner, RunnerOptions
from bottega.store.database import Database

APPEND = os.O_APPEND | os.O_CREAT | os.O_WRONLY


def _append(path: Path, line: str) -> None:
    file = os.open(path, APPEND, 0o666)
    try:
        os.write(file, f"{line}\n".encode())
    finally:
        os.close(file)


@dataclass(frozen=True)
class Provider:
    """A paid service that knows its customers' idempotency keys: a file for each, a line for each purchase."""

    folder: Path

    def buy(self, key: str) -> None:
        self.folder.mkdir(exist_ok=True)
        _append(self.folder / key, f"{os.getpid()}")

    def has(self, key: str) -> bool:
        return (self.folder / key).exists()

    def purchases(self, key: str) -> int:
        return len((self.folder / key).read_text().splitlines()) if self.has(key) else 0


@dataclass(frozen=True)
class Script:
    """Runs jobs as their payload says."""

    folder: Path

    @property
    def provider(self) -> Provider:
        return Provider(self.folder / "provider")

    async def handle(self, run: JobRun) -> Outcome:
        results: list[Any] = []
        for step in run.claimed.payload["steps"]:
            self._point(run, step["key"], "before-step")
            results.append(await (self._paid if step["paid"] else self._plain)(run, step))
            self._point(run, step["key"], "after-record")
        return Outcome(JobState.SUCCEEDED, result={"results": results})

    async def _plain(self, run: JobRun, step: dict[str, Any]) -> Any:
        key = step["key"]

        async def work() -> str:
            self._log(run, key, "begin")
            await asyncio.sleep(step["seconds"])
            self._point(run, key, "in-step")
            self._log(run, key, "end")
            return f"result of {key}"

        return await run.step(key, work)

    async def _paid(self, run: JobRun, step: dict[str, Any]) -> Any:
        key = step["key"]
        if (result := run.recorded(key)) is not None:
            return result
        started = time.monotonic()
        bought = False
        if run.was_begun(key):
            bought = self.provider.has(run.idempotency_key(key))
            self._log(run, key, "reconcile")
        if not bought:
            await run.begin_paid(key)
            self._point(run, key, "after-begin")
            await self._call(run, step)
            self._point(run, key, "after-call")
        result = f"result of {key}"
        await run.record(key, result, seconds=time.monotonic() - started, paid=True)
        return result

    async def _call(self, run: JobRun, step: dict[str, Any]) -> None:
        self._log(run, step["key"], "begin")
        await self._until(run, step.get("until"))
        await asyncio.sleep(step["seconds"] / 2)
        self.provider.buy(run.idempotency_key(step["key"]))
        self._point(run, step["key"], "in-call")
        await asyncio.sleep(step["seconds"] / 2)
        self._log(run, step["key"], "end")

    async def _until(self, run: JobRun, what: str | None) -> None:
        if what == "stopping":
            while not run.handing_over:  # noqa: ASYNC110 - what is waited for is a flag
                await asyncio.sleep(0.01)
        elif what is not None:
            while not (self.folder / what).exists():  # noqa: ASYNC110 - what is waited for is another process
                await asyncio.sleep(0.01)

    def _log(self, run: JobRun, step: str, what: str) -> None:
        line = {
            "at": time.time(),
            "what": what,
            "pid": os.getpid(),
            "job": run.id,
            "token": run.claimed.token,
            "step": step,
            "key": run.idempotency_key(step),
        }
        _append(self.folder / "log.jsonl", json.dumps(line))

    def _point(self, run: JobRun, step: str, point: str) -> None:
        kill = run.claimed.payload.get("kill")
        if kill is None or (kill["step"], kill["point"]) != (step, point):
            return
        killed = self.folder / f"{run.id}.killed"
        if not killed.exists() or len(killed.read_text().splitlines()) < kill["times"]:
            _append(killed, f"{os.getpid()}")
            os.kill(os.getpid(), signal.SIGKILL)


def read_log(folder: Path) -> list[dict[str, Any]]:
    """What the workers of this folder did, in order. A last line that was cut by a kill is left out."""
    path = folder / "log.jsonl"
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


async def work(arguments: argparse.Namespace) -> None:
    database = Database(arguments.database)
    await database.open()
    options = RunnerOptions(
        concurrency=arguments.concurrency,
        lease_s=arguments.lease,
        max_crashes=arguments.max_crashes,
    )
    runner = Runner(database, Script(arguments.folder).handle, options)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await runner.start()
    await stop.wait()
    await runner.stop()
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--lease", type=float, default=30.0)
    parser.add_argument("--max-crashes", type=int, default=2)
    asyncio.run(work(parser.parse_args()))


if __name__ == "__main__":
    main()
