"""How long until help is printed, and until the server answers?

    python benchmarks/startup.py [--quick] [--json FILE]

Each round starts every program once, in turn, so that they share the machine's mood: an empty Python, `bottega
--help`, an empty FastAPI application under uvicorn, and `bottega serve` until /health answers, with a home that
exists and with an empty one (the first start makes the database). Wall time from the start of the process; CPU time of
the process, user and system, to the same moment. Exits with 1 when the median wall time misses an aim.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

PYTHON = sys.executable
BOTTEGA = str(Path(sys.executable).with_name("bottega"))
HELP_AIM, SERVE_AIM = 0.5, 1.5  # seconds of wall time
GIVE_UP_SECONDS = 30.0
TICK = os.sysconf("SC_CLK_TCK")

EMPTY_APP = """
import sys
import fastapi, uvicorn
app = fastapi.FastAPI()
@app.get("/health")
async def health(): return {"status": "ok"}
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


class Start(NamedTuple):
    wall: float
    cpu: float


class Row(NamedTuple):
    what: str
    best: float
    median: float
    cpu: float
    aim: float | None

    @property
    def met(self) -> bool:
        return self.aim is None or self.median <= self.aim


# --- one start -----------------------------------------------------------------------------------------------


def until_it_ends(command: list[str], environment: dict[str, str]) -> Start:
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}.")
    return Start(wall, usage.ru_utime + usage.ru_stime)


def until_it_answers(command: list[str], port: int, environment: dict[str, str]) -> Start:
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - started > GIVE_UP_SECONDS:
                raise SystemExit(f"{command} does not answer.")
            time.sleep(0.003)
        return Start(time.perf_counter() - started, cpu_of(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(GIVE_UP_SECONDS)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def cpu_of(pid: int) -> float:
    """Seconds of CPU time of a running process so far, user and system (proc(5): fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


# --- the measurement -----------------------------------------------------------------------------------------


def programs(folder: Path) -> dict[str, tuple[Callable[[], Start], float | None]]:
    """What is started, and its aim."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOTTEGA_")}
    home = folder / "home"
    environment = kept | {"BOTTEGA_HOME": str(home)}

    def serve() -> Start:
        port = free_port()
        return until_it_answers([BOTTEGA, "serve", "--port", str(port)], port, environment)

    def first_serve() -> Start:
        port, empty = free_port(), folder / "empty"
        shutil.rmtree(empty, ignore_errors=True)
        command = [BOTTEGA, "serve", "--port", str(port)]
        return until_it_answers(command, port, kept | {"BOTTEGA_HOME": str(empty)})

    def empty_app() -> Start:
        port = free_port()
        return until_it_answers([PYTHON, "-c", EMPTY_APP, str(port)], port, environment)

    return {
        "python -c pass": (lambda: until_it_ends([PYTHON, "-c", "pass"], environment), None),
        "bottega --help": (lambda: until_it_ends([BOTTEGA, "--help"], environment), HELP_AIM),
        "empty FastAPI app, until it answers": (empty_app, None),
        "bottega serve, until /health answers": (serve, SERVE_AIM),
        "bottega serve, empty home": (first_serve, SERVE_AIM),
    }


def measure(rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="bottega-startup-") as name:
        started = programs(Path(name))
        for start, _ in started.values():  # files into the page cache, byte code onto the disk
            start()
        seen: dict[str, list[Start]] = {what: [] for what in started}
        for _ in range(rounds):
            for what, (start, _aim) in started.items():
                seen[what].append(start())
    return [
        Row(
            what,
            best=min(start.wall for start in seen[what]),
            median=statistics.median(start.wall for start in seen[what]),
            cpu=statistics.median(start.cpu for start in seen[what]),
            aim=aim,
        )
        for what, (_, aim) in started.items()
    ]


def show(rows: list[Row], rounds: int) -> None:
    table = Table(title=f"Start-up, {rounds} rounds, seconds")
    for heading in ("program", "best wall", "median wall", "median CPU", "aim (median wall)", ""):
        table.add_column(heading, justify="left" if heading == "program" else "right")
    for row in rows:
        aim = "" if row.aim is None else f"<= {row.aim:g}"
        mark = "" if row.aim is None else "met" if row.met else "MISSED"
        table.add_row(row.what, f"{row.best:.3f}", f"{row.median:.3f}", f"{row.cpu:.2f}", aim, mark)
    console = Console()
    console.width = max(console.width, 110)
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="3 rounds instead of 12")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    options = parser.parse_args()
    rounds = 3 if options.quick else 12
    rows = measure(rounds)
    show(rows, rounds)
    aims_met = all(row.met for row in rows)
    if options.json:
        report = {"rounds": rounds, "aims_met": aims_met, "rows": [row._asdict() for row in rows]}
        options.json.write_text(json.dumps(report, indent=2))
    return 0 if aims_met else 1


if __name__ == "__main__":
    sys.exit(main())
