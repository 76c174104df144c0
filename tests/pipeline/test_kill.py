"""`kill -9` of a real process that runs a real job: a new process finishes it and does nothing twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from bottega import Bottega
from bottega.domain.job import JobState
from bottega.settings import Settings

SCRIPT = Path(__file__).with_name("mortal_process.py")


@pytest.fixture
def workplace(tmp_path: Path, database_url: str, photographs: Path) -> dict[str, str]:
    with Image.open(photographs / "coffee.png") as picture:
        picture.crop((100, 50, 400, 300)).save(tmp_path / "photo.png")
    return os.environ | {
        "BOTTEGA_HOME": str(tmp_path / "home"),
        "BOTTEGA_DATABASE_URL": database_url,
        "BOTTEGA_MAX_CRASHES": "3",
    }


def _run(workplace: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        env=workplace,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("moment", ["queued", "started", "attempt", "progress:2", "step:1", "verdict"])
async def test_a_killed_job_is_finished_by_the_next_process(
    workplace: dict[str, str], tmp_path: Path, moment: str
) -> None:
    killed = _run(workplace, "submit", str(tmp_path / "photo.png"), moment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    job_id = killed.stdout.strip()
    again = _run(workplace, "resume", job_id)
    assert again.returncode == 0, again.stderr

    settings = Settings(home=Path(workplace["BOTTEGA_HOME"]), database_url=workplace["BOTTEGA_DATABASE_URL"])
    bottega = Bottega(settings)
    await bottega.start(run_jobs=False)
    try:
        done = await bottega.finished(job_id)
        told = [event async for event in bottega.events(job_id)]
    finally:
        await bottega.close()
    assert done.job.state is JobState.SUCCEEDED
    assert len(done.assets) == 1
    steps = Counter(event.data["key"] for event in told if event.kind == "step")
    assert set(steps.values()) == {1}, "a step that was recorded was done again"
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
