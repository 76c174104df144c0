"""What does the service itself cost, beside the work that is asked for?

    python benchmarks/overhead.py [--quick] [--json FILE]

(a) CPU time per job: an engine that does next to nothing (it writes a small picture that it has ready) is run through
the whole pipeline, from `submit` to `finished`: plan, queue, cache, engine, checked and stored output, verdict, events.
Counted is this process; the child processes, which decode and measure the picture, stand beside it. Exits with 1 when
the aim is missed. The machine should be idle otherwise: CPU time grows with what shares its cores.

(b) Size of the base install: the project without extras, installed into a fresh virtual environment. Not with --quick.
"""

import argparse
import asyncio
import json
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import venv
import zlib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from bottega import Bottega
from bottega.app import make_request
from bottega.domain.job import FinishedJob, JobState
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.engines.protocol import USABLE, Attempt, Availability, NeverArrived, Reconciliation
from bottega.logs import configure_logging
from bottega.models import Catalogue, Model, PriceModel
from bottega.settings import Settings

ROOT = Path(__file__).parents[1]
AIM_MS = 15.0  # of CPU time of the service's process, per job
AT_ONCE = 8
SIDE = 64


# --- (a) CPU per job -----------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def small_png(seed: int) -> bytes:
    """A PNG of coloured noise (PNG specification, third edition, section 5), different for each seed."""
    noise = random.Random(seed).randbytes(SIDE * SIDE * 3)
    rows = b"".join(b"\0" + noise[y * SIDE * 3 : (y + 1) * SIDE * 3] for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )


class ReadyEngine:
    """Hands out pictures that were made before the clock started."""

    name = "ready"
    local = True

    def __init__(self, pictures: list[bytes]) -> None:
        self._pictures = iter(pictures)

    def availability(self) -> Availability:
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        path = attempt.scratch / "ready.png"
        path.write_bytes(next(self._pictures))
        return EngineResult(
            outputs=(OutputFile(path=path, media_type="image/png", label="Ready", name="ready.png"),)
        )

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        return NeverArrived()


CATALOGUE = Catalogue(
    [
        Model(
            id="ready/noise",
            engine="ready",
            title="Pictures that are ready",
            operations=frozenset({"generate"}),
            features=frozenset({"size:*", "quality:*", "seed", "variants"}),
            quality=0.5,
            price=PriceModel(free=True),
        )
    ]
)


class Cost(NamedTuple):
    jobs: int
    wall: float
    service_cpu: float
    children_cpu: float

    @property
    def service_ms(self) -> float:
        return self.service_cpu / self.jobs * 1000

    @property
    def children_ms(self) -> float:
        return self.children_cpu / self.jobs * 1000


async def cost_of(jobs: int, folder: Path) -> Cost:
    warm_up = 2 * AT_ONCE
    engine = ReadyEngine([small_png(seed) for seed in range(jobs + warm_up)])
    settings = Settings(home=folder, database_url="", result_cache_days=1, job_concurrency=AT_ONCE)
    children_before = children_cpu()
    async with Bottega(settings, engines={engine.name: engine}, catalogue=CATALOGUE) as bottega:
        await work_off(bottega, "warming up", warm_up)
        started, cpu = time.perf_counter(), time.process_time()
        finished = await work_off(bottega, "a picture", jobs)
        wall, service = time.perf_counter() - started, time.process_time() - cpu
    states = Counter(done.job.state for done in finished)
    if states - Counter({JobState.SUCCEEDED: jobs, JobState.REJECTED: jobs}):
        raise SystemExit(f"Not every job ended with a result: {dict(states)}")
    # The children are counted when they have ended; their start and the warm-up are part of it.
    return Cost(jobs, wall, service, children_cpu() - children_before)


async def work_off(bottega: Bottega, words: str, jobs: int) -> list[FinishedJob]:
    """From `submit` to `finished`, so many at once."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> FinishedJob:
        async with slots:
            request = make_request(prompt=f"{words}, number {number}", workflow="image_generation")
            job = await bottega.submit(request)
            return await bottega.finished(job.id)

    return list(await asyncio.gather(*(one(number) for number in range(jobs))))


def children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


# --- (b) size of the base install ----------------------------------------------------------------------------


class Install(NamedTuple):
    megabytes: float
    distributions: int
    seconds: float
    largest: list[tuple[str, float]]


def base_install(folder: Path) -> Install:
    """What `pip install .` puts into a fresh environment; pip itself is not counted."""
    environment = folder / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    site = next((environment / "lib").glob("python*/site-packages"))
    before = {path.name for path in site.iterdir()}
    constraints = ROOT / "constraints.txt"
    pins = ["-c", str(constraints)] if constraints.exists() else []
    started = time.perf_counter()
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pins, str(ROOT)],
        check=True,
    )
    took = time.perf_counter() - started
    new = [path for path in site.iterdir() if path.name not in before]
    sizes = {path.name: size_of(path) for path in new}
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:6]
    return Install(
        megabytes=sum(sizes.values()) / 1e6,
        distributions=sum(path.name.endswith(".dist-info") for path in new),
        seconds=took,
        largest=[(name, size / 1e6) for name, size in largest],
    )


def size_of(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


# --- the report ----------------------------------------------------------------------------------------------


def show(cost: Cost, install: Install | None) -> None:
    console = Console()
    console.width = max(console.width, 110)
    table = Table(title=f"(a) The service's own cost, {cost.jobs} jobs, {AT_ONCE} at once")
    for heading in ("figure", "measured", "aim", ""):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    mark = "met" if cost.service_ms <= AIM_MS else "MISSED"
    table.add_row("CPU of the service per job, ms", f"{cost.service_ms:.1f}", f"<= {AIM_MS:g}", mark)
    table.add_row("CPU of its child processes per job, ms", f"{cost.children_ms:.1f}", "", "")
    table.add_row("jobs per second", f"{cost.jobs / cost.wall:.1f}", "", "")
    console.print(table)
    if install is None:
        console.print("(b) The size of the base install was not measured: --quick.")
        return
    table = Table(title="(b) The base install, byte code included")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_row("size, MB", f"{install.megabytes:.0f}")
    table.add_row("distributions", str(install.distributions))
    table.add_row("seconds to install", f"{install.seconds:.0f}")
    for name, megabytes in install.largest:
        table.add_row(f"  of it {name}, MB", f"{megabytes:.0f}")
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="100 jobs instead of 400, and no install")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    options = parser.parse_args()
    configure_logging()
    with tempfile.TemporaryDirectory(prefix="bottega-overhead-") as name:
        cost = asyncio.run(cost_of(100 if options.quick else 400, Path(name) / "home"))
        install = None if options.quick else base_install(Path(name))
    show(cost, install)
    aim_met = cost.service_ms <= AIM_MS
    if options.json:
        report: dict[str, Any] = cost._asdict() | {
            "service_ms": cost.service_ms,
            "aim_ms": AIM_MS,
            "aim_met": aim_met,
        }
        report["install"] = install._asdict() if install else None
        options.json.write_text(json.dumps(report, indent=2))
    return 0 if aim_met else 1


if __name__ == "__main__":
    sys.exit(main())
