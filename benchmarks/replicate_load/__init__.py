"""What the measurements of cloud jobs share: a simulated vendor with ready results, and worker processes to be killed.

A worker (`python benchmarks/replicate_load/__init__.py --worker FILE`) puts its share of jobs into the queue, once, and works
until it is told to stop. What came of them is read from its database.
"""

import argparse
import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from PIL import Image

from bottega import Bottega
from bottega.app import make_request
from bottega.engines.cloud.replicate import ReplicateEngine
from bottega.engines.cloud.replicate_poller import Pace
from bottega.engines.cloud.replicate_search import Certainty
from bottega.models import Catalogue, load_catalogue
from bottega.settings import Settings
from bottega.simulator.media import Media
from bottega.simulator.serve import KEY, Simulator

HERE = Path(__file__)
_AT_ONCE = 16


@dataclass
class Results:
    """A file server for results that are ready. `fetched`: when each number was asked for first (monotonic clock)."""

    content: bytes
    media_type: str
    fetched: dict[str, float] = field(default_factory=dict)
    url: str = ""

    @contextmanager
    def serving(self) -> Generator["Results"]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                number = parse_qs(urlsplit(self.path).query).get("n", [""])[0]
                outer.fetched.setdefault(number, time.monotonic())
                self.send_response(200)
                self.send_header("Content-Type", outer.media_type)
                self.send_header("Content-Length", str(len(outer.content)))
                self.end_headers()
                self.wfile.write(outer.content)

            def log_message(self, *_: Any) -> None: ...

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

        server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def address(self, number: int) -> str:
        return f"{self.url}/result?n={number}"


def ready_clip() -> Results:
    content = Media(0).clip(160, 90, 4.0, {"what": "a clip"}, [], fps=4, audio=True, variant=0)
    return Results(content, "video/mp4")


def ready_picture() -> Results:
    noise = Image.effect_noise((256, 256), 60).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    return Results(buffer.getvalue(), "image/png")


@dataclass(frozen=True)
class Load:
    """What a worker is to do. `owner/name` of the model, the workflow and its options; `create_s` and `settle_s` are the
    engine's patience."""

    home: str
    base_url: str
    model: str
    workflow: str
    jobs: int
    options: dict[str, Any]
    create_s: float
    settle_s: float
    retry_attempts: int = 3

    def settings(self) -> Settings:
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            home=Path(self.home),
            database_url="",
            replicate_base_url=self.base_url,
            replicate_api_key=KEY,
            budget_user_hour=None,
            budget_replicate_day=None,
            job_concurrency=_AT_ONCE,
            waiting_jobs=5000,
            compute_workers=2,
            max_crashes=1000,
            retry_attempts=self.retry_attempts,
            rate_limit_per_minute=0,
            rate_limit_per_hour=0,
            learning=False,
        )

    def bottega(self) -> Bottega:
        settings = self.settings()
        entry = load_catalogue()[f"replicate/{self.model}"]
        # The measurement is not about the day on which a vendor ends a model.
        entry = entry.model_copy(update={"status": "active", "ends": None})
        certainty = Certainty(settle_s=self.settle_s, again_s=min(1.0, self.settle_s / 2))
        engine = ReplicateEngine(settings, pace=Pace(), certainty=certainty)
        engine.api.create_s = self.create_s
        bottega = Bottega(settings, engines={engine.name: engine}, catalogue=Catalogue([entry]))
        # With one vendor there is nobody to turn to: orders are to be sent whatever fails.
        bottega.breakers.policy = replace(bottega.breakers.policy, failures=10**6, failure_rate=2.0)
        return bottega


async def work(load: Load) -> None:
    """Put in what is missing, then run jobs until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    bottega = load.bottega()
    await bottega.start(run_jobs=False)
    try:
        there = await bottega.database.read(
            lambda c: c.execute(sa.text("select count(*) from jobs")).scalar_one()
        )
        for number in range(there, load.jobs):
            request = make_request(
                prompt=f"a boat on a lake, number {number}", workflow=load.workflow, options=load.options
            )
            await bottega.submit(request, submission_key=f"job-{number}")
        await bottega.work()
        await stop.wait()
    finally:
        await bottega.close()


@dataclass
class Worker:
    """A worker process; `cpu_s` is its time on the processor, without its children."""

    process: subprocess.Popen[bytes]

    @property
    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=90)


def start_worker(load: Load) -> Worker:
    file = Path(load.home) / "load.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(load.__dict__))
    log = (Path(load.home) / "worker.log").open("ab")
    return Worker(
        subprocess.Popen([sys.executable, str(HERE), "--worker", str(file)], stdout=log, stderr=log)
    )


def rows(load: Load, query: str) -> list[Any]:
    """From the jobs' database; none while there is no database yet."""
    engine = sa.create_engine(load.settings().database)
    try:
        with engine.connect() as connection:
            return list(connection.execute(sa.text(query)))
    except sa.exc.OperationalError:
        return []
    finally:
        engine.dispose()


def states(load: Load) -> dict[str, int]:
    return {row[0]: row[1] for row in rows(load, "select state, count(*) from jobs group by state")}


def ended(load: Load) -> int:
    return sum(count for state, count in states(load).items() if state not in ("queued", "running"))


def percentile(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return (
        ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))] if ordered else float("nan")
    )


def simulator(seed: int = 1) -> Simulator:
    return Simulator(seed=seed, speed=1.0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--worker", type=Path, required=True)
    asyncio.run(work(Load(**json.loads(parser.parse_args().worker.read_text()))))
