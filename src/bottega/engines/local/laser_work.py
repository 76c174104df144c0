"""What the laser engine does with a task, in a compute process: decode, make the job, write the files.

The computing is `bottega.laser`'s; which kind of job is `laser_made`'s, files and provenance `laser_files`'s.
"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

from bottega.compute import report_progress
from bottega.domain.asset import Provenance
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Task, TaskInput
from bottega.engines.local.laser_files import documents, engraving_files, job_files
from bottega.engines.local.laser_made import (
    LineProcess,
    as_picture,
    boxed,
    chosen,
    drawn,
    formats_of,
    gridded,
    lettered,
    traced,
)
from bottega.engines.local.origin import provenance_of
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.decode import decode, read_bytes
from bottega.imaging.limits import Limits
from bottega.imaging.picture import Picture
from bottega.laser.detect import Kind
from bottega.laser.job import EngraveSettings, engrave
from bottega.laser.materials import find_machine, find_material
from bottega.laser.quality import Assessment, assess_engraving
from bottega.laser.studio import engrave_burn, engraving_drawing
from bottega.laser.studio_files import Format, Made, drawing_files
from bottega.laser.suggest import suggest

SOURCE_TYPE = "algorithmicallyEnhanced"
"""IPTC digital source type: a picture altered by algorithms that were not trained on others."""
DRAWING = "image/svg+xml"

# Inputs were checked against the settings' limits when they were stored.
_CHECKED_FILES = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)
_NAMES = {"cut": "cut", "score": "score", "engrave_and_cut": "engraving-and-cut", "auto": "drawing"}


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """Do `task`, write its files into the folder `scratch`, and return them with the figures.

    `task.parameters` are the options of the laser workflow by name; what is left out has its default. The report is
    that of the studio with the `process`, `readiness` (see `laser.quality`) and `stops`, the number of findings that
    forbid running the job. Raises MissingInput without a working picture where one is needed, InvalidOption for another
    operation, and what decoding, the studio and encoding raise.
    """
    if task.operation != "laser":
        raise InvalidOption(f"The laser engine cannot do {task.operation!r}.")
    provenance = provenance_of(task, model_id, SOURCE_TYPE)
    parameters = _complete(task.parameters)
    process = str(parameters["process"])
    working = task.first(Role.WORKING)
    title = task.prompt[:200] or "Laser engraving"
    if process == "text":
        return _published(lettered(parameters, title, _progress), "text", process, provenance, scratch)
    if process == "testgrid":
        return _published(gridded(parameters, title), "testgrid", process, provenance, scratch)
    if process == "box":
        return _box(parameters, working, title, provenance, scratch)
    if working is None:
        raise MissingInput("There is no picture to engrave.", hint="Add a picture.")
    if working.media.media_type == DRAWING:
        return _drawing(parameters, working, title, provenance, scratch)
    return _picture(parameters, working, title, provenance, scratch)


def _complete(parameters: dict[str, Any]) -> dict[str, Any]:
    usual = EngraveSettings()
    return {"process": "engrave", "material": usual.material, "machine": usual.machine} | {
        name: value for name, value in parameters.items() if value is not None
    }


# --- Kinds of work -------------------------------------------------------------------------------------------


def _picture(
    parameters: dict[str, Any], working: TaskInput, title: str, provenance: Provenance, scratch: Path
) -> EngineResult:
    report_progress(0.0, "reading the picture")
    picture = decode(working.path, _CHECKED_FILES)
    told: dict[str, Any] = {}
    if parameters["process"] == "auto":
        parameters, told = _suggested(parameters, picture, provenance.prompt)
    process = str(parameters["process"])
    if process == "engrave":
        return _engraving(parameters, picture, title, provenance, scratch, told)
    made = traced(parameters, cast("LineProcess", process), picture, title, _progress)
    return _published(made, _NAMES[process], process, provenance, scratch, told)


def _suggested(
    parameters: dict[str, Any], picture: Picture, words: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters with the process that suits the picture and can be done with that material and machine, and with what
    goes with it where nothing else was asked for; and why."""
    found = suggest(picture.as_u8(), picture.opacity(), words)
    process, why, settings = found.process, list(found.why), dict(found.settings)
    material, machine = find_material(parameters["material"]), find_machine(parameters["machine"])
    presets = {"cut": material.cut, "engrave_and_cut": material.cut, "score": material.score}
    if machine.id not in presets.get(process, material.presets):
        named = "score" if process == "score" else "cut"
        why.append(f"{machine.title} cannot {named} {material.title.lower()}, so it is engraved.")
        process = "engrave"
        if found.kind is not Kind.PHOTO:
            settings["dither"] = "threshold"
    usual = asdict(EngraveSettings()) | {"bridges_mm": 0.0}
    fitting = {n: v for n, v in settings.items() if parameters.get(n, usual.get(n)) == usual.get(n)}
    told = {"kind": found.kind.value, "confidence": found.confidence, "process_reasons": why}
    return {**parameters, **fitting, "process": process}, told


