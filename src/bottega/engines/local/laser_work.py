"""What the laser engine does with a task, in a compute process: decode, engrave or trace and cut, write the files.

The computing is `bottega.laser`'s; this module knows files, provenance and progress.
"""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

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
from bottega.laser.job import EngraveJob, EngraveSettings, engrave
from bottega.laser.layers import BurnSettings
from bottega.laser.quality import Assessment, assess_engraving
from bottega.laser.studio import TraceSettings, engrave_burn, engraving_drawing
from bottega.laser.studio_cut import CutSettings
from bottega.laser.studio_files import MEDIA_TYPES, Format, Made, drawing_files
from bottega.laser.studio_picture import PictureSettings, Process, picture_job

ENGINE = "laser"
SOURCE_TYPE = "algorithmicallyEnhanced"
"""IPTC digital source type: a picture altered by algorithms that were not trained on others."""

# Inputs were checked against the settings' limits when they were stored.
_CHECKED_FILES = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)

_PROCESSES: dict[str, Process] = {"cut": "cut", "score": "score", "engrave_and_cut": "engrave_and_cut"}
_WORDS: dict[Format, str] = {
    "gcode": "G-code",
    "svg": "Drawing at true size",
    "dxf": "DXF in millimetres",
    "lbrn2": "LightBurn project",
    "pdf": "PDF at true size",
    "png": "Dots",
}


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """Do `task`, write its files into the folder `scratch`, and return them with the figures.

    `task.parameters` are those of `EngraveSettings`, `TraceSettings` and `CutSettings` by name, with `process` and
    `formats`; what is left out has its default. The report is that of the studio with `readiness` (see
    `laser.quality`) and `stops`, the number of findings that forbid running the job. Raises MissingInput without
    a working picture, InvalidOption for another operation, and what decoding, the studio and encoding raise.
    """
    if task.operation != "laser":
        raise InvalidOption(f"The laser engine cannot do {task.operation!r}.")
    working = task.first(Role.WORKING)
    if working is None:
        raise MissingInput("There is no picture to engrave.", hint="Add a picture.")
    report_progress(0.0, "reading the picture")
    picture = decode(working.path, _CHECKED_FILES)
    provenance = Provenance(
        workflow=task.workflow,
        model_id=model_id,
        engine=ENGINE,
        prompt=task.prompt,
        parameters=task.parameters,
        parents=tuple(item.asset_id for item in task.inputs),
        digital_source_type=SOURCE_TYPE,
    )
    process = _PROCESSES.get(str(task.parameters.get("process", "")))
    if process is not None:
        return _lines(task, process, picture, provenance, scratch)
    settings = _chosen(task, EngraveSettings)
    job = engrave(picture.as_u8(), settings, alpha=_opacity(picture), progress=_progress)
    report_progress(0.92, "writing the files")
    outputs = (*_written(job, provenance, scratch), *_further(task, job, settings, scratch))
    return EngineResult(outputs=outputs, report=_report(job.report, assess_engraving(job.report)))


def _lines(
    task: Task, process: Process, picture: Picture, provenance: Provenance, scratch: Path
) -> EngineResult:
    settings = PictureSettings(
        trace=_chosen(task, TraceSettings, without=("centerline",)),
        cut=_chosen(task, CutSettings),
        engrave=_chosen(task, EngraveSettings, without=("power_percent", "speed_mm_min", "passes")),
        centerline=task.parameters.get("centerline"),
        margin_mm=float(task.parameters.get("margin_mm", 2.0)),
    )
    formats = _formats(task, ("gcode", "svg", "dxf", "lbrn2"))
    made = picture_job(picture.as_u8(), _opacity(picture), process, settings, formats, progress=_progress)
    report_progress(0.92, "writing the files")
    name = {"cut": "cut", "score": "score", "engrave_and_cut": "engraving-and-cut"}[process]
    return EngineResult(
        outputs=(*_pictures(made, provenance, scratch), *_documents(made.files, name, made.report, scratch)),
        report=_report(made.report, made.assessment),
    )


def _report(report: dict[str, Any], assessment: Assessment) -> dict[str, Any]:
    stops = sum(finding.stops for finding in assessment.findings)
    return {**report, "readiness": assessment.as_dict(), "stops": stops}


