"""Is anything bought twice? Jobs against a vendor of which 30 % of the orders fail, in processes that are killed.

    python benchmarks/buy_once.py [--quick] [--json FILE]

Faults of `predictions.create`: 500, 502, 429 and 503, connections reset before and after the order was taken, and
silence before and after. The worker is killed (SIGKILL) again and again. Counted is, in the vendor's own log, how often
an order of each job was taken, and in the ledger how often each was paid. Exits with 1 when a job was bought twice,
paid twice, or bought and neither paid nor on hold, or when fewer than 90 % were bought.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bottega.simulator.serve import Simulator
from replicate_load import (
    Load,
    Worker,
    ended,
    ready_picture,
    rows,
    simulator,
    start_worker,
    states,
)

MODEL = "black-forest-labs/flux-schnell"
FAULTS = {
    "server_error": 0.06,
    "rate_limit": 0.06,
    "reset_after_accept": 0.05,
    "hang_after_accept": 0.03,
    "reset": 0.04,
    "hang": 0.02,
    "bad_gateway": 0.02,
    "overloaded": 0.02,
}
"""Share of orders; 30 % in all."""
_GIVE_UP_S = 1500.0
_ERRORS = "select error from jobs where error is not null and json_type(error) = 'object'"


def measure(jobs: int, kills: int, home: Path) -> dict[str, Any]:
    with simulator() as sim, ready_picture().serving() as results:
        left = 1.0
        for kind, share in FAULTS.items():  # each takes its share of what the ones before it let through
            sim.world.faults.add(kind, "replicate", "predictions.create", rate=share / left, seconds=1)
            left -= share
        for number in range(2 * jobs):
            sim.world.queue_answer(
                "replicate", "predictions.create", seconds=1 + number % 5, output=results.address(number)
            )
        load = Load(
            home=str(home),
            base_url=sim.base("replicate"),
            model=MODEL,
            workflow="image_generation",
            jobs=jobs,
            options={},
            create_s=3.0,
            settle_s=3.0,
        )
        workers = [start_worker(load)]
        begun = time.monotonic()
        try:
            killed = _kill_and_restart(load, sim, workers, kills, begun)
            workers[-1].stop()
        except BaseException:
            workers[-1].kill()
            raise
        return _figures(load, sim, killed, time.monotonic() - begun)


def _kill_and_restart(load: Load, sim: Simulator, workers: list[Worker], kills: int, begun: float) -> int:
    """A kill each time that another share of the orders has been taken."""
    killed = 0
    while ended(load) < load.jobs:
        if time.monotonic() - begun > _GIVE_UP_S:
            raise SystemExit(f"It took too long: {states(load)}.")
        taken = sum(seen.accepted for seen in list(sim.world.log))
        if killed < kills and taken >= (killed + 1) * load.jobs / (kills + 1):
            workers[-1].kill()
            workers.append(start_worker(load))
            killed += 1
        time.sleep(0.2)
    return killed


def _figures(load: Load, sim: Simulator, killed: int, seconds: float) -> dict[str, Any]:
    orders = sim.world.calls("replicate", "predictions.create")
    taken = Counter(str(seen.fields["input"]["prompt"]) for seen in orders if seen.accepted)
    charges = Counter(row[0] for row in rows(load, "select hold_id from ledger where kind = 'charge'"))
    holds = Counter(row[0] for row in rows(load, "select state from holds"))
    return {
        "jobs": load.jobs,
        "kills": killed,
        "seconds": seconds,
        "orders_sent": len(orders),
        "orders_that_met_a_fault": sum(bool(seen.fault) for seen in orders),
        "orders_taken": sum(taken.values()),
        "jobs_by_orders_taken": dict(sorted(Counter(taken.values()).items())) | {0: load.jobs - len(taken)},
        "most_taken_for_one_job": max(taken.values(), default=0),
        "most_charges_for_one_job": max(charges.values(), default=0),
        "charges": sum(charges.values()),
        "holds": dict(holds),
        "job_states": states(load),
        "failures": dict(Counter(_words(row[0]) for row in rows(load, _ERRORS))),
    }


def _words(error: str) -> str:
    about = json.loads(error)
    return f"{about['code']}: {about['message'][:120]}"


def is_met(figures: dict[str, Any]) -> bool:
    explained = figures["charges"] + figures["holds"].get("unknown", 0)
    return (
        figures["orders_taken"] >= 0.9 * figures["jobs"]
        and figures["most_taken_for_one_job"] <= 1
        and figures["most_charges_for_one_job"] <= 1
        and figures["charges"] <= figures["orders_taken"] <= explained
        and not figures["holds"].get("held", 0)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 jobs instead of 2,000")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        jobs, kills = (200, 4) if arguments.quick else (2000, 12)
        figures = measure(jobs, kills, Path(folder) / "home")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, f"{value:.1f}" if isinstance(value, float) else str(value))
    Console().print(table)
    met = is_met(figures)
    Console().print(f"at most one order taken and one charge for each job: {'met' if met else 'MISSED'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
