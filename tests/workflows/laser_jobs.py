"""Laser jobs run all the way, and what their tests read from them."""

from pathlib import Path
from typing import Any

import numpy as np

from bottega.app import Bottega, FinishedJob, InputFile
from bottega.domain.job import JobState
from bottega.laser.gcode_check import Machining, check_gcode
from bottega.settings import Settings


async def ran(
    folder: Path, sentence: str, *files: Path, **options: Any
) -> tuple[FinishedJob, dict[str, bytes]]:
    async with Bottega(Settings(home=folder / "home", compute_workers=1)) as bottega:
        images = [InputFile(path) for path in files]
        finished = await bottega.run(sentence, images=images, workflow="laser", options=options)
        contents = {asset.name: bottega.asset_path(asset).read_bytes() for asset in finished.assets}
    return finished, contents


def report_of(finished: FinishedJob) -> dict[str, Any]:
    assert finished.job.state is JobState.SUCCEEDED, finished.job.error
    assert finished.job.result is not None
    return finished.job.result.report


def burnt(files: dict[str, bytes]) -> np.ndarray:
    (gcode,) = (data for name, data in files.items() if name.endswith(".gcode"))
    checked = check_gcode(gcode.decode(), Machining(depth=True))
    assert checked.error_count == 0
    return checked.burns
