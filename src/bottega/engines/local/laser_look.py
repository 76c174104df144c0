"""A laser job made to be looked at, in a compute process: its picture, its figures and the way of its head.

Light to import; what it takes is loaded in the process that computes.
"""

import io
import json
import tempfile
from pathlib import Path
from typing import Any, cast

from bottega.domain.task import Task
from bottega.errors import OutputError

SIDE = 900
"""Longest side of the picture in pixels: what a screen shows of it."""


def look(task: Task) -> tuple[bytes, dict[str, Any], dict[str, Any]]:
    """(PNG of the preview, report, way of the head as data) of the job as the engine makes it; its files are not kept.

    Raises what the engine raises, and OutputError for a job without a picture.
    """
    from bottega.engines.local.laser_work import perform

    with tempfile.TemporaryDirectory(prefix="bottega-preview-") as folder:
        made = perform(task, "laser/preview", Path(folder))
        named = {output.name: output.path for output in made.outputs}
        shown = named.get("preview.png")
        if shown is None:
            raise OutputError("The job has no preview.", hint="Run it: the files can be looked at then.")
        way: dict[str, Any] = {}
        if (written := named.get("toolpath.json")) is not None:
            way = cast("dict[str, Any]", json.loads(written.read_bytes()))
        return _small_png(shown), made.report, way


def _small_png(path: Path) -> bytes:
    from PIL import Image

    with Image.open(path) as found:
        picture = found.convert("RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=3)
    return written.getvalue()
