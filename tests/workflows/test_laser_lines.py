"""Laser jobs of lines, all the way: planned, traced, cut or scored, judged, their files kept."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bottega.app import Bottega, InputFile
from bottega.domain.job import JobState
from bottega.laser.gcode_check import Machining, check_gcode
from bottega.settings import Settings


def silhouette(path: Path) -> Path:
    picture = Image.new("L", (240, 240), 255)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((30, 30, 210, 210), fill=0)
    pen.ellipse((90, 90, 150, 150), fill=255)
    picture.save(path)
    return path


@pytest.mark.parametrize(
    ("sentence", "process"),
    [
        ("cut this silhouette out of plywood, 40 mm wide, kerf 0.2 mm", "cut"),
        ("score it with the laser, a single line, 40 mm wide", "score"),
        ("laser engrave this on plywood and cut it out, 40 mm wide", "engrave_and_cut"),
    ],
)
async def test_a_sentence_and_a_picture_become_a_judged_job(
    tmp_path: Path, sentence: str, process: str
) -> None:
    async with Bottega(Settings(home=tmp_path / "home", compute_workers=1)) as bottega:
        picture = InputFile(silhouette(tmp_path / "ring.png"))
        finished = await bottega.run(sentence, images=[picture], workflow="laser")
        assert finished.job.state is JobState.SUCCEEDED, finished.job.error
        assert finished.job.plan.options["process"] == process
        files = {asset.name: bottega.asset_path(asset).read_bytes() for asset in finished.assets}
    assert finished.job.result is not None
    report = finished.job.result.report
    assert (report["gcode_errors"], report["nesting_errors"], report["stops"]) == (0, 0, 0)
    assert report["readiness"]["state"] in ("ready", "needs attention")
    (gcode,) = (data for name, data in files.items() if name.endswith(".gcode"))
    burns = check_gcode(gcode.decode(), Machining()).burns
    assert np.ptp(burns[:, [0, 2]]) > 20
    assert json.loads(files["toolpath.json"])["paths"]
    assert {Path(name).suffix for name in files} >= {".png", ".gcode", ".svg", ".dxf", ".lbrn2"}
