"""The short form of the proof under fire; `chaos.py` beside this file is the long one."""

from pathlib import Path

import chaos
import pytest
from private_postgres import PrivatePostgres


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_job_is_lost_and_no_recorded_step_is_begun_again(database: str, tmp_path: Path) -> None:
    plan = chaos.Plan(jobs=60, kills=4, freezes=1, seed=20, postgres_restarts=database == "postgresql")
    if database == "sqlite":
        report = chaos.run(plan, f"sqlite:///{tmp_path / 'jobs.db'}", tmp_path)
    else:
        with PrivatePostgres() as postgres:
            report = chaos.run(plan, postgres.url, tmp_path, postgres)
    assert report.violations == [], chaos.table(plan, database, report)
    assert sum(report.done.values()) == 5 + plan.postgres_restarts
    assert report.reconciled > 0  # some calls were cut, or nothing was proved
