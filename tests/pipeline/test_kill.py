"""`kill -9` of a real process that runs a real job: a new process finishes it and does nothing twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import av
import numpy as np
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
        timeout=300,
        check=False,
    )


MOMENTS = ["queued", "started", "attempt", "progress:2", "step:1", "verdict"]


# What the databases do differently is proved point by point by the tests of the job engine.
@pytest.mark.parametrize(
    ("database_url", "moment"),
    [("sqlite", moment) for moment in MOMENTS] + [("postgresql", "attempt"), ("postgresql", "verdict")],
    indirect=["database_url"],
)
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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_killed_clip_goes_on_where_it_was_with_the_same_bytes(
    workplace: dict[str, str], tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    _draw_clip(clip, pictures=120)  # segments have 48
    work = ("video_enhancement", "make this clip twice as large")
    killed = _run(workplace, "submit", str(clip), "progress@0.6", *work)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    job_id = killed.stdout.strip()
    assert _run(workplace, "resume", job_id).returncode == 0
    other = workplace | {"BOTTEGA_HOME": str(tmp_path / "other"), "BOTTEGA_DATABASE_URL": ""}
    whole = _run(other, "submit", str(clip), "-", *work)
    assert whole.returncode == 0, whole.stderr

    async with Bottega(
        Settings(home=Path(workplace["BOTTEGA_HOME"]), database_url=workplace["BOTTEGA_DATABASE_URL"])
    ) as bottega:
        resumed = await bottega.finished(job_id)
        result = resumed.job.result
        assert result is not None
        assert result.report["segments_reused"] >= 1
        assert not list((Path(workplace["BOTTEGA_HOME"]) / "scratch").glob("*"))
        made = bottega.asset_path(resumed.assets[0]).read_bytes()
    async with Bottega(Settings(home=tmp_path / "other")) as bottega:
        undisturbed = await bottega.finished(whole.stdout.strip())
        assert undisturbed.job.result is not None
        assert undisturbed.job.result.report["segments_reused"] == 0
        assert bottega.asset_path(undisturbed.assets[0]).read_bytes() == made


def _draw_clip(path: Path, *, pictures: int) -> None:
    """96 x 64, 24 a second, a bright square that wanders over a gradient."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(pictures):
            pixels = np.repeat(np.linspace(40, 200, 96, dtype=np.uint8)[None, :, None], 64, 0).repeat(3, 2)
            pixels[20:36, number % 80 : number % 80 + 16] = 240
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        container.mux(stream.encode())
