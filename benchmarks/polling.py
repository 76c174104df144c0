"""A thousand clips under way at once: how soon is each one's end seen, and what does the waiting cost?

    python benchmarks/polling.py [--quick] [--json FILE]

Jobs go through the whole pipeline against the simulated vendor, whose results are ready files. The worker process is
killed (SIGKILL) when all are under way and started again. `seen` is the time from the end of a prediction at the
vendor to the first request for its file. Exits with 1 when an aim is missed. The simulator shares the machine.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bottega.simulator.replicate_create import predictions
from bottega.simulator.serve import Simulator
from replicate_load import (
    Load,
    Results,
    Worker,
    ended,
    percentile,
    ready_clip,
    simulator,
    start_worker,
    states,
)

AIM_SEEN_S = 2.0
MODEL = "google/veo-3.1"
_SHORTEST_S, _SPREAD_S = 25.0, 60.0
_GIVE_UP_S = 900.0


def measure(jobs: int, home: Path) -> dict[str, Any]:
    with simulator() as sim, ready_clip().serving() as results:
        chance = random.Random(7)
        # Nobody is at the end before all are under way: those that wait are a thousand.
        begin = jobs / 12
        for number in range(jobs):
            seconds = begin + _SHORTEST_S + chance.random() * _SPREAD_S
            sim.world.queue_answer(
                "replicate", "predictions.create", seconds=seconds, output=results.address(number)
            )
        load = Load(
            home=str(home),
            base_url=sim.base("replicate"),
            model=MODEL,
            workflow="text_to_video",
            jobs=jobs,
            options={"seconds": 4},
            create_s=30.0,
            settle_s=5.0,
        )
        worker = start_worker(load)
        try:
            return _run(load, sim, results, worker)
        except BaseException:
            worker.kill()
            raise


def _run(load: Load, sim: Simulator, results: Results, worker: Worker) -> dict[str, Any]:
    begun = time.monotonic()
    _until(lambda: len(predictions(sim.world)) >= load.jobs, begun)
    under_way = time.monotonic() - begun
    time.sleep(2.0)
    asked, cpu, since = _questions(sim), worker.cpu_s, time.monotonic()
    time.sleep(8.0)
    idle = _questions(sim) - asked, worker.cpu_s - cpu, time.monotonic() - since
    worker.kill()
    restarted = time.monotonic()
    second = start_worker(load)
    try:
        _until(lambda: ended(load) >= load.jobs, begun)
        cpu_s = second.cpu_s
        second.stop()
    except BaseException:
        second.kill()
        raise
    seen = [
        results.fetched[str(number)] - (one.begun + one.end[0] / one.speed)
        for one in predictions(sim.world).values()
        for number in [str(one.queued_output).rpartition("=")[2]]
        if number in results.fetched
    ]
    return {
        "jobs": load.jobs,
        "bought": len(predictions(sim.world)),
        "states": states(load),
        "all_under_way_s": under_way,
        "seen_p50_s": percentile(seen, 50),
        "seen_p95_s": percentile(seen, 95),
        "seen_max_s": max(seen, default=float("nan")),
        "fetched": len(seen),
        "waiting_cpu_percent": 100 * idle[1] / idle[2],
        "waiting_questions_per_s": idle[0] / idle[2],
        "second_life_s": time.monotonic() - restarted,
        "second_life_cpu_s": cpu_s,
    }


def _questions(sim: Simulator) -> int:
    asked = ("predictions.get", "predictions.list")
    return sum(seen.operation in asked for seen in list(sim.world.log))


def _until(is_so: Any, begun: float) -> None:
    while not is_so():
        if time.monotonic() - begun > _GIVE_UP_S:
            raise SystemExit("It took too long.")
        time.sleep(0.25)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 jobs instead of 1,000")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(200 if arguments.quick else 1000, Path(folder) / "home")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, f"{value:.2f}" if isinstance(value, float) else str(value))
    Console().print(table)
    met = figures["seen_p95_s"] <= AIM_SEEN_S and figures["bought"] == figures["jobs"] == figures["fetched"]
    Console().print(
        f"seen within {AIM_SEEN_S:g} s (p95), each bought once, none lost: {'met' if met else 'MISSED'}"
    )
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