def _progress(fraction: float, message: str) -> None:
    report_progress(0.05 + 0.85 * fraction, message)


def _chosen(task: Task, kind: type[Any], *, without: tuple[str, ...] = ()) -> Any:
    """The settings of that dataclass which the task names; the title is the sentence."""
    known = {field.name for field in dataclasses.fields(kind)} - {"title", "operation", *without}
    given = {name: value for name, value in task.parameters.items() if name in known and value is not None}
    return kind(**given, title=task.prompt[:200] or "Laser engraving")


def _formats(task: Task, usual: tuple[Format, ...]) -> tuple[Format, ...]:
    wanted = cast("list[Format] | None", task.parameters.get("formats"))
    return tuple(wanted) if wanted else usual


def _opacity(picture: Picture) -> F32 | None:
    if picture.alpha is None:
        return None
    top = 65535 if picture.alpha.dtype == np.uint16 else 255
    return picture.alpha.astype(np.float32) / np.float32(top)


# --- Files ---------------------------------------------------------------------------------------------------


def _written(job: EngraveJob, provenance: Provenance, scratch: Path) -> tuple[OutputFile, ...]:
    size = _size(job.report)
    preview, dots = scratch / "preview.png", scratch / "dots.png"
    encode(Picture(rgb=job.preview), preview, "image/png", provenance, dpi=job.preview_dpi)
    encode(
        Picture(rgb=np.repeat(job.shown[..., None], 3, axis=2)),
        dots,
        "image/png",
        provenance,
        dpi=job.grid.dpi,
    )
    gcode = _save(scratch / "engraving.gcode", job.gcode.encode("ascii"))
    svg = _save(scratch / "engraving.svg", job.svg.encode())
    return (
        _output(preview, "image/png", "Preview of the burn"),
        _output(dots, "image/png", f"Dots, one pixel each ({size})"),
        _output(gcode, "text/x.gcode", f"G-code for GRBL 1.1 ({size})"),
        _output(svg, "image/svg+xml", f"Drawing at true size ({size})"),
    )


def _further(task: Task, job: EngraveJob, settings: EngraveSettings, scratch: Path) -> tuple[OutputFile, ...]:
    """Formats of an engraving beyond those that it always has."""
    more: list[Format] = [name for name in _formats(task, ()) if name in ("lbrn2", "pdf")]
    burn: dict[str, BurnSettings] = engrave_burn(settings, job)
    files = drawing_files(engraving_drawing(job), more, settings=burn, title=settings.title)
    return _documents(files, "engraving", job.report, scratch)


def _pictures(made: Made, provenance: Provenance, scratch: Path) -> tuple[OutputFile, ...]:
    words = {"preview": "Preview of the burn", "toolpath": "Way of the head, travel in grey"}
    outputs: list[OutputFile] = []
    for name, pixels in made.pictures.items():
        path = scratch / f"{name}.png"
        encode(Picture(rgb=pixels), path, "image/png", provenance, dpi=made.dpi[name])
        outputs.append(_output(path, "image/png", words.get(name, name)))
    data = json.dumps(made.toolpath, separators=(",", ":")).encode()
    outputs.append(
        _output(_save(scratch / "toolpath.json", data), "application/json", "Way of the head as data")
    )
    return tuple(outputs)


def _documents(
    files: Mapping[Format, bytes], name: str, report: dict[str, Any], scratch: Path
) -> tuple[OutputFile, ...]:
    size = _size(report)
    return tuple(
        _output(_save(scratch / f"{name}.{kind}", data), MEDIA_TYPES[kind], f"{_WORDS[kind]} ({size})")
        for kind, data in files.items()
    )


def _size(report: dict[str, Any]) -> str:
    return f"{report['width_mm']:g} x {report['height_mm']:g} mm"


def _save(path: Path, data: bytes) -> Path:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError(f"The job's files cannot be written: {error.strerror}.") from error
    return path


def _output(path: Path, media_type: str, label: str) -> OutputFile:
    return OutputFile(path=path, media_type=media_type, label=label, name=path.name)
