"""What the laser engine does with a task, in a compute process: decode, engrave, write the four files.

The computing is `bottega.laser`'s; this module knows files, provenance and progress.
"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from bottega.compute import report_progress
from bottega.domain.asset import Provenance
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.errors import InvalidOption, MissingInput, OutputError
from bottega.imaging.decode import decode
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import F32, Picture
from bottega.laser.dither import Bits
from bottega.laser.job import EngraveJob, EngraveSettings, engrave

ENGINE = "laser"
SOURCE_TYPE = "algorithmicallyEnhanced"
"""IPTC digital source type: a picture altered by algorithms that were not trained on others."""

# Inputs were checked against the settings' limits when they were stored.
_CHECKED_FILES = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)

_SETTINGS = frozenset(field.name for field in dataclasses.fields(EngraveSettings)) - {"title"}


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """Do `task`, write preview, dots, G-code and SVG into the folder `scratch`, and return them with the figures.

    `task.parameters` are those of `EngraveSettings`; what is left out has its default. The report is that of
    `bottega.laser.job.engrave`. Raises MissingInput without a working picture, InvalidOption for another
    operation, and what decoding, engraving and encoding raise.
    """
    if task.operation != "laser":
        raise InvalidOption(f"The laser engine cannot do {task.operation!r}.")
    working = task.first(Role.WORKING)
    if working is None:
        raise MissingInput("There is no picture to engrave.", hint="Add a picture.")
    report_progress(0.0, "reading the picture")
    picture = decode(working.path, _CHECKED_FILES)
    job = engrave(
        picture.as_u8(),
        _settings(task),
        alpha=_opacity(picture),
        progress=lambda fraction, message: report_progress(0.05 + 0.85 * fraction, message),
    )
    report_progress(0.92, "writing the files")
    provenance = Provenance(
        workflow=task.workflow,
        model_id=model_id,
        engine=ENGINE,
        prompt=task.prompt,
        parameters=task.parameters,
        parents=tuple(item.asset_id for item in task.inputs),
        digital_source_type=SOURCE_TYPE,
    )
    return EngineResult(outputs=_written(job, provenance, scratch), report=job.report)


def _settings(task: Task) -> EngraveSettings:
    chosen: dict[str, Any] = {
        name: value for name, value in task.parameters.items() if name in _SETTINGS and value is not None
    }
    return EngraveSettings(**chosen, title=task.prompt[:200] or "Laser engraving")


def _opacity(picture: Picture) -> F32 | None:
    if picture.alpha is None:
        return None
    top = 65535 if picture.alpha.dtype == np.uint16 else 255
    return picture.alpha.astype(np.float32) / np.float32(top)


def _written(job: EngraveJob, provenance: Provenance, scratch: Path) -> tuple[OutputFile, ...]:
    size = f"{job.report['width_mm']:g} x {job.report['height_mm']:g} mm"
    preview, dots = scratch / "preview.png", scratch / "dots.png"
    gcode, svg = scratch / "engraving.gcode", scratch / "engraving.svg"
    encode(Picture(rgb=job.preview), preview, "image/png", provenance, dpi=job.preview_dpi)
    encode(Picture(rgb=_black_on_white(job.dots)), dots, "image/png", provenance, dpi=job.grid.dpi)
    try:
        gcode.write_text(job.gcode, encoding="ascii", newline="\n")
        svg.write_text(job.svg, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"The job's files cannot be written: {error.strerror}.") from error
    return (
        _output(preview, "image/png", "Preview of the burn"),
        _output(dots, "image/png", f"Dots, one pixel each ({size})"),
        _output(gcode, "text/x.gcode", f"G-code for GRBL 1.1 ({size})"),
        _output(svg, "image/svg+xml", f"Drawing at true size ({size})"),
    )


def _black_on_white(dots: Bits) -> Any:
    grey = np.where(dots, np.uint8(0), np.uint8(255))
    return np.repeat(grey[..., None], 3, axis=2)


def _output(path: Path, media_type: str, label: str) -> OutputFile:
    return OutputFile(path=path, media_type=media_type, label=label, name=path.name)