def _drawing(
    parameters: dict[str, Any], working: TaskInput, title: str, provenance: Provenance, scratch: Path
) -> EngineResult:
    report_progress(0.0, "reading the drawing")
    svg = read_bytes(working.path, _CHECKED_FILES)
    process = str(parameters["process"])
    if process == "engrave":
        picture, fitting = as_picture(parameters, svg)
        return _engraving(fitting, picture, title, provenance, scratch, {})
    made = drawn(parameters, svg, title, _progress)
    return _published(made, _NAMES[process], process, provenance, scratch)


def _engraving(
    parameters: dict[str, Any],
    picture: Picture,
    title: str,
    provenance: Provenance,
    scratch: Path,
    told: dict[str, Any],
) -> EngineResult:
    settings = chosen(parameters, EngraveSettings, title=title)
    job = engrave(picture.as_u8(), settings, alpha=picture.opacity(), progress=_progress)
    report_progress(0.92, "writing the files")
    more: list[Format] = [name for name in formats_of(parameters, ()) if name in ("lbrn2", "pdf")]
    files = drawing_files(
        engraving_drawing(job), more, settings=engrave_burn(settings, job), title=settings.title
    )
    size = f"{job.report['width_mm']:g} x {job.report['height_mm']:g} mm"
    outputs = (
        *engraving_files(job, provenance, scratch),
        *documents(files, "engraving", size, scratch),
    )
    report = {"process": "engrave", **told, **job.report}
    return EngineResult(outputs=outputs, report=_judged(report, (assess_engraving(job.report),)))


def _box(
    parameters: dict[str, Any], working: TaskInput | None, title: str, provenance: Provenance, scratch: Path
) -> EngineResult:
    picture = decode(working.path, _CHECKED_FILES) if working is not None else None
    report_progress(0.1, "joining the plates")
    sheets, report = boxed(parameters, picture, title)
    report_progress(0.85, "writing the files")
    outputs = tuple(
        output
        for number, sheet in enumerate(sheets, 1)
        for output in job_files(sheet, "box", provenance, scratch, number=number)
    )
    judged = _judged({"process": "box", **report}, tuple(sheet.assessment for sheet in sheets))
    return EngineResult(outputs=outputs, report=judged)


def _published(
    made: Made,
    name: str,
    process: str,
    provenance: Provenance,
    scratch: Path,
    told: dict[str, Any] | None = None,
) -> EngineResult:
    report_progress(0.92, "writing the files")
    report = _judged({"process": process, **(told or {}), **made.report}, (made.assessment,))
    return EngineResult(outputs=job_files(made, name, provenance, scratch), report=report)


def _judged(report: dict[str, Any], assessments: tuple[Assessment, ...]) -> dict[str, Any]:
    stops = sum(finding.stops for each in assessments for finding in each.findings)
    worst = max(assessments, key=lambda each: (sum(f.stops for f in each.findings), len(each.findings)))
    together = replace(worst, findings=tuple(f for each in assessments for f in each.findings))
    return {**report, "readiness": together.as_dict(), "stops": stops}


def _progress(fraction: float, message: str) -> None:
    report_progress(0.05 + 0.85 * fraction, message)
