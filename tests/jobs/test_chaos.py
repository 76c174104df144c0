"""The short form of the proof under fire; `chaos.py` beside this file is the long one."""

from pathlib import Path

import chaos
import pytest
from private_postgres import PrivatePostgres


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_job_is_lost_and_no_recorded_step_is_begun_again(database: str, tmp_path: Path) -> None:
    reconciled = 0
    for seed in range(20, 25):
        folder = tmp_path / f"{seed}"
        folder.mkdir()
        plan = chaos.Plan(jobs=60, kills=4, freezes=1, seed=seed, postgres_restarts=database == "postgresql")
        if database == "sqlite":
            report = chaos.run(plan, f"sqlite:///{folder / 'jobs.db'}", folder)
        else:
            with PrivatePostgres() as postgres:
                report = chaos.run(plan, postgres.url, folder, postgres)
        assert report.violations == [], chaos.table(plan, database, report)
        assert sum(report.done.values()) == 5 + plan.postgres_restarts
        reconciled += report.reconciled
        if reconciled:  # where the blows fall is the machine's: again until one has cut a call
            break
    assert reconciled > 0
